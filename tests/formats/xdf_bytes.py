"""XDF files built byte by byte from the format's description."""

import struct
from collections.abc import Sequence


def varlen(number: int, width: int = 4) -> bytes:
    """A length of the given width."""
    return bytes([width]) + number.to_bytes(width, "little")


def chunk(tag: int, content: bytes, claimed: int | None = None, width: int = 4) -> bytes:
    """One chunk; `claimed` states another length than the true one."""
    body = struct.pack("<H", tag) + content
    return varlen(len(body) if claimed is None else claimed, width) + body


def header(
    stream: int, name: str, kind: str, channels: int, form: str, rate: float, labels: Sequence[str] = ()
) -> bytes:
    """The header of a stream."""
    described = "".join(f"<channel><label>{n}</label><unit>microvolts</unit></channel>" for n in labels)
    xml = (
        f'<?xml version="1.0"?><info><name>{name}</name><type>{kind}</type><channel_count>{channels}</channel_count>'
        f"<nominal_srate>{rate}</nominal_srate><channel_format>{form}</channel_format>"
        f"<hostname>JANES-LAPTOP</hostname><desc><channels>{described}</channels></desc></info>"
    )
    return chunk(2, struct.pack("<I", stream) + xml.encode())


def samples(stream: int, times: Sequence[float], values: Sequence[Sequence[float]]) -> bytes:
    """A chunk of double samples with a time stamp each."""
    body = b"".join(
        b"\x08" + struct.pack("<d", t) + struct.pack(f"<{len(row)}d", *row)
        for t, row in zip(times, values, strict=True)
    )
    return chunk(3, struct.pack("<I", stream) + varlen(len(times)) + body)


def words(stream: int, times: Sequence[float], texts: Sequence[str]) -> bytes:
    """A chunk of one word a sample."""
    body = b"".join(
        b"\x08" + struct.pack("<d", t) + varlen(len(w.encode())) + w.encode() for t, w in zip(times, texts, strict=True)
    )
    return chunk(3, struct.pack("<I", stream) + varlen(len(times)) + body)


def offset(stream: int, time: float, value: float) -> bytes:
    """A chunk that states the offset of a stream's clock."""
    return chunk(4, struct.pack("<Idd", stream, time, value))


FILE_HEADER = b"XDF:" + chunk(1, b'<?xml version="1.0"?><info><version>1.0</version></info>')
