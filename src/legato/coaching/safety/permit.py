"""The one gate that everything prescribed or planned passes: whether an athlete may do a drill's step on a day."""

from collections.abc import Iterator

from legato.coaching.known import exercise_of, held_to
from legato.coaching.lifts import lifts
from legato.coaching.model import BARE, Drill, Equipment, Group, Pattern, Step
from legato.coaching.safety.groups import GROUPS, HEAVY, groups_of, is_overload
from legato.coaching.safety.limits import limits
from legato.coaching.safety.pain import (
    pain_for,
    pain_now,
    pain_rule,
    pain_words,
    shares_load,
    standing_pain,
    until_words,
)
from legato.coaching.situation import Pain, Permit, Screening, Situation

_LONGEST_DAYS = 366
_WEIGHTS: frozenset[Equipment] = frozenset({"barbell", "plates", "kettlebell", "dumbbell"})
_FIXED_BAR: frozenset[Equipment] = frozenset({"barbell", "rack", "force-plate"})
"""A bar that stays where it is, pulled at while a plate measures: no load, if without plates."""

_NOT_SORE: frozenset[Group] = frozenset({"rotation", "jump", "brace"})
"""What is left out with pain above what one goes on with, at every level. [ENG]"""
_FAST: frozenset[Group] = frozenset({"rotation", "jump"})
"""And of what loads something else than hurts."""

_READ_MOBILITY = "`legato assess sheet mobility-screen`, given as --sheet"
WORKS_ON = {"ankle-dorsiflexion": "ankle-rocks", "hip-flexion": "rock-back", "thoracic-rotation": "thoracic-rotation"}
"""The drill that works on what a gate of the mobility screen reads."""

STOP = "pain: stop, and see somebody qualified before going on"


def permitted(
    drill: Drill, step: Step, situation: Situation, *, load_kg: float | None = None, reps: float | None = None
) -> Permit:
    """Whether a step of a drill may be done on the day, with every reason against it.

    What is not known counts against: no screening, none in force, no base of training told, no mobility read, no best
    where a share of it is asked for. Pain and age that are not told do not, as the screening asks for both. What a
    coach's own drill is held to (`held_to`) stands against it as what it says itself.

    Parameters
    ----------
    drill, step
        What is to be done.
    situation
        The athlete on the day.
    load_kg
        The load, where one is chosen already.
    reps
        Repetitions of a set with it; those of the step's dose where they are not told.

    Returns
    -------
    With the reasons where it is not permitted, and what is to be kept to where it is.
    """
    screening = in_force(situation)
    if isinstance(screening, str):
        return Permit(False, (screening,))
    held = tuple(held_to(drill, step, situation))
    reasons = [
        reason
        for one, version in held
        for part in (
            _screened(one, version, screening),
            _breathing_out(one, version, screening, situation.maxima_kg.get(one.id), load_kg, reps),
            _about_pain(one, version, situation),
            against_standing_pain(one, version, situation),
            _minor(version, situation, screening),
            _loading(one, version, situation, load_kg),
            _near_maximum(one, version, situation, screening, load_kg, reps),
            _earned(one, version, situation),
            _equipped(version, situation),
        )
        for reason in part
    ]
    if reasons:
        return Permit(False, tuple(dict.fromkeys(reasons)))
    keep = [said for one, version in held for said in _provisos(one, version, situation, screening, load_kg)]
    return Permit(True, provisos=tuple(dict.fromkeys(keep)))


def in_force(situation: Situation) -> Screening | str:
    """The screening that holds on the day, or in words why none does."""
    screening, again = situation.screening, "answer it again: `legato screen`"
    if screening is None:
        return "no screening was answered; answer it first: `legato screen`"
    if not screening.passed:
        return "the screening says: see somebody qualified first; nothing is scored or proposed"
    if screening.on > situation.on:
        return f"the screening is of {screening.on}, which is still to come; {again}"
    if not screening.holds(situation.on) or (situation.on - screening.on).days > _LONGEST_DAYS:
        return f"the screening of {screening.on} is out of date; {again}"
    return screening


def nothing_today(situation: Situation) -> str:
    """Why nothing at all may be done on the day: the screening, or pain; empty where something may."""
    screening, pain = in_force(situation), pain_now(situation)
    if isinstance(screening, str):
        return screening
    return stop_words(pain, situation) if pain is not None and pain_rule(pain) == "stop" else ""


def waits_for_dowel(drill: Drill, step: Step, situation: Situation) -> bool:
    """Whether a step is a loaded hinge and the dowel's contacts were not kept yet."""
    return is_overload(step) and "hinge" in groups_of(drill, step) and not situation.hinge_gate


def only_easier(situation: Situation) -> bool:
    """Whether pain asks for easier versions without load on the day."""
    pain = pain_now(situation)
    return pain is not None and pain_rule(pain) == "modify"


def against_screening(drill: Drill, step: Step, screening: Screening) -> tuple[str, ...]:
    """What a screening alone says against a step, and against what its drill is a copy of: everything where it was not
    passed.
    """
    if not screening.passed:
        return ("the screening says: see somebody qualified first",)
    held = held_to(drill, step, Situation(screening.on))
    parts = ((*_screened(*one, screening), *_breathing_out(*one, screening)) for one in held)
    return tuple(dict.fromkeys(reason for part in parts for reason in part))


def _is_weighted(step: Step) -> bool:
    gear = set(step.equipment)
    return bool(_WEIGHTS & (gear - _FIXED_BAR if _is_fixed(step) else gear))


def _is_fixed(step: Step) -> bool:
    return set(step.equipment) >= _FIXED_BAR and "plates" not in step.equipment


def _is_minor(situation: Situation, screening: Screening) -> bool:
    age = situation.age_years
    return screening.minor or (age is not None and not age >= limits().adult_years.value)


def _screened(drill: Drill, step: Step, screening: Screening) -> Iterator[str]:
    groups = groups_of(drill, step)
    for group, words in GROUPS.items():
        if group in groups and group in screening.barred:
            yield f"the screening bars {words}"
    if screening.exhale_only and "brace" in groups and "brace" not in screening.barred:
        if drill.experimental:
            yield "the screening bars experiments with a hard brace"
        elif step.level != "dynamic" or HEAVY & set(step.equipment):
            yield "the screening bars a hard brace: only the light version in motion, breathing out"


def _breathing_out(
    drill: Drill,
    step: Step,
    screening: Screening,
    maximum_kg: float | None = None,
    load_kg: float | None = None,
    reps: float | None = None,
) -> Iterator[str]:
    """Who must breathe out does nothing at full speed, and nothing under load that is not known to be light."""
    if not screening.exhale_only or not is_overload(step):
        return
    why = "the screening asks for breathing out and no held breath"
    if step.level == "explosive":
        yield f"{why}: nothing fast or with full power"
        return
    if "band" in step.equipment and not _is_weighted(step):
        return
    share, held = limits().exhale_share.value, limits()
    of_set = (step.dose.reps or 1) if reps is None else reps
    if load_kg is not None and maximum_kg is not None:
        if load_kg * (1.0 + of_set / held.reps_to_one.value) <= share * maximum_kg:
            return
        yield f"{why}: {of_set:g} × {load_kg:g} kg comes to more than {100 * share:.0f} % of the maximum"
        return
    if not set(step.equipment) - BARE:
        yield f"{why}: nothing with the whole body's weight on the arms"
    elif drill.id in lifts():
        yield (
            f"{why}: no load unless it is known to be light (tell the load and the maximum of {drill.id}; a set comes"
            f" to {100 * share:.0f} % of it at most)"
        )
    else:
        yield f"{why}: no load that is not known to be light; only the unloaded version"


def _about_pain(drill: Drill, step: Step, situation: Situation) -> Iterator[str]:
    """Pain that stops; and with some pain no load on what it loads, and nothing fast anywhere."""
    worst = pain_now(situation)
    if worst is None or pain_rule(worst) == "go":
        return
    if pain_rule(worst) == "stop":
        yield stop_words(worst, situation)
        return
    here = pain_for(situation, drill, step)
    groups = groups_of(drill, step)
    if here is not None and is_overload(step):
        where = " of what loads the same" if here.exercise else ""
        said = f"{pain_words(here, situation)}: only an easier version{where}"
        yield f"{said}, without load, {until_words(here, situation.on)}"
    elif hard := groups & (_NOT_SORE if here is not None else _FAST):
        pain = here or worst
        none = " or ".join(words for group, words in GROUPS.items() if group in hard)
        yield f"{pain_words(pain, situation)}: none of {none}, {until_words(pain, situation.on)}"


def stop_words(pain: Pain, situation: Situation) -> str:
    """That pain stops everything; with the exercise and the day where the log tells them, and what ends it."""
    if pain.on is None:
        return STOP
    return f"{STOP} ({pain_words(pain, situation)}: counts {until_words(pain, situation.on)})"


def against_standing_pain(drill: Drill, step: Step, situation: Situation) -> Iterator[str]:
    """Pain that stops stays with the exercise, and with load on its regions, until somebody qualified has looked."""
    until = "until somebody qualified has looked at it and the log says so (`looked_at = true`)"
    for on, done in {done.exercise: (on, done) for on, done in standing_pain(situation)}.values():
        known = exercise_of(done.exercise, situation)
        pain = Pain(10.0, exercise=done.exercise, on=on, regions=done.regions)
        if drill.id in (done.exercise, known.copy_of if known else ""):
            yield f"pain in it on {on}: left out {until}"
        elif is_overload(step) and shares_load(pain, drill, step, situation):
            name = known.name.lower() if known else done.exercise
            yield f"pain in {name} on {on}: no load on what it loads {until}"


def _minor(step: Step, situation: Situation, screening: Screening) -> Iterator[str]:
    if _is_minor(situation, screening):
        if _is_fixed(step):
            yield "under 18: no pull at a fixed bar, which is told by one's best"
        if not situation.guardian:
            yield "under 18: a guardian has to agree first"
        if not situation.supervised:
            yield "under 18: only while somebody watches"


def _loading(drill: Drill, step: Step, situation: Situation, load_kg: float | None) -> Iterator[str]:
    if not is_overload(step):
        if _is_weighted(step) or (load_kg is not None and load_kg != 0.0):
            yield "no load in a hold or in the unloaded version"
        if _is_fixed(step) and drill.id not in situation.maxima_kg:
            yield f"a share of one's best waits for it: tell the best pull as the maximum of {drill.id}, in kg"
        return
    waits = [gate for gate in limits().mobility_of(drill) if situation.mobility.get(gate) is not True]
    short = [gate for gate in waits if situation.mobility.get(gate) is False]
    for words, gates, so in (
        ("is too little", short, "read it again later"),
        ("is not known, or was read too near its limit", [gate for gate in waits if gate not in short], "read it"),
    ):
        if gates:
            helps = [WORKS_ON[gate] for gate in gates if gate in WORKS_ON]
            way = f"; the drill for it: {', '.join(helps)}" if helps else ""
            named = ", ".join(gates).replace("-", " ")
            yield f"load waits for mobility that {words}: {named} ({so}: {_READ_MOBILITY}{way})"


def _near_maximum(
    drill: Drill, step: Step, situation: Situation, screening: Screening, load_kg: float | None, reps: float | None
) -> Iterator[str]:
    maximum = situation.maxima_kg.get(drill.id)
    held = limits()
    if not is_overload(step) or load_kg is None:
        return
    if maximum is None:
        if not load_kg <= held.untold_kg.value:
            yield f"{load_kg:g} kg without a maximum told: above {held.untold_kg.value:g} kg tell it"
        return
    of_set = (step.dose.reps or 1) if reps is None else reps
    if not load_kg < maximum:
        yield f"{load_kg:g} kg is the maximum or more: that is a test, not a drill"
    elif not load_kg * (1.0 + of_set / held.reps_to_one.value) < maximum:
        yield f"{of_set:g} × {load_kg:g} kg comes to the maximum ({maximum:g} kg): that is a test, not a drill"
    share = held.spotter_share.value
    if _is_minor(situation, screening) and not load_kg < share * maximum:
        yield f"under 18: below {100 * share:.0f} % of the maximum"


def _earned(drill: Drill, step: Step, situation: Situation) -> Iterator[str]:
    held = limits()
    groups = groups_of(drill, step)
    if waits_for_dowel(drill, step, situation):
        share, sets, reps = held.dowel_contact.value, held.dowel_sets.value, held.dowel_reps.value
        yield (
            f"a loaded hinge waits for the dowel: {sets:g} sets of {reps:g} with all contacts {100 * share:.0f} % of"
            " the time (drill: dowel-hinge; markers or pads on the dowel, each set its own recording: `legato analyze"
            " RECORDING --movement hip-hinge`, all given as --result; or a coach's word: `hinge_gate = true`)"
        )
    weeks = situation.base_weeks
    if "jump" in groups and not (weeks is not None and weeks >= held.base_weeks.value):
        told = "not known" if weeks is None else f"{weeks:g}"
        yield f"power waits for {held.base_weeks.value:g} weeks of regular training ({told} so far)"
    kept = situation.order_kept
    turns_fast = drill.pattern == "rotate" and step.level == "explosive"
    if turns_fast and not (kept is not None and kept >= held.order_kept.value):
        told = "not known" if kept is None else f"{100 * kept:.0f} %"
        yield f"speed waits for the own order in {100 * held.order_kept.value:.0f} % of repetitions ({told})"


def _equipped(step: Step, situation: Situation) -> Iterator[str]:
    missing = set(step.equipment) - BARE - situation.equipment
    if missing:
        yield f"needs {', '.join(sorted(missing)).replace('-', ' ')}"


_SET_DOWN: frozenset[Pattern] = frozenset({"hinge", "pull", "carry"})
"""What ends on the floor wherever one lets go of it: no spotter, nor pins, can help. [ENG]"""


def _provisos(
    drill: Drill, step: Step, situation: Situation, screening: Screening, load_kg: float | None
) -> Iterator[str]:
    groups = groups_of(drill, step)
    if pain_for(situation, drill, step) is not None:
        yield "with pain: smaller and slower; stop where it rises"
    if screening.exhale_only or (drill.experimental and "brace" in groups):
        yield "breathe out as you push; never hold your breath"
    if "arms" in screening.barred and drill.pattern == "jump":
        yield "hands on the hips: the arms do not swing"
    if _is_minor(situation, screening):
        yield "under 18: somebody watches; no maximum is tested"
    share = limits().spotter_share.value
    if "spotter" in groups and is_overload(step) and drill.pattern not in _SET_DOWN:
        maximum = situation.maxima_kg.get(drill.id)
        if load_kg is None or maximum is None or load_kg >= share * maximum:
            yield f"from {100 * share:.0f} % of the maximum on: spotter or safety pins, and nobody calls cues"
