"""What cannot be known about trunk and arms is refused, and the rest kept: through `legato.analyze` on a hinge."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import legato
from legato.kinetics.whole_body import WholeBody
from legato.recording import Recording, Stream
from legato.report.summary import summary_lines
from legato.simulate import simulate, with_plates

ARMS = {f"{joint}_flexion_moment_{side}" for joint in ("elbow", "shoulder") for side in ("right", "left")}
ABOVE, GROUND = (f"lumbosacral_extension_moment_from_{way}" for way in ("above", "ground"))


@pytest.fixture(scope="module")
def hinge() -> Recording:
    return with_plates(simulate("hip-hinge", rate_hz=100.0, reps=2, noise_m=0.0005, wobble_m=0.0005)).recording


def told(recording: Recording, movement: str = "hip-hinge", **settings: float | None) -> legato.Analysis:
    given = {"mass_kg": 80.0, "load_kg": 60.0, "research": True, **settings}
    return legato.analyze(recording, movement, **given)  # pyright: ignore[reportArgumentType]


def trunk(result: legato.Analysis) -> WholeBody:
    assert result.whole_body is not None
    return result.whole_body


def peaks(whole: WholeBody, rep: int) -> dict[str, float]:
    return {m.name: m.peak.value for m in whole.per_rep if m.rep == rep and m.peak is not None}


def without(recording: Recording, names: Sequence[str], span: slice) -> Recording:
    """The recording in which these markers are not seen for a while."""

    def hide(stream: Stream) -> Stream:
        values = stream.values.copy()
        values[span, [stream.channels.index(name) for name in names]] = np.nan
        return stream.with_values(values)

    return replace(recording, streams=tuple(hide(s) if s.kind == "markers" else s for s in recording.streams))


@pytest.fixture(scope="module")
def whole(hinge: Recording) -> WholeBody:
    found = trunk(told(hinge))
    assert found.notes == ()
    assert {m.state for m in found.meetings} == {"agree"}
    assert set(peaks(found, 0)) == set(peaks(found, 1)) == {ABOVE, GROUND, *ARMS}
    return found


@pytest.mark.parametrize(
    ("markers", "lost"),
    [
        (
            ("C7", "CLAV", "STRN", "T10", "RBAK"),
            {ABOVE, "shoulder_flexion_moment_right", "shoulder_flexion_moment_left"},
        ),
        (("LASI", "RASI", "LPSI", "RPSI"), {ABOVE, GROUND}),
        (("LBHD", "LFHD", "RBHD", "RFHD"), {ABOVE}),
        (("BARL",), {ABOVE, *ARMS}),
        (("RTIB", "RTIB2", "RANK", "RMED"), {GROUND}),
    ],
)
def test_a_gap_over_the_largest_moment_refuses_what_hangs_on_it(
    hinge: Recording, whole: WholeBody, markers: tuple[str, ...], lost: set[str]
) -> None:
    """0.7 s round the bottom of the first repetition: the largest of what is left would be too small, up to 8 %."""
    top = next(m.time_s for m in whole.per_rep if m.name == GROUND)
    assert top is not None
    first = round(top * 100.0) - 35
    result = told(without(hinge, markers, slice(first, first + 70)))
    found = trunk(result)
    assert set(peaks(whole, 0)) - set(peaks(found, 0)) == lost
    assert {m.reason[:12] for m in found.per_rep if m.peak is None} == {"not known in"}
    assert set(peaks(found, 1)) == set(peaks(whole, 1))
    for name, value in peaks(found, 0).items():
        assert value == pytest.approx(peaks(whole, 0)[name], abs=2.0)
    # Where one way is not seen, nobody knows that both agree.
    assert found.lumbar is not None
    assert {m.rep for m in found.lumbar.per_rep if m.peak is not None} == {1}


def test_a_gap_in_every_repetition_is_named(hinge: Recording) -> None:
    lines = summary_lines(told(without(hinge, ("LBHD", "LFHD", "RBHD", "RFHD"), slice(0, 100000, 150))))
    assert not [line for line in lines if line.startswith("  No largest moment of L5/S1")]
    cut = slice(250, 900)
    lines = summary_lines(told(without(hinge, ("LBHD", "LFHD", "RBHD", "RFHD"), cut)))
    said = [line for line in lines if line.startswith("  No largest moment of L5/S1 extension, from the hands")]
    assert len(said) == 2
    assert "in repetition 1: not known in" in said[0]
    assert "in repetition 2: nowhere known in the repetition" in said[1]


def test_mass_missing_keeps_forces_and_timing(hinge: Recording) -> None:
    result = told(hinge, mass_kg=None)
    assert trunk(result).per_rep == ()
    assert trunk(result).notes == ("moments of the trunk need the body's mass: give --mass",)
    assert result.forces is not None
    assert result.forces.load_share is not None
    assert len(result.reps) == 2


def test_a_bar_without_its_load_keeps_legs_and_ground(hinge: Recording, whole: WholeBody) -> None:
    result = told(hinge, load_kg=None)
    assert set(peaks(trunk(result), 0)) == {GROUND}
    assert peaks(trunk(result), 0)[GROUND] == pytest.approx(peaks(whole, 0)[GROUND])
    assert trunk(result).notes == (
        "trunk and arms from above: the load's mass is not known: give --load, 0 without one",
    )
    assert result.kinetics is not None
    assert len(result.kinetics.joints) == 6


@pytest.mark.parametrize("how", ["off", "uncalibrated"])
def test_one_foot_that_no_plate_tells_of_keeps_what_comes_from_above(
    hinge: Recording, whole: WholeBody, how: str
) -> None:
    right, left = hinge.plates
    plates = (left,) if how == "off" else (replace(right, plate_type=4), left)
    result = told(replace(hinge, plates=plates))
    found = trunk(result)
    assert set(peaks(found, 0)) == {ABOVE, *ARMS}
    assert found.notes == ("L5/S1 from the ground: the right foot is on no plate",)
    for name, value in peaks(found, 0).items():
        assert value == pytest.approx(peaks(whole, 0)[name])
    assert result.kinetics is not None
    assert {joint.side for joint in result.kinetics.joints} == {"left"}


def test_a_box_lift_without_plates_tells_what_comes_from_above() -> None:
    box = simulate("box-lift", rate_hz=100.0, reps=1, noise_m=0.0005, wobble_m=0.0005).recording
    result = told(box, "box-lift", load_kg=12.0)
    assert result.kinetics is None or result.kinetics.joints == ()
    assert result.power is None
    assert set(peaks(trunk(result), 0)) == {ABOVE, *ARMS}
    # Before the box has left the floor it is not carried, and nothing is missing.
    assert np.isnan(trunk(result).arms[0].about_axis).any()


def test_a_real_box_lift_keeps_the_arm_that_was_measured(shared_data: Path) -> None:
    recording = legato.read(shared_data / "box-lift" / "box-lift.c3d")
    found = trunk(told(recording, "box-lift", mass_kg=75.0, load_kg=8.0))
    assert set(peaks(found, 0)) == {"elbow_flexion_moment_right", "shoulder_flexion_moment_right"}
    assert any(note.startswith("left arm: upper arm and forearm and hand not measured") for note in found.notes)
    assert trunk(told(recording, "box-lift", mass_kg=None, load_kg=8.0)).per_rep == ()
    assert trunk(told(recording, "box-lift", mass_kg=75.0, load_kg=None)).per_rep == ()
