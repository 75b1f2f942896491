"""Plates and a bar's sensor without anything of the body: what they tell of the leg drive, and what they cannot."""

import numpy as np
import pytest

import legato
from legato.errors import BadInput
from legato.recording import Recording
from legato.report import summary_lines
from legato.simulate import simulate, with_bar_sensor, with_plates


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_drive_and_bar_are_told_and_the_press_is_not():
    held: dict[str, list[bool]] = {name: [] for name in ("drive_end_s", "drive_impulse_n_s", "bar_peak_s", "dip_m")}
    ratios: list[bool] = []
    for seed in range(2):
        made = simulate("push-press", reps=5, seed=20 + seed, rate_hz=50.0, pause_s=(1.0, 0.0))
        made = with_bar_sensor(with_plates(made, 0.5))
        (bar,) = made.beside.values()
        alone = Recording(streams=(made.recording.stream("force"), *bar.streams), plates=made.recording.plates)
        result = legato.analyze(alone, "push-press", load_kg=40.0)
        drive = None if result.chain is None else result.chain.drive
        assert drive is not None
        truth = made.truth["forces"]["drive"]
        assert len(drive.per_rep) == len(truth) == 5
        for row, true in zip(drive.per_rep, truth, strict=True):
            for name, hits in held.items():
                told = getattr(row, name)
                assert told is not None, (name, row.reason)
                hits.append(told.holds(true[name]))
            assert row.momentum_ratio is not None
            ratios.append(row.momentum_ratio.holds(true["momentum_ratio"]))
            assert row.press_onset_s is None and row.overlap_s is None and row.knees_end_s is None
        assert drive.ended_by == "" and drive.overlap_reason.startswith("elbow: ")
        assert any("legs and arms work together is not told" in line for line in summary_lines(result))
    # 10 repetitions: three SE of 90 % are 28 points
    assert all(np.mean(hits) >= 0.6 for hits in (*held.values(), ratios)), {
        k: float(np.mean(v)) for k, v in held.items()
    }


def test_a_movement_without_a_drive_still_asks_for_a_body():
    made = with_bar_sensor(with_plates(simulate("back-squat", reps=1, rate_hz=50.0, pause_s=(1.0, 0.0)), 0.5))
    (bar,) = made.beside.values()
    alone = Recording(streams=(made.recording.stream("force"), *bar.streams), plates=made.recording.plates)
    with pytest.raises(BadInput):
        legato.analyze(alone, "back-squat")
