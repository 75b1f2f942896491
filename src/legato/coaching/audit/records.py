"""Attempts at records against base work (inventory S2.14): what is counted as which, and whether it is too many."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from legato.coaching.audit.findings import Finding, sets_words
from legato.coaching.audit.imported import LogSet
from legato.coaching.audit.limits import limit

_MOST_FOR_MAXIMUM = 10
"""Repetitions up to which a set tells the maximum by Epley's formula (see `limits.toml`)."""


@dataclass(frozen=True, slots=True)
class Lift:
    """One exercise: sets that are attempts, sets of few repetitions that may be (no effort is told), base work, all."""

    exercise: str
    attempts: int
    unsure: int
    base: int
    sets: int


def lifts_counted(sets: Sequence[LogSet], since: date) -> tuple[Lift, ...]:
    """Attempts and base work of every exercise with a weight from a day on; what went before tells its records.

    Parameters
    ----------
    sets
        Of the log, in order of days, with those in which nothing was done.
    since
        The first day that counts.
    """
    by: dict[str, list[LogSet]] = defaultdict(list)
    for one in sets:
        if one.weight_kg and (one.reps is not None or one.kind == "failed") and one.kind != "warm-up":
            by[one.exercise].append(one)
    found = [_counted(name, of, since) for name, of in by.items()]
    return tuple(sorted((one for one in found if one.sets), key=lambda one: (-one.attempts, -one.sets, one.exercise)))


def _counted(name: str, sets: Iterable[LogSet], since: date) -> Lift:
    most_reps, most_rpe = limit("attempt-reps"), limit("attempt-rpe")
    low, high = limit("base-reps-low"), limit("base-reps-high")
    days: set[date] = set()
    maximum = heaviest = 0.0
    attempts = unsure = base = total = 0
    for one in sets:
        weight, reps = one.weight_kg or 0.0, one.reps or 0.0
        known = len(days - {one.on}) >= limit("attempt-after")
        record = known and (weight > heaviest or weight >= limit("attempt-share") / 100.0 * maximum)
        hard = one.kind in ("failed", "to-failure") or (one.rpe is not None and one.rpe >= most_rpe)
        counts = one.on >= since
        if counts:
            total += one.sets
            if reps <= most_reps and (hard or (record and one.rpe is None)):
                attempts += one.sets
            elif reps <= most_reps and one.rpe is None:
                unsure += one.sets
            elif low <= reps <= high and not hard:
                base += one.sets
        if reps:
            days.add(one.on)
            heaviest = max(heaviest, weight)
            if reps <= _MOST_FOR_MAXIMUM:
                maximum = max(maximum, weight if reps == 1 else weight * (1.0 + reps / 30.0))
    return Lift(name, attempts, unsure, base, total)


def records_finding(lifts: Sequence[Lift]) -> Finding:
    """Whether attempts are too many for the base work of the same lifts."""
    title = "Records and base work"
    held = (
        "attempts-per-base", "attempt-reps", "attempt-rpe", "attempt-share", "attempt-after", "base-reps-low",
        "base-reps-high", "least-sets",
    )  # fmt: skip
    tried = [one for one in lifts if one.attempts or one.unsure]
    least = int(limit("least-sets"))
    if sum(one.sets for one in lifts) < least:
        says = f"the log has fewer than {sets_words(least)} with weight and repetitions in these weeks"
        return Finding("records", title, "not-resolvable", says, held)
    if not tried:
        return Finding("records", title, "ok", "no set is an attempt at a record", held, 0.0, 0.0)
    surely = sum(one.attempts for one in tried)
    base = sum(one.base for one in tried)
    most = limit("attempts-per-base") / 100.0
    unsure = sum(one.unsure for one in tried)
    # A lift whose few repetitions may all have been easy gives its base work only if one of them was an attempt.
    certain = sum(one.base for one in tried if one.attempts)
    if surely > most * base:
        verdict = "look"
    else:
        verdict = "ok" if surely <= most * certain and surely + unsure <= most * base else "not-resolvable"
    may = f" and {unsure} that may be (no effort is told)" if unsure else ""
    attempts = "1 set is an attempt" if surely == 1 else f"{surely} sets are attempts"
    says = f"{attempts} at a record{may}, against {sets_words(base)} of base work of these lifts"
    if verdict == "look":
        says += f"; more than {100 * most:g} for every hundred"
    low = surely / base if base else None
    return Finding("records", title, verdict, says, held, low, (surely + unsure) / base if base else None)
