"""One plain sentence a pair of joints: what leads is named only where its interval says so."""

import pytest

from legato.chain.coordination import coupling_words, couplings
from legato.chain.coordination_model import Coordination, CoordinationResult, Plane
from legato.estimate import Estimate
from legato.report.together import coordination_sentences, pair_name
from legato.signals.coordination import PATTERNS


def share(
    subject: str, side: str, phase: str, pattern: str, value: float, half: float = 0.05, plane: Plane = "sagittal"
) -> Coordination:
    estimate = Estimate.symmetric(value, half)
    return Coordination(subject, plane, side, phase, f"{pattern}_share", estimate, 5)


def said(*measures: Coordination) -> list[str]:
    return coordination_sentences(CoordinationResult(measures))


def test_both_sides_and_phases_that_agree_are_one_sentence() -> None:
    measures = [
        share("hip-knee", side, phase, pattern, value)
        for side in ("right", "left")
        for phase in ("descent", "ascent")
        for pattern, value in (("in_phase", 0.9), ("proximal", 0.1))
    ]
    assert said(*measures) == ["Hip and knee, both sides: they bend and straighten together (descent, ascent)."]


def test_sides_that_differ_are_told_apart() -> None:
    assert said(
        share("knee-ankle", "right", "descent", "proximal", 0.8), share("knee-ankle", "left", "descent", "distal", 0.8)
    ) == [
        "Knee and ankle, right: mainly the knee moves (descent).",
        "Knee and ankle, left: mainly the ankle moves (descent).",
    ]


def test_sides_of_which_one_is_only_less_certain_are_one_sentence_with_what_is_clear_on_both() -> None:
    def side(name: str, low: float) -> list[Coordination]:
        near = Coordination("hip-knee", "sagittal", name, "descent", "in_phase_share", Estimate(0.98, low, 1.0), 5)
        return [near, share("hip-knee", name, "ascent", "in_phase", 0.9)]

    assert said(*side("right", 0.498), *side("left", 0.58)) == [
        "Hip and knee, both sides: they bend and straighten together (ascent)."
    ]


def test_what_is_clear_on_one_side_alone_is_no_difference_of_the_sides() -> None:
    right = share("hip-knee", "right", "descent", "in_phase", 0.6, 0.11)
    left = share("hip-knee", "left", "descent", "in_phase", 0.6, 0.09)
    assert said(right, left) == [
        "Hip and knee: they bend and straighten together (descent), for certain only on the left."
    ]
    assert said(left) == ["Hip and knee, left: they bend and straighten together (descent)."]


def test_a_press_is_said_as_it_looks() -> None:
    (line,) = said(
        *(share("shoulder-elbow", side, "press", "anti_phase", 0.9) for side in ("right", "left")),
    )
    assert line == (
        "Shoulder and elbow, both sides: the elbow straightens as the arm rises and bends as it sinks (press)."
    )


def test_every_coupling_has_words_for_every_pattern() -> None:
    for coupling in couplings():
        words = coupling_words(coupling.id, coupling.plane)
        assert set(words) == set(PATTERNS)
        assert len(set(words.values())) == len(PATTERNS)


@pytest.mark.parametrize(("half", "clear"), [(0.09, True), (0.11, False)])
def test_a_pattern_leads_only_where_its_whole_interval_is_above_one_half(half: float, clear: bool) -> None:
    (line,) = said(
        share("pelvis-lumbar", "", "descent", "anti_phase", 0.6, half),
        share("pelvis-lumbar", "", "descent", "distal", 0.4),
    )
    if clear:
        assert line == "Pelvis and lumbar spine: one bends forward while the other goes back (descent)."
    else:
        assert line == "No one pattern leads for certain: pelvis and lumbar spine."


def test_the_plane_is_said_where_it_is_not_the_usual_one() -> None:
    assert pair_name("pelvis-thorax", "transverse") == "Pelvis and thorax, in turning about the long axis"
    assert pair_name("pelvis-lumbar", "frontal") == "Pelvis and lumbar spine, sideways"


def test_the_hips_part_has_its_interval() -> None:
    hips = Coordination("trunk", "sagittal", "", "descent", "hip_share", Estimate(0.85, 0.81, 0.9), 5)
    assert said(hips) == ["The hips' part in the bend of hips and lumbar spine: descent 85 % (81 to 90 %)."]
