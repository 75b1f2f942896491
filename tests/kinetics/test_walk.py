"""A measured walk against another program's inverse dynamics of it."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

import legato
from legato.body.build import build_body
from legato.body.model import Body
from legato.forces.analyse import ForcesResult, RepSpan, analyse_forces
from legato.forces.feet import FootPath
from legato.kinetics import moments as leg_moments
from legato.kinetics.analyse import KineticsResult, analyse_kinetics
from legato.recording import BoolArray, FloatArray, Span
from legato.signals.filters import lowpass

from .test_moment_intervals import misplaced, other_masses

MASS_KG = 72.6
"""Sum of the masses of the other program's model."""

THEIRS = {"hip": ("hip_flexion_{}", -1.0), "knee": ("knee_angle_{}", 1.0), "ankle": ("ankle_angle_{}", -1.0)}
"""Their coordinate of a joint, and its sign for the moment that is positive here."""

KNEE_SLIDES = (
    [-2.0944, -1.74533, -1.39626, -1.0472, -0.698132, -0.349066, -0.174533, 0.197344, 0.337395, 0.490178],
    [-0.0032, 0.00179, 0.00411, 0.0041, 0.00212, -0.001, -0.0031, -0.005227, -0.005435, -0.005574],
    [-2.0944, -1.22173, -0.523599, -0.349066, -0.174533, 0.159149, 2.0944],
    [-0.4226, -0.4082, -0.399, -0.3976, -0.3966, -0.395264, -0.396],
)
"""Of their model: how the shank slides along the thigh as the knee bends (x, then y), before it was scaled."""


def table(path: Path) -> dict[str, FloatArray]:
    header, _, body = path.read_text(encoding="utf-8").partition("endheader\n")
    assert header
    lines = [line.split() for line in body.splitlines() if line.strip()]
    return dict(zip(lines[0], np.array(lines[1:], dtype=np.float64).T, strict=True))


def their_centres(q: Mapping[str, FloatArray], side: str) -> dict[str, FloatArray]:
    """Joint centres of their planar model, (n, 2) forward and up, m, by forward kinematics of its angles."""
    from scipy.interpolate import CubicSpline

    def turned(angle: FloatArray, x: FloatArray | float, y: FloatArray | float) -> FloatArray:
        return np.column_stack((np.cos(angle) * x - np.sin(angle) * y, np.sin(angle) * x + np.cos(angle) * y))

    tilt = np.radians(q["pelvis_tilt"])
    hip = np.column_stack((q["pelvis_tx"], q["pelvis_ty"])) + turned(tilt, -0.0724378, -0.0677247)
    knee_angle = np.radians(q[f"knee_angle_{side}"])
    x, y = (CubicSpline(KNEE_SLIDES[i], KNEE_SLIDES[i + 1], bc_type="natural")(knee_angle) * 1.14724 for i in (0, 2))
    thigh = tilt + np.radians(q[f"hip_flexion_{side}"])
    knee = hip + turned(thigh, x, y)
    return {"hip": hip, "knee": knee, "ankle": knee + turned(thigh + knee_angle, 0.0, -0.425065)}


@pytest.fixture(scope="module")
def walk(shared_data: Path) -> tuple[Body, ForcesResult, KineticsResult, Path]:
    folder = shared_data / "walk-inverse-dynamics"
    recording = legato.read(folder / "subject01_walk.trc", folder / "subject01_walk_grf.mot")
    body = build_body(recording, static=legato.read(folder / "subject01_static.trc"))
    feet = [
        FootPath(side, body.times(), np.stack([body.points[f"heel_{side}"], body.points[f"toe_{side}"]], axis=1))
        for side in ("left", "right")
    ]
    forces = analyse_forces(recording, (), feet)
    assert forces is not None
    # A stride of the right foot, a stance of the left.
    reps = [RepSpan(0, Span(0.7, 1.8)), RepSpan(1, Span(1.3, 2.1))]
    found = analyse_kinetics(body, forces, reps, mass_kg=MASS_KG, cutoff_hz=6.0)
    assert found is not None
    return body, forces, found, folder


def stance(found: KineticsResult, side: str) -> BoolArray:
    """When more than the foot's own weight passes through the ankle, shape (n,)."""
    ankle = next(j for j in found.joints if (j.joint, j.side) == ("ankle", side))
    return np.asarray(np.abs(ankle.force[:, 2]) > 30.0)


def agreement(mine: FloatArray, theirs: FloatArray) -> tuple[float, float]:
    """Correlation, and the root mean square of the difference as a share of their range."""
    known = np.isfinite(mine)
    assert known.sum() > 60  # of 151 frames, loaded a little more than half of the time
    difference = float(np.sqrt(np.mean((mine - theirs)[known] ** 2)))
    return float(np.corrcoef(mine[known], theirs[known])[0, 1]), difference / float(np.ptp(theirs[known]))


def test_moments_about_their_joint_centres_are_theirs(walk: tuple[Body, ForcesResult, KineticsResult, Path]) -> None:
    """With their joint centres nothing is left but filters, segment masses and a knee that slides."""
    body, _, found, folder = walk
    moments, angles = table(folder / "subject01_walk_ID.sto"), table(folder / "subject01_walk_IK.mot")
    t = body.times()
    q = {name: np.interp(t, angles["time"], column) for name, column in angles.items()}
    assert len(found.joints) == 6
    for joint in found.joints:
        name, sign = THEIRS[joint.joint]
        theirs = sign * np.interp(t, moments["time"], moments[f"{name.format(joint.side[0])}_moment"])
        centre = joint.centre_m.copy()
        centre[:, [0, 2]] = their_centres(q, joint.side[0])[joint.joint]
        # Their mediolateral axis is the lab's, which points right: -y here.
        about = joint.moment + np.cross(joint.centre_m - centre, joint.force)
        action = 1.0 if joint.joint == "knee" else -1.0
        loaded = stance(found, joint.side)
        r, share = agreement(np.where(loaded, -action * about[:, 1], np.nan), theirs)
        # Measured: r 0.980 to 0.9996, 1 to 7 % of the range, most at the hip above all segments.
        assert r > (0.97 if joint.joint == "hip" else 0.99), joint.name
        assert share < (0.08 if joint.joint == "hip" else 0.05), joint.name


def test_moments_about_the_measured_centres(walk: tuple[Body, ForcesResult, KineticsResult, Path]) -> None:
    """About the centres that markers show the curves agree. Their knees lie 20 and 23 mm away from the middle of the
    epicondyles, on the left forward: that leg stands turned out by 10 deg, and their legs cannot turn about their long
    axis. 19 mm under 800 N are 15 of the 98 N·m of its range.

    Of the left knee's 21 % five are convention: its moment is told about the thigh's own axis, theirs about one that
    stays square to their plane, as the pelvis' nearly does.
    """
    body, _, found, folder = walk
    moments = table(folder / "subject01_walk_ID.sto")
    most = {"ankle": (0.995, 0.05, 0.05), "knee": (0.96, 0.12, 0.22), "hip": (0.96, 0.13, 0.15)}
    for joint in found.joints:
        name, sign = THEIRS[joint.joint]
        theirs = sign * np.interp(body.times(), moments["time"], moments[f"{name.format(joint.side[0])}_moment"])
        loaded = stance(found, joint.side)
        r, share = agreement(np.where(loaded, joint.about_axis, np.nan), theirs)
        least, right, left = most[joint.joint]
        assert r > least, joint.name
        assert share < (right if joint.side == "right" else left), joint.name
        if joint.joint == "knee":
            across = np.einsum("ni,ni->n", joint.moment, body.segments["pelvis"].rotation[:, :, 2])
            r, share = agreement(np.where(loaded, across, np.nan), theirs)
            assert r > 0.975, joint.name
            assert share < (0.10 if joint.side == "right" else 0.16), joint.name
    peaks = {m.name: m.peak for m in found.per_rep if m.rep == (1 if m.name.endswith("left") else 0)}
    for name in ("ankle_plantarflexion_moment_right", "ankle_plantarflexion_moment_left"):
        peak = peaks[name]
        assert peak is not None
        side = name.rsplit("_", 1)[1][0]
        first, last = (1.3, 2.1) if side == "l" else (0.7, 1.8)
        inside = (moments["time"] > first) & (moments["time"] < last)
        top = float(np.max(-moments[f"ankle_angle_{side}_moment"][inside]))
        assert peak.low < top < peak.high


def test_both_ways_are_told_where_both_are_of_size(walk: tuple[Body, ForcesResult, KineticsResult, Path]) -> None:
    """Hips and knees of a walk flex as hard as they extend."""
    found, folder = walk[2], walk[3]
    moments = table(folder / "subject01_walk_ID.sto")
    inside = (moments["time"] > 0.7) & (moments["time"] < 1.8)
    told = {m.name: m.peak for m in found.per_rep if m.rep == 0}
    hip = told["hip_flexion_moment_right"]
    assert hip is not None and told["hip_extension_moment_right"] is not None
    assert hip.holds(float(moments["hip_flexion_r_moment"][inside].max()))
    for name in ("knee_extension_moment_right", "knee_flexion_moment_right", "ankle_dorsiflexion_moment_left"):
        assert told[name] is not None, name


@pytest.mark.slow
def test_intervals_hold_a_walk_that_is_quicker_than_the_low_pass(
    walk: tuple[Body, ForcesResult, KineticsResult, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The measured poses and forces as planted ones, up to 20 Hz: what is told behind 6 Hz must hold their peaks."""
    body, forces, _, _ = walk
    rng = np.random.default_rng(5)
    reps = [RepSpan(0, Span(0.72, 1.8)), RepSpan(1, Span(1.3, 2.1))]
    held: dict[str, list[bool]] = {}
    for _ in range(40):
        masses = other_masses(rng)
        with monkeypatch.context() as patch:
            patch.setattr(leg_moments, "segment_masses", lambda masses=masses: masses)
            true = analyse_kinetics(body, forces, reps, mass_kg=MASS_KG, cutoff_hz=20.0)
        seen, pressed = misplaced(body, forces, rng)
        found = analyse_kinetics(seen, pressed, reps, mass_kg=MASS_KG, cutoff_hz=6.0)
        assert true is not None and found is not None
        planted = {(m.rep, m.name): m.peak.value for m in true.per_rep if m.peak is not None}
        for m in found.per_rep:
            if m.peak is not None and (m.rep, m.name) in planted and m.name.endswith(("right", "left")[m.rep]):
                held.setdefault(m.name.split("_")[0], []).append(m.peak.holds(planted[m.rep, m.name]))
    shares = {joint: float(np.mean(hits)) for joint, hits in held.items()}
    # Measured: 96, 100 and 88 %; hips 72 % before the interval allowed for what the low-pass takes.
    assert shares["hip"] > 0.80, shares
    assert 0.85 < float(np.mean(list(shares.values()))) < 0.97, shares


def test_plug_in_gait_is_met(shared_data: Path) -> None:
    """Another laboratory, person and model: moments that Plug-in Gait wrote into the file, per kg and unsmoothed.

    Its foot has two markers, and the ankle's centre lies almost on the line between them.
    """
    mass_kg = 66.45  # vertical force of the plates over Plug-in Gait's, which is per kg
    recording = legato.read(shared_data / "vendor-c3d" / "PlugInC3D.c3d")
    result = legato.analyze(recording, movement="gait", mass_kg=mass_kg)
    theirs = next(s for s in recording.streams if s.name == "model_moments")
    assert result.kinetics is not None and result.body is not None
    times = theirs.start_s + np.arange(theirs.n_samples) / theirs.rate_hz
    # The left knee bears 21 N·m at most, so 12 N·m of a centre 14 mm away are half of its range, but a tenth of the
    # right one's. Measured otherwise: r 0.995 to 0.999, 2 to 10 %.
    for joint in result.kinetics.joints:
        column = theirs.channels.index(f"{joint.side[0].upper()}{joint.joint.capitalize()}Moment.x")
        smooth = lowpass(mass_kg * theirs.values[:, column], theirs.rate_hz, result.kinetics.cutoff_hz)
        known = np.isfinite(joint.about_axis) & (np.abs(joint.force[:, 2]) > 0.3 * mass_kg * 9.81)
        at = np.interp(result.body.times(), times, smooth)[known]
        known[known] = np.isfinite(at)
        at, mine = at[np.isfinite(at)], joint.about_axis[known]
        assert mine.size > 25, joint.name
        off = float(np.sqrt(np.mean((mine - at) ** 2)))
        weak = (joint.joint, joint.side) == ("knee", "left")
        assert np.corrcoef(mine, at)[0, 1] > (0.88 if weak else 0.98), joint.name
        # Hips by the regression on bones under the skin: 5 and 4 %; without the skin 9 and 8 %.
        assert off < (15.0 if weak else (0.07 if joint.joint == "hip" else 0.12) * np.ptp(at)), joint.name


def test_without_a_mass_nothing_is_told(walk: tuple[Body, ForcesResult, KineticsResult, Path]) -> None:
    body, forces, _, _ = walk
    found = analyse_kinetics(body, forces, (), mass_kg=None, cutoff_hz=6.0)
    assert found is not None
    assert found.joints == ()
    assert found.notes == ("joint moments need the body's mass: give --mass",)


def test_a_moment_still_rising_at_a_repetitions_end_is_no_peak(
    walk: tuple[Body, ForcesResult, KineticsResult, Path],
) -> None:
    body, forces, whole, _ = walk
    peak = next(m for m in whole.per_rep if m.name == "ankle_plantarflexion_moment_right")
    assert peak.time_s is not None
    cut = analyse_kinetics(body, forces, [RepSpan(0, Span(0.9, peak.time_s - 0.05))], mass_kg=MASS_KG, cutoff_hz=6.0)
    assert cut is not None
    told = next(m for m in cut.per_rep if m.name == peak.name)
    assert told.peak is None
    assert told.reason == "still rising where the repetition begins or ends"


def test_each_stance_tells_its_own_stride(shared_data: Path) -> None:
    """A right and a left stride: no number of a stance is a mean over both."""
    folder = shared_data / "walk-inverse-dynamics"
    recording = legato.read(folder / "subject01_walk.trc", folder / "subject01_walk_grf.mot")
    standing = legato.read(folder / "subject01_static.trc")
    record = legato.analyze(recording, "gait", static=standing, mass_kg=MASS_KG).to_dict()
    sides = {rep["index"]: rep["side"] for rep in record["reps"]}
    assert sorted(sides.values()) == ["left", "right"]
    joints = record["power"]["joints"]
    assert {p["phase"] for j in joints for p in j["phases"]} == {
        f"{phase}_{side}" for phase in ("stance", "swing") for side in sides.values()
    }
    for phase in (p for joint in joints for p in joint["phases"]):
        (only,) = phase["per_rep"]
        assert phase["phase"].endswith(sides[only["rep"]])
        assert phase["set"]["generated_j"] == only["generated_j"]
