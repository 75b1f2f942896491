"""Jumps that nobody makes, which speak against the rate of the recording.

Force alone cannot show a wrong rate: stretch the time, and speed by impulse and time of flight stretch alike, so both
heights still agree. Only what bodies can do tells, and it tells gross errors.
"""

from legato.forces.jump_model import Jump

_HIGHEST_M = 1.0
"""Nobody's centre of mass rises more after take-off, m. [ENG] The best reach about 0.8 to 0.9 m."""

_QUICKEST_S = {"countermovement": 0.4, "squat": 0.2}
"""Contractions shorter than these are nobody's, s. [ENG] Quick ones last 0.5 to 0.6 and 0.25 to 0.3 s."""


def rate_doubt(jump: Jump) -> str:
    """Why the rate may be wrong, in words; empty where the jump is one that people make."""
    if jump.height_flight_m.low > _HIGHEST_M:
        return f"{jump.height_flight_m.value:.2f} m is higher than anybody jumps: the rate may be given too low"
    quickest = _QUICKEST_S.get(jump.kind)
    if quickest is not None and jump.onset_s is not None:
        contraction = jump.take_off_s.minus(jump.onset_s)
        if contraction.high < quickest:
            return (
                f"{contraction.value:.2f} s from onset to take-off are quicker than anybody makes a {jump.kind} jump:"
                " the rate may be given too high"
            )
    return ""
