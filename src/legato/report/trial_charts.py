"""The pictures of a trial: pairs as joined points and as a forest, phases over sessions, the gain over cued lags."""

from collections.abc import Sequence
from html import escape

import numpy as np

from legato.estimate import Estimate
from legato.recording import FloatArray
from legato.report.charts import Axis, canvas, curve, horizontal_grid, horizontal_labels, vertical_labels
from legato.report.forest import Forest, forest_html
from legato.report.interval_charts import labels_below, mark
from legato.report.lanes import band_html
from legato.report.trial_words import Record, pair_changes, unit_of
from legato.report.words import estimate_text

_HEIGHT_PX = 220


def pictures(record: Record) -> str:
    """The section with the numbers of each pair, phase or dose; empty before the end, or where there is nothing."""
    if record["verdict"] is None:
        return ""
    unit = record["randomisation"]["unit"]
    if unit == "block":
        return _section("doses", "The gain by lag", _doses(record))
    if unit == "series":
        return _section("phases", "Each session", _phases(record))
    changes = pair_changes(record)
    return _section("pairs", "Each pair", f"{_slopes(record)}{_forest(record, changes)}" if changes else "")


def _section(name: str, title: str, inside: str) -> str:
    return f'<section id="{name}"><h2>{title}</h2><div class="two">{inside}</div></section>' if inside else ""


def _estimate(one: Record) -> Estimate:
    return Estimate(one["value"], one["low"], one["high"], unit=one["unit"])


def _array(values: Sequence[float]) -> FloatArray:
    return np.asarray(values, dtype=np.float64)


def _figure(title: str, small: str, up: Axis, drawn: str, marks: str, below: str) -> str:
    return (
        f"<figure><figcaption>{escape(title)} <small>{escape(small)}</small></figcaption>"
        f'<div class="plot">{vertical_labels(up, "", about=4)}'
        f'<div class="area" style="height:{_HEIGHT_PX}px">{drawn}{marks}</div>{below}</div></figure>'
    )


def _slopes(record: Record) -> str:
    """The number of each pair with B and with A, joined."""
    by_pair: dict[int, dict[str, Estimate]] = {}
    for session in record["sessions"]:
        if session["number"] is not None:
            by_pair.setdefault(session["pair"], {})[session["arm"]] = _estimate(session["number"])
    counted = [by_pair.get(one["pair"], {}) for one in record["pairs"] if one["complete"] and not one["refused"]]
    counted = [arms for arms in counted if len(arms) == 2]
    up = Axis.around([end for arms in counted for one in arms.values() for end in (one.low, one.high)], pad=0.1)
    across = Axis(-0.5, 1.5)
    lines, marks = "", ""
    for k, arms in enumerate(counted):
        aside = 0.06 * (k - 0.5 * (len(counted) - 1)) / max(1, len(counted) - 1)
        lines += curve(_array([aside, 1.0 + aside]), _array([arms["B"].value, arms["A"].value]), across, up, "rate")
        marks += "".join(mark(across, up, x + aside, arms[arm], "dot") for x, arm in enumerate("BA"))
    name, unit = record["planned"]["outcome_name"], record["planned"]["unit"]
    drawn = canvas(horizontal_grid(up, 4) + lines, f"{name} with B and with A, a line for each pair")
    return _figure(
        name, f"{unit}; a line joins the two sessions of a pair", up, drawn, marks, labels_below(across, ["B", "A"])
    )


def _forest(record: Record, changes: Sequence[tuple[int, str, Estimate]]) -> str:
    change, unit = record["verdict"]["change"], unit_of(record)
    mean = None
    if change is not None:
        mean = _estimate(change).scaled(100.0 if unit == "%" else 1.0, unit)
    least = record["request"]["outcome"]["effect_of_interest"]
    forest = forest_html(
        Forest(
            per_rep=[(slot - 1, one) for slot, _, one in changes],
            of_set=mean,
            band=(least, None),
            label=f"Change of each pair with its measuring error, and their mean with its interval, {unit}",
            text=estimate_text,
            unit=unit,
        )
    )
    way = "" if record["request"]["outcome"]["better"] == "higher" else "; positive: lower, as the claim says"
    return (
        f"<figure><figcaption>change with A against B <small>{escape(unit)}{escape(way)}</small></figcaption>{forest}"
        f'<p class="legend"><span><i class="key box"></i>{least:g} {escape(unit)} and more would matter</span>'
        "<span>a row a pair, in the order of time; the mean below</span></p></figure>"
    )


def _phases(record: Record) -> str:
    """Each series over its sessions, those with A shaded."""
    return "".join(_series(record, one["pair"], one["slot"]) for one in record["pairs"])


def _series(record: Record, pair: int, slot: int) -> str:
    sessions = [one for one in record["sessions"] if one["pair"] == pair and one["number"] is not None]
    if not sessions:
        return ""
    numbers = [_estimate(one["number"]) for one in sessions]
    up = Axis.around([end for one in numbers for end in (one.low, one.high)], pad=0.1)
    across = Axis(0.4, record["randomisation"]["sessions"] + 0.6)
    shaded = "".join(
        band_html((one["place"] - 0.5, one["place"] + 0.5), across).replace('class="band"', 'class="band arm"')
        for one in sessions
        if one["arm"] == "A"
    )
    places = _array([one["place"] for one in sessions])
    line = curve(places, _array([one.value for one in numbers]), across, up, "rate")
    marks = "".join(
        mark(across, up, one["place"], number, "dot") for one, number in zip(sessions, numbers, strict=True)
    )
    series = record["request"]["phases"]["series"]
    name = record["planned"]["outcome_name"] + (f", {series[slot - 1]}" if series else "")
    drawn = shaded + canvas(horizontal_grid(up, 4) + line, f"{name} over the sessions, those with A shaded")
    small = f"{record['planned']['unit']} by session; shaded: A, else B"
    return _figure(name, small, up, drawn, marks, horizontal_labels(across, "", about=8))


def _doses(record: Record) -> str:
    """The gain over the lag that was achieved, and as cued, with the band of the claim."""
    dose = record["verdict"]["dose"]
    if dose is None or dose["curve"] is None:
        return ""
    found, relative = dose["curve"], unit_of(record) == "%"
    factor = 100.0 if relative else 1.0
    lag = 1000.0 * _array(found["lag_s"])
    middle, low, high = (factor * _array(found[key]) for key in ("gain", "low", "high"))
    cued = [_estimate(one).scaled(factor) for one in found["as_cued"]]
    least = record["request"]["outcome"]["effect_of_interest"]
    up = Axis.around([*low, *high, least, *(end for one in cued for end in (one.low, one.high))], pad=0.05)
    band = record["request"]["doses"]["band_ms"]
    across = Axis.around([*lag, *band, *(1000.0 * s for s in found["doses_s"])], pad=0.05)
    lines = curve(lag, middle, across, up, "bold")
    lines += curve(lag, low, across, up, "thin") + curve(lag, high, across, up, "thin")
    marks = "".join(
        mark(across, up, 1000.0 * at, one, "dot") for at, one in zip(found["achieved_s"], cued, strict=True)
    )
    label = "Gain by lag with its interval, and the mean gain of each cued lag where it was achieved"
    drawn = band_html((band[0], band[1]), across) + canvas(horizontal_grid(up, 4) + lines, label)
    unit = unit_of(record)
    small = f"{unit}, by the lag achieved; shaded: {band[0]:g} to {band[1]:g} ms, where the claim puts the best"
    title = f"gain in {record['planned']['outcome_name']}"
    return _figure(title, small, up, drawn, marks, horizontal_labels(across, "ms"))
