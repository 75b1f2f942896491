"""Lines that somebody wrote by hand, with hashes that fit: told in one line, or read as they stand; never a crash."""

import json
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from legato.errors import BadInput
from legato.evidence.trials.journal import Journal, append, read_journal
from legato.evidence.trials.record import trial_record
from legato.evidence.trials.sessions import read_trial
from legato.evidence.trials.verdict import answer, verdict_record
from legato.trials.words import verdict_lines

from .written_trials import AT, registered, run

VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 99), st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=5), st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)  # fmt: skip


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What the lines of a trial hold that lost a pair and was closed."""
    numbers = [(0.5, 0.5), (None, 0.5), *[(0.52, 0.5)] * 5]
    journal = run(registered(tmp_path_factory.mktemp("t")), numbers)
    journal = append(journal, [("closed", {"verdict": verdict_record(answer(read_trial(journal)))})], AT)
    return [json.loads(row) for row in journal.path.read_text("utf-8").splitlines()]


def rewritten(folder: Path, rows: list[dict[str, Any]]) -> Path:
    """A file of these lines whose hashes fit."""
    from legato.evidence.trials import journal as module

    steps = [
        (row["do"], {k: v for k, v in row.items() if k not in ("n", "at", "do", "before", "sha256")}) for row in rows
    ]
    path = folder / "forged.jsonl"
    written = cast("Any", module)._written(Journal(path, ()), b"", steps, AT)
    assert read_journal(path).receipt == written.receipt
    return path


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_a_forged_value_is_told_or_read_and_never_a_crash(
    rows: list[dict[str, Any]], tmp_path: Path, data: st.DataObject
):
    forged = json.loads(json.dumps(rows))
    held: Any = forged[data.draw(st.integers(0, len(forged) - 1))]
    for _ in range(data.draw(st.integers(0, 2))):
        inner = [key for key, value in held.items() if isinstance(value, dict) and value]
        if not inner:
            break
        held = held[data.draw(st.sampled_from(inner))]
    name = data.draw(st.sampled_from(sorted(held)))
    if name == "do":
        return
    if data.draw(st.booleans()):
        held[name] = data.draw(VALUES)
    else:
        del held[name]
    path = rewritten(tmp_path, forged)
    try:
        journal = read_journal(path)
        trial = read_trial(journal)
        trial_record(trial, journal)
        if trial.closed is not None:
            verdict_lines(trial, trial.closed)
    except BadInput as error:
        told = str(error)
    else:
        told = ""
    assert "\n" not in told
