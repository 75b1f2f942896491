"""EMG of a simulated athlete: which muscles fire when (`muscles.toml`), worn as electrodes on the markers' clock."""

import tomllib
from dataclasses import asdict, dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any, Literal, TypeAlias

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from legato.errors import BadInput
from legato.recording import FloatArray, Recording, Stream
from legato.simulate.emg import gaussian_emg, noise_floor
from legato.simulate.emg_envelopes import Hill, envelope, hill_about
from legato.simulate.emg_faults import (
    BRACE_SHRUG,
    BRACES,
    SHRUGS,
    brace_bursts,
    brace_of,
    shrug_bursts,
    with_brace_truth,
)
from legato.simulate.emg_nuisances import (
    beats_of,
    lost_spans,
    with_crosstalk,
    with_heart,
    with_hum,
    with_impacts,
    without_spans,
)
from legato.simulate.emg_units import unit_emg
from legato.simulate.make import Simulation
from legato.simulate.scenario import Scenario, stream_rng

Side: TypeAlias = Literal["right", "left"]

_PLAN_STREAM, _HEART_STREAM, _MOTION_STREAM, _LOST_STREAM, _CHANNEL_STREAM = 20, 21, 22, 23, 30

_PACKETS_EVERY_S = 1.0


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class BurstData(_Data):
    """One burst of a muscle in a repetition (see `muscles.toml`)."""

    phase: str = ""
    at: float = 0.0
    after: str = ""
    by_s: float = 0.0
    rise_s: float = Field(gt=0.0)
    fall_s: float = Field(gt=0.0)
    height: float = Field(gt=0.0, le=1.0)

    @model_validator(mode="after")
    def _one_anchor(self) -> "BurstData":
        if bool(self.phase) == bool(self.after):
            raise ValueError("a burst lies in a phase or follows a muscle, one of both")
        return self


class MuscleData(_Data):
    """One muscle."""

    bursts: tuple[BurstData, ...] = Field(min_length=1)
    floor: float = Field(default=0.0, ge=0.0, lt=1.0)
    heart: float = Field(default=0.0, ge=0.0)
    sides: tuple[Side, ...] = ("right",)


class LagData(_Data):
    """The lag that is planted between two muscles."""

    first: str
    second: str
    spread_s: float = Field(ge=0.0)


class MusclePlan(_Data):
    """The muscles of one movement; each follows only muscles that stand before it."""

    lag: LagData
    muscles: dict[str, MuscleData]

    @model_validator(mode="after")
    def _follows(self) -> "MusclePlan":
        seen: set[str] = set()
        for name, muscle in self.muscles.items():
            for burst in muscle.bursts:
                if burst.after and burst.after not in seen:
                    raise ValueError(f"{name} follows {burst.after}, which does not stand before it")
                if burst.after and not set(muscle.sides) & set(self.muscles[burst.after].sides):
                    raise ValueError(f"{name} follows {burst.after}, which is on no side of it")
            seen.add(name)
        if self.muscles[self.lag.second].bursts[0].after != self.lag.first:
            raise ValueError(f"the lag's second muscle does not follow {self.lag.first}")
        return self


@cache
def muscle_plans() -> dict[str, MusclePlan]:
    """The plans of `muscles.toml`, by movement."""
    text = files("legato.simulate").joinpath("muscles.toml").read_text(encoding="utf-8")
    return {name: MusclePlan.model_validate(plan) for name, plan in tomllib.loads(text).items()}


def muscle_plan(movement: str) -> MusclePlan:
    """The plan of a movement.

    Raises
    ------
    BadInput
        No muscles are modelled for it; the message names the movements for which they are.
    """
    plans = muscle_plans()
    if movement not in plans:
        raise BadInput(
            f"simulate: no muscles are modelled for {movement}; EMG can be had of: {', '.join(sorted(plans))}"
        )
    return plans[movement]


@dataclass(frozen=True, slots=True)
class EmgSettings:
    """How the EMG of a simulated athlete is recorded. Volts are root mean squares.

    The rate is the smallest multiple of the camera's that is `least_rate_hz` or more. `lag_s` is planted between the
    movement's two muscles (None: its default, see `muscles.toml`), `lag_variation_s` is its SD from repetition to
    repetition. `variation` is the SD of every other burst's instant, s; `maximum_v` a full effort. `signal` is the
    trains of motor units or shaped Gaussian noise. `hum_v` is the mains' fundamental, `heart_v` the height of the R
    wave on the chest, `crosstalk` the share of each channel that its neighbour sees. `motion_v` is the size of one jerk
    of all cables in the middle repetition, `lost` the share of the time that lost packets take, one a second, as
    zeros. `skew` is the fall of every burst over its rise, its length unchanged (None: as in `muscles.toml`).
    """

    least_rate_hz: float = 2000.0
    lag_s: float | None = None
    lag_variation_s: float | None = None
    variation_s: float = 0.006
    signal: Literal["units", "gaussian"] = "units"
    maximum_v: float = 0.5e-3
    noise_v: float = 5e-6
    hum_v: float = 0.0
    mains_hz: float = 50.0
    heart_v: float = 0.0
    crosstalk: float = 0.0
    motion_v: float = 0.0
    lost: float = 0.0
    skew: float | None = None

    def __post_init__(self) -> None:
        checks = (
            ("least_rate_hz", 500.0 <= self.least_rate_hz <= 10000.0, "500 to 10000 Hz"),
            ("lag_s", self.lag_s is None or abs(self.lag_s) <= 0.5, "-0.5 to 0.5 s"),
            ("lag_variation_s", self.lag_variation_s is None or 0.0 <= self.lag_variation_s <= 0.2, "0 to 0.2 s"),
            ("variation_s", 0.0 <= self.variation_s <= 0.2, "0 to 0.2 s"),
            ("maximum_v", 0.0 < self.maximum_v <= 0.1, "above 0 and up to 0.1 V"),
            ("noise_v", 0.0 <= self.noise_v <= 0.01, "0 to 0.01 V"),
            ("hum_v", 0.0 <= self.hum_v <= 0.1, "0 to 0.1 V"),
            ("heart_v", 0.0 <= self.heart_v <= 0.1, "0 to 0.1 V"),
            ("crosstalk", 0.0 <= self.crosstalk <= 1.0, "0 to 1"),
            ("motion_v", 0.0 <= self.motion_v <= 0.1, "0 to 0.1 V"),
            ("lost", 0.0 <= self.lost <= 0.6, "0 to 0.6"),
            ("skew", self.skew is None or 0.1 <= self.skew <= 10.0, "0.1 to 10"),
        )
        for name, good, span in checks:
            if not good:
                raise BadInput(f"simulate: EMG {name} is {getattr(self, name)}; give {span}")


@dataclass(frozen=True, slots=True)
class MuscleTruth:
    """One channel as planted: its bursts with the repetition of each, heights and floor in V."""

    muscle: str
    side: Side
    bursts: tuple[tuple[int, Hill], ...]
    floor_v: float
    heart: float

    @property
    def channel(self) -> str:
        """Its name in the file."""
        return f"{self.muscle}_{self.side}"


@dataclass(frozen=True, slots=True, eq=False)
class _Nuisances:
    """When what spoils the recording comes, s."""

    beats_s: FloatArray
    jerks_s: tuple[float, ...]
    lost_s: tuple[tuple[float, float], ...]


def with_emg(simulation: Simulation, settings: EmgSettings | None = None) -> Simulation:
    """The same recording and truth with the EMG of the movement's muscles: a stream `emg`, V, and `truth["emg"]`.

    Raises
    ------
    BadInput
        No muscles are modelled for the movement.
    """
    chosen = EmgSettings() if settings is None else settings
    scenario = simulation.motion.scenario
    plan = muscle_plan(scenario.movement)
    muscles, lags = _planted(plan, simulation.truth["reps"], scenario, chosen)
    if brace_of(simulation.motion):
        muscles = _braced(muscles, simulation, chosen)
    rate_hz = scenario.rate_hz * float(np.ceil(chosen.least_rate_hz / scenario.rate_hz))
    count = round(simulation.truth["duration_s"] * rate_hz)
    planted = _nuisances(muscles, count / rate_hz, scenario, chosen)
    values = _recorded(muscles, planted, count, rate_hz, scenario, chosen)
    channels = tuple(m.channel for m in muscles)
    stream = Stream("emg", "emg", values, rate_hz, channels, ("V",) * len(channels))
    recording: Recording = replace(simulation.recording, streams=(*simulation.recording.streams, stream))
    return with_brace_truth(
        Simulation(
            recording,
            simulation.truth | {"emg": _told(plan, muscles, lags, planted, rate_hz, chosen)},
            simulation.motion,
        )
    )


def _braced(muscles: list[MuscleTruth], simulation: Simulation, settings: EmgSettings) -> list[MuscleTruth]:
    """The muscles of the trunk brace in every repetition, and the upper trapezius is worn where it rises with them."""
    motion, reps = simulation.motion, simulation.truth["reps"]
    bursts = tuple(brace_bursts(motion, reps, settings.maximum_v))
    own = [
        replace(m, bursts=(*bursts, *(m.bursts if m.muscle == "erector_spinae" else ()))) if m.muscle in BRACES else m
        for m in muscles
    ]
    if brace_of(motion) != BRACE_SHRUG:
        return own
    rises, floor = shrug_bursts(motion, reps, settings.maximum_v)
    side: Side = "left" if motion.scenario.mirror else "right"
    return [*own, MuscleTruth(SHRUGS, side, tuple(rises), floor, 0.3)]


def _planted(
    plan: MusclePlan, reps: list[dict[str, Any]], scenario: Scenario, settings: EmgSettings
) -> tuple[list[MuscleTruth], list[float]]:
    """Every channel's bursts, and the lag of each repetition, s."""
    rng = stream_rng(scenario, _PLAN_STREAM)
    mean = plan.muscles[plan.lag.second].bursts[0].by_s if settings.lag_s is None else settings.lag_s
    spread = plan.lag.spread_s if settings.lag_variation_s is None else settings.lag_variation_s
    lags = [float(mean + spread * rng.standard_normal()) for _ in reps]
    centres: dict[tuple[str, Side, int], float] = {}
    found: list[MuscleTruth] = []
    # Where either foot strides, a muscle works in the strides of its own side.
    strides = {"right", "left"} <= {rep.get("side") for rep in reps}
    for name, muscle in plan.muscles.items():
        for side in muscle.sides:
            other: Side = "left" if side == "right" else "right"
            shown = other if scenario.mirror else side
            bursts: list[tuple[int, Hill]] = []
            for i, rep in enumerate(reps):
                if strides and rep["side"] != shown:
                    continue
                for k, data in enumerate(muscle.bursts):
                    jitter, wider, higher = rng.standard_normal(3)
                    width = float(np.exp(0.08 * wider))
                    height = settings.maximum_v * data.height * float(np.exp(0.08 * higher))
                    if data.after:
                        whose = side if (data.after, side, i) in centres else plan.muscles[data.after].sides[0]
                        centre = centres[data.after, whose, i]
                        paired = k == 0 and name == plan.lag.second
                        centre += lags[i] if paired else data.by_s + settings.variation_s * jitter
                    else:
                        start, end = _phase(rep, data.phase)
                        centre = start + data.at * (end - start) + settings.variation_s * jitter
                    if k == 0:
                        centres[name, side, i] = float(centre)
                    rise_s, fall_s = width * data.rise_s, width * data.fall_s
                    if settings.skew is not None:
                        rise_s, fall_s = _skewed(rise_s + fall_s, settings.skew)
                    bursts.append((i, hill_about(float(centre), rise_s, fall_s, height)))
            found.append(MuscleTruth(name, shown, tuple(bursts), settings.maximum_v * muscle.floor, muscle.heart))
    return found, lags


def _skewed(length_s: float, skew: float) -> tuple[float, float]:
    return length_s / (1.0 + skew), length_s * skew / (1.0 + skew)


def _phase(rep: dict[str, Any], name: str) -> tuple[float, float]:
    phase = next(p for p in rep["phases"] if p["name"] == name)
    return float(phase["start_s"]), float(phase["end_s"])


def _nuisances(muscles: list[MuscleTruth], duration_s: float, scenario: Scenario, settings: EmgSettings) -> _Nuisances:
    own = list(dict.fromkeys(rep for rep, _ in muscles[0].bursts))
    middle = [burst.centre_s for rep, burst in muscles[0].bursts if rep == own[len(own) // 2]]
    lost: tuple[tuple[float, float], ...] = ()
    if settings.lost:
        length_s = (0.5 * settings.lost * _PACKETS_EVERY_S, 1.5 * settings.lost * _PACKETS_EVERY_S)
        lost = lost_spans(duration_s, _PACKETS_EVERY_S, length_s, stream_rng(scenario, _LOST_STREAM))
    return _Nuisances(
        beats_of(duration_s, stream_rng(scenario, _HEART_STREAM)) if settings.heart_v else np.empty(0),
        tuple(middle[:1]) if settings.motion_v else (),
        lost,
    )


def _recorded(
    muscles: list[MuscleTruth],
    planted: _Nuisances,
    count: int,
    rate_hz: float,
    scenario: Scenario,
    settings: EmgSettings,
) -> FloatArray:
    times = np.arange(count) / rate_hz
    clean = np.empty((count, len(muscles)))
    rngs = [stream_rng(scenario, _CHANNEL_STREAM + j) for j in range(len(muscles))]
    for j, muscle in enumerate(muscles):
        amplitude = envelope(times, [b for _, b in muscle.bursts], muscle.floor_v)
        if settings.signal == "units":
            clean[:, j] = unit_emg(amplitude, rate_hz, rngs[j], maximum=settings.maximum_v)
        else:
            clean[:, j] = gaussian_emg(amplitude, rate_hz, rngs[j])
    jerks = stream_rng(scenario, _MOTION_STREAM)
    out = np.empty_like(clean)
    for j, muscle in enumerate(muscles):
        x = clean[:, j]
        if settings.crosstalk:
            x = with_crosstalk(x, clean[:, j - 1], rate_hz, settings.crosstalk)
        x = x + noise_floor(count, rate_hz, settings.noise_v, rngs[j])
        if settings.heart_v and muscle.heart:
            x = with_heart(x, rate_hz, settings.heart_v * muscle.heart, planted.beats_s)
        if settings.hum_v:
            x = with_hum(x, rate_hz, settings.hum_v, rngs[j], mains_hz=settings.mains_hz)
        if planted.jerks_s:
            x = with_impacts(x, rate_hz, settings.motion_v, planted.jerks_s, jerks)
        out[:, j] = without_spans(x, rate_hz, planted.lost_s, "zero")
    return out


def _told(
    plan: MusclePlan,
    muscles: list[MuscleTruth],
    lags: list[float],
    planted: _Nuisances,
    rate_hz: float,
    settings: EmgSettings,
) -> dict[str, Any]:
    """The truth as plain values: each burst's instants (as `emg_envelopes` means them), and the planted lags."""
    seconds = [m for m in muscles if m.muscle == plan.lag.second]
    firsts = {m.side for m in muscles if m.muscle == plan.lag.first}
    return {
        "rate_hz": rate_hz,
        "unit": "V",
        "settings": asdict(settings),
        "beats_s": planted.beats_s.tolist(),
        "jerks_s": list(planted.jerks_s),
        "lost_s": [list(span) for span in planted.lost_s],
        "channels": [
            {
                "channel": m.channel,
                "muscle": m.muscle,
                "side": m.side,
                "floor_v": m.floor_v,
                "bursts": [
                    {
                        "rep": i,
                        "onset_s": b.onset_s,
                        "offset_s": b.offset_s,
                        "centre_s": b.centre_s,
                        "peak_s": None if np.isnan(b.peak_s) else b.peak_s,
                        "amplitude_v": b.height,
                    }
                    for i, b in m.bursts
                ],
            }
            for m in muscles
        ],
        "lags": [
            {
                "from": f"{plan.lag.first}_{m.side}",
                "to": m.channel,
                "event": "centre",
                "mean_s": float(np.mean([lags[i] for i in reps])),
                "per_rep": [{"rep": i, "lag_s": lags[i]} for i in reps],
            }
            for m in seconds
            for reps in [dict.fromkeys(i for i, _ in m.bursts)]
            if m.side in firsts
        ],
    }
