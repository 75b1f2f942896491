"""Pads on a dowel: known stretches without load come back, and what cannot be read is said."""

from collections.abc import Mapping

import numpy as np
import pytest

from legato.movements.dowel import DowelResult
from legato.movements.dowel_pads import pads_of_trial
from legato.movements.model import Rep
from legato.recording import FloatArray, Recording, Stream

NAMES = {"head": "dowel_head", "mid-back": "Dowel Mid-Back", "sacrum": "DOWEL_SACRUM"}
REPS = tuple(
    Rep(index=k, start_s=1.5 + 4.0 * k, end_s=4.5 + 4.0 * k, complete=True, phases=(), marks={}) for k in range(5)
)


def loads(rate_hz: float, volts: float = 2.0, noise: float = 0.02) -> tuple[FloatArray, dict[str, FloatArray]]:
    """Times, and three pads that are pressed a little more or less from 0.3 s on, when the dowel is laid on."""
    t = np.arange(0.0, 22.0, 1.0 / rate_hz)
    rng = np.random.default_rng(3)
    return t, {
        name: (t >= 0.3) * volts * (1.0 + 0.2 * np.sin(0.7 * t + k)) + noise * rng.standard_normal(t.size)
        for k, name in enumerate(NAMES)
    }


def read(pads: Mapping[str, FloatArray], rate_hz: float) -> DowelResult | None:
    stream = Stream(
        "pads", "analog", np.column_stack(list(pads.values())), rate_hz, tuple(NAMES[p] for p in pads),
        ("V",) * len(pads),
    )  # fmt: skip
    return pads_of_trial(Recording(streams=(stream,)), REPS)


@pytest.mark.parametrize("rate_hz", [60.0, 250.0, 1000.0])
@pytest.mark.parametrize("seconds", [0.25, 0.8])
def test_a_pad_without_load_is_off_for_as_long_as_it_was(rate_hz: float, seconds: float) -> None:
    t, pads = loads(rate_hz)
    for rep in REPS:
        pads["sacrum"][np.abs(t - rep.start_s - 1.0) < 0.5 * seconds] = 0.01
    found = read(pads, rate_hz)
    assert found is not None and found.by == "pads"
    for rep in REPS:
        row = found.contacts["sacrum"][rep.index]
        # the low-pass and the sampling move each edge by some hundredths of a second
        assert row.size is not None and row.size.value == pytest.approx(seconds, abs=0.05)
        assert row.size.holds(seconds) and row.size.half_width < 0.08
        assert row.opens is not None and row.opens.value == pytest.approx(1.0 - 0.5 * seconds, abs=0.04)
        assert row.opens.holds(1.0 - 0.5 * seconds)
        assert found.kept[rep.index].value == pytest.approx(100.0 * (1.0 - seconds / 3.0), abs=2.0)
        assert found.kept[rep.index].holds(100.0 * (1.0 - seconds / 3.0))
        assert found.first[rep.index] == "sacrum"
        assert all(found.contacts[name][rep.index].size.value == 0.0 for name in ("head", "mid-back"))  # type: ignore[union-attr]
    assert {"dowel_pads_contact", "dowel_pads_sacrum_off", "dowel_pads_sacrum_opens"} <= found.metrics(0).keys()


def test_pads_that_stay_pressed_keep_three_contacts() -> None:
    found = read(loads(100.0)[1], 100.0)
    assert found is not None and found.first == {}
    assert all(kept.low == kept.value == kept.high == 100.0 for kept in found.kept.values())


@pytest.mark.parametrize("offset", [0.1, 0.2, 0.4, 1.0])
@pytest.mark.parametrize("laid_on", [True, False])
def test_a_pad_that_does_not_read_zero_without_load_never_surely_keeps_its_contact(
    offset: float, laid_on: bool
) -> None:
    t, pads = loads(100.0)
    for rep in REPS:
        pads["sacrum"][np.abs(t - rep.start_s - 1.0) < 0.5] = 0.0
    if not laid_on:
        pads["sacrum"][t < 0.3] = 2.0
    pads["sacrum"] += 2.0 * offset
    found = read(pads, 100.0)
    assert found is not None
    for row in found.contacts["sacrum"]:
        assert row.size.holds(1.0) if row.size is not None else "never seen without load" in row.reason
    assert all(kept.low <= 100.0 * (1.0 - 1.0 / 3.0) for kept in found.kept.values())


def test_pads_that_were_never_seen_without_load_are_not_judged() -> None:
    t, pads = loads(100.0)
    for pad in pads.values():
        pad[t < 0.3] = 2.0
    found = read(pads, 100.0)
    assert found is not None and found.kept == {} and found.first == {}
    assert all("never seen without load" in row.reason for rows in found.contacts.values() for row in rows)


def test_a_load_that_hovers_about_the_limit_is_one_stretch_with_a_wide_interval() -> None:
    t, pads = loads(100.0)
    low = np.abs(t - REPS[0].start_s - 1.0) < 0.5
    pads["head"][low] = 2.0 * (0.10 + 0.03 * np.sin(2.0 * np.pi * 8.0 * t[low]))
    found = read(pads, 100.0)
    assert found is not None
    size = found.contacts["head"][0].size
    assert size is not None and size.low < 0.1 and size.value == pytest.approx(1.0, abs=0.1) and size.high >= 1.0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda x: 0.0 * x + 1.7, "reads the same all the time"),
        (lambda x: 0.01 * (x - x[x > 1.0].mean()), "not loaded in standing"),
        (lambda x: 0.0 * x - 1.0, "not loaded in standing"),
    ],
)
def test_a_pad_that_tells_nothing_is_refused(change, said: str) -> None:  # type: ignore[no-untyped-def]
    _, pads = loads(100.0)
    pads["mid-back"] = change(pads["mid-back"])
    found = read(pads, 100.0)
    assert found is not None and found.kept == {}
    assert all(said in row.reason and row.size is None for row in found.contacts["mid-back"])
    assert all(row.size is not None for row in found.contacts["head"])


def test_a_pad_that_was_not_read_refuses_its_repetition() -> None:
    t, pads = loads(100.0)
    pads["head"][np.abs(t - REPS[2].start_s - 1.0) < 0.4] = np.nan
    found = read(pads, 100.0)
    assert found is not None
    assert [row.size is None for row in found.contacts["head"]] == [False, False, True, False, False]
    assert found.kept[2].high == 100.0 and found.kept[2].low < 80.0


def test_a_pad_that_is_read_too_seldom_or_is_not_there_is_refused() -> None:
    _, pads = loads(20.0)
    found = read(pads, 20.0)
    assert found is not None and "20 times a second" in found.contacts["head"][0].reason
    found = read({"head": loads(100.0)[1]["head"]}, 100.0)
    assert found is not None and found.kept == {}
    assert {row.reason for row in found.contacts["sacrum"]} == {"no pad lies there"}
    assert pads_of_trial(Recording(streams=()), REPS) is None
