"""Results, by the API: the very records and files that were made."""

import json
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from legato.store import Catalogue
from legato.store.rows import ResultRow
from legato.web.api.model import Listed, ResultShown, Windowed, listed
from legato.web.deps import Kept, Rows, found
from legato.web.downloads import BYTES, attachment, download, unchanged
from legato.web.withheld import PRESCRIBING, refuse, summary_shown, withheld_of, without_drills

routes = APIRouter(prefix="/results", tags=["results"])

_NOT_CHANGED = {304: {"description": "The asker has it already."}}


@routes.get("")
def list_results(
    rows: Rows,
    part: Windowed,
    session_id: Annotated[str | None, Query(max_length=16, description="Those of one session.")] = None,
) -> Listed[ResultShown]:
    """Results in short, the newest first."""
    wanted = select(ResultRow)
    if session_id is not None:
        wanted = wanted.where(ResultRow.session_id == session_id)
    items, total = listed(rows, wanted, part, ResultRow.made_at.desc(), ResultRow.id)
    return Listed(items=[short(rows, one) for one in items], total=total)


@routes.get(
    "/{result_id}",
    response_class=Response,
    responses={
        200: {
            "description": "`result.json`, as made.",
            "content": {"application/json": {"schema": {"type": "object"}}},
        },
        **_NOT_CHANGED,
    },
)
def get_result(request: Request, catalogue: Kept, rows: Rows, result_id: str) -> Response:
    """The record of a result: the file `result.json` itself, which the page of that name describes."""
    row = found(rows.get(ResultRow, result_id), "result")
    sha256 = str(found_name(row, "result.json"))
    if withheld_of(rows, row, date.today()):
        return Response(_without_drills(catalogue, sha256), media_type="application/json")
    headers = {"etag": f'"{sha256}"', "cache-control": "private, no-cache"}
    if unchanged(request, sha256):
        return Response(status_code=304, headers=headers)
    found(catalogue.files.path(sha256) if catalogue.files.path(sha256).is_file() else None, "file")
    return Response(catalogue.files.read(sha256), media_type="application/json", headers=headers)


@routes.get("/{result_id}/short")
def get_result_short(rows: Rows, result_id: str) -> ResultShown:
    """A result in short: its sentence, gaps, findings and means, and the names of the files made."""
    return short(rows, found(rows.get(ResultRow, result_id), "result"))


@routes.get("/{result_id}/files/{name:path}", response_class=Response, responses={**BYTES, **_NOT_CHANGED})
def get_result_file(request: Request, catalogue: Kept, rows: Rows, result_id: str, name: str) -> Response:
    """A file that was made of a result, by its name as the result lists it."""
    row = found(rows.get(ResultRow, result_id), "result")
    sha256 = found_name(row, name)
    if said := withheld_of(rows, row, date.today()):
        refuse(said if name in PRESCRIBING else "")
        if name == "result.json":
            return attachment(_without_drills(catalogue, sha256), name, "application/octet-stream")
    if unchanged(request, sha256):
        return Response(status_code=304, headers={"etag": f'"{sha256}"'})
    return download(catalogue, sha256, name.rpartition("/")[2])


def short(rows: Session, row: ResultRow) -> ResultShown:
    """A result in short, as far as the newest screening lets its drills be shown."""
    return ResultShown.model_validate(row).model_copy(update={"summary": summary_shown(rows, row, date.today())})


def _without_drills(catalogue: Catalogue, sha256: str) -> str:
    path = catalogue.files.path(sha256)
    found(path if path.is_file() else None, "file")
    return json.dumps(without_drills(json.loads(path.read_bytes())), ensure_ascii=False)


def found_name(row: ResultRow, name: str) -> str:
    """The checksum of a file of a result."""
    return str(found(row.files.get(name), "file"))
