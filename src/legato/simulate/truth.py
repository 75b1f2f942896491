"""The truth about a simulated recording: repetitions, phases, events of every link, gaps, peaks, planted faults."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from legato.recording import FloatArray
from legato.simulate.exercise import ExerciseMotion
from legato.simulate.exercise_truth import exercise_reps
from legato.simulate.fault_truth import lag_between, planted_truth, quantities, without_fault
from legato.simulate.markers import MarkerTrack
from legato.simulate.probe import Probe
from legato.simulate.scenario import Motion
from legato.simulate.scripts import SCRIPTS

SCHEMA = "legato.truth/1"
_ONSET_SHARE = 0.10
_START_SHARE = 0.05
_RATE_OF = {
    "pelvis_height": "pelvis_rise",
    "bar_height": "bar_rise",
    "hip_flexion_right": "hip_flexion_right_velocity",
}

_PEAK_ANGLES = (
    "knee_flexion_right", "knee_flexion_left", "hip_flexion_right", "hip_flexion_left", "lumbar_flexion",
    "elbow_flexion_right", "elbow_flexion_left", "thorax_pitch",
)  # fmt: skip


def build_truth(motion: Motion, track: MarkerTrack) -> dict[str, Any]:
    """Everything that is known of the recording, as plain values ready for JSON. Times in s, angles in degrees."""
    s = motion.scenario
    reps = build_reps(motion)
    told = _told_fault(motion, reps)
    swaps, gaps = [asdict(x) for x in track.swaps], [asdict(x) for x in track.gaps]
    seen = np.isfinite(track.positions[..., 0])
    truth = {
        "schema": SCHEMA,
        "movement": s.movement,
        "seed": s.seed,
        "settings": s.settings(),
        "marker_set": "plug-in-gait",
        "markers": list(track.names),
        "rate_hz": s.rate_hz,
        "duration_s": track.positions.shape[0] / s.rate_hz,
        "n_reps": len(reps),
        "n_complete": sum(r["complete"] for r in reps),
        "shortest_feature_s": motion.shortest_feature_s,
        "athlete": _athlete(motion),
        "planted": {
            "lag_s": motion.lag_s,
            "lag_between": lag_between(motion),
            "faults": _planted_faults(motion),
            "fault": told,
            "label_swaps": swaps,
            "marker_gaps": gaps,
            "share_missing": float(1.0 - seen.mean()),
        },
        "reps": reps,
    }
    return _plain(truth)


def _athlete(motion: Motion) -> dict[str, Any]:
    s, length, spine = motion.scenario, motion.athlete.length, motion.athlete.spine
    return {
        "height_m": s.height_m,
        "mass_kg": s.mass_kg,
        "dominant": "left" if s.mirror else "right",
        "femur_m": length["thigh"],
        "tibia_m": length["shank"],
        "femur_to_trunk": length["thigh"] / float(sum(np.linalg.norm(part) for part in spine.values())),
        "ankle_deg": s.build.ankle_deg,
        "lumbar_flexion_max_deg": s.build.lumbar_max_deg,
    }


def build_reps(motion: Motion) -> list[dict[str, Any]]:
    """One record a repetition: its edges, phases, events and gaps."""
    return exercise_reps(motion) if isinstance(motion, ExerciseMotion) else _Teller(motion).reps()


def _told_fault(motion: Motion, reps: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The planted fault as plain values, and into each repetition its quantities and what the fault does there."""
    fault = motion.fault
    without = motion if fault is None else without_fault(motion)
    for rep, values in zip(reps, quantities(motion, reps, without), strict=True):
        rep["quantities"] = values
    if fault is None:
        return None
    for rep, told in zip(reps, planted_truth(motion, without, reps, build_reps(without)), strict=True):
        rep["fault"] = told
    return {
        "id": motion.scenario.fault or "asymmetry",
        "size": motion.fault_size,
        "unit": fault.unit,
        "per": fault.per,
        "quantity": fault.moves,
        "gain": fault.gain,
    }


def _planted_faults(motion: Motion) -> list[str]:
    s = motion.scenario
    if s.fault is not None and motion.fault is not None and motion.fault.lag is not None:
        return [s.fault]
    faults: list[str] = []
    if isinstance(motion, ExerciseMotion):
        lag = motion.data.lag
        if lag is not None and lag.breaks and motion.lag_s < 0.0:
            faults.append(lag.breaks)
    elif motion.lag_s < 0.0 and SCRIPTS[s.movement].fault:
        faults.append(SCRIPTS[s.movement].fault)
    named = s.fault or ("asymmetry" if s.asymmetry_deg else None)
    return faults if named is None or named in faults else [*faults, named]


class _Teller:
    """Finds the events of one motion: on a grid first, then to 1e-7 s by asking the motion again."""

    def __init__(self, motion: Motion) -> None:
        self.motion, self.probe = motion, Probe(motion)
        self.script = SCRIPTS[motion.scenario.movement]
        self.step_s = min(0.01, motion.shortest_feature_s / 8.0)

    def reps(self) -> list[dict[str, Any]]:
        """One record a repetition, in order."""
        grids = [np.arange(p.start_s, p.end_s, self.step_s) for p in self.motion.plans]
        edges = np.cumsum([0, *(g.size for g in grids)])
        times = np.concatenate(grids)
        rates, values = self.probe.rates(times), self.probe.values(times)
        pieces = [slice(a, b) for a, b in itertools.pairwise(edges)]
        middles = self._middles(times, values, rates, pieces)
        events = self._events(times, rates, pieces, middles)
        peaks = self._angle_peaks(times, values, pieces)
        build = self._throw_frame if self.script.depth == "" else self._lift_frame
        out: list[dict[str, Any]] = []
        for i, plan in enumerate(self.motion.plans):
            cut = pieces[i]
            cut_rates, cut_values = {k: v[cut] for k, v in rates.items()}, {k: v[cut] for k, v in values.items()}
            frame = build(times[cut], cut_rates, cut_values, float(middles[i]), events[i])
            out.append(
                {
                    "index": i,
                    "complete": plan.complete,
                    "depth": plan.depth,
                    "planted_lag_s": plan.lag_s,
                    **frame,
                    "events": events[i],
                    "gaps": self._gaps(events[i]),
                    "angle_peaks": peaks[i],
                }
            )
        return out

    def _middles(
        self,
        times: FloatArray,
        values: Mapping[str, FloatArray],
        rates: Mapping[str, FloatArray],
        pieces: Sequence[slice],
    ) -> FloatArray:
        if self.script.depth == "":
            hand = rates["hand_speed_right"]
            near = np.array([times[p][np.argmax(hand[p])] for p in pieces])
            return self.probe.refine_peaks(self.probe.rates, near, ["hand_speed_right"] * near.size, self.step_s)
        sign = self._depth_sign()
        depth = sign * values[self.script.depth]
        near = np.array([times[p][np.argmax(depth[p])] for p in pieces])

        def read(t: FloatArray) -> dict[str, FloatArray]:
            return {"depth": sign * self.probe.values(t)[self.script.depth]}

        return self.probe.refine_peaks(read, near, ["depth"] * near.size, self.step_s)

    def _depth_sign(self) -> float:
        lowest_in_middle = "height" in self.script.depth and self.script.phases[0] not in ("pull", "rise")
        return -1.0 if lowest_in_middle else 1.0

    def _events(
        self, times: FloatArray, rates: Mapping[str, FloatArray], pieces: Sequence[slice], middles: FloatArray
    ) -> list[dict[str, dict[str, float]]]:
        jobs: list[tuple[int, str, int]] = []
        for i, piece in enumerate(pieces):
            t = times[piece]
            for name in (*self.script.first, *self.script.second):
                jobs.append((i, name, piece.start + self._coarse_peak(t, rates[name][piece], name, float(middles[i]))))
        names = [name for _, name, _ in jobs]
        peaks = self.probe.refine_peaks(self.probe.rates, times[[k for *_, k in jobs]], names, self.step_s)
        tops = self.probe.at(peaks, names)
        width = 0.1 * self.motion.shortest_feature_s
        around = [self.probe.at(peaks + d, names) for d in (-width, width)]
        curvature = (around[0] - 2.0 * tops + around[1]) / width**2
        onset = self._crossings(times, rates, pieces, jobs, peaks, _ONSET_SHARE * tops)
        if self.script.depth == "":
            zero = self._crossings(times, rates, pieces, jobs, peaks, np.zeros(len(jobs)))
        else:
            zero = self._turns(times, rates, pieces, jobs)
        out: list[dict[str, dict[str, float]]] = [{} for _ in pieces]
        for j, (i, name, _) in enumerate(jobs):
            out[i][name] = {
                "onset_s": float(onset[j]),
                "peak_s": float(peaks[j]),
                "zero_s": float(zero[j]),
                "peak_deg_s": float(np.degrees(tops[j])),
                "width_s": float(np.sqrt(max(tops[j], 0.0) / max(-curvature[j], 1e-12))),
            }
        return out

    def _coarse_peak(self, t: FloatArray, rate: FloatArray, name: str, middle: float) -> int:
        if self.script.depth == "":
            inside = (t > middle - 0.45) & (t < middle + 0.30)
        else:
            inside = t < middle if name in self.script.first else t > middle
        return int(np.argmax(np.where(inside, rate, -np.inf)))

    def _crossings(
        self,
        times: FloatArray,
        rates: Mapping[str, FloatArray],
        pieces: Sequence[slice],
        jobs: Sequence[tuple[int, str, int]],
        peaks: FloatArray,
        levels: FloatArray,
    ) -> FloatArray:
        """Where each rate last rises through its level before its peak; NaN where it never does."""
        low, high, found = np.zeros(len(jobs)), np.zeros(len(jobs)), np.zeros(len(jobs), dtype=bool)
        for j, (i, name, k) in enumerate(jobs):
            under = np.flatnonzero(rates[name][pieces[i].start : k + 1] < levels[j])
            if under.size == 0:
                continue
            found[j] = True
            last = pieces[i].start + int(under[-1])
            low[j], high[j] = times[last], peaks[j] if last >= k - 1 else times[last + 1]
        at = self.probe.refine_crossings(low, high, [name for _, name, _ in jobs], levels)
        return np.where(found, at, np.nan)

    def _turns(
        self,
        times: FloatArray,
        rates: Mapping[str, FloatArray],
        pieces: Sequence[slice],
        jobs: Sequence[tuple[int, str, int]],
    ) -> FloatArray:
        """Where each angle turns: the far end of the way that a `first` rate makes, the start of a `second` one's."""
        low, high = np.zeros(len(jobs)), np.zeros(len(jobs))
        for j, (i, name, _) in enumerate(jobs):
            travelled = np.cumsum(rates[name][pieces[i]])
            k = int(np.argmax(travelled) if name in self.script.first else np.argmin(travelled))
            k = min(pieces[i].start + k, pieces[i].stop - 2)
            low[j], high[j] = times[k], times[k + 1]
        return self.probe.refine_crossings(low, high, [name for _, name, _ in jobs], np.zeros(len(jobs)))

    def _gaps(self, events: Mapping[str, Mapping[str, float]]) -> list[dict[str, Any]]:
        return [
            {
                "from": first,
                "to": second,
                "event": kind,
                "gap_s": events[second][f"{kind}_s"] - events[first][f"{kind}_s"],
            }
            for first, second in self.script.gaps
            for kind in ("onset", "peak", "zero")
        ]

    def _angle_peaks(
        self, times: FloatArray, values: Mapping[str, FloatArray], pieces: Sequence[slice]
    ) -> list[dict[str, dict[str, float]]]:
        names = [n for n in _PEAK_ANGLES for _ in pieces]
        near = np.array([times[p][np.argmax(values[n][p])] for n in _PEAK_ANGLES for p in pieces])
        at = self.probe.refine_peaks(self.probe.values, near, names, self.step_s)
        inside = np.array(
            [
                times[p.start] <= t <= times[p.stop - 1]
                for t, p in zip(at, list(pieces) * len(_PEAK_ANGLES), strict=True)
            ]
        )
        at = np.where(inside, at, near)
        table = self.probe.values(at)
        out: list[dict[str, dict[str, float]]] = [{} for _ in pieces]
        for j, name in enumerate(names):
            out[j % len(pieces)][name] = {"deg": float(np.degrees(table[name][j])), "time_s": float(at[j])}
        return out

    def _lift_frame(
        self,
        t: FloatArray,
        rates: Mapping[str, FloatArray],
        values: Mapping[str, FloatArray],
        middle: float,
        events: Mapping[str, Mapping[str, float]],
    ) -> dict[str, Any]:
        """Start: the speed away leaves 5 % of its peak; end: 95 % of the way back; both interpolated on the grid.

        `turn_from_s` to `turn_to_s` is the stretch within 8 % of the turning point, long where the athlete pauses.
        """
        sign = self._depth_sign()
        depth = sign * values[self.script.depth]
        speed = sign * rates[_RATE_OF[self.script.depth]]
        start = _leaves(t, speed, int(np.argmax(np.where(t < middle, speed, -np.inf))))
        if self.motion.scenario.movement == "sit-to-stand":
            start = min(start, events["hip_flexion_velocity"]["onset_s"])
        before = depth[t <= middle]
        deepest, rest_in, rest_out = (
            depth.max(),
            before[np.searchsorted(t[: before.size], start) - 1],
            depth[t > middle].min(),
        )
        level = rest_out + 0.05 * (deepest - rest_out)
        k = int(np.flatnonzero((t > middle) & (depth <= level))[0])
        end = float(np.interp(level, [depth[k], depth[k - 1]], [t[k], t[k - 1]]))
        near = t[depth >= deepest - 0.08 * (deepest - max(rest_in, rest_out))]
        first, second = self.script.phases[:2]
        return {
            "start_s": start,
            "end_s": end,
            "bottom_s": middle,
            "turn_from_s": float(near[0]),
            "turn_to_s": float(near[-1]),
            "phases": [
                {"name": first, "start_s": start, "end_s": middle},
                {"name": second, "start_s": middle, "end_s": end},
            ],
        }

    def _throw_frame(
        self,
        t: FloatArray,
        rates: Mapping[str, FloatArray],
        values: Mapping[str, FloatArray],
        middle: float,
        events: Mapping[str, Mapping[str, float]],
    ) -> dict[str, Any]:
        """Load: the thorax turns away; forward: from the pelvis' turn to the fastest hand (release); follow: 100 ms."""
        turn = -rates["thorax_axial_velocity"]
        set_off = events["pelvis_axial_velocity"]["zero_s"]
        start = _leaves(t, turn, int(np.argmax(np.where(t < set_off, turn, -np.inf))))
        apart = np.degrees(values["thorax_pelvis_axial"])
        swing = (t >= start) & (t <= middle + 0.1)
        at_set_off = float(np.degrees(self.probe.values(np.array([set_off]))["thorax_pelvis_axial"][0]))
        return {
            "start_s": start,
            "end_s": middle + 0.1,
            "release_s": middle,
            "pelvis_set_off_s": set_off,
            "x_factor_deg": float(-apart[swing].min()),
            "x_factor_stretch_deg": float(-apart[swing & (t >= set_off)].min() + at_set_off),
            "hand_speed_m_s": float(self.probe.at(np.array([middle]), ["hand_speed_right"])[0]),
            "phases": [
                {"name": "load", "start_s": start, "end_s": set_off},
                {"name": "forward", "start_s": set_off, "end_s": middle},
                {"name": "follow", "start_s": middle, "end_s": middle + 0.1},
            ],
        }


def _leaves(t: FloatArray, speed: FloatArray, top: int) -> float:
    """Last instant before sample `top` at which the speed passes 5 % of what it is there, s."""
    level = _START_SHARE * speed[top]
    quiet = np.flatnonzero(speed[:top] < level)
    if not quiet.size:
        return float(t[0])
    k = int(quiet[-1])
    return float(np.interp(level, speed[k : k + 2], t[k : k + 2]))


def _plain(value: Any) -> Any:
    """The same with None for numbers that do not exist."""
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value
