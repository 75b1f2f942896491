"""The report of muscles: the sentence, where a lag lies, what is missing or refused, a table to each chart."""

import dataclasses
import itertools
import re
from collections.abc import Callable
from typing import Any

import pytest

from legato.chain.model import ShareResult, WindowResult
from legato.chain.muscle_windows import MuscleEvidence
from legato.chain.windows import judge_windows
from legato.estimate import Estimate
from legato.report import report_html, summary_lines
from legato.report.findings import headline
from legato.report.lanes import line_up
from legato.report.muscle_refusals import refused_channels
from legato.report.muscle_words import lag_certainty, lag_sentence, leading_lag, share_text, window_of

from .muscle_records import lag, muscle

Make = Callable[..., Any]


def first_lag(analysis: Any) -> Any:
    return analysis.muscles.lags[0]


def section(page: str) -> str:
    return page[page.index('<section id="muscles">') : page.index('<section id="angles">')]


def test_the_sentence_holds_lag_interval_reps_place_and_what_the_band_is(press: Any):
    lag = first_lag(press)
    said = lag_sentence(press, lag)
    low, value, high = (round(1000.0 * x) for x in (lag.mean.low, lag.mean.value, lag.mean.high))
    assert said == (
        f"The chest (right pectoralis major) is centred {value} ms after the quadriceps (right vastus lateralis), "
        f"90 % interval {low} to {high} ms, 12 reps: before the band of 80 to 120 ms; "
        "that band is an untested claim (C01)."
    )
    assert value == pytest.approx(64, abs=3)


@pytest.mark.parametrize(
    ("lag_s", "said"),
    [
        (0.100, "inside the band of 80 to 120 ms"),
        (0.150, ": after the band of 80 to 120 ms"),
        (0.080, "neither clearly inside the band of 80 to 120 ms nor outside"),
    ],
)
def test_the_place_of_a_lag_is_told_as_its_whole_interval_lies(make_press: Make, lag_s: float, said: str):
    analysis = make_press(lag_s=lag_s)
    assert said in lag_sentence(analysis, first_lag(analysis))


def test_an_untested_claim_is_never_a_verdict(make_press: Make):
    for lag_s in (0.02, 0.1, 0.3):
        analysis = make_press(lag_s=lag_s)
        window = window_of(analysis, first_lag(analysis))
        assert window is not None
        assert window.verdict == "not-resolvable"
        shown = section(report_html(analysis))
        assert "untested claim, not judged" in shown
        assert 'pill fault"' not in shown
        assert 'pill ok"' not in shown


def test_a_window_of_a_share_is_told_with_the_muscles_and_not_as_missing(press: Any):
    share = ShareResult((), Estimate(0.85, 0.8, 0.9), 12)
    told = WindowResult(
        "w-ecc", "start", "end", "area", None, "a source", "C", None, "inside", "ok",
        "chest: 85 % (80 to 90, 12 repetitions): the whole interval lies inside the window", 0.99, share,
    )  # fmt: skip
    untold = dataclasses.replace(told, share=None, position="unresolved", verdict="not-resolvable", reason="no chest")
    windows = (*press.chain.windows, told, untold)
    page = report_html(dataclasses.replace(press, chain=dataclasses.replace(press.chain, windows=windows)))
    said = "start → end (grade C): Chest: 85 % (80 to 90, 12 repetitions): the whole interval lies inside the window."
    assert said in section(page) and page.count("85 % (80 to 90, 12 repetitions)") == 1
    assert "not resolvable, no chest" in page and "not resolvable, chest" not in page


def test_too_few_reps_for_the_band_say_how_many_more(make_press: Make):
    analysis = make_press(reps=3)
    said = lag_sentence(analysis, first_lag(analysis))
    assert "not placed against the band of 80 to 120 ms, for which 8 reps are needed, 5 more" in said
    assert "before the band" not in said


def test_a_set_with_many_refused_reps_is_not_placed(make_press: Make):
    refused = [(rep, "motion artefact; fix the cable") for rep in range(5)]
    analysis = make_press(refused=refused)
    said = lag_sentence(analysis, first_lag(analysis))
    assert "is not resolvable: 5 of 12 reps cannot be timed (second muscle: no burst in this repetition)" in said


def test_what_a_surer_lag_would_take_is_said(make_press: Make):
    wide = make_press(spread_s=0.05)
    assert first_lag(wide).mean.half_width > 0.010
    assert any(
        "±10 ms would take about 14 reps that spread like these, 2 more" in p
        for p in lag_certainty(wide, first_lag(wide))
    )
    narrow = make_press(spread_s=0.004)
    assert "known to ±2 ms" in lag_certainty(narrow, first_lag(narrow))
    # SD 0.9 s over 12 reps: 400 of them leave 1.65 · 900 / 20 = 74 ms.
    apart = dataclasses.replace(first_lag(make_press(spread_s=0.9)), reps_for_10_ms=None)
    assert "±10 ms would take more than 400 reps that spread like these" in lag_certainty(narrow, apart)
    shared = dataclasses.replace(first_lag(narrow), mean=first_lag(narrow).mean.widened(0.049), reps_for_10_ms=None)
    assert "±10 ms is out of reach however many reps: ±49 ms are the same in all of them" in lag_certainty(
        narrow, shared
    )
    one = make_press(reps=1)
    assert any("one rep only" in part for part in lag_certainty(one, first_lag(one)))


def test_a_lag_below_zero_is_told_the_other_way_round(make_press: Make):
    analysis = make_press(lag_s=-0.05)
    lag = first_lag(analysis)
    low, high = round(-1000.0 * lag.mean.high), round(-1000.0 * lag.mean.low)
    assert low > 0
    said = lag_sentence(analysis, lag)
    assert re.match(r"The chest \(right pectoralis major\) is centred \d+ ms before the quadriceps", said)
    assert f"interval {low} to {high} ms" in said


def test_an_event_that_tells_the_opposite_stands_in_the_same_sentence(make_press: Make):
    analysis = make_press(lag_s=0.04)
    centre = first_lag(analysis)
    onset = dataclasses.replace(centre, at="onset", primary=False, mean=Estimate(-0.065, -0.100, -0.031, unit="s"))
    open_one = dataclasses.replace(onset, at="peak", mean=Estimate(-0.02, -0.05, 0.01, unit="s"))

    def said(*others: Any) -> str:
        muscles = dataclasses.replace(analysis.muscles, lags=(centre, *others))
        return lag_sentence(dataclasses.replace(analysis, muscles=muscles), centre)

    assert said(onset, open_one).endswith("; yet it starts to fire 65 ms before it (31 to 100 ms).")
    assert "yet" not in said(open_one)
    assert "yet" not in said(dataclasses.replace(onset, mean=Estimate(0.065, 0.031, 0.100, unit="s")))


def test_the_event_of_a_lag_stands_in_its_sentence(make_press: Make):
    analysis = make_press(lag_s=0.1)
    for at, does in (("onset", "starts to fire"), ("peak", "peaks"), ("offset", "stops firing")):
        muscles = dataclasses.replace(first_lag(analysis), at=at)
        assert f"The chest (right pectoralis major) {does} " in lag_sentence(analysis, muscles)


def test_without_a_window_only_the_order_is_in_question(make_press: Make):
    analysis = make_press(lag_s=0.0, spread_s=0.03)
    assert analysis.chain is not None
    bare = dataclasses.replace(analysis, chain=dataclasses.replace(analysis.chain, windows=()))
    assert lag_sentence(bare, first_lag(bare)).endswith("which of them is first is not resolvable.")


def test_muscles_lead_only_where_no_gap_of_the_chain_is_judged(press: Any, make_press: Make, squat: Any):
    assert headline(press).startswith("The chest (right pectoralis major) is centred")
    judged = make_press(judged=True)
    assert leading_lag(judged) is None
    assert not headline(judged).startswith("The chest")
    page = report_html(judged)
    assert page.index("after the quadriceps") < page.index('<section id="chain">')
    assert leading_lag(squat) is None


def test_reps_are_lined_up_at_the_first_muscle_where_muscles_lead(press: Any):
    lanes = line_up(press)
    first = press.muscles.muscles[0]
    assert lanes.references == {b.rep: b.centre.value for b in first.bursts}
    assert lanes.aligned == "burst centre of the right vastus lateralis"
    assert lanes.primary is None


def test_every_muscle_has_a_lane_with_marks_and_the_window_as_a_band(press: Any):
    page = report_html(press)
    chain = page[page.index('<section id="chain">') : page.index('<section id="muscles">')]
    for one in press.muscles.usable:
        assert f"<b>{one.name}</b>" in chain
    assert chain.count('class="mk centre"') == 24
    assert chain.count('class="band row"') == 12
    assert "80 to 120 ms after the quadriceps (right vastus lateralis), an untested claim" in chain
    assert re.search(
        r'aria-label="rep 1: pectoralis major, right, burst centre at [\d.]+ s, \d+ ms \(\d+ to \d+ ms\)"', chain
    )


def test_two_windows_of_one_muscle_have_their_own_part_of_each_row_and_their_own_symbol(press: Any):
    thigh, chest, *rest = press.muscles.muscles
    glute = dataclasses.replace(muscle("gluteus_maximus", [b.centre.value + 0.02 for b in thigh.bursts], 40.0))
    held = (thigh, chest, glute, *rest)
    lags = (*press.muscles.lags, lag(glute, chest, 12))
    muscles = dataclasses.replace(press.muscles, muscles=held, lags=lags)
    windows = judge_windows(press.movement.windows, (), MuscleEvidence(muscles, (), press.reps, {}, 0.9))
    chain = dataclasses.replace(press.chain, windows=windows)
    page = report_html(dataclasses.replace(press, muscles=muscles, chain=chain))
    rows = re.findall(r'class="band row( other)?" style="[^"]*top:([\d.]+)px;height:([\d.]+)px"', page)
    assert len(rows) == 24 and sum(bool(other) for other, _, _ in rows) == 12
    spans = sorted((float(top), float(top) + float(height)) for _, top, height in rows)
    # Rounded to a tenth of a pixel.
    assert all(one[1] <= two[0] + 0.11 for one, two in itertools.pairwise(spans)), "bands lie over each other"
    assert '<i class="key box"></i>80 to 120 ms after the quadriceps' in page
    assert '<i class="key other"></i>80 to 120 ms after the right gluteus maximus' in page


def test_a_refused_rep_is_shown_as_such_in_its_lane(make_press: Make):
    page = report_html(make_press(refused=[(2, "motion artefact; fix the cable")]))
    assert re.search(r'<em class="refused tiny"[^>]*title="motion artefact; fix the cable">✕ rep 3: refused</em>', page)


def test_bursts_that_lags_are_not_told_from_are_marked_as_others(press: Any):
    first, *rest = press.muscles.muscles
    doubled = dataclasses.replace(first, bursts=tuple(dataclasses.replace(b, main=False) for b in first.bursts))
    muscles = dataclasses.replace(press.muscles, muscles=(doubled, *rest))
    press_without = dataclasses.replace(press, muscles=muscles)
    page = report_html(press_without)
    # No first muscle to line up by: the reps that the chain lines up are shown, one burst in each.
    assert page.count('class="mk centre side"') == len(line_up(press_without).references) > 0


def test_every_chart_of_a_muscle_has_its_bursts_in_a_table_with_unit_and_interval(press: Any):
    shown = section(report_html(press))
    assert shown.count("<figure>") == 2 == shown.count("<summary>Table: 12 bursts</summary>")
    assert "% of the peak of the task" in shown
    assert "104 ± 9 %" in shown
    assert shown.count('class="pt onset"') == shown.count('class="pt offset"') == 24


def test_one_rep_shows_the_whole_recording(make_press: Make):
    shown = section(report_html(make_press(reps=1)))
    assert "EMG envelope, the whole recording" in shown
    assert 'class="rep"' in shown
    assert "Time from the recording&#x27;s start" in shown


def test_the_lag_card_holds_dots_mean_band_and_probability(press: Any):
    shown = section(report_html(press))
    assert shown.count('title="rep 12: ') >= 1
    assert "Probability that the mean lag lies inside: below 1 %" in shown
    assert '<i class="band" style' in shown
    assert "At onset, peak and by the envelopes" in shown
    assert "Table: lag in each rep" in shown


@pytest.mark.parametrize(("share", "said"), [(0.0, "below 1 %"), (0.42, "42 %"), (0.999, "above 99 %")])
def test_no_probability_claims_to_be_certain(share: float, said: str):
    assert share_text(share) == said


def test_refused_channels_are_told_with_reason_and_remedy_once(press: Any):
    said = refused_channels(press.muscles.muscles)
    assert said == ["EMG07, EMG08: dead: every sample is 0; the sensor was off or not connected."]
    shown = section(report_html(press))
    assert shown.count("every sample is 0") == 1
    assert "4 channels, 2 refused" in report_html(press)


def test_a_terminal_counts_channels_that_it_does_not_name(press: Any):
    many = tuple(dataclasses.replace(press.muscles.muscles[2], channel=f"E{k}") for k in range(9))
    analysis = dataclasses.replace(press, muscles=dataclasses.replace(press.muscles, muscles=many, lags=()))
    lines = summary_lines(analysis)
    assert any("Refused: E0, E1, E2 and 6 more: dead" in line for line in lines)
    assert "E8" in " ".join(refused_channels(many))


def test_the_terminal_says_the_lag_once(press: Any, make_press: Make):
    for analysis in (press, make_press(judged=True)):
        assert sum("ms after the quadriceps" in line for line in summary_lines(analysis)) == 1


def test_a_lag_that_was_not_timed_says_why(make_press: Make):
    analysis = make_press(refused=[(rep, "clipped; lower the gain") for rep in range(12)])
    said = lag_sentence(analysis, first_lag(analysis))
    assert said.startswith("How much later the chest (right pectoralis major) fires than the quadriceps")
    assert "not resolvable: second muscle: no burst in this repetition" in said
    shown = section(report_html(analysis))
    assert "All reps: Second muscle: no burst in this repetition." in shown


def test_a_recording_without_emg_has_no_section_on_muscles(squat: Any):
    page = report_html(squat)
    assert 'id="muscles"' not in page
    assert 'href="#muscles"' not in page
    assert "Muscles" not in summary_lines(squat)


def test_emg_in_which_nothing_can_be_used_says_so(press: Any):
    dead = tuple(m for m in press.muscles.muscles if not m.usable)
    page = report_html(dataclasses.replace(press, muscles=dataclasses.replace(press.muscles, muscles=dead, lags=())))
    assert "No muscle that can be used fires in this recording." in section(page)
    assert "Channels refused" in section(page)


def test_a_long_recording_of_many_muscles_stays_small(make_press: Make):
    analysis = make_press(reps=40)
    first = analysis.muscles.muscles[0]
    many = tuple(dataclasses.replace(first, channel=f"c{k}") for k in range(16))
    analysis = dataclasses.replace(analysis, muscles=dataclasses.replace(analysis.muscles, muscles=many, lags=()))
    bare = dataclasses.replace(analysis, muscles=None)
    # 16 muscles in 40 reps: a quarter of what a mail server takes, and mostly the tables of 640 bursts.
    assert len(report_html(analysis).encode()) - len(report_html(bare).encode()) < 2_500_000


def test_names_of_channels_are_never_markup(press: Any):
    nasty = "<img src=x onerror=alert(1)>"
    named = tuple(dataclasses.replace(m, channel=nasty, name=nasty, reasons=(nasty,)) for m in press.muscles.muscles)
    page = report_html(dataclasses.replace(press, muscles=dataclasses.replace(press.muscles, muscles=named)))
    assert "<img" not in page


def test_a_wide_interval_stays_inside_its_chart(press: Any):
    first, *rest = press.muscles.muscles
    vague = tuple(dataclasses.replace(b, onset=Estimate.symmetric(b.onset.value, 5.0, "s")) for b in first.bursts)
    muscles = dataclasses.replace(press.muscles, muscles=(dataclasses.replace(first, bursts=vague), *rest))
    page = report_html(dataclasses.replace(press, muscles=muscles))
    for left, width in re.findall(r'class="ci[^"]*" style="left:([-\d.]+)%;width:([-\d.]+)%', page):
        assert float(left) >= 0.0
        assert float(left) + float(width) <= 100.02
