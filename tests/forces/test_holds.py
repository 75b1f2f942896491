"""Isometric holds: closed forms, what is kept, intervals, refusals."""

import numpy as np
import pytest

from legato.errors import BadInput, NotResolvable
from legato.forces.holds import output_kept, read_hold
from legato.recording import FloatArray

RATE_HZ = 1000.0


def hold(
    *,
    peak_n: float = 800.0,
    kept: float = 1.0,
    held_s: float = 8.0,
    noise_n: float = 3.0,
    seed: int = 0,
    rate_hz: float = RATE_HZ,
    rest_n: float = 0.0,
    tremor_n: float = 0.0,
) -> FloatArray:
    """Rest of 1 s, a rise of 0.3 s, a line from the peak to `kept` of it, a release of 0.3 s, rest."""
    t = np.arange(0.0, held_s + 3.0, 1.0 / rate_hz)
    knots_t = [1.0, 1.3, 1.3 + held_s, 1.6 + held_s]
    force = np.interp(t, knots_t, [0.0, peak_n, kept * peak_n, 0.0])
    rng = np.random.default_rng(seed)
    slow = np.zeros(t.size)
    if tremor_n:
        from scipy.signal import lfilter

        keep = np.exp(-1.0 / (0.2 * rate_hz))
        steps = rng.normal(0.0, tremor_n * np.sqrt(1.0 - keep**2), t.size)
        slow = lfilter([1.0], [1.0, -keep], steps) * (force > 0.5 * peak_n)
    return rest_n + force + slow + rng.normal(0.0, noise_n, t.size)


@pytest.mark.parametrize("rate_hz", [100.0, 1000.0, 1926.0])
def test_a_steady_hold_is_read_exactly(rate_hz: float):
    found = read_hold(hold(rate_hz=rate_hz), rate_hz)
    # Half of the peak lies half-way up the ramps of 0.3 s.
    assert found.start_s.value == pytest.approx(1.15, abs=0.01)
    assert found.end_s.value == pytest.approx(9.45, abs=0.01)
    assert found.held_s.value == pytest.approx(8.3, abs=0.015)
    assert found.peak_n.value == pytest.approx(800.0, abs=3.0)
    assert found.plateau_n.value == pytest.approx(799.0, abs=3.0)
    # Nine tenths are reached 30 ms before the ramps' tops.
    assert found.plateau_s.value == pytest.approx(8.06, abs=0.03)
    assert found.above_s.value == pytest.approx(8.06, abs=0.03)
    # Noise of 3 N on 800 N over 8 s moves the line's ends by less than a thousandth.
    assert found.kept is not None and found.kept.value == pytest.approx(1.0, abs=2e-3)
    assert found.reasons == ()


@pytest.mark.parametrize("kept", [0.9, 0.7, 0.6])
def test_the_share_kept_is_the_lines_end_over_its_start(kept: float):
    found = read_hold(hold(kept=kept, held_s=20.0), RATE_HZ)
    assert found.kept is not None and found.kept.value == pytest.approx(kept, abs=0.02)
    assert found.slope_n_s is not None
    assert found.slope_n_s.value == pytest.approx(800.0 * (kept - 1.0) / 20.0, rel=0.02)


def test_body_weight_is_taken_off():
    plain, standing = read_hold(hold(), RATE_HZ), read_hold(hold(rest_n=700.0), RATE_HZ, baseline_n=700.0)
    assert standing.peak_n.value == pytest.approx(plain.peak_n.value, abs=1e-9)
    assert standing.held_s.value == pytest.approx(plain.held_s.value, abs=1e-9)


def test_time_above_a_share_of_a_falling_force():
    found = read_hold(hold(kept=0.6, held_s=20.0, noise_n=1.0), RATE_HZ, share=0.8)
    # The line passes 0.8 half-way; the peak is a mean over 0.5 s of it, 0.5 % low.
    assert found.above_s.value == pytest.approx(10.0, abs=0.4)
    assert found.share == 0.8


def test_the_ends_of_a_cut_hold_are_said():
    found = read_hold(hold()[2000:8000], RATE_HZ)
    assert sum("recording" in r for r in found.reasons) == 2
    assert found.held_s.value == pytest.approx(6.0, abs=0.01)


def test_a_short_pull_keeps_no_share():
    found = read_hold(hold(held_s=0.7), RATE_HZ)
    assert found.kept is None and found.reasons
    assert found.peak_n.value == pytest.approx(800.0, abs=3.0)


def test_whole_numbers_are_accepted():
    found = read_hold(np.round(hold()).astype(np.int16), RATE_HZ)
    assert found.peak_n.value == pytest.approx(800.0, abs=3.0)


@pytest.mark.slow
def test_intervals_cover_with_tremor_that_remembers():
    held: dict[str, list[bool]] = {"kept": [], "plateau": [], "slope": []}
    for seed in range(400):
        kept = float(np.random.default_rng(seed).uniform(0.92, 1.0))
        found = read_hold(hold(kept=kept, held_s=20.0, tremor_n=15.0, seed=seed, rate_hz=200.0), 200.0)
        assert found.kept is not None and found.slope_n_s is not None
        held["kept"].append(found.kept.holds(kept))
        held["slope"].append(found.slope_n_s.holds(800.0 * (kept - 1.0) / 20.0))
        held["plateau"].append(found.plateau_n.holds(400.0 * (1.0 + kept)))
    shares = {name: float(np.mean(all_held)) for name, all_held in held.items()}
    # 400 holds: one SE is 1.5 points. A plateau that falls counts its own slope as memory and covers more.
    assert all(0.85 <= share <= 0.99 for share in shares.values()), shares


@pytest.mark.parametrize(
    ("force", "rate_hz", "kind", "word"),
    [
        (np.zeros((3000, 2)), 1000.0, BadInput, "one column"),
        (np.zeros(0), 1000.0, BadInput, "no samples"),
        (hold(), 0.0, BadInput, "rate"),
        (hold()[:500], 1000.0, NotResolvable, "too short"),
        (np.minimum(hold(noise_n=5.0), 790.0), 1000.0, NotResolvable, "limit"),
        (np.where(np.arange(11000) == 4000, np.nan, hold()), 1000.0, NotResolvable, "missing"),
        (hold() / 1000.0, 1000.0, NotResolvable, "check unit"),
    ],
)
def test_refusals_say_what_to_do(force: FloatArray, rate_hz: float, kind: type[Exception], word: str):
    with pytest.raises(kind, match=word):
        read_hold(force, rate_hz)


def test_a_share_outside_its_range_is_refused():
    with pytest.raises(BadInput, match="share"):
        read_hold(hold(), RATE_HZ, share=1.2)


def test_output_kept_over_a_set():
    even = output_kept([500.0, 475.0, 450.0, 425.0, 400.0])
    assert even.value == pytest.approx(0.8, abs=1e-9) and even.half_width == pytest.approx(0.0, abs=1e-9)
    rng = np.random.default_rng(3)
    inside = [output_kept(np.linspace(1.0, 0.8, 8) + rng.normal(0.0, 0.02, 8)).holds(0.8) for _ in range(400)]
    # 400 sets: one SE is 1.5 points.
    assert 0.85 <= np.mean(inside) <= 0.95
    with pytest.raises(NotResolvable, match="three"):
        output_kept([1.0, 0.9])
    with pytest.raises(BadInput, match="positive"):
        output_kept([1.0, 0.9, np.nan])


def test_outputs_that_say_nothing_about_a_trend_are_refused() -> None:
    """Three heights without a trend that could be told: the line's slope is known to no more than its own size."""
    with pytest.raises(NotResolvable, match=r"3 repetitions scatter too much about a line: \d+ to \d+ %; give more"):
        output_kept([0.090, 0.124, 0.117])
