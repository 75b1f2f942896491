"""What a load does to the body that carries it: where it is, how it moves, and what it weighs in each repetition."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from legato.errors import NotResolvable
from legato.forces.analyse import RepSpan
from legato.kinetics.segments import MovingBody
from legato.recording import STANDARD_GRAVITY, BoolArray, FloatArray

Carried: TypeAlias = Literal["none", "hands", "shoulders", "rack", "outside"]

THINGS = ("bar", "box")
"""Points that a load may have, as bodies name them."""

PLACE_SD_M = {"bar": 0.01, "box": 0.03, "hands": 0.05, "none": 0.0}
"""SD of a load's centre of mass about what shows it, along each axis, m. [ENG] A bar bends and is loaded almost evenly;
what a box holds, or how a kettlebell hangs below the hands, is not seen."""

MASS_SD = 0.01
"""SD of the mass that was given, as a share. [ENG] Plates of gyms weigh within a few per cent of what is on them."""

_OFF_M = 0.01
"""A load this far from where it rested hangs or is held, m: as the movements' own `lift_off`. [ENG]"""

_SETTLE = 0.5
"""Share of the cut-off's period after which a force that jumps as the load comes off is passed whole. [ENG]"""


@dataclass(frozen=True, slots=True)
class Carrying:
    """Where a movement's load is carried: `hands`, `shoulders`, `rack` (on the shoulders and in the hands in turn),
    `none`, or `outside`: something besides gravity pulls, or the body leans on more than its feet. `rests`: it stands
    on the floor or a shelf as every repetition begins and ends. `supported`: the trunk lies or leans on something.
    """

    carried: Carried
    rests: bool = False
    supported: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Load:
    """A carried load in each frame; `mass_kg` (n,) is NaN where it is not carried or not known, 0 where there is none.

    `place_m` (n, 3) is where its centre of mass was taken to be, `push` (n, 3) the force that carries it, N: its mass
    times its acceleration less gravity. `shown_by`: `bar`, `box`, `hands`, or `none`. `place_sd_m`: SD of that place
    along each axis.
    """

    mass_kg: FloatArray
    place_m: FloatArray
    push: FloatArray
    shown_by: str
    place_sd_m: float

    def about(self, point_m: FloatArray) -> FloatArray:
        """Moment of that force about a point, (n, 3), N·m, shape (n, 3)."""
        return np.cross(self.place_m - point_m, self.push)


def carried_load(
    moving: MovingBody, carrying: Carrying, reps: Sequence[RepSpan], loads_kg: Sequence[float] | None
) -> Load:
    """The load of a trial on the frames of the motion; known within repetitions only.

    Parameters
    ----------
    moving
        The body, with the points of bar, box and hands.
    carrying
        What the movement says of its load.
    reps
        The repetitions.
    loads_kg
        One mass for all, or one for each repetition, kg, in their order; 0 without a load.

    Raises
    ------
    NotResolvable
        The movement is done against more than gravity, the mass was not given, or nothing shows where the load is.

    Notes
    -----
    A load that rests is carried from where it has moved by 10 mm until it is as near to where it comes to rest, less
    half a period of the cut-off after it left: how hands take a load from its support is not seen by markers.
    """
    n = moving.times().size
    if carrying.carried == "outside":
        raise NotResolvable("more than gravity and the load acts on the body in this movement")
    if carrying.carried == "none":
        if loads_kg is not None and any(loads_kg):
            raise NotResolvable("where the load is carried is not known in this movement")
        return Load(np.zeros(n), np.zeros((n, 3)), np.zeros((n, 3)), "none", 0.0)
    if loads_kg is None:
        raise NotResolvable("the load's mass is not known: give --load, 0 without one")
    masses = np.full(n, np.nan)
    for k, rep in enumerate(reps):
        masses[frames_of(moving, rep)] = loads_kg[0] if len(loads_kg) == 1 else loads_kg[k]
    if not np.nanmax(masses, initial=0.0) > 0.0:
        return Load(masses, np.zeros((n, 3)), np.zeros((n, 3)), "none", 0.0)
    place, shown_by = _place(moving, carrying)
    if carrying.rests:
        for rep in reps:
            inside = frames_of(moving, rep)
            masses[inside] = np.where(_off_its_support(place[inside, 2], moving), masses[inside], np.nan)
    lift = np.zeros((n, 3))
    lift[1:-1] = (place[2:] - 2.0 * place[1:-1] + place[:-2]) * moving.rate_hz**2
    lift[[0, -1]] = np.nan
    lift[:, 2] += STANDARD_GRAVITY
    return Load(masses, place, masses[:, None] * lift, shown_by, PLACE_SD_M[shown_by])


def frames_of(moving: MovingBody, rep: RepSpan) -> slice:
    """The frames of a repetition."""
    first, last = (round((t - moving.start_s) * moving.rate_hz) for t in (rep.span.start_s, rep.span.end_s))
    return slice(max(first, 0), max(last + 1, 0))


def hand_points(moving: MovingBody) -> dict[str, FloatArray]:
    """Where each hand grips, m, (n, 3): its marker, else the hand's centre as the forearm carries it."""
    found: dict[str, FloatArray] = {}
    for side in ("right", "left"):
        hand = moving.get(f"hand_{side}")
        if f"hand_{side}" in moving.points:
            found[side] = moving.points[f"hand_{side}"]
        elif hand is not None:
            found[side] = hand.centre_m
    return found


def _place(moving: MovingBody, carrying: Carrying) -> tuple[FloatArray, str]:
    """Where the load is, m, (n, 3), and by what that is shown."""
    for thing in THINGS:
        if thing in moving.points:
            return moving.points[thing], thing
    hands = hand_points(moving)
    if carrying.carried == "hands" and len(hands) == 2:
        return 0.5 * (hands["right"] + hands["left"]), "hands"
    if carrying.carried == "hands":
        raise NotResolvable("where the load is cannot be told: neither bar, box nor both hands were measured")
    raise NotResolvable("where the bar lies on the shoulders is not seen: put markers on its ends")


def _off_its_support(height: FloatArray, moving: MovingBody) -> BoolArray:
    """Frames of one repetition in which the load has left where it began and not yet come where it ends, shape (n,)."""
    off = np.zeros(height.size, dtype=np.bool_)
    known = np.flatnonzero(np.isfinite(height))
    if known.size == 0:
        return off
    begun = np.flatnonzero(np.abs(height - height[known[0]]) > _OFF_M)
    ending = np.flatnonzero(np.abs(height - height[known[-1]]) > _OFF_M)
    if begun.size and ending.size:
        off[begun[0] + round(_SETTLE * moving.rate_hz / moving.cutoff_hz) : ending[-1] + 1] = True
    return off
