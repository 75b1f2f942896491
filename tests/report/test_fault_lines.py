"""The sentence where no fault was found: amber is not called in order, and what could not be judged is counted."""

from dataclasses import replace

import pytest

from legato.analysis import Analysis
from legato.faults import Finding
from legato.report.fault_lines import none_found, opening

from .fault_records import SQUAT, finding, refused

FAULTS = tuple(SQUAT.values())


def ok(k: int, *steps: str) -> Finding:
    return finding(FAULTS[k], 4.0, 1.0, (None, 8.0), "ok", reps=(), steps=steps)


def unjudged(k: int, resolve: str = "") -> Finding:
    return refused(FAULTS[k], "the markers do not show it", resolve)


@pytest.mark.parametrize(
    ("findings", "said"),
    [
        ((ok(0), ok(1)), "no fault found of the 2 faults looked for."),
        ((ok(0), ok(1, "amber")), "no fault found of the 2 faults looked for, 1 is amber."),
        ((ok(0), ok(1), unjudged(2)), "no fault found; 1 of the 3 faults looked for could not be judged."),
        (
            (ok(0), ok(1, "amber"), unjudged(2)),
            "no fault found; 1 of the 3 faults looked for could not be judged, 1 is amber.",
        ),
        ((ok(0), unjudged(1), unjudged(2)), "2 of the 3 faults looked for could not be judged; 1 is in order."),
        ((ok(0, "amber"), unjudged(1), unjudged(2)), "2 of the 3 faults looked for could not be judged; 1 is amber."),
        (
            (ok(0), ok(1), ok(2, "amber"), *(unjudged(k) for k in range(3, 8))),
            "5 of the 8 faults looked for could not be judged; 2 are in order, 1 is amber.",
        ),
        ((ok(0, "green", "amber"), unjudged(1), unjudged(2)), "could not be judged; 1 is in order."),
    ],
)
def test_what_is_amber_is_not_in_order(squat: Analysis, findings: tuple[Finding, ...], said: str) -> None:
    assert none_found(replace(squat, findings=findings))[0].endswith(said)


def test_an_earlier_set_is_asked_for_of_those_that_could_not_be_judged(squat: Analysis) -> None:
    judged = replace(ok(0), why="9 ms: no --baseline was given, so the default holds")
    findings = (judged, ok(1), unjudged(2, "give an earlier set with --baseline"))
    _, ask = none_found(replace(squat, findings=findings))
    assert ask.startswith("For 1 of those not judged an earlier set of this athlete is missing")


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_where_no_repetition_is_whole_that_comes_first_with_the_reasons(squat: Analysis, count: int) -> None:
    cut = [squat.reps[0].model_copy(update={"index": k, "complete": False, "reason": f"cut {k}"}) for k in range(count)]
    first, second, _ = opening(replace(squat, reps=tuple(cut), findings=()))
    found = "The one rep of back squat that was found is not whole."
    assert first == (found if count == 1 else f"None of the {count} reps of back squat that were found is whole.")
    assert second.startswith("So nothing was judged. Rep 1: cut 0") and "cut 3" not in second
    assert ("and 2 more, below" in second) is (count == 5)
