"""The claims are shown with what is known of them and what one's own data say."""

import re

from fastapi.testclient import TestClient

from legato.evidence.claims import claims


def test_every_claim_has_its_page(client: TestClient):
    listed = client.get("/evidence").text
    for name, one in claims().items():
        assert f'href="/evidence/{name}"' in listed
        text = client.get(f"/evidence/{name.lower()}").text
        assert "What may be said" in text and "May not be said" in text
        assert len(re.findall("not read yet", text)) == sum(s.read == "recollection" for s in one.sources)


def test_a_claim_tells_what_leans_on_it_and_how_it_is_tested(client: TestClient):
    text = client.get("/evidence/C01").text
    assert "window w-pec" in text and "No trial of it yet" in text and "in the order drawn" not in text
    assert 'href="/library/drill/' in client.get("/evidence/C04").text or "leans on it" in text
    assert client.get("/evidence/C99").status_code == 404


def test_a_claim_is_called_by_what_it_is_about(client: TestClient):
    assert "<h1>C02: leg work before the bench press</h1>" in client.get("/evidence/C02").text
    assert "<h1>C14: acute spinal injuries</h1>" in client.get("/evidence/C14").text, "where nothing is done"
    assert ">C02: leg work before the bench press</a>" in client.get("/evidence").text


def test_searching_the_claims(client: TestClient):
    text = client.get("/evidence", params={"q": "priming"}).text
    assert 'href="/evidence/C02"' in text and 'href="/evidence/C01"' not in text
