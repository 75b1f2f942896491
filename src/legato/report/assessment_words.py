"""Assessments in plain words, for a terminal."""

from collections.abc import Iterator, Sequence

from legato.faults.assessments.beside import AthleteNumber, ItemFound, Outcome, TaskFound, not_taken
from legato.faults.assessments.causes import CauseFound, causes_found
from legato.faults.assessments.how import ask_words, how_to
from legato.faults.assessments.measured import Found, Measured, ResultFile
from legato.faults.assessments.raters import TARGET, ItemAgreement
from legato.faults.assessments.sheet import EYES, NOT_SEEN
from legato.report.assessment_record import agreements
from legato.report.findings import true_signs
from legato.report.words import estimate_text, number, plural

VERDICTS = {"ok": "not there", "fault": "there", "not-resolvable": "not resolvable"}
REACHED = {"ok": "enough", "fault": "short of it", "not-resolvable": "not resolvable"}


def assessment_lines(outcomes: Sequence[Outcome], results: Sequence[ResultFile] = ()) -> list[str]:
    """All that was rated, read off and measured, an assessment after the other, and what may lie behind faults."""
    lines: list[str] = []
    for outcome in outcomes:
        lines += [*([""] if lines else []), *_lines(outcome)]
    lines += [f"{one}." for one in not_taken(outcomes, results)]
    causes = causes_found(outcomes, results)
    if causes:
        lines += ["", "What may lie behind what was measured"]
    for fault in dict.fromkeys((one.fault, one.side) for one in causes):
        lines.append(f"  {fault[0]}{f', {fault[1]}' if fault[1] else ''}")
        lines += [f"    {cause_text(one)}" for one in causes if (one.fault, one.side) == fault]
    return lines


_SPEAKS = {"for": "speaks for it", "against": "speaks against it", "open": "decides nothing by itself"}


def cause_text(found: CauseFound) -> str:
    """A cause in words: what the sheets say of it, or what would tell."""
    if found.speaks:
        told = [
            f"{n.found.name}{f', {n.found.side}' if n.found.side else ''} {number_words(n)[0]}" for n in found.numbers
        ]
        told += [f"{one.question.asks} {one.answer} of {one.question.high}" for one in found.answers]
        return f"{found.cause}? {_SPEAKS[found.speaks]}: {'; '.join(told)}"
    ask = ""
    if found.asked is not None:
        ask = f", with `legato assess sheet {found.asked.assessment}`"
    elif found.asks:
        ask = f": {how_to(found.asks)}" if found.asks in found.tells else f": {ask_words(found.asks)}"
    return f"{found.cause}? not asked yet; {found.tells} would tell{ask}"


def _lines(outcome: Outcome) -> Iterator[str]:
    spec = outcome.assessment
    raters = sorted({sheet.rater for sheet in outcome.sheets})
    athletes = sorted({sheet.athlete for sheet in outcome.sheets})
    told = f"{plural(len(outcome.sheets), 'sheet')}, {plural(len(raters), 'rater')}, {plural(len(athletes), 'athlete')}"
    yield f"{spec.name}: {told if outcome.sheets else 'from results alone'}"
    if spec.items and outcome.sheets:
        yield EYES
        for item in outcome.items:
            yield from _item(item, several=len(athletes) > 1)
        yield from _agreement(agreements(outcome), raters)
    elif spec.items:
        for item in outcome.items:
            yield f"  {item.item.asks}"
            yield from _measured(item)
    yield from _numbers(outcome)
    for answer in outcome.answers:
        said = "not asked" if answer.answer is None else f"{answer.answer} of {answer.question.high}"
        beside = f"; beside {', '.join(answer.question.faults)}" if answer.question.faults else ""
        yield f"  {answer.question.asks} {said} ({answer.sheet.athlete}, {answer.sheet.date}{beside})"
    for task in outcome.tasks:
        yield from _task(task)
    if outcome.missing:
        yield "  Not there yet:"
        yield from (f"    {line}" for line in outcome.missing)
    yield from spec.notes


def _item(found: ItemFound, *, several: bool) -> Iterator[str]:
    yield f"  {found.item.asks}"
    if several:
        for rater in dict.fromkeys(sheet.rater for sheet, _ in found.ratings):
            mine = [(sheet, rating) for sheet, rating in found.ratings if sheet.rater == rater]
            told = ", ".join(f"{sheet.athlete} {NOT_SEEN if rating is None else rating}" for sheet, rating in mine)
            yield f"    rated by {rater}: {told}"
    else:
        for sheet, rating in found.ratings:
            day = f" ({sheet.date})" if len({one.date for one, _ in found.ratings}) > 1 else ""
            said = NOT_SEEN if rating is None else f"{rating}, {_small(found.item.anchors[rating])}"
            yield f"    rated by {sheet.rater}{day}: {said}"
    yield from _measured(found)


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]


def _measured(found: ItemFound) -> Iterator[str]:
    for one in found.measured:
        yield f"    measured: {finding_text(one)}"
    if found.missing:
        yield f"    {found.missing}"


def finding_text(one: Found) -> str:
    """A detector's verdict in words: the fault, its number, and why."""
    side = f", {one.side}" if one.side else ""
    return f"{one.fault}{side}: {VERDICTS[one.verdict]} ({true_signs(one.why)})"


def _agreement(rows: Sequence[ItemAgreement], raters: Sequence[str]) -> Iterator[str]:
    if len(raters) < 2:
        yield "  Agreement: one rater so far; it needs two or more, who rate the same athletes without talking."
        return
    yield f"  Agreement of raters (kappa and weighted kappa: 1 is perfect, 0 what chance gives; target {TARGET:g})"
    groups = list(dict.fromkeys(row.raters for row in rows))
    for group in groups:
        of_group = [row for row in rows if row.raters == group]
        whole = of_group[-1]
        who = f"{' and '.join(group)}, " if len(groups) > 1 else ""
        if all(row.kappa is None for row in of_group):
            same = "" if whole.same is None else f"; {100 * whole.same:.0f} % of their ratings are alike"
            yield f"    {who}not told: {whole.reason}{same}"
            continue
        # Of pairs among several raters only what all items come to: the record holds the rest.
        for row in of_group if group == groups[0] else [whole]:
            yield f"    {who}{agreement_text(row)}"


def agreement_text(row: ItemAgreement) -> str:
    """The agreement on one item in words."""
    what = row.item or "all items"
    if row.kappa is None or row.weighted is None:
        return f"{what}: {row.reason}"
    same = f"{100 * (row.same or 0):.0f} % alike"
    return (
        f"{what}: kappa {interval_text(row.kappa.value, row.kappa.low, row.kappa.high)}, weighted"
        f" {interval_text(row.weighted.value, row.weighted.low, row.weighted.high)}, {same}, n = {row.athletes}"
        f" athletes: {against_target(row)}"
    )


def interval_text(value: float, low: float, high: float) -> str:
    """A kappa with its interval."""
    return f"{number(value, 2)} ({number(low, 2)} to {number(high, 2)})"


def against_target(row: ItemAgreement) -> str:
    """Where the weighted kappa lies beside the target."""
    if row.weighted is None:
        return "not known"
    if row.weighted.low >= TARGET:
        return "the target is reached"
    return "below the target" if row.weighted.high < TARGET else "the target may or may not be reached"


def _numbers(outcome: Outcome) -> Iterator[str]:
    part = ""
    for row in sorted(outcome.numbers, key=lambda r: PARTS.index(r.part) if r.part in PARTS else -1):
        if row.part != part:
            part = row.part
            yield f"  {part.capitalize()}"
        yield f"  {number_text(row)}"


PARTS = ("generate", "transfer", "sustain")


def number_name(row: AthleteNumber) -> str:
    """What a number is of, and on which side."""
    return row.found.name + (f", {row.found.side}" if row.found.side else "")


def number_text(row: AthleteNumber) -> str:
    """A number in words: whose, how much, beside which limit or reference, and who says so."""
    found, name = row.found, number_name(row)
    who = f"measured, {found.by}" if row.measured else f"read by {found.by}, {row.athlete}, {row.date}"
    if found.value is None:
        return f"{name}: not told, {found.reason} ({who})"
    value, z = number_words(row)
    verdict = "" if found.verdict is None else f": {REACHED[found.verdict]}"
    reason = f", {found.reason}" if found.reason else ""
    return f"{name}: {value}{verdict}{reason}{f'; {z}' if z else ''} ({who})"


def number_words(row: AthleteNumber) -> tuple[str, str]:
    """A number with its interval, in the sheet's unit, and its place beside the reference, which may be empty."""
    found = row.found
    if found.value is None:
        return "not told", ""
    shown = found.value.scaled(100.0, "cm") if row.unit == "cm" else found.value
    value = estimate_text(shown, with_unit=shown.unit != "1").replace("N.m", "N·m")
    if found.z is None or found.reference is None:
        return value, ""
    others = f"{found.reference.source} (n = {found.reference.n})"
    return value, f"{estimate_text(found.z, with_unit=False)} SD from the mean of {others}"


def measured_words(one: Measured) -> str:
    """A number of a recording in words."""
    side = f"{one.side}, " if one.side else ""
    if one.value is None:
        return f"{side}not told, {one.reason}"
    return f"{side}{estimate_text(one.value, with_unit=one.value.unit != '1')} ({one.about})"


def _task(found: TaskFound) -> Iterator[str]:
    yield f"  {found.task.name}: {found.task.why}"
    if found.missing:
        yield f"    {found.missing}"
        return
    for one in found.faults:
        yield f"    {finding_text(one)} ({one.movement})"
    for reads, _result, one in found.numbers:
        yield f"    {reads.replace('-', ' ')}: {measured_words(one)}"
