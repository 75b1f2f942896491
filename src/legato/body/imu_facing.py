"""Which way segments face, from the axis of a hinge movement and from what people can only do forwards."""

from collections.abc import Mapping
from typing import Any, cast

import numpy as np

from legato.body.angles import continuous, lab_angles
from legato.body.imu_sensors import SIDES, imu_table, without_side
from legato.recording import BoolArray, FloatArray
from legato.signals.filters import lowpass
from legato.signals.gaps import runs_of

_MOVES = 0.25
"""Turns slower than this share of the fastest ones say little of a hinge's axis. [ENG]"""

_LEAST_RATE = np.radians(5.0)
"""And slower than this nothing: that is sway and drift, rad/s. [ENG]"""

_CLEAR = 0.25
"""Largest share of the turning across a hinge's axis, of that about it. [ENG]"""

_LARGEST_SD = np.radians(15.0)
"""A facing that is less sure than this is none, rad. [ENG]"""

_BLOCKS = 8

_UPRIGHT = np.radians(25.0)
"""All of trunk and legs stand within this of the vertical only when their owner stands, rad. [ENG]"""

_STANDS_S = 0.2
_STANDS_SHARE = 0.9
"""For how long in all, s, and in which share of a rest. [ENG]"""

_ONE_SIDED = 3.0
"""A flexion goes this many times as far one way as the other; else either may be the front. [ENG]"""

_ALIKE = 0.5
"""Of two legs that bend together the one goes at least this share of the other's way. [ENG]"""

_TOGETHER = 0.9
"""And their courses correlate by this. [ENG] In lunges and on one leg they go apart, and one of them backwards."""

_BENDS_WITH = 0.7
"""Courses of trunk and thighs correlate by this in a squat. [ENG] Who sits down and leans back bends them in turn."""

_SQUATS = np.radians(45.0)
"""On thighs that go this far the hips are behind the heels, and a trunk that leaned back would fall, rad. [ENG]"""

_HIP_EXTENDS = np.radians(35.0)
"""No thigh goes further behind the pelvis than this, rad. [ENG] Hips extend by 10 to 20 degrees, the rest is tilt."""

_KNEE_OVEREXTENDS = np.radians(25.0)
"""No thigh goes further behind the vertical than its shank leans ahead of it by more than this, rad. [ENG] Knees
overextend by 5 to 10 degrees, and those of standing may be bent by 10.
"""

_SHANK_LEANS = np.radians(45.0)
"""No shank leans further than this with the heel on the ground, rad. [ENG] Ankles bend by 30 to 40 degrees under load.
Who kneels or sinks on tiptoe can lean back as far as forward.
"""

_HIP_FLEXES = np.radians(150.0)
"""Nor flexes further from standing against it, rad. [ENG] Who lies down seems to, with the front taken for the back."""

_KNEES_BEND = np.radians(30.0)
"""Thighs that go this far mean bent knees and so shanks that lean forwards, rad. [ENG] In a hinge with all but straight
knees thighs go less far, and the shanks lean back.
"""

_LIFTS = 0.3
"""A segment whose bending and rising correlate by more than this goes up as it bends. [ENG]"""

_SLOW_HZ = 3.0
"""Below this lie bends and what they do to the height; above, steps and shocks. [ENG]"""

_TRUNK = ("pelvis", "thorax")
_LEGS = ("thigh", "shank")


def about_y(angle: float) -> FloatArray:
    """A turn about a segment's long axis."""
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, 0.0, s], [0.0, 1.0, 0.0], [-s, 0.0, c]])


def facings(
    rotations: Mapping[str, FloatArray],
    rates: Mapping[str, FloatArray],
    rising: Mapping[str, FloatArray],
    rate_hz: float,
    rest: tuple[int, int] | None,
) -> dict[str, tuple[float, float]] | None:
    """How far each segment's front is turned about its long axis from the x of the axes given, and the SD of that, rad.

    Parameters
    ----------
    rotations
        Of each segment to a lab with z up, y along the segment (up in standing), x and z anyhow across it, (n, 3, 3).
    rates
        Rates of turn about those axes, rad/s, (n, 3).
    rising
        Vertical acceleration of the sensors that measure it, m/s², (n,).
    rate_hz
        Sampling rate, Hz.
    rest
        A rest in which the person stands upright, first frame and one past the last; None where the movement does not
        start from standing.

    Returns
    -------
    Only segments whose facing is certain; None where all rise as they bend, so that the rest was no standing at all.

    Notes
    -----
    A hinge shows the axis but not its sign: the sign is that of the way a standing person's segments bend far
    (`imu.toml`, `[flexes]`). So it takes a person who is seen to stand, in the rest or else at some time with trunk and
    thighs; a way that is clearly one-sided counted from there; and more of it than anyone can do backwards. A trunk
    arches back by less than it bends forwards, or it bends with thighs on which it would else fall; a thigh goes where
    no hip extends and no knee overextends to. Lying and sitting show no sign, and who lies down in the record folds
    further than anyone can. Who bends sinks: where a sensor of the trunk or a thigh feels that it rises instead,
    nothing is told.
    """
    frames = _standing(rotations, rate_hz, rest)
    if frames is None:
        return {}
    found: dict[str, tuple[float, float]] = {}
    ways: dict[str, FloatArray] = {}
    table = cast("Mapping[str, Mapping[str, Any]]", imu_table()["flexes"])
    for name, rotation in rotations.items():
        flexes = table.get(without_side(name))
        axis = None if flexes is None else _hinge(rates[name])
        if flexes is None or axis is None:
            continue
        tilt = continuous(lab_angles(rotation @ about_y(axis[0]))[:, 2])
        way = (tilt - float(np.nanmedian(tilt[frames]))) * float(flexes["way"])
        far, back = (float(np.nanquantile(way * sign, 0.99)) for sign in (1.0, -1.0))
        if max(far, back) < np.radians(flexes["least_deg"]) or min(far, back) * _ONE_SIDED > max(far, back):
            continue
        found[name] = (axis[0] if far > back else axis[0] + np.pi, axis[1])
        ways[name] = way if far > back else -way
    felt = [name for name in ways if name in rising and without_side(name) != "shank"]
    rises = [_rises(ways[name], rising[name], rate_hz) for name in felt]
    if any(rises):
        return None if all(rises) and len(rises) > 1 else {}
    if _folds(ways):
        return {}
    thighs = {n: w for n, w in ways.items() if without_side(n) == "thigh" and _thigh_sure(n, ways, rotations)}
    sure = {
        name
        for name in found
        if name in thighs
        or (without_side(name) == "shank" and _shank_sure(name, ways, thighs, rotations))
        or (name in _TRUNK and _trunk_sure(name, ways, thighs, rotations))
    }
    return {name: one for name, one in found.items() if name in sure}


def _standing(rotations: Mapping[str, FloatArray], rate_hz: float, rest: tuple[int, int] | None) -> BoolArray | None:
    """Frames in which the person stands, (n,); None where it is not certain that there are any."""
    body = [r for name, r in rotations.items() if without_side(name) in (*_TRUNK, *_LEGS)]
    if not body:
        return None
    upright = np.logical_and.reduce([r[:, 2, 1] > np.cos(_UPRIGHT) for r in body])
    if rest is not None:
        inside = np.zeros(len(upright), dtype=np.bool_)
        inside[slice(*rest)] = True
        if upright[inside].mean() >= _STANDS_SHARE:
            return inside
    bases = {without_side(name) for name in rotations}
    if not bases.intersection(_TRUNK) or "thigh" not in bases:
        return None
    stands = max((b - a for a, b in runs_of(upright)), default=0)
    return upright if stands >= _STANDS_S * rate_hz else None


def _folds(ways: Mapping[str, FloatArray]) -> bool:
    """Whether trunk and thighs would meet: the person lay down."""
    trunk = next((ways[n] for n in _TRUNK if n in ways), None)
    thighs = [way for name, way in ways.items() if without_side(name) == "thigh"]
    return trunk is not None and any(float(np.nanquantile(trunk + way, 0.99)) > _HIP_FLEXES for way in thighs)


def _far(way: FloatArray) -> float:
    return float(np.nanquantile(way, 0.99))


def _lean(rotation: FloatArray) -> FloatArray:
    """How far a segment is off the vertical, either way, rad."""
    return np.arccos(np.clip(rotation[:, 2, 1], -1.0, 1.0))


def _thigh_sure(name: str, ways: Mapping[str, FloatArray], rotations: Mapping[str, FloatArray]) -> bool:
    """Whether a thigh goes where neither its hip extends to nor its knee overextends to."""
    limits = (("pelvis", _HIP_EXTENDS), (name.replace("thigh", "shank"), _KNEE_OVEREXTENDS))
    return any(n in rotations and _far(ways[name] - _lean(rotations[n])) > limit for n, limit in limits)


def _shank_sure(
    name: str, ways: Mapping[str, FloatArray], thighs: Mapping[str, FloatArray], rotations: Mapping[str, FloatArray]
) -> bool:
    thigh = name.replace("shank", "thigh")
    bends = thigh in thighs and _far(thighs[thigh]) >= _KNEES_BEND
    return bends and (_both_bend("shank", ways) or _alone("shank", rotations))


def _trunk_sure(
    name: str, ways: Mapping[str, FloatArray], thighs: Mapping[str, FloatArray], rotations: Mapping[str, FloatArray]
) -> bool:
    """Whether a segment of the trunk goes further than anyone goes backwards standing, or bends with the thighs of
    someone whose feet are flat and who would else fall.
    """
    shanks = [_far(_lean(r)) for n, r in rotations.items() if without_side(n) == "shank"]
    flat = len(shanks) > 0 and min(shanks) < _SHANK_LEANS
    worn = [n for n in rotations if without_side(n) == "thigh"]
    bent = len(worn) > 0 and all(n in ways and _far(ways[n]) > _SQUATS for n in worn)
    if _far(ways[name]) > np.radians(imu_table()["flexes"][name]["backwards_deg"]):
        return flat or not (bent or shanks)
    return flat and bent and all(n in thighs and _course(ways[name], thighs[n]) >= _BENDS_WITH for n in worn)


def _course(one: FloatArray, other: FloatArray) -> float:
    """Correlation of two courses."""
    known = np.isfinite(one) & np.isfinite(other)
    return float(np.corrcoef(one[known], other[known])[0, 1])


def _rises(way: FloatArray, rising: FloatArray, rate_hz: float) -> bool:
    """Whether a sensor goes up as its segment goes the way found: their accelerations, below the same frequency."""
    cutoff = min(_SLOW_HZ, 0.4 * rate_hz)
    bends = np.gradient(np.gradient(lowpass(way, rate_hz, cutoff)))
    lifts = lowpass(rising, rate_hz, cutoff)
    return _course(bends, lifts) > _LIFTS


def _alone(base: str, rotations: Mapping[str, FloatArray]) -> bool:
    return not all(f"{base}_{side}" in rotations for side in SIDES)


def _both_bend(base: str, ways: Mapping[str, FloatArray]) -> bool:
    if not all(f"{base}_{side}" in ways for side in SIDES):
        return False
    right, left = (ways[f"{base}_{side}"] for side in SIDES)
    known = np.isfinite(right) & np.isfinite(left)
    far = sorted(float(np.quantile(way[known], 0.99)) for way in (right, left))
    return far[0] >= _ALIKE * far[1] and _course(right, left) >= _TOGETHER


def _hinge(rate: FloatArray) -> tuple[float, float] | None:
    """How far the front is turned from x about y, up to half a turn, and the SD of that, rad, from the axis that the
    segment mostly turns about; None where it turns about no one axis across its length.
    """
    across = np.hypot(rate[:, 0], rate[:, 2])
    good = np.isfinite(rate).all(axis=1) & (across > max(_LEAST_RATE, _MOVES * float(np.nanquantile(across, 0.98))))
    if good.sum() < 4 * _BLOCKS:
        return None
    flat = rate[good][:, [0, 2]]
    values, vectors = np.linalg.eigh(flat.T @ flat)
    if values[0] > _CLEAR * values[1] or float((rate[good, 1] ** 2).sum()) > values[1]:
        return None
    z = vectors[:, 1]
    angles: list[float] = []
    effort = np.cumsum((flat**2).sum(axis=1))
    for k in range(_BLOCKS):
        block = flat[(effort > effort[-1] * k / _BLOCKS) & (effort <= effort[-1] * (k + 1) / _BLOCKS)]
        if len(block) >= 3:
            own = np.linalg.eigh(block.T @ block)[1][:, 1]
            own = own * (1.0 if own @ z >= 0.0 else -1.0)
            angles.append(float(np.arctan2(z[0] * own[1] - z[1] * own[0], own @ z)))
    scatter = float(np.std(angles, ddof=1) / np.sqrt(len(angles))) if len(angles) > 1 else np.inf
    sd = float(np.hypot(scatter, np.radians(imu_table()["hinge_deg"])))
    # z = (z_x, z_z) of the provisional axes; y stays, so the front lies at y × z.
    return None if sd > _LARGEST_SD else (float(np.arctan2(z[0], z[1])), sd)
