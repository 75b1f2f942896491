"""Drills, courses and warm-ups in words, for the terminal and for pages."""

from legato.coaching.model import Curriculum, Dose, Drill, Equipment, Grade, Measured, Step, WarmUp
from legato.coaching.safety.groups import GROUPS, groups_of
from legato.report.claim_words import claim_note
from legato.report.words import listed

FOCUS = (
    "Two cues, one on the body and one on what happens out there. Neither is promised to work better (McKay 2024, "
    "Psychol Bull 150:1347): try both, and keep the one that moves your own number."
)
"""What is said of cues wherever they stand."""

TEMPO = "Tempo is seconds down or out, held, back, held."
"""How a tempo is read."""

LEVELS_TOLD = (
    "Levels are earned in order: hold, dynamic, loaded, explosive. Doses marked default are our own choice, which no "
    "study gives."
)
"""What is said of levels and doses wherever they stand."""

_NAMES: dict[Equipment, str] = {"dowel": "stick", "leg-press": "leg press"}


def graded(grade: Grade | None) -> str:
    """`grade D`; `default` for what we chose ourselves."""
    return "" if grade is None else "default" if grade == "ENG" else f"grade {grade}"


def equipment_words(step: Step) -> str:
    """What a step needs."""
    if not step.equipment:
        return "no equipment"
    return listed([_NAMES.get(one, one.replace("-", " ")) for one in step.equipment])


def dose_words(dose: Dose, tempo: str = "") -> str:
    """`3 × 5, tempo 3-1-2-0, rest 75 s (default)`."""
    said = [dose.words, *([f"tempo {tempo}"] if tempo else []), *([f"rest {dose.rest_s:g} s"] if dose.rest_s else [])]
    return f"{', '.join(said)} ({graded(dose.grade)})"


def measured_words(measured: Measured) -> str:
    """What shows whether a drill works, with the target and its grade, and the fault that reads it."""
    target = f": {measured.target}" if measured.target else ""
    marks = "; ".join(filter(None, (graded(measured.grade), measured.fault and f"fault {measured.fault}")))
    return measured.what + target + (f" ({marks})" if marks else "")


def not_for(drill: Drill) -> str:
    """When a drill is left out, or some of its versions; empty where no group bars it."""
    of_steps = [groups_of(drill, step) - {"spotter"} for step in drill.steps]
    always, ever = frozenset.intersection(*of_steps), frozenset.union(*of_steps)
    whole = listed([words for group, words in GROUPS.items() if group in always])
    some = listed([words for group, words in GROUPS.items() if group in ever - always])
    told = [f"left out where the screening bars {whole}"] if whole else []
    told += [f"some of its versions are left out where it bars {some}"] if some and whole else []
    told += [f"some of its versions are left out where the screening bars {some}"] if some and not whole else []
    return "; ".join(told)


def levels_words(drill: Drill) -> str:
    """Its levels, and whether one needs no equipment."""
    levels = ", ".join(dict.fromkeys(step.level for step in drill.steps))
    return f"{levels}{'; possible without equipment' if drill.bare else ''}"


def course_lines(course: Curriculum) -> list[str]:
    """A course: its name, whom it is for, its days, and unit after unit with when it is passed."""
    days = "" if course.days_a_week is None else f" {course.days_a_week[0]} to {course.days_a_week[1]} days a week."
    lines = [f"{course.id}: {course.name}", f"  for: {course.for_whom}{days}"]
    for number, unit in enumerate(course.units, start=1):
        sheet = f" Sheet: {unit.assessment}." if unit.assessment else ""
        lines.append(f"  {number}. {unit.drill}, {unit.level}. Passed: {unit.passed_when}{sheet}")
    return [*lines, f"  source: {course.source} ({graded(course.grade)})", *_claim(course.claim, "  ")]


def warm_up_lines(warm_up: WarmUp) -> list[str]:
    """A warm-up: its parts in order with their doses, and what is known of it."""
    lines = [f"{warm_up.id}: {warm_up.name}", f"  {warm_up.purpose}"]
    for number, part in enumerate(warm_up.parts, start=1):
        lines.append(f"  {number}. {part.drill}, {part.level}: {dose_words(part.dose)}. {part.why}")
    lines += [f"  known: {warm_up.evidence}", f"  source: {warm_up.source} ({graded(warm_up.grade)})"]
    return [*lines, *_claim(warm_up.claim, "  ")]


def _claim(name: str, indent: str = "") -> list[str]:
    """The claim that something leans on, with what may be said of it."""
    return [f"{indent}claim: {claim_note(name)}"] if name else []


def drill_lines(drill: Drill) -> list[str]:
    """A drill in full."""
    lines = [f"{drill.id}: {drill.name}", drill.purpose]
    if drill.experimental:
        lines.append("An experiment: no source says that it does anything.")
    lines.append(f"answers: {', '.join(drill.faults) or 'no fault'}")
    for step in drill.steps:
        lines.append(f"{step.level} ({equipment_words(step)}): {dose_words(step.dose, step.tempo)}")
        lines.append(f"  {step.how}")
    for cue in drill.cues:
        lines.append(f"cue, {cue.focus}: “{cue.says}” ({graded(cue.grade)})")
    lines += [FOCUS, f"{LEVELS_TOLD} {TEMPO}"]
    lines += [f"measured: {measured_words(measured)}" for measured in drill.measured]
    lines.append(f"next: {drill.progress}; easier: {drill.regress}")
    if said := not_for(drill):
        lines.append(said)
    lines.append(f"known: {drill.evidence}")
    return [*lines, f"source: {drill.source} ({graded(drill.grade)})", *_claim(drill.claim)]
