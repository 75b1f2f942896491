"""Skin markers on a pose, and what goes wrong with them in a real laboratory."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from legato.recording import FloatArray
from legato.simulate.anthropometry import Athlete
from legato.simulate.exercise_data import load_exercise
from legato.simulate.rotations import apply
from legato.simulate.scenario import Motion, Scenario, stream_rng
from legato.simulate.skeleton import Pose

_BAR_HALF_M = 1.02
_WOBBLE_BAND_HZ = {"lift": 1.2, "bench": 1.2, "throw": 4.0}


def wobble_band_hz(scenario: Scenario) -> float:
    """Up to where soft tissue moves, Hz."""
    if scenario.family == "exercise":
        return load_exercise(scenario.movement).wobble_hz
    return _WOBBLE_BAND_HZ[scenario.family]


_SWAPS = (
    ("KNE", "KNM"),
    ("ANK", "MED"),
    ("THI", "THI2"),
    ("TIB", "TIB2"),
    ("WRA", "WRB"),
    ("TOE", "MT5"),
    ("ELB", "MEP"),
)


@dataclass(frozen=True, slots=True)
class Swap:
    """Two markers that carry each other's name from `start_s` until `end_s`."""

    first: str
    second: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Gap:
    """A marker that is not seen from `start_s` until `end_s`."""

    marker: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, eq=False)
class MarkerTrack:
    """Marker positions, m, shape (n, markers, 3), NaN where unseen, and what was planted in them."""

    names: tuple[str, ...]
    positions: FloatArray
    swaps: tuple[Swap, ...]
    gaps: tuple[Gap, ...]


def marker_names(athlete: Athlete, bar: bool, extra: Iterable[str] = ()) -> tuple[str, ...]:
    """Names in file order."""
    return (*sorted(athlete.markers), *(("BARL", "BARR") if bar else ()), *sorted(extra))


def true_markers(pose: Pose, athlete: Athlete, offsets: FloatArray | None = None) -> FloatArray:
    """Markers rigidly on their segments, m, shape (n, markers, 3), in the order of `marker_names`.

    `offsets`, of the same shape, moves them in the axes of their segment (soft tissue).
    """
    names = marker_names(athlete, "bar" in pose.rotation, pose.extra)
    n = pose.origin["pelvis"].shape[0]
    out = np.empty((n, len(names), 3))
    for j, name in enumerate(names):
        if name in ("BARL", "BARR"):
            local = np.array([0.0, 0.0, _BAR_HALF_M if name == "BARR" else -_BAR_HALF_M])
            out[:, j] = pose.origin["bar"] + apply(pose.rotation["bar"], local)
            continue
        if name in pose.extra:
            segment, local = pose.extra[name]
        else:
            segment, local = athlete.markers[name].segment, np.array(athlete.markers[name].offset_m)
        if offsets is not None:
            local = local + offsets[:, j]
        if name in pose.skin:
            local = local + pose.skin[name]
        out[:, j] = pose.origin[segment] + apply(pose.rotation[segment], local)
    return out


def measure_markers(motion: Motion) -> MarkerTrack:
    """What the cameras of this scenario see of the motion."""
    scenario, athlete = motion.scenario, motion.athlete
    n = round(motion.duration_s * scenario.rate_hz)
    times = np.arange(n) / scenario.rate_hz
    pose = motion.pose(times)
    names = marker_names(athlete, "bar" in pose.rotation, pose.extra)
    x = true_markers(pose, athlete, _soft_tissue(scenario, athlete, names, times, motion.duration_s))
    x = _in_lab(x, scenario)
    if scenario.noise_m:
        x += scenario.noise_m * stream_rng(scenario, 3).standard_normal(x.shape)
    if scenario.mirror:
        x[:, :, 1] *= -1.0
        x = x[:, [names.index(_other_side(m)) for m in names]]
    swaps = _swap_labels(x, names, motion)
    gaps = _occlude(x, names, motion)
    return MarkerTrack(names, x, swaps, gaps)


def _in_lab(x: FloatArray, scenario: Scenario) -> FloatArray:
    """Turn the athlete to the heading asked for and away from the laboratory's origin."""
    angle = np.radians(scenario.heading_deg)
    c, s = np.cos(angle), np.sin(angle)
    return x @ np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]]).T


def _other_side(name: str) -> str:
    if name in ("RBAK", "BARL", "BARR"):
        return {"RBAK": "RBAK", "BARL": "BARR", "BARR": "BARL"}[name]
    return {"L": "R", "R": "L"}.get(name[0], name[0]) + name[1:] if name[0] in "LR" else name


def band_limited(
    times: FloatArray, duration_s: float, band_hz: float, channels: int, rng: np.random.Generator
) -> FloatArray:
    """Gaussian noise of RMS 1 with a flat spectrum up to `band_hz`, shape (n, channels).

    A sum of harmonics of 1/`duration_s`, so the same seed gives the same motion at every sampling rate.
    """
    lines = max(1, int(band_hz * duration_s))
    weights = rng.standard_normal((2, lines, channels)) / np.sqrt(lines)
    angle = 2.0 * np.pi / duration_s * times[:, None] * np.arange(1, lines + 1)
    return np.cos(angle) @ weights[0] + np.sin(angle) @ weights[1]


def _soft_tissue(
    scenario: Scenario, athlete: Athlete, names: tuple[str, ...], times: FloatArray, duration_s: float
) -> FloatArray | None:
    if not scenario.wobble_m and not scenario.cluster_rotation_deg:
        return None
    band = wobble_band_hz(scenario)
    skin = [m for m in names if m in athlete.markers]
    out = np.zeros((times.size, len(names), 3))
    if scenario.wobble_m:
        rng = stream_rng(scenario, 2)
        wobble = band_limited(times, duration_s, band, 3 * len(skin), rng)
        out[:, : len(skin)] += scenario.wobble_m * wobble.reshape(times.size, len(skin), 3)
    if scenario.cluster_rotation_deg:
        rng = stream_rng(scenario, 4)
        segments = sorted({athlete.markers[m].segment for m in skin})
        angle = band_limited(times, duration_s, band, 3 * len(segments), rng).reshape(times.size, len(segments), 3)
        angle *= np.radians(scenario.cluster_rotation_deg)
        for k, segment in enumerate(segments):
            members = [j for j, m in enumerate(skin) if athlete.markers[m].segment == segment]
            places = np.array([athlete.markers[skin[j]].offset_m for j in members])
            centred = places - places.mean(axis=0)
            out[:, members] += _turned(angle[:, k], centred) - centred
    return out


def _turned(vector: FloatArray, points: FloatArray) -> FloatArray:
    """Points (m, 3) turned by each rotation vector (n, 3), shape (n, m, 3) (Rodrigues)."""
    angle = np.linalg.norm(vector, axis=1)
    axis = vector / np.where(angle > 0.0, angle, 1.0)[:, None]
    c, s = np.cos(angle)[:, None, None], np.sin(angle)[:, None, None]
    cross = np.cross(axis[:, None, :], points[None])
    dot = (axis @ points.T)[:, :, None]
    return points[None] * c + cross * s + axis[:, None, :] * dot * (1.0 - c)


def _swap_labels(x: FloatArray, names: tuple[str, ...], motion: Motion) -> tuple[Swap, ...]:
    scenario = motion.scenario
    rng = stream_rng(scenario, 5)
    swaps: list[Swap] = []
    for _ in range(scenario.swap_labels):
        pair = _SWAPS[int(rng.integers(len(_SWAPS)))]
        side = "LR"[int(rng.integers(2))]
        first, second = side + pair[0], side + pair[1]
        start = float(rng.uniform(0.0, 0.9 * motion.duration_s))
        end = start + float(rng.uniform(0.15, 0.9))
        i, j = (int(np.ceil(t * scenario.rate_hz)) for t in (start, end))
        a, b = names.index(first), names.index(second)
        x[i:j, [a, b]] = x[i:j, [b, a]]
        swaps.append(Swap(first, second, start, end))
    return tuple(swaps)


def _occlude(x: FloatArray, names: tuple[str, ...], motion: Motion) -> tuple[Gap, ...]:
    scenario = motion.scenario
    if not scenario.occlusion:
        return ()
    rng = stream_rng(scenario, 6)
    wanted = scenario.occlusion * len(names) * motion.duration_s
    gaps: list[Gap] = []
    while wanted > 0.0:
        length = float(np.clip(rng.lognormal(np.log(0.12), 0.7), 0.01, 1.0))
        start = float(rng.uniform(0.0, motion.duration_s - length))
        marker = int(rng.integers(len(names)))
        i, j = (int(np.ceil(t * scenario.rate_hz)) for t in (start, start + length))
        x[i:j, marker] = np.nan
        gaps.append(Gap(names[marker], start, start + length))
        wanted -= length
    return tuple(sorted(gaps, key=lambda g: (g.start_s, g.marker)))
