"""A window repeats the gap of the links it names, and says why where it names none."""

import pytest

from legato.chain.model import GapResult
from legato.chain.muscle_windows import NO_EMG
from legato.chain.windows import NO_WIDTH, judge_windows
from legato.estimate import Estimate
from legato.movements import load_movement


def _gap(first: str, second: str, event: str) -> GapResult:
    return GapResult(
        from_link=first,
        to_link=second,
        event=event,
        quantity="",
        primary=True,
        band_s=(-0.02, 0.02),
        source="",
        grade="C",
        per_rep=(),
        set_s=Estimate(0.01, 0.0, 0.02),
        n=5,
        verdict="ok",
        position="inside",
        reason="the whole interval lies inside",
    )


def test_a_window_of_joint_events_is_the_gap_of_its_links_at_its_event() -> None:
    specs = load_movement("back-squat").windows
    gap = _gap("hip", "knee", "zero")
    judged = {w.id: w for w in judge_windows(specs, [_gap("hip", "knee", "peak"), gap])}
    assert judged["w-bottom"].gap is gap
    assert (judged["w-bottom"].verdict, judged["w-bottom"].position) == ("ok", "inside")
    assert judged["w-bottom"].band_s == (-0.02, 0.02)


@pytest.mark.parametrize("gaps", [[], [_gap("knee", "hip", "zero")], [_gap("hip", "knee", "peak")]])
def test_without_that_very_gap_a_window_is_not_judged(gaps: list[GapResult]) -> None:
    judged = {w.id: w for w in judge_windows(load_movement("back-squat").windows, gaps)}
    assert judged["w-bottom"].verdict == "not-resolvable"
    assert "hip to knee" in judged["w-bottom"].reason
    assert judged["w-pec"].reason == NO_EMG
    assert judged["w-pec"].band_s == (0.080, 0.120)


def test_a_band_without_width_says_that_nothing_can_decide_it() -> None:
    (drive, *_) = judge_windows(load_movement("jerk").windows, [])
    assert (drive.id, drive.verdict, drive.reason) == ("w-drive", "not-resolvable", NO_WIDTH)
    assert drive.gap is None


def test_a_window_without_width_tells_what_was_measured_and_gives_no_verdict() -> None:
    gaps = [_gap("leg", "elbow", "offset to onset"), _gap("leg_drive", "elbow", "offset to onset")]
    found = [w for w in judge_windows(load_movement("jerk").windows, gaps) if w.id == "w-drive"]
    assert [w.from_event for w in found] == ["end of leg drive (by the knees)", "end of leg drive (on the plates)"]
    for window, gap in zip(found, gaps, strict=True):
        assert window.gap is gap
        assert window.verdict == "not-resolvable"
        assert NO_WIDTH in window.reason
