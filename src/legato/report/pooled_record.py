"""Several athletes' trials pooled, as a record: schema `legato.pooled/1`."""

from collections.abc import Mapping, Sequence
from typing import Any

from legato import __version__
from legato.estimate import Estimate
from legato.evidence.trials.pooled import AthleteTrial, Pooled

SCHEMA = "legato.pooled/1"


def pooled_record(
    found: Pooled,
    trials: Sequence[AthleteTrial],
    movement: str,
    own: Mapping[str, Mapping[str, Any]],
    *,
    simulated: bool = False,
) -> dict[str, Any]:
    """What `legato trial pool` writes. Changes are positive the way that the claim says: shares of the comparator, or
    in the number's unit. `own`: the verdict of each athlete's trial, as its file holds it. `simulated`: the trials were
    made up to try the tool out.
    """
    first, question, verdict = trials[0], trials[0].question, found.verdict
    return {
        "schema": SCHEMA,
        "legato_version": __version__,
        "simulated": simulated,
        "claim": first.claim,
        "outcome": first.outcome,
        "movement": movement,
        "arms": {"A": first.arms[0], "B": first.arms[1]},
        "better": question.better,
        "relative": question.relative,
        "unit": question.unit,
        "effect_of_interest": question.effect_of_interest,
        "level": question.level,
        "verdict": {
            "answer": verdict.answer,
            "reason": verdict.reason,
            "p": found.p,
            "n_athletes": len(found.athletes),
            "n_pairs": verdict.n,
            "more_athletes": verdict.more,
            "carried_by": found.carried_by,
            "notes": list(verdict.notes),
        },
        "mean": _record(found.mean),
        "spread": _record(found.spread),
        "next_athlete": _record(found.next_athlete),
        "athletes": [
            {
                "athlete": one.athlete,
                "pairs": one.pairs,
                "answer": own[one.athlete]["answer"],
                "alone": _ends(own[one.athlete]["change"]),
                "own": _record(one.own),
                "drawn_to_the_others": _record(one.shrunken),
            }
            for one in found.athletes
        ],
        "without": [{"athlete": one.athlete, "mean": _record(one.change), "p": one.p} for one in found.without],
        "left_out": list(found.left_out),
    }


def _record(estimate: Estimate | None) -> Mapping[str, float | str] | None:
    return None if estimate is None else estimate.to_dict()


def _ends(change: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    return None if change is None else {key: change[key] for key in ("value", "low", "high", "unit")}
