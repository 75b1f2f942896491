"""What can stand on a day: drills and lifts with their time, recovery and place in a session."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from legato.coaching.blocks import Block, blocks, least_kg
from legato.coaching.known import patterns_of
from legato.coaching.lifts import to_plates
from legato.coaching.model import Drill, Emphasis, Pattern, Region, Step, Tempo

_SECONDS_A_REP, _CHANGE_S = 4.0, 60.0
"""Of a repetition without a tempo; from one exercise to the next. [ENG]"""

SPINAL = frozenset({"bird-dog", "dead-bug"})
"""Drills that keep the spine still while limbs move, which limb drills are paired with (inventory S2.23)."""


@dataclass(frozen=True, slots=True)
class Item:
    """A drill or lift as it is put on days.

    `days`: fewest and most a week; none at least where it only fills in. `sets`: of a session; `weekly`: of the first
    week. `hard`: whether its regions need a day to recover and its sets count as volume; such an item has as many days
    every week. `load_share`, `sets_share`: what the block has of the load asked for, and of the sets of the block
    before. `easier`: a version that is not hard, which stands in where the week has no room for a hard one.
    """

    id: str
    name: str
    drill: Drill
    step: Step
    sets: int
    days: tuple[int, int]
    weekly: int
    hard: bool
    lift: bool
    reps: int | None = None
    load_kg: float | None = None
    why: str = ""
    load_share: float = 1.0
    sets_share: float = 1.0
    easier: "Item | None" = None

    @property
    def pattern(self) -> Pattern:
        """What it trains."""
        return self.drill.pattern

    @property
    def emphasis(self) -> Emphasis:
        """What it is balanced by."""
        return self.drill.emphasis

    @property
    def regions(self) -> tuple[Region, ...]:
        """What it loads."""
        return self.drill.regions

    @property
    def limb(self) -> bool:
        """A drill of the legs one at a time, which is paired with one of the spine."""
        return not self.lift and "single-leg" in patterns_of(self.drill)

    @property
    def spinal(self) -> bool:
        """Whether it is one that limb drills are paired with."""
        return self.id in SPINAL

    @property
    def set_s(self) -> int:
        """Of one set with its rest, s."""
        dose = self.step.dose
        sides = 2 if dose.per_side else 1
        reps = self.reps if self.reps is not None else dose.reps or 1
        tempo = Tempo.parse(self.step.tempo).seconds if self.step.tempo else _SECONDS_A_REP
        work = reps * (dose.hold_s if dose.hold_s is not None else tempo)
        work += (dose.distance_m or 0.0) / 1.0
        return round(sides * work + dose.rest_s)

    @property
    def change_s(self) -> int:
        """To get to it, s."""
        return round(_CHANGE_S)


def of_lift(drill: Drill, sets: int, reps: int, days: int, load_kg: float | None) -> Item:
    """A lift with the sets a week that are asked for."""
    each = -(-sets // days)
    return Item(drill.id, drill.name, drill, drill.steps[-1], each, (days, days), sets, True, True, reps, load_kg)


def in_block(item: Item, block: Block | None) -> Item:
    """An item as a block has it: a lift with less load, down to what plates can make, and fewer sets. Light loads, and
    what is done with the body alone, stay as asked.
    """
    if block is None or not item.lift:
        return item
    spec, kg = blocks()[block], item.load_kg
    loads = bool(item.step.equipment) if kg is None else kg >= least_kg()
    share = spec.load.value if loads else 1.0
    load = kg if kg is None or share == 1.0 else to_plates(share * kg)
    return replace(item, load_kg=load, load_share=share, sets_share=sets_share(block))


def sets_share(block: Block | None) -> float:
    """What a block has of the sets of the one before."""
    return 1.0 if block is None else blocks()[block].sets.value


_DAYS: Mapping[Emphasis, tuple[int, int]] = {
    "mobility": (2, 3),
    "core": (2, 4),
    "hip-dominant": (2, 4),
    "other": (1, 3),
}
"""Days a week of a drill by what it is for: mobility by inventory S1.47, the others [ENG]."""


def of_drill(drill: Drill, step: Step, days: int | None, why: str) -> Item:
    """A drill at a level, with the dose of its file, on at least so many days a week."""
    least, most = _DAYS[drill.emphasis]
    least = least if days is None else days
    hard = step.level in ("loaded", "explosive")
    most = least if hard else max(least, most)
    sets = step.dose.sets
    return Item(drill.id, drill.name, drill, step, sets, (least, most), sets * least, hard, False, None, None, why)


def filling_in(drill: Drill, step: Step) -> Item:
    """A drill that nobody asked for and that a rule may need: on few days, or none."""
    _, most = _DAYS[drill.emphasis]
    why = "put in by itself, as a rule of every week needs it"
    return Item(drill.id, drill.name, drill, step, step.dose.sets, (0, most), 0, False, False, None, None, why)
