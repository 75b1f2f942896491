"""What a fault's drills are, in short: the one to begin with, its cue and dose, and how good the evidence is."""

from collections.abc import Sequence
from dataclasses import dataclass

from legato.coaching.catalogue import drills
from legato.coaching.model import Drill, Step
from legato.coaching.safety.permit import against_screening
from legato.coaching.situation import Screening
from legato.faults.model import Fault
from legato.report.drill_words import dose_words, equipment_words, graded

FIRST_SCREENED = "Only for an athlete whom the screening permits it: `legato screen`, then `legato plan new`."
"""Said wherever drills are told without a screening."""

SCREENED = "None that the screening bars; `legato plan new` looks at pain, mobility and equipment too."
"""Said where there is one."""

EXHALE = "Breathe out as you push; never hold your breath."
MINOR = "Under 18: only once a guardian has agreed, and while somebody watches."


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
        """`Dowel hinge, 3 × 5, tempo 3-1-2-0 (default), with a dowel; grade D, claim C19`."""
        dose = dose_words(self.step.dose, self.step.tempo)
        claim = f", claim {self.drill.claim}" if self.drill.claim else ""
        return f"{self.drill.name}: {dose}, {equipment_words(self.step)}; {graded(self.drill.grade)}{claim}"


def fixes_of(fault: Fault, screening: Screening | None = None, own: Sequence[Drill] = ()) -> tuple[Fix, ...]:
    """The drills that answer a fault, each at its easiest step that the screening does not bar; none that is an
    experiment only. First a coach's `own` that name the fault, then those that the fault names, in its order.
    """
    known = {**drills(), **{one.id: one for one in own}}
    mine = [one for one in own if fault.id in one.faults and one.id not in fault.drills]
    named = [*mine, *(known[name] for name in fault.drills if name in known)]
    found = [(drill, _open_step(drill, screening)) for drill in named if not drill.experimental]
    return tuple(Fix(drill, step) for drill, step in found if step is not None)


def _open_step(drill: Drill, screening: Screening | None) -> Step | None:
    if screening is None:
        return drill.steps[0]
    return next((step for step in drill.steps if not against_screening(drill, step, screening)), None)


def fixes_record(
    fault: Fault, screening: Screening | None = None, own: Sequence[Drill] = ()
) -> list[dict[str, object]]:
    """The same for `result.json`; a drill of a coach's own fault that nobody has is a name alone."""
    told = {fix.drill.id: fix for fix in fixes_of(fault, screening, own)}
    known = {*drills(), *(one.id for one in own)}
    names = dict.fromkeys([*told, *(name for name in fault.drills if name not in known)])
    return [_record(name, told.get(name)) for name in names]


def _record(name: str, fix: Fix | None) -> dict[str, object]:
    if fix is None:
        unknown = ("name", "level", "cue", "dose", "tempo", "equipment", "grade", "claim")
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
        "claim": fix.drill.claim or None,
    }


def note_on(screening: Screening | None) -> str:
    """What stands below drills, with what the screening asks to keep to in each."""
    if screening is None:
        return FIRST_SCREENED
    keep = [EXHALE] if screening.exhale_only else []
    return " ".join([SCREENED, *keep, *([MINOR] if screening.minor else [])])


def fix_line(faults: Sequence[Fault], screening: Screening | None = None, own: Sequence[Drill] = ()) -> list[str]:
    """For the terminal: the first drill of the first fault that has one."""
    first = next((fix for fault in faults for fix in fixes_of(fault, screening, own)), None)
    if first is None:
        barred = screening is not None and any(fixes_of(fault, None, own) for fault in faults)
        return ["The screening bars the drills that answer it."] if barred else []
    return [f"A drill for it: {first.words}. Cue: “{first.cue}” {note_on(screening)}"]
