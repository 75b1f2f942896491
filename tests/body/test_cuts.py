"""Cuts of a film: the whole body jumps; a fast body, a dropped point or exchanged sides do not make one."""

import numpy as np
import pytest

from legato.body.cuts import find_cuts
from legato.recording import FloatArray

RATE = 30.0
NAMES = tuple(f"{joint}_{side}" for joint in ("shoulder", "hip", "knee", "ankle") for side in ("right", "left"))


def film(seed: int = 0, n: int = 120) -> dict[str, FloatArray]:
    """A body 1 high that squats twice, with the noise of an estimator."""
    rng = np.random.default_rng(seed)
    down = 0.15 * (1.0 - np.cos(2.0 * np.pi * np.arange(n) / 60.0))
    made: dict[str, FloatArray] = {}
    for i, name in enumerate(NAMES):
        height = (1.0, 0.6, 0.3, 0.0)[i // 2]
        place = np.column_stack((np.full(n, 0.02 * (i % 2)), height - down * height))
        made[name] = place + rng.normal(scale=0.005, size=(n, 2))
    return made


@pytest.mark.parametrize("seed", range(5))
def test_a_film_without_a_cut_has_none(seed: int) -> None:
    assert find_cuts(film(seed), RATE) == ()


@pytest.mark.parametrize("at", [2, 47, 117])
@pytest.mark.parametrize("jump", [(0.25, 0.0), (0.0, -0.2), (3.0, 1.0)])
def test_a_jump_of_the_whole_body_is_a_cut(at: int, jump: tuple[float, float]) -> None:
    points = {name: np.concatenate((p[:at], p[at:] + np.array(jump))) for name, p in film().items()}
    assert find_cuts(points, RATE) == (at,)


def test_the_unit_of_the_picture_does_not_matter() -> None:
    points = {name: 600.0 * np.concatenate((p[:50], p[50:] + np.array([0.3, 0.0]))) for name, p in film().items()}
    assert find_cuts(points, RATE) == (50,)


def test_a_sprint_through_the_picture_is_no_cut() -> None:
    # 10 m/s of a body of 1.7 m: 0.2 of its height a frame, every frame.
    run = np.column_stack((np.arange(120) * 10.0 / 1.7 / RATE, np.zeros(120)))
    assert find_cuts({name: p + run for name, p in film().items()}, RATE) == ()


def test_a_landing_of_five_g_is_no_cut() -> None:
    # From a fall of 3 m/s to rest within 60 ms.
    t = np.arange(120) / RATE
    fall = -np.cumsum(np.interp(t, [1.5, 1.8, 1.86], [0.0, 3.0, 0.0])) / RATE / 1.7
    assert find_cuts({name: p + np.column_stack((0.0 * t, fall)) for name, p in film().items()}, RATE) == ()


def test_single_points_and_exchanged_sides_make_none() -> None:
    points = film()
    points["knee_right"][60] += 2.0
    for joint in ("hip", "knee"):
        right, left = points[f"{joint}_right"], points[f"{joint}_left"]
        right[80:], left[80:] = left[80:].copy(), right[80:].copy()
    points["ankle_left"][30:40] = np.nan
    assert find_cuts(points, RATE) == ()


def test_few_points_or_frames_tell_nothing() -> None:
    assert find_cuts({name: film()[name] for name in NAMES[:3]}, RATE) == ()
    assert find_cuts({name: p[:3] for name, p in film().items()}, RATE) == ()
    assert find_cuts({name: np.full((50, 2), np.nan) for name in NAMES}, RATE) == ()
