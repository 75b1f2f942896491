"""The athlete's own band: from a baseline of several days, or from one earlier result."""

import json
import math
import statistics
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, TypeAlias, cast

from legato.errors import BadInput
from legato.movements.model import GapSpec
from legato.signals.factors import student_factor

RESULT, BASELINE = "legato.analysis/1", "legato.baseline/1"

Band: TypeAlias = tuple[float | None, float | None]

LEAST_REPS = 3
"""Of one earlier result. [ENG] With two the factor of Student's t makes any gap fit."""

LEAST_DAYS = 3
"""Of a baseline, for the same reason. [ENG]"""

DETECTABLE = 0.95
"""Probability with which a change beyond the smallest detectable one is one (Weir 2005, J Strength Cond Res 19:231)."""

_MEDIAN_FACTOR = 0.5 * math.pi
"""Variance of a median over that of the mean, for many normal values; for few it is smaller."""


def read_baseline(source: Mapping[str, Any] | str | PathLike[str], movement_id: str) -> Mapping[str, Any]:
    """A `baseline.json` or an earlier `result.json` of this movement, from its file or as a mapping.

    Raises
    ------
    BadInput
        It is neither, or of another movement.
    """
    if isinstance(source, Mapping):
        return _checked(source, movement_id, "the baseline")
    path = Path(source)
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadInput(f"{path}: cannot be read ({error.strerror}); give a baseline.json or a result.json") from None
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        raise BadInput(f"{path}: is no JSON, or not all of it; give a baseline.json or a result.json") from None
    return _checked(record, movement_id, f"{path}: the baseline")


def _checked(record: object, movement_id: str, name: str) -> Mapping[str, Any]:
    known = cast("Mapping[str, Any]", record if isinstance(record, Mapping) else {})
    if known.get("schema") not in (RESULT, BASELINE):
        raise BadInput(f"{name} is no result of Legato; give a baseline.json or a result.json")
    named = known.get("movement")
    of = cast("Mapping[str, Any]", named).get("id") if isinstance(named, Mapping) else None
    if of != movement_id:
        raise BadInput(f"{name} is a result of {of}, not of {movement_id}; give one of the same movement")
    try:
        _gaps(known)
    except (TypeError, ValueError, KeyError, AttributeError):
        raise BadInput(f"{name} holds gaps that Legato cannot read; make it again") from None
    return known


def own_band(spec: GapSpec, new_reps: int, baseline: Mapping[str, Any] | None) -> tuple[Band | None, str]:
    """The athlete's own median ± the smallest change that a set of `new_reps` can show against it, s, and why there is
    none where there is none.

    From one earlier result: t₉₇.₅·SD·√(1/n + 1/m), with SD and n of its reps and m new ones. From a baseline of k days:
    t₉₇.₅ of k − 1 times √(S²·(1 + π/2k) + W²·(1/m − 1/n)₊), with S the SD of the days' means, W that of the reps within
    a day and n the reps of a usual day; it holds what changes from day to day, which one result cannot show.
    """
    key = (spec.from_link, spec.to_link, spec.named)
    if baseline is not None and baseline.get("schema") == BASELINE:
        days = _days(baseline).get(key)
        if days is None:
            return None, "the baseline does not hold this gap; make one from results that do"
        count = len(days[0])
        if count < LEAST_DAYS:
            return None, f"the baseline holds this gap on {count} days; an own band needs {LEAST_DAYS}"
        means, within, usual = days
        return _around(statistics.median(means), change_of_days(means, within, usual, new_reps))
    gaps = _gaps(baseline or {}).get(key, [])
    if len(gaps) < LEAST_REPS:
        return None, (
            "no order of these links has a source, so the band is the athlete's own: analyse an earlier set of at "
            f"least {LEAST_REPS} reps and give it with --baseline"
        )
    return _around(statistics.median(gaps), change_of_set(gaps, new_reps))


def change_of_set(values: Sequence[float], new_reps: int, probability: float = DETECTABLE) -> float:
    """The smallest change that a set of `new_reps` shows against the median of one earlier set's repetitions.

    With the variance of a mean, 1/n, as the median of so few is little worse: 95 % bands hold 94 to 95 %.
    """
    spread = statistics.stdev(values) * math.sqrt(1.0 / len(values) + 1.0 / max(1, new_reps))
    return student_factor(probability, len(values) - 1) * spread


def change_of_days(
    means: Sequence[float], within: float, usual: float, new_reps: int, probability: float = DETECTABLE
) -> float:
    """The smallest change that a set of `new_reps` shows against the median of the days' `means`; `within` is the SD of
    the repetitions of a day, which has `usual` many.
    """
    fewer = max(0.0, 1.0 / max(1, new_reps) - 1.0 / usual)
    spread = math.sqrt(statistics.variance(means) * (1.0 + _MEDIAN_FACTOR / len(means)) + within**2 * fewer)
    return student_factor(probability, len(means) - 1) * spread


def _around(middle: float, change: float) -> tuple[Band, str]:
    return (middle - change, middle + change), ""


def _gaps(result: Mapping[str, Any]) -> dict[tuple[str, str, str], list[float]]:
    """Every rep's gap of a result, s; of a baseline, every day's mean."""
    if result.get("schema") == BASELINE:
        return {key: list(days[0]) for key, days in _days(result).items()}
    chain: Mapping[str, Any] = result.get("chain") or {}
    found: dict[tuple[str, str, str], list[float]] = {}
    for gap in cast("Sequence[Mapping[str, Any]]", chain.get("gaps") or ()):
        reps: Sequence[Mapping[str, Any]] = gap.get("per_rep") or ()
        key = (str(gap.get("from")), str(gap.get("to")), str(gap.get("event")))
        found.setdefault(key, [float(rep["gap_s"]["value"]) for rep in reps if rep.get("gap_s")])
    return found


def _days(baseline: Mapping[str, Any]) -> dict[tuple[str, str, str], tuple[list[float], float, float]]:
    """Of each gap: the days' means, s, the SD of reps within a day, s, and the reps of a usual day."""
    found: dict[tuple[str, str, str], tuple[list[float], float, float]] = {}
    for gap in cast("Sequence[Mapping[str, Any]]", baseline.get("gaps") or ()):
        days: Sequence[Mapping[str, Any]] = gap["days"]
        key = (str(gap["from"]), str(gap["to"]), str(gap["event"]))
        within = float(gap["sd_within"]["value"])
        found[key] = [float(d["mean"]) for d in days], within, statistics.median(float(d["n"]) for d in days)
    return found
