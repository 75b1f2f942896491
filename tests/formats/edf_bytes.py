"""EDF and BDF files built byte by byte from the format's description."""

from collections.abc import Sequence

import numpy as np

ANNOTATIONS = "EDF Annotations"


def _field(text: object, width: int) -> bytes:
    return str(text).encode("latin-1")[:width].ljust(width)


def build(
    signals: Sequence[tuple[str, str, np.ndarray]],
    per_record: Sequence[int],
    *,
    duration_s: float = 1.0,
    annotations: Sequence[tuple[float, str]] = (),
    person: str = "X X X X",
    bdf: bool = False,
    claimed_records: int | None = None,
    claimed_signals: int | None = None,
) -> bytes:
    """An EDF+ (or BDF+) of signals (label, unit, digital samples with 1 digit = 1 unit)."""
    records = len(signals[0][2]) // per_record[0]
    width = 3 if bdf else 2
    low, high = (-8388608, 8388607) if bdf else (-32768, 32767)
    labels = [s[0] for s in signals] + [ANNOTATIONS.replace("EDF", "BDF" if bdf else "EDF")]
    units = [s[1] for s in signals] + [""]
    counts = [*per_record, 60]
    n = len(labels)
    head = b"\xffBIOSEMI" if bdf else b"0       "
    head += _field(person, 80) + _field("Startdate 01-JAN-2026 X X X", 80) + b"01.01.26" + b"10.00.00"
    head += _field(256 * (n + 1), 8) + _field("BDF+C" if bdf else "EDF+C", 44)
    head += _field(records if claimed_records is None else claimed_records, 8) + _field(duration_s, 8)
    head += _field(n if claimed_signals is None else claimed_signals, 4)
    for values, size in (
        (labels, 16), ([""] * n, 80), (units, 8), ([low] * n, 8), ([high] * n, 8), ([low] * n, 8), ([high] * n, 8),
        ([""] * n, 80), (counts, 8), ([""] * n, 32),
    ):  # fmt: skip
        head += b"".join(_field(v, size) for v in values)
    body = b""
    for r in range(records):
        for (_, _, samples), count in zip(signals, per_record, strict=True):
            part = np.asarray(samples[r * count : (r + 1) * count], np.int32)
            raw = part.astype("<i4").tobytes()
            body += b"".join(raw[4 * i : 4 * i + width] for i in range(len(part)))
        text = f"+{r * duration_s:g}\x14\x14\x00".encode()
        if r == 0:
            text += b"".join(f"+{t:g}\x14{words}\x14\x00".encode() for t, words in annotations)
        body += text.ljust(60 * width, b"\x00")
    return head + body
