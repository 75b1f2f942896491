"""Programs are told apart by the titles of their lists."""

import pytest

from legato.errors import BadInput
from legato.formats.rep_programs import programs_beside, programs_of

PERCH = ("Set Index", "Rep Index", "Weight (kg)", "Rep Mean Velocity (m/s)")
VITRUVE = ("serie", "repetición", "carga", "velocidad_media")


def test_a_program_is_known_by_all_of_its_titles():
    assert programs_of(PERCH) == {"Perch"}
    assert programs_of(("Date", *VITRUVE, "a remark")) == {"Vitruve"}
    assert {"OpenBarbell", "PUSH"} <= programs_of(("Set", "Rep", "Weight", "Avg Velocity (m/s)"))
    assert programs_of((*PERCH, "velocidad_media")) == frozenset()


def test_lists_of_one_program_need_not_have_the_same_columns():
    assert programs_beside({"a.csv": PERCH, "b.csv": PERCH[1:]}) == ""
    assert programs_beside({"a.csv": PERCH}) == ""
    assert programs_beside({}) == ""


def test_two_programs_are_refused_and_what_cannot_be_told_is_said():
    with pytest.raises(BadInput, match=r"a\.csv and b\.csv: .* the one is of Perch, the other of Vitruve"):
        programs_beside({"a.csv": PERCH, "b.csv": VITRUVE})
    for other in ((), (*PERCH[:3], "velocidad media")):
        assert "whether one program listed a.csv and b.csv cannot be told" in programs_beside(
            {"a.csv": PERCH, "b.csv": other}
        )
