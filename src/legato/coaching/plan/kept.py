"""Requests and plans as files: a request is TOML that a person fills in, a plan is JSON."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from importlib import resources
from pathlib import Path
from typing import Any, cast

from pydantic import ValidationError

from legato.coaching.audit.columns import KG_PER_LB
from legato.coaching.plan.model import SCHEMA, Plan
from legato.coaching.plan.request import Request
from legato.errors import BadInput
from legato.toml_files import content_of, flat, record_of, table_of
from legato.toml_lines import Place

_POUNDS_NAME = re.compile(r"(.*_)?(lbs?|pounds?)", re.IGNORECASE)
_POUNDS = re.compile(r"\s*(\d{1,6}(?:\.\d+)?)\s*(?:lbs?|pounds?)\s*", re.IGNORECASE)

_LARGEST = 20_000_000
"""Bytes of a plan. [ENG] A year of sessions has one or two million."""


def blank_request() -> str:
    """A request to fill in, as TOML."""
    return (resources.files("legato.coaching.plan") / "request.toml").read_text(encoding="utf-8")


def read_request(path: Path) -> Request:
    """A request from its file.

    Raises
    ------
    BadInput
        It cannot be read or something in it does not fit: file, line and what to do are named.
    """
    record, at = record_of(path.name, content_of(path, "a plan's request"))
    in_kg(record, at)
    return table_of(Request, cast("dict[str, Any]", dated(record)), at, "request")


def in_kg(value: object, at: Callable[[Place], str], place: Place = ()) -> None:
    """Raise `BadInput` where a file of a plan tells a load in pounds, which it takes in kg alone."""
    if isinstance(value, Mapping):
        for name, one in cast("Mapping[str, object]", value).items():
            if _POUNDS_NAME.fullmatch(name):
                raise BadInput(f"{at((*place, name))}: {flat(name)}: loads stand in kg here; one lb is 0.4536 kg")
            in_kg(one, at, (*place, name))
    elif isinstance(value, list):
        for k, one in enumerate(cast("list[object]", value)):
            in_kg(one, at, (*place, k))
    elif isinstance(value, str) and any(str(part) == "maxima_kg" or str(part).endswith("_kg") for part in place):
        told = _POUNDS.fullmatch(value)
        meant = f"{value} is {float(told[1]) * KG_PER_LB:.1f}" if told else "write a bare number, such as 80.0"
        raise BadInput(f"{at(place)}: loads stand in kg here, as numbers; {meant}")


def dated(value: object) -> object:
    """A record with days as texts, as fields take them."""
    if isinstance(value, Mapping):
        return {name: dated(one) for name, one in cast("Mapping[str, object]", value).items()}
    if isinstance(value, list):
        return [dated(one) for one in cast("list[object]", value)]
    return value.isoformat() if isinstance(value, date) and not isinstance(value, datetime) else value


def read_plan(path: Path) -> Plan:
    """A plan from its file.

    Raises
    ------
    BadInput
        It cannot be read, is no plan, or is damaged.
    """
    give = "give a plan that `legato plan new` wrote"
    try:
        if path.stat().st_size > _LARGEST:
            raise BadInput(f"{path}: has more than {_LARGEST / 1e6:g} MB; {give}")
        record: object = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadInput(f"{path}: cannot be read ({error.strerror}); {give}") from None
    except (ValueError, RecursionError):
        raise BadInput(f"{path}: is no plan, or not all of it; {give}") from None
    if not isinstance(record, dict) or cast("dict[str, object]", record).get("schema") != SCHEMA:
        raise BadInput(f"{path}: is no plan ({SCHEMA}); {give}")
    try:
        return Plan.model_validate_json(json.dumps(record))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "the file as a whole"
        raise BadInput(f"{path}: {field} is damaged ({first['msg']}); make the plan anew") from None


def plan_record(plan: Plan) -> dict[str, Any]:
    """A plan for JSON."""
    return plan.model_dump(mode="json", by_alias=True)
