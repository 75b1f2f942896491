"""A session set against an earlier one: which it may be, what differs, and the sentence that says it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, selectinload

from legato.compare import compare_results
from legato.compare.baseline import USUAL_DAYS, baseline_of_days, usual_days
from legato.compare.differences import LEAST_SHARE
from legato.compare.sides import done_otherwise
from legato.errors import BadInput, NotResolvable
from legato.estimate import Estimate
from legato.report.charts import Axis, horizontal_labels
from legato.report.comparison import (
    change_cell,
    change_head,
    changed_text,
    compared,
    row_name,
    set_apart,
    times_in_seconds,
    verdict_words,
)
from legato.report.rounding import figures
from legato.report.words import gap_ms, interval_ms
from legato.store import Catalogue
from legato.store.rows import ResultRow, SessionRow
from legato.web.of_athlete import named_result
from legato.web.words import translate as _

_MOST_OTHERS = 60
"""Sessions of other athletes that are offered."""

_HELD, _HELD_LINES = 8, 2000
"""Comparisons that are remembered whole, and their one line. [ENG]"""


_SUREST = 3
"""Numbers that stand at the top where no gap does. [ENG]"""


_File: TypeAlias = tuple[str, str]
"""Checksum of a `result.json`, and what people call it."""


@dataclass(frozen=True, slots=True)
class Row:
    """A number of both sets, in words: `detectable` is the smallest change that counts, empty where it is not known;
    `change` is what is said of the difference.
    """

    name: str
    unit: str
    first: str
    second: str
    difference: str
    change: str
    detectable: str
    verdicts: str


@dataclass(frozen=True, slots=True)
class Change:
    """What one line tells of two sessions: the gap that the finding is about, where both tell one, what was done
    `otherwise`, and how many numbers differ of how many.
    """

    main: Mapping[str, Any] | None
    otherwise: Sequence[str]
    differ: int
    of: int


@dataclass(frozen=True, slots=True)
class Lane:
    """An event of a link, then and now: places on the axis in per cent, and their words."""

    name: str
    noun: str
    then: "Mark | None"
    now: "Mark | None"


@dataclass(frozen=True, slots=True)
class Mark:
    """The mean of an event: its place and that of its interval, per cent of the axis; in words, with nothing `drawn`
    where too few repetitions were timed for a mean.
    """

    at: float
    low: float
    wide: float
    text: str
    drawn: bool = True


def earlier_first(one: SessionRow, other: SessionRow) -> bool:
    """Whether `one` was recorded before `other`."""
    return in_order((one, other))[0] is one


def in_order(sessions: Iterable[SessionRow]) -> list[SessionRow]:
    """Sessions in the order in which they were recorded."""
    return sorted(sessions, key=lambda one: (one.recorded_on, one.created_at, one.id))


def of_one_athlete(one: SessionRow, other: SessionRow) -> bool:
    """Whether both sessions are known to be of one athlete."""
    return one.athlete_id is not None and one.athlete_id == other.athlete_id


def others_of(rows: Session, session: SessionRow, result: ResultRow) -> tuple[list[SessionRow], list[SessionRow]]:
    """Sessions of the same movement that have a result: of the same athlete, and of others; the newest first."""
    return own_of(rows, session, result), strange_of(rows, session, result)


def own_of(rows: Session, session: SessionRow, result: ResultRow) -> list[SessionRow]:
    """The athlete's other sessions of the same movement that have a result, the newest first."""
    if session.athlete_id is None:
        return []
    return _alike(rows, session, result, SessionRow.athlete_id == session.athlete_id)


def strange_of(rows: Session, session: SessionRow, result: ResultRow) -> list[SessionRow]:
    """Sessions of the same movement, of other athletes or of nobody known, that have a result; the newest first."""
    if session.athlete_id is None:
        return _alike(rows, session, result, None, _MOST_OTHERS)
    strange = or_(SessionRow.athlete_id != session.athlete_id, SessionRow.athlete_id.is_(None))
    return _alike(rows, session, result, strange, _MOST_OTHERS)


def alike(rows: Session, session: SessionRow, result: ResultRow, other_id: str) -> SessionRow | None:
    """The session of this id, whoever's it is; None where it is not of the same movement or has no result."""
    return next(iter(_alike(rows, session, result, SessionRow.id == other_id)), None)


def _alike(
    rows: Session, session: SessionRow, result: ResultRow, whose: ColumnElement[bool] | None, most: int | None = None
) -> list[SessionRow]:
    movement = result.summary["movement"]
    asked = select(SessionRow).where(SessionRow.id != session.id, SessionRow.results.any())
    asked = asked.where(or_(SessionRow.movement == movement, SessionRow.movement.is_(None)))
    asked = asked.order_by(SessionRow.recorded_on.desc(), SessionRow.created_at.desc()).limit(most)
    asked = asked.options(selectinload(SessionRow.results), selectinload(SessionRow.athlete))
    found = rows.scalars(asked if whose is None else asked.where(whose))
    return [one for one in found if one.results and one.results[-1].summary["movement"] == movement]


def numbers_of(result: ResultRow) -> set[tuple[str, ...]]:
    """What a result can be compared by: the gaps and metrics that its set has a mean of."""
    gaps = {(g["from"], g["to"], g["event"]) for g in result.summary["gaps"] if g["set"] is not None}
    return gaps | {(name,) for name in result.summary.get("metrics", {})}


def with_an_earlier(sessions: Sequence[SessionRow]) -> set[str]:
    """Of sessions, the newest first, the ids of those that can be compared with an earlier one of their athlete."""
    seen: dict[tuple[str | None, str], set[tuple[str, ...]]] = {}
    found: set[str] = set()
    for one in reversed([one for one in sessions if one.athlete_id and one.results]):
        result = one.results[-1]
        known = seen.setdefault((one.athlete_id, str(result.summary["movement"])), set())
        if known & (numbers := numbers_of(result)):
            found.add(one.id)
        known |= numbers
    return found


def before(session: SessionRow, result: ResultRow, own: Sequence[SessionRow]) -> SessionRow | None:
    """The last session before this one that it can be compared with: both have a mean of some number."""
    numbers = numbers_of(result)
    earlier = (one for one in own if earlier_first(one, session))
    return next((one for one in earlier if numbers & numbers_of(one.results[-1])), None)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sessions with the results that stand for them, the one recorded first as `first`; of one athlete the sessions
    that may tell the change from day to day (`choice`), and those that do (`used`).
    """

    first: tuple[SessionRow, ResultRow]
    second: tuple[SessionRow, ResultRow]
    one_athlete: bool
    choice: Sequence[SessionRow]
    used: Sequence[tuple[SessionRow, ResultRow]]


def pair_of(
    session: SessionRow, result: ResultRow, other: SessionRow, own: Sequence[SessionRow], days: Sequence[str] | None
) -> Pair:
    """A session with the `result` that is shown of it beside an `other` one; `days`: the ids of the sessions that were
    chosen to tell the change from day to day, else the first days that have a number do.
    """
    theirs = (other, other.results[-1])
    mine = (session, result)
    first, second = (theirs, mine) if earlier_first(other, session) else (mine, theirs)
    one_athlete = of_one_athlete(session, other)
    choice = in_order([session, *own]) if one_athlete else []
    chosen = choice if days is None else [one for one in choice if one.id in days]
    used = usual_days(dated(chosen, session, result), USUAL_DAYS if days is None else None)
    return Pair(first, second, one_athlete, choice, [(one, result_of(one, session, result)) for one in used])


def dated(sessions: Sequence[SessionRow], session: SessionRow, result: ResultRow) -> list[tuple[date, SessionRow]]:
    """Sessions in their order with their days: those that tell of the change from day to day, by a mean of any
    number.
    """
    return [(one.recorded_on, one) for one in in_order(sessions) if numbers_of(result_of(one, session, result))]


def result_of(one: SessionRow, session: SessionRow, result: ResultRow) -> ResultRow:
    """The result that stands for a session: the one that is shown for this one, the newest for all others."""
    return result if one is session else one.results[-1]


def comparison(
    catalogue: Catalogue,
    first: ResultRow,
    second: ResultRow,
    days: Sequence[ResultRow],
    *,
    same_placement: bool,
    one_athlete: bool,
) -> tuple[Mapping[str, Any], str]:
    """The record of `legato compare` on two results, the earlier one first, with the baseline that `days` give; and why
    they give none, where they do not. Of two athletes there is none. The record is shared, so nobody may change it.

    Raises
    ------
    BadInput, NotResolvable
        As the command does.
    """
    one, two, *others = (_file_of(row) for row in (first, second, *days))
    if not one_athlete:
        return _comparison(catalogue, one, two, None, False)
    return _comparison(catalogue, one, two, tuple(others), same_placement)


@lru_cache(maxsize=_HELD)
def _comparison(
    catalogue: Catalogue, first: _File, second: _File, days: tuple[_File, ...] | None, same_placement: bool
) -> tuple[Mapping[str, Any], str]:
    """`days` is None where the results are of two athletes."""
    results = (named_result(catalogue, *first), named_result(catalogue, *second))
    if days is None:
        return compare_results(*results, one_athlete=False), ""
    known, why = baseline_of_days([named_result(catalogue, *file) for file in days])
    return compare_results(*results, same_placement=same_placement, baseline=known), why


def _file_of(result: ResultRow) -> _File:
    return str(result.files.get("result.json", "")), result.session.name


def main_change(catalogue: Catalogue, first: ResultRow, second: ResultRow, days: Sequence[ResultRow]) -> Change | None:
    """Of one athlete's `comparison` what one line tells, remembered longer; None where they cannot be compared."""
    one, two, *others = (_file_of(row) for row in (first, second, *days))
    return _main_change(catalogue, one, two, tuple(others), primary_gap(second))


@lru_cache(maxsize=_HELD_LINES)
def _main_change(
    catalogue: Catalogue, first: _File, second: _File, days: tuple[_File, ...], wanted: tuple[str, str, str] | None
) -> Change | None:
    try:
        record, _why = _comparison(catalogue, first, second, days, False)
    except (BadInput, NotResolvable):
        return None
    if record["kind"] == "same-recording":
        return None
    every = compared(record)
    return Change(main_row(record, wanted), otherwise(record), sum(row["shown"] != "no" for row in every), len(every))


def otherwise(record: Mapping[str, Any]) -> tuple[str, ...]:
    """What was not alike in two sets and may shape their numbers, and what speaks against one athlete."""
    return (*(changed_text(one) for one in done_otherwise(record["changed"])), *record["doubts"])


def forget() -> None:
    """Let go of what is remembered."""
    _comparison.cache_clear()
    _main_change.cache_clear()


def rows_of(record: Mapping[str, Any]) -> list[Row]:
    """Every number of both sets in words, gaps first."""
    every = compared(record)
    seconds = times_in_seconds(every)
    between = " → " if record["one_athlete"] else ", "
    return [_row(row, between, seconds=seconds) for row in every]


def surest(record: Mapping[str, Any]) -> list[tuple[str, Row]]:
    """The numbers that differ most surely, as many as are read at a glance, each with what is said of it in a word or
    two. They are picked by their size, so some of them may differ by chance.
    """

    def surely(row: Mapping[str, Any]) -> float:
        told = row["difference"]
        half = 0.5 * (told["high"] - told["low"])
        return abs(told["value"]) / half if half > 0.0 else 0.0

    every = compared(record)
    seconds, between = times_in_seconds(every), " → " if record["one_athlete"] else ", "
    picked = sorted((row for row in every if row["shown"] != "no"), key=surely, reverse=True)[:_SUREST]
    return [(change_head(row), _row(row, between, seconds=seconds)) for row in picked]


def _row(row: Mapping[str, Any], between: str, *, seconds: bool) -> Row:
    unit, first, second, difference = set_apart(row, seconds=seconds)
    change = row["detectable_change"]
    told = "" if change is None else figures(change, (change["value"],), seconds=seconds).interval(change)
    verdicts = ""
    if "verdict_first" in row:
        one, two = verdict_words(row)
        verdicts = one if one == two else f"{one}{between}{two}"
    return Row(row_name(row), unit, first, second, difference, change_cell(row), told, verdicts)


def primary_gap(result: ResultRow) -> tuple[str, str, str] | None:
    """Links and event of the gap that the finding is about."""
    return next(((g["from"], g["to"], g["event"]) for g in result.summary["gaps"] if g["primary"]), None)


def main_row(record: Mapping[str, Any], wanted: tuple[str, str, str] | None) -> Mapping[str, Any] | None:
    """The gap that is wanted, where both sets tell it; else the first."""
    gaps = record.get("gaps") or []
    return next((g for g in gaps if (g["from"], g["to"], g["event"]) == wanted), gaps[0] if gaps else None)


def too_few(record: Mapping[str, Any], mark: Mapping[str, Any]) -> str:
    """How few repetitions of a session an event was timed in, where that is too few for a mean, as for a set's number;
    else empty.
    """
    whole = sum(bool(row["complete"]) for row in record["reps"]["rows"])
    if mark["n"] >= LEAST_SHARE * whole:
        return ""
    return _("timed in %(n)s of %(whole)s: no mean") % {"n": mark["n"], "whole": whole}


def lanes_of(then: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[list[Lane], str, str]:
    """The events of both on one axis, the axis' labels as HTML, and why there is none where there is none."""
    if not then["lanes"] or not now["lanes"]:
        return [], "", _("No link was timed in both sessions.")
    if then["aligned"] != now["aligned"]:
        return [], "", _("The two are lined up at different instants, so their times cannot lie on one axis.")
    every = [*then["lanes"], *now["lanes"]]
    told = [mark for record in (then, now) for mark in record["lanes"] if not too_few(record, mark)]
    if not told:
        return [], "", _("No event was timed in enough repetitions of either session for a mean.")
    axis = Axis.around([0.0, *(mark[end] for mark in told for end in ("low", "high"))], pad=0.12, least=0.02)
    keys = dict.fromkeys((mark["link"], mark["event"], mark["name"], mark["noun"]) for mark in every)

    def mark(record: Mapping[str, Any], key: tuple[str, str, str, str]) -> Mark | None:
        one = next((m for m in record["lanes"] if (m["link"], m["event"], m["name"], m["noun"]) == key), None)
        if one is None:
            return None
        if few := too_few(record, one):
            return Mark(0.0, 0.0, 0.0, few, drawn=False)
        at, low, high = (100.0 * axis.share(one[end]) for end in ("value", "low", "high"))
        estimate = Estimate(one["value"], one["low"], one["high"], unit="s")
        return Mark(
            round(at, 2), round(low, 2), round(high - low, 2), f"{gap_ms(estimate)} ms ({interval_ms(estimate)})"
        )

    lanes = [Lane(key[2], key[3], mark(then, key), mark(now, key)) for key in keys]
    zero = Mark(round(100.0 * axis.share(0.0), 2), 0.0, 0.0, "")
    return [*lanes, Lane("", "", zero, zero)], horizontal_labels(axis, "ms", scale=1000.0), ""
