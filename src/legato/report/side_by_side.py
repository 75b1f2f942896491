"""Tables with one column a repetition, jump or pull, and one row a quantity."""

import re
from collections.abc import Sequence
from html import escape

from legato.estimate import Estimate
from legato.report.words import row_texts, sentence

_ON_PAPER = 8
"""Columns that stand beside each other on A4 upright, with their intervals. [ENG]"""

_CELL = re.compile(r"<t[hd][ >].*?</t[hd]>", re.DOTALL)


def side_by_side(heads: str, rows: Sequence[str]) -> str:
    """The table; `heads` holds the cells of its first row after the empty one. Paper does not scroll: what is wider
    than a page stands there as several tables below each other.
    """
    columns = len(_CELL.findall(heads))
    if columns <= _ON_PAPER:
        return _table("scroll wide", heads, rows)
    blocks = "".join(
        _table("block", *_columns(heads, rows, first, first + _ON_PAPER)) for first in range(0, columns, _ON_PAPER)
    )
    return f'{_table("scroll wide on-screen", heads, rows)}<div class="on-paper">{blocks}</div>'


def _table(box: str, heads: str, rows: Sequence[str]) -> str:
    return (
        f'<div class="{box}"><table class="reps"><thead><tr><th scope="col">'
        f'<span class="sr">Quantity</span></th>{heads}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'
    )


def _columns(heads: str, rows: Sequence[str], first: int, stop: int) -> tuple[str, list[str]]:
    """The heads and rows of some of the columns; each row keeps its name."""
    cells = [_CELL.findall(one) for one in rows]
    return (
        "".join(_CELL.findall(heads)[first:stop]),
        [f"<tr>{''.join([name, *values[first:stop]])}</tr>" for name, *values in cells],
    )


def column_heads(names: Sequence[str]) -> str:
    """Plain heads of columns."""
    return "".join(f'<th scope="col">{escape(name)}</th>' for name in names)


def row(name: str, unit: str, cells: Sequence[str]) -> str:
    """A row of texts under the name of what they are."""
    named = escape(name) + (f"&nbsp;<small>{escape(unit)}</small>" if unit else "")
    return f'<tr><th scope="row">{named}</th>{"".join(f"<td>{escape(cell)}</td>" for cell in cells)}</tr>'


def estimate_row(name: str, unit: str, values: Sequence[Estimate | None]) -> list[str]:
    """A row of estimates; none where no column has that number."""
    return [row(name, unit, row_texts(values))] if any(value is not None for value in values) else []


def listed(texts: Sequence[str]) -> str:
    """Remarks below a table, nothing where there are none."""
    items = "".join(f"<li>{escape(sentence(text))}</li>" for text in texts)
    return f'<ul class="note">{items}</ul>' if items else ""
