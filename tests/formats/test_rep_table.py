"""Lists of repetitions of other programs: read whole, by set, in SI; or refused in one line."""

import numpy as np
import pytest

from legato.errors import BadInput
from legato.formats.rep_columns import meaning_of, rep_columns
from legato.formats.sniff import sniff_format
from legato.load import info_record, read

GYMAWARE = """first name: Jo,last name: Roe,exercise: Back Squat,set id: 7,bar weight (kg): 100,notes:
Row Type,Rep Number,Conc Mean Velocity,Conc Peak Velocity (m/s),Conc Mean Power (W)
Rep,1,0.62,1.05,600
Rep,2,0.60,1.01,590
Set,2,0.61,1.05,595
"""
ENODE = """User;Exercise;Date;Set order;Rep order;Load [lb];Avg. velocity [m/s];Peak velocity [m/s]
Jo;Bench Press;2026-01-01 10:00;1;1;132,3;1,00;1,40
Jo;Bench Press;2026-01-01 10:00;1;2;132,3;0,98;1,38
Jo;Bench Press;2026-01-01 10:05;2;1;176,4;0,78;1,10
"""
VITRUVE = """serie,repetici\u00f3n,carga,velocidad_media,velocidad_pico
1,1,80,0.71,1.1
1,2,80,0.69,1.05
"""
PERCH = """Exercise,Set,Rep,Weight (lbs),Mean Velocity,Peak Velocity
Squat,1,1,225,0.7,1.1
Squat,1,2,225,0.6,1.0
Squat,1,Average,225,0.65,1.05
"""
BEAST = """Exercise,Set,Rep,Weight (kg),Avg Speed (m/s),Peak Speed (m/s)
"Squat, back",1,1,100,0.7,1.1
"Squat, back",1,2,100,0.6,1.0
AVG,,,100,0.65,1.05
"""
PUSH = "Movement,Set,Repetition,Load (kg),Average Velocity (m/s),Max Velocity\nRow,1,1,60,0.9,1.4\nRow,1,2,60,0.8,1.3\n"
OUTPUT = "Rep No.,External Load (kg),MCV (m/s),PCV (m/s)\n1,60,0.9,1.4\n2,60,0.8,1.3\n"
OPEN_BARBELL = """Exercise,Set,Rep,Weight,Metric,Set RPE,Tags,Workout Start Time,Rest Time,Avg Velocity (m/s),\
Range of Motion (mm),Peak Velocity (m/s),Peak Velocity Location (%),Duration of rep (sec)
"Squat",1,1,"225","lbs","7","","3/1/2018, 5:02:11 PM","00:00:00",0.62,612,1.1,80,0.98
"Squat",1,2,"225","lbs","7","","3/1/2018, 5:02:11 PM","00:00:00",0.58,610,1.05,80,1.05
"""
VITRUVE_GT = """Athlete,Exercise,# Set,# Rep.,Type,Weight (kg),Mean Velocity (m/s),Mean Propulsive Velocity (m/s),\
Peak Velocity (m/s),ROM (Range of Motion) (m),Mean Power [MV] (W),Mean Power [MPV] (W)
Jo,Bench Press,1,1,concentric,102.1,0.42,0.43,0.6,0.41,420,430
Jo,Bench Press,1,1,eccentric,102.1,0.5,0.5,0.8,0.41,500,500
Jo,Bench Press,1,2,concentric,102.1,0.4,0.41,0.58,0.4,400,410
"""
PLAIN = "rep\tload_kg\tmean_velocity_cm/s\n1\t60\t90\n2\t60\t80\n"


def saved(tmp_path, text: str):
    path = tmp_path / "reps.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "mean", "peak", "load"),
    [
        (GYMAWARE, [0.62, 0.60], [1.05, 1.01], 100.0),
        (VITRUVE, [0.71, 0.69], [1.1, 1.05], 80.0),
        (PERCH, [0.7, 0.6], [1.1, 1.0], 225 * 0.45359237),
        (BEAST, [0.7, 0.6], [1.1, 1.0], 100.0),
        (PUSH, [0.9, 0.8], [1.4, 1.3], 60.0),
        (OUTPUT, [0.9, 0.8], [1.4, 1.3], 60.0),
        (OPEN_BARBELL, [0.62, 0.58], [1.1, 1.05], 225 * 0.45359237),
        (VITRUVE_GT, [0.42, 0.4], [0.6, 0.58], 102.1),
        (PLAIN, [0.9, 0.8], None, 60.0),
    ],
    ids=["gymaware", "vitruve", "perch", "beast", "push", "output", "open-barbell", "vitruve-gt", "plain"],
)
def test_each_programs_list_gives_its_velocities_in_si(tmp_path, text, mean, peak, load):
    path = saved(tmp_path, text)
    assert sniff_format(path) == "rep-table"
    (table,) = read(path).rep_tables
    of = dict(zip(table.columns, table.values.T, strict=True))
    np.testing.assert_allclose(of["mean_velocity"], mean)
    np.testing.assert_allclose(of["load"], load)
    assert ("peak_velocity" in of) == (peak is not None)
    if peak is not None:
        np.testing.assert_allclose(of["peak_velocity"], peak)
    assert of["rep"].tolist() == [1.0, 2.0]


def test_ranges_powers_and_the_unit_beside_the_weight_are_read(tmp_path):
    found = read(saved(tmp_path, OPEN_BARBELL))
    (table,) = found.rep_tables
    assert table.values[:, table.columns.index("range")].tolist() == pytest.approx([0.612, 0.610])
    assert not any("states no unit" in note for note in found.notes)
    (table,) = read(saved(tmp_path, VITRUVE_GT)).rep_tables
    of = dict(zip(table.columns, table.values.T, strict=True))
    assert of["mean_power"].tolist() == [420.0, 400.0] and of["range"].tolist() == [0.41, 0.4]
    assert of["mean_propulsive_velocity"].tolist() == [0.43, 0.41]


def test_sets_come_apart_and_decimal_commas_are_read(tmp_path):
    one, two = read(saved(tmp_path, ENODE)).rep_tables
    assert one.values[:, one.columns.index("mean_velocity")].tolist() == [1.0, 0.98]
    assert two.values[0, two.columns.index("load")] == pytest.approx(176.4 * 0.45359237)


def test_without_a_set_column_a_count_that_starts_again_is_a_new_set(tmp_path):
    tables = read(saved(tmp_path, "rep,mean velocity (m/s)\n1,0.9\n2,0.8\n1,0.7\n2,0.6\n")).rep_tables
    assert [len(t.values) for t in tables] == [2, 2]


def test_no_name_of_a_person_is_kept(tmp_path):
    for text in (GYMAWARE, ENODE):
        told = str(info_record(read(saved(tmp_path, text))))
        assert "Jo" not in told and "Roe" not in told


def test_an_assumed_unit_is_said(tmp_path):
    notes = " ".join(read(saved(tmp_path, PERCH)).notes)
    assert "mean velocity in m/s" in notes and "load in kg" not in notes
    assert "1 rows that are no repetition" in notes


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("rep,velocity\n1,0.8\n2,0.7\n", "mean or a peak"),
        ("rep,mean velocity (m/s)\n1,85\n2,70\n", "faster than any bar"),
        ("rep,mean velocity (m/s)\n1,abc\n", "not a number"),
        ("rep,mean velocity (kg)\n1,0.8\n", "not a number"),
        ("rep,mean velocity (m/s)\n", "no repetition with a velocity"),
        ("rep,mean velocity (m/s)\n1,NaN\n2,0\n3,-0.5\n", "no repetition with a velocity"),
        ("Athlete,Rep,Mean Velocity\nA,1,0.8\nB,1,0.7\n", "2 athletes"),
        ("Exercise,Rep,Mean Velocity\nSquat,1,0.8\nBench,1,0.7\n", r"2 exercises \(Bench, Squat\)"),
        ("Set,Reps,Weight,Mean Velocity\n1,3,60,0.8\n2,3,80,0.6\n", "set of several"),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_line(tmp_path, text, words):
    with pytest.raises(BadInput, match=words) as refused:
        read(saved(tmp_path, text))
    assert "reps.csv" in str(refused.value) and "\n" not in str(refused.value)


def test_a_velocity_over_time_is_no_list_of_repetitions(tmp_path):
    rows = "".join(f"{0.01 * k:.2f},{0.1 * k:.1f},60\n" for k in range(50))
    for head in ("time (s),velocity (m/s),load\n", "t,mean force,set\n"):
        assert sniff_format(saved(tmp_path, head + rows)) == "table"


def test_units_stand_behind_titles_in_many_ways():
    for title in (
        "Mean Velocity (m/s)",
        "mean_velocity_m_s",
        "Mean Velocity [m/s]",
        "MEAN VELOCITY m/s",
        "mean_velocity_ms",
    ):
        assert meaning_of(title) == ("mean_velocity", title[-4:-1] if title[-1] in ")]" else "m/s"), title
    assert meaning_of("Weight lbs") == ("load", "lb")
    assert meaning_of("load_kg") == ("load", "")
    assert meaning_of("body weight (kg)") == ("", "")


def test_every_program_says_where_its_titles_come_from():
    assert all(program.source for program in rep_columns().program)
    assert {p.name for p in rep_columns().program} >= {"Vitruve", "GymAware", "Perch", "Output", "Beast", "PUSH"}
