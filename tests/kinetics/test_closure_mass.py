"""What the plates say of the masses that were given: only where force is weight on average."""

from pathlib import Path

import numpy as np
import pytest

import legato
from legato.body import build_body
from legato.forces.analyse import ForcesResult, analyse_forces
from legato.kinetics.closure import Closure, whole_body
from legato.kinetics.segments import MovingBody, moving_segments
from legato.recording import BoolArray
from legato.report.summary import summary_lines
from legato.simulate import simulate, with_plates

CARRIED = "the plates carry 14"
"""A body of 80 kg with a bar of 60."""

Trial = tuple[MovingBody, ForcesResult]


@pytest.fixture(scope="module")
def squat() -> Trial:
    recording = with_plates(simulate("back-squat", rate_hz=100.0, reps=2, noise_m=0.0005, wobble_m=0.0)).recording
    forces = analyse_forces(recording, [], [], mass_kg=80.0)
    assert forces is not None
    return moving_segments(build_body(recording), 100.0, 6.0), forces


def checked(squat: Trial, known: BoolArray) -> Closure:
    return whole_body(squat[0], squat[1].plates, known)


def span(squat: Trial, start_s: float, end_s: float) -> BoolArray:
    times = squat[0].times()
    return np.asarray((times >= start_s) & (times < end_s))


def test_whole_repetitions_and_a_stand_tell_a_wrong_mass(squat: Trial) -> None:
    end_s = float(squat[0].times()[-1])
    assert CARRIED in checked(squat, span(squat, 0.3, end_s - 0.3)).reason


def test_part_of_a_movement_tells_nothing_of_the_mass(squat: Trial) -> None:
    """From the fastest way down to the fastest way up the ground gives more than the weight, by its impulse."""
    trunk = squat[0].get("thorax")
    assert trunk is not None
    speed = np.gradient(trunk.centre_m[:, 2], 0.01)
    half = len(speed) // 2
    down, up = int(np.nanargmin(speed[:half])), int(np.nanargmax(speed[:half]))
    times = squat[0].times()
    part = checked(squat, span(squat, float(times[down]), float(times[up])))
    assert "plates carry" not in part.reason
    # A moment of it is too short to tell, whatever its speed.
    assert "plates carry" not in checked(squat, span(squat, float(times[down]), float(times[down]) + 0.08)).reason


def test_a_part_of_a_sprint_without_arms_tells_nothing_of_the_mass(shared_data: Path) -> None:
    """Half a second from the middle of a contact on, and a tenth of the body not measured."""
    recording = legato.read(shared_data / "sprint" / "sprint.c3d")
    result = legato.analyze(
        recording, "sprint", mass_kg=75.0, static=legato.read(shared_data / "sprint" / "static.c3d")
    )
    assert not [line for line in summary_lines(result) if "plates carry" in line.lower()]


def test_whole_strides_of_a_walk_tell_a_wrong_mass(shared_data: Path) -> None:
    folder = shared_data / "walk-inverse-dynamics"
    recording = legato.read(folder / "subject01_walk.trc", folder / "subject01_walk_grf.mot")
    static = legato.read(folder / "subject01_static.trc")
    given = {"movement": "gait", "static": static, "load_kg": 0.0}
    wrong = legato.analyze(recording, mass_kg=60.0, **given)  # pyright: ignore[reportArgumentType]
    assert wrong.power is not None
    assert any("the plates carry 73 kg on average" in check.reason for check in wrong.power.closure)
    right = legato.analyze(recording, mass_kg=72.6, **given)  # pyright: ignore[reportArgumentType]
    assert right.power is not None
    assert not any("the plates carry" in check.reason for check in right.power.closure)
