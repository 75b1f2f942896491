"""A movement made with a hand that is known, instead of the one that is seen to move faster."""

from typing import Literal, TypeVar

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
