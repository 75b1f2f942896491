"""A file's fault is told in plain words."""

from typing import Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from legato.messages import fields_at, nearest, toml_fault, wrong_value


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


def test_a_file_that_is_no_text_is_not_told_by_its_codec() -> None:
    fault = UnicodeDecodeError("utf-8", b"\xf8", 0, 1, "invalid start byte")
    assert toml_fault(fault) == "it is no text; give a TOML file"
    assert toml_fault(ValueError("Invalid value (at line 3)")) == "Invalid value (at line 3); mend that line"
