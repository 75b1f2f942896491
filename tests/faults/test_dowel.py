"""The dowel hinge: each contact judged by itself, and what is said where it cannot be."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from legato import Analysis, analyze
from legato.faults import Finding
from legato.faults.assessments import read_sheet, result_file
from legato.faults.assessments.beside import gather
from legato.recording import Recording, Stream
from legato.simulate import clean_athlete, simulate, simulate_scenario

from .sheets import filled, finding, number, result

CONTACTS = ("head", "mid-back", "sacrum")


def made(dowel: str, size: float = 0.0, **settings: object) -> Recording:
    fault = {"fault": "dowel-contact-lost", "fault_size": size} if size else {}
    settings = {"reps": 5, "seed": 3, "rate_hz": 100.0, **settings}
    return simulate("hip-hinge", dowel=dowel, **fault, **settings).recording


def contacts(analysis: Analysis) -> dict[str, Finding]:
    return {f.side: f for f in analysis.findings if f.fault.id == "dowel-contact-lost"}


@cache
def opened(dowel: str, size: float) -> Analysis:
    return analyze(made(dowel, size), "hip-hinge")


def without(recording: Recording, gone: Sequence[str]) -> Recording:
    stream = recording.streams[0]
    keep = [j for j, name in enumerate(stream.channels) if name not in gone]
    names = tuple(stream.channels[j] for j in keep)
    fewer = replace(stream, values=stream.values[:, keep], channels=names, units=("m",) * len(keep))
    return replace(recording, streams=(fewer,))


@pytest.mark.parametrize("dowel", CONTACTS)
def test_the_contact_that_opens_is_the_fault_and_the_others_are_in_order(dowel: str):
    found = contacts(opened(dowel, 20.0))
    assert {name: f.verdict for name, f in found.items()} == {
        name: "fault" if name == dowel else "ok" for name in CONTACTS
    }
    lost = found[dowel]
    assert lost.measured is not None and lost.measured.holds(0.019)
    assert lost.reps == (0, 1, 2, 3, 4)
    assert "first to open in 5 of 5 reps" in lost.why


def test_ten_millimetres_are_not_decided_and_four_are_in_order():
    assert contacts(opened("sacrum", 10.5))["sacrum"].verdict == "not-resolvable"
    assert {f.verdict for f in contacts(opened("sacrum", 4.0)).values()} == {"ok"}


def test_each_repetition_tells_its_share_of_time_in_three_contacts():
    rows = opened("head", 20.0).rep_metrics
    assert len(rows) == 5
    assert all(30.0 < row["dowel_contact"].value < 70.0 and row["dowel_contact"].unit == "%" for row in rows)
    assert all(row["dowel_head_gap"].value > 0.010 > row["dowel_sacrum_gap"].value for row in rows)
    assert all("dowel_head_opens" in row and "dowel_sacrum_opens" not in row for row in rows)


@pytest.mark.slow
@pytest.mark.parametrize("kind", [None, "long-femur", "stiff-ankle", "hypermobile"])
def test_athletes_who_keep_the_dowel_have_no_fault_whatever_their_build(kind: str | None):
    for seed in (31, 32):
        scenario = clean_athlete("hip-hinge", seed, kind, rate_hz=60.0, reps=5, dowel="on")
        found = contacts(analyze(simulate_scenario(scenario).recording, "hip-hinge"))
        assert set(found) == set(CONTACTS)
        assert "fault" not in {f.verdict for f in found.values()}


def test_without_a_dowel_nothing_is_judged_and_what_would_show_it_is_said():
    (only,) = contacts(analyze(made(""), "hip-hinge")).values()
    assert (only.side, only.verdict, only.why) == ("", "not-resolvable", "no markers lie along a dowel")
    assert "two markers or more along a dowel" in only.resolve
    assert "film from the side shows gaps from 20 to 30 mm on only" in only.resolve


def test_a_point_without_a_marker_is_not_judged_and_the_others_are():
    found = contacts(analyze(without(made("sacrum", 20.0), ["T10"]), "hip-hinge"))
    assert {name: f.verdict for name, f in found.items()} == {
        "head": "ok", "mid-back": "not-resolvable", "sacrum": "fault",
    }  # fmt: skip
    assert "a marker on the mid-back (T8 or T10)" in found["mid-back"].why


def test_two_repetitions_are_too_few():
    found = contacts(analyze(made("sacrum", 20.0, reps=2), "hip-hinge"))
    assert {f.verdict for f in found.values()} == {"not-resolvable"}
    assert "2 of at least 3 reps" in found["sacrum"].why


def test_each_line_of_the_checklist_stands_beside_its_own_contact(tmp_path: Path):
    path = tmp_path / "sheet.toml"
    path.write_text(filled("dowel-hinge", (2, 2, 0, 2, 2, 2, 2)), "utf-8")
    verdicts = {"head": "ok", "mid-back": "ok", "sacrum": "fault"}
    rows = [finding("dowel-contact-lost", verdict, side=name) for name, verdict in verdicts.items()]
    seen = result_file(result("hip-hinge", findings=rows), "result.json")
    items = {one.item.point: one for one in gather([read_sheet(path)], [seen])[0].items if one.item.point}
    assert {name: [one.verdict for one in row.measured] for name, row in items.items()} == {
        name: [verdict] for name, verdict in verdicts.items()
    }


def test_a_dowel_that_was_not_measured_is_said_beside_every_contact(tmp_path: Path):
    path = tmp_path / "sheet.toml"
    path.write_text(filled("dowel-hinge", (2, 2, 0, 2, 2, 2, 2)), "utf-8")
    seen = result_file(result("hip-hinge", findings=[finding("dowel-contact-lost", "not-resolvable")]), "result.json")
    items = [one for one in gather([read_sheet(path)], [seen])[0].items if one.item.point]
    assert [[one.verdict for one in row.measured] for row in items] == [["not-resolvable"]] * 3


def test_pads_stand_beside_the_checklist_where_no_markers_do(tmp_path: Path):
    path = tmp_path / "sheet.toml"
    path.write_text(filled("dowel-hinge", (2, 2, 0, 2, 2, 2, 2)), "utf-8")
    pads = {"head": ("ok", 0.0), "mid-back": ("ok", 0.0), "sacrum": ("fault", 0.9)}
    rows = [finding("dowel-contact-lost", "not-resolvable")]
    rows += [finding("dowel-pad-off", v, number(x, 0.02, "s"), side=name) for name, (v, x) in pads.items()]
    seen = result_file(result("hip-hinge", findings=rows), "result.json")
    items = {one.item.point: one for one in gather([read_sheet(path)], [seen])[0].items if one.item.point}
    assert {name: [(one.fault, one.verdict) for one in row.measured] for name, row in items.items()} == {
        name: [("dowel-pad-off", verdict)] for name, (verdict, _) in pads.items()
    }


def test_pads_are_judged_beside_any_recording_that_shows_the_repetitions():
    simulation = simulate("hip-hinge", reps=5, seed=3, rate_hz=100.0)
    t = np.arange(0.0, simulation.motion.duration_s, 0.005)
    # the dowel is laid on at 0.3 s
    load = (t >= 0.3)[:, None] * np.column_stack([2.0 + 0.3 * np.sin(t + k) for k in range(3)])
    for rep in simulation.truth["reps"]:
        load[np.abs(t - 0.5 * (rep["start_s"] + rep["end_s"])) < 0.4, 0] = 0.02
    pads = Stream("pads", "analog", load, 200.0, ("dowel_head", "dowel_back", "dowel_sacrum"), ("V",) * 3)
    streams = (*simulation.recording.streams, pads)
    analysis = analyze(replace(simulation.recording, streams=streams), "hip-hinge")
    found = {f.side: f for f in analysis.findings if f.fault.id == "dowel-pad-off"}
    assert {name: f.verdict for name, f in found.items()} == {"head": "fault", "mid-back": "ok", "sacrum": "ok"}
    measured = found["head"].measured
    assert measured is not None and measured.unit == "s" and measured.holds(0.8)
    assert "first to open in 5 of 5 reps" in found["head"].why
    assert all(row["dowel_pads_contact"].value < 95.0 for row in analysis.rep_metrics)
    assert {f.verdict for f in contacts(analysis).values()} == {"not-resolvable"}
