"""Every repetition and channel of EMG that was refused stands in one visible list, and no line claims otherwise."""

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import legato
from legato.movements.channels import Quality
from legato.recording import Event, InputFile, Recording, Stream
from legato.report import report_html, summary_lines
from legato.report.findings import headline
from legato.report.muscle_refusals import refused_reps
from legato.report.muscle_words import lag_certainty

from .muscle_records import burst

Make = Callable[..., Any]

PAIR = "quadriceps (right vastus lateralis) → chest (right pectoralis major)"
ARTEFACT = "movement artefact: 60 % of the power in the EMG band comes from below it; fix sensor and cable"


def quality(page: str) -> str:
    return page[page.index('<section id="quality"') : page.index('<section id="methods"')]


def with_muscles(analysis: Any, *muscles: Any, lags: Any = None) -> Any:
    held = dataclasses.replace(
        analysis.muscles, muscles=muscles, lags=analysis.muscles.lags if lags is None else tuple(lags)
    )
    return dataclasses.replace(analysis, muscles=held)


def test_a_refused_rep_stands_in_quality_with_muscle_lag_and_reason(make_press: Make):
    press = make_press(refused=[(2, ARTEFACT)])
    shown = quality(report_html(press))
    assert f"Right pectoralis major, rep 3: {ARTEFACT}." in shown
    assert f"Lag {PAIR} at the centre, onset and peak, rep 3: second muscle: no burst" in shown
    assert "Every channel could be used" not in shown and "Nothing was refused" not in shown


def _refused(rep: Any) -> Any:
    return dataclasses.replace(rep, reason=f"right pectoralis major is refused: {ARTEFACT}") if rep.rep == 2 else rep


def test_what_a_refused_muscle_takes_with_it_stands_in_its_line(make_press: Make):
    press = make_press(refused=[(2, ARTEFACT)])
    told = [dataclasses.replace(lag, per_rep=tuple(map(_refused, lag.per_rep))) for lag in press.muscles.lags]
    assert refused_reps(with_muscles(press, *press.muscles.muscles, lags=told)) == [
        f"Right pectoralis major, rep 3; lag {PAIR} at the centre, onset and peak, rep 3: {ARTEFACT}."
    ]


def test_a_burst_that_could_not_be_timed_is_a_refused_rep(press: Any):
    first, second, *rest = press.muscles.muscles
    untold = dataclasses.replace(
        burst(4, second.bursts[4].start_s + 0.19, main=False), onset=None, centre=None, peak=None, offset=None,
        reason="its centre cannot be told from this recording",
    )  # fmt: skip
    changed = dataclasses.replace(second, bursts=(*second.bursts[:4], untold, *second.bursts[5:]))
    analysis = with_muscles(press, first, changed, *rest)
    said = "Right pectoralis major, rep 5: burst found, not timed: its centre cannot be told from this recording."
    assert refused_reps(analysis) == [said]
    assert said in quality(report_html(analysis))
    assert any(f"Refused: {said}" in line for line in summary_lines(analysis))


def test_a_set_of_emg_alone_lists_its_refused_reps_too(make_press: Make, alone: Make):
    refused = dataclasses.replace(make_press().muscles.muscles[1], refused_reps=((2, ARTEFACT),))
    marked = alone(marked=True)
    marked = with_muscles(marked, marked.muscles.muscles[0], refused)
    assert f"Right pectoralis major, rep 3: {ARTEFACT}." in quality(report_html(marked))
    for one, said in ((True, True), (False, False)):
        fine = dataclasses.replace(alone(marked=one), quality=())
        assert ("Nothing was refused" in quality(report_html(fine))) == said


def test_nothing_was_refused_is_not_said_beside_a_refused_channel_or_an_incomplete_rep(alone: Make):
    analysis = alone(marked=True)
    dead = Quality("emg", "EMG07", False, ("dead: every sample is 0",))
    shown = quality(report_html(dataclasses.replace(analysis, quality=(dead,))))
    assert "EMG07: dead" in shown and "Nothing was refused" not in shown
    cut = (*analysis.reps[:-1], analysis.reps[-1].model_copy(update={"complete": False, "reason": "cut off"}))
    shown = quality(report_html(dataclasses.replace(analysis, reps=cut, quality=())))
    assert "In the whole reps nothing was refused." in shown


def test_crosstalk_is_named_in_head_terminal_and_quality_and_no_rep_is_offered_against_it(make_press: Make):
    press = make_press(spread_s=0.05)
    first, second, *rest = press.muscles.muscles
    assert "2 more" in headline(press)
    shared = (
        dataclasses.replace(first, shared=((second.channel, 0.2),)),
        dataclasses.replace(second, shared=((first.channel, 0.2),)),
    )
    drawn = [dataclasses.replace(lag, drawn_s=0.0042) for lag in press.muscles.lags]
    analysis = with_muscles(press, *shared, *rest, lags=drawn)
    said = "crosstalk makes up to 4 ms of that, which no further rep takes away: move the electrodes"
    assert said in lag_certainty(analysis, drawn[0]) and said in headline(analysis)
    assert "more" not in headline(analysis).split("\n")[1]
    named = "right vastus lateralis with right pectoralis major 20 %"
    page = report_html(analysis)
    head = page[page.index("<h1>") : page.index('<dl class="facts">')]
    assert named in head.replace("\u00a0", " ") and named in quality(page)
    assert any(named in line for line in summary_lines(analysis))
    assert "Crosstalk" not in report_html(press)


def test_crosstalk_of_channels_that_no_lag_is_told_from_stands_in_quality_alone(press: Any):
    first, second, *rest = press.muscles.muscles
    other = dataclasses.replace(first, channel="soleus_right", muscle="soleus", name="soleus", shared=())
    third = dataclasses.replace(other, channel="peroneus", name="peroneus", shared=(("soleus_right", 0.03),))
    analysis = with_muscles(press, first, second, other, third, *rest)
    page = report_html(analysis)
    assert "right peroneus with right soleus 3 %" in quality(page) and page.count("right peroneus with") == 1


def test_a_wrong_gain_stands_at_the_head_and_in_the_terminal(press: Any):
    why = "gain: bursts of {} V rms are more than any surface EMG has; times stand, amplitudes do not"
    first, second, *rest = press.muscles.muscles
    loud = (
        dataclasses.replace(first, reasons=(why.format(11),)),
        dataclasses.replace(second, reasons=(why.format(398),)),
    )
    analysis = with_muscles(press, *loud, *rest)
    said = "Wrong gain or unit in vastus_lateralis_right, pectoralis_major_right: bursts of 11 to 398 V rms are more"
    page = report_html(analysis)
    head = page[page.index("<h1>") : page.index('<dl class="facts">')]
    assert said in head.replace("\u00a0", " ")
    assert any(line.startswith(said) for line in summary_lines(analysis))
    assert "Wrong gain" not in report_html(press)


def two_feet(lost_s: tuple[float, float] = (4.2, 5.0)) -> Recording:
    """Twelve seconds of a walk of a second a stride: glute, and thigh 80 ms later, lost for a while; contacts of both
    feet.
    """
    rng, t = np.random.default_rng(8), np.arange(12000) / 1000.0
    channels: list[Any] = []
    for lag in (0.0, 0.08):
        on = np.abs(np.mod(t - 0.4 - lag, 1.0) - 0.15) < 0.15
        channels.append(1e-4 * on * rng.normal(size=t.size) + 2e-6 * rng.normal(size=t.size))
    channels[1][round(1000 * lost_s[0]) : round(1000 * lost_s[1])] = np.nan
    names = ("gluteus_maximus_right", "vastus_lateralis_right")
    emg = Stream("emg", "emg", np.stack(channels, axis=1), 1000.0, names, ("V", "V"), meta={"clock_start_s": "0.014"})
    events = [
        Event(name, first_s + k + after, foot)
        for foot, first_s, n in (("Right", 1.0, 11), ("Left", 1.5, 10))
        for k in range(n)
        for name, after in (("Foot Strike", 0.0), ("Foot Off", 0.62))
    ]
    return Recording((emg,), events=tuple(events), inputs=(InputFile("walk.csv", "ab" * 32, "table", ("emg",)),))


@pytest.fixture(scope="module")
def walk() -> Any:
    return legato.analyze(two_feet(), "gait")


def test_strides_are_called_strides_and_those_of_either_foot_are_counted_apart(walk: Any):
    lines = summary_lines(walk)
    assert lines[0].endswith("9 strides.") and "9 of 10 strides timed" in lines[1]
    assert any("19 (10 right, 9 left)" in line for line in lines)
    page = report_html(walk)
    muscles = page[page.index('<section id="chain">') : page.index('<section id="quality"')].replace("reps.csv", "")
    called = re.findall(r">[^<]*\b[Rr]ep(?:s|etitions?)?\b[^<]*<", muscles)
    called += re.findall(r'(?:title|aria-label)="[^"]*\brep \d[^"]*"', muscles)
    assert not called, "a stride is called a rep"


def test_strides_of_the_foot_that_muscles_are_not_read_in_are_not_called_unresolvable(walk: Any):
    page = report_html(walk)
    assert "Not shown, as that is not resolvable there" not in page
    bare = dataclasses.replace(walk, muscles=dataclasses.replace(walk.muscles, lags=()))
    page = report_html(bare)
    assert "no burst</em>" not in page
    assert "in 10 strides of the right foot told by the file" in headline(bare)


def test_a_refused_stride_of_a_walk_names_its_muscle(walk: Any):
    shown = quality(report_html(walk))
    assert re.search(r"Right vastus lateralis, stride 7; lag [^<]*, stride 7: 80 % of the samples are missing", shown)
    assert "first muscle" not in shown and "second muscle" not in shown


def test_real_emg_held_at_a_limit_says_its_unit_and_its_gain_at_the_top(shared_data: Path):
    analysis = legato.analyze(legato.read(shared_data / "squat-emg" / "squat-emg.csv"), "back-squat")
    lines = summary_lines(analysis)
    assert lines[2].startswith("Wrong gain or unit in EMG01_FDS_right, EMG02_FDS_left and 4 more: bursts of")
    assert any("held at -3299.9 V, the recorder's limit" in line for line in lines)


def test_a_real_walk_lists_its_refused_stride(shared_data: Path):
    folder = shared_data / "gait-emg"
    analysis = legato.analyze(legato.read(folder / "walk-13-muscles.csv", folder / "walk-cycles.csv"), "gait")
    shown = quality(report_html(analysis))
    assert re.search(r"<li>Biceps femoris, stride 4: movement artefact", shown)
    assert "Every channel could be used" not in shown
