"""Walking and running as data: where the feet stand, how they swing and roll, and a turn on the way."""

from collections.abc import Mapping

import numpy as np

from legato.errors import BadInput
from legato.recording import FloatArray
from legato.simulate.anthropometry import SIDE_SIGN, SIDES, Athlete
from legato.simulate.curves import ease, normal_cdf, soft_ramp
from legato.simulate.exercise_data import SIDED, StrideData
from legato.simulate.scenario import RepPlan, Scenario

_REACH = 0.992
_EXTRA_STRIDES = 2
_AFTER = 0.2


class StrideClock:
    """When each foot meets and leaves the ground, s, and where it stands; strides of the right foot are the plans.

    The pelvis goes along at an even speed (at a turn, along two straight lines that are blended); each foot stands
    where the pelvis is in the middle of its stance.
    """

    def __init__(
        self,
        data: StrideData,
        athlete: Athlete,
        scenario: Scenario,
        rng: np.random.Generator,
        higher_right: float = 0.0,
    ) -> None:
        self.data, self.athlete = data, athlete
        self.lift = {"right": data.lift + 0.5 * higher_right, "left": data.lift - 0.5 * higher_right}
        v = 0.2 * scenario.rep_variation
        self.stride_s = data.stride_s * scenario.tempo
        # a slower tempo keeps the length of the steps
        self.speed = data.speed * athlete.height_m / (1.8 * scenario.tempo)
        count = scenario.reps + _EXTRA_STRIDES
        steps = self.stride_s * (1.0 + v * rng.uniform(-1.0, 1.0, count))
        right = np.concatenate(([0.0], np.cumsum(steps))) - 0.6 * self.stride_s
        middle = 0.5 * (right[:-1] + right[1:]) + 0.01 * self.stride_s * v * rng.uniform(-1.0, 1.0, count)
        self.contact = {"right": right, "left": np.concatenate(([middle[0] - self.stride_s], middle))}
        self.leave = {side: c[:-1] + data.stance * np.diff(c) for side, c in self.contact.items()}
        self.duration_s = float(right[-2]) + _AFTER * self.stride_s
        self.turn_at_s = 0.5 * self.duration_s
        if data.turn_deg:
            # the outer foot plants at the turn
            stand = self.contact["right"][:-1] + 0.5 * data.stance * np.diff(self.contact["right"])
            self.turn_at_s = float(stand[np.argmin(np.abs(stand - self.turn_at_s))])
        inside = [(a, b, c) for a, b, c in zip(right[:-1], self.leave["right"], right[1:], strict=True)]
        self.plans = tuple(
            RepPlan(float(a), float(b), float(c), 1.0, 0.0, complete=True)
            for a, b, c in inside
            if self.inside(float(a), float(c))
        )
        if not self.plans:
            raise BadInput(
                f"simulate: no whole stride fits into {self.duration_s:.2f} s; give more reps or a tempo nearer to 1"
            )
        self._height = self._carried_height()

    def inside(self, start_s: float, end_s: float) -> bool:
        """Whether a stride lies whole in the recording."""
        return start_s >= 0.1 and end_s <= self.duration_s - 0.05

    def path(self, times: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Place of the pelvis over the ground (n, 2), m, and its heading (n,), rad."""
        out = np.zeros((times.size, 2))
        if not self.data.turn_deg:
            out[:, 0] = self.speed * (times - 0.5 * self.duration_s)
            return out, np.zeros_like(times)
        angle, width = np.radians(self.data.turn_deg), self.data.turn_s
        x = (times - self.turn_at_s) / width
        out[:, 0] = -self.speed * width * soft_ramp(-x)
        after = self.speed * width * soft_ramp(x)
        out += after[:, None] * np.array([np.cos(angle), np.sin(angle)])
        return out, angle * normal_cdf(x)

    def swing(self, times: FloatArray, c: dict[str, FloatArray], more: Mapping[str, float]) -> None:
        """Add to the channels what goes round with the strides (`more` than usual), and the roll of the feet."""
        for name, (usual, phase, harmonic) in self.data.swing.items():
            size = usual + float(np.sign(usual)) * more.get(name, 0.0)
            for side in SIDES if name in SIDED else ("right",):
                own = phase + (0.5 if side == "left" else 0.0)
                beat = size * np.cos(2.0 * np.pi * harmonic * (self._phase(times) - own))
                c[f"{name}_{side}" if name in SIDED else name] += beat
        self._roll(times, c)

    def _roll(self, times: FloatArray, c: dict[str, FloatArray]) -> None:
        for side in SIDES:
            contact, leave = self.contact[side], self.leave[side]
            for t0, t1 in zip(contact, np.append(leave, contact[-1] + self.stride_s), strict=True):
                s = self.stride_s
                held = self.data.heel_held * s * (1.0 - self.data.stance)
                c[f"toe_up_{side}"] += self.data.toe_up * (
                    ease(times, t0 - 0.22 * s, t0 - 0.02 * s) - ease(times, t0 + 0.005 * s, t0 + 0.12 * s)
                )
                c[f"heel_{side}"] += self.data.heel_off * (
                    ease(times, t1 - 0.28 * s * min(1.0, self.data.stance / 0.6), t1)
                    - ease(times, t1 + 0.01 * s + held, t1 + 0.75 * s * (1.0 - self.data.stance) + 0.5 * held)
                )

    def _phase(self, times: FloatArray) -> FloatArray:
        """Strides since the first right contact; even between contacts on the average."""
        return (times - self.contact["right"][0]) / self.stride_s * self._pace()

    def _pace(self) -> float:
        right = self.contact["right"]
        return (right.size - 1) * self.stride_s / float(right[-1] - right[0])

    def _stands(self, side: str) -> tuple[FloatArray, FloatArray]:
        """Place of the ankle at each stance (k, 3), m, and the foot's heading (k,), rad."""
        contact = self.contact[side]
        middle = contact + 0.5 * self.data.stance * self.stride_s
        place, heading = self.path(middle)
        h, sign = self.athlete.height_m, SIDE_SIGN[side]
        ahead = np.stack((np.cos(heading), np.sin(heading)), axis=1)
        aside = np.stack((np.sin(heading), -np.cos(heading)), axis=1)
        out = np.zeros((contact.size, 3))
        out[:, :2] = place + h * (self.data.ahead * ahead + sign * self.data.width * aside)
        return out, heading

    def _feet(self, times: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Where the ankles are, without the roll (2, n, 3), m from the ground, and the feet's headings (2, n), rad."""
        feet, turned = np.zeros((2, times.size, 3)), np.zeros((2, times.size))
        for i, side in enumerate(SIDES):
            stands, heading = self._stands(side)
            feet[i] = stands[0]
            turned[i] = heading[0]
            for k, leave in enumerate(self.leave[side]):
                meet = self.contact[side][k + 1]
                gone = ease(times, leave, meet)
                feet[i] += gone[:, None] * (stands[k + 1] - stands[k])
                turned[i] += gone * (heading[k + 1] - heading[k])
                x = np.clip((times - leave) / (meet - leave), 0.0, 1.0)
                feet[i, :, 2] += self.lift[side] * self.athlete.height_m * _arch(x)
        return feet, turned

    def place(self, times: FloatArray, c: dict[str, FloatArray]) -> tuple[FloatArray, FloatArray]:
        """Feet (2, n, 3) and pelvis (n, 3) from their places at rest, m; headings go into the channels."""
        place, heading = self.path(times)
        feet, turned = self._feet(times)
        root = np.zeros((times.size, 3))
        root[:, :2] = place
        root[:, 2] = self._height + self._bob(times)
        c["pelvis_axial"] += np.degrees(heading)
        for i, side in enumerate(SIDES):
            c[f"toe_out_{side}"] += -SIDE_SIGN[side] * np.degrees(turned[i])
        return feet, root

    def _bob(self, times: FloatArray) -> FloatArray:
        """Rise of the pelvis: highest in the middle of stance when walking, lowest there when running."""
        sign = 1.0 if self.data.stance >= 0.5 else -1.0
        phase = 2.0 * (self._phase(times) - 0.5 * self.data.stance)
        return sign * self.data.bob * self.athlete.height_m * np.cos(2.0 * np.pi * phase)

    def _carried_height(self) -> float:
        """Greatest height of the pelvis at which both legs reach their feet all the time, m."""
        a, t = self.athlete, np.arange(0.0, self.duration_s, 0.01)
        c = {f"{n}_{s}": np.zeros(t.size) for n in ("toe_up", "heel") for s in SIDES}
        self._roll(t, c)
        place, heading = self.path(t)
        feet, _ = self._feet(t)
        leg = _REACH * (a.length["thigh"] + a.length["shank"])
        lowest = np.inf
        ball, heel = a.length["toe_before_ankle"], a.length["heel_behind_ankle"]
        drop = a.length["ankle_height"]
        for i, side in enumerate(SIDES):
            p, q = np.radians(c[f"heel_{side}"]), np.radians(c[f"toe_up_{side}"])
            up = ball * np.sin(p) + drop * np.cos(p) + heel * np.sin(q) + drop * (np.cos(q) - 1.0)
            ahead = ball * (1.0 - np.cos(p)) + drop * np.sin(p) - heel * (1.0 - np.cos(q)) - drop * np.sin(q)
            aside = np.stack((np.sin(heading), -np.cos(heading)), axis=1)
            front = np.stack((np.cos(heading), np.sin(heading)), axis=1)
            hip = place + SIDE_SIGN[side] * a.hip_m[2] * aside
            away = feet[i, :, :2] + ahead[:, None] * front - hip
            reach = leg**2 - np.sum(away**2, axis=1)
            if reach.min() <= 0.0:
                raise BadInput(
                    f"simulate: steps of {self.speed * self.stride_s / 2.0:.2f} m are longer than legs of {leg:.2f} m "
                    "reach; bring tempo nearer to 1, height_m nearer to 1.80, or rep_variation nearer to 0"
                )
            lowest = min(lowest, float(np.min(feet[i, :, 2] + up + np.sqrt(reach) - self._bob(t))))
        return lowest - 0.004 * a.height_m


def _arch(x: FloatArray) -> FloatArray:
    """Up and down again over 0 to 1, five continuous derivatives, flat for the first and last bit of the way."""
    return ease(x, 0.0, 0.5) - ease(x, 0.5, 1.0)
