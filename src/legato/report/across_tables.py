"""CSV of several activities side by side: a line a cell, and a line for each number of what carries over."""

from collections.abc import Iterator, Mapping
from typing import Any

from legato.report.cells import Cell, csv_text

Record = Mapping[str, Any]


def table_csv(record: Record) -> str:
    """Each athlete, day, metric and activity with its estimate, or the reason why there is none."""
    header = ("athlete", "day", "metric", "activity", "unit", "value", "low", "high", "n", "reason")
    units = {metric["id"]: metric["unit"] for metric in record["metrics"]}

    def rows() -> Iterator[list[Cell]]:
        for table in record["tables"]:
            for row in table["rows"]:
                for cell in row["cells"]:
                    about = [table["athlete"], table["day"], row["metric"], cell["activity"], units[row["metric"]]]
                    yield [*about, *_ends(cell["estimate"]), cell["n"], cell["reason"]]

    return csv_text(header, rows())


def carried_csv(record: Record) -> str:
    """Each number of what carries over, with its interval and verdict."""
    header = (
        "metric", "activities", "of", "n", "basis", "common", "low", "high", "seen", "reliability", "verdict", "reason",
    )  # fmt: skip
    return csv_text(
        header,
        (
            [
                one["metric"], " + ".join(one["activities"]), one["of"], one["n"], one["basis"], *_ends(one["common"]),
                one["seen"], one["reliability"], one["verdict"], one["reason"],
            ]
            for one in record["carried"]
        ),
    )  # fmt: skip


def _ends(estimate: Record | None) -> list[Cell]:
    return [None, None, None] if estimate is None else [estimate["value"], estimate["low"], estimate["high"]]
