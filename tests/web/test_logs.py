"""Training logs: previewed, kept once, audited, given back without losing an effort; results as FHIR."""

import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from threading import Barrier
from typing import Any

import jsonschema
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from legato.coaching.audit.read import read_log
from legato.store import Catalogue
from legato.store.rows import FileRow, TrainedRow
from legato.web.pages import logs

from .athletes import add_athlete, add_session, days_ago, record, send

STRONG = """Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes,RPE
2024-11-04 17:01:00,A,50m,Squat (Barbell),1,100,5,0,0,,,8
2024-11-04 17:01:00,A,50m,Squat (Barbell),2,100,5,0,0,,,8.5
2024-11-04 17:01:00,A,50m,Squat (Barbell),2,100,5,0,0,,,8.5
2024-11-06 17:01:00,B,50m,Bench Press (Barbell),1,80,many,0,0,,,
2024-11-06 17:01:00,B,50m,Bench Press (Barbell),2,80,6,0,0,,,9
"""


def sent(client: TestClient, athlete: str, text: str, name: str = "strong.csv", **fields: str) -> str:
    answer = send(client, f"/athletes/{athlete}/logs", files={"log": (name, text.encode(), "text/csv")}, **fields)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_what_a_file_holds_is_shown_and_nothing_is_kept_before_it_is_asked_for(
    client: TestClient, catalogue: Catalogue
):
    ada = add_athlete(catalogue)
    assert "choose kg or lb above" in sent(client, ada, STRONG)
    text = sent(client, ada, STRONG, units="kg")
    assert "<html" in text and "Choose the file once more" in text and 'id="there"' in text
    client.headers["hx-request"] = "true"
    assert "<html" not in sent(client, ada, STRONG, units="kg")
    assert "3 sets" in text and "stands there twice" in text and "3 tell their effort" in text and "many" in text
    with catalogue.session() as rows:
        assert not rows.scalar(select(func.count()).select_from(TrainedRow))
        assert not rows.scalar(select(func.count()).select_from(FileRow))


def test_a_file_is_kept_once_and_an_effort_is_never_lost(client: TestClient, catalogue: Catalogue, tmp_path: Path):
    ada = add_athlete(catalogue)
    sent(client, ada, STRONG, units="kg", keep="1")
    assert "imported before" in sent(client, ada, STRONG, units="kg")
    assert "imported before" in sent(client, ada, STRONG, units="kg", keep="1")
    longer = STRONG + "2024-11-08 17:01:00,C,50m,Deadlift (Barbell),1,140,3,0,0,,,9.5\n"
    assert "3 sets stand in earlier files" in sent(client, ada, longer, units="kg")
    sent(client, ada, longer, units="kg", keep="1")
    text = client.get(f"/athletes/{ada}/training-log.csv").text
    (tmp_path / "back.csv").write_text(text)
    back = read_log(tmp_path / "back.csv", date.today())
    assert [(one.on.day, one.weight_kg, one.reps, one.rpe) for one in back.sets] == [
        (4, 100.0, 5.0, 8.0), (4, 100.0, 5.0, 8.5), (6, 80.0, 6.0, 9.0), (8, 140.0, 3.0, 9.5)
    ]  # fmt: skip
    assert not back.said


def test_the_same_file_kept_twice_at_once_counts_once(
    client: TestClient, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
):
    ada = add_athlete(catalogue)
    both = Barrier(2, timeout=30.0)

    def at_once(*given: Any) -> Any:
        read = read_of(*given)
        both.wait()
        return read

    read_of: Callable[..., Any] = logs._read
    monkeypatch.setattr(logs, "_read", at_once)
    with ThreadPoolExecutor(2) as threads:
        waiting = [threads.submit(sent, client, ada, STRONG, units="kg", keep="1") for _ in range(2)]
        told = [one.result() for one in waiting]
    assert sum("imported before" in text for text in told) == 1
    with catalogue.session() as rows:
        assert rows.scalar(select(func.count()).select_from(TrainedRow)) == 3
    assert [left for left in catalogue.files.left() if left.held] == [], "no mark of a file stays"


def test_what_is_left_out_is_counted_by_rows_and_values(client: TestClient, catalogue: Catalogue):
    ada = add_athlete(catalogue)
    said = STRONG.replace("6,0,0,,,9\n", "6,0,0,,,19\n")
    text = sent(client, ada, said, units="kg")
    assert re.search(r"<summary>1 row is left out, 1 value is left out; line by line</summary>", text)
    assert "is left out" not in sent(client, ada, STRONG.replace("many", "5"), units="kg")


def test_what_begins_like_a_formula_comes_back_as_it_was(client: TestClient, catalogue: Catalogue):
    ada = add_athlete(catalogue)
    noted = STRONG.replace("5,0,0,,,8\n", "5,0,0,- easy,,8\n").replace("Bench Press (Barbell)", "+Bench")
    sent(client, ada, noted, units="kg", keep="1")
    table = client.get(f"/athletes/{ada}/training-log.csv").text
    assert "'- easy" in table and "'+Bench" in table, "no spreadsheet takes it for a formula"
    assert "3 sets stand in earlier files" in sent(client, ada, table), "nothing of it counts twice"


def test_the_audit_stands_on_the_page_and_a_file_can_be_taken_away(client: TestClient, catalogue: Catalogue):
    ada = add_athlete(catalogue)
    assert "No log yet" in client.get(f"/athletes/{ada}/logs").text
    sent(client, ada, STRONG, units="kg", keep="1")
    text = client.get(f"/athletes/{ada}/logs").text
    assert "audit-findings" in text and "Sets of work by pattern" in text
    with catalogue.session() as rows:
        source = rows.scalars(select(TrainedRow.source)).first()
    send(client, f"/athletes/{ada}/logs/drop", source=source)
    assert "No log yet" in client.get(f"/athletes/{ada}/logs").text
    assert not list(catalogue.files.all())


def test_what_is_no_log_is_one_line(client: TestClient, catalogue: Catalogue):
    ada = add_athlete(catalogue)
    assert 'class="error"' in sent(client, ada, "\x00\x01\x02", "<img>.csv")
    assert "<img>" not in sent(client, ada, "nothing", "<img>.csv")


QUANTITY = {
    "type": "object",
    "required": ["value", "unit"],
    "properties": {
        "value": {"type": "number"}, "unit": {"type": "string", "minLength": 1},
        "system": {"const": "http://unitsofmeasure.org"}, "code": {"type": "string", "minLength": 1},
    },
    "dependentRequired": {"code": ["system"]},
    "additionalProperties": False,
}  # fmt: skip
CONCEPT = {
    "type": "object",
    "properties": {
        "text": {"type": "string", "minLength": 1},
        "coding": {"type": "array", "items": {"type": "object", "required": ["system", "code"]}},
    },
    "minProperties": 1,
    "additionalProperties": False,
}
OBSERVATION = {
    "type": "object",
    "required": ["resourceType", "id", "status", "code"],
    "properties": {
        "resourceType": {"const": "Observation"},
        "id": {"type": "string", "pattern": r"^[A-Za-z0-9\-.]{1,64}$"},
        "status": {"enum": ["registered", "preliminary", "final", "amended", "corrected", "cancelled", "unknown"]},
        "code": CONCEPT,
        "subject": {"type": "object", "required": ["identifier"]},
        "effectiveDateTime": {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"},
        "method": CONCEPT,
        "note": {"type": "array", "items": {"type": "object", "required": ["text"]}},
        "valueQuantity": QUANTITY,
        "dataAbsentReason": CONCEPT,
        "component": {
            "type": "array",
            "minItems": 2,
            "items": {
                "type": "object",
                "required": ["code", "valueQuantity"],
                "properties": {"code": CONCEPT, "valueQuantity": QUANTITY},
                "additionalProperties": False,
            },
        },
        "referenceRange": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"low": QUANTITY, "high": QUANTITY, "text": {"type": "string"}},
                "minProperties": 1,
                "additionalProperties": False,
            },
        },
    },
    "oneOf": [{"required": ["valueQuantity", "component"]}, {"required": ["dataAbsentReason"]}],
    "additionalProperties": False,
}
"""Of FHIR R5 what an Observation of ours may hold; obs-6: a reason for no value only where there is none."""
BUNDLE = {
    "type": "object",
    "required": ["resourceType", "type", "entry"],
    "properties": {
        "resourceType": {"const": "Bundle"},
        "type": {"const": "collection"},
        "entry": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["fullUrl", "resource"],
                "properties": {"fullUrl": {"pattern": "^urn:uuid:"}, "resource": OBSERVATION},
            },
        },
    },
    "additionalProperties": False,
}


def test_results_are_given_as_fhir_observations(client: TestClient, catalogue: Catalogue):
    ada = add_athlete(catalogue)
    told = record([0.03, 0.04])
    told["chain"]["gaps"].append({**told["chain"]["gaps"][0], "from": "thorax", "to": "hand", "set": None,
                                  "band_s": None, "reason": "no event was found"})  # fmt: skip
    session = add_session(catalogue, ada, days_ago(3), told)
    for path in (f"/sessions/{session}/fhir.json", f"/athletes/{ada}/fhir.json"):
        answer = client.get(path)
        assert answer.headers["content-type"].startswith("application/fhir+json")
        assert 'filename="observations.fhir.json"' in answer.headers["content-disposition"]
        assert "sandbox" in answer.headers["content-security-policy"]
        found = json.loads(answer.text)
        jsonschema.validate(found, BUNDLE)
        gap, absent, knee = (entry["resource"] for entry in found["entry"])
        assert gap["valueQuantity"]["code"] == "s" and gap["referenceRange"][0]["low"]["value"] == 0.0
        assert absent["dataAbsentReason"]["text"] == "no event was found" and "valueQuantity" not in absent
        assert knee["valueQuantity"]["code"] == "deg" and "Ada" not in answer.text
        assert len({entry["fullUrl"] for entry in found["entry"]}) == 3
