"""Rows of a table of text: blank ones between the others, which a table without times counts as lost samples, and the
number of rows that a header claims.
"""

from collections.abc import Sequence

import numpy as np

from legato.errors import BadInput
from legato.recording import FloatArray

_LEAST_DOUBLED = 3
"""So many blank lines, one after each row, are line ends written twice and no lost samples. [ENG]"""


def data_rows(lines: Sequence[str], delimiter: str = "") -> tuple[list[str], tuple[int, ...]]:
    """The rows that hold anything, and of each blank line between them how many rows stand before it.

    Blank lines before the first row and after the last one say nothing; nor does one after every row, where line ends
    were written twice.
    """
    rows: list[str] = []
    blank: list[int] = []
    for line in lines:
        if line.replace(delimiter, "").strip() if delimiter else line.strip():
            rows.append(line)
        elif rows:
            blank.append(len(rows))
    gaps = [k for k in blank if k < len(rows)]
    doubled = len(gaps) >= _LEAST_DOUBLED and gaps == list(range(1, len(rows)))
    return rows, () if doubled else tuple(gaps)


def with_gaps(table: FloatArray, gaps: Sequence[int]) -> FloatArray:
    """The table (rows, columns) with a row of NaN for each blank line, so that what follows keeps its time."""
    return np.insert(table, list(gaps), np.nan, axis=0) if gaps else table


def with_lost_rows(table: FloatArray, gaps: Sequence[int], times: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The table (rows, columns) and its times (rows,) with a row of NaN for each blank line over which the times go on
    by one usual step more; over the others nothing was lost.

    Parameters
    ----------
    table
        The rows that are there.
    gaps
        As `data_rows` gives them.
    times
        Of the rows, in any unit; NaN where a row tells none.
    """
    steps = np.diff(times)
    known = steps[np.isfinite(steps)]
    typical = float(np.median(known)) if gaps and known.size else 0.0
    if typical <= 0.0:
        return table, times
    lost: list[int] = []
    between: list[float] = []
    for at in sorted(set(gaps)):
        count, step = gaps.count(at), float(steps[at - 1])
        if abs(step / typical - 1.0 - count) < 0.5:
            lost += [at] * count
            between += [float(times[at - 1]) + step * k / (count + 1) for k in range(1, count + 1)]
    return with_gaps(table, lost), np.insert(times, lost, between) if lost else times


def refuse_lost_rows(name: str, claimed: float | None, found: int, what: str, key: str) -> None:
    """Refuse a file that holds fewer rows than its header claims: the end of the trial would be missing unseen.

    Parameters
    ----------
    name
        The file's name.
    claimed
        What its header says; None or NaN where it says nothing.
    found
        Rows that it holds, blank ones between them too.
    what
        What a row is: `rows`, `frames`.
    key
        What the header calls their number.
    """
    if claimed is not None and found < claimed:
        raise BadInput(
            f"{name}: its header claims {claimed:g} {what} ({key}), the file holds {found}; its end was lost: copy or"
            f" export it again, or write {found} there if you cut it yourself"
        )
