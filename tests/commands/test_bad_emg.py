"""EMG files that are wrong in some way: one line and exit 2, or a result that says what was found."""

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from legato.cli import main
from legato.recording import FloatArray

RATE = 1000
N = 6000
NAMES = ["EMG vastus_lateralis_right", "EMG biceps_femoris_right"]


def samples() -> tuple[FloatArray, FloatArray]:
    """Times, and two channels with a burst a second, V."""
    rng, t = np.random.default_rng(60), np.arange(N) / RATE
    burst = (np.mod(t, 1.0) > 0.3) & (np.mod(t, 1.0) < 0.6)
    noise = rng.normal(size=(2, N, 2))
    return t, 3e-6 * noise[0] + 2e-4 * burst[:, None] * noise[1]


def table(names: Sequence[str], *columns: Sequence[Any] | FloatArray) -> bytes:
    rows = [",".join(names), *(",".join(str(cell) for cell in row) for row in zip(*columns, strict=True))]
    return ("\n".join(rows) + "\n").encode()


T, X = samples()
ONE, TWO = X.T
NONE = [float("nan")] * N
GOOD = table(["time", *NAMES], T, ONE, TWO)
SWAPPED = T.copy()
SWAPPED[[2999, 3001]] = T[[3001, 2999]]

REFUSED: dict[str, tuple[bytes, str]] = {
    "empty.csv": (b"", "the file is empty; export it again"),
    "empty.c3d": (b"", "the file is empty; export it again"),
    "header.csv": (table(["time", *NAMES], [], [], []), "no rows of numbers"),
    "random.edf": (np.random.default_rng(5).bytes(5000), "neither C3D nor text"),
    "cut.csv": (GOOD[:-10], "the file is cut short"),
    "one.csv": (table(["time", *NAMES], T[:1], ONE[:1], TWO[:1]), "one sample has no rate; give the rate"),
    "backwards.csv": (table(["time", *NAMES], T[::-1], ONE, TWO), "the time column runs backwards; mend it"),
    "unsorted.csv": (table(["time", *NAMES], np.random.default_rng(6).permutation(T), ONE, TWO), "runs backwards"),
    "swapped.csv": (table(["time", *NAMES], SWAPPED, ONE, TWO), "mend it or give --rate"),
    "still.csv": (table(["time", *NAMES], 0.0 * T, ONE, TWO), "the time column stands still at 0; give the rate"),
    "untimed.csv": (table(NAMES, ONE, TWO), "no time column and no rate; give the rate with --rate"),
    "hole.csv": (table(["time", *NAMES], [*T[:50], float("nan"), *T[51:]], ONE, TWO), "has missing times; mend it"),
}


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["legato", *words])
    try:
        main()
    except SystemExit as done:
        return int(done.code or 0)
    return 0


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_one_line_and_exit_2(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    content, fault = REFUSED[name]
    (tmp_path / name).write_bytes(content)
    out = tmp_path / "out"
    assert run(monkeypatch, "analyze", str(tmp_path / name), "--movement", "back-squat", "--out", str(out)) == 2
    lines = [line for line in capsys.readouterr().err.splitlines() if not line.endswith("…")]
    assert len(lines) == 1 and name in lines[0] and fault in lines[0]
    assert not out.exists()


def test_a_c3d_that_is_cut_short_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from legato.formats.c3d_write import write_c3d
    from legato.simulate import demo_press

    write_c3d(tmp_path / "whole.c3d", demo_press().recording)
    content = (tmp_path / "whole.c3d").read_bytes()
    for share in (0.02, 0.5, 0.999):
        (tmp_path / "cut.c3d").write_bytes(content[: int(share * len(content))])
        words = ("analyze", str(tmp_path / "cut.c3d"), "--movement", "bench-press", "--out", str(tmp_path / "out"))
        assert run(monkeypatch, *words) == 2
        assert "cut.c3d" in capsys.readouterr().err.splitlines()[-1]


Found = Callable[[list[dict[str, Any]]], bool]


def usable(muscles: list[dict[str, Any]]) -> list[bool]:
    return [one["usable"] for one in muscles]


def refuses(first: str, second: bool = True) -> Found:
    """The first channel for this reason, and whether the second stays."""
    return lambda muscles: usable(muscles) == [False, second] and first in muscles[0]["reasons"][0]


def gain(fits: str) -> Found:
    """Both are timed, and their amplitudes told to be in another unit."""
    return lambda muscles: all(
        one["usable"] and one["bursts"] and f"would fit {fits}" in one["reasons"][0] for one in muscles
    )


def fine(muscles: list[dict[str, Any]]) -> bool:
    return len(muscles) == 2 and all(one["usable"] and len(one["bursts"]) == 6 for one in muscles)


READ: dict[str, tuple[bytes, Found]] = {
    "good.csv": (GOOD, fine),
    "good.c3d": (GOOD, fine),
    "good.mp4": (GOOD, fine),
    "millivolts.csv": (table(["time", *(f"{name} (mV)" for name in NAMES)], T, 1e3 * ONE, 1e3 * TWO), fine),
    "said-to-be-volts.csv": (table(["time", *(f"{name} (V)" for name in NAMES)], T, 1e3 * ONE, 1e3 * TWO), gain("mV")),
    "counts.csv": (table(["time", *NAMES], T, *np.rint(1e6 * X.T).astype(np.int64)), fine),
    "missing.csv": (table(["time", *NAMES], T, NONE, TWO), refuses("never recorded")),
    "copy.csv": (
        table(["time", *NAMES], T, ONE, ONE),
        lambda found: usable(found) == [True, False] and "the same signal as" in found[1]["reasons"][0],
    ),
    "twice.csv": (
        table(["time", NAMES[0], NAMES[0]], T, ONE, TWO),
        lambda found: fine(found) and found[0]["channel"] != found[1]["channel"],
    ),
    "two.csv": (table(["time", *NAMES], T[:2], ONE[:2], TWO[:2]), refuses("2 samples only; record", second=False)),
    "milliseconds.csv": (table(["time", *NAMES], 1e3 * T, ONE, TWO), refuses("sampled at 1 Hz", second=False)),
}


@pytest.mark.parametrize("name", READ)
def test_what_can_be_read_says_what_was_found(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    content, found = READ[name]
    (tmp_path / name).write_bytes(content)
    assert run(monkeypatch, "analyze", str(tmp_path / name), "--movement", "back-squat", "--json", "-") == 0
    assert found(json.loads(capsys.readouterr().out)["muscles"])


LAYOUT = """
id = "mine"
name = "mine"
[time]
column = "time"
unit = "s"
[[column]]
pattern = "EMG.*"
kind = "emg"
unit = "V"
"""


def test_a_layout_of_the_recording_is_not_asked_of_a_contraction_in_another_format(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from legato.formats.c3d_write import write_c3d
    from legato.simulate import demo_press

    write_c3d(tmp_path / "hardest.c3d", demo_press().recording)
    (tmp_path / "set.csv").write_bytes(GOOD)
    (tmp_path / "mine.toml").write_text(LAYOUT, encoding="utf-8")
    words = ["analyze", str(tmp_path / "set.csv"), "--layout", str(tmp_path / "mine.toml"), "--movement", "back-squat"]
    assert run(monkeypatch, *words, "--mvic", str(tmp_path / "hardest.c3d"), "--json", "-") == 2
    # What is wrong with it is its channels, not that it is no table.
    assert "hardest.c3d: none of its EMG channels" in capsys.readouterr().err
    (tmp_path / "hardest.csv").write_bytes(table(["time", *NAMES], T, 3.0 * ONE[::-1], 3.0 * TWO[::-1]))
    assert run(monkeypatch, *words, "--mvic", str(tmp_path / "hardest.csv"), "--json", "-") == 0
    found = json.loads(capsys.readouterr().out)["muscles"]
    assert [one["normalisation"] for one in found] == ["maximal voluntary isometric contraction"] * 2
