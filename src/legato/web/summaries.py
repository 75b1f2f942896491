"""What lists and trends need of a result, so that they need not read all of it."""

import statistics
from collections.abc import Mapping
from typing import Any

from legato.compare import Result, read_result
from legato.compare.readings import set_mean
from legato.estimate import LEVEL as USUAL
from legato.estimate import Estimate

_LEAST_SHARE = 2.0 / 3.0
"""Share of whole repetitions in which a number must be measured for its mean over the set, as in `legato across`."""


def summary_of(record: Mapping[str, Any], headline: str = "", sure: str = "") -> dict[str, Any]:
    """The summary of a `result.json`.

    Parameters
    ----------
    record
        The result.
    headline, sure
        The sentence that opens its report, and how sure it is; a result does not hold them.
    """
    result = read_result(record)
    movement = record["movement"]
    whole = len(result.whole_reps)
    order = (record.get("chain") or {}).get("order") or {}
    return {
        "headline": headline or f"{movement['name']}: {whole} of {len(result.reps)} repetitions are whole.",
        "sure": sure,
        "movement": movement["id"],
        "movement_name": movement["name"],
        "reps": len(result.reps),
        "complete": whole,
        "gaps": [_gap(gap) for gap in (record.get("chain") or {}).get("gaps", ())],
        "order_share": order.get("share_in_order"),
        "findings": [_finding(one) for one in record.get("findings", ())],
        "metrics": _metrics(result),
    }


def _gap(gap: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: gap[name] for name in ("from", "to", "event", "quantity", "primary", "set", "verdict")}
    return kept | {"band": gap["band_s"], "n": gap["n"]}


def _finding(one: Mapping[str, Any]) -> dict[str, Any]:
    """A finding with the drill to begin with, and its cue."""
    fix: Mapping[str, Any] = next(iter(one["fixes"]), {})
    kept = {name: one[name] for name in ("fault", "name", "side", "verdict", "says", "measured", "band")}
    return kept | {"drill": fix.get("drill"), "cue": fix.get("cue")}


def _metrics(result: Result) -> dict[str, dict[str, float | str]]:
    """The mean of each number over the whole repetitions; without those measured in too few of them."""
    found: dict[str, dict[str, float | str]] = {}
    for name in result.metric_names():
        measured = [m for rep in result.whole_reps if (m := rep.metrics.get(name)) is not None]
        if not measured or len(measured) < _LEAST_SHARE * len(result.whole_reps):
            continue
        half = statistics.median(m.half_width for m in measured)
        fixed = Estimate.symmetric(0.0, half, level=result.level).at_level(USUAL).half_width
        mean = set_mean([m.value for m in measured], fixed, result.unit_of(name), placed=True).estimate
        if mean is not None:
            found[name] = mean.to_dict()
    return found
