"""What an own trial says is shown beside a claim as the trial told it."""

from legato.estimate import Estimate
from legato.evidence.claims import own_result
from legato.evidence.trials.model import Question, Verdict


def test_an_own_result_keeps_what_the_trial_fixed_and_found():
    question = Question(effect_of_interest=0.05, better="higher", pairs=8, relative=True, detectable=0.03)
    change = Estimate(value=0.12, low=0.08, high=0.16, unit="1")
    own = own_result(question, Verdict("supports", "the whole interval lies above", change, p=0.008, n=8))
    assert (own.n, own.answer, own.estimate) == (8, "supports", change)
    assert (own.rope, own.detectable, own.relative) == (0.05, 0.03, True)


def test_a_trial_that_could_not_measure_leaves_the_estimate_open():
    question = Question(effect_of_interest=10.0, better="lower", pairs=6, unit="ms")
    own = own_result(question, Verdict("not-measurable", "no session shows the number", None, p=None, n=0))
    assert own.estimate is None and own.unit == "ms"
