"""A simulated bench press with the feet alone on plates: what is planted in their push comes back."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from legato import analyze, read
from legato.errors import BadInput
from legato.recording import Recording, Stream
from legato.report import summary_lines
from legato.simulate import Simulation, simulate, with_plates, write_simulation

NAMES = {
    "drive_start_s": "drive_start_s",
    "force_peak_s": "force_peak_s",
    "force_peak_n": "force_peak_n",
    "drive_end_s": "drive_end_s",
    "drive_impulse_n_s": "drive_impulse_n_s",
    "weight_n": "level_n",
    "overlap_s": "overlap_s",
}


def pressed(seed: int, **settings: Any) -> Simulation:
    lag_s = (0.0, -0.3, 0.2, 0.05)[seed % 4]
    return with_plates(simulate("bench-press", seed=seed, rate_hz=200.0, lag_s=lag_s, **settings), 0.5)


def on_one(recording: Recording) -> Recording:
    """Both feet on one plate, of which the file has only the vertical force."""
    force = recording.stream("force")
    up = [i for i, name in enumerate(force.channels) if name.lower().startswith("fz")]
    one = Stream("plate", "force", force.values[:, up].sum(axis=1, keepdims=True), force.rate_hz, ("Fz1",), ("N",))
    return replace(recording, streams=(*(s for s in recording.streams if s.kind != "force"), one), plates=())


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("plates", [1, 2])
def test_the_push_of_the_feet_is_held_on_one_plate_and_on_two(plates):
    held: dict[str, list[bool]] = {name: [] for name in NAMES}
    for seed in range(40, 48):
        made = pressed(seed, reps=5)
        result = analyze(made.recording if plates == 2 else on_one(made.recording), "bench-press", load_kg=60.0)
        drive = None if result.chain is None else result.chain.drive
        assert drive is not None and drive.lying and drive.momentum_ratio is None
        for row, true in zip(drive.per_rep, made.truth["forces"]["drive"], strict=True):
            assert row.dip_m is None and row.momentum_ratio is None
            for name, hits in held.items():
                told = getattr(row, name)
                if told is not None:
                    hits.append(told.holds(true[NAMES[name]]))
    assert all(len(hits) >= 36 for hits in held.values()), {n: len(hits) for n, hits in held.items()}
    share = {name: float(np.mean(hits)) for name, hits in held.items()}
    # 40 pushes of 8 sets: two SE of 90 % are 9.5 points
    assert all(s >= 0.8 for s in share.values()), share


def test_it_goes_through_a_file_to_words_and_record(tmp_path):
    made = pressed(3, reps=3)
    path, _ = write_simulation(made, tmp_path)
    result = analyze(read(path), "bench-press", load_kg=60.0)
    assert result.chain is not None and result.chain.drive is not None
    starts = next(g for g in result.chain.gaps if (g.from_link, g.to_link, g.event) == ("leg_drive", "press", "onset"))
    assert starts.from_quantity == "foot_force" and starts.set_s is not None
    truth = made.truth["forces"]["drive"]
    assert starts.set_s.holds(float(np.mean([rep["press_onset_s"] - rep["drive_start_s"] for rep in truth])))
    # Grade N: told, and no fault.
    assert starts.verdict == "not-resolvable"
    record = result.to_dict()["chain"]["drive"]
    assert record["lying"] is True and record["momentum_ratio"] is None and "the bench" in record["momentum_reason"]
    assert record["per_rep"][0]["dip_m"] is None and record["per_rep"][0]["end_reason"] is None
    lines = summary_lines(result)
    assert any("Legs and arms work together for" in line for line in lines)
    assert not any("momentum" in line for line in lines)


def test_the_simulator_plants_no_walk_and_no_bench_on_plates():
    with pytest.raises(BadInput, match="without a walk"):
        with_plates(simulate("bench-press", reps=1, rate_hz=100.0, walk_in=True))


def test_without_plates_nothing_is_told_of_a_drive():
    result = analyze(simulate("bench-press", reps=2, rate_hz=100.0).recording, "bench-press")
    assert result.chain is not None and result.chain.drive is None
    assert all(gap.from_link != "leg_drive" for gap in result.chain.gaps)
