"""Markers: noise and wobble of the size and band asked for, gaps, swapped names, mirror and heading."""

from functools import lru_cache

import numpy as np
import pytest

from legato.simulate import Simulation
from legato.simulate import simulate as simulate_afresh

simulate = lru_cache(maxsize=None)(simulate_afresh)


def values(s: Simulation) -> np.ndarray:
    return s.recording.streams[0].values


CLEAN = {"noise_m": 0.0, "wobble_m": 0.0, "reps": 2, "seed": 11}


def test_white_noise_has_the_asked_size_and_no_colour() -> None:
    error = values(simulate("squat", **{**CLEAN, "noise_m": 0.002})) - values(simulate("squat", **CLEAN))
    assert np.std(error) == pytest.approx(0.002, rel=0.01)  # 300 000 draws: 0.13 % SE
    step = error[1:] * error[:-1]
    assert np.mean(step) / np.var(error) == pytest.approx(0.0, abs=0.01)


@pytest.mark.parametrize(("movement", "band"), [("squat", 1.2), ("throw", 4.0)])
def test_wobble_has_the_asked_size_and_stays_in_its_band(movement: str, band: float) -> None:
    s = simulate(movement, **{**CLEAN, "wobble_m": 0.002})
    error = values(s) - values(simulate(movement, **CLEAN))
    skin = [i for i, m in enumerate(s.recording.streams[0].channels) if not m.startswith("BAR")]
    assert np.sqrt(np.mean(error[:, skin] ** 2)) == pytest.approx(0.002, rel=0.05)
    # in the segment's axes it is band-limited; on the planted feet those do not turn
    j = s.recording.streams[0].channels.index("LMT5")
    still = error[: int(0.8 * 250), j] if movement == "throw" else error[:, j]
    power = np.abs(np.fft.rfft(still * np.hanning(len(still))[:, None], axis=0)) ** 2
    nu = np.fft.rfftfreq(len(still), 1.0 / 250.0)
    assert power[nu > band + 4.0 / (len(still) / 250.0)].sum() < 1e-3 * power.sum()


def test_wobble_is_the_same_at_every_rate() -> None:
    fast = simulate("throw", **{**CLEAN, "wobble_m": 0.002, "rate_hz": 240.0})
    slow = simulate("throw", **{**CLEAN, "wobble_m": 0.002, "rate_hz": 60.0})
    n = min(len(values(fast)[::4]), len(values(slow)))
    assert np.abs(values(fast)[::4][:n] - values(slow)[:n]).max() < 1e-12


def test_a_turning_cluster_keeps_its_shape() -> None:
    s = simulate("squat", **{**CLEAN, "cluster_rotation_deg": 2.0})
    clean = simulate("squat", **CLEAN)
    names = s.recording.streams[0].channels
    trio = [names.index(m) for m in ("RTHI", "RTHI2", "RKNE", "RKNM")]
    moved, still = values(s)[:, trio], values(clean)[:, trio]
    for a in range(4):
        for b in range(a):
            length = np.linalg.norm(moved[:, a] - moved[:, b], axis=1)
            assert length == pytest.approx(np.linalg.norm(still[:, a] - still[:, b], axis=1), abs=1e-9)
    u, v = moved[:, 2] - moved[:, 3], still[:, 2] - still[:, 3]
    cosine = np.sum(u * v, axis=1) / (np.linalg.norm(u, axis=1) * np.linalg.norm(v, axis=1))
    turned = np.degrees(np.sqrt(np.mean(np.arccos(np.clip(cosine, -1, 1)) ** 2)))
    assert turned == pytest.approx(2.0 * np.sqrt(2.0), rel=0.35)  # two axes across a line; few independent swings


def test_occlusion_loses_about_the_share_asked_for_and_says_where() -> None:
    s = simulate("squat", **{**CLEAN, "occlusion": 0.05})
    lost = ~np.isfinite(values(s)[:, :, 0])
    assert 0.035 < lost.mean() <= 0.055  # gaps may overlap
    assert s.truth["planted"]["share_missing"] == pytest.approx(lost.mean())
    names = list(s.recording.streams[0].channels)
    told = np.zeros_like(lost)
    for gap in s.truth["planted"]["marker_gaps"]:
        i, j = (int(np.ceil(gap[k] * 250.0)) for k in ("start_s", "end_s"))
        told[i:j, names.index(gap["marker"])] = True
    assert np.array_equal(told, lost)


def test_swapped_labels_trade_places_for_their_span_only() -> None:
    s = simulate("squat", **{**CLEAN, "swap_labels": 1})
    clean = values(simulate("squat", **CLEAN))
    (swap,) = s.truth["planted"]["label_swaps"]
    names = list(s.recording.streams[0].channels)
    a, b = names.index(swap["first"]), names.index(swap["second"])
    t = np.arange(len(clean)) / 250.0
    inside = (t >= swap["start_s"]) & (t < swap["end_s"])
    assert np.array_equal(values(s)[inside][:, [a, b]], clean[inside][:, [b, a]])
    assert np.array_equal(values(s)[~inside], clean[~inside])


def test_a_mirrored_thrower_is_left_handed_and_otherwise_the_same() -> None:
    right, left = simulate("throw", **CLEAN), simulate("throw", **{**CLEAN, "mirror": True})
    names = list(right.recording.streams[0].channels)
    a, b = values(right)[:, names.index("RFIN")], values(left)[:, names.index("LFIN")]
    assert np.abs(a * [1.0, -1.0, 1.0] - b).max() < 1e-12
    assert left.truth["athlete"]["dominant"] == "left"


def test_heading_turns_the_whole_recording() -> None:
    plain, turned = simulate("squat", **CLEAN), simulate("squat", **{**CLEAN, "heading_deg": 90.0})
    x = values(plain)
    assert np.abs(np.stack((-x[..., 1], x[..., 0], x[..., 2]), axis=-1) - values(turned)).max() < 1e-12
