"""Recordings and files: enough markers, the same bytes for the same seed, whole files, quickly."""

import json
import time
from pathlib import Path

import numpy as np
import pytest

from legato.simulate import demo_scenario, masses_text, simulate, simulate_scenario, write_simulation


@pytest.mark.parametrize("movement", ["squat", "hinge", "bench", "throw"])
@pytest.mark.parametrize("rate", [25.0, 29.97, 100.0, 500.0])
def test_forty_markers_and_more_at_any_camera_rate(movement: str, rate: float) -> None:
    stream = simulate(movement, reps=1, rate_hz=rate).recording.streams[0]
    assert len(stream.channels) >= 40
    assert stream.rate_hz == rate
    assert np.isfinite(stream.values).all()


def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not(tmp_path: Path) -> None:
    one, two, other = (tmp_path / n for n in ("one", "two", "other"))
    for folder, seed in ((one, 3), (two, 3), (other, 4)):
        write_simulation(simulate("throw", reps=2, seed=seed, occlusion=0.01, rate_hz=60.0), folder)
    for name in ("throw.c3d", "truth.json"):
        assert (one / name).read_bytes() == (two / name).read_bytes()
        assert (one / name).read_bytes() != (other / name).read_bytes()


def test_changing_the_noise_leaves_the_movement_alone() -> None:
    still, noisy = simulate("throw", reps=2, noise_m=0.0, occlusion=0.0), simulate("throw", reps=2, noise_m=0.003)
    assert still.truth["reps"] == noisy.truth["reps"]


def test_files_come_back_as_they_were_written(tmp_path: Path) -> None:
    from legato.formats.c3d import read_c3d

    s = simulate("squat", reps=1, rate_hz=100.0, occlusion=0.02)
    c3d, truth = write_simulation(s, tmp_path)
    assert c3d.name == "back-squat.c3d"
    back = read_c3d(c3d).of_kind("markers")[0]
    wrote = s.recording.streams[0]
    assert back.channels == wrote.channels
    assert back.rate_hz == 100.0
    assert np.array_equal(np.isnan(back.values), np.isnan(wrote.values))
    assert np.nanmax(np.abs(back.values - wrote.values)) < 1e-6  # 4-byte floats of millimetres
    told = json.loads(truth.read_text(encoding="utf-8"))
    assert told["schema"] == "legato.truth/1"
    assert told["reps"][0]["events"]["knee_flexion_velocity"]["peak_s"] > 0.0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["back-squat.c3d", "truth.json"]


def test_the_demo_has_its_thorax_before_its_pelvis_in_every_throw() -> None:
    s = simulate_scenario(demo_scenario())
    gaps = [g["gap_s"] for r in s.truth["reps"] for g in r["gaps"][:3] if g["event"] == "peak"]
    assert len(gaps) == 8
    assert max(gaps) < -0.010


def test_a_squat_of_five_at_250_hz_takes_under_a_second() -> None:
    simulate("squat", reps=1)
    best = np.inf
    for _ in range(3):
        start = time.process_time()
        simulate("squat", reps=5, rate_hz=250.0)
        best = min(best, time.process_time() - start)
    assert best < 1.0


def test_masses_are_told_as_analyze_takes_them():
    squat = simulate("back-squat", rate_hz=50.0, reps=1, mass_kg=82.0, bar_kg=100.0)
    assert masses_text(squat) == "athlete 82 kg, load 100 kg: analyze with --mass 82 --load 100"
    assert masses_text(simulate("throw", rate_hz=100.0, reps=1)) == "athlete 80 kg, no load: analyze with --mass 80"
