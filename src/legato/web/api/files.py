"""Files on their way in, by the API: sent first, then named by a session."""

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from legato.errors import BadInput
from legato.store import Catalogue, keep_file
from legato.store.files import CHUNK, Part
from legato.web.api.model import FileKept
from legato.web.deps import Kept
from legato.web.guard import UPLOAD_BYTES

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
    with await run_in_threadpool(catalogue.files.writer, UPLOAD_BYTES) as part:
        waiting, size = bytearray(), 0
        async for chunk in request.stream():
            waiting += chunk
            size += len(chunk)
            if len(waiting) >= CHUNK:
                await run_in_threadpool(part.write, bytes(waiting))
                waiting.clear()
        if size == 0:
            raise BadInput("the file is empty; send its bytes")
        return await run_in_threadpool(_kept, catalogue, part, bytes(waiting))


def _kept(catalogue: Catalogue, part: Part, rest: bytes) -> FileKept:
    part.write(rest)
    saved = part.keep()
    with catalogue.session() as rows:
        keep_file(rows, saved)
    return FileKept(sha256=saved.sha256, size_bytes=saved.size_bytes, known=saved.known)
