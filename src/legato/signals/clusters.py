"""Whether points on segments lie as before: the distances between them, then and now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

Clusters: TypeAlias = Mapping[str, tuple[Sequence[str], Sequence[float]]]
"""Of each segment the names of its points and the distance between each two of them, m."""

STAYED = 0.3
"""What skin adds where markers are known to have stayed on, as a share of what placing them anew adds. [ENG]"""

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


@dataclass(frozen=True, slots=True)
class Likeness:
    """How far the distances within a segment differ from what they were, root mean square, m: `largest_m` of the
    segment `where`, `median_m` over the segments that are no rigid plates. `seen`: the points `stayed`, or `moved`.
    """

    seen: Literal["stayed", "moved"]
    where: str
    largest_m: float
    median_m: float


def likeness(then: Clusters, now: Clusters) -> Likeness | None:
    """How alike the distances of two sets are, over the segments that have the same points in both.

    Returns
    -------
    None where nothing can be told: other points, or fewer than three segments to agree and none that differs by more
    than skin explains. `stayed` is a likeness: nobody was asked.
    """
    off: dict[str, float] = {}
    for name, (points, apart) in now.items():
        before = then.get(name)
        if before is None or list(before[0]) != list(points) or len(before[1]) != len(apart) or not len(apart):
            continue
        change = np.asarray(before[1], dtype=np.float64) - np.asarray(apart, dtype=np.float64)
        off[name] = float(np.sqrt(np.mean(change**2)))
    skin = [size for size in off.values() if size > _PLATE_M]
    if not skin:
        return None
    where, middle = max(off, key=lambda name: off[name]), float(np.median(skin))
    enough = len(skin) >= _LEAST_SEGMENTS
    if off[where] > _NO_MORE_M or (enough and middle > _STAYED_M):
        return Likeness("moved", where, off[where], middle)
    return Likeness("stayed", where, off[where], middle) if enough else None
