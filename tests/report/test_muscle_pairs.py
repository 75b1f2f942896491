"""Which muscles are compared and why, where each works in the rep, and what a muscle's lane says."""

import dataclasses
import re
from collections.abc import Callable
from typing import Any

from legato.movements import load_movement
from legato.recording import Offset
from legato.report import report_html, summary_lines, to_dict
from legato.report.findings import headline
from legato.report.muscle_pairs import none_compared, pairs_html
from legato.report.muscle_words import judged_lags, lag_sentence, leading_lag, leading_lags, two_phases

from .muscle_records import asked_of, burst, lag, muscle

Make = Callable[..., Any]


def with_muscles(analysis: Any, muscles: Any, lags: Any = (), **changes: Any) -> Any:
    asked = asked_of(analysis.movement.id, tuple(muscles), tuple(lags))
    held = dataclasses.replace(analysis.muscles, muscles=tuple(muscles), lags=tuple(lags), asked=asked)
    return dataclasses.replace(analysis, muscles=held, **changes)


def bare(analysis: Any, movement: str = "push-up") -> Any:
    """The presses without windows, as another movement."""
    chain = dataclasses.replace(analysis.chain, windows=())
    return dataclasses.replace(analysis, chain=chain, movement=load_movement(movement))


def test_every_pair_says_who_asks_for_it_and_what_became_of_it(press: Any):
    shown = pairs_html(press)
    assert "vastus lateralis → pectoralis major</th><td>a window of bench press with leg drive</td>" in shown
    assert "right vastus lateralis → right pectoralis major" in shown
    assert 'leg → latissimus</th><td>usual</td><td class="why">no channel of the latissimus</td>' in shown
    assert none_compared(press) == "" and "No pair of muscles" not in shown


def test_the_page_calls_no_pair_compared_of_which_the_result_holds_no_lag(press: Any):
    shown = pairs_html(with_muscles(press, press.muscles.muscles))
    assert '"why">not compared</td>' in shown
    assert '"why">right vastus lateralis → right pectoralis major' not in shown
    assert '"why">right vastus lateralis → right pectoralis major' in pairs_html(press)


def test_the_json_holds_the_pairs_that_the_page_shows(press: Any):
    first, *others = to_dict(press)["muscle_pairs"]
    assert first == {
        "first": ["vastus_lateralis"],
        "second": ["pectoralis_major"],
        "asked_by": "window",
        "compared": [
            {"from_stream": "emg", "from": "vastus_lateralis_right", "to_stream": "emg", "to": "pectoralis_major_right"}
        ],
        "reason": None,
    }
    lat = next(pair for pair in others if pair["second"] == ["latissimus"])
    assert lat["asked_by"] == "usual" and lat["compared"] == [] and lat["reason"] == "no channel of the latissimus"
    assert to_dict(dataclasses.replace(press, muscles=None))["muscle_pairs"] == []


def test_where_no_pair_is_compared_the_reason_stands_on_page_and_terminal(press: Any):
    one = with_muscles(press, press.muscles.muscles[:1])
    said = none_compared(one)
    assert said.startswith("No pair of muscles is compared: Legato looks for vastus lateralis and pectoralis major,")
    assert said in "\n".join(summary_lines(one))
    assert "No pair of muscles is compared" in report_html(one)
    partial = dataclasses.replace(one, reps=tuple(r.model_copy(update={"complete": False}) for r in one.reps))
    assert none_compared(partial) == (
        "No pair of muscles is compared: there is no whole repetition to compare them in."
    )


def test_a_refused_channel_is_named_as_what_a_pair_lacks(press: Any):
    first, second, *_ = press.muscles.muscles
    refused = dataclasses.replace(second, usable=False, reasons=("dead",))
    assert "pectoralis_major_right: refused" in pairs_html(with_muscles(press, (first, refused)))


def test_muscles_of_work_and_return_are_told_as_that_and_not_as_a_sequence(make_press: Make):
    press = make_press()
    bottoms = [rep.marks["bottom"] for rep in press.reps]
    chest = muscle("pectoralis_major", [b - 0.4 for b in bottoms], 40.0)
    triceps = muscle("triceps_brachii", [b + 0.4 for b in bottoms], 40.0)
    analysis = bare(with_muscles(press, (chest, triceps), (lag(chest, triceps, len(bottoms)),)))
    (only,) = judged_lags(analysis)
    assert two_phases(analysis, only) == ("lower", "press")
    said = lag_sentence(analysis, only)
    assert said.startswith(
        "The chest (right pectoralis major) is centred in the phase “lower”, the right triceps brachii in “press”,"
    )
    assert "800.0 ms later, 90 % interval" in said
    assert said.endswith(
        "one is work, the other the return from it, so the time between them is not told as one effort."
    )
    assert leading_lag(analysis) is None and leading_lags(analysis) == []
    assert '<p class="big">work and return<small>800.0 ms apart, 90 % interval' in report_html(analysis)
    assert "triceps" not in headline(analysis)


def test_a_short_lag_across_a_turning_point_is_one_effort(make_press: Make):
    press = make_press()
    bottoms = [rep.marks["bottom"] for rep in press.reps]
    chest = muscle("pectoralis_major", [b - 0.03 for b in bottoms], 40.0)
    triceps = muscle("triceps_brachii", [b + 0.03 for b in bottoms], 40.0)
    analysis = bare(with_muscles(press, (chest, triceps), (lag(chest, triceps, len(bottoms)),)))
    (only,) = judged_lags(analysis)
    assert two_phases(analysis, only) is None
    assert lag_sentence(analysis, only).startswith("The right triceps brachii is centred 60.0 ms after the chest")


def test_muscles_that_move_the_chain_lead_those_beside_it(make_press: Make):
    press = make_press()
    n = len(press.reps)
    tops = [rep.marks["bottom"] + 0.2 for rep in press.reps]
    chest, triceps, glute, thigh = (
        muscle(name, [t + k * 0.01 for t in tops], 40.0)
        for k, name in enumerate(("pectoralis_major", "triceps_brachii", "gluteus_maximus", "vastus_lateralis"))
    )
    lags = (lag(chest, triceps, n), lag(glute, thigh, n))
    analysis = bare(with_muscles(press, (chest, triceps, glute, thigh), lags), "box-lift")
    assert [one.from_muscle for one in judged_lags(analysis)] == ["gluteus_maximus", "pectoralis_major"]
    leading = leading_lag(analysis)
    assert leading is not None and leading.from_muscle == "gluteus_maximus"


def test_no_symbol_stands_twice_in_the_legend(press: Any):
    chain = dataclasses.replace(
        press.chain, links=tuple(dataclasses.replace(link, event="onset") for link in press.chain.links)
    )
    page = report_html(dataclasses.replace(press, chain=chain))
    legend = re.search(r'<p class="legend">(<span>.*?)</p>', page)
    assert legend is not None
    keys = re.findall(r'class="key ([a-z]+)"', legend[1])
    assert len(keys) == len(set(keys)) > 3
    assert "onset of flexion; burst onset" in legend[1]


def test_a_link_that_is_not_in_the_recording_has_a_line_and_no_lane(press: Any):
    links = tuple(
        dataclasses.replace(
            link,
            name="ankle",
            per_rep=tuple(dataclasses.replace(e, time_s=None, reason="no angle") for e in link.per_rep),
        )
        for link in press.chain.links[:1]
    )
    chain = dataclasses.replace(press.chain, links=(*links, *press.chain.links[1:]))
    page = report_html(dataclasses.replace(press, chain=chain))
    drawn = page[page.index('<div class="timeline"') : page.index('class="readout"')]
    assert "<b>ankle</b>" not in drawn
    assert "No lane for ankle: not resolvable in any rep" in page


def test_a_burst_without_a_centre_is_drawn_and_its_lane_says_so(press: Any):
    first, second, *rest = press.muscles.muscles
    untold = dataclasses.replace(
        burst(0, second.bursts[0].start_s + 0.19, main=False), onset=None, centre=None, peak=None, offset=None,
        reason="its centre cannot be told",
    )  # fmt: skip
    changed = dataclasses.replace(second, bursts=(untold, *second.bursts[1:]))
    page = report_html(with_muscles(press, (first, changed, *rest), press.muscles.lags))
    assert re.search(r'<em [^>]*title="its centre cannot be told">rep 1: burst found, not timed</em>', page)
    assert page.count('<i class="found" style=') == 2, "once in the lane, once in the chart"
    assert '<i class="key found"></i>burst found, but its centre cannot be told' in page
    assert "Hatched: a burst that was found" in page
    assert "Hatched" not in report_html(press)


def test_the_error_of_the_clocks_stands_at_the_lanes_of_muscles(press: Any):
    assert "clock SD" not in report_html(press)
    offsets = (*press.recording.offsets, Offset("emg", 0.0, 0.058, "device delay unknown"))
    page = report_html(dataclasses.replace(press, recording=dataclasses.replace(press.recording, offsets=offsets)))
    assert page.count("right, EMG, clock SD\u00a058\u00a0ms</small>") == 2
    assert "known against the motion to an SD of 58 ms (device delay unknown)" in page


def test_what_100_per_cent_is_stands_above_the_envelopes(press: Any):
    assert "100 % is the muscle&#x27;s largest 0.1 s (RMS) inside the reps" in report_html(press).replace("'", "&#x27;")
    maximal = [
        dataclasses.replace(m, normalisation="maximal voluntary isometric contraction") for m in press.muscles.muscles
    ]
    page = report_html(with_muscles(press, maximal, press.muscles.lags))
    assert "Above 100 % is more than in the reference contraction." in page and "largest 0.1 s" not in page


def test_a_warning_of_several_channels_stands_once(press: Any):
    warned = [
        dataclasses.replace(
            m, warnings=(f"drift below 20 Hz of {k + 1}.0 × the EMG's rms, taken out by the high-pass",)
        )
        for k, m in enumerate(press.muscles.muscles[:2])
    ]
    page = report_html(with_muscles(press, warned))
    assert page.count("drift below 20 Hz") == 1
    assert "vastus_lateralis_right, pectoralis_major_right: drift below 20 Hz of 1.0 to 2.0 × the EMG" in page


def test_the_second_muscle_in_an_earlier_phase_is_told_as_earlier(make_press: Make):
    press = make_press()
    bottoms = [rep.marks["bottom"] for rep in press.reps]
    chest = muscle("pectoralis_major", [b + 0.4 for b in bottoms], 40.0)
    triceps = muscle("triceps_brachii", [b - 0.4 for b in bottoms], 40.0)
    analysis = bare(with_muscles(press, (chest, triceps), (lag(chest, triceps, len(bottoms)),)))
    said = lag_sentence(analysis, judged_lags(analysis)[0])
    assert "in the phase “press”, the right triceps brachii in “lower”, 800.0 ms earlier, 90 % interval" in said
