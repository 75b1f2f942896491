"""Filled-in sheets beside what was measured, as one self-contained page."""

from collections.abc import Sequence
from html import escape
from importlib.resources import files
from string import Template

from legato import __version__
from legato.chain.model import Verdict
from legato.faults.assessments.beside import ItemFound, Outcome, TaskFound, not_taken
from legato.faults.assessments.causes import CauseFound, causes_found
from legato.faults.assessments.measured import Found, ResultFile
from legato.faults.assessments.raters import TARGET, ItemAgreement
from legato.faults.assessments.sheet import EYES, NOT_SEEN
from legato.report.assessment_record import agreements
from legato.report.assessment_words import (
    PARTS,
    REACHED,
    VERDICTS,
    against_target,
    cause_text,
    interval_text,
    measured_words,
    number_name,
    number_words,
)
from legato.report.findings import true_signs
from legato.report.side_by_side import listed
from legato.report.words import plural, sentence


def assessment_html(outcomes: Sequence[Outcome], results: Sequence[ResultFile] = ()) -> str:
    """The page as text."""
    assets = files("legato.report") / "assets"
    sheets = [sheet for outcome in outcomes for sheet in outcome.sheets]
    athletes, raters = sorted({s.athlete for s in sheets}), sorted({s.rater for s in sheets})
    names = ", ".join(outcome.assessment.name for outcome in outcomes)
    counted = f"{plural(len(athletes), 'athlete')} ({', '.join(athletes)}), {plural(len(raters), 'rater')}: "
    who = counted if sheets else ""
    rated = any(outcome.assessment.items and outcome.sheets for outcome in outcomes)
    return Template((assets / "assessment.html").read_text(encoding="utf-8")).substitute(
        title=escape(f"Assessments: {names}"),
        css=(assets / "report.css").read_text(encoding="utf-8"),
        about=escape(", ".join(athletes) or "from results"),
        headline=escape(names),
        sure=escape(f"{who}what people saw and read off, beside what was measured.{f' {EYES}' if rated else ''}"),
        sections="".join(outcome_section(outcome) for outcome in outcomes)
        + "".join(f'<p class="note">{escape(one)}.</p>' for one in not_taken(outcomes, results))
        + causes_table(causes_found(outcomes, results)),
        version=escape(__version__),
    )


def outcome_section(outcome: Outcome) -> str:
    """All that sheets and results say in one assessment, HTML."""
    spec = outcome.assessment
    agreed, items = agreement_table(agreements(outcome)), _items(outcome.items)
    # Of several athletes how far raters agree is what the sheets were filled in for.
    body = agreed + items if len({sheet.subject for sheet in outcome.sheets}) > 1 else items + agreed
    body += _numbers(outcome) + _answers(outcome)
    body += "".join(_task(task) for task in outcome.tasks)
    if outcome.missing:
        body += f"<h3>Not there yet</h3>{listed(outcome.missing)}"
    return f"<section><h2>{escape(spec.name)}</h2>{body}{listed(spec.notes)}</section>"


def causes_table(causes: Sequence[CauseFound]) -> str:
    """What may lie behind what was measured, HTML; empty of none."""
    if not causes:
        return ""
    rows = [
        (
            f"{escape(one.cause)}<small>{escape(one.fault + (f', {one.side}' if one.side else ''))}</small>",
            escape(sentence(cause_text(one).partition("? ")[2])),
        )
        for one in causes
    ]
    table = _table(("Cause", "What the sheets say, or what would tell"), rows)
    return f"<section><h2>What may lie behind what was measured</h2>{table}</section>"


def _table(heads: Sequence[str], rows: Sequence[tuple[str, ...]]) -> str:
    """A table whose cells are HTML; on a narrow screen each row is a block and its cells carry their heads."""
    head = "".join(f"<th>{escape(one)}</th>" for one in heads)
    body = "".join(
        f'<tr><th scope="row">{first}</th>'
        + "".join(f'<td data-of="{escape(name)}">{cell}</td>' for name, cell in zip(heads[1:], cells, strict=True))
        + "</tr>"
        for first, *cells in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def pill(verdict: Verdict, words: str) -> str:
    """The verdict as a badge that reads without colour."""
    sign = {"ok": "✓", "fault": "✕"}.get(verdict, "?")
    return f'<span class="pill {verdict}"><span aria-hidden="true">{sign}</span> {escape(words)}</span>'


def _found(one: Found) -> str:
    side = f", {one.side}" if one.side else ""
    words = " ".join(sentence(true_signs(text)) for text in (one.why, one.resolve) if text)
    return f"{pill(one.verdict, VERDICTS[one.verdict])} {escape(one.fault + side)}<small>{escape(words)}</small>"


def _items(items: Sequence[ItemFound]) -> str:
    if not items:
        return ""
    rows: list[tuple[str, ...]] = []
    for found in items:
        measured = "".join(f"<div>{_found(one)}</div>" for one in found.measured)
        if found.missing:
            measured += f"<small>{escape(sentence(found.missing))}</small>"
        rows.append((escape(found.item.asks), _ratings(found) or "<small>No sheet.</small>", measured))
    return _table(("What is seen", "Rated by a person", "Measured"), rows)


def _ratings(found: ItemFound) -> str:
    """Each rater's rating in words; of several athletes a line a rater."""
    if len({sheet.subject for sheet, _ in found.ratings}) > 1:
        lines: dict[str, list[str]] = {}
        for sheet, rating in found.ratings:
            said = f"{sheet.athlete}&nbsp;<b>{'–' if rating is None else rating}</b>"
            lines.setdefault(sheet.rater, []).append(said)
        return "".join(f"<div>{escape(rater)}: {' '.join(told)}</div>" for rater, told in lines.items())
    return "".join(
        f"<div><b>{'–' if rating is None else rating}</b> {escape(sheet.rater)}"
        f"<small>{escape(NOT_SEEN if rating is None else found.item.anchors[rating])}</small></div>"
        for sheet, rating in found.ratings
    )


def agreement_table(rows: Sequence[ItemAgreement]) -> str:
    """How far raters agree, HTML; empty of fewer than two raters."""
    if not rows:
        return ""
    cells: list[tuple[str, ...]] = []
    told = [row for row in rows if row.kappa is not None]
    # Of pairs among several raters only what all items come to. Without any kappa the last row says what is missing.
    for row in [row for row in told if row.raters == rows[0].raters or not row.item] or rows[-1:]:
        same = "" if row.same is None else f"{100 * row.same:.0f} %<small>n = {row.ratings}</small>"
        head = f"{escape(row.item or 'all items')}<small>{escape(', '.join(row.raters))}</small>"
        if row.kappa is None or row.weighted is None:
            cells.append((head, f"<small>{escape(sentence(row.reason))}</small>", "", same))
            continue
        plain, weighted = (interval_text(k.value, k.low, k.high) for k in (row.kappa, row.weighted))
        cells.append((head, f"{weighted}<small>{escape(sentence(against_target(row)))}</small>", plain, same))
    said = f"1 is perfect, 0 what chance gives; the target is a weighted kappa of {TARGET:g}. 90 % intervals."
    table = _table(("Item", "Weighted kappa", "Kappa", "Alike"), cells)
    return f'<h3>Agreement of raters</h3><p class="note">{escape(said)}</p>{table}'


def _numbers(outcome: Outcome) -> str:
    rows: list[tuple[str, ...]] = []
    for row in sorted(outcome.numbers, key=lambda r: PARTS.index(r.part) if r.part in PARTS else -1):
        found = row.found
        name = number_name(row)
        value, z = number_words(row)
        verdict = "" if found.verdict is None else pill(found.verdict, REACHED[found.verdict])
        whose = f'<span class="opt">{escape(row.athlete)}, {row.date}</span>'
        by = f"measured, {escape(found.by)}" if row.measured else f"read by {escape(found.by)}, {whose}"
        said = f"<small>{escape(sentence(found.reason))}</small>" if found.reason else ""
        said += f"<small>{escape(sentence(z))}</small>" if z else ""
        part = f"<small>{escape(row.part)}</small>" if row.part else ""
        rows.append((f"{escape(name)}{part}", f"{escape(value)}<small>{by}</small>", f"{verdict}{said}"))
    return _table(("Number", "Value", "What it says"), rows) if rows else ""


def _answers(outcome: Outcome) -> str:
    rows: list[tuple[str, ...]] = []
    for one in outcome.answers:
        asked = one.question
        ends = f"{asked.low}: {asked.least_means}; {asked.high}: {asked.most_means}"
        beside = f"<small>Beside {escape(', '.join(asked.faults))}</small>" if asked.faults else ""
        answer = "not asked" if one.answer is None else str(one.answer)
        whose = f"{escape(one.sheet.athlete)}, {one.sheet.date}{beside}"
        rows.append((escape(asked.asks), f"<b>{answer}</b><small>{escape(ends)}</small>", whose))
    return _table(("Question", "Answer", "Of"), rows) if rows else ""


def _task(found: TaskFound) -> str:
    task = found.task
    head = f'<h3>{escape(task.name)}</h3><p class="note">{escape(sentence(task.why))}</p>'
    if found.missing:
        return f"{head}<p>{escape(sentence(found.missing))}</p>"
    numbers = [f"{reads.replace('-', ' ')}: {measured_words(one)}" for reads, _, one in found.numbers]
    rows = "".join(f"<li>{_found(one)}</li>" for one in found.faults)
    rows += "".join(f"<li>{escape(one)}</li>" for one in numbers)
    return f"{head}<ul>{rows}</ul>"
