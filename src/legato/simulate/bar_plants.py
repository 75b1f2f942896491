"""Errors of a simulated bar's sensor, by the names that a user gives them."""

import math
from collections.abc import Sequence
from dataclasses import replace

from legato.errors import BadInput
from legato.simulate.bar_sensor import BarSensorErrors

PLANTS: dict[str, tuple[str, str]] = {
    "rate": ("rate_hz", "samples a second, Hz"),
    "jitter": ("jitter_s", "each sample is early or late by this, s, SD"),
    "gaps": ("longest_gap_s", "longest gap, s; 0 for none"),
    "gap-every": ("gap_every_s", "a gap comes this often on average, s"),
    "bias": ("acc_bias_m_s2", "steady error of the pull of each axis, m/s², SD"),
    "turn-bias": ("gyro_bias_rad_s", "steady error of the rate of turn of each axis, rad/s, SD"),
    "noise": ("acc_noise_m_s2", "noise of the pull of each axis, m/s², SD"),
    "noise-lasts": ("noise_lasts_s", "how long that noise lasts, s; 0 for white noise"),
    "turn-noise": ("gyro_noise_rad_s", "noise of the rate of turn of each axis, rad/s, SD"),
    "scale": ("gravity_scale", "the pull that it reads over the true one"),
    "mount": ("mount_deg", "how the sensor is turned on the bar, degrees about each axis, SD"),
    "tilt": ("bar_tilt_deg", "how far one end of the bar hangs lower, degrees, SD"),
}
"""Name: field of `BarSensorErrors`, and what it does."""


def bar_errors_with(plants: Sequence[str]) -> BarSensorErrors:
    """The errors with each of `plants`, written NAME=SIZE.

    Raises
    ------
    BadInput
        A name is unknown, or a size is no number or out of range; the message lists the names and their sizes.
    """
    errors = BarSensorErrors()
    for plant in plants:
        name, _, size = plant.partition("=")
        if name not in PLANTS:
            known = "; ".join(f"{k}={getattr(errors, field):g} ({what})" for k, (field, what) in PLANTS.items())
            raise BadInput(f"simulate: {name!r} is no error of a bar's sensor; give one of: {known}")
        field, what = PLANTS[name]
        try:
            value = float(size)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            usual = getattr(BarSensorErrors(), field)
            raise BadInput(f"simulate: {plant!r} has no number for its size; give one like {name}={usual:g} ({what})")
        errors = replace(errors, **{field: value})
    return errors
