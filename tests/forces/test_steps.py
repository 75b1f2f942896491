"""Instants of steps on plates: planted contacts through noise, zeroed files and low-passes, and rolling feet."""

import numpy as np
import pytest
from scipy.signal import butter, sosfiltfilt

from legato.forces import find_plates
from legato.forces.feet import Stand
from legato.forces.model import Plate
from legato.forces.steps import find_steps
from legato.recording import FloatArray, Recording, Stream

WEIGHT_N = 700.0


def walked(rate_hz: float, contact_s: float, off_s: float, ramps_s: tuple[float, float]) -> FloatArray:
    """Vertical force of one step, N: straight ramps at both ends, two humps between them."""
    t = np.arange(round(2.0 * rate_hz)) / rate_hz
    up, down = (t - contact_s) / ramps_s[0], (off_s - t) / ramps_s[1]
    shape = np.clip(np.minimum(np.minimum(up, down), 1.0), 0.0, None)
    humps = 1.0 + 0.15 * np.cos(4.0 * np.pi * (t - contact_s) / (off_s - contact_s) + np.pi)
    return WEIGHT_N * shape * humps


def plate_of(force_n: FloatArray, rate_hz: float, name: str = "Right Fz") -> Plate:
    stream = Stream("force", "force", force_n[:, None], rate_hz, (name,), ("N",))
    (plate,) = find_plates(Recording((stream,)), zero=True).plates
    return plate


def stand_of(plate: Plate, start_s: float, end_s: float, foot: str = "right") -> Stand:
    return Stand(plate.index, start_s, end_s, foot, "place", "", stepped_on=True, stepped_off=True)  # type: ignore[arg-type]


@pytest.mark.parametrize("cutoff_hz", [None, 50.0, 20.0, 12.0])
@pytest.mark.parametrize("rate_hz", [500.0, 1000.0])
def test_the_interval_of_a_zeroed_file_holds_the_planted_instants(rate_hz: float, cutoff_hz: float | None) -> None:
    rng = np.random.default_rng(8)
    inside: list[bool] = []
    for _ in range(25):
        contact, off = 0.5 + 0.1 * rng.random(), 1.25 + 0.1 * rng.random()
        force = walked(rate_hz, contact, off, (rng.uniform(0.03, 0.09), rng.uniform(0.06, 0.15)))
        if cutoff_hz is not None:
            force = sosfiltfilt(butter(2, cutoff_hz, fs=rate_hz, output="sos"), force)
        # Zero below 5 N, as files are that were cleaned: no noise tells of the low-pass.
        plate = plate_of(np.where(force < 5.0, 0.0, force), rate_hz)
        (step,) = find_steps([plate], [stand_of(plate, contact + 0.05, off - 0.05)])
        assert step.contact_s is not None and step.off_s is not None
        inside += [step.contact_s.holds(contact), step.off_s.holds(off)]
        # Not wider than what a low-pass may do to a ramp: a period of its cut-off, at most.
        widest = 0.03 if cutoff_hz is None else 0.03 + 1.0 / cutoff_hz
        assert max(step.contact_s.high - step.contact_s.low, step.off_s.high - step.off_s.low) < widest
    # The ends of the interval are bounds and no quantiles, so more than 90 % lie inside; below 12 Hz fewer do.
    assert np.mean(inside) >= 0.9


def test_a_noisy_plate_tells_a_step_to_some_milliseconds() -> None:
    rng = np.random.default_rng(4)
    inside: list[bool] = []
    for _ in range(40):
        contact, off = 0.5 + 0.1 * rng.random(), 1.25 + 0.1 * rng.random()
        force = walked(1000.0, contact, off, (rng.uniform(0.02, 0.06), rng.uniform(0.04, 0.1)))
        plate = plate_of(force + rng.normal(0.0, 2.0, force.size), 1000.0)
        (step,) = find_steps([plate], [stand_of(plate, contact + 0.05, off - 0.05)])
        assert step.contact_s is not None and step.off_s is not None
        assert abs(step.contact_s.value - contact) < 0.005 and abs(step.off_s.value - off) < 0.005
        inside += [step.contact_s.holds(contact), step.off_s.holds(off)]
    assert np.mean(inside) >= 0.8


def test_a_foot_that_rolls_to_the_next_plate_makes_one_step() -> None:
    rate = 1000.0
    heel, toe = walked(rate, 0.5, 0.9, (0.05, 0.1)), walked(rate, 0.8, 1.2, (0.1, 0.1))
    stream = Stream("force", "force", np.stack([heel, toe], axis=1), rate, ("Right Fz1", "Right Fz2"), ("N", "N"))
    plates = find_plates(Recording((stream,)), zero=True).plates
    assert len(plates) == 2
    stands = [stand_of(plates[0], 0.51, 0.89), stand_of(plates[1], 0.81, 1.19)]
    (step,) = find_steps(plates, stands)
    assert step.contact_s is not None and step.off_s is not None
    assert step.contact_s.value == pytest.approx(0.5, abs=0.005) and step.off_s.value == pytest.approx(1.2, abs=0.008)


def test_a_shared_or_unknown_foot_makes_no_step() -> None:
    plate = plate_of(walked(1000.0, 0.5, 1.2, (0.05, 0.1)), 1000.0)
    assert find_steps([plate], [stand_of(plate, 0.5, 1.2, "both"), stand_of(plate, 0.5, 1.2, "")]) == ()
