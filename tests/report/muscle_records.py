"""Invented muscles to report on: each fires once a rep, a known time after the one before it."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from legato.chain.muscle_windows import muscle_pairs
from legato.estimate import Estimate
from legato.movements import load_movement
from legato.movements.electrodes import emg_body, whole_recording
from legato.muscles import muscles as known_muscles
from legato.muscles.model import LagAt, LagResult, MuscleResult, MusclesResult, RepBurst, RepLag
from legato.muscles.pairs import AskedPair, asked_pairs
from legato.recording import FloatArray, InputFile, Recording, Stream
from legato.signals.factors import student_factor
from legato.signals.sets import set_refusal

RATE_HZ = 100.0
WIDTH_S = 0.09


def muscle(
    name: str, centres_s: Sequence[float], duration_s: float, *, refused: Sequence[tuple[int, str]] = ()
) -> MuscleResult:
    """A usable channel of the right side with a burst around each centre, none in the refused reps."""
    known = known_muscles()[name]
    times = np.arange(round(duration_s * RATE_HZ)) / RATE_HZ
    envelope: FloatArray = np.full(times.size, 3.0)
    bursts: list[RepBurst] = []
    out = dict(refused)
    for rep, centre in enumerate(centres_s):
        envelope += 82.0 * np.exp(-0.5 * ((times - centre) / WIDTH_S) ** 2)
        if rep not in out:
            bursts.append(burst(rep, centre))
    return MuscleResult(
        stream="emg",
        channel=f"{name}_right",
        muscle=name,
        name=known.name,
        side="right",
        region=known.region,
        roles=known.roles,
        usable=True,
        reasons=(),
        warnings=("mains hum at 50 Hz of 0.2 × the EMG's rms, taken out",),
        naming="",
        normalisation="peak of the task",
        bursts=tuple(bursts),
        refused_reps=tuple(refused),
        envelope_rate_hz=RATE_HZ,
        envelope=envelope,
        meant={burst.rep: place for place, burst in enumerate(bursts) if burst.rep is not None},
    )


def burst(rep: int | None, centre_s: float, *, main: bool = True) -> RepBurst:
    """A burst of half a second around a centre, every time known to some ms."""
    return RepBurst(
        rep=rep,
        onset=Estimate(centre_s - 0.2, centre_s - 0.215, centre_s - 0.19, unit="s"),
        centre=Estimate.symmetric(centre_s, 0.007, "s"),
        peak=Estimate.symmetric(centre_s - 0.01, 0.02, "s"),
        offset=Estimate.symmetric(centre_s + 0.25, 0.02, "s"),
        start_s=centre_s - 0.19,
        stop_s=centre_s + 0.24,
        amplitude=Estimate.symmetric(104.0, 9.0, "%"),
        contrast=120.0,
        main=main,
    )


def dead(channel: str) -> MuscleResult:
    """A channel that was never connected."""
    return dataclasses.replace(
        muscle("soleus", (), 0.0),
        channel=channel,
        muscle=None,
        name=channel,
        side=None,
        usable=False,
        reasons=("dead: every sample is 0; the sensor was off or not connected",),
        warnings=(),
    )


def lag(first: MuscleResult, second: MuscleResult, reps: int, at: LagAt = "centre") -> LagResult:
    """The lag between two invented muscles, as their bursts have it."""
    per_rep: list[RepLag] = []
    for rep in range(reps):
        one, two = first.main_burst(rep), second.main_burst(rep)
        a, b = (None if x is None else x.time(at) for x in (one, two))
        known = None if a is None or b is None else b.minus(a)
        per_rep.append(RepLag(rep, known, "" if known else "second muscle: no burst in this repetition"))
    values = np.array([r.lag_s.value for r in per_rep if r.lag_s is not None])
    why = set_refusal([r.reason for r in per_rep if r.lag_s is None], reps)
    mean: Estimate | None = next((r.lag_s for r in per_rep if r.lag_s is not None), None)
    spread = None
    if values.size > 1:
        spread = float(values.std(ddof=1))
        half = student_factor(0.9, values.size - 1) * spread / float(np.sqrt(values.size))
        mean = Estimate.symmetric(float(values.mean()), half, "s")
    return LagResult(
        from_stream=first.stream,
        from_channel=first.channel,
        to_stream=second.stream,
        to_channel=second.channel,
        from_muscle=first.muscle or "",
        to_muscle=second.muscle or "",
        side="right",
        at=at,
        per_rep=tuple(per_rep),
        mean=None if why else mean,
        n=values.size,
        spread_s=spread,
        reps_for_10_ms=14,
        primary=at == "centre",
        reason=why,
    )


def press_muscles(
    bottoms_s: Sequence[float],
    duration_s: float,
    lag_s: float,
    spread_s: float,
    refused: Sequence[tuple[int, str]] = (),
) -> MusclesResult:
    """Thigh and chest of a set of presses, the chest `lag_s` later, and two channels that are dead."""
    wobble = spread_s * np.sqrt(2.0) * np.sin(2.4 * np.arange(len(bottoms_s)))
    first = muscle("vastus_lateralis", [b + 0.3 for b in bottoms_s], duration_s)
    centres = [b + 0.3 + lag_s + float(w) for b, w in zip(bottoms_s, wobble, strict=True)]
    second = muscle("pectoralis_major", centres, duration_s, refused=refused)
    lags = tuple(lag(first, second, len(bottoms_s), at) for at in ("centre", "onset", "peak"))
    held = (first, second, dead("EMG07"), dead("EMG08"))
    return MusclesResult(
        held,
        lags,
        notes=("The EMG starts 0.2 s after the motion.",),
        asked=asked_of("bench-press", held, lags),
        reps=tuple(range(len(bottoms_s))),
    )


def asked_of(
    movement: str, muscles: Sequence[MuscleResult], lags: Sequence[LagResult], *, whole: bool = True
) -> tuple[AskedPair, ...]:
    """The pairs that a movement's windows and habit look for among invented muscles."""
    return asked_pairs(muscles, muscle_pairs(load_movement(movement).windows), lags, whole=whole)


def emg_alone(press: Any, *, marked: bool, lags: bool = True, movement: str = "back-squat") -> Any:
    """The presses with 33.9 s of EMG at 2000 Hz and nothing else; `marked` by hand, or one stretch."""
    channels = tuple(one.channel for one in press.muscles.muscles)
    stream = Stream("emg", "emg", np.zeros((67800, len(channels))), 2000.0, channels, ("V",) * len(channels))
    recording = Recording(streams=(stream,), inputs=(InputFile("set.csv", "ab" * 32, "csv", ("emg",)),))
    reps = press.reps if marked else (whole_recording(recording),)
    held = press.muscles if marked and lags else dataclasses.replace(press.muscles, lags=())
    if not marked:
        held = dataclasses.replace(held, muscles=tuple(_in_one(one) for one in held.muscles))
    return dataclasses.replace(
        press,
        recording=recording,
        movement=load_movement(movement),
        body=emg_body(recording),
        reps=reps,
        rep_metrics=({},) * len(reps),
        rep_driver="EMG",
        chain=dataclasses.replace(press.chain, windows=()),
        muscles=held,
    )


def _in_one(muscle: MuscleResult) -> MuscleResult:
    """All bursts in the one stretch, none of them the one that is meant."""
    bursts = tuple(dataclasses.replace(one, rep=0, main=False) for one in muscle.bursts)
    return dataclasses.replace(muscle, bursts=bursts, meant={})
