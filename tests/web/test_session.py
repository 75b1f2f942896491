"""The session's page shows what the report says, in its own order, and loads what is heavy later."""

import json
import re
import tracemalloc

import pytest
from fastapi.testclient import TestClient

from legato.store import Catalogue
from legato.store.rows import JobRow, ResultRow, SessionRow, TrialOfOneRow
from legato.web.app_words import made_by_legato
from legato.web.pages import session as pages
from legato.web.pieces import Held
from legato.web.render import environment

from .sessions import FIRST, SECOND, coach, demo_folder, library

__all__ = ["coach", "demo_folder", "library"]

SWAP = {"hx-request": "true"}
"""Sent by the page's script."""


def pieces_of(catalogue: Catalogue, session: str) -> dict[str, str]:
    with catalogue.session() as rows:
        files = rows.get_one(SessionRow, session.rpartition("/")[2]).results[-1].files
    return json.loads(catalogue.files.read(files["pieces.json"]))


def test_the_page_opens_with_the_finding_and_its_drill(coach: TestClient, library: Catalogue):
    text = coach.get(FIRST).text
    pieces = pieces_of(library, FIRST)
    assert f"<h1>{pieces['headline']}</h1>" in text
    before, after = pieces["chain"].split("<h2>Gaps")
    for part in (before, f"<h2>Gaps{after}", pieces["findings"], pieces["quality"]):
        # The report's own, in which only commands are told as the pages' buttons and fields.
        assert made_by_legato(part) in text
    places = [
        text.index(part) for part in ("<h1>", "Drill", 'id="chain"', 'id="reps"', 'id="findings"', 'id="quality"')
    ]
    assert places == sorted(places)


def test_heavy_sections_come_when_the_reader_does_and_all_at_once_for_print(coach: TestClient, library: Catalogue):
    angles = pieces_of(library, FIRST)["angles"]
    text, whole = coach.get(FIRST).text, coach.get(f"{FIRST}?whole=1").text
    assert angles not in text and angles in whole
    part = re.search(r'hx-get="([^"]+/part/angles[^"]*)"', text)
    assert part is not None
    answer = coach.get(part[1])
    assert angles in answer.text and answer.headers["cache-control"] == "private, no-cache"
    again = coach.get(part[1], headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304 and not again.content
    other = coach.get(part[1].replace("/angles", "/methods"), headers={"if-none-match": answer.headers["etag"]})
    assert other.status_code == 200
    assert coach.get(f"{FIRST}/part/../../x").status_code == 404
    assert coach.get(f"{FIRST}/part/replay").status_code == 404


def test_the_rep_table_has_the_numbers_of_the_result(coach: TestClient, library: Catalogue):
    text = coach.get(FIRST).text
    with library.session() as rows:
        files = rows.get_one(SessionRow, FIRST.rpartition("/")[2]).results[-1].files
    result = json.loads(library.files.read(files["result.json"]))
    table = text[text.index('class="wide sortable"') :].partition("</table>")[0]
    assert table.count("<tr") == 1 + len(result["reps"])
    speeds = [rep["metrics"]["hand_speed_peak"]["value"] for rep in result["reps"]]
    shown = [float(v) for v in re.findall(r'data-v="([-0-9.e]+)"', table)]
    assert all(any(abs(speed - v) < 1e-6 for v in shown) for speed in speeds)


def test_where_no_chain_is_what_was_measured_leads(coach: TestClient, library: Catalogue):
    with library.session() as rows:
        result = rows.get_one(SessionRow, FIRST.rpartition("/")[2]).results[-1]
        pieces = json.loads(library.files.read(result.files["pieces.json"]))
        pieces |= {"chain": "", "first": "bar", "bar": '<section id="bar"><h2>Bar</h2>0.4 m/s</section>'}
        saved = library.files.save_bytes(json.dumps(pieces).encode())
        result.files = result.files | {"pieces.json": saved.sha256}
    text = coach.get(FIRST).text
    assert text.count("0.4 m/s") == 1 and text.index("0.4 m/s") < text.index('id="reps"')


def test_an_earlier_result_can_be_chosen_and_says_what_differs(coach: TestClient, library: Catalogue):
    with library.session() as rows:
        session = rows.get_one(SessionRow, FIRST.rpartition("/")[2])
        newest = session.results[-1]
        record = json.loads(library.files.read(newest.files["result.json"]))
        record["settings"]["mass_kg"] = 90.0
        saved = library.files.save_bytes(json.dumps(record).encode())
        other = ResultRow(
            session_id=session.id, key="other", legato_version="0", summary=newest.summary,
            files=newest.files | {"result.json": saved.sha256},
        )  # fmt: skip
        rows.add(other)
        old = newest.id
    assert "earlier result" in coach.get(f"{FIRST}?result={old}").text
    assert "mass_kg: 76.0 → 90" in coach.get(f"{FIRST}/versions").text.replace("76 ", "76.0 ")
    assert coach.get(f"{FIRST}/versions").text.startswith("<!doctype html>")
    assert coach.get(f"{FIRST}/versions", headers=SWAP).text.startswith("<section")
    assert coach.get(f"{FIRST}?result=nothing").status_code == 404


def test_where_no_result_is_there_the_state_of_the_work_is_told(coach: TestClient, library: Catalogue):
    with library.session() as rows:
        session = rows.get_one(SessionRow, FIRST.rpartition("/")[2])
        session.results.clear()
        rows.add(JobRow(session_id=session.id, kind="analyse", state="failed", error="throws.c3d: <b>no</b> markers"))
    text = coach.get(FIRST).text
    assert "throws.c3d: &lt;b&gt;no&lt;/b&gt; markers" in text and "Analyse again" in text
    assert coach.post(f"{FIRST}/analyse").status_code == 303
    assert "Waiting for its turn" in coach.get(FIRST).text
    assert f"{FIRST}/state?on=empty" in coach.get(FIRST).text
    assert "hx-trigger" in coach.get(f"{FIRST}/state").text


@pytest.mark.parametrize(("path", "on"), [("", "session"), ("/edit", "details")])
def test_a_page_with_a_result_is_never_loaded_anew_by_itself(coach: TestClient, library: Catalogue, path: str, on: str):
    with library.session() as rows:
        rows.add(JobRow(session_id=FIRST.rpartition("/")[2], kind="analyse", state="running"))
    assert f"{FIRST}/state?on={on}" in coach.get(f"{FIRST}{path}").text
    with library.session() as rows:
        rows.query(JobRow).update({"state": "done"})
    told = coach.get(f"{FIRST}/state?on={on}")
    assert "hx-refresh" not in told.headers and f'href="{FIRST}">Show the new result' in told.text
    assert coach.get(f"{FIRST}/state?on=empty").headers["hx-refresh"] == "true"


def test_an_earlier_session_is_laid_beneath_the_timeline_with_a_table(coach: TestClient, library: Catalogue):
    plain = coach.get(SECOND).text
    assert 'class="ghost' not in plain and f'hx-get="{SECOND}/chain' in plain
    first = FIRST.rpartition("/")[2]
    with library.session() as rows:
        others = [row.id for row in rows.query(SessionRow).all() if f"/sessions/{row.id}" != SECOND]
    offered = coach.get(f"{SECOND}/chain", headers=SWAP).text
    assert all(f'<option value="{one}"' in offered for one in others) and 'class="ghost' not in offered
    laid = coach.get(f"{SECOND}/chain?beneath={first}", headers=SWAP).text
    whole = coach.get(f"{SECOND}?beneath={first}").text
    with library.session() as rows:
        files = rows.get_one(SessionRow, first).results[-1].files
    lanes = json.loads(library.files.read(files["session.json"]))["lanes"]
    low, high = (float(re.search(rf'data-{end}="([-\d.]+)"', laid)[1]) for end in ("low", "high"))  # type: ignore[index]
    drawn = [lane for lane in lanes if low <= lane["value"] <= high]
    assert drawn and laid.count('<i class="ghost ') == len(drawn) == whole.count('<i class="ghost ')
    share = 100.0 * (drawn[0]["value"] - low) / (high - low)
    assert f'<i class="ghost peak" style="left:{share:.2f}%"></i>' in laid
    assert "mean of each event over its set" in laid and laid.count('<th scope="row">') == len(lanes)
    assert coach.get(f"{SECOND}/chain?beneath=nothing", headers=SWAP).status_code == 200
    plain = coach.get(f"{SECOND}/chain?beneath={first}")
    assert plain.status_code == 303 and f"{SECOND}?beneath={first}" in plain.headers["location"]


def test_a_session_without_a_whole_repetition_is_not_offered_beneath(coach: TestClient, library: Catalogue):
    first = FIRST.rpartition("/")[2]
    assert f'<option value="{first}"' in coach.get(f"{SECOND}/chain", headers=SWAP).text
    with library.session() as rows:
        result = rows.get_one(SessionRow, first).results[-1]
        result.summary = result.summary | {"complete": 0}
    offered = coach.get(f"{SECOND}/chain?beneath={first}", headers=SWAP).text
    assert "<option" in offered and f'<option value="{first}"' not in offered and 'class="ghost' not in offered


def test_the_second_session_says_why_it_differs_from_the_first(coach: TestClient, library: Catalogue):
    line = coach.get(f"{SECOND}/compare/line").text
    assert "pelvis → thorax" in line and "out of order → in order" in line
    assert "better: nearer to the target, by more than this athlete changes from day to day" in re.sub(
        r"<[^>]+>", "", line
    )
    page = coach.get(f"{SECOND}/compare").text
    assert "before the drills" in page and "pelvis → thorax" in page
    with library.session() as rows:
        earliest = rows.query(SessionRow).order_by(SessionRow.recorded_on).first()
    assert earliest is not None
    # Nothing to compare it with: only where a set to judge it by is chosen.
    alone = coach.get(f"/sessions/{earliest.id}/compare/line").text
    assert "could not be judged" in alone and f'href="/upload/{earliest.id}"' in alone and "→" not in alone


def test_what_is_held_stays_below_its_limit(catalogue: Catalogue):
    most, held = 1_000_000, Held(most_bytes=1_000_000)
    told = [
        {"k": k, "first": "\N{MINUS SIGN}1.5" + "0123456789" * 15_000, "rows": [[k + j / 7, k] for j in range(1_500)]}
        for k in range(12)
    ]
    names = [catalogue.files.save_bytes(json.dumps(one, ensure_ascii=False).encode()).sha256 for one in told]
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for name, one in zip(names, told, strict=True):
            assert dict(held.read(catalogue, name)) == one
        taken = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    # As large as the limit allows, in memory and not on the disk; Python's own headers of objects are not counted.
    assert 0.5 * most < taken < 1.1 * most
    assert names[-1] in held._known and names[0] not in held._known
    held.forget()
    assert not held._known and held._bytes == 0


def test_a_session_of_a_running_trial_says_so(coach: TestClient, monkeypatch: pytest.MonkeyPatch):
    mark = "looks at its numbers now knows how the trial goes"
    assert mark not in coach.get(FIRST).text
    running = [TrialOfOneRow(id="ab" * 8, athlete_id="cd" * 8, name="swings & rest", journal="x.jsonl")]
    monkeypatch.setattr(pages, "running_with", lambda *_: running)
    text = coach.get(FIRST).text
    assert mark in text and f'<a href="/trials/{"ab" * 8}">swings &amp; rest</a>' in text


def test_where_the_report_tells_of_the_repetitions_its_heading_stands_once():
    record = {"noun": "stride", "level": "90 %", "reps": {"columns": [], "rows": []}}
    piece = {"reps": "<h2>Strides</h2><p>No stride is marked.</p>"}
    text = environment().get_template("session_reps.html").render(record=record, piece=piece)
    assert text.count("<h2") == 1 and "No stride is marked." in text and "on-paper" not in text
