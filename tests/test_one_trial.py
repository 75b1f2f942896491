"""Files of two trials are not taken for one, whatever their lengths and their order; files of one trial are."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from legato.errors import BadInput
from legato.formats.mot import write_mot
from legato.formats.trc import write_trc
from legato.load import read
from legato.recording import Recording, Stream
from legato.simulate import simulate
from legato.sync.one_trial import unlike

FRAMES = 900
Write = Callable[[str, Stream], Path]


def markers(seed: int, movement: str = "back-squat", frames: int = FRAMES, **settings: float) -> Stream:
    """Markers of a simulated trial, all of them of one length as a laboratory with a fixed time takes them."""
    found = simulate(movement, rate_hz=100.0, reps=6, seed=seed, **settings).recording.stream("markers")
    assert found.n_samples >= frames
    return found.with_values(found.values[:frames])


@pytest.fixture(scope="module")
def squat() -> Stream:
    return markers(1)


@pytest.fixture(scope="module")
def other() -> Stream:
    return markers(2, tempo=1.3)


@pytest.fixture
def written(tmp_path: Path) -> Write:
    def write(name: str, stream: Stream) -> Path:
        path = tmp_path / name
        (write_trc if stream.kind == "markers" else write_mot)(path, Recording((stream,)))
        return path

    return write


def noisy(stream: Stream, sd_m: float) -> Stream:
    noise = np.random.default_rng(7).normal(0.0, sd_m, stream.values.shape)
    return stream.with_values(stream.values + noise)


def test_two_trials_of_one_length_with_the_same_markers_are_refused(squat: Stream, other: Stream, written: Write):
    one, two = written("a.trc", squat), written("b.trc", other)
    for files in ((one, two), (two, one)):
        with pytest.raises(BadInput, match=r"the markers of the same names \(\d+\) move differently in the two"):
            read(*files)
    # Who says how the clocks lie has looked.
    assert len(read(one, two, offset_s=0.0).streams) == 2


def test_two_trials_are_refused_behind_a_file_of_another_kind(squat: Stream, other: Stream, written: Write):
    angle = np.radians(60.0) * (1.0 - np.cos(np.linspace(0.0, 25.0, FRAMES)))[:, None]
    angles = Stream("angles", "angles", angle, 100.0, ("knee_angle_r",), ("rad",))
    files = [written("a.mot", angles), written("a.trc", squat)]
    assert len(read(*files).streams) == 2
    with pytest.raises(BadInput, match=r"a\.trc and .*b\.trc: the markers of the same names"):
        read(*files, written("b.trc", other))
    named = replace(other, channels=tuple(f"{c}_b" for c in other.channels))
    with pytest.raises(BadInput, match=r"a\.trc and .*c\.trc: two marker recordings that share 0 of"):
        read(*files, written("c.trc", named.with_values(named.values[:400])))


def test_angles_of_two_trials_are_refused(written: Write):
    def angles(seed: int) -> Stream:
        rng, t = np.random.default_rng(seed), np.arange(FRAMES) / 100.0
        bends = [np.exp(-0.5 * ((t - at) / width) ** 2) for at, width in rng.uniform((0.0, 0.2), (9.0, 0.6), (6, 2))]
        values = np.radians(rng.uniform(30.0, 90.0, (2, 6))) @ np.array(bends)
        return Stream("angles", "angles", values.T, 100.0, ("knee_angle_r", "hip_flexion_r"), ("rad",) * 2)

    with pytest.raises(BadInput, match=r"the joint angles of the same names \(2\) move differently"):
        read(written("a.mot", angles(1)), written("b.mot", angles(2)))


def test_another_export_of_the_same_trial_is_the_same_trial(squat: Stream, written: Write):
    whole = written("a.trc", squat)
    # Noise as between a filtered and a raw export, or between two systems that see one body.
    for k, sd_m in enumerate((0.002, 0.01)):
        assert len(read(whole, written(f"n{k}.trc", noisy(squat, sd_m))).streams) == 2
    # Cropped: its clock says where it lies, and the same markers are where they were.
    part = noisy(squat, 0.002)
    part = replace(part, values=part.values[250:700], start_s=2.5)
    joined = read(whole, written("part.trc", part))
    assert len(joined.streams) == 2 and not [note for note in joined.notes if "one trial" in note]
    # Turned and moved: another origin and other axes of the floor.
    turn = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    turned = noisy(squat, 0.002)
    assert len(read(whole, written("turned.trc", turned.with_values(turned.values @ turn.T + 30.0))).streams) == 2


def test_what_does_not_move_and_what_nobody_named_tells_nothing(squat: Stream, other: Stream):
    still = squat.with_values(np.repeat(squat.values[:1], FRAMES, 0))
    assert unlike(still, noisy(still, 0.003)) is None
    unnamed = [replace(s, channels=tuple(f"*{k}" for k in range(len(s.channels)))) for s in (squat, other)]
    assert unlike(*unnamed) is None
    assert unlike(squat, replace(other, start_s=1000.0)) is None, "never at the same time"
    two = [replace(s, values=s.values[:, :1], channels=s.channels[:1], units=("m",)) for s in (squat, other)]
    assert unlike(*two) is None, "one marker has no distance"


@pytest.mark.parametrize("scale", [0.6, 1.0])
def test_a_share_near_nought_is_one_trial_near_one_another(squat: Stream, other: Stream, scale: float):
    """A child's body moves by less; the share is of what moves."""
    one, two = (s.with_values(scale * s.values) for s in (squat, other))
    same, apart = unlike(one, noisy(one, 0.005)), unlike(one, two)
    assert same is not None and apart is not None
    assert same < 0.12 and apart > 0.5


def test_real_trials(shared_data: Path):
    folder = shared_data / "squat-asymmetry"
    trials = {
        name: read(folder / f"{name}.trc").stream("markers") for name in ("squats1", "squatsAsym1", "STS1", "DJ1")
    }
    shares = [unlike(one, two) for a, one in trials.items() for b, two in trials.items() if a < b]
    assert all(share is not None and share > 0.3 for share in shares), shares
    assert len(read(shared_data / "sprint" / "sprint.c3d", shared_data / "sprint" / "markers.trc").streams) > 2
