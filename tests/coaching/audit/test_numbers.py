"""Numbers with either sign before their decimals; what could be two numbers is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legato.coaching.audit.numbers import NoNumberError, decimal_sign, number


@pytest.mark.parametrize(
    ("cells", "cell", "value"),
    [
        (["82,5"], "82,5", 82.5),
        (["82.5"], "82.5", 82.5),
        (["82,5"], "1.234", 1234.0),
        (["82,5"], "1,234", 1.234),
        (["82.5"], "1,234", 1234.0),
        (["82.5"], "1.234", 1.234),
        ([], "102.058", 102.058),
        ([], "1.072,5", 1072.5),
        ([], "1,072.5", 1072.5),
        ([], "1 072", 1072.0),
        ([], "1\u202f072,5", 1072.5),
        ([], "0,125", 0.125),
        ([], "−20", -20.0),
        ([], "1,234,567", 1234567.0),
    ],
)
def test_numbers(cells: list[str], cell: str, value: float):
    assert number(cell, decimal_sign(cells)) == value


@pytest.mark.parametrize(
    ("sign", "cell"), [("", "1,234"), ("both", "1,234"), ("both", "1.234"), ("", "1.2.3"), ("", "x")]
)
def test_refused(sign: str, cell: str):
    with pytest.raises(NoNumberError):
        number(cell, sign)  # type: ignore[arg-type]


@given(st.integers(0, 10**8).map(lambda n: n / 100), st.booleans())
def test_a_number_is_the_same_in_either_style(value: float, comma: bool):
    text = f"{value:,.2f}"
    if comma:
        text = text.translate(str.maketrans(",.", ".,"))
    assert number(text, "") == value
