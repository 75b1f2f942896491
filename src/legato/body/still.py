"""Whether a static trial is one: the same markers as the trial's, on a person who stands still."""

from collections.abc import Iterator, Sequence

import numpy as np

from legato.body.landmarks import TRACKERS
from legato.body.skeleton import Skeleton
from legato.errors import BadInput
from legato.recording import FloatArray

_MOST_M = 0.040
"""Most that all but a tenth of the distances between markers of pelvis, trunk and legs may change, m. [ENG] They change
by 1 to 3 mm in standing trials of three laboratories, by 17 mm in one from two phones, by 340 mm in squats.
"""

_LEAST_SHARED = 3
"""Fewer markers in common carry no point from one trial to the other."""

_FRAMES = 100
"""Frames that are looked at, spread over the trial."""

_RESTLESS = ("upper_arm", "forearm", "hand", "head", "bar", "box", "dowel")
"""What may move as a person stands."""


def refuse_other_markers(labels: Sequence[str], of_trial: Sequence[str]) -> None:
    """Refuse a static trial that has hardly a marker in common with the trial itself.

    Raises
    ------
    BadInput
        As above.
    """
    shared = len(set(labels) & set(of_trial))
    if shared < _LEAST_SHARED:
        raise BadInput(f"the static trial has {shared} of the trial's markers; give one with the same markers")


def refuse_moving(standing: Skeleton) -> None:
    """Refuse a static trial in which the body changes its posture.

    Raises
    ------
    BadInput
        As above.
    """
    changes = np.array(list(_changes(standing)))
    if changes.size and (most := float(np.percentile(changes, 90.0))) > _MOST_M:
        raise BadInput(
            f"the static trial moves: markers of pelvis, trunk and legs come nearer to each other by {100.0 * most:.0f}"
            " cm; give a recording of the person standing still"
        )


def _changes(body: Skeleton) -> Iterator[float]:
    """How far the distance between each two markers changes, without the twentieth of the frames at either end, m."""
    seen = np.stack([body.markers.raw[label] for label in _labels(body)] or [np.empty((0, 3))])
    seen = seen[:, :: max(1, seen.shape[1] // _FRAMES)]
    for k in range(len(seen)):
        apart: FloatArray = np.linalg.norm(seen[k + 1 :] - seen[k], axis=-1)
        for row in apart:
            known = row[np.isfinite(row)]
            if known.size:
                yield float(np.ptp(np.percentile(known, [5.0, 95.0])))


def _labels(body: Skeleton) -> list[str]:
    """Labels of the markers of pelvis, trunk and legs."""
    found: dict[str, None] = {}
    for segment, landmarks in TRACKERS.items():
        if not segment.startswith(_RESTLESS):
            found |= {body.assignment.landmarks[name]: None for name in landmarks if name in body.assignment.landmarks}
            found |= dict.fromkeys(body.assignment.clusters.get(segment, ()))
    return [label for label in found if label in body.markers.raw]
