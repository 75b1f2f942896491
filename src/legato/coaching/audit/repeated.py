"""Rows that stand in a log twice."""

from collections import Counter
from collections.abc import Sequence
from itertools import groupby

from legato.coaching.audit.text import Row


def without_repeated(rows: Sequence[Row], day: int, number: int | None) -> list[Row]:
    """Rows without those that stand there already.

    Parameters
    ----------
    rows
        As they stand in the file.
    day, number
        Places of the cells with the day and with the set's number; None where sets have none.

    Returns
    -------
    Where a set is numbered, the same row again is the same set and is left out. Where it is not, three like rows are
    three sets; only all rows of a day again, with other days between, are the same ones.
    """
    kept: list[Row] = []
    there: set[tuple[str, ...]] = set()
    blocks: dict[str, list[Counter[tuple[str, ...]]]] = {}
    for on, group in groupby(rows, key=lambda row: row.cells[day]):
        block = list(group)
        cells = Counter(row.cells for row in block)
        if cells in blocks.setdefault(on, []):
            continue
        blocks[on].append(cells)
        for row in block:
            if number is not None and row.cells[number].isdigit():
                if row.cells in there:
                    continue
                there.add(row.cells)
            kept.append(row)
    return kept
