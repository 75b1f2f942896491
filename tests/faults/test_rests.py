"""What comes first, counted from a rest: leads of any size after rests of any length, and lifters who have none."""

from dataclasses import replace

import numpy as np
import pytest

from legato.body.model import Body
from legato.estimate import Estimate
from legato.faults import quantities, rests
from legato.faults.judge import mean_of_set
from legato.faults.model import Measure, Measured, When
from legato.faults.quantities import measured_by_signal
from legato.movements import load_movement, metrics
from legato.movements.model import Rep
from legato.recording import FloatArray
from legato.signals.filters import lowpass

from .empty import empty_body

RATE_HZ = 100.0
WAY_S, BEND_S = 1.2, 0.4
HIPS_DEG, EDGE_DEG = 90.0, 5.0
MEASURE = Measure(
    signal="lumbar_flexion",
    reading="above",
    within="opening",
    at="before",
    until=When(signal="hip_flexion", side="mean", share=0.05),
)


def step(t: FloatArray, at_s: float, in_s: float) -> FloatArray:
    """From 0 to 1 without a jerk."""
    x = np.clip((t - at_s) / in_s, 0.0, 1.0)
    return x**3 * (10.0 - 15.0 * x + 6.0 * x * x)


class Lifter:
    """Hips that bend and come back after each rest, and a spine that is `early_deg` bent `lead_s` before them."""

    def __init__(
        self,
        rests_s: list[float],
        *,
        early_deg: float = 0.0,
        lead_s: float = 0.7,
        bend_s: float = BEND_S,
        noise_deg: float = 0.0,
        sway_deg: float = 0.0,
        drift_deg_s: float = 0.0,
        overshoot_deg: float = 0.0,
        stands_deg: tuple[float, ...] = (0.0,),
        seed: int = 0,
    ) -> None:
        rng = np.random.default_rng(seed)
        length = sum(rests_s) + 2.2 * WAY_S * len(rests_s) + 1.5
        t = np.arange(round(length * RATE_HZ)) / RATE_HZ
        hips, spine = np.zeros(t.size), np.zeros(t.size)
        at, self.reps = 0.0, list[Rep]()
        for k, rest_s in enumerate(rests_s):
            start, back = at + rest_s, at + rest_s + WAY_S
            bent = step(t, start, WAY_S) - step(t, back + 0.1, WAY_S)
            hips += HIPS_DEG * bent
            spine += early_deg * (step(t, start - lead_s, bend_s) - step(t, back + 0.1, WAY_S))
            spine += 10.0 * bent
            end = back + 0.1 + WAY_S
            # who locks out leans back and comes back to standing
            spine -= overshoot_deg * np.exp(-0.5 * ((t - end) / 0.15) ** 2)
            move = stands_deg[k % len(stands_deg)] - stands_deg[(k - 1) % len(stands_deg)] if k else stands_deg[0]
            spine += move * (step(t, at - 0.6 * WAY_S, 0.6 * WAY_S) if k else 1.0)
            phases = [
                {"name": "descent", "start_s": start + 0.1, "end_s": back},
                {"name": "ascent", "start_s": back + 0.1, "end_s": end - 0.15},
            ]
            asked = {"index": k, "start_s": start + 0.1, "end_s": end - 0.15, "complete": True, "phases": phases}
            self.reps.append(Rep.model_validate(asked))
            at = end
        spine += drift_deg_s * t
        for _ in range(3):
            spine += sway_deg / 3.0 * np.sin(2.0 * np.pi * rng.uniform(0.1, 0.6) * t + rng.uniform(0.0, 6.3))
        noise = np.radians(noise_deg) * rng.standard_normal((2, t.size))
        self.raw = {"hip_flexion": np.radians(hips) + noise[0], "lumbar_flexion": np.radians(spine) + noise[1]}

    @property
    def body(self) -> Body:
        return replace(empty_body(), rate_hz=RATE_HZ, n_frames=self.raw["hip_flexion"].size)

    def signal(self, _: Body, name: str, side: str, cutoff_hz: float | None) -> FloatArray:
        del side
        return self.raw[name] if cutoff_hz is None else lowpass(self.raw[name], RATE_HZ, cutoff_hz)


def rows_of(monkeypatch: pytest.MonkeyPatch, lifter: Lifter) -> tuple[Measured, ...]:
    monkeypatch.setattr(rests, "signal_of", lifter.signal)
    monkeypatch.setattr(metrics, "signal_of", lifter.signal)
    found = measured_by_signal(lifter.body, load_movement("hip-hinge"), lifter.reps, {"x": MEASURE})["x"]
    assert not isinstance(found, str)
    return found[""]


def read(monkeypatch: pytest.MonkeyPatch, lifter: Lifter) -> list[float | None]:
    """How far the spine is bent before the hips in each repetition, deg."""
    return [None if row.value is None else row.value.value for row in rows_of(monkeypatch, lifter)]


def said(monkeypatch: pytest.MonkeyPatch, lifter: Lifter) -> str:
    """What the set comes to against 5 deg."""
    found = mean_of_set(rows_of(monkeypatch, lifter), 3, 0.90).estimate
    if found is None:
        return "refused"
    return "fault" if found.low > EDGE_DEG else "ok" if found.high <= EDGE_DEG else "edge"


LONG = [2.6, 2.2, 2.8, 2.4, 2.6]
SHORT = [2.0, 1.1, 1.2, 1.0, 1.3]


@pytest.mark.parametrize("rests_s", [LONG, SHORT, [1.5] * 5])
@pytest.mark.parametrize("lead_s", [0.4, 0.5, 0.7, 1.0])
def test_a_lead_is_read_whole_or_refused(monkeypatch: pytest.MonkeyPatch, rests_s: list[float], lead_s: float):
    values = read(monkeypatch, Lifter(rests_s, early_deg=14.0, lead_s=lead_s))
    known = [x for x in values if x is not None]
    assert values[0] is not None
    for value in known:
        assert value == pytest.approx(14.0, abs=1.5)
    if rests_s is LONG:
        assert len(known) == len(rests_s)


@pytest.mark.parametrize("lead_s", [0.3, 0.5, 0.7, 1.0, 1.3])
@pytest.mark.parametrize("bend_s", [0.3, 0.6, 1.0])
def test_a_lead_is_never_in_order(monkeypatch: pytest.MonkeyPatch, lead_s: float, bend_s: float):
    for seed in range(8):
        rng = np.random.default_rng(seed)
        pauses = [float(x) for x in rng.uniform(0.5, 2.5, 6)]
        # what is bent when the hips have gone a twentieth of their way, a fifth of a second after they set off
        there = float(step(np.array([lead_s + 0.2]), 0.0, bend_s)[0])
        lifter = Lifter(pauses, early_deg=16.0 / there, lead_s=lead_s, bend_s=bend_s, noise_deg=0.4, seed=seed)
        assert said(monkeypatch, lifter) != "ok", (seed, pauses)


@pytest.mark.parametrize(
    "habit",
    [
        {},
        {"sway_deg": 1.5},
        {"drift_deg_s": 0.3},
        {"overshoot_deg": 6.0},
        {"stands_deg": (0.0, 3.0, -2.0, 1.0)},
        {"stands_deg": (0.0, 8.0)},
        {"sway_deg": 1.0, "drift_deg_s": -0.2, "overshoot_deg": 4.0, "stands_deg": (0.0, 2.0, -2.0)},
    ],
    ids=str,
)
def test_who_bends_with_the_hips_bends_not_before_them(monkeypatch: pytest.MonkeyPatch, habit: dict[str, float]):
    for seed in range(10):
        rng = np.random.default_rng(100 + seed)
        pauses = [float(x) for x in rng.uniform(0.2, 2.5, 6)]
        lifter = Lifter(pauses, noise_deg=0.5, seed=seed, **habit)  # type: ignore[arg-type]
        assert said(monkeypatch, lifter) in ("ok", "edge", "refused"), (seed, pauses)
        for value in read(monkeypatch, lifter):
            assert value is None or value < EDGE_DEG


def test_who_never_stands_still_is_refused(monkeypatch: pytest.MonkeyPatch):
    assert said(monkeypatch, Lifter([0.2] * 6, early_deg=14.0)) == "refused"


def test_one_repetition_from_another_posture_is_left_out(monkeypatch: pytest.MonkeyPatch):
    """Of six, one bends 1.6 s ahead and waits, after a rest that shows nothing else."""
    lifter = Lifter([2.4, 2.4, 2.4, 2.4, 2.4])
    late = Lifter([2.4, 2.4, 1.8, 2.4, 2.4], early_deg=0.0, stands_deg=(0.0, 0.0, 12.0, 0.0, 0.0))
    assert None not in read(monkeypatch, lifter)
    assert [x is None for x in read(monkeypatch, late)] == [False, False, True, False, False]


def whole(monkeypatch: pytest.MonkeyPatch, lifter: Lifter) -> Estimate:
    found = mean_of_set(rows_of(monkeypatch, lifter), 3, 0.90).estimate
    assert found is not None
    return found


def test_what_rests_differ_by_is_in_the_interval_of_what_is_counted_from_them(monkeypatch: pytest.MonkeyPatch):
    """The largest distance from a rest is above 0 in a spine that sways and bends with the hips alone, by half a degree
    where they have gone a twentieth of their way; its interval must not say that it bent ahead.
    """
    swaying = [whole(monkeypatch, Lifter(LONG, sway_deg=1.5, noise_deg=0.2, seed=seed)) for seed in range(20)]
    assert sum(e.low <= 0.5 for e in swaying) >= 18
    assert sum(e.value > 0.5 for e in swaying) >= 15
    still = whole(monkeypatch, Lifter(LONG, noise_deg=0.2))
    # Of what is large beside the sway hardly anything is taken.
    assert still.value - still.low < 0.8 * min(e.value - e.low for e in swaying if e.value > 1.0)
    ahead = [whole(monkeypatch, Lifter(LONG, early_deg=14.0, sway_deg=1.5, noise_deg=0.2, seed=k)) for k in range(20)]
    assert all(e.value - e.low < 1.3 * (e.high - e.value) for e in ahead)


def test_a_rest_without_another_says_nothing(monkeypatch: pytest.MonkeyPatch):
    (row,) = rows_of(monkeypatch, Lifter([2.0]))
    assert row.value is None
    assert row.reason == "it is the only one with a rest before it, so how far rests differ is not known"


@pytest.mark.parametrize("way", [1.0, -1.0])
def test_a_change_from_the_rest_is_no_surer_where_it_goes_down(monkeypatch: pytest.MonkeyPatch, way: float):
    monkeypatch.setattr(
        quantities, "rep_metrics", lambda *_: [{"measure 0 0": Estimate.symmetric(3.0 * way, 1.0, "deg")}]
    )
    monkeypatch.setattr(quantities, "marked", lambda _b, _m, reps, *_: rests.Marked(reps, {}, float(np.radians(4.0))))
    measure = MEASURE.model_copy(update={"reading": "change"})
    lifter = Lifter([2.0])
    found = measured_by_signal(lifter.body, load_movement("hip-hinge"), lifter.reps, {"x": measure})["x"]
    assert not isinstance(found, str) and (value := found[""][0].value) is not None
    # No larger than what rests differ by: it may be none at all.
    assert value.holds(0.0) and abs(value.high - value.low) == pytest.approx(5.0)
