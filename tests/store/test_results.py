"""A result is known by what it was made from, and is kept whole or not at all."""

from datetime import date

import pytest

from legato.errors import BadInput
from legato.store import Catalogue
from legato.store.results import code_checksum, keep_result, result_key
from legato.store.rows import FileRow, ResultRow, SessionRow


def _session(catalogue: Catalogue) -> str:
    with catalogue.session() as rows:
        session = SessionRow(name="squat", recorded_on=date(2026, 5, 4))
        rows.add(session)
        rows.flush()
        return session.id


def test_the_key_hangs_on_input_settings_code_and_corrections_only():
    inputs, chosen, fix = [{"sha256": "a" * 64, "role": "trial"}], {"a": 1, "b": 2}, [{"do": "drop-rep"}]
    key = result_key(inputs, chosen, "c", fix)
    assert key == result_key(inputs, {"b": 2, "a": 1}, "c", fix)
    others = (
        ([], chosen, "c", fix),
        (inputs, {"a": 1}, "c", fix),
        (inputs, chosen, "d", fix),
        (inputs, chosen, "c", []),
    )
    assert key not in {result_key(*other) for other in others}
    with pytest.raises(ValueError, match="not JSON compliant"):
        result_key(inputs, float("nan"))


def test_the_code_has_one_checksum_in_a_process():
    assert code_checksum() is code_checksum() and len(code_checksum()) == 64


def test_the_same_key_twice_gives_the_same_result(catalogue: Catalogue):
    session = _session(catalogue)
    files = {"result.json": b"{}", "tables/reps.csv": b"rep\n1\n", "copy.json": b"{}"}
    first = keep_result(catalogue, session, "k", {"reps": 5}, files)
    again = keep_result(catalogue, session, "k", {"reps": 6}, {"result.json": b"other"})
    assert again.id == first.id and again.summary == {"reps": 5}
    assert {name: catalogue.files.read(sha) for name, sha in again.files.items()} == files
    with catalogue.session() as rows:
        assert rows.query(ResultRow).count() == 1
        assert {f.sha256 for f in rows.query(FileRow)} == set(catalogue.files.all()) == set(first.files.values())
    other = keep_result(catalogue, session, "l", {}, {"result.json": b"{}"})
    assert other.id != first.id


def test_a_result_of_an_erased_session_is_not_kept(catalogue: Catalogue):
    with pytest.raises(BadInput, match="was erased while it was analysed"):
        keep_result(catalogue, "0" * 16, "k", {}, {"result.json": b"{}"})
    assert list(catalogue.files.all()) == []
    with catalogue.session() as rows:
        assert rows.query(FileRow).count() == 0
