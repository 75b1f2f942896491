"""Pulls in a vertical force alone: start, end, pretension, ramps, and refusals in words."""

from typing import Any

import numpy as np
import pytest

from legato import analyze
from legato.errors import BadInput, NotResolvable
from legato.movements.pulls import vertical_force
from legato.recording import InputFile, Recording, Stream


def plate(
    *,
    pulls_s: tuple[float, ...] = (5.0, 15.0),
    rise_s: float = 0.12,
    lean_n: float = 0.0,
    rate_hz: float = 1000.0,
    channels: tuple[str, ...] = ("Fz1",),
) -> Recording:
    """A lifter of 800 N who pulls 1800 N for 4 s at each of the instants."""
    t = np.arange(round(25.0 * rate_hz)) / rate_hz
    force = np.full(t.size, 800.0)
    for at in pulls_s:
        held = np.where(t < at + 4.0, 1.0, np.exp(-np.clip(t - at - 4.0, 0.0, None) / 0.05))
        force += 1800.0 * (1.0 - np.exp(-np.clip(t - at, 0.0, None) / rise_s)) * held
        force += lean_n * np.clip(t - at + 1.0, 0.0, 1.0) * (t < at)
    force += 3.0 * np.random.default_rng(0).standard_normal(t.size)
    stream = Stream("plate", "force", np.column_stack([force / len(channels)] * len(channels)), rate_hz, channels,
                    ("N",) * len(channels))  # fmt: skip
    return Recording(streams=(stream,), inputs=(InputFile("pull.csv", "0" * 64, "csv", ("plate",)),))


@pytest.mark.parametrize("rate_hz", [500.0, 1000.0])
@pytest.mark.parametrize("channels", [("Fz1",), ("Fz1", "Fz2"), ("Left vertical", "Right vertical")])
def test_pulls_are_found_in_force_alone(rate_hz: float, channels: tuple[str, ...]) -> None:
    found = analyze(plate(rate_hz=rate_hz, channels=channels), "imtp")
    assert [rep.complete for rep in found.reps] == [True, True]
    # The low-pass at 20 Hz spreads the onset over some hundredths of a second.
    assert [rep.start_s for rep in found.reps] == pytest.approx([5.0, 15.0], abs=0.02)
    assert [rep.end_s for rep in found.reps] == pytest.approx([9.035, 19.035], abs=0.03)
    assert [phase.name for phase in found.reps[0].phases] == ["pull"]
    assert found.chain is not None
    assert found.chain.gaps == ()
    assert not [note for note in found.notes if "pull" in note]


@pytest.mark.parametrize("channels", [("Force",), ("Left", "Right"), ("Left Force", "Right Force"), ("GRF",)])
def test_forces_of_which_no_name_says_how_they_act_are_taken_as_vertical_and_that_is_told(
    channels: tuple[str, ...],
) -> None:
    found = analyze(plate(channels=channels), "imtp")
    assert [rep.start_s for rep in found.reps] == pytest.approx([5.0, 15.0], abs=0.02)
    assert found.forces is not None
    told = [reason for p in found.forces.plates for reason in p.reasons]
    assert sum("which way it acts is not said, so it was taken as vertical" in reason for reason in told) == len(
        channels
    )


def test_a_single_force_beside_forces_along_axes_is_no_vertical_one() -> None:
    with pytest.raises(BadInput, match="no vertical force in N"):
        analyze(plate(channels=("Fx", "Force")), "imtp")


def test_a_total_beside_its_parts_is_not_counted_twice() -> None:
    alone = vertical_force(plate())[0]
    parts = plate(channels=("Fz1", "Fz2")).streams[0].values
    for third, sum_of in ((parts.sum(axis=1), 1.0), (np.zeros(parts.shape[0]), 1.0), (parts[:, 0], 1.5)):
        values = np.column_stack([parts, third])
        stream = Stream("plate", "force", values, 1000.0, ("Fz1", "Fz2", "Fz"), ("N",) * 3)
        assert vertical_force(Recording(streams=(stream,)))[0] == pytest.approx(sum_of * alone)


def test_a_plate_without_a_value_leaves_the_force_unknown_and_is_told() -> None:
    made = plate(channels=("Fz1", "Fz2"))
    values = made.streams[0].values.copy()
    values[12000:12500, 1] = np.nan
    holed = Recording(streams=(Stream("plate", "force", values, 1000.0, ("Fz1", "Fz2"), ("N", "N")),))
    force = vertical_force(holed)[0]
    assert np.isnan(force[12000:12500]).all()
    found = analyze(holed, "imtp")
    assert any("unknown for 0.50 s" in note for note in found.notes)
    assert [rep.start_s for rep in found.reps if rep.complete] == pytest.approx([5.0, 15.0], abs=0.02)


def test_pretension_and_a_slow_ramp_are_told() -> None:
    assert any("pretension" in note for note in analyze(plate(lean_n=200.0), "imtp").notes)
    notes = analyze(plate(pulls_s=(5.0,), rise_s=1.2), "imtp").notes
    assert any("ramp" in note for note in notes)


def test_a_pull_at_the_very_start_has_no_start() -> None:
    found = analyze(plate(pulls_s=(0.3,)), "imtp")
    assert [(rep.complete, rep.reason) for rep in found.reps] == [(False, "its start is cut off")]


def test_without_force_or_without_a_pull_it_is_refused() -> None:
    emg = Stream("emg", "emg", np.zeros((100, 1)), 1000.0, ("VL",), ("V",))
    with pytest.raises(BadInput, match="no vertical force in N"):
        analyze(Recording(streams=(emg,)), "imtp")
    with pytest.raises(NotResolvable, match="nowhere rises by 200 N"):
        analyze(plate(pulls_s=()), "imtp")


@pytest.mark.parametrize(
    ("kind", "channel", "unit", "why"),
    [
        ("force", "Shear force", "N", "which way Shear force acts is not said"),
        ("table", "column_1", "", "without a heading"),
    ],
)
def test_a_column_that_may_be_the_vertical_force_says_how_to_name_it(
    kind: Any, channel: str, unit: str, why: str
) -> None:
    lone = Stream("table", kind, np.full((3000, 1), 700.0), 1000.0, (channel,), (unit,))
    with pytest.raises(BadInput, match=f"no vertical force in N, as .*{why}.*head it Fz"):
        analyze(Recording(streams=(lone,)), "imtp")
