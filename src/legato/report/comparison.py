"""Two results set side by side, in words: what `legato compare` prints and the app shows of `legato.compare/1`."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

from legato.report.findings import verdict_of
from legato.report.rounding import figures, in_seconds
from legato.report.words import band_text, event_noun, link_name, quantity_name

_CHECKSUM = re.compile("[0-9a-f]{64}")

Record = Mapping[str, Any]

_SAID: Mapping[str, str] = {
    "no-change": "no change is shown: the interval of the difference holds zero",
    "in-doubt": "differs; whether the athlete changed is not told, as the two may not be of one athlete measured alike",
    "not-known": "changed between these two sets; whether the athlete changed is not known without other days",
    "within": "changed between these two sets, by no more than this athlete changes from day to day",
    "not-resolvable": "changed between these two sets; whether by more than from day to day cannot be told yet",
    "changed": "changed by more than this athlete changes from day to day",
    "better": "better: nearer to the target, by more than this athlete changes from day to day",
    "worse": "worse: farther from the target, by more than this athlete changes from day to day",
    "no-difference": "no difference is shown: its interval holds zero",
    "differs": "differs; between two athletes this is no change",
}
"""The verdict on the difference of a number, by its outcome."""


def compared(record: Record) -> list[Record]:
    """Every number that was compared: gaps, metrics, what faults are judged by."""
    return [*record["gaps"], *record["metrics"], *record["findings"]]


def row_name(row: Record) -> str:
    """The name of a gap, a metric or a fault's number."""
    if "fault" in row:
        return finding_name(row["name"], row["side"], row["about"])
    if "from" in row:
        return f"{link_name(row['from'])} → {link_name(row['to'])}, {event_noun(row['event'], row['quantity'])}"
    name, judged = quantity_name(str(row["name"])), row.get("judged_as")
    return f"{name}: {judged[0].lower()}{judged[1:]}" if judged else name


def finding_name(name: str, side: str | None, of: str) -> str:
    """The name of a fault's number, with its side and what it is of."""
    return f"{name}{f', {side}' if side else ''}{f' ({of})' if of else ''}"


_HEADS: Mapping[str, str] = {
    "no-change": "No change shown",
    "in-doubt": "In doubt",
    "not-known": "Changed between the two",
    "within": "As from day to day",
    "not-resolvable": "Not resolvable",
    "changed": "Changed",
    "better": "Better",
    "worse": "Worse",
    "no-difference": "No difference shown",
    "differs": "Different",
}
"""The same in a word or two, to begin with."""


def change_head(row: Record) -> str:
    """What stands first of what is said of the difference of a number."""
    return _HEADS[row["outcome"]]


def change_cell(row: Record) -> str:
    """The one thing that a table says of the difference of a number; `higher` or `lower` where only the two sets are
    known to differ.
    """
    only_sets = row["outcome"] in ("not-known", "differs")
    return str(row["shown"]) if only_sets else change_head(row).lower()


def target_text(row: Record) -> str:
    """The target of a gap, in both where they are not alike: `0 ms and up`; empty where there is none."""
    bands = dict.fromkeys(band_text(row[key]) for key in ("band_s_first", "band_s_second"))
    return " → ".join(bands) if set(bands) != {"none"} else ""


def change_sentence(row: Record) -> str:
    """What may be said of the difference of a number, without a full stop."""
    return _SAID[row["outcome"]]


def change_word(row: Record) -> str:
    """The same in a word or two, beside the difference: whether the athlete changed, by more than from day to day."""
    if row["outcome"] in ("better", "worse"):
        return str(row["outcome"])
    if row["outcome"] == "in-doubt":
        return "in doubt"
    if row["beyond_detectable"] == "yes":
        return f"change: {row['shown']}"
    return {"no": "no change seen", "not-resolvable": "not resolvable"}.get(row["beyond_detectable"], "—")


def verdict_words(row: Record) -> tuple[str, str]:
    """The verdicts on a gap, or on what a fault is judged by, in both, in the words of the session's own page."""
    band = "band_s" if "from" in row else "band"
    first, second = (verdict_of(row[f"verdict_{one}"], row[f"{band}_{one}"]) for one in ("first", "second"))
    return first, second


def changed_text(change: Record) -> str:
    """A setting, version or sensor that differs: `loads, kg: 60 → 100`."""
    first, second = (setting_text(change[key]) for key in ("first", "second"))
    return f"{setting_name(change['what'])}: {first} → {second}"


def setting_name(setting: str) -> str:
    """What a setting is called."""
    return {"loads_kg": "loads, kg", "baseline": "judged by an earlier set"}.get(setting, setting)


def setting_text(value: Any) -> str:
    """A setting's value."""
    if isinstance(value, list):
        return ", ".join(f"{v:g}" if isinstance(v, float) else str(v) for v in cast("list[Any]", value))
    # Of a file's checksum the beginning tells it from another.
    return "none" if value is None else f"{value[:8]}…" if _CHECKSUM.fullmatch(str(value)) else str(value)


def times_in_seconds(rows: Sequence[Record]) -> bool:
    """Whether the times of these rows stand in s."""
    times = [row for row in rows if row["difference"]["unit"] == "s"]
    return in_seconds(row[key] for row in times for key in ("mean_first", "mean_second"))


def set_apart(row: Record, *, seconds: bool) -> tuple[str, str, str, str]:
    """Unit, first, second and difference of a row, each with its interval."""
    one, two = row["mean_first"], row["mean_second"]
    shown = figures(row["difference"], (one, two), seconds=seconds)
    sets = (shown.set_mean(row["set_first"], one), shown.set_mean(row["set_second"], two))
    return shown.unit, *sets, shown.interval(row["difference"])


def moved_by(row: Record, *, seconds: bool) -> list[str]:
    """Unit, first, second and by of a number that moved, as finely as its interval deserves."""
    values = [row[k] for k in ("first", "second", "by")]
    half = row["half_width"] or 0.0
    shown = figures({"low": -half, "high": half, "unit": row["unit"]}, [v for v in values[:2] if v is not None],
                    seconds=seconds)  # fmt: skip
    return [shown.unit, *("—" if v is None else shown.text(v) for v in values)]


def by_chance(numbers: int, verb: str = "changed") -> str:
    """How many of them can be expected to look changed where nothing did."""
    return f"With {numbers} numbers at 90 %, {expected(numbers)} can be expected to look {verb} by chance alone."


def expected(numbers: int) -> str:
    """How many of so many 90 % intervals miss by chance."""
    found = int(0.1 * numbers + 0.5)
    return f"about {found}" if found else "none"


def comparison_head(record: Record) -> str:
    """What the differences of two sets are."""
    paired = {bool(row["paired"]) for row in compared(record)}
    said = "paired by place in the set" if True in paired else "as independent sets"
    return f"Second minus first, 90 % intervals, {said}{' where that can be done' if len(paired) > 1 else ''}"


def comparison_notes(record: Record, *, baseline: str, placement: str) -> list[str]:
    """What is to be kept in mind of two sets; `baseline` and `placement` say what would tell more, and how."""
    rows = compared(record)
    one_athlete = record["one_athlete"]
    notes = [f"{doubt[0].upper()}{doubt[1:]}." for doubt in record["doubts"]]
    notes.append(by_chance(len(rows), "changed" if one_athlete else "different"))
    notes += [] if record["doubts"] else [_of_whom(record, baseline)]
    if one_athlete and not record["doubts"]:
        notes.append(placement_note(record["placement"], placement))
    if any(change["what"] in ("loads_kg", "load_kg") for change in record["changed"]):
        notes.append("The loads differ, so what changed may be what the load does." if one_athlete
                     else "The loads differ, so what differs may be what the load does.")  # fmt: skip
    return [*notes, *verdict_notes(record["gaps"], one_athlete=one_athlete)]


def verdict_notes(rows: Sequence[Record], *, one_athlete: bool) -> list[str]:
    """What is to be said of the verdicts that are others in the second set."""
    notes: list[str] = []
    for row in rows:
        one, two = verdict_words(row)
        if one != two:
            said = f"goes from {one} to {two}" if one_athlete else f"is {one} in the first and {two} in the second"
            notes.append(f"{row_name(row)}: the verdict {said}.")
    return notes


def placement_note(found: Record, placement: str) -> str:
    """How errors of marker placement were counted, and what the distances between the markers say of that; `placement`
    is what tells that they stayed on.
    """
    seen, told = found["seen"], found["told"]
    if seen is None:
        if told:
            return "That markers and sensors stayed on is taken from you: nothing in these two sets could confirm it."
        return f"Errors of marker placement are taken as new in each set; {placement} leaves most of them out."
    apart = f"{1000.0 * found['largest_m']:.1f} mm"
    if seen == "stayed":
        alike = f"The markers of each segment lie as far apart in both, to within {apart}, as where they stayed on"
        if told:
            return f"{alike}; most of what placing them adds is left out."
        return f"{alike}; their errors are taken as new all the same, unless {placement} says that they stayed on."
    where = link_name(found["where"])
    otherwise = (
        f"the distances between the markers of the {where} differ by {apart} (median over the segments "
        f"{1000.0 * found['median_m']:.1f} mm), more than skin that slides explains"
    )
    if not told:
        return f"Errors of marker placement are taken as new in each set: {otherwise}."
    return (
        f"Markers are said to have stayed on, and the recordings say otherwise: {otherwise}. Their errors are taken as "
        "new in each set."
    )


def placement_refuted(found: Record) -> bool:
    """Whether somebody says that markers stayed on, and the distances between them say that they did not."""
    return bool(found["told"]) and found["seen"] == "moved"


def _of_whom(record: Record, baseline: str) -> str:
    if not record["one_athlete"]:
        return "Taken as sets of two athletes: what differs is no change, and makes neither of them better or worse."
    if any(row["beyond_detectable"] for row in compared(record)):
        return (
            "Better, worse or changed is said beyond what this athlete shows from day to day; where that is not known "
            "of a number, higher or lower is said between these two sets."
        )
    if record["baseline_days"] is None:
        return f"A change here is one between these two sets; whether the athlete changed, {baseline}."
    return (
        f"The baseline is of {record['baseline_days']} days; whether the athlete changed is told of numbers that were "
        f"measured on {record['least_days']} days or more."
    )
