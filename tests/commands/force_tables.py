"""Tables of force plates as a lab writes them, and the `legato analyze` command run on them."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from legato.cli import main
from legato.recording import FloatArray

RATE_HZ = 1000.0


def write_csv(path: Path, columns: Mapping[str, FloatArray], rate_hz: float = RATE_HZ) -> Path:
    """A CSV with a time column; missing samples are empty."""
    table = np.column_stack(list(columns.values()))
    times = np.arange(len(table)) / rate_hz
    rows = [",".join(["time", *columns])]
    for time, row in zip(times, table, strict=True):
        rows.append(",".join([f"{time:.6f}", *("" if np.isnan(x) else f"{x:.6g}" for x in row)]))
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def plate_columns(number: int | str, vertical: FloatArray, at_m: FloatArray, name: str = "") -> dict[str, FloatArray]:
    """Columns of one plate as OpenSim names them, z up: its force upright, acting at `at_m` (n, 2)."""
    zero = np.zeros(vertical.size)
    pre = f"{name}ground_force{number}_"
    force = {f"{pre}v{a}": v for a, v in zip("xyz", (zero, zero, vertical), strict=True)}
    point = {f"{pre}p{a}": v for a, v in zip("xyz", (at_m[:, 0], at_m[:, 1], zero), strict=True)}
    return {**force, **point}


def analysed(monkeypatch: pytest.MonkeyPatch, out: Path, *arguments: str | Path, code: int = 0) -> dict[str, Any]:
    """The result.json of `legato analyze` with these arguments; empty where it ends with another code than 0."""
    monkeypatch.setattr(sys, "argv", ["legato", "analyze", *map(str, arguments), "--json", str(out)])
    with pytest.raises(SystemExit) as done:
        main()
    assert done.value.code == code
    return {} if code else json.loads(out.read_text(encoding="utf-8"))
