"""Reports of real EMG: what heads the page, and that no lane of a muscle is without a word."""

import re
from pathlib import Path
from typing import Any

import pytest

import legato
from legato.report import report_html
from legato.report.findings import headline


def lanes_of(page: str) -> dict[str, str]:
    """What is drawn beside each muscle, by its name."""
    drawn = page[page.index('<div class="timeline"') : page.index('class="readout"')]
    found = re.findall(r'<div class="who emg"><b>([^<]+)</b>(.*?)(?=<div class="lane|$)', drawn, flags=re.DOTALL)
    return dict(found)


@pytest.fixture(scope="module")
def box_lift(shared_data: Path) -> Any:
    return legato.analyze(legato.read(shared_data / "box-lift" / "box-lift.c3d"), "box-lift")


def test_every_muscle_of_the_box_lift_says_what_it_did(box_lift: Any):
    page = report_html(box_lift)
    lanes = lanes_of(page)
    assert len(lanes) == 13
    for name, drawn in lanes.items():
        assert "<button" in drawn or "burst found, not timed" in drawn or "✕" in drawn, name
    assert "<b>knee</b>" not in page and "<b>hip</b>" not in page
    assert "No lane for knee, hip" in page
    # The file names no device delay: 58 ms is the SD that an unknown one has.
    assert "known against the motion to an SD of 58 ms (device delay unknown)" in page


def test_chest_and_triceps_of_the_box_lift_are_no_sequence(box_lift: Any):
    page = report_html(box_lift)
    assert "triceps" not in page[: page.index('<section id="chain">')].lower()
    assert "is centred in the phase “pull”, the triceps brachii in “lower”" in page


@pytest.mark.parametrize(
    ("file", "movement", "said"),
    [
        ("squat-emg/squat-emg.csv", "back-squat", ("EMG: 6 of 16 channels", "13.7 s, EMG at 2000 Hz")),
        ("gait-emg/walk-13-muscles.csv", "gait", ("EMG: 13 of 13 channels", "7.6 s, EMG at 1000 Hz")),
    ],
)
def test_files_of_emg_alone_are_headed_by_what_they_hold(
    shared_data: Path, file: str, movement: str, said: tuple[str, str]
):
    analysis = legato.analyze(legato.read(shared_data / file), movement)
    first, second = headline(analysis).split("\n")
    assert first.startswith(said[0]) and first.endswith("no repetition is marked.")
    assert "add-rep" in second
    page = report_html(analysis)
    assert said[1] in page and "100 Hz" not in page


def test_marked_reps_of_arms_and_shoulders_say_why_no_pair_is_compared(shared_data: Path):
    marks = [{"do": "add-rep", "start_s": start, "end_s": start + 3.0} for start in (2.0, 5.2, 8.5)]
    analysis = legato.analyze(
        legato.read(shared_data / "squat-emg" / "squat-emg.csv"),
        "back-squat",
        corrections={"schema": "legato.corrections/1", "correction": marks},
    )
    assert "No pair of muscles is compared" in headline(analysis)
    page = report_html(analysis)
    assert "It holds flexor digitorum superficialis, biceps brachii, middle trapezius" in page
    told = re.findall(r"<li>([^<]*gain: bursts of [^<]*\(used in part\))</li>", page)
    assert len(told) == 1 and told[0].count("EMG0") == 6
    assert "100 % is the muscle" in page
