"""A camera that films a simulated athlete, and a pose estimator's errors: keypoints whose truth is known."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from legato.errors import BadInput
from legato.recording import BoolArray, FloatArray, Recording, Stream
from legato.simulate.anthropometry import SIDE_SIGN, SIDES, Athlete
from legato.simulate.make import Simulation
from legato.simulate.rotations import apply
from legato.simulate.skeleton import Pose

_PAIRED_LEG = ("Hip", "Knee", "Ankle", "Heel", "BigToe", "SmallToe")
_PAIRED_ARM = ("Shoulder", "Elbow", "Wrist")
_NOSE_M = (0.105, -0.010, 0.0)
_EYE_M = (0.080, 0.025, 0.032)
_EAR_M = (0.0, 0.0, 0.072)
"""Points of the head from its centre, m, in its axes, of a person of 1.80 m: breadth of the face and depth of the head
of a man of that size (ANSUR II means, rounded)."""
_HEAD_STATURE_M = 1.80
_FOCAL_SHARE = 1.0
"""Focal length in picture heights: a telephone's main camera held upright."""


@dataclass(frozen=True, slots=True)
class Camera:
    """One fixed camera and the pose estimator behind it.

    `view_deg` counts from the way the athlete faces at the start, seen from above: 0 films the front, 90 the right
    side, 180 the back, -90 the left side. `distance_m` is how far and `lens_height_m` how high the lens is; the picture
    is `height_px` tall. Errors of a point, in pixels of a picture 1920 tall: `noise_px`, SD of an error that persists
    for about `memory_s` (a first-order autoregression), `white_px`, SD of one that does not, and `offset_px`, SD of one
    that stays throughout. `swaps` spans of `swap_s` in which the left and right legs or arms change names; `lost`,
    share of point frames with confidence 0, in runs of about 0.15 s.
    """

    view_deg: float = 90.0
    rate_hz: float = 60.0
    distance_m: float = 3.5
    lens_height_m: float = 1.0
    height_px: float = 1920.0
    noise_px: float = 4.0
    memory_s: float = 0.15
    white_px: float = 1.0
    offset_px: float = 6.0
    swaps: int = 0
    swap_s: float = 0.3
    lost: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        checks = (
            ("rate_hz", 5.0 <= self.rate_hz <= 1000.0, "5 to 1000 Hz"),
            ("distance_m", 1.5 <= self.distance_m <= 50.0, "1.5 to 50 m"),
            ("height_px", 100.0 <= self.height_px <= 10000.0, "100 to 10000"),
            ("memory_s", 0.0 < self.memory_s <= 2.0, "up to 2 s"),
            ("lost", 0.0 <= self.lost <= 0.5, "0 to 0.5"),
            ("swaps", 0 <= self.swaps <= 1000, "0 to 1000"),
        )
        for name, good, span in checks:
            if not good:
                raise BadInput(f"camera: {name} is {getattr(self, name)}; give {span}")


@dataclass(frozen=True, slots=True, eq=False)
class Film:
    """What the pose estimator saw, the simulation's truth with what was planted in the picture, and the points without
    errors, px, (n, points, 2), x right, y up.
    """

    recording: Recording
    truth: dict[str, Any]
    exact_px: FloatArray


def film(simulation: Simulation, camera: Camera) -> Film:
    """Film a simulated athlete: BODY_25 keypoints of one person. The same camera gives the same bytes."""
    n = int(np.floor(float(simulation.truth["duration_s"]) * camera.rate_hz))
    times = np.arange(n) / camera.rate_hz
    points = body_points(simulation.motion.pose(times), simulation.motion.athlete)
    names = tuple(points)
    exact = project(np.stack([points[name] for name in names], axis=1), camera)
    rng = np.random.default_rng(np.random.SeedSequence([camera.seed, 41]))
    seen = exact + _errors(exact.shape, camera, rng)
    confidence = np.clip(0.85 + 0.08 * rng.standard_normal(exact.shape[:2]), 0.35, 1.0)
    swaps = _swapped(seen, names, camera, rng)
    lost = _lost(exact.shape[:2], camera, rng)
    seen[lost], confidence[lost] = np.nan, 0.0
    values = np.concatenate([seen, confidence[..., None]], axis=2)
    stream = Stream(
        "keypoints",
        "keypoints",
        values,
        camera.rate_hz,
        names,
        ("px",) * len(names),
        meta={"point_set": "BODY_25"},
    )
    truth = {**simulation.truth, "camera": {**asdict(camera), "swapped": swaps, "share_lost": float(lost.mean())}}
    return Film(replace(simulation.recording, streams=(stream,)), truth, exact)


def body_points(pose: Pose, athlete: Athlete) -> dict[str, FloatArray]:
    """The BODY_25 points of a pose, m, each (n, 3): joint centres, and places on the head and the feet."""
    p, scale = pose.point, athlete.height_m / _HEAD_STATURE_M
    head, rotation = p["head"], pose.rotation["head"]
    out = {
        "Nose": head + apply(rotation, scale * np.array(_NOSE_M)),
        "Neck": 0.5 * (p["shoulder_right"] + p["shoulder_left"]),
        "MidHip": 0.5 * (p["hip_right"] + p["hip_left"]),
    }
    for side in SIDES:
        letter, mirror = side[0].upper(), np.array([1.0, 1.0, SIDE_SIGN[side]])
        for part in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle"):
            out[letter + part.capitalize()] = p[f"{part}_{side}"]
        for part, place in (("Eye", _EYE_M), ("Ear", _EAR_M)):
            out[letter + part] = head + apply(rotation, scale * np.array(place) * mirror)
        foot, ankle = pose.rotation[f"foot_{side}"], p[f"ankle_{side}"]
        length, down = athlete.length, -athlete.length["ankle_height"]
        tip = length["foot"] - length["heel_behind_ankle"]
        for part, ahead, out_m in (
            ("Heel", -length["heel_behind_ankle"], 0.0),
            ("BigToe", tip, -0.02),
            ("SmallToe", 0.8 * tip, 0.05),
        ):
            out[letter + part] = ankle + apply(foot, np.array([ahead, down, out_m]) * mirror)
    return out


def project(points_m: FloatArray, camera: Camera) -> FloatArray:
    """Points of the lab (n, points, 3) in the picture, px, x right and y up from its upper left corner.

    A pinhole that looks level at where the first frame's points stand.
    """
    away = np.radians(camera.view_deg)
    # The athlete faces x, their right is −y.
    to_camera = np.array([np.cos(away), -np.sin(away), 0.0])
    right = np.cross(-to_camera, [0.0, 0.0, 1.0])
    stand = points_m[0].mean(axis=0) * [1.0, 1.0, 0.0]
    lens = stand + camera.distance_m * to_camera + np.array([0.0, 0.0, camera.lens_height_m])
    from_lens = points_m - lens
    depth = -(from_lens @ to_camera)
    focal = _FOCAL_SHARE * camera.height_px
    across, up = focal * (from_lens @ right) / depth, focal * from_lens[..., 2] / depth
    return np.stack([across + 0.28125 * camera.height_px, up - 0.5 * camera.height_px], axis=-1)


def _errors(shape: tuple[int, ...], camera: Camera, rng: np.random.Generator) -> FloatArray:
    """Errors of all points (n, points, 2), px: persisting, white and constant."""
    scale = camera.height_px / 1920.0
    keep = float(np.exp(-1.0 / (camera.memory_s * camera.rate_hz)))
    fresh = rng.standard_normal(shape)
    slow = np.empty(shape)
    slow[0] = fresh[0]
    for i in range(1, shape[0]):
        slow[i] = keep * slow[i - 1] + np.sqrt(1.0 - keep * keep) * fresh[i]
    constant = camera.offset_px * rng.standard_normal(shape[1:])
    return scale * (camera.noise_px * slow + camera.white_px * rng.standard_normal(shape) + constant)


def _swapped(
    seen: FloatArray, names: tuple[str, ...], camera: Camera, rng: np.random.Generator
) -> list[Mapping[str, Any]]:
    """Exchange left and right in place; what was exchanged and when."""
    n, length = len(seen), max(2, round(camera.swap_s * camera.rate_hz))
    planted: list[Mapping[str, Any]] = []
    for _ in range(camera.swaps):
        start = int(rng.integers(0, max(1, n - length)))
        limb, parts = (("legs", _PAIRED_LEG), ("arms", _PAIRED_ARM))[int(rng.integers(0, 2))]
        busy = any(p["limb"] == limb and p["start"] < start + length + 2 and start < p["stop"] + 2 for p in planted)
        if busy:
            continue
        frames = slice(start, start + length)
        for part in parts:
            one, two = names.index("R" + part), names.index("L" + part)
            seen[frames, [one, two]] = seen[frames, [two, one]]
        planted.append({"limb": limb, "start": start, "stop": min(n, start + length)})
    return planted


def _lost(shape: tuple[int, ...], camera: Camera, rng: np.random.Generator) -> BoolArray:
    mask = np.zeros(shape, dtype=np.bool_)
    run = max(1.0, 0.15 * camera.rate_hz)
    for point in range(shape[1]):
        for start in np.flatnonzero(rng.random(shape[0]) < camera.lost / run):
            mask[start : start + 1 + int(rng.exponential(run)), point] = True
    return mask
