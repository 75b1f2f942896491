"""The numbers of a pair of angles, phase by phase and rep by rep, without their intervals."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np

from legato.errors import NotResolvable
from legato.recording import FloatArray
from legato.signals.circular import circular_mean
from legato.signals.coordination import (
    coupling_angles,
    coupling_variability,
    deviation_phase,
    mean_absolute_relative_phase,
    over_time,
    pattern_shares,
    quarter_ratios,
    relative_phase,
    spectral_arc_length,
)
from legato.signals.curve_lags import LEAST_CORRELATION, lag_between
from legato.signals.filters import derivative

Stretches: TypeAlias = dict[str, list[tuple[int, int] | None]]
"""First and last frame of a phase in each rep; None where the rep lacks it."""

Values: TypeAlias = dict[tuple[str, str], FloatArray]
"""By phase and measure: one number a rep, shape (reps,), or one for the set, shape ()."""

_POINTS = 101


def coupling_values(
    proximal: FloatArray, distal: FloatArray, rate_hz: float, phases: Mapping[str, Sequence[tuple[int, int] | None]]
) -> Values:
    """Vector coding in each phase: shares of the four patterns, mean coupling angle, variability between reps."""
    angles = coupling_angles(proximal, distal, rate_hz)
    found: Values = {}
    for name, spans in phases.items():
        own = [np.zeros(0) if span is None else angles[span[0] : span[1]] for span in spans]
        shares = [pattern_shares(part) for part in own]
        for pattern in ("in_phase", "anti_phase", "proximal", "distal"):
            found[name, f"{pattern}_share"] = np.array([s[pattern] for s in shares])
        found[name, "coupling_angle"] = np.array([circular_mean(part) if part.size else np.nan for part in own])
        curves = [over_time(part, _POINTS) for part in own if part.size]
        found[name, "coupling_variability"] = np.array(coupling_variability(np.array(curves)) if curves else np.nan)
    return found


def rate_lags(
    first: FloatArray, second: FloatArray, rate_hz: float, phases: Mapping[str, Sequence[tuple[int, int] | None]]
) -> Values:
    """By how much the rate of the second angle follows that of the first, s, over each whole rep, and how alike they
    are; NaN where they are not alike enough.
    """
    rates = [derivative(x, rate_hz) for x in (first, second)]
    spans = phases.get("rep", ())
    lags, alike = np.full(len(spans), np.nan), np.full(len(spans), np.nan)
    for i, span in enumerate(spans):
        if span is None:
            continue
        lag, r = lag_between(rates[0][span[0] : span[1] + 1], rates[1][span[0] : span[1] + 1], rate_hz)
        if abs(r) >= LEAST_CORRELATION:
            lags[i], alike[i] = lag, r
    # Reps in which the joints turn alike and reps in which they turn against each other have no lag in common.
    other = (
        np.sign(alike) != np.sign(np.nanmedian(alike)) if np.isfinite(alike).any() else np.ones(len(spans), np.bool_)
    )
    lags[other], alike[other] = np.nan, np.nan
    return {("rep", "lag"): lags, ("rep", "lag_correlation"): alike}


def cycle_spread(proximal: FloatArray, distal: FloatArray, spans: Sequence[tuple[int, int]]) -> Values:
    """Size (MARP) and spread (DP) of the relative phase over the cycles of a set.

    Raises
    ------
    NotResolvable
        Missing samples, or no oscillation.
    """
    first, last = spans[0][0], spans[-1][1]
    a, b = proximal[first : last + 1], distal[first : last + 1]
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        raise NotResolvable("markers are missing in the middle of the set")
    phase = relative_phase(a, b)
    curves = np.array([over_time(phase[s - first : e - first + 1], _POINTS) for s, e in spans])
    return {
        ("rep", "relative_phase_size"): np.array(mean_absolute_relative_phase(curves)),
        ("rep", "relative_phase_spread"): np.array(deviation_phase(curves)),
    }


def lumbar_shares(
    lean: FloatArray,
    lumbar: FloatArray,
    pelvis: FloatArray,
    phases: Mapping[str, Sequence[tuple[int, int] | None]],
) -> Values:
    """Share of the lumbar spine in what lumbar spine and pelvis bend together, in each quarter of the trunk's way."""
    found: Values = {}
    for name, spans in phases.items():
        shares = np.full((len(spans), 4), np.nan)
        for i, span in enumerate(spans):
            if span is None:
                continue
            part = slice(span[0], span[1] + 1)
            if not all(np.isfinite(x[part]).all() for x in (lean, lumbar, pelvis)):
                continue
            try:
                moved = quarter_ratios(lean[part], lumbar[part], pelvis[part])
            except NotResolvable:
                continue
            total = moved.sum(axis=1)
            way = 0.25 * (lean[span[1]] - lean[span[0]])
            # Where soft tissue or side bend leaves less than half a quarter's way to share, a share means nothing.
            shares[i] = np.where(total * way > 0.5 * way**2, moved[:, 0] / np.where(total == 0.0, 1.0, total), np.nan)
        for quarter in range(4):
            found[name, f"lumbar_share_quarter_{quarter + 1}"] = shares[:, quarter]
    return found


def smoothness_values(
    angle: FloatArray, rate_hz: float, phases: Mapping[str, Sequence[tuple[int, int] | None]]
) -> Values:
    """Spectral arc length of the angle's rate in each phase."""
    speed = np.abs(derivative(angle, rate_hz))
    found: Values = {}
    for name, spans in phases.items():
        values = np.full(len(spans), np.nan)
        for i, span in enumerate(spans):
            if span is None or not np.isfinite(speed[span[0] : span[1] + 1]).all():
                continue
            try:
                values[i] = spectral_arc_length(speed[span[0] : span[1] + 1], rate_hz)
            except NotResolvable:
                continue
        found[name, "smoothness"] = values
    return found
