"""Own movements, faults and drills lie in a folder as the validators and analyses take them."""

from pathlib import Path

import pytest

from legato.errors import BadInput
from legato.faults.catalogue import fault_entries
from legato.movements import load_movement
from legato.store import Catalogue
from legato.store.rows import OwnEntryRow
from legato.web.copies import copied
from legato.web.own_entries import check_entries, entry_id_of, own_entries_folder


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
        folder = own_entries_folder(catalogue, rows, tmp_path / "own")
    assert load_movement("own-squat", folder.library).name == "Back squat"
    assert "own-squat" in fault_entries(folder.faults, folder.library)["own-early"].fault.movements


def test_what_is_wrong_is_told_with_file_and_line(tmp_path: Path):
    text = copied("fault", "early-lumbar", "own-early").replace("high = 5.0", 'high = "five"')
    with pytest.raises(BadInput, match=r"own-early\.toml, line \d+: field band\.high"):
        check_entries([("fault", "own-early", text)], tmp_path)
    with pytest.raises(BadInput, match=r"line 1: id 'Own One' does not fit"):
        entry_id_of('id = "Own One"')
