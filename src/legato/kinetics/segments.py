"""The body as a tree of moving rigid segments: what each weighs, where it is, how it moves and on what it hangs."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from legato.body.anatomy import axes_xy, axes_yz
from legato.body.inertia import Sex, segment_masses
from legato.body.landmarks import SIDES
from legato.body.model import Body
from legato.kinetics._motion_kernels import segment_rates
from legato.kinetics._wrench_kernels import orthogonal
from legato.kinetics.trunk_parts import PartShares, trunk_shares
from legato.recording import STANDARD_GRAVITY, BoolArray, FloatArray
from legato.signals.filters import lowpass
from legato.signals.gaps import runs_of

LIMBS: Mapping[str, tuple[str, str]] = {
    "thigh": ("pelvis", "hip"),
    "shank": ("thigh", "knee"),
    "foot": ("shank", "ankle"),
    "upper_arm": ("thorax", "shoulder"),
    "forearm": ("upper_arm", "elbow"),
    "hand": ("forearm", "wrist"),
}
"""What each limb segment hangs on, and the joint between the two."""

LUMBOSACRAL = "lumbosacral"
"""The joint between pelvis and trunk, as bodies name its centre: L5/S1."""

_EDGE = 0.5
"""Share of the cut-off's period within which a second derivative beside an end leans on what was not recorded. [ENG]"""

_MIDDLE = ("pelvis", "thorax")
"""Segments that stand once for both sides and are parents of limbs."""

_TRUNK_PER_THIGH = 1.45
"""Length of the trunk as `trunk_shares` takes it, in thighs: de Leva 1996, 568 by 422 mm (men), 572 by 369 (women)."""

_PALM_PER_FOREARM = 0.31
"""Wrist to knuckles in forearms: de Leva 1996, 86 of 269 mm in men, 78 of 264 in women."""


@dataclass(frozen=True, slots=True, eq=False)
class MovingSegment:
    """One rigid segment in each frame, low-passed; lab axes, SI units, NaN where unknown.

    `parent` is the segment that it hangs on, nearer to the pelvis (None for the pelvis itself), `joint` the name of the
    joint between the two and `joint_m` (n, 3) its centre. `inertia` (3,), kg·m², is about the own axes through the
    centre of mass `centre_m` (n, 3), which moves with `velocity` and `acceleration` (n, 3). `rotation` (n, 3, 3) turns
    own axes into the lab's; `turning` (n, 3), rad/s, and `turning_rate` (n, 3), rad/s², are its angular velocity and
    acceleration, in the lab. Rates are central differences: none in the first and last frame of a run.
    `axes_known`: whether its turn about its long axis is measured; else only its line is. `stand_in`: it was not
    measured, and is carried along by its parent.
    """

    name: str
    parent: str | None
    joint: str
    mass_kg: float
    inertia: FloatArray
    centre_m: FloatArray
    rotation: FloatArray
    velocity: FloatArray
    acceleration: FloatArray
    turning: FloatArray
    turning_rate: FloatArray
    joint_m: FloatArray
    axes_known: bool = True
    stand_in: bool = False

    @property
    def push(self) -> FloatArray:
        """Force that all others together put on it, N, shape (n, 3): mass times acceleration less gravity."""
        return self.mass_kg * (self.acceleration + np.array([0.0, 0.0, STANDARD_GRAVITY]))

    @property
    def spin(self) -> FloatArray:
        """Their moment about its centre, N·m, shape (n, 3): Euler's equations."""
        own = np.einsum("nji,nj->ni", self.rotation, self.turning)
        gain = np.einsum("nji,nj->ni", self.rotation, self.turning_rate)
        return np.einsum("nij,nj->ni", self.rotation, self.inertia * gain + np.cross(own, self.inertia * own))

    def push_about(self, point_m: FloatArray) -> FloatArray:
        """Their moment about a point of the lab, (3,) or (n, 3), N·m, shape (n, 3)."""
        return np.cross(self.centre_m - point_m, self.push) + self.spin


@dataclass(frozen=True, slots=True, eq=False)
class MovingBody:
    """All segments of a body that are known, every one before its parent. `seen` is their share of the body's mass;
    `missing` names the others. `points`: the low-passed joint centres and landmarks.
    """

    segments: tuple[MovingSegment, ...]
    mass_kg: float
    rate_hz: float
    start_s: float
    cutoff_hz: float
    seen: float
    missing: tuple[str, ...]
    points: Mapping[str, FloatArray]

    def times(self) -> FloatArray:
        """Time of each frame, s from the recording's start, shape (n,)."""
        n = next((len(s.centre_m) for s in self.segments), 0)
        return self.start_s + np.arange(n) / self.rate_hz

    def get(self, name: str) -> MovingSegment | None:
        """The segment of that name, or None."""
        return next((s for s in self.segments if s.name == name), None)

    def beyond(self, name: str) -> tuple[MovingSegment, ...]:
        """The segment and all that hang on it, further from the pelvis, every one before its parent."""
        kept = {name}
        for segment in reversed(self.segments):
            if segment.parent in kept:
                kept.add(segment.name)
        return tuple(s for s in self.segments if s.name in kept)


def moving_segments(body: Body, mass_kg: float, cutoff_hz: float, sex: Sex | None = None) -> MovingBody:
    """Every segment of a measured body that can be placed.

    Parameters
    ----------
    body
        Measured segments, joint centres and landmarks, by markers.
    mass_kg
        Body mass without any load, kg.
    cutoff_hz
        Cut-off of the zero-phase low-pass of poses and points, Hz, below half the body's rate.
    sex
        Column of the tables of masses; that of the body where it is None.

    Raises
    ------
    BadInput
        The cut-off does not suit the rate.

    Notes
    -----
    Limbs: de Leva 1996 (J Biomech 29:1223), as `leg_moments` takes them; centre and inertia lie on the line between
    their ends. Where pelvis and thorax are measured and nothing between them, the table's upper and middle trunk move
    as one body with the axes of the thorax, its centre on the line from L5/S1 to the neck's base, and its lower trunk
    with the pelvis (`trunk_shares`): 32 and 11 % of a man's mass. Without L5/S1 (no iliac spines) that line ends
    between the hips, and `joint_m` of the thorax is NaN.

    A head without markers is carried by the thorax, a hand without a finger's marker by its forearm: `stand_in`. Any
    other segment that was not measured is left out and named in `missing`; what it weighs is then on nobody's account,
    so a sum over the body lacks `1 - seen` of its mass.
    """
    sex = sex or body.sex
    known = {name: lowpass(place, body.rate_hz, cutoff_hz) for name, place in body.points.items()}
    rotations: dict[str, FloatArray] = {}
    for name, pose in body.segments.items():
        rotations[name] = low_passed(pose.rotation, body.rate_hz, cutoff_hz)
    build = _Builder(body, mass_kg, known, rotations, sex)
    build.trunk()
    for segment in LIMBS:
        for side in SIDES:
            build.limb(segment, side)
    shares = trunk_shares(sex)
    table = [segment_masses()[segment].of_sex(sex).mass for segment in LIMBS for _ in SIDES]
    whole_kg = mass_kg * (sum(table) + shares.above.mass + shares.pelvis.mass + shares.head.mass)
    every = [*_MIDDLE, "head", *(f"{segment}_{side}" for segment in LIMBS for side in SIDES)]
    return MovingBody(
        segments=tuple(reversed(build.found.values())),
        mass_kg=mass_kg,
        rate_hz=body.rate_hz,
        start_s=body.start_s,
        cutoff_hz=cutoff_hz,
        seen=sum(segment.mass_kg for segment in build.found.values()) / whole_kg,
        missing=tuple(name for name in every if name not in build.found),
        points=known,
    )


def low_passed(rotation: FloatArray, rate_hz: float, cutoff_hz: float) -> FloatArray:
    """Low-passed rotations (n, 3, 3), orthogonal again."""
    smooth = np.ascontiguousarray(lowpass(rotation, rate_hz, cutoff_hz))
    orthogonal(smooth)
    return smooth


def away_from_edges(values: FloatArray, rate_hz: float, cutoff_hz: float) -> BoolArray:
    """Frames of `values` (n, 3), shape (n,), where they are known and all that a low-pass of this cut-off leans on."""
    known: BoolArray = np.asarray(np.isfinite(values).all(axis=1))
    found = known.copy()
    edge = round(_EDGE * rate_hz / cutoff_hz)
    for first, stop in runs_of(known):
        found[first : first + edge] = False
        found[max(stop - edge, first) : stop] = False
    return found


def foot_on_its_line(ahead: FloatArray, shank: FloatArray) -> FloatArray:
    """Axes (n, 3, 3) of a foot of which only the line from heel to toe (n, 3) is seen: about it, it turns as its shank
    (n, 3, 3) does.
    """
    return np.ascontiguousarray(axes_xy(ahead, np.cross(shank[:, :, 2], ahead)))


@dataclass(frozen=True, slots=True, eq=False)
class _Builder:
    """Segments found so far, every one after its parent; points and rotations (n, 3, 3) are low-passed."""

    body: Body
    mass_kg: float
    points: Mapping[str, FloatArray]
    rotations: Mapping[str, FloatArray]
    sex: Sex
    found: dict[str, MovingSegment] = field(default_factory=dict[str, MovingSegment])

    def trunk(self) -> None:
        """Pelvis, thorax with all that lies above L5/S1, and head."""
        points, rotations = self.points, self.rotations
        shares = trunk_shares(self.sex)
        if "hip_right" not in points or "hip_left" not in points:
            return
        hips = 0.5 * (points["hip_right"] + points["hip_left"])
        base, neck = points.get(LUMBOSACRAL, hips), points.get("neck")
        length = self._trunk_length(hips, base, neck)
        pelvis, thorax = rotations.get("pelvis"), rotations.get("thorax")
        if pelvis is not None and length is not None:
            centre = hips + shares.pelvis.along * length * pelvis[:, :, 1]
            self._add("pelvis", None, "", shares.pelvis, length, centre, pelvis, centre)
        if thorax is None or neck is None or length is None:
            return
        upward = neck - base
        upward = upward / np.linalg.norm(upward, axis=1, keepdims=True)
        centre = neck - shares.above.along * length * upward
        joint = points.get(LUMBOSACRAL, np.full_like(neck, np.nan))
        self._add("thorax", "pelvis", LUMBOSACRAL, shares.above, length, centre, thorax, joint)
        head = points.get("head")
        centre = neck + shares.head.along * length * thorax[:, :, 1] if head is None else head
        turn = rotations.get("head", thorax)
        self._add("head", "thorax", "neck", shares.head, length, centre, turn, neck, stand_in=head is None)

    def _trunk_length(self, hips: FloatArray, base: FloatArray, neck: FloatArray | None) -> float | None:
        """From the neck's base over L5/S1 to the hips, m; without a neck by the thighs."""
        if neck is not None:
            return _typical_length(neck - base) + (_typical_length(base - hips) if base is not hips else 0.0)
        thighs = [
            _typical_length(self.points[f"hip_{side}"] - self.points[f"knee_{side}"])
            for side in SIDES
            if f"knee_{side}" in self.points
        ]
        return _TRUNK_PER_THIGH * max(thighs) if thighs else None

    def limb(self, segment: str, side: str) -> None:
        """A segment of an arm or a leg, where both its ends are known, or the forearm that carries a hand."""
        name = f"{segment}_{side}"
        above, joint = LIMBS[segment]
        parent = above if above in _MIDDLE else f"{above}_{side}"
        entry = segment_masses()[segment]
        shares = entry.of_sex(self.sex)
        first, second = (self.points.get(f"{end}_{side}") for end in entry.ends)
        joint_m = self.points.get(f"{joint}_{side}")
        carrier = self.found.get(parent)
        stand_in = segment == "hand" and second is None
        if stand_in and first is not None and carrier is not None:
            reach = _PALM_PER_FOREARM * _typical_length(carrier.joint_m - first)
            second = first - reach * carrier.rotation[:, :, 1]
        if first is None or second is None or joint_m is None:
            return
        rotation = self.rotations.get(name)
        if rotation is None and carrier is not None:
            # Only its line is measured: it turns about it as its parent does.
            rotation = (
                foot_on_its_line(second - first, carrier.rotation)
                if segment == "foot"
                else np.ascontiguousarray(axes_yz(first - second, carrier.rotation[:, :, 2]))
            )
        if rotation is None:
            return
        length = _typical_length(second - first)
        part = PartShares(shares.mass, 0.0, shares.gyration)
        centre = first + shares.centre * (second - first)
        known = name in self.rotations
        joint_name = f"{joint}_{side}"
        self._add(
            name, parent, joint_name, part, length, centre, rotation, joint_m, axes_known=known, stand_in=stand_in
        )

    def _add(
        self,
        name: str,
        parent: str | None,
        joint: str,
        part: PartShares,
        length_m: float,
        centre: FloatArray,
        rotation: FloatArray,
        joint_m: FloatArray,
        *,
        axes_known: bool = True,
        stand_in: bool = False,
    ) -> None:
        """Put a segment in, with its rates, unless it is never seen; `part` scales with `length_m`."""
        if not (np.isfinite(centre) & np.isfinite(rotation[:, 0])).any():
            return
        mass = part.mass * self.mass_kg
        velocity, acceleration, turning, turning_rate = (np.empty_like(centre) for _ in range(4))
        at = np.ascontiguousarray(centre)
        segment_rates(at, rotation, self.body.rate_hz, velocity, acceleration, turning, turning_rate)
        self.found[name] = MovingSegment(
            name=name,
            parent=parent,
            joint=joint,
            mass_kg=mass,
            inertia=mass * (part.gyration * length_m) ** 2,
            centre_m=at,
            rotation=rotation,
            velocity=velocity,
            acceleration=acceleration,
            turning=turning,
            turning_rate=turning_rate,
            joint_m=joint_m,
            axes_known=axes_known,
            stand_in=stand_in,
        )


def _typical_length(way: FloatArray) -> float:
    """Median length of vectors (n, 3)."""
    return float(np.nanmedian(np.linalg.norm(way, axis=1)))
