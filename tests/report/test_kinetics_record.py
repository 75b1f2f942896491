"""What the terminal says of joint moments: of whose repetitions, and why of none."""

import numpy as np

from legato.estimate import Estimate
from legato.kinetics.analyse import KineticsResult, RepMoment
from legato.kinetics.moments import JointMoment
from legato.report.kinetics_record import moment_lines

LAST = "Every frame stands in tables/joint_moments.csv."


def knee(side: str) -> JointMoment:
    still = np.zeros((3, 3))
    return JointMoment("knee", side, "extension", still, still, np.zeros(3), still, still)


def moment(rep: int, side: str, peak: float | None, reason: str = "") -> RepMoment:
    told = None if peak is None else Estimate(peak, peak - 5.0, peak + 5.0, 0.9, "N·m")
    return RepMoment(rep, f"knee_extension_moment_{side}", told, None if peak is None else 1.0, reason)


def result(*per_rep: RepMoment, sides: tuple[str, ...] = ("right", "left")) -> KineticsResult:
    return KineticsResult(tuple(knee(side) for side in sides), per_rep, 70.0, 6.0, ())


def test_of_strides_a_joint_tells_those_of_its_own_foot() -> None:
    found = result(
        moment(0, "right", 100.0), moment(1, "right", 40.0), moment(2, "right", 104.0), moment(3, "right", 60.0),
        moment(0, "left", 30.0), moment(1, "left", 90.0), moment(2, "left", 32.0), moment(3, "left", None, "hidden"),
    )  # fmt: skip
    assert moment_lines(found, {0: "right", 1: "left", 2: "right", 3: "left"}) == [
        "knee extension, right: up to 104 ± 5 N·m (the median of 2 right repetitions)",
        "knee extension, left: up to 90 ± 5 N·m (left repetition)",
        LAST,
    ]


def test_a_leg_told_in_the_other_stride_only_says_why_not_in_its_own() -> None:
    other = RepMoment(0, "knee_flexion_moment_left", Estimate(25.0, 18.0, 32.0, 0.9, "N·m"), 1.0)
    found = result(
        moment(0, "right", 100.0), moment(0, "left", None, "still rising"), other, moment(1, "left", None, "hidden"),
    )  # fmt: skip
    assert moment_lines(found, {0: "right", 1: "left"}) == [
        "knee extension, right: up to 100 ± 5 N·m (right repetition)",
        "knee flexion, left: up to 25 ± 7 N·m (right repetition)",
        "No largest moment of the left knee (extension) in the right repetition: still rising.",
        "No largest moment of the left knee in the left repetition: hidden.",
        LAST,
    ]


def test_repetitions_of_one_side_or_none_are_one_group() -> None:
    found = result(moment(0, "right", 40.0), moment(1, "right", 100.0), moment(2, "right", 60.0), sides=("right",))
    said = ["knee extension, right: up to 60 ± 5 N·m (the median of 3 repetitions)", LAST]
    assert moment_lines(found) == said
    assert moment_lines(found, dict.fromkeys(range(3), "right")) == said


def test_a_joint_without_any_says_why() -> None:
    why = "not known in 5 % of the repetition"
    found = result(moment(0, "right", None, why), moment(0, "left", None, why))
    assert moment_lines(found) == [f"No largest moment of the right knee and left knee: {why}.", LAST]
    assert moment_lines(result()) == ["No repetition is whole, so none has a largest moment.", LAST]
