"""What a result says that a prescription answers: faults that are surely there, with their causes."""

from collections.abc import Iterator, Sequence

from legato.coaching.prescribe import CauseSeen, FaultSeen, Speaks
from legato.faults.assessments.causes import CauseFound
from legato.faults.assessments.measured import ResultFile
from legato.faults.catalogue import fault_entries
from legato.movements import load_movement, movement_ids


def newest_results(results: Sequence[ResultFile]) -> tuple[ResultFile, ...]:
    """Of each movement the last one, in the order in which they are given."""
    last = {one.movement.id: k for k, one in enumerate(results)}
    return tuple(one for k, one in enumerate(results) if k in last.values())


def faults_seen(results: Sequence[ResultFile], causes: Sequence[CauseFound] = ()) -> tuple[FaultSeen, ...]:
    """The faults that results surely show.

    Parameters
    ----------
    results
        As `result_file` reads them, one a movement.
    causes
        What filled-in sheets say of the causes, as `causes_found` gives them.
    """
    return tuple(seen for result in results for seen in _seen(result, causes))


def _seen(result: ResultFile, causes: Sequence[CauseFound]) -> Iterator[FaultSeen]:
    told = [c for c in causes if c.result == result.name]
    for one in result.findings:
        if one.verdict != "fault":
            continue
        said: dict[str, Speaks] = {
            c.cause: c.speaks for c in told if c.fault == one.fault and c.side == (one.side or "")
        }
        answered = {c.asks for c in told if c.fault == one.fault and c.speaks}
        beyond = 0.0
        if one.measured is not None and one.band is not None:
            beyond = _beyond(one.measured.low, one.measured.high, one.band)
        yield FaultSeen(
            fault=one.fault,
            name=one.name or one.fault,
            kind=one.kind,
            says=one.says or f"{one.name or one.fault}.",
            side=one.side or "",
            beyond=beyond,
            causes=tuple(_cause(one.fault, cause.cause, said.get(cause.cause, "")) for cause in one.causes),
            asks=tuple(ask for ask in one.asks if ask not in answered),
            movement=result.movement.id,
        )


def faults_gone(results: Sequence[ResultFile]) -> frozenset[str]:
    """Ids of the faults that results surely do not show, on any side and in any of them."""
    all_of = [one for result in results for one in result.findings]
    there = {one.fault for one in all_of if one.verdict != "ok"}
    return frozenset(one.fault for one in all_of if one.verdict == "ok") - there


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
