"""Registering a trial of one: of a claim in its own design, or of a protocol of priming in pairs."""

import re
import statistics
import time
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy import select

from legato.coaching.priming.catalogue import load_protocol
from legato.coaching.priming.model import Protocol
from legato.compare.outcomes import outcomes
from legato.errors import BadInput, NotResolvable
from legato.evidence.claims import Claim, claims
from legato.movements import load_movement, movement_ids
from legato.report.priming_words import protocol_lines
from legato.report.words import sentence
from legato.store import Catalogue, note
from legato.store.rows import AthleteRow, TrialOfOneRow, new_id
from legato.trials.protocols import outcomes_for
from legato.trials.told import moment
from legato.web.deps import Fields, Kept, Rows, Sent, found
from legato.web.of_athlete import plan_of, plan_row
from legato.web.render import page
from legato.web.toml_text import toml_of
from legato.web.trial_desk import begin, foreseen, journal_of, pseudonym, request_text, take_back
from legato.web.words import translate as _

routes = APIRouter(include_in_schema=False)

_USUAL = {"bar": "bench-press", "jump": "countermovement-jump"}
"""The movement that a form begins with, by what its first number is read from. [ENG]"""
_FIRST = {"pairs": 8, "washout_h": 48}
"""What a form begins with, as `legato trial new --request` writes it. Hours: [ENG]."""
_TRIED = {"name": "trial", "athlete": "A1", "measured_by": "-", "assessor_knows_arm": True}
"""What a request needs and what does not bear on how long its trial takes."""
_TWIN_S = 11.0
"""How long the row of a click that came at once is waited for: longer than one writer waits for another. [ENG]"""
_LOOK_S = 0.05
_WHERE = re.compile(r"^request\.toml(?:, line \d+)?: (?:field (?:outcome\.)?(\w+): )?")


@routes.get("/trials/new")
def new(request: Request, rows: Rows, claim: str = "", priming: str = "", athlete: str = "") -> HTMLResponse:
    """The form of a registration."""
    asked = _asked_for(claim, priming)
    athlete = athlete or rows.scalar(select(AthleteRow.id).order_by(AthleteRow.name).limit(1)) or ""
    takes: Sequence[str] = ()
    if isinstance(asked, Claim):
        takes = foreseen(_text(asked, _TRIED | _FIRST, {}), _days_a_week(rows, athlete), power=False)
    told = {name: str(value) for name, value in _FIRST.items()} | {"assessor_knows_arm": "1", "athlete": athlete}
    return _form(request, rows, asked, told, takes)


@routes.post("/trials")
def register(request: Request, rows: Rows, kept: Kept, sent: Sent) -> Response:
    """Register a trial; then nothing of it changes. Or only say what it would take."""
    asked = _asked_for(sent.text("claim", most=4), sent.text("priming", most=60))
    told = {name: value for name, value in sent.form.items() if isinstance(value, str)}
    if sent.ticked("look"):
        try:
            return _form(request, rows, asked, told, _looked_at(rows, asked, sent))
        except (BadInput, NotResolvable) as error:
            return _form(request, rows, asked, told, [_in_the_form(str(error))])
    row = TrialOfOneRow(id=_once(sent), name=sent.text("name", _("Name of the trial"), 60))
    row.journal = f"{row.id}.jsonl"
    where = RedirectResponse(f"/trials/{row.id}", 303)
    if known := _registered(rows, kept, row):  # A second click.
        if (known.name, known.athlete_id) == (row.name, sent.text("athlete")):
            return where
        said = _("this form has registered the trial “%(name)s” already; send it once more to register another")
        return _form(request, rows, asked, told | {"once": ""}, [], said % {"name": known.name}, 400)
    try:
        athlete = found(rows.get(AthleteRow, sent.text("athlete", _("Athlete"))), "athlete; choose who is tested")
        row.athlete_id = athlete.id
        said = begin(kept, row, _settled(asked, athlete, sent), moment(None))
    except (BadInput, NotResolvable) as error:
        if _registered(rows, kept, row):  # Both clicks came at once.
            return where
        return _form(request, rows, asked, told, [], _in_the_form(str(error)), 400)
    rows.add(row)
    for other in rows.scalars(select(TrialOfOneRow).where(TrialOfOneRow.id != row.id)):
        said = [line.replace(other.journal, other.name) for line in said]
    said = [line.replace(pseudonym(athlete), _("this athlete")) for line in said]
    claim = asked.id if isinstance(asked, Claim) else ""
    note(rows, "trial registered", row.id, claim=claim, said=said, athlete=athlete.id)
    return where


def _registered(rows: Rows, kept: Catalogue, row: TrialOfOneRow) -> TrialOfOneRow | None:
    """The trial that the form has registered already. A file without a row is that of a click that came at once, whose
    row is waited for, or of one whose row could not be kept, and is then taken away.
    """
    until = time.monotonic() + _TWIN_S
    while (known := rows.get(TrialOfOneRow, row.id)) is None and journal_of(kept, row).exists():
        if time.monotonic() > until:
            take_back(kept, row)
        time.sleep(_LOOK_S)
    return known


def _asked_for(claim: str, priming: str) -> Claim | Protocol:
    """What is to be tested.

    Raises
    ------
    BadInput
        No trial of one athlete can test it.
    """
    if priming:
        protocol = load_protocol(priming)
        if protocol.refused:
            raise BadInput(f"{protocol.id}: {_('is not offered')}: {protocol.refused}")
        return protocol
    if claim not in claims() or claims()[claim].user_test.protocol == "none":
        raise BadInput(_("no trial of one athlete can test that; choose a claim on the page Evidence"))
    return claims()[claim]


def _form(
    request: Request, rows: Rows, asked: Claim | Protocol, told: Mapping[str, str], takes: Sequence[str],
    wrong: str = "", status: int = 200,
) -> HTMLResponse:  # fmt: skip
    """The form with what was typed, what the trial takes, and what is wrong with it."""
    known = rows.scalars(select(AthleteRow).order_by(AthleteRow.name)).all()
    takes = [sentence(line) for line in takes]
    shown = _of_priming(asked) if isinstance(asked, Protocol) else _of_claim(asked)
    return page(
        request, "trial_new.html", status, **shown, athletes=known, told=told, takes=takes, wrong=wrong,
        once=told.get("once") or new_id(), here="/evidence",
    )  # fmt: skip


def _of_claim(claim: Claim) -> dict[str, Any]:
    test = claim.user_test
    movement = load_movement(test.movement)
    metrics = {metric.name: metric.unit for metric in movement.metrics}
    row = outcomes()[test.outcome]
    units = ["%"] if row.positive else []
    units += [row.unit or metrics.get(test.of, "")] if row.unit or test.of in metrics or not units else []
    return {
        "claim": claim, "protocol": None, "test": test, "in_units": units, "name": f"{claim.id.lower()}-trial",
        "in_pairs": test.protocol == "pairs", "number": row.name, "movement": movement.name,
    }  # fmt: skip


def _of_priming(protocol: Protocol) -> dict[str, Any]:
    fit = outcomes_for(protocol)
    return {
        "claim": None, "protocol": protocol, "lines": protocol_lines(protocol)[1:], "fit": fit,
        "in_units": list(dict.fromkeys(("%", *(one.unit for one in fit if one.unit)))), "name": f"{protocol.id}-trial",
        "in_pairs": True, "movements": {name: load_movement(name).name for name in movement_ids()},
        "movement": _USUAL.get(fit[0].reading, ""),
    }  # fmt: skip


def _looked_at(rows: Rows, asked: Claim | Protocol, sent: Fields) -> list[str]:
    """What the trial would take, and find once it is told what would matter."""
    told, outcome = _told(asked, sent)
    matters = outcome["effect_of_interest"] is not None
    if isinstance(asked, Protocol) and not matters:
        outcome |= {"effect_of_interest": 5.0}
    text = _text(asked, _TRIED | {name: value for name, value in told.items() if value is not None}, outcome)
    return foreseen(text, _days_a_week(rows, sent.text("athlete")), power=matters)


def _told(asked: Claim | Protocol, sent: Fields) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the form tells of the trial, and of its number."""
    called = _called()
    told: dict[str, Any] = {
        "name": sent.text("name", called["name"], 60) or None, "pairs": sent.whole("pairs", called["pairs"]),
        "measured_by": sent.text("measured_by", called["measured_by"], 600) or None,
        "assessor_knows_arm": sent.ticked("assessor_knows_arm"),
        "washout_h": sent.number("washout_h", called["washout_h"], 0.0, 1000.0),
    }  # fmt: skip
    outcome: dict[str, Any] = {
        "effect_of_interest": sent.number("effect", called["effect_of_interest"]),
        "effect_unit": sent.text("unit", called["effect_unit"], 20) or None,
        "expected": sent.number("expected", called["expected"]),
        "session_spread": sent.number("spread", called["session_spread"]),
        "detectable": sent.number("detectable", called["detectable"]),
    }
    if isinstance(asked, Protocol):
        row = outcomes().get(sent.chosen("outcome", tuple(outcomes()), _("Number")) or "")
        if row is None:
            raise BadInput(_("Number: choose what the test measures"))
        either = sent.chosen("better", ("higher", "lower"), _("Better"))
        told |= {"priming": asked.id, "region": sent.chosen("region", ("upper", "lower"), _("Limbs"))}
        outcome |= {
            "id": row.id, "of": sent.text("of", _("Which one"), 100) or None,
            "movement": sent.chosen("movement", tuple(movement_ids()), _("Movement")),
            "better": row.better if row.better != "either" else either,
        }  # fmt: skip
    return told, outcome


def _settled(asked: Claim | Protocol, athlete: AthleteRow, sent: Fields) -> str:
    """The request as it is registered: nothing of it is filled in by anybody but who sent it.

    Raises
    ------
    BadInput
        Something that is to be settled was not told.
    """
    told, outcome = _told(asked, sent)
    called = _called()
    in_pairs = isinstance(asked, Protocol) or asked.user_test.protocol == "pairs"
    for held, names in (
        (told, ("name", *(("pairs",) if in_pairs else ()), "measured_by")),
        (outcome, ("effect_of_interest", "effect_unit")),
    ):
        for name in names:
            if held[name] is None:
                said = _("%(field)s: is not told, and has to be settled before the first session")
                raise BadInput(said % {"field": called[name]})
    whose = {"athlete": pseudonym(athlete), "simulated": True if athlete.simulated else None}
    return _text(asked, told | whose, outcome)


def _text(asked: Claim | Protocol, told: Mapping[str, Any], outcome: Mapping[str, Any]) -> str:
    """A request; what a protocol of priming settles, `legato trial new` fills in."""
    if isinstance(asked, Claim):
        return request_text(asked.id, told, outcome)
    record: dict[str, Any] = {name: value for name, value in told.items() if value is not None}
    return toml_of(record | {"outcome": {name: value for name, value in outcome.items() if value is not None}})


def _called() -> dict[str, str]:
    """What the form calls the fields of a request."""
    return {
        "name": _("Name of the trial"), "pairs": _("Pairs of sessions"),
        "measured_by": _("Measured by, and with what"), "washout_h": _("Hours between sessions, at least"),
        "effect_of_interest": _("Smallest change that would matter"), "effect_unit": _("in"),
        "expected": _("The change that is promised (may be left out)"),
        "session_spread": _("How much the number varies from session to session, SD (may be left out)"),
        "detectable": _("Smallest detectable change of one session's number, where it is known"),
        "region": _("The test asks for"), "movement": _("Movement"), "of": _("Which one (may be left out)"),
    }  # fmt: skip


def _in_the_form(said: str) -> str:
    """What is refused of a request, by the names that its fields have in the form."""
    called = _called()
    where = _WHERE.match(said)
    plain = said if where is None else said[where.end() :].removesuffix("; mend it")
    for name, label in called.items():
        words = f"“{label}”"
        if "_" in name:
            plain = re.sub(rf"\b{name}\b", words, plain)
        elif plain.startswith(f"{name} "):
            plain = words + plain[len(name) :]
    field = None if where is None else where[1]
    return f"{called[field]}: {plain}" if field in called else plain


def _once(sent: Fields) -> str:
    """The id that the form gave the trial, so that a second click registers no second one."""
    given = sent.text("once", most=16)
    return given if re.fullmatch(r"[0-9a-f]{16}", given) else new_id()


def _days_a_week(rows: Rows, athlete_id: str) -> float | None:
    """On how many days of most weeks an athlete's plan trains; None without one."""
    kept = plan_row(rows, athlete_id) if athlete_id else None
    days = [] if kept is None else [len(week.days) for week in plan_of(kept).weeks if week.days]
    return float(statistics.median_low(days)) if days else None
