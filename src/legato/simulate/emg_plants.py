"""What can be planted on the EMG of a simulated athlete by name: nuisances of a recording, and skewed bursts."""

import math
from collections.abc import Sequence
from dataclasses import replace

from legato.errors import BadInput
from legato.simulate.muscles import EmgSettings

PLANTS: dict[str, tuple[str, float, str]] = {
    "hum": ("hum_v", 50e-6, "V rms at 50 Hz"),
    "ecg": ("heart_v", 0.5e-3, "V, the R wave on the chest"),
    "crosstalk": ("crosstalk", 0.5, "share of its neighbour that a channel sees"),
    "motion": ("motion_v", 3e-3, "V, a jerk of all cables in the middle repetition"),
    "lost": ("lost", 0.05, "share of the time, a packet a second"),
    "skew": ("skew", 3.0, "fall of each burst over its rise"),
}
"""Setting, size where none is given, and what the size is."""


def settings_with(plants: Sequence[str], lag_s: float | None = None) -> EmgSettings:
    """Settings with each of `plants`, written NAME or NAME=SIZE, and with the lag.

    Raises
    ------
    BadInput
        A name is unknown, or a size is no number or out of range; the message lists the names and their sizes.
    """
    settings = EmgSettings(lag_s=lag_s)
    for plant in plants:
        name, _, size = plant.partition("=")
        if name not in PLANTS:
            known = "; ".join(f"{k}[={default:g}] ({what})" for k, (_, default, what) in PLANTS.items())
            raise BadInput(f"simulate: {name!r} cannot be planted on the EMG; give one of: {known}")
        field, value, what = PLANTS[name]
        if "=" in plant:
            try:
                value = float(size)
            except ValueError:
                value = math.nan
            if not math.isfinite(value):
                raise BadInput(
                    f"simulate: {plant!r} has no number for its size; give {name}={PLANTS[name][1]:g} ({what})"
                )
        settings = replace(settings, **{field: value})
    return settings
