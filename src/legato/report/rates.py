"""The rate of each link over time, as the chain reads it, for drawing behind the marks; nothing is judged by it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from legato.chain.quantities import dominant_side, resolve_link
from legato.errors import NotResolvable
from legato.recording import FloatArray
from legato.signals.filters import lowpass

if TYPE_CHECKING:
    from legato.analysis import Analysis

_HIGHEST = 0.4
"""Cut-off over frame rate above which the filter is not asked to go."""


def link_rates(analysis: "Analysis") -> Mapping[str, FloatArray]:
    """Rate of each link by name, rad/s, on the body's frames, low-passed at the movement's usual cut-off.

    Links that the recording does not hold are left out.
    """
    body, movement = analysis.body, analysis.movement
    cutoff = min(movement.filter_cutoff_hz, _HIGHEST * body.rate_hz)
    timed = [rep for rep in analysis.reps if np.isfinite(rep.start_s)]
    frames = [(rep.start_s - body.start_s, rep.end_s - body.start_s) for rep in timed]
    spans = [(max(0, int(a * body.rate_hz)), int(b * body.rate_hz) + 1) for a, b in frames]
    dominant = dominant_side(body, spans)
    found: dict[str, FloatArray] = {}
    for link in movement.chain:
        try:
            quantity = resolve_link(body, link, spans, dominant=dominant, cutoff_hz=cutoff)
        except NotResolvable:
            continue
        smooth = lowpass(quantity.angle, body.rate_hz, cutoff)
        found.setdefault(link.name, np.gradient(smooth) * body.rate_hz)
    return found
