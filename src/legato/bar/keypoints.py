"""The bar's velocity from a bar's end that was tracked in a video, where the picture has a scale."""

import numpy as np

from legato.bar.clock import on_even_clock
from legato.bar.heights import track_from_height
from legato.bar.model import BarTrack
from legato.bar.names import column_of
from legato.errors import NotResolvable
from legato.recording import Stream

PLATE_M = 0.45
"""Diameter of a full-size plate, m (IWF Technical and Competition Rules: 450 mm, ± 1 mm)."""

_CUTOFF_HZ = 6.0
"""Low-pass of tracks in a video, Hz: they shake by a pixel or two. [ENG] a body's usual cut-off."""

_SCALE_SD = 0.02
"""Relative error of a scale read from a plate's two edges: a pixel or two of a hundred, and the plate beside the bar's
end is nearer to the camera than the other. [ENG]"""


def track_from_keypoints(stream: Stream, *, metres_per_unit: float | None = None) -> BarTrack | None:
    """How the bar moved, from the points of one camera's picture; None where no point lies on the bar.

    Parameters
    ----------
    stream
        Kind `keypoints`, x to the right and y up.
    metres_per_unit
        Metres one unit of the picture stands for, where that is known; else the edges of a plate tell it.

    Raises
    ------
    NotResolvable
        A point lies on the bar, but nothing tells how large the picture is.
    """
    ends = [column_of(stream.channels, what) for what in ("right", "left", "middle")]
    end = next((k for k in ends if k is not None), None)
    if end is None:
        return None
    scale, said = metres_per_unit, "the scale that was given"
    if scale is None and stream.unit == "m":
        scale, said = 1.0, "the file's metres"
    if scale is None:
        top, bottom = (column_of(stream.channels, f"plate_{edge}") for edge in ("top", "bottom"))
        if top is None or bottom is None or stream.unit != "px":
            raise NotResolvable(
                f"{stream.channels[end]} is tracked in a picture without a scale; give --metres-per-pixel, or"
                " track a plate's upper and lower edge too (plate_top, plate_bottom; 0.45 m apart)"
            )
        apart = np.linalg.norm(stream.values[:, top, :2] - stream.values[:, bottom, :2], axis=1)
        scale, said = PLATE_M / float(np.nanmedian(apart)), "a plate of 0.45 m"
    even, rate_hz, start_s, bridged = on_even_clock(stream, stream.values[:, end, 1:2] * scale)
    return track_from_height(
        even[:, 0],
        rate_hz,
        start_s,
        source="keypoints",
        stream=stream.name,
        cutoff_hz=_CUTOFF_HZ,
        scale_sd=_SCALE_SD,
        bridged=bridged,
        notes=(f"the bar's velocity is that of {stream.channels[end]} in the video; its scale comes from {said}",),
    )
