"""The bar's velocity from markers on its ends, else from those on the hands that hold it."""

import numpy as np

from legato.bar.clock import on_even_clock
from legato.bar.heights import track_from_height
from legato.bar.model import BarTrack
from legato.bar.names import column_of
from legato.recording import FloatArray, Stream


def track_from_markers(stream: Stream) -> BarTrack | None:
    """How the bar moved, from a stream of markers (m, z up); None where neither bar nor hands carry one.

    Both ends give its middle and tilt; one end is taken as it is. Without a marker on the bar the hands stand for it,
    which the notes say.
    """
    for source, right, left in (("markers", "right", "left"), ("hand-markers", "hand_right", "hand_left")):
        found = [k for k in (column_of(stream.channels, right), column_of(stream.channels, left)) if k is not None]
        if source == "markers" and not found:
            middle = column_of(stream.channels, "middle")
            found = [] if middle is None else [middle]
        if not found:
            continue
        names = " and ".join(stream.channels[k] for k in found)
        said = f"the bar's velocity is that of {names}"
        if source == "hand-markers":
            said = f"no marker lies on the bar; {names} on the hands stand for it"
        even, rate_hz, start_s, bridged = on_even_clock(stream, np.column_stack([stream.values[:, k] for k in found]))
        ends = [even[:, 3 * k : 3 * k + 3] for k in range(len(found))]
        path: FloatArray = np.mean(ends, axis=0)
        return track_from_height(
            path[:, 2],
            rate_hz,
            start_s,
            source="markers" if source == "markers" else "hand-markers",
            stream=stream.name,
            path=_facing(path, ends[0], ends[1]) if len(ends) == 2 else None,
            tilt=_tilt(ends[0], ends[1]) if len(ends) == 2 and source == "markers" else None,
            bridged=bridged,
            notes=(said,),
        )
    return None


def _tilt(right: FloatArray, left: FloatArray) -> FloatArray:
    """Angle of the line from the right to the left end against the horizontal, rad, (n,); left end up positive."""
    across = left - right
    return np.arctan2(across[:, 2], np.hypot(across[:, 0], across[:, 1]))


def _facing(path: FloatArray, right: FloatArray, left: FloatArray) -> FloatArray:
    """The bar's middle in axes of the lifter who holds it: to the front, to the left, up, m, shape (n, 3)."""
    across = np.nanmedian(left - right, axis=0)[:2]
    aside = across / np.linalg.norm(across)
    # The bar runs to the left, so the front lies a quarter turn clockwise of it.
    front = np.array([aside[1], -aside[0]])
    return np.column_stack((path[:, :2] @ front, path[:, :2] @ aside, path[:, 2]))
