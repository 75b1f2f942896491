"""What a request must say before anything is registered."""

import re
import tomllib
from typing import Any

import pytest
from pydantic import ValidationError

from legato.evidence.trials.conditions import conditions
from legato.evidence.trials.model import ALPHA, LEAST_PAIRS
from legato.evidence.trials.registration import Request, blank_request, kept

from .written_trials import asked


def test_the_request_to_fill_in_is_one():
    request = Request.model_validate(tomllib.loads(blank_request()))
    assert request.planned >= LEAST_PAIRS


def test_what_the_commented_lines_of_the_request_show_is_taken():
    text = re.sub(r"^# (\[?[a-z_]+( =|\]|\.))", r"\1", blank_request(), flags=re.MULTILINE)
    request = Request.model_validate(tomllib.loads(text.replace('of = "..."', "").replace("of = ", "of = ")))
    assert request.hypothesis
    assert request.negative_control is not None
    assert request.keep["rest_min"] == 1


def test_a_question_is_asked_in_shares_or_in_the_unit():
    relative = Request.model_validate(asked()).question("m/s")
    assert (relative.relative, relative.effect_of_interest, relative.alpha) == (True, 0.05, ALPHA)
    own = Request.model_validate(asked(outcome={"effect_of_interest": 0.03, "effect_unit": "m/s", "detectable": 0.05}))
    assert (own.question("m/s").relative, own.question("m/s").effect_of_interest) == (False, 0.03)
    assert own.question("m/s").detectable == 0.05


def test_conditions_come_from_the_outcome_and_from_the_request():
    request = Request.model_validate(asked(keep={"load_kg": 1.0, "rest_min": 2, "feedback_off": True}))
    found = kept(request, ("load_kg", "reps", "feedback_off"))
    assert found == {"load_kg": 1.0, "reps": 0.0, "feedback_off": 0.0, "rest_min": 2.0}
    assert kept(Request.model_validate(asked()), ("range_m",)) == {"range_m": conditions()["range_m"].within}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"pairs": 5}, "5 pairs can decide nothing"),
        ({"pairs": 0}, "can decide nothing"),
        ({"pairs": 41}, "more than anybody keeps up"),
        ({"name": "A. Name"}, "use letters"),
        ({"athlete": "../x"}, "use letters"),
        ({"claim": "", "hypothesis": " "}, "asks nothing"),
        ({"claim": "12 %"}, "claim"),
        ({"arms": {"A": "rest", "B": "rest"}}, "the same words"),
        ({"arms": {"A": "", "B": "rest"}}, "say it in words"),
        ({"keep": {"lode_kg": 1.0}}, "did you mean load_kg"),
        ({"keep": {"load_kg": True}}, "takes how far apart"),
        ({"keep": {"load_kg": -1.0}}, "takes how far apart"),
        ({"keep": {"feedback_off": 1.0}}, "all that can be asked"),
        ({"keep": {"range_m": 5.0}}, "write 0.05 for 5 %"),
        ({"looks": (3,)}, "looks are numbers of pairs"),
        ({"pairs": 8, "looks": (8,)}, "looks are numbers of pairs"),
        ({"pairs": 7, "looks": (6,)}, "plan more pairs or fewer looks"),
        ({"washout_h": 48.0, "longest_gap_h": 24.0}, "no second session is ever in time"),
        ({"outcome": {"effect_of_interest": 0.0}}, "greater than 0"),
        ({"outcome": {"effect_of_interest": 120.0}}, "doubled"),
        ({"outcome": {"better": "faster"}}, "higher"),
        ({"alpha": 0.2}, "alpha"),
        ({"stop_pain": 8.0}, "stop_pain"),
        ({"design": "after"}, "design"),
        ({"unknown": 1}, "unknown"),
    ],
)
def test_what_cannot_be_tested_is_refused(changed: dict[str, Any], said: str):
    with pytest.raises(ValidationError, match=re.escape(said)):
        Request.model_validate(asked(**changed))


def test_a_level_that_looks_leave_reachable_is_taken():
    assert Request.model_validate(asked(pairs=12, looks=(8,))).looks == (8,)
