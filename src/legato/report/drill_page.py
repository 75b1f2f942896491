"""The page of all drills, curricula and warm-ups as Markdown."""

from collections.abc import Callable, Mapping

from legato.coaching.model import Curriculum, Drill, Step, WarmUp
from legato.report.claim_words import claim_link
from legato.report.drill_figure import figure_words
from legato.report.drill_words import (
    FOCUS,
    LEVELS_TOLD,
    TEMPO,
    dose_words,
    equipment_words,
    graded,
    levels_words,
    measured_words,
    not_for,
)
from legato.report.fault_page import table
from legato.report.words import sentence

_INTRODUCTION = """\
# Drills

The {n} drills that answer [faults](fault-list.md), the curricula and the warm-up made of them; written from the files
of the library. Every fault has at least one drill that needs no more than a wall or a chair. `legato drills` lists
them, `legato drills dowel-hinge` shows one, `legato drills --fault early-twist` those that answer a fault, and
`--html drills.html` writes a page with figures to read on a phone or to print. [A drill of your own](own-drill.md)
tells how to add to them.

{levels} {tempo}

{focus}

What is known of a drill stands below it, with its grade: for most, no trial shows that they change timing (grade D),
and two rest on no study at all (grade N). None is offered against pain, and which a screening leaves out is told
with each."""


def drill_page(
    drills: Mapping[str, Drill],
    curricula: Mapping[str, Curriculum],
    warm_ups: Mapping[str, WarmUp],
    figure: Callable[[Drill], str],
) -> str:
    """The page. `figure` gives the address of a drill's figure, empty where there is none."""
    index = [(f"[{d.id}](#{d.id})", d.name, levels_words(d), ", ".join(map(_fault, d.faults))) for d in drills.values()]
    parts = [
        _INTRODUCTION.format(n=len(drills), levels=LEVELS_TOLD, tempo=TEMPO, focus=FOCUS),
        table(("drill", "name", "levels", "answers"), index),
        "## Curricula\n\nDrills in the order in which they are learnt: `legato drills --curricula`.",
        *(_course(course) for course in curricula.values()),
        "## Warm-up",
        *(_warm_up(warm_up) for warm_up in warm_ups.values()),
        *(drill_section(drill, figure(drill)) for drill in drills.values()),
    ]
    return "\n\n".join(parts) + "\n"


def _course(course: Curriculum) -> str:
    days = "" if course.days_a_week is None else f" {course.days_a_week[0]} to {course.days_a_week[1]} days a week."
    rows = [
        (f"{k}", f"[{unit.drill}](#{unit.drill})", unit.level, unit.passed_when, unit.assessment)
        for k, unit in enumerate(course.units, start=1)
    ]
    head = f"### {course.name}\n\n`{course.id}`. {course.for_whom}{days}"
    source = f"Source: {course.source} ({graded(course.grade)}).{_claim(course.claim)}"
    return "\n\n".join([head, table(("", "drill", "level", "passed when", "sheet"), rows), source])


def _warm_up(warm_up: WarmUp) -> str:
    rows = [
        (f"{k}", f"[{part.drill}](#{part.drill})", part.level, dose_words(part.dose), part.why)
        for k, part in enumerate(warm_up.parts, start=1)
    ]
    head = f"`{warm_up.id}`, {warm_up.name}. {warm_up.purpose}"
    known = f"{warm_up.evidence} Source: {warm_up.source} ({graded(warm_up.grade)}).{_claim(warm_up.claim)}"
    return "\n\n".join([head, table(("", "drill", "level", "dose", "why"), rows), known])


def _claim(name: str) -> str:
    """The claim that a course leans on, as a sentence more."""
    return f" Claim: {claim_link(name)}" if name else ""


def drill_section(drill: Drill, address: str) -> str:
    """One drill as Markdown: figure at an address, steps, cues and what is known of it."""
    picture = f"![{drill.name}]({address})\n\n" if address else ""
    experiment = " **An experiment: no source says that it does anything.**" if drill.experimental else ""
    facts = [
        ("answers", ", ".join(map(_fault, drill.faults))),
        ("measured", " ".join(sentence(measured_words(one)) for one in drill.measured)),
        ("recorded as", f"[{drill.movement}](movements/{drill.movement}.md)" if drill.movement else ""),
        ("cues", "; ".join(f"{cue.focus}: “{cue.says}” ({graded(cue.grade)})" for cue in drill.cues)),
        ("next", _way(drill.progress)),
        ("easier", _way(drill.regress)),
        ("care", not_for(drill)),
        ("known", drill.evidence),
        ("source", f"{drill.source} ({graded(drill.grade)})"),
        ("claim", claim_link(drill.claim)),
    ]
    return "\n\n".join(
        [
            f"## {drill.id}",
            f"**{drill.name}.** {drill.purpose}{experiment}",
            f"{picture}{figure_words(drill)}",
            "\n".join(_step(step) for step in drill.steps),
            table(("", ""), [(name, said) for name, said in facts if said]),
        ]
    )


def _step(step: Step) -> str:
    return f"- **{step.level}**, {equipment_words(step)}: {dose_words(step.dose, step.tempo)}. {step.how}"


def _fault(name: str) -> str:
    return f"[{name}](fault-list.md#{name})"


def _way(said: str) -> str:
    return said if " " in said else f"[{said}](#{said})"
