"""Every fault of every movement: how it is planted, and the number of the analysis that shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from statistics import median
from typing import Any

import numpy as np

from legato.body import build_body
from legato.body.model import Body
from legato.estimate import Estimate
from legato.evidence import Difference, difference_of_sets
from legato.movements import find_reps, load_movement, movement_ids, rep_metrics
from legato.movements.model import MetricSpec, Movement, Rep
from legato.recording import FloatArray, Recording, Stream
from legato.simulate.make import make_motion
from legato.simulate.markers import measure_markers
from legato.simulate.probe import joint_angles
from legato.simulate.scenario import Motion, scenario_for

REPS = 4


@dataclass(frozen=True)
class Sign:
    """A metric and which way a fault moves it; of sides: right less left; of a trend: its slope over repetitions.

    `settings` plant it where `Scenario.fault` does not; `other`, those of the set it is held against, if not a clean
    one.
    """

    metric: str
    way: int = 1
    kind: str = "metric"
    settings: Mapping[str, Any] = field(default_factory=dict)
    other: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Lead:
    """A gap of the chain, planted by a lag of `lag_s` (or its spread), or by the named fault."""

    first: str
    second: str
    event: str
    settings: Mapping[str, Any]
    kind: str = "gap"


NEEDS: Mapping[str, str] = {
    "brace-late": "when the trunk's muscles start: EMG",
    "brace-shrug": "the upper trapezius over its rest: EMG",
    "pec-phase-off": "where in the phase the chest works: EMG; graded N, so never a fault",
    "foot-force-off": "the force under the feet: plates",
    "ramp-unsteady": "the force against its target: plates or a load cell",
    "leak": "negative work of a joint in propulsion: forces and kinetics",
    "dowel-contact-lost": "a gap between the back and a dowel: markers on it, and none of a movement's metrics",
    "dowel-pad-off": "the load between the dowel and head, mid-back and sacrum: pads",
}
"""Faults that no body of markers shows, and what would."""

NOT_HERE: Mapping[tuple[str, str], str] = {
    ("imtp", "asymmetry"): "the force of each foot: two plates",
    ("change-of-direction", "inconsistent-transfer"): "a spread needs six cuts, and a recording holds one",
    ("gait", "inconsistent-transfer"): "impulses need plates, and no gap of a stride is timed",
    ("sprint", "inconsistent-transfer"): "impulses need plates, and no gap of a stride is timed",
}

_LUMBAR = Sign("lumbar_flexion_change")
_FLARE = Sign("lumbar_flexion_change", -1)
_TREND = Sign("lumbar_flexion_change", 1, "trend")
_KNEES = Sign("knee_flexion_peak", 0, "sides")

_ARCH = Sign("lumbar_flexion_least", -1, settings={"fault": "rib-flare", "fault_size": 30.0})

SIGNS: Mapping[str, Sign] = {
    "neutral-lost": _LUMBAR,
    "lumbar-excess": _LUMBAR,
    "lumbar-drift": _TREND,
    "rounding-under-load": _TREND,
    "rib-flare": _FLARE,
    "lumbar-extension": _ARCH,
    "shanks-tilt": Sign("shank_tilt_change_right", settings={"fault": "knee-dominant-hinge", "fault_size": 45.0}),
    "rib-flare-first": Sign("lumbar_flexion_start", -1),
    "early-lumbar": Sign("lumbar_flexion_start"),
    "stack-lost": Sign("lumbar_side_bend_range"),
    "early-side-bend": Sign("lumbar_side_bend_range"),
    "early-twist": Sign("thorax_pelvis_axial_range"),
    "hip-spin": Sign("pelvis_axial_range"),
    "knee-in": Sign("hip_adduction_peak_right"),
    "asymmetry": _KNEES,
    "excess-lean": Sign("thorax_lean_peak"),
    "knee-dominant-hinge": Sign("knee_flexion_peak_right"),
    "hips-off-bench": Sign("pelvis_rise"),
}

_PEAK, _LEAST = Sign("lumbar_flexion_peak"), Sign("lumbar_flexion_least", -1)
_PULL: Mapping[str, Sign | Lead] = {
    "neutral-lost": _PEAK,
    "lumbar-excess": _PEAK,
    "lumbar-drift": replace(_PEAK, kind="trend"),
    "rounding-under-load": replace(_PEAK, kind="trend"),
    "rib-flare": _LEAST,
    "rib-flare-first": _LEAST,
    "hips-shoot": Lead("knee", "hip", "onset", {"fault": "hips-shoot"}),
}
_FAILS = Sign("time_to_failure_s", 0, "failure")
_MIRRORED: Mapping[str, Any] = {"mirror": True}


def _order(first: str, second: str, event: str, broken_s: float, late_s: float) -> dict[str, Lead]:
    """What a lag between two links plants: a broken order, a pause between them, a spread from repetition to
    repetition.
    """
    return {
        "lost-order": Lead(first, second, event, {"lag_s": broken_s}),
        "dead-time": Lead(first, second, event, {"lag_s": late_s}),
        "inconsistent-transfer": Lead(first, second, event, {"lag_variation_s": 0.5 * abs(broken_s)}, "spread"),
    }


def _throw(broken_s: float, late_s: float) -> dict[str, Sign | Lead]:
    turn = _order("pelvis", "thorax", "peak", broken_s, late_s)
    return {**turn, "early-twist": turn["lost-order"], "hip-spin": Sign("pelvis_turn")}


_LEGS_ARMS = _order("leg", "elbow", "offset to onset", -0.20, 0.12)

OWN_SIGNS: Mapping[str, Mapping[str, Sign | Lead]] = {
    "hip-hinge": {
        "lumbar-extension": Sign("lumbar_flexion_least", -1),
        "early-lumbar": Lead("hip", "lumbar", "onset", {"lag_s": -0.08}),
        "delayed-hip": Lead("hip", "lumbar", "onset", {"lag_s": -0.08}),
    },
    "good-morning": {"early-lumbar": Lead("hip", "lumbar", "onset", {"lag_s": -0.08})},
    "kettlebell-swing": {
        **_order("hip", "shoulder", "onset", -0.10, 0.13),
        "early-arm": Lead("hip", "shoulder", "onset", {"lag_s": -0.10}),
    },
    "deadlift": {
        **_PULL,
        # The lockout of a clean pull is as extended as 16 degrees of flare on the bent back: only more shows.
        "rib-flare": replace(_LEAST, settings={"fault": "rib-flare", "fault_size": 30.0}),
        "rib-flare-first": Sign("lumbar_flexion_start", -1),
    },
    "box-lift": {**_PULL, "hips-shoot": Sign("thorax_lean_peak")},
    "clean-pull": {
        **_PULL,
        **_order("hip", "elbow", "peak to onset", -0.10, 0.20),
        "early-arm": Sign("elbow_flexion_peak_right"),
        "hips-shoot": Sign("thorax_lean_peak"),
    },
    "sit-to-stand": {
        "delayed-hip": Lead("hip", "knee", "onset", {"lag_s": 0.05}),
    },
    "push-press": {**_LEGS_ARMS, "early-arm": Lead("leg", "elbow", "offset to onset", {"fault": "early-arm"})},
    "jerk": {
        **_LEGS_ARMS,
        "early-arm": Lead("leg", "elbow", "offset to onset", {"fault": "early-arm"}),
        "asymmetry": Sign("dip_knee_flexion", 0, "sides"),
    },
    "countermovement-jump": _order("hip", "knee", "onset", -0.05, 0.10),
    "squat-jump": _order("hip", "knee", "onset", -0.05, 0.10),
    "drop-jump": _order("hip", "knee", "onset", -0.05, 0.08),
    "bench-press": {
        **_order("leg", "press", "onset", -0.15, 0.35),
        "asymmetry": Sign("elbow_flexion_peak", 0, "sides"),
    },
    "lunge": {
        "knee-in": Sign("hip_adduction_working"),
        "asymmetry": Sign("knee_flexion_working", -1, other=_MIRRORED),
    },
    "single-leg-deadlift": {"asymmetry": Sign("hip_flexion_working", -1, other=_MIRRORED)},
    "step-up": {"knee-in": Sign("hip_adduction_working"), "tempo-off": Sign("eccentric_s")},
    "glute-bridge": {
        "lumbar-excess": Sign("lumbar_flexion_range"),
        "asymmetry": Sign("hip_flexion_range", 0, "sides"),
    },
    "anti-rotation-goblet-squat": {"ribcage-drift": Sign("thorax_axial_range")},
    "bird-dog": {"pelvis-motion": Sign("pelvis_tilt"), "hip-spin": Sign("pelvis_turn")},
    "dead-bug": {"pelvis-motion": Sign("pelvis_tilt"), "rib-flare": Sign("lumbar_flexion_range")},
    "clamshell": {"pelvis-motion": Sign("pelvis_roll")},
    "cat-cow": {"tempo-off": Sign("hollow_s")},
    "thoracic-rotation": {
        "pelvis-motion": Sign("pelvis_motion"),
        "ribcage-drift": Sign("lumbar_side_bend_range"),
    },
    "diaphragmatic-breathing": {"rib-flare": Sign("abdominal_share", -1)},
    "leg-press": {"lumbar-excess": Sign("pelvis_tuck")},
    "push-up": {"neutral-lost": Sign("trunk_line_range_right"), "ribcage-drift": Sign("thorax_pelvis_axial_range")},
    "row": {"neutral-lost": Sign("lumbar_flexion_range")},
    "farmer-carry": {
        "neutral-lost": Sign("lumbar_flexion_mean"),
        "stack-lost": Sign("lumbar_side_bend_mean"),
    },
    "suitcase-carry": {
        "early-side-bend": Sign("lumbar_side_bend_mean"),
        "ribcage-drift": Sign("thorax_pelvis_axial_mean"),
    },
    "sprint": {"early-side-bend": Sign("lumbar_side_bend_mean")},
    "throw": {**_throw(-0.06, 0.12), "early-arm": Lead("pelvis", "upper_arm", "peak", {"fault": "early-arm"}, "links")},
    # a thorax much earlier than this throws before the pelvis is at its fastest
    "tennis-serve": _throw(-0.05, 0.09),
    "golf-swing": _throw(-0.09, 0.09),
    "med-ball-throw": _throw(-0.05, 0.09),
    "pallof-press": {"hold-fail": _FAILS, "ribcage-drift": _FAILS},
    "sorensen-hold": {"hold-fail": _FAILS},
}
"""What shows a fault in one movement, where it is not what `SIGNS` says."""


def why_not(movement: str, fault: str) -> str:
    """What the fault needs that a body of markers does not give; empty where it is shown."""
    return NOT_HERE.get((movement, fault), NEEDS.get(fault, ""))


def sign_of(movement: str, fault: str) -> Sign | Lead | None:
    """What shows the fault in the movement; None where nothing does."""
    if why_not(movement, fault):
        return None
    return OWN_SIGNS.get(movement, {}).get(fault) or SIGNS.get(fault)


def listed() -> list[tuple[str, str]]:
    """Every movement with each of its faults."""
    return [(movement, fault) for movement in movement_ids() for fault in load_movement(movement).faults]


@dataclass(frozen=True)
class Trial:
    """One simulated set, analysed."""

    motion: Motion
    body: Body
    movement: Movement
    reps: tuple[Rep, ...]
    side: str
    rows: tuple[dict[str, Estimate], ...]


@cache
def _trial(movement: str, settings: tuple[tuple[str, Any], ...]) -> Trial:
    scenario = scenario_for(movement, **dict(settings))
    motion = make_motion(scenario)
    track = measure_markers(motion)
    units = ("m",) * len(track.names)
    stream = Stream("markers", "markers", track.positions, scenario.rate_hz, track.names, units)
    recording, spec = Recording(streams=(stream,)), load_movement(movement)
    body = build_body(recording, starts_upright=spec.upright_start)
    found = find_reps(body, spec, recording)
    return Trial(motion, body, spec, found.reps, found.side, rep_metrics(body, spec, found.reps))


def trials(movement: str, seed: int, **settings: Any) -> tuple[Trial, ...]:
    """A simulated set of a movement, analysed; three of a change of direction, which a recording holds once."""
    usual: dict[str, Any] = {"reps": REPS, "rate_hz": 100.0, "rep_variation": 0.08, "seed": seed, **settings}
    seeds = (seed, seed + 10, seed + 20) if movement == "change-of-direction" else (seed,)
    return tuple(_trial(movement, tuple(sorted({**usual, "seed": one}.items()))) for one in seeds)


def column(found: Sequence[Trial], name: str) -> list[Estimate]:
    """A metric in every whole repetition that has it."""
    return [
        row[name] for one in found for rep, row in zip(one.reps, one.rows, strict=True) if rep.complete and name in row
    ]


def planting(fault: str, sign: Sign | Lead) -> dict[str, Any]:
    """The settings that plant a fault."""
    return dict(sign.settings) or {"fault": fault}


def difference(clean: Sequence[Trial], faulty: Sequence[Trial], name: str) -> Difference:
    """The metric in a faulty set less that in a clean one; what each placement of the markers adds to an angle or a
    length is in the interval.
    """
    first, second = column(clean, name), column(faulty, name)
    placed = 0.0 if first[0].unit == "s" else 1.0
    one, two = (median(e.half_width for e in part) for part in (first, second))
    fixed = placed * float(np.hypot(one, two))
    return difference_of_sets([e.value for e in first], [e.value for e in second], paired=False, fixed=fixed)


def true_values(found: Sequence[Trial], name: str) -> list[float]:
    """A metric of each whole repetition on the exact motion, in the stretch that the analysis took, in its unit."""
    own = next((side for side in ("right", "left") if name.endswith(f"_{side}")), "")
    spec = next(
        m for m in found[0].movement.metrics if m.name == name or (own and m.name == name.removesuffix(f"_{own}"))
    )
    return [_true_value(one, rep, spec, own or rep.side) for one in found for rep in one.reps if rep.complete]


def _true_value(trial: Trial, rep: Rep, spec: MetricSpec, side: str) -> float:
    span = rep.phase(spec.within)
    assert span is not None
    if spec.unit == "s":
        return span.duration_s
    t = np.linspace(span.start_s, span.end_s, 400)
    if spec.kind == "share":
        parts = [_exact(trial.motion, t, name, "") for name in (spec.signal, spec.against)]
        own, other = (float(x.max() - x[0]) for x in parts)
        return own / (own + other)
    signal = _exact(trial.motion, t, spec.signal, side if spec.side in ("both", "own") else "")
    if spec.kind in ("change", "value_at"):
        at = rep.start_s if spec.at == "start" else rep.marks[spec.at]
        return float(np.interp(at, t, signal) - (signal[0] if spec.kind == "change" else 0.0))
    kinds = {
        "peak": signal.max,
        "trough": signal.min,
        "mean": signal.mean,
        "largest_size": np.abs(signal).max,
        "range": lambda: signal.max() - signal.min(),
    }
    return float(kinds[spec.kind]())


def _exact(motion: Motion, t: FloatArray, signal: str, side: str) -> FloatArray:
    pose = motion.pose(t)
    if signal.endswith("_depth"):
        marker = {"belly": "BELLY", "chest": "STRN"}[signal.removesuffix("_depth")]
        return pose.skin[marker].sum(axis=1)
    if signal.endswith("_roll"):
        across = pose.rotation[signal.removesuffix("_roll")]
        return np.degrees(np.unwrap(np.arctan2(across[:, 2, 0], across[:, 2, 2])))
    if signal in ("pelvis_axial", "thorax_axial"):
        # the heading of the axis from left to right, as in `legato.body`; the truth's own is that of the front
        to_right = pose.rotation[signal.removesuffix("_axial")][:, :, 2]
        return np.degrees(np.unwrap(np.arctan2(to_right[:, 0], -to_right[:, 1])))
    name = f"{signal}_{side}" if side else signal
    if signal.endswith("_height"):
        return pose.point[signal.removesuffix("_height")][:, 2]
    angles = joint_angles(pose)
    if signal == "trunk_over_shank":
        shanks = 0.5 * (angles["shank_pitch_right"] + angles["shank_pitch_left"])
        return np.degrees(angles["thorax_pitch"] - shanks)
    return np.degrees(np.unwrap(angles[name]))
