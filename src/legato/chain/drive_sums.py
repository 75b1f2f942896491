"""The drive and the press of each repetition put together: overlap, the bar's share of the impulse, means of a set."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

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


_Edge: TypeAlias = tuple[Estimate, float]
"""When a stretch starts or ends, s, and that part of its half-width which all repetitions share."""


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
    begun, over = (timed[spec.press, kind].get(rep.index, Event()) for kind in ("onset", "offset"))
    onset, ended = begun.time_s, over.time_s
    fastest = timed[BAR, "peak"].get(rep.index, Event()).time_s
    if drive is None:
        return RepDrive(rep.index, press_onset_s=onset, press_end_s=ended, bar_peak_s=fastest, reason=reason)
    overlap = share = None
    fixed = 0.0
    if onset is not None and ended is not None and ended.low > onset.high:
        reach = normal_factor(level) * clocks[spec.press]
        end = ends.get(rep.index, Event()) if ends else Event(drive.end_s)
        if end.time_s is not None:
            # The start's error is mostly that of the weight, which all repetitions share.
            drives_for = (drive.start_s, drive.start_s.half_width), (end.time_s, end.fixed_s)
            overlap, share, fixed = _overlap(drives_for, ((onset, begun.fixed_s), (ended, over.fixed_s)), reach)
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
        overlap_fixed=fixed,
        bar_peak_s=fastest,
        momentum_ratio=_momentum(drive, lifts.get(rep.index)),
        end_reason=drive.end_reason,
    )


def _overlap(
    drive: tuple[_Edge, _Edge], press: tuple[_Edge, _Edge], clock_half_s: float
) -> tuple[Estimate, Estimate, float]:
    """For how long both go on, s, which share of the press that is, and the part of that share's half-width which all
    repetitions share.
    """
    ends, starts = (drive[1], press[1]), (drive[0], press[0])
    (end, end_fixed), (start, start_fixed) = min(ends, key=_when), max(starts, key=_when)
    both = end.minus(start)
    fixed_s = float(np.hypot(end_fixed, start_fixed))
    if ((end, end_fixed) in drive) != ((start, start_fixed) in drive):
        both = both.widened(clock_half_s)
        fixed_s = float(np.hypot(fixed_s, clock_half_s))
    both = Estimate(*(max(0.0, t) for t in (both.value, both.low, both.high)), level=both.level, unit="s")
    # What cannot be below zero is cut off there, and so is what is shared of it.
    fixed_s = min(fixed_s, max(both.value - both.low, both.high - both.value))
    lasted = press[1][0].minus(press[0][0])
    doubt = lasted.half_width / lasted.value
    value = both.value / lasted.value
    below = float(np.hypot((both.value - both.low) / lasted.value, value * doubt))
    above = float(np.hypot((both.high - both.value) / lasted.value, value * doubt))
    share = Estimate(min(value, 1.0), max(0.0, min(value - below, 1.0)), min(value + above, 1.0), both.level)
    return both, share, fixed_s / lasted.value


def _when(edge: _Edge) -> float:
    return edge[0].value


def _momentum(drive: "Drive", lift: "BarRep | None") -> Estimate | None:
    """The bar's highest momentum over the drive's impulse; none of feet that push while the trunk lies."""
    impulse = drive.impulse_n_s
    if drive.dip_m is None or impulse is None or impulse.low <= 0.0:
        return None
    if lift is None or lift.load_kg is None or lift.peak_velocity is None:
        return None
    speed = lift.peak_velocity
    value = lift.load_kg * speed.value / impulse.value
    doubt = float(np.hypot(speed.half_width / abs(speed.value), impulse.half_width / impulse.value))
    return Estimate.symmetric(value, abs(value) * doubt, "", impulse.level)


def momentum_fixed(rows: Sequence[RepDrive], scale_sd: float, level: float) -> float:
    """That part of the momentum ratios' half-width which all repetitions share: the scale of the bar's velocities (its
    relative SD is `scale_sd`), and the weight behind the impulses, which is most of what these are wrong by.
    """
    parts = [
        abs(row.momentum_ratio.value)
        * np.hypot(normal_factor(level) * scale_sd, row.drive_impulse_n_s.half_width / row.drive_impulse_n_s.value)
        for row in rows
        if row.momentum_ratio is not None and row.drive_impulse_n_s is not None
    ]
    return float(np.mean(parts)) if parts else 0.0


def mean_of(
    told: Sequence[tuple[Estimate | None, str]], least: float, level: float, fixed: float = 0.0
) -> tuple[Estimate | None, str]:
    """Mean of repetitions like these, or why there is none; `fixed` is that part of their half-widths which all of them
    share, so that no number of repetitions makes it smaller.
    """
    known = [e for e, _ in told if e is not None]
    if why := set_refusal([reason for e, reason in told if e is None], len(told), "told"):
        return None, why
    if len(known) == 1:
        return known[0], ""
    values = np.array([e.value for e in known])
    # What each was measured with shows in the spread, unless all of them touch the same limit.
    own = float(np.mean([e.half_width for e in known])) / np.sqrt(len(known))
    half = float(np.hypot(max(student_half_width(values, level), own), fixed))
    middle = float(values.mean())
    return Estimate(middle, max(least, middle - half), middle + half, level, known[0].unit), ""
