"""Rows that a file lost: a header that claims more than is there, and blank rows, which move nothing after them."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from legato.errors import BadInput
from legato.formats._rows import data_rows, with_lost_rows
from legato.formats.mot import write_mot
from legato.formats.trc import write_trc
from legato.load import read
from legato.recording import Recording, Stream

N = 60
T = np.arange(N) / 100.0


def a_mot(path: Path) -> Path:
    values = np.column_stack([np.sin(T), np.cos(T)])
    stream = Stream("angles", "angles", values, 100.0, ("knee_angle_r", "hip_flexion_r"), ("rad",) * 2)
    write_mot(path, Recording((stream,)))
    return path


def a_trc(path: Path) -> Path:
    points = np.stack([np.column_stack([T, T + k, 1 + 0 * T]) for k in range(3)], axis=1)
    write_trc(path, Recording((Stream("markers", "markers", points, 100.0, ("A", "B", "C"), ("m",) * 3),)))
    return path


def an_sto(path: Path) -> Path:
    rows = "".join(f"{t:.2f}\t1,0,0,0\t1,0,0,0\n" for t in T)
    head = f"DataRate=100.0\nDataType=Quaternion\nversion=3\nnRows={N}\nendheader\ntime\tpelvis\ttorso\n"
    path.write_text(head + rows)
    return path


def a_mot_with_commas(path: Path) -> Path:
    path.write_text(a_mot(path).read_text().replace("\t", ","))
    return path


@pytest.mark.parametrize(
    ("write", "name", "said"),
    [
        (a_mot, "a.mot", "its header claims 60 rows (nRows), the file holds 41"),
        (a_mot, "a.sto", "its header claims 60 rows (nRows), the file holds 41"),
        (a_mot_with_commas, "c.mot", "its header claims 60 rows (nRows), the file holds 41"),
        (an_sto, "q.sto", "its header claims 60 rows (nRows), the file holds 41"),
        (a_trc, "a.trc", "its header claims 60 frames (NumFrames), the file holds 41"),
    ],
)
def test_fewer_rows_than_claimed_are_refused(
    tmp_path: Path, write: Callable[[Path], Path], name: str, said: str
) -> None:
    path = write(tmp_path / name)
    lines = path.read_text().split("\n")
    path.write_text("\n".join(lines[: len(lines) - 1 - (N - 41)]) + "\n")
    with pytest.raises(BadInput) as caught:
        read(path)
    assert str(caught.value) == (
        f"{name}: {said}; its end was lost: copy or export it again, or write 41 there if you cut it yourself"
    )


def blank_at(path: Path, header: int, rows: range) -> None:
    lines = path.read_text().split("\n")
    for k in rows:
        lines[header + k] = ""
    path.write_text("\n".join(lines))


def test_blank_rows_of_a_column_without_times_are_missing_samples(tmp_path: Path) -> None:
    values = 700.0 + np.random.default_rng(0).normal(0.0, 2.0, N)
    for name, header in (("jump-Fz.txt", ""), ("list.csv", "Fz (N)\n"), ("two.csv", "Fz1,Fz2\n")):
        again = "," if name == "two.csv" else ""
        path = tmp_path / name
        path.write_text(header + "".join(f"{v:.3f}{again + f'{v:.3f}' if again else ''}\n" for v in values))
        blank_at(path, bool(header), range(10, 20))
        found = read(path, rate_hz=100.0)
        (stream,) = found.of_kind("force")
        column = stream.values[:, 0]
        assert np.flatnonzero(np.isnan(column)).tolist() == list(range(10, 20))
        # Rounded in the file.
        np.testing.assert_allclose(column[20:], values[20:], atol=6e-4)
        assert any("blank rows between the others were kept as missing samples (10)" in note for note in found.notes)


def test_a_row_of_commas_alone_is_missing_too(tmp_path: Path) -> None:
    path = tmp_path / "two.csv"
    path.write_text("Fz1,Fz2\n1,2\n3,4\n,\n5,6\n7,8\n\n")
    values = read(path, rate_hz=100.0).streams[0].values
    np.testing.assert_array_equal(values[:, 0], [1, 3, np.nan, 5, 7])


def test_blank_rows_under_times_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("time,Fz\n" + "".join(f"{t:.2f},{700 + t:.2f}\n" + "\n" * (k == 20) for k, t in enumerate(T)))
    stream = read(path).streams[0]
    assert stream.n_samples == N and np.isfinite(stream.values).all()


@pytest.mark.parametrize("write", [a_trc, a_mot])
def test_a_blank_frame_keeps_the_clock(tmp_path: Path, write: Callable[[Path], Path]) -> None:
    path = write(tmp_path / ("a.trc" if write is a_trc else "a.mot"))
    whole = read(path).streams[0]
    lines = path.read_text().split("\n")
    at = next(i for i, line in enumerate(lines) if line.startswith(("31\t0.30", "0.3\t", "0.300", "     0.3")))
    (tmp_path / "more").mkdir()
    # A line too many loses nothing, …
    more = tmp_path / "more" / path.name
    more.write_text("\n".join([*lines[:at], "", *lines[at:]]))
    np.testing.assert_array_equal(read(more).streams[0].values, whole.values)
    # … one in a frame's place does.
    path.write_text("\n".join([*lines[:at], "", *lines[at + 1 :]]))
    stream = read(path).streams[0]
    assert np.isnan(stream.values[30]).all() and np.isfinite(stream.values[31:]).all()
    np.testing.assert_allclose(stream.values[-1], whole.values[-1], atol=1e-9)
    assert stream.times()[-1] == pytest.approx(whole.times()[-1], abs=1e-9)


def test_line_ends_that_were_written_twice_are_no_gaps(tmp_path: Path) -> None:
    path = tmp_path / "jump-Fz.txt"
    path.write_bytes(b"".join(b"%d.5\r\r\n" % (700 + k) for k in range(20)))
    assert read(path, rate_hz=100.0).streams[0].n_samples == 20


def test_what_counts_as_a_gap() -> None:
    assert data_rows(["", "1", "", "", "2", "3", ""]) == (["1", "2", "3"], (1, 1))
    assert data_rows(["1", "", "2", "", "3", "", "4"]) == (["1", "2", "3", "4"], ())
    times = np.array([0.0, 0.01, 0.04, 0.05])
    table, filled = with_lost_rows(np.arange(4.0)[:, None], (2, 2, 3), times)
    np.testing.assert_allclose(filled, [0.0, 0.01, 0.02, 0.03, 0.04, 0.05])
    np.testing.assert_array_equal(table[:, 0], [0, 1, np.nan, np.nan, 2, 3])
    unknown = np.array([0.0, np.nan, 0.02])
    assert with_lost_rows(np.zeros((3, 1)), (1,), unknown)[1] is unknown


@pytest.mark.parametrize(("header", "newtons"), [("Fz (kgf)", 9.80665), ("Fz [kN]", 1000.0), ("Fz (N)", 1.0)])
def test_the_unit_of_a_lone_column_holds(tmp_path: Path, header: str, newtons: float) -> None:
    path = tmp_path / "list.csv"
    path.write_text(header + "\n" + "".join(f"{70 + k:.1f}\n" for k in range(20)))
    (stream,) = read(path, rate_hz=100.0).streams
    assert (stream.kind, stream.channels, stream.units) == ("force", ("Fz",), ("N",))
    np.testing.assert_allclose(stream.values[:, 0], (70.0 + np.arange(20)) * newtons)


@pytest.mark.parametrize("cell", ["1e308", "-1.7976931348623157e308", "1e30", "-1e20", "inf"])
def test_a_number_that_no_sensor_gives_is_a_missing_one(tmp_path: Path, cell: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text("time,Fz\n" + "".join(f"{t:.2f},{cell if k == 7 else 700 + k}\n" for k, t in enumerate(T)))
    values = read(path).streams[0].values[:, 0]
    assert np.flatnonzero(np.isnan(values)).tolist() == [7]
