"""A dowel along the back: its line from two markers or more, and how far behind each contact it lies."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from legato.body import build_body
from legato.body.dowel import CONTACTS, axis_behind
from legato.recording import FloatArray, Recording, Stream
from legato.simulate import Simulation

from .conftest import changed

DOWEL = ("DOWEL_TOP", "DOWEL_MID", "DOWEL_BOTTOM")


@pytest.fixture(scope="module")
def clean(trial: Callable[..., Simulation]) -> Recording:
    return trial("hip-hinge", dowel="on", reps=2, rate_hz=50.0, noise_m=0.0, wobble_m=0.0, heading_deg=40.0).recording


def gaps(recording: Recording, **settings: object) -> dict[str, FloatArray]:
    """The distance of each contact less that at the start, mm."""
    body = build_body(recording, **settings)  # type: ignore[arg-type]
    found = {contact: axis_behind(body, contact) for contact in CONTACTS}
    return {name: 1e3 * (d - d[:20].mean()) for name, d in found.items() if d is not None}


def moved(recording: Recording, change: Callable[[dict[str, FloatArray]], None]) -> Recording:
    """The recording with markers changed by name."""

    def change_stream(stream: Stream) -> Stream:
        by_name = {name: stream.values[:, j].copy() for j, name in enumerate(stream.channels)}
        change(by_name)
        values = np.stack(list(by_name.values()), axis=1)
        return replace(stream, values=values, channels=tuple(by_name), units=("m",) * len(by_name))

    return changed(recording, change_stream)


def axes(markers: dict[str, FloatArray]) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Along the dowel, across to the right, and out of the back, each (n, 3)."""
    along = markers["DOWEL_TOP"] - markers["DOWEL_BOTTOM"]
    along = along / np.linalg.norm(along, axis=1)[:, None]
    right = markers["RSHO"] - markers["LSHO"]
    right = right - (right * along).sum(axis=1)[:, None] * along
    right = right / np.linalg.norm(right, axis=1)[:, None]
    return along, right, np.cross(right, along)


@pytest.mark.parametrize("contact", CONTACTS)
def test_the_contact_that_opens_is_seen_to_open_by_as_much_and_the_others_stay(
    trial: Callable[..., Simulation], contact: str
) -> None:
    made = trial(
        "hip-hinge", fault="dowel-contact-lost", fault_size=15.0, dowel=contact, reps=1, rate_hz=50.0,
        noise_m=0.0, wobble_m=0.0, heading_deg=200.0,
    )  # fmt: skip
    true = made.truth["reps"][0]["quantities"]["dowel_gap"]
    for name, gap in gaps(made.recording).items():
        assert gap.max() == pytest.approx(true if name == contact else 0.0, abs=0.05)
        assert gap.min() == pytest.approx(0.0, abs=0.05)


@pytest.mark.parametrize("shim", [0.0, 5.0, 10.0, 15.0, 20.0])
def test_a_shim_of_known_thickness_is_read_to_a_tenth_of_a_millimetre(clean: Recording, shim: float) -> None:
    def push(markers: dict[str, FloatArray]) -> None:
        behind = axes(markers)[2]
        for name in DOWEL:
            markers[name][100:150] += 1e-3 * shim * behind[100:150]

    for gap in gaps(moved(clean, push)).values():
        assert gap[110:140] == pytest.approx(shim, abs=0.1)
        assert gap[160:] == pytest.approx(0.0, abs=0.1)


def test_a_dowel_that_slides_along_the_back_or_aside_is_no_further_away(clean: Recording) -> None:
    def slide(markers: dict[str, FloatArray]) -> None:
        along, right, _ = axes(markers)
        for name in DOWEL:
            markers[name][100:] += (0.06 * along + 0.03 * right)[100:]

    for gap in gaps(moved(clean, slide)).values():
        assert gap == pytest.approx(0.0, abs=0.3)


def test_a_dowel_that_tips_opens_each_contact_by_where_it_lies(clean: Recording) -> None:
    def tip(markers: dict[str, FloatArray]) -> None:
        behind = axes(markers)[2]
        markers["DOWEL_TOP"] += 0.02 * behind
        markers["DOWEL_MID"] += 0.02 * 0.31 / 0.54 * behind  # in shares of stature from the lower marker

    body, tipped = (build_body(r) for r in (clean, moved(clean, tip)))
    for contact, point in CONTACTS.items():
        low, high = body.points["dowel_bottom"], body.points["dowel_top"]
        along = ((body.points[point] - low) * (high - low)).sum(axis=1) / ((high - low) ** 2).sum(axis=1)
        more = axis_behind(tipped, contact) - axis_behind(body, contact)  # type: ignore[operator]
        assert more == pytest.approx(0.02 * along, abs=3e-4)


def test_markers_beside_the_axis_read_the_same_opening(clean: Recording) -> None:
    def beside(markers: dict[str, FloatArray]) -> None:
        _, right, behind = axes(markers)
        for name in DOWEL:
            markers[name] += 0.015 * right + 0.012 * behind
            markers[name][100:150] += 0.02 * behind[100:150]

    for gap in gaps(moved(clean, beside)).values():
        assert gap[110:140] == pytest.approx(20.0, abs=0.3)


def test_a_marker_that_is_not_seen_leaves_the_line_to_the_others(clean: Recording) -> None:
    def hide(markers: dict[str, FloatArray]) -> None:
        markers["DOWEL_TOP"][80:150] = np.nan
        markers["DOWEL_BOTTOM"][180:200] = np.nan

    for gap in gaps(moved(clean, hide)).values():
        assert np.isfinite(gap).all()
        assert gap == pytest.approx(0.0, abs=0.05)


def test_with_too_few_markers_in_view_the_gap_is_not_known(clean: Recording) -> None:
    def hide(markers: dict[str, FloatArray]) -> None:
        markers["DOWEL_TOP"][80:150] = np.nan
        markers["DOWEL_MID"][80:150] = np.nan
        markers["T10"][180:240] = np.nan

    found = gaps(moved(clean, hide))
    assert np.isnan(found["head"][90:140]).all() and np.isfinite(found["head"][150:]).all()
    assert np.isnan(found["mid-back"][190:230]).all() and np.isfinite(found["sacrum"][190:230]).all()


def test_frames_in_which_a_dowel_bends_are_left_out_and_told(clean: Recording) -> None:
    def bend(markers: dict[str, FloatArray]) -> None:
        behind = axes(markers)[2]
        markers["DOWEL_MID"][100:150] += 0.02 * behind[100:150]

    bent = moved(clean, bend)
    found = gaps(bent)
    assert all(np.isnan(gap[105:145]).all() and np.isfinite(gap[160:]).all() for gap in found.values())
    assert any(note.startswith("dowel: 50 frames left out") for note in build_body(bent).notes)


def test_labels_say_what_lies_on_a_dowel_and_a_map_may_say_so_too(clean: Recording) -> None:
    def rename(markers: dict[str, FloatArray]) -> None:
        for k, name in enumerate(DOWEL):
            markers[f"P{k}"] = markers.pop(name)

    other = moved(clean, rename)
    assert gaps(other) == {}
    mapped = gaps(other, mapping={"clusters": {"dowel": ["P0", "P1", "P2"]}})
    assert mapped.keys() == CONTACTS.keys()
    assert all(gap == pytest.approx(0.0, abs=0.05) for gap in mapped.values())


def test_one_marker_or_two_close_together_tell_no_line(clean: Recording) -> None:
    def alone(markers: dict[str, FloatArray]) -> None:
        del markers["DOWEL_TOP"], markers["DOWEL_MID"]

    def near(markers: dict[str, FloatArray]) -> None:
        del markers["DOWEL_TOP"]
        along, _, _ = axes({**markers, "DOWEL_TOP": markers["DOWEL_MID"]})
        markers["DOWEL_MID"] = markers["DOWEL_BOTTOM"] + 0.2 * along

    for change, said in ((alone, "one marker does not tell its line"), (near, "are not 0.3 m apart")):
        body = build_body(moved(clean, change))
        assert "dowel_top" not in body.points
        assert any(said in note for note in body.notes)


def test_only_contacts_whose_points_were_recorded_are_measured(clean: Recording) -> None:
    def without(markers: dict[str, FloatArray]) -> None:
        del markers["T10"], markers["LBHD"]

    assert set(gaps(moved(clean, without))) == {"sacrum"}
