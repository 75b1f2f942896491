"""The library of assessments: every name in it is known, every item has a detector of its own, every limit a source."""

import pytest

from legato.errors import BadInput
from legato.faults import fault_ids
from legato.faults.assessments import Assessment, assessment_ids, blank_sheet, load_assessment
from legato.faults.assessments.catalogue import parse_assessment
from legato.movements import load_movement

ALL = [pytest.param(load_assessment(name), id=name) for name in assessment_ids()]


def faults_named_by(movements: tuple[str, ...]) -> set[str]:
    return {fault for name in movements for fault in load_movement(name).faults}


def test_what_the_texts_describe_is_there():
    assert {
        "dowel-hinge", "squat", "rotation-drill", "anti-rotation-hold", "mobility-screen", "bending-question",
        "hinge-or-squat", "repositioning", "posterior-chain", "generate-transfer-sustain", "task-standing-work",
        "task-floor-lift", "task-asymmetric-lift", "task-carrying",
    } <= set(assessment_ids())  # fmt: skip


@pytest.mark.parametrize("spec", ALL)
def test_every_item_is_one_detector_of_the_movements_that_measure_it(spec: Assessment):
    named = faults_named_by(spec.movements)
    for item in spec.items:
        assert item.fault in named
    detectors = [(item.fault, item.point) for item in spec.items]
    assert len(set(detectors)) == len(detectors)


@pytest.mark.parametrize("spec", ALL)
def test_a_drill_is_filmed_as_the_text_asks(spec: Assessment):
    if spec.kind != "drill":
        return
    assert spec.film is not None and spec.items
    assert (spec.film.least_s, spec.film.most_s) == (15.0, 20.0)
    assert spec.film.least_rate_hz >= 60.0 and spec.film.least_reps >= 3


@pytest.mark.parametrize("spec", ALL)
def test_tasks_and_numbers_name_movements_and_faults_that_there_are(spec: Assessment):
    for task in spec.tasks:
        assert set(task.faults) <= faults_named_by(task.movements), task.id
    for number in spec.numbers:
        assert faults_named_by(number.movements) is not None
        assert number.error_source and number.source
    for question in spec.questions:
        assert set(question.faults) <= set(fault_ids())


@pytest.mark.parametrize("spec", ALL)
def test_anchors_say_what_is_seen_and_differ(spec: Assessment):
    for item in spec.items:
        assert len(set(item.anchors)) == 3 and all(len(anchor) > 10 for anchor in item.anchors)


def test_the_mobility_screen_has_the_limits_of_the_text():
    limits = {n.id: (n.short_below, n.enough_from, n.unit) for n in load_assessment("mobility-screen").numbers}
    assert limits == {
        "hip-flexion": (110.0, 120.0, "deg"),
        "ankle-dorsiflexion": (35.0, 40.0, "deg"),
        "knee-to-wall": (10.0, 10.0, "cm"),
        "thoracic-rotation": (45.0, 45.0, "deg"),
    }
    assert {n.grade for n in load_assessment("mobility-screen").numbers} == {"ENG"}


@pytest.mark.parametrize("spec", ALL)
def test_nothing_but_one_question_asks_how_somebody_feels(spec: Assessment):
    asked = [question.id for question in spec.questions]
    assert asked == (["fear-of-bending"] if spec.id == "bending-question" else [])
    assert "pain" not in blank_sheet(spec).lower()


def test_only_a_sheet_that_is_rated_by_eye_says_what_eyes_miss():
    assert "34 degrees" in blank_sheet(load_assessment("squat"))
    assert "34 degrees" not in blank_sheet(load_assessment("repositioning"))


def test_a_name_that_is_none_is_refused_with_the_nearest():
    with pytest.raises(BadInput, match="no assessment is called 'dowel-hing'; did you mean dowel-hinge"):
        load_assessment("dowel-hing")


GOOD = """\
id = "own"
name = "Own"
kind = "drill"
summary = "s"
source = "us"
movements = ["hip-hinge"]
instructions = ["do it"]
[[items]]
id = "one"
fault = "rib-flare"
asks = "?"
anchors = ["a", "b", "c"]
view = "side"
"""


TWICE = GOOD[GOOD.index("[[items]]") :].replace("one", "two")
RATIO = """\
[[derived]]
id = "r"
name = "r"
kind = "ratio"
top = "x"
bottom = "y"
unit = "1"
source = "us"
"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('kind = "drill"', 'kinds = "drill"', "own.toml, line 3: field kinds is not known here; did you mean kind"),
        ('source = "us"', "", "own.toml: field source is missing; add it"),
        (
            'fault = "rib-flare"',
            'fault = "rib-flair"',
            "line 10: nothing is called 'rib-flair' there; did you mean rib-flare",
        ),
        ('"hip-hinge"', '"hip-hing"', "line 6: nothing is called 'hip-hing' there; did you mean hip-hinge"),
        ("[[items]]", "[[items]", "own.toml, line 8: not valid TOML"),
        ('anchors = ["a", "b", "c"]', 'anchors = ["a", "b"]', "items.0.anchors"),
        ('view = "side"', 'view = "back"', "'back' does not fit"),
        ('movements = ["hip-hinge"]\n', "", "items need the movements"),
        ("[[items]]", TWICE + "[[items]]", "two items have one detector"),
        ("[[items]]", RATIO + "[[items]]", "made of x, which is no number"),
    ],
)
def test_a_file_that_does_not_hold_together_is_refused(old: str, new: str, said: str):
    parse_assessment("own.toml", GOOD)
    with pytest.raises(BadInput, match=said):
        parse_assessment("own.toml", GOOD.replace(old, new, 1))
