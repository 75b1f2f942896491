"""What was refused by what a person told, who may have known the numbers: an answer must stand beside the worst."""

from collections.abc import Sequence
from dataclasses import replace

from legato.evidence.trials.conditions import broken_between
from legato.evidence.trials.model import Question, Verdict
from legato.evidence.trials.phases import PhaseDesign, judge_phases
from legato.evidence.trials.scale import effect_of, tested
from legato.evidence.trials.sessions import Attempt, Session, Trial

_READ = ("sensor", "range_m", "pause_s", "depth_m", "reps", "jumps")
"""Conditions that a recording itself shows. [ENG] Load, body mass and hour are typed in, and so is what is told."""


def doubted(trial: Trial) -> tuple[int, ...]:
    """Of each block that was refused by what was told its place in the order, from 0."""
    return tuple(one.slot for one in trial.refused if not _read_off(trial, one))


def note_on_blocks(trial: Trial, word: str) -> str:
    """What a reader should know of them, where the answer cannot be held against the worst; empty where none was."""
    many = len(doubted(trial))
    if not many:
        return ""
    were = f"1 {word} was" if many == 1 else f"{many} {word}s were"
    return f"{were} refused by what was told when the numbers could be known; the answer supposes none was for them."


def doubt_phases(
    trial: Trial, question: Question, numbers: Sequence[Sequence[float | None]], design: PhaseDesign, verdict: Verdict
) -> Verdict:
    """The verdict if it stands had each session that is missing by what was told come out as badly for it as the
    worst of its series; else `inconclusive`.
    """
    if verdict.answer not in ("supports", "contradicts"):
        return verdict
    filled, many = list[list[float | None]](), 0
    upwards = (question.better == "higher") != (verdict.answer == "supports")
    for one, series in zip(trial.complete, numbers, strict=True):
        known = [number for number in series if number is not None]
        mended = list(series)
        for place in _missing_by_word(trial, one):
            high = upwards == (one.arms[place - 1] == "A")
            mended[place - 1] = max(known) if high else min(known)
            many += 1
        filled.append(mended)
    if not many:
        return verdict
    found = judge_phases(question, filled, design)
    change, p = found.change, found.p
    if verdict.answer == "supports":
        stands = p is not None and change is not None and p <= question.alpha * (1.0 + 1e-9) and change.value > 0.0
        then = "chance would not be ruled out"
    else:
        stands = change is not None and tested(question, change.high) < effect_of(question)
        then = "the change asked for would fit"
    if stands:
        return verdict
    tells = "support" if verdict.answer == "supports" else "contradict"
    were = "1 session was" if many == 1 else f"{many} sessions were"
    reason = (
        f"{verdict.reason} That would {tells} the claim, but {were} left out by what was told when the numbers could be"
        f" known: had they gone the other way, {then}."
    )
    return replace(verdict, answer="inconclusive", reason=reason)


def _read_off(trial: Trial, one: Attempt) -> bool:
    """Whether the recordings themselves refuse a block, whatever anybody told."""
    if any(_unmeasured(trial, session) for session in one.sessions):
        return True
    shown = [{name: session.conditions.get(name) for name in _READ} for session in one.sessions]
    return bool(broken_between({name: w for name, w in trial.registered.kept.items() if name in _READ}, shown))


def _unmeasured(trial: Trial, session: Session) -> bool:
    if session.number is None or (trial.request.doses is not None and session.lag is None):
        return True
    return trial.request.outcome.relative and session.number.value <= 0.0


def _missing_by_word(trial: Trial, one: Attempt) -> list[int]:
    """Places, from 1, of a series' sessions that were told not to count, or not to have been."""
    told = [session.place for session in one.sessions if session.missing and not _read_alone(trial, one, session)]
    return [*one.skipped, *told]


def _read_alone(trial: Trial, one: Attempt, session: Session) -> bool:
    """Whether its recording, beside the first that counts, leaves a session of a series out."""
    counted = next((other for other in one.sessions if not other.missing), session)
    return _read_off(trial, replace(one, sessions=(counted, session)))
