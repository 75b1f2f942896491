"""The muscles as `result.json` and the tables hold them."""

from typing import TYPE_CHECKING, Any

from legato.report.words import rep_number

if TYPE_CHECKING:
    from legato.estimate import Estimate
    from legato.muscles.model import LagResult, MuscleResult, MusclesResult, RepBurst
    from legato.report.cells import Cell

_TIMES = ("onset", "centre", "peak", "offset")


def muscles_record(muscles: "MusclesResult | None") -> list[dict[str, Any]]:
    """What `result.json` holds of them, estimates still as they are: one record a channel, in file order; empty where
    there is no EMG. A lag stands with the muscle it starts from.
    """
    if muscles is None:
        return []
    return [
        {
            "stream": one.stream,
            "channel": one.channel,
            "muscle": one.muscle,
            "name": one.name,
            "side": one.side,
            "region": one.region,
            "naming": one.naming or None,
            "usable": one.usable,
            "reasons": list(one.reasons),
            "warnings": list(one.warnings),
            "refused_reps": [{"rep": rep, "reason": reason} for rep, reason in one.refused_reps],
            "crosstalk": [{"channel": channel, "share": share} for channel, share in one.shared],
            "normalisation": one.normalisation or None,
            "bursts": [_burst(burst) for burst in one.bursts],
            "lags": [_lag(lag) for lag in _lags_from(muscles, one)],
        }
        for one in muscles.muscles
    ]


def pairs_record(muscles: "MusclesResult | None") -> list[dict[str, Any]]:
    """What `result.json` holds of the pairs of muscles that were looked for; empty where there is no EMG."""
    return [
        {
            "first": list(asked.pair.first),
            "second": list(asked.pair.second),
            "asked_by": "usual" if asked.usual else "window",
            "compared": [
                {"from_stream": one[0], "from": one[1], "to_stream": two[0], "to": two[1]}
                for one, two in asked.compared
            ],
            "reason": asked.reason or None,
        }
        for asked in (() if muscles is None else muscles.asked)
    ]


def _lags_from(muscles: "MusclesResult", one: "MuscleResult") -> "list[LagResult]":
    return [lag for lag in muscles.lags if (lag.from_stream, lag.from_channel) == (one.stream, one.channel)]


def _burst(burst: "RepBurst") -> dict[str, Any]:
    return {
        "rep": burst.rep,
        "main": burst.main,
        **{at: burst.time(at) for at in _TIMES},
        "amplitude": burst.amplitude,
        "contrast": burst.contrast,
        "reason": burst.reason or None,
    }


def _lag(lag: "LagResult") -> dict[str, Any]:
    return {
        "from": lag.from_channel,
        "to": lag.to_channel,
        "to_stream": lag.to_stream,
        "from_muscle": lag.from_muscle or None,
        "to_muscle": lag.to_muscle or None,
        "side": lag.side,
        "at": lag.at,
        "primary": lag.primary,
        "per_rep": [{"rep": rep.rep, "lag_s": rep.lag_s, "reason": rep.reason or None} for rep in lag.per_rep],
        "set": lag.mean,
        "n": lag.n,
        "spread_s": lag.spread_s,
        "reps_for_10_ms": lag.reps_for_10_ms,
        "drawn_s": lag.drawn_s,
        "reason": lag.reason or None,
    }


BURST_COLUMNS = [
    *("stream", "channel", "muscle", "side", "usable", "rep_number", "main"),
    *(f"{at}{end}_s" for at in _TIMES for end in ("", "_low", "_high")),
    *("amplitude_pct", "amplitude_low_pct", "amplitude_high_pct", "normalisation", "contrast"),
    *("amplitude_raw", "amplitude_low_raw", "amplitude_high_raw", "raw_unit", "reason"),
]


def burst_rows(muscles: "MusclesResult | None") -> "list[list[Cell]]":
    """One row a burst, and one with the reasons for each channel that cannot be used."""
    rows: list[list[Cell]] = []
    for one in () if muscles is None else muscles.muscles:
        named: list[Cell] = [one.stream, one.channel, one.muscle, one.side, one.usable]
        if not one.bursts:
            why = "; ".join(one.reasons) if not one.usable else "no burst"
            rows.append([*named, *[None] * (len(BURST_COLUMNS) - len(named) - 1), why])
        for burst in one.bursts:
            number = None if burst.rep is None else rep_number(burst.rep)
            times = [cell for at in _TIMES for cell in _ends(burst.time(at))]
            share, raw = (burst.amplitude, None) if one.normalisation else (None, burst.amplitude)
            measured = [*times, *_ends(share), one.normalisation, burst.contrast]
            unit = None if raw is None else raw.unit
            rows.append([*named, number, burst.main, *measured, *_ends(raw), unit, burst.reason])
    return rows


LAG_COLUMNS = [
    *("from_channel", "to_channel", "from_muscle", "to_muscle", "side", "at", "primary", "rep_number"),
    *("lag_s", "lag_low_s", "lag_high_s", "n", "spread_s", "reps_for_10_ms", "reason"),
]


def lag_rows(muscles: "MusclesResult | None") -> "list[list[Cell]]":
    """One row a lag for the set (`rep_number` is `set`), then one a repetition."""
    rows: list[list[Cell]] = []
    for lag in () if muscles is None else muscles.lags:
        pair: list[Cell] = [lag.from_channel, lag.to_channel, lag.from_muscle, lag.to_muscle, lag.side, lag.at]
        pair.append(lag.primary)
        rows.append([*pair, "set", *_ends(lag.mean), lag.n, lag.spread_s, lag.reps_for_10_ms, lag.reason])
        rows += [[*pair, rep_number(r.rep), *_ends(r.lag_s), None, None, None, r.reason] for r in lag.per_rep]
    return rows


def _ends(estimate: "Estimate | None") -> "list[Cell]":
    return [None, None, None] if estimate is None else [estimate.value, estimate.low, estimate.high]
