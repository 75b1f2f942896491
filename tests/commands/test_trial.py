"""The commands `trial`: from a registration over simulated recordings, analysed, to a verdict; and what is refused."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from legato import analyze
from legato.cli import app
from legato.errors import BadInput, NotResolvable
from legato.evidence.trials.journal import append, read_journal
from legato.evidence.trials.registration import blank_request
from legato.evidence.trials.sessions import read_trial
from legato.evidence.trials.verdict import answer, verdict_record
from legato.simulate import scenario_for, simulate_scenario

RUN = CliRunner()
DAY = datetime(2026, 3, 2, 17, 0)


def trial(*words: object, code: int = 0) -> str:
    """What a command says, in one line; of one that fails what the user is told."""
    done = RUN.invoke(app, ["trial", *map(str, words)], env={"COLUMNS": "400"})
    if isinstance(done.exception, BadInput | NotResolvable):
        assert code == (2 if isinstance(done.exception, BadInput) else 3), done.exception
        return str(done.exception)
    assert done.exit_code == code, done.output
    return " ".join(done.output.split())


def registered(folder: Path, *options: object, **changed: str) -> Path:
    """A trial of the request as it is handed out, with lines of it changed."""
    text = f"simulated = true\n{blank_request()}"
    for name, value in changed.items():
        kept = [line for line in text.splitlines() if not line.startswith((f"{name} =", f"# {name} ="))]
        text = f"{name} = {value}\n" + "\n".join(kept)
    (folder / "request.toml").write_text(text, "utf-8")
    trial("new", folder / "request.toml", "--on", DAY.isoformat(), *options)
    return folder / "light-priming.jsonl"


def pressed(folder: Path, name: str, velocity: float, **changed: Any) -> Path:
    """A result of five presses with this velocity, made by hand."""

    def number(value: float, half: float, unit: str) -> dict[str, Any]:
        return {"value": value, "low": value - half, "high": value + half, "unit": unit}

    bar = [
        {
            "rep": k, "load_kg": changed.get("load_kg", 60.0), "range": number(0.40, 0.005, "m"),
            "mean_velocity": number(velocity, 0.01, "m/s"), "tempo": {"bottom": number(0.1, 0.02, "s")},
            "mean_propulsive_velocity": None if velocity <= 0 else number(velocity + 0.001 * k, 0.01, "m/s"),
        }
        for k in range(5)
    ]  # fmt: skip
    record = {
        "schema": "legato.analysis/1", "legato_version": "0", "settings": {"level": 0.9},
        "movement": {"id": changed.get("movement", "bench-press")},
        "inputs": [{"path": f"{name}.c3d", "sha256": f"{folder.name}-{name}".encode().hex()[-64:]}],
        "bar": {"source": "markers", "reps": bar},
        "reps": [{"index": k, "start_s": k, "end_s": k + 0.5, "complete": True} for k in range(5)],
    }  # fmt: skip
    path = folder / f"{name}.json"
    path.write_text(json.dumps(record), "utf-8")
    return path


def due_arm(file: Path, on: datetime) -> str:
    out = file.with_suffix(".next.json")
    trial("next", file, "--on", on.isoformat(), "--json", out)
    return json.loads(out.read_text("utf-8"))["due_arm"]


def whole(folder: Path, file: Path, a: float, b: float, pairs: int = 8) -> None:
    """All sessions of a trial, with these velocities and a little spread."""
    for k in range(2 * pairs):
        on = DAY + timedelta(days=2 * (k + 1))
        arm = due_arm(file, on)
        velocity = (a if arm == "A" else b) * (1.0 + 0.004 * ((7 * k) % 5 - 2))
        result = pressed(folder, f"{k + 1}", velocity)
        said = trial("add", file, result, "--arm", arm, "--on", on.isoformat(), "--feedback-off")
        assert f"{velocity:.3f}" not in said


def test_a_trial_runs_from_its_registration_to_its_verdict(tmp_path: Path):
    file = registered(tmp_path)
    assert "8 are missing" in trial("result", file, code=3)
    whole(tmp_path, file, 0.56, 0.50)
    assert "due: the verdict" in trial("status", file)
    said = trial("result", file)
    assert "C02: supports, in this athlete" in said
    assert "Over 8 pairs the change under A was" in said
    again = trial("result", file)
    assert again.split("receipt")[0] == said.split("receipt")[0]
    with_key = trial("check", file)
    assert "every arm that was told is the one of the sealed order" in with_key
    assert "closed" in trial("next", file, code=2)


def test_the_record_is_blind_until_the_verdict(tmp_path: Path):
    file = registered(tmp_path)
    whole(tmp_path, file, 0.50, 0.50)
    out = tmp_path / "t.json"
    trial("status", file, "--json", out)
    blind = json.loads(out.read_text("utf-8"))
    assert blind["schema"] == "legato.trial/1"
    assert blind["verdict"] is None
    assert blind["randomisation"]["drawn"] == []
    assert all(one["measured"] and one["number"] is None for one in blind["sessions"])
    assert "0.5" not in json.dumps([one["number"] for one in blind["sessions"]])
    trial("result", file, "--json", out)
    told = json.loads(out.read_text("utf-8"))
    assert told["verdict"]["answer"] in ("contradicts", "inconclusive")
    assert len(told["randomisation"]["drawn"]) == 8
    assert all(one["number"]["unit"] == "m/s" for one in told["sessions"])
    assert told["told_late"] == 16


def test_a_trial_with_a_key_tells_nothing_without_it(tmp_path: Path):
    key = tmp_path / "key.txt"
    file = registered(tmp_path, "--key", key)
    seed = key.read_text("utf-8").splitlines()[1]
    assert seed not in file.read_text("utf-8")
    assert "give its key file with --key" in trial("next", file, code=2)
    assert "arm" in trial("next", file, "--key", key)
    assert "of the sealed order" in trial("check", file, "--key", key)
    key.write_text("legato.trial-key/1 x\n" + "0" * 64, "utf-8")
    assert "the key is not the one" in trial("check", file, "--key", key, code=2)


def test_a_file_that_was_edited_is_noticed_by_every_command(tmp_path: Path):
    file = registered(tmp_path)
    due_arm(file, DAY)
    file.write_text(file.read_text("utf-8").replace('"effect_of_interest": 5.0', '"effect_of_interest": 1.0'), "utf-8")
    for words in (("check",), ("next",), ("status",), ("result",), ("note", "x"), ("stop", "--why", "x")):
        said = trial(words[0], file, *words[1:], code=2)
        assert "line 1 was changed after it was written" in said


def test_a_receipt_tells_a_file_that_was_written_anew(tmp_path: Path):
    file = registered(tmp_path)
    receipt = trial("status", file).split("receipt: ")[1]
    assert "none of them was edited" in trial("check", file, "--receipt", receipt)
    file.unlink()
    trial("new", tmp_path / "request.toml", "--on", DAY.isoformat())
    assert "the file was written anew" in trial("status", file, "--receipt", receipt[:16], code=2)


def test_a_trial_of_days_that_are_over_is_none_unless_it_is_simulated(tmp_path: Path):
    path = tmp_path / "request.toml"
    path.write_text(blank_request(), "utf-8")
    said = trial("new", path, "--on", DAY.isoformat(), code=2)
    assert "--on 2026-03-02 17:00: a trial is registered now, before its first session" in said
    assert not list(tmp_path.glob("*.jsonl"))


def test_a_session_before_its_arm_was_told_cannot_be_of_it(tmp_path: Path):
    path = tmp_path / "request.toml"
    path.write_text(blank_request(), "utf-8")
    trial("new", path)
    file = tmp_path / "light-priming.jsonl"
    trial("next", file, "--json", tmp_path / "next.json")
    arm = json.loads((tmp_path / "next.json").read_text("utf-8"))["due_arm"]
    add = ("add", file, pressed(tmp_path, "1", 0.5), "--arm", arm, "--feedback-off")
    before = datetime.now() - timedelta(minutes=10)
    said = trial(*add, "--on", before.isoformat(timespec="minutes"), code=2)
    assert "is before the trial was registered" in said
    assert "1 of" not in trial(*add)


def test_a_simulated_trial_says_so_wherever_its_answer_stands(tmp_path: Path):
    file = registered(tmp_path, pairs="6")
    assert "SIMULATED" in trial("status", file)
    whole(tmp_path, file, 0.56, 0.50, pairs=6)
    said = trial("result", file, "--json", tmp_path / "t.json")
    assert said.startswith("SIMULATED, C02: supports")
    record = json.loads((tmp_path / "t.json").read_text("utf-8"))
    assert record["request"]["simulated"]
    assert any(note.startswith("Simulated: ") for note in record["verdict"]["notes"])
    trial("page", file)
    assert "Simulated: In 6 pairs" in file.with_suffix(".html").read_text("utf-8")


def test_lines_taken_off_the_end_are_noticed_with_a_receipt_and_check_says_so(tmp_path: Path):
    file = registered(tmp_path)
    assert "keep this receipt" in trial("next", file, "--on", DAY.isoformat())
    receipt = trial("note", file, "ill").split("receipt: ")[1]
    assert "the receipt is of line 3: as far as that nothing was taken off" in trial(
        "check", file, "--receipt", receipt
    )
    file.write_text("".join(file.read_text("utf-8").splitlines(keepends=True)[:-1]), "utf-8")
    said = trial("check", file)
    assert "taken off the end, or a file written anew, are noticed only with --receipt" in said
    assert "lines were removed" in trial("check", file, "--receipt", receipt, code=2)


@pytest.mark.parametrize("words", [("result",), ("check",), ("page",), ("pool",), ("status", "--json", "-")])
def test_a_verdict_that_was_written_by_hand_is_told_by_every_command_that_shows_one(
    tmp_path: Path, words: tuple[str, ...]
):
    file = registered(tmp_path, pairs="6")
    whole(tmp_path, file, 0.50, 0.50, pairs=6)
    journal = read_journal(file)
    record = dict(verdict_record(answer(read_trial(journal))))
    append(journal, [("closed", {"verdict": {**record, "answer": "supports", "p": 0.01}})], journal.lines[-1].at)
    said = trial(words[0], file, *words[1:], code=2)
    assert f"line {len(journal.lines) + 1} tells a verdict (supports, n = 6, p = 0.01)" in said
    assert not file.with_suffix(".html").exists()


def test_a_pair_with_another_load_is_refused_and_comes_again(tmp_path: Path):
    file = registered(tmp_path)
    arm = due_arm(file, DAY)
    trial("add", file, pressed(tmp_path, "1", 0.5), "--arm", arm, "--on", "2026-03-04T17:00", "--feedback-off")
    arm = due_arm(file, DAY + timedelta(days=4))
    heavy = pressed(tmp_path, "2", 0.5, load_kg=70.0)
    said = trial("add", file, heavy, "--arm", arm, "--on", "2026-03-06T17:00", "--feedback-off")
    assert "the pair is refused and comes again: load differs: 60 and 70 kg" in said
    assert "0 of 8 pairs complete, 1 refused" in said


def test_a_number_that_could_not_be_measured_refuses_the_pair(tmp_path: Path):
    file = registered(tmp_path)
    arm = due_arm(file, DAY)
    said = trial("add", file, pressed(tmp_path, "1", -0.5), "--arm", arm, "--on", "2026-03-04T17:00", "--feedback-off")
    assert "the pair is refused and comes again: the number was not told" in said


def test_what_add_is_not_told_is_asked_for(tmp_path: Path):
    file = registered(tmp_path)
    arm = due_arm(file, DAY)
    result = pressed(tmp_path, "1", 0.5)
    assert "give --feedback-off" in trial("add", file, result, "--arm", arm, "--on", "2026-03-04T17:00", code=2)
    assert "is due" in trial("add", file, result, "--arm", "AB"[arm == "A"], "--on", "2026-03-04T17:00", code=2)
    assert "give the session's result and --arm" in trial("add", file, code=2)
    assert "lacks the time of day" in trial("add", file, result, "--arm", arm, "--on", "2026-03-04", code=2)
    assert "is no day and time" in trial("add", file, result, "--arm", arm, "--on", "today", code=2)
    assert "is still to come" in trial("add", file, result, "--arm", arm, "--on", "2999-01-01T10:00", code=2)
    assert "is of push-press" in trial(
        "add", file, pressed(tmp_path, "2", 0.5, movement="push-press"), "--arm", arm, "--on", "2026-03-04T17:00",
        "--feedback-off", code=2,
    )  # fmt: skip
    folder = tmp_path / "none"
    assert "cannot be read" in trial("add", file, folder, "--arm", arm, "--feedback-off", code=2)
    missed = trial("add", file, "--missed", "ill")
    assert "the pair is refused and comes again: ill" in missed


def test_pain_stops_a_trial_and_it_answers_nothing(tmp_path: Path):
    file = registered(tmp_path)
    arm = due_arm(file, DAY)
    said = trial(
        "add", file, pressed(tmp_path, "1", 0.5), "--arm", arm, "--on", "2026-03-04T17:00", "--feedback-off",
        "--pain", "7",
    )  # fmt: skip
    assert "STOP: pain of 7 of 10" in said
    assert "the trial was stopped" in trial("next", file, code=2)
    assert "not measurable" in trial("result", file)


def test_a_trial_that_is_stopped_by_hand_answers_nothing(tmp_path: Path):
    file = registered(tmp_path)
    trial("note", file, "a new bar")
    trial("stop", file, "--why", "the season began")
    assert "was stopped already" in trial("stop", file, "--why", "again", code=2)
    said = trial("result", file)
    assert "not measurable" in said
    assert "0 of 8 pairs (stopped: the season began)" in said


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"pairs": "5"}, "request.toml, line 1: field pairs: 5 pairs can decide nothing"),
        ({"claim": '"C99"'}, "no such claim"),
        ({"stop_pian": "3.0"}, "did you mean stop_pain"),
    ],
)
def test_a_request_that_does_not_fit_is_told_in_one_line(tmp_path: Path, changed: dict[str, str], said: str):
    with pytest.raises(AssertionError, match=said):
        registered(tmp_path, **changed)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('movement = "bench-press"', 'movement = "benchpress"', "bench-press"),
        ('effect_unit = "%"', 'effect_unit = "km/h"', "is in m/s; write that, or %"),
        ('better = "higher"', 'better = "lower"', "of bar-mean-propulsive-velocity, higher is better"),
        ('id = "bar-mean-propulsive-velocity"', 'id = "bar"', "is no outcome; known are bar-mean"),
        ('id = "bar-mean-propulsive-velocity"', 'id = "share-in-order"', "so it has no share; write 1"),
    ],
)
def test_an_outcome_that_does_not_fit_is_told_in_one_line(tmp_path: Path, old: str, new: str, said: str):
    path = tmp_path / "request.toml"
    path.write_text(blank_request().replace(old, new), "utf-8")
    told = trial("new", path, code=2)
    assert said in told
    assert told.startswith("request.toml")
    assert not list(tmp_path.glob("*.jsonl"))


def test_a_registration_says_its_power_and_warns(tmp_path: Path):
    path = tmp_path / "request.toml"
    path.write_text(blank_request(), "utf-8")
    said = trial("new", path)
    assert "WARNING: power is below 80 %" in said
    path.write_text(blank_request().replace("# expected", "expected").replace("# session_spread", "session_spread"))
    (tmp_path / "other").mkdir()
    good = trial("new", path, "--out", tmp_path / "other" / "other.jsonl")
    assert "WARNING" not in good
    assert "a true change of 12 % would be supported in" in good
    assert "is never written over" in trial("new", path, code=2)


def test_what_a_trial_takes_is_said_before_it_is_registered(tmp_path: Path):
    request = registered(tmp_path, pairs="6", washout_h="48").with_name("request.toml")
    (tmp_path / "light-priming.jsonl").unlink()
    before = sorted(tmp_path.iterdir())
    said = trial("new", request, "--look")
    takes = "12 sessions, at least 48 h apart: 6 pairs, each with one of A and one of B"
    weeks = "from the first to the last 12 weeks at 1 day a week, 6 weeks at 2 days a week and 4 weeks at 3 days a week"
    assert takes in said and weeks in said and "power: " in said and "nothing is registered" in said
    assert sorted(tmp_path.iterdir()) == before
    for more in (("--out", "a.jsonl"), ("--key", "a.key"), ("--json", "-")):
        assert "--look says what the trial takes and writes no file" in trial("new", request, "--look", *more, code=2)
    told = trial("new", request, "--on", DAY.isoformat())
    assert takes in told and weeks in told and told.index(takes) > told.index("registered: 6 pairs")


def test_a_look_refuses_what_a_registration_would(tmp_path: Path):
    request = tmp_path / "request.toml"
    request.write_text(f'{blank_request()}\n[negative_control]\nid = "bar-speed"\nwhy = "it should stay"\n', "utf-8")
    refused = trial("new", request, code=2)
    assert "negative_control" in refused and trial("new", request, "--look", code=2) == refused


def test_every_claim_that_can_be_tested_gives_a_request_that_can_be_registered(tmp_path: Path):
    from legato.evidence.claims import claims

    done: list[str] = []
    for name, claim in claims().items():
        path = tmp_path / f"{name}.toml"
        if claim.user_test.protocol == "none":
            assert "no trial of one athlete can test it: " in trial("new", "--request", path, "--claim", name, code=2)
            continue
        trial("new", "--request", path, "--claim", name.lower())
        said = trial("new", path)
        many = {"pairs": "8 pairs", "doses": "12 blocks of 5 cued lags", "phases": "18 sessions in phases B A B A"}
        assert f"registered: {many[claim.user_test.protocol]}" in said
        if claim.user_test.protocol != "doses":
            assert claim.user_test.a in (tmp_path / f"{name.lower()}-trial.jsonl").read_text("utf-8")
        done.append(name)
    assert {"C01", "C02", "C12"} <= {*done}
    assert "--claim goes with --request" in trial("new", tmp_path / "C02.toml", "--claim", "C02", code=2)


def test_a_window_that_the_movement_does_not_have_is_refused(tmp_path: Path):
    text = blank_request().replace('id = "bar-mean-propulsive-velocity"', 'id = "window"').replace('"%"', '"s"')
    for of, said in (("w-drive", "registered"), ("w-drove", "is no window of bench-press; did you mean w-drive")):
        path = tmp_path / "request.toml"
        path.write_text(text.replace('# of = "..."', f'of = "{of}"'), "utf-8")
        assert said in trial("new", path, "--out", tmp_path / f"{of}.jsonl", code=0 if said == "registered" else 2)


def test_a_request_to_fill_in_is_written_once(tmp_path: Path):
    path = tmp_path / "r.toml"
    trial("new", "--request", path)
    assert "is there already" in trial("new", "--request", path, code=2)
    assert "give a request" in trial("new", code=2)


@pytest.mark.slow
@pytest.mark.parametrize(("gain", "answers"), [(1.15, {"supports"}), (1.0, {"contradicts", "inconclusive"})])
def test_a_planted_effect_is_found_in_simulated_recordings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gain: float, answers: set[str]
):
    """Six pairs of bench presses, faster under A by 15 % or not at all, each analysed as a coach's would be.

    The peak velocity goes with the pace exactly; the mean from 0.05 m/s on rises by less, as more of the way counts.
    """
    monkeypatch.setattr("secrets.token_hex", lambda size: "5e" * size)
    text = "simulated = true\n" + blank_request().replace("bar-mean-propulsive-velocity", "bar-peak-velocity")
    (tmp_path / "peak.toml").write_text(text.replace("pairs = 8", "pairs = 6"), "utf-8")
    trial("new", tmp_path / "peak.toml", "--on", DAY.isoformat(), "--key", tmp_path / "key")
    file = tmp_path / "light-priming.jsonl"
    for k in range(12):
        on = DAY + timedelta(days=2 * (k + 1))
        trial("next", file, "--on", on.isoformat(), "--key", tmp_path / "key", "--json", tmp_path / "next.json")
        arm = json.loads((tmp_path / "next.json").read_text("utf-8"))["due_arm"]
        scenario = scenario_for(
            "bench-press", rate_hz=100.0, reps=3, seed=40 + k, rep_variation=0.06,
            tempo=1.0 / (gain if arm == "A" else 1.0),
        )  # fmt: skip
        made = simulate_scenario(scenario)
        result = analyze(made.recording, movement="bench-press", load_kg=60.0)
        record = {**result.to_dict(), "inputs": [{"path": f"{k}.c3d", "sha256": f"{k:064d}"}]}
        path = tmp_path / f"{k}.json"
        path.write_text(json.dumps(record), "utf-8")
        trial("add", file, path, "--arm", arm, "--on", on.isoformat(), "--feedback-off")
    out = tmp_path / "t.json"
    trial("result", file, "--json", out)
    found = json.loads(out.read_text("utf-8"))
    assert found["verdict"]["answer"] in answers
    # sets of 3 that vary by 6 % at most: SD of a set 2 %, of six pairs 1.2 %
    assert found["verdict"]["change"]["value"] == pytest.approx(gain - 1.0, abs=0.03)
