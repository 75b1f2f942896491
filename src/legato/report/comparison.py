"""Two results set side by side, in words: what `legato compare` prints and the app shows of `legato.compare/1`."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from legato.report.rounding import figures, in_seconds
from legato.report.words import event_noun, link_name, quantity_name

Record = Mapping[str, Any]

DETECTABLE: Mapping[str | None, str] = {"yes": "yes", "no": "no", "not-resolvable": "unsure", None: "—"}
"""Whether a difference exceeds what the athlete shows from day to day."""


def compared(record: Record) -> list[Record]:
    """Every number that was compared, gaps first."""
    return [*record["gaps"], *record["metrics"]]


def row_name(row: Record) -> str:
    """The name of a gap or a metric."""
    if "from" in row:
        return f"{link_name(row['from'])} → {link_name(row['to'])}, {event_noun(row['event'], row['quantity'])}"
    return quantity_name(str(row["name"]))


def shown_change(row: Record) -> str:
    """`higher`, `lower` or `not shown`."""
    return "not shown" if row["shown"] == "no" else str(row["shown"])


def setting_name(setting: str) -> str:
    """What a setting is called."""
    return {"loads_kg": "loads, kg"}.get(setting, setting)


def setting_text(value: Any) -> str:
    """A setting's value."""
    if isinstance(value, list):
        return ", ".join(f"{v:g}" if isinstance(v, float) else str(v) for v in cast("list[Any]", value))
    return "none" if value is None else str(value)


def times_in_seconds(rows: Sequence[Record]) -> bool:
    """Whether the times of these rows stand in s."""
    times = [row for row in rows if row["difference"]["unit"] == "s"]
    return in_seconds(row[key] for row in times for key in ("mean_first", "mean_second"))


def set_apart(row: Record, *, seconds: bool) -> tuple[str, str, str, str]:
    """Unit, first, second and difference of a row."""
    one, two = row["mean_first"], row["mean_second"]
    shown = figures(row["difference"], (one, two), seconds=seconds)
    return shown.unit, shown.text(one), shown.text(two), shown.interval(row["difference"])


def moved_by(row: Record, *, seconds: bool) -> list[str]:
    """Unit, first, second and by of a number that moved, as finely as its interval deserves."""
    values = [row[k] for k in ("first", "second", "by")]
    half = row["half_width"] or 0.0
    shown = figures({"low": -half, "high": half, "unit": row["unit"]}, [v for v in values[:2] if v is not None],
                    seconds=seconds)  # fmt: skip
    return [shown.unit, *("—" if v is None else shown.text(v) for v in values)]


def by_chance(numbers: int) -> str:
    """How many of them can be expected to look changed where nothing did."""
    return f"With {numbers} numbers at 90 %, {expected(numbers)} can be expected to look changed by chance alone."


def expected(numbers: int) -> str:
    """How many of so many 90 % intervals miss by chance."""
    found = int(0.1 * numbers + 0.5)
    return f"about {found}" if found else "none"


def comparison_head(record: Record) -> str:
    """What the differences of two sets are."""
    paired = "paired by place in the set" if all(r["paired"] for r in compared(record)) else "as independent sets"
    return f"Second minus first, 90 % intervals, {paired}"


def comparison_notes(record: Record, *, baseline: str, placement: str) -> list[str]:
    """What is to be kept in mind of two sets; `baseline` and `placement` say what would tell more, and how."""
    rows = compared(record)
    beyond = any(row["beyond_detectable"] for row in rows)
    notes = [
        by_chance(len(rows)),
        f"A change here is one between these two sets; whether the athlete changed, {baseline}."
        if not beyond
        else "Detectable: whether the difference exceeds what this athlete shows from day to day.",
    ]
    if not record["same_placement"]:
        notes.append(f"Errors of marker placement are taken as new in each set; {placement} leaves them out.")
    if any(change["what"] == "loads_kg" for change in record["changed"]):
        notes.append("The loads differ, so what changed may be what the load does.")
    for row in record["gaps"]:
        if row["verdict_first"] != row["verdict_second"]:
            notes.append(f"{row_name(row)}: the verdict goes from {row['verdict_first']} to {row['verdict_second']}.")
    return notes
