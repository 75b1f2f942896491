"""Which channels of a trial can be used at all."""

from dataclasses import dataclass

import numpy as np

from legato.recording import Stream

_GAPS_WORTH_SAYING = 0.02
"""Share of missing samples in a channel from which the quality list says so. [ENG] display only, judges nothing."""


@dataclass(frozen=True, slots=True)
class Quality:
    """Whether a channel could be used; where not, or only in part, `reasons` say why."""

    stream: str
    channel: str
    usable: bool
    reasons: tuple[str, ...]


def channel_quality(stream: Stream) -> tuple[Quality, ...]:
    """Whether each channel of a stream can be used: not where it never moves or is never there.

    A point of force may stay where it is: its height on a flat plate, all of it where nobody stands.
    """
    values = stream.values.reshape(stream.n_samples, len(stream.channels), -1)
    missing = np.isnan(values).any(axis=2).mean(axis=0)
    with np.errstate(invalid="ignore"):
        low, high = np.fmin.reduce(values, axis=0), np.fmax.reduce(values, axis=0)
    flat = ~((high - low) > 0.0).any(axis=1)
    points = np.array([stream.kind == "force" and unit == "m" for unit in stream.units])
    flat &= ~points
    found: list[Quality] = []
    for name, lost, dead in zip(stream.channels, missing, flat, strict=True):
        reasons: list[str] = []
        if lost >= 1.0:
            reasons.append("never seen in this recording")
        elif dead and stream.n_samples > 1:
            reasons.append("constant: the sensor was off or not connected")
        elif lost >= _GAPS_WORTH_SAYING:
            reasons.append(f"{100.0 * lost:.0f} % of the samples are missing")
        usable = bool(lost < 1.0 and not (dead and stream.n_samples > 1))
        found.append(Quality(stream.name, name, usable, tuple(reasons)))
    return tuple(found)
