"""The blocks of a plan: align, prime, integrate, express (inventory S0.23), and what each asks of drills and lifts."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Literal, TypeAlias

from pydantic import model_validator

from legato.coaching.model import LEVELS, Grade, Level
from legato.coaching.safety.limits import Limit
from legato.movements.window_spec import Data

Block: TypeAlias = Literal["align", "prime", "integrate", "express"]
BLOCKS: tuple[Block, ...] = ("align", "prime", "integrate", "express")


class Highest(Data):
    """How far drills go in a block."""

    level: Level
    source: str
    grade: Grade


class BlockSpec(Data):
    """What a block is for (`means`), the highest level of its drills, and the share that lifts have of the load asked
    for and of the sets of the block before.
    """

    id: Block
    means: str
    highest: Highest
    load: Limit
    sets: Limit


class _File(Data):
    least_weeks: Limit
    least_kg: Limit
    blocks: tuple[BlockSpec, ...]

    @model_validator(mode="after")
    def _never_asks_for_more(self) -> "_File":
        if tuple(spec.id for spec in self.blocks) != BLOCKS:
            raise ValueError(f"blocks stand in the order {', '.join(BLOCKS)}")
        if self.blocks[-1].highest.level != LEVELS[-1] or self.blocks[-1].load.value < 1.0:
            raise ValueError("the last block has every level and the full load")
        if any(spec.load.value > 1.0 or spec.sets.value > 1.0 for spec in self.blocks):
            raise ValueError("a block never has more load or sets than were asked for")
        return self


@cache
def _file() -> _File:
    text = (resources.files("legato.coaching") / "blocks.toml").read_text("utf-8")
    return _File.model_validate(tomllib.loads(text))


@cache
def blocks() -> Mapping[Block, BlockSpec]:
    """Every block, by id, in their order."""
    return {spec.id: spec for spec in _file().blocks}


def least_kg() -> float:
    """The load from which on blocks take a share of it, kg."""
    return _file().least_kg.value


def block_of(week: int, weeks: int) -> Block:
    """The block of a week, counted from 0, of a plan of so many weeks: four blocks, as even as can be."""
    return BLOCKS[min(len(BLOCKS) - 1, len(BLOCKS) * week // weeks)]


def block_in(week: int, weeks: int, *, wished: bool = True) -> Block | None:
    """The block of a week of a plan; None where the plan is too short for blocks, or they are not wished for."""
    return block_of(week, weeks) if wished and weeks >= _file().least_weeks.value else None


def first_week(block: Block, weeks: int) -> int:
    """The first week of a block, counted from 0."""
    return next(week for week in range(weeks) if block_of(week, weeks) == block)


def capped(level: Level, block: Block | None) -> Level:
    """A level, or the highest one of a block where that is lower."""
    highest = level if block is None else blocks()[block].highest.level
    return highest if LEVELS.index(highest) < LEVELS.index(level) else level


def opens(level: Level) -> Block:
    """The first block in which drills may go as far as a level."""
    return next(one for one, spec in blocks().items() if LEVELS.index(spec.highest.level) >= LEVELS.index(level))


def full_load() -> Block:
    """The first block in which lifts have all of their load."""
    return next(one for one, spec in blocks().items() if spec.load.value >= 1.0)
