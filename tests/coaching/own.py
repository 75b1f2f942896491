"""A coach's own drills for tests: copies of the library's that tell less than it does, and some that copy nothing."""

from typing import get_args

from legato.coaching.catalogue import as_copy, drills
from legato.coaching.model import Drill, Emphasis, Pattern, Step


def disguised(base: Drill) -> Drill:
    """A copy of a library's drill of which the file says as little as it may: no group, another pattern and stage."""
    steps = tuple(step.model_copy(update={"barred": (), "how": "Our own way."}) for step in base.steps)
    less = {
        "id": f"own-{base.id}",
        "name": f"Own {base.name.lower()}",
        "pattern": "brace" if base.pattern == "breath" else "breath",
        "regions": ("trunk",),
        "stage": "isometric",
        "barred": (),
        "experimental": False,
        "steps": steps,
    }
    return as_copy(base.model_copy(update=less), base.id)


def plain(base: Drill) -> Drill:
    """A copy that says all that the library's drill does."""
    return as_copy(base.model_copy(update={"id": f"own-{base.id}"}), base.id)


def honest(pattern: Pattern, emphasis: Emphasis) -> Drill:
    """A drill that copies none, with a version at each level."""
    like = drills()["dowel-hinge"]
    step = like.steps[0]

    def at(level: str, *equipment: str) -> Step:
        return step.model_copy(update={"level": level, "equipment": equipment, "tempo": ""})

    return like.model_copy(
        update={
            "id": f"ours-{pattern}-{emphasis}",
            "name": f"Ours, {pattern}, {emphasis}",
            "pattern": pattern,
            "emphasis": emphasis,
            "barred": (),
            "regions": ("legs", "back"),
            "steps": (at("hold"), at("dynamic", "wall"), at("loaded", "kettlebell"), at("explosive", "medicine-ball")),
        }
    )


DISGUISED = {one.id: one for one in map(disguised, drills().values())}
HONEST = {one.id: one for one in (honest(p, e) for p, e in zip(get_args(Pattern), get_args(Emphasis) * 3, strict=True))}
OWN = DISGUISED | HONEST
VERSIONS = {name: (one,) for name, one in OWN.items()}
