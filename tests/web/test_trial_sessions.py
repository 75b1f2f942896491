"""Which sessions a trial takes: of after its arm was told, of their own day, each once, by their newest result."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from legato.evidence.trials.journal import read_journal
from legato.store import Catalogue, keep_file
from legato.store.rows import JobRow, ResultRow, SessionFileRow, SessionRow
from legato.web.trial_sessions import running_with

from ..commands.test_trial import pressed
from .test_trials import act, add, arm_due, journal, registered, session

BEFORE = datetime.now(UTC) - timedelta(hours=1)


@pytest.fixture
def path(client: TestClient, athlete: str) -> str:
    """A trial whose first arm was told."""
    path = registered(client, athlete)
    act(client, f"{path}/next")
    return path


def offered(client: TestClient, path: str) -> str:
    """The part of the page in which sessions are offered."""
    return client.get(path).text.partition('id="session"')[2].partition("</select>")[0]


def test_sessions_from_before_the_arm_was_told_are_neither_offered_nor_taken(
    client: TestClient, catalogue: Catalogue, athlete: str, path: str, tmp_path: Path
):
    arm, file = arm_due(client.get(path).text), journal(catalogue)
    yesterday = session(catalogue, athlete, tmp_path, "yesterday", 0.5, on=date.today() - timedelta(days=1))
    earlier = session(catalogue, athlete, tmp_path, "earlier", 0.5, created_at=BEFORE)
    of_now = session(catalogue, athlete, tmp_path, "of-now", 0.5)
    listed = offered(client, path)
    assert "of-now" in listed and "yesterday" not in listed and "earlier" not in listed
    before = file.read_bytes()
    for one, said in ((yesterday, "was recorded on"), (earlier, "was in the app on")):
        answer = add(client, path, one, arm)
        assert answer.status_code == 400 and said in answer.text and "before its arm was told" in answer.text
    assert file.read_bytes() == before
    assert "added: arm" in add(client, path, of_now, arm).text


def test_the_day_is_the_sessions_own_and_no_hour_after_its_files_came(
    client: TestClient, catalogue: Catalogue, athlete: str, path: str, tmp_path: Path
):
    arm = arm_due(client.get(path).text)
    one = session(catalogue, athlete, tmp_path, "one", 0.5)
    later = f"{datetime.now() + timedelta(minutes=2):%H:%M}"
    if later > f"{datetime.now():%H:%M}":  # not in the last minutes of a day
        assert "its files reached the app on" in add(client, path, one, arm, at=later).text
    assert "tell the time of day" in add(client, path, one, arm, at="").text
    assert "tell the time of day" in add(client, path, one, arm, at="noon").text
    add(client, path, one, arm, on="2020-01-01T10:00")
    assert read_journal(journal(catalogue)).lines[-1].holds["on"].startswith(date.today().isoformat())


def test_a_recording_that_was_here_before_counts_no_more_for_being_sent_again(
    client: TestClient, catalogue: Catalogue, athlete: str, path: str, tmp_path: Path
):
    arm = arm_due(client.get(path).text)
    saved = catalogue.files.save_bytes(b"a recording")
    old = session(catalogue, athlete, tmp_path, "old", 0.5, created_at=BEFORE)
    new = session(catalogue, athlete, tmp_path, "new", 0.5)
    with catalogue.session() as rows:
        keep_file(rows, saved)
        for one in (old, new):
            rows.add(SessionFileRow(session_id=one, sha256=saved.sha256, name="a.c3d", position=0))
    assert "new" not in offered(client, path)
    answer = add(client, path, new, arm)
    assert answer.status_code == 400 and "its recording was in the app before" in answer.text and "old" in answer.text


def test_a_session_counts_once_in_all_trials_and_by_its_newest_result(
    client: TestClient, catalogue: Catalogue, athlete: str, path: str, tmp_path: Path
):
    file = journal(catalogue)
    arm = arm_due(client.get(path).text)
    one = session(catalogue, athlete, tmp_path, "one", 0.5)
    again = catalogue.files.save_bytes(pressed(tmp_path, "again", 0.7).read_bytes())
    with catalogue.session() as rows:
        keep_file(rows, again)
        rows.add(
            ResultRow(
                session_id=one, key="2", legato_version="0", summary={}, files={"result.json": again.sha256},
                made_at=datetime.now(UTC) + timedelta(seconds=5),
            )
        )  # fmt: skip
    assert "added: arm" in add(client, path, one, arm).text
    added = next(line for line in read_journal(file).lines if line.do == "added")
    assert added.holds["number"]["value"] == pytest.approx(0.702, abs=0.001), "the newest result counts"
    noted = read_journal(file).lines[-1]
    assert noted.do == "noted" and f"session {one}: 1 earlier analysis of it gave another" in noted.holds["text"]
    sheet = client.get(path).text.partition('id="sheet"')[2]
    assert "Notes, as written down" in sheet and "1 earlier analysis" in sheet and "0.7" not in sheet
    act(client, f"{path}/next")
    arm = arm_due(client.get(path).text)
    answer = add(client, path, one, arm)
    assert answer.status_code == 400 and "is in a trial already; a session counts once" in answer.text
    assert "one" not in offered(client, path)
    two = session(catalogue, athlete, tmp_path, "two", 0.6)
    with catalogue.session() as rows:
        result = rows.get_one(SessionRow, two).results[-1]
        rows.add(ResultRow(session_id=two, key="3", legato_version="0", summary={}, files=result.files))
    assert "added: arm" in add(client, path, two, arm).text
    assert read_journal(file).lines[-1].do != "noted", "the same number twice is no choice"
    twin = registered(client, athlete, name="twin")
    act(client, f"{twin}/next")
    answer = add(client, twin, one, arm_due(client.get(twin).text))
    assert answer.status_code == 400 and "counts once" in answer.text


@pytest.mark.parametrize("lost", ["unreadable", "gone"])
def test_an_earlier_result_that_cannot_be_read_keeps_no_session_out(
    client: TestClient, catalogue: Catalogue, athlete: str, path: str, tmp_path: Path, lost: str
):
    one = session(catalogue, athlete, tmp_path, "one", 0.5)
    again = catalogue.files.save_bytes(pressed(tmp_path, "again", 0.7).read_bytes())
    broken = catalogue.files.save_bytes(b"{")
    with catalogue.session() as rows:
        for saved in (again, broken):
            keep_file(rows, saved)
        first = rows.get_one(SessionRow, one).results[0]
        first.files = {"result.json": broken.sha256}
        later = datetime.now(UTC) + timedelta(seconds=5)
        newest = {"result.json": again.sha256}
        rows.add(ResultRow(session_id=one, key="2", legato_version="0", summary={}, files=newest, made_at=later))
    if lost == "gone":
        catalogue.files.path(broken.sha256).unlink()
    answer = add(client, path, one, arm_due(client.get(path).text))
    assert answer.status_code == 200 and "added: arm" in answer.text, answer.text
    assert [line.do for line in read_journal(journal(catalogue)).lines] == ["registered", "revealed", "added"]


def test_a_session_of_a_running_trial_is_marked(
    client: TestClient, catalogue: Catalogue, athlete: str, path: str, tmp_path: Path
):
    earlier = session(catalogue, athlete, tmp_path, "earlier", 0.5, created_at=BEFORE)
    one = session(catalogue, athlete, tmp_path, "one", 0.5)

    def marked(of: str) -> bool:
        with catalogue.session() as rows:
            return bool(running_with(rows, catalogue, rows.get_one(SessionRow, of)))

    assert marked(one) and not marked(earlier), "it may be given to the trial that waits"
    add(client, path, one, arm_due(client.get(path).text))
    later = session(catalogue, athlete, tmp_path, "later", 0.5)
    assert marked(one) and not marked(later), "the trial waits for none now"
    act(client, f"{path}/stop", why="moved away")
    assert marked(one)
    act(client, f"{path}/result")
    assert not marked(one)


def test_who_is_analysed_now_or_not_at_all_waits(
    client: TestClient, catalogue: Catalogue, athlete: str, path: str, tmp_path: Path
):
    arm = arm_due(client.get(path).text)
    one = session(catalogue, athlete, tmp_path, "one", 0.5)
    with catalogue.session() as rows:
        rows.add(JobRow(session_id=one, kind="analyse", state="running"))
        rows.add(bare := SessionRow(athlete_id=athlete, name="bare", recorded_on=date.today()))
        rows.add(other := SessionRow(name="nobody's", recorded_on=date.today()))
        rows.flush()
        bare_id, other_id = bare.id, other.id
    assert "is being analysed" in add(client, path, one, arm).text
    assert "has not been analysed" in add(client, path, bare_id, arm).text
    assert "choose the session" in add(client, path, other_id, arm).text
    assert "No analysed session of this athlete" in client.get(path).text


def test_a_recording_that_tells_another_day_is_refused_unless_its_clock_was_wrong(
    client: TestClient, catalogue: Catalogue, athlete: str, path: str, tmp_path: Path
):
    arm = arm_due(client.get(path).text)
    one = session(catalogue, athlete, tmp_path, "one", 0.5)
    saved = catalogue.files.save_bytes(b"0       " + b" " * 160 + b"02.03.2017.30.00" + b" " * 72)
    with catalogue.session() as rows:
        keep_file(rows, saved)
        rows.add(SessionFileRow(session_id=one, sha256=saved.sha256, name="emg.edf", position=0))
    answer = add(client, path, one, arm)
    assert answer.status_code == 400 and "emg.edf: was recorded on 2020-03-02" in answer.text
    assert "--" not in answer.text.partition("<main")[2]
    before = journal(catalogue).read_bytes()
    assert add(client, path, one, arm, clock_wrong="set to\u200b2020").status_code == 400
    assert journal(catalogue).read_bytes() == before, "without its reason it is not added"
    assert "added: arm" in add(client, path, one, arm, clock_wrong="set to 2020 since the battery").text
    assert "set to 2020 since the battery" in str(read_journal(journal(catalogue)).lines[-1].holds)


def test_what_was_typed_of_a_session_is_kept_beside_what_is_wrong(
    client: TestClient, catalogue: Catalogue, athlete: str, path: str, tmp_path: Path
):
    session(catalogue, athlete, tmp_path, "first", 0.5)
    one = session(catalogue, athlete, tmp_path, "second", 0.5)
    other = "B" if arm_due(client.get(path).text) == "A" else "A"
    told = {"rest_min": "4,5", "sleep_h": "7", "pain": "1", "differs": "“new” shoes", "worse": "on", "at": "00:00"}
    answer = add(client, path, one, other, feedback="on", clock_wrong="no battery", **told)
    assert (
        answer.status_code == 400 and 'role="alert">Not added: ' in answer.text and "was told and is due" in answer.text
    )
    text = answer.text.partition('id="due-title"')[2]
    for name, value in (told | {"arm": other, "clock_wrong": "no battery"}).items():
        if name != "worse":
            assert re.search(rf'name="{name}"[^>]* value="{value}"', text), name
    assert 'name="worse" checked' in text and 'value="on" checked' in text and 'value="off" checked' not in text
    assert f'<option value="{one}" selected' in text and text.count(" selected") == 1
    assert "<details open>" in text, "what is hidden and was told stands open"
