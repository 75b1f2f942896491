"""What a fault's drills are, in short: the one to begin with, its cue and dose, and how good the evidence is."""

from collections.abc import Sequence
from dataclasses import dataclass

from legato.coaching.catalogue import drills
from legato.coaching.model import Drill, Step
from legato.faults.model import Fault
from legato.report.drill_words import dose_words, equipment_words, graded

FIRST_SCREENED = "Only for an athlete whom the screening permits it: `legato screen`, then `legato plan new`."
"""Said wherever drills are told without a screening."""


@dataclass(frozen=True, slots=True)
class Fix:
    """A drill that answers a fault, at its easiest level."""

    drill: Drill
    step: Step

    @property
    def cue(self) -> str:
        """One cue, of the effect out there."""
        return next(cue.says for cue in self.drill.cues if cue.focus == "external")

    @property
    def words(self) -> str:
        """`Dowel hinge, 3 × 5, tempo 3-1-2-0 (default), with a dowel; grade D`."""
        dose = dose_words(self.step.dose, self.step.tempo)
        return f"{self.drill.name}: {dose}, {equipment_words(self.step)}; {graded(self.drill.grade)}"


def fixes_of(fault: Fault) -> tuple[Fix, ...]:
    """The drills that a fault names and the library has, in its order; none that is an experiment only."""
    known = drills()
    named = [known[name] for name in fault.drills if name in known]
    return tuple(Fix(drill, drill.steps[0]) for drill in named if not drill.experimental)


def fixes_record(fault: Fault) -> list[dict[str, object]]:
    """The same for `result.json`; a drill of a coach's own fault that the library has not is a name alone."""
    told = {fix.drill.id: fix for fix in fixes_of(fault)}
    return [_record(name, told.get(name)) for name in fault.drills]


def _record(name: str, fix: Fix | None) -> dict[str, object]:
    if fix is None:
        unknown = ("name", "level", "cue", "dose", "tempo", "equipment", "grade")
        return {"drill": name, **dict.fromkeys(unknown)}
    return {
        "drill": name,
        "name": fix.drill.name,
        "level": fix.step.level,
        "cue": fix.cue,
        "dose": fix.step.dose.words,
        "tempo": fix.step.tempo or None,
        "equipment": list(fix.step.equipment),
        "grade": fix.drill.grade,
    }


def fix_line(faults: Sequence[Fault]) -> list[str]:
    """For the terminal: the first drill of the first fault that has one."""
    first = next((fix for fault in faults for fix in fixes_of(fault)), None)
    if first is None:
        return []
    return [f"A drill for it: {first.words}. Cue: “{first.cue}” {FIRST_SCREENED}"]
