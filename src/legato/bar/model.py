"""What is known of a bar: how fast it moved up at each moment, and what was measured of each repetition."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from legato.bar.edges import Seen
from legato.bar.memory import WayErrors
from legato.bar.sticking import Sticking
from legato.estimate import Estimate
from legato.recording import BoolArray, FloatArray, Span

if TYPE_CHECKING:
    from legato.bar.tempo import TempoPart

Source: TypeAlias = Literal["imu", "markers", "hand-markers", "keypoints", "transducer", "rep-table"]

_PACE = 1.25
"""Errors of a velocity that a low-pass made of heights change so many times as fast as once in their correlation time:
their mean square frequency is 0.77 of the cut-off, of which that time is a quarter of the inverse.
"""


@dataclass(frozen=True, slots=True, eq=False)
class BarTrack:
    """How a bar moved, whatever measured it; all arrays have shape (n,), at even times.

    `velocity` (m/s) and `acceleration` (m/s²) are upward, `height` (m) is from any level; NaN where not known.
    `velocity_sd`: standard error of the velocity, m/s, whose errors last `correlation_s`; `scale_sd`: the relative
    error that all velocities share. `still`: the bar is known to rest. `dof`: degrees of freedom behind the errors.
    `path` (n, 3): the bar's middle to the front, to the left and up, m; `tilt` (n,): its
    angle against the horizontal, rad, left end up.
    `lost`: stretches that cannot be used, with the reason. `quiet_pull`: what is pulled less may pass for rest, m/s².
    `acceleration_sd` (n,): standard error of the acceleration, m/s², each sample's its own; None where the velocity is
    low-passed with a cut-off of a quarter over `correlation_s`, whose own errors make it. `seen`: what the sensor gave.
    `ways`: what makes the length of a way wrong; None where the velocity's errors last and add up.
    """

    source: Source
    stream: str
    rate_hz: float
    start_s: float
    velocity: FloatArray
    acceleration: FloatArray
    height: FloatArray
    velocity_sd: FloatArray
    still: BoolArray
    correlation_s: float
    seen: Seen
    ways: WayErrors | None = None
    scale_sd: float = 0.0
    dof: float = 1e6
    path: FloatArray | None = None
    tilt: FloatArray | None = None
    lost: tuple[tuple[Span, str], ...] = ()
    notes: tuple[str, ...] = ()
    quiet_pull: float = 0.0
    acceleration_sd: FloatArray | None = None

    def times(self) -> FloatArray:
        """Time of each sample, s from the recording's start, shape (n,)."""
        import numpy as np

        return self.start_s + np.arange(self.velocity.size) / self.rate_hz

    def acceleration_errors(self) -> FloatArray:
        """Standard error of the acceleration at each sample, m/s², shape (n,)."""
        if self.acceleration_sd is not None:
            return self.acceleration_sd
        return _PACE * self.velocity_sd / self.correlation_s


@dataclass(frozen=True, slots=True)
class Tempo:
    """How long the parts of a repetition took, s; None where a part was not recorded or cannot be told."""

    eccentric_s: Estimate | None
    bottom_s: Estimate | None
    concentric_s: Estimate | None
    top_s: Estimate | None

    @property
    def code(self) -> str:
        """Eccentric, pause, concentric, pause in whole seconds, as coaches write it: `3-1-1-0`; `?` for no number."""
        parts = (self.eccentric_s, self.bottom_s, self.concentric_s, self.top_s)
        return "-".join("?" if part is None else f"{part.value:.0f}" for part in parts)


@dataclass(frozen=True, slots=True)
class BarRep:
    """One repetition of the bar. `rep` is its number in the result, from 0. Velocities in m/s, powers in W, range in m.

    `start_s` and `end_s` are of the way up, `eccentric` is its way down. Where `reason` is not empty, the repetition
    was seen but not measured and all numbers are None. `own_sd` is the standard error of the mean velocity without what
    all repetitions share, learned from `dof` degrees of freedom. `forward_drift`: how far ahead of its start the way up
    ends; `loop`: largest distance between the ways up and down at one height; `tilt`: largest on the way up. `set`: of
    a table of several sets, from 0. `sticking`: where it slowed down on its way up, None where it did not. `from_rest`:
    what the mean velocity would be between the standstills, as far as these are told, m/s.
    """

    rep: int
    start_s: float
    end_s: float
    eccentric: Span | None = None
    mean_velocity: Estimate | None = None
    mean_propulsive_velocity: Estimate | None = None
    peak_velocity: Estimate | None = None
    peak_time_s: float | None = None
    range: Estimate | None = None
    mean_power: Estimate | None = None
    peak_power: Estimate | None = None
    load_kg: float | None = None
    tempo: Tempo | None = None
    forward_drift: Estimate | None = None
    loop: Estimate | None = None
    tilt: Estimate | None = None
    from_rest: float | None = None
    own_sd: float = 0.0
    dof: float = 1e6
    reason: str = ""
    set: int = 0
    sticking: Sticking | None = None


@dataclass(frozen=True, slots=True)
class VelocityLoss:
    """How much slower than the fastest repetition the others were, %, one a repetition that was measured.

    `at_loss_pct` is the loss to stop at, `passed_at` the first repetition beyond it (None where there is none) and
    `probability` how surely it is. `passed_between`: the first repetition whose interval reaches beyond that loss, and
    the first that lies beyond it with all of its interval; None where there is none. `taken_off`: what the fastest is
    likely too fast by, as noise helped to choose it, m/s; losses are counted without it. `largest`: the largest loss
    from one repetition to a later one, and which they are (`largest_between`).
    """

    per_rep: tuple[tuple[int, Estimate], ...]
    last: Estimate
    largest: Estimate
    largest_between: tuple[int, int]
    fastest: int
    at_loss_pct: float | None = None
    passed_at: int | None = None
    probability: float | None = None
    passed_between: tuple[int | None, int | None] = (None, None)
    taken_off: float = 0.0


@dataclass(frozen=True, slots=True)
class LoadVelocityProfile:
    """A lifter's own line of velocity over load: `velocity = intercept + slope · load`.

    `points` are load (kg) and velocity (m/s). `one_rm` is the load at `v1rm`, kg, with its prediction interval.
    """

    points: tuple[tuple[float, float], ...]
    intercept: float
    slope: float
    residual_sd: float
    v1rm: float
    v1rm_source: str
    one_rm: Estimate | None
    reason: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class BarResult:
    """Everything measured of the bar. `loss` and `profile` are None where `loss_reason`, `profile_reason` say why.
    `asked_tempo` is the code that was asked, `tempo` how each part kept to it. `detectable_change`: of one repetition
    beyond the sensor's own error, which is not how a lifter varies, m/s. `titles`: what a list calls its
    columns.
    """

    source: Source
    stream: str
    reps: tuple[BarRep, ...]
    loss: VelocityLoss | None
    loss_reason: str
    profile: LoadVelocityProfile | None
    profile_reason: str
    detectable_change: float | None
    track: BarTrack | None = None
    notes: tuple[str, ...] = field(default=())
    tempo: "tuple[TempoPart, ...]" = ()
    asked_tempo: str = ""
    titles: tuple[str, ...] = ()
