"""From a recording to a Body: markers to landmarks to joint centres to segments to angles."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from legato.body.dowel import add_dowel, with_dowel
from legato.body.imu import body_from_imu
from legato.body.imu_sensors import has_sensors
from legato.body.inertia import Sex, centre_of_mass
from legato.body.joints import Posed, limb_angles, trunk_angles
from legato.body.keypoints import body_from_keypoints, keypoints_of_plane
from legato.body.landmarks import NEEDS, SIDES, TRACKERS
from legato.body.limbs import add_arm, add_leg
from legato.body.marker_sets import Assignment, assign_markers
from legato.body.markers import CleanMarkers, clean_markers
from legato.body.model import Body, SegmentMotion
from legato.body.opensim import body_from_angles
from legato.body.person import check_limbs
from legato.body.ranges import beyond_range
from legato.body.skeleton import BONES, Skeleton
from legato.body.still import refuse_moving, refuse_other_markers
from legato.body.timebase import join_markers, on_even_grid
from legato.body.tracking import Tracked
from legato.body.trunk import add_breath, add_head, add_load, add_pelvis, add_shoulders, add_thorax
from legato.errors import BadInput, naming
from legato.recording import BoolArray, FloatArray, Recording, Stream


def build_body(
    recording: Recording,
    *,
    marker_set: str | Path | None = None,
    mapping: str | Path | Mapping[str, Any] | None = None,
    static: Recording | None = None,
    mass_kg: float | None = None,
    height_m: float | None = None,
    sex: Sex = "unknown",
    starts_upright: bool = True,
) -> Body:
    """The moving body of a recording.

    Parameters
    ----------
    recording
        The trial: a stream of markers, sensors on segments, or joint angles that another program found.
    marker_set
        Id of a marker set, or a TOML file with one; found from the labels where not given.
    mapping
        What markers with other names stand for: a TOML or JSON file, or a mapping of landmark to label.
    static
        A standing trial of the same person and marker placement, for markers that the trial itself lacks.
    mass_kg, height_m
        Of the athlete, where known. No angle depends on them; the stature scales keypoints to metres.
    sex
        Column of the tables of segment masses, for a body of markers; `unknown` takes the mean of both.
    starts_upright
        Whether the movement starts from standing; what sensors show at their first rest is then a standing pose.

    Raises
    ------
    BadInput
        There is one frame only, there are neither markers, sensors nor angles, no marker set is recognised and none is
        given, limbs are no person's, or the person moves in the static trial, or has other markers there.
    """
    if recording.streams and max(s.n_samples for s in recording.streams) < 2:
        raise BadInput("one frame only, in which nothing moves; give the trial, and a standing pose with --static")
    markers = [s for s in recording.of_kind("markers") if "points" not in s.meta]
    if not markers:
        if has_sensors(recording):
            return body_from_imu(recording, mapping=mapping, static=static, starts_upright=starts_upright)
        if keypoints := recording.of_kind("keypoints"):
            stream = on_even_grid(keypoints[0])
            return body_from_keypoints(stream, marker_set=marker_set, mapping=mapping, height_m=height_m)
        if angles := recording.of_kind("angles"):
            return body_from_angles([on_even_grid(s) for s in angles])
        if recording.rep_tables and not recording.streams:
            raise BadInput(
                "another program's list of repetitions, which holds no samples to analyse; give the recording itself"
            )
        if not recording.streams:
            held = "events, but no samples" if recording.events else "no samples"
            raise BadInput(f"holds {held}, so there is nothing to analyse; give the recording itself")
        kinds = ", ".join(sorted({s.kind for s in recording.streams}))
        unnamed = [s for s in recording.of_kind("table") if s.channels == ("column_1",)]
        force = "; a lone column of numbers is force only by a layout (--layout) or Fz in the file's name"
        raise BadInput(
            f"the recording holds {kinds}, but neither markers nor joint angles nor sensors; add the motion file"
            f"{force if unnamed else ''}"
        )
    stream, notes = join_markers([on_even_grid(s) for s in markers])
    if (flat := keypoints_of_plane(stream)) is not None:
        return body_from_keypoints(flat, marker_set=marker_set, mapping=mapping, height_m=height_m)
    standing: Mapping[str, Tracked] = {}
    if static is not None:
        still = static.of_kind("markers")
        with naming([file.path for file in static.inputs]):
            if not still:
                raise BadInput("the static trial holds no markers; give a recording of the person standing still")
            posture, _ = join_markers([on_even_grid(s) for s in still])
            refuse_other_markers(posture.channels, stream.channels)
            stood = _skeleton(posture, static, marker_set, mapping, {})
            refuse_moving(stood)
            standing = stood.segments
    return _body(stream, _skeleton(stream, recording, marker_set, mapping, standing), notes, sex)


def _skeleton(
    stream: Stream,
    recording: Recording,
    marker_set: str | Path | None,
    mapping: str | Path | Mapping[str, Any] | None,
    standing: Mapping[str, Tracked],
) -> Skeleton:
    assignment = with_dowel(assign_markers(stream.channels, marker_set, mapping))
    with naming([file.path for file in recording.inputs] if len(recording.inputs) == 1 else []):
        check_limbs(stream, assignment.landmarks)
    body = Skeleton(assignment, _cleaned(stream, assignment, recording), stream.n_samples, standing)
    add_pelvis(body)
    for side in SIDES:
        add_leg(body, side)
    add_thorax(body)
    add_breath(body)
    add_shoulders(body)
    for side in SIDES:
        add_arm(body, side)
    add_head(body)
    add_load(body)
    add_dowel(body)
    return body


def _cleaned(stream: Stream, assignment: Assignment, recording: Recording) -> CleanMarkers:
    used = {*assignment.landmarks.values(), *(m for members in assignment.clusters.values() for m in members)}
    by_marker = np.ascontiguousarray(np.swapaxes(stream.values, 0, 1))
    position: dict[str, FloatArray] = {}
    for label, values in zip(stream.channels, by_marker, strict=True):
        if label in used and label not in position and not np.isnan(values[:, 0]).all():
            position[label] = values
    groups: list[list[str]] = []
    for segment, landmarks in TRACKERS.items():
        if segment.startswith("hand"):
            continue
        side = segment.rsplit("_", 1)[-1]
        joint = {"shank": "knee", "foot": "ankle", "forearm": "elbow"}.get(segment.rsplit("_", 1)[0])
        # Markers on a joint's axis keep their distances to both segments.
        extra = [] if joint is None else [f"{joint}_{part}_{side}" for part in ("lateral", "medial")]
        labels = [assignment.landmarks[name] for name in (*landmarks, *extra) if name in assignment.landmarks]
        groups.append([*labels, *assignment.clusters.get(segment, ())])
    events = [event.time_s for event in recording.events]
    return clean_markers(position, groups, stream.rate_hz, events, stream.start_s)


def _body(stream: Stream, skeleton: Skeleton, joined: tuple[str, ...], sex: Sex) -> Body:
    assignment, cleaned = skeleton.assignment, skeleton.markers
    angles: dict[str, FloatArray] = {}
    filled: dict[str, BoolArray] = {}
    posed = {name: Posed(t.rotation, t.filled, bool(t.points)) for name, t in skeleton.segments.items()}
    for name, (values, leaning) in {**trunk_angles(posed), **limb_angles(posed)}.items():
        if np.isfinite(values).any():
            angles[name] = values
            filled[name] = leaning
    points: dict[str, FloatArray] = {}
    for name, trajectory in skeleton.points.items():
        if np.isfinite(trajectory.position_m).any():
            points[name] = trajectory.position_m
            filled[name] = trajectory.filled
    segments = {
        name: SegmentMotion(t.name, t.points, t.template_m, t.origin_m, t.rotation, t.residual_m, t.filled)
        for name, t in skeleton.segments.items()
        if t.points
    }
    missing = [f"marker {label}" for label in assignment.absent]
    for segment, costs in NEEDS.items():
        if segment not in skeleton.segments:
            missing.append(f"segment {segment}: no {', '.join(costs)}")
        elif segment not in segments:
            missing.append(f"segment {segment}: only its line is known, no turn about it")
    notes = [*joined, *assignment.notes, *skeleton.notes]
    for label, count in cleaned.dropped.items():
        notes.append(
            f"{label}: {count} samples dropped, out of place among the markers of its segment (jump or swapped labels)"
        )
    for label, position in cleaned.patched.items():
        if closed := int(position.filled.sum()):
            notes.append(f"{label}: {closed} missing samples filled")
    notes += beyond_range(angles)
    com = centre_of_mass(points, sex)
    if com is not None and com[1] < 0.999:
        notes.append(f"centre of mass: {100.0 * com[1]:.0f} % of body mass lies in segments that were seen")
    return Body(
        rate_hz=stream.rate_hz,
        start_s=stream.start_s,
        n_frames=stream.n_samples,
        source="markers",
        marker_set=assignment.set_id,
        segments=segments,
        angles=angles,
        points=points,
        filled=filled,
        bones=tuple(pair for pair in BONES if pair[0] in points and pair[1] in points),
        com_m=None if com is None else com[0],
        sex=sex,
        missing=tuple(missing),
        notes=tuple(notes),
    )
