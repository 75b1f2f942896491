"""Tables of force with lost samples and uneven times: every time counts."""

import numpy as np
import pytest

from legato.forces import analyse_forces, find_plates
from legato.load import read
from legato.recording import Recording, Stream

from .planted_jumps import planted_jump


def table(path, time_s, force_n):
    rows = "".join(f"{t:.4f},{f:.2f}\n" for t, f in zip(time_s, force_n, strict=True))
    path.write_text("time (s),Fz (N)\n" + rows)
    return read(path)


def uneven(time_s, values, rate_hz=1000.0, channels=("Fz",)):
    units = ("N",) * len(channels)
    return Recording((Stream("plate", "force", values, rate_hz, channels, units, time_s=np.asarray(time_s)),))


def test_samples_lost_while_standing_do_not_move_the_flight(tmp_path):
    made = planted_jump(noise_n=1.0)
    t = np.arange(made.force_n.size) / 1000.0
    keep = np.ones(t.size, dtype=bool)
    keep[200:1200:2] = False
    found = analyse_forces(table(tmp_path / "jump.csv", t[keep], made.force_n[keep]))
    assert found is not None and found.jumps is not None
    (jump,) = found.jumps.jumps
    # Read as even, the flight lasted a ninth longer: 0.552 m.
    assert jump.height_flight_m.value == pytest.approx(made.height_m, abs=0.002)
    assert jump.height_impulse_m is not None
    assert jump.height_impulse_m.value == pytest.approx(made.height_m, abs=0.005)
    assert jump.take_off_s.value == pytest.approx(made.take_off_s, abs=0.003)
    assert any("even clock of 1000 Hz" in note for note in found.notes)


def test_a_clock_that_trembles_is_followed(tmp_path):
    made = planted_jump(noise_n=1.0)
    t = np.arange(made.force_n.size) / 1000.0
    shaken = t + np.random.default_rng(1).uniform(-3e-4, 3e-4, t.size)
    found = analyse_forces(table(tmp_path / "jump.csv", shaken, np.interp(shaken, t, made.force_n)))
    assert found is not None and found.jumps is not None
    (jump,) = found.jumps.jumps
    assert jump.height_flight_m.value == pytest.approx(made.height_m, abs=0.003)


def test_a_longer_gap_is_missing_and_nothing_is_invented_in_it():
    t = np.arange(3000) / 1000.0
    force = np.where(t < 1.0, 0.0, 700.0)
    keep = (t < 1.5) | (t > 2.0)
    (plate,) = find_plates(uneven(t[keep], force[keep, None])).plates
    gap = (plate.times() > 1.501) & (plate.times() < 1.999)
    assert plate.n_samples == 3000 and np.isnan(plate.vertical[gap]).all()
    assert np.isfinite(plate.vertical[~gap]).mean() > 0.998
    assert any("missing" in reason for reason in plate.reasons)


def test_a_channel_that_lacks_a_sample_lacks_it_on_the_even_clock_too():
    t = np.sort(np.arange(3000) / 1000.0 + np.random.default_rng(0).uniform(-2e-4, 2e-4, 3000))
    force = np.stack((np.full(3000, 500.0), np.full(3000, 300.0)), axis=1)
    force[1000:1100, 0] = np.nan
    first, second = find_plates(uneven(t, force, channels=("Fz1", "Fz2"))).plates
    assert 100 <= np.isnan(first.vertical).sum() <= 102
    assert np.isfinite(second.vertical).all() and np.ptp(second.vertical) == 0.0


def test_a_limit_of_the_device_is_still_seen_between_uneven_samples():
    t = np.arange(3000) / 1000.0
    clean = 700.0 * (t > 0.5) + 900.0 * np.exp(-0.5 * ((t - 1.5) / 0.1) ** 2)
    clean += np.random.default_rng(2).normal(0.0, 1.0, t.size)
    clipped = np.minimum(clean, 1400.0)
    keep = np.ones(t.size, dtype=bool)
    keep[700:1200:3] = False
    (plate,) = find_plates(uneven(t[keep], clipped[keep, None])).plates
    (span,) = plate.clipped
    # 900·exp(−x²/2) passes 700 at x = 0.709 SD, 0.071 s beside the middle; noise of 1 N moves that by a sample or two.
    assert span.start_s == pytest.approx(1.429, abs=0.005) and span.end_s == pytest.approx(1.571, abs=0.005)


@pytest.mark.parametrize(
    ("time_s", "says"),
    [
        (np.r_[np.arange(50) / 1000.0, 0.2, 5.0, np.arange(6000, 6050) / 1000.0], "% of its time is in gaps"),
        (np.r_[np.arange(50), 40 + np.arange(50)] / 1000.0, "does not rise after 0.049 s"),
        (np.array([0.0, 0.001]), "2 uneven samples"),
    ],
    ids=["rare", "backwards", "two"],
)
def test_times_that_tell_no_course_are_left_out_with_the_reason(time_s, says):
    found = find_plates(uneven(time_s, np.full((len(time_s), 1), 700.0)))
    assert not found.plates and any(says in note for note in found.notes)


def test_an_even_recording_is_left_as_it_is():
    stream = Stream("plate", "force", np.full((500, 1), 700.0), 1000.0, ("Fz",), ("N",))
    found = find_plates(Recording((stream,)))
    assert len(found.plates) == 1 and not any("clock" in note for note in found.notes)
