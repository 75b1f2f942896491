"""The CSV tables: columns by name, degrees, seconds, and empty cells where nothing is known."""

import csv
import dataclasses
import io
from typing import Any

import numpy as np
import pytest

from legato.report.tables import tables


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_joint_angles_are_in_degrees_under_the_body_s_own_names(squat: Any):
    rows = rows_of(tables(squat)["joint_angles.csv"])
    assert list(rows[0]) == ["time_s", *squat.body.angles]
    assert len(rows) == squat.body.n_frames
    assert float(rows[190]["time_s"]) == pytest.approx(1.9, abs=1e-6)
    # Four decimals are written.
    expected = float(np.degrees(squat.body.angles["knee_flexion_right"][190]))
    assert float(rows[190]["knee_flexion_right"]) == pytest.approx(expected, abs=5e-5)


def test_a_missing_angle_is_an_empty_cell(squat: Any):
    rows = rows_of(tables(squat)["joint_angles.csv"])
    assert [rows[i]["lumbar_flexion"] == "" for i in (199, 200, 214, 215)] == [False, True, True, False]


def test_reps_have_units_in_their_column_names_and_both_ends_of_intervals(squat: Any):
    rows = rows_of(tables(squat)["reps.csv"])
    assert [row["rep_number"] for row in rows] == ["1", "2", "3", "4", "5"]
    first = rows[0]
    assert float(first["descent_end_s"]) == pytest.approx(1.9)
    assert float(first["bottom_s"]) == pytest.approx(1.9)
    assert "bottom_s_s" not in first
    assert float(first["knee_flexion_peak_right_deg_low"]) == pytest.approx(102.9)
    assert float(first["hip_flexion_peak_right_deg"]) == pytest.approx(96.0, abs=1e-6)
    assert float(first["mean_velocity_m_s"]) == pytest.approx(0.61)
    assert first["complete"] == "true"


def test_gaps_list_the_set_and_each_rep_with_refusals_and_reasons(throw: Any):
    rows = rows_of(tables(throw)["gaps.csv"])
    whole, *reps = rows[:6]
    assert (whole["from"], whole["to"], whole["rep_number"], whole["verdict"]) == ("pelvis", "thorax", "set", "fault")
    assert float(whole["gap_s"]) == pytest.approx(-0.038)
    assert (whole["band_low_s"], whole["band_high_s"]) == ("0", "")
    assert reps[3]["gap_s"] == ""
    assert reps[3]["reason"] == "an event of the pair was refused"


def test_events_hold_every_link_in_every_rep(throw: Any):
    rows = rows_of(tables(throw)["events.csv"])
    assert len(rows) == 10
    assert rows[0]["value_unit"] == "deg/s"
    assert rows[8]["time_s"] == ""
    assert "two peaks" in rows[8]["reason"]


def test_loads_are_a_column_of_the_reps_where_they_are_known(squat: Any):
    assert "load_kg" not in rows_of(tables(squat)["reps.csv"])[0]
    loads = tuple(60.0 + 10.0 * k for k in range(len(squat.reps)))
    loaded = dataclasses.replace(squat, settings=dataclasses.replace(squat.settings, loads_kg=loads))
    assert [float(row["load_kg"]) for row in rows_of(tables(loaded)["reps.csv"])] == list(loads)
