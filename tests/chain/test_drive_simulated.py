"""A simulated push press on plates through the whole pipeline: what is planted in drive and press comes back."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.interpolate import CubicSpline

from legato import Analysis, analyze, read
from legato.chain.model import GapResult
from legato.recording import FloatArray, Stream
from legato.simulate import Simulation, simulate, with_plates, write_simulation
from legato.simulate.drive_truth import drive_truth
from legato.simulate.ground import ground_reaction

SLOW = {"tempo": 1.3}
"""So slow that the feet still carry lifter and bar where the arms start during the drive."""


def on_plates(made: Simulation, seed: int) -> tuple[Simulation, list[dict[str, Any]]]:
    """The lifter on two plates of 1 kHz, and the truth about the drive: the ground's force every 4 ms and cubics
    between, which is exact to 0.1 N for a force as smooth as this one, and much quicker than every millisecond.
    """
    ground = ground_reaction(made.motion, 250.0, 0.5)
    t = np.arange(ground.total.shape[0]) / 250.0
    fine = np.arange(round(t[-1] * 1000.0)) / 1000.0
    rng = np.random.default_rng(seed)
    sides: list[FloatArray] = [CubicSpline(t, load.force[:, 2])(fine) for load in (ground.right, ground.left)]
    values = np.stack([side + rng.standard_normal(fine.size) for side in sides], axis=1)
    stream = Stream("plates", "force", values, 1000.0, ("Fz1", "Fz2"), ("N", "N"))
    recording = replace(made.recording, streams=(*made.recording.streams, stream))
    motion: Any = made.motion
    return replace(made, recording=recording), drive_truth(motion, made.truth["reps"])


def gap(result: Analysis, event: str, to: str = "elbow") -> GapResult:
    assert result.chain is not None
    return next(g for g in result.chain.gaps if (g.from_link, g.to_link, g.event) == ("leg_drive", to, event))


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize(
    ("lag_s", "settings", "verdict"),
    [
        (0.0, {}, "ok"),
        (-0.45, {**SLOW, "lag_variation_s": 0.01, "rep_variation": 0.05}, "fault"),
        (-0.32, SLOW, "not-resolvable"),
    ],
    ids=["in order", "arms during the drive", "arms at its end"],
)
def test_a_planted_order_gets_its_verdict_through_the_file(tmp_path, lag_s, settings, verdict):
    made = with_plates(simulate("push-press", reps=4, seed=11, lag_s=lag_s, **settings), 0.54)
    path, _ = write_simulation(made, tmp_path)
    result = analyze(read(path), "push-press", load_kg=40.0)
    truth = made.truth["forces"]["drive"]
    planted = float(np.mean([rep["press_onset_s"] - rep["drive_end_s"] for rep in truth]))
    found = gap(result, "offset to onset")
    assert found.set_s is not None and found.set_s.holds(planted)
    assert found.verdict == verdict, found.reason
    # the planted asymmetry beside it
    assert result.forces is not None and result.forces.load_share.left is not None
    assert result.forces.load_share.left.value == pytest.approx(0.54, abs=0.01)
    drive = result.chain.drive if result.chain is not None else None
    assert drive is not None
    for rep, true in zip(drive.per_rep, truth, strict=True):
        for name, within in (("drive_impulse_n_s", 1.0), ("momentum_ratio", 0.03), ("force_peak_n", 6.0)):
            assert getattr(rep, name).value == pytest.approx(true[name], abs=within), name
        assert rep.overlap_s is not None and rep.overlap_s.value == pytest.approx(true["overlap_s"], abs=0.03)
    record = result.to_dict()["chain"]["drive"]
    assert record["per_rep"][0]["drive_end_s"]["value"] == pytest.approx(truth[0]["drive_end_s"], abs=1e-3)


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_gaps_of_drive_and_press_hold_the_truth_as_often_as_they_say():
    pairs = {"offset to onset": ("drive_end_s", "press_onset_s"), "onset": ("drive_start_s", "press_onset_s")}
    pairs |= {"peak to onset": ("force_peak_s", "press_onset_s"), "onset to peak": ("drive_start_s", "bar_peak_s")}
    held: dict[str, list[bool]] = {event: [] for event in pairs}
    timed = 0
    for seed in range(42):
        how: dict[str, Any] = {"lag_s": -0.4, **SLOW} if seed % 2 else {}
        made, truth = on_plates(simulate("push-press", reps=5, seed=300 + seed, rate_hz=200.0, **how), seed)
        result = analyze(made.recording, "push-press", load_kg=40.0)
        assert len(result.reps) == len(truth)
        timed += len(truth)
        for event, (first, second) in pairs.items():
            per_rep = gap(result, event, "bar" if event == "onset to peak" else "elbow").per_rep
            for rep, true in zip(per_rep, truth, strict=True):
                if rep.gap_s is not None:
                    held[event].append(rep.gap_s.holds(true[second] - true[first]))
    assert timed >= 200
    share = {event: float(np.mean(hits)) for event, hits in held.items()}
    assert all(len(hits) >= 0.9 * timed for hits in held.values()), {e: len(h) for e, h in held.items()}
    # 210 repetitions: two SE of 90 % are 4.1 points. The elbow's own onset holds 90 to 97 %.
    assert all(s >= 0.85 for s in share.values()), share
