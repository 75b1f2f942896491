"""What Legato knows, by the API: the records of `legato movements`, `faults`, `drills` and `claims` with `--json`."""

import hashlib
import json
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Annotated, Any, TypeAlias

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import Response

from legato.web.deps import Kept, Rows
from legato.web.downloads import unchanged
from legato.web.own_results import own_results

routes = APIRouter(tags=["library"])


def _movements() -> dict[str, Any]:
    from legato.movements import load_movement, movement_ids

    return {one: load_movement(one).model_dump(mode="json", by_alias=True) for one in movement_ids()}


def _faults() -> dict[str, Any]:
    from legato.faults.catalogue import fault_entries, movements_by_fault
    from legato.report.fault_page import fault_record

    entries = fault_entries()
    movements = movements_by_fault(entries)
    return {name: fault_record(entry, movements[name]) for name, entry in sorted(entries.items())}


def _drills() -> dict[str, Any]:
    from legato.coaching.catalogue import drills

    return {name: one.model_dump(mode="json") for name, one in drills().items()}


_KINDS: Mapping[str, Callable[[], dict[str, Any]]] = {"movement": _movements, "fault": _faults, "drill": _drills}
"""Those that are the same for everybody."""


_Written: TypeAlias = tuple[bytes, dict[str, bytes], str]
"""All records as JSON, each by its id, and the checksum of all."""


@cache
def _lasting(kind: str) -> _Written:
    return _written(_KINDS[kind]())


def _claims(rows: Rows, kept: Kept) -> _Written:
    """As the page of a claim tells them: with what one's own trials found, once they have ended."""
    from legato.evidence.claims import claims
    from legato.report.claim_uses import claim_record, own_record

    own = own_results(rows, kept)
    found: dict[str, Any] = {}
    for name, one in claims().items():
        of_it = own.get(name, [])
        newest = next((trial.own for trial in of_it if not trial.simulated), None)
        beside = [
            {
                "trial_id": trial.row.id, "athlete_id": trial.row.athlete_id, "simulated": trial.simulated,
                **own_record(trial.own),
            }
            for trial in of_it
        ]  # fmt: skip
        found[name] = claim_record(one, newest) | {"user_results": beside}
    return _written(found)


def _written(records: Mapping[str, Any]) -> _Written:
    each = {name: json.dumps(one, ensure_ascii=False).encode() for name, one in records.items()}
    whole = b"[" + b",".join(each.values()) + b"]"
    return whole, each, hashlib.sha256(whole).hexdigest()


def _add(kind: str, told: Callable[..., _Written], also: str = "") -> None:
    """The two routes of a kind; `also`: what else is said of its records."""
    held = Annotated[_Written, Depends(told)]

    def answer(request: Request, content: bytes, etag: str) -> Response:
        headers = {"etag": f'"{etag}"', "cache-control": "private, no-cache"}
        if unchanged(request, etag):
            return Response(status_code=304, headers=headers)
        return Response(content, media_type="application/json", headers=headers)

    def many(request: Request, records: held) -> Response:  # type: ignore[valid-type]
        whole, _, etag = records
        return answer(request, whole, etag)

    def one(request: Request, records: held, entry_id: str) -> Response:  # type: ignore[valid-type]
        _, each, etag = records
        if entry_id not in each:
            raise HTTPException(404, f"there is no such {kind}; /api/v1/{kind}s lists them")
        return answer(request, each[entry_id], etag)

    for path, route, schema, text in (
        (f"/{kind}s", many, {"type": "array", "items": {"type": "object"}}, f"All {kind}s of the library."),
        (f"/{kind}s/{{entry_id}}", one, {"type": "object"}, f"One {kind} of the library, by its id."),
    ):
        routes.add_api_route(
            path,
            route,
            summary=text.rstrip("."),
            description=f"The record of `legato {kind}s --json`. {text} {also}".rstrip(),
            operation_id=f"{'list' if route is many else 'get'}_{kind}{'s' if route is many else ''}",
            response_class=Response,
            responses={
                200: {"description": text, "content": {"application/json": {"schema": schema}}},
                304: {"description": "The asker has it already."},
            },
        )


for _kind in _KINDS:
    _add(_kind, partial(_lasting, _kind))
_add(
    "claim",
    _claims,
    "`user_results`: what each trial of one that has ended found, the newest first; `user_result`: the newest of them"
    " that was not made up.",
)
