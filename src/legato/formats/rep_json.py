"""Repetitions as other programs write them in JSON: a summary with times of each, or named numbers one a repetition."""

import json
import math
import re
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from legato.errors import BadInput
from legato.recording import Recording, RepTable

_NAMED = re.compile(r"(.*?)[ _-]*rep[ _-]*(\d+)", re.IGNORECASE)
_TIMES = (("start_time", "start_s"), ("end_time", "end_s"), ("peak_time", "peak_s"), ("duration", "duration_s"))
_LARGEST_BYTES = 20_000_000


def looks_like_reps(text: str) -> bool:
    """Whether the beginning of a JSON text is a summary of repetitions or holds numbers named after them."""
    return re.search(r'^\s*\{.*"repetitions"\s*:\s*\[', text[:20_000], re.DOTALL) is not None or (
        re.match(r'\s*\{\s*"[^"]*rep[ _-]*\d+"\s*:\s*-?[\d.]', text, re.IGNORECASE) is not None
    )


def read_rep_json(path: str | PathLike[str], *, rate_hz: float | None = None) -> Recording:
    """Read the repetitions into tables, one for each set; they hold no samples, and `rate_hz` changes nothing.

    Raises
    ------
    BadInput
        No JSON, or no repetition with numbers in it.
    """
    path = Path(path)
    if path.stat().st_size > _LARGEST_BYTES:
        raise BadInput(f"{path.name}: larger than a summary of repetitions is; check the file")
    try:
        record = json.loads(path.read_text(encoding="utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError, ValueError):
        raise BadInput(f"{path.name}: no valid JSON; the file is cut short or damaged, export it again") from None
    tables = _summary(record) or _named(record)
    if not tables:
        raise BadInput(f"{path.name}: a JSON file without repetitions that hold numbers; check what was exported")
    count = sum(len(t.values) for t in tables)
    note = f"{path.name} holds what another program found of {count} repetitions, and no samples"
    return Recording(rep_tables=tables, notes=(note,))


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return math.nan
    try:
        found = float(value)
    except OverflowError:
        return math.nan
    return found if math.isfinite(found) else math.nan


def _summary(record: Any) -> tuple[RepTable, ...]:
    reps = record.get("repetitions") if isinstance(record, dict) else None
    if not isinstance(reps, list):
        return ()
    rows: list[list[float]] = []
    for rep in reps:
        if not isinstance(rep, dict):
            continue
        phase = rep.get("concentric_phase", rep)
        phase = phase if isinstance(phase, dict) else {}
        rows.append([_number(phase.get(key)) for key, _ in _TIMES])
    values = np.array(rows, float).reshape(-1, len(_TIMES))
    if not np.isfinite(values).any():
        return ()
    return (RepTable("concentric phases", tuple(c for _, c in _TIMES), ("s",) * len(_TIMES), values),)


def _named(record: Any) -> tuple[RepTable, ...]:
    """Numbers named `set_rep1`, `set_rep2`, …: one table for each set, its unit unknown."""
    if not isinstance(record, dict):
        return ()
    sets: dict[str, dict[int, float]] = {}
    for key, value in record.items():
        match = _NAMED.fullmatch(str(key))
        # More digits than any set has repetitions would not fit a table.
        if match is None or len(match[2]) > 4 or math.isnan(_number(value)):
            return ()
        sets.setdefault(match[1] or "reps", {})[int(match[2])] = _number(value)
    # The sets are counted, not named: their names may be those of people.
    return tuple(
        RepTable(f"set {i}", ("rep", "value"), ("", ""), np.array(sorted(numbers.items()), float))
        for i, numbers in enumerate(sets.values(), 1)
    )
