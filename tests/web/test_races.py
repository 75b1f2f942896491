"""Where two change the same at once, one is kept and the other is told so; nothing is lost in silence."""

import asyncio
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError, TimeoutError

from legato.coaching.log import Session as Done
from legato.coaching.plan.done import with_sessions
from legato.store import TURNS, Catalogue
from legato.store.rows import AthleteRow, OwnEntryRow, PlanRow, SettingRow
from legato.web.app import create_app
from legato.web.demo import ATHLETE
from legato.web.of_athlete import keep_plan, plan_of, plan_row
from legato.web.pages import own, plans

from .conftest import HOST, run_apart
from .sessions import coach, demo_folder, library

__all__ = ["coach", "demo_folder", "library"]

PLAN = f"/athletes/{ATHLETE}/plan"
SAID = "somebody else changed this meanwhile"


def logged(library: Catalogue, on: date) -> None:
    """What another tab does meanwhile."""
    with library.session() as rows:
        row = plan_row(rows, ATHLETE)
        assert row is not None
        anew = with_sessions(plan_of(row), (Done(on, (), sleep_h=6.0),), on, "another tab")
        keep_plan(rows, rows.get_one(AthleteRow, ATHLETE), anew, "plan logged")


def test_a_log_entry_of_another_tab_is_never_lost(
    coach: TestClient, library: Catalogue, monkeypatch: pytest.MonkeyPatch
):
    with library.session() as rows:
        row = plan_row(rows, ATHLETE)
        assert row is not None
        on = plan_of(row).weeks[0].days[0].on
    whole: Callable[..., Any] = plans.with_sessions

    def meanwhile(*given: Any) -> Any:
        monkeypatch.setattr(plans, "with_sessions", whole)
        logged(library, on + timedelta(days=1))
        return whole(*given)

    monkeypatch.setattr(plans, "with_sessions", meanwhile)
    refused = coach.post(f"{PLAN}/looked-at", data={"on": on.isoformat()})
    assert refused.status_code == 409 and SAID in refused.text
    with library.session() as rows:
        kept = plan_row(rows, ATHLETE)
        assert kept is not None and any(one.sleep_h == 6.0 for one in plan_of(kept).log)
        count = rows.query(PlanRow).count()
    assert coach.post(f"{PLAN}/looked-at", data={"on": on.isoformat()}).status_code == 200
    with library.session() as rows:
        kept = plan_row(rows, ATHLETE)
        assert kept is not None and rows.query(PlanRow).count() == count + 1
        assert {one.looked_at for one in plan_of(kept).log} == {False, True}
        assert any(one.sleep_h == 6.0 for one in plan_of(kept).log)


def test_what_the_tables_take_only_once_is_told_as_changed_meanwhile(
    coach: TestClient, library: Catalogue, monkeypatch: pytest.MonkeyPatch
):
    with library.session() as rows:
        entry = OwnEntryRow(kind="drill", entry_id="mine", base="", text="id = 'mine'\n")
        rows.add(entry)
        rows.flush()
        rows.add(SettingRow(key=f"draft-{entry.id}", value={"text": "of another tab"}))
        path = f"/library/own/{entry.id}/check"
    # As where the other tab's draft came after this one looked.
    monkeypatch.setattr(own, "_draft", lambda *_: None)
    refused = coach.post(path, data={"text": "mine"})
    assert refused.status_code == 409 and SAID in refused.text


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("BEGIN", {}, Exception("database is locked")),
        InterfaceError("BEGIN", {}, Exception("database is locked away with its server")),
        TimeoutError("QueuePool limit reached: database is locked by others"),
    ],
)
def test_a_busy_database_is_told(
    coach: TestClient, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: SQLAlchemyError
):
    def locked(*_: object) -> None:
        raise error

    monkeypatch.setattr("legato.web.pages.home.looks", locked)
    told = coach.get("/")
    assert told.status_code == 503 and "try again in a moment" in told.text
    assert "database is locked" in capsys.readouterr().err


def test_more_at_once_than_there_are_threads_are_all_answered(catalogue: Catalogue, athlete: str):
    asked_for = f"http://{HOST}/api/v1/athletes/{athlete}"
    told: list[int] = []
    connections: list[int] = []

    async def asked() -> None:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(create_app(catalogue, [HOST]))) as client:

            async def one() -> None:
                told.append((await client.get(asked_for)).status_code)
                connections.append(catalogue.engine.pool.checkedout())  # type: ignore[attr-defined]

            # Starlette has 40 threads. Were a turn not waited for, requests that hold a connection would wait for a
            # thread and the threads for a connection, until that gives up after 30 s.
            await asyncio.wait_for(asyncio.gather(*(one() for _ in range(120))), 25.0)

    run_apart(asked())
    assert told == [200] * 120 and max(connections) <= TURNS
