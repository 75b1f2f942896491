"""A simulated walk over plates whose moments are planted: curves and the intervals of the largest moments each way."""

import numpy as np
import pytest

import legato
from legato.kinetics.analyse import other_way

from .planted_walks import MASS_KG, PlantedWalk, walk

SESSIONS = 6


def told(made: PlantedWalk) -> tuple[legato.Analysis, dict[str, float]]:
    """The analysis, and by rep and name what was planted."""
    result = legato.analyze(made.recording, "gait", mass_kg=MASS_KG)
    planted: dict[str, float] = {}
    for rep in result.reps:
        inside = (made.times >= rep.start_s) & (made.times <= rep.end_s)
        for name, course in made.moments.items():
            planted[f"{rep.index} {name}"] = float(course[inside].max())
            planted[f"{rep.index} {other_way(name)}"] = float(-course[inside].min())
    return result, planted


def test_curves_of_a_walk_are_the_planted_ones() -> None:
    made = walk(0)
    result, _ = told(made)
    assert result.kinetics is not None and not result.kinetics.estimated
    assert {rep.side for rep in result.reps} == {"right", "left"}
    assert len(result.kinetics.joints) == 6
    for joint in result.kinetics.joints:
        true = np.interp(result.body.times(), made.times, made.moments[joint.name])
        loaded = np.isfinite(joint.about_axis) & (np.abs(joint.force[:, 2]) > 30.0)
        assert loaded.sum() > 250
        off = float(np.sqrt(np.mean((true - joint.about_axis)[loaded] ** 2)))
        # Measured: 0.97 to 0.998 and 2 to 8 % of the range.
        assert np.corrcoef(true[loaded], joint.about_axis[loaded])[0, 1] > 0.96, joint.name
        assert off < 0.12 * np.ptp(true[loaded]), joint.name


@pytest.mark.slow
def test_intervals_of_a_walks_largest_moments_hold_the_planted_ones() -> None:
    held: dict[str, list[bool]] = {}
    for seed in range(SESSIONS):
        result, planted = told(walk(seed))
        assert result.kinetics is not None
        sides = {rep.index: rep.side for rep in result.reps}
        for moment in result.kinetics.per_rep:
            if moment.peak is not None and moment.name.endswith(str(sides[moment.rep])):
                inside = moment.peak.holds(planted[f"{moment.rep} {moment.name}"])
                held.setdefault(moment.name.split("_")[0], []).append(inside)
    shares = {joint: float(np.mean(hits)) for joint, hits in held.items()}
    # In 16 sessions 93, 96 and 95 %; the hips' 79 % where what the low-pass takes was not in the interval.
    assert set(shares) == {"ankle", "knee", "hip"}
    assert all(share > 0.84 for share in shares.values()), shares
    assert 0.87 < float(np.mean(list(shares.values()))) < 0.99, shares
