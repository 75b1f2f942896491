"""Draws a simulated movement as a small self-contained SVG: its postures side by side, for light and dark pages.

`python -m legato.simulate.figure [ID…]` redraws those of the documentation, from the folder that holds `docs`.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeAlias
from xml.sax.saxutils import escape

import numpy as np

from legato.errors import BadInput
from legato.messages import nearest
from legato.recording import FloatArray
from legato.simulate.exercise import ExerciseMotion
from legato.simulate.exercise_data import drawn_ids, load_exercise
from legato.simulate.make import make_motion
from legato.simulate.rotations import apply
from legato.simulate.scenario import FAMILY, Motion, Scenario, scenario_for, simulated_movements
from legato.simulate.skeleton import Pose
from legato.simulate.truth import build_reps

Things: TypeAlias = Literal["own", "none", "dowel"]

FOLDER = Path("docs/figures")
_SCALE = 150.0
_GAP = 22.0
_MARGIN = 12.0
_FOOT = 34.0
_HEAD = 0.058
NEAR, FAR, TRUNK, THING, GROUND, TEXT = "#3b82c4", "#8fa3b8", "#4f6f96", "#d97a2b", "#98a2ad", "#7b8794"
_LIMBS = (
    ("hip", "knee", 0.052),
    ("knee", "ankle", 0.040),
    ("shoulder", "elbow", 0.036),
    ("elbow", "wrist", 0.030),
    ("wrist", "hand", 0.026),
)
_OLD_FRAMES = {"throw": ("stance", "pelvis sets off", "release")}
_OLD_VIEW = {"bench-press": "side"}


@dataclass(frozen=True, slots=True)
class _View:
    """How places become points of the drawing: columns are the drawing's right and up, m."""

    right: tuple[float, float, float]
    up: tuple[float, float, float]
    near: str

    def flat(self, place: FloatArray) -> tuple[float, float]:
        return float(place @ np.array(self.right)), float(place @ np.array(self.up))


_VIEWS = {
    "side": _View((1.0, 0.0, 0.0), (0.0, 0.0, 1.0), "right"),
    "front": _View((0.0, 1.0, 0.0), (0.0, 0.0, 1.0), ""),
    "back": _View((0.0, -1.0, 0.0), (0.0, 0.0, 1.0), ""),
    "top": _View((0.0, -1.0, 0.0), (1.0, 0.0, 0.0), ""),
}


@cache
def draw_movement(movement: str, things: Things = "own", frames: tuple[str, ...] = ()) -> str:
    """SVG text of a movement's postures, the same bytes every time.

    Parameters
    ----------
    movement
        Which one.
    things
        What is drawn beside the body: what the movement is done with, nothing, or a dowel along the back.
    frames
        Names of the postures to draw, all where there are none.

    Raises
    ------
    BadInput
        The movement is not modelled, not with a dowel, or has no such posture.
    """
    exact: dict[str, Any] = {"noise_m": 0.0, "wobble_m": 0.0, "rep_variation": 0.0, "lag_variation_s": 0.0}
    given: dict[str, Any] = {"reps": 1, "dowel": "on" if things == "dowel" else "", **exact}
    alone = movement in drawn_ids()
    scenario = Scenario(movement=movement, **given) if alone else scenario_for(movement, **given)
    motion = make_motion(scenario)
    times, names = _frames(motion)
    if frames:
        unknown = next((name for name in frames if name not in names), None)
        if unknown is not None:
            raise BadInput(f"figure of {movement}: no frame is called {unknown!r:.60}; {nearest(unknown, names)}")
        kept = [names.index(name) for name in frames]
        times, names = times[kept], frames
    view = _VIEWS[view_of(movement)]
    pose = motion.pose(times)
    h = motion.athlete.height_m
    props = load_exercise(movement).props if isinstance(motion, ExerciseMotion) else _old_props(movement)
    panels = [_Panel(pose, k, view, motion, props, h, things) for k in range(times.size)]
    title = f"{movement.replace('-', ' ').capitalize()}: {', '.join(names)}"
    return _sheet(panels, names, title)


def view_of(movement: str) -> str:
    """From where a movement is drawn: `side`, `front`, `back` or `top`."""
    return _OLD_VIEW.get(movement, "side") if movement in FAMILY else load_exercise(movement).view


def _old_props(movement: str) -> tuple[tuple[float, float, float, float], ...]:
    if movement == "bench-press":
        return ((-0.62, 0.0, 0.06, 0.235),)
    return ((-0.36, 0.0, -0.10, 0.245),) if movement == "sit-to-stand" else ()


def _frames(motion: Motion) -> tuple[FloatArray, tuple[str, ...]]:
    """Instants that the figure shows, s, and what they are called."""
    if isinstance(motion, ExerciseMotion):
        data = motion.data
        if motion.strides is not None:
            start, length = motion.plans[0].start_s, motion.plans[0].end_s - motion.plans[0].start_s
            times = [start + length * u for u in data.frames]
        elif data.flight is not None:
            flights, clock = motion.flights[0], motion.clocks[0]
            apex = 0.5 * (flights[-1].leaves_s + flights[-1].lands_s)
            times = [clock.at(u) if u < data.length_s else apex for u in data.frames]
        else:
            times = [motion.clocks[0].at(u) for u in data.frames]
        return np.array(times), data.frame_names
    rep = build_reps(motion)[0]
    first = [rep["start_s"] - 0.2, rep.get("release_s", rep.get("bottom_s", 0.0))]
    if FAMILY[motion.scenario.movement] == "throw":
        return np.array([first[0], rep["pelvis_set_off_s"], rep["release_s"]]), _OLD_FRAMES["throw"]
    middle = "top" if motion.scenario.movement in ("deadlift", "sit-to-stand") else "bottom"
    return np.array(first), ("start", middle)


class _Panel:
    """One posture as SVG elements and its extent, in drawing units (up is up)."""

    def __init__(
        self,
        pose: Pose,
        k: int,
        view: _View,
        motion: Motion,
        props: Sequence[tuple[float, float, float, float]],
        height_m: float,
        things: Things,
    ) -> None:
        self.pose, self.k, self.view, self.h = pose, k, view, height_m
        self.motion = motion
        self.centre = pose.point["pelvis"][k] * np.array([1.0, 1.0, 0.0]) if self._moves() else np.zeros(3)
        self.low, self.high = [np.inf, 0.0], [-np.inf, 0.1]
        self.parts: list[str] = []
        for x0, z0, x1, z1 in props:
            if view is not _VIEWS["top"]:
                self._prop(x0, z0, x1, z1)
        self._body()
        if things == "dowel":
            self._dowel()
        elif things == "own":
            self._things()

    def _moves(self) -> bool:
        return isinstance(self.motion, ExerciseMotion) and self.motion.strides is not None

    def _at(self, place: FloatArray) -> tuple[float, float]:
        x, y = self.view.flat((place - self.centre) / self.h)
        return _SCALE * x, _SCALE * y

    def _grow(self, x: float, y: float, by: float) -> None:
        self.low = [min(self.low[0], x - by), min(self.low[1], y - by)]
        self.high = [max(self.high[0], x + by), max(self.high[1], y + by)]

    def _line(self, places: Sequence[FloatArray], width: float, colour: str) -> None:
        points = [self._at(p) for p in places]
        for x, y in points:
            self._grow(x, y, 0.5 * width * _SCALE)
        path = " ".join(f"{x:.1f},{-y:.1f}" for x, y in points)
        self.parts.append(f'<polyline points="{path}" stroke="{colour}" stroke-width="{width * _SCALE:.1f}"/>')

    def _disc(self, place: FloatArray, radius: float, colour: str, ring: float = 0.0) -> None:
        x, y = self._at(place)
        r = radius * _SCALE
        self._grow(x, y, r)
        style = (
            f'fill="{colour}" stroke="none"' if not ring else f'stroke="{colour}" stroke-width="{ring * _SCALE:.1f}"'
        )
        self.parts.append(f'<circle cx="{x:.1f}" cy="{-y:.1f}" r="{r:.1f}" {style}/>')

    def _prop(self, x0: float, z0: float, x1: float, z1: float) -> None:
        a, b = _SCALE * x0, _SCALE * x1
        top, bottom = _SCALE * z1, _SCALE * z0
        self._grow(a, bottom, 0.0)
        self._grow(b, top, 0.0)
        self.parts.append(
            f'<rect x="{a:.1f}" y="{-top:.1f}" width="{b - a:.1f}" height="{top - bottom:.1f}" rx="3" '
            f'fill="{GROUND}" fill-opacity="0.35" stroke="none"/>'
        )

    def _point(self, name: str) -> FloatArray:
        return self.pose.point[name][self.k]

    def _foot(self, side: str, colour: str) -> None:
        a = self.motion.athlete
        turn, ankle = self.pose.rotation[f"foot_{side}"][self.k], self._point(f"ankle_{side}")
        sole = -a.length["ankle_height"] + 0.012 * self.h
        heel = ankle + apply(turn, np.array([-a.length["heel_behind_ankle"], sole, 0.0]))
        ball = ankle + apply(turn, np.array([a.length["toe_before_ankle"], sole, 0.0]))
        toe = ankle + apply(turn, np.array([a.length["foot"] - a.length["heel_behind_ankle"], sole, 0.0]))
        if ball[2] < 0.05 * self.h:
            toe[2] = max(toe[2], min(ball[2], 0.012 * self.h))
        self._line((ankle, heel, ball, toe), 0.024, colour)

    def _limb(self, side: str, arms: bool, colour: str) -> None:
        for first, second, width in _LIMBS:
            if (first in ("shoulder", "elbow", "wrist")) == arms:
                self._line((self._point(f"{first}_{side}"), self._point(f"{second}_{side}")), width, colour)
        if not arms:
            self._foot(side, colour)

    def _body(self) -> None:
        near = self.view.near
        far = "left" if near == "right" else ""
        if far:
            self._limb(far, False, FAR)
            self._limb(far, True, FAR)
        else:
            self._line((self._point("hip_right"), self._point("hip_left")), 0.06, TRUNK)
            self._line((self._point("shoulder_right"), self._point("shoulder_left")), 0.05, TRUNK)
        trunk = ("pelvis", "sacrum", "thoracolumbar")
        self._line([self._point(p) for p in trunk], 0.085, TRUNK)
        self._line([self._point("thoracolumbar"), self._point("neck")], 0.098, TRUNK)
        head, turn = self._point("head").copy(), self.pose.rotation["head"][self.k]
        head[2] = max(head[2], _HEAD * self.h)
        self._line([self._point("neck"), head], 0.04, TRUNK)
        self._disc(head, _HEAD, TRUNK)
        self._disc(head + apply(turn, np.array([0.062, 0.0, 0.0]) * self.h), 0.014, TRUNK)
        for side in ("left", "right") if not far else ("right",):
            colour = NEAR if side == "right" else FAR
            self._limb(side, False, colour)
            self._limb(side, True, colour)

    def _dowel(self) -> None:
        """The dowel, and the flesh between the drawn spine and the skin that it lies on."""
        turn, at = self.pose.rotation["dowel"][self.k], self.pose.origin["dowel"][self.k]
        ends = [at + apply(turn, self.pose.extra[name][1]) for name in ("DOWEL_TOP", "DOWEL_BOTTOM")]
        for name, width in (("sacrum", 0.085), ("thoracolumbar", 0.098), ("head", 2.0 * _HEAD)):
            place = self._point(name)
            behind = float((place - at) @ turn[:, 0]) - (0.5 * width + 0.007) * self.h
            self._line((place, place - max(behind, 0.0) * turn[:, 0]), width, TRUNK)
        self._line(ends, 0.014, THING)

    def _things(self) -> None:
        pose, k = self.pose, self.k
        names = {segment for segment, _ in pose.extra.values()} | ({"bar"} & pose.rotation.keys())
        for name in sorted(names - {"thorax", "lumbar", "pelvis"}):
            turn, at = pose.rotation[name][k], pose.origin[name][k]
            if name == "bar":
                ends = [at + apply(turn, np.array([0.0, 0.0, s * 0.55 * self.h])) for s in (-1.0, 1.0)]
                if self.view.near:
                    self._disc(at, 0.118, THING, 0.014)
                    self._disc(at, 0.016, THING)
                else:
                    self._line(ends, 0.014, THING)
                    tall = np.array([0.0, 0.0, 0.11 * self.h])
                    for end in ends:
                        self._line((end - tall, end + tall), 0.03, THING)
            elif name == "kettlebell":
                self._disc(at, 0.024, THING, 0.012)
                self._disc(at + apply(turn, np.array([0.0, -0.045 * self.h, 0.0])), 0.045, THING)
            elif name == "box":
                corner = [(-0.10, -0.10), (0.10, -0.10), (0.10, 0.07), (-0.10, 0.07), (-0.10, -0.10)]
                self._line([at + apply(turn, np.array([x, y, 0.0]) * self.h) for x, y in corner], 0.014, THING)
            elif name == "club":
                self._line((at, at + apply(turn, np.array([0.0, -0.75, 0.0]))), 0.010, THING)
            elif name == "sled":
                self._line([at + apply(turn, np.array([0.0, y, 0.0]) * self.h) for y in (-0.16, 0.16)], 0.03, THING)
            else:
                self._disc(at, 0.055 if name == "ball" else 0.03, THING)


def _sheet(panels: Sequence[_Panel], names: Sequence[str], title: str) -> str:
    """All panels in one row above the floor."""
    top = max(p.high[1] for p in panels) + _MARGIN
    floor = -min(0.0, *(p.low[1] for p in panels))
    x, parts = _MARGIN, list[str]()
    for panel, name in zip(panels, names, strict=True):
        width = max(panel.high[0] - panel.low[0], 7.0 * len(name))
        shift = x - panel.low[0] + 0.5 * (width - panel.high[0] + panel.low[0])
        parts.append(f'<g transform="translate({shift:.1f} {top:.1f})">{"".join(panel.parts)}</g>')
        parts.append(
            f'<text x="{x + 0.5 * width:.1f}" y="{top + floor + 22.0:.1f}" text-anchor="middle" font-size="12" '
            f'fill="{TEXT}" stroke="none" font-family="system-ui, sans-serif">{escape(name)}</text>'
        )
        x += width + _GAP
    wide, high = x - _GAP + _MARGIN, top + floor + _FOOT
    ground = ""
    if panels[0].view is not _VIEWS["top"]:
        ground = f'<path d="M4 {top + 1.0:.1f}H{wide - 4.0:.1f}" stroke="{GROUND}" stroke-width="1.5"/>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:.0f} {high:.0f}" width="{wide:.0f}" '
        f'height="{high:.0f}" role="img" aria-labelledby="t" fill="none" stroke-linecap="round" '
        f'stroke-linejoin="round"><title id="t">{escape(title)}</title>{ground}{"".join(parts)}</svg>\n'
    )


if __name__ == "__main__":
    for _movement in sys.argv[1:] or simulated_movements():
        (FOLDER / f"{_movement}.svg").write_text(draw_movement(_movement), encoding="utf-8")
