"""The power-flow picture of one phase: the body from behind, joints as nodes, bands as wide as their energy."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from legato.estimate import Estimate
from legato.report.power_record import joint_words, phase_words
from legato.report.words import number

_WIDE, _HIGH = 340, 420
_BAND = 40.0
"""Width of the widest band of all phases, in the picture's units."""

_NODE = 17.0
"""Radius of the largest node."""

_LEAST_ARROWED = 2.5
"""Bands narrower than this bear no arrows: they would hide it."""

_SMALL = 0.01
"""Energies below this share of the largest are drawn as none. [ENG]"""

_ALIKE = 0.5
"""From this share of the larger one, what a joint generates and absorbs are drawn as halves. [ENG]"""

_FEET, _ANKLES, _KNEES, _HIPS, _PELVIS, _SHOULDERS, _HEAD = 392.0, 374.0, 290.0, 212.0, 196.0, 92.0, 56.0
_OUT = {"ankle": 46.0, "knee": 54.0, "hip": 30.0}
"""How far the joints of a leg lie from the middle."""

_LEVEL = {"ankle": _ANKLES, "knee": _KNEES, "hip": _HIPS}


@dataclass(frozen=True, slots=True)
class JointFlow:
    """What a joint does in one phase, J: `generated`, `absorbed`, and `into_ahead`, what enters the segment nearer to
    the load (negative: it leaves it).
    """

    generated: Estimate
    absorbed: Estimate
    into_ahead: Estimate

    @property
    def from_behind(self) -> float:
        """What leaves the segment nearer to the ground."""
        return self.into_ahead.value - self.generated.value + self.absorbed.value


@dataclass(frozen=True, slots=True)
class PhaseFlow:
    """All that one picture shows: joints by name, and what the load takes up, J."""

    phase: str
    joints: Mapping[str, JointFlow]
    load: Estimate | None
    load_name: str

    @property
    def most(self) -> float:
        """The largest energy in it, J."""
        values = [abs(flow.into_ahead.value) for flow in self.joints.values()]
        values += [flow.generated.value + flow.absorbed.value for flow in self.joints.values()]
        return max([*values, abs(self._into_pelvis()), abs(self.load.value) if self.load else 0.0])

    def _into_pelvis(self) -> float:
        return sum(f.into_ahead.value for name, f in self.joints.items() if name.startswith("hip_"))


def picture(flow: PhaseFlow, most_j: float) -> str:
    """One panel as SVG; `most_j` is the energy of the widest band and the largest node, J."""
    draw = _Panel(flow, most_j)
    draw.body()
    for side in ("left", "right"):
        draw.leg(side)
    draw.trunk()
    for name in flow.joints:
        draw.node(name)
    title = f"Energy through the body, {phase_words(flow.phase)}: {_spoken(flow)}"
    return (
        f'<svg class="flow-picture" role="img" aria-label="{escape(title)}" viewBox="0 0 {_WIDE} {_HIGH}">'
        f"{''.join(draw.parts)}</svg>"
    )


def _spoken(flow: PhaseFlow) -> str:
    said = [f"{joint_words(name)} {_joules(f.generated.value - f.absorbed.value)}" for name, f in flow.joints.items()]
    if flow.load is not None:
        said.append(f"{flow.load_name} takes up {_joules(flow.load.value)}")
    return ", ".join(said)


def _joules(value: float, sign: bool = False) -> str:
    plus = "+" if sign and value >= 0.5 else ""
    return f"{plus}{number(value, 0)} J"


class _Panel:
    """Shapes of one panel, in the order in which they are drawn."""

    def __init__(self, flow: PhaseFlow, most_j: float) -> None:
        self.flow, self.most_j = flow, max(most_j, 1e-9)
        self.parts: list[str] = []

    def _x(self, joint: str, side: str) -> float:
        return 0.5 * _WIDE + _OUT[joint] * (1.0 if side == "right" else -1.0)

    def _wide(self, energy: float) -> float:
        return _BAND * abs(energy) / self.most_j

    def body(self) -> None:
        """The figure itself, pale, under everything."""
        middle = 0.5 * _WIDE
        limbs: list[Sequence[tuple[float, float]]] = [[(middle, _PELVIS), (middle, _SHOULDERS)]]
        for side in ("left", "right"):
            way = 1.0 if side == "right" else -1.0
            limbs.append(
                [
                    (middle + way * 58.0, _FEET),
                    *((self._x(joint, side), _LEVEL[joint]) for joint in ("ankle", "knee", "hip")),
                    (middle, _PELVIS),
                ]
            )
            limbs.append([(middle, _SHOULDERS), (middle + 40 * way, _SHOULDERS + 4), (middle + 62 * way, 140.0)])
            limbs.append([(middle + 62 * way, 140.0), (middle + 66 * way, _SHOULDERS - 4)])
        self.parts += [
            f'<polyline class="bone" points="{" ".join(f"{x:.0f},{y:.0f}" for x, y in limb)}"/>' for limb in limbs
        ]
        self.parts.append(f'<circle class="skull" cx="{middle:.0f}" cy="{_HEAD:.0f}" r="17"/>')
        self.parts.append(f'<line class="floor" x1="40" x2="{_WIDE - 40}" y1="{_FEET + 5}" y2="{_FEET + 5}"/>')
        if self.flow.load_name == "bar":
            y = _SHOULDERS - 8
            self.parts.append(f'<line class="bar-line" x1="46" x2="{_WIDE - 46}" y1="{y}" y2="{y}"/>')
            self.parts += [
                f'<rect class="disc" x="{x:.0f}" y="{y - 24:.0f}" width="8" height="48" rx="3"/>'
                for x in (48, _WIDE - 56)
            ]

    def leg(self, side: str) -> None:
        """Bands along the shank and the thigh, as far as their joints are known, and whose leg it is."""
        known = self.flow.joints
        self._text(self._x("ankle", side), _FEET + 20.0, side, "middle", "muted")
        for lower, upper in (("ankle", "knee"), ("knee", "hip")):
            below, above = known.get(f"{lower}_{side}"), known.get(f"{upper}_{side}")
            if below is None or above is None:
                continue
            ends = ((self._x(lower, side), _LEVEL[lower]), (self._x(upper, side), _LEVEL[upper]))
            self._band(*ends, below.into_ahead.value, above.from_behind)
        hip = known.get(f"hip_{side}")
        if hip is not None:
            ends = ((self._x("hip", side), _HIPS), (0.5 * _WIDE + (9.0 if side == "right" else -9.0), _PELVIS - 10))
            self._band(*ends, hip.into_ahead.value, hip.into_ahead.value, arrow=False)
        elif not any(name.endswith(side) for name in known):
            x = self._x("knee", side) + (34.0 if side == "right" else -34.0)
            self._text(x, _KNEES, "not known", "start" if side == "right" else "end", "muted")

    def trunk(self) -> None:
        """From the pelvis to the shoulders, and on to the load."""
        hips = [flow for name, flow in self.flow.joints.items() if name.startswith("hip_")]
        back, load = self.flow.joints.get("lumbosacral"), self.flow.load
        middle = 0.5 * _WIDE
        if len(hips) == 2:
            total = sum(flow.into_ahead.value for flow in hips)
            start = total if back is None else back.into_ahead.value
            end = start if load is None else load.value
            self._band((middle, _PELVIS - 12), (middle, _SHOULDERS), start, end)
            self._text(middle + 26, 158, _joules(abs(total)), "start", "strong")
            self._text(middle + 26, 173, "to the pelvis" if total > 0.0 else "from the pelvis", "start", "muted")
            if load is not None and back is None and abs(total) > abs(load.value):
                self._text(middle - 26, 128, _joules(abs(total) - abs(load.value)), "end", "strong")
                self._text(middle - 26, 143, "move the trunk", "end", "muted")
        if load is not None:
            y = 26.0
            way = "to the" if load.value > 0.0 else "from the"
            self._text(middle, y, f"{_joules(abs(load.value))} {way} {self.flow.load_name}", "middle", "strong")

    def node(self, name: str) -> None:
        """A joint: a disc for what it generates, a ring for what it absorbs, with both in words beside it."""
        flow = self.flow.joints[name]
        joint, _, side = name.rpartition("_")
        if name == "lumbosacral":
            x, y, way = 0.5 * _WIDE, _PELVIS - 22, -1.0
        elif joint in _OUT and side in ("left", "right"):
            x, y, way = self._x(joint, side), _LEVEL[joint], 1.0 if side == "right" else -1.0
        else:
            return
        gained, lost = flow.generated.value, flow.absorbed.value
        alike = _ALIKE * max(gained, lost) < min(gained, lost)
        for energy, css in sorted(((gained, "generated"), (lost, "absorbed")), reverse=True):
            if energy > _SMALL * self.most_j and alike:
                # Neither would show within or about the other: each has its half.
                radius, sweep = max(4.5, _NODE * math.sqrt(energy / self.most_j)), int(css == "absorbed")
                arc = f"M{x:.1f},{y - radius:.1f} A{radius:.1f},{radius:.1f} 0 0 {sweep} {x:.1f},{y + radius:.1f}"
                self.parts.append(f'<path class="{css}" d="{arc} Z"/>')
            elif energy > _SMALL * self.most_j:
                radius = max(4.5, _NODE * math.sqrt(energy / self.most_j))
                self.parts.append(f'<circle class="{css}" cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"/>')
        if max(gained, lost) <= _SMALL * self.most_j:
            self.parts.append(f'<circle class="still" cx="{x:.1f}" cy="{y:.1f}" r="4"/>')
        clear = _NODE * math.sqrt(max(gained, lost) / self.most_j)
        if name == "lumbosacral":
            # Its node sits on the trunk's band: the words stand beside both.
            clear = max(clear, 0.5 * self._wide(flow.into_ahead.value))
        beside = x + way * (clear + 9.0)
        anchor = "start" if way > 0.0 else "end"
        said = [
            (_joules(energy * sign, sign=True), css)
            for energy, sign, css in ((gained, 1.0, "gain"), (lost, -1.0, "loss"))
            if energy > _SMALL * self.most_j
        ]
        shown = "lower back" if name == "lumbosacral" else joint
        y -= 14.0 * (len(said) > 1)
        self._text(beside, y - (1.0 if said else -4.0), shown, anchor, "muted")
        for k, (text, css) in enumerate(said):
            self._text(beside, y + 14.0 + 14.0 * k, text, anchor, css)

    def _band(
        self, start: tuple[float, float], end: tuple[float, float], first: float, last: float, arrow: bool = True
    ) -> None:
        """A band between two points, as wide at each as the energy there, with arrows the way it flows."""
        if max(abs(first), abs(last)) <= _SMALL * self.most_j:
            return
        (x0, y0), (x1, y1) = start, end
        length = math.hypot(x1 - x0, y1 - y0)
        across = ((y1 - y0) / length, -(x1 - x0) / length)
        a, b = 0.5 * self._wide(first), 0.5 * self._wide(last)
        corners = [
            (x0 + a * across[0], y0 + a * across[1]),
            (x1 + b * across[0], y1 + b * across[1]),
            (x1 - b * across[0], y1 - b * across[1]),
            (x0 - a * across[0], y0 - a * across[1]),
        ]
        self.parts.append(f'<polygon class="band-flow" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in corners)}"/>')
        if not arrow or a + b < _LEAST_ARROWED:
            return
        along = ((x1 - x0) / length, (y1 - y0) / length)
        sign = 1.0 if first + last > 0.0 else -1.0
        size = min(7.0, max(3.0, 0.35 * (a + b)))
        for share in (0.42, 0.58):
            x, y = x0 + share * (x1 - x0), y0 + share * (y1 - y0)
            tip = (x + sign * size * along[0], y + sign * size * along[1])
            wings = [(x + s * size * across[0], y + s * size * across[1]) for s in (1.0, -1.0)]
            points = " ".join(f"{px:.1f},{py:.1f}" for px, py in (wings[0], tip, wings[1]))
            self.parts.append(f'<polyline class="arrow" points="{points}"/>')

    def _text(self, x: float, y: float, text: str, anchor: str, css: str) -> None:
        self.parts.append(f'<text class="{css}" x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}">{escape(text)}</text>')
