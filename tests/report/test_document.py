"""`result.json` keeps the contract: names, units, nulls, strict JSON, the same bytes for the same input."""

import dataclasses
import json
import math
from collections.abc import Callable, Iterator
from importlib.resources import files
from typing import Any

import jsonschema
import numpy as np
import pytest

from legato.estimate import Estimate
from legato.recording import Offset, Recording, Stream
from legato.report import to_dict, to_json

CONTRACT = [
    "schema",
    "legato_version",
    "settings",
    "movement",
    "corrections",
    "inputs",
    "sync",
    "quality",
    "reps",
    "chain",
    "windows",
    "muscles",
    "forces",
    "bar",
    "power",
    "findings",
]
"""Top-level names that outside readers build on."""


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    schema = json.loads(files("legato.report").joinpath("schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def everything(value: Any) -> Iterator[Any]:
    yield value
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for child in children:
        yield from everything(child)


@pytest.mark.parametrize("name", ["squat", "throw"])
def test_the_document_meets_its_schema(name: str, request: pytest.FixtureRequest, validator: Any):
    document = to_dict(request.getfixturevalue(name))
    assert [error.message for error in validator.iter_errors(document)] == []
    assert list(document)[:2] == ["schema", "legato_version"]
    assert set(CONTRACT) <= set(document)
    assert document["schema"] == "legato.analysis/1"


def test_the_schema_refuses_a_verdict_on_a_band_without_a_source(throw: Any, validator: Any):
    document = to_dict(throw)
    document["chain"]["gaps"][0]["grade"] = "N"
    assert not validator.is_valid(document)
    document["chain"]["gaps"][0]["verdict"] = "not-resolvable"
    assert validator.is_valid(document)


def test_the_schema_refuses_a_missing_or_renamed_name(throw: Any, validator: Any):
    for name in CONTRACT:
        document = to_dict(throw)
        document[f"{name}_"] = document.pop(name)
        assert not validator.is_valid(document), name


def test_forces_meet_the_schema_and_a_share_without_a_reason_does_not(squat: Any, validator: Any):
    from legato.forces import analyse_forces

    empty, loaded = np.zeros(1000), np.full(4000, 700.0)
    vertical = np.concatenate([empty, loaded, empty])
    values = np.column_stack([0.6 * vertical, 0.4 * vertical])
    plates = Stream("force", "force", values, 1000.0, ("Left Fz", "Right Fz"), ("N", "N"))
    document = to_dict(dataclasses.replace(squat, forces=analyse_forces(Recording((plates,)))))
    assert [error.message for error in validator.iter_errors(document)] == []
    assert document["forces"]["load_share"]["left"]["value"] == pytest.approx(0.6)
    assert [plate["feet"] for plate in document["forces"]["plates"]] == [["left"], ["right"]]
    del document["forces"]["load_share"]["reason"]
    assert not validator.is_valid(document)


def test_what_was_not_measured_is_null_or_an_empty_list(throw: Any, validator: Any):
    document = to_dict(throw)
    assert [document[name] for name in ("forces", "bar", "power")] == [None, None, None]
    assert [document[name] for name in ("muscles", "findings", "corrections")] == [[], [], []]
    refused = document["chain"]["gaps"][1]
    assert refused["set"] is None
    assert refused["n"] == 0
    assert document["chain"]["gaps"][0]["per_rep"][3] == {
        "rep": 3,
        "gap_s": None,
        "reason": "an event of the pair was refused",
    }
    assert document["chain"]["gaps"][0]["band_s"] == [0.0, None]
    without = to_dict(dataclasses.replace(throw, chain=None))
    assert without["chain"] is None
    assert validator.is_valid(without)


def test_a_window_of_joint_events_repeats_the_gap_and_a_muscle_window_stays_unresolved(squat: Any, validator: Any):
    document = to_dict(squat)
    windows = {w["id"]: w for w in document["windows"]}
    gap = document["chain"]["gaps"][0]
    assert {name: windows["w-bottom"][name] for name in ("set", "n", "verdict", "band_s")} == {
        name: gap[name] for name in ("set", "n", "verdict", "band_s")
    }
    assert windows["w-pec"]["band_s"] == [0.08, 0.12]
    assert windows["w-pec"]["grade"] == "N"
    assert (windows["w-pec"]["set"], windows["w-pec"]["position"]) == (None, "unresolved")
    assert windows["w-pec"]["verdict"] == "not-resolvable"
    assert validator.is_valid(document)


def test_an_estimate_has_exactly_value_low_high_and_unit(squat: Any):
    metrics = to_dict(squat)["reps"][0]["metrics"]
    assert metrics["knee_flexion_peak_right"] == {"value": 104.0, "low": 102.9, "high": 105.1, "unit": "deg"}


def test_angles_leave_in_degrees_and_keep_their_interval(squat: Any):
    # The sample gives this one metric in radians: 96°, ± 0.02 rad = ± 1.146°; ten figures are kept.
    hip = to_dict(squat)["reps"][0]["metrics"]["hip_flexion_peak_right"]
    assert hip["unit"] == "deg"
    assert hip["value"] == pytest.approx(96.0, abs=1e-7)
    assert hip["high"] - hip["value"] == pytest.approx(math.degrees(0.02), abs=1e-7)


def test_a_clock_offset_travels_as_an_interval_of_the_same_level(throw: Any):
    moved = dataclasses.replace(throw.recording, offsets=(Offset("emg", 0.1, 0.002, "shared tap"),))
    sync = to_dict(dataclasses.replace(throw, recording=moved))["sync"]
    assert sync["method"] == "shared tap"
    # 90 % of a normal distribution lie within 1.6449 standard deviations.
    assert sync["offsets"][0]["offset_s"]["high"] == pytest.approx(0.1 + 1.6449 * 0.002, abs=1e-6)


def test_inputs_carry_their_hash_and_streams(throw: Any):
    (file,) = to_dict(throw)["inputs"]
    assert file["sha256"] == "ab" * 32
    assert file["streams"][0]["channels"] == ["RASI", "LASI", "SACR"]
    assert file["streams"][0]["unit"] == "m"
    assert file["streams"][0]["duration_s"] == pytest.approx(15.0)


def test_the_text_is_strict_json_without_nan_and_always_the_same(make_throw: Callable[..., Any]):
    first, second = to_json(make_throw()), to_json(make_throw())
    assert first == second

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    json.loads(first, parse_constant=refuse)


def test_no_numpy_and_no_nan_hides_in_the_document(throw: Any):
    metrics = ({"x_factor": Estimate.symmetric(float(np.float64(-0.0)), 1.0, "deg")},) * 5
    document = to_dict(dataclasses.replace(throw, rep_metrics=metrics))
    for value in everything(document):
        assert type(value) in (dict, list, str, int, float, bool, type(None))
        assert not (isinstance(value, float) and not math.isfinite(value))
        assert not (isinstance(value, float) and value == 0.0 and math.copysign(1.0, value) < 0.0)


def test_a_proposed_movement_says_how_likely_it_is(make_throw: Callable[..., Any]):
    movement = to_dict(make_throw(movement_given=False, movement_probability=0.93))["movement"]
    assert (movement["given"], movement["proposed"], movement["probability"]) == (False, True, 0.93)
