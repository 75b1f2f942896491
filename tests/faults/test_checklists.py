"""Sheets: what a rater writes comes back as it was written, and every slip is told with its line and the fix."""

from pathlib import Path

import pytest

from legato.errors import BadInput
from legato.faults.assessments import assessment_ids, blank_sheet, load_assessment, read_sheet

from .sheets import filled

RATINGS = (2, 1, 0, 2, None, 2, 1)


def test_what_was_rated_comes_back(tmp_path: Path):
    path = tmp_path / "sheet.toml"
    path.write_text(filled("dowel-hinge", RATINGS), "utf-8")
    sheet = read_sheet(path)
    assert tuple(sheet.ratings.values()) == RATINGS
    assert list(sheet.ratings) == [item.id for item in load_assessment("dowel-hinge").items]
    assert (sheet.rater, sheet.rater_is, sheet.seen) == ("R1", "coach", "video")
    assert sheet.subject == ("A07", "2024-11-22")


@pytest.mark.parametrize("name", assessment_ids())
def test_a_blank_sheet_asks_for_its_rater_first(name: str, tmp_path: Path):
    path = tmp_path / "sheet.toml"
    path.write_text(blank_sheet(load_assessment(name)), "utf-8")
    with pytest.raises(BadInput, match=r"sheet\.toml, line \d+: rater is empty"):
        read_sheet(path)


@pytest.mark.parametrize("name", [n for n in assessment_ids() if not load_assessment(n).items])
def test_a_sheet_without_items_may_be_left_blank_below_its_head(name: str, tmp_path: Path):
    path = tmp_path / "sheet.toml"
    path.write_text(filled(name), "utf-8")
    sheet = read_sheet(path)
    assert not sheet.readings and set(sheet.answers.values()) <= {None}


def test_a_rating_that_is_left_out_is_no_zero(tmp_path: Path):
    path = tmp_path / "sheet.toml"
    path.write_text(filled("dowel-hinge", RATINGS).replace("head-contact = 2\n", ""), "utf-8")
    with pytest.raises(BadInput, match=r'head-contact is not rated; give 0, 1, 2 or "not seen"'):
        read_sheet(path)


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ('assessment = "dowel-hinge"', 'assessment = "dowel-hing"', 11, "did you mean dowel-hinge?"),
        ('rater = "R1"', 'rater = ""', 12, "rater is empty; give a short code"),
        ('rater = "R1"', 'rater = "<b>"', 12, "rater '<b>' does not fit"),
        ('rater_is = "coach"', 'rater_is = "boss"', 13, "rater_is 'boss'; give coach, athlete, other"),
        ("date = 2024-11-22", "date = 2024-22-11", 16, "2024-22-11 is no day; write date = 2024-11-22"),
        ("date = 2024-11-22", "date = 22.11.2024", 16, "22.11.2024 is no day; write date = 2024-11-22"),
        ("date = 2024-11-22", "date = 9999-01-01", 16, "date 9999-01-01 is yet to come; give the day"),
        ('rater = "R1"', "rater = R1", 12, 'a text stands in straight quotes; write rater = "R1"'),
        ("head-contact = 2", "head-contact = not seen", 25, 'write head-contact = "not seen"'),
        ("date = 2024-11-22", 'date = "tomorrow"', 16, "date is no day; give the day the athlete did it"),
        ("head-contact = 2", "head-contact = 3", 25, "items.head-contact 3 does not fit; give 0, 1, 2"),
        ("head-contact = 2", "head-contact = true", 25, "items.head-contact True does not fit"),
        ("head-contact = 2", 'head-contact = ""', 25, "items.head-contact is not rated"),
        (
            "head-contact = 2",
            "haed-contact = 2",
            25,
            "haed-contact is not known here; did you mean head-contact?",
        ),
        ("[items]", "[item]", 18, "item is not known here; did you mean items?"),
        ("athlete = ", "athlet = ", 15, "athlet is not known here; did you mean athlete?"),
    ],
)
def test_a_slip_is_told_with_its_line_and_the_fix(tmp_path: Path, old: str, new: str, line: int | None, said: str):
    text = filled("dowel-hinge", RATINGS)
    assert old in text
    path = tmp_path / "sheet.toml"
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(BadInput) as told:
        read_sheet(path)
    assert said in str(told.value)
    assert str(path) in str(told.value)
    if line is not None:
        numbered = text.replace(old, new, 1).splitlines()
        assert f", line {line}: " in str(told.value), (str(told.value), numbered[line - 1])


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        ("numbers.hip-flexion.right", "[400]", "400° cannot be; give 0 to 170°"),
        ("numbers.hip-flexion.right", '["120"]', "'120' does not fit; give numbers in brackets"),
        ("numbers.hip-flexion.right", "[nan]", "nan does not fit"),
        ("numbers.hip-flexion.error", "-2", "-2 does not fit; give a number from 0.017 to 170°"),
    ],
)
def test_a_reading_that_cannot_be_is_refused(tmp_path: Path, place: str, value: str, said: str):
    path = tmp_path / "sheet.toml"
    path.write_text(filled("mobility-screen", lines={place: value}), "utf-8")
    with pytest.raises(BadInput, match=r"line \d+: numbers\.hip-flexion") as told:
        read_sheet(path)
    assert said in str(told.value)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("{ mean = 120, sd = 35 }", "needs mean, sd, n and source"),
        ('{ mean = 120, sd = 0, n = 40, source = "us" }', "give a number from 0.09 to 900 s"),
        ('{ mean = 120, sd = 1e-300, n = 30, source = "us" }', "give a number from 0.09 to 900 s"),
        ('{ mean = -1, sd = 35, n = 30, source = "us" }', "give 0 to 900 s"),
        ('{ mean = 120, sd = 35, n = 3, source = "us" }', "at least 10"),
        ('{ mean = 120, sd = 35, n = 40, source = "" }', "say where the reference is from"),
    ],
)
def test_a_reference_says_of_whom_it_is(tmp_path: Path, value: str, said: str):
    path = tmp_path / "sheet.toml"
    path.write_text(filled("posterior-chain", lines={"numbers.sorensen.reference": value}), "utf-8")
    with pytest.raises(BadInput) as told:
        read_sheet(path)
    assert said in str(told.value)


@pytest.mark.parametrize(("value", "answer"), [("7", 7), ("0", 0), ('"not asked"', None)])
def test_the_question_takes_its_range_or_nothing(tmp_path: Path, value: str, answer: int | None):
    path = tmp_path / "sheet.toml"
    path.write_text(filled("bending-question", lines={"questions.fear-of-bending": value}), "utf-8")
    assert read_sheet(path).answers == {"fear-of-bending": answer}
    path.write_text(filled("bending-question", lines={"questions.fear-of-bending": "11"}), "utf-8")
    with pytest.raises(BadInput, match="11 does not fit; give 0 to 10"):
        read_sheet(path)


def test_a_sheet_to_print_is_no_sheet_to_read(tmp_path: Path):
    path = tmp_path / "sheet.html"
    path.write_text("<!doctype html>\n<html></html>", "utf-8")
    with pytest.raises(BadInput, match=r"sheet\.html: is a web page and no TOML; give the \.toml file"):
        read_sheet(path)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"= 1", b""])
def test_a_file_that_is_no_sheet_is_refused_by_name(tmp_path: Path, content: bytes):
    path = tmp_path / "other.toml"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=r"other\.toml"):
        read_sheet(path)


def test_a_sheet_that_is_not_there_is_refused(tmp_path: Path):
    with pytest.raises(BadInput, match="cannot be read"):
        read_sheet(tmp_path / "none.toml")
