"""Athletes with sessions, results and plans, put into a catalogue as the worker and the pages would."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from fastapi.testclient import TestClient

from legato.coaching.safety import questionnaire, screen, screening_record
from legato.store import Catalogue, keep_file
from legato.store.rows import AthleteRow, JobRow, ResultRow, ScreeningRow, SessionFileRow, SessionRow

TODAY = date.today()
BLOCKING = next(question.id for question in questionnaire().questions if question.blocks == "clinician")
"""A question to which a yes blocks."""


def number(value: float, half: float, unit: str) -> dict[str, Any]:
    """An estimate as a result holds it."""
    return {"value": value, "low": value - half, "high": value + half, "unit": unit}


def record(
    gaps_s: Sequence[float], depth_deg: float = 100.0, *, sure: bool = True, sha: str = "a" * 64
) -> dict[str, Any]:
    """A result of throws: the gap of pelvis to thorax in each repetition, and how deep the knees bend."""
    mean = sum(gaps_s) / len(gaps_s)
    reps = [
        {
            "index": k, "start_s": 2.0 * k, "end_s": 2.0 * k + 1.0, "complete": True,
            "metrics": {"knee_flexion_right": number(depth_deg + k, 2.0, "deg")},
        }
        for k in range(len(gaps_s))
    ]  # fmt: skip
    gap = {
        "from": "pelvis", "to": "thorax", "event": "peak", "quantity": "axial_velocity", "primary": True,
        "n": len(reps), "band_s": [0.0, None], "set": number(mean, 0.01, "s"),
        "verdict": "ok" if sure else "not-resolvable",
        "reason": None if sure else "the interval holds the limit",
        "per_rep": [{"rep": k, "gap_s": number(g, 0.015, "s")} for k, g in enumerate(gaps_s)],
    }  # fmt: skip
    return {
        "schema": "legato.analysis/1", "legato_version": "0", "settings": {"level": 0.9},
        "movement": {"id": "throw", "name": "Throw"}, "reps": reps, "chain": {"gaps": [gap]},
        "inputs": [{"path": "throws.c3d", "sha256": sha}], "findings": [],
    }  # fmt: skip


def summary(told: dict[str, Any], *faults: str, headline: str = "The thorax turns after the pelvis.") -> dict[str, Any]:
    """What lists need of it."""
    reps = told["reps"]
    knees = [rep["metrics"]["knee_flexion_right"]["value"] for rep in reps]
    gap = told["chain"]["gaps"][0]
    return {
        "headline": headline, "sure": "", "movement": "throw", "movement_name": "Throw", "reps": len(reps),
        "complete": len(reps), "order_share": None,
        "gaps": [{k: gap[k] for k in ("from", "to", "event", "quantity", "primary", "set", "verdict", "n")}],
        "findings": [{"fault": one, "name": one.capitalize(), "verdict": "fault"} for one in faults],
        "metrics": {"knee_flexion_right": number(sum(knees) / len(knees), 3.0, "deg")},
    }  # fmt: skip


def add_athlete(catalogue: Catalogue, name: str = "Ada", **known: Any) -> str:
    """Their id."""
    with catalogue.session() as rows:
        row = AthleteRow(name=name, **known)
        rows.add(row)
        rows.flush()
        return row.id


def add_session(catalogue: Catalogue, athlete: str, on: date, told: dict[str, Any], name: str = "", **said: Any) -> str:
    """A session with its result; its id."""
    saved = catalogue.files.save_bytes(json.dumps(told).encode())
    with catalogue.session() as rows:
        keep_file(rows, saved)
        row = SessionRow(athlete_id=athlete, name=name or f"Throws of {on}", recorded_on=on, movement="throw")
        row.created_at = datetime.combine(on, time(12), UTC)
        rows.add(row)
        rows.flush()
        brief = said.get("summary") or summary(told)
        result = ResultRow(session_id=row.id, key=row.id * 4, legato_version="0", summary=brief,
                           files={"result.json": saved.sha256}, made_at=row.created_at)  # fmt: skip
        rows.add(result)
        return row.id


def add_upload(catalogue: Catalogue, athlete: str, name: str, role: str = "trial", *jobs: str) -> str:
    """A session with one file and no result, and jobs of these kinds that came to nothing; its id."""
    saved = catalogue.files.save_bytes(name.encode())
    with catalogue.session() as rows:
        keep_file(rows, saved)
        row = SessionRow(athlete_id=athlete, name=name, recorded_on=TODAY, movement="goblet-squat")
        row.files.append(SessionFileRow(sha256=saved.sha256, name=f"{name}.c3d", role=role, position=0))
        row.jobs.extend(JobRow(kind=kind, state="failed", error="no rows of numbers") for kind in jobs)
        rows.add(row)
        rows.flush()
        return row.id


def add_screening(catalogue: Catalogue, athlete: str, on: date = TODAY, yes: str = "") -> None:
    """A screening, passed unless the question `yes` blocks."""
    found = screen({question.id: "yes" if question.id == yes else "no" for question in questionnaire().questions}, on)
    with catalogue.session() as rows:
        outcome = "passed" if found.passed else "blocked"
        rows.add(ScreeningRow(athlete_id=athlete, outcome=outcome, record=screening_record(found)))


def send(client: TestClient, path: str, follow: Any = True, **fields: Any) -> Any:
    """What a form's answer is, with the token that the page carries."""
    token = client.get("/").text.partition('data-token="')[2].partition('"')[0]
    files = fields.pop("files", None)
    return client.post(path, data={"token": token, **fields}, files=files, follow_redirects=follow)


def days_ago(days: int) -> date:
    """A day before today."""
    return TODAY - timedelta(days=days)
