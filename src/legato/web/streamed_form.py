"""A form with one large file, read as it comes in: the file goes straight to the disk, not by way of another place."""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.datastructures import FormData, UploadFile

from legato.errors import BadInput

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

_Kept = TypeVar("_Kept")
_Step = tuple[str, bytes]

_LONGEST_FIELD = 4000
_LONGEST_HEADER = 8000
_MOST_FIELDS = 20
_BROKEN = "the form did not arrive whole; send it again"


async def streamed_form(
    request: Request, file: str, keep: Callable[[AsyncIterator[bytes], str], Awaitable[_Kept]]
) -> tuple[FormData, _Kept | None]:
    """The fields of a form, and what `keep` made of the file in the field `file`; None where none was chosen.

    Parameters
    ----------
    request
        Of `multipart/form-data`; a form without files may come as any other.
    file
        The field of the file.
    keep
        Called with the bytes as they come, and the name that they were given.

    Raises
    ------
    BadInput
        The form is not whole, or holds what it may not.
    """
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        return await request.form(), None
    steps = _steps(request)
    fields: list[tuple[str, str | UploadFile]] = []
    kept: _Kept | None = None
    async for step, head in steps:
        if step != "part":
            continue
        told = _told(head)
        name, given = told.get("name", ""), told.get("filename")
        if given and name == file and kept is None:
            kept = await keep(_content(steps), given)
            continue
        content = bytearray()
        async for piece in _content(steps):
            content += piece
            if len(content) > _LONGEST_FIELD:
                raise BadInput(f"{name:.40}: has more than {_LONGEST_FIELD} letters; shorten it")
        if given is None and len(fields) < _MOST_FIELDS:
            fields.append((name, content.decode("utf-8", "replace")))
    return FormData(fields), kept


def _told(head: bytes) -> dict[str, str]:
    """Name and file name, as a part's header tells them."""
    _, options = parse_options_header(head)
    return {key.decode("latin-1"): value.decode("utf-8", "replace") for key, value in options.items()}


async def _content(steps: AsyncGenerator[_Step]) -> AsyncIterator[bytes]:
    """The bytes of the part that has begun, to its end."""
    async for step, piece in steps:
        if step == "end":
            return
        yield piece
    raise BadInput(_BROKEN)


async def _steps(request: Request) -> AsyncGenerator[_Step]:
    """`part` with its content-disposition, `data` with bytes, `end`: what the body holds, one after the other."""
    _, options = parse_options_header(request.headers.get("content-type", ""))
    waiting: list[_Step] = []
    header, value, disposition = bytearray(), bytearray(), bytearray()

    def begin() -> None:
        disposition.clear()

    def add(to: bytearray, data: bytes) -> None:
        to.extend(data)
        if len(value) + len(header) > _LONGEST_HEADER:
            raise BadInput(_BROKEN)

    def header_end() -> None:
        if header.lower() == b"content-disposition":
            disposition.extend(value)
        header.clear()
        value.clear()

    calls: MultipartCallbacks = {
        "on_part_begin": begin,
        "on_header_field": lambda data, start, end: add(header, data[start:end]),
        "on_header_value": lambda data, start, end: add(value, data[start:end]),
        "on_header_end": header_end,
        "on_headers_finished": lambda: waiting.append(("part", bytes(disposition))),
        "on_part_data": lambda data, start, end: waiting.append(("data", data[start:end])),
        "on_part_end": lambda: waiting.append(("end", b"")),
    }
    boundary = options.get(b"boundary")
    if not boundary:
        raise BadInput(_BROKEN)
    try:
        parser = MultipartParser(boundary, calls)
        async for chunk in request.stream():
            parser.write(chunk)
            for step in waiting:
                yield step
            waiting.clear()
    except FormParserError:
        raise BadInput(_BROKEN) from None
