"""A body from segment sensors against the exact motion that they were worn on."""

from pathlib import Path

import numpy as np
import pytest

from legato.body import build_body
from legato.body.imu_sensors import segment_of
from legato.body.model import Body
from legato.errors import BadInput
from legato.movements import find_reps, load_movement, rep_metrics
from legato.recording import Recording
from legato.simulate import Simulation, simulate, truth_angles, truth_segments
from legato.simulate.imu import SUIT, SuitErrors, standing, wear_oriented_suit, wear_suit

LEGS = SUIT[:6]


@pytest.fixture(scope="module")
def squat() -> Simulation:
    return simulate("back-squat", rate_hz=50.0, reps=3, seed=5)


@pytest.fixture(scope="module")
def thrown() -> Simulation:
    return simulate("throw", rate_hz=50.0, reps=2, seed=5)


@pytest.mark.parametrize(
    ("label", "segment"),
    [
        ("RightUpperLeg", "thigh_right"),
        ("femur_l_imu", "thigh_left"),
        ("T8", "thorax"),
        ("Sacrum", "pelvis"),
        ("Sternum", "thorax"),
        ("L_Shank", "shank_left"),
        ("right forearm", "forearm_right"),
        ("LeftUpperArm", "upper_arm_left"),
        ("hand_r", "hand_right"),
        ("LeftForeArm", "forearm_left"),
        ("thigh", None),
        ("D422CD00", None),
        ("bar", None),
    ],
)
def test_names_of_sensors_tell_their_segment(label: str, segment: str | None) -> None:
    assert segment_of(label) == segment


def _apart(body: Body, simulation: Simulation, angle: str) -> tuple[float, float]:
    """Mean and SD of an angle against the truth, degrees."""
    off = np.degrees(body.angles[angle] - truth_angles(simulation, body.times())[angle])
    return float(np.nanmean(off)), float(np.nanstd(off))


@pytest.mark.parametrize("seed", [1, 2])
def test_angles_of_a_squat_follow_the_truth_however_the_sensors_are_mounted(squat: Simulation, seed: int) -> None:
    body = build_body(wear_suit(squat, SuitErrors(any_mount=True, seed=seed), LEGS))
    assert body.source == "imu"
    for angle in ("pelvis_tilt", "thorax_pitch", "hip_flexion_right", "knee_flexion_left", "lumbar_flexion"):
        mean, spread = _apart(body, squat, angle)
        # They count from the standing posture, whose knees are bent by 9 degrees; the course itself is exact to 1.5.
        assert spread < 1.5
        assert abs(mean) < 11.0


def test_angles_do_not_depend_on_the_mounting(squat: Simulation) -> None:
    quiet = {"gyro_noise_deg_s": 0.0, "bias_deg_s": 0.0, "acc_noise_m_s2": 0.0, "acc_bias_m_s2": 0.0}
    first, other = (build_body(wear_suit(squat, SuitErrors(any_mount=True, seed=s, **quiet), LEGS)) for s in (1, 2))
    for name, angle in first.angles.items():
        assert np.degrees(angle - other.angles[name]) == pytest.approx(0.0, abs=0.3), name


def test_a_false_rate_is_taken_out_at_rest(squat: Simulation) -> None:
    body = build_body(wear_suit(squat, SuitErrors(bias_deg_s=3.0, any_mount=True), ("pelvis",)))
    assert _apart(body, squat, "pelvis_axial")[1] < 0.5
    error = body.segments["pelvis"].sensor
    assert error is not None
    assert np.degrees(error.bias_sd).min() > 0.0 and np.degrees(error.bias_sd).max() < 0.4


def test_turns_about_the_length_are_read_without_a_hinge_movement(thrown: Simulation) -> None:
    body = build_body(wear_suit(thrown, SuitErrors(any_mount=True), LEGS))
    for angle in ("pelvis_axial", "thorax_axial"):
        turned = body.angles[angle] - body.angles[angle][0]
        true = truth_angles(thrown, body.times())[angle]
        assert np.degrees(np.abs(turned - (true - true[0]))).max() < 8.0
    assert "hip_flexion_right" not in body.angles
    assert "thorax_pelvis_axial" not in body.angles
    assert any(m.startswith("which way these face") for m in body.missing)


def test_arms_are_read_where_they_were_seen_hanging(thrown: Simulation) -> None:
    errors = SuitErrors(any_mount=True)
    arms = ("thorax", "upper_arm_right")
    worn = wear_suit(thrown, errors, arms)
    alone = build_body(worn)
    assert "upper_arm_right" not in alone.segments
    assert any("whether the arms hang is not known" in m for m in alone.missing)
    stood = build_body(worn, static=standing(thrown, errors, arms))
    long = stood.segments["upper_arm_right"].rotation[:, :, 1]
    true = truth_segments(thrown, stood.times())["upper_arm_right"][:, :, 1]
    # The world's heading is free, the height of the arm's end is not: within the hang of the arms in standing.
    assert np.degrees(np.abs(np.arcsin(long[:, 2]) - np.arcsin(true[:, 2]))).max() < 15.0


def test_orientations_of_segments_are_taken_as_they_are(squat: Simulation) -> None:
    body = build_body(wear_oriented_suit(squat, SuitErrors(mount_deg=0.0, orientation_drift_deg=0.0)))
    for angle in ("knee_flexion_right", "hip_flexion_left", "lumbar_flexion", "elbow_flexion_right"):
        mean, spread = _apart(body, squat, angle)
        assert abs(mean) < 0.1 and spread < 0.2


def test_angles_of_sensors_are_no_numbers_of_a_repetition(squat: Simulation) -> None:
    body = build_body(wear_suit(squat, SuitErrors(mount_deg=0.0), LEGS))
    assert sum("drawn and not given as numbers" in note for note in body.notes) == 1
    assert any("heading counts from its own" in note for note in body.notes)
    spec = load_movement("back-squat")
    rows = rep_metrics(body, spec, find_reps(body, spec).reps)
    assert rows and all(row and "deg" not in {e.unit for e in row.values()} for row in rows)


def test_what_does_not_start_from_standing_needs_a_standing_trial(squat: Simulation) -> None:
    errors = SuitErrors(any_mount=True)
    worn = wear_suit(squat, errors, LEGS)
    with pytest.raises(BadInput, match=r"does not start from standing.*--static"):
        build_body(worn, starts_upright=False)
    body = build_body(worn, static=standing(squat, errors, LEGS), starts_upright=False)
    assert _apart(body, squat, "knee_flexion_right")[1] < 1.5


def _only(recording: Recording, *kinds: str) -> Recording:
    """The recording with those sorts of channels only."""
    streams = tuple(
        s.with_values(
            s.values[:, [k for k, c in enumerate(s.channels) if c[:3] in kinds]].copy(),
            channels=tuple(c for c in s.channels if c[:3] in kinds),
            units=tuple(u for c, u in zip(s.channels, s.units, strict=True) if c[:3] in kinds),
        )
        for s in recording.streams
    )
    return Recording(streams)


def test_rates_alone_need_a_stated_axis_and_then_give_what_they_can(thrown: Simulation) -> None:
    alone = _only(wear_suit(thrown, SuitErrors(mount_deg=0.0), ("pelvis",)), "gyr")
    with pytest.raises(BadInput, match=r"long axis of these: pelvis.*--map with \[axes\]"):
        build_body(alone)
    body = build_body(alone, mapping={"axes": {"pelvis": {"up": "+y"}}})
    assert set(body.segments) == {"pelvis"}
    turned = np.degrees(body.angles["pelvis_axial"] - truth_angles(thrown, body.times())["pelvis_axial"])
    assert np.std(turned) < 8.0
    assert "pelvis_tilt" not in body.angles


def test_a_map_names_the_sensors(thrown: Simulation, tmp_path: Path) -> None:
    worn = wear_suit(thrown, SuitErrors(), ("pelvis", "thorax"))
    coded = Recording(
        tuple(
            s.with_values(s.values.copy(), meta={"sensor": code})
            for s, code in zip(worn.streams, ("D4A1", "D4B2"), strict=True)
        )
    )
    with pytest.raises(BadInput, match="none is named after a segment"):
        build_body(coded)
    with pytest.raises(BadInput, match="name it as `legato info` does"):
        build_body(coded, mapping={"sensors": {"pelvis": "bar"}})
    streams = [s.name for s in coded.streams]
    as_info = build_body(coded, mapping={"sensors": dict(zip(("pelvis", "thorax"), streams, strict=True))})
    assert set(as_info.segments) == {"pelvis", "thorax"}
    named = tmp_path / "sensors.toml"
    named.write_text('[sensors]\npelvis = "D4A1"\nthorax = "D4B2"\n', encoding="utf-8")
    assert set(build_body(coded, mapping=named).segments) == {"pelvis", "thorax"}


@pytest.mark.parametrize(
    ("mapping", "says"),
    [
        ({"sensors": {"tail": "a"}}, "no segment is called tail"),
        ({"sensors": {"pelvis": "nobody"}}, "puts sensor nobody on the pelvis"),
        ({"axes": {"pelvis": {"up": "north"}}}, "give up and ahead"),
        ({"orientation": "body"}, "sensor.*or.*segment"),
    ],
)
def test_a_wrong_map_is_refused(thrown: Simulation, mapping: dict[str, object], says: str) -> None:
    with pytest.raises(BadInput, match=says):
        build_body(wear_suit(thrown, SuitErrors(), ("pelvis",)), mapping=mapping)


def test_gaps_are_marked_and_long_ones_stay_open(squat: Simulation) -> None:
    worn = wear_suit(squat, SuitErrors(mount_deg=0.0), LEGS)
    values = worn.streams[0].values.copy()
    values[1000:1010] = np.nan
    values[2000:2100] = np.nan
    body = build_body(Recording((worn.streams[0].with_values(values), *worn.streams[1:])))
    filled = body.segments["pelvis"].filled
    assert filled[1000:1010].all() and filled[2000:2100].all() and filled.sum() == 110
    assert np.isnan(body.angles["pelvis_tilt"][2000:2100]).all()
    assert _apart(body, squat, "pelvis_tilt")[1] < 2.0


def test_a_suit_that_never_rests_is_refused_by_name(squat: Simulation) -> None:
    worn = wear_suit(squat, SuitErrors(mount_deg=0.0), ("pelvis",))
    start = np.flatnonzero(np.abs(worn.streams[0].values[:, 3:]).max(axis=1) > 0.5)[0]
    cut = Recording((worn.streams[0].with_values(worn.streams[0].values[start : start + 80].copy()),))
    with pytest.raises(BadInput, match="never stands still"):
        build_body(cut)
