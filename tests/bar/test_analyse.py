"""The bar of whole recordings: which source is taken, what each gives, what cannot be told."""

import numpy as np
import pytest
from planted_bar import ways

from legato.analysis import analyze
from legato.bar import analyse_bar, bar_track
from legato.bar.keypoints import track_from_keypoints
from legato.bar.tables import reps_of_table
from legato.errors import BadInput, NotResolvable
from legato.recording import FloatArray, Recording, RepTable, Stream

_RATE_HZ = 100.0
_PEAKS = np.array([1.0, 0.9, 0.8, 0.7])
_RANGE_M = 0.5


def _height(t: FloatArray) -> FloatArray:
    """Four squats: down in 1.5 s, 0.5 s of rest, up with planted peak velocities, 1 s of rest."""
    up_s = 1.875 * _RANGE_M / _PEAKS
    starts, lasted, went, at = [], [], [], 2.0
    for k in range(4):
        starts += [at, at + 2.0]
        lasted += [1.5, up_s[k]]
        went += [-_RANGE_M, _RANGE_M]
        at += 3.0 + up_s[k]
    return 1.4 + ways(np.array(starts), np.array(lasted), np.array(went), np.zeros(8), t)


def _mean(peak: float) -> float:
    """Mean velocity of such a way where it is faster than 0.05 m/s."""
    s = np.linspace(0.0, 1.0, 20001)
    velocity = 16.0 * peak * s**2 * (1.0 - s) ** 2
    return float(velocity[velocity >= 0.05].mean())


def _markers(names: tuple[str, ...], noise_m: float = 0.0005, tilt_m: float = 0.0) -> Recording:
    t = np.arange(0.0, 18.0, 1.0 / _RATE_HZ)
    rng = np.random.default_rng(0)
    height = _height(t)
    values = np.zeros((t.size, len(names), 3))
    for k in range(len(names)):
        values[:, k, 2] = height + k * tilt_m
        values[:, k, 1] = 1.1 * k - 0.55
        values[:, k, 0] = 0.1 * (1.4 - height)
    values += rng.normal(0.0, noise_m, values.shape)
    return Recording((Stream("markers", "markers", values, _RATE_HZ, names, ("m",) * len(names)),))


def test_markers_on_both_ends_give_velocity_range_tempo_and_tilt():
    found = analyse_bar(_markers(("RBAR", "LBAR"), tilt_m=0.02), loads_kg=[100.0])
    assert found is not None and found.source == "markers"
    assert len(found.reps) == 4
    for rep, peak in zip(found.reps, _PEAKS, strict=True):
        assert rep.peak_velocity is not None and rep.range is not None and rep.mean_velocity is not None
        assert rep.peak_velocity.value == pytest.approx(peak, abs=0.02)
        assert rep.range.value == pytest.approx(_RANGE_M, abs=0.01)
        assert rep.mean_velocity.value == pytest.approx(_mean(peak), abs=0.03)
        assert rep.from_rest == pytest.approx(peak / 1.875, abs=0.03)
        # The planted bar leans 2 cm over 1.1 m.
        assert rep.tilt is not None and rep.tilt.value == pytest.approx(np.arctan2(0.02, 1.1), abs=0.003)
        # Half a metre up goes with 5 cm to the back.
        assert rep.forward_drift is not None and rep.forward_drift.value == pytest.approx(-0.05, abs=0.005)
        # The mean of m(g + a)v over a way that starts and ends as fast is m·g times the mean velocity.
        assert rep.mean_power is not None
        assert rep.mean_power.value == pytest.approx(100.0 * 9.80665 * _mean(peak), rel=0.06)
        assert rep.tempo is not None and rep.tempo.eccentric_s is not None
        assert rep.tempo.eccentric_s.value == pytest.approx(1.5, abs=0.12)
    assert found.loss is not None
    assert (
        found.loss.last.holds(100.0 * (1.0 - _mean(_PEAKS[-1]) / _mean(_PEAKS[0])))
        and found.loss.last.half_width < 12.0
    )


def test_hands_stand_for_a_bar_without_markers_and_it_is_said():
    track = bar_track(_markers(("RFIN", "LFIN")))
    assert track is not None and track.source == "hand-markers"
    assert "no marker lies on the bar" in track.notes[0]


def test_a_body_without_a_bar_has_none():
    assert analyse_bar(_markers(("RASI", "LASI"))) is None


@pytest.mark.parametrize(("channel", "unit"), [("position", "m"), ("velocity", "m/s")])
def test_a_transducer_gives_the_planted_velocity(channel: str, unit: str):
    t = np.arange(0.0, 18.0, 1.0 / _RATE_HZ)
    height = _height(t)
    values = height if unit == "m" else np.gradient(height, t)
    recording = Recording((Stream("table", "table", values[:, None], _RATE_HZ, (channel,), (unit,)),))
    found = analyse_bar(recording)
    assert found is not None and found.source == "transducer" and len(found.reps) == 4
    told = [rep.peak_velocity.value for rep in found.reps if rep.peak_velocity]
    np.testing.assert_allclose(told, _PEAKS, atol=0.015)


def test_a_track_in_a_video_needs_a_scale():
    t = np.arange(0.0, 18.0, 1.0 / 30.0)
    points = np.zeros((t.size, 3, 3))
    points[:, 0, 1] = _height(t) * 200.0
    points[:, 1, 1] = points[:, 0, 1] + 45.0
    points[:, 2, 1] = points[:, 0, 1] - 45.0
    alone = Stream("video", "keypoints", points[:, :1].copy(), 30.0, ("barbell",), ("px",))
    with pytest.raises(NotResolvable, match="without a scale"):
        track_from_keypoints(alone)
    stream = Stream("video", "keypoints", points, 30.0, ("barbell", "plate_top", "plate_bottom"), ("px",) * 3)
    found = analyse_bar(Recording((stream,)))
    assert found is not None and found.source == "keypoints"
    told = [rep.peak_velocity for rep in found.reps if rep.peak_velocity]
    assert [e.value for e in told] == pytest.approx(_PEAKS.tolist(), abs=0.05)
    assert all(e.holds(p) for e, p in zip(told, _PEAKS, strict=True))


def test_a_vendors_table_is_taken_as_it_is_and_gives_loss_and_profile():
    values = np.array([[1, 60, 1.00, 1.3], [2, 80, 0.78, 1.1], [3, 100, 0.55, 0.9], [4, 110, 0.44, 0.8]])
    table = RepTable("set 1", ("Rep", "Load", "Mean Velocity", "Peak Velocity"), ("", "kg", "m/s", "m/s"), values)
    found = analyse_bar(Recording(rep_tables=(table,)), movement="bench-press")
    assert found is not None and found.source == "rep-table"
    assert found.profile is not None and found.profile.one_rm is not None
    # 1.00 … 0.44 m/s over 60 … 110 kg is 0.0112 m/s a kg: 0.16 m/s at 135 kg.
    assert found.profile.one_rm.value == pytest.approx(135.0, abs=1.0)
    assert "unlike loads" in found.loss_reason
    assert reps_of_table(RepTable("x", ("rep", "value"), ("", ""), np.ones((2, 2))), 0.9) == ()


def test_loads_that_do_not_fit_the_repetitions_are_refused():
    with pytest.raises(BadInput, match="3 loads for 4"):
        analyse_bar(_markers(("RBAR", "LBAR")), loads_kg=[1.0, 2.0, 3.0])


def test_a_bar_that_never_moves_makes_no_repetition():
    values = np.ones((500, 1, 3)) + np.random.default_rng(0).normal(0.0, 0.0005, (500, 1, 3))
    with pytest.raises(NotResolvable, match="no repetition"):
        analyse_bar(Recording((Stream("m", "markers", values, 100.0, ("BAR",), ("m",)),)))


@pytest.mark.parametrize(
    ("channel", "unit", "factor"),
    [("displacement_mm", "", 1e3), ("bar_position_cm", "", 1e2), ("Position_m", "", 1.0)],
)
def test_a_unit_may_stand_behind_the_columns_name(channel: str, unit: str, factor: float):
    t = np.arange(0.0, 18.0, 1.0 / _RATE_HZ)
    recording = Recording((Stream("table", "table", factor * _height(t)[:, None], _RATE_HZ, (channel,), (unit,)),))
    found = analyse_bar(recording)
    assert found is not None
    told = [rep.peak_velocity.value for rep in found.reps if rep.peak_velocity]
    np.testing.assert_allclose(told, _PEAKS, atol=0.015)


def test_what_no_bar_does_is_refused():
    t = np.arange(0.0, 18.0, 1.0 / _RATE_HZ)
    for unit, values in (("m", 1e3 * _height(t)), ("m/s", 1e3 * np.gradient(_height(t), t))):
        name = "position" if unit == "m" else "velocity"
        stream = Stream("table", "table", values[:, None], _RATE_HZ, (name,), (unit,))
        with pytest.raises(BadInput, match="which no bar does"):
            bar_track(Recording((stream,)))


def test_a_column_without_its_unit_is_named():
    t = np.arange(0.0, 18.0, 1.0 / _RATE_HZ)
    for unit, words in (("", "position states no unit"), ("kg", "position is in kg")):
        stream = Stream("table", "table", _height(t)[:, None], _RATE_HZ, ("position",), (unit,))
        with pytest.raises(BadInput, match=words):
            analyze(Recording((stream,)), "back-squat")
