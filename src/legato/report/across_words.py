"""What is said of several activities side by side: numbers of a row, differences, what carries over."""

from collections.abc import Mapping, Sequence
from typing import Any

from legato.estimate import Estimate
from legato.report.words import decimals_for, estimate_text, number, plural

Record = Mapping[str, Any]

_FEW = 5
"""Numbers below which chance is not worth a line. [ENG]"""

_SCALES = {"s": (1000.0, "ms"), "1": (100.0, "%"), "deg": (1.0, "deg")}
_VERDICTS = {
    "together": "go together",
    "opposite": "go opposite ways",
    "little": "have little in common",
    "not-resolvable": "not resolvable",
}


def headline(record: Record) -> str:
    """What was set side by side."""
    athletes = len(record["athletes"])
    days = len({(t["athlete"], t["day"]) for t in record["tables"]})
    said = f"{len(record['activities'])} activities"
    if athletes > 1:
        return f"{said} of {athletes} athletes, {plural(days, 'day')} of measuring"
    return f"{said} of one athlete" + (f" over {days} days" if days > 1 else "")


def metric_of(record: Record, row: Record) -> Record:
    """The metric that a row or a carried number is of."""
    return next(m for m in record["metrics"] if m["id"] == row["metric"])


def activity_name(record: Record, activity: str) -> str:
    """The name of an activity."""
    return next(str(a["name"]) for a in record["activities"] if a["id"] == activity)


def common_rows(record: Record, table: Record) -> tuple[list[Record], list[Record]]:
    """Rows of a table that two activities or more have, and those that only one has."""
    counts = [(row, sum(cell["estimate"] is not None for cell in row["cells"])) for row in table["rows"]]
    return [row for row, count in counts if count > 1], [row for row, count in counts if count == 1]


def shown_estimate(record: Record, unit: str) -> Estimate:
    """An estimate's record in the unit in which it is shown: ms, %, degrees."""
    factor, name = _SCALES[unit]
    return Estimate(record["value"], record["low"], record["high"], unit=unit).scaled(factor, name)


def row_cells(metric: Record, row: Record) -> tuple[str, list[str]]:
    """The unit of a row as shown, and the text of each of its cells."""
    found = [None if c["estimate"] is None else shown_estimate(c["estimate"], metric["unit"]) for c in row["cells"]]
    decimals = max((decimals_for(e.half_width, e.unit) for e in found if e is not None), default=0)
    texts = [estimate_text(e, with_unit=False, decimals=decimals) for e in found]
    return _SCALES[metric["unit"]][1].replace("deg", "°"), texts


def difference_line(record: Record, row: Record) -> list[str]:
    """Each difference of a row that lies beyond its interval, in its unit and in half-widths of that interval."""
    metric = metric_of(record, row)
    return [
        f"{metric['name']}: {activity_name(record, d['second'])} {d['shown']} than "
        f"{activity_name(record, d['first'])} by {_size(d['difference'], metric['unit'])}, {times(d)} its interval"
        for d in row["differences"]
        if d["shown"] != "no"
    ]


def times(difference: Record) -> str:
    """How many half-widths of its interval a difference is, as `2.4 ×`."""
    ratio = difference["in_intervals"]
    return "—" if ratio is None else f"{number(abs(ratio), 1)} ×"


def _size(record: Record, unit: str) -> str:
    return estimate_text(shown_estimate(record, unit).without_sign())


def verdict_words(verdict: str) -> str:
    """The verdict on what carries over, in words."""
    return _VERDICTS[verdict]


def common_text(record: Record) -> str:
    """A common share with its interval: `0.62 (0.31 to 0.84)`."""
    value, low, high = (number(record[key], 2) for key in ("value", "low", "high"))
    return f"{value} ({low} to {high})"


def pair_name(record: Record, carried: Record) -> str:
    """The activities that a number of carry-over is of."""
    names = [activity_name(record, a) for a in carried["activities"]]
    return " and ".join(names) if len(names) == 2 else f"all {len(names)} activities"


def carried_line(record: Record, carried: Record) -> str:
    """One that was decided, in a sentence."""
    name = metric_of(record, carried)["name"]
    who = plural(carried["n"], carried["of"].removesuffix("s"))
    words = f"{name}, {pair_name(record, carried)}: {verdict_words(carried['verdict'])}"
    return f"{words}, common share {common_text(carried['common'])}, {who}"


def by_chance(record: Record) -> str:
    """How many would be said to go together, or opposite ways, where nothing does; empty where they are few."""
    judged = sum(one["common"] is not None for one in record["carried"])
    if judged < _FEW:
        return ""
    expected = int(0.1 * judged + 0.5)
    many = f"about {expected}" if expected else "hardly one"
    return f"Of {plural(judged, 'number')} with a 90 % interval, {many} would look common by chance alone."


def reasons(table_row: Record, record: Record) -> Sequence[str]:
    """Why cells of a row are empty, one line for each reason."""
    by_reason: dict[str, list[str]] = {}
    for cell in table_row["cells"]:
        if cell["estimate"] is None:
            by_reason.setdefault(cell["reason"] or "not measured", []).append(activity_name(record, cell["activity"]))
    return [f"{', '.join(names)}: {reason}" for reason, names in by_reason.items()]
