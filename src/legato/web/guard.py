"""What stands between the app and hostile pages: who may ask, from where, how much, and what a page may load."""

import asyncio
import math
import re
import secrets
from dataclasses import dataclass
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

TOKEN_HEADER = "x-legato-token"
"""Carries the page's token with every request that changes something."""
TOKEN_FIELD = "token"
"""The same in a form; in one with files it comes before them."""

SMALL_BYTES = 1 << 20
"""Most that a form or a record may hold. [ENG] The largest sheet or plan takes some 100 kB."""
UPLOAD_BYTES = 8 << 30
"""Most that a request with files may hold. [ENG] An hour of video takes some GB."""
_FORM_BYTES = 64 << 20
"""Most that a form with a file may hold elsewhere. [ENG] Years of a training log take some MB."""
_UPLOADS = re.compile(r"/upload/files|/api/v1/files|/sessions/[^/]+/video")
"""Where recordings and videos may be sent."""

_URL_BYTES = 8192
_HEADERS_BYTES = 32768
_SCAN_BYTES = 65536
"""How far into a form with files its token is looked for."""
_MOST_FIELDS = 1000
"""Fields of a form. [ENG] The longest, a plan's request, has about a hundred."""
_WAIT_S = 30.0
"""Longest pause within a body, s. [ENG]"""
_SMALL_S = 60.0
"""Longest that a small body may take, s. [ENG]"""

_CONTENT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
PAGE_HEADERS = {
    "content-security-policy": _CONTENT,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
"""What every answer carries, unless it says otherwise itself."""
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_METHODS = _SAFE | {"POST", "PUT", "PATCH", "DELETE"}
_IN_PARTS = re.compile(rb'form-data; *name="token"\r\n(?:[^\r\n]+\r\n)*\r\n([A-Za-z0-9_-]{1,100})\r\n')
_OLD = "the page is older than the app; load it anew"
_OTHER = "another page may not do that here"


@dataclass(frozen=True, slots=True)
class _No:
    status: int
    why: str


class _Stopped(Exception):
    """A body that is too long or too slow."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.no = _No(status, why)


class Guard:
    """Refuses a foreign `Host` or `Origin`, a change without the page's token, and what is too long or too slow; sets
    what a page may load.
    """

    def __init__(self, app: ASGIApp, hosts: frozenset[str]) -> None:
        self.app, self.hosts = app, hosts
        self.token = secrets.token_urlsafe(24)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass the request on."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        scope.setdefault("state", {})["token"] = self.token
        begun = False

        async def sent(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                answer = MutableHeaders(scope=message)
                for name, value in PAGE_HEADERS.items():
                    answer.setdefault(name, value)
                answer.setdefault("cache-control", "no-store")
            await send(message)

        no = _asked_wrongly(scope, headers) or self._foreign(scope, headers)
        if no is None:
            body = _Body(receive, _limit(scope, headers))
            try:
                no = await self._without_token(scope, headers, body)
                if no is None:
                    await self.app(scope, body.receive, sent)
                    return
            except ClientDisconnect:
                return
            except _Stopped as stopped:
                if begun:
                    raise
                no = stopped.no
        await _answer(scope, no)(scope, receive, sent)

    def _foreign(self, scope: Scope, headers: Headers) -> _No | None:
        """Why the request may not come from where it does."""
        if headers.getlist("host")[:2] not in ([host] for host in self.hosts):
            return _No(403, "this host is not served here; open the address that `legato serve` printed")
        site, mode, dest = (headers.get(f"sec-fetch-{name}", "") for name in ("site", "mode", "dest"))
        if scope["method"] in _SAFE:
            led_here = mode == "navigate" and dest == "document"
            return None if site in ("", "same-origin", "none") or led_here else _No(403, _OTHER)
        origin = headers.get("origin")
        if origin is not None and origin not in {f"http://{host}" for host in self.hosts}:
            return _No(403, _OTHER)
        return None if site in ("", "same-origin", "none") else _No(403, _OTHER)

    async def _without_token(self, scope: Scope, headers: Headers, body: "_Body") -> _No | None:
        """Why the request may change nothing: it does not carry the page's token."""
        if scope["method"] in _SAFE:
            return None
        if "origin" not in headers and "sec-fetch-site" not in headers and scope["path"].startswith("/api/"):
            return None  # no browser: a program on this machine
        given = headers.get(TOKEN_HEADER)
        if given is None:
            kind = _kind(headers)
            if kind == "application/x-www-form-urlencoded":
                try:
                    fields = parse_qs((await body.ahead(SMALL_BYTES)).decode("latin-1"), max_num_fields=_MOST_FIELDS)
                except ValueError:
                    return _No(413, f"a form has at most {_MOST_FIELDS} fields")
                given = fields.get(TOKEN_FIELD, [""])[0]
            elif kind == "multipart/form-data":
                part = _IN_PARTS.search((await body.ahead(_SCAN_BYTES))[:_SCAN_BYTES])
                given = part[1].decode() if part else ""
        same = secrets.compare_digest((given or "").encode(), self.token.encode())
        return None if same else _No(403, _OLD)


class _Body:
    """A request's body on its way in: counted, timed, and readable ahead."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive, self._limit = receive, limit
        self._size, self._whole = 0, False
        self._waiting: list[Message] = []
        # Of this only waiting for the sender counts: an app that has much to do may come to read it late.
        self._left_s = _SMALL_S if limit <= SMALL_BYTES else math.inf

    async def ahead(self, most: int) -> bytes:
        """The first bytes, which `receive` gives once more."""
        while not self._whole and sum(len(message.get("body", b"")) for message in self._waiting) < most:
            self._waiting.append(await self._next())
            if self._waiting[-1]["type"] == "http.disconnect":
                raise ClientDisconnect
        return b"".join(message.get("body", b"") for message in self._waiting)

    async def receive(self) -> Message:
        return self._waiting.pop(0) if self._waiting else await self._next()

    async def _next(self) -> Message:
        if self._whole:
            return await self._receive()
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            message = await asyncio.wait_for(self._receive(), min(_WAIT_S, max(self._left_s, 0.0)))
        except TimeoutError:
            raise _Stopped(408, "the request came too slowly; send it again") from None
        self._left_s -= loop.time() - began
        if message["type"] == "http.request":
            self._size += len(message.get("body", b""))
            self._whole = not message.get("more_body", False)
        if self._size > self._limit:
            raise _Stopped(413, _too_long(self._limit))
        return message


def _asked_wrongly(scope: Scope, headers: Headers) -> _No | None:
    """What is wrong with the request's line and headers."""
    if scope["method"] not in _METHODS:
        return _No(405, "this method is not served here")
    if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > _URL_BYTES:
        return _No(414, "the address is too long")
    if sum(len(name) + len(value) for name, value in scope["headers"]) > _HEADERS_BYTES:
        return _No(431, "the request's headers are too long")
    if any(ord(letter) < 32 or ord(letter) == 127 or "\ud800" <= letter < "\ue000" for letter in scope["path"]):
        return _No(400, "the address holds letters that none may")
    if b"%00" in scope["query_string"] or b"\0" in scope["query_string"]:
        return _No(400, "the address holds letters that none may")
    length, limit = headers.get("content-length", "0"), _limit(scope, headers)
    if not (length.isascii() and length.isdigit()) or int(length[:20]) > limit:
        return _No(413, _too_long(limit))
    return None


def _kind(headers: Headers) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def _limit(scope: Scope, headers: Headers) -> int:
    kind = _kind(headers)
    if kind not in ("multipart/form-data", "application/octet-stream"):
        return SMALL_BYTES
    if _UPLOADS.fullmatch(scope["path"]):
        return UPLOAD_BYTES
    return _FORM_BYTES if kind == "multipart/form-data" else SMALL_BYTES


def _too_long(limit: int) -> str:
    return f"the request holds more than {limit / 1e6:.0f} MB; send less"


def _answer(scope: Scope, no: _No) -> Response:
    if scope["path"].startswith("/api/"):
        return JSONResponse({"error": no.why}, no.status)
    return PlainTextResponse(no.why, no.status)
