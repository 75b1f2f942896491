"""The truth about an exercise: repetitions, phases, marks and events, found on the exact curves."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from legato.recording import FloatArray
from legato.simulate.exercise import GRAVITY_M_S2, ExerciseMotion, RepClock
from legato.simulate.exercise_data import EventData, MarkData
from legato.simulate.exercise_force import pull_times
from legato.simulate.probe import Probe

_ONSET_SHARE = 0.10
_GRID_S = 0.004
_STEP_S = 1e-4
_PEAK_ANGLES = (
    "knee_flexion_right", "knee_flexion_left", "hip_flexion_right", "hip_flexion_left", "lumbar_flexion",
    "elbow_flexion_right", "elbow_flexion_left", "thorax_pitch",
)  # fmt: skip

_Curves = Mapping[str, FloatArray]


def exercise_reps(motion: ExerciseMotion) -> list[dict[str, Any]]:
    """One record a repetition, in order. Times in s, angles in degrees."""
    return _stride_reps(motion) if motion.strides is not None else _Reader(motion).reps()


class _Reader:
    """Reads one motion on a grid, then asks it again around each instant, to about 1e-7 s."""

    def __init__(self, motion: ExerciseMotion) -> None:
        self.motion, self.data = motion, motion.data
        self.probe = Probe(motion)
        told = {m.rate.lstrip("-") for m in self.data.marks if m.rate and m.at != "given"}
        self.names = sorted(told | {e.rate for e in self.data.events})

    def reps(self) -> list[dict[str, Any]]:
        """One record a repetition."""
        step = min(_GRID_S * 2.0, self.motion.shortest_feature_s / 8.0)
        out: list[dict[str, Any]] = []
        for i, plan in enumerate(self.motion.plans):
            t = np.arange(plan.start_s - 0.5, plan.end_s + 0.5, step)
            rates = self._rates(t)
            clock = self.motion.clocks[i]
            given = self._given(i)
            marks = {m.name: self._mark(m, t, rates, clock, given) for m in self.data.marks}
            events = {e.rate: self._event(e, t, rates, clock) for e in self.data.events}
            turn = marks.get("turn", 0.5 * (marks["start"] + marks["end"]))
            out.append(
                {
                    "index": i,
                    "complete": plan.complete,
                    "depth": plan.depth,
                    "planted_lag_s": plan.lag_s,
                    "fault_size": self.motion.fault_size * (i if self._per_rep() else 1),
                    "side": self._side(i),
                    "start_s": marks["start"],
                    "end_s": marks["end"],
                    "bottom_s": turn,
                    "marks": marks,
                    "phases": [
                        {"name": name, "start_s": marks[a], "end_s": marks[b]} for name, a, b in self.data.phases
                    ],
                    "events": events,
                    "gaps": [
                        {"from": a, "to": b, "event": kind, "gap_s": events[b][f"{kind}_s"] - events[a][f"{kind}_s"]}
                        for a, b in self.data.gaps
                        for kind in ("onset", "peak", "zero")
                    ],
                    "angle_peaks": self._angle_peaks(marks["start"], marks["end"]),
                    **given,
                }
            )
        return out

    def _per_rep(self) -> bool:
        return self.motion.fault is not None and self.motion.fault.per == "rep"

    def _side(self, rep: int) -> str:
        if not self.data.alternate:
            return ""
        return "left" if rep % 2 else "right"

    def _given(self, rep: int) -> dict[str, float]:
        """Instants that the motion knows by itself."""
        if self.data.force is not None:
            start, end = pull_times(self.motion, rep)
            return {"pull_from_s": start, "pull_to_s": end}
        if not self.motion.flights:
            hold = self.data.hold_at
            if hold is None:
                return {}
            clock = self.motion.clocks[rep]
            return {"hold_from_s": clock.at(hold), "hold_to_s": clock.at(hold + 1e-9)}
        flights = self.motion.flights[rep]
        jump = flights[-1]
        rise = jump.rate_m_s**2 / (2.0 * GRAVITY_M_S2)
        out = {
            "take_off_s": jump.leaves_s,
            "landing_s": jump.lands_s,
            "apex_s": 0.5 * (jump.leaves_s + jump.lands_s),
            "flight_time_s": jump.lands_s - jump.leaves_s,
            "height_flight_m": rise,
        }
        return out if len(flights) == 1 else {"contact_s": flights[0].lands_s, **out}

    def _rates(self, t: FloatArray) -> dict[str, FloatArray]:
        if not self.names:
            return {}
        table = self.probe.rates(t)
        return {name: table[name] for name in self.names}

    def _one(self, name: str, t: FloatArray) -> FloatArray:
        return self.probe.rates(t)[name]

    def _zoom(self, name: str, sign: float, level: float, low: float, high: float) -> float:
        """Where a rate passes a level inside a bracket, to about 1e-9 s."""
        first = step = 0.0
        for _ in range(3):
            grid = np.linspace(low, high, 13)
            over = sign * self._one(name, grid) - level
            k = int(np.argmax((over[:-1] < 0.0) != (over[1:] < 0.0)))
            low, high = float(grid[k]), float(grid[k + 1])
            first, step = float(over[k]), float(over[k + 1] - over[k])
        return low - first * (high - low) / step if step else low

    def _peak(self, name: str, sign: float, t: FloatArray, y: FloatArray, low: float, high: float) -> tuple[int, float]:
        """Grid index and instant of the largest rate inside a window: there its slope passes zero."""
        inside = (t >= low) & (t <= high)
        if not inside.any():
            raise ValueError(f"{self.data.id}: the window {low:.2f} to {high:.2f} s of {name} is empty")
        k = int(np.argmax(np.where(inside, sign * y, -np.inf)))
        k = min(max(k, 1), t.size - 2)
        at, reach = float(t[k]), float(t[1] - t[0])
        for _ in range(3):
            grid = np.linspace(at - reach, at + reach, 21)
            z = sign * self._one(name, grid)
            j = min(max(int(np.argmax(z)), 1), 19)
            curve = float(z[j - 1] - 2.0 * z[j] + z[j + 1])
            shift = 0.5 * float(z[j - 1] - z[j + 1]) / curve if curve < 0.0 else 0.0
            at, reach = float(grid[j]) + float(np.clip(shift, -1.0, 1.0)) * 0.1 * reach, 0.3 * reach
        return k, at

    def _passes(
        self, name: str, sign: float, t: FloatArray, y: FloatArray, k: int, level: float, *, before: bool
    ) -> float:
        """The crossing of a level next to grid index `k`, before or after it; the grid's end where there is none."""
        signed = sign * y
        if before:
            low = np.flatnonzero(signed[:k] < level)
            return self._zoom(name, sign, level, float(t[low[-1]]), float(t[low[-1] + 1])) if low.size else float(t[0])
        low = np.flatnonzero(signed[k:] < level)
        if not low.size:
            return float(t[-1])
        j = k + int(low[0])
        return self._zoom(name, sign, level, float(t[j - 1]), float(t[j]))

    def _mark(
        self, mark: MarkData, t: FloatArray, rates: _Curves, clock: RepClock, given: Mapping[str, float]
    ) -> float:
        if mark.at == "given":
            return given[f"{mark.name}_s"] if f"{mark.name}_s" in given else given[mark.rate]
        sign, name = (-1.0 if mark.rate.startswith("-") else 1.0), mark.rate.lstrip("-")
        low, high = clock.at(mark.window[0]), clock.at(mark.window[1])
        if given.get("landing_s") is not None and mark.window[0] >= self.data.length_s:
            # past the jump the nominal clock runs on from its landing
            low, high = (given["landing_s"] + clock.pace * (w - self.data.length_s) for w in mark.window)
        y = rates[name]
        if mark.at == "way":
            return self._way(mark, t, sign * y, low, high)
        k, at = self._peak(name, sign, t, y, low, high)
        if mark.at == "peak":
            return at
        top = float(sign * self._one(name, np.array([at]))[0])
        return self._passes(name, sign, t, y, k, mark.share * top, before=mark.at == "leaves")

    def _way(self, mark: MarkData, t: FloatArray, y: FloatArray, low: float, high: float) -> float:
        inside = (t >= low) & (t <= high)
        x, rate = t[inside], y[inside]
        way = np.concatenate(([0.0], np.cumsum(0.5 * (rate[1:] + rate[:-1]) * np.diff(x))))
        k = max(int(np.argmax(way >= mark.share * way[-1])), 1)
        return float(np.interp(mark.share * way[-1], way[k - 1 : k + 1], x[k - 1 : k + 1]))

    def _event(self, event: EventData, t: FloatArray, rates: _Curves, clock: RepClock) -> dict[str, float]:
        name, y = event.rate, rates[event.rate]
        k, at = self._peak(name, 1.0, t, y, clock.at(event.window[0]), clock.at(event.window[1]))
        width = 0.1 * self.motion.shortest_feature_s
        around = self._one(name, np.array([at - width, at, at + width]))
        top, curve = float(around[1]), float(around[0] - 2.0 * around[1] + around[2]) / width**2
        return {
            "onset_s": self._passes(name, 1.0, t, y, k, _ONSET_SHARE * top, before=True),
            "peak_s": at,
            "zero_s": self._passes(name, 1.0, t, y, k, 0.0, before=event.zero == "before"),
            "offset_s": self._passes(name, 1.0, t, y, k, _ONSET_SHARE * top, before=False),
            "peak_deg_s": float(np.degrees(top)),
            "width_s": float(np.sqrt(max(top, 0.0) / max(-curve, 1e-12))),
        }

    def _angle_peaks(self, start_s: float, end_s: float) -> dict[str, dict[str, float]]:
        t = np.linspace(start_s, end_s, max(int((end_s - start_s) / 0.01), 8))
        values = self.probe.values(t)
        tops = {name: float(t[int(np.argmax(values[name]))]) for name in _PEAK_ANGLES}
        at = np.array([np.clip(x + d, start_s, end_s) for x in tops.values() for d in np.linspace(-0.01, 0.01, 21)])
        fine = self.probe.values(at)
        out: dict[str, dict[str, float]] = {}
        for j, name in enumerate(tops):
            piece = slice(21 * j, 21 * j + 21)
            k = int(np.argmax(fine[name][piece]))
            out[name] = {"deg": float(np.degrees(fine[name][piece][k])), "time_s": float(at[piece][k])}
        return out


def _stride_reps(motion: ExerciseMotion) -> list[dict[str, Any]]:
    """Strides of both feet: contact, toe-off, next contact, all known from the plan, and what the other foot does."""
    strides = motion.strides
    assert strides is not None
    out: list[dict[str, Any]] = []
    for foot, opposite in (("right", "left"), ("left", "right")):
        side, other = (opposite, foot) if motion.scenario.mirror else (foot, opposite)
        contacts = strides.contact[foot]
        for start, off, end in zip(contacts[:-1], strides.leave[foot], contacts[1:], strict=True):
            if not strides.inside(float(start), float(end)):
                continue
            span, toe_off = (float(start), float(end)), float(off)
            out.append(
                {
                    "complete": True,
                    "depth": 1.0,
                    "planted_lag_s": 0.0,
                    "fault_size": motion.fault_size,
                    "side": side,
                    "start_s": span[0],
                    "end_s": span[1],
                    "bottom_s": toe_off,
                    "marks": {"start": span[0], "toe_off": toe_off, "end": span[1]},
                    "phases": [
                        {"name": "stance", "start_s": span[0], "end_s": toe_off},
                        {"name": "swing", "start_s": toe_off, "end_s": span[1]},
                    ],
                    f"{other}_contacts_s": [float(x) for x in strides.contact[opposite] if span[0] <= x < span[1]],
                    f"{other}_toe_offs_s": [float(x) for x in strides.leave[opposite] if span[0] <= x < span[1]],
                    "events": {},
                    "gaps": [],
                    "angle_peaks": {},
                }
            )
    out.sort(key=lambda rep: rep["start_s"])
    return [{"index": k, **rep} for k, rep in enumerate(out)]
