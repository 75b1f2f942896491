"""Angles beyond what the joint can do: they tell of axes that lie wrong, and the user is told."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from legato.recording import FloatArray

_STRAIGHTEST_DEG: Mapping[str, float] = MappingProxyType({"knee": -10.0, "elbow": -10.0})
"""Flexion below which a joint is straighter than usual, deg: knees and elbows that go beyond 10 deg count as
hypermobile (Beighton et al. 1973, Ann Rheum Dis 32:413)."""

_SHARE = 0.01
"""Share of the samples that must lie beyond, so that a single bad frame does not count. [ENG]"""


def beyond_range(angles: Mapping[str, FloatArray]) -> tuple[str, ...]:
    """Remarks on angles that go beyond the joint's usual range.

    Parameters
    ----------
    angles
        By name (`knee_flexion_right`), rad, shape (n,); NaN where not known.
    """
    notes: list[str] = []
    for joint, least in _STRAIGHTEST_DEG.items():
        for side in ("right", "left"):
            flexion = angles.get(f"{joint}_flexion_{side}")
            if flexion is None or not np.isfinite(flexion).any():
                continue
            lowest = float(np.degrees(np.nanquantile(flexion, _SHARE)))
            if lowest < least:
                notes.append(
                    f"{joint}, {side}: flexion down to {lowest:.0f} deg, beyond the {least:.0f} deg that a {joint}"
                    " usually reaches: its axis or centre is off, or it is hypermobile; trust changes more than levels"
                )
    return tuple(notes)
