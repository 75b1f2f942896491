import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legato.errors import BadInput
from legato.formats.mot import read_mot, write_mot
from legato.recording import Recording, Stream


def text(
    columns: dict[str, np.ndarray],
    header: dict[str, str] | None = None,
    sep: str = "\t",
    time: str = "%.8f",
    number: str = "%.10g",
) -> str:
    names, rows = list(columns), np.column_stack(list(columns.values()))
    lines = ["Coordinates", "version=1", f"nRows={len(rows)}", f"nColumns={len(names)}"]
    lines += [f"{k}={v}" for k, v in (header or {"inDegrees": "yes"}).items()]
    lines += ["", "Units are S.I. units (second, meters, Newtons, ...)", "endheader", sep.join(names)]
    lines += [sep.join([time % r[0], *(number % v for v in r[1:])]) for r in rows]
    return "\n".join(lines) + "\n"


@pytest.fixture
def save(tmp_path):
    def write(content: str):
        path = tmp_path / "trial.mot"
        path.write_text(content)
        return path

    return write


T = np.arange(50) / 100.0
ANGLES = {
    "time": T,
    "pelvis_tilt": 10 * np.sin(T),
    "pelvis_ty": 0.9 + 0.1 * np.cos(T),
    "knee_angle_r": 90 * T,
    "knee_angle_r_beta": np.radians(90 * T),
}


@pytest.mark.parametrize("sep", ["\t", "  "])
def test_joint_coordinates_are_angles_in_radians(save, sep):
    stream = read_mot(save(text(ANGLES, sep=sep))).stream("angles")
    assert stream.kind == "angles"
    assert stream.units == ("rad", "m", "rad", "rad")
    np.testing.assert_allclose(stream.channel("knee_angle_r"), np.radians(90 * T), atol=1e-9)
    # OpenSim writes coupled coordinates and translations as they are, whatever inDegrees says.
    np.testing.assert_allclose(stream.channel("knee_angle_r_beta"), np.radians(90 * T), atol=1e-9)
    np.testing.assert_allclose(stream.channel("pelvis_ty"), ANGLES["pelvis_ty"], atol=1e-9)
    assert stream.rate_hz == 100.0


def test_angles_in_radians_stay(save):
    stream = read_mot(save(text(ANGLES, {"inDegrees": "no"}))).stream("angles")
    np.testing.assert_allclose(stream.channel("knee_angle_r"), 90 * T, atol=1e-9)


def test_angles_without_a_word_on_degrees_are_told_by_their_size(save):
    recording = read_mot(save(text(ANGLES, {"x": "y"})))
    np.testing.assert_allclose(recording.stream("angles").channel("knee_angle_r"), np.radians(90 * T), atol=1e-9)
    assert any("in degrees" in note for note in recording.notes)


def force(up: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    f = rng.normal(0, 10, (50, 3))
    f[:, up] += 800.0
    p = rng.normal(0.2, 0.01, (50, 3))
    columns = {"time": T}
    columns |= {f"ground_force_v{a}": f[:, i] for i, a in enumerate("xyz")}
    columns |= {f"ground_force_p{a}": p[:, i] for i, a in enumerate("xyz")}
    columns |= {f"ground_torque_{a}": 0.1 * f[:, i] for i, a in enumerate("xyz")}
    return columns


@pytest.mark.parametrize(("up", "order", "signs"), [(1, [0, 2, 1], [1, -1, 1]), (2, [0, 1, 2], [1, 1, 1])])
def test_ground_forces_are_turned_to_z_up(save, up, order, signs):
    columns = force(up)
    stream = read_mot(save(text(columns))).stream("force")
    assert stream.kind == "force"
    assert stream.units == ("N",) * 3 + ("m",) * 3 + ("N·m",) * 3
    given_force = np.column_stack([columns[f"ground_force_v{a}"] for a in "xyz"])
    np.testing.assert_allclose(stream.values[:, :3], given_force[:, order] * signs, rtol=1e-8)
    assert stream.values[:, 2].mean() > 700


def test_marker_columns_are_markers(save):
    rng = np.random.default_rng(1)
    values = rng.normal(0, 500, (50, 6))
    names = ["C7_1", "C7_2", "C7_3", "T10_1", "T10_2", "T10_3"]
    columns = {"time": T} | {n: values[:, i] for i, n in enumerate(names)}
    stream = read_mot(save(text(columns, {"DataRate": "100.0", "Units": "mm"}))).stream("markers")
    assert stream.channels == ("C7", "T10")
    np.testing.assert_allclose(
        np.linalg.norm(stream.values[:, 0], axis=1), np.linalg.norm(values[:, :3], axis=1) / 1000
    )


def test_moments_are_a_table(save):
    columns = {"time": T, "hip_flexion_r_moment": T, "pelvis_tx_force": T}
    stream = read_mot(save(text(columns, {"inDegrees": "no"}))).streams[0]
    assert (stream.kind, stream.units) == ("table", ("N·m", "N"))


def test_a_rounded_time_column_still_gives_the_rate(save):
    columns = {"time": np.arange(600) / 600.0, "knee_angle_r": np.zeros(600), "hip_flexion_r": np.zeros(600)}
    assert read_mot(save(text(columns, time="%.4f"))).streams[0].rate_hz == 600.0


def test_no_time_column_needs_a_rate(save):
    content = text({"knee_angle_r": T, "hip_flexion_r": T})
    with pytest.raises(BadInput, match=r"trial\.mot: no time column and no rate; give the rate with --rate"):
        read_mot(save(content))
    assert read_mot(save(content), rate_hz=50.0).streams[0].rate_hz == 50.0


@pytest.mark.parametrize("share", [0.21, 0.5, 0.9, 0.999])
def test_a_cut_file_is_refused_in_one_line(save, share):
    content = text(ANGLES, number="%14.8f")
    with pytest.raises(BadInput) as caught:
        read_mot(save(content[: int(share * len(content))]))
    assert "trial.mot" in str(caught.value)
    assert "\n" not in str(caught.value)


@given(st.integers(0, 500), st.integers(2, 60), st.sampled_from(["angles", "force"]))
@settings(max_examples=20)
def test_what_was_written_is_read_again(tmp_path_factory, seed, frames, kind):
    rng = np.random.default_rng(seed)
    path = tmp_path_factory.mktemp("mot") / "trial.mot"
    if kind == "angles":
        values = rng.normal(size=(frames, 3))
        channels, units = ("pelvis_tilt", "knee_angle_r", "pelvis_ty"), ("rad", "rad", "m")
    else:
        values = rng.normal(0, 10, (frames, 3)) + np.array([0.0, 0.0, 800.0])
        channels, units = ("ground_force_vx", "ground_force_vy", "ground_force_vz"), ("N", "N", "N")
    stream = Stream(kind, kind, values, 120.0, channels, units)
    write_mot(path, Recording((stream,)))
    found = read_mot(path).stream(kind)
    # Written with ten significant digits.
    np.testing.assert_allclose(found.values, values, rtol=1e-9, atol=1e-9)
    assert (found.channels, found.units) == (channels, units)
    assert found.rate_hz == pytest.approx(120.0, rel=1e-6)


def test_real_files(shared_data):
    squats = read_mot(shared_data / "squat-opencap" / "Squats.mot").stream("angles")
    assert (squats.rate_hz, squats.n_samples) == (60.0, 938)
    recording = read_mot(shared_data / "sprint" / "markers.trc")
    assert recording.stream("markers").values.shape == (157, 27, 3)
    forces = read_mot(shared_data / "sprint" / "grf.mot").stream("force")
    # Peaks of 1.5 to 1.6 kN, upward, and points of force on the plates.
    assert 1400 < max(forces.values[:, i].max() for i in range(2, 45, 9)) < 1700
    assert np.nanmax(np.abs(forces.channel("p1_2"))) < 2.0


def test_joints_of_sports2d_are_angles(tmp_path):
    names = ["right ankle", "Left knee", "right hip", "left elbow", "trunk", "pelvis", "right thigh", "left foot"]
    rows = "\n".join("\t".join(f"{v:.4f}" for v in (k / 60.0, *([90.0] * 8))) for k in range(30))
    path = tmp_path / "angles.mot"
    path.write_text(
        "Coordinates\nversion=1\nnRows=30\nnColumns=9\ninDegrees=yes\n\nendheader\ntime\t"
        + "\t".join(names)
        + f"\n{rows}\n"
    )
    (stream,) = read_mot(path).streams
    assert stream.kind == "angles"
    assert stream.channels == tuple(names)
    np.testing.assert_allclose(stream.values, np.pi / 2.0)
