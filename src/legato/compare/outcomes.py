"""The numbers that a trial can test, and what one session's result says of them and of its conditions."""

import re
import statistics
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict

from legato.compare.readings import set_mean
from legato.compare.results import Number
from legato.compare.session_results import BarRepRecord, SessionResult
from legato.errors import BadInput
from legato.estimate import LEVEL, Estimate
from legato.messages import nearest

_LEAST_SHARE = 2.0 / 3.0
"""Share of repetitions in which a number must be measured, as for the mean of a set."""

_PAIR = re.compile(r"(.+?) > (.+)")
"""Two muscles, as `between_muscles.measures[]` names them."""

_OWN_TASK = ("peak of the task", "mean of the task", "not normalised")
"""References of EMG that each recording brings itself: what they are a share of differs between sessions."""

_NO_KIND = ("", "unknown")
"""Kinds of a jump by which nothing is told."""


class OutcomeRow(BaseModel):
    """A row of `outcomes.toml`; what its fields say stands there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    name: str
    unit: str
    better: Literal["higher", "lower", "either"]
    reading: Literal["bar", "jump", "rfd", "metric", "gap", "window", "order", "emg", "between"]
    field: str = ""
    of: str = ""
    positive: bool = False
    keeps: tuple[str, ...]
    session_cv_pct: float | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class OutcomeNumber:
    """A session's number, the mean of its set, or why there is none."""

    estimate: Estimate | None
    n: int = 0
    reason: str = ""


@cache
def outcomes() -> Mapping[str, OutcomeRow]:
    """All outcomes by id."""
    text = files("legato.compare").joinpath("outcomes.toml").read_text(encoding="utf-8")
    rows = [OutcomeRow.model_validate(row) for row in tomllib.loads(text)["outcome"]]
    return {row.id: row for row in rows}


def outcome_of(name: str, of: str, field: str = "outcome") -> OutcomeRow:
    """The outcome of an id.

    Raises
    ------
    BadInput
        There is none, or it lacks what it is of, or is of nothing.
    """
    row = outcomes().get(name)
    if row is None:
        raise BadInput(f"{field} {name[:60]}: is no outcome; {nearest(name, outcomes())}")
    if row.of and not of.strip():
        raise BadInput(f"{field} {name}: lacks of = {row.of}")
    if of.strip() and not row.of:
        raise BadInput(f"{field} {name}: is one number; take out of = {of[:60]}")
    if row.reading == "gap" and len(of.split()) != 3:
        raise BadInput(f"{field} {name}: of = {of[:60]} does not name from, to and event; write {row.of}")
    if row.reading == "emg" and len(of.split()) != 2:
        raise BadInput(f"{field} {name}: of = {of[:60]} does not name a muscle and its side; write {row.of}")
    if row.reading == "between" and not _PAIR.fullmatch(of.strip()):
        raise BadInput(f"{field} {name}: of = {of[:60]} does not name two muscles; write {row.of}")
    return row


def read_outcome(row: OutcomeRow, of: str, result: SessionResult) -> OutcomeNumber:
    """What a session's result says of an outcome, with an interval of the usual level (0.90)."""
    match row.reading:
        case "bar":
            return _of_bar(row, result)
        case "jump":
            return _of_jumps(row, result)
        case "rfd":
            return _of_rises(row, result)
        case "metric":
            reps = [rep.metrics.get(of) for rep in result.whole_reps]
            return _of_reps(reps, row.unit or result.unit_of(of), result.level, f"no repetition has {of}")
        case "gap":
            return _of_gap(row, of, result)
        case "window":
            return _of_window(row, of, result)
        case "order":
            return _of_order(row, result)
        case "between":
            return _of_pair(row, of, result)
        case _:
            return _of_emg(row, of, result)


def read_conditions(result: SessionResult) -> dict[str, float | bool | str | None]:
    """What a result shows of the conditions of its session, by their id; None where it does not."""
    reps = [] if result.bar is None else _bar_reps(result)
    bare = result.settings.get("load_kg")
    loads = [rep.load_kg for rep in reps if rep.load_kg is not None]
    load = statistics.fmean(loads) if reps and len(loads) == len(reps) else None if bare is None else float(bare)
    ranges = [rep.range.value for rep in reps if rep.range is not None]
    pauses = [rep.tempo.bottom.value for rep in reps if rep.tempo is not None and rep.tempo.bottom is not None]
    jumps = () if result.forces is None else result.forces.jumps
    by_motion = [rep for rep in result.whole_reps if rep.metrics.get("height_flight_m") is not None]
    depths = [jump.depth_m for jump in jumps] or [rep.metrics.get("depth") for rep in result.whole_reps]
    sinks = [depth.value for depth in depths if depth is not None]
    count = len(reps) or len(result.whole_reps)
    loss = None if result.bar is None else result.bar.velocity_loss_pct
    sensor = result.bar.source if result.bar is not None else result.rep_driver
    return {
        "movement": result.movement.id,
        "sensor": sensor or None,
        "load_kg": load,
        "range_m": statistics.fmean(ranges) if ranges else None,
        "pause_s": statistics.median(pauses) if pauses else None,
        "depth_m": statistics.fmean(sinks) if sinks else None,
        "reps": float(count) if count else None,
        "volume_kg": load * count if load is not None and count else None,
        "jumps": float(len(jumps) or len(by_motion)) if jumps or by_motion else None,
        "body_mass_kg": result.body_mass_kg,
        "velocity_loss_pct": None if loss is None else loss.value,
        "analysed_by": result.version,
        "analysed_with": result.set_up,
        "corrections": float(result.corrected),
    }


def _bar_reps(result: SessionResult) -> tuple[BarRepRecord, ...]:
    return () if result.bar is None else tuple(rep for rep in result.bar.reps if rep.mean_velocity is not None)


def _of_bar(row: OutcomeRow, result: SessionResult) -> OutcomeNumber:
    if result.bar is None:
        return OutcomeNumber(None, reason="the result shows no bar")
    reps = [getattr(rep, row.field) for rep in result.bar.reps]
    return _of_reps(
        reps, row.unit, result.level, f"no repetition of the bar has its {row.name.removesuffix(' of the bar')}"
    )


def _of_jumps(row: OutcomeRow, result: SessionResult) -> OutcomeNumber:
    forces = result.forces
    if forces is not None and forces.jumps:
        first, *others = forces.jumps
        strange = [jump.kind for jump in forces.jumps if jump.kind not in _NO_KIND and jump.kind != _kind_of(result)]
        if strange:
            what = f"{len(strange)} of {len(forces.jumps)} jumps are by their force of another kind ({strange[0]})"
            return OutcomeNumber(None, len(forces.jumps), what)
        one = forces.jump_set if others else first
        told: Number | None = None if one is None else getattr(one, row.field)
        if told is None:
            return OutcomeNumber(None, len(forces.jumps), f"{row.name} could not be told of every jump")
        return OutcomeNumber(_estimate(told, row.unit, result.level), len(forces.jumps))
    reps = [rep.metrics.get(row.field) for rep in result.whole_reps]
    return _of_reps(reps, row.unit, result.level, f"no jump has its {row.name.removeprefix('jump ')}")


def _kind_of(result: SessionResult) -> str:
    """The kind of jump that a movement is, as the plates tell kinds."""
    return result.movement.id.removesuffix("-jump")


def _of_rises(row: OutcomeRow, result: SessionResult) -> OutcomeNumber:
    pulls = () if result.forces is None or result.forces.rfd is None else result.forces.rfd.per_rep
    end = float(row.field)
    rates: list[Number | None] = []
    for pull in pulls:
        held = [w.rate_n_s for w in pull.windows if abs(w.start_s) < 1e-6 and abs(w.end_s - end) < 1e-6]
        rates.append(held[0] if held else None)
    return _of_reps(rates, row.unit, result.level, "no pull shows how its force rises")


def _of_gap(row: OutcomeRow, of: str, result: SessionResult) -> OutcomeNumber:
    first, second, event = of.split()
    gap = result.gap(first, second, event)
    if gap is None:
        return OutcomeNumber(
            None, reason=f"no such gap; the result has {_listed(' '.join(g.key) for g in result.gaps)}"
        )
    if gap.of_set is None:
        return OutcomeNumber(None, reason=gap.reason or "the set's mean could not be resolved")
    return OutcomeNumber(_estimate(gap.of_set, row.unit, result.level), len(gap.per_rep))


def _of_window(row: OutcomeRow, of: str, result: SessionResult) -> OutcomeNumber:
    name, _, first = (part.strip() for part in of.partition(","))
    found = [w for w in result.windows if w.id == name and first in ("", w.from_link or "")]
    if not found:
        return OutcomeNumber(None, reason=f"no such window; the result has {_listed(w.id for w in result.windows)}")
    if len(found) > 1:
        listed = "; ".join(f"{name}, {w.from_link}" for w in found)
        return OutcomeNumber(None, reason=f"{name} has several entries, and the trial names none of them: {listed}")
    if found[0].of_set is None:
        return OutcomeNumber(None, reason=found[0].reason or "the window's time could not be resolved")
    return OutcomeNumber(_estimate(found[0].of_set, row.unit, result.level))


def _of_order(row: OutcomeRow, result: SessionResult) -> OutcomeNumber:
    order = None if result.chain is None else result.chain.order
    if order is None or order.share_in_order is None:
        return OutcomeNumber(None, reason=(order and order.reason) or "no order of these links has a source")
    return OutcomeNumber(_estimate(order.share_in_order, row.unit, result.level), order.n)


def _of_emg(row: OutcomeRow, of: str, result: SessionResult) -> OutcomeNumber:
    muscle, side = of.split()
    found = [m for m in result.muscles if m.muscle == muscle and (m.side or "") == side]
    if len(found) != 1:
        return OutcomeNumber(None, reason=f"{len(found)} channels are of {of}; one is needed")
    one = found[0]
    if not one.usable:
        return OutcomeNumber(None, reason="; ".join(one.reasons) or "the channel is not usable")
    if one.normalisation is None or one.normalisation in _OWN_TASK:
        return OutcomeNumber(
            None, reason="amplitudes are no share of a contraction; analyse with --mvic or --submax of the day"
        )
    whole = {rep.index for rep in result.whole_reps}
    main = {burst.rep: burst.amplitude for burst in one.bursts if burst.main and burst.rep in whole}
    reps = [main.get(rep.index) for rep in result.whole_reps]
    return _of_reps(reps, row.unit, result.level, f"no burst of {of} was found")


def _of_pair(row: OutcomeRow, of: str, result: SessionResult) -> OutcomeNumber:
    named = _PAIR.fullmatch(of.strip())
    measures = () if result.between_muscles is None else result.between_muscles.measures
    of_kind = [one for one in measures if one.measure == row.field]
    found = [one for one in of_kind if named and (one.from_muscle, one.to_muscle) == (named[1], named[2])]
    if len(found) != 1:
        there = _listed(f"{one.from_muscle} > {one.to_muscle}" for one in of_kind)
        return OutcomeNumber(None, reason=f"{len(found)} entries are of {of}; the result has {there}")
    if found[0].of_set is None:
        return OutcomeNumber(None, found[0].n or 0, found[0].reason or "it could not be told of these repetitions")
    return OutcomeNumber(_estimate(found[0].of_set, row.unit, result.level), found[0].n or 0)


def _of_reps(reps: Sequence[Number | None], unit: str, level: float, none: str) -> OutcomeNumber:
    """The mean over repetitions: their spread, and once what the sensor leaves open in all of them."""
    found = [number for number in reps if number is not None]
    if not found:
        return OutcomeNumber(None, reason=none)
    if len(found) < _LEAST_SHARE * len(reps):
        return OutcomeNumber(None, len(found), f"measured in {len(found)} of {len(reps)} repetitions")
    half = statistics.median(number.half_width for number in found)
    fixed = Estimate.symmetric(0.0, half, level=level).at_level(LEVEL).half_width
    cell = set_mean([number.value for number in found], fixed, unit, placed=False)
    return OutcomeNumber(cell.estimate, len(found))


def _estimate(number: Number, unit: str, level: float) -> Estimate:
    return Estimate(number.value, number.low, number.high, level, unit).at_level(LEVEL)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(list(dict.fromkeys(names))[:8]) or "none"
