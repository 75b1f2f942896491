"""The centre of pressure's path in each stand with its 95 % ellipse, all drawn to one scale."""

from typing import TYPE_CHECKING

import numpy as np

from legato.recording import FloatArray
from legato.report.charts import Axis, canvas, curve, horizontal_grid, horizontal_labels, path, thinned, vertical_labels
from legato.report.words import estimate_text, rep_number

if TYPE_CHECKING:
    from legato.forces.stances import RepSway, SwayOfTrial

_MM, _MM2 = 1000.0, 1e6
_MOST_CHARTS = 12
_POINTS = 1500
_CORNERS = 73


def sway_charts(sway: "SwayOfTrial") -> str:
    """A figure a stand, empty where no sway is told."""
    told = [one for one in sway.per_rep if one.sway is not None and one.path_m.size][:_MOST_CHARTS]
    if not told:
        return ""
    drawn = [(one, _MM * one.path_m, _ellipse(one)) for one in told]
    reach = max(float(np.abs(points).max()) for _, *both in drawn for points in both)
    side = Axis.around(np.array([-reach, reach]))
    return f'<div class="multiples">{"".join(_chart(*one, side) for one in drawn)}</div>'


def _ellipse(one: "RepSway") -> FloatArray:
    """Corners of the ellipse that is told, mm, shape (n, 2), along the axes of the sway."""
    if one.sway is None:
        return np.empty((0, 2))
    lengths, axes = np.linalg.eigh(np.cov(one.path_m.T))
    # Its area is that which is told; the shape is the path's.
    scale = np.sqrt(one.sway.ellipse_m2.value / (np.pi * np.sqrt(lengths.prod())))
    turn = np.linspace(0.0, 2.0 * np.pi, _CORNERS)
    corners = np.column_stack([np.cos(turn), np.sin(turn)]) * np.sqrt(lengths) * scale
    return np.asarray(_MM * corners @ axes.T, dtype=np.float64)


def _chart(one: "RepSway", points: FloatArray, ellipse: FloatArray, side: Axis) -> str:
    if one.sway is None:
        return ""
    shown = points[thinned(points.shape[0], _POINTS)]
    inside = horizontal_grid(side) + curve(shown[:, 0], shown[:, 1], side, side, "thin")
    inside += f'<path class="bold" d="{path(ellipse[:, 0], ellipse[:, 1], side, side)}Z"/>'
    name = f"Stand {rep_number(one.rep)}"
    area = estimate_text(one.sway.ellipse_m2.scaled(_MM2, "mm²"))
    label = f"{name}: path of the centre of pressure about its mean point, mm, and its 95 % ellipse, {area}"
    return (
        f"<figure><figcaption>{name} <small>{area}</small></figcaption>"
        f'<div class="plot">{vertical_labels(side, " mm")}<div class="area square">{canvas(inside, label)}</div>'
        f"{horizontal_labels(side, 'mm', about=4)}</div></figure>"
    )
