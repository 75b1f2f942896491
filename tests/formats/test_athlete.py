"""The athlete file: units at the boundary, words for what cannot be, no name ever shown."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legato import BadInput
from legato.formats.athlete import Athlete, parse_height, parse_mass, read_athlete


@pytest.mark.parametrize(
    ("given", "kg"),
    [("82", 82.0), (82, 82.0), ("82 kg", 82.0), ("180 lb", 81.6466), ("180lbs", 81.6466), ("12 st 4 lb", 78.0179),
     ("82000 g", 82.0), ("82,5 kg", 82.5)],
)  # fmt: skip
def test_a_mass_in_any_unit(given: object, kg: float) -> None:
    # The pound is 0.45359237 kg and the stone 14 of them, by definition.
    assert parse_mass(given) == pytest.approx(kg, abs=1e-3)


@pytest.mark.parametrize(
    ("given", "metres"),
    [("1.80", 1.8), (1.8, 1.8), ("180cm", 1.8), ("1800 mm", 1.8), ("5 ft 11 in", 1.8034), ("5'11\"", 1.8034),
     ("5 ft 11", 1.8034), ("71 in", 1.8034), ("5′11″", 1.8034)],
)  # fmt: skip
def test_a_height_in_any_unit(given: object, metres: float) -> None:
    assert parse_height(given) == pytest.approx(metres, abs=1e-6)


@pytest.mark.parametrize(
    ("given", "said"),
    [("80000", "80000 g?"), ("410", "410 lb?"), ("-3", "no mass"), ("8", "no mass"), ("heavy", "cannot be read"),
     ("80 m", "cannot be read"), ("nan", "no mass"), (True, "neither"), ("1" * 60, "no mass"),
     ("kg", "cannot be read")],
)  # fmt: skip
def test_a_mass_that_cannot_be_is_named(given: object, said: str) -> None:
    with pytest.raises(BadInput, match=r"^--mass") as caught:
        parse_mass(given)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("given", "said"),
    [("180", "180 cm?"), ("1800", "1800 mm?"), ("71", "71 in?"), ("0.3", "no height"), ("6", "6 ft?"),
     ("", "no height")],
)  # fmt: skip
def test_a_height_that_cannot_be_is_named(given: object, said: str) -> None:
    with pytest.raises(BadInput, match=r"^--height") as caught:
        parse_height(given)
    assert said in str(caught.value)


@settings(max_examples=30)
@given(st.text(max_size=50))
def test_no_text_is_taken_for_something_impossible(text: str) -> None:
    refused = ""
    try:
        found = parse_mass(text)
    except BadInput as error:
        found, refused = 80.0, str(error)
    assert 20.0 <= found <= 400.0
    assert "\n" not in refused


def written(folder: Path, text: str) -> Path:
    path = folder / "athlete.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_file_is_read_with_its_units(tmp_path: Path) -> None:
    path = written(tmp_path, 'name = "Anna B."\nmass = "180 lb"\nheight_m = 1.7\nside = "Left"\nclub = 3\n')
    found = read_athlete(path)
    assert found.mass_kg == pytest.approx(81.6466, abs=1e-3)
    assert (found.height_m, found.side, found.sex) == (1.7, "left", None)
    assert read_athlete(written(tmp_path, "sex = 'Female'")).sex == "female"
    assert read_athlete(written(tmp_path, "")) == Athlete()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("mass_kg = 800", "800"),
        ("mass_kg = 80\nmass = '80 kg'", "both"),
        ("side = 'Anna'", "give right or left"),
        ("height_m = 'Anna'", "height_m"),
        ("Anna Bauer", "not valid TOML"),
        ("heigth = 1.8", "heigth is not a key of an athlete file; did you mean height?"),
        ("HEIGHT = 1.8", "did you mean height?"),
        ("mass_gk = 80", "did you mean mass_kg?"),
        ("weight = 80", "did you mean mass?"),
        ("sied = 'left'", "did you mean side?"),
        ("gender = 'male'", "did you mean sex?"),
        ("sex = 'Anna'", "neither male nor female"),
    ],
)
def test_a_wrong_file_is_refused_without_showing_what_stands_in_it(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"athlete\.toml") as caught:
        read_athlete(written(tmp_path, f'name = "Anna"\n{text}\n'))
    assert said in str(caught.value)
    assert "Anna" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_units_say_what_bare_masses_and_loads_are_in(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text('mass = 180\nunits = "lb"\n', encoding="utf-8")
    assert read_athlete(path).mass_kg == pytest.approx(81.6466, abs=1e-3)
    assert read_athlete(path).units == "lb"
    path.write_text('mass = "82 kg"\nunits = "lb"\n', encoding="utf-8")
    assert read_athlete(path).mass_kg == 82.0
    path.write_text('units = "stone"\n', encoding="utf-8")
    with pytest.raises(BadInput, match="give kg or lb"):
        read_athlete(path)
