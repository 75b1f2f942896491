"""What cannot be known about leg moments is refused, and nothing else: through `legato.analyze` on simulated squats."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import legato
from legato.analysis import Analysis
from legato.kinetics.analyse import KineticsResult
from legato.recording import FloatArray, ForcePlate, Recording, Stream
from legato.simulate import simulate
from legato.simulate.plates import with_plates

LEG_NAMES = ("ankle_plantarflexion_moment", "knee_extension_moment", "hip_extension_moment")


@pytest.fixture(scope="module")
def squat() -> Recording:
    """Three repetitions with a plate under each foot, plate 1 under the right one."""
    return with_plates(simulate("back-squat", seed=1, reps=3, rate_hz=100.0)).recording


def told(recording: Recording, mass_kg: float | None = 80.0) -> tuple[Analysis, KineticsResult]:
    result = legato.analyze(recording, movement="back-squat", mass_kg=mass_kg)
    assert result.kinetics is not None
    return result, result.kinetics


def changed(recording: Recording, kind: str, change: Callable[[Stream], Stream]) -> Recording:
    return replace(recording, streams=tuple(change(s) if s.kind == kind else s for s in recording.streams))


def hidden(recording: Recording, ends: tuple[str, ...], side: str, first: int, stop: int) -> Recording:
    """The recording without some markers of a side over some frames."""

    def hide(stream: Stream) -> Stream:
        values = stream.values.copy()
        for end in ends:
            values[first:stop, stream.channels.index(side + end)] = np.nan
        return stream.with_values(values)

    return changed(recording, "markers", hide)


def peaks(found: KineticsResult) -> dict[tuple[int, str], float]:
    return {(m.rep, m.name): m.peak.value for m in found.per_rep if m.peak is not None}


@pytest.fixture(scope="module")
def whole(squat: Recording) -> KineticsResult:
    found = told(squat)[1]
    assert found.notes == ()
    assert set(peaks(found)) == {(r, f"{n}_{s}") for r in range(3) for n in LEG_NAMES for s in ("right", "left")}
    return found


def test_without_mass_the_moments_only_are_missing(squat: Recording) -> None:
    result, found = told(squat, None)
    assert found.joints == () and found.per_rep == ()
    assert found.notes == ("joint moments need the body's mass: give --mass",)
    assert len(result.reps) == 3 and result.forces is not None and len(result.forces.stands) == 2


def test_a_foot_off_the_plates_costs_its_own_leg_only(squat: Recording, whole: KineticsResult) -> None:
    found = told(replace(squat, plates=squat.plates[:1]))[1]
    assert found.notes == ("left leg: its foot is on no plate of its own, so its moments are not known",)
    assert peaks(found) == pytest.approx({k: v for k, v in peaks(whole).items() if k[1].endswith("right")})


def test_a_plate_without_calibration_costs_its_own_leg_only(squat: Recording, whole: KineticsResult) -> None:
    right, left = squat.plates
    result, found = told(replace(squat, plates=(replace(right, plate_type=4), left)))
    assert result.forces is not None
    assert any("without a calibration matrix" in note for note in result.forces.notes)
    assert [note[:9] for note in found.notes] == ["right leg"]
    assert peaks(found) == pytest.approx({k: v for k, v in peaks(whole).items() if k[1].endswith("left")})


def test_vertical_force_alone_tells_no_moment_but_the_load_share(squat: Recording) -> None:
    def vertical(stream: Stream) -> Stream:
        names = ("Right Fz", "Left Fz")
        return replace(stream, values=-stream.values[:, [2, 8]].copy(), channels=names, units=("N", "N"), meta={})

    result, found = told(replace(changed(squat, "force", vertical), plates=()))
    assert found.joints == () and found.per_rep == ()
    assert [note.split(",")[0] for note in found.notes] == [
        "right leg: plate right measured only the vertical force",
        "left leg: plate left measured only the vertical force",
    ]
    assert result.forces is not None and result.forces.load_share is not None


def test_both_feet_on_one_plate_are_not_divided(squat: Recording) -> None:
    """One plate that spans both; what it measures is the sum of the two at its own middle."""
    corners = np.concatenate([plate.corners_m for plate in squat.plates])
    (x0, y0), (x1, y1) = corners[:, :2].min(axis=0), corners[:, :2].max(axis=0)
    wide = replace(squat.plates[0], corners_m=np.array([[x1, y0, 0.0], [x0, y0, 0.0], [x0, y1, 0.0], [x1, y1, 0.0]]))

    def own_axes(plate: ForcePlate) -> FloatArray:
        c = plate.corners_m
        x, y = c[0] + c[3] - c[1] - c[2], c[0] + c[1] - c[2] - c[3]
        x, y = x / np.linalg.norm(x), y / np.linalg.norm(y)
        return np.column_stack((x, y, np.cross(x, y)))

    def summed(stream: Stream) -> Stream:
        total = np.zeros((stream.n_samples, 6))
        for k, plate in enumerate(squat.plates):
            aside = (plate.corners_m.mean(axis=0) - wide.corners_m.mean(axis=0)) @ own_axes(wide)
            force, moment = stream.values[:, 6 * k : 6 * k + 3], stream.values[:, 6 * k + 3 : 6 * k + 6]
            total += np.hstack((force, moment + np.cross(aside, force)))
        return replace(stream, values=total, channels=stream.channels[:6], units=stream.units[:6])

    found = told(replace(changed(squat, "force", summed), plates=(wide,)))[1]
    assert found.joints == ()
    assert found.notes == tuple(
        f"{side} leg: both feet share plate 1, so its moments are not known" for side in ("right", "left")
    )


def test_a_gap_in_the_shank_costs_its_leg_in_that_repetition_only(squat: Recording, whole: KineticsResult) -> None:
    """0.6 s within the first repetition, longer than what is filled."""
    reps = legato.analyze(squat, movement="back-squat").reps
    first = round(reps[0].start_s * 100.0) + 40
    assert first + 60 < reps[0].end_s * 100.0
    found = told(hidden(squat, ("TIB", "TIB2", "ANK", "MED"), "L", first, first + 60))[1]
    lost = {(0, f"{name}_left") for name in LEG_NAMES}
    assert set(peaks(whole)) - set(peaks(found)) == lost
    reasons = {m.reason for m in found.per_rep if m.peak is None}
    assert all(
        r.startswith("not known in") and r.endswith(", beside markers or forces that are missing") for r in reasons
    )
    for key, value in peaks(found).items():
        # The mean shape of the shank is taken from other frames: a tenth of a millimetre, a few tenths of a N·m.
        assert value == pytest.approx(peaks(whole)[key], abs=1.0)
    knee = next(j for j in found.joints if j.name == "knee_extension_moment_left")
    before = next(j for j in whole.joints if j.name == knee.name)
    assert np.isnan(knee.about_axis[first : first + 60]).all()
    assert np.abs(knee.about_axis - before.about_axis)[: first - 20][10:].max() < 2.0


def test_a_gap_in_the_foot_leaves_the_other_leg(squat: Recording, whole: KineticsResult) -> None:
    first = round(legato.analyze(squat, movement="back-squat").reps[1].start_s * 100.0) + 40
    found = told(hidden(squat, ("HEE", "TOE", "MT5"), "R", first, first + 60))[1]
    assert set(peaks(whole)) - set(peaks(found)) == {(1, f"{name}_right") for name in LEG_NAMES}


def test_a_shank_without_markers_costs_its_own_leg_only(squat: Recording, whole: KineticsResult) -> None:
    def drop(stream: Stream) -> Stream:
        keep = [i for i, name in enumerate(stream.channels) if name not in ("RTIB", "RTIB2", "RANK", "RMED")]
        names = tuple(stream.channels[i] for i in keep)
        return replace(stream, values=stream.values[:, keep].copy(), channels=names, units=("m",) * len(names))

    found = told(changed(squat, "markers", drop))[1]
    assert found.notes == ("right leg: no moment of ankle, knee, hip, as the pose of its foot and shank is not known",)
    assert peaks(found) == pytest.approx({k: v for k, v in peaks(whole).items() if k[1].endswith("left")}, rel=1e-6)


def test_a_plate_at_its_limit_tells_no_moment_there(squat: Recording, whole: KineticsResult) -> None:
    """The right plate's vertical channel ends at 95 % of its highest force."""

    def clip(stream: Stream) -> Stream:
        values = stream.values.copy()
        limit = 0.95 * np.abs(values[:, 2]).max()
        values[:, 2] = np.clip(values[:, 2], -limit, limit)
        return stream.with_values(values)

    found = told(changed(squat, "force", clip))[1]
    assert any(m.peak is None for m in found.per_rep if m.name == "knee_extension_moment_right")
    left = {k: v for k, v in peaks(whole).items() if k[1].endswith("left")}
    assert {k: v for k, v in peaks(found).items() if k[1].endswith("left")} == pytest.approx(left)
    for key, value in peaks(found).items():
        assert value == pytest.approx(peaks(whole)[key], abs=5.0)


def test_a_bar_of_unknown_load_does_not_matter_to_the_legs(squat: Recording, whole: KineticsResult) -> None:
    """The bar is seen, its load is not told: legs hang on the ground, and know what the ground bears."""
    without = legato.analyze(squat, movement="back-squat", mass_kg=80.0)
    loaded = legato.analyze(squat, movement="back-squat", mass_kg=80.0, load_kg=60.0)
    assert without.bar is not None and without.kinetics is not None and loaded.kinetics is not None
    assert peaks(without.kinetics) == peaks(loaded.kinetics) == peaks(whole)


def test_the_table_holds_the_six_moments(squat: Recording, tmp_path: Path) -> None:
    result, found = told(squat)
    result.save(tmp_path)
    lines = (tmp_path / "tables" / "joint_moments.csv").read_text(encoding="utf-8").splitlines()
    legs = [f"{name}_{side}" for side in ("right", "left") for name in reversed(LEG_NAMES)]
    assert lines[0].split(",")[:7] == ["time_s", *legs]
    knee = next(j for j in found.joints if j.name == "knee_extension_moment_left")
    row = lines[301].split(",")
    assert float(row[0]) == pytest.approx(3.0, abs=1e-6)
    assert float(row[5]) == pytest.approx(knee.about_axis[300], abs=6e-4)
    assert lines[1].split(",")[1] == ""
