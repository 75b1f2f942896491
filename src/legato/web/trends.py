"""How the gaps and main numbers of an athlete's movement went over sessions, each with its interval, held against the
smallest change that the athlete's usual days let one see.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from html import escape
from typing import Any

from legato.compare import Baseline, Result, compare_results
from legato.compare.baseline import USUAL_DAYS as USUAL
from legato.compare.baseline import baseline_of_days, usual_days
from legato.compare.findings import judged_metrics, same_number, told_anyway
from legato.compare.readings import comparables
from legato.compare.results import FindingRecord, Number
from legato.errors import BadInput, NotResolvable
from legato.estimate import LEVEL, Estimate
from legato.report.charts import Axis, canvas, horizontal_grid, vertical_labels
from legato.report.comparison import change_word, finding_name
from legato.report.interval_charts import mark
from legato.report.words import estimate_text, event_noun, link_name, quantity_name
from legato.store import Catalogue
from legato.web.of_athlete import Measured, named_result
from legato.web.overlay import otherwise
from legato.web.words import language
from legato.web.words import translate as _

_TICKS = 5

_PAD = 0.12
"""Room above and below what a chart holds, as a share of it: half a point is 4 % of the height. [ENG]"""

_HELD = 100
"""Athletes whose trends are remembered. [ENG] Some 100 kB each, nearly all of it text."""

_FINE: Mapping[str, tuple[float, str]] = {"s": (1000.0, "ms")}
"""Units of which people read a finer one: gaps are told in milliseconds."""


@dataclass(frozen=True, slots=True)
class Dated:
    """A session as a line names it: its day, its name, where it stands."""

    on: date
    name: str
    path: str


@dataclass(frozen=True, slots=True)
class Session(Dated):
    """A session of a movement with its result, and the means that lists keep of it."""

    result: Result
    metrics: Mapping[str, Mapping[str, Any]]

    @property
    def has_numbers(self) -> bool:
        """Whether it tells of the change from day to day: it has a mean of any number."""
        return bool(self.metrics) or any(gap.of_set is not None for gap in self.result.gaps)

    @property
    def dated(self) -> Dated:
        """The session without its result, which is large."""
        return Dated(self.on, self.name, self.path)


@dataclass(frozen=True, slots=True)
class Point:
    """A number in one session, in the unit that is read; None with the reason where there is none. `sure`: its verdict
    could be told. Against the line's first: the `change`, what `legato compare` says of it, what was done `otherwise`.
    """

    session: Dated
    value: Estimate | None
    sure: bool
    reason: str
    change: Estimate | None = None
    says: str = "—"
    otherwise: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The number with its interval."""
        return self.reason or _("not measured") if self.value is None else estimate_text(self.value)

    @property
    def change_text(self) -> str:
        """The change with its interval; a dash where there is none."""
        return estimate_text(self.change)


@dataclass(frozen=True, slots=True)
class Line:
    """A number over sessions. `against`: the first session that has it. `detectable`: the smallest detectable change,
    in the unit that is read; a number `of_set` alone, as a slope or a share of its repetitions, has none.
    """

    name: str
    small: str
    points: tuple[Point, ...]
    against: Dated | None
    detectable: Estimate | None
    chart: str = ""
    of_set: bool = False

    @property
    def detectable_text(self) -> str:
        """The smallest detectable change in words, with its interval."""
        if self.of_set:
            return _("not told of what only the whole set has")
        return _("unknown") if self.detectable is None else estimate_text(self.detectable)

    @property
    def otherwise(self) -> tuple[tuple[Dated, str], ...]:
        """The sessions that were done otherwise than the first, and how."""
        return tuple((point.session, "; ".join(point.otherwise)) for point in self.points if point.otherwise)


@dataclass(frozen=True, slots=True)
class Trends:
    """The gaps, the numbers that mean the same in several activities, those that faults are judged by, all others, and
    what holds for all of them.
    """

    gaps: tuple[Line, ...]
    main: tuple[Line, ...]
    findings: tuple[Line, ...]
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
    days = usual_days(((one.on, one) for one in sessions if one.has_numbers), usual)
    baseline, why = baseline_of_days([one.result for one in days])
    compared = _Compared(sessions, baseline)
    gaps = [_gap(key, compared) for key in dict.fromkeys(gap.key for one in sessions for gap in one.result.gaps)]
    main = {name for row in comparables() for name in row.metric}
    lines = {name: _metric(name, compared) for name in dict.fromkeys(n for s in sessions for n in s.metrics)}
    told = [judged_metrics(one.result, tuple(one.metrics)) for one in sessions]
    judged = {name for one in told for name in one}
    lines = {name: _as_judged(line, [one.get(name) for one in told]) for name, line in lines.items()}
    findings = _findings(compared)
    every = [*gaps, *lines.values(), *findings]
    if baseline is not None and every and not any(line.detectable for line in every):
        baseline, why = None, _("no number was measured on three of the first days")
    untold = [f"{line.name}, {line.small}" for line in gaps if line.against is None]
    return Trends(
        tuple(_drawn(line) for line in gaps if line.against is not None),
        tuple(_drawn(line) for name, line in lines.items() if name in main),
        tuple(_drawn(line) for line in [*(lines[name] for name in lines if name in judged - main), *findings]),
        tuple(_drawn(line) for name, line in lines.items() if name not in main | judged),
        (
            *_notes(days, baseline, why),
            *([_("Without a number in any session: %s.") % "; ".join(untold)] if untold else []),
        ),
    )


def kept_trends(catalogue: Catalogue, measured: Sequence[Measured], usual: int = USUAL) -> Trends:
    """The trends of sessions that the catalogue holds, the oldest first; those asked for before are remembered.

    Raises
    ------
    BadInput
        A result's file is gone.
    """
    told = tuple(
        (
            Dated(one.on, one.session.name, f"/sessions/{one.session.id}"),
            str(one.result.files.get("result.json", "")),
            json.dumps(one.result.summary.get("metrics", {})),
        )
        for one in measured
    )
    return _known(catalogue, told, usual, language())


@lru_cache(maxsize=_HELD)
def _known(catalogue: Catalogue, told: tuple[tuple[Dated, str, str], ...], usual: int, _language: str) -> Trends:
    def session(dated: Dated, sha256: str, metrics: str) -> Session:
        result = named_result(catalogue, sha256, dated.name)
        return Session(dated.on, dated.name, dated.path, result, json.loads(metrics))

    return trends_of([session(*one) for one in told], usual)


def forget() -> None:
    """Let go of the trends that are remembered."""
    _known.cache_clear()


def _notes(days: Sequence[Session], baseline: Baseline | None, why: str) -> tuple[str, ...]:
    if baseline is None:
        return (_("The smallest detectable change is not known: %s.") % why,)
    told = {"n": len(days), "until": f"{days[-1].on.day} {days[-1].on:%b %Y}"}
    first = _(
        "The smallest detectable change is that of the first %(n)s days, up to %(until)s, between two days; what"
        " training changed within them makes it larger. Change is said only beyond the upper end of its interval, and"
        " only where the difference surely is not zero; the band is drawn as wide."
    )
    return (first % told, *(f"{note[0].upper()}{note[1:]}." for note in baseline.notes))


class _Compared:
    """Sessions held against each other, each pair once."""

    def __init__(self, sessions: Sequence[Session], baseline: Baseline | None) -> None:
        self.sessions, self.baseline = sessions, baseline
        self._known: dict[tuple[int, int], Mapping[str, Any]] = {}

    def of(self, first: int, second: int) -> Mapping[str, Any]:
        """The record of `legato compare`, empty where they cannot be compared."""
        if (first, second) not in self._known:
            one, two = (self.sessions[k].result for k in (first, second))
            try:
                found = compare_results(one, two, baseline=self.baseline)
            except (BadInput, NotResolvable):
                found = {}
            self._known[first, second] = found
        return self._known[first, second]

    def line(self, name: str, small: str, points: Sequence[Point], kind: str, wanted: Mapping[str, Any]) -> Line:
        """The points as a line, each with its change since the first that has the number: the row of the record's
        `kind` in which the keys are as `wanted`.
        """
        first = next((k for k, point in enumerate(points) if point.value is not None), len(points))
        found = list(points)
        for k in range(first + 1, len(points)):
            record = self.of(first, k)
            rows: Sequence[Mapping[str, Any]] = record.get(kind, ())
            row = next((row for row in rows if all(row[key] == value for key, value in wanted.items())), None)
            if row is not None:
                found[k] = _with_change(points[k], row, record)
        against = points[first].session if first < len(points) else None
        return Line(name[0].upper() + name[1:], small, tuple(found), against, None)


def _gap(key: tuple[str, str, str], compared: _Compared) -> Line:
    points: list[Point] = []
    quantity = ""
    for one in compared.sessions:
        gap = next((g for g in one.result.gaps if g.key == key), None)
        quantity = quantity or (gap.quantity if gap else "")
        value = None if gap is None or gap.of_set is None else _read(gap.of_set, "s", one.result.level)
        reason = "" if gap is None else gap.reason or ""
        points.append(Point(one.dated, value, gap is not None and gap.verdict != "not-resolvable", reason))
    name = f"{link_name(key[0])} {_('to')} {link_name(key[1])}"
    event = _("%s; positive: the second comes later") % event_noun(key[2], quantity)
    line = compared.line(name, event, points, "gaps", dict(zip(("from", "to", "event"), key, strict=True)))
    base = compared.baseline
    return replace(line, detectable=_detectable(base and base.detectable_gap(key), "s"))


def _metric(name: str, compared: _Compared) -> Line:
    points: list[Point] = []
    unit = next((str(one.metrics[name].get("unit", "")) for one in compared.sessions if name in one.metrics), "")
    for one in compared.sessions:
        told = one.metrics.get(name)
        value = None if told is None else _read(Number.model_validate(told), unit, LEVEL)
        points.append(Point(one.dated, value, value is not None, ""))
    line = compared.line(quantity_name(name), "", points, "metrics", {"name": name})
    base = compared.baseline
    return replace(line, detectable=_detectable(base and base.detectable_metric(name), unit))


def _as_judged(line: Line, told: Sequence[FindingRecord | None]) -> Line:
    """A metric with what the newest of the findings that it is the number of calls it, and with their verdicts."""
    known = [finding for finding in told if finding is not None]
    if not known:
        return line
    sure = (finding is None or finding.verdict != "not-resolvable" for finding in told)
    points = tuple(replace(point, sure=point.sure and of) for point, of in zip(line.points, sure, strict=True))
    return replace(line, small=known[-1].name or known[-1].fault, points=points)


def _findings(compared: _Compared) -> list[Line]:
    """The numbers that faults are judged by, each side apart, but those that a gap or a metric shows anyway."""
    told = [told_anyway(one.result, tuple(one.metrics)) for one in compared.sessions]
    every = [f for one in compared.sessions for f in one.result.findings if f.measured is not None]
    kinds: list[FindingRecord] = []
    for finding in reversed(every):
        # As the newest tells it, which knows whether it is a difference of both sides.
        if not any(_of_line(kind, finding) for kind in kinds):
            kinds.append(finding)
    lines: list[Line] = []
    for kind in reversed(kinds):
        rows = [next((f for f in one.result.findings if _of_line(kind, f)), None) for one in compared.sessions]
        known = [(row, anyway) for row, anyway in zip(rows, told, strict=True) if row is not None and row.measured]
        if all(row in anyway for row, anyway in known):
            continue
        points = [_of_finding(row, kind, one) for row, one in zip(rows, compared.sessions, strict=True)]
        wanted = {"fault": kind.fault, "side": kind.part or None, "about": kind.of}
        line = compared.line(finding_name(kind.name or kind.fault, kind.part, kind.of), "", points, "findings", wanted)
        base = compared.baseline if kind.of_repetitions else None
        told_days = _detectable(base and base.detectable_finding(kind), kind.unit)
        lines.append(replace(line, detectable=told_days, of_set=not kind.of_repetitions))
    return lines


def _of_line(kind: FindingRecord, finding: FindingRecord) -> bool:
    """Whether a finding is one of a line's: the same fault, side, and joint or link."""
    if kind.fault != finding.fault or not same_number(kind, finding):
        return False
    return kind.of == finding.of or finding.measured is None


def _of_finding(row: FindingRecord | None, kind: FindingRecord, one: Session) -> Point:
    if row is None or row.measured is None:
        return Point(one.dated, None, False, "")
    if row.measures != kind.measures:
        return Point(one.dated, None, False, _("measured otherwise by an older version"))
    return Point(one.dated, _read(row.measured, row.unit, one.result.level), row.verdict != "not-resolvable", "")


def _with_change(point: Point, row: Mapping[str, Any], record: Mapping[str, Any]) -> Point:
    told = row["difference"]
    return replace(
        point,
        change=_read(Number.model_validate(told), str(told["unit"]), LEVEL),
        says=change_word(row),
        otherwise=otherwise(record),
    )


def _read(told: Number, unit: str, level: float) -> Estimate:
    """A number in the unit that is read; its interval, of `level`, at the usual one."""
    scale, shown = _FINE.get(unit, (1.0, unit))
    return told.estimate(level, LEVEL, unit).scaled(scale, shown)


def _detectable(told: Number | None, unit: str) -> Estimate | None:
    return None if told is None else _read(told, unit, LEVEL)


def _drawn(line: Line) -> Line:
    """With its chart: a point a session with its interval, hollow where nothing could be told, square where it was done
    otherwise than the first; around the first a band as wide as what `change_word` asks of a change, the upper end of
    the smallest detectable one.
    """
    known = [(p, p.value) for p in line.points if p.value is not None]
    if not known:
        return line
    first = known[0][1]
    reach = 0.0 if line.detectable is None else line.detectable.high
    ends = [end for _p, v in known for end in (v.low, v.high)] + [first.value - reach, first.value + reach]
    up = Axis.around(ends, pad=_PAD)
    days = [p.session.on.toordinal() for p in line.points]
    across = Axis(min(days) - _room(days), max(days) + _room(days))
    seen: dict[int, int] = {}
    marks: list[str] = []
    for point, value in known:
        day = point.session.on.toordinal()
        at = day + 0.15 * _room(days) * seen.get(day, 0)
        seen[day] = seen.get(day, 0) + 1
        kind = [] if point.sure else ["open"]
        marks.append(mark(across, up, at, value, " ".join([*kind, "other"] if point.otherwise else kind)))
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
