"""Up, stay or back: what the last sessions of a drill or lift say about the next one."""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Literal, TypeAlias

from legato.coaching.known import exercise_of, held_to, patterns_of
from legato.coaching.lifts import to_plates
from legato.coaching.log import Session, SetsDone, last_of, of_day
from legato.coaching.model import LEVELS, Drill, Grade, Level, Stage, Step
from legato.coaching.safety.limits import Limit, limits
from legato.coaching.safety.pain import standing_pain
from legato.coaching.safety.permit import permitted
from legato.coaching.situation import Permit, Situation
from legato.movements.window_spec import ClaimId, Data

Advice: TypeAlias = Literal["promote", "hold", "demote"]

_LEAST_RISE_KG = 0.5
"""[ENG] The smallest step of most plates and bells."""


class StageGate(Data):
    """What must hold before a layer of loading: two sessions of the layer before, clean where `quality` asks for it, a
    `base` of training, the own `order` kept.
    """

    stage: Stage
    after: Stage | None = None
    quality: bool = False
    base: bool = False
    order: bool = False
    asks: str
    source: str
    grade: Grade
    claim: ClaimId = ""


class ProgressRules(Data):
    """The numbers that progress keeps to."""

    sessions: Limit
    recent: Limit
    least_measured: Limit
    velocity_loss: Limit
    passed: Limit
    rpe_up: Limit
    rise: Limit
    fall: Limit
    stages: tuple[StageGate, ...]


@cache
def progress_rules() -> ProgressRules:
    """The rules that hold."""
    text = (resources.files("legato.coaching") / "progress.toml").read_text("utf-8")
    return ProgressRules.model_validate(tomllib.loads(text))


@dataclass(frozen=True, slots=True)
class Progress:
    """What to do next with a drill or lift: the step, its load, and why. `waits`: it would go up, had it been done with
    the full load.
    """

    advice: Advice
    step: Step
    load_kg: float | None
    why: tuple[str, ...]
    waits: bool = False


def progress(
    drill: Drill,
    now: Step,
    situation: Situation,
    load_kg: float | None = None,
    planned: Callable[[date], float] | None = None,
) -> Progress:
    """Promote, hold or demote, by the last sessions in the athlete's log.

    Parameters
    ----------
    drill, now
        What is trained, and the step of it that was done last.
    situation
        The athlete on the day, with the log; the next step is only taken where it is permitted.
    load_kg
        What is lifted, or was asked for.
    planned
        What a plan has of `load_kg` on a day, as its block asks for less; all of it where none is given.

    Notes
    -----
    Promoted where on each of the last two days of the last four weeks at least five repetitions were measured, four
    fifths of them clean, none red and no two amber, no set lost more than a quarter of its velocity, pain was 2 at most
    and effort 8 at most. What was not measured or told does not promote, nor what was done with a share of the load.
    Demoted after one red day or pain of 4 and more, also with a share of the load. A demotion comes first. Pain that
    stops holds it where it is, and the permit keeps it out, until somebody qualified has looked at it.
    """
    rules = progress_rules()
    n = int(rules.sessions.value)
    days = [(done, _planned(load_kg, planned, on)) for on, done in last_of(_recent(situation), drill.id, n)]
    last, loads = [done for done, load in days if _is_of(done, now, load)], [load for _, load in days]
    stands = [on for on, done in standing_pain(situation) if done.exercise == drill.id]
    if stands:
        return Progress(
            "hold", now, load_kg, (f"pain in it on {stands[-1]}: out until somebody qualified looks at it",)
        )
    if not last:
        return Progress("hold", now, load_kg, ("not trained at this level and load yet",))
    if why := _goes_back(last[-1]):
        return _back(drill, now, situation, load_kg, why)
    if why := _stays(last, n):
        return Progress("hold", now, load_kg, why)
    if load_kg and (less := min(load or load_kg for load in loads)) < load_kg:
        done = f"the last sessions were clean, at {less:g} of {load_kg:g} kg"
        return Progress("hold", now, load_kg, (f"{done}; a load goes up once all of it was done so",), waits=True)
    return _up(drill, now, situation, load_kg)


def _planned(load_kg: float | None, planned: Callable[[date], float] | None, on: date) -> float | None:
    return load_kg if planned is None or not load_kg else planned(on)


def _recent(situation: Situation) -> list[Session]:
    """The sessions of the last weeks; none that is still to come."""
    days = progress_rules().recent.value
    return [session for session in situation.sessions if 0 <= (situation.on - session.on).days <= days]


def _is_of(done: SetsDone, now: Step, load_kg: float | None) -> bool:
    """Whether a session was at this level and, within a hundredth, at this load: what was done before a change says
    nothing of what is done now.
    """
    if done.level is not None and done.level != now.level:
        return False
    return not load_kg or done.load_kg is None or abs(done.load_kg - load_kg) <= 0.01 * load_kg


def _goes_back(last: SetsDone) -> tuple[str, ...]:
    found: list[str] = []
    if last.reds:
        found.append(f"{last.reds} red repetition{'' if last.reds == 1 else 's'} in the last session")
    down = limits().pain_back.value
    if last.pain is not None and not last.pain < down:
        found.append(f"pain {last.pain:g} of 10 in the last session; {down:g} and more goes back")
    return tuple(found)


def _stays(last: Sequence[SetsDone], n: int) -> tuple[str, ...]:
    """Why it neither goes up nor back."""
    rules = progress_rules()
    if len(last) < n:
        return (f"{len(last)} of {n} sessions done",)
    found: list[str] = []
    for done in last:
        share = done.share_passed
        least = rules.least_measured.value
        if share is None or done.reps_measured < least:
            found.append(f"{done.reps_measured} repetitions of a session were measured; {least:g} asked")
        elif share < rules.passed.value:
            found.append(
                f"{100 * share:.0f} % of the measured repetitions were clean; {100 * rules.passed.value:g} asked"
            )
        if done.reds:
            found.append("a red repetition in the session before")
        if done.ambers >= limits().ambers.value:
            found.append(f"{done.ambers} amber repetitions in a session")
        if done.velocity_loss is not None and done.velocity_loss > rules.velocity_loss.value:
            found.append(
                f"a set lost {done.velocity_loss:.0f} % of its velocity; up to {rules.velocity_loss.value:g} goes up"
            )
        if done.pain is None:
            found.append("pain was not told")
        elif done.pain > limits().pain_go.value:
            found.append(f"pain {done.pain:g} of 10; up to {limits().pain_go.value:g} goes up")
        if done.rpe is None:
            found.append("effort was not told")
        elif done.rpe > rules.rpe_up.value:
            found.append(f"effort {done.rpe:g} of 10; up to {rules.rpe_up.value:g} goes up")
    return tuple(dict.fromkeys(found))


def _up(drill: Drill, now: Step, situation: Situation, load_kg: float | None) -> Progress:
    share = progress_rules().passed.value
    why = f"the last sessions were clean ({100 * share:g} % and more), with little pain and effort to spare"
    if load_kg:
        rise = progress_rules().rise.value
        more = load_kg + max(_LEAST_RISE_KG, to_plates(rise * load_kg))
        done = last_of(_recent(situation), drill.id)
        permit = permitted(drill, now, situation, load_kg=more, reps=done[-1][1].reps if done else None)
        if permit.allowed and more <= 1.05 * load_kg:
            return Progress("promote", now, more, (why, f"{load_kg:g} to {more:g} kg"))
        return Progress("hold", now, load_kg, (why, *(permit.reasons or ("the smallest step of load is too large",))))
    stopped: tuple[str, ...] = ("this is its highest level",)
    for step in drill.steps[drill.steps.index(now) + 1 :]:
        if step.level == now.level:
            continue
        may = may_begin(drill, step, situation)
        if may.allowed:
            return Progress("promote", step, None, (why, f"{now.level} to {step.level}"))
        stopped = may.reasons
        if LEVELS.index(step.level) > LEVELS.index(now.level) + 1:
            break
    return Progress("hold", now, load_kg, (why, *stopped))


def _back(drill: Drill, now: Step, situation: Situation, load_kg: float | None, why: tuple[str, ...]) -> Progress:
    if load_kg:
        less = to_plates((1.0 - progress_rules().fall.value) * load_kg)
        return Progress("demote", now, less, (*why, f"{load_kg:g} to {less:g} kg"))
    for step in reversed(drill.steps[: drill.steps.index(now)]):
        if step.level != now.level and permitted(drill, step, situation).allowed:
            return Progress("demote", step, None, (*why, f"{now.level} back to {step.level}"))
    return Progress("demote", now, None, (*why, f"there is no easier version of it; {drill.regress}"))


def stage_of(drill: Drill, step: Step) -> Stage:
    """The layer of loading that a step belongs to."""
    if step.level == "explosive":
        return "reactive" if drill.stage == "reactive" else "power"
    return _STAGE_OF[step.level]


_STAGE_OF: Mapping[Level, Stage] = {"hold": "isometric", "dynamic": "slow", "loaded": "strength"}


def stage_gate(stage: Stage, situation: Situation, drill: Drill) -> Permit:
    """Whether a drill may enter a layer of loading: isometric, slow, strength, power, reactive (inventory S2.15).

    What was done in the layer before counts where it loaded a region that the drill loads, on two days; mobility and
    breathing are no such work.
    """
    gate = next(gate for gate in progress_rules().stages if gate.stage == stage)
    if gate.after is None:
        return Permit(True)
    held, rules, reasons = limits(), progress_rules(), list[str]()
    days = _of_layer(gate.after, situation, drill)[-int(rules.sessions.value) :]
    if len(days) < rules.sessions.value:
        reasons.append(f"{stage} work waits for {rules.sessions.value:g} days of {gate.after} work in the log")
    for sets in days:
        if sets.pain is None or sets.pain > held.pain_go.value or sets.reds:
            reasons.append(f"{stage} work waits for {gate.after} work without pain and red repetitions")
        share = sets.share_passed
        if gate.quality and (share is None or share < rules.passed.value):
            reasons.append(f"{stage} work waits for {gate.after} work that was measured and clean")
    if gate.base and not (situation.base_weeks is not None and situation.base_weeks >= held.base_weeks.value):
        reasons.append(f"{stage} work waits for {held.base_weeks.value:g} weeks of regular training")
    if gate.order and drill.pattern == "rotate" and not speed_may_rise(situation.order_kept):
        reasons.append(f"{stage} work waits for the own order in {100 * held.order_kept.value:g} % of repetitions")
    return Permit(not reasons, tuple(dict.fromkeys(reasons)))


def may_begin(drill: Drill, step: Step, situation: Situation) -> Permit:
    """Whether a drill may be begun at a step: permitted, and with load or speed only once its layer is open. Who did it
    there last has begun.
    """
    permit = permitted(drill, step, situation)
    last = last_of(situation.sessions, drill.id)
    begun = None if not last or last[-1][0] > situation.on else last[-1][1].level
    if step.level not in ("loaded", "explosive") or (begun and LEVELS.index(begun) >= LEVELS.index(step.level)):
        return permit
    gates = [stage_gate(stage_of(one, step), situation, one) for one, _ in held_to(drill, step, situation)]
    reasons = tuple(dict.fromkeys(reason for gate in gates for reason in gate.reasons))
    return Permit(permit.allowed and not reasons, (*permit.reasons, *reasons), permit.provisos)


def _of_layer(stage: Stage, situation: Situation, drill: Drill) -> list[SetsDone]:
    """What was done in a layer that loads what the drill loads, a day each, the newest last."""
    by_day: dict[date, list[SetsDone]] = {}
    for session in situation.sessions:
        for done in session.done:
            other = exercise_of(done.exercise, situation)
            if other is None or done.level is None or session.on > situation.on:
                continue
            easy = bool(patterns_of(other) & {"mobility", "breath"})
            if not easy and set(other.regions) & set(drill.regions) and _layer(other, done.level) == stage:
                by_day.setdefault(session.on, []).append(done)
    return [of_day(by_day[on]) for on in sorted(by_day)]


def _layer(drill: Drill, level: Level) -> Stage | None:
    step = next((step for step in drill.steps if step.level == level), None)
    return None if step is None else stage_of(drill, step)


def speed_may_rise(order_kept: float | None) -> bool:
    """Whether a drill may be done faster: only while the athlete keeps the own order (inventory S1.37)."""
    return order_kept is not None and order_kept >= limits().order_kept.value


def quality_volume(sessions: Sequence[Session]) -> tuple[int, int]:
    """Repetitions that passed, and all that were measured (inventory S2.9: precision, not repetition)."""
    done = [sets for session in sessions for sets in session.done]
    return sum(sets.reps_passed for sets in done), sum(sets.reps_measured for sets in done)
