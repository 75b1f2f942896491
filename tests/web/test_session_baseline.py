"""An earlier session is offered as the one that the athlete's own bands come from, and taken with one press."""

from fastapi.testclient import TestClient

from legato.store import Catalogue, keep_file
from legato.store.rows import JobRow, SessionRow
from legato.web.baseline_offer import offered, waiting_for_baseline

from .athletes import add_athlete, add_session, days_ago, record, send

WAITS = {
    "verdict": "not-resolvable",
    "band": None,
    "why": "17 deg: there is no band yet",
    "resolve": "give it with --baseline",
}
BEYOND = {"verdict": "not-resolvable", "band": [None, 4.0], "why": "reaches over the edge", "resolve": "about 10 reps"}


def test_an_earlier_session_is_offered_where_findings_wait_for_one_and_taken(client: TestClient, catalogue: Catalogue):
    ada = add_athlete(catalogue)
    first = add_session(catalogue, ada, days_ago(9), record([0.03, 0.031], sha="1" * 64), name="The good one")
    told = record([0.04, 0.041], sha="2" * 64) | {"findings": [WAITS, WAITS, BEYOND]}
    later = add_session(catalogue, ada, days_ago(2), told)
    other = add_session(catalogue, add_athlete(catalogue, "Bea"), days_ago(9), record([0.03, 0.031], sha="3" * 64))
    with catalogue.session() as rows:
        assert [
            waiting_for_baseline(catalogue, session, session.results[-1])
            for session in (rows.get_one(SessionRow, one) for one in (first, later))
        ] == [0, 2]
        earlier, now = (rows.get_one(SessionRow, one) for one in (first, later))
        assert offered(now, [earlier]) is earlier and offered(earlier, [now]) is None
        now.options = {"loads_kg": [60.0, 60.0]}
        assert offered(now, [earlier]) is None, "another load"
        earlier.options = {"loads_kg": [60.0]}
        assert offered(now, [earlier]) is earlier
        earlier.options = {"load_kg": 60.0}
        assert offered(now, [earlier]) is earlier, "told of the whole set"
        earlier.options = {"load_kg": 70.0}
        assert offered(now, [earlier]) is None
        now.options = earlier.options = {}
        brief = earlier.results[-1].summary
        earlier.results[-1].summary = brief | {"findings": [{"fault": "knee-in", "verdict": "fault"}]}
        assert offered(now, [earlier]) is None
        earlier.results[-1].summary = brief

    line = f"/sessions/{later}/compare/line"
    level = catalogue.files.save_bytes(b'{"level": "90 %"}')
    with catalogue.session() as rows:
        keep_file(rows, level)
        made = rows.get_one(SessionRow, later).results[-1]
        made.files = made.files | {"session.json": level.sha256}
    assert "Judge this session by The good one" in client.get(line).text
    with catalogue.session() as rows:
        rows.get_one(SessionRow, later).options = {"load_kg": 60.0}
    told = client.get(line).text
    assert "choose it as “Earlier session” under" in told and f'href="/upload/{later}"' in told
    with catalogue.session() as rows:
        rows.get_one(SessionRow, later).options = {}

    refused = send(client, f"/sessions/{later}/baseline", baseline=other)
    assert refused.status_code == 400 and "Earlier session" in refused.text
    refused = send(client, f"/sessions/{first}/baseline", baseline=later)
    assert refused.status_code == 400 and "no earlier one" in refused.text
    assert send(client, f"/sessions/{later}/baseline", False, baseline=first).status_code == 303
    with catalogue.session() as rows:
        row = rows.get_one(SessionRow, later)
        assert row.options == {"baseline_session": first}
        assert [job.kind for job in rows.query(JobRow).filter(JobRow.session_id == later)] == ["analyse"]
        assert waiting_for_baseline(catalogue, row, row.results[-1]) == 0
