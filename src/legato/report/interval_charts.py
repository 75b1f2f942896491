"""Small charts of estimates over repetitions or windows: marks and columns with the whisker of their interval."""

from collections.abc import Sequence
from html import escape

from legato.estimate import Estimate
from legato.report.charts import Axis, canvas, horizontal_grid, vertical_labels
from legato.report.words import estimate_text, rep_number

_HEIGHT_PX = 150


def figure(title: str, small: str, up: Axis, unit: str, marks: str, labels: str, lines: str = "") -> str:
    """A chart with a caption, labels to the left and below, `lines` as SVG and `marks` placed in per cent."""
    drawn = canvas(horizontal_grid(up, 3) + lines, title)
    return (
        f"<figure><figcaption>{title} <small>{small}</small></figcaption>"
        f'<div class="plot">{vertical_labels(up, unit, about=3)}'
        f'<div class="area" style="height:{_HEIGHT_PX}px">{drawn}{marks}</div>{labels}</div></figure>'
    )


def mark(across: Axis, up: Axis, at: float, value: Estimate, kind: str) -> str:
    """A point at `value` with its interval; the class `kind` tells its shape."""
    place = f"left:{across.percent(at)};top:{100.0 * (1.0 - up.share(value.value)):.2f}%"
    point = f'<i class="pt {kind}" style="{place}" title="{escape(estimate_text(value))}"></i>'
    return whisker(across, up, at, value) + point


def whisker(across: Axis, up: Axis, at: float, value: Estimate) -> str:
    """The interval of an estimate as an upright line."""
    low, high = (100.0 * min(1.0, max(0.0, up.share(end))) for end in (value.low, value.high))
    return f'<i class="whisker" style="left:{across.percent(at)};bottom:{low:.2f}%;height:{high - low:.2f}%"></i>'


def column(across: Axis, up: Axis, at: float, value: float) -> str:
    """A column from zero to `value`."""
    foot, end = (100.0 * min(1.0, max(0.0, up.share(v))) for v in (min(0.0, value), max(0.0, value)))
    left, width = 100.0 * across.share(at - 0.3), 100.0 * 0.6 / (across.high - across.low)
    where = f"left:{left:.2f}%;width:{width:.2f}%;bottom:{foot:.2f}%;height:{end - foot:.2f}%"
    return f'<i class="column" style="{where}"></i>'


def limit(up: Axis, at: float) -> str:
    """A dashed line across the chart."""
    return f'<i class="limit" style="bottom:{100.0 * up.share(at):.2f}%"></i>'


def labels_below(across: Axis, names: Sequence[str]) -> str:
    """Names below a chart whose places are 0, 1 …"""
    spans = "".join(f'<span style="left:{across.percent(k)}">{escape(name)}</span>' for k, name in enumerate(names))
    return f'<div class="xl" aria-hidden="true">{spans}</div>'


def reps_below(across: Axis, reps: Sequence[int]) -> str:
    """The numbers of repetitions below a chart."""
    return labels_below(across, [str(rep_number(rep)) for rep in reps])
