"""What stands between the app and hostile pages: who may ask, from where, and what a page may load."""

import secrets

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

TOKEN_HEADER = "x-legato-token"
"""Carries the page's token with every request that changes something."""
TOKEN_FIELD = "token"
"""The same in a form."""

_CONTENT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "content-security-policy": _CONTENT,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Guard:
    """Refuses a foreign `Host`, a foreign `Origin` and a change without the page's token; sets what a page may load."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str]) -> None:
        self.app, self.hosts = app, hosts
        self.token = secrets.token_urlsafe(24)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass the request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        why = self._refused(scope, headers)
        scope.setdefault("state", {})["token"] = self.token

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    answer.setdefault(name, value)
                answer.setdefault("cache-control", "no-store")
            await send(message)

        answer = self.app if why is None else PlainTextResponse(why, 403)
        await answer(scope, receive, sent)

    def _refused(self, scope: Scope, headers: Headers) -> str | None:
        """Why the request is not answered."""
        if headers.get("host", "") not in self.hosts:
            return "this host is not served here; open the address that `legato serve` printed"
        if scope["method"] in _SAFE:
            return None
        origin = headers.get("origin")
        if origin is not None and origin.partition("://")[2] not in self.hosts:
            return "another page may not change anything here"
        if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return "another page may not change anything here"
        if origin is None and headers.get("sec-fetch-site") is None and scope["path"].startswith("/api/"):
            return None  # no browser: a program on this machine
        if not secrets.compare_digest(headers.get(TOKEN_HEADER, ""), self.token):
            return "the page is older than the app; load it anew"
        return None
