"""How active a muscle is in each phase: a step of amplitude planted in EMG whose clock is off by an unknown offset."""

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from legato.chain.muscle_work import MuscleWork, muscle_work
from legato.estimate import Estimate
from legato.muscles.model import MuscleResult, MusclesResult
from legato.muscles.names import muscles
from legato.recording import FloatArray, Offset, Recording, Span, Stream

RATE_HZ = 1000.0
REPS = 5
STARTS_S = 2.0 + 4.0 * np.arange(REPS)
ACTIVITY = {"descent": 20.0, "ascent": 80.0}
"""Of a phase of 1 s each, % of the reference; nothing before and after."""
REFERENCE_V = 2e-4


def noise(n: int, rng: np.random.Generator) -> FloatArray:
    """Gaussian noise of unit RMS between 60 and 200 Hz."""
    spectrum = np.fft.rfft(rng.normal(size=n))
    f = np.fft.rfftfreq(n, 1.0 / RATE_HZ)
    x = np.fft.irfft(np.where((f > 60.0) & (f < 200.0), spectrum, 0.0), n)
    return x / x.std()


def session(seed: int, clock_sd_s: float, spread: float = 0.05) -> Recording:
    """EMG of one muscle beside markers, its clock off by one offset that nobody knows but to its SD."""
    rng = np.random.default_rng([3, seed])
    n = round((STARTS_S[-1] + 6.0) * RATE_HZ)
    t = np.arange(n) / RATE_HZ + clock_sd_s * float(rng.normal())
    level = np.full(n, 1.0)
    for start in STARTS_S:
        for k, share in enumerate(ACTIVITY.values()):
            level[(t >= start + k) & (t < start + k + 1.0)] = share * (1.0 + spread * float(rng.normal()))
    values = (0.01 * REFERENCE_V * level * noise(n, rng))[:, None]
    markers = Stream("markers", "markers", np.zeros((n // 10, 1, 3)), 100.0, ("x",), ("m",))
    emg = Stream("emg", "emg", values, RATE_HZ, ("glute",), ("V",))
    return Recording(streams=(markers, emg), offsets=(Offset("emg", 0.0, clock_sd_s, "planted"),))


def told(recording: Recording, reference_half_v: float = 0.0, **changes: Any) -> tuple[MuscleWork, ...]:
    """What is told with phases that the motion has where they are planted."""
    known = muscles()["gluteus_maximus"]
    reference = SimpleNamespace(value=Estimate.symmetric(REFERENCE_V, reference_half_v, "V"))
    given: dict[str, Any] = {
        "stream": "emg", "channel": "glute", "muscle": "gluteus_maximus", "name": known.name, "side": "right",
        "region": known.region, "roles": known.roles, "usable": True, "reasons": (), "warnings": (), "naming": "",
        "normalisation": "planted", "reference": cast(Any, reference),
    }  # fmt: skip
    stretches = [
        SimpleNamespace(rep=rep, phase=phase, span=Span(float(start) + k, float(start) + k + 1.0))
        for rep, start in enumerate(STARTS_S)
        for k, phase in enumerate(ACTIVITY)
    ]
    power = SimpleNamespace(stretches=stretches, drives={"descent": False, "ascent": True})
    return muscle_work(recording, MusclesResult((MuscleResult(**given | changes),)), cast(Any, power), 0.9)


def test_a_planted_step_is_told_in_its_phases() -> None:
    (one,) = told(session(0, 0.0, spread=0.0))
    assert (one.joint, one.channel, one.reference) == ("hip_right", "glute", "planted")
    assert [(phase.phase, phase.drives, phase.n) for phase in one.phases] == [
        ("descent", False, REPS),
        ("ascent", True, REPS),
    ]
    for phase in one.phases:
        true = ACTIVITY[phase.phase]
        assert phase.mean is not None
        assert phase.mean.value == pytest.approx(true, rel=0.05)
        assert phase.mean.unit == "%"
        for _, rep, why in phase.per_rep:
            assert not why
            assert rep is not None
            assert rep.value == pytest.approx(true, rel=0.15)


@pytest.mark.parametrize(("clock_sd_s", "least"), [(0.0, 0.85), (0.02, 0.85), (0.05, 0.85)])
def test_means_of_sets_hold_what_is_planted_with_an_offset_of_the_clock(clock_sd_s: float, least: float) -> None:
    """One offset lasts through a set, so no number of repetitions removes it."""
    held: dict[str, list[bool]] = {}
    for seed in range(60):
        for phase in told(session(seed, clock_sd_s))[0].phases:
            assert phase.mean is not None
            held.setdefault(phase.phase, []).append(phase.mean.holds(ACTIVITY[phase.phase]))
    shares = {name: float(np.mean(hits)) for name, hits in held.items()}
    assert min(shares.values()) >= least, shares


def test_doubt_of_the_reference_stays_in_the_mean() -> None:
    (one,) = told(session(0, 0.0), reference_half_v=0.2 * REFERENCE_V)
    for phase in one.phases:
        assert phase.mean is not None
        assert phase.mean.half_width > 0.19 * phase.mean.value


def test_what_is_not_told_says_why() -> None:
    recording = session(0, 0.0)
    (plain,) = told(recording, reference=None)
    assert (plain.reason, plain.phases) == ("its EMG is not normalised", ())
    assert told(recording, usable=False) == ()
    assert told(recording, side=None) == ()  # a hip's muscle of no side has no hip
    assert told(recording, roles=frozenset({"knee_extensors"})) == ()
    (back,) = told(recording, roles=frozenset({"trunk_extensors"}), side=None)
    assert back.joint == "lumbosacral"
    (less,) = told(recording, refused_reps=((1, "its signal is clipped"),))
    assert [(rep, why) for rep, _, why in less.phases[0].per_rep if why] == [(1, "its signal is clipped")]
    assert less.phases[0].n == REPS - 1
