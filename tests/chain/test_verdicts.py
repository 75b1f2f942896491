"""Bands and verdicts."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legato.chain.gaps import GapParts, SetGap, set_gap
from legato.chain.verdicts import Judgement, band_of, judge, position_of, rep_phase
from legato.estimate import Estimate
from legato.movements.model import GapSpec, Phase, Rep
from legato.recording import Span
from legato.signals import timing

REP = Rep(
    index=0, start_s=0.0, end_s=2.0, complete=True,
    phases=(Phase(name="descent", start_s=0.0, end_s=1.0), Phase(name="ascent", start_s=1.0, end_s=2.0)),
)  # fmt: skip


def _spec(band: str = "order", grade: str | None = "B", **more: Any) -> GapSpec:
    record = {
        "from": "hip",
        "to": "knee",
        "event": "peak",
        "phase": "ascent",
        "band": band,
        "source": "a study",
        "grade": grade,
    }
    return GapSpec.model_validate(record | more)


def _set(value: float, half: float, n: int = 8, fixed: float = 1e-3, spread: float = 5e-3) -> SetGap:
    return SetGap(Estimate.symmetric(value, half, "s"), n, fixed, spread)


def _judge(
    spec: GapSpec, band: tuple[float | None, float | None] | None, found: SetGap, no_band: str = ""
) -> Judgement:
    return judge(spec, band, no_band, found, 0.90, 100.0, 0.05)


@given(st.floats(-0.1, 0.1), st.floats(1e-4, 0.1), st.floats(-0.05, 0.0), st.floats(0.001, 0.05))
def test_ok_only_wholly_inside_and_fault_only_wholly_outside(
    value: float, half: float, low: float, high: float
) -> None:
    found = _judge(_spec("together", band_fraction=0.02), (low, high), _set(value, half))
    if found.verdict == "ok":
        assert low <= value - half
        assert value + half <= high
    elif found.verdict == "fault":
        assert value + half < low or value - half > high
    else:
        assert not (low <= value - half and value + half <= high)
        assert value + half >= low
        assert value - half <= high


def test_an_order_is_a_band_from_zero_up() -> None:
    assert band_of(_spec(), [REP], None) == ((0.0, None), "")
    assert _judge(_spec(), (0.0, None), _set(0.02, 0.01)).verdict == "ok"
    assert _judge(_spec(), (0.0, None), _set(-0.02, 0.01)).verdict == "fault"


def test_together_is_a_share_of_the_phase() -> None:
    spec = _spec("together", band_fraction=0.02, band_phase="descent")
    assert band_of(spec, [REP], None)[0] == pytest.approx((-0.02, 0.02))


def test_own_band_needs_a_baseline_and_is_its_median_with_the_smallest_change() -> None:
    spec = _spec("own", None)
    band, why = band_of(spec, [REP], None)
    assert band is None
    assert "--baseline" in why
    verdict = _judge(spec, None, _set(0.02, 0.01), why)
    assert verdict.verdict == "not-resolvable"
    gaps = [{"gap_s": {"value": v}} for v in (0.01, 0.02, 0.03, 0.02)] + [{"gap_s": None}]
    baseline = {"chain": {"gaps": [{"from": "hip", "to": "knee", "event": "peak", "per_rep": gaps}]}}
    band, _ = band_of(spec, [REP], baseline)
    assert band is not None
    assert band[0] is not None
    # Student's t of three degrees of freedom at 97.5 %, 3.18245 (printed table); four earlier reps against one new one.
    change = 3.18245 * (2e-4 / 3.0) ** 0.5 * (1.0 / 4.0 + 1.0) ** 0.5
    assert band == pytest.approx((0.02 - change, 0.02 + change), rel=1e-5)
    wider, narrower = band, band_of(spec, [REP] * 8, baseline)[0]
    assert narrower is not None
    assert narrower[0] is not None
    assert wider[0] is not None
    assert narrower[0] > wider[0]


@pytest.mark.parametrize("grade", ["N", "X"])
@pytest.mark.parametrize(
    ("value", "position"), [(-0.05, "before"), (0.0, "inside"), (0.05, "after"), (0.018, "unresolved")]
)
def test_without_support_there_is_a_position_and_never_a_fault(grade: str, value: float, position: str) -> None:
    found = _judge(_spec("together", grade, band_fraction=0.02), (-0.02, 0.02), _set(value, 0.01))
    assert (found.verdict, found.position) == ("not-resolvable", position)


def test_an_interval_over_the_edge_of_a_band_without_support_is_said_in_words() -> None:
    found = _judge(_spec("order", "N"), (0.0, None), _set(0.001, 0.01))
    assert found.position == "unresolved"
    assert ", not placed against the band: no source supports this band" in found.reason


def test_an_interval_wider_than_the_band_says_that_ok_is_impossible() -> None:
    found = _judge(_spec("together", band_fraction=0.02), (-0.02, 0.02), _set(0.0, 0.03, spread=0.04))
    assert "ok is impossible" in found.reason
    assert "reps like these would decide" in found.reason


def test_more_reps_are_asked_for_where_they_would_decide_and_not_where_they_cannot() -> None:
    few = _judge(_spec(), (0.0, None), _set(0.01, 0.012, n=4, spread=0.01)).reason
    assert "As far as this spread can tell, about 10 reps like these would decide it." in few
    many = _judge(_spec(), (0.0, None), _set(0.001, 0.012, n=4, spread=0.02)).reason
    assert "more than 100 reps" in many
    fixed = _judge(_spec(), (0.0, None), _set(0.004, 0.012, fixed=0.01))
    assert "No number of reps" in fixed.reason
    # The fixed part is known only roughly, so one just above the distance does not yet rule more reps out.
    near = _judge(_spec(), (0.0, None), _set(0.0095, 0.012, fixed=0.01))
    assert "No number of reps" not in near.reason
    assert "Record a set" in _judge(_spec(), (0.0, None), _set(0.01, 0.012, n=1)).reason


def test_one_rep_says_that_it_is_one() -> None:
    assert "One rep only" in _judge(_spec(), (0.0, None), _set(0.02, 0.01, n=1)).reason


def test_too_few_frames_name_the_rate_that_would_do() -> None:
    found = _judge(_spec(), (0.0, None), SetGap(None, 0, reason=f"hip: 30 {timing.FRAMES}"))
    assert found.verdict == "not-resolvable"
    assert "record at 200 frames a second" in found.reason


def test_each_cause_of_a_refusal_has_its_advice_the_most_common_first_and_a_low_frame_rate_is_named() -> None:
    causes = [timing.EDGE, timing.ALIKE, timing.ALIKE, timing.NOISE]
    found = set_gap([GapParts(reason=f"thorax: {cause}") for cause in causes], 0.90)
    slow, fast = (
        judge(_spec(), (0.0, None), "", found, 0.90, rate, 0.045).reason.partition(f"{timing.ALIKE}; ")[2]
        for rate in (50.0, 100.0)
    )
    at = [fast.find(words) for words in ("less marker noise would tell", "Start the recording earlier", "More markers")]
    assert -1 < at[0] < at[1] < at[2] and "frames a second" not in fast
    named = "50 frames a second are few for this movement, record at 100 or more. "
    assert slow.count(named) == 1 and slow.replace(named, "") == fast
    # Forces and bars have no frames, and a cause that nothing here helps has no advice.
    assert "frames a second" not in judge(_spec(), (0.0, None), "", found, 0.90, 0.0, 0.045).reason
    assert _judge(_spec(), (0.0, None), SetGap(None, 0, reason="it is not timed")).reason.endswith("it is not timed")


@pytest.mark.parametrize(
    ("low", "high", "where"), [(0.0, None, "unresolved"), (None, 0.0, "unresolved"), (-1.0, 1.0, "inside")]
)
def test_position_against_open_bands(low: float | None, high: float | None, where: str) -> None:
    assert position_of(Estimate.symmetric(0.0, 0.5), (low, high)) == where


def test_joined_phases_reach_from_the_first_to_the_last() -> None:
    assert rep_phase(REP, "descent+ascent") == Span(0.0, 2.0)
    assert rep_phase(REP, "descent+flight") is None
