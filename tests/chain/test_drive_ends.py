"""Which of a leg drive's two ends is meant, and which gap leads."""

import pytest

from legato.chain.drive_ends import knees_gap, knees_later, led_by_the_first_end
from legato.chain.drive_events import Event
from legato.chain.model import GapResult
from legato.estimate import Estimate


def at(*times_s: float, half_s: float = 0.004) -> dict[int, Event]:
    return {k: Event(Estimate.symmetric(t, half_s, "s"), 0.5 * half_s) for k, t in enumerate(times_s)}


def gap(link: str, gap_s: float | None, *, primary: bool = False) -> GapResult:
    told = None if gap_s is None else Estimate.symmetric(gap_s, 0.01, "s")
    return GapResult(
        link, "elbow", "offset to onset", "elbow_extension_velocity", primary, (0.0, None), "", "D", (), told, 3,
        "ok", "inside", "",
    )  # fmt: skip


def test_how_much_later_the_knees_stop_is_the_mean_over_repetitions_with_the_clocks():
    later = knees_later(at(1.0, 4.0, 7.0), at(1.05, 4.06, 7.07), 0.0, 0.9)
    assert later is not None and later.value == pytest.approx(0.06)
    # Student of three that scatter by 10 ms (2.92 × 10 / √3) and 2 ms that all share
    assert later.half_width == pytest.approx((0.01686**2 + 0.002**2) ** 0.5, rel=0.01)
    loose = knees_later(at(1.0, 4.0, 7.0), at(1.05, 4.06, 7.07), 0.05, 0.9)
    assert loose is not None and loose.half_width > 1.64 * 0.05
    one = knees_later(at(1.0), at(1.05), 0.0, 0.9)
    assert one is not None and one.half_width == pytest.approx(0.004 * 2**0.5)
    assert knees_later({0: Event(reason="no dip")}, at(1.0), 0.0, 0.9) is None


def test_the_end_that_is_surely_first_leads():
    gaps = (gap("leg", 0.02, primary=True), gap("leg_drive", 0.08))
    led, by = led_by_the_first_end(gaps, "elbow", Estimate.symmetric(0.06, 0.01, "s"))
    assert by == "force"
    assert [(g.from_link, g.primary) for g in led] == [("leg_drive", True), ("leg", False)]


@pytest.mark.parametrize("later_s", [0.005, -0.05])
def test_knees_that_are_first_or_alike_lead_as_they_do_without_plates(later_s):
    gaps = (gap("leg", 0.02, primary=True), gap("leg_drive", 0.02 + later_s))
    led, by = led_by_the_first_end(gaps, "elbow", Estimate.symmetric(later_s, 0.01, "s"))
    assert led == gaps and by == "knees"


def test_an_end_that_is_not_timed_does_not_lead():
    gaps = (gap("leg", None, primary=True), gap("leg_drive", 0.02))
    led, by = led_by_the_first_end(gaps, "elbow", None)
    assert by == "force" and led[0].from_link == "leg_drive" and led[0].primary
    gaps = (gap("leg", 0.01, primary=True), gap("leg_drive", None))
    assert led_by_the_first_end(gaps, "elbow", None) == (gaps, "knees")
    assert led_by_the_first_end((gap("leg_drive", None),), "elbow", None)[1] == ""
    assert knees_gap((gap("leg_drive", 0.1),), "elbow") is None
