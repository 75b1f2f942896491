"""What a result says that a prescription answers: faults that are surely there, with their causes."""

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from legato.coaching.prescribe import CauseSeen, FaultSeen, Speaks
from legato.faults.assessments.causes import CauseFound
from legato.faults.assessments.how import ask_words
from legato.faults.assessments.measured import ResultFile
from legato.faults.catalogue import fault_entries
from legato.movements import load_movement, movement_ids


def faults_seen(
    results: Sequence[ResultFile], causes: Sequence[CauseFound] = (), earlier: Sequence[ResultFile] = ()
) -> tuple[FaultSeen, ...]:
    """The faults that results surely show.

    Parameters
    ----------
    results
        As `result_file` reads them, each with the findings that count.
    causes
        What filled-in sheets say of the causes, as `causes_found` gives them.
    earlier
        Results before these, the oldest first: the first of the same movement is what a fault is compared with.
    """
    first = {one.movement.id: one for one in reversed(earlier)}
    return tuple(seen for result in results for seen in _seen(result, causes, first.get(result.movement.id)))


def _seen(result: ResultFile, causes: Sequence[CauseFound], before: ResultFile | None) -> Iterator[FaultSeen]:
    told = [c for c in causes if c.result == result.name]
    for one in result.findings:
        if one.verdict != "fault":
            continue
        said: dict[str, Speaks] = {
            c.cause: c.speaks for c in told if c.fault == one.fault and c.side == (one.side or "")
        }
        answered = {c.asks for c in told if c.fault == one.fault and c.speaks}
        held, beyond = one.by_same_markers or one.measured, 0.0
        if held is not None and one.band is not None:
            beyond = _beyond(held.low, held.high, one.band)
        yield FaultSeen(
            fault=one.fault,
            name=one.name or one.fault,
            kind=one.kind,
            says=one.says or f"{one.name or one.fault}.",
            side=one.side or "",
            beyond=beyond,
            causes=tuple(
                _cause(one.fault, cause.cause, said.get(cause.cause, ""), result.movement.id) for cause in one.causes
            ),
            asks=tuple(ask_words(ask, result.movement.id) for ask in one.asks if ask not in answered),
            movement=result.movement.id,
            nearer="" if before is None else _nearer(result, before, one.fault, one.side),
        )


_Number: TypeAlias = tuple[float, float, float, str]
"""Value, low and high end, unit."""
_Band: TypeAlias = tuple[float | None, float | None]


def _nearer(now: ResultFile, before: ResultFile, fault: str, side: str | None) -> str:
    """From what to what a fault's number came surely nearer to its band, in words; else empty.

    A share of repetitions in order hardly moves until the order is there, so the first gap is read in its place.
    """
    then, here = _read(before, fault, side), _read(now, fault, side)
    if then is None or here is None or then[0][3] != here[0][3]:
        return ""
    (old, old_low, old_high, _), ((new, low, high, unit), band) = then[0], here
    less = band[1] is not None and low > band[1] and high < old_low
    more = band[0] is not None and high < band[0] and low > old_high
    scale, unit = (1000.0, "ms") if unit == "s" else (1.0, unit)
    return f"{scale * old:.0f} to {scale * new:.0f} {unit}" if less or more else ""


def _read(result: ResultFile, fault: str, side: str | None) -> tuple[_Number, _Band] | None:
    """A fault's number with its band."""
    one = next((one for one in result.findings if one.fault == fault and one.side == side), None)
    if one is None:
        return None
    number, band = one.measured, one.band
    if one.kind == "order" and result.chain is not None:
        first = next((gap for gap in result.chain.gaps if gap.primary), None)
        number, band = (None, None) if first is None else (first.of_set, first.band_s)
    return None if number is None or band is None else ((number.value, number.low, number.high, number.unit), band)


def faults_gone(results: Sequence[ResultFile]) -> frozenset[tuple[str, str]]:
    """Ids of movement and fault where the movement's results surely do not show the fault, on any side.

    What one movement shows says nothing of another, in which the fault was found.
    """
    all_of = [((result.movement.id, one.fault), one.verdict) for result in results for one in result.findings]
    there = {pair for pair, verdict in all_of if verdict != "ok"}
    return frozenset(pair for pair, verdict in all_of if verdict == "ok") - there


def order_kept(results: Sequence[ResultFile]) -> float | None:
    """Share of repetitions that surely keep the order of their links, of the newest result of a turn that tells it.

    The low end of its interval: a few repetitions in order show little.
    """
    shares = [
        result.chain.order.share_in_order.low
        for result in results
        if _turns(result.movement.id)
        if result.chain is not None
        if result.chain.order is not None
        if result.chain.order.share_in_order is not None
    ]
    return shares[-1] if shares else None


def _turns(movement: str) -> bool:
    return movement in movement_ids() and "rotation" in load_movement(movement).flags


def _cause(fault: str, cause: str, speaks: Speaks, movement: str) -> CauseSeen:
    """A cause with the drills that the library has for it in a movement."""
    entry = fault_entries().get(fault)
    there = movement in movement_ids()
    known = () if entry is None else (entry.of(load_movement(movement)) if there else entry.fault).causes
    return CauseSeen(cause, speaks, next((one.drills for one in known if one.cause == cause), ()))


def _beyond(low: float, high: float, band: tuple[float | None, float | None]) -> float:
    """How far an interval lies outside a band, in half-widths of its own."""
    half = 0.5 * (high - low)
    below = 0.0 if band[0] is None else band[0] - high
    above = 0.0 if band[1] is None else low - band[1]
    distance = max(0.0, below, above)
    return distance / half if half > 0 else 0.0 if distance == 0.0 else 1e6
