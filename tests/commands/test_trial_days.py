"""Sessions from before their arm was told, or of another day than is told: what files say of it, and what not."""

import hashlib
import json
import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from legato.evidence.trials.journal import read_journal
from legato.evidence.trials.registration import blank_request

from .test_trial import DAY, due_arm, pressed, registered, trial


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A trial of a real athlete, registered now, whose first arm was told."""
    (tmp_path / "request.toml").write_text(blank_request(), "utf-8")
    trial("new", tmp_path / "request.toml")
    return tmp_path / "light-priming.jsonl"


def told(file: Path) -> str:
    trial("next", file, "--json", file.with_suffix(".due.json"))
    return json.loads(file.with_suffix(".due.json").read_text("utf-8"))["due_arm"]


def aged(path: Path, days: float) -> Path:
    when = datetime.now().timestamp() - 86_400 * days
    os.utime(path, (when, when))
    return path


def with_recording(result: Path, start: str) -> Path:
    """The result with its recording beside it, an EDF that says when it was made."""
    content = b"0       " + b" " * 160 + start.encode("ascii") + b" " * 72
    recording = result.with_suffix(".edf")
    recording.write_bytes(content)
    record = json.loads(result.read_text("utf-8"))
    record["inputs"] = [{"path": recording.name, "sha256": hashlib.sha256(content).hexdigest()}]
    result.write_text(json.dumps(record), "utf-8")
    return recording


def test_a_result_that_was_there_before_the_arm_was_told_is_refused(tmp_path: Path, file: Path):
    result = aged(pressed(tmp_path, "old", 0.5), 1)
    arm = told(file)
    before = file.read_bytes()
    said = trial("add", file, result, "--arm", arm, "--feedback-off", code=2)
    assert "old.json: was written on" in said and "before its arm was told" in said and "--clock-wrong WHY" in said
    assert file.read_bytes() == before
    aged(result, 0.005)
    assert "before its arm was told" in trial("add", file, result, "--arm", arm, "--feedback-off", code=2)
    aged(result, 0)
    assert "added: arm" in trial("add", file, result, "--arm", arm, "--feedback-off")


def test_a_clock_that_was_wrong_is_told_and_written_down(tmp_path: Path, file: Path):
    arm = told(file)
    result = aged(pressed(tmp_path, "old", 0.5), 1)
    said = trial("add", file, result, "--arm", arm, "--feedback-off", "--clock-wrong", "the other computer's")
    assert "added: arm" in said
    last = read_journal(file).lines[-1]
    assert last.do == "noted"
    assert last.holds["text"] == "the days of old.json's files were not looked at: the other computer's"
    assert "--clock-wrong: say it in words" in trial("add", file, result, "--arm", arm, "--clock-wrong", " ", code=2)


def test_a_recordings_own_day_and_its_files_are_looked_at(tmp_path: Path, file: Path):
    arm = told(file)
    result = pressed(tmp_path, "new", 0.5)
    recording = with_recording(result, f"{datetime.now() - timedelta(days=3):%d.%m.%y%H.%M.%S}")
    said = trial("add", file, result, "--arm", arm, "--feedback-off", code=2)
    assert "new.edf: was recorded on" in said and "by its device's clock, before its arm was told" in said
    with_recording(result, f"{datetime.now() + timedelta(days=3):%d.%m.%y%H.%M.%S}")
    said = trial("add", file, result, "--arm", arm, "--feedback-off", code=2)
    assert "and the session is told of" in said
    with_recording(result, f"{datetime.now():%d.%m.%y%H.%M.%S}")
    aged(recording, 2)
    said = trial("add", file, result, "--arm", arm, "--feedback-off", code=2)
    assert "new.edf: was written on" in said
    aged(recording, 0)
    assert "added: arm" in trial("add", file, result, "--arm", arm, "--feedback-off")


def test_a_recording_that_is_another_file_of_that_name_tells_nothing(tmp_path: Path, file: Path):
    arm = told(file)
    result = pressed(tmp_path, "new", 0.5)
    recording = with_recording(result, "02.03.2017.30.00")
    recording.write_bytes(recording.read_bytes() + b"x")
    assert "added: arm" in trial("add", file, result, "--arm", arm, "--feedback-off")


def test_of_a_simulated_trial_days_are_made_up(tmp_path: Path):
    file = registered(tmp_path)
    arm = due_arm(file, DAY)
    with_recording(result := pressed(tmp_path, "1", 0.5), "02.03.2017.30.00")
    trial("add", file, aged(result, 900), "--arm", arm, "--on", DAY.isoformat(), "--feedback-off")


def test_next_names_the_analysis_that_shows_no_number(tmp_path: Path):
    file = registered(tmp_path)
    assert "legato analyze RECORDING --quiet --json RESULT" in trial("next", file, "--on", DAY.isoformat())
