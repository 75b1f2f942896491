"""Who is tired in one session of a pair and not in the other: told by options, or by a plan's log."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from legato.coaching.log import Session, SetsDone
from legato.coaching.plan.kept import plan_record, read_plan
from legato.commands.trial_priming import tired_by_log

from .test_plan_new import new
from .test_trial import DAY, due_arm, pressed, registered, trial

RESTED = ("--readiness", 7, "--soreness", 1, "--sleep-h", 8, "--hard-session-h", 60)


def added(folder: Path, file: Path, day: int, *options: object) -> str:
    """What `trial add` says of a session on the `day`-th day."""
    on = DAY + timedelta(days=day)
    arm = due_arm(file, on)
    result = pressed(folder, f"s{day}", 0.5)
    return trial("add", file, result, "--arm", arm, "--on", on.isoformat(), "--feedback-off", *options)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--readiness", 4), "the pair is refused and comes again: readiness differs: 7 and 4 of 10"),
        (("--soreness", 5), "soreness differs: 1 and 5 of 10"),
        (("--sleep-h", 4), "sleep differs: 8 and 4 h"),
        (("--hard-session-h", 20), "time since the last hard session is 20 h, and this trial asks for 48 h at least"),
    ],
)
def test_a_pair_in_which_one_session_was_tired_is_refused(tmp_path: Path, options: tuple[object, ...], said: str):
    file = registered(tmp_path)
    added(tmp_path, file, 2, *RESTED)
    assert said in added(tmp_path, file, 4, *options)


def test_a_pair_that_was_as_rested_or_says_nothing_counts(tmp_path: Path):
    file = registered(tmp_path)
    for day, told in ((2, RESTED), (4, RESTED), (6, ()), (8, ("--readiness", 3))):
        added(tmp_path, file, day, *told)
    assert "2 of 8 pairs complete, none refused" in trial("status", file)


def test_a_plans_log_tells_what_was_not_told(tmp_path: Path):
    pytest.importorskip("ortools")
    new(tmp_path)
    path, on = tmp_path / "plan.json", DAY + timedelta(days=4)
    days = [
        Session((on - timedelta(days=3)).date(), (SetsDone("deadlift", 3, rpe=9.0),)),
        Session((on - timedelta(days=1)).date(), (SetsDone("bench-press", 3, rpe=7.5),)),
        Session(on.date(), (SetsDone("bench-press", 3, rpe=9.0),), sleep_h=5.0, soreness=2.0, readiness=6.0),
    ]
    plan = read_plan(path)
    path.write_text(json.dumps(plan_record(plan.model_copy(update={"log": tuple(days)}))))
    assert tired_by_log(path, on) == {"readiness": 6.0, "soreness": 2.0, "sleep_h": 5.0, "hard_session_h": 72.0}
    assert tired_by_log(path, DAY) == dict.fromkeys(("readiness", "soreness", "sleep_h", "hard_session_h"))

    file = registered(tmp_path)
    added(tmp_path, file, 2, *RESTED)
    assert "sleep differs: 8 and 5 h" in added(tmp_path, file, 4, "--plan", path)
    on_file = [json.loads(line) for line in file.read_text("utf-8").splitlines() if '"added"' in line]
    assert [one["conditions"]["hard_session_h"] for one in on_file] == [60, 72]


def test_an_option_stands_before_the_log(tmp_path: Path):
    pytest.importorskip("ortools")
    new(tmp_path)
    file = registered(tmp_path)
    added(tmp_path, file, 2, *RESTED)
    added(tmp_path, file, 4, "--sleep-h", 7, "--plan", tmp_path / "plan.json")
    assert "1 of 8 pairs complete" in trial("status", file)
