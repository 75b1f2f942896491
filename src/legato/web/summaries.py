"""What lists and trends need of a result, so that they need not read all of it."""

from collections.abc import Mapping
from typing import Any

from legato.compare import read_result
from legato.compare.readings import metric_mean


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
    means = {name: metric_mean(result, name) for name in result.metric_names()}
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
        "metrics": {name: mean.to_dict() for name, mean in means.items() if mean is not None},
    }


def _gap(gap: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: gap[name] for name in ("from", "to", "event", "quantity", "primary", "set", "verdict")}
    return kept | {"band": gap["band_s"], "n": gap["n"]}


def _finding(one: Mapping[str, Any]) -> dict[str, Any]:
    """A finding with the drill to begin with, and its cue."""
    fix: Mapping[str, Any] = next(iter(one["fixes"]), {})
    told = ("fault", "name", "side", "verdict", "says", "measured", "by_same_markers", "band", "n", "resolve")
    kept = {name: one[name] for name in told}
    return kept | {"drill": fix.get("drill"), "cue": fix.get("cue")}
