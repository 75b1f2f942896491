"""Every command refuses what it cannot use in one line that names the file, and leaves nothing behind."""

import random
import sys
from pathlib import Path

import pytest

from legato.cli import main

BAD: dict[str, bytes] = {
    "empty.json": b"",
    "random.c3d": random.Random(1).randbytes(3000),
    "words.csv": b"hello,world\nfoo,bar\n" * 20,
    "no-times.csv": b"time,a\n" + b"nan,1\n" * 50,
    "deep.json": b"[" * 50_000,
    "list.json": b"[1, 2]",
    "bare.json": b'{"schema": "legato.analysis/1"}',
    "film.mp4": b"\x00\x00\x00\x18ftypmp42" + b"\x00\x9c" * 200,
    "sheet.xlsx": b"PK\x03\x04" + b"\x00" * 200,
}

COMMANDS: dict[str, list[str]] = {
    "info": ["info", "FILE"],
    "layout": ["layout", "FILE", "--out", "OUT"],
    "analyze": ["analyze", "FILE", "--movement", "back-squat", "--out", "OUT"],
    "baseline": ["baseline", "FILE", "FILE", "--out", "OUT"],
    "compare": ["compare", "FILE", "FILE"],
    "export": ["corrections", "export", "FILE", "--out", "OUT"],
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_one_line_and_exit_2(
    name: str, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / name
    path.write_bytes(BAD[name])
    said = {"FILE": str(path), "OUT": str(tmp_path / "out")}
    monkeypatch.setattr(sys, "argv", ["legato", *(said.get(word, word) for word in COMMANDS[command])])
    with pytest.raises(SystemExit) as done:
        main()
    if (name, command) == ("no-times.csv", "layout"):
        # A draft of a table whose times are missing can be mended by hand.
        return
    assert done.value.code == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    lines = [line for line in shown.err.splitlines() if not line.endswith("…")]
    assert len(lines) == 1
    assert lines[0].startswith("legato: ")
    assert lines[0].count(name) == 1
    assert not (tmp_path / "out").exists()
