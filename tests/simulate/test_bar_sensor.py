"""A sensor on the bar of a simulated lifter: exact without errors, and with them the truth comes back."""

import json
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from legato import analyze, read
from legato.cli import app
from legato.errors import BadInput
from legato.recording import Stream
from legato.simulate import BarSensorErrors, bar_errors_with, simulate, with_bar_sensor, write_simulation
from legato.simulate.bar_plants import PLANTS
from legato.simulate.bar_sensor import bar_truth

EXACT = BarSensorErrors(
    rate_hz=200.0, acc_noise_m_s2=0.0, gyro_noise_rad_s=0.0, acc_bias_m_s2=0.0, gyro_bias_rad_s=0.0, jitter_s=0.0,
    longest_gap_s=0.0,
)  # fmt: skip


def test_the_pull_of_an_exact_sensor_adds_up_to_the_bars_velocity():
    made = with_bar_sensor(simulate("deadlift", reps=1, rate_hz=20.0, pause_top_s=1.0), EXACT)
    stream = made.beside["deadlift-bar"].streams[0]
    times = stream.times()
    velocity = np.gradient(made.motion.pose(times).point["bar"], times, axis=0)
    speed = np.linalg.norm(stream.values[:, :3], axis=1)
    gravity = np.array([0.0, 0.0, 9.80665])
    wanted = np.linalg.norm(np.gradient(velocity, times, axis=0) + gravity, axis=1)
    # Twice differenced at 200 Hz; the ends are one-sided.
    np.testing.assert_allclose(speed[3:-3], wanted[3:-3], atol=0.06)


def test_truth_holds_the_way_up_of_every_repetition():
    truth = bar_truth(simulate("back-squat", reps=3, rate_hz=20.0, bar_kg=100.0))
    assert truth["mean_from_m_s"] == 0.05
    assert truth["load_kg"] == 100.0 and len(truth["reps"]) == 3
    for rep in truth["reps"]:
        # Both ends of what the means count move at 0.05 m/s, so that no more than a few millimetres lie beyond them.
        assert rep["up_start_s"] < rep["mean_start_s"] < rep["mean_end_s"] < rep["up_end_s"]
        counted = rep["mean_velocity_m_s"] * (rep["mean_end_s"] - rep["mean_start_s"])
        assert rep["range_m"] - 0.02 < counted < rep["range_m"]
        assert rep["peak_velocity_m_s"] > rep["mean_velocity_m_s"]
        # Both ends are as fast, so the mean power is weight times mean velocity.
        assert rep["mean_power_w"] == pytest.approx(100.0 * 9.80665 * rep["mean_velocity_m_s"], rel=0.01)


def test_jitter_gaps_and_the_seed_are_as_asked():
    made = with_bar_sensor(simulate("deadlift", reps=3, rate_hz=20.0, seed=5))
    again = with_bar_sensor(simulate("deadlift", reps=3, rate_hz=20.0, seed=5))
    one, two = (m.beside["deadlift-bar"].streams[0] for m in (made, again))
    np.testing.assert_array_equal(one.values, two.values)
    steps = np.diff(one.times())
    assert (steps > 0.0).all() and steps.max() <= 0.16
    assert steps.max() > 0.05 and np.median(steps) == pytest.approx(1.0 / 60.0, rel=0.1)


def test_no_bar_no_sensor():
    with pytest.raises(BadInput, match="without a bar"):
        with_bar_sensor(simulate("sit-to-stand", reps=1, rate_hz=20.0))
    with pytest.raises(BadInput, match="20 to 2000 Hz"):
        BarSensorErrors(rate_hz=5.0)


@pytest.mark.slow
@pytest.mark.parametrize("movement", ["deadlift", "back-squat", "bench-press"])
def test_the_planted_velocity_comes_back_through_the_file(tmp_path, movement: str):
    errors, held, counted = [], [], 0
    for seed in range(20, 26):
        made = with_bar_sensor(simulate(movement, reps=4, rate_hz=20.0, seed=seed, pause_s=(1.0, 0.0), bar_kg=80.0))
        _, _, path = write_simulation(made, tmp_path)
        bar = analyze(read(path), movement, load_kg=80.0).bar
        assert bar is not None and bar.source == "imu"
        planted = made.truth["bar"]["reps"]
        counted += len(bar.reps) == len(planted)
        for rep in bar.reps:
            truth = min(planted, key=lambda r: abs(r["up_start_s"] - rep.start_s))
            if rep.peak_velocity is not None:
                errors.append(abs(rep.peak_velocity.value - truth["peak_velocity_m_s"]))
                held.append(rep.peak_velocity.holds(truth["peak_velocity_m_s"]))
    assert counted >= 5
    # The aim is 0.05 m/s; measured 0.01 to 0.02 rms.
    assert np.quantile(errors, 0.95) <= 0.05
    assert np.mean(held) >= 0.85


def _planted(tmp_path: Path, *plants: str) -> tuple[dict[str, Any], Stream]:
    out = tmp_path / "-".join(("set", *plants))
    asked = [part for plant in plants for part in ("--bar-plant", plant)]
    runner = CliRunner()
    done = runner.invoke(app, ["simulate", "deadlift", "--out", str(out), "--reps", "2", "--rate", "20", *asked])
    assert done.exit_code == 0, done.output
    truth = json.loads((out / "truth.json").read_text())
    return truth["bar"], read(out / "deadlift-bar.csv").streams[0]


def test_the_command_plants_each_error_and_tells_it(tmp_path: Path):
    plain = ("gaps=0", "jitter=0", "noise=0", "turn-noise=0", "bias=0", "turn-bias=0", "mount=0", "tilt=0")
    told, exact = _planted(tmp_path, *plain, "rate=200")
    assert told["sensor"]["rate_hz"] == 200.0 and told["sensor"]["acc_bias_m_s2"] == 0.0
    assert told["drawn"] == {"tilt_deg": 0.0, "acc_bias_m_s2": [0.0] * 3, "gyro_bias_rad_s": [0.0] * 3}
    np.testing.assert_allclose(np.diff(exact.times()), 0.005, atol=1e-6)
    rest = exact.times() < 0.3
    assert np.linalg.norm(exact.values[rest, :3].mean(axis=0)) == pytest.approx(9.80665, abs=0.02)
    _, scaled = _planted(tmp_path, *plain, "rate=200", "scale=1.05")
    np.testing.assert_allclose(scaled.values[:, :3], 1.05 * exact.values[:, :3], atol=1e-3)
    told, biased = _planted(tmp_path, *plain[:4], *plain[6:], "rate=200", "bias=0.5", "turn-bias=0.1")
    off = (biased.values - exact.values).mean(axis=0)
    np.testing.assert_allclose(off, told["drawn"]["acc_bias_m_s2"] + told["drawn"]["gyro_bias_rad_s"], atol=1e-3)
    told, hung = _planted(tmp_path, *plain[:-1], "rate=200", "tilt=5")
    up = hung.values[rest, :3].mean(axis=0)
    level = exact.values[rest, :3].mean(axis=0)
    cosine = up @ level / np.linalg.norm(up) / np.linalg.norm(level)
    assert np.degrees(np.arccos(cosine)) == pytest.approx(abs(told["drawn"]["tilt_deg"]), abs=0.1)
    _, gaps = _planted(tmp_path, *plain[1:], "gaps=0.5", "gap-every=1")
    assert 0.15 < np.diff(gaps.times()).max() <= 0.52
    _, lasting = _planted(tmp_path, *plain[:2], *plain[3:], "rate=200", "noise=0.3", "noise-lasts=0.05")
    left = (lasting.values - exact.values)[:, :3]
    assert left.std() == pytest.approx(0.3, rel=0.2)
    # A sample forgets in ten steps.
    assert (left[1:] * left[:-1]).mean() / (left**2).mean() == pytest.approx(np.exp(-0.1), abs=0.05)


@pytest.mark.parametrize(
    ("plant", "said"),
    [
        ("size=3", "give one of: rate=60 "),
        ("jitter", "give one like jitter=0.003"),
        ("jitter=3ms", "give one like jitter=0.003"),
        ("rate=nan", "give one like rate=60"),
        ("rate=5", "20 to 2000 Hz"),
        ("scale=2", "0.8 to 1.25"),
    ],
)
def test_an_error_that_cannot_be_planted_is_refused_in_one_line(plant: str, said: str):
    with pytest.raises(BadInput, match=re.escape(said)):
        bar_errors_with([plant])


def test_every_error_of_the_sensor_has_a_name():
    assert {field for field, _ in PLANTS.values()} == {f.name for f in fields(BarSensorErrors)}
