"""Files that leave the app: whatever they hold, a browser saves them and runs nothing of them."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastapi import HTTPException, Request
from fastapi.responses import FileResponse, Response
from starlette.background import BackgroundTask

from legato.store import Catalogue
from legato.web.trial_files import file_name

SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"
"""What a file may load should a browser open it after all: nothing."""

BYTES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The bytes, to be saved.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
"""A download, for the API's description."""

_MEDIA = {".json": "application/json", ".csv": "text/csv; charset=utf-8"}


def download(catalogue: Catalogue, sha256: str, name: str) -> Response:
    """A kept file as an attachment.

    Raises
    ------
    HTTPException
        It is gone (404).
    """
    path = catalogue.files.path(sha256)
    if not path.is_file():
        raise HTTPException(404, "this file is no longer kept; it may have been erased")
    headers = {"content-security-policy": SANDBOX, **ask_again(sha256)}
    return FileResponse(path, media_type="application/octet-stream", filename=file_name(name), headers=headers)


def attachment(content: bytes | str, name: str, media_type: str | None = None) -> Response:
    """Something made just now, as an attachment."""
    ending = name[name.rfind(".") :].lower()
    answer = Response(content, media_type=media_type or _MEDIA.get(ending, "application/octet-stream"))
    answer.headers["content-security-policy"] = SANDBOX
    answer.headers["content-disposition"] = disposition(name)
    return answer


def made(write: Callable[[Path], object], name: str) -> Response:
    """A file that is written now, sent a piece at a time and taken away again."""
    folder = tempfile.TemporaryDirectory(prefix="legato-")
    path = Path(folder.name) / f"made{Path(name).suffix}"
    try:
        write(path)
    except BaseException:
        folder.cleanup()
        raise
    media = "application/zip" if path.suffix == ".zip" else "application/octet-stream"
    headers = {"content-security-policy": SANDBOX}
    return FileResponse(
        path, media_type=media, filename=file_name(name), headers=headers, background=BackgroundTask(folder.cleanup)
    )


def disposition(name: str) -> str:
    """The header that has a browser save a file under this name."""
    from urllib.parse import quote

    clean = file_name(name)
    plain = clean.encode("ascii", "replace").decode().replace('"', "_").replace("\\", "_").replace("?", "_")
    return f"attachment; filename=\"{plain}\"; filename*=utf-8''{quote(clean, safe='')}"


def unchanged(request: Request, etag: str) -> bool:
    """Whether the asker has this already."""
    asked = request.headers.get("if-none-match", "")
    return asked == "*" or f'"{etag}"' in (part.strip().removeprefix("W/") for part in asked.split(","))


def ask_again(etag: str) -> dict[str, str]:
    """Headers with which a browser keeps something and asks each time whether it still holds: it may be erased."""
    return {"etag": f'"{etag}"', "cache-control": "private, no-cache"}


def as_known(request: Request, etag: str) -> Response | None:
    """The answer that the asker has this already; None where it has not."""
    return Response(status_code=304, headers=ask_again(etag)) if unchanged(request, etag) else None
