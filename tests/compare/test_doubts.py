"""What speaks against two sets of one athlete measured alike: then nobody is said to have changed."""

import re
from typing import Any

import numpy as np
import pytest

from legato.body import build_body, person
from legato.body.person import lengths_of
from legato.compare import compare_results, doubts, read_result
from legato.compare.baseline import Baseline, make_baseline
from legato.compare.results import BodyRecord
from legato.compare.sides import changed, done_otherwise
from legato.movements.catalogue import load_movement
from legato.report.comparison import change_head, change_sentence, change_word, changed_text, comparison_notes
from legato.simulate import simulate

from .test_compare import days, number, record

KNOWN = Baseline.model_validate(make_baseline(days(3)))


def pair(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """A set, and one that is far higher, with what is said of the body of each."""
    one = record([100.0, 101.0, 99.0], [0.02, 0.021, 0.019]) | {"body": first}
    two = record([160.0, 161.0, 159.0], [0.12, 0.121, 0.119], "b") | {"body": second}
    return compare_results(read_result(one, "one"), read_result(two, "two"), baseline=KNOWN)


def leg(length_m: float, **more: str) -> dict[str, Any]:
    return {"source": "markers", "lengths": {"leg": number(length_m, 0.010, "m")}} | more


def test_sets_that_nothing_speaks_against_are_held_against_the_days():
    for one, two in (({}, {}), (leg(0.88), leg(0.88)), (leg(0.88), {"source": "markers"}), (leg(0.88), leg(0.90))):
        found = pair(one, two)
        assert found["doubts"] == [] and found["metrics"][0]["outcome"] == "changed"


@pytest.mark.parametrize("other", [{"source": "imu"}, {"source": "markers", "marker_set": "helen-hayes"}])
def test_other_sensors_are_told_and_no_change_is(other: dict[str, str]):
    found = pair({"source": "markers", "marker_set": "plug-in-gait"}, other)
    rows = [*found["gaps"], *found["metrics"]]
    assert {row["outcome"] for row in rows} == {"in-doubt"} and not any(row["detectable_change"] for row in rows)
    assert {change_word(row) for row in rows} == {"in doubt"} and {change_head(row) for row in rows} == {"In doubt"}
    assert all(change_sentence(row).startswith("differs; whether the athlete changed is not told") for row in rows)
    assert found["changed"][0]["what"] == "sensors" and found["changed"][0]["first"] == "markers, plug-in-gait"
    notes = comparison_notes(found, baseline="X", placement="Y")
    assert any("other sensors or markers" in note for note in notes)
    assert not any("X" in note or "Y" in note for note in notes)


def test_usual_days_by_other_sensors_are_named():
    some = [
        result.model_copy(update={"body": BodyRecord(source=s)})
        for result, s in zip(days(3), ("markers", "markers", "imu"), strict=True)
    ]
    assert any("differ in sensors" in note for note in make_baseline(some)["notes"])
    assert not any("sensors" in note for note in make_baseline(days(3))["notes"])


def test_a_leg_of_another_length_is_told_with_its_interval():
    for then, now, way in ((0.88, 0.911, "more"), (0.911, 0.88, "less")):
        (said,) = pair(leg(then), leg(now))["doubts"]
        assert f"the leg measures 3.1 cm {way} than in the first set (1.7 to 4.5 cm)" in said
        assert "another person, or one who has grown" in said
    # With other sensors the joints lie elsewhere, and of two athletes nobody asks.
    assert len(pair(leg(0.88), leg(0.95, marker_set="helen-hayes"))["doubts"]) <= 1
    one, two = (
        read_result(record([1.0, 2.0], [0.1, 0.2], sha) | {"body": leg(m)}) for sha, m in (("a", 0.8), ("b", 0.9))
    )
    assert compare_results(one, two, one_athlete=False)["doubts"] == []


def test_a_length_is_as_sure_here_as_where_a_baseline_is_held_against_it():
    assert doubts._SURELY == person._SURELY  # pyright: ignore[reportPrivateUsage]


def test_one_athlete_measured_again_is_not_doubted_and_another_stature_is():
    """Markers placed anew by each seed, and joint centres found 5 mm off along each axis on top."""
    rng = np.random.default_rng(4)

    def body(height_m: float, seed: int) -> dict[str, Any]:
        made = build_body(simulate("back-squat", seed=seed, reps=2, height_m=height_m).recording)
        length = lengths_of(made)["leg"].shifted(float(rng.normal(0.0, 0.005)))
        return {"source": "markers", "lengths": {"leg": length.to_dict()}}

    first = body(1.80, 1)
    assert [pair(first, body(1.80, seed))["doubts"] for seed in (2, 3, 4)] == [[], [], []]
    for height_m in (1.70, 1.92):
        (said,) = pair(first, body(height_m, 5))["doubts"]
        assert re.search(r"\d\.\d cm (more|less)", said)


def test_a_number_of_few_repetitions_is_not_compared():
    one, two = record([100.0] * 5, [0.02] * 5), record([160.0] * 5, [0.02] * 5, "b")
    for rep in two["reps"][:2]:
        del rep["metrics"]["knee_flexion_peak_right"]
    found = compare_results(read_result(one), read_result(two))
    assert found["metrics"] == []
    assert any("measured in 3 of 5 whole repetitions of the second" in row["reason"] for row in found["refused"])
    two["reps"][1]["metrics"]["knee_flexion_peak_right"] = number(160.0, 2.0, "deg")
    assert compare_results(read_result(one), read_result(two))["metrics"][0]["n_second"] == 4


def test_what_is_timed_otherwise_or_has_another_unit_is_not_subtracted():
    one, two = record([100.0, 101.0], [0.02, 0.03]), record([160.0, 161.0], [0.02, 0.03], "b")
    two["chain"]["gaps"][0]["quantity"] = "hip_extension_velocity"
    found = compare_results(read_result(one), read_result(two))
    assert found["gaps"] == [] and "timed by knee_extension_velocity in one" in found["refused"][0]["reason"]
    for rep in two["reps"]:
        rep["metrics"]["knee_flexion_peak_right"]["unit"] = "rad"
    two["chain"]["gaps"][0]["quantity"] = "knee_extension_velocity"
    found = compare_results(read_result(one), read_result(two))
    assert found["metrics"] == [] and found["refused"][0]["reason"] == "its unit is deg in one, in the other rad"


def test_an_edited_movement_is_seen_and_its_words_are_not():
    entry = load_movement("throw")
    assert entry.checksum == load_movement("throw").checksum
    worded = entry.model_copy(update={"summary": "Mine", "name": "My throw", "source": "me"})
    gap = entry.gaps[0].model_copy(update={"phase": "rep"})
    edited = entry.model_copy(update={"gaps": (gap, *entry.gaps[1:])})
    assert worded.checksum == entry.checksum != edited.checksum

    def told(checksum: str, version: str = "0.1.0") -> Any:
        movement = {"id": "back-squat", "checksum": checksum}
        return read_result(record([100.0], [0.02]) | {"movement": movement, "legato_version": version})

    one, two = told(entry.checksum), told(edited.checksum)
    (row,) = done_otherwise(changed(one, two))
    assert row == {"what": "the movement's entry", "first": entry.checksum, "second": edited.checksum}
    assert changed(one, one) == changed(told(""), two) == []
    assert [row["what"] for row in changed(one, told(edited.checksum, "9"))] == ["version"]


def test_one_load_is_one_load_however_many_repetitions_bear_it():
    def loaded(*loads_kg: float) -> Any:
        told = record([100.0], [0.02], "abc"[len(loads_kg) % 3])
        return read_result(told | {"settings": {"loads_kg": list(loads_kg)}})

    assert changed(loaded(60.0, 60.0), loaded(60.0, 60.0, 60.0)) == []
    (row,) = changed(loaded(60.0, 60.0), loaded(80.0, 80.0, 80.0))
    assert changed_text(row) == "loads, kg: 60 → 80"
    # Of several loads it matters how often each was lifted.
    assert changed(loaded(60.0, 80.0), loaded(60.0, 60.0, 80.0))
    some = [day.model_copy(update={"settings": {"loads_kg": [60.0] * n}}) for n, day in enumerate(days(3), start=4)]
    assert not any("loads_kg" in note for note in make_baseline(some)["notes"])


def test_what_a_set_was_judged_by_shapes_no_number():
    one, two = record([100.0], [0.02]), record([100.0], [0.02], "b")
    two["settings"] |= {"baseline": "c" * 64, "stop_loss_pct": 20.0, "level": 0.5}
    found = changed(read_result(one), read_result(two))
    assert {row["what"] for row in found} == {"baseline", "stop_loss_pct", "level"} and done_otherwise(found) == []
