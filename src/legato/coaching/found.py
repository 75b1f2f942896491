"""What a result says that a prescription answers: faults that are surely there, with their causes."""

from collections.abc import Sequence

from legato.coaching.prescribe import CauseSeen, FaultSeen, Speaks
from legato.faults.assessments.causes import CauseFound
from legato.faults.assessments.measured import ResultFile
from legato.faults.catalogue import fault_entries


def faults_seen(result: ResultFile, causes: Sequence[CauseFound] = ()) -> tuple[FaultSeen, ...]:
    """The faults that a result surely shows.

    Parameters
    ----------
    result
        As `result_file` reads it.
    causes
        What filled-in sheets say of the causes, as `causes_found` gives them.
    """
    found: list[FaultSeen] = []
    for one in result.findings:
        if one.verdict != "fault":
            continue
        said: dict[str, Speaks] = {
            c.cause: c.speaks for c in causes if c.fault == one.fault and c.side == (one.side or "")
        }
        seen = tuple(_cause(one.fault, cause.cause, said.get(cause.cause, "")) for cause in one.causes)
        answered = {c.asks for c in causes if c.fault == one.fault and c.speaks}
        beyond = 0.0
        if one.measured is not None and one.band is not None:
            beyond = _beyond(one.measured.low, one.measured.high, one.band)
        found.append(
            FaultSeen(
                fault=one.fault,
                name=one.name or one.fault,
                kind=one.kind,
                says=one.says or f"{one.name or one.fault}.",
                side=one.side or "",
                beyond=beyond,
                causes=seen,
                asks=tuple(ask for ask in one.asks if ask not in answered),
                movement=result.movement.id,
            )
        )
    return tuple(found)


def faults_gone(result: ResultFile) -> frozenset[str]:
    """Ids of the faults that a result surely does not show, on any side."""
    there = {one.fault for one in result.findings if one.verdict != "ok"}
    return frozenset(one.fault for one in result.findings if one.verdict == "ok") - there


def _cause(fault: str, cause: str, speaks: Speaks) -> CauseSeen:
    """A cause with the drills that the library has for it."""
    entry = fault_entries().get(fault)
    known = () if entry is None else entry.fault.causes
    return CauseSeen(cause, speaks, next((one.drills for one in known if one.cause == cause), ()))


def _beyond(low: float, high: float, band: tuple[float | None, float | None]) -> float:
    """How far an interval lies outside a band, in half-widths of its own."""
    half = 0.5 * (high - low)
    below = 0.0 if band[0] is None else band[0] - high
    above = 0.0 if band[1] is None else low - band[1]
    distance = max(0.0, below, above)
    return distance / half if half > 0 else 0.0 if distance == 0.0 else 1e6
