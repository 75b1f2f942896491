"""From segment sensors to a Body: orientation, alignment, angles, and what each sensor may be wrong by."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np

from legato.body.imu_alignment import Alignment, about_z, align, heading, long_axes, vendor_alignment
from legato.body.imu_facing import facings
from legato.body.imu_level import level
from legato.body.imu_rest import (
    common_rests,
    false_rate,
    quietest,
    rate_noise,
    rests,
    still_frames,
    turning_rate,
    upright_in_sensor,
)
from legato.body.imu_sensors import Sensor, Suit, imu_table, read_sensor_map, read_suit, without_side
from legato.body.joints import Posed, limb_angles, trunk_angles
from legato.body.model import Body, SegmentMotion, SensorError
from legato.body.skeleton import BONES
from legato.errors import BadInput, naming
from legato.recording import STANDARD_GRAVITY, BoolArray, FloatArray, Recording, Stream
from legato.signals.rotation import integrated, shortest_turn, turn

_NEEDS_FACING: Mapping[str, tuple[str, ...]] = {
    "pelvis_tilt": ("pelvis",),
    "pelvis_obliquity": ("pelvis",),
    "thorax_pitch": ("thorax",),
    "lumbar_flexion": ("pelvis", "thorax"),
    "lumbar_side_bend": ("pelvis", "thorax"),
    "thorax_pelvis_axial": ("pelvis", "thorax"),
    "hip_flexion": ("pelvis", "thigh"),
    "hip_adduction": ("pelvis", "thigh"),
    "hip_rotation": ("pelvis", "thigh"),
    "knee_flexion": ("thigh", "shank"),
    "shank_pitch": ("shank",),
    "ankle_dorsiflexion": ("shank", "foot"),
}
"""Angles that are only right where it is known which way their segments face. A segment's own turn about its length
is not among them; that of the thorax against the pelvis is, since in a throw the spine bends by 40 degrees meanwhile.
"""

_NO_ANGLES = (
    "joint angles of segment sensors are drawn and not given as numbers:"
    " their zero and facing are not known well enough"
)
_OWN_HEADINGS = (
    "sensors: each one's heading counts from its own at the first common rest, else the start, so how far segments are"
    " turned against each other about the vertical is known as a change since then only"
)

_POINTS = {
    "pelvis": "pelvis",
    "neck": "neck",
    "head": "head",
    **{
        f"{side}{theirs}": f"{ours}_{side}"
        for side in ("right", "left")
        for theirs, ours in (
            ("upperleg", "hip"),
            ("lowerleg", "knee"),
            ("foot", "ankle"),
            ("toe", "toe"),
            ("upperarm", "shoulder"),
            ("forearm", "elbow"),
            ("hand", "wrist"),
        )
    },
}
"""Origins of a suit's segments and the joints they lie in."""


@dataclass(frozen=True, slots=True, eq=False)
class _Turning:
    """How a sensor turns: its rests, its orientation to a lab with z up (n, 3, 3), its rates (n, 3) with the false rate
    taken out, the covariance of what is left of that (3, 3), all in its own axes; its direction that is up in standing
    and how well that is known, rad; whether where the vertical lies is known too; its vertical acceleration, m/s²,
    where it measures that.
    """

    spans: list[tuple[int, int]]
    rotation: FloatArray
    rate: FloatArray
    covariance: FloatArray
    up: FloatArray
    up_sd: float
    level: bool
    rising: FloatArray | None = None


def body_from_imu(
    recording: Recording,
    *,
    mapping: str | Path | Mapping[str, Any] | None = None,
    static: Recording | None = None,
    starts_upright: bool = True,
) -> Body:
    """The moving body of a recording of segment sensors.

    Parameters
    ----------
    recording
        Streams of kind `imu`, one a sensor, or of kind `rotations` of segments.
    mapping
        `[sensors]` (segment to sensor name) and `[axes]` (which own axis of a sensor points up in standing), as a TOML
        file or a mapping.
    static
        A recording of the same sensors, left where they are, on the person standing upright and still.
    starts_upright
        Whether the movement starts from standing, so that the first rest is a standing pose.

    Raises
    ------
    BadInput
        No sensor is known to ride on a segment, no sensor's long axis can be told, or the rest that should be standing
        is none.
    """
    told = read_sensor_map(mapping)
    suit = read_suit(recording, told)
    if suit is None:
        names = [s.name for s in recording.of_kind("imu")]
        if names and all(unit == "m/s²" for s in recording.of_kind("imu") for unit in s.units):
            raise BadInput(
                f"the recording holds accelerations ({', '.join(names[:6])}) without rates of turning, which tell no"
                " orientation; export the gyroscope too: gyr_x (deg/s), gyr_y, gyr_z"
            )
        raise BadInput(
            f"the recording holds inertial sensors ({', '.join(names[:6])}), but none is named after a segment or bar;"
            " call one on a bar so in its file's name, and say where others ride with --map:"
            f' [sensors] pelvis = "{names[0] if names else "name of the sensor"}"'
        )
    standing = None if static is None else read_suit(static, told)
    if static is not None and standing is None:
        with naming([file.path for file in static.inputs]):
            raise BadInput("the static trial holds no sensor that is named after a segment; record the same sensors")
    return _Builder(suit, standing, starts_upright, recording).body()


class _Builder:
    """One suit's body while it is worked out."""

    def __init__(self, suit: Suit, standing: Suit | None, starts_upright: bool, recording: Recording) -> None:
        self.suit, self.standing, self.recording = suit, standing, recording
        self.notes, self.missing = list(suit.notes), list[str]()
        still = {name: still_frames(s, suit.rate_hz) for name, s in suit.sensors.items()}
        self.spans = {name: rests(still[name], suit.rate_hz) for name in suit.sensors}
        common = common_rests(suit, list(still.values()))
        self.reference = common[0] if common else (0, max(1, round(0.1 * suit.rate_hz)))
        self.pose = self.reference if common and starts_upright else None
        self.no_pose = (
            "the person never stands still with all sensors"
            if starts_upright
            else "this movement does not start from standing"
        )
        self.facing: dict[str, bool] = {}
        self.lost: dict[str, list[str]] = {}

    def body(self) -> Body:
        """The body."""
        segments = self._segments()
        for why, names in self.lost.items():
            self.missing.append(
                f"the long axis of these: {', '.join(names)} ({why}); give --static: upright, arms hanging,"
                " or --map with [axes]"
            )
        if not segments:
            raise BadInput(f"no segment can be read from the sensors: {'; '.join(self.missing)}")
        if (
            self.pose is not None
            and self.standing is None
            and not all(s.of_segment for s in self.suit.sensors.values())
        ):
            first, last = (self.suit.start_s + k / self.suit.rate_hz for k in self.pose)
            self.notes.append(
                f"sensors: the rest from {first:.1f} to {last:.1f} s was taken as upright standing; if it was not, give"
                " --static with a recording of standing upright"
            )
        self.notes.append(_NO_ANGLES)
        if len(segments) > 1 and not all(self.suit.sensors[name].of_segment for name in segments):
            self.notes.append(_OWN_HEADINGS)
        posed = {name: Posed(m.rotation, m.filled) for name, m in segments.items()}
        angles: dict[str, FloatArray] = {}
        filled: dict[str, BoolArray] = {}
        for name, (values, leaning) in {**trunk_angles(posed), **limb_angles(posed)}.items():
            if self._valid(name) and np.isfinite(values).any():
                angles[name], filled[name] = values, leaning
        if blind := [n for n in segments if not self.facing[n]]:
            self.missing.append(
                f"which way these face (no bend from standing shows it for certain):"
                f" {', '.join(n.replace('_', ' ') for n in blind)}; without it they have no flexion or lean, only turns"
                " about their length and across it; give --map with [axes], the sensor's own axes up and ahead"
            )
        points = self._points()
        filled |= {name: np.zeros(self.suit.n_frames, dtype=np.bool_) for name in points}
        return Body(
            rate_hz=self.suit.rate_hz,
            start_s=self.suit.start_s,
            n_frames=self.suit.n_frames,
            source="imu",
            marker_set="",
            segments=segments,
            angles=angles,
            points=points,
            filled=filled,
            bones=tuple(pair for pair in BONES if pair[0] in points and pair[1] in points),
            missing=tuple(self.missing),
            notes=tuple(self.notes),
        )

    def _segments(self) -> dict[str, SegmentMotion]:
        suit = self.suit
        turning = {name: t for name, s in suit.sensors.items() if (t := self._turning(s)) is not None}
        loose = {name: (t, long_axes(t.up)) for name, t in turning.items() if t.level}
        faced = facings(
            {name: t.rotation @ axes for name, (t, axes) in loose.items()},
            {name: t.rate @ axes for name, (t, axes) in loose.items()},
            {name: t.rising for name, (t, _) in loose.items() if t.rising is not None},
            suit.rate_hz,
            self.pose,
        )
        if faced is None:
            faced = {}
            if self.standing is None and not any(s.up is not None for s in suit.sensors.values()):
                raise BadInput(
                    "the first rest was taken as upright standing, but the sensors rise as the segments bend from it,"
                    " so it was none; give --static with a recording of standing upright"
                )
        found: dict[str, SegmentMotion] = {}
        for name, sensor in suit.sensors.items():
            if sensor.of_segment and sensor.rotation is not None:
                drift = np.eye(3) * np.radians(imu_table()["oriented_drift_deg_s"]) ** 2
                found[name] = self._motion(sensor, sensor.rotation, vendor_alignment(), drift)
            elif name in turning:
                t = turning[name]
                alignment = align(sensor, t.up, t.up_sd, faced.get(name))
                turned = t.rotation @ alignment.axes
                turned = about_z(-heading(turned[sum(self.reference) // 2])) @ turned
                found[name] = self._motion(sensor, turned, alignment, alignment.axes.T @ t.covariance @ alignment.axes)
        return found

    def _turning(self, sensor: Sensor) -> _Turning | None:
        """How a sensor turns whose axes are its own; None where the segment's long axis in it is unknown."""
        if sensor.of_segment and sensor.rotation is not None:
            return None
        table, rate_hz = imu_table(), self.suit.rate_hz
        up, stated = self._up(sensor)
        if up is None:
            why = "whether the arms hang is not known" if _is_arm(sensor) else self.no_pose
            self.lost.setdefault(why, []).append(sensor.segment.replace("_", " "))
            return None
        spans = self.spans[sensor.segment]
        stand = table["standing"][without_side(sensor.segment)]["sd_deg"]
        up_sd = float(np.radians(table["stated_deg"] if stated else stand))
        if sensor.rotation is not None or sensor.gyro is None:
            if sensor.rotation is None:
                return None
            drift = np.eye(3) * np.radians(table["oriented_drift_deg_s"]) ** 2
            return _Turning(spans, sensor.rotation, turning_rate(sensor, rate_hz), drift, up, up_sd, True)
        gyro = sensor.gyro
        quiet = quietest(gyro, spans, rate_hz) if spans else []
        if quiet:
            bias, sd = false_rate(gyro, quiet, rate_hz)
        else:
            self.notes.append(
                f"{sensor.segment}: its sensor never lies still, so its steady false rate is known less well"
            )
            bias, sd = np.zeros(3), float(np.radians(table["unknown_bias_deg_s"]))
        found = None if sensor.acc is None else level(gyro, sensor.acc, quiet, rate_hz, bias, sd)
        if found is not None:
            rising = np.einsum("nj,nj->n", found.rotation[:, 2, :], cast("FloatArray", sensor.acc)) - STANDARD_GRAVITY
            return _Turning(spans, found.rotation, gyro - found.bias, found.covariance, up, up_sd, True, rising)
        self.notes.append(f"{sensor.segment}: nothing shows gravity, so its orientation is against the start only")
        sd = max(sd, float(np.radians(table["unlevelled_bias_deg_s"])))
        rotation = _laid_upright(integrated(gyro - bias, rate_hz), up, self.reference)
        return _Turning(spans, rotation, gyro - bias, np.eye(3) * sd**2, up, up_sd, self.pose is not None)

    def _up(self, sensor: Sensor) -> tuple[FloatArray | None, bool]:
        """The sensor's direction that is up in standing, and whether the user stated it."""
        if sensor.up is not None:
            return sensor.up, True
        if self.standing is not None:
            other = self.standing.sensors.get(sensor.segment)
            if other is None:
                return None, False
            spans = rests(still_frames(other, self.standing.rate_hz), self.standing.rate_hz)
            return (upright_in_sensor(other, max(spans, key=lambda s: s[1] - s[0])) if spans else None), False
        if self.pose is None or _is_arm(sensor):
            return None, False
        return upright_in_sensor(sensor, self.pose), False

    def _motion(self, sensor: Sensor, rotation: FloatArray, alignment: Alignment, drift: FloatArray) -> SegmentMotion:
        self.facing[sensor.segment] = alignment.facing
        known = np.where(sensor.lost[:, None, None], np.nan, rotation)
        noise = None
        if sensor.gyro is not None and sensor.rotation is None:
            spans = self.spans[sensor.segment]
            edges = [0, *(k for span in spans for k in span), self.suit.n_frames]
            moving = list(zip(edges[::2], edges[1::2], strict=True))
            noise = rate_noise(sensor.gyro, spans, moving, self.suit.rate_hz)
        error = SensorError(noise, alignment.sd, np.sqrt(np.diag(drift)), sensor.clock_sd_s)
        nothing = np.empty((self.suit.n_frames, 0, 3))
        return SegmentMotion(
            sensor.segment,
            (),
            np.empty((0, 3)),
            np.zeros((self.suit.n_frames, 3)),
            known,
            nothing,
            sensor.filled | sensor.lost,
            error,
        )

    def _valid(self, angle: str) -> bool:
        base, _, side = angle.rpartition("_")
        plain, tail = (base, f"_{side}") if side in ("right", "left") else (angle, "")
        for segment in _NEEDS_FACING.get(plain, ()):
            known = self.facing.get(segment, self.facing.get(segment + tail))
            if not known:
                return False
        return True

    def _points(self) -> dict[str, FloatArray]:
        """Joint centres where the file holds the places of its segments."""
        for stream in self.recording.of_kind("markers"):
            if stream.meta.get("points") == "segment origins":
                return _joint_points(stream, self.suit)
        return {}


def _is_arm(sensor: Sensor) -> bool:
    return without_side(sensor.segment) in ("upper_arm", "forearm", "hand")


def _joint_points(stream: Stream, suit: Suit) -> dict[str, FloatArray]:
    first = round((suit.start_s - stream.start_s) * stream.rate_hz)
    if stream.time_s is not None or stream.rate_hz != suit.rate_hz or first + suit.n_frames > stream.n_samples:
        return {}
    found: dict[str, FloatArray] = {}
    for k, label in enumerate(stream.channels):
        name = _POINTS.get(label.lower().replace("_", "").replace(" ", ""))
        if name is not None:
            found[name] = stream.values[first : first + suit.n_frames, k]
    return found


def _laid_upright(rotation: FloatArray, up: FloatArray, reference: tuple[int, int]) -> FloatArray:
    """An orientation against the start, turned so that the segment stands upright at the reference."""
    at = rotation[sum(reference) // 2]
    return turn(shortest_turn(at @ up, np.array([0.0, 0.0, 1.0]))) @ rotation
