"""`corrections.toml`: through analysis, export and import bit for bit; clear words for what is none."""

import datetime
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legato import BadInput, analyze
from legato.analysis import Analysis
from legato.corrections import correct_recording, corrections_of_result, read_corrections, to_toml
from legato.recording import Recording

from .conftest import SHA

TEXT = f'''schema = "legato.corrections/1"
sha256 = "{SHA}"

[[correction]]
do = "move-rep"
at_s = 2.9
start_s = 1.70123
turn_s = 2.95
who = "Ada \\"the coach\\" Löw"
when = "2026-03-01"
why = "the bar was still\\nracked"

[[correction]]
do = "delete-rep"
at_s = 900.0

[[correction]]
do = "drop-channel"
channel = "no such marker"
start_s = 1.0
end_s = 2.5

[[correction]]
do = "relabel-rep"
at_s = 3.0
complete = false
side = "left"
'''


def test_analysis_export_and_import_keep_the_file_bit_for_bit(recording: Recording, tmp_path: Path) -> None:
    path = tmp_path / "corrections.toml"
    path.write_text(TEXT, encoding="utf-8")
    first = analyze(recording, "back-squat", corrections=path)
    assert [o.state for o in first.corrections] == ["applied", "no-longer-fits", "no-longer-fits", "applied"]
    stored = json.loads(json.dumps(first.to_dict(), allow_nan=False))
    exported = to_toml(corrections_of_result(stored, "result.json"))
    assert exported == TEXT
    path.write_text(exported, encoding="utf-8")
    second = analyze(recording, "back-squat", corrections=path)
    assert second.to_dict() == first.to_dict()


def test_the_recording_stays_as_it_is(recording: Recording) -> None:
    stream = recording.of_kind("markers")[0]
    before = stream.values.copy()
    a, b = stream.channels[:2]
    changes = [{"do": "swap-channels", "channel": a, "other": b}, {"do": "drop-channel", "channel": b}]
    _, outcomes = correct_recording(recording, read_corrections({"correction": changes}))
    assert [o.state for o in outcomes.values()] == ["applied", "applied"]
    assert recording.of_kind("markers")[0] is stream
    assert stream.values.tobytes() == before.tobytes()


def test_a_result_without_corrections_gives_a_start_that_names_the_file(found: Analysis) -> None:
    text = to_toml(corrections_of_result(found.to_dict(), "result.json"))
    assert text == f'schema = "legato.corrections/1"\nsha256 = "{SHA}"\n'


def test_corrections_that_named_no_file_are_tied_to_it_by_the_export(
    found: Analysis, analysed: Callable[..., Analysis]
) -> None:
    change = {"do": "delete-rep", "at_s": found.reps[0].marks["bottom"]}
    after = analysed(change, sha256=None)
    assert after.corrections[0].state == "applied"
    assert "sha256" in after.corrections[0].reason
    assert corrections_of_result(after.to_dict(), "r").sha256 == SHA


def test_corrections_of_several_files_keep_theirs(analysed: Callable[..., Analysis]) -> None:
    after = analysed({"do": "delete-rep", "at_s": 3.0, "sha256": "ab" * 32}, {"do": "delete-rep", "at_s": 3.0})
    kept = corrections_of_result(after.to_dict(), "r")
    assert kept.sha256 is None
    assert [kept.file_of(c) for c in kept.correction] == ["ab" * 32, SHA]


def test_what_a_person_wrote_in_toml_is_read(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text('[[correction]]\ndo = "delete-rep"\nat_s = 3\nwhen = 2026-03-01\n', encoding="utf-8")
    read = read_corrections(path).correction[0]
    assert read.when == datetime.date(2026, 3, 1).isoformat()


ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)


@settings(max_examples=30)
@given(ANY_TEXT, ANY_TEXT, st.floats(-1e4, 1e4))
def test_any_text_and_time_come_back(why: str, mark: str, at_s: float) -> None:
    import tomllib

    record = {"correction": [{"do": "delete-mark", "at_s": at_s, "mark": mark, "why": why}]}
    read = read_corrections(record)
    assert read_corrections(tomllib.loads(to_toml(read))) == read


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = ", "not valid TOML"),
        ('[[correction]]\ndo = "fly"\n', "correction 1"),
        ('[[correction]]\ndo = "delete-rep"\n', "correction 1 (delete-rep), at_s"),
        ('[[correction]]\ndo = "move-rep"\nat_s = 1.0\n', "start_s, turn_s or end_s"),
        ('[[correction]]\ndo = "add-rep"\nstart_s = 2.0\nend_s = 1.0\n', "does not come after"),
        ('[[correction]]\ndo = "delete-rep"\nat_s = nan\n', "at_s"),
        ('[[correction]]\ndo = "delete-rep"\nat_s = 1.0\nspeed = 3\n', "speed"),
        ('schema = "legato.corrections/9"\n', "schema"),
        ('sha256 = "zz"\n', "sha256: 'zz' does not fit; give the first 8"),
        ("corection = 1\n", "corection: no such field; did you mean correction?"),
        ("[[correction]]\nat_s = 1.0\n", "correction 1: do is missing"),
        ('[[correction]]\ndo = "mvoe-rep"\n', "there is no correction 'mvoe-rep'; did you mean move-rep?"),
        (
            '[[correction]]\ndo = "move-rep"\nat_s = 1.0\nstrat_s = 2.0\n',
            "correction 1 (move-rep), strat_s: no such field; did you mean start_s?",
        ),
        ('[[correction]]\ndo = "delete-rep"\natt_s = 1.0\n', "att_s: no such field; did you mean at_s? (and 1 more)"),
        ('[[correction]]\ndo = "relabel-rep"\nat_s = 1\nside = "lfet"\n', "give 'right' or 'left'"),
        ('[[correction]]\ndo = "delete-rep"\nat_s = "x"\n', "'x' does not fit; give a number"),
    ],
)
def test_a_file_that_is_none_is_refused_in_one_line(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        read_corrections(path)
    assert "c.toml" in str(caught.value)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "record", [[], {}, {"schema": "legato.analysis/1"}, {"schema": "legato.analysis/1", "inputs": 3}]
)
def test_only_a_result_can_be_exported(record: Any) -> None:
    with pytest.raises(BadInput, match=r"result\.json"):
        corrections_of_result(record, "result.json")


def test_a_file_that_is_not_there_or_far_too_long_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        read_corrections(tmp_path / "none.toml")
    (tmp_path / "long.toml").write_text("#" * 4_000_001, encoding="utf-8")
    with pytest.raises(BadInput, match="too long"):
        read_corrections(tmp_path / "long.toml")
