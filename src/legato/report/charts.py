"""Plots without a plotting library: curves as SVG paths that stretch, labels and marks as HTML placed in per cent."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import NDArray

from legato.recording import FloatArray
from legato.signals.gaps import runs_of

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)

_SIDE = 1000
"""Side of the square a path is drawn in; the page stretches it to the plot."""


@dataclass(frozen=True, slots=True)
class Axis:
    """A stretch of numbers laid along one side of a plot."""

    low: float
    high: float

    def share(self, value: float) -> float:
        """Where `value` lies: 0 at `low`, 1 at `high`."""
        return (value - self.low) / (self.high - self.low)

    def percent(self, value: float) -> str:
        """Where `value` lies, as a CSS length, kept inside the plot."""
        return f"{100.0 * min(1.0, max(0.0, self.share(value))):.2f}%"

    def ticks(self, about: int = 5) -> list[float]:
        """Round numbers inside the axis, about so many."""
        raw = (self.high - self.low) / max(1, about)
        power = 10.0 ** math.floor(math.log10(raw))
        step = next(s * power for s in _STEPS if s * power >= raw * 0.999)
        first = math.ceil(self.low / step - 1e-9)
        last = math.floor(self.high / step + 1e-9)
        return [i * step for i in range(first, last + 1)]

    @classmethod
    def around(cls, values: Sequence[float] | FloatArray, pad: float = 0.06, least: float = 1e-6) -> "Axis":
        """The axis that holds the finite `values` with a share `pad` of room at each end, at least `least` long."""
        finite = np.asarray(values, dtype=np.float64)
        finite = finite[np.isfinite(finite)]
        low, high = (0.0, 1.0) if finite.size == 0 else (float(finite.min()), float(finite.max()))
        room = max(pad * (high - low), 0.5 * (least - (high - low)))
        return cls(low - room, high + room)


def decimals_of(ticks: Sequence[float]) -> int:
    """How many decimals tell these ticks apart."""
    if len(ticks) < 2:
        return 0
    step = ticks[1] - ticks[0]
    return max(0, -math.floor(math.log10(step) + 1e-9) + (1 if step / 10 ** math.floor(math.log10(step)) == 2.5 else 0))


def path(x: FloatArray, y: FloatArray, across: Axis, up: Axis) -> str:
    """The `d` of an SVG path through the points; a NaN lifts the pen."""
    px = np.round(_SIDE * (x - across.low) / (across.high - across.low), 1)
    py = np.round(_SIDE * (1.0 - (y - up.low) / (up.high - up.low)), 1)
    points = np.stack([px, py], axis=1)
    runs = [points[first:stop].ravel().tolist() for first, stop in runs_of(np.isfinite(px) & np.isfinite(py))]
    return "".join(["M" + "L".join(["%g %g"] * (len(run) // 2)) % tuple(run) for run in runs])


def curve(x: FloatArray, y: FloatArray, across: Axis, up: Axis, css: str) -> str:
    """A curve as an SVG path element, empty where there is nothing to draw."""
    d = path(x, y, across, up)
    return f'<path class="{css}" d="{d}"/>' if d else ""


def canvas(content: str, label: str = "") -> str:
    """The stretching SVG that holds curves."""
    named = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    return f'<svg {named} viewBox="0 0 {_SIDE} {_SIDE}" preserveAspectRatio="none">{content}</svg>'


def horizontal_labels(axis: Axis, unit: str, *, about: int = 6, scale: float = 1.0) -> str:
    """Tick labels below a plot, the unit on the last; `scale` turns the axis' unit into the printed one."""
    shown = Axis(axis.low * scale, axis.high * scale)
    ticks = shown.ticks(about)
    decimals = decimals_of(ticks)
    inside = [t for t in ticks if 0.02 < shown.share(t) < 0.94]
    labels: list[str] = []
    for tick in inside:
        tail = escape(unit if unit == "°" else f" {unit}")
        text = _tick(tick, decimals) + (tail if tick == inside[-1] else "")
        labels.append(f'<span style="left:{shown.percent(tick)}">{text}</span>')
    return f'<div class="xl" aria-hidden="true">{"".join(labels)}</div>'


def vertical_labels(axis: Axis, unit: str, *, about: int = 4) -> str:
    """Tick labels left of a plot, the unit on the topmost."""
    ticks = axis.ticks(about)
    decimals = decimals_of(ticks)
    labels: list[str] = []
    for tick in ticks:
        text = _tick(tick, decimals) + (unit if tick == ticks[-1] else "")
        labels.append(f'<span style="top:{100.0 * (1.0 - axis.share(tick)):.2f}%">{text}</span>')
    return f'<div class="yl" aria-hidden="true">{"".join(labels)}</div>'


def horizontal_grid(axis: Axis, about: int = 4) -> str:
    """Faint lines at the ticks of the upright axis, for the inside of a `canvas`."""
    lines: list[str] = []
    for tick in axis.ticks(about):
        y = _SIDE * (1.0 - axis.share(tick))
        lines.append(f'<path class="{"zero" if tick == 0.0 else "grid"}" d="M0 {y:.1f}H{_SIDE}"/>')
    return "".join(lines)


def thinned(count: int, most: int) -> NDArray[np.int64]:
    """At most `most` of the indices 0 to `count` - 1, spread evenly, the first and last among them."""
    if count <= most:
        return np.arange(count)
    return np.unique(np.linspace(0, count - 1, most).round().astype(np.int64))


def extremes(values: FloatArray, most: int) -> NDArray[np.int64]:
    """At most about `most` indices that keep every peak: the lowest and the highest of equal stretches, and one missing
    sample of a stretch that has any, so that a gap stays a gap.
    """
    if values.size <= most:
        return np.arange(values.size)
    size = -(-values.size // (most // 2))
    stretches = -(-values.size // size)
    padded = np.full(stretches * size, np.nan)
    padded[: values.size] = values
    known = np.isfinite(padded)
    missing = ~known
    missing[values.size :] = False

    starts = np.arange(stretches) * size
    seen, gone = known.reshape(stretches, size), missing.reshape(stretches, size)
    low = starts + np.where(seen, padded.reshape(stretches, size), np.inf).argmin(axis=1)
    high = starts + np.where(seen, padded.reshape(stretches, size), -np.inf).argmax(axis=1)
    any_seen, any_gone = np.flatnonzero(seen.sum(axis=1)), np.flatnonzero(gone.sum(axis=1))
    lost = (starts + gone.argmax(axis=1))[any_gone]
    return np.unique(np.concatenate([low[any_seen], high[any_seen], lost, [0, values.size - 1]]))


def _tick(value: float, decimals: int) -> str:
    text = f"{value:.{decimals}f}"
    return (text.removeprefix("-") if float(text) == 0.0 else text).replace("-", "\u2212")
