"""How the gaps and main numbers of an athlete's movement went over sessions, each with its interval, held against the
smallest change that the athlete's usual days let one see.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from html import escape
from typing import Any, Literal, TypeAlias

from legato.compare import Result, compare_results, make_baseline
from legato.compare.baseline import Baseline
from legato.compare.readings import comparables
from legato.compare.results import Number
from legato.errors import BadInput, NotResolvable
from legato.estimate import Estimate
from legato.report.charts import Axis, canvas, horizontal_grid, vertical_labels
from legato.report.interval_charts import mark
from legato.report.words import estimate_text, event_noun, link_name, quantity_name
from legato.web.words import plural
from legato.web.words import translate as _

USUAL = 3
"""Days at the beginning that count as usual, as `legato baseline` advises for an own band."""

_TICKS = 5

Beyond: TypeAlias = Literal["", "yes", "no", "not-resolvable"]
_FINE: Mapping[str, tuple[float, str]] = {"s": (1000.0, "ms")}
"""Units of which people read a finer one: gaps are told in milliseconds."""


@dataclass(frozen=True, slots=True)
class Session:
    """A session of a movement: its day, its name, where it stands, its result, and the means that lists keep of it."""

    on: date
    name: str
    path: str
    result: Result
    metrics: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Point:
    """A number in one session, in the unit that is read; None with the reason where there is none. `sure`: its verdict
    could be told. `change` since the first session, and whether that is `beyond` the smallest detectable one.
    """

    session: Session
    value: Estimate | None
    sure: bool
    reason: str
    change: Estimate | None = None
    beyond: Beyond = ""

    @property
    def text(self) -> str:
        """The number with its interval."""
        return self.reason or _("not measured") if self.value is None else estimate_text(self.value)

    @property
    def change_text(self) -> str:
        """The change with its interval; a dash where there is none."""
        return estimate_text(self.change)

    @property
    def says(self) -> str:
        """What may be said of the change: that there is one, only beyond the smallest detectable one."""
        if self.beyond == "yes" and self.change is not None:
            return _("change: higher") if self.change.value > 0 else _("change: lower")
        return {"no": _("no change seen"), "not-resolvable": _("not resolvable")}.get(self.beyond, "—")


@dataclass(frozen=True, slots=True)
class Line:
    """A number over sessions. `detectable`: the smallest detectable change, in the unit that is read."""

    name: str
    small: str
    points: tuple[Point, ...]
    detectable: Estimate | None
    chart: str = ""

    @property
    def detectable_text(self) -> str:
        """The smallest detectable change in words, with its interval."""
        return _("unknown") if self.detectable is None else estimate_text(self.detectable)


@dataclass(frozen=True, slots=True)
class Trends:
    """The gaps, the numbers that mean the same in several activities, all others, and what holds for all of them."""

    gaps: tuple[Line, ...]
    main: tuple[Line, ...]
    others: tuple[Line, ...]
    notes: tuple[str, ...]


def trends_of(sessions: Sequence[Session], usual: int = USUAL) -> Trends:
    """The trends of one movement.

    Parameters
    ----------
    sessions
        The oldest first.
    usual
        How many days at the beginning count as usual; from them comes the smallest detectable change.
    """
    baseline, notes = _baseline(sessions, usual)
    compared = [_compared(sessions[0].result, one.result, baseline) if k else {} for k, one in enumerate(sessions)]
    gaps = tuple(
        _drawn(_gap(key, sessions, compared, baseline))
        for key in dict.fromkeys(gap.key for one in sessions for gap in one.result.gaps)
    )
    main = {name for row in comparables() for name in row.metric}
    lines = {
        name: _metric(name, sessions, compared, baseline)
        for name in dict.fromkeys(n for s in sessions for n in s.metrics)
    }
    return Trends(
        gaps,
        tuple(_drawn(line) for name, line in lines.items() if name in main),
        tuple(_drawn(line) for name, line in lines.items() if name not in main),
        tuple(notes),
    )


def _baseline(sessions: Sequence[Session], usual: int) -> tuple[Baseline | None, list[str]]:
    """What the first days let one see; a day counts once, by its last session."""
    by_day = {one.on: one for one in sessions}
    days = [by_day[on] for on in sorted(by_day)][:usual]
    notes: list[str] = []
    if len(days) < USUAL:
        more = plural("{n} day more", "{n} days more", USUAL - len(days))
        notes.append(_("The smallest detectable change takes %(least)s days done alike: %(more)s.")
                     % {"least": USUAL, "more": more})  # fmt: skip
        return None, notes
    try:
        found = Baseline.model_validate(make_baseline([one.result for one in days]))
    except (BadInput, NotResolvable) as why:
        return None, [_("No smallest detectable change: %s") % why]
    told = {"n": len(days), "until": days[-1].on.isoformat()}
    notes.append(
        _(
            "The smallest detectable change is that of the first %(n)s days, up to %(until)s, between two days; what"
            " training changed within them makes it larger. Change is said only beyond it."
        )
        % told
    )
    return found, notes


def _compared(first: Result, second: Result, baseline: Baseline | None) -> Mapping[str, Any]:
    try:
        return compare_results(first, second, baseline=baseline)
    except (BadInput, NotResolvable):
        return {}


def _gap(
    key: tuple[str, str, str], sessions: Sequence[Session], compared: Sequence[Mapping[str, Any]], base: Baseline | None
) -> Line:
    points: list[Point] = []
    quantity = ""
    for one, differs in zip(sessions, compared, strict=True):
        gap = next((g for g in one.result.gaps if g.key == key), None)
        quantity = quantity or (gap.quantity if gap else "")
        value = None if gap is None or gap.of_set is None else _read(gap.of_set, "s", one.result.level)
        reason = "" if gap is None else gap.reason or ""
        sure = gap is not None and gap.verdict != "not-resolvable"
        rows: Sequence[Mapping[str, Any]] = differs.get("gaps", ())
        found = next((row for row in rows if (row["from"], row["to"], row["event"]) == key), None)
        points.append(_with_change(Point(one, value, sure, reason), found))
    name = f"{link_name(key[0])} {_('to')} {link_name(key[1])}"
    event = _("%s; positive: the second comes later") % event_noun(key[2], quantity)
    return Line(name[0].upper() + name[1:], event, tuple(points), _detectable(base and base.detectable_gap(key), "s"))


def _metric(
    name: str, sessions: Sequence[Session], compared: Sequence[Mapping[str, Any]], base: Baseline | None
) -> Line:
    points: list[Point] = []
    unit = next((str(one.metrics[name].get("unit", "")) for one in sessions if name in one.metrics), "")
    for one, differs in zip(sessions, compared, strict=True):
        told = one.metrics.get(name)
        value = None if told is None else _read(Number.model_validate(told), unit, 0.9)
        rows: Sequence[Mapping[str, Any]] = differs.get("metrics", ())
        found = next((row for row in rows if row["name"] == name), None)
        points.append(_with_change(Point(one, value, value is not None, ""), found))
    said = quantity_name(name)
    return Line(said[0].upper() + said[1:], "", tuple(points), _detectable(base and base.detectable_metric(name), unit))


def _with_change(point: Point, row: Mapping[str, Any] | None) -> Point:
    if row is None:
        return point
    told = row["difference"]
    change = _read(Number.model_validate(told), str(told["unit"]), 0.9)
    return replace(point, change=change, beyond=row["beyond_detectable"] or "")


def _read(told: Number, unit: str, level: float) -> Estimate:
    """A number in the unit that is read."""
    scale, shown = _FINE.get(unit, (1.0, unit))
    return Estimate(scale * told.value, scale * told.low, scale * told.high, level, shown)


def _detectable(told: Number | None, unit: str) -> Estimate | None:
    return None if told is None else _read(told, unit, 0.9)


def _drawn(line: Line) -> Line:
    """With its chart: a point a session with its interval, hollow where nothing could be told; a band of the smallest
    detectable change around the first.
    """
    known = [(p, p.value) for p in line.points if p.value is not None]
    if not known:
        return line
    first = known[0][1]
    reach = 0.0 if line.detectable is None else line.detectable.value
    ends = [end for _p, v in known for end in (v.low, v.high)] + [first.value - reach, first.value + reach]
    up = Axis.around(ends)
    days = [p.session.on.toordinal() for p in line.points]
    across = Axis(min(days) - _room(days), max(days) + _room(days))
    seen: dict[int, int] = {}
    marks: list[str] = []
    for point, value in known:
        day = point.session.on.toordinal()
        at = day + 0.15 * _room(days) * seen.get(day, 0)
        seen[day] = seen.get(day, 0) + 1
        marks.append(mark(across, up, at, value, "" if point.sure else "open"))
    band = ""
    if line.detectable is not None:
        low, high = (100.0 * up.share(first.value + sign * reach) for sign in (-1, 1))
        band = f'<i class="sdc" style="bottom:{low:.2f}%;height:{high - low:.2f}%"></i>'
    area = canvas(horizontal_grid(up, _TICKS), line.name) + band + "".join(marks)
    chart = (
        f"<figure><figcaption>{escape(line.name)} <small>{escape(line.small)}</small></figcaption>"
        f'<div class="plot">{vertical_labels(up, _unit(first.unit), about=_TICKS)}'
        f'<div class="area">{area}</div>{_days(across, line)}</div></figure>'
    )
    return replace(line, chart=chart)


def _room(days: Sequence[int]) -> float:
    return max(1.0, 0.08 * (max(days) - min(days)))


def _days(across: Axis, line: Line) -> str:
    """The first and last day below the chart."""
    days = list(dict.fromkeys(point.session.on for point in line.points))
    ends = [days[0], days[-1]] if len(days) > 1 else days
    spans = "".join(f'<span style="left:{across.percent(on.toordinal())}">{on.day} {on:%b %y}</span>' for on in ends)
    return f'<div class="xl ends" aria-hidden="true">{spans}</div>'


def _unit(unit: str) -> str:
    return {"deg": "°", "1": ""}.get(unit, f" {unit}")
