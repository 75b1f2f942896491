"""Fault files: what a coach writes, and the line that says what is wrong with it."""

from pathlib import Path

import pytest

from legato.errors import BadInput
from legato.faults import fault_ids, faults_of
from legato.movements import load_movement

from .own_file import GOOD


def read(path: Path, text: str) -> tuple[str, ...]:
    path.write_text(text, encoding="utf-8")
    return tuple(f.id for f in faults_of(load_movement("front-squat"), path))


def test_a_coachs_own_fault_is_looked_for_where_the_file_says(tmp_path: Path):
    assert "deep-lean" in read(tmp_path / "ours.toml", GOOD)
    assert "deep-lean" not in [f.id for f in faults_of(load_movement("back-squat"), tmp_path / "ours.toml")]


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("needs = ", "needz = ", 9, "field needz is not known here; did you mean needs?"),
        ('unit = "deg"', 'unit = "degrees"', 5, "'degrees' does not fit; give"),
        ("thorax_pitch", "thorax_ptich", 10, "nothing is called 'thorax_ptich' there; did you mean thorax_pitch?"),
        ('id = "deep-lean"', 'id = "excess-lean"', 2, "the library already has a fault called 'excess-lean'"),
        ("front-squat", "front-sqat", 8, "nothing is called 'front-sqat' there; did you mean front-squat?"),
        ("high = 45.0", "high = inf", 13, "an open end is left out"),
        ('fault = "above"', 'fault = "over"', 12, "'over' does not fit"),
        ('reading = "peak"', 'reading = "peek"', 10, "'peek' does not fit"),
        ('reading = "peak"', 'reading = "peak", within = "descnt"', 10, "has no phase called descnt; did you mean"),
        ('unit = "deg"', 'unit = "s"', 1, "unit is s, but what is measured is in deg"),
        ('grade = "ENG"', 'grade = "eng"', 15, "give 'A', 'B', 'C+', 'C', 'D', 'N', 'X' or 'ENG'"),
        ('grade = "ENG"\n', "", 11, "a default needs its source and grade"),
        ("[[faults.causes]]\ncause", "[[faults.causes]]\nkause", 17, "field causes.kause is not known here"),
    ],
)
def test_a_slip_is_told_with_its_line_and_the_fix(tmp_path: Path, old: str, new: str, line: int, said: str):
    assert old in GOOD
    with pytest.raises(BadInput) as error:
        read(tmp_path / "ours.toml", GOOD.replace(old, new, 1))
    assert str(error.value).startswith(f"ours.toml, line {line}: ")
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_two_faults_of_one_name_are_refused(tmp_path: Path):
    with pytest.raises(BadInput, match=r"ours.toml, line 21: this file already has a fault called 'deep-lean'"):
        read(tmp_path / "ours.toml", GOOD + "\n" + GOOD)


WHOLE = """\
[[faults]]
id = "{id}"
name = "Both"
kind = "band"
unit = "1"
says = "Both at once."
source = "our gym"
movements = ["front-squat"]
needs = "markers"
all_of = {parts}
[[faults.causes]]
cause = "a"
tells = "b"
"""


def test_a_fault_of_other_faults_comes_after_them(tmp_path: Path):
    text = WHOLE.format(id="tipped", parts='["deep-lean", "stack-lost"]') + GOOD
    found = read(tmp_path / "ours.toml", text)
    assert found.index("tipped") > max(found.index("deep-lean"), found.index("stack-lost"))


def test_a_circle_is_refused(tmp_path: Path):
    text = WHOLE.format(id="one", parts='["two"]') + WHOLE.format(id="two", parts='["one"]')
    with pytest.raises(BadInput, match=r"ours.toml, line 10: one needs two needs one: a circle; take one of them out"):
        read(tmp_path / "ours.toml", text)


def test_a_part_that_is_no_fault_is_refused(tmp_path: Path):
    with pytest.raises(BadInput, match=r"line 10: no fault is called 'stack-last'; did you mean stack-lost"):
        read(tmp_path / "ours.toml", WHOLE.format(id="one", parts='["stack-last"]'))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "holds no fault"),
        (b"faults = 3", "holds no fault"),
        (b"[[faults]\n", "not valid TOML"),
        (b"\xff\xfe\x00", "it is no text"),
        (
            b'id = "x"\n',
            "line 1: field id is not known here; a file holds [[faults]] alone; of a fault, write it below",
        ),
        (b"title = 3\n", "line 1: field title is not known here; a file holds [[faults]] alone"),
        (
            b"[[faults]]\n[[causes]]\n",
            "line 2: field causes is not known here; a file holds [[faults]] alone; of a fault,",
        ),
        (b"[[faults]]\n[[causes]]\n", "write [[faults.causes]]"),
        (b"[[faults]]\n[band]\n", "write [faults.band]"),
        (b"[faults]\n", "line 1: each fault begins with double brackets; write [[faults]] for [faults]"),
        (b"[faults]\na = 1\n[[faults]]\n", "line 3: faults is there already; begin each of several with [[faults]]"),
        (b"[[faults]]\nhigh = 0,1\n", "line 2: 0,1 is no number; write high = 0.1"),
        (b"[[faults]]\n", "line 1: field"),
    ],
)
def test_what_is_no_fault_file_is_refused_in_one_line(tmp_path: Path, content: bytes, said: str):
    path = tmp_path / "ours.toml"
    path.write_bytes(content)
    with pytest.raises(BadInput) as error:
        faults_of(load_movement("front-squat"), path)
    assert said in str(error.value) and str(error.value).startswith("ours.toml")
    with pytest.raises(BadInput, match="cannot be read"):
        faults_of(load_movement("front-squat"), tmp_path / "none.toml")


def test_no_fault_rests_on_what_the_evidence_contradicts():
    """Forward lean alone is never a fault (inventory S1.18), and no rule says glutes first (methods 0.8)."""
    assert "glute-first" not in fault_ids()
    for name in ("back-squat", "front-squat", "goblet-squat", "sit-to-stand"):
        for fault in faults_of(load_movement(name)):
            if fault.measure is not None and fault.measure.signal in ("thorax_pitch", "trunk_over_shank"):
                assert fault.band is not None and fault.band.default is None
