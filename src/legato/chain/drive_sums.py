"""The drive and the press of each repetition put together: overlap, the bar's share of the impulse, means of a set."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from legato.chain.drive_events import Event, Timed
from legato.chain.drive_model import RepDrive
from legato.estimate import Estimate
from legato.movements.link_spec import BAR, DriveSpec
from legato.movements.model import Rep
from legato.signals.factors import normal_factor, student_half_width
from legato.signals.sets import set_refusal

if TYPE_CHECKING:
    # Their rooms are loaded where there are plates or a bar.
    from legato.bar.model import BarRep
    from legato.forces.drive import Drive


def rep_drive(
    rep: Rep,
    drives: "Mapping[int, tuple[Drive | None, str]]",
    timed: Timed,
    spec: DriveSpec,
    clocks: Mapping[str, float],
    lifts: "Mapping[int, BarRep]",
    knees: Mapping[int, Event],
    ends: Mapping[int, Event],
    level: float,
) -> RepDrive:
    """All that is told of one repetition. `knees`: when the legs stop extending; `ends`: the same where that is the
    drive's end, empty where the force's is.
    """
    drive, reason = drives.get(rep.index, (None, "plates: it is not timed"))
    onset, ended = (timed[spec.press, kind].get(rep.index, Event()).time_s for kind in ("onset", "offset"))
    fastest = timed[BAR, "peak"].get(rep.index, Event()).time_s
    if drive is None:
        return RepDrive(rep.index, press_onset_s=onset, press_end_s=ended, bar_peak_s=fastest, reason=reason)
    overlap = share = None
    if onset is not None and ended is not None and ended.low > onset.high:
        reach = normal_factor(level) * clocks[spec.press]
        end = ends.get(rep.index, Event()).time_s if ends else drive.end_s
        if end is not None:
            overlap, share = _overlap((drive.start_s, end), (onset, ended), reach)
    return RepDrive(
        rep=rep.index,
        drive_start_s=drive.start_s,
        force_peak_s=drive.peak_s,
        force_peak_n=drive.peak_n,
        drive_end_s=drive.end_s,
        weight_n=drive.weight_n,
        drive_impulse_n_s=drive.impulse_n_s,
        braking_impulse_n_s=drive.braking_n_s,
        dip_m=drive.dip_m,
        knees_end_s=knees.get(rep.index, Event()).time_s,
        press_onset_s=onset,
        press_end_s=ended,
        overlap_s=overlap,
        overlap_share=share,
        bar_peak_s=fastest,
        momentum_ratio=_momentum(drive, lifts.get(rep.index)),
    )


def _overlap(
    drive: tuple[Estimate, Estimate], press: tuple[Estimate, Estimate], clock_half_s: float
) -> tuple[Estimate, Estimate]:
    """For how long both go on, s, and which share of the press that is."""
    ends, starts = (drive[1], press[1]), (drive[0], press[0])
    end, start = min(ends, key=lambda e: e.value), max(starts, key=lambda e: e.value)
    both = end.minus(start)
    if (end in drive) != (start in drive):
        both = both.widened(clock_half_s)
    both = Estimate(*(max(0.0, t) for t in (both.value, both.low, both.high)), level=both.level, unit="s")
    lasted = press[1].minus(press[0])
    doubt = lasted.half_width / lasted.value
    value = both.value / lasted.value
    below = float(np.hypot((both.value - both.low) / lasted.value, value * doubt))
    above = float(np.hypot((both.high - both.value) / lasted.value, value * doubt))
    share = Estimate(min(value, 1.0), max(0.0, min(value - below, 1.0)), min(value + above, 1.0), both.level)
    return both, share


def _momentum(drive: "Drive", lift: "BarRep | None") -> Estimate | None:
    """The bar's highest momentum over the drive's impulse."""
    if lift is None or lift.load_kg is None or lift.peak_velocity is None or drive.impulse_n_s.low <= 0.0:
        return None
    speed, impulse = lift.peak_velocity, drive.impulse_n_s
    value = lift.load_kg * speed.value / impulse.value
    doubt = float(np.hypot(speed.half_width / abs(speed.value), impulse.half_width / impulse.value))
    return Estimate.symmetric(value, abs(value) * doubt, "", impulse.level)


def mean_of(told: Sequence[tuple[Estimate | None, str]], least: float, level: float) -> tuple[Estimate | None, str]:
    """Mean of repetitions like these, or why there is none."""
    known = [e for e, _ in told if e is not None]
    if why := set_refusal([reason for e, reason in told if e is None], len(told), "told"):
        return None, why
    if len(known) == 1:
        return known[0], ""
    values = np.array([e.value for e in known])
    # What each was measured with shows in the spread, unless all of them touch the same limit.
    half = max(student_half_width(values, level), float(np.mean([e.half_width for e in known])) / np.sqrt(len(known)))
    middle = float(values.mean())
    return Estimate(middle, max(least, middle - half), middle + half, level, known[0].unit), ""
