"""Where an athlete stands, with what sheets and results tell of the gates."""

from datetime import date, timedelta
from pathlib import Path

from legato.coaching.log import Session, SetsDone
from legato.coaching.plan.request import Standing
from legato.coaching.plan.situation import situation_of, with_measured
from legato.faults.assessments import ResultFile, gather, read_sheet, result_file

from ...faults.sheets import filled, number, result

BOTH = {f"numbers.hip-flexion.{side}": "[130, 131]" for side in ("right", "left")}


def screened(folder: Path, **lines: str) -> Standing:
    """A standing told as all right, with a mobility screen of some readings."""
    path = folder / "sheet.toml"
    path.write_text(filled("mobility-screen", lines={name.replace("_", "."): said for name, said in lines.items()}))
    told = Standing(mobility={"hip-flexion": True, "thoracic-rotation": True})
    return with_measured(told, (), gather([read_sheet(path)], ()))


def test_the_mobility_screen_counts_before_what_was_told(tmp_path: Path):
    short = {"numbers.hip-flexion.right": "[130, 131]", "numbers.hip-flexion.left": "[90, 91]"}
    enough = {f"numbers.knee-to-wall.{side}": "[14, 14]" for side in ("right", "left")}
    found = screened(tmp_path, **short, **enough)
    assert found.mobility == {"hip-flexion": False, "ankle-dorsiflexion": True, "thoracic-rotation": True}
    assert screened(tmp_path, **BOTH).mobility == {"hip-flexion": True, "thoracic-rotation": True}


def test_sets_of_the_dowel_hinge_open_its_gate():
    reps = [{"metrics": {"dowel_contact": number(98.0, 3.0, "%")}}] * 5
    sets = [result_file(result("hip-hinge", reps=reps), "result.json")] * 3
    assert with_measured(Standing(), sets, ()).hinge_gate
    assert not with_measured(Standing(), sets[:2], ()).hinge_gate
    assert with_measured(Standing(hinge_gate=True), sets[:1], ()).hinge_gate
    lost = [{"metrics": {"dowel_contact": number(20.0, 3.0, "%")}}] * 5
    told = with_measured(Standing(hinge_gate=True), [result_file(result("hip-hinge", reps=lost), "result.json")], ())
    assert not told.hinge_gate, "what was measured counts before what was ticked"


def test_a_gate_that_was_read_and_is_not_resolvable_is_not_known_whatever_was_ticked(tmp_path: Path):
    near = {f"numbers.hip-flexion.{side}": "[100, 140]" for side in ("right", "left")}
    assert screened(tmp_path, **near).mobility == {"thoracic-rotation": True}


def ordered(movement: str, low: float) -> ResultFile:
    """A result whose repetitions keep the order in 100 %, surely in `low`."""
    order = {"share_in_order": {"value": 1.0, "low": low, "high": 1.0, "unit": ""}}
    return result_file({**result(movement), "chain": {"order": order}}, "result.json")


def test_what_surely_keeps_the_order_in_the_newest_turn_counts():
    told = Standing(order_kept=0.9)
    assert with_measured(told, [ordered("throw", 0.83), ordered("throw", 0.74)], ()).order_kept == 0.74
    assert with_measured(told, [ordered("hip-hinge", 0.2)], ()).order_kept == 0.9
    assert with_measured(told, (), ()).order_kept == 0.9


def _logged(what: SetsDone, told: float | None, *days: int, today: int = 28) -> float | None:
    start = date(2026, 11, 23)
    log = [Session(start + timedelta(days=day), (what,)) for day in days]
    end = start + timedelta(days=today)
    return situation_of(Standing(base_weeks=told), None, end, sessions=log, start=start).base_weeks


def test_weeks_of_hard_work_in_the_log_count_as_training_and_planned_ones_do_not():
    squats = SetsDone("back-squat", 3, 5, load_kg=80.0)

    assert _logged(squats, None) is None and _logged(squats, 3.0) == 3.0
    assert _logged(squats, None, 0) is None, "one day makes no week"
    assert _logged(squats, None, 0, 2) == 1.0
    assert _logged(squats, 6.0, 0, 2, 7, 14, 20, 27) == 8.0
    start = date(2026, 11, 23)
    looked_at = [Session(start + timedelta(days=k), (), looked_at=True) for k in (0, 2)]
    assert situation_of(Standing(), None, start, sessions=looked_at, start=start).base_weeks is None
    log = [Session(start + timedelta(days=k), (squats,)) for k in (0, 2)]
    assert situation_of(Standing(), None, start, sessions=log).base_weeks is None


def test_weeks_of_breathing_are_no_base_for_jumps():
    days = tuple(7 * week + day for week in range(8) for day in (0, 2))

    assert _logged(SetsDone("diaphragmatic-breathing", 1, 6, level="hold"), 0.0, *days, today=56) == 0.0
    assert _logged(SetsDone("tempo-squat-pause", 3, 5, level="loaded"), 0.0, *days, today=56) == 8.0


def test_days_to_come_and_weeks_before_a_long_pause_are_no_base():
    squats = SetsDone("back-squat", 3, 5, load_kg=80.0)

    assert _logged(squats, None, 30, 32, today=28) is None
    assert _logged(squats, None, 0, 2, 35, 37, today=40) == 1.0, "33 days lie between"
    assert _logged(squats, None, 0, 2, today=60) is None
    assert _logged(squats, 8.0, 0, 2, today=60) == 8.0, "what was told stays"
