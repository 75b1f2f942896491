"""A file's fault is told in plain words."""

import tomllib
from typing import Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from legato.messages import fields_at, nearest, toml_fault, toml_slip, wrong_value


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid")
    kind: Literal["one", "two"] = "one"
    size: float = Field(default=1.0, gt=0.0)
    count: int = 1


class Whole(BaseModel):
    model_config = ConfigDict(extra="forbid")
    id: str = ""
    part: tuple[Part, ...] = ()


def test_the_nearest_name_or_the_first_ones() -> None:
    assert nearest("asis_rigth", ["asis_right", "knee"]) == "did you mean asis_right?"
    assert nearest("zz", list("abcd"), most=3) == "known are a, b, c …"


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ({"part": [{"kind": "three"}]}, "'three' does not fit; give 'one' or 'two'"),
        ({"part": [{"size": -1.0}]}, "-1.0 does not fit; give a number above 0"),
        ({"part": [{"size": "x"}]}, "'x' does not fit; give a number"),
        ({"part": [{"count": 1.5}]}, "1.5 does not fit; give a whole number"),
        ({"part": "x"}, "'x' does not fit; give a list, or tables in double brackets: [[…]]"),
        ({"id": 3}, "3 does not fit; give a text"),
    ],
)
def test_a_wrong_value_is_told_with_what_fits(record: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Whole.model_validate(record)
    assert wrong_value(dict(caught.value.errors()[0])) == said


def test_the_fields_where_an_error_stands() -> None:
    assert fields_at(Whole, ("part", 0, "knid")) == ["kind", "size", "count"]
    assert fields_at(Whole, ("prat",)) == ["id", "part"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("date = 20.11.2026", "20.11.2026 is no day; write date = 2026-11-20"),
        ("date = 11/20/2026", "11/20/2026 is no day; write date = 2026-11-20"),
        ("date = 5/6/2026", "5/6/2026 is no day; write date = 2026-MM-DD, month before day"),
        ("date = 2026-1-5  # that day", "2026-1-5 is no day; write date = 2026-01-05"),
        ("item = not seen", 'a text stands in straight quotes; write item = "not seen"'),
        ("rater = \u201cR1\u201d", 'a text stands in straight quotes; write rater = "R1"'),
        ('rater = "R1', 'rater: the quotes are not closed; end the text with "'),
        ("rater: R1", "rater has a colon; write it with an equals sign: rater = …"),
        ("size = 0,5", "0,5 is no number; write size = 0.5"),
        ("size =", "size has no value; give one"),
        ("size = True", "True is no value; write size = true, or quotes around it"),
        ('path = "C:\\dir"', "path holds a single backslash; write it twice, or take single quotes: path = '…'"),
        ("a = 2", "a is given a second time; keep one"),
        ("[items]", "items is there already; begin each of several with [[items]], else keep one"),
        ("= 3", "not valid TOML: Invalid statement; mend that line"),
    ],
)
def test_a_slip_of_toml_is_told_with_what_to_write(line: str, said: str) -> None:
    text = f"a = 1\n[[items]]\n{line}\n" if line == "[items]" else f"a = 1\n{line}\n"
    with pytest.raises(tomllib.TOMLDecodeError) as caught:
        tomllib.loads(text)
    assert toml_slip("s.toml", text, caught.value) == f"s.toml, line {2 + (line == '[items]')}: {said}"


def test_a_file_that_is_no_text_is_not_told_by_its_codec() -> None:
    fault = UnicodeDecodeError("utf-8", b"\xf8", 0, 1, "invalid start byte")
    assert toml_fault(fault) == "it is no text; give a TOML file"
    assert toml_fault(ValueError("Invalid value (at line 3)")) == "Invalid value (at line 3); mend that line"
