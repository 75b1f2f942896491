"""L5/S1 from the ground up, and how well that meets what comes from above."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from legato.errors import NotResolvable
from legato.estimate import LEVEL, Estimate
from legato.forces.analyse import RepSpan
from legato.forces.feet import Stand
from legato.forces.model import Plate
from legato.kinetics.analyse import PRESSURE_SD_M
from legato.kinetics.ground import FootLoad, foot_load
from legato.kinetics.loads import frames_of
from legato.kinetics.moments import JointMoment
from legato.kinetics.segments import MovingBody, away_from_edges
from legato.kinetics.top_down import borne, lumbar_joint
from legato.recording import STANDARD_GRAVITY, BoolArray, FloatArray

LARGEST_N_M = 15.0
"""Root mean square of the moment by which both ways may differ at L5/S1, N·m. [ENG]"""

LARGEST_SHARE = 0.10
"""And its share of the largest moment there. [ENG] Either is a reason to doubt, so the lesser counts. Where it is less
than what plates and tables of segments resolve, as in a walk, whose moment there is small, only a difference that
surely exceeds it speaks against them."""

LARGEST_FORCE_SHARE = 0.10
"""RMS of the force by which they may differ, as a share of the weight of body and load. [ENG] A foot beside its plate
takes away more."""

GROUND_SCALE_SD = 0.01
"""SD of the scale of the ground's whole force and moment, as a share. [ENG] Our own estimate, twice the
vertical's (`legato.forces.model.SCALE_SD`), as channels also leak into one another. The one figure that we know of: in
the plate of that source Fx, Fy and Fz were wrong by 3.6, 3.0 and 5.0 N, together 7 N, some 1 % of a person."""


_MOMENT_ERRORS = "known errors of plates, segments and load"


@dataclass(frozen=True, slots=True)
class Meeting:
    """By how much the two ways differ at L5/S1 in one repetition, which is also what plates and body differ by as a
    whole: force, N, and moment, N·m, as root mean square and peak.

    The intervals hold what would be left if plates, segments and load were known without error. `limit_n_m`: what is
    allowed of what is seen. `holds`: whether it is kept; None where that is not known, and `reason` says why: nothing
    to look at, or more than allowed is seen, but no more than what these errors may leave besides it.
    """

    rep: int
    force_rms: Estimate | None
    force_peak: Estimate | None
    moment_rms: Estimate | None
    moment_peak: Estimate | None
    limit_n_m: float | None
    holds: bool | None
    reason: str = ""

    @property
    def state(self) -> Literal["agree", "do not agree", "not-resolvable"]:
        """The verdict in one word."""
        return "not-resolvable" if self.holds is None else "agree" if self.holds else "do not agree"


def ground_total(plates: Sequence[Plate], stands: Sequence[Stand], moving: MovingBody, cutoff_hz: float) -> FootLoad:
    """Force of the ground on both feet together, N, and its moment about the lab's origin, N·m; a plate that both feet
    share will do. NaN beside gaps too.

    Raises
    ------
    NotResolvable
        A foot is on no plate that tells where it acts.
    """
    times = moving.times()
    ends = {
        side: [moving.points[f"{end}_{side}"] for end in ("heel", "toe") if f"{end}_{side}" in moving.points]
        for side in ("right", "left")
    }
    if any(stand.foot == "both" for stand in stands):
        together = [replace(stand, foot="right") if stand.foot else stand for stand in stands]
        both = foot_load(plates, together, "right", times, [*ends["right"], *ends["left"]], cutoff_hz)
        return _beside_no_gap(both, moving.rate_hz, cutoff_hz)
    for side, points in ends.items():
        if not any(stand.foot == side for stand in stands):
            raise NotResolvable(f"the {side} foot is on no plate")
        if not points:
            raise NotResolvable(f"{side} leg: neither its heel nor its toe was measured")
    right, left = (foot_load(plates, stands, side, times, points, cutoff_hz) for side, points in ends.items())
    both = FootLoad(right.force + left.force, right.moment + left.moment, right.on_plate | left.on_plate)
    return _beside_no_gap(both, moving.rate_hz, cutoff_hz)


def _beside_no_gap(ground: FootLoad, rate_hz: float, cutoff_hz: float) -> FootLoad:
    inner = away_from_edges(ground.force, rate_hz, cutoff_hz)[:, None]
    return replace(ground, force=np.where(inner, ground.force, np.nan), moment=np.where(inner, ground.moment, np.nan))


def lumbar_from_below(moving: MovingBody, ground: FootLoad) -> JointMoment:
    """What the trunk puts on the pelvis at L5/S1, from both feet up.

    Raises
    ------
    NotResolvable
        L5/S1 is not known, or a segment below it was not measured.
    """
    thorax, pelvis = moving.get("thorax"), moving.get("pelvis")
    if pelvis is None or thorax is None or not np.isfinite(thorax.joint_m).any():
        raise NotResolvable("L5/S1 is not known: it needs a thorax and a pelvis with its iliac spines")
    legs = [f"{part}_{side}" for side in ("right", "left") for part in ("thigh", "shank", "foot")]
    absent = [name.replace("_", " ") for name in legs if name in moving.missing]
    if absent:
        raise NotResolvable(f"not measured below L5/S1: {', '.join(absent)}")
    below = [segment for name in legs if (segment := moving.get(name)) is not None]
    force, moment = borne([*below, pelvis], thorax.joint_m, moving)
    force = force - ground.force
    moment = moment - (ground.moment - np.cross(thorax.joint_m, ground.force))
    return lumbar_joint(moving, force, moment)


def meet(
    moving: MovingBody,
    reps: Sequence[RepSpan],
    below: JointMoment,
    above: JointMoment,
    ground: FootLoad,
    load_kg: FloatArray,
    level: float = LEVEL,
    *,
    body_sd_n_m: FloatArray | float = 0.0,
) -> tuple[Meeting, ...]:
    """How well both ways meet in every complete repetition.

    Parameters
    ----------
    moving
        The body.
    reps
        The repetitions.
    below, above
        L5/S1 from the ground and from above.
    ground
        What the ground does to both feet.
    load_kg
        The load, (n,), NaN where it is not carried.
    level
        Share of central probability that every interval holds.
    body_sd_n_m
        SD of the moment in which masses and centres of segments and load leave both ways apart, N·m, (n,).

    Notes
    -----
    The joints between the two ways cancel, so the difference does not hang on where their centres were taken to be: it
    holds errors of segment masses and centres, of the load's place, of the plates and of all motion.
    """
    force, moment = below.force - above.force, below.moment - above.moment
    vertical = np.abs(ground.force[:, 2])
    # Two feet press on two places; an error of scale moves nothing but what they carry.
    force_sd: FloatArray = GROUND_SCALE_SD * np.linalg.norm(ground.force, axis=1)
    about = ground.moment - np.cross(below.centre_m, ground.force)
    plates_sd: FloatArray = np.hypot(PRESSURE_SD_M * vertical, GROUND_SCALE_SD * np.linalg.norm(about, axis=1))
    moment_sd: FloatArray = np.hypot(plates_sd, body_sd_n_m)
    found: list[Meeting] = []
    for rep in (r for r in reps if r.complete):
        inside = frames_of(moving, rep)
        known: BoolArray = np.asarray(np.isfinite(moment[inside]).all(axis=1))
        if np.count_nonzero(known) < moving.rate_hz * 0.5 / moving.cutoff_hz:
            found.append(Meeting(rep.index, None, None, None, None, None, None, "the two ways are nowhere both known"))
            continue
        rms: list[Estimate] = []
        top: list[Estimate] = []
        # A wrong scale lies along the force; a wrong centre of pressure anywhere on the floor.
        ways = ((force, force_sd, 1, "N"), (moment, moment_sd, 2, "N·m"))
        for difference, sd, ways_to_err, unit in ways:
            size: FloatArray = np.asarray(np.linalg.norm(difference[inside][known], axis=1))
            error = float(np.linalg.norm(sd[inside][known]) / np.sqrt(np.count_nonzero(known)))
            for into, value in ((rms, float(np.linalg.norm(size)) / size.size**0.5), (top, float(size.max()))):
                into.append(size_within(value, error, ways_to_err, unit, level))
        largest = float(np.abs(above.about_axis[inside][known]).max())
        limit = min(LARGEST_N_M, LARGEST_SHARE * largest)
        weight = STANDARD_GRAVITY * (moving.mass_kg + float(np.nanmax(load_kg[inside], initial=0.0)))
        share = 100.0 / weight
        apart, pulled = rms[1].value, rms[0].value
        checks = (
            (rms[1], limit, f"{apart:.1f} N·m apart, more than {limit:.1f}", _MOMENT_ERRORS),
            (
                rms[0],
                LARGEST_FORCE_SHARE * weight,
                f"{pulled:.0f} N apart, {share * pulled:.0f} % of the weight",
                "the plates' own error",
            ),
        )
        over = [check for check in checks if check[0].value > check[1]]
        surely = [said for seen, allowed, said, _ in over if seen.low > allowed]
        holds = None if over and not surely else not over
        reason = "; ".join(surely or [f"{said}, which {errors} may account for" for _, _, said, errors in over])
        found.append(Meeting(rep.index, rms[0], top[0], rms[1], top[1], limit, holds, reason))
    return tuple(found)


def size_within(value: float, sd: float, dimensions: int, unit: str, level: float = LEVEL) -> Estimate:
    """The size of a vector of which every one of so many components was measured with this error.

    Errors make a small vector longer: its square is noncentral chi-square, and the interval holds the lengths that
    would show this one within their central `level`.
    """
    if not sd > 0.0:
        return Estimate(value, value, value, level, unit)
    from scipy.special import chndtr, chndtrinc

    seen, tail = (value / sd) ** 2, 0.5 * (1.0 - level)
    ends: list[float] = []
    for share in (1.0 - tail, tail):
        # Where even no vector at all shows so little as rarely, it is none.
        none = float(chndtr(seen, dimensions, 0.0)) <= share
        ends.append(0.0 if none else sd * float(chndtrinc(seen, dimensions, share)) ** 0.5)
    return Estimate(value, min(ends[0], value), max(ends[1], value), level, unit)
