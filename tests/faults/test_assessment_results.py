"""What assessments read from results: the number where it is there, one plain reason where it is not."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

import pytest

import legato
from legato.errors import BadInput
from legato.faults.assessments import Measured, ResultFile, load_assessment, read_sheet, result_file
from legato.faults.assessments.beside import gather
from legato.faults.assessments.measured import findings_of, numbers_of, reads_of
from legato.faults.assessments.model import Reader
from legato.simulate import simulate

from .sheets import filled, finding, number, result

NAN = float("nan")
HEIGHTS, AREAS = (0.3, 0.31, 0.32), (1e-4, 2e-4, 3e-4)
READERS = [name for name in get_args(Reader) if name]


def read(movement: str = "hip-hinge", **parts: Any) -> ResultFile:
    return result_file(result(movement, **parts), "result.json")


def only(rows: tuple[Measured, ...]) -> Measured:
    (row,) = rows
    return row


def value_of(rows: tuple[Measured, ...]) -> float:
    found = only(rows).value
    assert found is not None
    return found.value


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("parts", [{}, {"forces": {}, "bar": {}, "power": {}}, {"reps": [{"complete": True}] * 3}])
def test_what_is_not_there_has_a_reason_and_no_number(name: str, parts: Mapping[str, Any]):
    for row in numbers_of(read(**parts), name):
        assert row.value is None and row.reason


@pytest.mark.parametrize(
    ("name", "parts", "value"),
    [
        ("jump-height", {"forces": {"jumps": [{"height_flight_m": number(0.3, 0.02, "m")}]}}, 0.3),
        ("jump-height", {"reps": [{"metrics": {"height_flight_m": number(v, 0.01, "m")}} for v in HEIGHTS]}, 0.31),
        ("force-kept", {"forces": {"kept": {"share": number(0.93, 0.02), "of": "peak force"}}}, 93.0),
        ("velocity-kept", {"bar": {"velocity_loss_pct": number(12.0, 2.0, "%")}}, 88.0),
        ("peak-pull", {"forces": {"rfd": {"best": {"peak_force_n": number(2400.0, 40.0, "N")}}}}, 2400.0),
        ("sway", {"forces": {"sway": {"per_rep": [{"ellipse_m2": number(v, 1e-5, "m2")} for v in AREAS]}}}, 2e-4),
        ("three-contacts", {"reps": [{"metrics": {"dowel_contact": number(v, 4.0, "%")}} for v in (97, 98, 99)]}, 98.0),
        ("three-contacts", {"reps": [{"metrics": {"dowel_pads_contact": number(80, 4.0, "%")}}] * 3}, 80.0),
        ("knee-over-hip", {"findings": [finding("knee-dominant-hinge", "ok", number(0.2, 0.05))]}, 0.2),
    ],
)  # fmt: skip
def test_numbers_are_read_as_they_stand(name: str, parts: Mapping[str, Any], value: float):
    assert value_of(numbers_of(read(**parts), name)) == pytest.approx(value)


def test_what_is_left_of_the_velocity_keeps_its_interval_the_right_way_round():
    loss = {"value": 12.0, "low": 9.0, "high": 17.0, "unit": "%"}
    kept = only(numbers_of(read(bar={"velocity_loss_pct": loss}), "velocity-kept")).value
    assert kept is not None and (kept.low, kept.value, kept.high) == (83.0, 88.0, 91.0)


def test_a_number_is_read_of_its_own_movements_only():
    turn = load_assessment("mobility-screen").numbers[-1]
    assert reads_of(read("hip-hinge"), turn) == ()
    assert only(reads_of(read("thoracic-rotation"), turn)).reason == "no whole repetition was found in it"


def test_a_turn_is_told_for_each_side_from_three_repetitions_on():
    def turns(side: str, *degrees: float) -> list[dict[str, Any]]:
        return [{"side": side, "metrics": {"rotation_peak": number(v, 5.0, "deg")}} for v in degrees]

    rows = numbers_of(read(reps=[*turns("left", 50, 52, 54), *turns("right", 60, 61)]), "thorax-turn")
    assert {row.side: None if row.value is None else row.value.value for row in rows} == {"left": 52.0, "right": None}
    assert "2 of at least 3 reps" in rows[1].reason


def test_an_incomplete_hold_does_not_count():
    def hold(seconds: float, **more: Any) -> dict[str, Any]:
        return {"metrics": {"held_s": number(seconds, 0.2, "s")}, "ending": "failed", **more}

    rows = numbers_of(read(reps=[hold(20.0), hold(30.0), hold(99.0, complete=False)]), "held")
    assert value_of(rows) == 30.0
    assert only(rows).about == "the longest of 2, until the posture was lost"


def test_a_fault_with_sides_is_told_for_each():
    rows = [finding("asymmetry", "fault", number(9.0, 2.0, "deg"), side=side) for side in ("right", "left")]
    assert [one.side for one in findings_of(read(findings=rows), "asymmetry")] == ["right", "left"]


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ([], "is no result of Legato"),
        ({"schema": "legato.analysis/1"}, "movement is damaged"),
        (result("hip-hinge", reps="five"), "reps is damaged"),
        (result("hip-hinge") | {"settings": {"level": 1.0}}, r"settings\.level is damaged"),
        (result("hip-hinge", findings=[finding("a", "ok", number(1.0, -2.0))]), "it lies outside its interval"),
        (
            result("hip-hinge", findings=[finding("a", "ok", number(float("nan"), 1.0))]),
            r"findings\.0\.measured\.value",
        ),
        (result("hip-hinge", bar={"velocity_loss_pct": {"value": "x"}}), r"bar\.velocity_loss_pct"),
    ],
)
def test_a_damaged_result_is_refused_by_name(record: object, said: str):
    with pytest.raises(BadInput, match=rf"result\.json.*{said}"):
        result_file(record, "result.json")


def test_an_item_whose_detector_is_not_built_yet_is_rated_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("legato.faults.assessments.beside.fault_ids", lambda: ("rib-flare",))
    path = tmp_path / "sheet.toml"
    path.write_text(filled("dowel-hinge", (2, 2, 2, 2, 2, 2, 2)), "utf-8")
    seen = read(findings=[finding("rib-flare", "ok"), finding("dowel-contact-lost", "ok")])
    items = {one.item.id: one for one in gather([read_sheet(path)], [seen])[0].items}
    assert items["head-contact"].missing == "no detector measures this yet: people rate it"
    assert items["head-contact"].measured == ()
    assert [one.verdict for one in items["ribs-down"].measured] == ["ok"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("movement", "assessment", "told"),
    [
        ("hip-hinge", "hinge-or-squat", {"measured-knee-over-hip"}),
        ("sorensen-hold", "generate-transfer-sustain", {"trunk-hold"}),
        ("thoracic-rotation", "rotation-drill", {"thoracic-rotation"}),
    ],
)
def test_a_real_result_gives_its_number(movement: str, assessment: str, told: set[str]):
    analysis = legato.analyze(simulate(movement, rate_hz=100.0).recording, movement=movement)
    (outcome,) = gather([], [result_file(analysis.to_dict(), "result.json")], [load_assessment(assessment)])
    assert {row.found.id for row in outcome.numbers if row.found.value is not None} == told
