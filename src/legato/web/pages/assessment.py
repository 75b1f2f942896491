"""Assessments: checklists that people fill in, blind to each other, beside what was measured of the same session."""

import re
from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy import not_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import selectinload

from legato.errors import BadInput
from legato.faults.assessments import Assessment, assessment_ids, causes_found, gather, load_assessment
from legato.faults.assessments.model import Quantity
from legato.faults.assessments.sheet import EYES, NOT_ASKED, NOT_SEEN, SIDES
from legato.report.assessment_page import agreement_table, causes_table, outcome_section
from legato.report.assessment_record import agreements
from legato.report.checklist_sheet import checklist_html
from legato.store import note
from legato.store.rows import RatingRow, SessionRow
from legato.web.app_words import in_app
from legato.web.deps import Fields, Kept, Rows, Sent, TheSession, found, number_of
from legato.web.downloads import attachment
from legato.web.pages.replay import replay_shown
from legato.web.rated import TAKEN_BACK, blind_sheets, checked, code_of, measured_beside, ratings_of, sheet_of
from legato.web.render import page
from legato.web.uploads import is_unfinished
from legato.web.words import translate as _

routes = APIRouter(include_in_schema=False)

_MOST_SESSIONS = 200


@routes.get("/assessment")
def assessments(request: Request, rows: Rows) -> HTMLResponse:
    """All assessments, and what was rated last."""
    specs = [load_assessment(name) for name in assessment_ids()]
    newest = select(RatingRow, SessionRow).join(SessionRow, SessionRow.id == RatingRow.session_id)
    latest = rows.execute(newest.order_by(RatingRow.at.desc()).limit(10)).all()
    return page(
        request,
        "assessments.html",
        kinds=_kinds(),
        specs=specs,
        latest=latest,
        names={one.id: one.name for one in specs},
    )


@routes.get("/assessment/{checklist}")
def assessment(request: Request, checklist: str, rows: Rows) -> HTMLResponse:
    """One assessment: how it is done, the sessions that can be rated, how far raters agree."""
    spec = load_assessment(checklist)
    ratings = ratings_of(rows, spec)
    count: dict[str, int] = {}
    for one in ratings:
        count[one.session_id] = count.get(one.session_id, 0) + 1
    whole = select(SessionRow).options(selectinload(SessionRow.athlete))
    whole = whole.where(not_(is_unfinished()))
    whole = whole.order_by(SessionRow.recorded_on.desc(), SessionRow.created_at.desc()).limit(_MOST_SESSIONS)
    sessions = rows.scalars(whole).all()
    movements = _movements(spec)
    fitting = [one for one in sessions if one.movement in movements] if movements else []
    agreed, again = "", 0
    if spec.items and ratings:
        blind, again = blind_sheets(rows, spec)
        agreed = agreement_table(agreements(gather(blind)[0])) if blind else ""
    return page(
        request, "assessment.html", spec=spec, fitting=fitting, others=[s for s in sessions if s not in fitting],
        count=count, agreed=agreed, again=again, raters=len({one.rater for one in ratings}), movements=movements,
        notes=[*([EYES] if spec.items else []), *spec.notes],
    )  # fmt: skip


@routes.get("/assessment/{checklist}/sheet.html")
def to_print(checklist: str) -> Response:
    """The blank sheet, to print."""
    spec = load_assessment(checklist)
    return attachment(in_app(checklist_html(spec)), f"{spec.id}.html", "text/html; charset=utf-8")


@routes.get("/assessment/{checklist}/{session_id}/rate")
def rate(request: Request, checklist: str, session: TheSession) -> HTMLResponse:
    """The form. It shows nothing of what others saw or what was measured."""
    return _form(request, load_assessment(checklist), session, {}, "")


@routes.post("/assessment/{checklist}/{session_id}/rate")
def keep(request: Request, checklist: str, session: TheSession, rows: Rows, sent: Sent) -> Response:
    """Keep a sheet; then its rater sees the others' and what was measured."""
    spec = load_assessment(checklist)
    try:
        record = _record(spec, session, sent)
        sheet = checked(record)
        row = RatingRow(session_id=session.id, checklist=spec.id, rater=sheet.rater, record=record)
        _add(rows, row, ratings_of(rows, spec, session))
    except BadInput as error:
        told = {name: value for name, value in sent.form.items() if isinstance(value, str)}
        return _form(request, spec, session, told, str(error), 400)
    note(rows, "session rated", session.id, who=sheet.rater, checklist=spec.id)
    return RedirectResponse(f"/assessment/{spec.id}/{session.id}?as={row.id}", 303)


@routes.get("/assessment/{checklist}/{session_id}")
def results(request: Request, checklist: str, session: TheSession, rows: Rows, kept: Kept) -> HTMLResponse:
    """What raters saw beside what was measured: to those who have rated, and to who will not."""
    spec = load_assessment(checklist)
    ratings = ratings_of(rows, spec, session)
    mine = request.query_params.get("as", "")
    shown = any(row.id == mine for row in ratings) or mine == "reader"
    body = ""
    if shown:
        measured = measured_beside(kept, session)
        outcomes = gather([sheet_of(row) for row in ratings], measured, [spec])
        body = "".join(outcome_section(one) for one in outcomes) + causes_table(causes_found(outcomes, measured))
    return page(
        request, "assessment_results.html", spec=spec, session=session, ratings=ratings, shown=shown, body=body,
        mine=mine, fits=session.movement in _movements(spec), measured=bool(session.results),
    )  # fmt: skip


@routes.post("/assessment/ratings/{rating_id}/delete")
def take_back(rating_id: str, rows: Rows, sent: Sent) -> RedirectResponse:
    """Take a sheet back that was filled in by mistake."""
    row = found(rows.get(RatingRow, rating_id), "sheet")
    rows.delete(row)
    note(rows, TAKEN_BACK, row.session_id, who=row.rater, checklist=row.checklist)
    return RedirectResponse(f"/assessment/{row.checklist}/{row.session_id}?as=reader", 303)


def _add(rows: Rows, row: RatingRow, there: Sequence[RatingRow]) -> None:
    """Keep a sheet, unless its rater has one: the tables hold one a rater, whoever is first of two at once."""
    again = any(one.rater.casefold() == row.rater.casefold() for one in there)
    try:
        if not again:
            with rows.begin_nested():
                rows.add(row)
    except IntegrityError:
        again = True
    if again:
        said = _("rater %(rater)s has rated this session already; give your own name or code")
        raise BadInput(said % {"rater": row.rater})


def _kinds() -> dict[str, str]:
    return {
        "drill": _("The four tests, each with a checklist"),
        "screen": _("Screens"),
        "battery": _("Batteries of numbers"),
        "profile": _("Tasks of work and daily life"),
    }


def _movements(spec: Assessment) -> list[str]:
    """The movements whose recordings an assessment is held against."""
    named = [*spec.movements, *(name for part in (*spec.numbers, *spec.tasks) for name in part.movements)]
    return list(dict.fromkeys(named))


def _form(
    request: Request, spec: Assessment, session: SessionRow, told: dict[str, str], wrong: str, status: int = 200
) -> HTMLResponse:
    by_hand = [number for number in spec.numbers if number.error > 0.0]
    replay = replay_shown(session, session.results[-1] if session.results else None, blind=True)
    return page(
        request, "assessment_rate.html", status, spec=spec, session=session, told=told, wrong=wrong, numbers=by_hand,
        replay=replay,
        sides=SIDES, not_seen=NOT_SEEN, not_asked=NOT_ASKED,
        notes=[*([EYES] if spec.items else []), *spec.notes],
    )  # fmt: skip


def _record(spec: Assessment, session: SessionRow, sent: Fields) -> dict[str, Any]:
    """What the form holds as a sheet of `legato assess`."""
    record: dict[str, Any] = {
        "assessment": spec.id, "rater": sent.text("rater", _("Rater"), 40), "rater_is": sent.text("rater_is", most=20),
        "athlete": code_of(session), "date": session.recorded_on.isoformat(),
    }  # fmt: skip
    if spec.items:
        record["seen"] = sent.text("seen", most=20)
        record["items"] = {item.id: _whole(sent.text(f"item-{item.id}", most=10)) for item in spec.items}
    numbers: dict[str, Any] = {}
    for number in spec.numbers:
        row = {side: _readings(number, side, sent) for side in (SIDES if number.sides else ("readings",))}
        if any(row.values()):
            numbers[number.id] = row
    if numbers:
        record["numbers"] = numbers
    if spec.questions:
        record["questions"] = {one.id: _whole(sent.text(f"question-{one.id}", most=20)) for one in spec.questions}
    return record


def _whole(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() else text


def _readings(number: Quantity, side: str, sent: Fields) -> list[float]:
    text = sent.text(f"number-{number.id}-{side}", number.name, 200)
    try:
        return [number_of(part, number.name) for part in re.split(r"[;\s]+", text) if part]
    except BadInput as error:
        raise BadInput(f"{error}; {_('give numbers with spaces between them')}") from None
