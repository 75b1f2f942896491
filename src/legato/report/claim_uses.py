"""Where Legato leans on a claim: windows, faults, drills, courses, warm-ups, rules and layers that name it."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from legato.evidence.claims import Claim, OwnResult


def uses() -> Mapping[str, tuple[str, ...]]:
    """By claim, what names it, as `window w-pec`; none that nothing names."""
    found: dict[str, list[str]] = {}
    for what, name in _named():
        if name:
            found.setdefault(name, []).append(what)
    return {name: tuple(dict.fromkeys(what)) for name, what in sorted(found.items())}


@cache
def _named() -> tuple[tuple[str, str], ...]:
    return tuple(_all())


def _all() -> Iterator[tuple[str, str]]:
    from legato.coaching.catalogue import curricula, drills, warm_ups
    from legato.coaching.plan.rules import rules
    from legato.coaching.priming.catalogue import protocols
    from legato.coaching.progress import progress_rules
    from legato.faults.catalogue import fault_entries
    from legato.movements import load_movement, movement_ids

    for movement in movement_ids():
        yield from ((f"window {window.id}", window.claim) for window in load_movement(movement).windows)
    for entry in fault_entries().values():
        yield from ((f"fault {fault.id}", fault.claim) for fault in (entry.fault, *entry.variants.values()))
    yield from ((f"drill {name}", drill.claim) for name, drill in drills().items())
    yield from ((f"course {name}", course.claim) for name, course in curricula().items())
    yield from ((f"warm-up {name}", warm_up.claim) for name, warm_up in warm_ups().items())
    yield from ((f"priming {name}", protocol.claim) for name, protocol in protocols().items())
    yield from ((f"rule {name}", rule.claim) for name, rule in rules().items())
    yield from ((f"layer {gate.stage}", gate.claim) for gate in progress_rules().stages)


def claim_record(claim: Claim, own: OwnResult | None = None) -> dict[str, Any]:
    """A claim as JSON: its fields, its grade in short and in words, what leans on it, and the own result if any."""
    return claim.model_dump(mode="json") | {
        "grade": claim.grade,
        "grade_words": claim.grade_words,
        "grade_reason": claim.graded.reason,
        "used_by": list(uses().get(claim.id, ())),
        "user_result": None if own is None else own_record(own),
    }


def own_record(own: OwnResult) -> dict[str, Any]:
    """What an own trial found, as JSON."""
    return {
        "n": own.n,
        "answer": own.answer,
        "reason": own.reason,
        "estimate": None if own.estimate is None else own.estimate.to_dict(),
        "rope": [-own.rope, own.rope],
        "detectable": own.detectable,
        "relative": own.relative,
        "unit": own.unit,
    }
