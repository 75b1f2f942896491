"""A fault's number in each repetition: of a signal of the body, of two of them, or between two events."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias

import numpy as np

from legato.body.model import Body
from legato.chain import analyse_chain
from legato.chain.model import ChainResult
from legato.errors import NotResolvable
from legato.estimate import LEVEL, Estimate
from legato.faults.held import KEPT, with_kept
from legato.faults.model import BEFORE, OPENING, OUTSET, RETURN, STANDING, WORK, Fault, Lead, Measure, Measured, Side
from legato.faults.rests import marked
from legato.movements.link_spec import GapSpec, LinkRead, LinkSpec
from legato.movements.metrics import rep_metrics
from legato.movements.model import GIVEN_MARKS, MetricSpec, Movement, Rep
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
    `before` and `outset` stay, as they hang on the phase that is read.

    Raises
    ------
    NotResolvable
        The movement has no such mark.
    """
    known = {"start", "end", *GIVEN_MARKS.get(movement.cycle.anchor, ())} | {mark.name for mark in movement.marks}
    if at in (BEFORE, OUTSET):
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
    unsteady: dict[str, float] = {}
    timed = with_kept(body, movement, reps) if movement.cycle.hold is not None else list(reps)
    for k, (name, measure) in enumerate(measures.items()):
        try:
            within = phase_of(movement, measure.within)
            at = mark_of(movement, measure.at) if measure.reading in _FROM_A_MARK else ""
        except NotResolvable as why:
            found[name] = str(why)
            continue
        if movement.cycle.hold is not None and within == "rep" and measure.reading in ("above", "below", "off"):
            within = KEPT
        if at == BEFORE or measure.until is not None:
            mark = f"at {k}" if at in (BEFORE, OUTSET) else ""
            rests = marked(body, movement, timed, within, measure, mark, f"part {k}")
            timed, hurried[name], unsteady[name] = rests.reps, rests.why, rests.unsteady
            at, within = mark or at, f"part {k}"
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
                    _from_rest(_largest([row.get(f"{spec.name}{end}") for spec in some]), unsteady.get(name, 0.0)),
                    level,
                    hurried.get(name, {}).get(rep.index, ""),
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


def _from_rest(value: Estimate | None, unsteady: float) -> Estimate | None:
    """The largest distance from a rest, its end towards 0 let down by what sway and quivering skin alone may have made
    of it.

    The largest of what wavers by itself is never 0. Its square adds to that of what was done: a distance as large as
    rests differ by may be none at all, and of one four times as large 3 % go (as noise does to an amplitude: Rice
    1945, Bell Syst Tech J 24:46). From repetition to repetition it is otherwise, which their spread tells.
    """
    if value is None or not unsteady:
        return value
    most = float(np.degrees(unsteady)) if value.unit.startswith("deg") else unsteady
    done = float(np.sqrt(max(0.0, value.value**2 - most**2)))
    let = abs(value.value) - done
    low, high = (value.low - let, value.high) if value.value >= 0.0 else (value.low, value.high + let)
    return Estimate(value.value, low, high, value.level, value.unit)


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
    by_hand: Sequence[LinkRead] = (),
) -> Mapping[str, ChainResult | str]:
    """The chain of each fault that asks which link comes first, by the fault's id; a text where its phase is missing.

    Each pair is timed as the movement's own chain is: same noise, cut-off and interval, and what a person read of the
    same links (`by_hand`) where it is looked for in the same phase or a part of it.
    """
    read_by = {link.name: (link.quantity, link.side) for link in movement.chain}
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
        same = {link.name for link in links if read_by.get(link.name) == (link.quantity, link.side)}
        looked_in = {name: _parts(phase) for name, phase in movement.timed_events.items()}
        reads = [r for r in by_hand if r.link in same and _overlap(looked_in[r.link, r.event], _parts(within))]
        found[name] = analyse_chain(body, asked, reps, level=level, baseline=baseline, side=side, by_hand=reads)
    return found


def _parts(phase: str) -> set[str]:
    return set(phase.split("+"))


def _overlap(first: set[str], second: set[str]) -> bool:
    return "rep" in first | second or not first.isdisjoint(second)


def asked_leads(faults: Sequence[Fault]) -> dict[str, Lead]:
    """The pairs of events that faults ask for, by the fault's id."""
    return {fault.id: fault.lead for fault in faults if fault.lead is not None}


def _standing_share(measure: Measure) -> float:
    """How much of what skin and model add counts: less where only the first part of the way, or a rise of centimetres
    from the posture itself, is looked at.
    """
    if measure.until is not None and measure.at in (BEFORE, OUTSET, "start"):
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


def _told(rep: Rep, value: Estimate | None, level: float, why: str = "") -> Measured:
    if not rep.complete:
        return Measured(rep.index, None, rep.reason or "the rep is not complete")
    return Measured(rep.index, value and value.at_level(level), "" if value is not None else why or "not measured")


def _less(one: Measured, other: Measured) -> Measured:
    if one.value is None or other.value is None:
        return Measured(one.rep, None, one.reason or other.reason)
    return Measured(one.rep, one.value.minus(other.value))
