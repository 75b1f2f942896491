"""Priming protocols and the minutes before a test, in words and as a record."""

from collections.abc import Sequence
from typing import Any

from legato.coaching.priming.catalogue import choices
from legato.coaching.priming.model import Part, Protocol, Rest
from legato.coaching.priming.schedule import BOTH, NotOffered, Schedule
from legato.report.drill_words import dose_words, graded

_TESTED = {
    "bar-speed": "bar velocity",
    "jump": "jump height",
    "force-rise": "rate of force development",
    "activation": "EMG",
}
_LIMBS = {"upper": "arms", "lower": "legs"}


def protocol_lines(protocol: Protocol) -> list[str]:
    """A protocol in full: its parts with their doses, the rest after it, and what is known of it."""
    lines = [f"{protocol.id}: {protocol.name}", protocol.purpose]
    if protocol.refused:
        lines.append(f"not offered: {protocol.refused}")
    lines += [f"  {number}. {part_words(part)}" for number, part in enumerate(protocol.parts, start=1)]
    if protocol.trained:
        lines.append("only after the weeks of regular training that power asks for")
    for rest, before in ((protocol.rest_min, ""), (protocol.rest_upper_min, " of the arms")):
        if rest is not None:
            lines.append(f"rest before the test{before}: {rest_words(rest)} ({graded(rest.grade)}: {rest.source})")
    lines.append(f"for: {', '.join(_TESTED[test] for test in protocol.tests)}")
    lines.append(f"known: {protocol.evidence}")
    if protocol.claim:
        lines.append(f"claim: {protocol.claim} (`legato claims {protocol.claim}`)")
    return [*lines, f"source: {protocol.source} ({graded(protocol.grade)})"]


def part_words(part: Part, *, grades: bool = True) -> str:
    """What is done, with its dose and how well that stands, and where only before a test of some limbs, which."""
    before = "" if part.region is None else f" (before a test of the {_LIMBS[part.region]})"
    if part.dose is None:
        return f"{part.what}, {part.minutes:g} min{before}"
    load = "" if part.share_of_maximum is None else f" at {100 * part.share_of_maximum:g} % of the maximum"
    dose = dose_words(part.dose) if grades else part.dose.words
    return f"{' or '.join(drill.name for drill in choices(part))}{load}: {dose}{before}"


def rest_words(rest: Rest) -> str:
    """`4 to 9 min`, or `5 min`."""
    return f"{rest.least:g} to {rest.most:g} min" if rest.most > rest.least else f"{rest.least:g} min"


def schedule_lines(protocol: Protocol, days: Sequence[Schedule | NotOffered]) -> list[str]:
    """The minutes before a test, with the protocol and without."""
    lines: list[str] = []
    for day in days:
        if isinstance(day, NotOffered):
            return [f"{protocol.id}: not today", *(f"  {reason}" for reason in day.reasons)]
        lines.append("With it" if day.primed else "Without it, the control")
        for line in day.lines:
            lines.append(f"  {line.at:%H:%M}  {line.what} ({line.minutes:g} min)")
            lines += [f"         {proviso}" for proviso in line.provisos]
        lines.append(
            f"  {day.test_at:%H:%M}  the test; from {day.earliest:%H:%M} to {day.latest:%H:%M} it still counts"
        )
    return [*lines, BOTH, "Feedback off in both, the same load, range and pause: then `legato trial` can tell."]


def schedule_record(day: Schedule | NotOffered) -> dict[str, Any]:
    """The record of `--json`."""
    if isinstance(day, NotOffered):
        return {"offered": False, "reasons": list(day.reasons)}
    return {
        "offered": True,
        "protocol": day.protocol,
        "region": day.region,
        "primed": day.primed,
        "lines": [
            {
                "at": line.at.isoformat(timespec="seconds"),
                "minutes": line.minutes,
                "what": line.what,
                "drill": line.drill or None,
                "load_kg": line.load_kg,
                "provisos": list(line.provisos),
            }
            for line in day.lines
        ],
        "test_at": day.test_at.isoformat(timespec="seconds"),
        "earliest": day.earliest.isoformat(timespec="seconds"),
        "latest": day.latest.isoformat(timespec="seconds"),
    }
