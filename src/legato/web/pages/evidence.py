"""The evidence: claims with grade and reason, what literature says, what one's own data say."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import select

from legato.coaching.priming.catalogue import protocols
from legato.errors import BadInput, NotResolvable
from legato.evidence.claims import Claim, claims
from legato.evidence.claims.model import GRADES
from legato.report.claim_uses import uses
from legato.report.claim_words import facts, grading_words, how_to_test, source_words
from legato.report.trial_page import verdict_facts
from legato.report.trial_words import ANSWERS, CSS, SIGNS, Record, coach_sentence
from legato.report.words import sentence
from legato.store import Catalogue
from legato.store.rows import AthleteRow, TrialOfOneRow
from legato.trials.moves import judged_record
from legato.trials.pool import pool_trials, pooled_lines
from legato.trials.words import state_lines
from legato.web.deps import Kept, Rows
from legato.web.marked import address_of
from legato.web.render import page
from legato.web.trial_desk import journal_of, key_of, looked_into, pseudonym, without_path

routes = APIRouter(include_in_schema=False)


@routes.get("/evidence")
def evidence(request: Request, rows: Rows, kept: Kept, q: str = "") -> HTMLResponse:
    """All claims, and the trials that run."""
    words = q[:100].casefold().split()
    shown = [one for one in claims().values() if all(word in _text(one) for word in words)]
    return page(
        request, "evidence.html", claims=shown, q=q[:100], whole=len(claims()), trials=told_trials(rows, kept),
        grades=GRADES, bases={one.id: _doubtful(one) for one in shown}, primings=list(protocols().values()),
    )  # fmt: skip


@routes.get("/evidence/{claim_id}")
def claim(request: Request, claim_id: str, rows: Rows, kept: Kept) -> HTMLResponse:
    """One claim: its words, the grade and why, the literature, the own data, what leans on it."""
    one = _claim(claim_id)
    athletes = rows.scalars(select(AthleteRow).order_by(AthleteRow.name)).all()
    trials = told_trials(rows, kept, one.id)
    return page(
        request, "claim.html", claim=one, trials=trials, athletes=athletes, facts=facts(one),
        meanings=[(part, GRADES[part.grade]) for part in one.graded.parts],
        gradings=[grading_words(grading) for grading in reversed(one.gradings)],
        sources=[(source, source_words(source)) for source in one.sources],
        uses=_leaning(one.id), test=how_to_test(one.user_test), ended=[t for t in trials if t["ended"]],
    )  # fmt: skip


@routes.get("/evidence/{claim_id}/pooled")
def pooled(request: Request, claim_id: str, rows: Rows, kept: Kept) -> HTMLResponse:
    """What the ended trials of several athletes say together."""
    one = _claim(claim_id)
    ended = [told for told in told_trials(rows, kept, one.id) if told["ended"]]
    names = {told["pseudonym"]: told["athlete"] for told in ended}
    said: Sequence[str] = ()
    why = ""
    try:
        with without_path(kept.trials):
            said = pooled_lines(pool_trials([journal_of(kept, told["row"]) for told in ended]))
    except (BadInput, NotResolvable) as error:
        why = str(error)
        for told in ended:
            why = why.replace(f"{kept.trials}/", "").replace(told["row"].journal, told["row"].name)
    return page(request, "pooled.html", claim=one, said=said, why=why, names=names, ended=ended)


def told_trials(rows: Rows, kept: Catalogue, claim: str = "") -> list[dict[str, Any]]:
    """Every trial, or those of a claim, with how far it is; what it found only once it has ended."""
    found: list[dict[str, Any]] = []
    whole = select(TrialOfOneRow, AthleteRow).join(AthleteRow, AthleteRow.id == TrialOfOneRow.athlete_id)
    for row, athlete in rows.execute(whole.order_by(TrialOfOneRow.created_at.desc())):
        told: dict[str, Any] = {
            "row": row, "athlete": athlete, "pseudonym": pseudonym(athlete), "claim": "", "ended": False, "said": "",
            "answer": None, "facts": (), "notes": (),
        }  # fmt: skip
        try:
            trial, journal = looked_into(kept, row)
            if claim and trial.request.claim != claim:
                continue
            told |= {"claim": trial.request.claim, "ended": trial.closed is not None, "said": state_lines(trial)[0]}
            if trial.closed is not None:
                told |= _found(judged_record(journal, key_of(kept, row)), pseudonym(athlete), athlete.name)
        except (BadInput, NotResolvable) as error:
            if claim and told["claim"] != claim:
                continue
            told["said"] = str(error)
        found.append(told)
    return found


def _found(record: Record, code: str, name: str) -> dict[str, Any]:
    """What a trial that has ended found: the sentence that may be repeated, the answer as a badge, and its numbers."""
    verdict = record["verdict"]
    answer = verdict["answer"]
    return {
        "said": coach_sentence(record).replace(code, name),
        "answer": (CSS[answer], SIGNS[answer], ANSWERS[answer]),
        "facts": verdict_facts(record),
        "notes": [sentence(one.replace(code, name)) for one in (verdict["reason"], *verdict["notes"])],
    }


def _claim(claim_id: str) -> Claim:
    found = claims().get(claim_id.upper())
    if found is None:
        raise HTTPException(404, f"{claim_id[:20]}: there is no such claim in the ledger")
    return found


def _text(one: Claim) -> str:
    return f"{one.id} {one.verbatim} {one.display_text} {one.graded.reason} {one.outcome or ''}".casefold()


def _doubtful(one: Claim) -> int:
    """Sources that nobody has read yet."""
    return sum(source.read == "recollection" for source in one.sources)


@cache
def _leaning(claim_id: str) -> list[tuple[str, str]]:
    """What leans on a claim, with its page where it has one."""
    told: list[tuple[str, str]] = []
    for what in uses().get(claim_id, ()):
        kind, _space, name = what.partition(" ")
        told.append((what, address_of(kind, name)))
    return told
