"""What the pages list is found through an index, however many sessions there are."""

import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, literal_column, select
from sqlalchemy.orm import selectinload

from legato.store import Catalogue, open_catalogue
from legato.store.rows import AthleteRow, AuditRow, JobRow, PlanRow, ResultRow, SessionRow, TrainedRow, new_id

_ONE = "0" * 16
_LISTS: dict[str, Callable[[], Any]] = {
    "the latest sessions": lambda: (
        select(SessionRow).order_by(SessionRow.recorded_on.desc(), SessionRow.created_at.desc()).limit(12)
    ),
    "an athlete's sessions": lambda: (
        select(SessionRow).where(SessionRow.athlete_id == _ONE).order_by(SessionRow.recorded_on.desc())
    ),
    "a session's results": lambda: (
        select(ResultRow).where(ResultRow.session_id == _ONE).order_by(ResultRow.made_at.desc()).limit(1)
    ),
    "a session's jobs": lambda: select(JobRow).where(JobRow.session_id == _ONE).order_by(JobRow.created_at.desc()),
    "jobs that wait": lambda: select(JobRow).where(JobRow.state == "queued").order_by(JobRow.created_at).limit(1),
    "an athlete's newest plan": lambda: (
        select(PlanRow).where(PlanRow.athlete_id == _ONE).order_by(PlanRow.made_at.desc()).limit(1)
    ),
    "an athlete's sets": lambda: select(TrainedRow).where(TrainedRow.athlete_id == _ONE).order_by(TrainedRow.on),
    "the log": lambda: select(AuditRow).order_by(AuditRow.at.desc()).limit(50),
    "the log of one thing": lambda: select(AuditRow).where(AuditRow.subject == _ONE).order_by(AuditRow.at.desc()),
}


@pytest.mark.parametrize("name", _LISTS)
def test_a_list_is_read_in_the_order_of_an_index(tmp_path: Path, name: str):
    # PostgreSQL chooses by the number of rows.
    catalogue = open_catalogue(tmp_path)
    told = _LISTS[name]().compile(catalogue.engine, compile_kwargs={"literal_binds": True})
    with catalogue.engine.connect() as connection:
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {told}")]
    assert len(plan) == 1 and "USING INDEX ix_" in plan[0], plan


@pytest.mark.slow
def test_ten_thousand_sessions_are_listed_at_once(catalogue: Catalogue):
    people = [{"id": new_id(), "name": f"athlete {k}"} for k in range(100)]
    days = [date(2020, 1, 1) + timedelta(days=k % 2000) for k in range(10_000)]
    sessions = [
        {"id": new_id(), "name": "squat", "recorded_on": day, "athlete_id": people[k % 100]["id"], "options": {}}
        for k, day in enumerate(days)
    ]
    results = [
        {"session_id": one["id"], "key": "k", "legato_version": "0", "summary": {"headline": "x" * 2000}, "files": {}}
        for one in sessions
    ]
    with catalogue.session() as rows:
        for table, some in ((AthleteRow, people), (SessionRow, sessions), (ResultRow, results)):
            rows.execute(insert(table), some)
    with catalogue.session() as rows:
        rows.execute(select(literal_column("1")))
        began = time.perf_counter()
        newest = select(SessionRow).order_by(SessionRow.recorded_on.desc(), SessionRow.created_at.desc()).limit(12)
        listed = rows.scalars(newest.options(selectinload(SessionRow.results))).all()
        took_s = time.perf_counter() - began
    assert len(listed) == 12 and all(len(session.results) == 1 for session in listed)
    print(f"\nthe latest 12 of 10,000 sessions with their results: {1e3 * took_s:.0f} ms")
    assert took_s < 0.5
