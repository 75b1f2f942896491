"""A blank checklist, screen or list of numbers as one self-contained page to print."""

from html import escape
from importlib.resources import files
from string import Template

from legato import __version__
from legato.faults.assessments.model import Assessment, Item, Quantity, Question, Task, amount
from legato.faults.assessments.sheet import EYES, SIDES
from legato.faults.catalogue import fault_ids
from legato.report.side_by_side import listed
from legato.report.words import sentence, short_source, unit_text

_WHO = (
    "Rater (a code)",
    "Coach, athlete or other",
    "Athlete (a code)",
    "Day the athlete did it",
)


def checklist_html(spec: Assessment) -> str:
    """The page as text."""
    assets = files("legato.report") / "assets"
    who = (*_WHO, *(("Live, video or slow motion",) if spec.items else ()))
    notes = [*([EYES] if spec.items else []), *spec.notes]
    return Template((assets / "checklist.html").read_text(encoding="utf-8")).substitute(
        title=escape(f"{spec.name}: sheet"),
        css=(assets / "report.css").read_text(encoding="utf-8"),
        id=escape(spec.id),
        name=escape(spec.name),
        summary=escape(spec.summary),
        who="".join(f"<div><dt>{escape(one)}</dt><dd></dd></div>" for one in who),
        steps="".join(f"<li>{escape(step)}</li>" for step in spec.instructions),
        film=_film(spec),
        body=_items(spec.items) + _numbers(spec.numbers) + _questions(spec.questions) + _tasks(spec.tasks),
        notes=listed(notes),
        source=escape(f"Source: {short_source(spec.source, spec.grade)}"),
        version=escape(__version__),
    )


def _film(spec: Assessment) -> str:
    film = spec.film
    if film is None:
        return ""
    said = (
        f"Film from the {' and the '.join(film.views)}: {film.least_s:g} to {film.most_s:g} s, {film.least_rate_hz:g}"
        f" frames a second or more, {film.least_reps} repetitions or more, the whole body in view."
    )
    return f'<p class="note">{escape(said)}</p>'


def _items(items: tuple[Item, ...]) -> str:
    if not items:
        return ""
    known = fault_ids()
    rows = ""
    for number, item in enumerate(items, start=1):
        boxes = "".join(
            f'<li><span class="box"></span><b>{k}</b>{escape(text)}</li>' for k, text in enumerate(item.anchors)
        )
        measured = (
            f"A recording measures the same as the fault {item.fault}."
            if item.fault in known
            else "No detector measures this yet."
        )
        rows += (
            f'<div class="item"><h3>{number}. {escape(item.asks)}</h3>'
            f'<p class="note">Seen from the {escape(item.view)}. {escape(measured)}</p>'
            f'<ul class="anchors">{boxes}<li><span class="box"></span>not seen</li></ul></div>'
        )
    return f"<h2>What is seen</h2>{rows}"


def _numbers(numbers: tuple[Quantity, ...]) -> str:
    by_hand = [number for number in numbers if number.error > 0.0]
    if not by_hand:
        return ""
    rows = ""
    for number in by_hand:
        unit = unit_text(number.unit) if number.unit != "1" else ""
        named = f"{escape(number.name)}{f' ({escape(unit)})' if unit else ''}"
        limit = ""
        if number.short_below is not None and number.enough_from is not None:
            ends = () if number.short_below == number.enough_from else (f"{number.short_below:g}",)
            asked = " to ".join((*ends, amount(number.enough_from, number.unit)))
            limit = f" Usual limit {asked} ({number.grade})."
        cells = '<td class="blank"></td>' * 2 if number.sides else '<td class="blank" colspan="2"></td>'
        several = f" {number.least_readings} readings or more." if number.least_readings > 1 else ""
        how = f"{sentence(number.how)}{limit}{several}"
        rows += f'<tr><th scope="row">{named}<small>{escape(how)}</small></th>{cells}</tr>'
    heads = "".join(f"<th>{side.capitalize()}</th>" for side in SIDES)
    head = f"<thead><tr><th></th>{heads}</tr></thead>"
    return f'<h2>Readings</h2><table class="readings">{head}<tbody>{rows}</tbody></table>'


def _questions(questions: tuple[Question, ...]) -> str:
    rows = ""
    for question in questions:
        boxes = "".join(f"<li>{k}</li>" for k in range(question.low, question.high + 1))
        ends = f"{question.low}: {question.least_means}. {question.high}: {question.most_means}. It may be left out."
        rows += (
            f'<div class="item"><h3>{escape(question.asks)}</h3><ul class="scale">{boxes}</ul>'
            f'<p class="note">{escape(ends)}</p></div>'
        )
    return f"<h2>Question</h2>{rows}" if rows else ""


def _tasks(tasks: tuple[Task, ...]) -> str:
    rows = "".join(
        f'<div class="item"><h3><span class="box"></span>{escape(task.name)}</h3><p class="note">'
        f"{escape(sentence(task.why))} Recorded as {escape(' or '.join(task.movements))}.</p></div>"
        for task in tasks
    )
    return f"<h2>Recordings</h2>{rows}" if rows else ""
