"""The library is browsed and searched; a copy is edited, checked, saved, downloaded and deleted."""

import re
from datetime import date

import pytest
from fastapi.testclient import TestClient

from legato.coaching.catalogue import drills
from legato.faults.catalogue import fault_ids
from legato.movements import movement_ids
from legato.store import Catalogue
from legato.store.rows import OwnEntryRow, SessionRow
from legato.web.marked import html_of


def token(client: TestClient, path: str = "/library") -> str:
    found = re.search(r'data-token="([^"]+)"', client.get(path).text)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("path", ["/library", "/library/faults", "/library/drills", "/library/cues", "/library/own"])
def test_every_part_opens_and_its_links_lead_somewhere(client: TestClient, path: str):
    text = client.get(path).text
    links = set(re.findall(r'href="(/library/[^"]+)"', text))
    for link in sorted(links)[:6]:
        assert client.get(link).status_code == 200, link


def test_every_entry_has_a_page_whose_links_lead_somewhere(client: TestClient):
    pages = [f"/library/movement/{name}" for name in movement_ids()]
    pages += [f"/library/fault/{name}" for name in fault_ids()] + [f"/library/drill/{name}" for name in drills()]
    led: set[str] = set()
    for path in pages:
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert "style=" not in answer.text and "](" not in answer.text and "**" not in answer.text, path
        led |= set(re.findall(r'href="(/library/[a-z]+/[^"]+)"', answer.text))
    assert led <= set(pages)


def test_a_page_shows_source_and_grade(client: TestClient):
    text = client.get("/library/fault/early-lumbar").text
    assert "(the text on hips and trunk)" in text and "inventory" not in text
    assert "grade D" in text and "our own choice" in text
    assert "McKean" in client.get("/library/movement/back-squat").text
    assert 'href="/evidence/C01"' in client.get("/library/movement/back-squat").text
    assert "<svg" in client.get("/library/drill/dowel-hinge").text
    assert client.get("/library/fault/nothing").status_code == 404


def test_searching_looks_in_texts_and_elsewhere(client: TestClient):
    text = client.get("/library/faults", params={"q": "lower back bends"}).text
    assert "early-lumbar" in text and "knee-in" not in text
    assert 'href="/library/drills?q=squat"' in client.get("/library", params={"q": "squat"}).text
    assert "Nothing here holds these words" in client.get("/library/cues", params={"q": "<script>xyz"}).text


def test_what_stands_in_a_text_is_escaped():
    assert html_of("a <b> `<i>` [x](javascript:alert) | c") == "<p>a &lt;b&gt; <code>&lt;i&gt;</code> x | c</p>"


def test_a_copy_is_edited_and_never_saved_while_it_is_wrong(client: TestClient, catalogue: Catalogue):
    key = token(client)
    made = client.post("/library/own", data={"token": key, "kind": "fault", "base": "early-lumbar"})
    assert made.status_code == 200 and "own-early-lumbar" in made.text
    path = str(made.url).split("?")[0]
    whole = client.get(path + "/download")
    assert whole.headers["content-disposition"] == (
        "attachment; filename=\"own-early-lumbar.toml\"; filename*=utf-8''own-early-lumbar.toml"
    )
    before = re.search(r'name="before" value="(\w+)"', made.text)
    assert before is not None
    wrong = whole.text.replace("high = 5.0", 'high = "five"')
    told = client.post(path + "/check", data={"token": key, "text": wrong})
    assert 'data-good="no"' in told.text and re.search(r'data-line="\d\d"', told.text)
    refused = client.post(path, data={"token": key, "text": wrong, "before": before[1]})
    assert refused.status_code == 400 and "cannot be saved" in refused.text
    assert client.get(path + "/download").text == whole.text, "what is saved stays"
    assert "high = &#34;five&#34;" in client.get(path).text, "the draft is not lost"
    good = whole.text.replace("high = 5.0", "high = 6.0")
    saved = client.post(path, data={"token": key, "text": good, "before": before[1]})
    assert saved.status_code == 200 and "Saved." in saved.text
    assert "high = 6.0" in client.get(path + "/download").text
    again = client.post(path, data={"token": key, "text": whole.text, "before": before[1]})
    assert again.status_code == 409 and "another tab" in again.text
    client.post(path + "/delete", data={"token": key})
    with catalogue.session() as rows:
        assert rows.query(OwnEntryRow).count() == 0


def test_a_movement_of_ones_own_tells_the_line(client: TestClient):
    key = token(client)
    made = client.post("/library/own", data={"token": key, "kind": "movement", "base": "back-squat"})
    path = str(made.url)
    text = client.get(path + "/download").text
    told = client.post(path + "/check", data={"token": key, "text": "views = 3\n" + text})
    assert 'data-good="no"' in told.text and 'data-line="1"' in told.text
    told = client.post(path + "/check", data={"token": key, "text": text.replace('summary = "', "summary = ", 1)})
    assert 'data-line="4"' in told.text


def test_what_another_names_is_not_deleted(client: TestClient):
    key = token(client)
    movement = str(client.post("/library/own", data={"token": key, "kind": "movement", "base": "back-squat"}).url)
    fault = client.post("/library/own", data={"token": key, "kind": "fault", "base": "early-lumbar"})
    path = str(fault.url)
    text = client.get(path + "/download").text.replace('movements = ["', 'movements = ["own-back-squat", "', 1)
    before = re.search(r'name="before" value="(\w+)"', fault.text)
    assert before is not None
    assert client.post(path, data={"token": key, "text": text, "before": before[1]}).status_code == 200
    refused = client.post(movement + "/delete", data={"token": key})
    assert refused.status_code == 400 and "named by another" in refused.text


def test_a_file_is_taken_or_told_what_is_wrong(client: TestClient):
    key = token(client)

    def given(content: bytes) -> str:
        files = {"file": ("mine.toml", content, "text/plain")}
        return client.post("/library/own/upload", data={"token": key}, files=files).text

    assert "id is missing" in given(b"x = 1")
    assert "is no text" in given(b"\xff\xfe\x00")
    from legato.web.copies import copied

    assert "my-hinge" in given(copied("drill", "dowel-hinge", "my-hinge").encode())
    assert "has the id my-hinge" in given(copied("drill", "dowel-hinge", "my-hinge").encode())


def test_a_movement_that_sessions_are_of_keeps_its_name(client: TestClient, catalogue: Catalogue):
    key = token(client)
    made = client.post("/library/own", data={"token": key, "kind": "movement", "base": "back-squat"})
    path, before = str(made.url), re.search(r'name="before" value="(\w+)"', made.text)
    assert before is not None
    with catalogue.session() as rows:
        rows.add(SessionRow(name="Squats of May", recorded_on=date(2026, 5, 1), movement="own-back-squat"))
    refused = client.post(path + "/delete", data={"token": key})
    assert refused.status_code == 400 and "Squats of May" in refused.text and "another movement first" in refused.text
    text = client.get(path + "/download").text
    named = {"token": key, "before": before[1]}
    renamed = client.post(path, data=named | {"text": text.replace("own-back-squat", "our-squat", 1)})
    assert renamed.status_code == 409 and "Squats of May" in renamed.text
    good = client.post(path, data=named | {"text": text.replace("Back squat", "Our squat", 1)})
    assert good.status_code == 200 and "Saved." in good.text
    assert "Our squat" in client.get("/library/movement/own-back-squat").text
    with catalogue.session() as rows:
        rows.query(SessionRow).one().movement = "back-squat"
    assert client.post(path + "/delete", data={"token": key}).status_code == 200
    assert client.get("/library/movement/own-back-squat").status_code == 404


def test_a_copy_of_a_drill_cannot_be_for_more_people(client: TestClient):
    key = token(client)
    made = client.post("/library/own", data={"token": key, "kind": "drill", "base": "dowel-hinge"})
    path = str(made.url)
    assert "A plan takes it where its form asks for it" in made.text
    text = client.get(path + "/download").text.replace('barred = ["hinge"', "barred = [", 1)
    told = client.post(path + "/check", data={"token": key, "text": text}).text
    assert 'data-good="no"' in told and "is not for" in told
