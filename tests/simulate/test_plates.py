"""Plates under a simulated lifter: Newton and Euler in every sample, and the planted share read back from the file."""

import numpy as np
import pytest

from legato import analyze, read
from legato.errors import BadInput
from legato.simulate import parse_load_share, parse_plate_types, simulate, with_emg, with_plates, write_simulation
from legato.simulate.bar_sensor import bar_truth
from legato.simulate.ground import ground_reaction
from legato.simulate.rigid import GRAVITY_M_S2
from legato.simulate.skeleton import centre_of_mass

QUIET = {"noise_m": 0.0, "wobble_m": 0.0}


@pytest.mark.parametrize("movement", ["back-squat", "hip-hinge", "push-press"])
@pytest.mark.parametrize("settings", [{}, {"heading_deg": 30.0}, {"mirror": True, "heading_deg": -20.0}])
def test_forces_and_moments_balance_in_every_sample(movement, settings):
    made = simulate(movement, reps=1, **settings)
    rate_hz = 1000.0
    ground = ground_reaction(made.motion, rate_hz, 0.54)
    np.testing.assert_allclose(ground.left.force + ground.right.force, ground.total, atol=1e-9)
    about = np.zeros_like(ground.about)
    for load in (ground.left, ground.right):
        about += np.cross(load.point, load.force)
        about[:, 2] += load.twist
    # The centre of pressure is a quotient of 1e3 N·m and 1e3 N: rounding alone.
    np.testing.assert_allclose(about, ground.about, atol=1e-8)
    share = ground.left.force[:, 2].sum() / ground.total[:, 2].sum()
    assert share == pytest.approx(0.54, abs=1e-12)
    s = made.motion.scenario
    pose = made.motion.pose(np.arange(-1, len(about) + 1) / rate_hz)
    bar_kg = 40.0 if movement == "push-press" else s.bar_kg
    com = centre_of_mass(pose, made.motion.athlete, bar_kg)
    upward = (s.mass_kg + bar_kg) * (np.diff(com[:, 2], 2) * rate_hz**2 - GRAVITY_M_S2[2])
    # The table's masses add up to 0.9998 of the body.
    np.testing.assert_allclose(ground.total[:, 2], upward, rtol=1e-3)


def test_every_centre_of_pressure_lies_under_its_foot():
    made = simulate("back-squat", reps=2, **QUIET)
    ground = ground_reaction(made.motion, 500.0, 0.5)
    markers = made.recording.stream("markers")
    for side, load in (("L", ground.left), ("R", ground.right)):
        heel, toe = (markers.channel(f"{side}{end}").mean(axis=0) for end in ("HEE", "TOE"))
        assert (load.point[:, 0] > heel[0]).all() and (load.point[:, 0] < toe[0] + 0.1).all()
        assert np.abs(load.point[:, 1] - 0.5 * (heel + toe)[1]).max() < 0.06


@pytest.mark.slow
@pytest.mark.parametrize("types", [(1, 2), (3, 4), (2, 2), (4, 1)], ids=str)
@pytest.mark.parametrize("first", ["right", "left"])
def test_the_planted_share_comes_back_through_the_file(tmp_path, types, first):
    made = with_plates(simulate("back-squat", reps=3), 0.55, types, first)
    path, _ = write_simulation(made, tmp_path)
    result = analyze(read(path), "back-squat")
    forces = result.forces
    assert forces is not None
    assert [p.plate_type for p in forces.plates] == list(types)
    assert [s.foot for s in forces.stands] == [first, "left" if first == "right" else "right"]
    assert {s.how for s in forces.stands} == {"place"}
    left = forces.load_share.left
    assert left is not None and forces.load_share.n == 3
    assert left.value == pytest.approx(0.55, abs=0.01)
    assert left.holds(0.55)
    assert made.truth["forces"]["load_share"] == {"left": 0.55, "right": pytest.approx(0.45)}


def test_a_mirrored_lifter_keeps_the_planted_share(tmp_path):
    made = with_plates(simulate("back-squat", reps=2, mirror=True, heading_deg=40.0), 0.46)
    path, _ = write_simulation(made, tmp_path)
    forces = analyze(read(path), "back-squat").forces
    assert forces is not None and forces.load_share.left is not None
    assert forces.load_share.left.value == pytest.approx(0.46, abs=0.01)


@pytest.mark.parametrize(
    ("movement", "settings", "share", "types", "words"),
    [
        ("deadlift", {}, 0.5, (2, 2), "modelled for"),
        ("throw", {}, 0.5, (2, 2), "modelled for"),
        ("clean-pull", {}, 0.5, (2, 2), "modelled for"),
        ("push-press", {"tempo": 0.5}, 0.5, (2, 2), "leaves the ground"),
        ("push-press", {"tempo": 0.75}, 0.5, (2, 2), "before or behind the middle of the foot"),
        ("back-squat", {"walk_in": True}, 0.5, (2, 2), "planted feet"),
        ("back-squat", {}, 0.9, (2, 2), "nearer to 0.5"),
        ("back-squat", {}, 1.0, (2, 2), "between 0 and 1"),
        ("back-squat", {}, 0.5, (2, 7), "two of 1, 2, 3 and 4"),
        ("back-squat", {}, 0.5, (2,), "two of 1, 2, 3 and 4"),
    ],
)
def test_what_is_not_modelled_is_refused(movement, settings, share, types, words):
    with pytest.raises(BadInput, match=words):
        with_plates(simulate(movement, reps=1, **settings), share, types)


def test_beside_electrodes_plates_run_at_their_rate_so_that_one_file_holds_both(tmp_path):
    made = with_plates(with_emg(simulate("push-press", reps=1, rate_hz=100.0)), 0.5)
    assert made.recording.stream("force").rate_hz == made.recording.stream("emg").rate_hz == 2000.0
    path, _ = write_simulation(made, tmp_path)
    kinds = {stream.kind: stream.rate_hz for stream in read(path).streams}
    assert kinds["force"] == kinds["emg"] == 2000.0


def test_a_load_on_the_bar_is_carried_by_the_feet_and_told_of_the_bar():
    for kg in (40.0, 70.0):
        made = simulate("push-press", reps=1, rate_hz=50.0, bar_kg=None if kg == 40.0 else kg, **QUIET)
        ground = ground_reaction(made.motion, 100.0, 0.5)
        # 80 kg of athlete (the table adds up to 0.9998 of them) that stands still first
        assert ground.total[:30, 2].mean() == pytest.approx((80.0 + kg) * 9.80665, rel=1e-3)
        assert made.motion.scenario.bar_kg == kg
        assert bar_truth(made)["load_kg"] == kg


def test_options_tell_the_share_of_the_left_foot_and_the_types():
    assert parse_load_share(None) == 0.5
    assert parse_load_share("left=0.55") == 0.55
    assert parse_load_share("right=.45") == pytest.approx(0.55)
    assert parse_plate_types("3,1") == (3, 1)
    for text in ("0.55", "left=55", "both=0.5", "left=1.0"):
        with pytest.raises(BadInput, match=r"as left=0\.55"):
            parse_load_share(text)
    for text in ("2;4", "two", ""):
        with pytest.raises(BadInput, match="as 2,4"):
            parse_plate_types(text)


def test_the_command_writes_plates_and_their_truth(tmp_path):
    import json

    from typer.testing import CliRunner

    from legato.cli import app

    asked = ["simulate", "squat", "--out", str(tmp_path), "--reps", "1", "--load-share", "left=0.52"]
    result = CliRunner().invoke(app, [*asked, "--plate-types", "2,3"])
    assert result.exit_code == 0, result.output
    truth = json.loads((tmp_path / "truth.json").read_text())
    assert truth["forces"]["load_share"]["left"] == 0.52 and truth["forces"]["types"] == [2, 3]
    assert [p.plate_type for p in read(tmp_path / "back-squat.c3d").plates] == [2, 3]
