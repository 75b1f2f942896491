"""How far a trunk has to lean for what a body of its own build asks for."""

from collections.abc import Callable

_MOST_STEPS = 30


def lean_at_zero(of: Callable[[float], float], low: float, high: float, within: float) -> float:
    """Where a quantity that falls with lean passes zero (Illinois); an end of the bracket where it does not.

    Parameters
    ----------
    of
        The quantity at a lean, deg. -inf where no body can lean so far.
    low, high
        Bracket, deg.
    within
        How near to zero is near enough, in the quantity's unit.
    """
    at_low, at_high = of(low), of(high)
    if at_low <= 0.0:
        return low
    if at_high >= 0.0:
        return high
    for _ in range(_MOST_STEPS):
        share = at_low / (at_low - at_high) if at_high > float("-inf") else 0.5
        middle = low + share * (high - low)
        here = of(middle)
        if abs(here) <= within:
            return middle
        if here > 0.0:
            low, at_low, at_high = middle, here, 0.5 * at_high
        else:
            high, at_high, at_low = middle, here, 0.5 * at_low
    return 0.5 * (low + high)
