"""How a set kept to what was asked of it: stop at a loss, tempo; and where lifts stuck. In sentences."""

from legato.bar.model import BarResult, VelocityLoss
from legato.bar.tempo import PARTS, TempoPart
from legato.report.words import estimate_text, rep_number

_DECIDED = 0.95
"""Probability from which a loss counts as passed. [ENG] the lower end of a 90 % interval."""


def stop_sentence(loss: VelocityLoss) -> str:
    """After which repetition to stop; empty where no loss to stop at was given."""
    if loss.at_loss_pct is None:
        return ""
    if loss.passed_at is None:
        return f"{loss.at_loss_pct:g} % is not passed"
    sure = 0.0 if loss.probability is None else loss.probability
    number = rep_number(loss.passed_at)
    if sure >= _DECIDED:
        return f"stop after rep {number}, where {loss.at_loss_pct:g} % is passed"
    return (
        f"stop after rep {number}, where {loss.at_loss_pct:g} % is likely passed (probability {100.0 * sure:.0f} %, so"
        " not resolvable)"
    )


def task_sentences(bar: BarResult) -> list[str]:
    """Tempo and sticking regions, a sentence each."""
    said: list[str] = []
    if bar.asked_tempo:
        said.append(f"tempo {bar.asked_tempo} asked, each part within 0.5 s: {_tempo(bar.tempo)}")
    stuck = [
        f"rep {rep_number(rep.rep)} for {estimate_text(rep.sticking.duration)}" for rep in bar.reps if rep.sticking
    ]
    if stuck:
        said.append(f"slowed down on the way up and got over it: {', '.join(stuck)}")
    if bar.detectable_change and bar.source != "rep-table":
        said.append(
            f"a rep's mean velocity must differ by {bar.detectable_change:.2g} m/s from another's to be more than"
            " measurement error"
        )
    return said


def _tempo(parts: tuple[TempoPart, ...]) -> str:
    told: list[str] = []
    for name in PARTS:
        own = [p for p in parts if p.part == name]
        if not own:
            continue
        off = [f"{rep_number(p.rep)} {p.reason.split(' ')[0]}" for p in own if p.verdict == "fault"]
        kept = sum(p.verdict == "ok" for p in own)
        open_ones = len(own) - kept - len(off)
        told.append(
            f"{_NAMES[name]} kept in {kept} of {len(own)}"
            + (f", rep {', '.join(off)}" if off else "")
            + (f", {open_ones} not resolvable" if open_ones else "")
        )
    return "; ".join(told) if told else "nothing of it is timed"


_NAMES = {"eccentric": "way down", "bottom": "pause after it", "concentric": "way up", "top": "pause after that"}
