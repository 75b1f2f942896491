"""What a trial answers: the verdict of its design, and of the number that should have stayed as it was."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from legato.errors import BadInput, NotResolvable
from legato.estimate import Estimate
from legato.evidence.trials.conditions import Conditions, noted
from legato.evidence.trials.designs import block_word, in_phases, starts_in
from legato.evidence.trials.dose_model import DoseObservation, DoseQuestion, DoseVerdict
from legato.evidence.trials.doubt import doubt_phases, doubted, note_on_blocks
from legato.evidence.trials.model import Arm, Verdict
from legato.evidence.trials.paired import judge_pairs
from legato.evidence.trials.phases import PhaseDesign, judge_phases
from legato.evidence.trials.primed import worked
from legato.evidence.trials.registration import Doses
from legato.evidence.trials.sessions import Trial, told_late
from legato.evidence.trials.sign_flip import DrawnOrder, sign_flip_p
from legato.evidence.trials.terms import terms

SIMULATED = "Simulated: this trial was made up to try the tool out and says nothing of anybody."
"""Said of a trial whose request says so."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The verdict; `at` blocks, `final` unless it is that of a look which decides nothing.

    `control_p`: of the number that the exposure should leave alone; None where none was registered or measured.
    """

    verdict: Verdict
    at: int
    final: bool
    control_p: float | None = None
    control_change: float | None = None
    dose: DoseVerdict | None = None


def answer(trial: Trial) -> Answered:
    """The verdict at the number of blocks that was registered, at a registered look, or when the trial ended early.

    Raises
    ------
    NotResolvable
        It is too early: how many blocks are missing is told, and nothing else.
    """
    found = _answered(trial)
    said = (*worked(trial, found.verdict), *terms(trial), *found.verdict.notes, *_of_the_days(trial))
    return replace(found, verdict=replace(found.verdict, notes=said))


def _answered(trial: Trial) -> Answered:
    request, n = trial.request, len(trial.complete)
    lost, words = len(trial.refused), _plural(trial)
    if trial.due == "nothing" and n < request.planned:
        ended = f"stopped: {trial.stopped}" if trial.stopped else f"{lost} {words} refused, more than replacements"
        reason = (
            f"the trial ended with {n} of {request.planned} {words} ({ended}); fewer than registered decide nothing"
        )
        return Answered(Verdict("not-measurable", reason, None, None, n), n, final=True)
    whole = n >= request.planned
    if not whole and (n not in request.looks or trial.running is not None):
        looks = [k for k in request.looks if k > n]
        first = f", or a look after {looks[0] - n} more" if looks else ""
        missing = request.planned - n
        raise NotResolvable(f"{n} of {request.planned} {words} are complete: {missing} are missing{first}")
    if request.doses is not None:
        return _of_doses(trial, request.doses)
    if in_phases(request):
        return Answered(_of_phases(trial), n, final=True)
    found = judge_pairs(
        request.question(trial.registered.unit), trial.pairs(), lost=lost, looks=request.looks, doubted=doubted(trial)
    )
    found = replace(found, notes=(*found.notes, *noted(_conditions(trial))))
    if not whole and found.answer == "inconclusive":
        return Answered(found, n, final=False)
    p, change = _control(trial)
    shared = request.alpha / (len(request.looks) + 1)
    if p is not None and p <= shared and found.answer == "supports":
        name = trial.registered.control_name
        reason = (
            f"{name}, which should have stayed as it was, changed as well (p = {p:.2g}): something beside the exposure"
            f" differed between the arms, or it was chance; {found.reason}"
        )
        found = replace(found, answer="inconclusive", reason=reason)
    return Answered(found, n, final=True, control_p=p, control_change=change)


def _of_the_days(trial: Trial) -> tuple[str, ...]:
    """What a reader should know of when the sessions were: that they were made up, or written down late."""
    if trial.request.simulated:
        return (SIMULATED,)
    late, count = len(told_late(trial)), len(trial.sessions)
    return (f"{late} of {count} sessions were written down more than a day after they were.",) if late else ()


def _conditions(trial: Trial) -> list[tuple[Conditions, Conditions]]:
    """Of each pair that counts, what is known of the session with A and of that with B."""
    found: list[tuple[Conditions, Conditions]] = []
    for pair in trial.complete:
        by_arm = {session.arm: session.conditions for session in pair.sessions}
        found.append((by_arm["A"], by_arm["B"]))
    return found


def _plural(trial: Trial) -> str:
    word = block_word(trial.request)
    return word if word == "series" else f"{word}s"


def _of_doses(trial: Trial, doses: Doses) -> Answered:
    """Whether the response to a cued lag is best inside the registered band."""
    from legato.evidence.trials.dose import judge_doses

    question = trial.request.question(trial.registered.unit)
    asked = DoseQuestion(
        band_s=(doses.band_ms[0] / 1000.0, doses.band_ms[1] / 1000.0),
        effect_of_interest=question.effect_of_interest,
        better=question.better,
        blocks=doses.blocks,
        doses_s=tuple(dose / 1000.0 for dose in doses.doses_ms),
        comparator_s=tuple(dose / 1000.0 for dose in doses.comparator_ms),
        relative=question.relative,
        alpha=question.alpha,
        level=question.level,
        lag_offset_s=doses.lag_offset_ms / 1000.0,
        unit=question.unit,
    )
    observed: list[DoseObservation] = []
    controls: list[Estimate] = []
    for block, one in enumerate(trial.complete):
        for session in one.sessions:
            if session.lag is None or session.number is None:
                raise ValueError("a block that counts lacks a lag or a number")
            cued = float(session.arm.removesuffix("ms")) / 1000.0
            observed.append(DoseObservation(block, cued, session.lag, session.number))
            if session.control is not None:
                controls.append(session.control)
    held = controls if len(controls) == len(observed) and trial.request.negative_control is not None else None
    try:
        found = judge_doses(asked, observed, held)
    except BadInput as error:
        raise BadInput(f"the doses cannot be judged: {error}") from None
    doubt = note_on_blocks(trial, "block")
    told = replace(found.verdict, notes=(*found.verdict.notes, doubt)) if doubt else found.verdict
    return Answered(told, len(trial.complete), final=True, control_p=found.p_control, dose=found)


def _of_phases(trial: Trial) -> Verdict:
    """Whether the number changed with the phases, over the points at which these could have changed."""
    request, phases = trial.request, trial.request.phases
    if phases is None:
        raise ValueError("a trial without phases")
    numbers: list[list[float | None]] = []
    for one in trial.complete:
        series: list[float | None] = [None] * one.size
        for session in one.sessions:
            if session.number is not None and not session.missing:
                series[session.place - 1] = session.number.value
        numbers.append(series)
    design = PhaseDesign(
        sessions=(phases.sessions,) * request.planned,
        changes=request.changes,
        starts=tuple(starts_in(one.arms) for one in trial.complete),
        least=phases.least,
    )
    question = request.question(trial.registered.unit)
    return doubt_phases(trial, question, numbers, design, judge_phases(question, numbers, design))


def _control(trial: Trial) -> tuple[float | None, float | None]:
    """Two-sided p and mean of the change of the negative control, A minus B, over the pairs that have it."""
    changes: list[float] = []
    for pair in trial.complete:
        by_arm = {session.arm: session.control for session in pair.sessions}
        a, b = by_arm["A"], by_arm["B"]
        if a is None or b is None:
            return None, None
        changes.append(a.value - b.value)
    if trial.request.negative_control is None or not changes:
        return None, None
    order = DrawnOrder(tuple(cast("Arm", pair.first) for pair in trial.complete), trial.request.planned)
    return sign_flip_p(changes, order), sum(changes) / len(changes)


def verdict_record(found: Answered) -> Mapping[str, Any]:
    """A verdict as a line and as the record hold it."""
    verdict = found.verdict
    return {
        "answer": verdict.answer, "reason": verdict.reason, "change": _ends(verdict.change),
        "level": None if verdict.change is None else verdict.change.level,
        "p": verdict.p, "n": verdict.n, "more": verdict.more, "notes": list(verdict.notes),
        "at": found.at, "final": found.final, "control_p": found.control_p, "control_change": found.control_change,
        "dose": None if found.dose is None else _dose_record(found.dose),
    }  # fmt: skip


def _dose_record(found: DoseVerdict) -> dict[str, Any]:
    curve = found.curve
    return {
        "optimum": _ends(found.optimum), "gain": _ends(found.gain),
        "optimum_as_cued": _ends(found.optimum_as_cued), "gain_as_cued": _ends(found.gain_as_cued),
        "curve": None if curve is None else {
            "lag_s": curve.lag_s.tolist(), "gain": curve.gain.tolist(), "low": curve.low.tolist(),
            "high": curve.high.tolist(), "doses_s": list(curve.doses_s), "achieved_s": curve.achieved_s.tolist(),
            "as_cued": [_ends(one) for one in curve.as_cued],
        },
    }  # fmt: skip


def _ends(estimate: Estimate | None) -> dict[str, float | str] | None:
    return None if estimate is None else estimate.to_dict()
