"""Joint angles that OpenSim found, under Legato's names, signs and unit."""

import numpy as np
import pytest

from legato.body import build_body
from legato.errors import BadInput
from legato.recording import FloatArray, Recording, Stream

T = np.linspace(0.0, 4.0, 200)


def recording(columns: dict[str, FloatArray], unit: str = "rad") -> Recording:
    values = np.column_stack(list(columns.values()))
    units = tuple("m" if "_t" in name[-3:] else unit for name in columns)
    return Recording(streams=(Stream("ik", "angles", values, 50.0, tuple(columns), units),))


def test_names_and_signs() -> None:
    wave = 0.4 * np.sin(T)
    body = build_body(
        recording(
            {
                "pelvis_tilt": wave, "pelvis_list": 0.1 * wave, "pelvis_rotation": 0.2 * wave, "pelvis_tx": T,
                "pelvis_ty": 1.0 + wave,
                "pelvis_tz": 0.5 * T, "hip_flexion_r": wave, "knee_angle_l": 1.0 - np.cos(T), "ankle_angle_r": wave,
                "lumbar_extension": wave, "lumbar_rotation": wave, "elbow_flex_l": wave, "subtalar_angle_r": wave,
            }
        )
    )  # fmt: skip
    assert body.source == "angles" and not body.segments
    assert np.allclose(body.angles["hip_flexion_right"], wave)
    assert np.allclose(body.angles["pelvis_tilt"], -wave)
    assert np.allclose(body.angles["lumbar_flexion"], -wave)
    assert np.allclose(body.angles["thorax_pitch"], -2.0 * wave)
    assert np.allclose(body.angles["thorax_pelvis_axial"], wave)
    assert np.allclose(body.angles["knee_flexion_left"], 1.0 - np.cos(T))
    # OpenSim's lab has y up; Legato's has z up.
    assert np.allclose(body.points["pelvis"], np.column_stack((T, -0.5 * T, 1.0 + wave)))
    assert not body.filled["knee_flexion_left"].any()


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("unit", ["rad", "deg"])
def test_a_knee_bends_the_way_it_goes_further(sign: float, unit: str) -> None:
    bend = 1.0 - np.cos(T) - 0.05
    shown = np.degrees(bend) if unit == "deg" else bend
    body = build_body(recording({"knee_angle_r": sign * shown, "knee_angle_l": sign * 0.3 * shown}, unit))
    assert np.allclose(body.angles["knee_flexion_right"], bend)
    assert np.allclose(body.angles["knee_flexion_left"], 0.3 * bend)


def test_paths_of_newer_files_are_understood() -> None:
    body = build_body(recording({"/jointset/walker_knee_r/knee_angle_r/value": 1.0 - np.cos(T)}))
    assert np.allclose(body.angles["knee_flexion_right"], 1.0 - np.cos(T))


def test_unknown_coordinates_are_refused() -> None:
    with pytest.raises(BadInput, match=r"none of the joint angles is known by name \(q1"):
        build_body(recording({"q1": T}))


def test_joints_of_sports2d_are_one_cameras() -> None:
    bend = 1.0 - np.cos(T)
    names = ("Right knee", "left knee", "Right hip", "right ankle", "Right shoulder", "Trunk")
    body = build_body(recording({name: np.degrees(bend) for name in names}, "deg"))
    assert set(body.angles) == {
        "knee_flexion_right",
        "knee_flexion_left",
        "hip_flexion_right",
        "ankle_dorsiflexion_right",
    }
    assert np.allclose(body.angles["hip_flexion_right"], bend)
    # One camera's: no timing is judged, and without its view no angle is given as a number.
    assert body.source == "keypoints"
    assert body.view is None
    assert any("Sports2D" in note for note in body.notes)
