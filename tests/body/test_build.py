"""Bodies built from simulated markers, against the exact truth of the simulation."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from legato.body import build_body
from legato.body.model import Body
from legato.errors import BadInput
from legato.recording import Event, FloatArray, Recording, RepTable, Stream
from legato.simulate import Simulation, truth_angles, truth_segments

from .conftest import changed, without

Trial = Callable[..., Simulation]

MEDIAL = ("KNM", "MED", "MEP", "THI2", "TIB2")
JUDGED = (
    "knee_flexion_right", "knee_flexion_left", "hip_flexion_right", "hip_flexion_left",
    "lumbar_flexion", "lumbar_side_bend", "thorax_pelvis_axial",
)  # fmt: skip


def off_by(body: Body, simulation: Simulation, name: str) -> FloatArray:
    """Measured minus true angle, deg."""
    return np.degrees(body.angles[name] - truth_angles(simulation, body.times())[name])


@pytest.mark.parametrize("movement", ["back-squat", "hip-hinge", "bench-press", "throw"])
def test_knee_hip_and_trunk_are_true_to_a_degree(trial: Trial, movement: str) -> None:
    simulation = trial(movement, seed=1, reps=3)
    body = build_body(simulation.recording)
    for name in JUDGED:
        error = off_by(body, simulation, name)
        # 1 mm of noise and 1 mm of wobble in four pelvis markers 0.1 m off the axis leave 0.5 to 0.8 deg in a frame.
        assert abs(error.mean()) < 0.25, name
        assert np.sqrt(np.mean(error**2)) < 1.0, name


@pytest.mark.parametrize("movement", ["back-squat", "throw"])
def test_without_medial_markers_the_movement_itself_shows_the_axes(trial: Trial, movement: str) -> None:
    simulation = trial(movement, seed=1, reps=3)
    body = build_body(without(simulation.recording, *MEDIAL))
    for name in JUDGED:
        error = off_by(body, simulation, name)
        assert abs(error.mean()) < 1.0, name
        assert np.sqrt(np.mean(error**2)) < 1.5, name


def test_exact_markers_give_exact_poses(trial: Trial) -> None:
    simulation = trial("back-squat", seed=2, reps=1, noise_m=0.0, wobble_m=0.0, rate_hz=100.0)
    body = build_body(simulation.recording)
    truth = truth_segments(simulation, body.times())
    for name in ("pelvis", "thorax", "thigh_right", "thigh_left", "shank_right", "upper_arm_left"):
        segment = body.segments[name]
        between = np.einsum("nji,njk->nik", truth[name], segment.rotation)
        turn = np.degrees(np.arccos(np.clip((np.trace(between, axis1=1, axis2=2) - 1.0) / 2.0, -1.0, 1.0)))
        # Rounding of the arccosine near zero is 1e-6 deg; the C3D-free path holds nothing else.
        assert turn.max() < 0.01, name
        assert np.nanmax(np.abs(segment.residual_m)) < 1e-6, name


def test_segments_are_unfiltered_and_their_residuals_hold_the_noise(trial: Trial) -> None:
    quiet, noisy = (
        build_body(trial("back-squat", seed=3, reps=2, noise_m=noise, wobble_m=0.0).recording).segments["pelvis"]
        for noise in (0.0005, 0.002)
    )
    for segment, noise in ((quiet, 0.0005), (noisy, 0.002)):
        markers = len(segment.markers)
        # A rigid fit takes 6 of the 3 M coordinates' freedoms.
        expected = noise * np.sqrt((3 * markers - 6) / (3 * markers))
        assert np.sqrt(np.nanmean(segment.residual_m**2)) == pytest.approx(expected, rel=0.05)


def test_swapped_labels_and_lost_markers_leave_no_wild_angle(trial: Trial) -> None:
    for movement in ("back-squat", "throw"):
        simulation = trial(movement, seed=3, reps=4, swap_labels=6, occlusion=0.05)
        body = build_body(simulation.recording)
        assert any("swapped" in note for note in body.notes)
        for name in JUDGED:
            error = off_by(body, simulation, name)
            seen = np.isfinite(error)
            assert seen.mean() > 0.98, name
            # Fewer markers in a frame, more noise in it; a swap that got through would be 30 deg or more.
            assert np.abs(error[seen]).max() < 8.0, name
            assert np.sqrt(np.mean(error[seen] ** 2)) < 1.2, name


def test_filled_frames_are_marked_and_long_gaps_stay_open(trial: Trial) -> None:
    simulation = trial("back-squat", seed=4, reps=2, rate_hz=100.0)

    def hide(stream: Stream) -> Stream:
        values = stream.values.copy()
        pelvis = [i for i, name in enumerate(stream.channels) if name[1:] in ("ASI", "PSI")]
        values[100:115, pelvis[:2]] = np.nan
        values[200:260, pelvis[:2]] = np.nan
        values[300, pelvis[0]] = np.nan
        return stream.with_values(values)

    body = build_body(changed(simulation.recording, hide))
    assert body.filled["pelvis_tilt"][100:115].all()
    assert np.isfinite(body.angles["pelvis_tilt"][100:115]).all()
    assert np.isnan(body.angles["pelvis_tilt"][200:260]).all()
    assert not body.filled["pelvis_tilt"][200:260].any()
    # Three of four markers are a pose; nothing there leans on filled samples.
    assert np.isfinite(body.angles["pelvis_tilt"][300]) and not body.filled["pelvis_tilt"][300]
    assert body.filled["hip_flexion_right"][100:115].all() and body.filled["pelvis"][100:115].all()
    assert np.isnan(body.segments["pelvis"].residual_m[300]).any()
    event = replace(changed(simulation.recording, hide), events=(Event("contact", 1.05),))
    assert np.isnan(build_body(event).angles["pelvis_tilt"][100:115]).all()


def test_a_marker_that_drops_out_does_not_make_its_segment_jump(trial: Trial) -> None:
    simulation = trial("back-squat", seed=5, reps=2, noise_m=0.0, wobble_m=0.004, rate_hz=100.0)

    def hide(stream: Stream) -> Stream:
        values = stream.values.copy()
        values[150:200, stream.channels.index("T10")] = np.nan
        return stream.with_values(values)

    whole = build_body(simulation.recording).angles["thorax_pitch"]
    holed = build_body(changed(simulation.recording, hide)).angles["thorax_pitch"]
    step = np.degrees(np.abs(np.diff(holed) - np.diff(whole)))
    # 4 mm of wobble at 0.2 m from the centre would make steps of 0.3 deg and more without the bridge.
    assert step[149] < 0.08 and step[199] < 0.08


def test_a_standing_trial_brings_the_medial_markers(trial: Trial) -> None:
    simulation = trial("throw", seed=1, reps=3)
    standing = trial("back-squat", seed=1, reps=1, rate_hz=100.0)
    still = changed(standing.recording, lambda s: s.with_values(s.values[:50].copy()))
    moving = without(simulation.recording, *MEDIAL)
    alone, helped = build_body(moving), build_body(moving, static=still)
    assert any("no medial marker" in note for note in alone.notes)
    assert not any("no medial marker" in note for note in helped.notes)
    for side in ("right", "left"):
        assert abs(off_by(helped, simulation, f"knee_flexion_{side}").mean()) < 0.5
    with pytest.raises(BadInput, match="static trial holds no markers"):
        build_body(moving, static=Recording())
    with pytest.raises(
        BadInput, match=r"static trial moves: markers of pelvis, trunk and legs come nearer .* [2-6]\d cm"
    ):
        build_body(moving, static=standing.recording)
    renamed = changed(still, lambda s: replace(s, channels=tuple(f"{label}X" for label in s.channels)))
    with pytest.raises(BadInput, match="static trial has 0 of the trial's markers"):
        build_body(moving, static=renamed)


def test_a_standing_trial_may_sway_and_breathe(trial: Trial) -> None:
    """A degree of lean of the whole body, and 5 mm of each marker."""
    still = changed(
        trial("back-squat", seed=1, reps=1, rate_hz=100.0).recording, lambda s: s.with_values(s.values[:100])
    )
    rng = np.random.default_rng(3)

    def sway(stream: Stream) -> Stream:
        lean = np.radians(np.sin(np.linspace(0.0, 6.0, len(stream.values))))[:, None]
        values = stream.values + rng.normal(0.0, 0.005, stream.values.shape)
        values[..., 0] += np.sin(lean) * stream.values[..., 2]
        return stream.with_values(values)

    assert build_body(trial("back-squat", seed=1, reps=1).recording, static=changed(still, sway)).angles


def test_what_is_missing_and_what_it_costs_is_listed(trial: Trial) -> None:
    body = build_body(without(trial("back-squat", seed=1, reps=3).recording, "RANK", "RMED", "RTIB", "RTIB2"))
    assert "marker RANK" in body.missing
    assert any("segment shank_right: no knee_flexion_right" in line for line in body.missing)
    assert "knee_flexion_right" not in body.angles and "knee_flexion_left" in body.angles


def test_two_markers_a_limb_still_give_its_flexion(trial: Trial) -> None:
    simulation = trial("back-squat", seed=1, reps=3)
    body = build_body(without(simulation.recording, *MEDIAL, "THI", "TIB"))
    assert any("thigh_right: only its line is known" in line for line in body.missing)
    assert "thigh_right" not in body.segments
    for side in ("right", "left"):
        # The turn about the thigh is borrowed from the pelvis, off by the toes' 10 to 20 deg.
        assert np.sqrt(np.mean(off_by(body, simulation, f"knee_flexion_{side}") ** 2)) < 4.0


def test_keypoints_alone_make_a_body(trial: Trial) -> None:
    simulation = trial("back-squat", seed=1, reps=3)
    full = build_body(simulation.recording)
    names = {"Neck": "neck", "midHip": "pelvis"}
    for side, letter in (("right", "R"), ("left", "L")):
        names |= {f"{letter}{n}": f"{p}_{side}" for n, p in (
            ("Shoulder", "shoulder"), ("Elbow", "elbow"), ("Wrist", "wrist"), ("Hip", "hip"), ("Knee", "knee"),
            ("Ankle", "ankle"), ("BigToe", "toe"), ("Heel", "heel"))}  # fmt: skip
    values = np.stack([full.points[point] for point in names.values()], axis=1)
    stream = Stream("keypoints", "markers", values, full.rate_hz, tuple(names), ("m",) * len(names))
    body = build_body(Recording(streams=(stream,)))
    assert body.marker_set == "body-25"
    for side in ("right", "left"):
        apart = np.degrees(body.angles[f"knee_flexion_{side}"] - full.angles[f"knee_flexion_{side}"])
        assert np.sqrt(np.mean(apart**2)) < 4.0
    assert "lumbar_flexion" not in body.angles
    assert any("no iliac spines" in note for note in body.notes)


def test_a_map_makes_strangers_known(trial: Trial, tmp_path: Path) -> None:
    simulation = trial("back-squat", seed=1, reps=3)
    wanted = {"RASI": "asis_right", "LASI": "asis_left", "RPSI": "psis_right", "LPSI": "psis_left",
              "RKNE": "knee_lateral_right",
              "RKNM": "knee_medial_right", "RANK": "ankle_lateral_right", "RMED": "ankle_medial_right"}  # fmt: skip

    def rename(stream: Stream) -> Stream:
        return replace(stream, channels=tuple(f"Unlabeled {i}" for i in range(len(stream.channels))))

    channels = simulation.recording.of_kind("markers")[0].channels
    strange = changed(simulation.recording, rename)
    with pytest.raises(BadInput, match="--map"):
        build_body(strange)
    path = tmp_path / "map.toml"
    lines = [f'{name} = "Unlabeled {channels.index(label)}"' for label, name in wanted.items()]
    path.write_text("[landmarks]\n" + "\n".join(lines) + "\n", encoding="utf-8")
    body = build_body(strange, mapping=path)
    known = build_body(simulation.recording)
    for name in ("pelvis_tilt", "knee_flexion_right"):
        assert np.sqrt(np.mean(np.degrees(body.angles[name] - known.angles[name]) ** 2)) < 0.7
    assert "knee_flexion_left" not in body.angles


def test_a_recording_without_movement_data_is_refused() -> None:
    emg = Stream("emg", "emg", np.zeros((10, 1)), 1000.0, ("VL",), ("V",))
    with pytest.raises(BadInput, match="holds emg, but neither markers nor joint angles"):
        build_body(Recording(streams=(emg,)))


def test_a_single_frame_and_a_list_of_repetitions_are_refused() -> None:
    still = Stream("markers", "markers", np.ones((1, 2, 3)), 100.0, ("RKNE", "LKNE"), ("m", "m"))
    with pytest.raises(BadInput, match="one frame only"):
        build_body(Recording(streams=(still,)))
    table = RepTable("set 1", ("rep", "value"), ("", ""), np.ones((2, 2)))
    with pytest.raises(BadInput, match="another program's list of repetitions, which holds no samples"):
        build_body(Recording(rep_tables=(table,)))


def test_the_bar_and_the_centre_of_mass_are_there(trial: Trial) -> None:
    body = build_body(trial("back-squat", seed=1, reps=3).recording)
    assert {"bar", "bar_right", "bar_left"} <= set(body.points)
    assert body.com_m is not None
    # Between the knees and the shoulders, over the feet, throughout a squat.
    assert (body.com_m[:, 2] > body.points["knee_right"][:, 2]).all()
    assert (body.com_m[:, 2] < body.points["neck"][:, 2]).all()
    ankles = 0.5 * (body.points["ankle_right"] + body.points["ankle_left"])
    assert np.abs(body.com_m[:, :2] - ankles[:, :2]).max() < 0.25
