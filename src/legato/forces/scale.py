"""The error of a plate's scale in what is told in N or W. Heights and times have none: weight and push share it."""

import math
from dataclasses import replace

from legato.estimate import Estimate
from legato.forces.drive import Drive
from legato.forces.holds import Hold
from legato.forces.jump_model import Jump
from legato.forces.model import SCALE_SD
from legato.forces.rfd import BestTries, ForceRise, Window
from legato.signals.factors import normal_factor


def scaled_jump(jump: Jump) -> Jump:
    """The jump with the scale of the plates in its forces and powers. A weight by the mass that was given has none, so
    that powers over it have the scale; over a mass by the plates it drops out.
    """
    given = jump.weight_from == "mass given"
    power, alike = jump.peak_power_w, jump.shared
    if power is not None:
        alike = replace(alike, peak_power_w=math.hypot(alike.peak_power_w, _scale_half(power)))
    return replace(
        jump,
        shared=alike,
        weight_n=jump.weight_n if given else _widened(jump.weight_n),
        peak_power_w_kg=_widened(jump.peak_power_w_kg) if given else jump.peak_power_w_kg,
        mean_power_w_kg=_widened(jump.mean_power_w_kg) if given else jump.mean_power_w_kg,
        peak_power_w=_widened(power),
        mean_power_w=_widened(jump.mean_power_w),
        landing_peak_n=_widened(jump.landing_peak_n),
        peak_force_n=_widened(jump.peak_force_n),
    )


def scaled_rise(rise: ForceRise) -> ForceRise:
    """One try with the scale of the plates in all that is told in N, N/s and N·s."""
    return replace(
        rise,
        baseline_n=_with_scale(rise.baseline_n),
        windows=tuple(_window(w) for w in rise.windows),
        forces_n=tuple((time, _with_scale(force)) for time, force in rise.forces_n),
        peak_rate_n_s=_with_scale(rise.peak_rate_n_s),
        peak_force_n=_with_scale(rise.peak_force_n),
        peak_gross_n=_widened(rise.peak_gross_n),
        peak_force_n_kg=_widened(rise.peak_force_n_kg),
    )


def scaled_best(best: BestTries) -> BestTries:
    """The means of the best tries with the scale of the plates, which they have in common."""
    return replace(
        best,
        windows=tuple(_window(w) for w in best.windows),
        peak_rate_n_s=_with_scale(best.peak_rate_n_s),
        peak_force_n=_with_scale(best.peak_force_n),
    )


def scaled_hold(hold: Hold) -> Hold:
    """The hold with the scale of the plates in its peak, plateau and slope; shares of itself have none."""
    return replace(
        hold,
        peak_n=_with_scale(hold.peak_n),
        plateau_n=_with_scale(hold.plateau_n),
        slope_n_s=_widened(hold.slope_n_s),
    )


def scaled_drive(drive: Drive) -> Drive:
    """The leg drive with the scale of the plates in its forces and impulses; times and the dip have none, as weight and
    push share it.
    """
    return replace(
        drive,
        peak_n=_with_scale(drive.peak_n),
        weight_n=_with_scale(drive.weight_n),
        impulse_n_s=_widened(drive.impulse_n_s),
        braking_n_s=_widened(drive.braking_n_s),
    )


def _window(window: Window) -> Window:
    return replace(window, rate_n_s=_with_scale(window.rate_n_s), impulse_n_s=_with_scale(window.impulse_n_s))


def _widened(estimate: Estimate | None) -> Estimate | None:
    return None if estimate is None else _with_scale(estimate)


def _with_scale(estimate: Estimate) -> Estimate:
    """The estimate with the scale of one plate; feet on a plate each err less together, by up to the root of two."""
    return estimate.widened(_scale_half(estimate))


def _scale_half(estimate: Estimate) -> float:
    return normal_factor(estimate.level) * SCALE_SD * abs(estimate.value)
