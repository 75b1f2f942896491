"""The tempo that was asked: its code, and how planted repetitions keep to it."""

import numpy as np
import pytest
from planted_bar import ways

from legato.bar import analyse_bar
from legato.bar.task import bar_task
from legato.bar.tempo import parse_tempo
from legato.errors import BadInput
from legato.recording import Recording, Stream


@pytest.mark.parametrize("text", ["3-1-X-0", "31X0", "3/1/x/0", " 3 - 1 - X - 0 ", "3:1:X:0"])
def test_a_tempo_is_read_as_coaches_write_it(text: str):
    asked = parse_tempo(text)
    assert asked.code == "3-1-X-0"
    assert asked.seconds == (3.0, 1.0, None, 0.0)


def test_parts_may_have_decimals_or_be_left_open():
    assert parse_tempo("2.5-0-10-*").seconds == (2.5, 0.0, 10.0, None)


@pytest.mark.parametrize("text", ["", "3-1-X", "3-1-X-0-1", "a-b-c-d", "3--1-0", "-3-1-X-0", "nan-1-1-1", "3-1-X-99"])
def test_what_is_no_tempo_is_refused(text: str):
    with pytest.raises(BadInput, match="--tempo"):
        parse_tempo(text)


def _squats(down_s: list[float], pause_s: list[float], noise_m: float = 0.0005) -> Recording:
    """Markers on a bar that goes down, rests, and comes up in 0.9 s; 1 s of rest on top."""
    starts, lasted, went, at = [], [], [], 1.5
    for down, pause in zip(down_s, pause_s, strict=True):
        starts += [at, at + down + pause]
        lasted += [down, 0.9]
        went += [-0.5, 0.5]
        at += down + pause + 1.9
    t = np.arange(0.0, at + 1.0, 0.01)
    height = 1.4 + ways(np.array(starts), np.array(lasted), np.array(went), np.zeros(len(starts)), t)
    values = np.random.default_rng(4).normal(0.0, noise_m, (t.size, 1, 3))
    values[:, 0, 2] += height
    return Recording((Stream("m", "markers", values, 100.0, ("BAR",), ("m",)),))


def test_each_part_of_each_repetition_is_judged():
    found = analyse_bar(_squats([3.0, 2.0, 3.1], [1.0, 1.1, 2.0]), task=bar_task(tempo="3-1-X-1"))
    assert found is not None and found.asked_tempo == "3-1-X-1"
    verdicts = {(p.rep, p.part): p.verdict for p in found.tempo}
    assert [verdicts[k, "eccentric"] for k in range(3)] == ["ok", "fault", "ok"]
    assert [verdicts[k, "bottom"] for k in range(3)] == ["ok", "ok", "fault"]
    # X is not timed, and nothing follows the last repetition.
    assert not any(part == "concentric" for _, part in verdicts)
    assert [verdicts[k, "top"] for k in range(3)] == ["ok", "ok", "not-resolvable"]
    reasons = {(p.rep, p.part): p.reason for p in found.tempo}
    assert reasons[1, "eccentric"] == "shorter than asked" and reasons[2, "bottom"] == "longer than asked"


def test_a_part_at_the_edge_of_its_band_is_not_resolvable():
    found = analyse_bar(_squats([2.5], [1.0]), task=bar_task(tempo="3-*-*-*"))
    assert found is not None
    assert [p.verdict for p in found.tempo] == ["not-resolvable"]


@pytest.mark.slow
def test_the_interval_of_a_parts_time_holds_the_planted_one():
    rng = np.random.default_rng(8)
    held: dict[str, list[bool]] = {"eccentric_s": [], "bottom_s": [], "concentric_s": []}
    for _ in range(25):
        down, pause = rng.uniform(1.0, 3.0, 5), rng.uniform(0.4, 1.5, 5)
        found = analyse_bar(_squats(down.tolist(), pause.tolist(), 0.001))
        assert found is not None and len(found.reps) == 5
        for rep, d, p in zip(found.reps, down, pause, strict=True):
            for part, truth in (("eccentric_s", d), ("bottom_s", p), ("concentric_s", 0.9)):
                told = getattr(rep.tempo, part)
                held[part].append(told is not None and told.holds(truth))
    # 125 repetitions: the standard error is 2.7 points.
    for part, kept in held.items():
        assert np.mean(kept) >= 0.82, part


@pytest.mark.parametrize("loss", [0.0, 100.0, -5.0, float("nan")])
def test_a_loss_that_is_none_is_refused(loss: float):
    with pytest.raises(BadInput, match="between 0 and 100"):
        bar_task(stop_loss_pct=loss)


def test_a_share_for_a_percentage_is_refused_with_what_was_meant():
    with pytest.raises(BadInput, match=r"in percent, so give 20 for 20 %"):
        bar_task(stop_loss_pct=0.2)


@pytest.mark.parametrize("scale", [0.0, -1.0, 1.0, float("inf"), float("nan")])
def test_a_scale_that_no_picture_has_is_refused(scale: float):
    with pytest.raises(BadInput, match="one pixel"):
        bar_task(metres_per_pixel=scale)
