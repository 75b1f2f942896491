"""Text for a terminal: nothing runs over its width, and columns stand in line."""

import pytest

from legato.commands import terminal
from legato.commands.terminal import cut_list, rows_in_line, say, say_pair, shorten, width

NAMES = ["Voltage.EMG01_r_gastro", "Voltage.EMG02_r_soleus", "a", "b", "x" * 200]


@pytest.fixture(autouse=True)
def eighty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(terminal, "is_read", lambda: True)


def test_a_pipe_gets_whole_lines(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(terminal, "is_read", lambda: False)
    say("  " + "word " * 40)
    say_pair("term", "word " * 40, 20)
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_the_width_is_the_terminals_within_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    assert width() == 80
    monkeypatch.setenv("COLUMNS", "300")
    assert width() == 100
    monkeypatch.setenv("COLUMNS", "10")
    assert width() == 40


def test_a_long_line_hangs_under_its_own_indent(capsys: pytest.CaptureFixture[str]) -> None:
    say("  " + "word " * 40)
    rows = capsys.readouterr().out.splitlines()
    assert len(rows) > 1
    assert all(len(row) <= 80 for row in rows)
    assert rows[0].startswith("  word")
    assert all(row.startswith("    word") for row in rows[1:])


def test_a_pair_stands_in_two_columns(capsys: pytest.CaptureFixture[str]) -> None:
    say_pair("term", "word " * 40, 20)
    say_pair("a-term-that-is-far-too-long-for-it", "text", 20)
    rows = capsys.readouterr().out.splitlines()
    assert rows[0].startswith("term" + " " * 16 + "word")
    assert all(row.startswith(" " * 20) for row in (rows[1], rows[-1]))
    assert all(len(row) <= 80 for row in rows)


@pytest.mark.parametrize("room", [20, 40, 76])
@pytest.mark.parametrize("names", [NAMES, NAMES[::-1], NAMES[:2], ["a"], []])
def test_a_list_never_runs_over_its_room(names: list[str], room: int) -> None:
    shown = cut_list(names, room)
    assert len(shown) <= room
    assert shown.endswith("…") or shown == ", ".join(names) or len(names) == 1
    assert bool(shown) == bool(names)


def test_a_long_name_keeps_both_ends() -> None:
    assert shorten("abcdefghij", 7) == "abc…hij"
    assert shorten("abc", 7) == "abc"


def test_columns_stand_in_line() -> None:
    assert rows_in_line([("a", "1", "x"), ("long", "100", "")], right=(1,)) == ["a       1  x", "long  100"]
