"""Tables with one column a repetition, jump or pull, and one row a quantity."""

from collections.abc import Sequence
from html import escape

from legato.estimate import Estimate
from legato.report.words import row_texts, sentence


def side_by_side(heads: str, rows: Sequence[str]) -> str:
    """The table; `heads` holds the cells of its first row after the empty one."""
    return (
        f'<div class="scroll wide"><table class="reps"><thead><tr><th scope="col">'
        f'<span class="sr">Quantity</span></th>{heads}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'
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
