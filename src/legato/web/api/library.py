"""What Legato knows, by the API: the records of `legato movements`, `faults`, `drills` and `claims` with `--json`."""

import hashlib
import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from legato.web.downloads import unchanged

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


def _claims() -> dict[str, Any]:
    from legato.evidence.claims import claims
    from legato.report.claim_uses import claim_record

    return {name: claim_record(one) for name, one in claims().items()}


_KINDS: Mapping[str, Callable[[], dict[str, Any]]] = {
    "movement": _movements,
    "fault": _faults,
    "drill": _drills,
    "claim": _claims,
}


@cache
def _written(kind: str) -> tuple[bytes, dict[str, bytes], str]:
    """All records of a kind as JSON, each by its id, and the checksum of all."""
    each = {name: json.dumps(one, ensure_ascii=False).encode() for name, one in _KINDS[kind]().items()}
    whole = b"[" + b",".join(each.values()) + b"]"
    return whole, each, hashlib.sha256(whole).hexdigest()


def _add(kind: str) -> None:
    """The two routes of a kind."""

    def answer(request: Request, content: bytes, etag: str) -> Response:
        headers = {"etag": f'"{etag}"', "cache-control": "private, no-cache"}
        if unchanged(request, etag):
            return Response(status_code=304, headers=headers)
        return Response(content, media_type="application/json", headers=headers)

    def many(request: Request) -> Response:
        whole, _, etag = _written(kind)
        return answer(request, whole, etag)

    def one(request: Request, entry_id: str) -> Response:
        _, each, etag = _written(kind)
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
            description=f"The record of `legato {kind}s --json`. {text}",
            operation_id=f"{'list' if route is many else 'get'}_{kind}{'s' if route is many else ''}",
            response_class=Response,
            responses={
                200: {"description": text, "content": {"application/json": {"schema": schema}}},
                304: {"description": "The asker has it already."},
            },
        )


for _kind in _KINDS:
    _add(_kind)
