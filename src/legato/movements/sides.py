"""Whose side: a movement made with a hand that is known, and the leg that works in a repetition of one-sided work."""

from collections.abc import Mapping
from typing import Literal, TypeVar

import numpy as np

from legato.body.model import Body
from legato.movements.drivers import signal_of
from legato.movements.model import Driver, LinkSpec, MarkSpec, MetricSpec, Movement

_Row = TypeVar("_Row", Driver, LinkSpec, MarkSpec, MetricSpec)


def names_dominant_side(movement: Movement) -> bool:
    """Whether anything of the movement is read on the dominant side."""
    rows = (*movement.drivers, *movement.chain, *movement.marks, *movement.metrics)
    return any(row.side == "dominant" for row in rows)


def for_side(movement: Movement, side: Literal["right", "left"]) -> Movement:
    """The movement with every part of the dominant side read on `side`."""
    return movement.model_copy(
        update={
            "drivers": _given(movement.drivers, side),
            "chain": _given(movement.chain, side),
            "marks": _given(movement.marks, side),
            "metrics": _given(movement.metrics, side),
        }
    )


def _given(rows: tuple[_Row, ...], side: str) -> tuple[_Row, ...]:
    return tuple(row.model_copy(update={"side": side}) if row.side == "dominant" else row for row in rows)


def working_side(body: Body, movement: Movement, marks: Mapping[str, float]) -> str:
    """`right` or `left`: the side that works, by the first of the movement's rules that decides; else empty.

    Parameters
    ----------
    body, movement
        The body as measured, and the rules.
    marks
        Marks of the repetition, s from the recording's start.
    """
    for rule in movement.working_side:
        at = (marks.get(rule.at, np.nan) - body.start_s) * body.rate_hz
        sides = [signal_of(body, rule.signal, side, movement.filter_cutoff_hz) for side in ("right", "left")]
        if not np.isfinite(at) or sides[0] is None or sides[1] is None:
            continue
        # A signal without sides reads the same on both and so decides nothing.
        difference = float(np.interp(at, np.arange(body.n_frames), sides[0] - sides[1]))
        if abs(difference) >= rule.least:
            return "right" if (difference > 0.0) == (rule.pick == "larger") else "left"
    return ""
