"""Drills as one self-contained page, with their figures, to read on a phone or to print."""

from collections.abc import Sequence
from html import escape
from importlib.resources import files
from string import Template

from legato import __version__
from legato.coaching.model import Drill, Step
from legato.report.claim_words import claim_note
from legato.report.drill_figure import drill_svg, figure_words
from legato.report.drill_words import (
    FOCUS,
    LEVELS_TOLD,
    TEMPO,
    dose_words,
    equipment_words,
    graded,
    measured_words,
    not_for,
)
from legato.report.words import plural, sentence


def drills_html(drills: Sequence[Drill], fault: str | None = None) -> str:
    """The page as text; `fault` where the drills are those that answer it."""
    assets = files("legato.report") / "assets"
    # A fault's drills keep the order in which it names them.
    shown = sorted(drills, key=lambda drill: drill.name) if fault is None else list(drills)
    there = frozenset(drill.id for drill in shown)
    one = drills[0].name if len(drills) == 1 else ""
    title = one or ("Drills" if fault is None else f"Drills for {fault}")
    lead = f"{plural(len(drills), 'drill')}, each with its levels, doses and cues." if not one else drills[0].purpose
    links = "".join(f'<li><a href="#{drill.id}">{escape(drill.name)}</a></li>' for drill in shown)
    return Template((assets / "drills.html").read_text(encoding="utf-8")).substitute(
        title=escape(title),
        css=(assets / "report.css").read_text(encoding="utf-8"),
        lead=escape(lead),
        notes=escape(f"{LEVELS_TOLD} {TEMPO} {FOCUS}"),
        list="" if one else f'<ul class="list">{links}</ul>',
        drills="\n".join(_drill(drill, there) for drill in shown),
        version=escape(__version__),
    )


def _drill(drill: Drill, there: frozenset[str]) -> str:
    svg = drill_svg(drill)
    caption = f"<figcaption>{escape(figure_words(drill))}</figcaption>"
    figure = f"<figure>{svg}{caption}</figure>" if svg else f'<p class="note">{escape(figure_words(drill))}</p>'
    cues = "".join(
        f'<p class="says">“{escape(cue.says)}” <small>{cue.focus} focus, {graded(cue.grade)}</small></p>'
        for cue in drill.cues
    )
    experiment = '<p class="named">An experiment: no source says that it does anything.</p>'
    facts = {
        "Answers": escape(", ".join(drill.faults)),
        "Measured": "".join(f"<p>{escape(sentence(measured_words(one)))}</p>" for one in drill.measured),
        "Next": _way(drill.progress, there),
        "Easier": _way(drill.regress, there),
        "Care": escape(not_for(drill)),
        "Known": escape(drill.evidence),
        "Source": escape(f"{drill.source} ({graded(drill.grade)})"),
        "Claim": escape(claim_note(drill.claim)),
    }
    rows = "".join(f"<dt>{name}</dt><dd>{said}</dd>" for name, said in facts.items() if said)
    head = f"<h2>{escape(drill.name)}<small>{drill.id}</small></h2><p>{escape(drill.purpose)}</p>"
    return (
        f'<article id="{drill.id}">{head if len(there) > 1 else ""}'
        f"{experiment if drill.experimental else ''}{figure}{cues}"
        f'<ul class="steps">{"".join(_step(step) for step in drill.steps)}</ul><dl>{rows}</dl></article>'
    )


def _way(said: str, there: frozenset[str]) -> str:
    return f'<a href="#{said}">{said}</a>' if said in there else escape(said)


def _step(step: Step) -> str:
    said = f"{dose_words(step.dose, step.tempo)} · {equipment_words(step)}"
    return f'<li><b>{step.level}</b> <span class="dose">{escape(said)}</span>{escape(step.how)}</li>'
