"""Rates, times and loads as people type them."""

from datetime import date, timedelta

import pytest

from legato.commands.amounts import one_load, parse_day, parse_loads, parse_rate, parse_seconds
from legato.errors import BadInput


@pytest.mark.parametrize(
    ("text", "hz"),
    [("60", 60.0), ("60fps", 60.0), ("60 Hz", 60.0), ("59.94hz", 59.94), ("59,94", 59.94), ("1 kHz", 1000.0),
     (" 120 frames/s ", 120.0), ("2e3", 2000.0)],
)  # fmt: skip
def test_a_rate_with_its_unit(text: str, hz: float) -> None:
    assert parse_rate(text) == pytest.approx(hz, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0", "above 0"), ("-5", "above 0"), ("nan", "above 0"), ("inf", "above 0"), ("1e9", "below 1e6"),
        ("abc", "no number"), ("", "no number"), ("16.7ms", "59.88 samples a second"),
        ("60 apples", "apples is no unit"),
        ("60 60", "no number"),
    ],
)  # fmt: skip
def test_a_rate_that_is_none_is_refused_with_what_one_looks_like(text: str, said: str) -> None:
    with pytest.raises(BadInput, match=r"^--rate ") as caught:
        parse_rate(text)
    assert said in str(caught.value)
    assert "samples or frames a second" in str(caught.value)


def test_a_time_with_its_unit() -> None:
    assert parse_seconds("250ms", "--offset") == pytest.approx(0.25)
    assert parse_seconds("-1.5", "--offset") == -1.5
    for text in ("5 apples", "x", "nan", "inf"):
        with pytest.raises(BadInput, match=r"^--offset .*give seconds"):
            parse_seconds(text, "--offset")


def test_loads_in_kilograms_and_pounds() -> None:
    assert parse_loads("60,70, 80.5") == (60.0, 70.0, 80.5)
    assert parse_loads("135lb; 155 lbs") == pytest.approx((61.2350, 70.3068), abs=1e-4)
    assert parse_loads("135,60kg", "lb") == pytest.approx((61.2350, 60.0), abs=1e-4)


@pytest.mark.parametrize(
    ("text", "said"),
    [("60,,70", "missing"), ("60,x", "no number"), ("60 m", "m is no unit"), ("-5", "no load"), ("nan", "no load"),
     ("90000", "no load"), ("", "missing"), ("60 70 80", "no number")],
)  # fmt: skip
def test_loads_that_are_none_are_refused(text: str, said: str) -> None:
    with pytest.raises(BadInput, match=r"^--loads") as caught:
        parse_loads(text)
    assert said in str(caught.value)


def test_a_semicolon_between_loads_makes_commas_decimal() -> None:
    assert parse_loads("60,5; 70,5") == (60.5, 70.5)
    assert parse_loads("60;62,5 kg;65") == (60.0, 62.5, 65.0)
    assert parse_loads("62.5; 62.25") == (62.5, 62.25)
    assert parse_loads("62; 5") == (62.0, 5.0)


@pytest.mark.parametrize("text", ["60,70", "5, 6", "100,50", "62.5,5.5", "10,9,8", "100,75,50,25", "12,10,8,6,4"])
def test_a_list_with_commas_alone_is_read_as_loads(text: str) -> None:
    assert parse_loads(text) == tuple(float(part) for part in text.split(","))


@pytest.mark.parametrize(
    "text",
    ["62,5", "62,5kg", "60,5,70,5", "60,62,5,65", "62,50", "7,5", "60,70;80", "60, 5; 70", "60,5;62.5", "60kg,70;80",
     "1,2,3; 4"],
)  # fmt: skip
def test_a_comma_that_can_be_read_in_two_ways_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match=r"^--loads .*like 62\.5; 65$"):
        parse_loads(text)


@pytest.mark.parametrize(("text", "option"), [("1400", "--load"), ("1500lb", "--load")])
def test_a_load_that_nobody_lifts_is_refused_by_its_own_option(text: str, option: str):
    with pytest.raises(BadInput, match=f"{option} {text}: .* give 0 to 650 kg"):
        one_load(text)


def test_no_load_is_a_load_of_zero() -> None:
    assert one_load("0") == 0.0
    assert one_load("0 kg") == 0.0
    with pytest.raises(BadInput, match="--load 60,70: give one load"):
        one_load("60,70")


def test_a_day_is_today_or_before() -> None:
    assert parse_day(None) == date.today()
    assert parse_day(" 2026-10-04 ") == date(2026, 10, 4)
    for text, said in (("4.10.2026", "is no day"), (str(date.today() + timedelta(days=1)), "still to come")):
        with pytest.raises(BadInput, match=said):
            parse_day(text)
