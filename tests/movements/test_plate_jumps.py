"""Jumps beside plates, and jumps of motion alone: whose take-off, landing and height are told, and how surely."""

import numpy as np
import pytest

import legato
from legato.body import build_body
from legato.estimate import Estimate
from legato.movements import find_reps, load_movement, rep_metrics
from legato.movements.plate_jumps import with_plates
from legato.recording import STANDARD_GRAVITY, FloatArray, Recording, Stream
from legato.simulate import simulate

RATE_HZ = 1000.0
WEIGHT_N = 700.0


def force_of(flights_s: list[tuple[float, float]], length_s: float) -> FloatArray:
    """Vertical force that stands, pushes for 0.25 s, flies and lands, N, with 1 N of noise."""
    t = np.arange(round(length_s * RATE_HZ)) / RATE_HZ
    force = np.full(t.size, WEIGHT_N)
    for off, on in flights_s:
        # The push gives the speed that the flight asks for.
        extra = WEIGHT_N * 0.5 * (on - off) / (0.25 - 0.04 / 2.0)
        force[(t >= off - 0.25) & (t < off)] += extra
        leaves = (t >= off - 0.04) & (t < off)
        force[leaves] *= (off - t[leaves]) / 0.04
        force[(t >= off) & (t < on)] = 0.0
        lands = t >= on
        force[lands] = WEIGHT_N + 1500.0 * np.exp(-(t[lands] - on) / 0.06)
        rises = lands & (t < on + 0.02)
        force[rises] *= (t[rises] - on) / 0.02
    return force + np.random.default_rng(3).normal(0.0, 1.0, t.size)


def beside_a_plate(late_s: float = 0.0):
    """One simulated countermovement jump with its force on a plate, and the truth of its flight."""
    trial = simulate("countermovement-jump", rate_hz=100.0, reps=1, seed=4)
    (truth,) = trial.truth["reps"]
    flight = truth["take_off_s"], truth["landing_s"]
    length_s = max(stream.n_samples / stream.rate_hz for stream in trial.recording.of_kind("markers"))
    values = force_of([(flight[0] + late_s, flight[1] + late_s)], length_s)[:, None]
    plate = Stream("force", "force", values, RATE_HZ, ("Fz",), ("N",))
    return Recording((*trial.recording.of_kind("markers"), plate)), flight


def test_take_off_landing_and_height_are_those_of_the_plates():
    recording, (off, on) = beside_a_plate()
    body, movement = build_body(recording), load_movement("countermovement-jump")
    told = with_plates(find_reps(body, movement), body, movement, recording)
    (rep,) = told.reps
    assert rep.marks["take_off"] == pytest.approx(off, abs=0.001) and rep.marks["landing"] == pytest.approx(
        on, abs=0.001
    )
    (row,) = rep_metrics(body, movement, told.reps)
    height = STANDARD_GRAVITY * (on - off) ** 2 / 8.0
    assert row["height_flight_m"].value == pytest.approx(height, abs=0.002)
    assert row["flight_s"].half_width < 0.003 and row["take_off_s"].half_width < 0.002
    # What the motion alone says is told beside it.
    assert any("force plates'" in note and "by the motion alone" in note for note in told.notes)
    analysis = legato.analyze(recording, "countermovement-jump")
    assert analysis.forces is not None and analysis.forces.jumps is not None
    (jump,) = analysis.forces.jumps.jumps
    assert analysis.rep_metrics[0]["height_flight_m"].value == pytest.approx(jump.height_flight_m.value, abs=1e-9)


def test_another_flight_on_the_plates_is_not_taken():
    recording, (off, _) = beside_a_plate(late_s=0.4)
    body, movement = build_body(recording), load_movement("countermovement-jump")
    told = with_plates(find_reps(body, movement), body, movement, recording)
    assert told.reps[0].marks["take_off"] == pytest.approx(off, abs=0.03) and not told.reps[0].told
    assert any("no flight off the plates fits it" in note for note in told.notes)


def test_clocks_apart_are_said():
    recording, _ = beside_a_plate(late_s=0.09)
    body, movement = build_body(recording), load_movement("countermovement-jump")
    told = with_plates(find_reps(body, movement), body, movement, recording)
    assert any("--offset" in note for note in told.notes)


@pytest.mark.parametrize("movement", ["countermovement-jump", pytest.param("drop-jump", marks=pytest.mark.slow)])
def test_flights_of_motion_alone_are_held(movement: str):
    held: list[tuple[bool, bool, bool]] = []
    for seed, rate_hz in ((21, 60.0), (22, 100.0), (23, 250.0)):
        trial = simulate(movement, rate_hz=rate_hz, reps=3, seed=seed)
        body, spec = build_body(trial.recording), load_movement(movement)
        reps = find_reps(body, spec).reps
        for row, true in zip(rep_metrics(body, spec, reps), trial.truth["reps"], strict=True):
            height: Estimate = row["height_flight_m"]
            held.append(
                (
                    row["take_off_s"].holds(true["take_off_s"]),
                    row["flight_s"].holds(true["landing_s"] - true["take_off_s"]),
                    height.holds(true["height_flight_m"]),
                )
            )
            assert 0.015 < height.half_width < 0.06
    # 9 flights: one SE is 10 points.
    assert np.mean(held, axis=0).min() >= 0.75, np.mean(held, axis=0)


def test_a_real_jump_on_plates_is_told_alike_in_both_sections(shared_data):
    recording = legato.read(str(shared_data / "vendor-c3d" / "motion-analysis-jump.c3d"))
    analysis = legato.analyze(recording, "countermovement-jump")
    assert analysis.forces is not None and analysis.forces.jumps is not None
    (jump,), (row,) = analysis.forces.jumps.jumps, analysis.rep_metrics
    assert row["height_flight_m"].value == pytest.approx(jump.height_flight_m.value, abs=1e-4)
    assert row["flight_s"].value == pytest.approx(jump.flight_time_s.value, abs=1e-4)


def test_the_motion_of_a_real_jump_holds_what_its_plates_show(shared_data):
    recording = legato.read(str(shared_data / "vendor-c3d" / "motion-analysis-jump.c3d"))
    body, movement = build_body(recording), load_movement("countermovement-jump")
    (row,) = rep_metrics(body, movement, find_reps(body, movement).reps)
    # By its plates: 0.4673 s and 0.2677 m.
    assert row["flight_s"].holds(0.4673) and row["height_flight_m"].holds(0.2677)


def test_markers_of_two_telephones_hold_the_flight_of_the_toes(shared_data):
    folder = shared_data / "squat-opencap"
    body = build_body(legato.read(str(folder / "Jump.trc")), static=legato.read(str(folder / "neutral.trc")))
    movement = load_movement("countermovement-jump")
    (row,) = rep_metrics(body, movement, find_reps(body, movement).reps)
    # The toes are off the floor for 0.42 to 0.48 s.
    assert 0.42 < row["flight_s"].value < 0.48 and 0.22 < row["height_flight_m"].value < 0.28


def _unloading(force: FloatArray, rate_hz: float, weight_n: float, take_off_s: float, landing_s: float) -> FloatArray:
    """How much slower the body rises at take-off than at its fastest, and falls at touch-down, m/s, by the impulse that
    it lacks.
    """
    off, on = round(take_off_s * rate_hz), round(landing_s * rate_hz)
    net = (force - np.median(force[off + (on - off) // 4 : on - (on - off) // 4])) / weight_n - 1.0
    first = off - int(np.argmax(net[:off][::-1] >= 0.0))
    last = on + int(np.argmax(net[on:] >= 0.0))
    return -STANDARD_GRAVITY / rate_hz * np.array([net[first:off].sum(), net[on:last].sum()])


def test_what_bodies_lose_while_their_feet_unload_and_load_lies_inside(shared_data):
    from legato.forces.jumps import find_jumps
    from legato.movements.flight import Mass

    folder = shared_data / "jump-force-plates"
    table = np.loadtxt(folder / "BFR007_squat_jump.csv", delimiter=",", skiprows=7)
    curves = [(table[:, 2] + table[:, 11], 1000.0)]
    curves += [(np.loadtxt(folder / name), 1000.0) for name in ("Single-CMJ-Fz.txt", "Single-SJ-Fz.txt")]
    total = legato.analyze(
        legato.read(str(shared_data / "vendor-c3d" / "motion-analysis-jump.c3d")), "countermovement-jump"
    ).forces
    assert total is not None and total.total is not None
    curves.append((total.total.force_n, total.total.rate_hz))
    found: list[FloatArray] = []
    for force, rate_hz in curves:
        for jump in find_jumps(force, rate_hz):
            # The last has no stand: 63.1 kg by the impulse of its landing; 5 % move its values by 0.006 m/s.
            weight_n = 619.0 if jump.weight_n is None else jump.weight_n.value
            found.append(_unloading(force, rate_hz, weight_n, jump.take_off_s.value, jump.landing_s.value))
    assert len(found) == 6
    # BFR007, then a countermovement and a squat jump of one person, then `motion-analysis-jump`.
    persons = np.array([np.mean(found[:3], axis=0), np.mean(found[3:5], axis=0), found[5]])
    assert persons.mean(axis=0) == pytest.approx([0.25, 0.14], abs=0.006)
    half = STANDARD_GRAVITY * np.array(list(Mass(np.zeros(1), known=True).doubt_s.values()))
    assert (np.abs(np.array(found) - [0.25, 0.14]) < half).all()
