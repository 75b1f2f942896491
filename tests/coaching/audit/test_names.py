"""Names of exercises are looked up, whatever their spelling, and never guessed."""

from pathlib import Path

import pytest

from legato.coaching.audit.names import exercise_names, key_of
from legato.coaching.lifts import lifts
from legato.errors import BadInput

NAMES = exercise_names()


@pytest.mark.parametrize(
    ("name", "drill", "pattern"),
    [
        ("Squat (Barbell)", "back-squat", "squat"),
        ("BARBELL SQUATS", "back-squat", "squat"),
        ("Front Squat (Barbell)", "front-squat", "squat"),
        ("Bench Press (Dumbbell)", "", "push"),
        ("OHP", "overhead-press", "push"),
        ("RDLs", "", "hinge"),
        ("Deadlift (Trap Bar)", "", "hinge"),
        ("Single Leg RDL", "single-leg-rdl", "single-leg"),
        ("BSS", "", "single-leg"),
        ("Farmer's Walk", "farmer-carry", "carry"),
        ("Pallof Press (Cable)", "pallof-press", "anti-rotate"),
        ("Russian twist", "", "rotate"),
        ("Pull-ups", "", "pull"),
        ("Lat Pulldown - Wide Grip (Cable)", "", "pull"),
        ("Rowing (Machine)", "", None),
        ("Row (Machine)", "", "pull"),
        ("Curl, biceps", "", None),
        ("Pállof prèss", "pallof-press", "anti-rotate"),
    ],
)
def test_known(name: str, drill: str, pattern: str | None):
    found = NAMES.of(name)
    assert found is not None
    assert (found.drill, found.pattern) == (drill, pattern)


@pytest.mark.parametrize(
    "name", ["SLDL", "Press", "Raise", "Leg", "Chest", "Machine", "Zottman thing", "", "(…)", "深蹲"]
)
def test_what_could_be_anything_is_not_known(name: str):
    assert NAMES.of(name) is None


def test_every_lift_is_known_by_its_id_and_name():
    for one in lifts().values():
        assert NAMES.of(one.id) == NAMES.of(one.name)
        found = NAMES.of(one.id)
        assert found is not None
        assert found.drill == one.id


def test_no_name_stands_for_two_exercises():
    from legato.coaching.audit.names import _file

    seen: dict[tuple[str, ...], int] = {}
    for k, row in enumerate(_file()["names"]):
        for says in row["says"]:
            assert seen.setdefault(key_of(says), k) == k, says


def test_own_names_go_before(tmp_path: Path):
    own = tmp_path / "names.toml"
    own.write_text(
        '[[names]]\nsays = ["SLDL"]\npattern = "hinge"\nemphasis = "hip-dominant"\nregions = ["legs"]\n'
        '[[names]]\nsays = ["The big one"]\ndrill = "deadlift"\n'
    )
    names = exercise_names(own)
    sldl, big = names.of("sldl"), names.of("the BIG one")
    assert sldl is not None
    assert sldl.pattern == "hinge"
    assert big is not None
    assert big.drill == "deadlift"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[[names]]\nsays = ["x"]\ndrill = "deadlit"\n', "did you mean deadlift"),
        ('[[names]]\nsays = ["x"]\n', "give drill, or else pattern"),
        ('[[names]]\nsays = ["x"]\npattern = "squt"\nemphasis = "core"\nregions = ["legs"]\n', "pattern is one of"),
        ("x = 1\n", "field x is not known here"),
    ],
)
def test_a_file_of_own_names_that_is_wrong(tmp_path: Path, text: str, says: str):
    own = tmp_path / "names.toml"
    own.write_text(text)
    with pytest.raises(BadInput, match=says):
        exercise_names(own)
