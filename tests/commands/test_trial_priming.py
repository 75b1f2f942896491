"""Trials of priming: what the protocol settles, what is refused, and the minutes before a session's test."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from legato.coaching.priming.catalogue import protocols
from legato.coaching.safety import screen, screening_record
from legato.report.trial_words import coach_sentence

from ..coaching.safety.test_every_drill import WELL
from .test_trial import DAY, due_arm, pressed, trial

ASKED = """
simulated = true
name = "primed"
athlete = "A1"
priming = "light-dynamic"
region = "upper"
pairs = 8
measured_by = "the coach"
assessor_knows_arm = true
[outcome]
id = "bar-mean-propulsive-velocity"
movement = "bench-press"
better = "higher"
effect_of_interest = 4.0
effect_unit = "%"
"""
JUMPS = ASKED.replace("light-dynamic", "activation").replace('"upper"', '"lower"').replace(
    "bar-mean-propulsive-velocity", "jump-height-impulse").replace("bench-press", "countermovement-jump")  # fmt: skip
HEAVY = ASKED.replace("light-dynamic", "heavy")


def asked(folder: Path, text: str, *options: object, code: int = 0) -> str:
    """What `trial new` says of a request."""
    (folder / "request.toml").write_text(text, "utf-8")
    return trial("new", folder / "request.toml", "--on", DAY.isoformat(), *options, code=code)


def of_request(folder: Path) -> dict[str, Any]:
    """The first line of the trial."""
    return json.loads((folder / "primed.jsonl").read_text("utf-8").splitlines()[0])


def screened(folder: Path) -> Path:
    """An athlete who passed the screening."""
    path = folder / "screening.json"
    path.write_text(json.dumps(screening_record(screen(WELL, date.today()))))
    return path


def test_the_protocol_settles_arms_rest_volume_feedback_and_hours_between(tmp_path: Path):
    said = asked(tmp_path, ASKED)
    assert "detectable: not told" in said
    line = of_request(tmp_path)
    request, kept = line["request"], line["kept"]
    assert "2 × 3, light, well below your best" in request["arms"]["A"]
    assert request["arms"]["A"].endswith("then rest of 2 to 4 min to the test")
    assert request["arms"]["B"].startswith("rest for as long as light-dynamic takes")
    assert "(default)" not in request["arms"]["A"]
    assert request["rest_range_min"] == [2.0, 4.0]
    assert (kept["rest_min"], kept["volume_kg"], kept["feedback_off"]) == (2.0, 0.05, 0.0)
    assert request["washout_h"] == 48.0
    assert "light-dynamic" in request["hypothesis"]


@pytest.mark.parametrize("name", [one.id for one in protocols().values() if not one.refused])
@pytest.mark.parametrize("region", ["upper", "lower"])
def test_every_protocol_that_is_offered_can_be_registered(tmp_path: Path, name: str, region: str):
    asked(tmp_path, JUMPS.replace("activation", name).replace('"lower"', f'"{region}"'))
    low, high = of_request(tmp_path)["request"]["rest_range_min"]
    assert of_request(tmp_path)["kept"]["rest_min"] == min(3.0, high - low)


def test_a_detectable_change_that_was_told_is_not_asked_again(tmp_path: Path):
    assert "detectable: not told" not in asked(tmp_path, ASKED + "detectable = 8.0\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ASKED.replace("light-dynamic", "squat-before-bench"), "is not offered: The best trial shows the opposite"),
        (JUMPS.replace("activation", "holds-before-power"), "is not offered: Jumps are lower after hard holds"),
        (ASKED.replace("light-dynamic", "light"), "no such priming protocol"),
        (ASKED.replace('region = "upper"', ""), "say which limbs the test asks for"),
        (ASKED.replace("light-dynamic", "activation"), "activation is not for mean propulsive velocity of the bar; it"),
        (ASKED.replace("bar-mean-propulsive-velocity", "share-in-order"), "is not for share of repetitions in order"),
        (ASKED + '[arms]\nA = "swings"\nB = "rest"\n', "the protocol says what arms are"),
        (ASKED + "[keep]\nvolume_kg = 0.2\n", "light-dynamic lets pairs lie 0.05 apart at most"),
        (ASKED + "[keep]\nrest_min = 5\n", "lets pairs lie 2 apart at most"),
        (ASKED.replace("pairs = 8", 'design = "abab"'), "priming is tested in pairs"),
    ],
)
def test_what_no_protocol_can_be_tested_by_is_refused(tmp_path: Path, text: str, said: str):
    assert said in asked(tmp_path, text, code=2)
    assert not (tmp_path / "primed.jsonl").exists()


def test_a_protocol_of_a_coachs_own_is_tested_as_well(tmp_path: Path):
    own = tmp_path / "own.toml"
    own.write_text(
        '[[protocols]]\nid = "walk"\nname = "A walk"\npurpose = "Warm."\ntests = ["bar-speed"]\nevidence = "None."\n'
        'source = "own"\ngrade = "D"\nrest_min = { least = 3, most = 3, source = "own", grade = "ENG" }\n'
        '[[protocols.parts]]\nwhat = "a walk"\nminutes = 4\nbarred = []\n',
        "utf-8",
    )
    asked(tmp_path, ASKED.replace("light-dynamic", "walk"), "--own", own)
    assert of_request(tmp_path)["request"]["arms"]["A"] == "A walk: a walk, 4 min; then rest of 3 min to the test"


@pytest.mark.parametrize(("first", "second", "counts"), [(2, 4, True), (3, 4.5, False), (1, 2, False)])
def test_a_rest_outside_that_of_the_protocol_refuses_the_pair(
    tmp_path: Path, first: float, second: float, counts: bool
):
    asked(tmp_path, ASKED)
    file, said = tmp_path / "primed.jsonl", ""
    for k, rest in enumerate((first, second)):
        on = DAY + timedelta(days=2 * (k + 1))
        arm, result = due_arm(file, on), pressed(tmp_path, str(k), 0.5)
        said = trial("add", file, result, "--arm", arm, "--on", on.isoformat(), "--feedback-off", "--rest-min", rest)
        if "refused and comes again" in said:
            break
    assert ("1 of 8 pairs complete" in said) == counts
    assert ("and this trial asks for 2 to 4 min" in said) != counts


def test_the_minutes_before_the_test_are_those_of_the_arm_that_is_due(tmp_path: Path):
    asked(tmp_path, ASKED.replace("light-dynamic", "breathing"))
    file, seen = tmp_path / "primed.jsonl", set[str]()
    for k in range(2):
        on = DAY + timedelta(days=2 * (k + 1))
        said = trial(
            "next", file, "--on", on.isoformat(), "--test-at", "18:30", "--pain", 0, "--screening", screened(tmp_path)
        )
        arm = "A" if "arm A:" in said else "B"
        seen.add(arm)
        assert "18:30 the test; from 18:29 to 18:31 it still counts" in said
        assert ("Breathing low and wide, 2 × 6" in said) == (arm == "A")
        assert ("Without it, the control" in said) == (arm == "B")
        result = pressed(tmp_path, str(k), 0.5)
        trial("add", file, result, "--arm", arm, "--on", on.isoformat(), "--feedback-off", "--rest-min", 1)
    assert seen == {"A", "B"}


def test_who_may_not_do_it_today_is_told_so_and_no_arm(tmp_path: Path):
    asked(tmp_path, HEAVY)
    file = tmp_path / "primed.jsonl"
    before = file.read_text("utf-8")
    when = ("--on", (DAY + timedelta(days=2)).isoformat(), "--test-at", "18:30", "--pain", 0)
    said = trial("next", file, *when, "--screening", screened(tmp_path), code=3)
    assert "heavy: not today, so no arm is told: only after 8 weeks of regular training" in said
    assert file.read_text("utf-8") == before
    assert "goes with --screening" in trial("next", file, *when, code=2)
    assert "--pain 0 where there is none" in trial("next", file, *when[:4], "--screening", screened(tmp_path), code=2)


def test_no_arm_is_told_without_the_gate_but_of_simulated_athletes(tmp_path: Path):
    (tmp_path / "request.toml").write_text(HEAVY.replace("simulated = true\n", ""), "utf-8")
    trial("new", tmp_path / "request.toml")
    said = trial("next", tmp_path / "primed.jsonl", code=2)
    assert "with --test-at, --screening and --pain: what primes passes the gate first" in said


def test_a_trial_of_something_else_has_no_such_minutes(tmp_path: Path):
    text = ASKED.replace('priming = "light-dynamic"\nregion = "upper"\n', 'claim = "C02"\n')
    asked(tmp_path, text + '[arms]\nA = "swings"\nB = "rest"\n')
    said = trial(
        "next", tmp_path / "primed.jsonl", "--test-at", "18:30", "--pain", 0, "--screening", screened(tmp_path), code=2
    )
    assert "--test-at is for trials of priming" in said


def test_the_sentence_to_repeat_names_the_protocol_and_not_all_of_its_parts():
    arms = {"A": "Easy and lively: a walk, 5 min; then rest", "B": "rest for as long as it takes"}
    request = {"design": "pairs", "athlete": "A1", "arms": arms, "priming": "light-dynamic"}
    verdict = {"answer": "not-measurable", "change": None, "n": 6}
    record = {
        "request": request, "verdict": verdict, "planned": {"outcome_name": "jump height", "unit": "m"},
        "randomisation": {"unit": "pair"},
    }  # fmt: skip
    told = "This trial cannot tell whether “Easy and lively (light-dynamic)” changes A1's jump height."
    assert coach_sentence(record) == told
