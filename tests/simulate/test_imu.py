"""The simulated suit against the exact motion that it is worn on."""

import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from legato.errors import BadInput
from legato.simulate import Simulation, simulate, truth_segments
from legato.simulate.imu import SUIT, SuitErrors, standing, wear_oriented_suit, wear_suit
from legato.simulate.imu_files import write_suit_csv, write_suit_mvnx

_PERFECT = SuitErrors(gyro_noise_deg_s=0.0, acc_noise_m_s2=0.0, bias_deg_s=0.0, acc_bias_m_s2=0.0, mount_deg=0.0)


@pytest.fixture(scope="module", params=[False, True], ids=["right-handed", "left-handed"])
def thrown(request: pytest.FixtureRequest) -> Simulation:
    return simulate("throw", rate_hz=50.0, reps=1, seed=4, mirror=request.param, heading_deg=30.0)


def test_rates_add_up_to_the_true_rotation(thrown: Simulation) -> None:
    errors = replace(_PERFECT, rate_hz=500.0)
    stream = wear_suit(thrown, errors, ("forearm_right",)).streams[0]
    rate = stream.values[:, 3:]
    times = stream.times()
    true = truth_segments(thrown, times)["forearm_right"]
    turned = Rotation.from_matrix(true[2])
    for k in range(2, 1000):
        turned = turned * Rotation.from_rotvec(0.5 * (rate[k] + rate[k + 1]) / 500.0)
    # Two seconds of a throw at 500 Hz: adding up straight pieces is itself good to a few hundredths of a degree.
    assert np.degrees((Rotation.from_matrix(true[1000]).inv() * turned).magnitude()) < 0.1


def test_a_still_sensor_feels_gravity_and_a_moving_one_more(thrown: Simulation) -> None:
    stream = wear_suit(thrown, _PERFECT, ("pelvis",)).streams[0]
    pull = np.linalg.norm(stream.values[:, :3], axis=1)
    assert pull[10:60] == pytest.approx(9.80665, abs=0.15)
    assert pull.max() > 12.0
    up = truth_segments(thrown, stream.times())["pelvis"][10:60, 2, :]
    assert stream.values[10:60, :3] / pull[10:60, None] == pytest.approx(up, abs=0.02)


def test_every_error_is_as_large_as_asked(thrown: Simulation) -> None:
    noisy = SuitErrors(gyro_noise_deg_s=0.05, bias_deg_s=2.0, mount_deg=0.0, gaps=0.1, seed=3)
    clean = wear_suit(thrown, _PERFECT).streams
    dirty = wear_suit(thrown, noisy).streams
    apart = np.degrees(np.stack([d.values[:, 3:] - c.values[:, 3:] for d, c in zip(dirty, clean, strict=True)]))
    assert np.isnan(apart).mean() == pytest.approx(0.1, abs=0.02)
    assert np.nanstd(apart, axis=1).mean() == pytest.approx(0.05 * np.sqrt(100.0), rel=0.05)
    # Thirty steady errors of SD 2: their own SD is known to 13 %.
    assert np.nanmean(apart, axis=1).std() == pytest.approx(2.0, rel=0.4)
    mounted = wear_oriented_suit(thrown, SuitErrors(mount_deg=10.0, orientation_drift_deg=0.0)).streams[0]
    true = truth_segments(thrown, mounted.times())
    for k, name in enumerate(SUIT):
        off = Rotation.from_matrix(np.swapaxes(true[name], 1, 2) @ mounted.values[:, k]).magnitude()
        assert np.degrees(off) == pytest.approx(10.0, abs=0.2)


def test_a_suit_is_the_same_for_the_same_seed_and_another_for_another(thrown: Simulation) -> None:
    first, again, other = (wear_suit(thrown, SuitErrors(seed=s), ("pelvis",)).streams[0].values for s in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_sensors_stay_where_they_are_in_the_standing_trial(thrown: Simulation) -> None:
    errors = SuitErrors(any_mount=True, acc_noise_m_s2=0.0, acc_bias_m_s2=0.0)
    stood = standing(thrown, errors, ("thorax",)).streams[0].values[:, :3].mean(axis=0)
    worn = wear_suit(thrown, errors, ("thorax",)).streams[0].values[10:60, :3].mean(axis=0)
    cosine = stood @ worn / np.linalg.norm(stood) / np.linalg.norm(worn)
    # The chest stands upright before the throw and in the standing trial, to within its posture.
    assert np.degrees(np.arccos(cosine)) < 5.0


def test_files_hold_what_was_recorded(tmp_path: Path, thrown: Simulation) -> None:
    raw = wear_suit(thrown, SuitErrors(), SUIT[:3])
    write_suit_csv(tmp_path / "suit.csv", raw)
    head, first = (tmp_path / "suit.csv").read_text("utf-8").split("\n")[:2]
    assert head.split(",")[4] == "pelvis_gyr_x (deg/s)"
    assert float(first.split(",")[4]) == pytest.approx(np.degrees(raw.streams[0].values[0, 3]), abs=1e-5)
    turned = wear_oriented_suit(thrown, SuitErrors(), SUIT[:3])
    write_suit_mvnx(tmp_path / "suit.mvnx", turned)
    space = {"m": "http://www.xsens.com/mvn/mvnx"}
    root = ET.parse(tmp_path / "suit.mvnx").getroot()
    labels = [s.get("label") for s in root.findall(".//m:segment", space)]
    assert labels[:3] == ["Pelvis", "T8", "RightUpperLeg"]
    frames = root.findall(".//m:frame[@type='normal']/m:orientation", space)
    assert len(frames) == turned.streams[0].n_samples
    four = np.array((frames[0].text or "").split(), dtype=float)[:4]
    pelvis = Rotation.from_quat(four[[1, 2, 3, 0]]).as_matrix()
    # The file's pelvis has z up where ours has y up.
    assert pelvis[:, 2] == pytest.approx(turned.streams[0].values[0, 0, :, 1], abs=1e-6)


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda: SuitErrors(rate_hz=1.0), "rate_hz"),
        (lambda: SuitErrors(gaps=0.9), "gaps"),
        (lambda: SuitErrors(jitter_s=0.1), "jitter_s"),
        (lambda: SuitErrors(mount_deg=200.0), "mount_deg"),
    ],
)
def test_settings_out_of_range_are_refused(make: Callable[[], SuitErrors], name: str) -> None:
    with pytest.raises(BadInput, match=name):
        make()
