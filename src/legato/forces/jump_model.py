"""What is known of one jump."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from legato.estimate import Estimate
from legato.forces.model import Side

JumpKind: TypeAlias = Literal["countermovement", "squat", "drop", "unknown"]
"""`unknown`: the start was not seen from stillness, so its kind cannot be told."""

PhaseName: TypeAlias = Literal["unweighting", "braking", "propulsion", "flight", "landing"]


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase of a jump, s from the first sample.

    `unweighting`: onset to the fastest descent; `braking`: to the lowest point, in a drop from touch-down;
    `propulsion`: to take-off; `landing`: touch-down to the lowest point after it (McMahon et al. 2018,
    Strength Cond J).
    """

    name: PhaseName
    start_s: Estimate
    end_s: Estimate


@dataclass(frozen=True, slots=True)
class FootEdge:
    """When one foot left its plate or landed on it, s; `foot` is empty where only the plate is known."""

    plate: str
    foot: Side
    time_s: Estimate

    @property
    def name(self) -> str:
        """`left`, `right`, or the plate's name."""
        return self.foot or self.plate


@dataclass(frozen=True, slots=True)
class FeetApart:
    """Both feet leaving their plates, or landing on them, the left one first in order where the sides are known.

    `apart_s`: `second` after `first`. `order`: `together` where the whole interval lies within 5 ms of 0, else the name
    of who is first with ` first` (`left first`), or `not-resolvable`.
    """

    first: FootEdge
    second: FootEdge
    apart_s: Estimate
    order: str


@dataclass(frozen=True, slots=True)
class JumpFeet:
    """The feet of one jump; None where they had not a plate each."""

    take_off: FeetApart | None
    landing: FeetApart | None


@dataclass(frozen=True, slots=True)
class PhaseShare:
    """One phase of a jump, each foot on a plate of its own: the left foot's share of the impulse, 0 to 1, None with the
    reason why not, and the highest force under each foot, N.
    """

    phase: PhaseName
    left: Estimate | None
    peak_left_n: Estimate | None
    peak_right_n: Estimate | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SharedHalves:
    """Those parts of a jump's half-widths which all jumps of a recording share, so that their mean keeps them: what a
    low-pass leaves open of take-off and landing, the scale of the plates, and of a power that rests on the flight all.
    """

    height_flight_m: float = 0.0
    height_impulse_m: float = 0.0
    peak_power_w: float = 0.0


@dataclass(frozen=True, slots=True)
class Jump:
    """One jump; what could not be measured is None and `reasons` says why. Times in s from the first sample.

    `height_flight_m` is g t²/8: it takes landing in the posture of take-off for granted. `height_impulse_m` is how far
    the centre of mass rises after take-off, from the speed that the impulse above body weight gave it.
    `reactive_strength_m_s` is the height by flight over the time from onset to take-off (RSI modified, Ebben & Petushek
    2010, J Strength Cond Res) or, in a drop jump, over the contact. `landing_peak_after_s` counts from touch-down.
    `lowest_force_s` and `peak_force_s`: when the force is lowest before the push, and highest (`peak_force_n`); where
    labs without a speed of the centre of mass set the borders of eccentric and concentric phases.
    `weight_from` says where `weight_n` comes from: `standing before`, `standing after` or `mass given`.
    The body takes off with the last foot and lands with the first; `feet` tells each where it has a plate of its own.
    `take_off_speed_m_s` is that by impulse; `depth_m` is how far the centre of mass sinks from the stand to its lowest
    point; powers over the mass are in W/kg. `shared`: what is wrong alike in all jumps.
    """

    kind: JumpKind
    take_off_s: Estimate
    landing_s: Estimate
    flight_time_s: Estimate
    height_flight_m: Estimate
    height_impulse_m: Estimate | None
    weight_n: Estimate | None
    weight_from: str
    onset_s: Estimate | None
    phases: tuple[Phase, ...]
    contact_time_s: Estimate | None
    drop_height_m: Estimate | None
    reactive_strength_m_s: Estimate | None
    peak_power_w: Estimate | None
    mean_power_w: Estimate | None
    landing_peak_n: Estimate | None
    landing_peak_after_s: Estimate | None
    lowest_force_s: Estimate | None
    peak_force_s: Estimate | None
    peak_force_n: Estimate | None
    reasons: tuple[str, ...]
    feet: JumpFeet | None = None
    take_off_speed_m_s: Estimate | None = None
    depth_m: Estimate | None = None
    peak_power_w_kg: Estimate | None = None
    mean_power_w_kg: Estimate | None = None
    shares: tuple[PhaseShare, ...] = ()
    shared: SharedHalves = SharedHalves()


@dataclass(frozen=True, slots=True)
class NoJump:
    """A stretch off the plate that is no jump, s from the first sample, and why."""

    start_s: float
    end_s: float
    reason: str


@dataclass(frozen=True, slots=True)
class Rebound:
    """One contact and the flight after it in a series of hops, rebounds or running steps: no stand shows its start, so
    it is no jump, but what the two ends of contact and flight give holds. Times in s from the first sample.

    `drop_height_m` is how far the body fell in the flight before, g t²/8, None where that was not seen.
    """

    touch_down_s: Estimate
    take_off_s: Estimate
    landing_s: Estimate
    contact_time_s: Estimate
    flight_time_s: Estimate
    height_flight_m: Estimate
    drop_height_m: Estimate | None
    reactive_strength_m_s: Estimate | None


@dataclass(frozen=True, slots=True)
class JumpSearch:
    """The jumps of one curve in order of time, what looked like a flight and is none, and those of the latter that
    follow one another as hops. `cut`: a flight that the recording's start or end cuts off, in words.
    """

    jumps: tuple[Jump, ...]
    refused: tuple[NoJump, ...]
    rebounds: tuple[Rebound, ...] = ()
    cut: tuple[str, ...] = ()
