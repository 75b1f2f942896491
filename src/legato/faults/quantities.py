"""A fault's number in each repetition: of a signal of the body, of two of them, or between two events."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias

import numpy as np

from legato.body.model import Body
from legato.chain import analyse_chain
from legato.chain.model import ChainResult
from legato.errors import NotResolvable
from legato.estimate import LEVEL, Estimate
from legato.faults.model import BEFORE, OPENING, RETURN, STANDING, WORK, Fault, Lead, Measure, Measured, Side, When
from legato.movements.drivers import signal_of
from legato.movements.link_spec import GapSpec, LinkSpec
from legato.movements.metrics import rep_metrics
from legato.movements.model import GIVEN_MARKS, MetricSpec, Movement, Phase, Rep
from legato.signals.factors import normal_factor

_LEAST_BASE = 3.0
"""A number that another is a share of must exceed so many half-widths of its own interval. [ENG] From there on the
quotient is nearly normal and its error that of the first order."""

_FROM_A_MARK = ("above", "below", "off", "change", "value_at")
"""Readings that count from the value at a mark, or are that value."""

_SIDES: Mapping[Side, Literal["none", "both", "mean", "right", "left"]] = {
    "none": "none",
    "mean": "mean",
    "right": "right",
    "left": "left",
    "each": "both",
    "difference": "both",
}
"""The side that is read for each that a measure may ask for."""

_BEFORE_S, LEAST_REST_S, _SAME_S = 1.5, 1.2, 1e-6
"""How far ahead of a phase the rest before it is looked for, s, [ENG] beyond any lead that is a habit of moving; a
shorter rest may lie within the lead that is looked for [ENG]; what counts as the same instant."""

_LEAST_STANDING = 0.3
"""What skin adds between two postures grows with how far they are apart; so much of it at least is counted where only
the first part of the way is looked at. [ENG]"""


def phase_of(movement: Movement, within: str) -> str:
    """A phase of the movement by its name or by what it is; `a+b` for several.

    Raises
    ------
    NotResolvable
        The movement has no such phase.
    """
    if within == "rep":
        return within
    if within == OPENING:
        return movement.phases[0].name
    if within in (WORK, RETURN):
        found = [phase.name for phase in movement.phases if phase.effort == within]
        if found:
            return found[0] if len(found) == 1 else f"{found[0]}+{found[-1]}"
    elif set(within.split("+")) <= {phase.name for phase in movement.phases}:
        return within
    words = {WORK: "that drives", RETURN: "that comes back under control"}
    raise NotResolvable(f"{movement.id} has no phase {words.get(within, f'called {within}')}")


def mark_of(movement: Movement, at: str) -> str:
    """A mark of the movement; `standing` is its start where it starts upright, the top of a rise, else its start;
    `before` stays, as it hangs on the phase that is read.

    Raises
    ------
    NotResolvable
        The movement has no such mark.
    """
    known = {"start", "end", *GIVEN_MARKS.get(movement.cycle.anchor, ())} | {mark.name for mark in movement.marks}
    if at == BEFORE:
        return at
    if at == STANDING:
        return "top" if not movement.upright_start and movement.cycle.anchor == "rise" and "top" in known else "start"
    if at not in known:
        raise NotResolvable(f"{movement.id} has no mark called {at}")
    return at


BySide: TypeAlias = Mapping[str, tuple[Measured, ...]]
"""A number in each repetition, by side (`""` where it has none)."""


def measured_by_signal(
    body: Body, movement: Movement, reps: Sequence[Rep], measures: Mapping[str, Measure], level: float = LEVEL
) -> Mapping[str, BySide | str]:
    """The number in each repetition of every measure; a text where the movement lacks its phase or mark.

    Parameters
    ----------
    body, movement, reps
        What is read.
    measures
        By any name.
    level
        Of every interval.
    """
    found: dict[str, BySide | str] = {}
    asked: dict[str, tuple[MetricSpec, ...]] = {}
    hurried: dict[str, Mapping[int, str]] = {}
    timed = list(reps)
    for k, (name, measure) in enumerate(measures.items()):
        try:
            within = phase_of(movement, measure.within)
            at = mark_of(movement, measure.at) if measure.reading in _FROM_A_MARK else ""
        except NotResolvable as why:
            found[name] = str(why)
            continue
        if at == BEFORE or measure.until is not None:
            timed = _marked(body, movement, timed, within, at == BEFORE, measure.until, f"at {k}", f"part {k}")
            at, within = (f"at {k}" if at == BEFORE else at), f"part {k}"
        hurried[name] = _hurried(reps, timed, f"part {k}") if at == f"at {k}" else {}
        asked[name] = tuple(
            MetricSpec(
                name=f"measure {k} {m}",
                kind=measure.reading,
                signal=signal,
                side=_SIDES[measure.side],
                within=within,
                at=at,
                for_s=measure.for_s,
                standing_share=_standing_share(measure),
                unit=measure.unit,
            )
            for m, signal in enumerate(measure.read or ("",))
        )
    specs = tuple(spec for some in asked.values() for spec in some)
    rows = rep_metrics(body, movement.model_copy(update={"metrics": specs}), timed)
    for name, some in asked.items():
        ends = {"_right": "right", "_left": "left"} if some[0].side == "both" else {"": ""}
        sides = {
            side: tuple(
                _told(
                    rep,
                    _largest([row.get(f"{spec.name}{end}") for spec in some]),
                    level,
                    hurried[name].get(rep.index, ""),
                )
                for rep, row in zip(reps, rows, strict=True)
            )
            for end, side in ends.items()
        }
        if measures[name].side == "difference":
            sides = {"": tuple(_less(one, other) for one, other in zip(sides["right"], sides["left"], strict=True))}
        found[name] = sides
    return found


def _largest(values: Sequence[Estimate | None]) -> Estimate | None:
    """The largest of several numbers, as far as each may be it; None where one of them is not known."""
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        return None
    value, low, high = (max(getattr(e, end) for e in known) for end in ("value", "low", "high"))
    return Estimate(value, low, high, known[0].level, known[0].unit)


def measured_share(top: Sequence[Measured], base: Sequence[Measured]) -> tuple[Measured, ...]:
    """One number over another in each repetition."""
    found: list[Measured] = []
    for one, other in zip(top, base, strict=True):
        if one.value is None or other.value is None:
            found.append(Measured(one.rep, None, one.reason or other.reason))
            continue
        a, b = one.value, other.value
        if abs(b.value) < _LEAST_BASE * b.half_width:
            found.append(Measured(one.rep, None, "what it is a share of is hardly there"))
            continue
        ratio = a.value / b.value
        half = float(np.hypot(a.half_width, ratio * b.half_width)) / abs(b.value)
        found.append(Measured(one.rep, Estimate.symmetric(ratio, half, "1", a.level)))
    return tuple(found)


MAXIMUM_SD_DEG = 2.5
"""SD of an athlete's own maximum, deg: read from a recording with skin and markers as uncertain as in any. [ENG]"""


def measured_share_of(rows: Sequence[Measured], largest_deg: float) -> tuple[Measured, ...]:
    """Angles of each repetition as a share of the athlete's own maximum, %."""
    whole = Estimate.symmetric(largest_deg, normal_factor(LEVEL) * MAXIMUM_SD_DEG, "deg")
    base = [Measured(row.rep, whole.at_level(row.value.level) if row.value is not None else whole) for row in rows]
    shares = measured_share(rows, base)
    return tuple(Measured(r.rep, None if r.value is None else r.value.scaled(100.0, "%"), r.reason) for r in shares)


def lead_chain(
    body: Body,
    movement: Movement,
    reps: Sequence[Rep],
    leads: Mapping[str, Lead],
    *,
    level: float,
    side: str = "",
    baseline: Mapping[str, Any] | None = None,
) -> Mapping[str, ChainResult | str]:
    """The chain of each fault that asks which link comes first, by the fault's id; a text where its phase is missing.

    Each pair is timed as the movement's own chain is: same noise, cut-off and interval.
    """
    found: dict[str, ChainResult | str] = {}
    for name, lead in leads.items():
        try:
            within = phase_of(movement, lead.within)
        except NotResolvable as why:
            found[name] = str(why)
            continue
        links = tuple(
            LinkSpec(name=link.name, quantity=link.quantity, side=link.side) for link in (lead.from_link, lead.to_link)
        )
        gap = GapSpec.model_validate(
            {
                "from": links[0].name,
                "to": links[1].name,
                "event": lead.event,
                "to_event": lead.to_event,
                "phase": within,
                "band": "own",
                "primary": True,
                "source": name,
            }
        )
        asked = movement.model_copy(
            update={"chain": links, "gaps": (gap,), "windows": (), "expected_order": (), "judged_event": lead.event}
        )
        found[name] = analyse_chain(body, asked, reps, level=level, baseline=baseline, side=side)
    return found


def asked_leads(faults: Sequence[Fault]) -> dict[str, Lead]:
    """The pairs of events that faults ask for, by the fault's id."""
    return {fault.id: fault.lead for fault in faults if fault.lead is not None}


def _standing_share(measure: Measure) -> float:
    """How much of what skin and model add counts: less where only the first part of the way, or a rise of centimetres
    from the posture itself, is looked at.
    """
    if measure.until is not None:
        return max(_LEAST_STANDING, measure.until.share)
    near = measure.unit == "m" and measure.reading in ("above", "below", "off")
    return _LEAST_STANDING if near else 1.0


def asked_measures(faults: Sequence[Fault]) -> dict[str, Measure]:
    """All that faults read from signals, by the fault's id, `over_name` and `also_name`."""
    found: dict[str, Measure] = {}
    for fault in faults:
        if fault.measure is not None:
            found[fault.id] = fault.measure
        if fault.over is not None:
            found[over_name(fault.id)] = fault.over
        found |= {also_name(fault.id, k): condition.measure for k, condition in enumerate(fault.also)}
    return found


def over_name(fault: str) -> str:
    """The name of what a fault's measure is a share of."""
    return f"{fault} over"


def also_name(fault: str, k: int) -> str:
    """The name of what a fault's further condition measures."""
    return f"{fault} also {k}"


def _rest_s(movement: Movement, reps: Sequence[Rep], k: int, start_s: float) -> float:
    """When the rest before an instant of a repetition begins, and not far ahead of it, s."""
    pauses = {phase.name for phase in movement.phases if phase.optional}
    ends = [p.end_s for p in reps[k].phases if p.name not in pauses and p.end_s <= start_s + _SAME_S]
    ends += [reps[k - 1].end_s] if k and reps[k - 1].end_s <= start_s + _SAME_S else []
    return min(start_s, max([*ends, start_s - _BEFORE_S]))


def _marked(
    body: Body,
    movement: Movement,
    reps: Sequence[Rep],
    within: str,
    before: bool,
    until: When | None,
    mark: str,
    part: str,
) -> list[Rep]:
    """The repetitions with a phase `part`: that of `within`, from the rest before it (then with the instant `mark`),
    and up to where a signal has gone its share of the way. One without enough rest before it lacks them.
    """
    found: list[Rep] = []
    for k, rep in enumerate(reps):
        span = rep.phase(within)
        if span is None:
            found.append(rep)
            continue
        start_s = max(_rest_s(movement, reps, k, span.start_s), body.start_s) if before else span.start_s
        if before and span.start_s - start_s < LEAST_REST_S:
            found.append(rep)
            continue
        end_s = span.end_s if until is None else _instant(body, movement, start_s, span.end_s, until)
        if end_s is None:
            found.append(rep)
            continue
        phases = (*rep.phases, Phase(name=part, start_s=start_s, end_s=end_s))
        found.append(rep.model_copy(update={"phases": phases, "marks": {**rep.marks, mark: start_s}}))
    return found


def _instant(body: Body, movement: Movement, start_s: float, end_s: float, when: When) -> float | None:
    """When a signal has gone its share of its largest way between two instants, s."""
    signal = signal_of(body, when.signal, when.side, movement.filter_cutoff_hz)
    if signal is None:
        return None
    first = max(0, int(np.ceil((start_s - body.start_s) * body.rate_hz - 1e-6)))
    last = min(signal.size - 1, int(np.floor((end_s - body.start_s) * body.rate_hz + 1e-6)))
    part = signal[first : last + 1]
    if part.size < 3 or not np.isfinite(part).all():
        return None
    way = np.abs(part - part[0])
    return body.start_s + (first + int(np.flatnonzero(way >= when.share * way.max())[0])) / body.rate_hz


def _hurried(reps: Sequence[Rep], timed: Sequence[Rep], part: str) -> Mapping[int, str]:
    """Why a repetition has no rest to count from, by its index."""
    why = f"less than {LEAST_REST_S:g} s of rest before it, or the signal that ends it was not seen"
    return {
        rep.index: why for rep, other in zip(reps, timed, strict=True) if rep.complete and other.phase(part) is None
    }


def _told(rep: Rep, value: Estimate | None, level: float, why: str = "") -> Measured:
    if not rep.complete:
        return Measured(rep.index, None, rep.reason or "the rep is not complete")
    return Measured(rep.index, value and value.at_level(level), "" if value is not None else why or "not measured")


def _less(one: Measured, other: Measured) -> Measured:
    if one.value is None or other.value is None:
        return Measured(one.rep, None, one.reason or other.reason)
    return Measured(one.rep, one.value.minus(other.value))
