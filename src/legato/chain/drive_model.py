"""What plates and a bar tell of a lift that the legs drive and the arms finish."""

from dataclasses import dataclass
from typing import Literal

from legato.estimate import Estimate


@dataclass(frozen=True, slots=True)
class RepDrive:
    """The drive and the press of one repetition; times in s on the recording's clock, forces in N.

    `drive_start_s`: the common centre of mass of lifter and bar is lowest; `drive_end_s`: the force falls to their
    weight; `force_peak_s`: the highest force; `bar_peak_s`: the bar is fastest. Impulses are those above the weight:
    `drive_impulse_n_s` from start to end, `braking_impulse_n_s` what stops the dip. `overlap_s`: time for which
    legs and arms work together, `overlap_share` that of the press, `overlap_fixed` that part of its half-width which
    all repetitions share. `knees_end_s`: the legs stop extending.
    `momentum_ratio`: the bar's highest momentum over the drive's impulse. None where it cannot be told; `reason` says
    why the drive itself cannot, `end_reason` why its end cannot.

    Of feet that push while a bench carries the trunk: `drive_start_s` is where a tenth of the rise from `weight_n`,
    their level before it, has come, `drive_end_s` where a tenth of its fall is left; the impulse is that above it.
    """

    rep: int
    drive_start_s: Estimate | None = None
    force_peak_s: Estimate | None = None
    force_peak_n: Estimate | None = None
    drive_end_s: Estimate | None = None
    weight_n: Estimate | None = None
    drive_impulse_n_s: Estimate | None = None
    braking_impulse_n_s: Estimate | None = None
    dip_m: Estimate | None = None
    knees_end_s: Estimate | None = None
    press_onset_s: Estimate | None = None
    press_end_s: Estimate | None = None
    overlap_s: Estimate | None = None
    overlap_share: Estimate | None = None
    overlap_fixed: float = 0.0
    bar_peak_s: Estimate | None = None
    momentum_ratio: Estimate | None = None
    reason: str = ""
    end_reason: str = ""


@dataclass(frozen=True, slots=True)
class CoreRep:
    """A trunk muscle in one repetition, s and % of its reference (or the channel's unit): from the start of the leg
    drive on the force to its EMG, from that to the press in the motion, and its RMS in the 100 ms before the press.
    """

    rep: int
    legs_to_core_s: Estimate | None
    core_to_press_s: Estimate | None
    before_press: Estimate | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CoreResult:
    """A trunk muscle between leg drive and press. The gaps are as measured; `position` is told of the activations, with
    every electromechanical delay within `delay_s`: `inside` (legs, trunk, press), `before` (another order) or
    `unresolved`, and `reason` says why. No source supports the order, so it gets no verdict. `before_press` is a share
    of `normalisation`.
    """

    stream: str
    channel: str
    muscle: str
    per_rep: tuple[CoreRep, ...]
    legs_to_core_s: Estimate | None
    core_to_press_s: Estimate | None
    before_press: Estimate | None
    normalisation: str
    position: str
    reason: str
    before_reason: str
    delay_s: tuple[float, float]


@dataclass(frozen=True, slots=True)
class DriveResult:
    """The drive of a set. `overlap_share` and `momentum_ratio` are means over the whole repetitions;
    `power_per_impulse`: slope of the bar's peak power on the drive's impulse from repetition to repetition, W/(N·s).
    None where a reason says why. `ended_by`: the end of the drive that is meant, the first of the two (`force`: it is
    back at the weight; `knees`: they have stopped extending; empty where none is timed), and `knees_later_s` how much
    later the knees' is. `core`: the trunk's muscles, where electrodes show them. `lying`: a bench carries the trunk and
    the plates the feet alone.
    """

    per_rep: tuple[RepDrive, ...]
    overlap_share: Estimate | None
    overlap_reason: str
    momentum_ratio: Estimate | None
    momentum_reason: str
    power_per_impulse: Estimate | None
    power_reason: str
    clock_sd_s: float
    bar_clock_sd_s: float
    ended_by: Literal["force", "knees", ""] = ""
    knees_later_s: Estimate | None = None
    core: tuple[CoreResult, ...] = ()
    lying: bool = False
