"""Which arm works, told by how fast its segments turn, where no point of the hand is known."""

from collections.abc import Mapping, Sequence

import numpy as np

from legato.body.model import SegmentMotion
from legato.signals.rotation import turn_steps

_ARM = ("hand", "forearm", "upper_arm")


def faster_arm(segments: Mapping[str, SegmentMotion], spans: Sequence[tuple[int, int]] = ()) -> str:
    """The side whose hand (else forearm, else upper arm) turns faster at its fastest in the windows, or in the whole
    recording without windows; empty where it is not known of both sides.
    """
    for part in _ARM:
        both = {side: segments.get(f"{part}_{side}") for side in ("right", "left")}
        fastest: dict[str, float] = {}
        for side, segment in both.items():
            if segment is None:
                continue
            size = np.linalg.norm(turn_steps(segment.rotation), axis=1)
            tops = [float(np.nanmax(size[a:b])) for a, b in spans or [(0, len(size))] if np.isfinite(size[a:b]).any()]
            if tops:
                fastest[side] = float(np.median(tops))
        if len(fastest) == 2:
            return max(fastest, key=lambda s: fastest[s])
    return ""
