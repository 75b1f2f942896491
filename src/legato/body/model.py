"""The moving body as measured: segments, joint angles and points, each with what is needed to say how sure it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from legato.body.inertia import Sex
from legato.body.keypoint_view import ViewEstimate
from legato.recording import BoolArray, FloatArray
from legato.signals.spectra import NoiseSpectrum


@dataclass(frozen=True, slots=True, eq=False)
class SensorError:
    """What a sensor on a segment may be wrong by.

    `noise`: of its rotation about any axis, rad²/Hz; None where only the angle's own floor can tell. `alignment_sd`
    (3,): SD of the turn between the segment's true axes and those found, about its x, y and z, rad. `bias_sd`
    (3,): of a steady false rate about the same axes, rad/s. `clock_sd_s`: of its clock against that of the other
    sensors.
    """

    noise: NoiseSpectrum | None
    alignment_sd: FloatArray
    bias_sd: FloatArray = field(default_factory=lambda: np.zeros(3))
    clock_sd_s: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class SegmentMotion:
    """A segment's pose in each frame, from an unfiltered rigid fit of its markers (gaps filled up to the limit).

    `rotation` (n, 3, 3) turns segment axes into lab axes: its columns are x anterior, y along the long axis towards the
    head, z to the right (ISB). `origin_m` (n, 3). `template_m` (M, 3) holds the markers in the segment's own axes,
    `residual_m` (n, M, 3) measured minus fitted, in the segment's axes, NaN where a marker is missing. `filled` (n,)
    marks frames that lean on filled samples; `rotation` is NaN where the pose is unknown. A segment that an inertial
    sensor follows has no markers (M = 0); its errors stand in `sensor`.
    """

    name: str
    markers: tuple[str, ...]
    template_m: FloatArray
    origin_m: FloatArray
    rotation: FloatArray
    residual_m: FloatArray
    filled: BoolArray
    sensor: SensorError | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """Everything kinematic of one trial, unfiltered, time base `start_s + i / rate_hz`.

    `angles`: joint and segment angles, rad, continuous, zero in the anatomical position, shape (n,); flexion positive
    at hip, knee and elbow, dorsiflexion positive at the ankle (`knee_flexion_right`, `hip_flexion_left`,
    `lumbar_flexion`, `thorax_pelvis_axial`, `pelvis_axial`, `thorax_axial`, `thorax_pitch` …).
    `points`: joint centres and landmarks, m, shape (n, 3) (`hip_right`, `knee_right`, `ankle_right`, `pelvis`,
    `shoulder_left`, `wrist_right`, `bar`, `box` …).
    `filled`: frames in which that angle or point leans on filled samples, same keys as both.
    `source`: `markers` where poses were fitted here, `imu` where sensors on the segments gave them, `angles` where
    another program's joint angles were read (no residuals then).
    `bones`: pairs of point names that a skeleton joins.
    Of one camera's keypoints (`source` `keypoints`): `view` is where it stands, `length_unit` is `leg` (hip to ankle)
    where nothing scales the picture to metres, `length_sd` is the scale's SD as a share, `angle_sd` holds the
    standing error of each kind of angle, rad, without its side, and `pose_noise` is the noise of one coordinate of one
    point, squared length units per Hz; `cuts_s` are the instants at which the film was cut.
    `sex`: the column of the tables of segment masses; `unknown` takes the mean of both.
    """

    rate_hz: float
    start_s: float
    n_frames: int
    source: str
    marker_set: str
    segments: Mapping[str, SegmentMotion]
    angles: Mapping[str, FloatArray]
    points: Mapping[str, FloatArray]
    filled: Mapping[str, BoolArray]
    bones: tuple[tuple[str, str], ...] = ()
    com_m: FloatArray | None = None
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    length_unit: str = "m"
    length_sd: float = 0.0
    angle_sd: Mapping[str, float] = field(default_factory=dict[str, float])
    pose_noise: NoiseSpectrum | None = None
    view: ViewEstimate | None = None
    cuts_s: tuple[float, ...] = ()
    sex: Sex = "unknown"

    def times(self) -> FloatArray:
        """Time of each frame, s from the recording's start, shape (n,)."""
        return self.start_s + np.arange(self.n_frames) / self.rate_hz
