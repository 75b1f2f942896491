"""Cells of the CSV tables: names of columns, an estimate's three cells, the text of a table."""

import csv
import io
import math
from collections.abc import Iterable, Sequence

from legato.estimate import Estimate
from legato.report.document import in_degrees

Cell = str | float | int | bool | None


def column_name(name: str, unit: str) -> str:
    """The metric's name with its unit at the end, unless it stands there already: `knee_flexion_peak_right_deg`."""
    suffix = unit.replace("/", "_").replace("^", "").replace("²", "2").replace("·", "_").replace("%", "pct")
    return name if not suffix or name.endswith(f"_{suffix}") else f"{name}_{suffix}"


def ends(estimate: Estimate | None) -> list[Cell]:
    """Value, low and high as three cells, angles in degrees."""
    if estimate is None:
        return [None, None, None]
    shown = in_degrees(estimate)
    return [shown.value, shown.low, shown.high]


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Comma-separated text, quoted where it must be, with a line feed after each row."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    return out.getvalue()


def _cell(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return "" if not math.isfinite(value) else f"{value:.9g}"
    return str(value)
