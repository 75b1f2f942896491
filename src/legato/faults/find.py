"""Every fault of a movement judged in one recording."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from legato.body.model import Body
from legato.chain.drift import slope_beside, slope_of
from legato.chain.model import ChainResult
from legato.errors import NotResolvable
from legato.estimate import LEVEL
from legato.faults.bands import BandFound, band_of, own_values
from legato.faults.judge import Judged, SetNumber, in_words, judge, mean_of_set, outside, ratio_of_spreads
from legato.faults.left import with_left
from legato.faults.model import STANDING, Band, Condition, Fault, Finding, Measured
from legato.faults.quantities import (
    BySide,
    also_name,
    asked_leads,
    asked_measures,
    lead_chain,
    mark_of,
    measured_by_signal,
    measured_share,
    measured_share_of,
    over_name,
)
from legato.faults.results import OF_MARKERS, RESULTS, UNSOURCED, Results
from legato.faults.steps import steps_of, with_steps
from legato.faults.whole import of_all, whole_finding
from legato.movements.model import Movement, Rep
from legato.signals.factors import normal_factor

_SPREAD_REPS = 6
"""Repetitions from which a spread is judged, in this set and in the baseline (inventory S1.11). [ENG]"""

_OF_SET = ("drift", "spread", "order")
"""Kinds whose number is of the set, so that no repetition lies beyond a band by itself."""


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """What faults are looked for in: the body, its repetitions, what the analysis found, and what they are held
    against. `loads_kg` by the index of the repetition. `stayed_within_m`: how far apart
    the markers lie otherwise than in the baseline, where they are taken to have stayed on. `no_baseline`: why the
    one that was given cannot be used. `maxima`: the athlete's own largest angles, deg, by signal.
    """

    body: Body
    movement: Movement
    reps: Sequence[Rep]
    results: Results = field(default_factory=Results)
    level: float = LEVEL
    side: str = ""
    baseline: Mapping[str, Any] | None = None
    loads_kg: Mapping[int, float] = field(default_factory=dict[int, float])
    stayed_within_m: float | None = None
    no_baseline: str = ""
    maxima: Mapping[str, float] = field(default_factory=dict[str, float])

    @property
    def given(self) -> frozenset[str]:
        """What the user gave beside motion."""
        there = {
            "loads": bool(self.loads_kg),
            "series": len(set(self.loads_kg.values())) > 1,
            "emg": self.results.muscles is not None,
            "plates": self.results.forces is not None,
            "baseline": self.baseline is not None,
        }
        return frozenset(name for name, known in there.items() if known)


@dataclass(frozen=True, slots=True)
class _Number:
    """A fault's number in each repetition and, where only the set has it, of the set."""

    rows: tuple[Measured, ...]
    of_set: SetNumber | None = None
    about: str = ""
    picked: bool = False


def find_faults(trial: Trial, faults: Sequence[Fault]) -> tuple[Finding, ...]:
    """Judge every fault; one that cannot be judged is told with the reason and what would resolve it.

    Parameters
    ----------
    trial
        The recording as analysed.
    faults
        As `faults_of` gives them for the movement; those that name others come after them.

    Returns
    -------
    One finding a fault, or one a side where the fault has sides: faults first, then what is not resolvable, then what
    is in order; else in the order given.
    """
    single = [fault for fault in faults if not fault.all_of]
    by_hand = () if trial.results.chain is None else trial.results.chain.by_hand
    chains = lead_chain(
        trial.body, trial.movement, trial.reps, asked_leads(single), level=trial.level, side=trial.side, by_hand=by_hand
    )
    measures = measured_by_signal(trial.body, trial.movement, trial.reps, asked_measures(single), trial.level)
    found: list[Finding] = []
    for fault in single:
        found += _of_fault(trial, fault, chains.get(fault.id), measures)
    known = {fault.id: [f for f in found if f.fault.id == fault.id] for fault in single}
    for fault in faults:
        if fault.all_of:
            found.append(of_all(fault, known))
            known[fault.id] = [found[-1]]
    rank = {"fault": 0, "not-resolvable": 1, "ok": 2}
    return tuple(sorted(found, key=lambda f: rank[f.verdict]))


def _of_fault(
    trial: Trial, fault: Fault, chain: ChainResult | str | None, measures: Mapping[str, BySide | str]
) -> list[Finding]:
    band = fault.band
    if band is None:
        raise ValueError(f"{fault.id} has no band")
    if trial.body.source in fault.never:
        return [_refused(fault, f"{_SOURCES.get(trial.body.source, trial.body.source)} cannot show it", fault.needs)]
    try:
        numbers = _numbers(trial, fault, chain, measures)
    except NotResolvable as why:
        return [_refused(fault, str(why), _NO_SOURCE if str(why) == UNSOURCED else fault.needs)]
    return [_judged(trial, fault, band, side, number, measures) for side, number in numbers.items()]


def _numbers(
    trial: Trial, fault: Fault, chain: ChainResult | str | None, measures: Mapping[str, BySide | str]
) -> dict[str, _Number]:
    """The fault's number by side."""
    if fault.lead is not None:
        if chain is None or isinstance(chain, str):
            raise NotResolvable(chain or "no chain was read")
        gap = chain.gaps[0]
        rows = tuple(Measured(r.rep, r.gap_s, r.reason) for r in gap.per_rep)
        reason = "" if gap.set_s is not None else gap.reason
        of_set = SetNumber(gap.set_s, gap.n, reason=reason)
        if gap.set_s is not None and gap.n < fault.least_reps:
            of_set = SetNumber(None, gap.n, reason=f"{gap.n} of at least {fault.least_reps} reps were timed")
        return {"": _Number(rows, of_set)}
    if fault.result is not None:
        told = RESULTS[fault.result][1](trial.results)
        if told.parts:
            return {name: _Number(part.per_rep, about=part.about) for name, part in told.parts.items()}
        of_set = None if told.of_set is None else SetNumber(told.of_set, told.n, counted=fault.kind == "order")
        if of_set is not None and told.n < fault.least_reps:
            of_set = SetNumber(None, told.n, reason=f"{told.n} of at least {fault.least_reps} reps were measured")
        return {"": _Number(told.per_rep, of_set, told.about, told.picked)}
    if trial.movement.working_side and fault.measure is not None and fault.measure.side == "difference":
        raise NotResolvable("each repetition is of one side, and its two legs do different things")
    top = _measured(measures, fault.id)
    if fault.over is not None:
        base = _measured(measures, over_name(fault.id))
        top = {side: measured_share(rows, base[side if side in base else ""]) for side, rows in top.items()}
    if fault.measure is not None and fault.measure.of_maximum:
        if mark_of(trial.movement, STANDING) == "start" and not trial.movement.upright_start:
            raise NotResolvable(f"{trial.movement.name} never stands upright, so the bend from standing is not known")
        largest = trial.maxima.get(fault.measure.signal)
        if largest is None:
            raise NotResolvable("the athlete's own maximum is not known")
        top = {side: measured_share_of(rows, largest) for side, rows in top.items()}
    return {side: _Number(rows) for side, rows in top.items()}


def _measured(measures: Mapping[str, BySide | str], name: str) -> BySide:
    found = measures[name]
    if isinstance(found, str):
        raise NotResolvable(found)
    return found


def _judged(
    trial: Trial, fault: Fault, band: Band, side: str, number: _Number, measures: Mapping[str, BySide | str]
) -> Finding:
    whole = [rep.index for rep in trial.reps if rep.complete]
    of_all = not (side and trial.movement.working_side)
    of_side = {rep.index for rep in trial.reps if of_all or rep.side in ("", side)}
    rows = tuple(row for row in number.rows if row.rep in of_side.intersection(whole))
    if fault.kind == "drift":
        found, edges = _drift(trial, fault, rows), _default(band)
    elif fault.kind == "spread" and fault.unit == "1":
        found, edges = _spread(trial, fault, side, rows), _default(band)
    else:
        about = number.about if number.picked else ""
        # That markers lie as before says nothing of plates and electrodes.
        within_m = trial.stayed_within_m if fault.result is None or fault.result in OF_MARKERS else None
        edges = band_of(fault, band, side, len(rows), trial.baseline, within_m=within_m, about=about)
        if trial.no_baseline and edges.edges is None:
            edges = replace(edges, reason=trial.no_baseline)
        found = number.of_set or mean_of_set(rows, fault.least_reps, trial.level)
    same = None
    if edges.lasting < 1.0 and number.of_set is None and found.estimate is not None:
        same = mean_of_set(rows, fault.least_reps, trial.level, lasting=edges.lasting)
    if found.reason == "not measured" and fault.measure is not None and fault.measure.reading == "failure":
        found = replace(found, reason="no hold was kept until the posture was lost")
    elif found.reason == "not measured":
        found = replace(found, reason=_UNSEEN.get(trial.body.source, "what it is read from was not measured"))
    words = f"{fault.name[0].lower()}{fault.name[1:]}{f', {side}' if side else ''}"
    if number.about:
        words += f" ({number.about})"
    judged = judge(found, edges, band.fault, words, fault.needs, same)
    judged = _with_conditions(trial, fault, side, judged, measures)
    if edges.grade in ("N", "X") and found.estimate is not None:
        no = "no source supports this band" if edges.grade == "N" else "the best evidence contradicts this band"
        judged = Judged("not-resolvable", f"{judged.why}; {no}, so it is shown and not judged", "a trial of one's own")
    beyond = _reps_beyond(fault, band, edges, rows, whole_set=judged.verdict == "fault")
    if judged.verdict == "ok" and edges.origin == "own" and band.default is not None:
        stated = judge(found, _default(band), band.fault, words, fault.needs)
        if stated.verdict != "ok":
            why = f"{judged.why}, which is usual for this athlete, but not surely inside the stated band"
            judged = Judged("not-resolvable", why, "a baseline of sets that a coach calls good")
    if judged.verdict == "ok" and any(rep.ending in ("failed", "ended") for rep in trial.reps):
        why = f"{judged.why}, but a hold ended as the posture was lost, or may have"
        judged = Judged("not-resolvable", why, "see the time to failure")
    if judged.verdict == "ok" and beyond:
        which = ", ".join(str(rep + 1) for rep in beyond)
        why = f"{judged.why}, but rep {which} by itself lies beyond it"
        judged = Judged("not-resolvable", why, "look at that repetition, and record a further set")
    rows = rows if fault.kind in _OF_SET else with_steps(band, rows)
    high = edges.edges[1] if edges.edges is not None and band.fault == "above" else None
    finding = Finding(
        fault=fault,
        side=side or _larger_side(fault, found, edges, judged),
        verdict=judged.verdict,
        measured=found.estimate,
        band=edges.edges,
        band_from=edges.origin,
        band_source=edges.source,
        band_grade=edges.grade,
        per_rep=with_left(trial.body, trial.movement, trial.reps, fault, side, high, rows),
        n=found.n,
        reps=beyond,
        steps=steps_of(band, found.estimate),
        why=judged.why,
        resolve=judged.resolve,
        refused=found.estimate is None and judged.verdict != "ok",
        asks=tuple(c.asks for c in fault.causes if c.asks and c.given_by not in trial.given)
        if judged.verdict == "fault"
        else (),
        about=number.about,
        by_same_markers=None if same is None else same.estimate,
    )
    return finding


def _default(band: Band) -> BandFound:
    return BandFound(band.default, "default", band.source, band.grade or "")


def _drift(trial: Trial, fault: Fault, rows: Sequence[Measured]) -> SetNumber:
    """How much the number changes from the first repetition to the last, or from the lightest load to the heaviest."""
    known = [row for row in rows if row.value is not None]
    loads = trial.loads_kg
    if fault.against == "load":
        known = [row for row in known if row.rep in loads]
        if not loads:
            return SetNumber(None, len(known), reason="the loads are not known; give them with --loads")
    against = np.array([loads[row.rep] if fault.against == "load" else float(row.rep) for row in known])
    values = np.array([row.value.value for row in known if row.value is not None])
    if 3 * values.size < 2 * len(rows):
        return SetNumber(
            None, values.size, reason=next((row.reason for row in rows if row.value is None), "not measured")
        )
    try:
        if fault.against == "load":
            slope = slope_beside(against, np.array([float(row.rep) for row in known]), values, trial.level)
        else:
            slope = slope_of(against, values, trial.level)
    except NotResolvable as why:
        return SetNumber(None, values.size, reason=str(why))
    span = float(np.ptp(against))
    return SetNumber(slope.scaled(span, fault.unit), values.size)


def _spread(trial: Trial, fault: Fault, side: str, rows: Sequence[Measured]) -> SetNumber:
    """SD between repetitions over that of the baseline."""
    now = [row.value.value for row in rows if row.value is not None]
    before, noise_before = own_values(fault, side, trial.baseline)
    for values, where in ((now, "of this set"), (before, "of the baseline")):
        if len(values) < _SPREAD_REPS:
            if where == "of the baseline" and trial.baseline is None:
                return SetNumber(
                    None, len(now), reason="there is no baseline to compare the spread with; give --baseline"
                )
            return SetNumber(
                None, len(now), reason=f"{len(values)} of at least {_SPREAD_REPS} reps {where} were measured"
            )
    noise = statistics.fmean(row.value.half_width for row in rows if row.value is not None) / normal_factor(trial.level)
    if statistics.variance(before) == 0.0 or statistics.variance(now) == 0.0:
        return SetNumber(None, len(now), reason="the repetitions do not vary at all")
    try:
        return SetNumber(ratio_of_spreads(now, before, trial.level, noise, noise_before), len(now))
    except NotResolvable as why:
        return SetNumber(None, len(now), reason=str(why))


def _with_conditions(
    trial: Trial, fault: Fault, side: str, judged: Judged, measures: Mapping[str, BySide | str]
) -> Judged:
    """The verdict with what must hold too: where that surely does not, nothing is a fault, whatever else was seen."""
    if judged.verdict == "ok":
        return judged
    for k, condition in enumerate(fault.also):
        said, holds = _condition(trial, condition, measures[also_name(fault.id, k)], side)
        if holds is False:
            return replace(judged, verdict="ok", why=said, resolve="")
        if holds is None and judged.verdict == "fault":
            return replace(judged, verdict="not-resolvable", why=f"{judged.why}; {said}", resolve=fault.needs)
        judged = replace(judged, why=f"{judged.why}; {said}")
    return judged


def _condition(trial: Trial, condition: Condition, rows: BySide | str, side: str) -> tuple[str, bool | None]:
    """What is said of a condition, and whether it surely holds, surely does not, or neither."""
    if isinstance(rows, str):
        return rows, None
    found = mean_of_set([r for r in rows.get(side, rows.get("", ())) if r.rep in _whole(trial)], 3, trial.level)
    name = f"{' or '.join(condition.measure.read)} {condition.measure.reading}".replace("_", " ")
    if found.estimate is None:
        return f"{name} was not measured: {found.reason}", None
    said = f"{name} {in_words(found.estimate)}"
    if found.estimate.low > condition.least:
        return f"{said}, more than {condition.least:g}", True
    if found.estimate.high <= condition.least:
        return f"{said}: no more than {condition.least:g}, which is sway", False
    return f"{said}, which may be more or less than {condition.least:g}", None


def _whole(trial: Trial) -> set[int]:
    return {rep.index for rep in trial.reps if rep.complete}


def _reps_beyond(
    fault: Fault, band: Band, edges: BandFound, rows: Sequence[Measured], *, whole_set: bool
) -> tuple[int, ...]:
    """The repetitions whose own interval lies where a fault lies: in a set that is one beyond its band, else beyond
    what any one of them may differ by.
    """
    if edges.edges is None or edges.grade in ("N", "X") or fault.kind in _OF_SET:
        return ()
    limits = edges.edges if whole_set or edges.of_rep is None else edges.of_rep
    return tuple(r.rep for r in rows if r.value is not None and outside(r.value, limits, band.fault))


def _larger_side(fault: Fault, found: SetNumber, band: BandFound, judged: Judged) -> str:
    """Of a difference of right and left that is a fault, the side that has more than it should."""
    if not fault.compares_sides or found.estimate is None or judged.verdict != "fault":
        return ""
    high = None if band.edges is None else band.edges[1]
    return "right" if high is not None and found.estimate.value > high else "left"


def _refused(fault: Fault, why: str, resolve: str) -> Finding:
    return whole_finding(fault, "not-resolvable", why, resolve, refused=True)


_UNSEEN = {
    "imu": "segment sensors show no such angle or length well enough",
    "keypoints": "one camera does not show it in this view",
    "angles": "the joint angles of the other program do not hold it",
}

_NO_SOURCE = "nothing yet: no study names an order of these links"

_SOURCES = {
    "markers": "markers",
    "imu": "segment sensors",
    "keypoints": "keypoints of one camera",
    "angles": "joint angles of another program",
}
