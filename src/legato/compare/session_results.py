"""What a session of a trial is read from beside repetitions and gaps: bar, jumps, pulls, windows, muscles."""

from collections.abc import Mapping
from os import PathLike
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from legato.compare.results import ForcesRecord, GapRecord, Number, Result, read_result_as

_SET = ("side", "sex", "height_m", "lumbar_flexion_max_deg", "emg_amplitude", "baseline", "tempo", "foot_band_n")
"""Settings of which both sessions have the same. Loads and body mass are conditions; the level is allowed for."""

_GIVEN = ("static", "mvic", "submax", "without_press", "metres_per_pixel", "loads_kg")
"""Settings that each day has its own of."""


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class TempoRecord(_Record):
    """The parts of a repetition of the bar."""

    bottom: Number | None = None


class BarRepRecord(_Record):
    """A repetition of the bar."""

    rep: int
    mean_velocity: Number | None = None
    mean_propulsive_velocity: Number | None = None
    peak_velocity: Number | None = None
    mean_power: Number | None = None
    range: Number | None = None
    load_kg: float | None = None
    tempo: TempoRecord | None = None


class BarRecord(_Record):
    """The bar."""

    source: str = ""
    reps: tuple[BarRepRecord, ...] = ()
    velocity_loss_pct: Number | None = None


class JumpRecord(_Record):
    """A jump on plates; `kind` as the force tells it."""

    kind: str = ""
    height_impulse_m: Number | None = None
    height_flight_m: Number | None = None
    depth_m: Number | None = None


class RateWindowRecord(_Record):
    """How fast force rises in a window after its onset."""

    start_s: float
    end_s: float
    rate_n_s: Number | None = None


class RiseRecord(_Record):
    """How the force of a pull rises."""

    rep: int
    windows: tuple[RateWindowRecord, ...] = ()


class RisesRecord(_Record):
    """All pulls."""

    per_rep: tuple[RiseRecord, ...] = ()


class SessionForces(ForcesRecord):
    """The force plates."""

    jumps: tuple[JumpRecord, ...] = ()
    jump_set: JumpRecord | None = None
    rfd: RisesRecord | None = None


class WindowRecord(_Record):
    """A window of the movement."""

    id: str
    from_link: str | None = Field(default=None, alias="from")
    of_set: Number | None = Field(default=None, alias="set")
    reason: str | None = None


class BurstRecord(_Record):
    """A burst of a muscle."""

    rep: int | None = None
    main: bool = False
    amplitude: Number | None = None


class MuscleRecord(_Record):
    """A channel of EMG."""

    muscle: str | None = None
    side: str | None = None
    usable: bool = True
    reasons: tuple[str, ...] = ()
    normalisation: str | None = None
    bursts: tuple[BurstRecord, ...] = ()


class PairOfMusclesRecord(_Record):
    """What two muscles do together over the set."""

    measure: str
    from_muscle: str | None = Field(default=None, alias="from")
    to_muscle: str | None = Field(default=None, alias="to")
    of_set: Number | None = Field(default=None, alias="set")
    n: int | None = None
    reason: str | None = None


class BetweenRecord(_Record):
    """What the muscles do together."""

    measures: tuple[PairOfMusclesRecord, ...] = ()


class SessionResult(Result):
    """A `result.json` with all that a session of a trial is read from."""

    forces: SessionForces | None = None  # pyright: ignore[reportIncompatibleVariableOverride]  # it is frozen
    bar: BarRecord | None = None
    windows: tuple[WindowRecord, ...] = ()
    muscles: tuple[MuscleRecord, ...] = ()
    between_muscles: BetweenRecord | None = None
    rep_driver: str = ""

    @property
    def body_mass_kg(self) -> float | None:
        """Of the athlete, where it was given."""
        mass = self.settings.get("mass_kg")
        return None if mass is None else float(mass)

    @property
    def version(self) -> str:
        """The version of Legato, without its last part: that one changes no number."""
        return ".".join(self.legato_version.split(".")[:2])

    @property
    def set_up(self) -> str:
        """The settings that numbers depend on, in words; of files of the day whether there was one."""
        told = [
            f"{name} {_short(self.settings[name])}" for name in _SET if self.settings.get(name) not in (None, False)
        ]
        return ", ".join([*told, *(f"with {name}" for name in _GIVEN if self.settings.get(name))]) or "as always"

    @property
    def corrected(self) -> int:
        """Corrections by hand that were applied."""
        return sum(one.get("state") != "no-longer-fits" for one in self.corrections)

    def gap(self, first: str, second: str, event: str) -> GapRecord | None:
        """A gap by its links and event."""
        return next((gap for gap in self.gaps if gap.key == (first, second, event)), None)


def read_session(source: str | PathLike[str] | Mapping[str, Any]) -> SessionResult:
    """A session's `result.json` from its file, or from the folder that holds it.

    Raises
    ------
    BadInput
        It cannot be read or is none; the message begins with the file.
    """
    return read_result_as(SessionResult, source)


def _short(value: object) -> str:
    """A setting in a few words."""
    return " ".join(str(value).split())[:60]
