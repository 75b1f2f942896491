"""Logs are imported rightly, or the line and the reason are said."""

import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from legato.coaching.audit.imported import Around, LogSet, joined
from legato.coaching.audit.read import read_log
from legato.errors import BadInput

from .logs import HEVY, OWN, STRONG, STRONG_5, TODAY, read


def test_hevy_with_its_effort_warm_ups_and_notes_over_lines(tmp_path: Path):
    log = read(
        tmp_path,
        "\ufeff" + HEVY + '"M","22 Dec 2025, 08:00","","","Squat (Barbell)",,"said ""up"",\ntwice",0,warmup,40,5,,,\r\n'
        '"M","22 Dec 2025, 08:00","","","Squat (Barbell)",,"",1,"normal",82.5,5,,0,8.5\r\n'
        '"M","22 Dec 2025, 08:00","","","Squat (Barbell)",,"",2,"failure",82.5,4,,0,10\r\n'
        '"M","22 Dec 2025, 08:00","","","Farmers Walk",,"",0,"dropset",32,,0.04,,\r\n',
    )  # fmt: skip
    on = date(2025, 12, 22)
    assert log.sets == (
        LogSet(2, on, "Squat (Barbell)", "warm-up", 1, 5.0, 40.0, note='said "up",\ntwice'),
        LogSet(4, on, "Squat (Barbell)", "work", 1, 5.0, 82.5, 8.5),
        LogSet(5, on, "Squat (Barbell)", "to-failure", 1, 4.0, 82.5, 10.0),
        LogSet(6, on, "Farmers Walk", "drop", 1, None, 32.0, metres=40.0),
    )
    assert [one.kind for one in log.work] == ["work", "to-failure", "drop"]
    assert not log.said


def test_hevy_in_pounds_and_miles(tmp_path: Path):
    head = HEVY.replace("weight_kg", "weight_lbs").replace("distance_km", "distance_miles")
    log = read(tmp_path, head + '"M","Mar 22, 2025","","","Squat",,"",0,normal,225,5,0.1,,\n')
    assert log.sets[0].weight_kg == pytest.approx(102.058, abs=1e-3)
    assert log.sets[0].metres == pytest.approx(160.93, abs=0.01)


def test_strong_with_semicolons_decimal_commas_rest_times_and_a_row_twice(tmp_path: Path):
    row = "1;2026-08-10 18:00:00;Push;3600;Bench Press (Barbell);1;82,5;8;8,5;;;Wide grip;\n"
    log = read(
        tmp_path,
        STRONG_5 + "1;2026-08-10 18:00:00;Push;3600;Bench Press (Barbell);W;40;10;;;;;\n" + row + row
        + "1;2026-08-10 18:00:00;Push;3600;Bench Press (Barbell);Rest Timer;;;;;90;;\n"
        "1;2026-08-10 18:00:00;Push;3600;Plank;1;0;0;;;60;;\n"
        "1;2026-08-10 18:00:00;Push;3600;Bench Press (Barbell);2;102,5;0;;;0;;\n",
    )  # fmt: skip
    assert [(s.kind, s.weight_kg, s.reps, s.rpe, s.seconds) for s in log.sets] == [
        ("warm-up", 40.0, 10.0, None, None),
        ("work", 82.5, 8.0, 8.5, None),
        ("work", None, None, None, 60.0),
        ("failed", 102.5, 0.0, None, None),
    ]
    assert (log.repeated, log.no_sets) == (1, 1)


def test_strong_without_a_unit_asks_for_it(tmp_path: Path):
    text = STRONG + '2020-12-30 6:51:52\u202fPM,"Evening",2h 38m,"Deadlift (Barbell)",1,225.0,3,0,0,"","",\n'
    with pytest.raises(BadInput, match="kg or lb; say --units kg or --units lb"):
        read(tmp_path, text)
    assert read(tmp_path, text, units="lb").sets[0].weight_kg == pytest.approx(102.058, abs=1e-3)
    assert read(tmp_path, text, units="kg").sets[0].weight_kg == 225.0


def test_a_unit_in_the_cell_goes_before_its_column_and_that_before_the_option(tmp_path: Path):
    rows = "2024-01-01,Squat,100 kg,lb,5\n2024-01-01,Squat,100,lbs,4\n2024-01-01,Squat,100,,3\n"
    text = f"date,exercise,weight,unit,reps\n{rows}"
    weights = [one.weight_kg for one in read(tmp_path, text, units="kg").sets]
    assert weights == pytest.approx([100.0, 45.359237, 100.0])


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("2024-05-01,Squat,700,5,8", "weight: 700 kg is more than can be"),
        ("2024-05-01,Squat,100,1000,8", "reps: 1000 is more than can be"),
        ("2024-05-01,Squat,-20,5,8", "weight: '-20' is below 0"),
        ("2024-05-01,Squat,NaN,5,8", "weight: 'NaN' is no number"),
        ("2024-05-01,Squat,inf,5,8", "weight: 'inf' is no number"),
        ("2024-05-01,Squat,1e2,5,8", "weight: '1e2' is no number"),
        ("2024-05-01,Squat,ten,5,8", "weight: 'ten' is no number"),
        ("2024-05-01,Squat,100 stone,5,8", "no unit of weight"),
        ("2024-05-01,Squat,100,8-10,8", "reps: '8-10' is no number"),
        ("2024-05-01,Squat,82,5,5,8", "has 6 cells for 5 headings; put a number with a comma in quotes"),
        ('2024-05-01,Squat,"1,234",5,8', "can be 1234 or 1.234"),
        ("2024-05-01,,100,5,8", "exercise: no name"),
        ("2024-05-01,Squat,100,,8", None),
        ("2024-05-01,Squat,,,8", "neither repetitions"),
        ("2024-05-01,Squat,,0,8", "0 repetitions without a weight"),
        ("2024-13-01,Squat,100,5,8", "is no day of the calendar"),
        ("2027-01-01,Squat,100,5,8", "is still to come"),
        ("1905-01-01,Squat,100,5,8", "is before 1970"),
        ("yesterday,Squat,100,5,8", "is no day; write it as"),
        (",Squat,100,5,8", "is no day"),
        ("2024-05-01,Squat," + "9" * 20_000 + ",5,8", "a cell has 20000 characters"),
        ("2024-05-01,Squat," + "9" * 200_000 + ",5,8", "a cell has more than 131072"),
        ('2024-05-01,"Squat"x,100,5,8', "double the quotes"),
    ],
)
def test_what_cannot_be_is_told_with_its_line_and_the_rest_is_kept(tmp_path: Path, row: str, why: str | None):
    log = read(tmp_path, f"{OWN}2024-05-01,Squat,60,5,8\n\n{row}\n2024-05-02,Squat,60,5,8\n")
    assert [one.line for one in log.sets if one.line != 4] == [2, 5]
    if why is None:
        assert not log.said
        return
    assert [(one.line, one.lost) for one in log.said] == [(4, "row")]
    assert why in log.said[0].why
    assert len(log.said[0].why) < 200


def test_an_effort_that_cannot_be_is_left_out_and_its_set_kept(tmp_path: Path):
    log = read(
        tmp_path,
        OWN + "2024-05-01,Squat,60,5,12\n2024-05-01,Squat,60,6,\n2024-05-01,Squat,60,7,@8\n"
        "2024-05-01,Squat,60,8,0\n2024-05-01,Squat,60,9,0.5\n",
    )
    assert [one.rpe for one in log.sets] == [None, None, 8.0, None, None]
    assert [(one.line, one.lost) for one in log.said] == [(2, "value"), (6, "value")]


def test_repetitions_in_reserve_are_efforts(tmp_path: Path):
    log = read(tmp_path, "date,exercise,kg,reps,rir\n2024-05-01,Squat,60,5,2\n")
    assert log.sets[0].rpe == 8.0


def test_sets_times_repetitions_and_the_own_weight(tmp_path: Path):
    log = read(tmp_path, OWN + "2024-05-01,Push-up,BW,3x12,8\n2024-05-01,Pull-up,BW+10,5,8\n")
    assert [(one.sets, one.reps, one.weight_kg) for one in log.sets] == [(3, 12.0, None), (1, 5.0, 10.0)]


def test_like_rows_without_a_number_are_sets_of_their_own_and_that_is_told(tmp_path: Path):
    log = read(tmp_path, OWN + "2024-05-01,Squat,60,5,8\n" * 3)
    assert len(log.sets) == 3
    assert "2 rows are like another" in log.said[0].why
    assert log.said[0].lost == ""


def test_a_log_pasted_below_itself_counts_once(tmp_path: Path):
    rows = "2024-05-01,Squat,60,5,8\n" * 3 + "2024-05-03,Deadlift,60,5,8\n" * 2
    log = read(tmp_path, OWN + rows + OWN + rows)
    assert (len(log.sets), log.repeated) == (5, 5)


def test_a_set_in_two_files_counts_once_and_what_the_second_adds_is_kept(tmp_path: Path):
    old = read(tmp_path, OWN + "2024-05-01,Squat,60,5,8\n" * 3)
    new = read(tmp_path, OWN + "2024-05-01,Squat,60,5,8\n" * 3 + "2024-05-03,Squat,60,5,8\n")
    both = joined([old, new])
    assert (len(both.sets), both.repeated) == (4, 3)


def test_a_day_told_otherwise_in_a_second_file_is_left_out_and_told(tmp_path: Path):
    first = read(tmp_path, "date,sleep,soreness\n2024-05-01,7,\n")
    second = read(tmp_path, "date,sleep,soreness\n2024-05-01,6,3\n")
    both = joined([first, second])
    assert both.days == {date(2024, 5, 1): Around(7.0, 3.0)}
    assert [one.why for one in both.said] == ["sleep of 2024-05-01: 6 where an earlier file says 7; left out"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_encodings(tmp_path: Path, encoding: str):
    text = "Datum;Übung;Gewicht (kg);Wdh;RPE\r\n2024-05-01;Kniebeuge;82,5;5;8\r\n"
    log = read(tmp_path, text.encode(encoding))
    assert (log.sets[0].exercise, log.sets[0].weight_kg, log.sets[0].reps) == ("Kniebeuge", 82.5, 5.0)


def test_a_line_that_names_the_sign_between_columns(tmp_path: Path):
    log = read(tmp_path, "sep=;\ndate;exercise;kg;reps\n2024-05-01;Squat;60;5\n")
    assert [one.line for one in log.sets] == [3]


def test_a_file_that_was_cut_off(tmp_path: Path):
    whole = "date,exercise,kg,reps,notes\n2024-05-01,Squat,60,5,ok\n"
    log = read(tmp_path, whole + '2024-05-02,Squat,60,5,"o')
    assert len(log.sets) == 1
    assert "never closed; the file may be cut off" in log.said[0].why
    log = read(tmp_path, whole + "2024-05-02,Squ")
    assert len(log.sets) == 1
    assert log.said[0].why == "has 2 cells for 5 headings; the file may be cut off"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (bytes(range(256)) * 20, "is no text"),
        (b"PK\x03\x04rest", "save the sheet as CSV"),
        (b'{"a": 1}', "no headings"),
        (b"just words\nand more\n", "no headings"),
        (b"exercise,reps\nSquat,5\n", "no column has the day"),
        (b"date,reps\n2024-05-01,5\n", "no column has the exercise"),
        (b"date,exercise,kg\n2024-05-01,Squat,60\n", "no column has repetitions"),
    ],
)
def test_what_is_no_log_is_one_clear_line(tmp_path: Path, content: bytes, says: str):
    with pytest.raises(BadInput, match=says) as caught:
        read(tmp_path, content)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("log.csv: ")


def test_a_file_that_is_not_there(tmp_path: Path):
    with pytest.raises(BadInput, match="cannot be read"):
        read_log(tmp_path / "none.csv", TODAY)


def test_the_days_around_are_kept(tmp_path: Path):
    log = read(
        tmp_path,
        "date,exercise,reps,sleep (h),soreness,readiness,breathing min\n2024-05-01,Squat,5,7.5,3,8,5\n"
        "2024-05-01,Squat,6,,4,,\n2024-05-02,,,6,,80,\n",
    )
    assert log.days == {date(2024, 5, 1): Around(7.5, 3.0, 8.0, 5.0), date(2024, 5, 2): Around(6.0)}
    assert [(one.line, one.lost) for one in log.said] == [(3, "value"), (4, "value")]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    weights=st.lists(st.integers(1, 2400).map(lambda n: n / 4), min_size=1, max_size=6),
    comma=st.booleans(),
    unit=st.sampled_from(["kg", "lb"]),
)
def test_weights_are_the_same_whatever_sign_and_unit(tmp_path: Path, weights: list[float], comma: bool, unit: str):
    kg = [w * (0.45359237 if unit == "lb" else 1.0) for w in weights]
    cells = [f"{w:.2f}".replace(".", "," if comma else ".") for w in weights]
    rows = "".join(f"2024-05-01;Squat;{cell};{k + 1}\n" for k, cell in enumerate(cells))
    log = read(tmp_path, f"date;exercise;weight_{unit};reps\n{rows}")
    assert [one.weight_kg for one in log.sets] == pytest.approx(kg)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.one_of(
        st.binary(max_size=300),
        st.text(max_size=300).map(str.encode),
        st.text(alphabet='date,exrcisprkg;\n"0123456789-./ ', max_size=300).map(lambda t: (OWN + t).encode()),
    )
)
def test_any_bytes_are_read_or_refused_in_one_line(tmp_path: Path, content: bytes):
    said, rows = "", 0
    try:
        rows = read(tmp_path, content).rows
    except BadInput as error:
        said = str(error)
    assert "\n" not in said
    assert rows <= content.count(b"\n") + content.count(b"\r") + 2


@pytest.mark.slow
def test_100_000_rows_in_a_few_seconds(tmp_path: Path):
    rows = [
        f'"W","{1 + k // 20 % 28} Jan {1990 + k // 20 // 28 % 30}, 08:00","","","Bench Press (Barbell)",,"",{k % 20},'
        f"normal,{60 + k % 40 / 2},{k % 12 + 1},,,{6 + k % 8 / 2}\n"
        for k in range(100_000)
    ]  # fmt: skip
    path = tmp_path / "log.csv"
    path.write_text(HEVY + "".join(rows))
    began = time.process_time()
    log = read_log(path, TODAY)
    assert time.process_time() - began < 12.0  # 3 s on an idle core
    assert len(log.sets) + log.repeated == 100_000
