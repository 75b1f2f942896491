"""What a trial takes and what it can find, told before it is registered: sessions, weeks and power."""

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from legato.compare.outcomes import OutcomeRow
    from legato.evidence.trials.registration import Request

_ENOUGH = 0.8
"""Power below which a registration is warned of. [ENG] The usual one."""

A_WEEK = (1, 2, 3)
"""Days a week that the weeks of a trial are told for. [ENG] What people keep up beside their training."""


def plan_words(request: "Request") -> str:
    """What is planned, in words."""
    from legato.evidence.trials.sign_flip import least_p

    if request.doses is not None:
        return f"{request.planned} blocks of {len(request.doses.doses_ms)} cued lags"
    if request.phases is not None:
        word = "B A B A" if request.changes == 3 else "B A"
        many = f" in each of {request.planned} series" if request.planned > 1 else ""
        return f"{request.phases.sessions} sessions{many} in phases {word}"
    return f"{request.planned} pairs (smallest p {least_p(request.planned):.2g})"


def days_of(request: "Request") -> int:
    """Days on which something is recorded: a block of cued lags is one day's sets, else each session is a day."""
    from legato.evidence.trials.designs import sessions_of

    return request.planned * (1 if request.doses is not None else sessions_of(request))


def weeks_of(days: int, a_week: float, washout_h: float) -> int:
    """Weeks from the first day to the last, one that is begun counted whole; the washout may ask for fewer days."""
    apart = max(7.0 / a_week, washout_h / 24.0)
    return math.ceil(((days - 1) * apart + 1.0) / 7.0 - 1e-9)


def takes_lines(request: "Request", a_week: float | None = None) -> list[str]:
    """How many sessions and weeks a trial takes, where nothing is refused; `a_week`: on how many days the athlete's own
    plan trains.
    """
    from legato.evidence.trials.designs import block_word, in_phases, sessions_of
    from legato.report.words import listed, plural

    days, each, washout = days_of(request), sessions_of(request), request.washout_h
    apart = f", at least {washout:g} h apart" if washout else ""
    if request.doses is not None:
        block = f"a block a day, each of {each} cued lags once, each set recorded and added by itself"
        lines = [f"{plural(days * each, 'set')} on {plural(days, 'day')}{apart}: {block}"]
    elif in_phases(request):
        lines = [f"{plural(days, 'session')}{apart}"]
    else:
        pairs = f"{plural(request.planned, 'pair')}, each with one of A and one of B"
        lines = [f"{plural(days, 'session')}{apart}: {pairs}"]
    if a_week is not None:
        weeks = plural(weeks_of(days, a_week, washout), "week")
        lines.append(f"{weeks} at {a_week:g} days a week, as this athlete's plan has")
    else:
        told = [f"{plural(weeks_of(days, n, washout), 'week')} at {plural(n, 'day')} a week" for n in A_WEEK]
        lines.append(f"from the first to the last {listed(told)}")
    if not in_phases(request) and request.replacements:
        word = plural(request.replacements, block_word(request))
        lines.append(f"longer where any is refused and comes again: up to {word}")
    return lines


def foreseen(request: "Request", row: "OutcomeRow", a_week: float | None = None, *, power: bool = True) -> list[str]:
    """What a trial takes and, with `power`, what it can find; `a_week` as in `takes_lines`."""
    lines = takes_lines(request, a_week)
    if not power:
        return lines
    spread = assumed_spread(request, row)
    return [*lines, *power_lines(request, row, spread, power_of(request, spread))]


def assumed_spread(request: "Request", row: "OutcomeRow") -> float | None:
    """SD of a session's number as assumed: a share where the effect is one, else in the unit."""
    wanted = request.outcome
    if wanted.session_spread is not None:
        return wanted.session_spread * (0.01 if wanted.relative else 1.0)
    return 0.01 * row.session_cv_pct if wanted.relative and row.session_cv_pct is not None else None


def power_of(request: "Request", spread: float | None) -> float | None:
    """Share of trials that would support the claim, were its promise true; without one, would tell the effect of
    interest from none. None of a design whose power is not told, or without a spread.
    """
    from legato.evidence.trials.power import power_of_pairs, sd_of_change

    if spread is None or request.pairs is None:
        return None
    wanted = request.outcome
    least = 0.0 if wanted.expected is None else _size(request, wanted.effect_of_interest)
    alpha = request.alpha / (len(request.looks) + 1)
    return power_of_pairs(request.pairs, _true_change(request), sd_of_change(spread), alpha=alpha, at_least=least)


def power_lines(request: "Request", row: "OutcomeRow", spread: float | None, power: float | None) -> list[str]:
    """What a trial can find, and how many pairs would do where that is little."""
    from legato.evidence.trials.power import pairs_needed, sd_of_change

    wanted = request.outcome
    if request.pairs is None:
        return ["power: is not told of this design here, see docs/trials.md"]
    if spread is None or power is None:
        return ["power: not known, as session_spread was not given; a true change may well be missed"]
    told = f"{100 * spread:g} %" if wanted.relative else f"{spread:g} {wanted.effect_unit}"
    where = "" if wanted.session_spread is not None else f" ({row.source})"
    promised = wanted.effect_of_interest if wanted.expected is None else wanted.expected
    what = "be told from none" if wanted.expected is None else "be supported"
    true = f"a true change of {promised:g} {wanted.effect_unit}"
    share = f"power: {true} would {what} in {100 * power:.0f} % of such trials"
    said = [f"{share}, if a session's number varies by {told}{where}"]
    if power < _ENOUGH:
        alpha = request.alpha / (len(request.looks) + 1)
        needed = pairs_needed(_true_change(request), sd_of_change(spread), alpha=alpha)
        enough = f"{needed} pairs would do" if needed else "more pairs than anybody keeps up would be needed"
        said.append(f"WARNING: power is below {100 * _ENOUGH:.0f} %, so {true} would often be missed; {enough}")
    return said


def _true_change(request: "Request") -> float:
    """The change that power is told for."""
    wanted = request.outcome
    return _size(request, wanted.effect_of_interest if wanted.expected is None else wanted.expected)


def _size(request: "Request", change: float) -> float:
    """A change as the test sees it: a logarithm of a ratio where it is relative."""
    from legato.evidence.trials.scale import tested

    return tested(request.question(""), 0.01 * change if request.outcome.relative else change)
