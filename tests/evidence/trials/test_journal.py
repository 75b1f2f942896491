"""A trial's file: whatever is changed in it after it was written is noticed, and the line is named."""

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legato.errors import BadInput
from legato.evidence.trials.journal import append, check_receipt, checked_lines, faults_of, read_journal, start

AT = "2026-03-02T17:05:00+00:00"


def written(folder: Path, lines: int = 5) -> Path:
    journal = start(folder / "t.jsonl", {"what": "änything", "number": 0.1}, AT)
    for k in range(lines - 1):
        journal = append(journal, [("noted", {"text": f"note {k}"})], AT)
    return journal.path


def test_lines_are_read_as_they_were_written(tmp_path: Path):
    journal = read_journal(written(tmp_path))
    assert [line.number for line in journal.lines] == [1, 2, 3, 4, 5]
    assert journal.lines[0].do == "registered"
    assert journal.lines[0].holds["what"] == "änything"
    assert journal.lines[4].holds["text"] == "note 3"
    assert journal.receipt == journal.lines[4].sha256
    assert list(tmp_path.iterdir()) == [journal.path]


@pytest.mark.parametrize("number", [1, 3, 5])
def test_an_edited_line_is_named(tmp_path: Path, number: int):
    path = written(tmp_path)
    rows = path.read_text("utf-8").splitlines()
    rows[number - 1] = rows[number - 1].replace("17:05", "17:06")
    path.write_text("\n".join(rows) + "\n", "utf-8")
    assert faults_of(path)[1][0] == f"line {number} was changed after it was written"
    with pytest.raises(BadInput, match=rf"t\.jsonl: line {number} was changed"):
        read_journal(path)


def test_an_edited_line_whose_own_hash_was_made_anew_is_noticed_in_the_next(tmp_path: Path):
    path = written(tmp_path)
    rows = path.read_text("utf-8").splitlines()
    other = start(tmp_path / "other.jsonl", {"what": "else"}, AT).path.read_text("utf-8").splitlines()
    path.write_text("\n".join([*other, *rows[1:]]) + "\n", "utf-8")
    assert faults_of(path)[1] == ("line 2 does not follow from line 1: one was changed, removed or moved",)


@pytest.mark.parametrize(("removed", "named"), [(0, 1), (1, 2), (3, 4)])
def test_a_removed_line_is_noticed(tmp_path: Path, removed: int, named: int):
    path = written(tmp_path)
    rows = path.read_text("utf-8").splitlines()
    del rows[removed]
    path.write_text("\n".join(rows) + "\n", "utf-8")
    assert faults_of(path)[1][0].startswith(f"line {named} says that it is line {named + 1}")


def test_lines_that_were_exchanged_are_noticed(tmp_path: Path):
    path = written(tmp_path)
    rows = path.read_text("utf-8").splitlines()
    rows[2], rows[3] = rows[3], rows[2]
    path.write_text("\n".join(rows) + "\n", "utf-8")
    assert faults_of(path)[1][0].startswith("line 3 says that it is line 4")


def test_a_last_line_that_is_cut_is_noticed(tmp_path: Path):
    path = written(tmp_path)
    whole = path.read_bytes()
    for cut in (1, 2, 40):
        path.write_bytes(whole[:-cut])
        assert faults_of(path)[1][0] == "line 5 is cut: it has no end"


@given(st.data())
def test_no_single_byte_can_be_changed_unnoticed(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject):
    content = written(tmp_path_factory.mktemp("t"), 3).read_bytes()
    at = data.draw(st.integers(0, len(content) - 1))
    value = data.draw(st.integers(0, 255).filter(lambda byte: byte != content[at]))
    changed = content[:at] + bytes([value]) + content[at + 1 :]
    lines, faults = checked_lines(changed)
    same = len(lines) == 3 and [line.sha256 for line in lines] == [x.sha256 for x in checked_lines(content)[0]]
    # a sign that JSON does not count, such as a space, changes nothing that is told
    assert faults or same


def test_a_file_that_was_written_anew_is_noticed_by_a_receipt(tmp_path: Path):
    path = written(tmp_path)
    receipt = read_journal(path).receipt
    check_receipt(read_journal(path), receipt[:12])
    (tmp_path / "new").mkdir()
    anew = append(start(tmp_path / "new" / "t.jsonl", {"what": "else"}, AT), [("noted", {"text": "note"})], AT)
    with pytest.raises(BadInput, match="lines were removed or the file was written anew"):
        check_receipt(anew, receipt)
    with pytest.raises(BadInput, match="is no receipt"):
        check_receipt(anew, "abc")


def test_last_lines_that_were_removed_whole_are_noticed_by_a_receipt(tmp_path: Path):
    path = written(tmp_path)
    receipt = read_journal(path).receipt
    path.write_text("".join(path.read_text("utf-8").splitlines(keepends=True)[:4]), "utf-8")
    shorter = read_journal(path)
    with pytest.raises(BadInput, match="no line has the receipt"):
        check_receipt(shorter, receipt)


def test_nothing_is_written_to_a_file_that_another_changed_meanwhile(tmp_path: Path):
    path = written(tmp_path)
    mine, other = read_journal(path), read_journal(path)
    append(other, [("noted", {"text": "first"})], AT)
    with pytest.raises(BadInput, match="was changed by another command meanwhile"):
        append(mine, [("noted", {"text": "second"})], AT)
    assert len(read_journal(path).lines) == 6


def test_a_trial_is_never_written_over(tmp_path: Path):
    path = written(tmp_path)
    with pytest.raises(BadInput, match="is never written over"):
        start(path, {}, AT)


@pytest.mark.parametrize(
    "content", [b"", b"{}\n", b"no json\n", b"[1]\n", b"\xff\xfe\n", b'{"n": 1}\n', b"\n", b"[" * 9999 + b"\n"]
)
def test_a_file_that_is_no_trial_is_told_in_one_line(tmp_path: Path, content: bytes):
    path = tmp_path / "t.jsonl"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=r"t\.jsonl: (line 1 |holds nothing)") as told:
        read_journal(path)
    assert "\n" not in str(told.value)


def test_a_missing_file_is_told(tmp_path: Path):
    with pytest.raises(BadInput, match="cannot be read"):
        read_journal(tmp_path / "none.jsonl")


def test_line_ends_of_another_system_change_nothing(tmp_path: Path):
    path = written(tmp_path)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert len(read_journal(path).lines) == 5


def test_each_line_is_json_by_itself(tmp_path: Path):
    rows = [json.loads(row) for row in written(tmp_path).read_text("utf-8").splitlines()]
    assert [row["n"] for row in rows] == [1, 2, 3, 4, 5]
    assert all(later["before"] == earlier["sha256"] for earlier, later in pairwise(rows))
