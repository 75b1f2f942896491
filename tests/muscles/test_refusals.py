"""Whatever array comes in, the functions of this room answer or refuse in one line; they neither crash nor warn."""

import warnings
from collections.abc import Callable
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from legato.errors import BadInput, NotResolvable
from legato.muscles import (
    CausalEnvelope,
    activation_lags,
    causal_envelope,
    condition,
    detect_bursts,
    examine_channels,
    examine_spans,
    linear_envelope,
    moving_rms,
    recognise,
    teager_kaiser,
)
from legato.muscles.amplitude import amplitude, effective_bandwidth
from legato.recording import FloatArray, Span

RATE = 2000.0


def gate(x: ArrayLike, rate: float) -> object:
    """The quality gate on one channel, or on what is given where that has two dimensions."""
    columns = np.asarray(x)
    return examine_channels(columns[:, None] if columns.ndim == 1 else columns, rate)


def gate_of_spans(x: ArrayLike, rate: float) -> object:
    columns = np.asarray(x)
    return examine_spans(columns[:, None] if columns.ndim == 1 else columns, rate, [Span(0.0, 0.15), Span(0.1, 5.0)])


def lags(x: ArrayLike, rate: float) -> object:
    return activation_lags(x, x, rate, [(0.0, 1.0)])


ONE_CHANNEL: dict[str, Callable[[ArrayLike, float], object]] = {
    "detect_bursts": detect_bursts,
    "activation_lags": lags,
    "amplitude": amplitude,
}
ANY: dict[str, Callable[[ArrayLike, float], object]] = {
    "condition": condition,
    "linear_envelope": linear_envelope,
    "moving_rms": moving_rms,
    "causal_envelope": causal_envelope,
}
GATE: dict[str, Callable[[ArrayLike, float], object]] = {"gate": gate, "gate_of_spans": gate_of_spans}

ONES = np.ones(4000)
EMPTY, MISSING, SHORT, CUBE = np.empty(0), np.full(4000, np.nan), np.ones(399), np.ones((4000, 2, 2))
TWO_CHANNELS = np.ones((4000, 2))


@pytest.mark.parametrize("name", [*ONE_CHANNEL, *ANY, *GATE])
@pytest.mark.parametrize(
    ("x", "rate"),
    [(EMPTY, RATE), (ONES, 0.0), (ONES, -1.0), (ONES, np.nan), (ONES, np.inf), (SHORT[:0], RATE), (CUBE, RATE)],
)
def test_what_is_no_emg_is_refused_everywhere(name: str, x: FloatArray, rate: float) -> None:
    with pytest.raises(BadInput, match="give") as refusal:
        (ONE_CHANNEL | ANY | GATE)[name](x, rate)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("name", [*ONE_CHANNEL, *ANY])
@pytest.mark.parametrize("x", [MISSING, SHORT[:90]])
def test_missing_and_short_channels_are_refused(name: str, x: FloatArray) -> None:
    with pytest.raises((BadInput, NotResolvable)):
        (ONE_CHANNEL | ANY)[name](x, RATE)


def test_a_missing_channel_is_refused_by_the_gate_in_words() -> None:
    (found,) = examine_channels(MISSING[:, None], RATE)
    assert not found.usable and "never recorded" in found.reasons[0]


@pytest.mark.parametrize("name", ONE_CHANNEL)
def test_two_channels_are_refused_where_one_is_asked(name: str) -> None:
    with pytest.raises(BadInput, match="give one channel"):
        ONE_CHANNEL[name](TWO_CHANNELS, RATE)


NO_NUMBERS: dict[str, Any] = {
    "complex": ONES + 0j,
    "yes or no": ONES > 0.0,
    "text": ONES.astype(str),
    "objects": ONES.astype(object),
    "a list with None": [1.0, None] * 2000,
    "dates": np.arange(4000).astype("datetime64[s]"),
    "rows of different length": [[1.0, 2.0], [3.0]],
    "nothing": None,
}


@pytest.mark.parametrize("kind", NO_NUMBERS)
@pytest.mark.parametrize("name", [*ONE_CHANNEL, *ANY, "examine_channels", "teager_kaiser", "push"])
def test_samples_that_are_no_numbers_are_refused(name: str, kind: str) -> None:
    functions = (
        ONE_CHANNEL
        | ANY
        | {
            "examine_channels": lambda x, rate: examine_channels(np.atleast_2d(x) if kind == "text" else x, rate),
            "teager_kaiser": lambda x, _rate: teager_kaiser(x),
            "push": lambda x, rate: CausalEnvelope(rate).push(x),
        }
    )
    with pytest.raises(BadInput, match="not all numbers; give an array of integers or floats"):
        functions[name](NO_NUMBERS[kind], RATE)


@pytest.mark.parametrize("rate", [None, "2000", 2000 + 0j, np.array([2000.0, 2000.0]), True, [2000.0]])
@pytest.mark.parametrize("name", [*ONE_CHANNEL, *ANY, *GATE, "CausalEnvelope"])
def test_what_is_no_rate_is_refused(name: str, rate: Any) -> None:
    functions = ONE_CHANNEL | ANY | GATE | {"CausalEnvelope": lambda _x, rate: CausalEnvelope(rate)}
    with pytest.raises(BadInput, match=r"the sampling rate is .*; give a number"):
        functions[name](ONES, rate)


def test_a_masked_sample_is_a_missing_one() -> None:
    x = np.random.default_rng(51).normal(size=4000)
    hidden = np.arange(4000) // 100 == 7
    ours, theirs = (
        condition(given, RATE).values for given in (np.ma.array(x, mask=hidden), np.where(hidden, np.nan, x))
    )
    np.testing.assert_array_equal(ours, theirs)
    assert np.isnan(ours[700:800]).all() and np.isfinite(ours).any()


def test_energy_of_nothing_seen_or_of_a_cube_is_refused() -> None:
    with pytest.raises(BadInput, match="every EMG sample is missing"):
        teager_kaiser(MISSING)
    with pytest.raises(BadInput, match=r"give \(samples,\) or"):
        teager_kaiser(CUBE)


@pytest.mark.parametrize(
    "reps", [None, [("a", "b")], (0.0, 1.0), [(0.0, 1.0, 2.0)], [(0.0, np.inf)], [(1.0, 0.5)], [(0.0, 1.0), (2.0,)]]
)
def test_repetitions_that_are_no_pairs_of_times_are_refused(reps: Any) -> None:
    with pytest.raises(BadInput, match="give start and end"):
        activation_lags(ONES, ONES, RATE, reps)


@pytest.mark.parametrize("span", [Span(np.nan, 1.0), Span(0.0, np.inf)])
def test_a_span_without_two_ends_is_refused(span: Span) -> None:
    with pytest.raises(BadInput, match="no two ends; give start and end"):
        examine_spans(ONES[:, None], RATE, [span])


def test_times_that_do_not_fit_the_samples_are_refused() -> None:
    with pytest.raises(BadInput, match="give the time of each sample"):
        examine_spans(ONES[:, None], RATE, [Span(0.0, 1.0)], time_s=np.arange(10.0))


def test_an_unknown_way_with_heartbeats_is_refused() -> None:
    with pytest.raises(BadInput, match="give template, high-pass or keep"):
        condition(ONES, RATE, heart=cast(Any, "subtract"))


def test_one_text_is_no_list_of_names() -> None:
    with pytest.raises(BadInput, match="give a list of names"):
        recognise("VL")


@pytest.mark.parametrize("name", [*ANY, *GATE, "detect_bursts", "amplitude"])
def test_integers_give_what_floats_give(name: str) -> None:
    rng = np.random.default_rng(50)
    x = np.round(3000.0 * rng.normal(size=6000)).astype(np.int16)
    function = (ONE_CHANNEL | ANY | GATE)[name]
    assert repr(function(x, RATE)) == repr(function(x.astype(np.float64), RATE))


@st.composite
def arrays(draw: st.DrawFn) -> tuple[FloatArray, float]:
    """Samples of every kind that a recorder, a file or a bug could give, and a rate."""
    rate = draw(st.one_of(st.sampled_from([200.0, 1000.0, 1926.0, 2000.0, 2148.0]), st.floats(200.0, 10000.0)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = draw(st.one_of(st.integers(0, 60), st.integers(0, int(3.0 * rate))))
    kind = draw(st.sampled_from(["zeros", "flat", "bit", "noise", "sine", "walk", "swings", "spikes", "railed"]))
    t = np.arange(n) / rate
    noise = rng.normal(size=n)
    x = {
        "zeros": lambda: np.zeros(n),
        "flat": lambda: np.ones(n),
        "bit": lambda: (noise > 0).astype(np.float64),
        "noise": lambda: noise,
        "sine": lambda: np.sin(2 * np.pi * rng.uniform(1.0, 0.5 * rate) * t),
        "walk": lambda: np.cumsum(noise),
        "swings": lambda: np.exp(-(((t % 1.1 - 0.5) / 0.05) ** 2)) * np.sin(2 * np.pi * rng.uniform(5, 25) * t),
        "spikes": lambda: np.where(rng.random(n) < 0.001, 1.0, 0.0),
        "railed": lambda: np.where(np.cumsum(noise) > 0, 3299.9, -3299.9),
    }[kind]()
    x = x * 10.0 ** draw(st.sampled_from([0, 0, 0, -6, 6, -20, 20, -310, 290]))
    for _ in range(draw(st.integers(0, 3)) if n else 0):
        start = int(rng.integers(0, n))
        x[start : start + int(rng.integers(1, n + 1)) // 3 + 1] = rng.choice(
            [np.nan, np.inf, -np.inf, 0.0, float(x[0])]
        )
    return x, rate


def answers(function: Callable[[ArrayLike, float], object], x: FloatArray, rate: float) -> str:
    """What it gives, or its refusal in one line."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            return repr(function(x, rate))
        except (BadInput, NotResolvable) as refusal:
            said = str(refusal)
    assert "\n" not in said
    return said


FUZZED: dict[str, Callable[[ArrayLike, float], object]] = (
    ANY
    | GATE
    | ONE_CHANNEL
    | {"amplitude": amplitude, "bandwidth": effective_bandwidth, "energy": lambda x, _rate: teager_kaiser(x)}
)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(drawn=arrays())
def test_any_array_is_answered_or_refused(drawn: tuple[FloatArray, float]) -> None:
    for function in FUZZED.values():
        answers(function, *drawn)


@pytest.mark.slow
@settings(max_examples=400, deadline=None, derandomize=True)
@given(drawn=arrays())
def test_many_arrays_are_answered_alike_twice(drawn: tuple[FloatArray, float]) -> None:
    x, rate = drawn
    before = x.copy()
    for function in FUZZED.values():
        assert answers(function, x, rate) == answers(function, x, rate)
        np.testing.assert_array_equal(x, before)
