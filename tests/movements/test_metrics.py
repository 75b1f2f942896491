"""Metrics of acted-out repetitions against their truth, and intervals that hold it."""

from dataclasses import replace

import numpy as np
import pytest
from staging import Stage, body_of, thrower

from legato.body.build import build_body
from legato.body.model import Body
from legato.movements import find_reps, load_movement, metrics, rep_metrics
from legato.movements.model import Rep
from legato.movements.noise import passed, white_noise
from legato.signals.filters import lowpass
from legato.simulate import simulate

SQUAT = load_movement("back-squat")


def measured(body: Body, name: str = "back-squat"):
    movement = load_movement(name)
    return rep_metrics(body, movement, find_reps(body, movement).reps)


def squat_set(rate_hz: float, noise_m: float = 0.0, seed: int = 0) -> tuple[Body, Stage]:
    stage = Stage().hold(1.0).rep(-0.40, 1.0, 0.9).hold(0.6).rep(-0.36, 0.8, 0.8).hold(0.6)
    stage.rep(-0.42, 1.1, 0.8).hold(1.0)
    body = body_of(stage.sampled(rate_hz), rate_hz)
    rng = np.random.default_rng(seed)
    noisy = {k: p + noise_m * rng.standard_normal(p.shape) for k, p in body.points.items()}
    bent = {k: a + 3.0 * noise_m * rng.standard_normal(a.shape) for k, a in body.angles.items()}
    return replace(body, points=noisy, angles=bent), stage


@pytest.mark.parametrize(("belly_m", "shared"), [(0.006, True), (-0.003, False), (-0.02, False)])
def test_a_share_of_travels_that_go_opposite_ways_is_refused_in_words(
    belly_m: float, shared: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Paradoxical breathing: the chest fills by 8 mm while the belly is drawn in.
    movement = load_movement("diaphragmatic-breathing")
    swing = 0.5 * (1.0 - np.cos(np.pi * np.arange(400) / 200.0))
    depth = {"chest_depth": 0.008 * swing, "belly_depth": belly_m * swing}
    monkeypatch.setattr(metrics, "signal_of", lambda body, name, side, cutoff_hz: depth.get(name))
    monkeypatch.setattr(metrics, "clocks_of", lambda body, movement: {})
    body = Body(100.0, 0.0, 400, "markers", "acted", {}, {}, {}, {})
    reps = (Rep(index=0, start_s=0.0, end_s=4.0, complete=True, marks={"full": 2.0}),)
    rows = rep_metrics(body, movement, reps)
    assert rows[0]["belly_travel"].value == pytest.approx(belly_m, abs=1e-4)
    assert rows[0]["chest_travel"].value == pytest.approx(0.008, abs=1e-4)
    notes = metrics.refused_shares(movement, reps, rows)
    assert ("abdominal_share" in rows[0]) == shared
    assert [note for note in notes if "in rep 1" in note and "opposite ways" in note] == list(notes)
    assert bool(notes) != shared


def test_names_units_and_values_are_those_of_the_contract() -> None:
    body, stage = squat_set(100.0)
    rows = measured(body)
    assert len(rows) == 3
    for row, (_, bottom, _, _, depth) in zip(rows, stage.truth, strict=True):
        assert row["bottom_s"].value == pytest.approx(bottom, abs=0.02)
        assert row["bottom_s"].unit == "s"
        peak = np.degrees(2.0 * np.arccos((0.92 + depth - 0.08) / 0.84))
        for side in ("right", "left"):
            knee = row[f"knee_flexion_peak_{side}"]
            assert knee.unit == "deg"
            # A 6 Hz low-pass takes a degree off the sharpest turn of a least-jerk squat.
            assert knee.value == pytest.approx(peak, abs=1.0)
            assert knee.holds(peak)
        assert row["pelvis_travel"].value == pytest.approx(-depth, abs=0.005)
        assert "thorax_lean_peak" not in row


def test_durations_add_up() -> None:
    for row in measured(squat_set(100.0)[0]):
        parts = row["descent_s"].value + row["ascent_s"].value
        rest = row["pause_s"].value if "pause_s" in row else 0.0
        assert parts + rest <= row["duration_s"].value + 1e-9
        assert parts + rest == pytest.approx(row["duration_s"].value, abs=0.1)


@pytest.mark.parametrize("rate_hz", [30.0, 100.0])
def test_the_bottoms_interval_holds_the_truth(rate_hz: float) -> None:
    held = total = 0
    for seed in range(40):
        body, stage = squat_set(rate_hz, 0.001, seed)
        rows = measured(body)
        for row, (_, bottom, _, _, _) in zip(rows, stage.truth, strict=True):
            held += row["bottom_s"].holds(bottom)
            total += 1
    # 120 bottoms: two standard errors below 90 % are 84.5 %.
    assert held / total >= 0.845


def test_more_noise_widens_and_never_narrows() -> None:
    quiet, loud = measured(squat_set(100.0, 0.0002)[0])[0], measured(squat_set(100.0, 0.003)[0])[0]
    assert loud["bottom_s"].half_width > 2.0 * quiet["bottom_s"].half_width
    assert loud["knee_flexion_peak_right"].half_width > quiet["knee_flexion_peak_right"].half_width


def test_angles_from_video_are_trusted_less_than_from_markers() -> None:
    body, _ = squat_set(100.0)
    video = measured(replace(body, marker_set="opencap"))[0]["knee_flexion_peak_right"]
    assert video.half_width > 1.5 * measured(body)[0]["knee_flexion_peak_right"].half_width


def test_a_paused_bottom_may_lie_anywhere_in_the_pause() -> None:
    stage = Stage().hold(1.0).rep(-0.4, 1.0, 1.0, 2.0).hold(1.0)
    bottom = measured(body_of(stage.sampled(100.0), 100.0))[0]["bottom_s"]
    _, reached, left, _, _ = stage.truth[0]
    assert bottom.low < reached + 0.05
    assert bottom.high > left - 0.05


def test_an_incomplete_repetition_has_no_durations() -> None:
    stage = Stage().hold(1.0).rep(-0.4, 1.0, 1.0).hold(0.5).rep(-0.4, 1.0, 1.0)
    height = stage.sampled(100.0)[: int((stage.truth[1][1] + 0.5) * 100)]
    whole, cut = measured(body_of(height, 100.0))
    assert "duration_s" in whole
    assert "duration_s" not in cut
    assert "bottom_s" in cut


def test_x_factor_and_stretch_of_a_throw() -> None:
    body = thrower(250.0, (3.0, 7.5))
    for row in measured(body, "throw"):
        assert row["release_s"].value == pytest.approx(3.0, abs=0.02) or row["release_s"].value == pytest.approx(
            7.5, abs=0.02
        )
        apart = np.degrees(np.abs(body.angles["thorax_pelvis_axial"]).max())
        assert row["x_factor_peak_deg"].value == pytest.approx(apart, abs=2.0)
        assert 0.0 <= row["x_factor_stretch_deg"].value <= row["x_factor_peak_deg"].value + 1.0
        assert row["hand_speed_peak"].unit == "m/s"


def test_whole_turns_gathered_before_are_no_part_of_the_x_factor() -> None:
    body = thrower(250.0, (3.0,))
    turned = {**body.angles, "thorax_pelvis_axial": body.angles["thorax_pelvis_axial"] + 4.0 * np.pi}
    plain, spun = measured(body, "throw")[0], measured(replace(body, angles=turned), "throw")[0]
    assert spun["x_factor_peak_deg"].value == pytest.approx(plain["x_factor_peak_deg"].value, abs=1e-6)


@pytest.mark.parametrize("cutoff_hz", [6.0, 20.0])
def test_noise_is_read_back_from_what_the_filter_took(cutoff_hz: float) -> None:
    x = 0.002 * np.random.default_rng(0).standard_normal(20000)
    smooth = lowpass(x, 100.0, cutoff_hz)
    assert white_noise(x, smooth, 100.0, cutoff_hz) == pytest.approx(0.002, rel=0.05)
    assert float(smooth.std()) == pytest.approx(0.002 * passed(100.0, cutoff_hz, 0), rel=0.1)


def test_no_repetitions_have_no_metrics() -> None:
    assert rep_metrics(body_of(Stage().hold(3.0).sampled(100.0), 100.0), SQUAT, ()) == ()


@pytest.mark.slow
def test_an_instant_that_another_signal_tells_owes_its_error_to_that_signal() -> None:
    movement = load_movement("push-press")
    fine = movement.model_copy(update={"filter_cutoff_hz": 40.0})
    held = total = 0
    for seed in (31, 32, 33):
        clean = simulate("push-press", reps=3, seed=seed, noise_m=0.0, wobble_m=0.0)
        true = find_reps(build_body(clean.recording), fine, clean.recording).reps
        made = simulate("push-press", reps=3, seed=seed, noise_m=0.001, rate_hz=100.0)
        body = build_body(made.recording)
        reps = find_reps(body, movement, made.recording).reps
        for rep, row, own in zip(reps, rep_metrics(body, movement, reps), true, strict=True):
            for name in ("dip", "press"):
                phase = own.phase(name)
                assert phase is not None
                held += row[f"{name}_s"].holds(phase.duration_s)
                total += 1
            # The bar hardly bends while the knees begin to: on its curve the dip's start was uncertain by seconds.
            assert row["dip_s"].half_width < 0.15
            overhead, press = rep.phase("overhead"), rep.phase("press")
            assert overhead is not None and press is not None and overhead.start_s == press.end_s
    # 18 durations: two standard errors below 90 % are 14.
    assert held >= 14 and total == 18
