"""The library of drills: every fault is answered, without equipment too, and both sides name each other."""

from pathlib import Path

import pytest

from legato.coaching.catalogue import drills, drills_for, nameable_faults, named_in
from legato.coaching.lifts import lifts
from legato.coaching.model import LEVELS, Drill
from legato.errors import BadInput
from legato.faults import fault_ids
from legato.faults.catalogue import fault_entries

FAULTS = fault_entries()
DRILLS = drills()

_DESIGNED = {
    "dowel-hinge", "hinge-light-bar", "tempo-deadlift", "thoracic-rotation", "thoracic-extension", "cat-cow",
    "pallof-press", "clamshell", "glute-bridge", "bird-dog", "dead-bug", "diaphragmatic-breathing",
    "brace-hold", "anti-rotation-goblet-squat", "tempo-squat-pause", "rotational-medball-throw",
    "tempo-medball-rotation", "single-leg-rdl", "step-up", "farmer-carry", "suitcase-carry",
    "anti-rotation-carry", "kettlebell-swing", "drive-press-ladder", "bench-foot-force", "leg-press-chest-iso",
    "force-track", "ankle-rocks", "rock-back",
}  # fmt: skip


def test_all_drills_are_there():
    assert set(DRILLS) >= _DESIGNED
    assert list(DRILLS) == sorted(DRILLS)


@pytest.mark.parametrize("fault", fault_ids())
def test_every_fault_has_an_answer_with_no_equipment(fault: str):
    found = drills_for(fault)
    assert found and any(drill.bare for drill in found)


@pytest.mark.parametrize("fault", fault_ids())
def test_a_fault_and_its_drills_name_each_other(fault: str):
    named = [n for one in (FAULTS[fault].fault, *FAULTS[fault].variants.values()) for n in one.drills]
    assert set(named) == {name for name, drill in DRILLS.items() if fault in drill.faults}
    assert [drill.id for drill in drills_for(fault)] == list(dict.fromkeys(named))
    for one in (FAULTS[fault].fault, *FAULTS[fault].variants.values()):
        assert {name for cause in one.causes for name in cause.drills} <= set(one.drills)


@pytest.mark.parametrize("drill", DRILLS.values(), ids=lambda d: d.id)
def test_what_a_drill_names_is_there(drill: Drill):
    for _, name, known in named_in(drill, DRILLS, nameable_faults()):
        assert name in known
    assert drill.faults


@pytest.mark.parametrize("drill", DRILLS.values(), ids=lambda d: d.id)
def test_every_drill_and_number_has_source_and_grade(drill: Drill):
    assert drill.source and drill.grade and drill.evidence
    for step in drill.steps:
        assert step.dose.source and step.dose.grade == "ENG"
        assert len(step.how) < 330, "short, so that it is read before a set"
    assert all(cue.source and cue.grade for cue in drill.cues)
    for measured in drill.measured:
        if any(sign.isdigit() for sign in measured.target):
            assert measured.grade is not None


@pytest.mark.parametrize("drill", DRILLS.values(), ids=lambda d: d.id)
def test_nothing_is_loaded_below_the_loaded_level(drill: Drill):
    heavy = {"barbell", "plates", "kettlebell", "dumbbell", "light-bar", "leg-press"}
    for step in drill.steps:
        if LEVELS.index(step.level) < LEVELS.index("loaded") and drill.id != "force-track":
            assert not heavy & set(step.equipment)


def test_what_has_no_source_is_an_experiment_or_for_a_base_alone():
    assert {d.id for d in DRILLS.values() if d.grade == "N"} == {"leg-press-chest-iso", "bench-foot-force"}
    assert [d.id for d in DRILLS.values() if d.experimental] == ["leg-press-chest-iso"]
    assert {f for d in DRILLS.values() if d.experimental for f in d.faults} == {"pec-phase-off"}


def test_a_misspelt_fault_is_told_what_may_be_meant():
    with pytest.raises(BadInput, match="'early-lumber': no such fault; did you mean early-lumbar"):
        drills_for("early-lumber")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "ours.toml: holds no drill; begin each with a line [[drills]]"),
        (b"drills = 3", "ours.toml: holds no drill"),
        (b"drills = [3]", "ours.toml, line 1: a drill is a table"),
        (b"[[drills]\n", "ours.toml"),
        (b"\xff\xfe\x00", "ours.toml: not valid TOML: it is no text"),
        (b'id = "x"\n', "ours.toml, line 1: field id is not known here"),
        (b"[[drills]]\n", "ours.toml, line 1: field"),
        (b"[[faults]]\n", "ours.toml, line 1: field faults is not known here; a file holds [[drills]] alone"),
        (b"[[drills]]\nid = 2026-01-01\n", "ours.toml, line 2: field id"),
        (b"[[drills]]\nid = " + b"[" * 3000, "ours.toml"),
    ],
)
def test_what_is_no_drill_file_is_refused_in_one_line(tmp_path: Path, content: bytes, said: str):
    (tmp_path / "ours.toml").write_bytes(content)
    with pytest.raises(BadInput) as error:
        drills(tmp_path / "ours.toml")
    assert str(error.value).startswith(said) and "\n" not in str(error.value)


def test_what_has_no_load_progresses_by_none() -> None:
    for lift in lifts().values():
        bare = not any(step.equipment for step in lift.steps)
        assert ("more load" in lift.progress or "less load" in lift.regress) != bare, lift.id


def test_lifts_are_not_all_dosed_alike() -> None:
    fast = [step.dose for lift in lifts().values() for step in lift.steps if step.level == "explosive"]
    assert fast and all(dose.reps is not None and dose.reps <= 6 for dose in fast)
    assert all(dose.rest_s >= 120.0 for dose in fast)
    assert len({lift.evidence for lift in lifts().values()}) > 2
