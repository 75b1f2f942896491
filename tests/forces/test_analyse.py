"""The forces of one recording all together, and as the result holds them."""

import json
from dataclasses import replace

import numpy as np
import pytest

from legato.forces import Asked, RepSpan, analyse_forces
from legato.recording import Recording, Span, Stream
from legato.report.forces_record import forces_record

from .lifts_on_plates import lift


def test_a_recording_without_plates_has_no_forces():
    emg = Stream("emg", "emg", np.zeros((100, 1)), 1000.0, ("RF",), ("V",))
    assert analyse_forces(Recording((emg,))) is None
    assert forces_record(None) is None


@pytest.mark.parametrize("holds", [False, True])
def test_a_table_of_forces_that_is_refused_is_still_told(holds):
    # Half of the recording is a single gap: no plate is left, but that one was there and why it is not used.
    time_s = np.concatenate((np.arange(500), np.arange(3000, 3500))) / 1000.0
    stream = Stream("plate", "force", np.full((1000, 1), 700.0), 1000.0, ("Fz",), ("N",), time_s=time_s)
    result = analyse_forces(Recording((stream,)), [RepSpan(0, Span(0.1, 3.0))], asked=Asked(holds=holds, pulls=True))
    assert result is not None and result.plates == () and result.total is None
    assert any("export every sample" in note for note in result.notes)
    assert result.load_share.reason == "no plate can be read"
    record = forces_record(result)
    assert record is not None and record["plates"] == [] and any("left out" in note for note in record["notes"])


def test_only_whole_reps_count_and_incomplete_ones_do_not():
    made = lift(0.6)
    reps = [RepSpan(i + 1, span, complete=i != 2) for i, span in enumerate(made.reps)]
    result = analyse_forces(made.recording, reps, made.feet, mass_kg=75.0)
    assert result is not None and result.total is not None
    assert [rep.rep for rep in result.load_share.per_rep] == [1, 2, 4, 5]
    assert result.load_share.n == 4
    left = result.load_share.left
    assert left is not None and left.value == pytest.approx(np.delete(made.shares, 2).mean(), abs=0.002)
    # Both plates, zeroed: the mean weight over whole reps.
    inside = (result.total.times() > made.reps[0].start_s) & (result.total.times() < made.reps[-1].end_s)
    assert float(result.total.force_n[inside].mean()) == pytest.approx(1100.0, abs=1.0)


def test_the_record_is_plain_and_names_feet_shares_and_reasons():
    made = lift(0.6)
    result = analyse_forces(made.recording, [RepSpan(i, s) for i, s in enumerate(made.reps)], made.feet)
    record = forces_record(result)
    assert record is not None and set(record) >= {"plates", "load_share", "rfd", "jumps", "notes"}
    first, second = record["plates"]
    assert (first["feet"], second["feet"]) == (["left"], ["right"])
    assert first["centre_of_pressure_m"][0] == pytest.approx(-0.2, abs=1e-9)
    assert first["zero"]["from"] == "unloaded" and first["stands"][0]["told_by"] == "place"
    assert record["load_share"]["left"].value + record["load_share"]["right"].value == pytest.approx(1.0)
    assert record["jumps"] == []
    json.dumps(first, allow_nan=False)


@pytest.mark.parametrize(
    "values",
    [
        np.full((50, 6), np.nan),
        np.zeros((50, 6)),
        np.full((50, 6), 700.0),
        np.zeros((1, 6)),
        np.random.default_rng(0).normal(0.0, 1e9, (50, 6)),
        -np.ones((50, 6)) * 1e-30,
    ],
    ids=["missing", "zero", "constant", "one sample", "huge", "tiny"],
)
def test_no_rubbish_stops_the_analysis(values):
    names = tuple(f"{q}{i}_{k}" for i in (1, 2) for q in "f" for k in (1, 2, 3))
    stream = Stream("force", "force", np.asarray(values, float), 1000.0, names, ("N",) * 6, meta={"up": "+Z"})
    result = analyse_forces(Recording((stream,)))
    assert result is not None and len(result.plates) == 2
    assert result.load_share.left is None and result.load_share.reason
    record = forces_record(result)
    assert record is not None and all(plate["reasons"] for plate in record["plates"])


def test_a_jump_on_two_plates_is_found_on_the_recordings_clock():
    made = lift(0.5, reps=3)
    (stream,) = made.recording.streams
    rate, n = stream.rate_hz, stream.n_samples
    t = np.arange(n) / rate
    fall = np.full(n, 1100.0)
    # Standing for 3 s, a push of 0.3 s at 2.2 times the weight, 0.27 g·s over it: 0.36 times g of speed upwards.
    push = (t >= 3.0) & (t < 3.3)
    fall[push] = 2.2 * 1100.0
    flight_s = 2.0 * 0.36
    air = (t >= 3.3) & (t < 3.3 + flight_s)
    fall[air] = 0.0
    land = (t >= 3.3 + flight_s) & (t < 3.3 + flight_s + 0.3)
    fall[land] = 2.2 * 1100.0
    noise = np.random.default_rng(0).normal(0.0, 1.0, (2, n))
    values = stream.values.copy()
    values[:, 2], values[:, 11] = 0.5 * fall + noise[0], 0.5 * fall + noise[1]
    recording = Recording((replace(stream, values=values, start_s=10.0),))
    result = analyse_forces(recording)
    record = forces_record(result)
    assert record is not None
    (jump,) = record["jumps"]
    assert jump["take_off_s"].value == pytest.approx(13.3, abs=0.003)
    assert jump["landing_s"].value == pytest.approx(13.3 + flight_s, abs=0.003)
    assert jump["height_flight_m"].value == pytest.approx(9.80665 * 0.36**2 / 2.0, abs=0.006)


def test_the_rise_of_each_simulated_pull_is_told_on_the_recordings_clock():
    from legato.simulate.exercise import ExerciseMotion
    from legato.simulate.make import simulate

    made = simulate("imtp", reps=5)
    assert isinstance(made.motion, ExerciseMotion) and made.motion.data.force is not None
    force = made.motion.data.force
    rises = made.motion.athlete.mass_kg * 9.80665 * force.rise
    starts = [clock.at(force.on) for clock in made.motion.clocks]
    reps = [RepSpan(i, Span(start - 0.05, start + 3.0)) for i, start in enumerate(starts)]
    result = analyse_forces(made.recording, reps, asked=Asked(pulls=True))
    assert result is not None and [one.rep for one in result.rises] == [0, 1, 2, 3, 4]
    for one, start in zip(result.rises, starts, strict=True):
        assert one.rise is not None
        # Noise of 2.8 N on a slope of 12 N/ms; the first lag of the pull is read within 3 ms.
        assert one.rise.onset_s.value == pytest.approx(start, abs=0.003)
        window = one.rise.window(0.0, 0.2)
        assert window is not None
        assert window.rate_n_s.value == pytest.approx(rises * (1.0 - np.exp(-0.2 / force.rise_s)) / 0.2, rel=0.01)
    record = forces_record(result)
    assert record is not None and len(record["rfd"]["best"]["reps"]) == 3
    few = analyse_forces(made.recording, reps[:2], asked=Asked(pulls=True))
    assert few is not None and few.best is None and any("best 3" in note for note in few.notes)
    none = forces_record(analyse_forces(made.recording, reps))
    assert none is not None and none["rfd"] is None


def test_a_pull_whose_rise_cannot_be_read_says_why():
    rng = np.random.default_rng(0)
    still = Stream("force", "force", 700.0 + rng.normal(0.0, 2.0, (5000, 1)), 1000.0, ("Fz",), ("N",))
    result = analyse_forces(Recording((still,)), [RepSpan(0, Span(1.0, 4.0))], asked=Asked(pulls=True))
    assert result is not None
    (one,) = result.rises
    assert one.rise is None and one.reason
