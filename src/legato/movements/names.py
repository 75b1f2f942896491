"""Names that a movement file may read a body by: signals of points, segments and angles, and rates of links."""

import difflib
from collections.abc import Iterator
from functools import cache

from legato.movements.model import Movement

_KINDS = ("height", "ground_speed", "speed", "forward", "turning")
_OF_THEIR_OWN = (
    "chest_depth", "belly_depth", "breath_depth", "knees_apart", "hands_apart", "feet_apart", "trunk_over_shank",
    "thorax_level", "vertical_force",
)  # fmt: skip
_SIDES = ("right", "left")
_SIDED_ANGLES = (
    "hip_flexion", "hip_adduction", "hip_rotation", "knee_flexion", "ankle_dorsiflexion", "elbow_flexion",
    "shoulder_elevation", "shank_pitch",
)  # fmt: skip
_TRUNK_ANGLES = (
    "lumbar_flexion", "lumbar_side_bend", "thorax_pelvis_axial", "thorax_pitch", "thorax_axial", "pelvis_tilt",
    "pelvis_obliquity", "pelvis_axial",
)  # fmt: skip
_OPPOSITES = (("_flexion", "_extension"), ("_dorsiflexion", "_plantarflexion"))


def _with_stems(names: set[str]) -> set[str]:
    return names | {name.removesuffix(f"_{side}") for name in names for side in _SIDES}


def _angles() -> set[str]:
    return {*_TRUNK_ANGLES, *_with_stems({f"{name}_{side}" for name in _SIDED_ANGLES for side in _SIDES})}


@cache
def signals() -> frozenset[str]:
    """Every signal that some body can have (`drivers.signal_of`)."""
    from legato.body.landmarks import LANDMARKS, SEGMENTS

    points = {name.replace("_centre", "") for name in LANDMARKS} | {"pelvis", "thorax", "head", "bar", "box"}
    points |= {f"{name}_{side}" for name in ("hand", "shoulder", "hip") for side in _SIDES} | {"chest_back"}
    heard = {f"{point}_{kind}" for point in _with_stems(points) for kind in _KINDS}
    heard |= {f"{angle}_rate" for angle in _TRUNK_ANGLES if angle.endswith("_axial")}
    heard |= {f"{segment}_roll" for segment in SEGMENTS}
    return frozenset(heard | _angles() | set(_OF_THEIR_OWN))


@cache
def quantities() -> frozenset[str]:
    """Every rate that a link can be read by: of a segment about its own axis, or of an angle and its opposite."""
    from legato.body.landmarks import SEGMENTS

    rates = {f"{segment}_{kind}" for segment in _with_stems(set(SEGMENTS)) for kind in ("axial", "swing")} | _angles()
    for one, other in _OPPOSITES:
        rates |= {
            stem.removesuffix(one) + other + tail
            for tail in ("", *(f"_{side}" for side in _SIDES))
            for name in _angles()
            if name.endswith(one + tail) and (stem := name.removesuffix(tail))
        }
    return frozenset(f"{rate}_velocity" for rate in rates)


def unknown_name(movement: Movement) -> str | None:
    """The first name in a movement that no body can ever have, with where it stands and the nearest one that can."""
    for place, name, known in _asked(movement):
        if name not in known:
            near = difflib.get_close_matches(name, sorted(known), n=1)
            hint = f"did you mean {near[0]}?" if near else "take a height, speed or angle of the body"
            return f"{place}: no body has '{name}'; {hint}"
    return None


def _asked(movement: Movement) -> Iterator[tuple[str, str, frozenset[str]]]:
    for k, driver in enumerate(movement.drivers, start=1):
        yield f"[[drivers]] number {k}, field signal", driver.signal, signals()
    if movement.cycle.hold is not None:
        for name in movement.cycle.hold.signals:
            yield "[cycle.hold], field signals", name, signals()
    for k, mark in enumerate(movement.marks, start=1):
        for name in mark.signals:
            yield f"[[marks]] number {k}, field signals", name, signals()
        if mark.other:
            yield f"[[marks]] number {k}, field other", mark.other, signals()
    for k, rule in enumerate(movement.working_side, start=1):
        yield f"[[working_side]] number {k}, field signal", rule.signal, signals()
    for k, metric in enumerate(movement.metrics, start=1):
        if metric.signal:
            yield f"[[metrics]] number {k}, field signal", metric.signal, signals()
        if metric.kind == "share":
            yield f"[[metrics]] number {k}, field against", metric.against, signals()
    for k, link in enumerate(movement.chain, start=1):
        yield f"[[chain]] number {k}, field quantity", link.quantity, quantities()
