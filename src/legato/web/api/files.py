"""Files on their way in, by the API: sent first, then named by a session."""

from collections.abc import AsyncIterator

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from legato.errors import BadInput
from legato.web.api.model import FileKept
from legato.web.deps import Kept
from legato.web.uploads import announced, most_of, receive

routes = APIRouter(prefix="/files", tags=["files"])


@routes.post(
    "",
    status_code=201,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def send_file(request: Request, catalogue: Kept) -> FileKept:
    """Keep a file's bytes under their checksum; a session then takes it by that."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/octet-stream":
        raise BadInput("content-type: send the file's bytes as application/octet-stream")
    most = await run_in_threadpool(most_of, catalogue)
    saved = await receive(_not_empty(request.stream()), catalogue, "the file", most, announced(request))
    return FileKept(sha256=saved.sha256, size_bytes=saved.size_bytes, known=saved.known)


async def _not_empty(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        yield chunk
    if size == 0:
        raise BadInput("the file is empty; send its bytes")
