from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legato.errors import BadInput
from legato.recording import Event, ForcePlate, InputFile, Recording, Stream, StreamKind
from legato.sync import align, apply_device_delays, device_registry, join, read_delay_file


def movement(rng: np.random.Generator):
    f, a, p = rng.uniform(0.2, 4.0, 40), rng.normal(size=40), rng.uniform(0.0, 6.28, 40)
    return lambda t: (a[:, None] / (1 + f[:, None]) * np.sin(2 * np.pi * f[:, None] * t + p[:, None])).sum(0)


def recording(
    values: np.ndarray,
    rate_hz: float,
    kind: StreamKind = "table",
    *,
    name="a.csv",
    form="table",
    clock=None,
    events=(),
    channels=None,
) -> Recording:
    values = values if values.ndim > 1 else values[:, None]
    channels = channels or tuple(f"{name}-{i}" for i in range(values.shape[1]))
    meta = {} if clock is None else {"clock_start_s": repr(clock)}
    stream = Stream(kind, kind, values, rate_hz, channels, ("",) * len(channels), meta=meta)
    return Recording((stream,), tuple(events), inputs=(InputFile(name, "0", form, (kind,)),))


def test_a_stated_offset_holds():
    rng = np.random.default_rng(0)
    a, b = recording(rng.normal(size=100), 100.0), recording(rng.normal(size=100), 50.0, name="b.csv")
    joined = join([a, b], offset_s=0.35)
    assert joined.offsets[0].offset_s == 0.35
    assert joined.offsets[0].method == "stated offset"
    assert joined.streams[1].start_s == 0.35


def test_files_of_one_system_keep_their_clock():
    rng = np.random.default_rng(0)
    a = recording(rng.normal(size=240), 100.0, "angles", form="trc", clock=0.0)
    b = recording(rng.normal(size=95), 100.0, "force", form="mot", clock=0.96, name="b.mot")
    found = align(a, b)
    assert (found.offset_s, found.method) == (0.96, "same clock")


def test_a_cropped_c3d_and_its_text_export_start_together():
    rng = np.random.default_rng(0)
    a = recording(rng.normal(size=240), 100.0, "angles", form="c3d", clock=3.6)
    b = recording(rng.normal(size=240), 100.0, "force", form="mot", clock=0.0, name="b.mot")
    assert align(a, b).offset_s == 0.0


def test_a_shared_event_tells_the_offset():
    rng = np.random.default_rng(0)
    a = recording(rng.normal(size=500), 100.0, events=[Event("clap", 1.25), Event("end", 4.0)])
    b = recording(rng.normal(size=300), 100.0, name="b.csv", events=[Event("Clap", 0.30), Event("other", 1.0)])
    found = align(a, b)
    assert found.offset_s == pytest.approx(0.95)
    assert found.method == "shared event"
    assert found.sd_s == pytest.approx(np.hypot(0.01, 0.01) / np.sqrt(12))


def test_events_that_do_not_agree_among_themselves_tell_nothing():
    a = recording(np.arange(500.0), 100.0, events=[Event("x", 1.0), Event("x", 2.0)])
    b = recording(np.arange(300.0), 100.0, name="b.csv", events=[Event("x", 1.0), Event("x", 2.5)])
    with pytest.raises(BadInput, match=r"b\.csv: its clock does not meet that of a\.csv.*--offset S"):
        align(a, b)


@given(st.floats(-2.0, 2.0), st.sampled_from([50.0, 100.0, 240.0]), st.integers(0, 10_000))
@settings(max_examples=20)
def test_channels_in_both_tell_the_offset_across_rates(offset, rate, seed):
    rng = np.random.default_rng(seed)
    signal = movement(rng)
    ta, tb = np.arange(1000) / 100.0, np.arange(int(6 * rate)) / rate
    # The clock of b starts `offset` + 2 s after that of a.
    x, y = signal(ta), signal(tb + 2.0 + offset)
    a = recording(x + 0.02 * x.std() * rng.normal(size=x.size), 100.0, channels=("knee",))
    b = recording(y + 0.02 * x.std() * rng.normal(size=y.size), rate, name="b.csv", channels=("knee",))
    found = align(a, b)
    assert found.method.startswith("shared channels")
    # Hypothesis looks for the worst of many, so five SDs.
    assert abs(found.offset_s - (2.0 + offset)) < 5 * found.sd_s
    assert found.sd_s < 0.005


def test_markers_are_compared_by_their_vertical_velocity():
    rng = np.random.default_rng(1)
    signal = movement(rng)
    t = np.arange(800) / 100.0
    values = np.zeros((800, 2, 3))
    values[..., 2] = signal(t)[:, None] + [0.0, 0.3]
    moved = np.zeros((500, 2, 3))
    moved[..., 2] = signal(t[:500] + 1.5)[:, None] + [7.0, 9.0]
    a = recording(values, 100.0, "markers", channels=("LKNE", "LANK"))
    b = recording(moved, 100.0, "markers", name="b.csv", channels=("LANK", "LKNE"))
    assert align(a, b).offset_s == pytest.approx(1.5, abs=0.002)


def shock(rng: np.random.Generator, n: int, rate: float, at: float) -> np.ndarray:
    t = np.arange(n) / rate
    ring = np.where(t >= at, np.exp(-(t - at) / 0.01) * np.sin(2 * np.pi * 40 * (t - at)), 0.0)
    return 0.003 * rng.normal(size=n) + ring


def test_a_tap_in_both_tells_the_offset():
    rng = np.random.default_rng(2)
    errors = []
    for _ in range(30):
        at = rng.uniform(1.0, 2.0)
        a = recording(shock(rng, 5000, 1000.0, at + 0.7), 1000.0, "imu")
        b = recording(shock(rng, 4000, 1000.0, at), 1000.0, "imu", name="b.csv")
        found = align(a, b)
        assert found.method == "shared tap"
        errors.append((found.offset_s - 0.7) / found.sd_s)
    # Both sample within half an interval of the same shock; nothing beyond four SDs of that rounding.
    assert np.max(np.abs(errors)) < 4.0


def test_two_shocks_are_no_tap():
    rng = np.random.default_rng(3)
    a = recording(shock(rng, 5000, 1000.0, 1.0) + shock(rng, 5000, 1000.0, 3.0), 1000.0, "imu")
    b = recording(shock(rng, 4000, 1000.0, 1.0), 1000.0, "imu", name="b.csv")
    with pytest.raises(BadInput, match="--offset"):
        align(a, b)


def test_a_measured_offset_is_followed_against_an_assumed_start_and_said():
    rng = np.random.default_rng(4)
    signal = movement(rng)
    t = np.arange(1000) / 100.0
    a = recording(signal(t), 100.0, clock=0.0, channels=("knee",))
    b = recording(signal(t + 1.0), 100.0, clock=0.0, name="b.csv", channels=("knee",))
    found = align(a, b)
    assert found.offset_s == pytest.approx(1.0, abs=1e-3)
    assert "that was followed" in found.notes[0]


def test_an_assumed_start_carries_an_unknown_error():
    rng = np.random.default_rng(5)
    a, b = (
        recording(rng.normal(size=500), 100.0, clock=0.0),
        recording(rng.normal(size=450), 100.0, name="b.csv", clock=0.0),
    )
    found = align(a, b)
    assert found.method == "same start, assumed"
    assert found.sd_s == device_registry()["unknown"].error_s


def test_joined_streams_events_and_names():
    rng = np.random.default_rng(6)
    a = recording(rng.normal(size=500), 100.0, events=[Event("lift", 2.0)])
    b = recording(rng.normal(size=300), 100.0, name="b.csv", events=[Event("drop", 0.5)])
    joined = join([a, b], offset_s=1.0)
    assert [s.name for s in joined.streams] == ["table", "table_2"]
    assert [i.streams for i in joined.inputs] == [("table",), ("table_2",)]
    assert [(e.name, e.time_s) for e in joined.events] == [("drop", 1.5), ("lift", 2.0)]


class TestDeviceDelays:
    def both(self) -> Recording:
        markers = Stream("markers", "markers", np.zeros((10, 1, 3)), 100.0, ("A",), ("m",))
        emg = Stream("emg", "emg", np.zeros((100, 1)), 1000.0, ("RF",), ("V",))
        return Recording((markers, emg))

    def test_an_unknown_delay_widens_what_crosses_devices(self):
        offsets = apply_device_delays(self.both()).offsets
        assert [(o.stream, o.offset_s, o.sd_s, o.method) for o in offsets] == [
            ("emg", 0.0, 0.058, "device delay unknown")
        ]

    def test_one_device_alone_needs_no_delay(self):
        alone = Recording(self.both().streams[1:])
        assert apply_device_delays(alone).offsets == ()

    def test_a_told_device_moves_its_stream_earlier(self, tmp_path):
        path = tmp_path / "devices.toml"
        path.write_text('[streams]\nemg = "mine"\n[[device]]\nid = "mine"\ndelay_s = 0.048\nerror_s = 0.001\n')
        found = apply_device_delays(self.both(), read_delay_file(path))
        assert found.stream("emg").start_s == pytest.approx(-0.048)
        assert found.stream("markers").start_s == 0.0
        assert [(o.offset_s, o.sd_s) for o in found.offsets] == [(-0.048, 0.001)]

    def test_errors_of_offset_and_delay_add_in_quadrature(self, tmp_path):
        path = tmp_path / "devices.toml"
        path.write_text('[streams]\nemg = "mine"\n[[device]]\nid = "mine"\ndelay_s = 0.02\nerror_s = 0.004\n')
        markers, emg = self.both().streams
        sources = (InputFile("a.c3d", "", "c3d", ("markers",)), InputFile("b.csv", "", "table", ("emg",)))
        joined = join([Recording((markers,), inputs=sources[:1]), Recording((emg,), inputs=sources[1:])], offset_s=0.5)
        (offset,) = apply_device_delays(joined, read_delay_file(path)).offsets
        assert offset.offset_s == pytest.approx(0.48)
        # A stated offset counts as good to 5 ms.
        assert offset.sd_s == pytest.approx(np.hypot(0.004, 0.005))

    def test_every_entry_has_a_source_and_a_grade(self):
        for device in device_registry().values():
            assert device.source
            assert device.grade in {"maker", "measured", "secondary", "default"}
            assert device.error_s > 0
        assert device_registry()["unknown"].grade == "default"

    @pytest.mark.parametrize(
        "content",
        ["no toml at all [", '[streams]\nemg = "nobody"\n', '[[device]]\nid = "x"\n', "device = 3\n", "streams = 3\n",
         '[[device]]\nid = "x"\ndelay_s = "a"\nerror_s = 1\n', '[[device]]\nid = "x"\ndelay_s = 99.0\nerror_s = 0.1\n'],
    )  # fmt: skip
    def test_a_wrong_file_is_refused_in_one_line(self, tmp_path, content):
        path = tmp_path / "devices.toml"
        path.write_text(content)
        with pytest.raises(BadInput, match=r"devices\.toml") as caught:
            read_delay_file(path)
        assert "\n" not in str(caught.value)

    def test_a_missing_file_is_refused(self, tmp_path):
        with pytest.raises(BadInput, match="cannot be read"):
            read_delay_file(tmp_path / "none.toml")


def test_joined_plates_are_numbered_through():
    corners = np.array([[0.0, 0.0, 0.0], [0.0, 0.5, 0.0], [0.5, 0.5, 0.0], [0.5, 0.0, 0.0]])
    on_plates = replace(
        recording(np.zeros((500, 3)), 1000.0, "force", channels=("Fz0", "Fz1", "Fz2")),
        plates=tuple(ForcePlate(k, 2, corners, np.zeros(3), (f"Fz{k}",)) for k in range(3)),
    )
    joined = join([on_plates, recording(np.zeros((50, 3)), 100.0, "imu", name="b.csv")], offset_s=0.0)
    assert [plate.index for plate in joined.plates] == [0, 1, 2]
