"""Estimates of repetitions and of the set on one axis, with the band that they are held to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from legato.estimate import Estimate
from legato.report.charts import Axis, horizontal_labels
from legato.report.lanes import band_html
from legato.report.words import rep_number

Band = tuple[float | None, float | None]


@dataclass(frozen=True, slots=True)
class Forest:
    """What is drawn. `text` tells an estimate in words, for the titles; `unit` and `scale` are those of the labels;
    `least` is the shortest axis; `zero` whether zero must lie on it; `stated` whether the band is no one's own. `held`:
    the part of the set's interval that is held against the band, where that is not all of it.
    """

    per_rep: Sequence[tuple[int, Estimate]]
    of_set: Estimate | None
    band: Band | None
    label: str
    text: Callable[[Estimate], str]
    unit: str
    scale: float = 1.0
    least: float = 1e-6
    zero: bool = True
    stated: bool = False
    held: Estimate | None = None


def forest_html(drawn: Forest) -> str:
    """A row for each repetition, the set below; empty where nothing was measured."""
    edges = [end for _, e in drawn.per_rep for end in (e.low, e.high)]
    edges += [] if drawn.of_set is None else [drawn.of_set.low, drawn.of_set.high]
    if not edges:
        return ""
    edges += [edge for edge in drawn.band or () if edge is not None]
    if drawn.zero or min(map(abs, edges)) <= max(edges) - min(edges):
        edges.append(0.0)
    across = Axis.around(edges, pad=0.12, least=drawn.least)
    count = len(drawn.per_rep)
    step = 13.0 if count <= 12 else max(4.0, 156.0 / count)
    rows = [
        _row(e, across, (row + 0.5) * step + 4.0, "dot", f"rep {rep_number(rep)}: {drawn.text(e)}")
        for row, (rep, e) in enumerate(drawn.per_rep)
    ]
    bottom = step * count + 4.0
    if drawn.of_set is not None:
        whole = "set" if drawn.held is None else "set whole"
        if drawn.held is not None:
            rows.append(_interval(drawn.held, across, bottom + 10.0, "set"))
        rows.append(_row(drawn.of_set, across, bottom + 10.0, whole, f"set: {drawn.text(drawn.of_set)}"))
    band = "" if drawn.band is None else band_html(drawn.band, across, stated=drawn.stated)
    zero = f'<i class="ref" style="left:{across.percent(0.0)}"></i>' if 0.0 in edges else ""
    return (
        f'<div class="forest">'
        f'<div class="area" role="img" aria-label="{escape(drawn.label)}" style="height:{bottom + 22.0:.0f}px">'
        f"{band}{zero}{''.join(rows)}</div>"
        f"{horizontal_labels(across, drawn.unit, about=5, scale=drawn.scale)}</div>"
    )


def _row(estimate: Estimate, across: Axis, top_px: float, css: str, title: str) -> str:
    at = f"left:{across.percent(estimate.value)};top:{top_px:.1f}px"
    return f'{_interval(estimate, across, top_px, css)}<i class="pt {css}" style="{at}" title="{escape(title)}"></i>'


def _interval(estimate: Estimate, across: Axis, top_px: float, css: str) -> str:
    left, right = 100.0 * across.share(estimate.low), 100.0 * across.share(estimate.high)
    return f'<i class="ci {css}" style="left:{left:.2f}%;width:{right - left:.2f}%;top:{top_px:.1f}px"></i>'
