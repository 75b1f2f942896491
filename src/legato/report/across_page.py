"""Several activities side by side, and what carries over between them, as one self-contained page."""

from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files
from string import Template
from typing import Any

from legato.report.across_words import (
    activity_name,
    by_chance,
    carried_line,
    common_rows,
    common_text,
    difference_line,
    headline,
    metric_of,
    pair_name,
    reasons,
    row_cells,
    verdict_words,
)
from legato.report.side_by_side import column_heads, listed, row, side_by_side
from legato.report.words import plural, sentence

Record = Mapping[str, Any]

_SIGNS = {"together": "✓", "opposite": "✕", "little": "○", "not-resolvable": "?"}
_MOST_TOLD = 3
"""Lines of what carries over that stand at the head of the page."""
_MOST_LINES = 8
"""Differences that stand open below a table."""


def across_html(record: Record) -> str:
    """The page as text, of a record of schema `legato.across/1`."""
    assets = files("legato.report").joinpath("assets")
    return Template(assets.joinpath("across.html").read_text(encoding="utf-8")).substitute(
        title=escape(headline(record)),
        css=assets.joinpath("report.css").read_text(encoding="utf-8"),
        files=escape(" · ".join(a["name"] for a in record["activities"])),
        headline=escape(headline(record)),
        sure=escape(_sure(record)),
        carried=_carried(record),
        tables=_tables(record),
        methods=_methods(record),
        notes=listed(record["notes"]),
        version=escape(record["legato_version"]),
    )


def _sure(record: Record) -> str:
    """The first of what was decided, or that nothing was."""
    if not record["carried"]:
        return sentence(record["notes"][-1] if record["notes"] else "Nothing can be said of what carries over.")
    told = [one for one in record["carried"] if one["verdict"] != "not-resolvable"]
    if not told:
        return "Nothing can be said yet of what carries over; below stands what each number would take."
    shown = ". ".join(sentence(carried_line(record, one)).rstrip(".") for one in told[:_MOST_TOLD])
    more = len(told) - _MOST_TOLD
    return f"{shown}." + (f" {plural(more, 'more')} below.".replace("mores", "more") if more > 0 else "")


def _carried(record: Record) -> str:
    if not record["carried"]:
        return ""
    resolved = [one for one in record["carried"] if one["common"] is not None]
    refused = [one for one in record["carried"] if one["common"] is None]
    table = side_by_side(
        column_heads(("Verdict", "Common share", "", "As measured", "No error", "Number")),
        [_carried_row(record, one) for one in resolved],
    )
    texts = [f"{_of(record, one)}: {one['reason']}" for one in resolved if one["reason"]]
    why = [f"{_of(record, one)}: {one['reason']}" for one in refused]
    chance = by_chance(record)
    blocks = [table if resolved else "", f'<p class="note">{escape(chance)}</p>' if chance else ""]
    blocks.append(_folded("What would resolve it, and what the intervals hold", texts))
    blocks.append(_folded(f"Not told: {plural(len(refused), 'number')}", why))
    return f'<section id="carried"><h2>What carries over</h2>{"".join(blocks)}</section>'


def _of(record: Record, one: Record) -> str:
    return f"{metric_of(record, one)['name']}, {pair_name(record, one)}"


def _carried_row(record: Record, one: Record) -> str:
    verdict = one["verdict"]
    css = "not-resolvable" if verdict == "not-resolvable" else "ok"
    badge = (
        f'<span class="pill {css}"><span aria-hidden="true">{_SIGNS[verdict]}</span> '
        f"{escape(verdict_words(verdict))}</span>"
    )
    who = plural(one["n"], one["of"].removesuffix("s"))
    cells = (
        badge, common_text(one["common"]), _strip(one["common"]), f"{one['seen']:.2f}",
        f"{100.0 * one['reliability']:.0f} %", who,
    )  # fmt: skip
    name = f"{escape(metric_of(record, one)['name'])}<br><small>{escape(pair_name(record, one))}</small>"
    return f'<tr><th scope="row">{name}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'


def _strip(common: Record) -> str:
    """The common share with its interval on an axis from -1 to 1."""
    left, right, at = (50.0 * (1.0 + common[key]) for key in ("low", "high", "value"))
    return (
        f'<div class="area" role="img" aria-label="{escape(common_text(common))} between -1 and 1" '
        f'style="width:120px;height:16px"><i class="ref" style="left:50%"></i>'
        f'<i class="ci" style="left:{left:.1f}%;width:{right - left:.1f}%;top:8px"></i>'
        f'<i class="pt" style="left:{at:.1f}%;top:8px"></i></div>'
    )


def _tables(record: Record) -> str:
    tables = record["tables"]
    if len(tables) == 1:
        return f'<section id="activities"><h2>Activities side by side</h2>{_table(record, tables[0])}</section>'
    inside = "".join(
        f"<details><summary>{escape(_whose(table))}</summary>{_table(record, table)}</details>" for table in tables
    )
    return f'<section id="activities"><h2>Activities side by side</h2>{inside}</section>'


def _whose(table: Record) -> str:
    return ", ".join(name for name in (table["athlete"], table["day"]) if name) or "the athlete"


def _table(record: Record, table: Record) -> str:
    shown, alone = common_rows(record, table)
    lines = [line for one in shown for line in difference_line(record, one)]
    count = sum(len(one["differences"]) for one in shown)
    heads = column_heads([activity_name(record, cell["activity"]) for cell in table["rows"][0]["cells"]])
    parts: list[str] = []
    if shown:
        parts.append(side_by_side(heads, [_row(record, one) for one in shown]))
        parts.append('<p class="note">90 % intervals; — where there is no number.</p>')
        parts.append(_beyond(lines))
        expected = int(0.1 * count + 0.5)
        parts.append(
            f'<p class="note">Of {plural(count, "difference")} {f"about {expected}" if expected else "hardly one"} '
            "would lie beyond by chance alone. A difference between activities is no fault: they ask for different "
            "things.</p>"
        )
    else:
        parts.append('<p class="note">No number was measured in two activities.</p>')
    empty = [f"{metric_of(record, one)['name']} – {reason}" for one in shown for reason in reasons(one, record)]
    parts.append(_folded("Why cells are empty", empty))
    if alone:
        parts.append(
            "<details><summary>Measured in one activity only</summary>"
            f"{side_by_side(heads, [_row(record, one) for one in alone])}</details>"
        )
    return "".join(parts)


def _beyond(lines: Sequence[str]) -> str:
    """Differences that lie beyond their interval; a long list is folded."""
    title = "Differences beyond their interval"
    if len(lines) > _MOST_LINES:
        return _folded(f"{title}: {len(lines)}", lines)
    return f"<h3>{title}</h3>" + (listed(lines) or '<p class="note">None.</p>')


def _row(record: Record, one: Record) -> str:
    metric = metric_of(record, one)
    unit, cells = row_cells(metric, one)
    return row(metric["name"], unit, cells)


def _folded(title: str, texts: Sequence[str]) -> str:
    return f"<details><summary>{escape(title)}</summary>{listed(texts)}</details>" if texts else ""


def _methods(record: Record) -> str:
    why = [f"{metric['name']}: {metric['why']}" for metric in record["metrics"]]
    said = (
        "Each number is the mean of a set with its 90 % interval, which holds the spread of the repetitions and what "
        "markers, sensors and models add. Nothing is added up to a score."
    )
    common = (
        "The common share is the correlation between activities of what athletes (or days) truly differ by: 1 where "
        "who is high in one is as high in the other, 0 where one tells nothing of the other. The error of measuring is "
        "taken out; “as measured” is the correlation with it, “no error” the share of the spread that is none. "
        "Little in common: the whole interval lies within 0.5 of zero (our own limit)."
    )
    told = f'<p class="note">{escape(said)}</p>'
    told += f'<p class="note">{escape(common)}</p>' if record["carried"] else ""
    return told + _folded("Why these numbers may be set side by side", why)
