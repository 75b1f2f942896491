"""Recordings that hold force plates alone: their jumps are the repetitions."""

import numpy as np
import pytest

from legato.analysis import analyze
from legato.errors import BadInput, NotResolvable
from legato.load import read
from legato.recording import Recording, Stream

WEIGHT_N = 700.0
SPEED_M_S = 2.5


def standing_jump(rate_hz: float = 1000.0) -> Recording:
    """Two seconds of standing, a dip, a push to 2.5 m/s, the flight, a landing and standing again, on two plates."""
    g = 9.80665
    t = np.arange(round(6.0 * rate_hz)) / rate_hz
    dip, push, land = 0.3, 0.25, 0.25
    over = np.zeros(t.size)

    def wave(start: float, length: float, impulse_m_s: float) -> None:
        inside = (t >= start) & (t < start + length)
        over[inside] += np.pi * impulse_m_s / (2.0 * length) * np.sin(np.pi * (t[inside] - start) / length)

    wave(2.0, dip, -1.0)
    wave(2.0 + dip, push, 1.0)
    # The last push ends at the full force, as a take-off does.
    up = (t >= 2.0 + dip + push) & (t < 2.0 + dip + 2.0 * push)
    over[up] += 2.0 * SPEED_M_S / push * (t[up] - (2.0 + dip + push)) / push
    force = WEIGHT_N * (1.0 + over / g)
    take_off = 2.0 + dip + 2.0 * push
    landing = take_off + 2.0 * SPEED_M_S / g
    force[(t >= take_off) & (t < landing)] = 0.0
    wave(landing, land, SPEED_M_S)
    down = (t >= landing) & (t < landing + land)
    force[down] = WEIGHT_N * (1.0 + over[down] / g)
    noise = np.random.default_rng(0).normal(0.0, 1.0, (2, t.size))
    plates = np.column_stack([0.55 * force + noise[0], 0.45 * force + noise[1]])
    return Recording((Stream("force", "force", plates, rate_hz, ("Left Fz", "Right Fz"), ("N", "N")),))


@pytest.mark.parametrize("rate_hz", [1000.0, 2148.0])
def test_a_jump_on_plates_alone_is_a_repetition_with_phases_height_and_share(rate_hz):
    result = analyze(standing_jump(rate_hz), "countermovement-jump")
    (rep,) = result.reps
    take_off, landing = 2.8, 2.8 + 2.0 * SPEED_M_S / 9.80665
    # A threshold crossing in noise of 1 N: a few samples.
    assert rep.marks["take_off"] == pytest.approx(take_off, abs=0.004)
    assert rep.marks["landing"] == pytest.approx(landing, abs=0.004)
    assert rep.start_s == pytest.approx(2.0, abs=0.04)
    assert [phase.name for phase in rep.phases] == ["unweight", "brake", "propel", "flight", "land"]
    document = result.to_dict()["forces"]
    (jump,) = document["jumps"]
    height = SPEED_M_S**2 / (2.0 * 9.80665)
    assert jump["height_flight_m"]["value"] == pytest.approx(height, abs=0.008)
    assert jump["height_impulse_m"]["value"] == pytest.approx(height, abs=0.01)
    assert document["load_share"]["left"]["value"] == pytest.approx(0.55, abs=0.005)


def with_electrode(recording: Recording, burst_s: float) -> Recording:
    """The same with a muscle that fires once."""
    rng = np.random.default_rng(1)
    t = np.arange(6000) / 1000.0
    envelope = 1e-5 + 5e-4 * np.exp(-0.5 * ((t - burst_s) / 0.06) ** 2)
    emg = (envelope * rng.normal(size=t.size))[:, None]
    stream = Stream("emg", "emg", emg, 1000.0, ("vastus lateralis right",), ("V",))
    return Recording((*recording.streams, stream))


def test_electrodes_beside_the_plates_cost_no_jump():
    both = analyze(with_electrode(standing_jump(), 2.65), "countermovement-jump")
    alone = analyze(standing_jump(), "countermovement-jump")
    assert both.to_dict()["forces"]["jumps"] == alone.to_dict()["forces"]["jumps"]
    assert [rep.marks for rep in both.reps] == [rep.marks for rep in alone.reps]
    assert both.muscles is not None
    (muscle,) = both.muscles.muscles
    (burst,) = muscle.bursts
    # The burst's SD is 60 ms; its centre in some 100 independent samples is off by a few ms.
    assert burst.rep == 0 and burst.centre is not None
    assert burst.centre.value == pytest.approx(2.65, abs=0.03)
    with pytest.raises(BadInput, match="EMG and force, which do not tell the movement"):
        analyze(with_electrode(standing_jump(), 2.65))


def test_force_alone_asks_for_the_movement():
    with pytest.raises(BadInput, match="--movement"):
        analyze(standing_jump())


def test_standing_is_no_jump():
    still = np.full((4000, 1), 700.0) + np.random.default_rng(0).normal(0.0, 1.0, (4000, 1))
    with pytest.raises(NotResolvable, match="nobody leaves the plates"):
        analyze(Recording((Stream("force", "force", still, 1000.0, ("Fz",), ("N",)),)), "countermovement-jump")


def test_empty_plates_are_refused():
    idle = np.random.default_rng(0).normal(0.0, 1.0, (4000, 1))
    with pytest.raises(BadInput, match="nobody stands on a plate"):
        analyze(Recording((Stream("force", "force", idle, 1000.0, ("Fz",), ("N",)),)), "countermovement-jump")


@pytest.mark.parametrize(
    ("name", "movement", "height_m"),
    [("Single-CMJ-Fz.txt", "countermovement-jump", 0.320), ("Single-SJ-Fz.txt", "squat-jump", 0.272)],
)
def test_published_heights_of_real_jumps_come_out_of_the_whole_analysis(shared_data, name, movement, height_m):
    result = analyze(read(shared_data / "jump-force-plates" / name, rate_hz=1000.0), movement)
    (jump,) = result.to_dict()["forces"]["jumps"]
    # 5 mm is one and a half samples of flight.
    assert jump["height_flight_m"]["value"] == pytest.approx(height_m, abs=0.005)


def squats_on_plates() -> Recording:
    """Three squats on two plates that are never left, 45 % on the right."""
    t = np.arange(round(14.0 * 1000)) / 1000.0
    force = WEIGHT_N * (1.0 + 0.2 * np.sin(2.0 * np.pi * (t - 1.0) / 4.0) * ((t > 1.0) & (t < 13.0)))
    noise = np.random.default_rng(0).normal(0.0, 1.0, (2, t.size))
    plates = np.column_stack([0.55 * force + noise[0], 0.45 * force + noise[1]])
    return Recording((Stream("force", "force", plates, 1000.0, ("Left Fz", "Right Fz"), ("N", "N")),))


def test_plates_under_a_movement_that_force_does_not_cut_tell_the_share_of_the_whole_recording():
    result = analyze(squats_on_plates(), "back-squat")
    (rep,) = result.reps
    assert not rep.complete and "legato corrections export result.json" in rep.reason and "add-rep" in rep.reason
    assert (rep.start_s, rep.end_s) == pytest.approx((0.0, 13.999), abs=1e-6)
    document = result.to_dict()
    share = document["forces"]["load_share"]
    # Two plates that are never empty: an offset of 3 N (SD) is in the interval.
    assert share["left"]["value"] == pytest.approx(0.55, abs=0.002)
    assert share["n"] == 0 and document["chain"]["gaps"][0]["verdict"] == "not-resolvable"


def test_repetitions_marked_by_hand_have_their_share():
    marked = [{"do": "add-rep", "start_s": 1.0 + 4.0 * k, "end_s": 5.0 + 4.0 * k} for k in range(3)]
    result = analyze(
        squats_on_plates(), "back-squat", corrections={"schema": "legato.corrections/1", "correction": marked}
    )
    assert [rep.complete for rep in result.reps] == [True, True, True]
    share = result.to_dict()["forces"]["load_share"]
    assert share["n"] == 3 and share["left"]["value"] == pytest.approx(0.55, abs=0.002)
