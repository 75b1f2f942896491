"""What a form's fields hold: texts cleaned, numbers within limits, masses in the unit that the reader has chosen."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import FormData, UploadFile

from legato.errors import BadInput
from legato.web.deps import Fields
from legato.web.lengths import height_fields, height_sent
from legato.web.units import KG_PER_LB, Units, units_named


def fields(units: str = "kg", **sent: str) -> Fields:
    return Fields(FormData(list(sent.items())), units_named(units))


def test_a_text_comes_without_spaces_around_it():
    assert fields(name="  Ada \r\n Bo ").text("name") == "Ada \n Bo"
    assert fields().text("name") == "" and fields(name=" ").text("name") == ""


@pytest.mark.parametrize("typed", ["a\0b", "a\x07", "\ud800", "a" * 301])
def test_a_text_that_cannot_be_kept_is_refused_by_its_name(typed: str):
    with pytest.raises(BadInput, match=r"^Name: "):
        fields(name=typed).text("name", "Name")


def test_a_file_is_no_text():
    sent = Fields(FormData([("name", UploadFile(file=None, filename="x"))]), Units())  # type: ignore[arg-type]
    with pytest.raises(BadInput, match="not a file"):
        sent.text("name")


@pytest.mark.parametrize(
    "typed",
    ["x", "nan", "inf", "-inf", "1e999", "1 2", "0x10", "1,2,3", "1_000", "١٢", "infinity", "1e", ".", "1.000,5"],
)
def test_what_is_no_number_is_refused(typed: str):
    with pytest.raises(BadInput, match="not a number"):
        fields(load=typed).number("load")


@pytest.mark.parametrize(
    ("typed", "number"),
    [("82,5", 82.5), ("-0,125", -0.125), (".5", 0.5), ("2.5e-3", 2.5e-3), ("1000", 1e3), (" 60. ", 60.0), ("+7", 7.0)],
)
def test_a_number_has_a_full_stop_or_a_comma(typed: str, number: float):
    assert fields(load=typed).number("load") == number


def test_what_is_a_thousand_to_one_and_one_to_another_is_asked_for_again():
    with pytest.raises(BadInput, match=r"^Load: “1,250” may be 1\.250 or 1250; write one of them"):
        fields(load="1,250").number("load", "Load")


def test_numbers_have_limits_and_may_be_left_open():
    assert fields(load="82,5").number("load", low=0, high=100) == 82.5 and fields(load="").number("load") is None
    with pytest.raises(BadInput, match="Load: 101 is not between 0 and 100 kg"):
        fields(load="101").number("load", "Load", 0, 100, "kg")
    assert fields(reps="5").whole("reps") == 5 and fields(reps="5.0").whole("reps") == 5
    for typed in ("5.5", "1e12"):
        with pytest.raises(BadInput):
            fields(reps=typed).whole("reps")


def test_one_of_a_list_is_chosen():
    assert (
        fields(side="left").chosen("side", ("left", "right")) == "left" and fields().chosen("side", ("left",)) is None
    )
    with pytest.raises(BadInput, match="choose one"):
        fields(side="up").chosen("side", ("left", "right"))
    assert fields(ok="on").ticked("ok") and not fields().ticked("ok")


def test_masses_are_shown_and_asked_for_in_the_chosen_unit():
    kg, lb = Units("kg"), Units("lb")
    assert kg.mass_of(82.5) == "82.5 kg" and lb.mass_of(100.0) == "220.5 lb" and kg.mass_of(100.0) == "100 kg"
    assert fields("lb", load="220.5").mass_kg("load") == pytest.approx(100.0, abs=0.05)
    assert fields("kg", load="100").mass_kg("load") == 100.0 and fields("lb").mass_kg("load") is None
    with pytest.raises(BadInput, match="lb"):
        fields("lb", load="3000").mass_kg("load")
    assert units_named("stone") == units_named(None) == kg


@given(st.floats(1.0, 500.0), st.sampled_from(["kg", "lb"]))
def test_a_mass_survives_being_shown_and_sent_back(kg: float, unit: str):
    units = units_named(unit)
    shown = units.mass_number(kg)
    back = fields(unit, load=shown).mass_kg("load")
    step = 0.05 * (KG_PER_LB if unit == "lb" else 1.0)
    assert back is not None and math.isclose(back, kg, abs_tol=step + 1e-3)
    assert units.mass_number(back) == shown


@given(st.integers(1_000, 500_000), st.sampled_from(["kg", "lb"]))
def test_the_value_of_a_field_brings_the_same_mass_back(grams: int, unit: str):
    kg = grams / 1000.0
    assert fields(unit, load=units_named(unit).field_of(kg)).mass_kg("load") == kg


def test_the_value_of_a_field_has_no_more_digits_than_it_needs():
    kg, lb = Units("kg"), Units("lb")
    assert [kg.field_of(one) for one in (60.0, 62.5, 61.25)] == ["60", "62.5", "61.25"]
    assert lb.field_of(74.843) == "165" and lb.field_of(62.5) == "137.79"


@given(st.integers(5_000, 26_000), st.sampled_from(["kg", "lb"]))
def test_a_height_survives_being_shown_and_sent_back(tenths_mm: int, unit: str):
    height, units = tenths_mm / 1e4, units_named(unit)
    assert height_sent(fields(unit, **height_fields(height, units)), units) == height
