"""Faults in real sets whose trial names are the only labels: squats and rises from a chair of one person."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest

import legato
from legato.analysis import Analysis
from legato.faults import Finding


@cache
def analysed(folder: Path, trial: str, movement: str, baseline: str = "", left_out: tuple[int, ...] = ()) -> Analysis:
    folder = folder / "squat-asymmetry"
    trc, static = legato.read(folder / f"{trial}.trc"), legato.read(folder / "static1.trc")
    earlier: dict[str, Any] | None = None
    if baseline:
        earlier = without(analysed(folder.parent, baseline, movement).to_dict(), left_out)
    return legato.analyze(trc, movement, static=static, baseline=earlier)


def without(result: dict[str, Any], reps: tuple[int, ...]) -> dict[str, Any]:
    """A result as it would be without some of its repetitions."""
    for finding in result["findings"]:
        finding["per_rep"] = [row for row in finding["per_rep"] if row["rep"] not in reps]
    return result


def faults(analysis: Analysis) -> dict[str, Finding]:
    return {f.fault.id: f for f in analysis.findings if f.verdict == "fault"}


def test_a_squat_that_leans_on_one_side_is_flagged_there_and_nothing_else(shared_data: Path):
    found = faults(analysed(shared_data, "squatsAsym1", "back-squat", "squats1"))
    assert list(found) == ["asymmetry"]
    assert found["asymmetry"].side == "right"
    # The expert's joint angles: peaks of 108 and 92 deg.
    assert found["asymmetry"].measured is not None
    assert found["asymmetry"].measured.holds(16.0)


def test_weak_legs_show_in_the_trunk(shared_data: Path):
    found = faults(analysed(shared_data, "STSweakLegs1", "sit-to-stand", "STS1"))
    assert list(found) == ["excess-lean"]
    assert len(found["excess-lean"].reps) >= 4


@pytest.mark.parametrize(("trial", "movement"), [("squats1", "back-squat"), ("STS1", "sit-to-stand")])
@pytest.mark.parametrize("first", [0, 1])
def test_every_other_repetition_against_the_rest_is_clean(shared_data: Path, trial: str, movement: str, first: int):
    folder = shared_data / "squat-asymmetry"
    reps = analysed(shared_data, trial, movement).reps
    kept, others = (tuple(r.index for r in reps[k::2]) for k in (first, 1 - first))
    corrections = {
        "schema": "legato.corrections/1",
        "correction": [{"do": "delete-rep", "at_s": 0.5 * (r.start_s + r.end_s)} for r in reps if r.index in others],
    }
    found = legato.analyze(
        legato.read(folder / f"{trial}.trc"),
        movement,
        static=legato.read(folder / "static1.trc"),
        baseline=without(analysed(shared_data, trial, movement).to_dict(), kept),
        corrections=corrections,
    )
    assert len(found.reps) == len(kept)
    assert not faults(found)


def test_markers_as_far_apart_as_before_are_taken_to_have_stayed_on(shared_data: Path):
    later = analysed(shared_data, "squatsAsym1", "back-squat", "squats1")
    said = {f.band_source for f in later.findings if f.band_from == "own"}
    apart = "on each segment as far apart as then, to within 7 mm, and are taken to have stayed on"
    assert said and all(apart in one and "of one earlier set" in one for one in said)
