"""Trials beside other trials: a session withdrawn, twins in a folder, a recording in two, results that were changed."""

from datetime import timedelta
from pathlib import Path

from legato.evidence.trials.doubt import doubted
from legato.evidence.trials.journal import read_journal
from legato.evidence.trials.sessions import read_trial

from .test_trial import DAY, due_arm, pressed, registered, trial


def added(folder: Path, file: Path, name: str, k: int, code: int = 0) -> str:
    """The next session of a trial, `k` times two days after its registration."""
    on = DAY + timedelta(days=2 * k)
    arm = due_arm(file, on)
    result = pressed(folder, name, 0.5)
    return trial("add", file, result, "--arm", arm, "--on", on.isoformat(), "--feedback-off", code=code)


def test_a_session_that_was_added_by_mistake_is_withdrawn_before_the_next_arm_is_told(tmp_path: Path):
    file = registered(tmp_path)
    assert "no session was added" in trial("withdraw", file, "the wrong file", code=2)
    added(tmp_path, file, "1", 1)
    said = trial("withdraw", file, "the wrong file")
    assert "withdrawn: the pair of the last session is refused and comes again, in the same order" in said
    assert "pairs complete, 1 refused (1 more may be, and is done again)" in said
    assert '"by": "person"' in file.read_text("utf-8").splitlines()[-1]
    assert "is refused already" in trial("withdraw", file, "again", code=2)
    added(tmp_path, file, "2", 2)
    due_arm(file, DAY + timedelta(days=6))
    assert "the arm after it was told already" in trial("withdraw", file, "the wrong file", code=2)


def test_a_complete_pair_is_withdrawn_too_and_no_later(tmp_path: Path):
    file = registered(tmp_path, replacements="0")
    added(tmp_path, file, "1", 1)
    added(tmp_path, file, "2", 2)
    assert "1 of 8 pairs complete" in trial("status", file)
    trial("withdraw", file, "another athlete's")
    assert doubted(read_trial(read_journal(file))) == (0,)
    assert "0 of 8 pairs complete, 1 refused" in trial("status", file)
    trial("result", file)
    assert "the trial has ended" in trial("withdraw", file, "x", code=2)


def test_nothing_is_withdrawn_in_phases(tmp_path: Path):
    request = tmp_path / "request.toml"
    trial("new", "--claim", "C12", "--request", request)
    trial("new", request, "--out", tmp_path / "p.jsonl")
    assert "in phases time goes on" in trial("withdraw", tmp_path / "p.jsonl", "x", code=2)


def test_a_second_trial_of_the_same_claim_is_told_and_takes_no_recording_of_the_first(tmp_path: Path):
    file = registered(tmp_path)
    arm = due_arm(file, DAY)
    trial("add", file, pressed(tmp_path, "1", 0.5), "--arm", arm, "--on", DAY.isoformat(), "--feedback-off")
    said = trial("new", tmp_path / "request.toml", "--on", DAY.isoformat(), "--out", tmp_path / "twin.jsonl")
    assert "NOT ALONE: a trial of A1 on the same claim lies here and has not ended: light-priming.jsonl (0 of 8" in said
    twin = tmp_path / "twin.jsonl"
    arm = due_arm(twin, DAY)
    add = ("--arm", arm, "--on", DAY.isoformat(), "--feedback-off")
    said = trial("add", twin, tmp_path / "1.json", *add, code=2)
    assert "1.json: its recording is in another trial, light-priming.jsonl" in said
    trial("add", twin, pressed(tmp_path, "2", 0.5), *add)


def test_recordings_are_shared_where_that_was_registered(tmp_path: Path):
    file = registered(tmp_path)
    arm = due_arm(file, DAY)
    trial("add", file, pressed(tmp_path, "1", 0.5), "--arm", arm, "--on", DAY.isoformat(), "--feedback-off")
    other = tmp_path / "other"
    other.mkdir()
    shared = registered(other, shared_recordings="true")
    shared = shared.rename(tmp_path / "shared.jsonl")
    arm = due_arm(shared, DAY)
    trial("add", shared, tmp_path / "1.json", "--arm", arm, "--on", DAY.isoformat(), "--feedback-off")


def test_check_compares_results_that_still_lie_there(tmp_path: Path):
    file = registered(tmp_path)
    kept = tmp_path / "kept"
    kept.mkdir()
    added(kept, file, "1", 1)
    added(tmp_path, file, "2", 2)
    said = trial("check", file, "--results", kept)
    assert f"1 of 2 results lie in {kept} as they were when they were added" in said
    assert "not found there: session 2 (2.json)" in said
    assert "is no folder" in trial("check", file, "--results", tmp_path / "none", code=2)
    result = kept / "1.json"
    result.write_text(result.read_text("utf-8").replace("0.5", "0.4"), "utf-8")
    said = trial("check", file, "--results", kept, code=2)
    assert "1.json: is of session 1" in said and "not as it was when it was added" in said


def test_a_note_tells_when_it_was(tmp_path: Path):
    file = registered(tmp_path)
    trial("note", file, "a new bar", "--on", "2026-03-04T17:30")
    assert "2026-03-04 17:30: a new bar" in file.read_text("utf-8")


def test_next_tells_what_the_first_session_of_the_pair_had(tmp_path: Path):
    file = registered(tmp_path)
    assert "as in the first session" not in trial("next", file, "--on", DAY.isoformat())
    arm = "A" if '"arm": "A"' in file.read_text("utf-8") else "B"
    trial("add", file, pressed(tmp_path, "1", 0.5), "--arm", arm, "--on", DAY.isoformat(), "--feedback-off")
    said = trial("next", file, "--on", (DAY + timedelta(days=2)).isoformat())
    assert "as in the first session of this pair: load 60 kg, 5 repetitions, at about 17:00" in said
    assert "0.5" not in said.split("as in the first")[1].split("receipt")[0].replace("--", "")


def test_the_last_pair_that_may_be_refused_is_told(tmp_path: Path):
    file = registered(tmp_path, replacements="1")
    added(tmp_path, file, "1", 1)
    assert "complete, none refused (1 may be, and is done again)" in trial("status", file)
    said = trial("withdraw", file, "the wrong file")
    assert "1 refused, as many as may be" in said and "one more that is refused ends the trial" in said


def test_a_verdict_tells_the_claims_words_the_arms_and_one_number_of_pairs(tmp_path: Path):
    file = registered(tmp_path, pairs="6")
    for k in range(12):
        on = DAY + timedelta(days=2 * (k + 1))
        arm = due_arm(file, on)
        # The order of the arms is drawn anew in each run: a pair's difference must not hang on it.
        more = (0.06, -0.05, 0.07, -0.04, 0.05, -0.06)[k // 2]
        velocity = 0.5 * (1.0 + (more if arm == "A" else 0.0))
        trial(
            "add", file, pressed(tmp_path, f"{k + 1}", velocity), "--arm", arm, "--on", on.isoformat(), "--feedback-off"
        )
    said = trial("result", file)
    assert "the claim, not ours: “≤12 % bench velocity after dynamic lower-body activation”" in said
    assert "A: five minutes of light swings, then two minutes of rest B: seven minutes of rest" in said
    assert "inconclusive" in said and said.count("new trial") == 1


def test_a_verdict_tells_how_often_the_question_was_asked(tmp_path: Path):
    file = registered(tmp_path, replacements="0")
    added(tmp_path, file, "1", 1)
    trial("withdraw", file, "the wrong file")
    assert "asked more than once" not in trial("result", file)
    trial("new", tmp_path / "request.toml", "--on", DAY.isoformat(), "--out", tmp_path / "twin.jsonl")
    said = trial("result", file)
    assert "2 trials of A1 here ask the same question (this one; others: 1 open)" in said
    assert "by chance tell a p below 0.05 up to 10 times in 100, not 5" in said
    said = trial("result", tmp_path / "twin.jsonl", code=3)
    assert "asked more than once" not in said, "nothing is told before a verdict"
    # Another athlete, or another number and claim, is another question; the same number under another claim is not.
    text = (tmp_path / "request.toml").read_text("utf-8")
    for name, old, new in (
        ("other", 'athlete = "A1"', 'athlete = "A2"'),
        ("words", 'claim = "C02"', 'hypothesis = "swings help"'),
        ("number", "bar-mean-propulsive-velocity", "bar-mean-power"),
    ):
        assert old in text
        (tmp_path / f"{name}.toml").write_text(text.replace(old, new), "utf-8")
        trial("new", tmp_path / f"{name}.toml", "--on", DAY.isoformat(), "--out", tmp_path / f"{name}.jsonl")
    assert "4 trials of A1 here" in trial("result", file)
    trial("page", file)
    assert "4 trials of A1 here" in file.with_suffix(".html").read_text("utf-8")
