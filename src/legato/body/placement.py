"""Where the markers sit on each segment, as the distances between them: whether they stayed on between two trials."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any, cast

import numpy as np

from legato.body.model import Body
from legato.signals.clusters import Clusters, likeness


def placement_of(body: Body) -> dict[str, dict[str, Any]]:
    """Of every segment with three markers or more their names and the distances between each two, m."""
    found: dict[str, dict[str, Any]] = {}
    for name, segment in body.segments.items():
        if len(segment.markers) < 3 or not np.isfinite(segment.template_m).all():
            continue
        apart = [
            float(np.linalg.norm(segment.template_m[i] - segment.template_m[j])) for i, j in _pairs(segment.markers)
        ]
        found[name] = {"markers": list(segment.markers), "distances_m": apart}
    return found


def stayed_within_m(body: Body, earlier: Mapping[str, Any] | None) -> float | None:
    """How far at most the distances between the markers of a segment differ from those of an earlier `result.json`,
    root mean square, m, where they agree so well that the markers are taken to have stayed on. It is a likeness: nobody
    was asked.

    None where they do not, or it cannot be told: other markers, fewer than three segments in common, sensors that are
    no markers.
    """
    of_body = cast("Mapping[str, Any]", (earlier or {}).get("body") or {})
    before = cast("Mapping[str, Mapping[str, Any]]", of_body.get("placement") or {})
    found = likeness(_clusters(before), _clusters(placement_of(body)))
    return None if found is None or found.seen == "moved" else found.largest_m


def _clusters(placement: Mapping[str, Mapping[str, Any]]) -> Clusters:
    return {name: (of.get("markers", ()), of.get("distances_m", ())) for name, of in placement.items()}


def _pairs(markers: Sequence[str]) -> list[tuple[int, int]]:
    return list(combinations(range(len(markers)), 2))
