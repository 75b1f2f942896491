"""Registering a trial of one: of a claim in its own design, or of a protocol of priming in pairs."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy import select

from legato.coaching.priming.catalogue import load_protocol, protocols
from legato.compare.outcomes import outcomes
from legato.errors import BadInput
from legato.evidence.claims import claims
from legato.movements import load_movement, movement_ids
from legato.report.priming_words import protocol_lines
from legato.store import note
from legato.store.rows import AthleteRow, TrialOfOneRow, new_id
from legato.trials.protocols import outcomes_for
from legato.trials.told import moment
from legato.web.deps import Fields, Kept, Rows, Sent, found
from legato.web.render import page
from legato.web.toml_text import toml_of
from legato.web.trial_desk import begin, pseudonym, request_text
from legato.web.words import translate as _

routes = APIRouter(include_in_schema=False)

_USUAL = {"bar": "bench-press", "jump": "countermovement-jump"}
"""The movement that a form begins with, by what its first number is read from. [ENG]"""


@routes.get("/trials/new")
def new(request: Request, rows: Rows, claim: str = "", priming: str = "", athlete: str = "") -> HTMLResponse:
    """The form of a registration."""
    known = rows.scalars(select(AthleteRow).order_by(AthleteRow.name)).all()
    if priming:
        return _of_priming(request, priming, known, athlete)
    if claim not in claims() or claims()[claim].user_test.protocol == "none":
        raise BadInput(_("no trial of one athlete can test that; choose a claim on the page Evidence"))
    one = claims()[claim]
    test = one.user_test
    metrics = {metric.name: metric.unit for metric in load_movement(test.movement).metrics}
    row = outcomes()[test.outcome]
    units = ["%"] if row.positive else []
    units += [row.unit or metrics.get(test.of, "")] if row.unit or test.of in metrics or not units else []
    return page(
        request, "trial_new.html", claim=one, protocol=None, test=test, in_units=units, chosen=athlete, athletes=known,
        name=f"{one.id.lower()}-trial", in_pairs=test.protocol == "pairs",
    )  # fmt: skip


def _of_priming(request: Request, priming: str, known: Any, athlete: str) -> HTMLResponse:
    protocol = load_protocol(priming)
    if protocol.refused:
        raise BadInput(f"{protocol.id}: {_('is not offered')}: {protocol.refused}")
    fit = outcomes_for(protocol)
    units = dict.fromkeys(("%", *(one.unit for one in fit if one.unit)))
    return page(
        request, "trial_new.html", claim=None, protocol=protocol, lines=protocol_lines(protocol)[1:], fit=fit,
        in_units=list(units), chosen=athlete, athletes=known, name=f"{protocol.id}-trial", in_pairs=True,
        movements={name: load_movement(name).name for name in movement_ids()},
        movement=_USUAL.get(fit[0].reading, ""),
    )  # fmt: skip


@routes.post("/trials")
def register(rows: Rows, kept: Kept, sent: Sent) -> RedirectResponse:
    """Register a trial; then nothing of it changes."""
    athlete = found(rows.get(AthleteRow, sent.text("athlete", _("Athlete"))), "athlete; choose who is tested")
    claim, priming = sent.text("claim", most=4), sent.chosen("priming", tuple(protocols()), _("Priming"))
    name = sent.text("name", _("Name"), 60)
    told = {
        "name": name, "athlete": pseudonym(athlete), "pairs": sent.whole("pairs", _("Pairs")),
        "measured_by": sent.text("measured_by", _("Measured by"), 600) or None,
        "assessor_knows_arm": sent.ticked("assessor_knows_arm"),
        "washout_h": sent.number("washout_h", _("Hours between sessions"), 0.0, 1000.0),
        "simulated": True if athlete.simulated else None,
    }  # fmt: skip
    outcome = {
        "effect_of_interest": sent.number("effect", _("Smallest change that matters")),
        "effect_unit": sent.text("unit", _("Unit"), 20) or None,
        "expected": sent.number("expected", _("Promised change")),
        "session_spread": sent.number("spread", _("Spread from session to session")),
        "detectable": sent.number("detectable", _("Smallest detectable change")),
    }
    text = request_text(claim, told, outcome) if priming is None else _primed_text(priming, told, outcome, sent)
    row = TrialOfOneRow(id=new_id(), athlete_id=athlete.id, name=name)
    row.journal = f"{row.id}.jsonl"
    said = begin(kept, row, text, moment(None))
    rows.add(row)
    for other in rows.scalars(select(TrialOfOneRow).where(TrialOfOneRow.id != row.id)):
        said = [line.replace(other.journal, other.name) for line in said]
    said = [line.replace(pseudonym(athlete), _("this athlete")) for line in said]
    note(rows, "trial registered", row.id, claim=claim, said=said, athlete=athlete.id)
    return RedirectResponse(f"/trials/{row.id}", 303)


def _primed_text(priming: str, told: dict[str, Any], outcome: dict[str, Any], sent: Fields) -> str:
    """A request for a protocol of priming; what it settles, `legato trial new` fills in."""
    row = outcomes().get(sent.chosen("outcome", tuple(outcomes()), _("Number")) or "")
    if row is None:
        raise BadInput(_("Number: choose what the test measures"))
    named = {
        "id": row.id, "of": sent.text("of", _("Which one"), 100) or None,
        "movement": sent.chosen("movement", tuple(movement_ids()), _("Movement")),
        "better": row.better if row.better != "either" else sent.chosen("better", ("higher", "lower"), _("Better")),
    }  # fmt: skip
    record = told | {"priming": priming, "region": sent.chosen("region", ("upper", "lower"), _("Limbs"))}
    asked = {name: value for name, value in record.items() if value is not None}
    asked["outcome"] = {name: value for name, value in (named | outcome).items() if value is not None}
    return toml_of(asked)
