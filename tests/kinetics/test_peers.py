"""Moments of a tree of 12 segments in free motion against pinocchio's and OpenSim's inverse dynamics of the same."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import pytest
from bench.bench_kinetics import Trial, made, with_legato, with_opensim, with_pinocchio

from legato.recording import FloatArray

Maker: TypeAlias = Callable[[Trial], tuple[Callable[[], FloatArray], Callable[[FloatArray], FloatArray]]]


@pytest.mark.peer
@pytest.mark.parametrize(("module", "make"), [("pinocchio", with_pinocchio), ("opensim", with_opensim)])
def test_moments_are_those_of_other_dynamics(module: str, make: Maker) -> None:
    pytest.importorskip(module)
    trial = made()
    run, lab = make(trial)
    theirs, ours = lab(run())[:, 2:-2], with_legato(trial)()[0][:, 2:-2]
    # Measured 8e-5: turns of up to a radian and a half a second are differenced at 250 Hz along two routes.
    assert np.abs(theirs - ours).max() < 1e-3 * np.abs(ours).max()
    for joint in range(ours.shape[0]):
        assert np.corrcoef(theirs[joint].ravel(), ours[joint].ravel())[0, 1] > 0.99999
