"""What `legato demo` shows: two simulated recordings in which something is planted, beside what was found."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from statistics import mean
from typing import TYPE_CHECKING

import typer

from legato.commands.terminal import say

if TYPE_CHECKING:
    from pathlib import Path

    from legato.analysis import Analysis
    from legato.simulate.make import Simulation


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """One recording of the demo: its folder below the demo's, its name, what is planted in it, and itself."""

    folder: str
    name: str
    planted: str
    simulation: "Simulation"

    @property
    def movement(self) -> str:
        """The movement's id."""
        return self.simulation.motion.scenario.movement


def demo_trials() -> Iterator[Trial]:
    """Throws whose thorax fires too early, then presses whose chest follows the thigh."""
    from legato.simulate import demo_press, demo_scenario, simulate_scenario

    throw = simulate_scenario(demo_scenario())
    early_ms = -1000.0 * mean(rep["planted_lag_s"] for rep in throw.truth["reps"])
    yield Trial(
        "", f"{throw.truth['n_reps']} throws", f"the thorax peaks {early_ms:.0f} ms before the pelvis, a fault", throw
    )
    press = demo_press()
    lag = press.truth["emg"]["lags"][0]
    first, second = (lag[end].rsplit("_", 1)[0].replace("_", " ") for end in ("from", "to"))
    late_ms = 1000.0 * lag["mean_s"]
    yield Trial(
        "press",
        f"{press.truth['n_reps']} presses with EMG",
        f"the {second} fires {late_ms:.0f} ms after the {first}",
        press,
    )


def print_trial(trial: Trial, result: "Analysis", out: "Path") -> None:
    """What was planted, what was found and how sure that is, and where the report lies."""
    from legato.report import headline

    found, sure = headline(result).split("\n", 1)
    say(f"{trial.name}, simulated", hang=0)
    say(f"  planted: {trial.planted}", hang=2)
    say(f"  found:   {found}", hang=2)
    say(f"           {sure}", hang=2)
    typer.echo(f"  report:  {out / 'report.html'}")


def fill_library(out: "Path", tell: Callable[[str], None]) -> str:
    """Fill the app's library below the demo's folder with the demo's athlete; in one line, how to open it."""
    folder = out / "library"
    try:
        from legato.store import open_catalogue
        from legato.web.demo import fill_with_demo
    except ImportError:
        return "The app would show an athlete over three sessions; it needs more: pip install 'legato[app]'"
    catalogue = open_catalogue(folder)
    try:
        fill_with_demo(catalogue, date.today(), tell)
    finally:
        catalogue.close()
    return f"An athlete over three sessions, in the app: legato serve --data {folder}"
