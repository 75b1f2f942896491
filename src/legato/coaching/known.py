"""What an athlete may be given by name: lifts, the library's drills, and a coach's own, with what those are held to."""

from collections.abc import Iterator, Mapping

from legato.coaching.catalogue import drills
from legato.coaching.lifts import lifts
from legato.coaching.model import Drill, Pattern, Step
from legato.coaching.situation import Situation


def known_drills(situation: Situation) -> Mapping[str, Drill]:
    """The library's drills and a coach's own, by id; a plan's own one stands as the plan was made of it."""
    return {**drills(), **{name: versions[0] for name, versions in situation.own.items()}}


def exercise_of(name: str, situation: Situation) -> Drill | None:
    """The lift or drill of an id; None where nobody has it."""
    versions = situation.own.get(name)
    return lifts().get(name) or (versions[0] if versions else drills().get(name))


def alike(drill: Drill, situation: Situation) -> Iterator[Drill]:
    """A drill, and what it is held to beside itself: the other versions of a coach's own, and what it is a copy of."""
    yield drill
    yield from (one for one in situation.own.get(drill.id, ()) if one != drill)
    if drill.copy_of in drills():
        yield drills()[drill.copy_of]


def patterns_of(drill: Drill) -> frozenset[Pattern]:
    """What a drill trains, with what the one that it is a copy of does."""
    return frozenset(one.pattern for one in (drill, drills().get(drill.copy_of)) if one is not None)


def held_to(drill: Drill, step: Step, situation: Situation) -> Iterator[tuple[Drill, Step]]:
    """A step of a drill, then the same as a step of each that the drill is held to, with the groups of the one there
    that is told alike, else of all on its level, else of all: it may be done where none of them stands against it.
    """
    yield drill, step
    for one in alike(drill, situation):
        if one != drill:
            level = [other for other in one.steps if other.level == step.level] or list(one.steps)
            same = [other for other in level if other.how == step.how] or level
            barred = sorted({*step.barred, *(group for other in same for group in other.barred)})
            yield one, step.model_copy(update={"barred": tuple(barred)})
