"""The blocks of a plan: align, prime, integrate, express (inventory S0.23)."""

from collections.abc import Mapping
from typing import Literal, TypeAlias

Block: TypeAlias = Literal["align", "prime", "integrate", "express"]
BLOCKS: tuple[Block, ...] = ("align", "prime", "integrate", "express")

MEANS: Mapping[Block, str] = {
    "align": "drills: learn the order of links, slowly and without load",
    "prime": "drills: keep the order while the warm-up wakes what is to fire",
    "integrate": "drills: keep the order under load, where they have earned it",
    "express": "drills: keep the order at speed, where they have earned it",
}
"""What the drills of each are for; lifts go on as asked. [ENG] Our own wording of the text's four blocks; no trial
compares them.
"""


def block_of(week: int, weeks: int) -> Block:
    """The block of a week, counted from 0, of a plan of so many weeks: four blocks, as even as can be."""
    return BLOCKS[min(len(BLOCKS) - 1, len(BLOCKS) * week // weeks)]
