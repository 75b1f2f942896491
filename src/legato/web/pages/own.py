"""One's own movements, faults and drills: copied from the library, edited, checked as one types, used in analyses."""

import hashlib
import re
from pathlib import Path
from tempfile import TemporaryDirectory

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy import select
from starlette.datastructures import UploadFile

from legato.errors import BadInput
from legato.store import note
from legato.store.rows import OwnEntryRow, SessionRow, SettingRow
from legato.toml_lines import Lines
from legato.web.copies import copied
from legato.web.deps import Rows, Sent, found
from legato.web.downloads import attachment
from legato.web.own_entries import KINDS, MOST_LETTERS, check_entries, entry_id_of, keeps_what_is_barred, own_entries
from legato.web.pages.library import tabs
from legato.web.render import page
from legato.web.words import translate as _

routes = APIRouter(include_in_schema=False)

_MOST_NAMED = 5
"""Sessions that a refusal names. [ENG]"""
_TABLE = re.compile(r"\[\[(\w+)\]\] number (\d+)")
_FIELD = re.compile(r"field (\w+)")


@routes.get("/library/own")
def own(request: Request, rows: Rows) -> HTMLResponse:
    """What is one's own."""
    drafts = {key.removeprefix("draft-") for (key,) in rows.query(SettingRow.key).where(SettingRow.key.like("draft-%"))}
    return page(request, "library_own.html", entries=own_entries(rows), drafts=drafts, tabs=tabs())


@routes.post("/library/own")
def copy(rows: Rows, sent: Sent) -> RedirectResponse:
    """Copy an entry of the library."""
    kind, base = sent.chosen("kind", KINDS) or "", sent.text("base", most=100)
    taken = {row.entry_id for row in own_entries(rows) if row.kind == kind}
    names = (f"own-{base}"[:56] + (f"-{k}" if k > 1 else "") for k in range(1, 1000))
    entry_id = next(name for name in names if name not in taken)
    return _kept(rows, OwnEntryRow(kind=kind, entry_id=entry_id, base=base, text=copied(kind, base, entry_id)))


@routes.post("/library/own/upload")
def upload(rows: Rows, sent: Sent) -> RedirectResponse:
    """Take a .toml as an entry of one's own."""
    file = sent.form.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        raise BadInput(_("no file was chosen; choose a .toml with a movement, faults or drills"))
    try:
        text = file.file.read(4 * MOST_LETTERS).decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise BadInput(_("%(file)s: is no text; give a .toml") % {"file": Path(file.filename).name[:80]}) from None
    kind = next((one for one in ("fault", "drill") if re.search(rf"(?m)^\[\[{one}s\]\]", text)), "movement")
    row = OwnEntryRow(kind=kind, entry_id="", base="", text=text)
    if (wrong := wrong_in(rows, row, text)) is not None:
        raise BadInput(wrong)
    row.entry_id = entry_id_of(text)
    return _kept(rows, row)


@routes.get("/library/own/{own_id}")
def edit(request: Request, own_id: str, rows: Rows, saved: bool = False) -> HTMLResponse:
    """The editor."""
    row = _row(rows, own_id)
    draft = _draft(rows, row)
    text = row.text if draft is None else str(draft.value["text"])
    return _editor(request, rows, row, text, saved=saved and draft is None)


@routes.post("/library/own/{own_id}/check")
def check(request: Request, own_id: str, rows: Rows, sent: Sent) -> HTMLResponse:
    """Say whether the text is good as it stands, and keep it as a draft."""
    row, text = _row(rows, own_id), _text(sent)
    _keep_draft(rows, row, text)
    wrong = wrong_in(rows, row, text)
    return page(request, "library_verdict.html", row=row, wrong=wrong, line=_line(row, text, wrong), saved=False,
                changed=text != row.text)  # fmt: skip


@routes.post("/library/own/{own_id}")
def save(request: Request, own_id: str, rows: Rows, sent: Sent) -> Response:
    """Keep the text, if it is good; else it stays in the editor."""
    row, text = _row(rows, own_id), _text(sent)
    if sent.text("before", most=64) != _sum(row.text):
        _keep_draft(rows, row, text)
        other = _("it was saved in another tab meanwhile; look at both, then save again")
        return _editor(request, rows, row, text, refused=other, status=409)
    if wrong_in(rows, row, text) is not None:
        _keep_draft(rows, row, text)
        return _editor(request, rows, row, text, status=400)
    entry_id = entry_id_of(text)
    if entry_id != row.entry_id and (used := _used(rows, row)):
        _keep_draft(rows, row, text)
        return _editor(request, rows, row, text, refused=used, status=409)
    row.text, row.entry_id = text, entry_id
    if (draft := _draft(rows, row)) is not None:
        rows.delete(draft)
    note(rows, "own entry saved", row.id, kind=row.kind, entry=row.entry_id)
    return RedirectResponse(f"/library/own/{row.id}?saved=1", 303)


@routes.post("/library/own/{own_id}/drop-draft")
def drop_draft(own_id: str, rows: Rows) -> RedirectResponse:
    """Go back to what was saved."""
    row = _row(rows, own_id)
    if (draft := _draft(rows, row)) is not None:
        rows.delete(draft)
    return RedirectResponse(f"/library/own/{row.id}", 303)


@routes.post("/library/own/{own_id}/delete")
def delete(own_id: str, rows: Rows) -> RedirectResponse:
    """Take an entry away, unless another names it, or a session is of it."""
    row = _row(rows, own_id)
    if used := _used(rows, row):
        raise BadInput(used)
    others = [(one.kind, one.entry_id, one.text) for one in own_entries(rows) if one.id != row.id]
    with TemporaryDirectory() as folder:
        try:
            check_entries(others, Path(folder))
        except BadInput as error:
            told = {"name": row.entry_id, "error": str(error)}
            raise BadInput(
                _("%(name)s: is named by another of your own; change that first: %(error)s") % told
            ) from None
    if (draft := _draft(rows, row)) is not None:
        rows.delete(draft)
    rows.delete(row)
    note(rows, "own entry deleted", row.id, kind=row.kind, entry=row.entry_id)
    return RedirectResponse("/library/own", 303)


@routes.get("/library/own/{own_id}/download")
def download(own_id: str, rows: Rows) -> Response:
    """The file."""
    row = _row(rows, own_id)
    return attachment(row.text, f"{row.entry_id}.toml", "application/toml; charset=utf-8")


def wrong_in(rows: Rows, row: OwnEntryRow, text: str) -> str | None:
    """What is wrong with a text as this entry, beside the other own ones; None where it is good."""
    others = [(one.kind, one.entry_id, one.text) for one in own_entries(rows) if one.id != row.id]
    try:
        entry_id = entry_id_of(text)
        if any((kind, name) == (row.kind, entry_id) for kind, name, _text in others):
            raise BadInput(_("another of your own has the id %(name)s; give this one another") % {"name": entry_id})
        with TemporaryDirectory() as folder:
            check_entries([*others, (row.kind, entry_id, text)], Path(folder))
        if row.kind == "drill":
            keeps_what_is_barred(text, row.base)
    except BadInput as error:
        return str(error)
    return None


def _used(rows: Rows, row: OwnEntryRow) -> str:
    """Why a movement has to keep its id: the sessions that are of it; empty where none is."""
    if row.kind != "movement":
        return ""
    asked = select(SessionRow.name).where(SessionRow.movement == row.entry_id).order_by(SessionRow.recorded_on.desc())
    names = rows.scalars(asked).all()
    if not names:
        return ""
    told = ", ".join(names[:_MOST_NAMED]) + (f" … ({len(names)})" if len(names) > _MOST_NAMED else "")
    said = _("%(name)s: these sessions are of it, and could not be analysed again without it: %(sessions)s.")
    return f"{said % {'name': row.entry_id, 'sessions': told}} {_('Give them another movement first.')}"


def _line(row: OwnEntryRow, text: str, wrong: str | None) -> int | None:
    """The line of the text that is wrong, where the refusal is of this text and tells a place."""
    if wrong is None:
        return None
    if (told := re.search(r"line (\d+)", wrong)) is not None:
        return int(told[1])
    table, field = _TABLE.search(wrong), _FIELD.search(wrong)
    place: tuple[str | int, ...] = () if table is None else (table[1], int(table[2]) - 1)
    place += () if field is None else (field[1],)
    try:
        at = re.search(r"line (\d+)", Lines("text", text)(place))
    except (ValueError, IndexError, KeyError):
        return None
    return None if at is None else int(at[1])


def _kept(rows: Rows, row: OwnEntryRow) -> RedirectResponse:
    rows.add(row)
    rows.flush()
    note(rows, "own entry made", row.id, kind=row.kind, entry=row.entry_id, base=row.base)
    return RedirectResponse(f"/library/own/{row.id}", 303)


def _row(rows: Rows, own_id: str) -> OwnEntryRow:
    return found(rows.get(OwnEntryRow, own_id), "entry of your own")


def _draft(rows: Rows, row: OwnEntryRow) -> SettingRow | None:
    return rows.get(SettingRow, f"draft-{row.id}")


def _keep_draft(rows: Rows, row: OwnEntryRow, text: str) -> None:
    draft = _draft(rows, row)
    if text == row.text:
        if draft is not None:
            rows.delete(draft)
    elif draft is None:
        rows.add(SettingRow(key=f"draft-{row.id}", value={"text": text}))
    else:
        draft.value = {"text": text}


def _text(sent: Sent) -> str:
    return sent.text("text", _("the text"), MOST_LETTERS) + "\n"


def _sum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _editor(
    request: Request, rows: Rows, row: OwnEntryRow, text: str, *, saved: bool = False, refused: str | None = None,
    status: int = 200,
) -> HTMLResponse:  # fmt: skip
    wrong = refused or wrong_in(rows, row, text)
    return page(
        request, "library_edit.html", status, row=row, text=text, wrong=wrong, line=_line(row, text, wrong),
        before=_sum(row.text), saved=saved, tabs=tabs(), changed=text != row.text,
    )  # fmt: skip
