"""Which columns of a table are one plate's force, point and moment."""

import numpy as np
import pytest

from legato.forces.tables import single_forces, table_plates
from legato.recording import Stream


def table(channels: tuple[str, ...], units: tuple[str, ...] = ()) -> Stream:
    """A column each of its number times 100 N, the third the largest."""
    values = np.tile(100.0 * np.arange(1.0, len(channels) + 1.0), (50, 1))
    return Stream("table", "force", values, 1000.0, channels, units or ("N",) * len(channels))


@pytest.mark.parametrize(
    "channels",
    [
        ("Force X", "Force Y", "Force Z"),
        ("ForceX", "ForceY", "ForceZ"),
        ("GRF_x", "GRF_y", "GRF_z"),
        ("Fx", "Fy", "Fz"),
    ],
)
def test_forces_along_three_axes_are_one_plate(channels: tuple[str, ...]):
    (plate,), notes = table_plates(table(channels))
    assert notes == () and single_forces(table(channels)) == ()
    np.testing.assert_allclose(plate.force[0], (100.0, 200.0, 300.0))
    assert not any("only" in reason for reason in plate.reasons)


def test_moments_in_words_belong_to_their_plate():
    channels = (*(f"Plate 1 Force {a}" for a in "XYZ"), *(f"Plate 1 Moment {a}" for a in "XYZ"))
    (plate,), _ = table_plates(table(channels, ("N",) * 3 + ("N·m",) * 3))
    assert plate.moment is not None
    np.testing.assert_allclose(plate.moment[0], (400.0, 500.0, 600.0))


def test_a_horizontal_force_in_words_is_no_vertical_one():
    (plate,), _ = table_plates(table(("Force AP", "Force ML", "Force Vertical")))
    np.testing.assert_allclose(plate.force[:, 2], 300.0)
    assert table_plates(table(("Horizontal force",))) == ((), ())


def test_a_total_is_a_plate_only_where_nothing_else_is_a_force_and_a_resultant_never():
    (plate,), _ = table_plates(table(("Total force",)))
    np.testing.assert_allclose(plate.force[:, 2], 100.0)
    plates, _ = table_plates(table(("Left", "Right", "Total force")))
    assert [p.force[0, 2] for p in plates] == [100.0, 200.0]
    assert table_plates(table(("Resultant force",)))[0] == ()


@pytest.mark.parametrize(
    ("channel", "unsaid"),
    [("Force", True), ("Load cell", True), ("Left", True), ("Vertical force", False), ("vGRF", False), ("Fz", False)],
)
def test_a_single_force_is_taken_as_vertical_and_where_no_name_says_so_that_is_told(channel: str, unsaid: bool):
    (plate,), _ = table_plates(table((channel,)))
    np.testing.assert_allclose(plate.force[:, 2], 100.0)
    assert any("which way it acts is not said" in reason for reason in plate.reasons) == unsaid
    assert any("only its vertical force was measured" in reason for reason in plate.reasons) != unsaid
