"""The one gate that everything prescribed or planned passes: whether an athlete may do a drill's step on a day."""

from legato.coaching.model import BARE, Drill, Equipment, Group, Pattern, Step
from legato.coaching.safety.pain import pain_now, pain_rule
from legato.coaching.situation import Permit, Screening, Situation

ADULT_YEARS = 18.0
BASE_WEEKS = 8.0
LONGEST_DAYS = 366
_HIP, _ANKLE, _CHEST = "hip-flexion", "ankle-dorsiflexion", "thoracic-rotation"
MOBILITY: dict[Pattern, tuple[str, ...]] = {
    "squat": (_HIP, _ANKLE, _CHEST),
    "hinge": (_HIP, _CHEST),
    "single-leg": (_HIP, _ANKLE),
    "jump": (_HIP, _ANKLE),
    "push": (_CHEST,),
    "pull": (_CHEST,),
    "rotate": (_HIP, _CHEST),
    "anti-rotate": (_CHEST,),
    "carry": (_HIP,),
}
"""What load in a pattern asks of the mobility screen, by the ids of its numbers (inventory S2.19; which goes with which
is [ENG])."""
WEIGHTS: frozenset[Equipment] = frozenset({"barbell", "plates", "kettlebell", "dumbbell"})

GROUPS: dict[Group, str] = {
    "brace": "a hard brace or a held breath",
    "hinge": "hinges",
    "rotation": "throws and fast turns",
    "thoracic": "turning and bending of the ribcage",
    "anti-rotation": "presses against a turn and carries",
    "squat": "squats with a load in front",
    "jump": "jumps and power",
    "quadruped": "drills on hands and knees and on the back",
    "spotter": "lifts that need a spotter",
}
"""What each group is called for people."""


def permitted(drill: Drill, step: Step, situation: Situation) -> Permit:
    """Whether a step of a drill may be done on the day, with every reason against it.

    What is not known counts against: no screening, none in force, no base told, no mobility read.
    """
    screening = situation.screening
    if (said := _not_in_force(screening, situation)) or screening is None:
        return Permit(False, (said,))
    reasons = [f"the screening bars {GROUPS[g]}" for g in GROUPS if g in screening.barred and g in drill.barred]
    if screening.exhale_only and "brace" in drill.barred and step.level != "dynamic":
        reasons.append("the screening bars a hard brace; only an easy version, breathing out, may be done")
    minor = screening.minor or (situation.age_years is not None and not situation.age_years >= ADULT_YEARS)
    if minor and not (situation.guardian and situation.supervised):
        reasons.append("under 18: a guardian must have agreed, and somebody must watch")
    overload = step.level in ("loaded", "explosive")
    pain = pain_now(situation)
    says = "go" if pain is None else pain_rule(pain)
    if says == "stop":
        reasons.append("pain: stop, and let somebody qualified look at it first")
    elif says == "modify" and overload:
        reasons.append("pain: an easier version without load")
    if not overload and set(step.equipment) & WEIGHTS:
        reasons.append("no load before the unloaded version is mastered")
    if overload and "hinge" in (drill.pattern, *drill.barred) and not situation.hinge_gate:
        reasons.append("the loaded hinge comes after three sets of five with the dowel in contact")
    if overload:
        reasons += [f"load waits for the mobility screen: {said}" for said in _mobility(drill, situation)]
    if (step.level == "explosive" or "jump" in drill.barred) and not (situation.base_weeks or 0.0) >= BASE_WEEKS:
        reasons.append(f"power comes after {BASE_WEEKS:g} weeks of training")
    missing = set(step.equipment) - BARE - situation.equipment
    if missing:
        reasons.append(f"needs {', '.join(sorted(missing))}")
    return Permit(not reasons, tuple(reasons))


def _mobility(drill: Drill, situation: Situation) -> list[str]:
    words = {True: "met", False: "not met", None: "not known"}
    return [
        f"{gate.replace('-', ' ')} is {words[situation.mobility.get(gate)]}"
        for gate in MOBILITY.get(drill.pattern, ())
        if situation.mobility.get(gate) is not True
    ]


def _not_in_force(screening: Screening | None, situation: Situation) -> str:
    if screening is None:
        return "no screening was answered; answer it first: `legato screen`"
    if not screening.passed:
        return "the screening says to have it looked at first"
    if screening.on > situation.on:
        return f"the screening is of {screening.on}, which is still to come; answer it again: `legato screen`"
    if not screening.holds(situation.on) or (situation.on - screening.on).days > LONGEST_DAYS:
        return f"the screening of {screening.on} is out of date; answer it again: `legato screen`"
    return ""
