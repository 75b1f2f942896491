"""What the JSON holds of muscles together."""

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from legato.movements import load_movement
from legato.muscles.between import BetweenMuscles
from legato.muscles.model import MusclesResult
from legato.muscles.synergies import Similarity, Synergies
from legato.report.between_record import between_record
from legato.report.muscle_tables import together_html

FOUND = Synergies(("a", "b"), np.eye(2), np.ones((9, 2)), 0.95, np.array([0.9, 0.97]), (0.8, 0.95), 0.9)


@pytest.mark.parametrize(
    ("halves", "mean"), [(None, None), (Similarity(((0, 0), (1, 1)), (0.98, 0.90), 0.75, 0.92), pytest.approx(0.94))]
)
def test_synergies_say_how_well_they_repeat(halves: Similarity | None, mean: float | None) -> None:
    muscles = MusclesResult((), between=BetweenMuscles(synergies=FOUND, halves=halves))
    record = between_record(muscles)
    assert record is not None and record["synergies"]["split_half"] == mean
    html = together_html(cast(Any, SimpleNamespace(muscles=muscles, movement=load_movement("back-squat"))))
    assert "2 groups account for 95 %" in html and ("mean cosine of 0.94" in html) == (halves is not None)
