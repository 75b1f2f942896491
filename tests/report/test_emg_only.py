"""The report of a recording that holds EMG alone: it speaks of muscles, and of nothing that it cannot show."""

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from legato.report import report_html, summary_lines
from legato.report.findings import headline
from legato.report.lanes import line_up

from .muscle_records import asked_of

Make = Callable[..., Any]


@pytest.mark.parametrize("movement", ["back-squat", "gait", "sorensen-hold"])
def test_the_headline_is_about_muscles_and_says_how_to_have_them_compared(alone: Make, movement: str):
    first, second = headline(alone(marked=False, movement=movement)).split("\n")
    assert first == "EMG: 2 of 4 channels can be used; no repetition is marked."
    assert second == (
        "EMG alone shows no repetition, so nothing is compared: add the motion file, or mark them by hand: "
        "`legato corrections export result.json --out corrections.toml`, add to it for each [[correction]] with "
        'do = "add-rep", start_s and end_s, and analyse again with --corrections corrections.toml.'
    )


def test_a_lag_in_marked_reps_is_the_headline(alone: Make):
    assert headline(alone(marked=True)).startswith("The chest (right pectoralis major) is centred")


def test_marked_reps_of_which_none_is_whole_are_no_unmarked_recording(alone: Make):
    analysis = alone(marked=True, lags=False)
    cut = tuple(rep.model_copy(update={"complete": False, "reason": "cut off"}) for rep in analysis.reps)
    first, second = headline(dataclasses.replace(analysis, reps=cut)).split("\n")
    assert first.endswith("; of 12 reps marked by hand none is whole.")
    assert second == "So nothing is compared: cut off."
    assert "<dd>0, marked by hand; 12 incomplete</dd>" in report_html(dataclasses.replace(analysis, reps=cut))


def test_the_facts_are_the_rate_of_the_emg_and_who_marked_the_reps(alone: Make):
    page = report_html(alone(marked=True))
    facts = page[page.index('<dl class="facts">') : page.index("</dl>")]
    assert "<dd>33.9 s, EMG at 2000 Hz</dd>" in facts
    assert "<dd>12, marked by hand</dd>" in facts
    assert "<dt>Markers</dt>" not in facts
    assert "<dd>none marked</dd>" in report_html(alone(marked=False))


@pytest.mark.parametrize("marked", [True, False])
def test_nothing_of_motion_stands_on_the_page(alone: Make, marked: bool):
    analysis = alone(marked=marked)
    page = report_html(analysis)
    for heading in ("Replay", "Gaps between links", "Order", "Angles over", "How the joints move together", "Missing"):
        assert f">{heading}" not in page
    assert "100 Hz" not in page and "Marker set" not in page
    assert "hip" not in page[page.index("<h1>") : page.index("</h1>")]
    assert '<a href="#replay">' not in page and '<a href="#angles">' not in page
    assert "the rate rises through 10 %" not in page and "the envelope leaves rest. Centre" in page.replace("\n", " ")
    lines = "\n".join(summary_lines(analysis))
    assert "Gaps (" not in lines and "joints" not in lines


def test_no_empty_heading_stands_on_the_page(alone: Make):
    for marked in (True, False):
        page = report_html(alone(marked=marked))
        for piece in page.split("<h2>")[1:]:
            after = piece.split("</h2>", 1)[1].lstrip()
            assert not after.startswith(("<h2", "</section"))


def test_one_stretch_is_no_rep(alone: Make):
    analysis = alone(marked=False)
    lanes = line_up(analysis)
    assert lanes.whole and lanes.aligned == "recording's start"
    page = report_html(analysis)
    assert "<summary>Table: 12 bursts</summary>" in page and "<th>Burst</th>" in page
    assert 'class="mk centre"' in page and "mk centre side" not in page
    assert "lags are not told from" not in page
    assert "Rep 1 is incomplete" not in page and 'aria-label="rep 1: pectoralis' not in page
    assert "EMG alone shows no repetition, so this is the whole recording" in page


def test_marked_reps_without_a_pair_say_so_at_the_top_and_what_is_looked_for_below(alone: Make):
    analysis = alone(marked=True, lags=False)
    first_muscle = analysis.muscles.muscles[0]
    outside = dataclasses.replace(first_muscle.bursts[-1], rep=None, main=False)
    thigh = dataclasses.replace(first_muscle, bursts=(*first_muscle.bursts, outside))
    held = dataclasses.replace(analysis.muscles, muscles=(thigh,), asked=asked_of(analysis.movement.id, (thigh,), ()))
    analysis = dataclasses.replace(analysis, muscles=held)
    first, second = headline(analysis).split("\n")
    assert first == "EMG: 1 of 1 channel can be used and hold 12 bursts in 12 reps marked by hand."
    assert second.startswith("No pair of muscles is compared, as the recording holds none of the pairs")
    for told in (report_html(analysis), "\n".join(summary_lines(analysis))):
        assert "leg and chest" in told
        assert "It holds vastus lateralis; name a channel that is not known with --map." in told
