"""The report's section on power: the picture shows what flows, a leak is named, a refusal says why."""

import re
from dataclasses import replace
from types import SimpleNamespace
from xml.etree import ElementTree

import numpy as np
import pytest

from legato.estimate import Estimate
from legato.kinetics.dead_time import DeadTime
from legato.kinetics.flow import PowerResult
from legato.kinetics.leaks import Leak
from legato.kinetics.moment_errors import DRAWS
from legato.kinetics.power import JointPower
from legato.kinetics.transfer import Amounts, TransferStep
from legato.kinetics.work import AMOUNTS, JointWork, Stretch
from legato.recording import Span
from legato.report.power import power_html
from legato.report.power_picture import JointFlow, PhaseFlow, picture
from legato.report.power_record import dead_time_sentence, leak_sentences, phase_words, power_lines, side_of


def joules(value: float) -> Estimate:
    return Estimate(value, value - 1.0, value + 1.0, 0.9, "J")


def legs(knee_absorbs: float = 0.0) -> PhaseFlow:
    """Both legs of a lift: 10 J enter each shank, 110 each thigh, 200 the pelvis from each side; 250 reach the bar."""
    joints: dict[str, JointFlow] = {}
    for side in ("right", "left"):
        taken = knee_absorbs if side == "right" else 0.0
        joints[f"ankle_{side}"] = JointFlow(joules(10.0), joules(0.0), joules(10.0))
        joints[f"knee_{side}"] = JointFlow(joules(100.0), joules(taken), joules(110.0 - taken))
        joints[f"hip_{side}"] = JointFlow(joules(90.0), joules(0.0), joules(200.0 - taken))
    return PhaseFlow("ascent", joints, joules(250.0), "bar")


def shapes(flow: PhaseFlow) -> tuple[ElementTree.Element, list[str]]:
    svg = ElementTree.fromstring(picture(flow, 400.0))
    return svg, [text.text or "" for text in svg.iter("text")]


def test_the_picture_says_every_energy_in_joules() -> None:
    svg, texts = shapes(legs())
    assert texts.count("+100 J") == 2
    assert texts.count("+90 J") == 2
    assert texts.count("+10 J") == 2
    assert "400 J" in texts
    assert "250 J to the bar" in texts
    assert "150 J" in texts  # what stays in the trunk
    assert "right knee 100 J" in (svg.get("aria-label") or "")


def test_bands_are_as_wide_as_their_energies() -> None:
    svg, _ = shapes(legs())
    widths: list[tuple[float, float]] = []
    for band in svg.iter("polygon"):
        corners = [tuple(float(v) for v in pair.split(",")) for pair in (band.get("points") or "").split()]
        ends = (corners[0], corners[3]), (corners[1], corners[2])
        widths.append(tuple(((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2) ** 0.5 for a, b in ends))  # type: ignore[arg-type]
    # 40 units are 400 J: shank 10 J at both ends, thigh 110, hips 200, trunk 400 narrowing to the bar's 250.
    expected = [(1.0, 1.0), (11.0, 11.0), (20.0, 20.0)] * 2 + [(40.0, 25.0)]
    for found, true in zip(widths, expected, strict=True):
        assert found == pytest.approx(true, abs=0.15)


def test_generation_and_absorption_differ_in_form_not_in_colour_alone() -> None:
    svg, texts = shapes(legs(knee_absorbs=30.0))
    assert [c.get("class") for c in svg.iter("circle")].count("absorbed") == 1
    assert "−30 J" in texts


def test_a_leg_off_the_plates_is_said_to_be_unknown() -> None:
    flow = legs()
    one = {name: joint for name, joint in flow.joints.items() if name.endswith("right")}
    _, texts = shapes(PhaseFlow("stance", one, None, ""))
    assert "not known" in texts
    assert not any("pelvis" in text for text in texts)


def result(*leaks: Leak, refused: dict[str, str] | None = None) -> PowerResult:
    return PowerResult((), (), (), {"ascent": True}, (), leaks, (), (), refused or {}, "bar", 6.0, ())


def leak(joint: str, absorbed: Estimate, share: Estimate, named: bool, reversals: int = 0) -> Leak:
    told = Amounts(((0, absorbed),), absorbed, 1), Amounts(((0, share),), share, 1)
    return Leak(joint, "ascent", *told, reversals, named)


def test_a_leak_is_named_in_words() -> None:
    found = leak("knee_right", Estimate(24.0, 18.0, 30.0, 0.9, "J"), Estimate(0.06, 0.045, 0.075, 0.9), True, 1)
    (said,) = leak_sentences(result(found), "ascent")
    assert said.startswith("Leak in the ascent: the right knee absorbs 24 ± 6 J, 6 ± 2 % of what all")
    assert said.endswith("measured joints generate, its power reversing once.")


def test_no_leak_says_how_small_it_must_be() -> None:
    found = leak("knee_right", Estimate(2.0, 0.0, 9.0, 0.9, "J"), Estimate(0.005, 0.0, 0.023, 0.9), False)
    (said,) = leak_sentences(result(found), "ascent")
    assert said == (
        "No joint surely leaks in the ascent; none absorbs more than 2 % of what all measured joints generate."
    )


def test_a_phase_that_others_drive_names_no_leak() -> None:
    found = leak("knee_right", Estimate(1.0, 0.2, 2.0, 0.9, "J"), Estimate(0.06, 0.01, 0.1, 0.9), False)
    found = replace(found, of_load=True, reason="joints that were not measured drive it")
    assert leak_sentences(result(found), "ascent") == [
        "No leak is named in the ascent: joints that were not measured drive it."
    ]


def lifted(bar: Estimate, ratio: Estimate | None = None, link: str = "all joints") -> PowerResult:
    """An ascent in which one knee generates 17 J and the bar takes so much."""
    drawn = np.zeros((DRAWS + 1, len(AMOUNTS)))
    drawn[:, AMOUNTS.index("generated")] = 17.0
    energy, share = Amounts(((0, bar),), bar, 1), Amounts(((0, ratio),), ratio, 1)
    step = TransferStep(link, "bar" if link == "all joints" else "pelvis", "ascent", energy, share)
    work = JointWork("knee_right", 0, "ascent", drawn, 0.9)
    return replace(result(), works=(work,), steps=(step,))


def test_more_on_the_bar_than_the_joints_generate_is_not_said_to_come_from_them() -> None:
    (said, *_) = power_lines(lifted(Estimate(225.0, 224.0, 226.0, 0.9, "J")))
    assert said == (
        "The bar takes 225 ± 1 J; the measured joints generate 17 J: the rest came from joints that were not measured"
        " (the arms) or from the body's own motion."
    )
    (said, *_) = power_lines(lifted(Estimate(12.0, 11.0, 13.0, 0.9, "J")))
    assert said == "From all measured joints to bar: 12 ± 1 J."


def test_no_share_stands_beside_an_energy_that_may_be_none() -> None:
    ratio = Estimate(0.36, 0.27, 0.47, 0.9)
    (said, *_) = power_lines(lifted(Estimate(0.0, -2.0, 2.0, 0.9, "J"), ratio, "legs"))
    assert said == "From legs to pelvis: 0 ± 2 J."
    (said, *_) = power_lines(lifted(Estimate(6.0, 4.0, 8.0, 0.9, "J"), ratio, "legs"))
    assert said == "From legs to pelvis: 6 ± 2 J, 36 ± 10 % of what the legs generate."


def test_generated_and_absorbed_alike_are_drawn_as_halves() -> None:
    flow = legs(knee_absorbs=95.0)
    svg, _ = shapes(flow)
    halves = {path.get("class"): path.get("d") or "" for path in svg.iter("path")}
    assert set(halves) == {"generated", "absorbed"}
    # One to each side of the centre: arcs from top to bottom, turning opposite ways.
    assert " 0 0 0 " in halves["generated"]
    assert " 0 0 1 " in halves["absorbed"]


def test_the_report_says_which_phases_it_cannot_draw() -> None:
    power = strides()
    works = tuple(replace(w, drawn=None) if w.phase == "stance_left" else w for w in power.works)
    rest = {
        "settings": SimpleNamespace(level=0.9),
        "movement": SimpleNamespace(cycle=SimpleNamespace(anchor="")),
        "kinetics": None,
        "reps": (),
    }
    page = power_html(SimpleNamespace(power=replace(power, works=works), **rest))  # type: ignore[arg-type]
    assert "Known in no repetition as a whole, so not drawn: left stance." in page
    faint = tuple(replace(w, drawn=0.01 * w.drawn) if w.rep and w.drawn is not None else w for w in power.works)
    page = power_html(SimpleNamespace(power=replace(power, works=faint), **rest))  # type: ignore[arg-type]
    assert "Too small to draw: left stance." in page


def test_a_refusal_stands_instead_of_numbers() -> None:
    lines = power_lines(result(refused={"": "the plates carry 140 kg"}))
    assert lines == ["Powers are not told: the plates carry 140 kg."]
    assert not re.search(r"\d J", " ".join(lines))


@pytest.mark.parametrize(
    ("phase", "whose", "said"),
    [
        ("stance_right", "right", "right stance"),
        ("push_off", "", "push off"),
        ("push_off_left", "left", "left push off"),
    ],
)
def test_a_phase_of_one_side_is_named_with_it(phase: str, whose: str, said: str) -> None:
    assert (side_of(phase), phase_words(phase)) == (whose, said)


def strides() -> PowerResult:
    """A right and a left stride: in its own stance a leg's knee generates 20 J, in the other's 4 J."""
    still = np.zeros(3)
    joints = tuple(
        JointPower("knee", side, f"shank_{side}", f"thigh_{side}", still, still, still, still)
        for side in ("right", "left")
    )
    works: list[JointWork] = []
    for rep, whose in enumerate(("right", "left")):
        for joint in joints:
            drawn = np.zeros((10, len(AMOUNTS)))
            drawn[:, AMOUNTS.index("generated")] = 20.0 if joint.side == whose else 4.0
            drawn[:, AMOUNTS.index("absorbed")] = 12.0
            works.append(JointWork(joint.name, rep, f"stance_{whose}", drawn, 0.9))
    stretches = tuple(Stretch(rep, f"stance_{side}", Span(0.0, 1.0)) for rep, side in enumerate(("right", "left")))
    drives = {"stance_right": False, "stance_left": False}
    return PowerResult(joints, tuple(works), stretches, drives, (), (), (), (), {}, "", 6.0, ())


def test_of_strides_each_stance_tells_its_own_leg() -> None:
    lines = power_lines(strides())
    assert lines == [
        "Right stance, generated: right knee 20 J.",
        "Right stance, absorbed: right knee 12 J.",
        "Left stance, generated: left knee 20 J.",
        "Left stance, absorbed: left knee 12 J.",
        "Every frame stands in tables/joint_powers.csv.",
    ]


@pytest.mark.parametrize(
    ("gap_ms", "hard_ms", "start", "end"),
    [
        (80, 150, "Dead time of 80 ms (60 to 100 ms) from the legs to the arms", ""),
        (
            -150,
            -80,
            "No dead time: legs and arms work together for 150 ms (130 to 170 ms)",
            ", above a fifth of their peaks for 80 ms (60 to 100 ms)",
        ),
        (
            -80,
            70,
            "Only faint power bridges legs and arms: they overlap by 80 ms (60 to 100 ms)",
            ", but 70 ms (50 to 90 ms) lie between their work above a fifth of their peaks",
        ),
        (
            5,
            60,
            "Whether power rests between legs and arms is not resolved: 5 ms (−15 to 25 ms)",
            ", above a fifth of their peaks 60 ms (40 to 80 ms)",
        ),
    ],
)
def test_a_gap_between_links_is_told_at_both_levels(gap_ms: int, hard_ms: int, start: str, end: str) -> None:
    gap, hard = (Estimate.symmetric(0.001 * ms, 0.02, "s", 0.9) for ms in (gap_ms, hard_ms))
    assert dead_time_sentence(DeadTime("legs", "arms", (), gap, 3, "", (), hard)) == f"{start}{end}."
