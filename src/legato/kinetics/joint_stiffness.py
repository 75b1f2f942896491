"""Effective stiffness of joints: by how much the moment changes with the angle while a joint yields or drives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from legato.errors import NotResolvable
from legato.estimate import Estimate
from legato.forces.stiffness import shared_line
from legato.kinetics.moment_errors import AxisMoment, normal_draws
from legato.kinetics.power_errors import CLUSTER_TURN_SD
from legato.kinetics.work import Stretch, from_draws
from legato.recording import FloatArray
from legato.signals.factors import student_half_width
from legato.signals.sets import set_refusal

LEAST_LINEARITY = 0.8
"""Share of the moment's variance that a line over the angle must leave explained; less is no stiffness. [ENG]"""

_LEAST_SPREAD = 2.0
"""The angle must spread by so many SDs of what skin makes of it. [ENG]"""


@dataclass(frozen=True, slots=True)
class RepStiffness:
    """One repetition: `slope`, N·m/deg, and `linearity`, r²; None with the `reason` where it cannot be told."""

    rep: int
    slope: Estimate | None
    linearity: float | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class JointStiffness:
    """The effective stiffness of a joint in a phase: `slope`, N·m/deg, the mean of `n` repetitions; positive where the
    moment that resists grows as the joint gives way. None with the `reason` where it cannot be told. `drives`: whether
    the phase does; else the joint yields, or holds.
    """

    joint: str
    phase: str
    drives: bool
    per_rep: tuple[RepStiffness, ...]
    slope: Estimate | None
    n: int
    reason: str = ""


def joint_stiffness(
    joints: Mapping[str, tuple[AxisMoment, FloatArray]],
    stretches: Sequence[Stretch],
    driving: Mapping[str, bool],
    *,
    start_s: float,
    rate_hz: float,
    level: float,
) -> tuple[JointStiffness, ...]:
    """Slope of the moment over the angle in every phase.

    Parameters
    ----------
    joints
        Of every joint its moment, and the angle that gives way under it, rad, low-passed alike, shape (n,).
    stretches, driving
        The phases of all whole repetitions, and which of them drive.
    start_s, rate_hz
        Time base of the frames.
    level
        Share of central probability that every interval holds.

    Notes
    -----
    The slope is the one that both share (reduced major axis). It tells how moment and angle went together and not why:
    muscles that work change both (Latash & Zatsiorsky 1993, Hum Mov Sci 12:653, call it quasi-stiffness).
    """
    found: list[JointStiffness] = []
    for phase in dict.fromkeys(s.phase for s in stretches):
        mine = [s for s in stretches if s.phase == phase]
        for name, (moment, angle) in joints.items():
            rows: list[tuple[RepStiffness, FloatArray | None]] = []
            for s in mine:
                a, b = (round((t - start_s) * rate_hz) for t in (s.span.start_s, s.span.end_s))
                rows.append(_rep(s.rep, name, moment, angle, slice(max(a, 0), b + 1), level))
            found.append(_set(name, phase, driving.get(phase, False), rows, level))
    return tuple(found)


def _rep(
    rep: int, name: str, moment: AxisMoment, angle: FloatArray, cut: slice, level: float
) -> tuple[RepStiffness, FloatArray | None]:
    """The slope of one repetition with its draws, N·m/deg."""
    turned = angle[cut]
    drawn = moment.drawn(cut)
    # What a joint bears may be known where the ground under a foot is not: then its errors are not.
    if turned.size < 4 or not (np.isfinite(turned).all() and np.isfinite(drawn).all()):
        return RepStiffness(rep, None, None, "moment or angle is not known throughout it"), None
    skin = float(np.sqrt(2.0)) * CLUSTER_TURN_SD
    spread = float(turned.std())
    # Each cluster turns on its bone with the movement, and again as much at random.
    if spread < _LEAST_SPREAD * float(np.sqrt(2.0)) * skin:
        told = f"{np.degrees(np.ptp(turned)):.0f}°"
        return RepStiffness(rep, None, None, f"the angle changes by only {told}, too little beside its own error"), None
    try:
        slope, shared = shared_line(drawn[0], turned)
    except NotResolvable:
        return RepStiffness(rep, None, None, "moment and angle do not go together"), None
    linearity = shared**2
    if linearity < LEAST_LINEARITY:
        why = f"moment and angle lie too far from a line (r² = {linearity:.2f})"
        return RepStiffness(rep, None, linearity, why), None
    slopes = np.std(drawn, axis=1) / spread * np.sign(slope)
    # Markers that turn on their bones make an angle too large or too small by a share.
    slopes *= 1.0 + skin / max(float(np.nanstd(angle)), spread) * normal_draws(f"turn {name}")
    slopes = np.radians(slopes)
    told = from_draws(slopes, level, "N·m/deg")
    return RepStiffness(rep, told.widened(_stray(told.value, linearity)), linearity), slopes


def _set(
    name: str, phase: str, drives: bool, rows: Sequence[tuple[RepStiffness, FloatArray | None]], level: float
) -> JointStiffness:
    per_rep = tuple(row for row, _ in rows)
    reason = set_refusal([row.reason for row in per_rep if row.slope is None], len(per_rep), "told")
    known = [slopes for _, slopes in rows if slopes is not None]
    if reason or not known:
        return JointStiffness(name, phase, drives, per_rep, None, 0, reason)
    if len(known) == 1:
        only = next(row.slope for row in per_rep if row.slope is not None)
        return JointStiffness(name, phase, drives, per_rep, only, 1)
    slope = from_draws(np.mean(known, axis=0), level, "N·m/deg")
    strays = [_stray(float(s[0]), row.linearity) for row, s in rows if s is not None and row.linearity is not None]
    spread = student_half_width(np.array([s[0] for s in known]), level)
    return JointStiffness(
        name, phase, drives, per_rep, slope.widened(spread).widened(float(np.mean(strays))), len(known)
    )


def _stray(slope: float, linearity: float) -> float:
    """Half of what lies between the two regressions: what strays from the line may be of the moment or of the angle."""
    return 0.5 * abs(slope) * float(linearity**-0.5 - linearity**0.5)
