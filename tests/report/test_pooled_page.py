"""The page of pooled trials: the sentence, a forest with every athlete, and whom the answer hangs on."""

import copy
from typing import Any

import numpy as np
import pytest

from legato.estimate import Estimate
from legato.evidence.trials.model import Pair, Question
from legato.evidence.trials.pooled import AthleteTrial, pool
from legato.report.pooled_page import pooled_html, pooled_sentence
from legato.report.pooled_record import pooled_record


@pytest.fixture(scope="module")
def record() -> dict[str, Any]:
    """Six athletes whose true change is 8 %, eight pairs each, sessions that vary by 2 %."""
    rng = np.random.default_rng(5)
    question = Question(0.05, "higher", 8, relative=True, unit="m/s")

    def session(mean: float) -> Estimate:
        return Estimate.symmetric(mean * (1.0 + 0.02 * rng.normal()), 0.01, "m/s")

    trials = [
        AthleteTrial(
            f"athlete-{k}", "C02", "mean propulsive velocity of the bar", ("light swings", "rest"), question,
            tuple(Pair("A" if n % 2 else "B", session(0.54), session(0.50)) for n in range(8)),
        )
        for k in range(1, 7)
    ]  # fmt: skip
    change = {"value": 0.08, "low": 0.06, "high": 0.10, "unit": "", "level": 0.9}
    own = {one.athlete: {"answer": "supports", "change": change} for one in trials}
    return pooled_record(pool(trials), trials, "bench-press", own)


def test_the_sentence_tells_athletes_pairs_and_the_mean(record: dict[str, Any]):
    said = pooled_sentence(record)

    assert record["verdict"]["answer"] == "supports"
    assert said.startswith("In 6 athletes (48 pairs in random order) mean propulsive velocity of the bar was ")
    assert "higher on average with “light swings” than with “rest”" in said
    assert f"{100 * record['mean']['value']:.1f} %" in said


@pytest.mark.parametrize(
    ("answer", "told"),
    [("contradicts", "would matter"), ("inconclusive", "do not decide"), ("not-measurable", "cannot tell")],
)
def test_other_answers_do_not_say_that_anything_differed(record: dict[str, Any], answer: str, told: str):
    other = copy.deepcopy(record)
    other["verdict"]["answer"] = answer
    said = pooled_sentence(other)

    assert told in said
    assert "higher on average" not in said


def test_the_forest_holds_each_athlete_the_mean_and_one_more(record: dict[str, Any]):
    page = pooled_html(record)

    for k in range(1, 7):
        assert page.count(f">athlete-{k}<") == 2  # in the forest and in the table
        assert f"without athlete-{k}" in page
    assert "one more athlete" in page
    assert page.count("+8.0 % (6.0 to 10.0), supports") == 6
    assert "5 % and more would matter" in page


def test_whom_it_hangs_on_is_told(record: dict[str, Any]):
    other = copy.deepcopy(record)
    other["verdict"]["carried_by"] = "athlete-3"

    assert "Without athlete-3 the answer would be another." in pooled_html(other)


def test_names_cannot_write_into_the_page(record: dict[str, Any]):
    other = copy.deepcopy(record)
    other["athletes"][0]["athlete"] = other["without"][0]["athlete"] = "<script>x</script>"

    assert "<script>" not in pooled_html(other)
