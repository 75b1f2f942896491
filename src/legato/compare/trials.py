"""The list that says whose each result is and of which day: a CSV with the columns `result`, `athlete`, `day`."""

import csv
from collections.abc import Sequence
from pathlib import Path

from legato.compare.across import Trial
from legato.compare.results import read_result
from legato.errors import BadInput

_COLUMNS = ("result", "athlete", "day")


def read_trials(source: Path) -> list[Trial]:
    """The results that a list names, paths counted from its own folder.

    Raises
    ------
    BadInput
        The list cannot be read or lacks a column, a line is not whole or names a file that an earlier one named, or a
        file is no result; the message names the list's line.
    """
    try:
        text = source.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadInput(f"{source}: cannot be read ({error.strerror}); give a CSV list of results") from None
    except UnicodeDecodeError:
        raise BadInput(f"{source}: is no text in UTF-8; save the list as CSV in UTF-8") from None
    lines = [line for line in text.splitlines() if line.strip()]
    mark = ";" if lines and ";" in lines[0] else "\t" if lines and "\t" in lines[0] else ","
    rows = list(csv.reader(lines, delimiter=mark))
    head = [name.strip().lower() for name in rows[0]] if rows else []
    missing = [name for name in _COLUMNS if name not in head]
    if missing:
        raise BadInput(f"{source}: has no column {', '.join(missing)}; begin the list with `result,athlete,day`")
    places = [head.index(name) for name in _COLUMNS]
    return _trials(source, rows[1:], places)


def _trials(source: Path, rows: Sequence[Sequence[str]], places: Sequence[int]) -> list[Trial]:
    trials: list[Trial] = []
    seen: set[Path] = set()
    for number, row in enumerate(rows, start=2):
        file, athlete, day = (row[place].strip() if place < len(row) else "" for place in places)
        if not (file and athlete and day):
            raise BadInput(f"{source}: line {number} lacks its result, athlete or day; fill in all three")
        path = (source.parent / file).resolve()
        if path in seen:
            raise BadInput(f"{source}: line {number} names {file} a second time; give each result once")
        seen.add(path)
        trials.append(Trial(read_result(path), athlete, day))
    if not trials:
        raise BadInput(f"{source}: names no result; give a line for each")
    return trials
