"""An invented analysis to report on: a squatting or throwing stick figure with events, gaps and verdicts."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from legato.analysis import Analysis, Settings
from legato.body.model import Body
from legato.chain.model import ChainResult, GapResult, LinkEvent, LinkResult, OrderResult, RepGap
from legato.chain.muscle_windows import MuscleEvidence
from legato.chain.windows import judge_windows
from legato.estimate import Estimate
from legato.movements import load_movement
from legato.movements.channels import Quality
from legato.movements.model import Phase, Rep
from legato.recording import FloatArray, InputFile, Offset, Recording, Stream

from .muscle_records import emg_alone, press_muscles

BONES = (
    ("ankle_right", "knee_right"),
    ("knee_right", "hip_right"),
    ("ankle_right", "toe_right"),
    ("ankle_right", "heel_right"),
    ("ankle_left", "knee_left"),
    ("knee_left", "hip_left"),
    ("ankle_left", "toe_left"),
    ("ankle_left", "heel_left"),
    ("hip_right", "hip_left"),
    ("pelvis", "neck"),
    ("neck", "head"),
    ("shoulder_right", "shoulder_left"),
    ("shoulder_right", "elbow_right"),
    ("elbow_right", "wrist_right"),
    ("shoulder_left", "elbow_left"),
    ("elbow_left", "wrist_left"),
)


def _bump(times: FloatArray, centre: float, width: float) -> FloatArray:
    return np.exp(-0.5 * ((times - centre) / width) ** 2)


def _figure(
    knee: FloatArray, lean: FloatArray, pelvis_turn: FloatArray, thorax_turn: FloatArray
) -> dict[str, FloatArray]:
    """Points of a stick figure that faces +x, from knee flexion, forward lean and turns, rad."""
    n = knee.shape[0]

    def vector(x: FloatArray | float, y: FloatArray | float, z: FloatArray | float) -> FloatArray:
        return np.stack([np.broadcast_to(v, (n,)) for v in (x, y, z)], axis=1).astype(np.float64)

    def across(turn: FloatArray, half: float) -> FloatArray:
        return vector(half * np.sin(turn), -half * np.cos(turn), 0.0)

    shank = 0.42 * knee
    thigh = knee - shank
    points: dict[str, FloatArray] = {}
    points["pelvis"] = vector(
        0.43 * np.sin(shank) - 0.42 * np.sin(thigh), 0.0, 0.08 + 0.43 * np.cos(shank) + 0.42 * np.cos(thigh)
    )
    points["neck"] = points["pelvis"] + vector(0.52 * np.sin(lean), 0.0, 0.52 * np.cos(lean))
    points["head"] = points["neck"] + vector(0.2 * np.sin(0.5 * lean), 0.0, 0.2 * np.cos(0.5 * lean))
    for side, sign in (("right", 1.0), ("left", -1.0)):
        points[f"hip_{side}"] = points["pelvis"] + across(pelvis_turn, 0.1 * sign)
        foot = vector(0.0, -0.15 * sign, 0.08)
        points[f"ankle_{side}"] = foot
        points[f"knee_{side}"] = foot + vector(0.43 * np.sin(shank), -0.03 * sign, 0.43 * np.cos(shank))
        points[f"toe_{side}"] = foot + vector(0.18, -0.03 * sign, -0.06)
        points[f"heel_{side}"] = foot + vector(-0.06, 0.0, -0.06)
        points[f"shoulder_{side}"] = points["neck"] + across(thorax_turn, 0.18 * sign) + vector(0.0, 0.0, -0.04)
        points[f"elbow_{side}"] = (
            points[f"shoulder_{side}"] + across(thorax_turn, 0.1 * sign) + vector(-0.02, 0.0, -0.26)
        )
        points[f"wrist_{side}"] = points[f"elbow_{side}"] + vector(0.08, 0.0, 0.24)
    return points


def _squat_body(times: FloatArray, bottoms: FloatArray, rate_hz: float) -> Body:
    depth = sum(np.radians(104.0 + 2.0 * i) * _bump(times, b, 0.42) for i, b in enumerate(bottoms))
    knee = np.asarray(depth) + 0.03
    lean = 0.36 * np.asarray(sum(_bump(times, b + 0.03, 0.45) for b in bottoms)) + 0.04
    still = np.zeros_like(times)
    angles = {
        "hip_flexion_right": 0.92 * knee,
        "hip_flexion_left": 0.9 * knee,
        "knee_flexion_right": knee,
        "knee_flexion_left": 0.97 * knee,
        "ankle_dorsiflexion_right": 0.3 * knee,
        "ankle_dorsiflexion_left": 0.29 * knee,
        "lumbar_flexion": 0.12 * knee,
        "thorax_pitch": lean,
        "thorax_pelvis_axial": 0.02 * np.sin(times),
        "pelvis_tilt": -0.1 * knee,
    }
    angles["lumbar_flexion"] = angles["lumbar_flexion"].copy()
    angles["lumbar_flexion"][200:215] = np.nan
    return _body(rate_hz, angles, _figure(knee, lean, still, still))


def _throw_body(times: FloatArray, peaks: FloatArray, rate_hz: float, gap: float) -> Body:
    def turned(shift: float, width: float, size: float) -> FloatArray:
        rate = np.asarray(sum(_bump(times, p + shift, width) - _bump(times, p + 1.2, 2.0 * width) / 2.0 for p in peaks))
        return np.cumsum(rate) / rate_hz * size - 0.6

    pelvis, thorax = turned(0.0, 0.05, 11.0), turned(gap, 0.045, 14.0)
    knee = 0.25 + 0.3 * np.asarray(sum(_bump(times, p - 0.15, 0.2) for p in peaks))
    angles = {
        "thorax_pelvis_axial": thorax - pelvis,
        "pelvis_axial": pelvis,
        "thorax_axial": thorax,
        "knee_flexion_right": knee,
        "knee_flexion_left": 0.8 * knee,
        "elbow_flexion_right": 1.6 - 0.2 * thorax,
    }
    return _body(rate_hz, angles, _figure(knee, 0.1 + 0.0 * knee, pelvis, thorax))


def _body(rate_hz: float, angles: Mapping[str, FloatArray], points: Mapping[str, FloatArray]) -> Body:
    n = next(iter(angles.values())).shape[0]
    filled = {name: np.zeros(n, dtype=np.bool_) for name in (*angles, *points)}
    filled["knee_flexion_left"][100:140] = True
    return Body(
        rate_hz=rate_hz,
        start_s=0.0,
        n_frames=n,
        source="markers",
        marker_set="plug-in-gait",
        segments={},
        angles=angles,
        points=points,
        filled=filled,
        bones=BONES,
        missing=("hand_left",),
        notes=("Head: 3 of 4 markers were seen.",),
    )


def _reps(centres: FloatArray, half: float, names: tuple[str, str], mark: str) -> tuple[Rep, ...]:
    return tuple(
        Rep(
            index=i,
            start_s=float(c) - half,
            end_s=float(c) + half,
            complete=True,
            phases=(
                Phase(name=names[0], start_s=float(c) - half, end_s=float(c)),
                Phase(name=names[1], start_s=float(c), end_s=float(c) + half),
            ),
            marks={mark: float(c)},
        )
        for i, c in enumerate(centres)
    )


def _chain(
    reps: tuple[Rep, ...],
    mark: str,
    links: tuple[tuple[str, str], ...],
    event: str,
    gap_s: float,
    half_s: float,
    band: tuple[float | None, float | None],
    verdict: Any,
    grade: str,
    source: str,
    reason: str,
) -> ChainResult:
    wobble = 0.25 * half_s * np.sin(1.7 * np.arange(len(reps)) + 0.4)
    results: list[LinkResult] = []
    for k, (name, quantity) in enumerate(links):
        events: list[LinkEvent] = []
        for i, rep in enumerate(reps):
            time = rep.marks[mark] + k * (gap_s + float(wobble[i]))
            value = Estimate.symmetric(420.0 + 180.0 * k + 9.0 * i, 14.0, "deg/s")
            events.append(LinkEvent(rep.index, Estimate.symmetric(time, 0.7 * half_s, "s"), value))
        results.append(LinkResult(name, quantity, event, tuple(events)))
    if len(reps) > 3:
        kept = list(results[-1].per_rep)
        kept[3] = LinkEvent(
            kept[3].rep, None, None, "two peaks of equal height within 30 ms; a higher frame rate would tell them apart"
        )
        results[-1] = dataclasses.replace(results[-1], per_rep=tuple(kept))
    per_rep = tuple(
        RepGap(rep.index, None, "an event of the pair was refused")
        if i == 3
        else RepGap(rep.index, Estimate.symmetric(gap_s + float(wobble[i]), half_s, "s"))
        for i, rep in enumerate(reps)
    )
    n = sum(1 for r in per_rep if r.gap_s is not None)
    gap = GapResult(
        links[0][0],
        links[1][0],
        event,
        links[1][1],
        True,
        band,
        source,
        grade,
        per_rep,
        Estimate.symmetric(gap_s, 0.6 * half_s, "s"),
        n,
        verdict,
        None,
        reason,
    )
    other = dataclasses.replace(
        gap,
        event="onset",
        primary=False,
        per_rep=tuple(RepGap(r.index, None, "the onset is drowned in noise") for r in reps),
        set_s=None,
        n=0,
        verdict="not-resolvable",
        reason="no onset could be timed; a rate of 200 Hz or more would resolve it",
    )
    order = OrderResult(
        tuple(name for name, _ in links), tuple(name for name, _ in links), Estimate(0.8, 0.42, 0.96, unit=""), 0.6, n=n
    )
    return ChainResult(tuple(results), (gap, other), order, ("Rep 4 was left out of the set.",))


def build_squat(**changes: Any) -> Analysis:
    """A set of five squats, hip and knee turning together, inside the band."""
    rate = 100.0
    times = np.arange(1500) / rate
    bottoms = np.array([1.9, 4.6, 7.3, 10.0, 12.8])
    reps = _reps(bottoms, 1.15, ("descent", "ascent"), "bottom")
    chain = _chain(
        reps,
        "bottom",
        (("hip", "hip_flexion_velocity"), ("knee", "knee_flexion_velocity")),
        "zero",
        0.012,
        0.024,
        (-0.046, 0.046),
        "ok",
        "C",
        "McKean 2010, n = 28",
        "the whole interval lies inside the band",
    )
    metrics = tuple(
        {
            "bottom_s": Estimate.symmetric(float(b), 0.012, "s"),
            "knee_flexion_peak_right": Estimate.symmetric(104.0 + 2.0 * i, 1.1, "deg"),
            "knee_flexion_peak_left": Estimate(101.0 + 2.0 * i, 99.6 + 2.0 * i, 103.9 + 2.0 * i, unit="deg"),
            "hip_flexion_peak_right": Estimate.symmetric(np.radians(96.0 + 2.0 * i), 0.02, "rad"),
            "mean_velocity": Estimate.symmetric(0.61 - 0.02 * i, 0.012, "m/s"),
        }
        for i, b in enumerate(bottoms)
    )
    return _analysis("back-squat", _squat_body(times, bottoms, rate), reps, metrics, chain, changes)


def build_throw(gap_s: float = -0.038, **changes: Any) -> Analysis:
    """Five throws in which the thorax peaks before the pelvis, which is a fault."""
    rate = 250.0
    times = np.arange(3750) / rate
    peaks = np.array([1.5, 4.3, 7.1, 9.9, 12.7])
    reps = _reps(peaks, 0.6, ("forward", "follow"), "release")
    chain = _chain(
        reps,
        "release",
        (("pelvis", "pelvis_axial_velocity"), ("thorax", "thorax_axial_velocity")),
        "peak",
        gap_s,
        0.013,
        (0.0, None),
        "fault",
        "B",
        "Serrien 2018, review of 14",
        "the whole interval lies outside the band",
    )
    metrics = tuple({"x_factor_stretch": Estimate.symmetric(11.0 + i, 2.3, "deg")} for i in range(len(reps)))
    return _analysis("throw", _throw_body(times, peaks, rate, gap_s), reps, metrics, chain, changes)


def build_press(
    reps: int = 12,
    lag_s: float = 0.064,
    spread_s: float = 0.012,
    refused: Sequence[tuple[int, str]] = (),
    *,
    judged: bool = False,
) -> Analysis:
    """A set of presses with EMG of thigh and chest; a gap of the chain is judged only where it is asked for."""
    squat = build_squat()
    bottoms = np.asarray(1.9 + 2.7 * np.arange(reps), dtype=np.float64)
    duration_s = 2.7 * reps + 1.5
    body = _squat_body(np.arange(round(duration_s * 100.0)) / 100.0, bottoms, 100.0)
    timed = _reps(bottoms, 1.15, ("lower", "press"), "bottom")
    movement = load_movement("bench-press")
    assert squat.chain is not None
    verdict = "ok" if judged else "not-resolvable"
    gaps = tuple(dataclasses.replace(gap, verdict=verdict) for gap in squat.chain.gaps)
    muscles = press_muscles(bottoms.tolist(), duration_s, lag_s, spread_s, refused)
    windows = judge_windows(movement.windows, gaps, MuscleEvidence(muscles, (), timed, {}, 0.9))
    return dataclasses.replace(
        squat,
        movement=movement,
        body=body,
        reps=timed,
        rep_metrics=({},) * reps,
        chain=dataclasses.replace(squat.chain, gaps=gaps, windows=windows),
        muscles=muscles,
    )


def _analysis(
    movement_id: str, body: Body, reps: tuple[Rep, ...], metrics: Any, chain: ChainResult, changes: Mapping[str, Any]
) -> Analysis:
    markers = Stream(
        "markers", "markers", np.zeros((body.n_frames, 3, 3)), body.rate_hz, ("RASI", "LASI", "SACR"), ("m", "m", "m")
    )
    recording = Recording(
        streams=(markers,),
        inputs=(InputFile("trials/day <1>/set.c3d", "ab" * 32, "c3d", ("markers",)),),
        offsets=(Offset("markers", 0.0, 0.0, "one file"),),
    )
    movement = load_movement(movement_id)
    chain = dataclasses.replace(chain, windows=judge_windows(movement.windows, chain.gaps))
    fields: dict[str, Any] = {
        "recording": recording,
        "movement": movement,
        "movement_given": True,
        "movement_probability": None,
        "body": body,
        "reps": reps,
        "rep_driver": "pelvis_height",
        "rep_metrics": metrics,
        "chain": chain,
        "quality": (
            Quality(stream="markers", channel="RASI", usable=True, reasons=()),
            Quality(stream="markers", channel="SACR", usable=False, reasons=("never seen in this recording",)),
        ),
        "settings": Settings(mass_kg=80.0),
        "corrections": (),
        "notes": ("Axes: y was up in the file.",),
        "findings": (),
        "version": "0.1.0",
    }
    return Analysis(**(fields | dict(changes)))


@pytest.fixture
def squat() -> Analysis:
    return build_squat()


@pytest.fixture
def throw() -> Analysis:
    return build_throw()


@pytest.fixture
def press() -> Analysis:
    return build_press()


@pytest.fixture
def make_press() -> Callable[..., Analysis]:
    return build_press


@pytest.fixture
def make_throw() -> Callable[..., Analysis]:
    return build_throw


@pytest.fixture
def alone(press: Analysis) -> Callable[..., Analysis]:
    """The presses with nothing but their electrodes; `marked` by hand, or one stretch."""

    def build(*, marked: bool, lags: bool = True, movement: str = "back-squat") -> Analysis:
        return emg_alone(press, marked=marked, lags=lags, movement=movement)

    return build
