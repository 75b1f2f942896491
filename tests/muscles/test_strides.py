"""Muscles in strides: what is told does not depend on where the strides are cut, nor on a second foot's contacts."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import legato
from legato.muscles.analyse import RepSpan, analyse_muscles
from legato.muscles.model import LagResult, MusclesResult
from legato.recording import Recording, Span, Stream

from .plain_emg import coloured, floor_noise

RATE_HZ = 1000.0
STRIDES = 12
PERIODS_S = 1.05 + 0.02 * np.random.default_rng(5).standard_normal(STRIDES + 2)
CONTACTS_S = 0.6 + np.concatenate(([0.0], np.cumsum(PERIODS_S)))


def walk(phases: dict[str, float], scatter_s: float = 0.008, seed: int = 3) -> Recording:
    """One burst of 0.22 s a stride and muscle, its middle that share of a stride after each contact."""
    rng = np.random.default_rng(seed)
    n = round((CONTACTS_S[-1] + 0.6) * RATE_HZ)
    t = np.arange(n) / RATE_HZ
    channels = []
    for phase in phases.values():
        middles = CONTACTS_S[:-1] + phase * PERIODS_S + scatter_s * rng.standard_normal(PERIODS_S.size)
        u = np.clip((t[:, None] - middles) / 0.22, -0.5, 0.5)
        envelope = np.cos(np.pi * u).sum(axis=1)
        channels.append(1e-4 * (envelope * coloured(n, RATE_HZ, rng) + 0.03 * floor_noise(n, RATE_HZ, rng)))
    values = np.stack(channels, axis=1)
    return Recording((Stream("emg", "emg", values, RATE_HZ, tuple(phases), ("V",) * len(phases)),))


def strides(cut: float = 0.0, side: str = "right", first: int = 0) -> list[RepSpan]:
    """The strides between contacts, cut so many strides later than the contact."""
    ends = CONTACTS_S[1:-2] + cut * PERIODS_S[1:-1]
    return [RepSpan(first + k, Span(a, b), side=side) for k, (a, b) in enumerate(pairwise(ends))]


def told(recording: Recording, reps: Sequence[RepSpan]) -> MusclesResult:
    found = analyse_muscles(recording, reps, strides=True)
    assert found is not None
    return found


def lag_of(found: MusclesResult, at: str = "centre") -> LagResult:
    return next(lag for lag in found.lags if lag.at == at)


PAIR = {"gluteus_maximus_right": 0.94, "vastus_lateralis_right": 0.04}
LAG_S = 0.10 * 1.05


@pytest.mark.parametrize("cut", [0.0, 0.3, 0.94, 0.99])
def test_a_lag_across_the_cut_is_that_of_the_nearest_bursts(cut: float) -> None:
    found = told(walk(PAIR), strides(cut))
    for at in ("centre", "cross-correlation"):
        lag = lag_of(found, at)
        assert lag.mean is not None and lag.n >= len(strides()) - 1, (at, lag.reason)
        # Centres of single bursts scatter by some 15 ms, ten of them by 5.
        assert lag.mean.holds(LAG_S) and abs(lag.mean.value - LAG_S) < 0.02 and lag.mean.half_width < 0.025, at
    assert found.between is not None
    centre = found.between.orders[0]
    assert centre.most_common == ("gluteus maximus, right", "vastus lateralis, right")
    (pair,) = centre.pairs
    assert pair.share is not None and pair.first == "gluteus maximus, right" and pair.share.low > 0.7


def test_swapped_phases_swap_the_order() -> None:
    found = told(walk(dict(zip(PAIR, (0.04, 0.94), strict=True))), strides())
    lag = lag_of(found).mean
    assert lag is not None and lag.holds(-LAG_S)
    assert found.between is not None
    assert found.between.orders[0].most_common == ("vastus lateralis, right", "gluteus maximus, right")


def test_muscles_all_round_the_stride_have_no_first_but_pairs_have() -> None:
    round_it = {
        "gluteus_maximus_right": 0.95, "vastus_lateralis_right": 0.1, "gastrocnemius_medialis_right": 0.42,
        "tibialis_anterior_right": 0.7,
    }  # fmt: skip
    found = told(walk(round_it), strides())
    assert found.between is not None
    order = found.between.orders[0]
    assert order.most_common is None and order.share_in_order is None and "none comes first" in order.reason
    pairs = {(pair.first.split(",")[0], pair.second.split(",")[0]): pair.share for pair in order.pairs}
    for first, second in (
        ("gluteus maximus", "vastus lateralis"), ("vastus lateralis", "gastrocnemius medialis"),
        ("gastrocnemius medialis", "tibialis anterior"), ("tibialis anterior", "gluteus maximus"),
    ):  # fmt: skip
        share = pairs.get((first, second))
        assert share is not None and share.value > 0.9


def test_bursts_half_a_stride_apart_have_no_order() -> None:
    found = told(walk({"vastus_lateralis_right": 0.2, "vastus_lateralis_left": 0.7}), strides())
    assert found.between is not None
    (pair,) = found.between.orders[0].pairs
    assert pair.share is None and "half a stride apart" in pair.reason
    (sides,) = found.between.sides
    assert sides.timing is None and "half a stride apart" in sides.reason


def test_the_other_foots_contacts_change_nothing() -> None:
    alone = told(walk(PAIR), strides())
    both = told(walk(PAIR), [*strides(), *strides(0.5, "left", 100)])
    one, two = lag_of(alone), lag_of(both)
    assert two.mean == one.mean and two.n == one.n == len(strides())
    assert any("right foot alone" in note for note in both.notes) and not alone.notes
    # The muscles of the left leg are read in the strides of the left foot, where both are as long.
    left = {name.replace("right", "left"): phase for name, phase in PAIR.items()}
    of_left = told(walk(left), [*strides(), *strides(0.5, "left", 100)])
    assert {rep.rep for rep in lag_of(of_left).per_rep} == set(range(100, 100 + len(strides())))


def test_a_neighbour_that_is_refused_takes_the_bursts_with_it_that_lie_in_it() -> None:
    recording = walk(PAIR)
    (stream,) = recording.streams
    values = stream.values.copy()
    spoilt = strides()[4].span
    values[round((spoilt.start_s - 0.02) * RATE_HZ) : round((spoilt.start_s + 0.7) * RATE_HZ), 1] = np.nan
    lag = lag_of(told(Recording((stream.with_values(values),)), strides()))
    refused = dict(lag.refused)
    # The second muscle's burst of stride 3 lies in stride 4, where its channel is refused.
    assert "right vastus lateralis is refused" in refused[3] and lag.mean is not None and lag.mean.holds(LAG_S)


def test_in_a_real_walk_the_hamstrings_end_the_swing_before_the_gluteus_begins_the_stance(shared_data: Path) -> None:
    folder = shared_data / "gait-emg"
    found = legato.analyze(legato.read(folder / "walk-13-muscles.csv", folder / "walk-cycles.csv"), "gait").muscles
    assert found is not None and found.between is not None
    order = found.between.orders[0]
    assert order.most_common is None and "none comes first" in order.reason
    pair = next(p for p in order.pairs if {p.first, p.second} == {"semitendinosus", "gluteus maximus"})
    assert pair.first == "semitendinosus" and pair.share is not None and pair.share.low > 0.9
    # By eye the main bursts lie 115 ms apart: 2.346, 3.393, 4.406 s and 2.461, 3.509, 4.521 s.
    by_name = {m.muscle: m for m in found.muscles}
    first, second = (by_name[name] for name in ("semitendinosus", "gluteus_maximus"))
    from legato.muscles.channel_lags import lags_between

    spans = [(rep.rep, next(r.span for r in _reps(folder) if r.index == rep.rep)) for rep in found.lags[0].per_rep]
    lag = lags_between(first, second, spans, strides=True)[0]
    assert lag.mean is not None and lag.mean.holds(0.115) and lag.mean.half_width < 0.02 and lag.n >= 4


def _reps(folder: Path) -> list[RepSpan]:
    times = np.loadtxt(folder / "walk-cycles.csv", delimiter=",", skiprows=1)[:, 0] - 0.014
    return [RepSpan(k, Span(a, b)) for k, (a, b) in enumerate(pairwise(times))]
