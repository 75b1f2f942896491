"""How a set kept to what was asked of it: stop at a loss, tempo; and where lifts stuck. In sentences."""

from legato.bar.means import MEAN_FROM_M_S
from legato.bar.model import BarRep, BarResult, VelocityLoss
from legato.bar.tempo import PARTS, TOLERANCE_S, TempoPart
from legato.report.words import estimate_text, percent, plural, rep_number

_DECIDED = 0.95
"""Probability from which a loss counts as passed. [ENG] the lower end of a 90 % interval."""


_LEAST_TAKEN_M_S = 0.005
"""Less that is taken off the fastest does not show in velocities as they are printed, m/s."""


def loss_sentence(loss: VelocityLoss, bar: BarResult) -> str:
    """How much velocity fell from the fastest repetition to the end of the set, and where it fell most, if
    that is elsewhere.
    """
    last = loss.per_rep[-1][0]
    within = _within(loss)
    end = "the end of the set" if last == bar.reps[-1].rep else "the last rep that was measured"
    where = f"from rep {rep_number(loss.fastest)}, the fastest, to rep {rep_number(last)}, {end}"
    if last == loss.fastest:
        if loss.largest.high <= 0.0:
            slower = "and none is slower than one before it"
            return f"no velocity was lost: rep {rep_number(last)}, {end}, is the fastest, {slower}"
        return f"rep {rep_number(last)}, {end}, is the fastest; {within}"
    if loss.last.low <= 0.0:
        return f"whether velocity fell {where}, is not resolvable: {estimate_text(loss.last)}; {within}"
    if loss.largest_between == (loss.fastest, last):
        return f"velocity fell by {estimate_text(loss.last)} {where}"
    return f"velocity fell by {estimate_text(loss.last)} {where}; {within}"


def _within(loss: VelocityLoss) -> str:
    """The largest loss from one repetition to a later one."""
    first, later = (rep_number(rep) for rep in loss.largest_between)
    lost = estimate_text(loss.largest)
    if loss.largest.low <= 0.0:
        said = "whether any rep is slower than one before it is not resolvable"
        return f"{said}: the largest loss is {lost}, from rep {first} to rep {later}"
    return f"the largest loss within the set is {lost}, from rep {first} to rep {later}"


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


def convention_sentences(bar: BarResult) -> list[str]:
    """From which velocity on mean velocity counts, and how much that changes it in this set."""
    both = [(r, r.mean_velocity.value, r.from_rest) for r in bar.reps if r.mean_velocity and r.from_rest]
    if not both:
        return []
    said = (
        f"mean velocity counts from where the bar first rises faster than {MEAN_FROM_M_S:g} m/s to where it last does"
    )
    if all(_surely_less(*rep) for rep in both):
        less = sorted(round(100.0 * (1.0 - rest / mean)) for _, mean, rest in both)
        share = f"{less[0]}" if less[0] == less[-1] else f"{less[0]} to {less[-1]}"
        said += f"; from standstill to standstill it would be about {share} % less here, by how much exactly no sensor"
        said += " tells"
    else:
        said += "; from standstill to standstill it would be less, by how much cannot be told here"
    return [f"{said}, so compare it with another program's only where that counts alike"]


def _surely_less(rep: BarRep, mean: float, rest: float) -> bool:
    """Whether the velocity from standstill to standstill is less with the shortest way that may be, too."""
    lasted = None if rep.tempo is None else rep.tempo.concentric_s
    return lasted is not None and rest * lasted.value < mean * lasted.low


def task_sentences(bar: BarResult) -> list[str]:
    """What losses leave out, tempo and sticking regions, a sentence each."""
    said = convention_sentences(bar)
    said += [] if bar.loss is None else loss_notes(bar.loss, bar)
    if bar.asked_tempo:
        said += _tempo(bar)
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


def _tempo(bar: BarResult) -> list[str]:
    """How each part that was asked was kept, a sentence each."""
    head = f"tempo {bar.asked_tempo} asked, each part within {TOLERANCE_S:g} s"
    told: list[str] = []
    for name, asked in zip(PARTS, bar.asked_tempo.split("-"), strict=True):
        own = [p for p in bar.tempo if p.part == name]
        told.append(_fast(name, bar.reps) if asked == "X" else _kept(name, own))
    told = [text for text in told if text]
    return [head, *told] if told else [f"{head}: nothing of it is timed"]


def _fast(name: str, reps: tuple[BarRep, ...]) -> str:
    """How long a part took that was asked as fast as possible, which no time judges; empty where it was not timed."""
    times = [getattr(rep.tempo, f"{name}_s") for rep in reps if rep.tempo is not None]
    lasted = [part.value for part in times if part is not None]
    if not lasted:
        return ""
    shortest, longest = f"{min(lasted):.1f}", f"{max(lasted):.1f}"
    took = shortest if shortest == longest else f"{shortest} to {longest}"
    return f"{_NAMES[name]} as fast as possible (X), so no time is judged: it took {took} s"


def _kept(name: str, own: list[TempoPart]) -> str:
    """In which repetitions a part was shorter or longer than asked, or may be; empty where it was not asked."""
    if not own:
        return ""
    kept = [p for p in own if p.verdict == "ok"]
    said = [f"{_NAMES[name]} kept in {len(kept)} of {plural(len(own), 'rep')}"]
    for word in ("shorter", "longer"):
        off = [p.rep for p in own if p.verdict == "fault" and p.reason.startswith(word)]
        if off:
            said.append(f"{word} in {_reps(off)}")
    unsure = [p.rep for p in own if p.verdict == "not-resolvable"]
    if unsure:
        said.append(f"not resolvable in {_reps(unsure)}")
    return "; ".join(said)


def _reps(reps: list[int]) -> str:
    """The numbers of repetitions: `rep 3`, `reps 3, 4 and 6`."""
    numbers = [str(rep_number(rep)) for rep in reps]
    if len(numbers) == 1:
        return f"rep {numbers[0]}"
    return f"reps {', '.join(numbers[:-1])} and {numbers[-1]}"


_NAMES = {"eccentric": "way down", "bottom": "pause at the bottom", "concentric": "way up", "top": "pause at the top"}
