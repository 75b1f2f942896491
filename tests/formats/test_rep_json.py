"""Repetitions in JSON become tables of repetitions, and never samples."""

import json

import numpy as np
import pytest

from legato.errors import BadInput
from legato.load import info_record, read


def saved(tmp_path, text: str):
    path = tmp_path / "reps.json"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_summary_gives_the_times_of_each_repetition(tmp_path):
    phases = [{"start_time": 1.0 + i, "end_time": 1.5 + i, "peak_time": 1.2 + i, "duration": 0.5} for i in range(3)]
    summary = {
        "metadata": {"source_file": "/home/jane/reps.csv"},
        "repetitions": [{"rep_number": i + 1, "concentric_phase": p} for i, p in enumerate(phases)],
    }
    recording = read(saved(tmp_path, json.dumps(summary)))
    (table,) = recording.rep_tables
    assert table.columns == ("start_s", "end_s", "peak_s", "duration_s")
    np.testing.assert_allclose(table.values[:, 0], [1.0, 2.0, 3.0])
    assert "jane" not in str(info_record(recording))


def test_numbers_named_after_repetitions_are_kept_by_set(tmp_path):
    recording = read(saved(tmp_path, '{"a_rep1": 0.9, "a_rep2": 0.8, "b_rep1": 1.0}'))
    assert [t.values[:, 1].tolist() for t in recording.rep_tables] == [[0.9, 0.8], [1.0]]
    assert [t.name for t in recording.rep_tables] == ["set 1", "set 2"]


def test_velocities_are_read_wherever_they_lie(tmp_path):
    sets = [
        {"load_kg": 60, "reps": [{"mean_velocity": 1.0}, {"mean_velocity": 0.95}]},
        {"load_kg": 80, "meanVelocity": 0.8},
    ]
    one, two = read(saved(tmp_path, json.dumps({"exercise": "bench", "sets": sets}))).rep_tables
    assert one.values[:, one.columns.index("mean_velocity")].tolist() == [1.0, 0.95]
    assert two.values[0, two.columns.index("load")] == 80.0
    (listed,) = read(saved(tmp_path, '[{"rep": 1, "peak_velocity": 1.2}, {"rep": 2, "peak_velocity": 1.1}]')).rep_tables
    assert listed.values[:, listed.columns.index("peak_velocity")].tolist() == [1.2, 1.1]
    (row,) = read(saved(tmp_path, '{"load": 100, "mean_velocity_cm/s": [80, 75, null, 60]}')).rep_tables
    assert row.values[:, row.columns.index("mean_velocity")].tolist() == pytest.approx([0.8, 0.75, 0.6])


@pytest.mark.parametrize(
    "text",
    [
        '{"repetitions": []}',
        '{"mean_velocity": []}',
        '{"mean_velocity": 1e999, "rep": 1}',
        '[{"mean_velocity": 70}]',
        '{"repetitions": [1, 2]}',
        '{"repetitions": [{"concentric_phase": 3}]}',
        '{"repetitions": [{"start_time": "x"',
        '{"a_rep1": 0.9, "other": 2}',
        '{"a_rep1": 1e999}',
        '{"a_rep1": ' + "9" * 400 + "}",
        '{"repetitions": [' + "[" * 5000,
    ],
)
def test_what_holds_no_repetition_is_refused_in_one_line(tmp_path, text):
    with pytest.raises(BadInput, match=r"reps\.json") as refused:
        read(saved(tmp_path, text))
    assert "\n" not in str(refused.value)
