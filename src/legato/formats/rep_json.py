"""Repetitions as other programs write them in JSON: velocities of each, a summary with times of each, or named numbers
one a repetition.
"""

import json
import math
import re
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from legato.errors import BadInput
from legato.formats._units import to_si
from legato.formats.rep_columns import VELOCITIES, meaning_of, rep_columns
from legato.formats.rep_table import RepCell, rep_recording
from legato.recording import Recording, RepTable

_NAMED = re.compile(r"(.*?)[ _-]*rep[ _-]*(\d+)", re.IGNORECASE)
_TIMES = (("start_time", "start_s"), ("end_time", "end_s"), ("peak_time", "peak_s"), ("duration", "duration_s"))
_LARGEST_BYTES = 20_000_000


_KEY = re.compile(r'"([^"]{2,40})"\s*:')
_DEEPEST = 6


def looks_like_reps(text: str) -> bool:
    """Whether the beginning of a JSON text holds velocities of repetitions, a summary of repetitions or numbers named
    after them.
    """
    if any(meaning_of(key)[0] in VELOCITIES for key in dict.fromkeys(_KEY.findall(text[:20_000]))):
        return True
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
    used: dict[str, str] = {}
    reps = _reps_in(record, RepCell({}, {}), used)
    if reps:
        note = f"{path.name} holds what another program found of {len(reps)} repetitions, and no samples"
        return rep_recording(path.name, reps, list(used.values()), [note])
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


def _reps_in(record: Any, outer: RepCell, used: dict[str, str], depth: int = 0) -> list[RepCell]:
    """Every object with a velocity, with the load, set and exercise of those around it; a list of velocities is one
    repetition an element. `used` collects what was read and its name.
    """
    if depth > _DEEPEST:
        return []
    if isinstance(record, list):
        return [rep for part in record for rep in _reps_in(part, outer, used, depth + 1)]
    if not isinstance(record, dict):
        return []
    numbers, words = dict(outer.numbers), dict(outer.words)
    many: dict[str, list[float]] = {}
    for key, value in record.items():
        what, unit = meaning_of(str(key))
        if not what or what in ("time", "velocity"):
            continue
        factor, si = to_si(unit) or (1.0, "")
        if si != "" and si != rep_columns().units.get(what, si):
            continue
        if isinstance(value, list) and what in VELOCITIES:
            many[what] = [factor * _number(part) for part in value]
        elif not math.isnan(number := _number(value)):
            numbers[what] = factor * number
        elif isinstance(value, str) and what in ("exercise", "athlete", "date", "set"):
            words[what] = value
            continue
        else:
            continue
        used.setdefault(what, str(key))
    here = RepCell(numbers, words)
    if many:
        count = max(len(values) for values in many.values())
        rows = [
            {w: v[k] for w, v in many.items() if k < len(v) and v[k] > 0.0} | {"rep": k + 1.0} for k in range(count)
        ]
        return [RepCell(numbers | row, words) for row in rows if len(row) > 1]
    if any(numbers.get(what, 0.0) > 0.0 for what in VELOCITIES):
        return [here]
    return [rep for part in record.values() for rep in _reps_in(part, here, used, depth + 1)]


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
