"""What is planted on the EMG by name comes in the size asked for, and `legato analyze` refuses it or corrects it."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from legato.cli import app
from legato.errors import BadInput
from legato.simulate import settings_with, simulate, with_emg
from legato.simulate.emg_plants import PLANTS

REPS = 4


def channels_after(folder: Path, *plants: str) -> dict[str, Any]:
    """The channels as `legato analyze` tells them of a short recording with these plants, by muscle."""
    planted = [part for plant in plants for part in ("--emg-plant", plant)]
    whole = ["simulate", "bench-press", "--reps", str(REPS), "--rate", "100", "--emg", *planted, "--out", str(folder)]
    app(whole, standalone_mode=False)
    told, report = folder / "result.json", folder / "report"
    asked = ["--movement", "bench-press", "--json", str(told), "--out", str(report)]
    app(["analyze", str(folder / "bench-press.c3d"), *asked], standalone_mode=False)
    found = json.loads(told.read_text(encoding="utf-8"))["muscles"]
    return {one["muscle"]: one for one in found}


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    found = channels_after(tmp_path_factory.mktemp("clean"))
    assert all(one["usable"] and not one["warnings"] for one in found.values())
    return found


def centres(channel: dict[str, Any]) -> dict[int, dict[str, float]]:
    """Centre of the main burst of each repetition, s, with its interval."""
    return {b["rep"]: b["centre"] for b in channel["bursts"] if b["main"] and b["centre"]}


def assert_timed_as(found: dict[str, Any], clean: dict[str, Any], share: float, least: int = REPS) -> None:
    """All channels are usable, and no centre is off that of the clean recording by this share of its half-width."""
    for muscle, one in found.items():
        assert one["usable"], one["reasons"]
        there, before = centres(one), centres(clean[muscle])
        assert len(there) >= least
        for rep, centre in there.items():
            shift = abs(centre["value"] - before[rep]["value"])
            assert shift < share * 0.5 * (centre["high"] - centre["low"]), (muscle, rep, shift)


def says(texts: list[str], word: str) -> bool:
    return any(word in text for text in texts)


def test_hum_is_named_and_taken_out(clean: dict[str, Any], tmp_path: Path) -> None:
    found = channels_after(tmp_path, "hum")
    assert all(says(one["warnings"], "mains hum at 50") for one in found.values())
    # The same EMG lies beneath, so what is left of the hum is all that can move a burst.
    assert_timed_as(found, clean, 0.25)


def test_the_heart_is_named_on_the_chest_and_taken_out(clean: dict[str, Any], tmp_path: Path) -> None:
    found = channels_after(tmp_path, "ecg")
    assert says(found["pectoralis_major"]["warnings"], "heartbeats")
    assert not says(found["vastus_lateralis"]["warnings"], "heartbeats")
    assert_timed_as(found, clean, 0.25)


def test_a_muscle_that_is_mostly_its_neighbour_is_refused_as_crosstalk(tmp_path: Path) -> None:
    found = channels_after(tmp_path, "crosstalk=1")
    assert says(found["vastus_lateralis"]["reasons"], "crosstalk") and not found["vastus_lateralis"]["usable"]
    assert not found["vastus_lateralis"]["bursts"] and not found["vastus_lateralis"]["lags"]
    assert says(found["pectoralis_major"]["warnings"], "crosstalk")


def test_the_repetition_with_a_jerk_of_the_cables_is_refused_alone(clean: dict[str, Any], tmp_path: Path) -> None:
    found = channels_after(tmp_path, "motion")
    for one in found.values():
        assert [rep["rep"] for rep in one["refused_reps"]] == [REPS // 2]
        assert says([rep["reason"] for rep in one["refused_reps"]], "movement artefact")
        assert REPS // 2 not in centres(one)
    assert_timed_as(found, clean, 1.0, least=REPS - 1)


def test_lost_packets_are_bridged_and_too_many_refused(clean: dict[str, Any], tmp_path: Path) -> None:
    few = channels_after(tmp_path / "few", "lost")
    assert all(says(one["warnings"], "samples are lost") for one in few.values())
    # A packet in a burst widens its interval or takes it.
    assert_timed_as(few, clean, 1.0, least=REPS - 1)
    many = channels_after(tmp_path / "many", "lost=0.4")
    assert all(says(one["reasons"], "missing") and not one["bursts"] for one in many.values())


@pytest.mark.parametrize("skew", [3.0, 0.33])
def test_planted_skew_is_found_in_the_bursts(skew: float, tmp_path: Path) -> None:
    found = channels_after(tmp_path, f"skew={skew}")
    truth = json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))["emg"]["channels"]
    for told in truth:
        planted = [b["offset_s"] - 2 * b["centre_s"] + b["onset_s"] for b in told["bursts"]]
        bursts = [b for b in found[told["muscle"]]["bursts"] if b["main"] and b["onset"] and b["offset"]]
        timed = [b["offset"]["value"] - 2 * b["centre"]["value"] + b["onset"]["value"] for b in bursts]
        assert len(timed) >= REPS - 1
        # By how much longer the part after the centre is: short of what is planted, for the feet are under the noise.
        assert np.sign(np.mean(timed)) == np.sign(np.mean(planted)) == np.sign(skew - 1.0)


def test_the_truth_tells_when_what_was_planted_comes() -> None:
    bare = simulate("bench-press", reps=2, rate_hz=50.0)
    told = with_emg(bare, settings_with(["ecg=1e-3", "motion", "lost=0.1"])).truth["emg"]
    assert told["settings"]["heart_v"] == 1e-3 and told["settings"]["motion_v"] == PLANTS["motion"][1]
    assert len(told["beats_s"]) >= 5 and len(told["jerks_s"]) == 1
    second = bare.truth["reps"][1]
    assert second["start_s"] < told["jerks_s"][0] < second["end_s"]
    lost_s = sum(end - start for start, end in told["lost_s"])
    assert lost_s / bare.truth["duration_s"] == pytest.approx(0.1, abs=0.03)
    plain = with_emg(bare, settings_with([])).truth["emg"]
    assert plain["beats_s"] == plain["jerks_s"] == plain["lost_s"] == []


def test_a_skew_keeps_length_and_centre_of_every_burst() -> None:
    bare = simulate("bench-press", reps=2, rate_hz=50.0)
    plain, skewed = (with_emg(bare, settings_with(p)).truth["emg"]["channels"] for p in ([], ["skew=4"]))
    for one, other in zip(plain, skewed, strict=True):
        for a, b in zip(one["bursts"], other["bursts"], strict=True):
            assert b["centre_s"] == pytest.approx(a["centre_s"], abs=1e-9)
            assert b["offset_s"] - b["onset_s"] == pytest.approx(a["offset_s"] - a["onset_s"], abs=1e-9)
            assert b["offset_s"] - b["peak_s"] == pytest.approx(4.0 * (b["peak_s"] - b["onset_s"]), rel=1e-6)


@pytest.mark.parametrize(
    ("plant", "word"),
    [
        ("noise", "hum"), ("hum=", "no number"), ("hum=loud", "V rms"), ("hum=nan", "no number"),
        ("skew=0", "0.1 to 10"), ("lost=0.9", "0 to 0.6"), ("crosstalk=-1", "0 to 1"), ("", "one of"),
    ],
)  # fmt: skip
def test_what_cannot_be_planted_is_refused_with_what_can(plant: str, word: str) -> None:
    with pytest.raises(BadInput, match=word):
        settings_with([plant])
