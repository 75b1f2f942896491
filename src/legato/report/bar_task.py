"""How a set kept to what was asked of it: stop at a loss, tempo; and where lifts stuck. In sentences."""

from legato.bar.model import BarResult, VelocityLoss
from legato.bar.tempo import PARTS, TempoPart
from legato.report.words import estimate_text, percent, rep_number

_DECIDED = 0.95
"""Probability from which a loss counts as passed. [ENG] the lower end of a 90 % interval."""


_LEAST_TAKEN_M_S = 0.005
"""Less that is taken off the fastest does not show in velocities as they are printed, m/s."""


def loss_sentence(loss: VelocityLoss, bar: BarResult) -> str:
    """How much velocity fell from the fastest repetition to the end of the set."""
    last = loss.per_rep[-1][0]
    end = "the end of the set" if last == bar.reps[-1].rep else "the last rep that was measured"
    where = f"from rep {rep_number(loss.fastest)}, the fastest, to rep {rep_number(last)}, {end}"
    if last == loss.fastest:
        return f"no velocity was lost: rep {rep_number(last)}, {end}, is the fastest"
    if loss.last.low <= 0.0:
        return f"whether velocity fell {where}, is not resolvable: {estimate_text(loss.last)}"
    return f"velocity fell by {estimate_text(loss.last)} {where}"


def stop_sentence(loss: VelocityLoss) -> str:
    """After which repetition to stop, and between which it lies; empty where no loss to stop at was given."""
    if loss.at_loss_pct is None:
        return ""
    limit = f"{loss.at_loss_pct:g} %"
    first, surely = loss.passed_between
    if loss.passed_at is None:
        if first is None:
            return f"{limit} is not passed"
        return f"whether {limit} is passed is not resolvable: the interval of rep {rep_number(first)} reaches beyond it"
    sure = 0.0 if loss.probability is None else loss.probability
    number = rep_number(loss.passed_at)
    since = loss.passed_at if first is None else min(first, loss.passed_at)
    between = f"{rep_number(since)} or later" if surely is None else f"{rep_number(since)} to {rep_number(surely)}"
    between = f"{percent(loss.last.level)} interval rep {number if since == surely else between}"
    if sure >= _DECIDED:
        return f"stop after rep {number}, where {limit} is passed ({between})"
    return (
        f"stop after rep {number}, where {limit} is likely passed (probability {100.0 * sure:.0f} %, so not resolvable;"
        f" {between})"
    )


def loss_notes(loss: VelocityLoss, bar: BarResult) -> list[str]:
    """Why losses are less than the velocities' own differences, and what tells a stop that was not resolvable."""
    said: list[str] = []
    if loss.taken_off >= _LEAST_TAKEN_M_S:
        said.append(
            "losses are less than the velocities differ by: the fastest of noisy reps is too fast by luck, here by"
            f" about {loss.taken_off:.2f} m/s, which is taken off it first"
        )
    undecided = loss.passed_between[0] is not None and (loss.probability is None or loss.probability < _DECIDED)
    if undecided and bar.source == "imu":
        said.append(
            "to tell when to stop, let the bar lie or hang still for a second before and after each rep: there its"
            " velocity is known to be zero"
        )
    return said


def braking_never_sets_in(bar: BarResult) -> bool:
    """Whether mean propulsive velocity is mean velocity in every repetition that has both."""
    both = [(r.mean_velocity, r.mean_propulsive_velocity) for r in bar.reps if r.mean_propulsive_velocity is not None]
    return bool(both) and all(
        mean is not None and propulsive is not None and mean.value == propulsive.value for mean, propulsive in both
    )


def task_sentences(bar: BarResult) -> list[str]:
    """What losses leave out, tempo and sticking regions, a sentence each."""
    said = [] if bar.loss is None else loss_notes(bar.loss, bar)
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
