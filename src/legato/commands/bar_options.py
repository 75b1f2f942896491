"""Options of what is asked of a set with a bar."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from legato.commands.amounts import one_load
from legato.errors import BadInput

if TYPE_CHECKING:
    from legato.simulate import BarSensorErrors

_NUMBER = r"\d+(?:[.,]\d*)?|[.,]\d+"


@dataclass(frozen=True, slots=True)
class OnBar:
    """What was asked of the set, and the scale of a video."""

    stop_loss: Annotated[
        str | None,
        typer.Option(metavar="PERCENT", help="Velocity loss to stop the set at: 20; tells after which rep."),
    ] = None
    tempo: Annotated[
        str | None,
        typer.Option(
            metavar="CODE", help="Tempo that was asked: eccentric, pause, concentric, pause in s, like 3-1-X-0."
        ),
    ] = None
    metres_per_pixel: Annotated[
        str | None,
        typer.Option(metavar="M", help="Scale of a video with the bar: 0.002, or 0.45/214 for a plate of 214 pixels."),
    ] = None

    def loss_pct(self) -> float | None:
        """The loss, %."""
        return None if self.stop_loss is None else _positive(self.stop_loss.rstrip("% "), "--stop-loss", "20")

    def scale(self) -> float | None:
        """Metres a pixel."""
        if self.metres_per_pixel is None:
            return None
        length, slash, pixels = self.metres_per_pixel.partition("/")
        found = _positive(length, "--metres-per-pixel", "0.002 or 0.45/214")
        return found / _positive(pixels, "--metres-per-pixel", "0.002 or 0.45/214") if slash else found


@dataclass(frozen=True, slots=True)
class OnSimulatedBar:
    """What a simulated bar carries."""

    bar_sensor: Annotated[
        bool, typer.Option("--bar-sensor", help="Put an inertial sensor on the bar, which rests between repetitions.")
    ] = False
    bar_plant: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=SIZE",
            help="An error of that sensor: rate, jitter, gaps, bias, tilt …; repeatable, a wrong name tells all.",
            show_default=False,
        ),
    ] = None
    bar_load: Annotated[str | None, typer.Option(metavar="KG", help="The bar's load: 60, or 135lb.")] = None

    def errors(self) -> "BarSensorErrors | None":
        """What is wrong with the sensor; None where there is none."""
        from legato.simulate import bar_errors_with

        return bar_errors_with(self.bar_plant or ()) if self.bar_sensor or self.bar_plant else None

    def load_kg(self) -> float | None:
        """The load, kg."""
        return None if self.bar_load is None else one_load(self.bar_load, option="--bar-load")


def _positive(text: str, option: str, like: str) -> float:
    plain = text.strip()
    value = float(plain.replace(",", ".")) if re.fullmatch(_NUMBER, plain) else 0.0
    if not value > 0.0:
        raise BadInput(f"{option} {text[:40]}: no number above 0; give one like {like}")
    return value
