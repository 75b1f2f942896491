"""From a body and its reps to coordination: which angles turn together, how variably, how evenly and how smoothly."""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Any, TypeAlias, cast

import numpy as np

from legato.body.model import Body
from legato.chain.coordination_intervals import limited, spread_interval, unit_of, why_none
from legato.chain.coordination_model import Coordination, CoordinationResult, Plane, RepValue
from legato.chain.drawn_angles import DRAWS, AnglePair, DrawnAngles
from legato.chain.drift import gap_drifts
from legato.chain.model import ChainResult
from legato.chain.pair_measures import (
    Stretches,
    coupling_values,
    cycle_spread,
    lumbar_shares,
    rate_lags,
    smoothness_values,
)
from legato.errors import NotResolvable
from legato.estimate import LEVEL, Estimate
from legato.movements.drivers import SIDES
from legato.movements.model import Movement, Rep
from legato.recording import FloatArray
from legato.signals.circular import mean_direction, wrapped
from legato.signals.coordination import concentration_of, rhythm
from legato.signals.factors import student_factor

_LONGEST_REST = 0.25
"""Rest between reps, as a share of the usual period, above which the set is no oscillation. [ENG]"""

_FEWEST_CYCLES = 3
"""Whole reps without a break from which a relative phase is given. [ENG] One is lost to each end."""

Values: TypeAlias = Mapping[tuple[str, str], FloatArray]
"""By phase and measure: one number a rep, shape (reps,), or one for the set, shape ()."""


@dataclass(frozen=True, slots=True)
class Coupling:
    """A pair of angles, side included in their names."""

    id: str
    plane: Plane
    side: str
    proximal: str
    distal: str


def analyse_coordination(
    body: Body,
    movement: Movement,
    reps: Sequence[Rep],
    chain: ChainResult | None,
    *,
    level: float = LEVEL,
    loads_kg: Sequence[float] | None = None,
) -> CoordinationResult:
    """How the angles of a recording move together in its whole reps.

    Parameters
    ----------
    body
        The body as measured.
    movement
        Names the phases; its cut-off smooths the angles.
    reps
        As `find_reps` gives them; incomplete ones are left out.
    chain
        Its gaps, for their drift over the set.
    level
        Of the intervals.
    loads_kg
        The load of each rep, where known.

    Returns
    -------
    Each number a rep with what marker noise and soft tissue do to it (both drawn anew, soft tissue in step with the
    rep), and for the set: Student's interval on the spread between reps, and the part of noise and soft tissue that
    repeating does not remove.
    """
    if body.source == "keypoints" and body.view is None:
        return CoordinationResult(notes=("coordination: the angles are those of a camera whose view is not known",))
    whole = [rep for rep in reps if rep.complete]
    work = _Work(body, movement, whole, level)
    measures: list[Coordination] = []
    notes: list[str] = []
    for coupling in couplings():
        if coupling.proximal in body.angles and coupling.distal in body.angles:
            measures += work.of_coupling(coupling)
    measures += work.lumbo_pelvic()
    measures += work.smoothness(measures)
    if movement.cycle.anchor != "hold" and len(reps) > 1:
        measures += _rhythm(whole, reps, level)
    if not measures:
        notes.append("coordination: no pair of angles moves far enough in any phase to say how they move together")
    drifts = () if chain is None else gap_drifts(chain.gaps, reps, movement, level, loads_kg)
    return CoordinationResult(tuple(measures), drifts, tuple(notes))


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((resources.files("legato.chain") / "couplings.toml").read_text(encoding="utf-8"))


def coupling_words(subject: str, plane: str) -> Mapping[str, str]:
    """What the pair of a coupling does, in plain words by pattern (`in_phase`, `anti_phase`, `proximal`, `distal`)."""
    entry = next(e for e in _table()["coupling"] if (e["id"], e["plane"]) == (subject, plane))
    return {
        "in_phase": entry["in_phase"],
        "anti_phase": entry["anti_phase"],
        "proximal": entry["proximal_only"],
        "distal": entry["distal_only"],
    }


def couplings() -> tuple[Coupling, ...]:
    """All pairs of angles that are looked at, one for each side where they have sides."""
    found: list[Coupling] = []
    for entry in _table()["coupling"]:
        for side in SIDES if entry.get("sides") else ("",):
            tail = f"_{side}" if side else ""
            plane = cast("Plane", entry["plane"])
            found.append(Coupling(entry["id"], plane, side, f"{entry['proximal']}{tail}", f"{entry['distal']}{tail}"))
    return tuple(found)


class _Work:
    """One recording's coordination while it is worked out; `stretches` count in the samples of the drawn angles."""

    def __init__(self, body: Body, movement: Movement, reps: Sequence[Rep], level: float) -> None:
        self.body, self.movement, self.reps, self.level = body, movement, reps, level
        self.drawn = DrawnAngles(body, movement, reps)
        self.rate_hz, self.stretches = self.drawn.rate_hz, self.drawn.stretches
        table = _table()
        self._least = float(np.radians(table["least_travel_deg"]))
        self._least_trunk = float(np.radians(table["least_trunk_travel_deg"]))

    def of_coupling(self, coupling: Coupling) -> list[Coordination]:
        """Everything on one pair; nothing where it hardly moves."""
        pair = self.drawn.pair(coupling.proximal, coupling.distal)
        moving = {name: spans for name, spans in self.stretches.items() if self._moves(pair, spans)}
        if not moving:
            return []
        label = (coupling.id, coupling.plane, coupling.side)
        phases = {name: spans for name, spans in moving.items() if name != "rep"}
        found = self._numbers(label, pair, lambda a, b: coupling_values(a, b, self.rate_hz, phases), {"coupling_angle"})
        found += self._lags(label, pair, moving)
        return found + self._relative_phase(label, pair)

    def _moves(self, pair: AnglePair, spans: Sequence[tuple[int, int] | None]) -> bool:
        """Whether one angle of a pair moves far enough, and the other one half as far."""
        less, more = sorted(self._travel(x, spans) for x in (pair.first, pair.second))
        return more >= self._least and less >= 0.5 * self._least

    def _travel(self, angle: FloatArray, spans: Sequence[tuple[int, int] | None]) -> float:
        """Median over the reps of the angle's range, rad."""
        ways = [float(np.ptp(angle[s[0] : s[1] + 1])) for s in spans if s is not None]
        known = [w for w in ways if np.isfinite(w)]
        return float(np.median(known)) if known else 0.0

    def _lags(self, label: tuple[str, Plane, str], pair: AnglePair, moving: Stretches) -> list[Coordination]:
        # Lags are of whole repetitions, and gaps may leave none in which both angles are known throughout.
        if self.body.source == "angles" or "rep" not in moving:
            return []
        return self._numbers(label, pair, lambda a, b: rate_lags(a, b, self.rate_hz, moving), set())

    def _numbers(
        self,
        label: tuple[str, Plane, str],
        pair: AnglePair,
        read: Callable[[FloatArray, FloatArray], Values],
        directions: set[str],
    ) -> list[Coordination]:
        """Estimates of whatever `read` makes of two angles, from what it makes of their draws."""
        usual = read(pair.first, pair.second)
        drawn = [read(a, b) for a, b in pair.drawn]
        found: list[Coordination] = []
        for key, values in usual.items():
            errors = np.array([d.get(key, np.full_like(values, np.nan)) - values for d in drawn])
            if key[1] in directions:
                errors = wrapped(errors)
            found.append(self._summary(label, key, values, errors, key[1] in directions))
        return found

    def _summary(
        self, label: tuple[str, Plane, str], key: tuple[str, str], values: FloatArray, errors: FloatArray, turns: bool
    ) -> Coordination:
        phase, measure = key
        if values.ndim == 0:
            return self._spread(label, phase, measure, float(values), errors)
        unit, limits = unit_of(measure)
        t = student_factor(self.level, DRAWS)
        # Shares are counted in frames, and an end of the phase may lie a frame off.
        spans = self.stretches.get(phase, ()) if limits == (0.0, 1.0) else ()
        counted = np.array(
            [0.0 if span is None else 1.0 / (span[1] - span[0]) for span in spans] or [0.0] * len(values)
        )
        per_rep: list[RepValue] = []
        for rep, value, error, least in zip(self.reps, values, errors.T, counted, strict=True):
            seen: FloatArray = error[np.isfinite(error)]
            if not np.isfinite(value) or seen.size < DRAWS // 2:
                per_rep.append(RepValue(rep.index, None, why_none(measure)))
                continue
            half = max(t * float(np.sqrt(np.mean(seen**2))), float(least))
            per_rep.append(RepValue(rep.index, limited(float(value), half, unit, self.level, limits)))
        known = np.array([v.value is not None for v in per_rep], dtype=np.bool_)
        n = int(known.sum())
        total: Estimate | None = None
        reason = ""
        if n == 0:
            reason = why_none(measure)
        elif 3 * (known.size - n) > known.size:
            reason = f"{known.size - n} of {known.size} reps show none: {why_none(measure)}"
        elif n == 1:
            total, reason = (
                next(v.value for v in per_rep if v.value is not None),
                "one rep only: the interval is its own",
            )
        else:
            drawn = errors.T[known]
            counts = np.asarray(np.isfinite(drawn).sum(axis=0), dtype=np.float64)
            shared = np.nansum(drawn, axis=0) / np.maximum(counts, 1.0)
            fixed = t * float(np.sqrt((shared**2).sum() / max(1, np.count_nonzero(counts))))
            try:
                total = self._mean(values[known], max(fixed, float(counted[known].mean())), unit, limits, turns)
            except NotResolvable as error:
                reason = str(error)
        return Coordination(*label, phase, measure, total, n, tuple(per_rep), reason)

    def _mean(self, values: FloatArray, fixed: float, unit: str, limits: tuple[float, float], turns: bool) -> Estimate:
        if turns:
            return mean_direction(values, self.level).widened(fixed)
        n = values.size
        random = student_factor(self.level, n - 1) * float(np.std(values, ddof=1)) / np.sqrt(n)
        return limited(float(values.mean()), float(np.hypot(random, fixed)), unit, self.level, limits)

    def _spread(
        self, label: tuple[str, Plane, str], phase: str, measure: str, value: float, errors: FloatArray
    ) -> Coordination:
        """A spread between reps, as an SD is known from so many; noise may have made part of it."""
        n = sum(span is not None for span in self.stretches.get(phase, self.stretches["rep"]))
        unit, _ = unit_of(measure)
        if not np.isfinite(value) or n < 3:
            return Coordination(*label, phase, measure, None, n, (), f"{n} of at least 3 reps show it")
        if measure == "relative_phase_size":
            half = student_factor(self.level, DRAWS) * float(np.sqrt(np.nanmean(errors**2)))
            return Coordination(*label, phase, measure, limited(value, half, unit, self.level, (0.0, np.pi)), n)
        added = np.maximum((value + errors) ** 2 - value**2, 0.0)
        estimate = spread_interval(value, n - 1, unit, self.level, float(np.sqrt(np.nanmean(added))))
        return Coordination(*label, phase, measure, estimate, n)

    def _relative_phase(self, label: tuple[str, Plane, str], pair: AnglePair) -> list[Coordination]:
        """Continuous relative phase, where the set is an oscillation; else why not."""

        def read(a: FloatArray, b: FloatArray) -> Values:
            return cycle_spread(a, b, spans)

        spans = [span for span in self.stretches["rep"] if span is not None]
        reason = self._no_oscillation(spans)
        if not reason:
            try:
                read(pair.first, pair.second)
            except NotResolvable as error:
                reason = str(error)
        if reason:
            return [Coordination(*label, "rep", "relative_phase_size", None, len(spans), (), reason)]
        kept: list[tuple[FloatArray, FloatArray]] = []
        for a, b in pair.drawn:
            try:
                read(a, b)
            except NotResolvable:
                continue
            kept.append((a, b))
        if len(kept) < DRAWS // 2:
            refused = "noise alone decides whether it oscillates"
            return [Coordination(*label, "rep", "relative_phase_size", None, len(spans), (), refused)]
        return self._numbers(label, AnglePair(pair.first, pair.second, tuple(kept)), read, set())

    def _no_oscillation(self, spans: Sequence[tuple[int, int]]) -> str:
        if self.movement.cycle.anchor == "flight" or self.movement.cycle.returns == "none":
            return "single events, not an oscillation, so it has no continuous relative phase"
        if len(spans) < _FEWEST_CYCLES:
            return f"{len(spans)} of at least {_FEWEST_CYCLES} reps without a break"
        starts = np.array([a for a, _ in spans], dtype=np.float64)
        rests = np.array([b[0] - a[1] for a, b in pairwise(spans)], dtype=np.float64)
        if float(rests.max()) > _LONGEST_REST * float(np.median(np.diff(starts))):
            return "the reps are parted by rests, so the set is no oscillation and has no continuous relative phase"
        return ""

    def lumbo_pelvic(self) -> list[Coordination]:
        """Lumbar share of the trunk's bend in each quarter of it, and the hips' share against the lumbar spine."""
        wanted = ("thorax_pitch", "lumbar_flexion", "pelvis_tilt")
        if not set(wanted) <= self.body.angles.keys():
            return []
        lean, lumbar, pelvis = (self.drawn.angle(name) for name in wanted)
        moving = {
            name: spans
            for name, spans in self.stretches.items()
            if name != "rep" and self._net_travel(lean[0], spans) >= self._least_trunk
        }
        label: tuple[str, Plane, str] = ("trunk", "sagittal", "")

        def quarters(whole: FloatArray) -> Callable[[FloatArray, FloatArray], Values]:
            return lambda a, b: lumbar_shares(whole, a, b, moving)

        found = self._numbers(label, AnglePair(lumbar[0], pelvis[0], tuple(zip(lumbar[1], pelvis[1], strict=True))),
                              quarters(lean[0]), set()) if moving else []  # fmt: skip
        if {"hip_flexion_right", "hip_flexion_left"} <= self.body.angles.keys() and moving:
            found += self._numbers(
                label, self.drawn.pair("hip_flexion", "lumbar_flexion"), self._hip_shares(moving), set()
            )
        return found

    def _net_travel(self, angle: FloatArray, spans: Sequence[tuple[int, int] | None]) -> float:
        ways = [abs(float(angle[s[1]] - angle[s[0]])) for s in spans if s is not None]
        known = [w for w in ways if np.isfinite(w)]
        return float(np.median(known)) if known else 0.0

    def _hip_shares(self, moving: Stretches) -> Callable[[FloatArray, FloatArray], Values]:
        def read(hip: FloatArray, lumbar: FloatArray) -> Values:
            found: dict[tuple[str, str], FloatArray] = {}
            for name, spans in moving.items():
                values = np.full(len(spans), np.nan)
                for i, span in enumerate(spans):
                    if span is not None:
                        of_hip, of_lumbar = (float(x[span[1]] - x[span[0]]) for x in (hip, lumbar))
                        values[i] = of_hip / (of_hip + of_lumbar) if of_hip * (of_hip + of_lumbar) > 0.0 else np.nan
                found[name, "hip_share"] = values
            return found

        return read

    def smoothness(self, measures: Sequence[Coordination]) -> list[Coordination]:
        """Spectral arc length of the rate of each angle that a coupling uses, in each phase in which it moves."""
        used = {m.subject + m.plane + m.side for m in measures}
        angles: dict[tuple[str, str, Plane], str] = {}
        for coupling in couplings():
            if coupling.id + coupling.plane + coupling.side in used:
                for name in (coupling.proximal, coupling.distal):
                    base = name.removesuffix(f"_{coupling.side}") if coupling.side else name
                    angles.setdefault((base, coupling.side, coupling.plane), name)
        found: list[Coordination] = []
        done: set[str] = set()
        for (base, side, plane), name in angles.items():
            pair = self.drawn.pair(name, name)
            moving = {
                phase: spans
                for phase, spans in self.stretches.items()
                if phase != "rep" and self._travel(pair.first, spans) >= self._least
            }
            if name in done or not moving:
                continue
            done.add(name)

            def read(a: FloatArray, _: FloatArray, moving: Stretches = moving) -> Values:
                return smoothness_values(a, self.rate_hz, moving)

            found += self._numbers((base, plane, side), pair, read, set())
        return found


def _rhythm(whole: Sequence[Rep], reps: Sequence[Rep], level: float) -> list[Coordination]:
    """How evenly the reps follow each other, over the longest run of whole ones."""
    runs: list[list[Rep]] = [[]]
    for rep in reps:
        if rep.complete:
            runs[-1].append(rep)
        elif runs[-1]:
            runs.append([])
    run = max(runs, key=len)
    label: tuple[str, Plane, str] = ("reps", "", "")
    try:
        found = rhythm(np.array([rep.start_s for rep in run]))
    except NotResolvable as error:
        return [Coordination(*label, "set", "period_variation", None, len(whole), (), str(error))]
    n = len(run)
    # Jitter of single instants makes neighbouring periods differ in opposite ways, which leaves about two thirds of the
    # degrees of freedom.
    variation = spread_interval(found.period_cv, max(1.0, 2.0 * (n - 2) / 3.0), "", level)
    jitter = spread_interval(found.jitter, n - 2, "", level)
    even = Estimate(found.concentration, concentration_of(jitter.high), concentration_of(jitter.low), level, "")
    return [
        Coordination(*label, "set", "period_variation", variation, n),
        Coordination(*label, "set", "beat_concentration", even, n),
    ]
