"""What was asked of a set of the bar, besides its loads."""

from dataclasses import dataclass

from legato.bar.tempo import AskedTempo, parse_tempo
from legato.errors import BadInput

_LARGEST_M = 0.1
"""A pixel as large as this leaves ten to a bar's whole way. [ENG]"""


@dataclass(frozen=True, slots=True)
class BarTask:
    """`stop_loss_pct`: velocity loss to stop at, %. `tempo`: the time of each part. `metres_per_pixel`: scale of a
    video in which the bar was tracked.
    """

    stop_loss_pct: float | None = None
    tempo: AskedTempo | None = None
    metres_per_pixel: float | None = None


NOTHING_ASKED = BarTask()


def bar_task(
    stop_loss_pct: float | None = None, tempo: str | None = None, metres_per_pixel: float | None = None
) -> BarTask:
    """What was asked, checked.

    Raises
    ------
    BadInput
        A loss that is not between 1 and 100 %, no tempo, or a scale that no picture has.
    """
    if stop_loss_pct is not None and not 0.0 < stop_loss_pct < 100.0:
        raise BadInput(f"a velocity loss of {stop_loss_pct:g} % to stop at; give one between 0 and 100")
    if stop_loss_pct is not None and stop_loss_pct < 1.0:
        raise BadInput(
            f"a velocity loss of {stop_loss_pct:g} % to stop at is less than any bar's error; it is in percent, so give"
            f" {100.0 * stop_loss_pct:g} for {100.0 * stop_loss_pct:g} %"
        )
    if metres_per_pixel is not None and not 0.0 < metres_per_pixel < _LARGEST_M:
        raise BadInput(
            f"{metres_per_pixel:g} m a pixel; give what one pixel measures at the bar, such as 0.45 m over the pixels"
            " across a full-size plate"
        )
    return BarTask(stop_loss_pct, None if tempo is None else parse_tempo(tempo), metres_per_pixel)
