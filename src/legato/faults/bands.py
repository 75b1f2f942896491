"""What is no fault: the athlete's own band from a baseline, else the stated default."""

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, cast

from legato.chain.baseline import BASELINE, DETECTABLE, LEAST_DAYS, LEAST_REPS, change_of_days, change_of_set
from legato.estimate import LEVEL
from legato.faults.model import Band, Fault
from legato.signals.clusters import STAYED
from legato.signals.factors import normal_factor

Edges: TypeAlias = tuple[float | None, float | None]

ONE_SET = "one earlier set"
"""In a band's source, where it is from a result and not from a baseline of days."""


@dataclass(frozen=True, slots=True)
class BandFound:
    """Lower and upper edge (None where open) for the mean of a set, those for one repetition (`of_rep`, None where they
    are the same), and where they are from; `edges` is None, with the `reason`, where there is none. `lasting`: how much
    of what lasts over a set (where markers sit) may lie otherwise in the baseline.
    """

    edges: Edges | None
    origin: Literal["own", "default", ""]
    source: str = ""
    grade: str = ""
    of_rep: Edges | None = None
    lasting: float = 1.0
    reason: str = ""


def band_of(
    fault: Fault,
    band: Band,
    side: str,
    new_reps: int,
    baseline: Mapping[str, Any] | None,
    *,
    within_m: float | None = None,
    about: str = "",
) -> BandFound:
    """The athlete's own band where a baseline holds this fault's number, else the default.

    Parameters
    ----------
    fault, band, side
        The fault, its band in this movement, and the side that is judged.
    new_reps
        How many repetitions were measured.
    baseline
        An earlier `result.json` or a `baseline.json` of this athlete and movement.
    within_m
        How far the distances between the markers differ from the earlier result's, where they agree so well that the
        markers are taken to have stayed on; None where not.
    about
        Which of several joints or links the number is of, where the worst is taken; the baseline's must be the same.
    """
    own, why = (None, "")
    if band.own:
        own, why = _own(fault, band, side, new_reps, baseline, within_m, about)
    if own is not None:
        return own
    if band.default is None:
        return BandFound(None, "", reason=why)
    return BandFound(band.default, "default", band.source, band.grade or "", reason=why)


def _own(
    fault: Fault,
    band: Band,
    side: str,
    new_reps: int,
    baseline: Mapping[str, Any] | None,
    within_m: float | None,
    about: str,
) -> tuple[BandFound | None, str]:
    """The athlete's own median ± the smallest detectable change, cut open on the side where nothing is a fault."""
    if baseline is None:
        return None, (
            "this is judged against the athlete's own: analyse an earlier set of at least "
            f"{LEAST_REPS} good reps and give it with --baseline"
        )
    finding = _finding(baseline, fault.id, side)
    if finding is None:
        return None, "the baseline does not hold this number; analyse its recordings again with this version"
    if finding.get("measures") != fault.measures:
        return None, "the baseline holds another measure under this name; analyse its recordings again"
    if about and (then := finding.get("about")) != about:
        if not then:
            return None, "the baseline does not say what this number is of; analyse its recordings again"
        return None, f"the baseline's own was largest elsewhere ({then}), which says nothing of this one ({about})"
    if baseline.get("schema") == BASELINE:
        days = [(float(d["mean"]), float(d["n"])) for d in finding["days"]]
        if len(days) < LEAST_DAYS:
            return None, f"the baseline holds this number on {len(days)} days; an own band needs {LEAST_DAYS}"
        means = [mean for mean, _ in days]
        within, usual = float(finding["sd_within"]["value"]), statistics.median(n for _, n in days)
        middle = statistics.median(means)
        change, of_rep = (
            change_of_days(means, within, usual, new, at)
            for at, new in ((DETECTABLE, new_reps), (_of_any(new_reps), 1))
        )
        lasting, text = 1.0, f"the athlete's own, {len(days)} days"
    else:
        values, lasts = _values(finding)
        if len(values) < LEAST_REPS:
            return None, f"the baseline has {len(values)} reps with this number; an own band needs {LEAST_REPS}"
        middle = statistics.median(values)
        lasting = 1.0 if within_m is None else STAYED
        anew = math.sqrt(2.0) * lasting * lasts * normal_factor(DETECTABLE) / normal_factor(_level(baseline))
        change, of_rep = (
            math.hypot(change_of_set(values, new, at), anew)
            for at, new in ((DETECTABLE, new_reps), (_of_any(new_reps), 1))
        )
        stayed = "" if within_m is None else _stayed(within_m)
        text = f"the athlete's own, {len(values)} reps of {ONE_SET}{stayed}"
    edges, single = (_around(middle, max(size, band.least_change), band) for size in (change, of_rep))
    return BandFound(edges, "own", text, "", single, lasting), ""


def _stayed(within_m: float) -> str:
    """What was measured of the markers, and what is taken from it."""
    apart = f"on each segment as far apart as then, to within {math.ceil(1e3 * within_m)} mm"
    return (
        f"; the markers lie {apart}, and are taken to have stayed on: the band, and the interval by the same markers"
        " that is held against it, leave out most of what their placing adds to both sets"
    )


def _of_any(reps: int) -> float:
    """Probability for one repetition by which any of so many lies beyond as seldom as a set does (Bonferroni)."""
    return 1.0 - (1.0 - DETECTABLE) / max(1, reps)


def _around(middle: float, change: float, band: Band) -> Edges:
    """The band about the athlete's own, open on the side where nothing is a fault."""
    return None if band.fault == "above" else middle - change, None if band.fault == "below" else middle + change


def own_values(fault: Fault, side: str, baseline: Mapping[str, Any] | None) -> tuple[list[float], float]:
    """A fault's number in every repetition of an earlier result, and the SD of their own error; of a baseline of days,
    nothing.
    """
    finding = None if baseline is None or baseline.get("schema") == BASELINE else _finding(baseline, fault.id, side)
    same = finding is not None and finding.get("measures") == fault.measures
    if baseline is None or finding is None or not same:
        return [], 0.0
    values, half = _values(finding)
    return values, half / normal_factor(_level(baseline))


def _level(result: Mapping[str, Any]) -> float:
    """Of the intervals of an earlier result."""
    return float((result.get("settings") or {}).get("level") or LEVEL)


def _finding(baseline: Mapping[str, Any], fault: str, side: str) -> Mapping[str, Any] | None:
    """What a result or a baseline holds of a fault on a side; of one without sides, where a side only says which of two
    has more, whatever it says.
    """
    found = cast("Sequence[Mapping[str, Any]]", baseline.get("findings") or ())
    return next((f for f in found if f.get("fault") == fault and (not side or f.get("side") == side)), None)


def _values(finding: Mapping[str, Any]) -> tuple[list[float], float]:
    """The number of every repetition of an earlier result, and the half-width that all of them share."""
    rows = [row["value"] for row in cast("Sequence[Mapping[str, Any]]", finding.get("per_rep") or ())]
    known = [cast("Mapping[str, float]", row) for row in rows if row]
    halves = [0.5 * (float(row["high"]) - float(row["low"])) for row in known]
    return [float(row["value"]) for row in known], statistics.fmean(halves) if halves else 0.0
