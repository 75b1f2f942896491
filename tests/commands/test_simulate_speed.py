"""`legato simulate --speed`: the same athlete and movement, faster by so much."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from legato.cli import app
from legato.load import read


@pytest.mark.parametrize("speed", [0.8, 1.25])
def test_a_simulated_bar_moves_faster_by_what_is_asked(tmp_path: Path, speed: float):
    import numpy as np

    fastest: list[float] = []
    for name, asked in (("usual", "1"), ("other", str(speed))):
        words = [
            "simulate",
            "bench-press",
            "--out",
            str(tmp_path / name),
            "--reps",
            "2",
            "--noise",
            "0",
            "--speed",
            asked,
        ]
        done = CliRunner().invoke(app, words)
        assert done.exit_code == 0, done.output
        stream = read(tmp_path / name / "bench-press.c3d").streams[0]
        height = np.asarray(stream.values)[:, stream.channels.index("BARR"), 2]
        fastest.append(float(np.max(np.gradient(height)) * stream.rate_hz))
    # soft tissue wobbles on, whatever the speed
    assert fastest[1] / fastest[0] == pytest.approx(speed, rel=0.03)
