"""The skeleton, built up from the pelvis outward: segments in anatomical axes, joint centres, what was assumed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from legato.body._frame_kernels import into_axes
from legato.body.anatomy import axes_yz
from legato.body.landmarks import TRACKERS
from legato.body.marker_sets import Assignment
from legato.body.markers import CleanMarkers
from legato.body.statics import carried_over
from legato.body.tracking import Tracked, Trajectory, spread_frames, track_cluster
from legato.recording import BoolArray, FloatArray

SIDE_SIGN: Mapping[str, float] = {"right": 1.0, "left": -1.0}

BONES: tuple[tuple[str, str], ...] = (
    ("hip_right", "hip_left"),
    ("shoulder_right", "shoulder_left"),
    ("pelvis", "neck"),
    ("neck", "head"),
    ("bar_right", "bar_left"),
    ("dowel_bottom", "dowel_top"),
    *(
        (f"{a}_{side}", f"{b}_{side}")
        for a, b in (
            ("hip", "knee"),
            ("knee", "ankle"),
            ("ankle", "heel"),
            ("heel", "toe"),
            ("ankle", "toe"),
            ("shoulder", "elbow"),
            ("elbow", "wrist"),
            ("wrist", "hand"),
        )
        for side in SIDE_SIGN
    ),
)
"""Pairs of points that a drawn skeleton joins."""


@dataclass(slots=True, eq=False)
class Skeleton:
    """What is known of a body so far. `standing` holds the segments of a static trial, where there is one."""

    assignment: Assignment
    markers: CleanMarkers
    n_frames: int
    standing: Mapping[str, Tracked] = field(default_factory=dict[str, Tracked])
    segments: dict[str, Tracked] = field(default_factory=dict[str, Tracked])
    points: dict[str, Trajectory] = field(default_factory=dict[str, Trajectory])
    notes: list[str] = field(default_factory=list[str])

    def marker(self, landmark: str) -> Trajectory | None:
        """The marker that stands for a landmark, short gaps filled, or None."""
        label = self.assignment.landmarks.get(landmark)
        return None if label is None else self.markers.patched.get(label)

    def markers_of(self, *landmarks: str) -> list[Trajectory]:
        """Those of the landmarks that have a marker."""
        return [m for name in landmarks if (m := self.marker(name)) is not None]

    def labels_of(self, segment: str) -> list[str]:
        """Labels of the markers that move with a segment."""
        landmarks = self.assignment.landmarks
        labels = [landmarks[name] for name in TRACKERS[segment] if name in landmarks]
        labels += self.assignment.clusters.get(segment, ())
        return [label for label in dict.fromkeys(labels) if label in self.markers.raw]

    def track(
        self, segment: str, joints: Mapping[str, Trajectory], labels: Sequence[str] | None = None
    ) -> Tracked | None:
        """Fit a segment to its markers and to joint centres that a neighbour carries."""
        own = self.labels_of(segment) if labels is None else labels
        raw = {label: self.markers.raw[label] for label in own}
        patched = {label: self.markers.patched[label] for label in own}
        raw |= {name: joint.position_m for name, joint in joints.items()}
        patched |= joints
        return track_cluster(segment, raw, patched)

    def place(self, tracked: Tracked, landmark: str) -> FloatArray | None:
        """A landmark in a segment's axes: by the trial's own marker, else by the static trial, else None."""
        label = self.assignment.landmarks.get(landmark)
        if label in tracked.points:
            return tracked.template_m[tracked.points.index(label)]
        if label is not None and label in self.markers.raw:
            return tracked.placed(self.markers.raw[label])
        return carried_over(tracked, self.standing.get(tracked.name), landmark)

    def note(self, sentence: str) -> None:
        """Remember an assumption, once."""
        if sentence not in self.notes:
            self.notes.append(sentence)


def joined(*trajectories: Trajectory) -> Trajectory:
    """The mean of several points; it leans on filled samples where one of them does."""
    position = sum((t.position_m for t in trajectories[1:]), trajectories[0].position_m) / len(trajectories)
    filled = trajectories[0].filled.copy()
    for t in trajectories[1:]:
        filled |= t.filled
    return Trajectory(position, filled)


def line_segment(name: str, origin: Trajectory, up: FloatArray, right: FloatArray, filled: BoolArray) -> Tracked:
    """A segment of which only the long axis `up` (n, 3) is measured; its turn comes from `right` (n, 3)."""
    nothing = np.empty((up.shape[0], 0, 3))
    return Tracked(name, (), np.empty((0, 3)), axes_yz(up, right), origin.position_m, nothing, origin.filled | filled)


def typical_direction(segment: Tracked, direction: FloatArray, frames: BoolArray | None = None) -> FloatArray | None:
    """The median of a lab direction (n, 3) in a segment's axes, over those frames; None where never known."""
    chosen = spread_frames(direction.shape[0])
    if frames is not None:
        held = np.flatnonzero(frames)
        chosen = held if held.size < chosen.size else held[spread_frames(held.size)]
    local = into_axes(segment.rotation[chosen], np.zeros((chosen.size, 3)), direction[chosen])
    local = local[np.isfinite(local[:, 0])]
    if local.shape[0] == 0:
        return None
    middle = np.median(local, axis=0)
    length = float(np.linalg.norm(middle))
    return None if length < 1e-6 else middle / length
