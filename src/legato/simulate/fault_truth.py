"""The true value of what a fault moves, in each repetition: from the exact motion, and from the same one without it.

Every repetition tells all quantities that its movement has. Changes are counted from the athlete at rest before the
first repetition, of lifts from the floor upright, of strides from the mean of the recording, without the fault; a throw
or a swing is followed for another 0.25 s. Angles are those of `probe.joint_angles`, in degrees.

- `lumbar_flexion_change`, `lumbar_extension_change`: the largest flexion and extension from the reference;
  `lumbar_flexion_deepest`: the flexion where the hips are bent most, `lumbar_flexion_mean`: on average;
  `lumbar_give`, `knee_give`: how far the back, the knees bend again while they are driven.
- `lumbar_flexion_before_hip`, `side_bend_before_hip`, `twist_before_hip`: where they are when the hips have made a
  tenth of their way.
- `lumbar_side_bend`, `thorax_pelvis_axial`, `pelvis_axial`, `pelvis_tilt`, `pelvis_obliquity`, `thorax_axial`: the
  change that is largest in size.
- `thorax_lean_peak`; `trunk_over_shank_peak`: the thorax leans by so much more than the shanks.
- `hip_flexion_change`, `knee_flexion_change` (both sides' mean), `hip_knee_ratio`: the way of the one over that of the
  other.
- `knee_in_right`, `knee_in_left`: how far the plane of the leg turns inward about the line from hip to ankle.
- `knee_flexion_peak_right`, `_left`; `knee_asymmetry`, `hip_asymmetry`, `elbow_asymmetry`: peak flexion, right less
  left; `ankle_rise_asymmetry`, m.
- `elbow_before_hip_end`: how far the elbows have bent when a tenth of the hips' extension is left.
- `pelvis_axial_range`; `lumbar_flexion_held`, `thorax_pelvis_axial_held`: the change within a hold that is largest.
- `ankle_dorsiflexion_peak`, of the side that bends more.
- `pelvis_rise`, m: over the rest; `thorax_lean_rise`: the lean that the thorax gains after the start.
- Of a pull on what does not move, in per cent: `force_asymmetry`, right foot less left of both, and
  `force_unsteadiness`, RMS about the level.
- Of a dowel along the back: `dowel_gap_head`, `dowel_gap_mid_back`, `dowel_gap_sacrum`, mm: how far the contact opens
  at most; `dowel_gap`, the largest of them.
- `chest_rise`, mm; `gap`, s: between the links that carry the planted lag, of throws from peak to peak, else from onset
  to onset; `arm_gap`, s, of a throw from the thorax to the upper arm, from peak to peak; `duration`, s.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from legato.recording import FloatArray
from legato.simulate.anthropometry import SIDE_SIGN, SIDES, Athlete
from legato.simulate.dowel import CONTACTS, axis_behind
from legato.simulate.exercise import ExerciseMotion
from legato.simulate.exercise_force import force_quantities
from legato.simulate.faults import fault_sizes
from legato.simulate.lifts import LiftMotion
from legato.simulate.probe import joint_angles
from legato.simulate.scenario import Motion
from legato.simulate.skeleton import Pose

_STEP_S = 0.01
_FOLLOW_S = 0.25
_FIRST_SHARE = 0.10
_TOLD_DEG = 0.1
_DRIVES = frozenset({"ascent", "propel", "drive", "forward", "first-pull", "pull", "rise", "press"})

Curves = Mapping[str, FloatArray]


def quantities(
    motion: Motion, reps: Sequence[Mapping[str, Any]], without: Motion | None = None
) -> list[dict[str, float]]:
    """All quantities of each repetition (see the module); `without`: the motion without its fault, which rests."""
    if not reps:
        return []
    calm = motion if without is None else without
    rest = {name: float(np.mean(y)) for name, y in _curves(calm.pose(reference_times(calm)), calm.athlete).items()}
    step = min(_STEP_S, motion.shortest_feature_s / 8.0)
    spans = [_grid(rep, step) for rep in reps]
    curves = _curves(motion.pose(np.concatenate(spans)), motion.athlete)
    edges = np.cumsum([0, *(t.size for t in spans)])
    return [
        _of_rep(motion, rep, t, {name: y[a : a + t.size] for name, y in curves.items()}, rest)
        for rep, t, a in zip(reps, spans, edges, strict=False)
    ]


def planted_truth(
    motion: Motion, without: Motion, reps: Sequence[Mapping[str, Any]], clean: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Of each repetition, whose `quantities` are told: the fault's size, the true value of the quantity that it moves,
    what that is in the same repetition `without` the fault, and by how much each angle differs most between both, deg,
    from 0.1 on.
    """
    fault = motion.fault
    assert fault is not None
    sizes = fault_sizes(fault, motion.fault_size, len(motion.plans))
    told: list[dict[str, Any]] = []
    for i, (rep, other) in enumerate(zip(reps, quantities(without, clean), strict=True)):
        values: dict[str, Any] = {
            "size": sizes[i] if len(sizes) == len(reps) else motion.fault_size,
            "quantity": fault.moves,
            "true": rep["quantities"].get(fault.moves),
            "without": other.get(fault.moves),
        }
        told.append(values | {"moved_deg": _moved(motion, without, rep)})
    return told


def reference_times(motion: Motion) -> FloatArray:
    """When the athlete is as changes are counted from, s."""
    if isinstance(motion, ExerciseMotion):
        if motion.strides is not None:
            return np.linspace(0.1, motion.duration_s - 0.1, 200)
        upright = motion.data.upright_at
        return np.array([0.0 if upright is None else motion.clocks[0].at(upright)])
    if isinstance(motion, LiftMotion) and motion.shape.starts_low:
        # in the middle of the first repetition the lifter stands
        return np.array([motion.plans[0].turn_s])
    return np.array([0.0])


def _grid(rep: Mapping[str, Any], step_s: float) -> FloatArray:
    start, end = float(rep["start_s"]), float(rep["end_s"])
    if any(phase["name"] == "forward" for phase in rep["phases"]):
        end += _FOLLOW_S
    return np.linspace(start, end, max(int((end - start) / step_s), 16))


def _curves(pose: Pose, athlete: Athlete) -> dict[str, FloatArray]:
    """Angles, deg, and places, m or mm, of a pose."""
    out = {name: np.degrees(np.unwrap(y)) for name, y in joint_angles(pose).items()}
    for base in ("hip_flexion", "knee_flexion", "shank_pitch"):
        out[base] = 0.5 * (out[f"{base}_right"] + out[f"{base}_left"])
    for side in SIDES:
        out[f"knee_in_{side}"] = _knee_in(pose, side)
        out[f"ankle_height_{side}"] = pose.point[f"ankle_{side}"][:, 2]
    out["pelvis_height"] = pose.point["pelvis"][:, 2]
    out["trunk_over_shank"] = out["thorax_pitch"] - out["shank_pitch"]
    if "STRN" in pose.skin:
        out["chest"] = pose.skin["STRN"].sum(axis=1) * 1000.0
    if "dowel" in pose.rotation:
        out |= {f"dowel_gap_{name.replace('-', '_')}": 1e3 * axis_behind(pose, athlete, name) for name in CONTACTS}
    return out


def _knee_in(pose: Pose, side: str) -> FloatArray:
    """How far the plane of hip, knee and ankle is turned inward from straight ahead of the foot, deg."""
    hip, knee, ankle = (pose.point[f"{name}_{side}"] for name in ("hip", "knee", "ankle"))
    normal = np.cross(hip - ankle, knee - ankle)
    ahead = np.column_stack([normal[:, 1], -normal[:, 0]])
    foot = pose.rotation[f"foot_{side}"]
    inward = -SIDE_SIGN[side] * np.einsum("ni,ni->n", ahead, foot[:, :2, 2])
    return np.degrees(np.arctan2(inward, np.einsum("ni,ni->n", ahead, foot[:, :2, 0])))


def _of_rep(
    motion: Motion, rep: Mapping[str, Any], t: FloatArray, c: Curves, rest: Mapping[str, float]
) -> dict[str, float]:
    change = {name: y - rest[name] for name, y in c.items()}
    lumbar, hip, knee = change["lumbar_flexion"], change["hip_flexion"], change["knee_flexion"]
    driven = _driven(rep, t)
    first = _begins(hip)
    out = {
        "lumbar_flexion_change": float(lumbar.max()),
        "lumbar_extension_change": float(-lumbar.min()),
        "lumbar_flexion_deepest": float(lumbar[int(np.argmax(hip))]),
        "lumbar_flexion_mean": float(lumbar.mean()),
        "lumbar_give": _give(lumbar[driven]),
        "knee_give": _give(knee[driven]),
        "lumbar_flexion_before_hip": float(lumbar[first]),
        "side_bend_before_hip": float(change["lumbar_side_bend"][first]),
        "twist_before_hip": float(change["thorax_pelvis_axial"][first]),
        "lumbar_side_bend": _largest(change["lumbar_side_bend"]),
        "thorax_lean_peak": float(c["thorax_pitch"].max()),
        "thorax_lean_rise": float(c["thorax_pitch"].max() - c["thorax_pitch"][0]),
        "trunk_over_shank_peak": float(c["trunk_over_shank"].max()),
        "hip_flexion_change": float(np.ptp(hip)),
        "knee_flexion_change": float(np.ptp(knee)),
        "hip_knee_ratio": float(np.ptp(hip) / max(float(np.ptp(knee)), 1e-9)),
        "ankle_rise_asymmetry": float(np.ptp(c["ankle_height_right"]) - np.ptp(c["ankle_height_left"])),
        "pelvis_rise": float(change["pelvis_height"].max()),
        "ankle_dorsiflexion_peak": float(max(c[f"ankle_dorsiflexion_{side}"].max() for side in SIDES)),
        "duration": float(rep["end_s"]) - float(rep["start_s"]),
    }
    turned = ("thorax_pelvis_axial", "pelvis_axial", "pelvis_tilt", "pelvis_obliquity", "thorax_axial")
    out |= {name: _largest(change[name]) for name in turned}
    out["pelvis_axial_range"] = float(np.ptp(c["pelvis_axial"]))
    hold = next((p for p in rep["phases"] if p["name"] == "hold"), None)
    if hold is not None:
        held = (t >= hold["start_s"]) & (t <= hold["end_s"])
        for name in ("lumbar_flexion", "thorax_pelvis_axial"):
            out[f"{name}_held"] = _largest(c[name][held] - c[name][held][0])
    for side in SIDES:
        out[f"knee_flexion_peak_{side}"] = float(c[f"knee_flexion_{side}"].max())
        out[f"knee_in_{side}"] = _largest(change[f"knee_in_{side}"])
    for joint in ("knee", "hip", "elbow"):
        right, left = (float(c[f"{joint}_flexion_{side}"].max()) for side in SIDES)
        out[f"{joint}_asymmetry"] = right - left
    elbow = 0.5 * (c["elbow_flexion_right"] + c["elbow_flexion_left"])
    out["elbow_before_hip_end"] = float(elbow[_extended(hip)] - elbow[0])
    if isinstance(motion, ExerciseMotion) and motion.data.force is not None:
        out |= force_quantities(motion, int(rep["index"]))
    if "chest" in c:
        out["chest_rise"] = float(np.ptp(c["chest"]))
    opened = {name: float(change[name].max()) for name in c if name.startswith("dowel_gap")}
    if opened:
        out |= {**opened, "dowel_gap": max(opened.values())}
    gaps = {"gap": lag_between(motion), "arm_gap": ["thorax_axial_velocity", "upper_arm_swing_right_velocity"]}
    found = {name: _gap(links, rep) for name, links in gaps.items()}
    return out | {name: gap for name, gap in found.items() if gap is not None}


def _extended(hip: FloatArray) -> int:
    """Where the hips have all but a tenth of their extension behind them."""
    deepest = int(np.argmax(hip))
    way = hip[deepest:]
    return deepest + int(np.argmax(way <= way.min() + _FIRST_SHARE * np.ptp(way)))


def _driven(rep: Mapping[str, Any], t: FloatArray) -> slice:
    """From where a repetition is driven back up or forward to its end, or to the flight."""
    start = next((p["start_s"] for p in rep["phases"] if p["name"] in _DRIVES), rep["start_s"])
    first, last = np.searchsorted(t, (float(start), float(rep.get("take_off_s", rep["end_s"]))))
    return slice(int(min(first, t.size - 2)), int(max(last, first + 2)))


def _give(angle: FloatArray) -> float:
    """How far a curve rises again after it was lower."""
    return float((angle - np.minimum.accumulate(angle)).max())


def _begins(way: FloatArray) -> int:
    """Where a curve has made a tenth of its way from its first value to the one furthest from it."""
    far = np.abs(way - way[0])
    return int(np.argmax(far >= _FIRST_SHARE * far.max()))


def _largest(change: FloatArray) -> float:
    return float(change[int(np.argmax(np.abs(change)))])


def _gap(links: Sequence[str], rep: Mapping[str, Any]) -> float | None:
    events = rep["events"]
    if len(links) != 2 or not set(links) <= set(events):
        return None
    kind = "peak_s" if any("axial" in link for link in links) else "onset_s"
    first, second = (events[link][kind] for link in links)
    return float(second - first)


def lag_between(motion: Motion) -> list[str]:
    """The rates of the two links between which the movement's lag is planted; empty where it has none."""
    from legato.simulate.scripts import SCRIPTS

    if not isinstance(motion, ExerciseMotion):
        return list(SCRIPTS[motion.scenario.movement].gaps[0])
    lag = motion.data.lag
    return [] if lag is None else [lag.first, lag.second]


def _moved(motion: Motion, without: Motion, rep: Mapping[str, Any]) -> dict[str, float]:
    """By how much each angle differs most from the same instants without the fault, deg."""
    t = _grid(rep, _STEP_S)
    own, other = joint_angles(motion.pose(t)), joint_angles(without.pose(t))
    largest = {name: _largest(np.degrees(np.unwrap(own[name]) - np.unwrap(other[name]))) for name in own}
    return {name: x for name, x in largest.items() if abs(x) >= _TOLD_DEG}


def without_fault(motion: Motion) -> Motion:
    """The same athlete on the same day without the fault."""
    s = motion.scenario
    uneven = 0.0 if s.fault is None else s.asymmetry_deg
    return type(motion)(replace(s, fault=None, fault_size=None, asymmetry_deg=uneven))  # type: ignore[call-arg]
