"""What passes from link to link: gain of peak rate, and how far the earlier has slowed when the later one peaks."""

import numpy as np

from legato.chain.links import LinkTimes, event_value
from legato.chain.model import Transfer
from legato.estimate import Estimate
from legato.signals.factors import student_factor


def transfer(first: LinkTimes, second: LinkTimes, rep: int, index: int, level: float) -> Transfer:
    """Gain and deceleration of one rep, from both links' peaks.

    Parameters
    ----------
    first, second
        The two links' peaks, proximal one first.
    rep
        Place of the rep in the set.
    index
        The rep's own index, as reported.
    level
        Of the intervals.
    """
    names = (first.scan.quantity.link, second.scan.quantity.link)
    a, b = first.timed.events[rep], second.timed.events[rep]
    if not (a.resolved and b.resolved):
        return Transfer(index, *names, None, None, a.reason or b.reason)
    if a.by_hand or b.by_hand:
        return Transfer(index, *names, None, None, "a peak was read by hand, so its rate is not known")
    gain = _ratio(event_value(second, rep, level), event_value(first, rep, level), level)
    window = first.scan.windows[rep]
    if window is None or not window.start_s <= b.time_s <= window.stop_s or a.value <= 0.0:
        return Transfer(index, *names, gain, None, "the later peak lies outside the earlier link's window")
    left = window.value_at(1, first.timed.cutoff_hz, b.time_s) / a.value
    relative = student_factor(level, first.timed.dof) * a.value_sd / a.value
    slope = window.value_at(2, first.timed.cutoff_hz, b.time_s) / a.value
    half = float(np.hypot(relative * np.hypot(1.0, left), slope * student_factor(level, second.timed.dof) * b.sd_s))
    return Transfer(index, *names, gain, Estimate.symmetric(1.0 - left, half, "", level))


def _ratio(top: Estimate | None, bottom: Estimate | None, level: float) -> Estimate | None:
    if top is None or bottom is None or bottom.low <= 0.0 or top.value <= 0.0:
        return None
    value = top.value / bottom.value
    relative = float(np.hypot(top.half_width / top.value, bottom.half_width / bottom.value))
    return Estimate(value, value * float(np.exp(-relative)), value * float(np.exp(relative)), level, "")
