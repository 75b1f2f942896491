"""How far raters agree on the items of a checklist: share alike, kappa and weighted kappa, with what is missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from legato.errors import NotResolvable
from legato.estimate import LEVEL, Estimate
from legato.evidence import kappa
from legato.signals.factors import student_factor

CATEGORIES = (0, 1, 2)
TARGET = 0.6
"""Kappa that a checklist is meant to reach (inventory S1.22); a target, not a finding."""

LEAST_ATHLETES = 5
"""Below it an interval says nothing; the same as `evidence.kappa` asks of subjects. [ENG]"""

Subject = tuple[str, str]
"""An athlete's code and the day."""

Ratings = Mapping[tuple[str, Subject, str], int]
"""What was rated: by rater, subject and item."""


@dataclass(frozen=True, slots=True)
class ItemAgreement:
    """Two raters or more on one item, or on all of them (`item` empty), over the athletes that all of them rated.

    `same` is the share of ratings that are alike (of pairs of raters). The kappas are None, with the reason and what is
    missing, where the data cannot tell them.
    """

    item: str
    raters: tuple[str, ...]
    athletes: int
    ratings: int
    same: float | None
    kappa: Estimate | None
    weighted: Estimate | None
    reason: str


def agreement(ratings: Ratings, items: Sequence[str], level: float = LEVEL) -> tuple[ItemAgreement, ...]:
    """Agreement of all raters, and of each pair where there are more than two: each item, then all items.

    Parameters
    ----------
    ratings
        0, 1 or 2; what a rater did not see is left out.
    items
        In the order in which they are told.
    level
        Of the intervals.

    Notes
    -----
    The kappa of all items takes athletes, not ratings, as independent: its interval is that of the jackknife that
    leaves out one athlete at a time (Efron & Stein 1981, Ann Stat 9:586). The weighted kappa counts a disagreement of
    two steps twice (linear).
    """
    raters = tuple(sorted({rater for rater, _, _ in ratings}))
    if len(raters) < 2:
        return ()
    groups = [raters] + (list(combinations(raters, 2)) if len(raters) > 2 else [])
    found: list[ItemAgreement] = []
    for group in groups:
        tables = {item: _table(ratings, group, item) for item in items}
        found += [_of_item(item, group, tables[item], level) for item in items]
        if len(items) > 1:
            found.append(_of_all(group, tables, level))
    return tuple(found)


_Table = Mapping[Subject, tuple[int, ...]]


def _table(ratings: Ratings, group: Sequence[str], item: str) -> dict[Subject, tuple[int, ...]]:
    """The ratings of the subjects whom all of a group rated on an item."""
    subjects = sorted({subject for _, subject, one in ratings if one == item})
    rows = {subject: [ratings.get((rater, subject, item)) for rater in group] for subject in subjects}
    return {subject: tuple(v for v in row if v is not None) for subject, row in rows.items() if None not in row}


def _of_item(item: str, group: tuple[str, ...], table: _Table, level: float) -> ItemAgreement:
    rows = list(table.values())
    athletes = len({athlete for athlete, _ in table})
    plain = weighted = None
    reason = _too_few(athletes, group)
    if not reason:
        try:
            plain = _over_athletes(table, "none", level)
            weighted = _over_athletes(table, "linear", level)
        except NotResolvable as why:
            reason = str(why)
    return ItemAgreement(item, group, athletes, len(rows), _same(rows), plain, weighted, reason)


def _of_all(group: tuple[str, ...], tables: Mapping[str, _Table], level: float) -> ItemAgreement:
    table = {(athlete, f"{day} {item}"): row for item, one in tables.items() for (athlete, day), row in one.items()}
    return _of_item("", group, table, level)


def _too_few(athletes: int, group: Sequence[str]) -> str:
    if athletes >= LEAST_ATHLETES:
        return ""
    who = "both raters" if len(group) == 2 else f"all {len(group)} raters"
    return (
        f"{athletes} athlete{'' if athletes == 1 else 's'} rated by {who}; kappa needs {LEAST_ATHLETES} or more:"
        f" {LEAST_ATHLETES - athletes} missing"
    )


def _same(rows: Sequence[Sequence[int]]) -> float | None:
    pairs = [a == b for row in rows for a, b in combinations(row, 2)]
    return float(np.mean(pairs)) if pairs else None


def _over_athletes(table: _Table, weights: str, level: float) -> Estimate:
    """Kappa with an interval that takes athletes as independent, however often each was rated."""
    athletes = sorted({athlete for athlete, _ in table})
    whole = kappa(list(table.values()), weights, CATEGORIES, level).estimate
    if len(athletes) == len(table):
        return whole
    left_out = [
        kappa([row for (who, _), row in table.items() if who != athlete], weights, CATEGORIES).estimate.value
        for athlete in athletes
    ]
    n = len(athletes)
    spread = float(np.sqrt((n - 1) / n * np.sum((np.array(left_out) - np.mean(left_out)) ** 2)))
    half = max(student_factor(level, n - 1) * spread, 0.0)
    low = min(whole.low, max(-1.0, whole.value - half))
    return Estimate(whole.value, low, max(whole.high, min(1.0, whole.value + half)), level, "1")
