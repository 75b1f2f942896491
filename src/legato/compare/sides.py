"""Two results set side by side: two recordings, or one recording analysed twice. Schema `legato.compare/1`."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from legato import __version__
from legato.compare.baseline import USUAL_DAYS, Baseline
from legato.compare.differences import Whose, difference_of_reps, difference_record, fixed_part, placement_part
from legato.compare.doubts import doubts, sensors_of
from legato.compare.findings import finding_changes, judged_metrics, verdicts_of
from legato.compare.joints import coordination_changes
from legato.compare.placed import lasting_of, placement_record
from legato.compare.readings import metric_mean
from legato.compare.results import Band, GapRecord, RepRecord, Result
from legato.errors import BadInput, NotResolvable
from legato.estimate import LEVEL
from legato.evidence import Difference, difference_of_sets

SCHEMA = "legato.compare/1"

_TOLD_APART = 1e-9
"""Relative difference below which two numbers are the same: `result.json` holds ten figures."""

_OF_THE_DAY = ("static", "mvic", "submax", "without_press", "metres_per_pixel")
"""Settings that each day has its own of, where it has any."""

_JUDGES = ("level", "baseline", "research", "stop_loss_pct")
"""Settings that no number depends on, but what is said of it."""

_LONGEST_SETTING = 200
"""Characters of a setting that are shown."""
_MOST_ITEMS = 40
"""Items of a setting that is a list (the loads of a set)."""


def compare_results(
    first: Result,
    second: Result,
    *,
    same_placement: bool = False,
    baseline: Baseline | None = None,
    one_athlete: bool = True,
    level: float = LEVEL,
) -> dict[str, Any]:
    """What differs between two results.

    Parameters
    ----------
    first, second
        Of one movement. Where both come from the same files, they are two analyses of one recording.
    same_placement
        Somebody says that markers and sensors stayed on between the two sets, so that most of what their placement adds
        is the same in both. It counts for nothing where the distances between the markers say that they did not.
    baseline
        A `baseline.json` of the athlete, for the smallest change that counts.
    one_athlete
        Both results are of one athlete. Of two, what differs is no change, and neither better nor worse.
    level
        Of every interval.

    Raises
    ------
    BadInput
        The movements differ, or a baseline or the same placement is told of two athletes.
    NotResolvable
        They have no number in common.
    """
    if first.movement.id != second.movement.id:
        raise BadInput(
            f"{second.name or 'the second result'}: is of {second.movement.id}, and {first.name or 'the first'} of "
            f"{first.movement.id}; compare results of one movement"
        )
    if not one_athlete and (baseline is not None or same_placement):
        what = "a baseline is of one athlete" if baseline is not None else "markers are placed anew on each athlete"
        raise BadInput(f"{second.name or 'the second result'}: is of another athlete, and {what}; leave that out")
    same = bool(first.files) and first.files == second.files
    record: dict[str, Any] = {
        "schema": SCHEMA,
        "legato_version": __version__,
        "kind": "same-recording" if same else "two-sets",
        "level": level,
        "movement": {"id": first.movement.id, "name": first.movement.name},
        "first": _about(first),
        "second": _about(second),
        "changed": changed(first, second),
    }
    if same:
        return record | _two_analyses(first, second)
    record |= {"one_athlete": one_athlete, "baseline_days": baseline and len(baseline.days), "least_days": USUAL_DAYS}
    record["doubts"] = doubts(first, second) if one_athlete else []
    whose: Whose = "in-doubt" if record["doubts"] else "one" if one_athlete else "two"
    # What the athlete changes by from day to day is nothing to hold a doubtful difference against.
    placement = placement_record(first, second, same_placement)
    record |= {"same_placement": lasting_of(placement) < 1.0, "placement": placement}
    known = None if record["doubts"] else baseline
    return record | _two_sets(first, second, lasting_of(placement), known, whose, level)


def _about(result: Result) -> dict[str, Any]:
    return {
        "file": result.name,
        "sha256": sorted(result.files),
        "legato_version": result.legato_version,
        "reps": len(result.whole_reps),
    }


def changed(first: Result, second: Result) -> list[dict[str, Any]]:
    """Sensors, version, the movement's entry, settings and corrections that differ."""
    found: list[dict[str, Any]] = []
    one, two = sensors_of(first), sensors_of(second)
    if one and two and one != two:
        found.append({"what": "sensors", "first": one, "second": two})
    if first.legato_version != second.legato_version:
        found.append({"what": "version", "first": first.legato_version, "second": second.legato_version})
    elif (one := first.movement.checksum) and (two := second.movement.checksum) and one != two:
        # Of two versions the entries differ anyway.
        found.append({"what": "the movement's entry", "first": one, "second": two})
    for name in dict.fromkeys((*first.settings, *second.settings)):
        one, two = first.setting(name), second.setting(name)
        if one != two:
            found.append({"what": name, "first": _short(one), "second": _short(two)})
    one, two = (sum(c.get("state") == "applied" for c in r.corrections) for r in (first, second))
    if first.corrections != second.corrections:
        found.append({"what": "corrections applied", "first": one, "second": two})
    return found


def done_otherwise(changes: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Of what changed between two days, what may shape their numbers: not that each has files of its own, nor what they
    were judged by.
    """
    shaping = (one for one in changes if one["what"] not in _JUDGES)
    return [one for one in shaping if one["what"] not in _OF_THE_DAY or not (one["first"] and one["second"])]


def _short(value: Any) -> Any:
    if isinstance(value, list) and len(cast("list[Any]", value)) <= _MOST_ITEMS:
        return [_short(item) for item in cast("list[Any]", value)]
    return value if value is None or isinstance(value, bool | int | float) else str(value)[:_LONGEST_SETTING]


def _two_sets(
    first: Result, second: Result, lasting: float, baseline: Baseline | None, whose: Whose, level: float
) -> dict[str, Any]:
    metrics: list[dict[str, Any]] = []
    gaps: list[dict[str, Any]] = []
    refused: list[dict[str, Any]] = []
    common = [name for name in first.metric_names() if name in second.metric_names()]
    judged = [judged_metrics(result, common) for result in (first, second)]
    for name in common:
        try:
            found = _metric(first, second, name, lasting, level)
        except NotResolvable as why:
            refused.append({"name": name, "reason": str(why)})
            continue
        means = [metric_mean(result, name) for result in (first, second)]
        sets = [None if mean is None else mean.at_level(level) for mean in means]
        change = baseline and baseline.detectable_metric(name)
        one, two = (of.get(name) for of in judged)
        told: dict[str, Any] = {"name": name, "judged_as": None}
        bands: list[Band | None] = []
        if one is not None and two is not None and one.fault == two.fault:
            told |= {"judged_as": two.name or two.fault, **verdicts_of(one, two)}
            bands = [one.target, two.target]
        metrics.append({**told, **difference_record(found, change, sets, bands, whose=whose)})
    for gap in first.gaps:
        other = next((g for g in second.gaps if g.key == gap.key), None)
        if other is None:
            continue
        about = {"from": gap.from_link, "to": gap.to_link, "event": gap.event, "quantity": gap.quantity}
        verdicts: dict[str, Any] = {"verdict_first": gap.verdict, "verdict_second": other.verdict}
        try:
            found = _gap(gap, other, (first.level, second.level), lasting, level)
        except NotResolvable as why:
            name = f"{gap.from_link} to {gap.to_link}, {gap.event}"
            refused.append({"name": name, **about, "reason": str(why)})
            continue
        pairs = ((first, gap), (second, other))
        sets = [g.of_set and g.of_set.estimate(of.level, level, "s") for of, g in pairs]
        bands = [gap.target_s, other.target_s]
        verdicts |= {"band_s_first": gap.target_s, "band_s_second": other.target_s}
        change = baseline and baseline.detectable_gap(gap.key)
        gaps.append({**about, **difference_record(found, change, sets, bands, whose=whose), **verdicts})
    findings, untold = finding_changes(
        first, second, [row["name"] for row in metrics], lasting=lasting, baseline=baseline, whose=whose, level=level
    )
    refused += untold
    if not metrics and not gaps and not findings:
        why = refused[0]["reason"] if refused else "no number stands in both"
        raise NotResolvable(f"{first.name} and {second.name} cannot be compared: {why}")
    joints = coordination_changes(first, second, lasting=lasting, whose=whose, level=level)
    return {"gaps": gaps, "metrics": metrics, "findings": findings, "coordination": joints, "refused": refused}


def _metric(first: Result, second: Result, name: str, lasting: float, level: float) -> Difference:
    one, two = ([rep.metrics.get(name) for rep in r.whole_reps] for r in (first, second))
    levels, unit = (first.level, second.level), first.unit_of(name)
    return difference_of_reps(one, two, levels, lasting=lasting, unit=unit, level=level)


def _gap(first: GapRecord, second: GapRecord, levels: tuple[float, float], lasting: float, level: float) -> Difference:
    for gap in (first, second):
        if gap.of_set is None:
            raise NotResolvable("the set's mean could not be resolved in one of them")
    if first.quantity and second.quantity and first.quantity != second.quantity:
        raise NotResolvable(f"timed by {first.quantity} in one, by {second.quantity} in the other")
    rows = [[rep.gap_s for rep in gap.per_rep] for gap in (first, second)]
    one, two = ([g.value for g in row if g is not None] for row in rows)
    paired = len(rows[0]) == len(rows[1]) == len(one) == len(two)
    sides = ((first, one, levels[0]), (second, two, levels[1]))
    fixed = lasting * placement_part([(fixed_part(gap.of_set, v, own), own) for gap, v, own in sides], level)
    return difference_of_sets(one, two, paired=paired, fixed=fixed, unit="s", level=level)


def _two_analyses(first: Result, second: Result) -> dict[str, Any]:
    """One recording, analysed twice: every number of a repetition that moved, and verdicts that flipped."""
    pairs = _same_reps(first.reps, second.reps)
    moved = [row for one, two in pairs for row in _moved(one, two)]
    gone = [rep for rep in first.reps if all(rep is not one for one, _ in pairs)]
    new = [rep for rep in second.reps if all(rep is not two for _, two in pairs)]
    flipped: list[dict[str, Any]] = []
    index = {one.index: two.index for one, two in pairs}
    for gap in first.gaps:
        other = next((g for g in second.gaps if g.key == gap.key), None)
        about = {"from": gap.from_link, "to": gap.to_link, "event": gap.event, "quantity": gap.quantity}
        if other is None:
            flipped.append({**about, "first": gap.verdict, "second": None})
            continue
        if other.verdict != gap.verdict:
            flipped.append({**about, "first": gap.verdict, "second": other.verdict})
        moved += _moved_gap(gap, other, index)
    return {
        "reps_gone": [_span(rep) for rep in gone],
        "reps_new": [_span(rep) for rep in new],
        "moved": moved,
        "verdicts_flipped": flipped,
    }


def _same_reps(first: Sequence[RepRecord], second: Sequence[RepRecord]) -> list[tuple[RepRecord, RepRecord]]:
    """Repetitions that overlap by more than half of the longer one."""
    pairs: list[tuple[RepRecord, RepRecord]] = []
    free = list(second)
    for one in first:

        def shared(two: RepRecord, one: RepRecord = one) -> float:
            if one.start_s is None or one.end_s is None or two.start_s is None or two.end_s is None:
                # A list of another device tells no times: then the order is what there is.
                return float(one.start_s is None and two.start_s is None and one.index == two.index)
            longer = max(one.end_s - one.start_s, two.end_s - two.start_s, 1e-9)
            return (min(one.end_s, two.end_s) - max(one.start_s, two.start_s)) / longer

        best = max(free, key=shared, default=None)
        if best is not None and shared(best) > 0.5:
            free.remove(best)
            pairs.append((one, best))
    return pairs


def _moved(one: RepRecord, two: RepRecord) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for name, before, after in (("start_s", one.start_s, two.start_s), ("end_s", one.end_s, two.end_s)):
        rows += _row(one, two, name, "s", before, after, None)
    if one.complete != two.complete:
        rows.append(_line(one.index, two.index, "complete", "", float(one.complete), float(two.complete), None))
    for name in dict.fromkeys((*one.metrics, *two.metrics)):
        a, b = one.metrics.get(name), two.metrics.get(name)
        unit = next((m.unit for m in (a, b) if m is not None), "")
        rows += _row(one, two, name, unit, a and a.value, b and b.value, a and a.half_width)
    return rows


def _moved_gap(gap: GapRecord, other: GapRecord, index: Mapping[int, int]) -> list[dict[str, Any]]:
    name = f"gap {gap.from_link} to {gap.to_link}, {gap.event}"
    about = {"from": gap.from_link, "to": gap.to_link, "event": gap.event, "quantity": gap.quantity}
    after = {row.rep: row.gap_s for row in other.per_rep}
    rows: list[dict[str, Any]] = []
    for row in gap.per_rep:
        if row.rep not in index:
            continue
        a, b = row.gap_s, after.get(index[row.rep])
        if _differ(a and a.value, b and b.value):
            line = _line(row.rep, index[row.rep], name, "s", a and a.value, b and b.value, a and a.half_width)
            rows.append(line | about)
    a, b = gap.of_set, other.of_set
    if _differ(a and a.value, b and b.value):
        rows.append(_line(None, None, name, "s", a and a.value, b and b.value, a and a.half_width) | about)
    return rows


def _row(
    one: RepRecord, two: RepRecord, name: str, unit: str, a: float | None, b: float | None, half: float | None
) -> list[dict[str, Any]]:
    return [_line(one.index, two.index, name, unit, a, b, half)] if _differ(a, b) else []


def _line(
    rep: int | None, other: int | None, name: str, unit: str, a: float | None, b: float | None, half: float | None
) -> dict[str, Any]:
    """A number that moved; `beyond` where it moved by more than half of its own interval was wide."""
    by = None if a is None or b is None else b - a
    return {
        "rep_first": rep, "rep_second": other, "name": name, "unit": unit, "first": a, "second": b, "by": by,
        "half_width": half, "beyond": None if by is None or half is None else abs(by) > half,
    }  # fmt: skip


def _differ(a: float | None, b: float | None) -> bool:
    if a is None or b is None:
        return a is not b
    return abs(a - b) > _TOLD_APART * max(abs(a), abs(b), 1e-6)


def _span(rep: RepRecord) -> dict[str, Any]:
    return {"index": rep.index, "start_s": rep.start_s, "end_s": rep.end_s, "complete": rep.complete}
