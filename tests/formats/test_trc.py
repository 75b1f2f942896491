import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legato.errors import BadInput
from legato.formats.trc import read_trc, write_trc
from legato.recording import Recording, Stream

NAMES = ("RKNE", "RANK", "LKNE", "LANK", "C7", "RASI", "LASI", "LHEE")
BODY_MM = np.array(
    [[0, 500, -150], [0, 80, -150], [0, 500, 150], [0, 80, 150], [-50, 1450, 0], [0, 1000, -130], [0, 1000, 130],
     [-60, 40, 150]], float
)  # fmt: skip


def text(
    values: np.ndarray,
    *,
    rate: str = "100.0",
    units: str = "mm",
    names: tuple[str, ...] = NAMES,
    times: list[str] | None = None,
    frames: int | None = None,
    markers: int | None = None,
    end: str = "\n",
    blank: str = "",
) -> str:
    """A TRC of points (frames, n, 3) in file units and axes; NaN as `blank`."""
    count = len(names)
    times = times if times is not None else [f"{i / float(rate):.6f}" for i in range(len(values))]
    lines = [
        "PathFileType\t4\t(X/Y/Z)\ttrial.trc",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames",
        f"{rate}\t{rate}\t{frames or len(values)}\t{markers or count}\t{units}\t{rate}\t1\t{len(values)}",
        "Frame#\tTime\t" + "\t\t\t".join(names) + "\t\t",
        "\t\t" + "\t".join(f"{a}{i + 1}" for i in range(count) for a in "XYZ"),
        "",
    ]
    for i, row in enumerate(values.reshape(len(values), -1)):
        cells = "\t".join(blank if v != v else f"{v:.6f}" for v in row.tolist())
        lines.append(f"{i + 1}\t{times[i]}\t{cells}")
    return end.join(lines) + end


@pytest.fixture
def body() -> np.ndarray:
    return BODY_MM + np.random.default_rng(0).normal(0.0, 1.0, (40, 8, 3)) + [300.0, 0.0, -200.0]


@pytest.fixture
def save(tmp_path):
    def write(content: str | bytes):
        path = tmp_path / "trial.trc"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def z_up(values_mm: np.ndarray) -> np.ndarray:
    return values_mm[..., [0, 2, 1]] * [1.0, -1.0, 1.0] / 1000.0


def test_points_come_in_metres_with_z_up(save, body):
    stream = read_trc(save(text(body))).stream("markers")
    np.testing.assert_allclose(stream.values, z_up(body), atol=1e-9)
    assert stream.channels == NAMES
    assert (stream.rate_hz, stream.start_s, stream.time_jumps) == (100.0, 0.0, 0)


@pytest.mark.parametrize(("units", "factor"), [("m", 1.0), ("cm", 0.01), ("mm", 0.001)])
def test_units_are_converted(save, body, units, factor):
    values = body / 1000.0 / factor
    np.testing.assert_allclose(
        read_trc(save(text(values, units=units))).stream("markers").values, z_up(body), atol=1e-6
    )


def test_a_file_with_z_up_is_not_turned(save, body):
    turned = body[..., [0, 2, 1]] * [1, -1, 1]
    stream = read_trc(save(text(turned))).stream("markers")
    np.testing.assert_allclose(stream.values, z_up(body), atol=1e-9)
    assert stream.meta["up"] == "+Z"


@pytest.mark.parametrize("blank", ["", " ", "NaN", "nan", "NAN", "   NaN", "-", "1.#QNAN", "n/a"])
def test_every_spelling_of_missing_is_missing(save, body, blank):
    body[3, 2] = body[7, -1] = body[:5, 0] = np.nan
    values = read_trc(save(text(body, blank=blank))).stream("markers").values
    np.testing.assert_allclose(values, z_up(body), atol=1e-9)


def test_missing_cells_at_the_end_of_a_line(save, body):
    body[4:6, -1] = np.nan
    lines = text(body).split("\n")
    content = "\n".join(line.rstrip("\t") if i > 5 else line for i, line in enumerate(lines))
    np.testing.assert_allclose(read_trc(save(content)).stream("markers").values, z_up(body), atol=1e-9)


def test_zeros_in_all_three_are_missing_and_a_single_zero_is_not(save, body):
    body[2, 1] = 0.0
    body[3, 1, 0] = 0.0
    values = read_trc(save(text(body))).stream("markers").values
    assert np.isnan(values[2, 1]).all()
    assert values[3, 1, 0] == 0.0


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end(save, body, end):
    np.testing.assert_allclose(read_trc(save(text(body, end=end))).stream("markers").values, z_up(body), atol=1e-9)


def test_blanks_instead_of_tabs(save, body):
    content = text(body).replace("\t\t\t", "\t").replace("\t\t", "\t").replace("\t", "  ")
    np.testing.assert_allclose(read_trc(save(content)).stream("markers").values, z_up(body), atol=1e-9)


def test_exponents_and_fortran_exponents(save, body):
    lines = text(body).split("\n")
    for i in range(6, len(lines) - 1):
        cells = lines[i].split("\t")
        lines[i] = "\t".join([*cells[:2], *(f"{float(c):.9e}" for c in cells[2:])])
    lines[8] = lines[8].replace("e+", "D+")
    np.testing.assert_allclose(read_trc(save("\n".join(lines))).stream("markers").values, z_up(body), atol=1e-8)


def test_a_byte_order_mark_and_utf16(save, body):
    for content in (b"\xef\xbb\xbf" + text(body).encode(), text(body).encode("utf-16")):
        np.testing.assert_allclose(read_trc(save(content)).stream("markers").values, z_up(body), atol=1e-9)


def test_wrong_counts_in_the_header_are_said_and_the_columns_hold(save, body):
    recording = read_trc(save(text(body, frames=30, markers=50)))
    assert recording.stream("markers").values.shape == (40, 8, 3)
    assert any("claims 30 frames" in note for note in recording.notes)
    assert any("claims 50 markers" in note for note in recording.notes)


class TestTime:
    def test_a_rounded_time_column_does_not_set_the_rate(self, save, body):
        times = [f"{i / 60:.3f}" for i in range(40)]
        stream = read_trc(save(text(body, rate="60.00", times=times))).stream("markers")
        assert (stream.rate_hz, stream.time_jumps) == (60.0, 0)
        assert stream.times()[30] == pytest.approx(0.5)

    def test_jumps_are_counted(self, save, body):
        times = [f"{i / 100 + (0.2 if i >= 20 else 0.0):.3f}" for i in range(40)]
        recording = read_trc(save(text(body, times=times)))
        assert recording.stream("markers").time_jumps == 1
        assert any("jumps once;" in note for note in recording.notes)

    def test_a_later_start_is_kept_as_the_files_clock(self, save, body):
        times = [f"{5.0 + i / 100:.3f}" for i in range(40)]
        stream = read_trc(save(text(body, times=times))).stream("markers")
        assert stream.start_s == 0.0
        assert float(stream.meta["clock_start_s"]) == 5.0

    def test_a_rate_that_the_times_contradict_is_refused(self, save, body):
        times = [f"{i / 120:.6f}" for i in range(40)]
        with pytest.raises(BadInput, match=r"DataRate says 100 Hz but the time column 120 Hz; give the true rate"):
            read_trc(save(text(body, times=times)))
        assert read_trc(save(text(body, times=times)), rate_hz=120.0).stream("markers").rate_hz == 120.0

    def test_no_rate_in_the_header(self, save, body):
        content = text(body).replace("100.0\t100.0", "0\t0", 1)
        recording = read_trc(save(content))
        assert recording.stream("markers").rate_hz == 100.0
        assert any("time column says 100 Hz" in note for note in recording.notes)

    def test_one_frame_is_read(self, save, body):
        assert read_trc(save(text(body[:1]))).stream("markers").n_samples == 1


class TestRefusals:
    def refused(self, path) -> str:
        with pytest.raises(BadInput) as caught:
            read_trc(path)
        assert "trial.trc" in str(caught.value)
        assert "\n" not in str(caught.value)
        return str(caught.value)

    def test_a_file_cut_inside_a_number(self, save, body):
        content = text(body)
        assert "cut short" in self.refused(save(content[: int(len(content) * 0.7)]))

    def test_a_header_alone(self, save, body):
        assert "no frame" in self.refused(save("\n".join(text(body).split("\n")[:6]) + "\n"))

    def test_a_header_that_is_cut(self, save, body):
        self.refused(save(text(body)[:150]))

    def test_a_row_that_is_too_long(self, save, body):
        lines = text(body).split("\n")
        lines[9] += "\t12.0\t13.0"
        assert "line 10 has 28 cells" in self.refused(save("\n".join(lines)))

    def test_a_word_among_the_numbers(self, save, body):
        assert "'oops'" in self.refused(save(text(body).replace(f"{body[3, 2, 1]:.6f}", "oops")))

    def test_no_marker_ever_seen(self, save, body):
        assert "no marker is seen" in self.refused(save(text(np.full_like(body, np.nan))))

    def test_bytes_that_are_no_text(self, save):
        self.refused(save(np.random.default_rng(1).bytes(4000)))

    @given(st.floats(0.0, 1.0), st.lists(st.tuples(st.floats(0.0, 0.999), st.integers(0, 255)), max_size=8))
    @settings(max_examples=150)
    def test_changed_or_cut_text_is_read_or_refused(self, tmp_path_factory, kept, changes):
        data = bytearray(text(BODY_MM + np.zeros((10, 8, 3))).encode())
        for where, value in changes:
            data[int(where * len(data))] = value
        path = tmp_path_factory.mktemp("fuzz") / "trial.trc"
        path.write_bytes(bytes(data[: int(kept * len(data))]))
        message = "trial.trc"
        try:
            assert read_trc(path).streams
        except BadInput as error:
            message = str(error)
        assert "trial.trc" in message
        assert "\n" not in message


@given(st.integers(0, 1000), st.integers(1, 30), st.integers(1, 20), st.sampled_from([25.0, 59.94, 100.0, 250.0]))
@settings(max_examples=25)
def test_what_was_written_is_read_again(tmp_path_factory, seed, frames, markers, rate):
    rng = np.random.default_rng(seed)
    values = rng.normal(0.0, 1.0, (frames, markers, 3))
    values[rng.random((frames, markers)) < 0.2] = np.nan
    values[0, 0] = [0.1, 0.2, 0.3]
    stream = Stream("markers", "markers", values, rate, tuple(f"M{i}" for i in range(markers)), ("m",) * markers)
    path = tmp_path_factory.mktemp("trc") / "trial.trc"
    write_trc(path, Recording((stream,)))
    found = read_trc(path).stream("markers")
    # Written with six decimals of a millimetre.
    np.testing.assert_allclose(found.values, values, atol=1e-9)
    assert (found.channels, found.rate_hz) == (stream.channels, rate)


def test_every_odd_file_is_read(shared_data):
    shapes = {p.name: read_trc(p).stream("markers").values.shape for p in sorted((shared_data / "odd-trc").iterdir())}
    assert shapes == {
        "dataWithBlanksForMissingMarkers.trc": (464, 40, 3),
        "dataWithEformat.trc": (5, 14, 3),
        "dataWithNaNsOfDifferentCases.trc": (5, 14, 3),
        "dataWithNaNsWithSpaces.trc": (427, 42, 3),
    }


def test_odd_files_match_a_plain_cell_by_cell_reading(shared_data):
    for path in sorted((shared_data / "odd-trc").iterdir()):
        lines = path.read_text().splitlines()
        rows = [line.split("\t") for line in lines[5:] if line.strip()]
        stream = read_trc(path).stream("markers")
        width = 3 * len(stream.channels)
        plain = np.full((len(rows), width), np.nan)
        for i, row in enumerate(rows):
            for j, cell in enumerate(row[2 : 2 + width]):
                if cell.strip() and cell.strip().lower() != "nan":
                    plain[i, j] = float(cell)
        plain = plain.reshape(len(rows), -1, 3)
        plain[np.isnan(plain).any(-1)] = np.nan
        factor = {"mm": 1e-3, "m": 1.0}[lines[2].split("\t")[4].strip()]
        # A turn only swaps and flips axes, so the sizes of the coordinates stay.
        np.testing.assert_allclose(
            np.sort(np.abs(stream.values), axis=-1),
            np.sort(np.abs(plain * factor), axis=-1),
            atol=1e-12,
            err_msg=path.name,
        )
