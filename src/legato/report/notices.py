"""What stands at the head of a page and of a terminal as it bears on all that follows: angles of the movement that the
recording does not hold, EMG whose size or times cannot be what they seem, and what the file's own clock says at time 0.
"""

import re
from collections.abc import Iterable
from pathlib import PurePath
from statistics import fmean, median
from typing import TYPE_CHECKING

from legato.forces.carried import masses_apart
from legato.recording import STANDARD_GRAVITY
from legato.report.muscle_refusals import shared_signals, wrong_gains
from legato.report.words import listed, number, quantity_name, sentence

if TYPE_CHECKING:
    from legato.analysis import Analysis
    from legato.movements.model import Movement

_LISTED = 3
"""Channels and pairs that are named before they are counted."""

_SEGMENT = re.compile(r"segment (\w+): no (.+)")
"""What a body of markers says of a segment that it could not build, and of the angles that are gone with it."""

_CARRIED = re.compile(r"the plates carry \d+ kg on average, the masses given are \d+ kg")
"""What the ground's work says of masses that cannot be right."""

_CLOCK_S = 0.0005
"""From here on the file's own times are another number with the digits that times have here, s."""

_SIDES = ("right", "left")

_MANY = {"foot": "feet"}


def notices(analysis: "Analysis") -> list[str]:
    """The sentences, none where there is nothing of the kind."""
    return [
        *_other_than_named(analysis),
        *_missing(analysis),
        *_masses(analysis),
        *wrong_gains(analysis, _LISTED),
        *shared_signals(analysis, _LISTED),
    ]


def _other_than_named(analysis: "Analysis") -> list[str]:
    """Where the force or the motion shows another movement than the one that was named."""
    from legato.movements.named_flights import flight_doubts
    from legato.movements.named_jumps import name_doubts

    seen = None if analysis.forces is None else analysis.forces.jumps
    alone = analysis.body.source == "force"
    said = () if seen is None else name_doubts(analysis.movement, seen, alone=alone)
    looks = [f"{note[0].upper()}{note[1:]}." for note in analysis.notes if note.startswith("this looks like ")]
    return [*(said or flight_doubts(analysis.movement, analysis.body) or looks)]


def _masses(analysis: "Analysis") -> list[str]:
    """Where the plates carry another mass than the ones that were given: every moment and power rests on these."""
    load = analysis.movement.load
    if load is not None and load.supported:
        # A bench carries the rest.
        return []
    said = [] if analysis.power is None else [check.reason for check in analysis.power.closure]
    if analysis.chain is not None and analysis.chain.drive is not None:
        said.append(analysis.chain.drive.momentum_reason)
    found = [told[0] for reason in said if (told := _CARRIED.search(reason))]
    if found:
        return [sentence(f"{found[0]}: check --mass and --load, as moments and powers rest on them")]
    apart = _weighed(analysis)
    return [sentence(f"{apart}: check --mass and --load, and whose recording it is")] if apart else []


def _weighed(analysis: "Analysis") -> str:
    """How what jumpers weigh in standing, the median of their jumps, differs from the masses that were given."""
    chosen = analysis.settings
    jumps = () if analysis.forces is None or analysis.forces.jumps is None else analysis.forces.jumps.jumps
    shown = [j.weight_n.value for j in jumps if j.weight_n is not None and j.weight_from.startswith("standing")]
    if not shown or chosen.mass_kg is None:
        return ""
    load_kg = chosen.load_kg or (fmean(chosen.loads_kg) if chosen.loads_kg else 0.0)
    return masses_apart(median(shown) / STANDARD_GRAVITY, chosen.mass_kg + load_kg).replace("on average", "in standing")


def time_zero(analysis: "Analysis") -> str:
    """What the first file's own clock says where times here are 0: `0.014 s in walk.csv`; empty where that is 0 too, or
    the file has no clock.
    """
    recording = analysis.recording
    if not recording.inputs:
        return ""
    first = recording.inputs[0]
    moved_s = {offset.stream: offset.offset_s for offset in recording.offsets}
    own = [
        float(stream.meta["clock_start_s"]) - (stream.start_s - moved_s.get(stream.name, 0.0))
        for stream in recording.streams
        if stream.name in first.streams and "clock_start_s" in stream.meta
    ]
    if not own or abs(own[0]) < _CLOCK_S:
        return ""
    return f"{number(own[0], 3)} s in {PurePath(first.path).name}"


def _missing(analysis: "Analysis") -> list[str]:
    """The angles of the movement's chain and numbers that markers do not show, and where markers would have to be."""
    wanted = _wanted(analysis.movement)
    angles: dict[str, None] = {}
    segments: dict[str, None] = {}
    for said in analysis.body.missing:
        if (found := _SEGMENT.fullmatch(said)) is not None:
            gone = [angle for angle in found[2].split(", ") if _stem(angle) in wanted]
            angles |= dict.fromkeys(gone)
            segments |= dict.fromkeys([found[1]] if gone else [])
    if not angles:
        return []
    lost = listed([quantity_name(angle) for angle in _both_sides(angles)])
    if all(_seen_as_line(analysis, segment) for segment in segments):
        feet = listed([_place(segment) for segment in _both_sides(segments)])
        return [f"Not in this recording: {lost}, as the turn of the {feet} is not measured; Quality says why."]
    places = listed([_place(segment) for segment in _both_sides(segments)])
    known = f" (set {analysis.body.marker_set})" if analysis.body.marker_set else ""
    remedy = "Name them with --map if they are there; all that is missing stands under Quality."
    return [f"Not in this recording: {lost}, as no markers are known on the {places}{known}. {remedy}"]


def _seen_as_line(analysis: "Analysis", segment: str) -> bool:
    """Whether a segment is a foot whose heel and toe are there, though its turn is not."""
    ends = [segment.replace("foot", end) for end in ("heel", "toe")]
    return segment.startswith("foot_") and all(end in analysis.body.points for end in ends)


def _wanted(movement: "Movement") -> set[str]:
    """Angles that the movement's links and numbers are read from."""
    links = {link.quantity.removesuffix("_velocity").replace("extension", "flexion") for link in movement.chain}
    return links | {metric.signal for metric in movement.metrics}


def _stem(name: str) -> str:
    return next((name.removesuffix(f"_{side}") for side in _SIDES if name.endswith(f"_{side}")), name)


def _both_sides(names: Iterable[str]) -> list[str]:
    """Names without their side where both sides are among them."""
    held = list(names)
    both = {stem for stem in map(_stem, held) if all(f"{stem}_{side}" in held for side in _SIDES)}
    return list(dict.fromkeys(_stem(name) if _stem(name) in both else name for name in held))


def _place(segment: str) -> str:
    """`thighs`, `right thigh`, `head`."""
    stem = _stem(segment)
    said = stem.replace("_", " ")
    if stem != segment:
        return f"{segment.removeprefix(f'{stem}_')} {said}"
    return _MANY.get(said, f"{said}s") if said in ("thigh", "shank", "foot", "upper arm", "forearm", "hand") else said
