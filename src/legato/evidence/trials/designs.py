"""The designs of a trial: which sessions make a block, how many blocks there are, and the order that a seed draws.

A block is a pair, all doses once, or a series in phases (the whole trial, or one of a multiple baseline).
"""

from collections.abc import Iterator

from legato.evidence.trials.order import first_arms, pick
from legato.evidence.trials.registration import Request


def sessions_of(request: Request) -> int:
    """Sessions of a block."""
    if request.doses is not None:
        return len(request.doses.doses_ms)
    return 2 if request.phases is None else request.phases.sessions


def labels_of(request: Request) -> tuple[str, ...]:
    """What a session can be of: an arm, or a dose."""
    return ("A", "B") if request.doses is None else tuple(dose_label(dose) for dose in request.doses.doses_ms)


def dose_label(dose_ms: float) -> str:
    """A dose as a label: `100ms`."""
    return f"{dose_ms:g}ms"


def movement_of(request: Request, slot: int) -> str:
    """The movement that a block is recorded in."""
    series = () if request.phases is None else request.phases.series
    return series[slot] if series else request.outcome.movement


def block_word(request: Request) -> str:
    """What a block is called."""
    return "pair" if request.design == "pairs" else "block" if request.design == "doses" else "series"


def in_phases(request: Request) -> bool:
    """Whether a session that cannot count is missing, where else its block would come again: phases go on with time."""
    return request.phases is not None


def drawn_order(seed: str, request: Request) -> tuple[tuple[str, ...], ...]:
    """The labels of each block's sessions, as the seed draws them."""
    if request.doses is not None:
        from legato.evidence.trials.dose_plan import dose_order

        number = pick(seed, "doses", 2**63)
        doses_s = tuple(dose / 1000.0 for dose in request.doses.doses_ms)
        drawn = dose_order(request.planned, number, doses_s)
        return tuple(tuple(dose_label(round(1000.0 * dose, 6)) for dose in block) for block in drawn)
    if request.phases is not None:
        return tuple(_phases(request, starts) for starts in drawn_starts(seed, request))
    return tuple((first, "B" if first == "A" else "A") for first in first_arms(seed, request.planned))


def drawn_starts(seed: str, request: Request) -> Iterator[tuple[int, ...]]:
    """Of each series in phases the sessions, from 0, that the later phases begin with: each way alike likely."""
    from legato.evidence.trials.phases import admissible_starts

    phases = request.phases
    if phases is None:
        raise ValueError("a trial without phases")
    ways = admissible_starts(phases.sessions, request.changes, phases.least)
    for series in range(request.planned):
        yield ways[pick(seed, f"phases/{series}", len(ways))]


def starts_in(labels: tuple[str, ...]) -> tuple[int, ...]:
    """Where the label changes along a series."""
    return tuple(k for k in range(1, len(labels)) if labels[k] != labels[k - 1])


def _phases(request: Request, starts: tuple[int, ...]) -> tuple[str, ...]:
    count = 0 if request.phases is None else request.phases.sessions
    return tuple("BA"[sum(start <= k for start in starts) % 2] for k in range(count))
