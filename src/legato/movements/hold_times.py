"""How long a hold lasted and when it failed, each with an interval."""

from typing import Any, Literal

import numpy as np

from legato.body.model import Body
from legato.estimate import Estimate
from legato.movements.drivers import signal_of
from legato.movements.model import Movement, Rep
from legato.movements.noise import CUTOFF_FACTORS, FRAME_SD, Z, passed, white_noise
from legato.movements.reps import find_reps, hold_postures

_START_BANDS = (0.5, 1.5)
"""Shares of the band with which the start is found again: how near to its place a posture must have come is a matter of
definition. [ENG]"""

_RELEASE_S = 0.25
"""Half-width of the instant at which a position is given up, s. [ENG] The slow start of that move is a matter of
definition."""


class HoldTimes:
    """How long holds lasted and when they failed, with what noise, band and filter leave open."""

    def __init__(self, body: Body, movement: Movement) -> None:
        self.body = body
        self.movement = movement
        noise = 0.0
        for name, smoothed in hold_postures(body, movement).items():
            raw = signal_of(body, name, "mean", None)
            if raw is not None:
                rate, cutoff = body.rate_hz, movement.filter_cutoff_hz
                noise = max(noise, white_noise(raw, smoothed, rate, cutoff) * passed(rate, cutoff, 0))
        cycle = movement.cycle
        assert cycle.hold is not None
        hold = cycle.hold
        bands = [hold.band + sign * min(Z * noise, 0.5 * hold.band) for sign in (-1.0, 1.0)]

        def with_band(band: float) -> dict[str, Any]:
            return {"cycle": cycle.model_copy(update={"hold": hold.model_copy(update={"band": band})})}

        changes = [with_band(band) for band in bands]
        changes += [{"filter_cutoff_hz": movement.filter_cutoff_hz * factor} for factor in CUTOFF_FACTORS]
        wider = [hold.band * factor for factor in _START_BANDS]
        self.others = [find_reps(body, movement.model_copy(update=change)).reps for change in changes]
        self.starts = [find_reps(body, movement.model_copy(update=with_band(band))).reps for band in wider]

    def read(self, rep: Rep, kind: Literal["held", "failure"]) -> Estimate | None:
        """`held`: how long; `failure`: the same where the hold was seen to begin and to fail, else nothing."""
        spec = self.movement.cycle.hold
        begun = spec is not None and rep.start_s - self.body.start_s <= spec.lapse_s
        if not rep.complete or (kind == "failure" and (rep.ending != "failed" or begun)):
            return None
        frame = Z * FRAME_SD / self.body.rate_hz
        starts, ends = [rep.start_s - frame, rep.start_s + frame], [rep.end_s - frame, rep.end_s + frame]
        for reps in (*self.others, *self.starts):
            same = max(reps, key=lambda o: min(o.end_s, rep.end_s) - max(o.start_s, rep.start_s), default=None)
            if same is not None and min(same.end_s, rep.end_s) > max(same.start_s, rep.start_s):
                starts.append(same.start_s)
                if reps not in self.starts:
                    ends.append(same.end_s)
        if rep.ending in ("released", "ended"):
            ends += [rep.end_s - _RELEASE_S, rep.end_s + _RELEASE_S]
        length = rep.end_s - rep.start_s
        below = float(np.hypot(max(starts) - rep.start_s, rep.end_s - min(ends)))
        above = float(np.hypot(rep.start_s - min(starts), max(ends) - rep.end_s))
        return Estimate(length, max(0.0, length - below), length + above, unit="s")
