"""A dowel over repetitions: how far each contact opens, when, which first, and how long all three hold."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from legato.body import build_body
from legato.movements import find_reps, load_movement
from legato.movements.dowel import OPEN_M, DowelResult, dowel_of_trial
from legato.recording import FloatArray, Recording
from legato.simulate import Simulation, simulate
from legato.simulate.dowel import axis_behind

CONTACTS = ("head", "mid-back", "sacrum")


@cache
def made(dowel: str, size: float = 0.0, noise_m: float = 0.001, rate_hz: float = 100.0) -> Simulation:
    fault = {"fault": "dowel-contact-lost", "fault_size": size} if size else {}
    return simulate("hip-hinge", dowel=dowel, reps=5, seed=4, noise_m=noise_m, rate_hz=rate_hz, **fault)


def read(recording: Recording) -> DowelResult | None:
    spec, body = load_movement("hip-hinge"), build_body(recording)
    return dowel_of_trial(body, spec, find_reps(body, spec, recording).reps)


def changed(recording: Recording, name: str, change: FloatArray) -> Recording:
    """The recording with so much added to a marker."""
    stream = recording.streams[0]
    values = stream.values.copy()
    values[:, stream.channels.index(name)] += change
    return replace(recording, streams=(replace(stream, values=values), *recording.streams[1:]))


@pytest.mark.slow
@pytest.mark.parametrize("noise_m", [0.0003, 0.001, 0.003])
@pytest.mark.parametrize("size", [5.0, 10.0, 15.0, 20.0])
def test_the_gap_of_each_repetition_is_held_by_its_interval(size: float, noise_m: float) -> None:
    simulation = made("mid-back", size, noise_m, 60.0 if noise_m > 0.001 else 100.0)
    found = read(simulation.recording)
    assert found is not None
    held = [
        row.size.holds(1e-3 * rep["quantities"][f"dowel_gap_{contact.replace('-', '_')}"])
        for contact, rows in found.contacts.items()
        for row, rep in zip(rows, simulation.truth["reps"], strict=True)
        if row.size is not None
    ]
    # 15 gaps of one athlete, whose skin is the same in all: nine in ten hold over athletes
    assert len(held) == 15 and np.mean(held) >= 0.8


def test_time_in_three_contacts_and_the_opening_are_those_of_the_exact_motion() -> None:
    simulation = made("sacrum", 25.0, 0.0003)
    found, motion = read(simulation.recording), simulation.motion
    assert found is not None
    spec, body = load_movement("hip-hinge"), build_body(simulation.recording)
    for rep in find_reps(body, spec, simulation.recording).reps:
        t = np.linspace(rep.start_s, rep.end_s, 2000)
        pose = motion.pose(t)
        lost = axis_behind(pose, motion.athlete, "sacrum") - 0.03 > OPEN_M
        kept, row = found.kept[rep.index], found.contacts["sacrum"][rep.index]
        assert kept.unit == "%" and kept.holds(100.0 * float(1.0 - lost.mean()))
        assert row.opens is not None and row.opens.holds(float(t[np.argmax(lost)] - rep.start_s))
        assert found.first[rep.index] == "sacrum"
        assert found.metrics(rep.index).keys() == {
            "dowel_contact", "dowel_head_gap", "dowel_mid_back_gap", "dowel_sacrum_gap", "dowel_sacrum_opens",
        }  # fmt: skip


def test_a_dowel_that_stays_on_is_in_three_contacts_all_the_time() -> None:
    found = read(made("on").recording)
    assert found is not None
    assert all(kept.value == kept.high == 100.0 for kept in found.kept.values())
    assert found.first == {}
    assert all(row.opens is None for rows in found.contacts.values() for row in rows)


def test_what_two_contacts_do_at_once_has_no_first() -> None:
    simulation = made("on", noise_m=0.0003)
    stream = simulation.recording.streams[0]
    t = np.arange(stream.n_samples) / stream.rate_hz
    away = np.zeros((stream.n_samples, 3))
    body = build_body(simulation.recording)
    ahead = body.segments["thorax"].rotation[:, :, 0]
    for rep in simulation.truth["reps"]:
        away[:] += 0.03 * (np.abs(t - 0.5 * (rep["start_s"] + rep["end_s"])) < 0.4)[:, None] * ahead
    both = changed(changed(changed(simulation.recording, "T10", away), "LBHD", away), "RBHD", away)
    found = read(both)
    assert found is not None and found.first == {}
    assert all(found.contacts[name][1].opens is not None for name in ("head", "mid-back"))
    # 0.8 s of each repetition are lost
    shares = [100.0 * (1.0 - 0.8 / (rep["end_s"] - rep["start_s"])) for rep in simulation.truth["reps"]]
    assert [found.kept[k].value for k in range(5)] == pytest.approx(shares, abs=4.0)


def test_an_opening_shorter_than_a_tenth_of_a_second_is_none() -> None:
    simulation = made("on", noise_m=0.0003)
    stream = simulation.recording.streams[0]
    t = np.arange(stream.n_samples) / stream.rate_hz
    ahead = build_body(simulation.recording).segments["thorax"].rotation[:, :, 0]
    middle = 0.5 * (simulation.truth["reps"][0]["start_s"] + simulation.truth["reps"][0]["end_s"])

    def opened(seconds: float) -> DowelResult:
        away = 0.03 * (np.abs(t - middle) < 0.5 * seconds)[:, None] * ahead
        found = read(changed(simulation.recording, "T10", away))
        assert found is not None
        return found

    assert opened(0.05).contacts["mid-back"][0].opens is None
    assert opened(0.30).contacts["mid-back"][0].opens is not None


def test_a_marker_out_of_sight_refuses_its_repetition_and_widens_the_share() -> None:
    simulation = made("on")
    stream = simulation.recording.streams[0]
    rep = simulation.truth["reps"][2]
    hidden = np.zeros((stream.n_samples, 3))
    first, last = (round(t * stream.rate_hz) for t in (rep["start_s"] + 1.0, rep["start_s"] + 2.0))
    hidden[first:last] = np.nan
    found = read(changed(simulation.recording, "T10", hidden))
    assert found is not None
    row = found.contacts["mid-back"][2]
    assert row.size is None and row.reason.startswith("a marker was not seen for")
    assert found.contacts["sacrum"][2].size is not None
    assert found.contacts["mid-back"][1].size is not None
    kept = found.kept[2]
    assert kept.high == 100.0 and kept.low < 100.0 - 100.0 * 0.9 / (rep["end_s"] - rep["start_s"])


def test_a_dowel_that_did_not_touch_in_standing_is_told_and_not_read() -> None:
    simulation = made("on", noise_m=0.0003)
    stream = simulation.recording.streams[0]
    t = np.arange(stream.n_samples) / stream.rate_hz
    ahead = build_body(simulation.recording).segments["thorax"].rotation[:, :, 0]
    away = np.full((stream.n_samples, 1), 0.025) * ahead
    for rep in simulation.truth["reps"]:
        away[np.abs(t - 0.5 * (rep["start_s"] + rep["end_s"])) < 0.5] = 0.0
    found = read(changed(simulation.recording, "T10", away))
    assert found is not None
    assert all("did not touch there in standing" in row.reason for row in found.contacts["mid-back"])
    assert found.kept == {} and found.first == {}


def test_a_contact_without_its_marker_says_which_and_the_others_are_read() -> None:
    recording = made("head", 20.0).recording
    stream = recording.streams[0]
    keep = [j for j, name in enumerate(stream.channels) if name != "T10"]
    fewer = replace(
        stream,
        values=stream.values[:, keep],
        channels=tuple(stream.channels[j] for j in keep),
        units=("m",) * len(keep),
    )
    found = read(replace(recording, streams=(fewer,)))
    assert found is not None and found.kept == {} and found.first == {}
    assert {row.reason for row in found.contacts["mid-back"]} == {"it takes a marker on the mid-back (T8 or T10)"}
    assert all(row.size is not None and row.size.low > OPEN_M for row in found.contacts["head"])


def test_without_a_dowel_there_is_nothing_to_read() -> None:
    assert read(simulate("hip-hinge", reps=2, rate_hz=50.0).recording) is None
