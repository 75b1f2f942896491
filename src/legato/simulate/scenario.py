"""What to simulate: one frozen record of settings, and the plan of repetitions that follows from it."""

import difflib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Protocol, TypeAlias

import numpy as np

from legato.errors import BadInput
from legato.recording import FloatArray
from legato.simulate.anthropometry import Athlete
from legato.simulate.build import Build
from legato.simulate.exercise_data import PlantedFault, drawn_ids, exercise_ids, load_exercise
from legato.simulate.skeleton import Pose

Family: TypeAlias = Literal["lift", "bench", "throw", "exercise"]

FAMILY: Mapping[str, Family] = {
    "back-squat": "lift",
    "hip-hinge": "lift",
    "deadlift": "lift",
    "sit-to-stand": "lift",
    "bench-press": "bench",
    "throw": "throw",
}
ALIASES: Mapping[str, str] = {"squat": "back-squat", "hinge": "hip-hinge", "bench": "bench-press"}

DEFAULT_LAG_S: Mapping[str, float] = {
    "back-squat": 0.0,
    "hip-hinge": 0.12,
    "deadlift": 0.10,
    "sit-to-stand": 0.35,
    "bench-press": 0.10,
    "throw": 0.035,
}


@dataclass(frozen=True, slots=True)
class Scenario:
    """Settings of one simulated recording. SI units; angles in degrees where the name says so.

    `lag_s` is planted between the movement's two judged links (second after first): throw, thorax after pelvis; squat,
    knee after hip; hinge, lumbar after hip; deadlift, hip after knee; sit-to-stand, knee after trunk; bench, elbow
    after leg drive. A negative lag is an order fault; None takes the movement's default. `lag_variation_s` is its SD
    from rep to rep. `rep_variation` is the largest relative change of depth, speed and shape from rep to rep. `noise_m`
    is white and `wobble_m` band-limited soft-tissue motion (below 1.2 Hz in lifts, 4 Hz in throws), both RMS per
    coordinate of each marker; `cluster_rotation_deg` turns all markers of a segment together, RMS per axis, in the same
    band. `occlusion` is the share of marker frames lost, `swap_labels` the number of spans in which two markers change
    names. `asymmetry_deg` is how much deeper the right knee bends than the left at the bottom (squat, chair rise).
    `mirror` makes everybody left-handed. `fault` plants a fault of the exercise's file by its id, `fault_size` in the
    file's unit (None takes the file's size). `build` is the athlete's own: proportions, mobility, stance, depth.
    """

    movement: str
    rate_hz: float = 250.0
    reps: int = 5
    seed: int = 0
    noise_m: float = 0.001
    wobble_m: float = 0.001
    cluster_rotation_deg: float = 0.0
    lag_s: float | None = None
    lag_variation_s: float | None = None
    rep_variation: float = 0.15
    tempo: float = 1.0
    asymmetry_deg: float = 0.0
    pause_top_s: float = 0.0
    pause_bottom_s: float = 0.0
    half_reps: int = 0
    walk_in: bool = False
    occlusion: float = 0.0
    swap_labels: int = 0
    height_m: float = 1.80
    mass_kg: float = 80.0
    bar_kg: float = 60.0
    heading_deg: float = 0.0
    mirror: bool = False
    fault: str | None = None
    fault_size: float | None = None
    build: Build = field(default_factory=Build)
    dowel: Literal["", "on", "head", "mid-back", "sacrum"] = ""

    def __post_init__(self) -> None:
        if self.movement not in {*FAMILY, *exercise_ids(), *drawn_ids()}:
            raise _not_modelled(self.movement)
        checks = (
            ("rate_hz", 10.0 <= self.rate_hz <= 5000.0, "10 to 5000 Hz"),
            ("reps", 1 <= self.reps <= 500, "1 to 500"),
            ("height_m", 1.2 <= self.height_m <= 2.3, "1.2 to 2.3 m"),
            ("mass_kg", 25.0 <= self.mass_kg <= 250.0, "25 to 250 kg"),
            ("noise_m", 0.0 <= self.noise_m <= 0.05, "0 to 0.05 m"),
            ("wobble_m", 0.0 <= self.wobble_m <= 0.05, "0 to 0.05 m"),
            ("rep_variation", 0.0 <= self.rep_variation <= 0.5, "0 to 0.5"),
            ("tempo", 0.25 <= self.tempo <= 4.0, "0.25 to 4"),
            ("occlusion", 0.0 <= self.occlusion <= 0.5, "0 to 0.5"),
            ("half_reps", 0 <= self.half_reps <= 100, "0 to 100"),
            ("swap_labels", 0 <= self.swap_labels <= 1000, "0 to 1000"),
            ("asymmetry_deg", abs(self.asymmetry_deg) <= 15.0, "-15 to 15 degrees"),
            ("lag_s", self.lag_s is None or abs(self.lag_s) <= 0.5, "-0.5 to 0.5 s"),
            ("pause_top_s", 0.0 <= self.pause_top_s <= 60.0, "0 to 60 s"),
            ("pause_bottom_s", 0.0 <= self.pause_bottom_s <= 60.0, "0 to 60 s"),
            ("dowel", self.dowel in ("", "on", "head", "mid-back", "sacrum"), "on, head, mid-back or sacrum"),
        )
        if self.dowel and self.movement != "hip-hinge":
            raise BadInput(f"simulate: a dowel is not modelled for {self.movement}, but for the hip-hinge")
        if self.asymmetry_deg and self.family != "exercise" and self.movement not in ("back-squat", "sit-to-stand"):
            raise BadInput(
                f"simulate: asymmetry_deg is not modelled for {self.movement}, but for squat and sit-to-stand"
            )
        for name, good, span in checks:
            if not good:
                raise BadInput(f"simulate: {name} is {getattr(self, name)}; give {span}")

    @property
    def family(self) -> Family:
        """Which model moves this athlete."""
        return FAMILY.get(self.movement, "exercise")

    @property
    def opens(self) -> str:
        """What the dowel does: `on`, or the contact that a fault opens; empty without one."""
        if self.fault == "dowel-contact-lost":
            return "sacrum" if self.dowel in ("", "on") else self.dowel
        return "on" if self.dowel else ""

    @property
    def planted_lag_s(self) -> float:
        """The lag in force, s."""
        if self.lag_s is not None:
            return self.lag_s
        if self.family != "exercise":
            return DEFAULT_LAG_S[self.movement]
        lag = load_exercise(self.movement).lag
        return 0.0 if lag is None else lag.default_s

    def settings(self) -> dict[str, Any]:
        """All settings as plain values."""
        return asdict(self)


def simulated_movements() -> tuple[str, ...]:
    """Ids of every movement that can be simulated."""
    return tuple(sorted({*FAMILY, *exercise_ids()}))


def scenario_for(movement: str, *, pause_s: float | tuple[float, float] | None = None, **settings: Any) -> Scenario:
    """Scenario of a movement by id or short name (`squat`, `hinge`, `bench`); a setting that is None keeps its default.

    `pause_s` stands for both pauses: a pair (top, bottom), or one number for the turning point (throws: between
    throws).
    """
    name = ALIASES.get(movement, movement)
    if name not in simulated_movements():
        raise _not_modelled(name)
    given = {key: value for key, value in settings.items() if value is not None}
    if "bar_kg" not in given and name in exercise_ids() and (own_kg := load_exercise(name).bar_kg) is not None:
        given["bar_kg"] = own_kg
    if pause_s is not None:
        if isinstance(pause_s, tuple):
            top, bottom = pause_s
        else:
            top, bottom = (pause_s, 0.0) if FAMILY.get(name) == "throw" else (0.0, pause_s)
        given.update(pause_top_s=top, pause_bottom_s=bottom)
    return Scenario(movement=name, **given)


def _not_modelled(movement: str) -> BadInput:
    known = simulated_movements()
    near = difflib.get_close_matches(movement, known, n=3)
    hint = f"did you mean {' or '.join(near)}?" if near else f"choose one of {', '.join(known)}"
    return BadInput(f"simulate: no athlete is modelled for movement {movement!r}; {hint}")


def demo_scenario() -> Scenario:
    """The demo: eight throws at 250 Hz in which the thorax fires about 30 ms before the pelvis, a fault of order."""
    return Scenario(movement="throw", rate_hz=250.0, reps=8, seed=7, lag_s=-0.030, lag_variation_s=0.006)


@dataclass(frozen=True, slots=True)
class RepPlan:
    """A planned repetition: the stretch that belongs to it, its turning point as planned, its size and its own lag."""

    start_s: float
    turn_s: float
    end_s: float
    depth: float
    lag_s: float
    complete: bool


class Motion(Protocol):
    """A moving athlete that can be asked for any instant."""

    scenario: Scenario
    athlete: Athlete
    plans: tuple[RepPlan, ...]
    duration_s: float
    shortest_feature_s: float
    lag_s: float
    fault_size: float

    @property
    def fault(self) -> PlantedFault | None:
        """The fault that is planted."""
        ...

    def pose(self, times: FloatArray) -> Pose:
        """Exact pose at each of `times` (s), shape (n,)."""
        ...


def stream_rng(scenario: Scenario, purpose: int) -> np.random.Generator:
    """A generator of its own for each purpose, so that changing the noise never changes the movement."""
    return np.random.default_rng(np.random.SeedSequence([scenario.seed, purpose]))


def rep_depths(scenario: Scenario, rng: np.random.Generator, *, full: bool = False) -> list[tuple[float, bool]]:
    """Depth of each repetition and whether it is whole; half repetitions fall between whole ones, never first.

    With `full`, whole repetitions all go the whole way (a lift that ends upright, a bar that touches the chest).
    """
    depths = 1.0 - scenario.rep_variation * rng.uniform(-0.15, 0.85, scenario.reps)
    whole = [(1.0 if full else float(x), True) for x in depths]
    for depth in rng.uniform(0.42, 0.52, scenario.half_reps):
        whole.insert(int(rng.integers(1, len(whole) + 1)), (float(depth), False))
    return whole
