"""One athlete's sets for the faults' benchmark: recorded clean and with a fault of a true size, and judged."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from statistics import median
from typing import Any

import numpy as np

from legato.body import build_body
from legato.body.model import Body
from legato.body.placement import placement_of
from legato.chain import analyse_chain
from legato.chain.baseline import RESULT
from legato.chain.model import ChainResult
from legato.chain.trial_kinetics import kinetics_of_trial
from legato.corrections import one_side
from legato.errors import BadInput, NotResolvable
from legato.estimate import LEVEL, Estimate
from legato.faults import Finding, Results, faults_of, faults_of_trial
from legato.faults.judge import mean_of_set
from legato.faults.quantities import also_name, measured_by_signal
from legato.movements import find_reps, load_movement
from legato.movements.dowel import dowel_of_trial
from legato.movements.model import Movement, Rep
from legato.movements.plate_jumps import reps_of_trial
from legato.movements.sides import for_side
from legato.movements.trial_forces import forces_of_trial
from legato.recording import Recording, Stream
from legato.report.findings_record import findings_record
from legato.signals.factors import normal_factor
from legato.simulate import with_plates
from legato.simulate.exercise_force import force_streams
from legato.simulate.fault_truth import quantities
from legato.simulate.faults import faults_of as planted_in
from legato.simulate.make import Simulation, make_motion
from legato.simulate.markers import measure_markers
from legato.simulate.scenario import Scenario

PLATED = frozenset({"push-press", "jerk"})
"""Movements that are recorded with a plate under each foot too, for what only power shows. A back
that gives way in a squat cannot be stood on the plates of `legato.simulate`."""

POWER = frozenset({"leak", "dead-time"})

PLACED_M = 0.005
"""SD of a marker's place from one day to the next, along each axis of its segment, m. [ENG] An examiner who finds the
same bony points again misses each by 5 mm and more (`legato.body.placement`)."""

_LOAD_KG, _LOAD_STEP_KG, _LOAD_OFF = 60.0, 5.0, 0.35
"""The load grows by a step a repetition, less or more by this share of the steps' SD, so that load and count differ."""

SHOWN_BY = {
    "early-lumbar": "lumbar_flexion_before_hip",
    "rib-flare-first": "lumbar_flexion_before_hip",
    "early-twist": "twist_before_hip",
    "early-side-bend": "side_bend_before_hip",
    "rib-flare": "lumbar_extension_change",
    "excess-lean": "trunk_over_shank_peak",
    "hips-shoot": "thorax_lean_rise",
}
"""The true quantity of `fault_truth` in which a fault shows, where that is not what its plant names."""

_DETECTABLE = normal_factor(0.95) / normal_factor(LEVEL)
UNLIKE = frozenset({"asymmetry", "knee-in"})
"""Faults whose plant moves another angle than the one that is read, by however much that follows."""

_LEAST_GAIN = 0.2
"""A plant that moves its quantity by less than this share of its size is none. [ENG]"""

_STEPS = (0.5, 1.0, 2.0, 3.0, 5.0)
"""Sizes at which the true number is read, in the fault's own size."""


@dataclass(frozen=True, slots=True)
class Sensors:
    """How well the markers are seen: frames a second, white noise, and soft tissue by itself and by segments."""

    rate_hz: float
    noise_m: float
    wobble_m: float
    turn_deg: float


EXACT = Sensors(100.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """One recording as looked at for faults."""

    body: Body
    movement: Movement
    reps: tuple[Rep, ...]
    chain: ChainResult | None
    findings: tuple[Finding, ...]

    def of(self, fault: str) -> tuple[Finding, ...]:
        """Findings of one fault, one a side."""
        return tuple(f for f in self.findings if f.fault.id == fault)

    def record(self) -> dict[str, Any]:
        """What a later recording needs of this one as its baseline."""
        return {
            "schema": RESULT,
            "movement": {"id": self.movement.id},
            "settings": {"level": LEVEL},
            "findings": _plain(findings_record(self.findings)),
            "body": {"placement": placement_of(self.body)},
        }


def _plain(value: Any) -> Any:
    if isinstance(value, Estimate):
        return value.to_dict()
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def simulated(
    scenario: Scenario, sensors: Sensors, noise_seed: int, place_seed: int | None = None, plates: bool = False
) -> Simulation:
    """The athlete of a scenario as these sensors see the motion: `noise_seed` draws their errors, `place_seed` their
    places; without it all sit right.

    Raises
    ------
    BadInput
        The scenario cannot be done, or not on plates.
    """
    motion = make_motion(scenario)
    motion.scenario = replace(
        scenario,
        seed=noise_seed,
        rate_hz=sensors.rate_hz,
        noise_m=sensors.noise_m,
        wobble_m=sensors.wobble_m,
        cluster_rotation_deg=sensors.turn_deg,
    )
    rng = np.random.default_rng([place_seed or 0, 51])
    placed_m = 0.0 if place_seed is None else PLACED_M
    places = {
        name: replace(place, offset_m=tuple(np.array(place.offset_m) + placed_m * rng.standard_normal(3)))
        for name, place in sorted(motion.athlete.markers.items())
    }
    whole = motion.athlete
    motion.athlete = replace(whole, markers=places)
    track = measure_markers(motion)
    motion.athlete = whole
    markers = Stream("markers", "markers", track.positions, sensors.rate_hz, track.names, ("m",) * len(track.names))
    truth = {"reps": list[Any](), "duration_s": track.positions.shape[0] / sensors.rate_hz}
    found = Simulation(Recording(streams=(markers, *force_streams(motion))), truth, motion)
    return with_plates(found) if plates else found


def looked(
    scenario: Scenario,
    recording: Recording,
    only: Sequence[str] = (),
    baseline: Mapping[str, Any] | None = None,
    view: Callable[[Body], Body] = lambda body: body,
) -> Looked:
    """Faults of the movement in a recording, as `legato.analyze` looks for them; `only` some of them.

    Raises
    ------
    BadInput, NotResolvable
        The recording shows no body or no repetition.
    """
    asked = load_movement(scenario.movement)
    spec = asked
    sought = [f for f in faults_of(asked) if not only or f.id in only]
    sought = [*(f for f in faults_of(asked) if any(f.id in other.all_of for other in sought)), *sought]
    body = view(build_body(recording, mass_kg=scenario.mass_kg, starts_upright=spec.upright_start))
    found = find_reps(body, spec, recording)
    found = reps_of_trial(found, body, spec, recording)
    reps, side = one_side(asked, found.reps, found.side)
    if not reps:
        raise NotResolvable("no repetition")
    if side in ("right", "left") and side != found.side:
        spec = for_side(asked, side)
    chain = None
    if any(f.result for f in sought):
        chain = analyse_chain(body, spec, reps, level=LEVEL, side=side)
    forces = forces_of_trial(recording, spec, reps, body, scenario.mass_kg, LEVEL)
    power = None
    if forces is not None and any(f.result in ("leak_share", "dead_time") for f in sought):
        load = (scenario.bar_kg,) if spec.load is not None else None
        _, _, power = kinetics_of_trial(body, forces, spec, reps, load, mass_kg=scenario.mass_kg, level=LEVEL)
    findings = faults_of_trial(
        list({fault.id: fault for fault in sought}.values()),
        body,
        spec,
        reps,
        Results(chain, forces, power, None, dowel_of_trial(body, spec, reps)),
        loads_of(len(reps)),
        level=LEVEL,
        side=side,
        baseline=baseline,
        maxima={"lumbar_flexion": scenario.build.lumbar_max_deg},
    )
    return Looked(body, spec, reps, chain, findings)


def loads_of(count: int) -> list[float]:
    """The load of each repetition, kg."""
    steps = np.arange(count) * _LOAD_STEP_KG
    off = _LOAD_OFF * float(np.std(steps)) * (-1.0) ** np.arange(count)
    return [float(x) for x in _LOAD_KG + steps + off]


@dataclass(frozen=True, slots=True)
class Number:
    """The number that a fault's size is told in: its value, the smallest detectable change, and where a fault begins
    when that is a stated edge; `way`: +1 where more is a fault, -1 where less is, 0 either; its `unit`.
    """

    value: float
    detectable: float
    edge: float | None
    way: int
    unit: str


def number_of(found: Looked, fault_id: str, baseline: Mapping[str, Any] | None) -> Number | str:
    """What a fault is judged on in a clean set, in the unit in which its size is told; a text where it is refused.

    Of a lead that needs a posture too, the posture; of the order, the gap; else the fault's own number. The smallest
    detectable change is that of the athlete's own band; of a stated edge the half-width of the set's interval at 95 %.
    """
    findings = found.of(fault_id)
    if not findings:
        return "not looked for"
    finding = findings[0] if len(findings) == 1 else next((f for f in findings if f.side == "right"), findings[0])
    fault, band = finding.fault, finding.fault.band
    if band is None:
        return "made of other faults"
    if fault.lead is not None and fault.also:
        rows = measured_by_signal(
            found.body, found.movement, found.reps, {also_name(fault.id, 0): fault.also[0].measure}, LEVEL
        )[also_name(fault.id, 0)]
        if isinstance(rows, str):
            return rows
        one = mean_of_set(next(iter(rows.values())), 3, LEVEL).estimate
        if one is None:
            return "its posture was not measured"
        return Number(one.value, _DETECTABLE * one.half_width, fault.also[0].least, 1, one.unit)
    if fault.result in ("share_in_order", "primary_gap"):
        gaps = [] if found.chain is None else [r.gap_s for r in found.chain.gaps[0].per_rep if r.gap_s is not None]
        if len(gaps) < fault.least_reps:
            return finding.why or "no gap was timed"
        values = [g.value for g in gaps]
        if fault.result == "primary_gap":
            return Number(float(np.std(values, ddof=1)), math.nan, None, 1, "s")
        half = float(np.median([g.half_width for g in gaps]))
        return Number(float(np.mean(values)), _DETECTABLE * half, 0.0, -1, "s")
    if finding.measured is None:
        return finding.why
    drift = fault.kind == "drift" or (fault.kind == "spread" and fault.unit == "1")
    way = {"above": 1, "below": -1, "outside": 0}[band.fault]
    if not drift and finding.band_from == "own" and finding.band is not None:
        middle = _middle(fault.id, finding.side if len(findings) > 1 else "", baseline or {})
        change = max(abs(x - middle) for x in finding.band if x is not None)
        return Number(finding.measured.value, change, None, way, fault.unit)
    if band.default is None:
        return finding.resolve or "no band"
    edge = band.default[1] if way >= 0 else band.default[0]
    return Number(finding.measured.value, _DETECTABLE * finding.measured.half_width, edge, way or 1, fault.unit)


def _middle(fault: str, side: str, baseline: Mapping[str, Any]) -> float:
    """Median of a fault's number in the baseline's repetitions."""
    own = next(f for f in baseline["findings"] if f["fault"] == fault and (not side or f["side"] == side))
    return median(float(row["value"]["value"]) for row in own["per_rep"] if row["value"])


@dataclass
class Athlete:
    """One athlete on the day of the new set, and the true numbers of every fault by its size."""

    scenario: Scenario
    exact: dict[tuple[str, float], float] = field(default_factory=dict[tuple[str, float], float])

    @cached_property
    def planted(self) -> Mapping[str, float]:
        """Faults that can be planted and are looked for, with the size of each."""
        known = {f.id for f in faults_of(load_movement(self.scenario.movement))}
        return {name: f.size for name, f in planted_in(self.scenario.movement).items() if name in known}

    def true(self, fault: str, size: float) -> float:
        """The number of a fault where nothing is noisy and every marker sits right; NaN where it cannot be planted."""
        key = (fault, size)
        if key not in self.exact:
            self.exact[key] = self._true(fault, size)
        return self.exact[key]

    def _true(self, fault: str, size: float) -> float:
        scenario = replace(self.scenario, fault=fault, fault_size=size) if size else self.scenario
        try:
            plates = fault in POWER and scenario.movement in PLATED
            one = looked(scenario, simulated(scenario, EXACT, scenario.seed, plates=plates).recording, (fault,))
        except (BadInput, NotResolvable, ValueError):
            return math.nan
        found = number_of(one, fault, None) if _by_gap_or_posture(one, fault) else _measured(one, fault)
        return found.value if isinstance(found, Number) else found if isinstance(found, float) else math.nan

    def size_for(self, fault: str, number: Number, k: float) -> float | str:
        """The size at which the true number lies `k` detectable changes from the athlete's own, or past the edge."""
        usual, start = self.planted[fault], self.true(fault, 0.0)
        if not number.detectable > 0.0:
            return "no smallest detectable change"
        if math.isnan(start) and number.edge is None:
            return "the exact motion is refused"
        first = self.true(fault, usual)
        moved = first - start if math.isfinite(start) else 1.0
        way = number.way or (1 if moved >= 0.0 else -1)
        sign = 1.0 if moved * way >= 0.0 else -1.0
        target = (start if number.edge is None else number.edge) + way * k * number.detectable
        before, at = 0.0, start
        for step in _STEPS:
            size = sign * step * usual
            value = self.true(fault, size)
            if math.isnan(value):
                continue
            if way * (value - target) >= 0.0:
                if math.isnan(at) or value == at:
                    return size
                return before + (size - before) * max(0.0, (target - at) / (value - at))
            before, at = size, value
        unseen = self._unseen(fault, number, k)
        reached = "" if math.isnan(at) else f" ({at:.3g} of {target:.3g})"
        return f"cannot be planted as large{reached}" if unseen is None else unseen

    def _unseen(self, fault: str, number: Number, k: float) -> float | None:
        """The size at which what the fault moves has truly moved as far, though its number has not; else None."""
        asked = planted_in(self.scenario.movement)[fault]
        quantity = SHOWN_BY.get(fault, asked.moves)
        if fault in UNLIKE or number.unit not in ("deg", "m") or (asked.unit != number.unit and fault not in SHOWN_BY):
            return None
        wanted = k * number.detectable + (number.edge or 0.0)
        gain = self._moved(fault, quantity, asked.size) / asked.size
        size = wanted / gain if gain > _LEAST_GAIN else math.inf
        if size > _STEPS[-1] * asked.size or math.isnan(self.true(fault, size)):
            return None
        return size if self._moved(fault, quantity, size) >= 0.9 * wanted else None

    def _moved(self, fault: str, quantity: str, size: float) -> float:
        """By how much a fault truly changes a quantity; 0 where it cannot be planted."""
        key = (f"{fault} {quantity}", size)
        if key in self.exact:
            return self.exact[key]
        self.exact[key] = 0.0
        try:
            calm = make_motion(self.scenario)
            recording = simulated(self.scenario, EXACT, self.scenario.seed).recording
            told = [_as_truth(rep) for rep in looked(self.scenario, recording, (fault,)).reps]
            moved = make_motion(replace(self.scenario, fault=fault, fault_size=size))
            pairs = list(zip(quantities(moved, told, calm), quantities(calm, told), strict=True))
            self.exact[key] = float(np.mean([abs(one[quantity] - other[quantity]) for one, other in pairs]))
        except (BadInput, NotResolvable, ValueError, KeyError):
            pass
        return self.exact[key]


def _as_truth(rep: Rep) -> dict[str, Any]:
    phases = [{"name": p.name, "start_s": p.start_s, "end_s": p.end_s} for p in rep.phases]
    return {"start_s": rep.start_s, "end_s": rep.end_s, "phases": phases, "events": {}}


def _by_gap_or_posture(one: Looked, fault: str) -> bool:
    asked = next(f for f in faults_of(one.movement) if f.id == fault)
    return asked.result in ("share_in_order", "primary_gap") or (asked.lead is not None and bool(asked.also))


def _measured(one: Looked, fault: str) -> float:
    findings = one.of(fault)
    found = findings[0] if len(findings) == 1 else next((f for f in findings if f.side == "right"), findings[0])
    return math.nan if found.measured is None else found.measured.value
