"""The athlete's baseline from results of several days: `baseline.json`, schema `legato.baseline/1`."""

import json
from collections.abc import Iterable, Sequence
from datetime import date
from os import PathLike
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from legato import __version__
from legato.compare.differences import LEAST_SHARE
from legato.compare.doubts import sensors_of
from legato.compare.results import FindingRecord, GapRecord, MovementRecord, Number, Result
from legato.errors import BadInput, NotResolvable
from legato.estimate import LEVEL, Estimate
from legato.evidence import Reliability, reliability_over_days

SCHEMA = "legato.baseline/1"

_LEAST_DAYS = 2
USUAL_DAYS = 3
"""Days from which an own band is given, and a change is held against the smallest detectable one. [ENG] Two show that
to within a factor of 16 only, and with two Student's factor makes any gap fit.
"""

_ALIKE = ("loads_kg", "load_kg", "side", "tempo", "emg_amplitude")
"""Settings of which usual days have the same."""

_Dated = TypeVar("_Dated")


def make_baseline(results: Sequence[Result], level: float = LEVEL) -> dict[str, Any]:
    """The baseline of one athlete and movement.

    Parameters
    ----------
    results
        One a day, each of a set done alike: same load, same instruction, sensors placed anew as usual.
    level
        Of every interval.

    Raises
    ------
    BadInput
        Fewer than two results, results of several movements, or one recording twice.
    NotResolvable
        No number was measured on two days.
    """
    _check(results)
    metrics: dict[str, dict[str, Any]] = {}
    gaps: list[dict[str, Any]] = []
    refused: list[dict[str, str]] = []
    for name in dict.fromkeys(name for result in results for name in result.metric_names()):
        unit = next(u for result in results if (u := result.unit_of(name)) or True)
        try:
            metrics[name] = _record([_of_metric(result, name) for result in results], unit, level)
        except NotResolvable as why:
            refused.append({"name": name, "reason": str(why)})
    for key in dict.fromkeys(gap.key for result in results for gap in result.gaps):
        first, second, event = key
        quantity = next(g.quantity for result in results for g in result.gaps if g.key == key)
        about = {"from": first, "to": second, "event": event, "quantity": quantity}
        try:
            gaps.append({**about, **_record([_of_gap(result, key) for result in results], "s", level)})
        except NotResolvable as why:
            refused.append({"name": f"{first} to {second}, {event}", **about, "reason": str(why)})
    findings: list[dict[str, Any]] = []
    for fault, side in dict.fromkeys(key for result in results for key in result.fault_numbers()):
        days = [_of_fault(result, (fault, side)) for result in results]
        known = [f for result in results if (f := result.fault_numbers().get((fault, side))) is not None]
        unit, measures = known[0].unit, known[0].measures
        if any(f.measures != measures for f in known):
            refused.append({"name": fault, "reason": "the days were not measured alike; analyse them with one version"})
            continue
        of = sorted({f.of for f in known})
        if len(of) > 1:
            refused.append({"name": fault, "reason": f"it was largest elsewhere on other days: {'; '.join(of)}"})
            continue
        try:
            named = {"fault": fault, "side": side or None, "measures": measures, "about": of[0]}
            findings.append({**named, **_record(days, unit, level)})
        except NotResolvable as why:
            refused.append({"name": f"{fault}{f', {side}' if side else ''}", "reason": str(why)})
    if not metrics and not gaps:
        why = refused[0]["reason"] if refused else "they hold no number"
        raise NotResolvable(f"no number of these {len(results)} results gives a baseline: {why}")
    return {
        "schema": SCHEMA,
        "legato_version": __version__,
        "level": level,
        "movement": {"id": results[0].movement.id, "name": results[0].movement.name},
        "days": [
            {
                "file": result.name,
                "sha256": sorted(result.files),
                "reps": len(result.whole_reps),
                "legato_version": result.legato_version,
            }
            for result in results
        ],
        "metrics": metrics,
        "gaps": gaps,
        "findings": findings,
        "body": {"lengths": _lengths(results)},
        "refused": refused,
        "notes": _notes(results),
    }


def _lengths(results: Sequence[Result]) -> dict[str, dict[str, float | str]]:
    """The athlete's lengths, each the mean of the days that hold it; its interval is one day's, as it lasts."""
    found: dict[str, dict[str, float | str]] = {}
    for name in dict.fromkeys(name for result in results for name in result.body.lengths):
        days = [result.body.lengths[name] for result in results if name in result.body.lengths]
        ends = {end: sum(getattr(day, end) for day in days) / len(days) for end in ("value", "low", "high")}
        found[name] = {**ends, "unit": days[0].unit}
    return found


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Reliable(_Record):
    n_days: int
    detectable_change: Number


class _ReliableGap(_Reliable):
    from_link: str = Field(alias="from")
    to_link: str = Field(alias="to")
    event: str


class _ReliableFinding(_Reliable):
    fault: str
    side: str | None = None
    measures: str = ""
    about: str = ""


class Baseline(_Record):
    """Of a `baseline.json`, what a change is held against: numbers that were measured on `USUAL_DAYS` days or more."""

    format: Literal["legato.baseline/1"] = Field(alias="schema")
    movement: MovementRecord
    days: tuple[Any, ...] = ()
    notes: tuple[str, ...] = ()
    metrics: dict[str, _Reliable]
    gaps: tuple[_ReliableGap, ...]
    findings: tuple[_ReliableFinding, ...] = ()

    def detectable_metric(self, name: str) -> Number | None:
        """The smallest detectable change of a metric."""
        found = self.metrics.get(name)
        return None if found is None or found.n_days < USUAL_DAYS else found.detectable_change

    def detectable_gap(self, key: tuple[str, str, str]) -> Number | None:
        """The smallest detectable change of a gap, by its links and event."""
        found = (g for g in self.gaps if (g.from_link, g.to_link, g.event) == key and g.n_days >= USUAL_DAYS)
        return next((g.detectable_change for g in found), None)

    def detectable_finding(self, of: FindingRecord) -> Number | None:
        """The smallest detectable change of a fault's number, measured alike."""
        key = (of.fault, of.part, of.measures, of.of)
        found = (f for f in self.findings if (f.fault, f.side or "", f.measures, f.about) == key)
        return next((f.detectable_change for f in found if f.n_days >= USUAL_DAYS), None)


def usual_days(dated: Iterable[tuple[date, _Dated]], most: int | None = USUAL_DAYS) -> list[_Dated]:
    """What the change from day to day is read from where nobody chose: the first `most` days, each by its last session.

    Parameters
    ----------
    dated
        Sessions of one athlete and movement with their days, those of a day in their order.
    most
        All days where None. A change by training between them makes the smallest detectable change larger, never
        smaller.
    """
    by_day = dict(sorted(dated, key=lambda one: one[0]))
    return list(by_day.values())[:most]


def baseline_of_days(days: Sequence[Result]) -> tuple[Baseline | None, str]:
    """The baseline that one result a day gives, or why they give none."""
    if (missing := USUAL_DAYS - len(days)) > 0:
        more = "1 day more" if missing == 1 else f"{missing} days more"
        return None, f"it takes {USUAL_DAYS} days of the athlete, done alike: {more}"
    try:
        return Baseline.model_validate(make_baseline(days)), ""
    except (BadInput, NotResolvable) as why:
        return None, str(why)


def read_baseline(source: str | PathLike[str], movement_id: str) -> Baseline:
    """A `baseline.json` of this movement.

    Raises
    ------
    BadInput
        It cannot be read, is none, or is of another movement.
    """
    path = Path(source)
    try:
        found = Baseline.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise BadInput(f"{path}: cannot be read ({error.strerror}); give a baseline.json") from None
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        raise BadInput(f"{path}: is no JSON, or not all of it; give a baseline.json") from None
    except ValidationError:
        raise BadInput(f"{path}: is no baseline; give the file that `legato baseline` wrote") from None
    if found.movement.id != movement_id:
        raise BadInput(f"{path}: is a baseline of {found.movement.id}, not of {movement_id}; give one of that movement")
    return found


def _check(results: Sequence[Result]) -> None:
    if len(results) < _LEAST_DAYS:
        raise BadInput(
            f"{results[0].name if results else 'no file'}: a baseline needs results of at least {_LEAST_DAYS} days, "
            f"better {USUAL_DAYS} or more; give them all"
        )
    movements = dict.fromkeys(result.movement.id for result in results)
    if len(movements) > 1:
        raise BadInput(f"{results[-1].name}: these are results of {', '.join(movements)}; give one movement only")
    seen: dict[str, str] = {}
    for result in results:
        for file in result.files:
            if file in seen:
                raise BadInput(f"{result.name}: is of the same recording as {seen[file]}; a day counts once")
            seen[file] = result.name


def _notes(results: Sequence[Result]) -> list[str]:
    notes: list[str] = []
    if len(results) < USUAL_DAYS:
        notes.append(
            f"{len(results)} days show the detectable change to within a factor of 16 only, and give no own band; "
            f"add results of further days, {USUAL_DAYS} at least"
        )
    versions = list(dict.fromkeys(result.legato_version for result in results))
    if len(versions) > 1:
        notes.append(f"made by several versions of Legato ({', '.join(versions)}); analyse them again with one")
    counts = sorted({len(result.whole_reps) for result in results})
    if counts[-1] > 2 * max(1, counts[0]):
        notes.append(f"the sets have {counts[0]} to {counts[-1]} reps; sets of the same length are surer")
    differ = [name for name in _ALIKE if len({str(result.setting(name)) for result in results}) > 1]
    differ += ["sensors"] if len(set(filter(None, map(sensors_of, results)))) > 1 else []
    if differ:
        notes.append(
            f"the days differ in {', '.join(differ)}, which makes the detectable change larger: take days alike"
        )
    return notes


def _of_metric(result: Result, name: str) -> list[float]:
    reps = result.whole_reps
    found = [m.value for rep in reps if (m := rep.metrics.get(name)) is not None]
    return found if len(found) >= LEAST_SHARE * len(reps) else []


def _of_fault(result: Result, key: tuple[str, str]) -> list[float]:
    found = result.fault_numbers().get(key)
    if found is None or not found.of_repetitions:
        return []
    values = [number.value for number in found.values]
    return values if len(values) >= LEAST_SHARE * len(found.per_rep) else []


def _of_gap(result: Result, key: tuple[str, str, str]) -> list[float]:
    gap: GapRecord | None = next((g for g in result.gaps if g.key == key), None)
    if gap is None or gap.of_set is None:
        return []
    return [rep.gap_s.value for rep in gap.per_rep if rep.gap_s is not None]


def _record(days: Sequence[Sequence[float]], unit: str, level: float) -> dict[str, Any]:
    found: Reliability = reliability_over_days(days, unit, level)
    return {
        "unit": unit,
        "n_days": found.n_days,
        "n_reps": found.n_reps,
        "days": [{"mean": sum(day) / len(day), "n": len(day)} for day in days if day],
        "mean": found.mean.to_dict(),
        "median": found.median,
        "sd_within": found.within.to_dict(),
        "sd_between": found.between.to_dict(),
        "sem": found.sem.to_dict(),
        "detectable_change": found.detectable.to_dict(),
        "share_between_days": _plain(found.share),
    }


def _plain(estimate: Estimate | None) -> dict[str, float | str] | None:
    return None if estimate is None else estimate.to_dict()
