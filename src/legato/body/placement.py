"""Where the markers sit on each segment, as the distances between them: whether they stayed on between two trials."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any, cast

import numpy as np

from legato.body.model import Body

_LEAST_SEGMENTS = 3
"""Fewer clusters may agree by chance or by a plate that is moved whole. [ENG]"""

_STAYED_M = 0.004
"""Differences of the distances within a segment, root mean square, the median over segments, up to which markers stayed
on, m. [ENG] Two sets of one session differ by 2 to 4 mm as skin slides (docs/validation.md); an examiner who finds the
same bony points again misses each by 5 mm and more, which makes 7 mm of a distance, and places others at will.
"""

_NO_MORE_M = 0.0065
"""No segment's distances may differ by more, m. [ENG] The trunk's differ by 6 mm between sets as the spine bends; one
of four markers moved by 2 cm makes 10.
"""

_PLATE_M = 0.0005
"""Clusters whose distances differ by less are rigid plates, which look alike wherever they are strapped, m. [ENG]"""


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
    off: list[float] = []
    for name, now in placement_of(body).items():
        then = before.get(name)
        if then is None or list(then.get("markers", ())) != now["markers"]:
            continue
        apart = np.array(then["distances_m"], dtype=np.float64) - np.array(now["distances_m"])
        off.append(float(np.sqrt(np.mean(apart**2))))
    skin = [size for size in off if size > _PLATE_M]
    if len(skin) < _LEAST_SEGMENTS or float(np.median(skin)) > _STAYED_M or max(skin) > _NO_MORE_M:
        return None
    return max(skin)


def _pairs(markers: Sequence[str]) -> list[tuple[int, int]]:
    return list(combinations(range(len(markers)), 2))
