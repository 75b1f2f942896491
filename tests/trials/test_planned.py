"""What a trial takes and can find, told before it is registered."""

from typing import Any

import pytest

from legato.evidence.trials.registration import Request
from legato.trials.planned import days_of, takes_lines, weeks_of

from ..evidence.trials.written_trials import asked

DOSES: dict[str, Any] = {
    "pairs": None, "arms": None, "design": "doses", "claim": "C01",
    "doses": {"blocks": 12, "band_ms": [80.0, 120.0], "id": "window", "of": "w-pec"},
    "negative_control": {"id": "bar-mean-velocity", "why": "it should stay"},
}  # fmt: skip
PHASES: dict[str, Any] = {"pairs": None, "design": "abab", "phases": {"sessions": 18}}


@pytest.mark.parametrize(
    ("days", "a_week", "washout_h", "weeks"),
    [
        (16, 2, 48.0, 8),  # the 16th on the second day of the eighth week
        (16, 1, 48.0, 16),
        (16, 3, 48.0, 6),  # five whole weeks and one day
        (16, 6, 48.0, 5),  # every second day: day 31
        (12, 2, 48.0, 6),
        (6, 2, 336.0, 11),  # two weeks between sessions: day 71
        (1, 1, 48.0, 1),
        (8, 7, 0.0, 2),
    ],
)
def test_weeks_are_counted_on_a_calendar(days: int, a_week: float, washout_h: float, weeks: int):
    assert weeks_of(days, a_week, washout_h) == weeks


def lines(a_week: float | None = None, **changed: Any) -> str:
    return "\n".join(takes_lines(Request.model_validate(asked(**changed)), a_week))


def test_pairs_are_two_sessions_each():
    said = lines(pairs=8)
    assert "16 sessions, at least 48 h apart: 8 pairs, each with one of A and one of B" in said
    assert "16 weeks at 1 day a week, 8 weeks at 2 days a week" in said and "6 weeks at 3 days a week" in said
    assert "comes again: up to 2 pairs" in said and "plan" not in said
    assert "5 weeks at 4 days a week, as this athlete's plan has" in lines(4.0, pairs=8)
    assert "comes again" not in lines(pairs=8, replacements=0) and "apart" not in lines(washout_h=0.0)


def test_a_block_of_cued_lags_is_one_day_of_sets():
    request = Request.model_validate(asked(**DOSES))
    assert days_of(request) == 12
    said = "\n".join(takes_lines(request, 2.0))
    assert "60 sets on 12 days, at least 48 h apart: a block a day, each of 5 cued lags once" in said
    assert "6 weeks at 2 days a week, as this athlete's plan has" in said and "up to 2 blocks" in said


def test_phases_go_on_with_time():
    said = lines(**PHASES)
    assert "18 sessions, at least 48 h apart" in said and "comes again" not in said
    many = PHASES | {
        "design": "multiple-baseline",
        "phases": {"sessions": 18, "series": ["push-press", "bench-press", "back-squat"]},
    }
    assert "54 sessions" in lines(**many)
