"""The tempo that was asked of a set, and how each part of each repetition kept to it."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from legato.bar.model import BarRep
from legato.errors import BadInput
from legato.estimate import Estimate

TempoVerdict: TypeAlias = Literal["ok", "fault", "not-resolvable"]

PARTS = ("eccentric", "bottom", "concentric", "top")

TOLERANCE_S = 0.5
"""A part keeps to its time within this, s. [ENG] a count is in whole seconds, and half a second rounds to another."""

_LONGEST_S = 60.0


@dataclass(frozen=True, slots=True)
class AskedTempo:
    """Seconds of each part, in the order of `PARTS`; None where none was asked: `X`, as fast as possible, or `*`."""

    code: str
    seconds: tuple[float | None, float | None, float | None, float | None]


@dataclass(frozen=True, slots=True)
class TempoPart:
    """One part of one repetition: how long it took, the band that was asked, s, and whether it lies inside."""

    rep: int
    part: str
    measured: Estimate | None
    band_s: tuple[float, float]
    verdict: TempoVerdict
    reason: str


def parse_tempo(text: str) -> AskedTempo:
    """The tempo that a code asks: `3-1-X-0`, `31X0`, `2.5/0/1/0`; eccentric, pause, concentric, pause.

    Raises
    ------
    BadInput
        The text is no such code.
    """
    plain = text.strip()
    parts = list(plain) if re.fullmatch(r"[0-9Xx*]{4}", plain) else re.split(r"\s*[-/: ]\s*", plain)
    if len(parts) != len(PARTS) or not all(re.fullmatch(r"\d{1,2}(\.\d+)?|[Xx*]", part) for part in parts):
        raise BadInput(
            f"--tempo {text[:40]}: no tempo; give eccentric, pause, concentric and pause in seconds, like 3-1-X-0, with"
            " X for as fast as possible"
        )
    seconds = [None if part in "Xx*" else float(part) for part in parts]
    if any(s is not None and s > _LONGEST_S for s in seconds):
        raise BadInput(f"--tempo {text[:40]}: a part of more than {_LONGEST_S:g} s; give seconds, like 3-1-X-0")
    code = "-".join(part.upper() if not part[0].isdigit() else f"{float(part):g}" for part in parts)
    return AskedTempo(code, (seconds[0], seconds[1], seconds[2], seconds[3]))


def tempo_adherence(reps: Sequence[BarRep], asked: AskedTempo) -> tuple[TempoPart, ...]:
    """Whether each part of each repetition kept to its time, `TOLERANCE_S` to both sides: `ok` where the whole interval
    lies in the band, `fault` where all of it lies outside.
    """
    return tuple(
        _judged(rep, part, seconds)
        for rep in reps
        for part, seconds in zip(PARTS, asked.seconds, strict=True)
        if seconds is not None
    )


def _judged(rep: BarRep, part: str, seconds: float) -> TempoPart:
    band = (max(0.0, seconds - TOLERANCE_S), seconds + TOLERANCE_S)
    measured = None if rep.tempo is None else getattr(rep.tempo, f"{part}_s")
    if measured is None:
        return TempoPart(rep.rep, part, None, band, "not-resolvable", rep.reason or "the part was not recorded")
    # A pause of no length has no low end.
    low = -math.inf if band[0] == 0.0 else band[0]
    if low <= measured.low and measured.high <= band[1]:
        return TempoPart(rep.rep, part, measured, band, "ok", "")
    if measured.high < low or measured.low > band[1]:
        word = "shorter" if measured.high < low else "longer"
        return TempoPart(rep.rep, part, measured, band, "fault", f"{word} than asked")
    return TempoPart(rep.rep, part, measured, band, "not-resolvable", "its interval reaches over the band's edge")
