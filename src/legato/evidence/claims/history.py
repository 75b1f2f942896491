"""Gradings are only ever added: each carries a seal, made of itself and of the seal before it."""

import hashlib
import json

from legato.evidence.claims.model import Claim, Grading


def seal_of(claim: str, grading: Grading, before: str) -> str:
    """The sha256 of a grading of a claim, with the seal of the grading before it (empty for the first)."""
    parts = [[part.grade, part.about] for part in grading.parts]
    record = [claim, before, grading.on.isoformat(), parts, grading.reason]
    return hashlib.sha256(json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def broken_seal(claim: Claim) -> tuple[int, str] | None:
    """The first grading that does not hold, by number, and what is wrong and what to do; None where all hold.

    A seal that is missing, days out of order, and whatever was changed after it was sealed.
    """
    before = ""
    for k, grading in enumerate(claim.gradings):
        if k and grading.on < claim.gradings[k - 1].on:
            return k, f"is of {grading.on}, before the one above it; new gradings go below, with the day they were made"
        seal = seal_of(claim.id, grading, before)
        if grading.seal is None and k == len(claim.gradings) - 1:
            return k, f'has no seal yet; once it says what it should, write seal = "{seal}"'
        if grading.seal != seal:
            return k, (
                "was changed after it was sealed; put back what it said, and tell what is new in a further"
                " [[claims.gradings]] below it"
            )
        before = seal
    return None
