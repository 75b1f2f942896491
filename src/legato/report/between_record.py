"""What muscles do together, as `result.json` and the table hold it: one record a number, all of one form."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from legato.estimate import Estimate

if TYPE_CHECKING:
    from legato.muscles.between import BetweenMuscles, ChannelResult, PairResult, SideResult
    from legato.muscles.brace_sides import SideBrace
    from legato.muscles.model import MusclesResult
    from legato.muscles.order import ActivationOrder
    from legato.muscles.phase_locking import PhaseLocking
    from legato.report.cells import Cell


def between_record(muscles: "MusclesResult | None") -> dict[str, Any] | None:
    """What `result.json` holds, estimates still as they are; None where there is no EMG."""
    if muscles is None or muscles.between is None:
        return None
    found = muscles.between
    return {"measures": list(_measures(found)), "synergies": _synergies(found), "notes": list(found.notes)}


MEASURE_COLUMNS = [
    *("measure", "from", "to", "at", "value", "low", "high", "unit", "n", "chance", "p", "answer", "order", "reason")
]


def measure_rows(muscles: "MusclesResult | None") -> "list[list[Cell]]":
    """One row a number."""
    rows: list[list[Cell]] = []
    for m in () if muscles is None or muscles.between is None else _measures(muscles.between):
        told = m["set"]
        ends: list[Cell] = [None] * 4
        if isinstance(told, Estimate):
            ends = [told.value, told.low, told.high, told.unit]
        order = None if m["order"] is None else " > ".join(m["order"])
        named = [m[key] for key in ("measure", "from", "to", "at")]
        rows.append([*named, *ends, *(m[key] for key in ("n", "chance", "p", "answer")), order, m["reason"]])
    return rows


def _record(measure: str, told: Estimate | None, n: int | None, reason: str, **more: Any) -> dict[str, Any]:
    empty = dict.fromkeys(("from", "to", "at", "chance", "p", "answer", "order"))
    return {"measure": measure, **empty, "set": told, "n": n, "reason": reason or None, **more}


def _measures(found: "BetweenMuscles") -> Iterator[dict[str, Any]]:
    for order in found.orders:
        yield from _order(order)
    for pair in found.locking:
        yield from _locking(pair.locking, pair.reason, **_pair(pair))
    for pair in found.coactivation:
        told = pair.coactivation
        n = 0 if told is None else told.n
        yield _record("overlap", None if told is None else told.overlap, n, pair.reason, **_pair(pair))
        yield _record("co-contraction", None if told is None else told.index, n, pair.reason, **_pair(pair))
    for one in found.momentum:
        yield from _locking(one.locking, one.reason, **{"from": one.muscle.label, "to": "momentum"})
    for one in found.brace_without_shrug:
        yield from _brace(one)
    for one in found.shares:
        share = one.share
        told = None if share is None else share.mean
        yield _record("share-in-eccentric", told, 0 if share is None else share.n, one.reason, **_channel(one))
    for one in found.fatigue:
        yield from _fatigue(one)
    for side in found.sides:
        yield from _side(side)


def _pair(pair: "PairResult") -> dict[str, str]:
    return {"from": pair.first.label, "to": pair.second.label}


def _channel(one: "ChannelResult") -> dict[str, str]:
    return {"from": one.muscle.label}


def _order(order: "ActivationOrder") -> Iterator[dict[str, Any]]:
    seen = None if order.most_common is None else list(order.most_common)
    yield _record("order", order.share_of_most_common, order.n, order.reason, at=order.at, order=seen)
    yield _record("tau-b", order.tau_b, order.n, order.reason, at=order.at, order=list(order.expected))
    for pair in order.pairs:
        ends = {"from": pair.first, "to": pair.second, "at": order.at}
        yield _record("first-before-second", pair.share, pair.n, pair.reason, **ends)


def _locking(told: "PhaseLocking | None", reason: str, **ends: str) -> Iterator[dict[str, Any]]:
    n = 0 if told is None else told.n
    chance, p = (None, None) if told is None else (told.chance, told.p)
    answer = None if told is None or told.plv is None else "beyond-chance" if told.beyond_chance else "chance"
    plv = None if told is None else told.plv
    yield _record("phase-locking", plv, n, "" if plv is not None else reason, chance=chance, p=p, answer=answer, **ends)
    yield _record("mean-phase", None if told is None else told.mean_phase, n, reason, **ends)


def _brace(one: "SideBrace") -> Iterator[dict[str, Any]]:
    told = one.found
    trunk, trapezius = (None if m is None else m.label for m in (one.trunk, one.trapezius))
    yield _record("brace", told.trunk, None, told.reason, answer=told.braced, **{"from": trunk})
    yield _record("shrug", told.rise, None, told.reason, answer=told.relaxed, **{"from": trapezius})
    ends = {"from": trunk, "to": trapezius}
    yield _record("brace-without-shrug", None, None, told.reason, answer=told.answer, **ends)


def _fatigue(one: "ChannelResult") -> Iterator[dict[str, Any]]:
    told = one.fatigue
    for name in ("median-frequency", "mean-frequency", "amplitude"):
        trend = None if told is None else getattr(told, name.replace("-", "_"))
        yield _record(
            f"{name}-change",
            None if trend is None else trend.change,
            0 if told is None else len(told.reps),
            one.reason if trend is None or trend.change is None else trend.reason,
            answer=None if trend is None else trend.direction,
            **_channel(one),
        )


def _side(side: "SideResult") -> Iterator[dict[str, Any]]:
    ends = {"from": side.left.label, "to": side.right.label}
    timing, amplitude = side.timing, side.amplitude
    yield _record(
        "right-after-left",
        None if timing is None else timing.lag,
        0 if timing is None else timing.n,
        side.reason,
        **ends,
        at="centre",
        answer=None if timing is None else timing.first,
    )
    yield _record(
        "amplitude-right-minus-left",
        None if amplitude is None else amplitude.index,
        0 if amplitude is None else amplitude.n,
        side.amplitude_reason,
        **ends,
        answer=None if amplitude is None else amplitude.more,
    )


def _synergies(between: "BetweenMuscles") -> dict[str, Any] | None:
    found, halves = between.synergies, between.halves
    if found is None:
        return None
    return {
        "n": found.n,
        "muscles": list(found.muscles),
        "weights": [[float(w) for w in row] for row in found.weights],
        "vaf": found.vaf,
        "chance_vaf": found.chance_vaf,
        "beyond_chance": found.beyond_chance,
        "split_half": None if halves is None else halves.mean,
        "split_half_chance": None if halves is None else halves.chance,
        "split_half_chance_high": None if halves is None else halves.chance_high,
    }
