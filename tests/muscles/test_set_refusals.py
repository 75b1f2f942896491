"""Amplitude, references, symmetry, fatigue and synergies: whatever comes in is answered or refused in one line, and
gain and sign change nothing but what they must.
"""

import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from legato.errors import BadInput, NotResolvable
from legato.estimate import Estimate
from legato.muscles.amplitude import amplitude, effective_bandwidth
from legato.muscles.fatigue import frequencies, set_fatigue, trend
from legato.muscles.normalise import (
    Normalised,
    Reference,
    ReferenceTrial,
    largest_reference,
    mean_reference,
    normalise,
    ratio,
)
from legato.muscles.symmetry import amplitude_symmetry, timing_symmetry
from legato.muscles.synergies import extract_synergies, split_half
from legato.recording import FloatArray, Span

from .plain_emg import coloured

RATE = 1000.0
REPS = [Span(0.2, 0.9), Span(1.2, 1.9), Span(2.2, 2.9), Span(3.2, 3.9), Span(3.8, 5.0)]


def fatigue_of(x: ArrayLike, rate: float) -> object:
    return set_fatigue(x, rate, REPS)


def trial_of(x: ArrayLike, rate: float) -> list[ReferenceTrial]:
    return [ReferenceTrial("trial", x, rate, (Span(0.0, 3.0),))]  # pyright: ignore[reportArgumentType]


ONE_CHANNEL: dict[str, Callable[[ArrayLike, float], object]] = {
    "amplitude": amplitude,
    "amplitude of a span": lambda x, rate: amplitude(x, rate, Span(0.5, 1.0)),
    "bandwidth": effective_bandwidth,
    "frequencies": frequencies,
    "fatigue": fatigue_of,
    "mvic": lambda x, rate: largest_reference(trial_of(x, rate)),
    "task peak": lambda x, rate: largest_reference(trial_of(x, rate), "task-peak"),
    "task mean": lambda x, rate: mean_reference(trial_of(x, rate)),
}


def emg(seed: int = 1, seconds: float = 4.0, rate: float = RATE) -> FloatArray:
    return coloured(round(seconds * rate), rate, np.random.default_rng(seed))


def answers(function: Callable[..., object], *given: Any) -> object:
    """What it gives, or None where it refuses in one line that says more than a word."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            return function(*given)
        except (BadInput, NotResolvable) as refusal:
            said = str(refusal)
    assert "\n" not in said
    assert len(said) > 10
    return None


@pytest.mark.parametrize("name", ONE_CHANNEL)
@pytest.mark.parametrize("rate", [0.0, -1.0, np.nan, np.inf])
def test_a_rate_that_is_none_is_bad_input(name: str, rate: float) -> None:
    with pytest.raises(BadInput, match="give the rate at which the EMG was recorded"):
        ONE_CHANNEL[name](emg(), rate)


@pytest.mark.parametrize("name", ONE_CHANNEL)
@pytest.mark.parametrize("x", [np.ones((4000, 2)), np.ones((1, 4000)), np.array(1.0)])
def test_other_than_one_channel_is_bad_input(name: str, x: FloatArray) -> None:
    with pytest.raises(BadInput, match="give one channel"):
        ONE_CHANNEL[name](x, RATE)


@pytest.mark.parametrize("name", ONE_CHANNEL)
def test_what_is_no_number_is_bad_input(name: str) -> None:
    with pytest.raises(BadInput, match="numbers"):
        ONE_CHANNEL[name](["a"] * 4000, RATE)


@pytest.mark.parametrize("name", [name for name in ONE_CHANNEL if name != "fatigue"])
@pytest.mark.parametrize("x", [[], [1.0], np.full(4000, np.nan), np.full(4000, 3.0), np.zeros(4000), np.ones(4000)])
def test_what_holds_no_emg_has_no_number(name: str, x: ArrayLike) -> None:
    with pytest.raises((BadInput, NotResolvable)):
        ONE_CHANNEL[name](x, RATE)


@pytest.mark.parametrize("x", [np.empty(0), np.ones(1), np.full(4000, np.nan), np.zeros(4000)])
def test_every_repetition_of_what_holds_no_emg_is_refused(x: FloatArray) -> None:
    found = set_fatigue(x, RATE, REPS)
    assert not found.reps and [k for k, _ in found.refused] == [0, 1, 2, 3, 4]
    assert found.median_frequency.change is None and "0 repetitions" in found.median_frequency.reason


@pytest.mark.parametrize("name", ONE_CHANNEL)
def test_integers_and_lists_give_what_floats_give(name: str) -> None:
    x = np.round(3000.0 * emg()).astype(np.int16)
    whole = repr(ONE_CHANNEL[name](x.astype(np.float64), RATE))
    assert repr(ONE_CHANNEL[name](x, RATE)) == repr(ONE_CHANNEL[name](x.tolist(), RATE)) == whole


@st.composite
def channels(draw: st.DrawFn) -> tuple[FloatArray, float]:
    """Samples of every kind and scale, with gaps, at rates that recorders have and some that none has."""
    rate = draw(st.one_of(st.sampled_from([1000.0, 1926.0, 2148.0]), st.floats(1e-3, 1e4)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = draw(st.one_of(st.integers(0, 60), st.integers(0, 6000)))
    kind = draw(st.sampled_from(["flat", "noise", "sine", "walk", "spike", "burst"]))
    t = np.arange(n) / rate
    noise = rng.normal(size=n)
    x = {
        "flat": np.ones(n),
        "noise": noise,
        "sine": np.sin(2.0 * np.pi * rng.uniform(0.0, 0.5) * rate * t),
        "walk": np.cumsum(noise),
        "spike": (np.arange(n) == n // 2).astype(np.float64),
        "burst": noise * ((t > 1.0) & (t < 1.5)),
    }[kind] * 10.0 ** draw(st.sampled_from([0, -6, 6, -25, 25, -310, 290]))
    for _ in range(draw(st.integers(0, 3)) if n else 0):
        start = int(rng.integers(0, n))
        x[start : start + int(rng.integers(1, n + 1)) // 3 + 1] = rng.choice([np.nan, np.inf, -np.inf, 0.0])
    return x, rate


@settings(max_examples=60, deadline=None, derandomize=True)
@given(drawn=channels())
def test_any_channel_is_answered_or_refused(drawn: tuple[FloatArray, float]) -> None:
    x, rate = drawn
    before = x.copy()
    for function in ONE_CHANNEL.values():
        answers(function, x, rate)
    np.testing.assert_array_equal(x, before)


EDGES = st.one_of(st.floats(-5.0, 9.0), st.sampled_from([np.nan, np.inf, -np.inf, 1e300]))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(start=EDGES, end=EDGES)
def test_any_span_is_answered_or_refused(start: float, end: float) -> None:
    x, span = emg(), Span(start, end)
    answers(amplitude, x, RATE, span)
    answers(frequencies, x, RATE, span)
    answers(set_fatigue, x, RATE, [span, *REPS])
    for function in (largest_reference, mean_reference):
        answers(function, [ReferenceTrial("trial", x, RATE, (span,))])


@pytest.mark.parametrize("window_s", [0.0, -1.0, np.nan, np.inf])
def test_a_window_without_length_is_bad_input(window_s: float) -> None:
    with pytest.raises(BadInput, match="length in seconds"):
        largest_reference(trial_of(emg(), RATE), window_s=window_s)


@pytest.mark.parametrize("bandwidth_hz", [0.0, -1.0, np.nan, np.inf])
def test_a_bandwidth_that_is_none_is_bad_input(bandwidth_hz: float) -> None:
    with pytest.raises(BadInput, match="effective_bandwidth"):
        amplitude(emg(), RATE, bandwidth_hz=bandwidth_hz)


@settings(max_examples=15, deadline=None, derandomize=True)
@given(seed=st.integers(0, 50), exponent=st.floats(-9.0, 9.0), flip=st.booleans())
def test_gain_and_sign_move_no_frequency_and_no_share(seed: int, exponent: float, flip: bool) -> None:
    gain = (-1.0 if flip else 1.0) * 10.0**exponent
    x, hardest = emg(seed), emg(seed + 100)
    one, two = (set_fatigue(g * x, RATE, REPS) for g in (1.0, gain))
    # A gain rounds every sample by 1e-16 of itself; sums of thousands of them differ by less than 1e-9.
    for a, b in zip(one.reps, two.reps, strict=True):
        assert b.median_frequency.value == pytest.approx(a.median_frequency.value, rel=1e-9)
        assert b.median_frequency.half_width == pytest.approx(a.median_frequency.half_width, rel=1e-9)
        assert b.amplitude.value == pytest.approx(abs(gain) * a.amplitude.value, rel=1e-9)
    assert one.median_frequency.change is not None and two.median_frequency.change is not None
    assert two.amplitude.change is not None and one.amplitude.change is not None
    assert two.amplitude.change.value == pytest.approx(one.amplitude.change.value, rel=1e-6)
    for method in ("mvic", "task-peak"):
        shares = [
            normalise(amplitude(g * x, RATE), largest_reference(trial_of(g * hardest, RATE), method)).value
            for g in (1.0, gain)
        ]
        assert shares[1].value == pytest.approx(shares[0].value, rel=1e-9)
        assert (shares[1].low, shares[1].high) == pytest.approx((shares[0].low, shares[0].high), rel=1e-9)


def test_each_sides_own_gain_moves_no_difference_of_the_sides() -> None:
    rng = np.random.default_rng(8)

    def side(seed: int, gain: float, strength: float) -> list[Normalised | None]:
        reference = largest_reference(trial_of(gain * emg(seed), RATE))
        each = [gain * strength * coloured(1000, RATE, rng) for _ in range(6)]
        return [normalise(amplitude(x, RATE), reference) for x in each]

    state = rng.bit_generator.state
    plain = amplitude_symmetry(side(1, 1.0, 0.6), side(2, 1.0, 0.4))
    rng.bit_generator.state = state
    other = amplitude_symmetry(side(1, -1e-4, 0.6), side(2, 3e-5, 0.4))
    assert other.index.value == pytest.approx(plain.index.value, rel=1e-9)
    assert (other.index.low, other.index.high) == pytest.approx((plain.index.low, plain.index.high), rel=1e-9)
    # 60 against 40 %: 100·20/50, give or take the scatter of two maxima over 0.5 s.
    assert plain.index.holds(40.0) and plain.more == "right"


POSITIVE = st.one_of(st.floats(1e-140, 1e140), st.floats(0.1, 200.0))


@st.composite
def estimates(draw: st.DrawFn) -> Estimate:
    low, value, high = sorted(draw(st.tuples(*[st.one_of(POSITIVE, st.floats(-50.0, 50.0))] * 3)))
    return Estimate(value, low, high, draw(st.sampled_from([0.9, 0.9, 0.9, 0.5])), draw(st.sampled_from(["%", "s"])))


@settings(max_examples=150, deadline=None, derandomize=True)
@given(data=st.data())
def test_any_two_sides_are_compared_or_refused(data: st.DataObject) -> None:
    rows = st.lists(st.one_of(st.none(), estimates()), max_size=5)
    right, left, whole = data.draw(rows), data.draw(rows), data.draw(estimates())
    answers(timing_symmetry, right, left)
    reference = Reference("mvic", whole)
    sides = [[None if e is None else Normalised(e, reference) for e in row] for row in (right, left)]
    answers(amplitude_symmetry, *sides)
    for one, two in zip([e for e in right if e], [e for e in left if e], strict=False):
        answers(ratio, one, two)
        answers(normalise, one, Reference("mvic", two))


def test_levels_and_units_of_the_sides_must_agree() -> None:
    one, wide = Estimate(1.0, 0.9, 1.1, 0.9, "s"), Estimate(1.0, 0.9, 1.1, 0.95, "s")
    with pytest.raises(BadInput, match=r"level 0\.95 was given"):
        timing_symmetry([one], [wide])
    with pytest.raises(BadInput, match=r"level 0\.9 was given and one of level 0\.5|one of 0\.5"):
        timing_symmetry([one], [one], level=0.5)
    with pytest.raises(BadInput, match="in one unit"):
        timing_symmetry([one], [Estimate(1.0, 0.9, 1.1, 0.9, "ms")])
    share, whole = Estimate(50.0, 45.0, 55.0, 0.9, "%"), Estimate(1.0, 0.9, 1.1, 0.95)
    side = Normalised(share, Reference("mvic", whole))
    with pytest.raises(BadInput, match=r"level 0\.95 was given"):
        amplitude_symmetry([side], [side])


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    values=st.lists(st.one_of(POSITIVE, st.sampled_from([0.0, np.nan, np.inf, -1.0])), max_size=7),
    at=st.lists(st.integers(0, 9), max_size=7),
)
def test_any_row_of_values_has_a_trend_or_none(values: list[float], at: list[int]) -> None:
    answers(trend, range(len(values)), values)
    answers(trend, at, values)


def test_a_trend_needs_a_place_for_each_value() -> None:
    with pytest.raises(BadInput, match="4 values at 3 places"):
        trend([0, 1, 2], [1.0, 2.0, 3.0, 4.0])
    with pytest.raises(BadInput, match="4 values at 1 places"):
        trend([2, 2, 2, 2], [1.0, 2.0, 3.0, 4.0])
    with pytest.raises(BadInput, match="no number"):
        trend([0, 1, 2, 3], [1.0, np.nan, 3.0, 4.0])
    wild = trend([0, 1, 2, 3], [1e-90, 1e90, 1e-90, 1e90])
    assert wild.change is None and "without bounds" in wild.reason


def synergies_of(envelopes: ArrayLike, count: int) -> object:
    return extract_synergies(envelopes, [f"m{k}" for k in range(count)], np.random.default_rng(1))


@pytest.mark.parametrize(
    "envelopes",
    [[], [1.0], np.ones(50), np.ones((50, 3)), np.full((80, 4), np.nan), np.zeros((80, 4)), np.ones((80, 4, 2)), "a"],
)
def test_what_is_no_set_of_envelopes_is_bad_input(envelopes: ArrayLike) -> None:
    with pytest.raises(BadInput):
        synergies_of(envelopes, 4)


@pytest.mark.parametrize("rate", [0.0, np.nan, np.inf])
def test_halves_need_a_rate(rate: float) -> None:
    cut = partial(split_half, np.ones((80, 4)), rate, REPS, ["a", "b", "c", "d"], 1, np.random.default_rng(1))
    with pytest.raises(BadInput, match="rate"):
        cut()


@settings(max_examples=12, deadline=None, derandomize=True)
@given(seed=st.integers(0, 99), exponent=st.sampled_from([0, -9, 9, 25, -25, -310, 290]), gap=st.booleans())
def test_any_envelopes_have_synergies_or_a_refusal(seed: int, exponent: int, gap: bool) -> None:
    rng = np.random.default_rng(seed)
    rows = rng.random((60, 4)) * 10.0**exponent * rng.integers(0, 2, size=4 if seed % 3 == 0 else 1)
    if gap:
        rows[int(rng.integers(60))] = rng.choice([np.nan, np.inf])
    answers(synergies_of, rows, 4)
    answers(split_half, rows, 10.0, [Span(0.0, 3.0), Span(3.0, 6.0)] * 2, ["a", "b", "c", "d"], 2, rng)


def test_whole_numbers_have_the_synergies_of_floats() -> None:
    counts = np.random.default_rng(3).integers(0, 900, size=(120, 5)) // 100
    one, two = (extract_synergies(x, list("abcde"), np.random.default_rng(1), number=2) for x in (counts, counts * 1.0))
    np.testing.assert_array_equal(one.weights, two.weights)
