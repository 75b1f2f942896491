"""Progress is for a terminal, and gone when the command ends: what stands on stderr is the error alone."""

import io
import sys
from pathlib import Path

import pytest

from legato.cli import main
from legato.commands import output


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_replaced_and_gone_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    shown, passed = Terminal(), iter((0.0, 0.5, 1.5, 3.0))
    monkeypatch.setattr(sys, "stderr", shown)
    monkeypatch.setattr(output.time, "perf_counter", lambda: next(passed))
    with output.progress() as tell:
        for stage in ("reading", "analysing", "writing"):
            tell(stage)
    assert shown.getvalue() == "\r\x1b[Kanalysing …\r\x1b[Kwriting …\r\x1b[K"


def test_nothing_of_it_reaches_a_pipe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "steps.csv"
    path.write_text("time,a\n" + "".join(f"{i / 100},{i}\n" for i in range(300)))
    monkeypatch.setattr(output.time, "perf_counter", iter(range(0, 10_000, 5)).__next__)
    monkeypatch.setattr(sys, "argv", ["legato", "analyze", str(path), "--movement", "back-squat"])
    with pytest.raises(SystemExit) as done:
        main()
    assert done.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("legato: ") and "steps.csv" in line
