"""A recording of a bar alone through the whole pipeline: repetitions, result.json and report."""

from pathlib import Path

import numpy as np
import pytest
from planted_bar import ways

from legato.analysis import analyze
from legato.bar.model import BarRep, BarTrack
from legato.errors import BadInput, NotResolvable
from legato.load import read
from legato.movements import load_movement
from legato.movements.bars import reps_of_bar
from legato.recording import Recording, Span, Stream
from legato.report import report_html


def _transducer() -> Recording:
    t = np.arange(0.0, 14.0, 0.01)
    starts = np.array([1.0, 3.0, 5.0, 7.0, 9.0, 11.0])
    height = ways(starts, np.full(6, 1.0), np.array([0.5, -0.5] * 3), np.zeros(6), t)
    return Recording((Stream("table", "table", height[:, None], 100.0, ("position",), ("m",)),))


def test_a_bar_alone_is_analysed_to_the_report():
    result = analyze(_transducer(), "deadlift", load_kg=100.0)
    assert len(result.reps) == 3
    bar = result.to_dict()["bar"]
    # A minimum-jerk way of 0.5 m in 1 s peaks at 0.9375 m/s.
    assert [rep["peak_velocity"]["value"] for rep in bar["reps"]] == pytest.approx([0.9375] * 3, abs=0.02)
    assert bar["reps"][0]["mean_power"]["unit"] == "W"
    page = report_html(result)
    assert 'id="bar"' in page and "3 reps of deadlift measured" in page


def test_another_programs_list_is_analysed_to_the_report(tmp_path: Path):
    path = tmp_path / "reps.csv"
    rows = "1,1,80,0.70\n1,2,80,0.56\n2,1,100,0.50\n2,2,100,0.45\n"
    path.write_text("set,rep,load (kg),mean velocity (m/s)\n" + rows, encoding="utf-8")
    result = analyze(read(path), "bench-press")
    record = result.to_dict()
    assert [rep["start_s"] for rep in record["reps"]] == [None] * 4
    assert [rep["mean_velocity"]["value"] for rep in record["bar"]["reps"]] == [0.70, 0.56, 0.50, 0.45]
    assert [rep["load_kg"] for rep in record["bar"]["reps"]] == [80.0, 80.0, 100.0, 100.0]
    assert record["bar"]["velocity_loss"] is None and "2 sets" in record["bar"]["velocity_loss_reason"]
    assert any("set 1: the last repetition was 20 % slower" in note for note in record["bar"]["notes"])
    # Rounded to 0.01 m/s: 90 % of what that hides lies within 0.0045 m/s.
    low = record["bar"]["reps"][0]["mean_velocity"]["low"]
    assert low == pytest.approx(0.6955)
    assert "holds no times" in report_html(result)
    result.save(tmp_path / "out")
    assert (tmp_path / "out" / "tables" / "reps.csv").read_text().splitlines()[1] == "1,,,true,"


def _picture(path: Path, points: dict[str, float]) -> Path:
    """A bar in a video of 60 frames/s and 300 pixels a metre, y down; points by their pixels above the bar's end."""
    t = np.arange(0.0, 14.0, 1.0 / 60.0)
    starts = np.array([1.0, 3.0, 5.0, 7.0, 9.0, 11.0])
    height = ways(starts, np.full(6, 1.0), np.array([0.5, -0.5] * 3), np.zeros(6), t)
    lines = [
        f"PathFileType\t4\t(X/Y/Z)\t{path.name}",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames",
        f"60\t60\t{t.size}\t{len(points)}\tpx\t60\t1\t{t.size}",
        "Frame#\tTime\t" + "\t\t\t".join(points) + "\t\t",
        "\t\t" + "\t".join(f"X{i}\tY{i}\tZ{i}" for i in range(1, len(points) + 1)),
        "",
    ]
    for i, (at, up) in enumerate(zip(t, height, strict=True), 1):
        cells = "\t".join(f"400\t{900.0 - 300.0 * up - px:.3f}\t0" for px in points.values())
        lines.append(f"{i}\t{at:.5f}\t{cells}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("plate", [False, True])
def test_a_bars_track_in_pixels_is_analysed_with_a_scale(tmp_path: Path, plate: bool):
    # A plate of 0.45 m has 135 pixels.
    edges = {"plate_top": 67.5, "plate_bottom": -67.5} if plate else {}
    path = _picture(tmp_path / "video.trc", {"barbell": 0.0, **edges})
    result = analyze(read(path), "deadlift", metres_per_pixel=None if plate else 0.45 / 135.0)
    assert result.bar is not None and result.bar.source == "keypoints"
    peaks = [rep.peak_velocity for rep in result.bar.reps]
    # A minimum-jerk way of 0.5 m in 1 s peaks at 0.9375 m/s.
    assert [e.value for e in peaks if e] == pytest.approx([0.9375] * 3, abs=0.02)
    assert all(e is not None and e.holds(0.9375) for e in peaks)


def test_a_bars_track_in_pixels_without_a_scale_is_not_resolvable(tmp_path: Path):
    path = _picture(tmp_path / "video.trc", {"barbell": 0.0})
    with pytest.raises(NotResolvable, match="--metres-per-pixel"):
        analyze(read(path), "deadlift")


def test_a_bar_alone_does_not_tell_its_movement():
    with pytest.raises(BadInput, match="name it with --movement"):
        analyze(_transducer())


def test_repetitions_that_turn_at_once_do_not_overlap(monkeypatch: pytest.MonkeyPatch):
    def overlapping(track: BarTrack) -> tuple[BarRep, ...]:
        return tuple(BarRep(k, 1.0 + 3.0 * k, 2.0 + 3.0 * k, Span(2.5 + 3.0 * k, 4.1 + 3.0 * k)) for k in range(3))

    monkeypatch.setattr("legato.movements.bars.bar_reps", overlapping)
    found = reps_of_bar(_transducer(), load_movement("deadlift")).reps
    assert [rep.start_s for rep in found] == [1.0, 4.0, 7.0]
    assert [rep.end_s for rep in found] == [4.0, 7.0, pytest.approx(10.1)]
    assert [rep.phases[-1].end_s for rep in found] == [rep.end_s for rep in found]
