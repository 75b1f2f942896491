"""Places of landmarks that only a standing trial shows, carried over to the moving trial."""

import numpy as np

from legato.body.poses import fit_poses
from legato.body.tracking import Tracked
from legato.recording import FloatArray


def carried_over(moving: Tracked, standing: Tracked | None, landmark: str) -> FloatArray | None:
    """A landmark of a segment as a standing trial shows it, in the axes of the same segment in the moving trial.

    The two mean shapes are fitted on the points that both trials have (markers and joint centres); the moving trial
    keeps its own shape. None where fewer than three points are shared or the landmark was not seen standing either.
    """
    if standing is None or landmark not in standing.landmarks:
        return None
    stood = {**standing.landmarks, **dict(zip(standing.points, standing.template_m, strict=True))}
    shared = [name for name in moving.points if name in stood]
    if len(shared) < 3:
        return None
    here = moving.template_m[[moving.points.index(name) for name in shared]]
    fit = fit_poses(here[None], np.stack([stood[name] for name in shared]))
    if not np.isfinite(fit.centre_m[0, 0]):
        return None
    return fit.centre_m[0] + fit.rotation[0] @ standing.landmarks[landmark]
