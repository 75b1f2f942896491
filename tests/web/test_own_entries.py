"""Own movements, faults and drills lie in a folder as the validators and analyses take them."""

from pathlib import Path

import pytest

from legato.errors import BadInput
from legato.faults.catalogue import fault_entries
from legato.movements import load_movement
from legato.store import Catalogue
from legato.store.rows import OwnEntryRow
from legato.web.copies import copied
from legato.web.own_entries import (
    check_entries,
    entry_id_of,
    keeps_what_is_barred,
    own_entries,
    shaping,
    sound,
    written,
)


@pytest.mark.parametrize(
    ("kind", "base"), [("movement", "back-squat"), ("fault", "early-lumbar"), ("drill", "dowel-hinge")]
)
def test_a_copy_of_the_library_is_good_as_it_is(kind: str, base: str, tmp_path: Path):
    text = copied(kind, base, "own-one")
    assert entry_id_of(text) == "own-one"
    check_entries([(kind, "own-one", text)], tmp_path)


def test_every_fault_and_drill_can_be_copied(tmp_path: Path):
    from legato.coaching.catalogue import drills

    faults = [("fault", f"own-{name}", copied("fault", name, f"own-{name}")) for name in fault_entries()]
    own = [("drill", f"own-{name}", copied("drill", name, f"own-{name}")) for name in drills()]
    check_entries([*faults, *own], tmp_path)


def test_own_entries_lie_as_analyses_take_them(catalogue: Catalogue, tmp_path: Path):
    with catalogue.session() as rows:
        movement = copied("movement", "back-squat", "own-squat")
        rows.add(OwnEntryRow(kind="movement", entry_id="own-squat", base="back-squat", text=movement))
        fault = copied("fault", "early-lumbar", "own-early").replace("movements = [", 'movements = ["own-squat", ', 1)
        rows.add(OwnEntryRow(kind="fault", entry_id="own-early", base="early-lumbar", text=fault))
    with catalogue.session() as rows:
        folder = written([(row.kind, row.entry_id, row.text) for row in own_entries(rows)], tmp_path / "own")
    assert load_movement("own-squat", folder.library).name == "Back squat"
    assert "own-squat" in fault_entries(folder.faults, folder.library)["own-early"].fault.movements


def test_what_is_wrong_is_told_with_file_and_line(tmp_path: Path):
    text = copied("fault", "early-lumbar", "own-early").replace("high = 5.0", 'high = "five"')
    with pytest.raises(BadInput, match=r"own-early\.toml, line \d+: field band\.high"):
        check_entries([("fault", "own-early", text)], tmp_path)
    with pytest.raises(BadInput, match=r"line 1: id 'Own One' does not fit"):
        entry_id_of('id = "Own One"')


MOVEMENT = ("movement", "own-squat", copied("movement", "back-squat", "own-squat"))
FAULT = ("fault", "own-early", copied("fault", "early-lumbar", "own-early"))
DRILL = ("drill", "own-hinge", copied("drill", "dowel-hinge", "own-hinge"))
BAD = ("fault", "own-bad", FAULT[2].replace("own-early", "own-bad").replace("high = 5.0", 'high = "five"'))


def test_an_entry_that_a_newer_legato_refuses_fails_only_what_uses_it(tmp_path: Path):
    every = (MOVEMENT, FAULT, BAD, DRILL)
    good, said = sound(every, "throw", tmp_path / "a")
    assert set(good) == {MOVEMENT, FAULT, DRILL} and len(said) == 1
    assert said[0].startswith("own-bad, a fault of your own, was left out: own-bad.toml, line")
    with pytest.raises(BadInput, match=r"own-bad\.toml, line \d+"):
        sound(every, "back-squat", tmp_path / "b")
    assert sound((MOVEMENT, FAULT, DRILL), "back-squat", tmp_path / "c") == ((MOVEMENT, FAULT, DRILL), ())
    broken = ("movement", "own-squat", MOVEMENT[2].replace('summary = "', 'views = 3\nsummary = "', 1))
    assert sound((broken, FAULT), "throw", tmp_path / "d")[0] == (FAULT,)
    with pytest.raises(BadInput, match=r"own-squat\.toml"):
        sound((broken, FAULT), "own-squat", tmp_path / "e")


def test_a_drill_shapes_the_results_of_movements_with_a_fault_that_it_names():
    assert DRILL in shaping([MOVEMENT, DRILL], "hip-hinge") and DRILL in shaping([DRILL], None)
    ankles = ("drill", "own-ankles", copied("drill", "ankle-rocks", "own-ankles"))
    assert shaping([MOVEMENT, ankles], "throw") == ()


def test_a_copy_shapes_no_result_of_a_movement_that_it_does_not_name():
    """Else one click on "Edit a copy" made the results of every athlete out of date."""
    every = [MOVEMENT, FAULT, DRILL]
    assert FAULT in shaping(every, "back-squat") and MOVEMENT not in shaping(every, "back-squat")
    for other in ("tennis-serve", "countermovement-jump"):
        assert not {MOVEMENT, FAULT} & set(shaping(every, other)), other
    assert MOVEMENT in shaping(every, "own-squat") and shaping(every, None) == tuple(every)
    # A fault that also looks in an own movement needs that movement's file; a part of it needs its own.
    both = ("fault", "own-both", FAULT[2].replace("own-early", "own-both").replace('["', '["own-squat", "', 1))
    assert set(shaping([MOVEMENT, both], "back-squat")) == {MOVEMENT, both}


def test_a_copy_is_not_for_more_people_than_its_drill():
    text = DRILL[2]
    keeps_what_is_barred(text, "dowel-hinge")
    keeps_what_is_barred("nothing of a copy", "")
    with pytest.raises(BadInput, match='field barred: dowel-hinge, which this is a copy of, has "hinge" there'):
        keeps_what_is_barred(text.replace('barred = ["hinge"', "barred = ["), "dowel-hinge")
    another = text.replace('barred = ["hinge"', "barred = [")
    with pytest.raises(BadInput, match='has "hinge" there'):
        keeps_what_is_barred(f"{text}\n{another}", "dowel-hinge")
