"""Whatever is sent that the API's description permits, or does not: no answer is a fault of the app's own, and each
is as described.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from legato.store import Catalogue, open_catalogue
from legato.store.rows import PlanRow, TrialOfOneRow
from legato.web.app import create_app

from .conftest import HOST
from .test_api import API, add_athlete, add_result, add_session, empty_plan

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]

SLOW = (HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large, HealthCheck.large_base_example)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    opened = open_catalogue(tmp_path_factory.mktemp("api") / "kept")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def there(kept: Catalogue) -> Iterator[tuple[TestClient, dict[str, Any]]]:
    """A client over a catalogue with one of each, and their ids."""
    with TestClient(create_app(kept, [HOST]), base_url=f"http://{HOST}") as client:
        yield client, one_of_each(client, kept)


def one_of_each(client: TestClient, catalogue: Catalogue) -> dict[str, Any]:
    athlete = add_athlete(client)
    session = add_session(client, athlete_id=athlete)
    job = client.post(f"{API}/sessions/{session}/jobs", json={}).json()["id"]
    client.post(f"{API}/sessions/{session}/corrections", json={"do": "delete-rep", "at_s": 1.0})
    with catalogue.session() as rows:
        plan = PlanRow(athlete_id=athlete, record=empty_plan())
        trial = TrialOfOneRow(athlete_id=athlete, name="t", journal="j")
        rows.add_all([plan, trial])
    return {
        "athlete_id": athlete, "session_id": session, "result_id": add_result(catalogue, session, {}), "job_id": job,
        "plan_id": plan.id, "trial_id": trial.id, "number": 1, "position": 0, "name": "result.json", "entry_id": "C01",
    }  # fmt: skip


def can_be_wrong(described: dict[str, Any]) -> bool:
    """Whether something can be sent that the description forbids: any text can be a part of a path, and any bytes a
    file.
    """
    of_path = [told for told in described.get("parameters", ()) if told["in"] == "path"]
    free = all(told["schema"]["type"] == "string" for told in of_path)
    beside = len(described.get("parameters", ())) > len(of_path)
    return not free or beside or "application/json" in described.get("requestBody", {}).get("content", {})


def hold(there: tuple[TestClient, dict[str, Any]], catalogue: Catalogue, examples: int) -> int:
    """Ask for everything in many ways; how many answers there were."""
    client, lasting = there
    schema = schemathesis.openapi.from_asgi(f"{API}/openapi.json", client.app, headers={"host": HOST})
    asked: list[int] = []

    def one(operation: Any, mode: GenerationMode) -> None:
        most = max(3, examples // 2) if operation.method == "delete" else examples

        @settings(
            max_examples=most, deadline=None, database=None, derandomize=True,
            phases=[Phase.explicit, Phase.generate], suppress_health_check=SLOW,
        )  # fmt: skip
        @given(case=operation.as_strategy(generation_mode=mode), known=st.sampled_from([True, True, False]))
        def ask(case: Any, known: bool) -> None:
            if known:
                ids = one_of_each(client, catalogue) if case.method == "DELETE" else lasting
                case.path_parameters = {name: ids.get(name, value) for name, value in case.path_parameters.items()}
            answer = case.call(headers={"host": HOST})
            asked.append(answer.status_code)
            case.validate_response(answer, checks=CHECKS)

        ask()

    for found in schema.get_all_operations():
        operation: Any = found.ok()  # type: ignore[union-attr]
        one(operation, GenerationMode.POSITIVE)
        if can_be_wrong(operation.definition.raw):
            one(operation, GenerationMode.NEGATIVE)
    assert {200, 201, 202, 400, 404, 422} <= set(asked)
    return len(asked)


def test_nothing_that_is_asked_breaks_the_api(there: tuple[TestClient, dict[str, Any]], kept: Catalogue):
    assert hold(there, kept, 8) > 300


@pytest.mark.slow
def test_nothing_that_is_asked_for_long_breaks_the_api(there: tuple[TestClient, dict[str, Any]], kept: Catalogue):
    assert hold(there, kept, 60) > 2000


def test_every_operation_is_described(there: tuple[TestClient, dict[str, Any]]):
    described = there[0].get(f"{API}/openapi.json").json()
    names: list[str] = []
    for path, methods in described["paths"].items():
        for told in methods.values():
            names.append(told["operationId"])
            assert told["description"].strip().endswith((".", ")")), path
            assert "4XX" in told["responses"], path
            assert not re.search(r"[A-Z]{3}|_", told["summary"]), told["summary"]
    assert len(names) == len(set(names)) > 30


def test_the_documentation_names_every_path(there: tuple[TestClient, dict[str, Any]]):
    told = (Path(__file__).parents[2] / "docs" / "app.md").read_text("utf-8")
    missing = [path for path in there[0].get(f"{API}/openapi.json").json()["paths"] if f"`{path}`" not in told]
    assert not missing, json.dumps(missing)
