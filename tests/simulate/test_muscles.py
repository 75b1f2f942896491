"""The simulated athlete's electrodes: planted bursts and lags, files, sides, refusals."""

import json
from pathlib import Path

import numpy as np
import pytest

from legato.errors import BadInput
from legato.simulate import EmgSettings, demo_press, simulate, with_emg, write_simulation
from legato.simulate.muscles import muscle_plans


@pytest.mark.parametrize("movement", sorted(muscle_plans()))
def test_every_movement_with_muscles_plants_bursts_near_its_reps(movement: str) -> None:
    made = with_emg(simulate(movement, reps=2, rate_hz=50.0), EmgSettings(signal="gaussian"))
    stream, told = made.recording.stream("emg"), made.truth["emg"]
    assert stream.kind == "emg"
    assert stream.rate_hz == 2000.0
    assert stream.channels == tuple(c["channel"] for c in told["channels"])
    assert np.isfinite(stream.values).all()
    json.dumps(told, allow_nan=False)
    # A leg works in the strides of its own foot.
    strides = {"right", "left"} <= {r.get("side") for r in made.truth["reps"]}
    assert strides == (movement in ("gait", "sprint"))
    for channel in told["channels"]:
        own = {r["index"] for r in made.truth["reps"] if not strides or r["side"] == channel["side"]}
        assert {b["rep"] for b in channel["bursts"]} == own
        for burst in channel["bursts"]:
            rep = made.truth["reps"][burst["rep"]]
            assert burst["onset_s"] < burst["peak_s"] < burst["offset_s"]
            assert burst["onset_s"] < burst["centre_s"] < burst["offset_s"]
            assert rep["start_s"] - 0.2 < burst["centre_s"] < rep["end_s"] + 0.2


def test_the_planted_lag_is_the_gap_between_the_centres_of_each_rep() -> None:
    made = with_emg(simulate("bench-press", reps=8, rate_hz=50.0), EmgSettings(lag_s=0.1, signal="gaussian"))
    told = made.truth["emg"]
    centres = {c["channel"]: [b["centre_s"] for b in c["bursts"]] for c in told["channels"]}
    (lag,) = told["lags"]
    assert (lag["from"], lag["to"], lag["event"]) == ("vastus_lateralis_right", "pectoralis_major_right", "centre")
    gaps = np.subtract(centres[lag["to"]], centres[lag["from"]])
    assert gaps == pytest.approx([r["lag_s"] for r in lag["per_rep"]], abs=1e-12)
    assert lag["mean_s"] == pytest.approx(np.mean(gaps))
    assert np.mean(gaps) == pytest.approx(0.1, abs=0.012)  # 10 ms from rep to rep, eight reps: 3.3 SD
    assert np.std(gaps) > 0.003


def test_without_variation_every_rep_has_the_default_lag_of_64_ms() -> None:
    still = EmgSettings(lag_variation_s=0.0, signal="gaussian")
    lags = with_emg(simulate("bench-press", reps=3, rate_hz=50.0), still).truth["emg"]["lags"][0]["per_rep"]
    assert [r["lag_s"] for r in lags] == pytest.approx([0.064] * 3, abs=1e-12)


def test_bursts_stand_in_the_signal_where_the_truth_says() -> None:
    made = with_emg(simulate("bench-press", reps=6, rate_hz=100.0))
    stream = made.recording.stream("emg")
    times = stream.times()
    for channel in made.truth["emg"]["channels"]:
        power = stream.channel(channel["channel"]) ** 2
        inside = np.zeros(times.size, dtype=bool)
        shifts = []
        for burst in channel["bursts"]:
            here = (times > burst["onset_s"]) & (times < burst["offset_s"])
            inside |= here
            shifts.append(np.average(times[here], weights=power[here]) - burst["centre_s"])
        # The bound on the SD of one centre of 130 ms (half height) at over 20 dB is about 5 ms; six of them, three SD.
        assert abs(np.mean(shifts)) < 0.008
        assert np.median(power[inside]) > 20.0 * np.median(power[~inside])
        assert np.sqrt(np.mean(power[~inside])) == pytest.approx(5e-6, rel=0.2)  # the noise alone, and feet of bursts


def test_a_left_handed_athlete_wears_the_electrodes_on_the_other_side() -> None:
    right, left = (
        with_emg(simulate("bench-press", reps=1, rate_hz=50.0, mirror=m), EmgSettings(signal="gaussian"))
        for m in (False, True)
    )
    assert right.recording.stream("emg").channels[0] == "vastus_lateralis_right"
    assert left.recording.stream("emg").channels[0] == "vastus_lateralis_left"
    assert left.truth["emg"]["lags"][0]["from"] == "vastus_lateralis_left"
    assert np.array_equal(left.recording.stream("emg").values, right.recording.stream("emg").values)


def test_electrodes_leave_markers_and_truth_alone_and_the_seed_rules() -> None:
    bare = simulate("back-squat", reps=1, rate_hz=50.0, seed=3)
    one, two = with_emg(bare), with_emg(simulate("back-squat", reps=1, rate_hz=50.0, seed=3))
    assert np.array_equal(one.recording.stream("emg").values, two.recording.stream("emg").values)
    assert one.recording.streams[0] is bare.recording.streams[0]
    assert {k: v for k, v in one.truth.items() if k != "emg"} == bare.truth
    other = with_emg(simulate("back-squat", reps=1, rate_hz=50.0, seed=4))
    assert not np.array_equal(one.recording.stream("emg").values[:4000], other.recording.stream("emg").values[:4000])


@pytest.mark.parametrize("rate", [29.97, 100.0, 250.0])
def test_channels_come_back_from_the_c3d_as_emg_in_volts(tmp_path: Path, rate: float) -> None:
    from legato.formats.c3d import read_c3d

    made = with_emg(simulate("bench-press", reps=1, rate_hz=rate))
    c3d, truth = write_simulation(made, tmp_path)
    (stream,) = read_c3d(c3d).of_kind("emg")
    wrote = made.recording.stream("emg")
    assert stream.channels == wrote.channels
    assert stream.unit == "V"
    assert stream.rate_hz == pytest.approx(wrote.rate_hz, rel=1e-6)
    assert stream.rate_hz >= 2000.0
    # 4-byte floats keep seven digits.
    assert stream.values == pytest.approx(wrote.values[: stream.n_samples], rel=1e-6, abs=1e-15)
    told = json.loads(truth.read_text(encoding="utf-8"))
    assert told["emg"]["channels"][2]["muscle"] == "pectoralis_major"


def test_nuisances_come_where_they_are_asked_for() -> None:
    bare = simulate("bench-press", reps=2, rate_hz=50.0)
    clean = with_emg(bare, EmgSettings(signal="gaussian")).recording.stream("emg")
    heart = with_emg(bare, EmgSettings(signal="gaussian", heart_v=1e-3)).recording.stream("emg")
    hum = with_emg(bare, EmgSettings(signal="gaussian", hum_v=2e-5)).recording.stream("emg")
    assert np.array_equal(clean.channel("vastus_lateralis_right"), heart.channel("vastus_lateralis_right"))
    added = heart.channel("pectoralis_major_right") - clean.channel("pectoralis_major_right")
    assert added.max() == pytest.approx(1e-3, rel=0.06)
    assert np.std(hum.values - clean.values) == pytest.approx(2e-5 * np.sqrt(1.1), rel=0.01)  # 1 + 0.3² + 0.1²
    talk = with_emg(bare, EmgSettings(signal="gaussian", crosstalk=0.3)).recording.stream("emg")
    assert np.std(talk.values[:, 1]) > np.std(clean.values[:, 1])


def test_what_is_not_modelled_is_refused_with_what_is() -> None:
    with pytest.raises(BadInput, match=r"no muscles are modelled for throw.*bench-press"):
        with_emg(simulate("throw", reps=1, rate_hz=50.0))
    with pytest.raises(BadInput, match=r"lag_s is 0\.9"):
        EmgSettings(lag_s=0.9)


def test_the_presses_of_the_demo_lag_by_64_ms_at_the_chest() -> None:
    made = demo_press()
    (lag,) = made.truth["emg"]["lags"]
    assert (lag["from"], lag["to"]) == ("vastus_lateralis_right", "pectoralis_major_right")
    assert len(lag["per_rep"]) == made.truth["n_complete"] == 12
    # Drawn with an SD of 10 ms: the mean of twelve lies within 2.9 ms of it, and wholly before a band from 80 ms on.
    assert lag["mean_s"] == pytest.approx(0.064, abs=0.006)
    assert made.recording.stream("emg").channels[2] == "pectoralis_major_right"
