"""What the report and the terminal say of a bar."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from legato.analysis import Analysis, analyze
from legato.bar import BarRep, BarResult, velocity_loss
from legato.bar.model import Tempo
from legato.bar.tempo import TempoPart, TempoVerdict
from legato.estimate import Estimate
from legato.load import read
from legato.report import headline, report_html, summary_lines
from legato.report.bar import bar_lines
from legato.report.bar_task import loss_notes, loss_sentence, stop_sentence, task_sentences

from .bar_records import bar_alone

LOST_PCT = 35.2
"""The same way in 1.6 s instead of 1 s, counted where it is faster than 0.05 m/s; 37.5 % from rest to rest."""


@pytest.fixture(scope="module")
def unloaded() -> Analysis:
    return bar_alone(None)


def section(analysis: Analysis) -> str:
    """The page's section on the bar."""
    page = report_html(analysis)
    start = page.index('<section id="bar">')
    return page[start : page.index("</section>", start)]


def test_the_headline_is_the_velocity_loss_with_its_interval(unloaded: Analysis):
    first, second = headline(unloaded).split("\n")
    found = re.fullmatch(
        r"5 reps of deadlift measured; velocity fell by ([\d.]+) ± [\d.]+ % from rep 1, the fastest, to rep 5, the"
        r" end of the set\.",
        first,
    )
    assert found is not None
    assert float(found[1]) == pytest.approx(LOST_PCT, abs=1.5)
    assert second.endswith("A bar alone shows no joint, so how the body moved is not judged.")


def losing(velocities: list[float], sd: float) -> BarResult:
    """A set in which 20 % is the loss to stop at."""
    loss = velocity_loss(velocities, [sd] * len(velocities), at_loss_pct=20.0)
    reps = tuple(BarRep(k, float(k), k + 0.5) for k in range(len(velocities)))
    return BarResult("transducer", "t", reps, loss, "", None, "", None)


@pytest.mark.parametrize(
    ("velocities", "sd", "said"),
    [
        ([1.0, 0.95, 0.9, 0.7, 0.65], 0.005, "stop after rep 4, where 20 % is passed (90 % interval rep 4)"),
        ([1.0, 0.95, 0.9, 0.78, 0.6], 0.02, r"stop after rep 4, where 20 % is likely passed .* interval rep 4 to 5\)"),
        (
            [1.0, 0.95, 0.9, 0.81],
            0.02,
            "whether 20 % is passed is not resolvable: the interval of rep 4 reaches beyond",
        ),
        ([1.0, 0.98, 0.97, 0.96], 0.005, "20 % is not passed"),
    ],
)
def test_when_to_stop_is_said_with_the_reps_between_which_it_lies(velocities: list[float], sd: float, said: str):
    loss = losing(velocities, sd).loss
    assert loss is not None
    told = stop_sentence(loss)
    assert told.startswith(said) or re.match(said, told)


def test_velocity_that_was_not_lost_is_no_loss():
    for velocities, said in (([0.8, 0.9, 1.0], "no velocity was lost"), ([1.0, 0.95, 1.0 - 1e-3], "whether velocity")):
        bar = losing(velocities, 0.02)
        assert bar.loss is not None and loss_sentence(bar.loss, bar).startswith(said)


def test_the_largest_loss_within_a_set_stands_beside_that_of_its_end():
    for velocities, said in (
        (
            [0.5, 0.46, 0.405, 0.47, 0.52],
            r"rep 5, .*, is the fastest; the largest loss within the set is 19 ± 2 %, from",
        ),
        (
            [0.5, 0.35, 0.45],
            r"velocity fell by 10 ± .*; the largest loss within the set is 30 ± 2 %, from rep 1 to rep 2$",
        ),
        ([0.5, 0.45, 0.4], r"velocity fell by 20 ± [\d.]+ % from rep 1, the fastest, to rep 3, the end of the set$"),
        (
            [0.5, 0.499, 0.51],
            r"rep 3, .*; whether any rep is slower than one before it is not resolvable: .* rep 1 to rep 2$",
        ),
    ):
        bar = losing(velocities, 0.005)
        assert bar.loss is not None
        told = loss_sentence(bar.loss, bar)
        assert re.match(said, told), told
    # The stop is where the set fell, although a faster one follows.
    early = losing([0.5, 0.46, 0.38, 0.47, 0.52], 0.005).loss
    assert early is not None and stop_sentence(early).startswith("stop after rep 3, where 20 % is passed")


def test_the_answer_to_stop_loss_comes_first():
    asked = bar_alone(None, stop_loss_pct=20.0)
    assert headline(asked).startswith("5 reps of deadlift measured; stop after rep ")
    assert headline(asked).split("\n")[1].startswith("Velocity fell by")
    # Said once: not again in the section and the lines below the headline.
    for below in (section(asked), "\n".join(bar_lines(asked))):
        assert "stop after" not in below.lower() and "velocity fell" not in below.lower()
    page = report_html(asked)
    assert page[page.index("<body>") :].count("Velocity fell by") == 1


def test_why_losses_are_less_than_velocities_differ_and_what_tells_them_is_said():
    unsure, sure = losing([0.89, 0.61, 0.80, 0.67, 0.64], 0.1), losing([1.0, 0.95, 0.9, 0.7], 0.001)
    assert unsure.loss is not None and sure.loss is not None
    # Of what the table shows, 1 − 0.64 / 0.89 = 28 %, the loss leaves out what is taken off the fastest.
    assert unsure.loss.last.value == pytest.approx(100.0 * (1.0 - 0.64 / (0.89 - unsure.loss.taken_off)), abs=1e-9)
    why, *others = loss_notes(unsure.loss, replace(unsure, source="imu"))
    assert f"about {unsure.loss.taken_off:.2f} m/s" in why and unsure.loss.taken_off > 0.02
    assert len(others) == 1 and "a second before and after each rep" in others[0]
    assert len(loss_notes(unsure.loss, unsure)) == 1
    assert loss_notes(sure.loss, replace(sure, source="imu")) == []


def test_propulsive_velocity_that_is_the_mean_is_no_column(unloaded: Analysis):
    shown = section(unloaded)
    assert "Propulsive m/s" not in shown and shown.count("mean propulsive velocity is the mean velocity") == 1
    assert unloaded.bar is not None
    told = unloaded.bar.reps[0]
    braked = replace(told, mean_propulsive_velocity=Estimate.symmetric(0.6, 0.01, "m/s", 0.9))
    bar = replace(unloaded.bar, reps=(braked, *unloaded.bar.reps[1:]))
    assert "Propulsive m/s" in section(replace(unloaded, bar=bar))


def test_a_column_has_the_decimals_of_its_middle_interval(unloaded: Analysis):
    assert unloaded.bar is not None and unloaded.bar.loss is not None
    pairs = ((0.0, 1.0), (11.55, 2.12), (12.42, 2.51), (13.36, 1.96), (15.21, 0.04))
    per_rep = tuple((k, Estimate.symmetric(value, half, "%", 0.9)) for k, (value, half) in enumerate(pairs))
    loss = replace(unloaded.bar.loss, per_rep=per_rep, fastest=0)
    shown = section(replace(unloaded, bar=replace(unloaded.bar, loss=loss)))
    assert "<td>12 ± 2</td>" in shown and "11.55" not in shown


def test_each_loss_of_the_chart_stands_in_the_table(unloaded: Analysis):
    shown = section(unloaded)
    assert "Velocity loss" in shown and shown.count('<i class="column"') == 4
    heads = re.findall(r"<th>([^<]*)</th>", shown)
    cells = re.findall(r"<td>(\S+)", re.findall(r"<tr><th scope=row>5</th>(.*?)</tr>", shown)[0])
    # The fastest, which the others are held against, has neither column nor number.
    first = re.findall(r"<td>([^<]*)", re.findall(r"<tr><th scope=row>1</th>(.*?)</tr>", shown)[0])
    assert first[heads.index("Loss %") - 1] == "—"
    # The row's own head has no cell.
    assert float(cells[heads.index("Loss %") - 1]) == pytest.approx(LOST_PCT, abs=1.5)


def test_loads_give_the_line_of_velocity_over_load_and_its_maximum():
    shown = section(bar_alone())
    assert 'aria-label="Velocity over load"' in shown and "Predicted maximum " in shown
    assert shown.count('class="pt centre" style="left') >= 10
    assert "predicted maximum" in "\n".join(summary_lines(bar_alone()))


def test_the_page_of_a_bar_alone_tells_its_own_rate_and_no_joint(unloaded: Analysis):
    page = report_html(unloaded)
    assert "s, bar at 100 Hz</dd>" in page and 'href="#bar">Skip' in page
    assert "Marker set" not in page and "Velocity of the bar</dt>" in page and "ISB" not in page
    assert "hip" not in page[page.index("<body>") : page.index("<h2>Methods")]


def test_a_real_sensor_has_its_own_rate_on_the_page(shared_data: Path):
    page = report_html(analyze(read(shared_data / "barbell-imu" / "deadlift-farm1.csv"), "deadlift"))
    assert "63.7 s, bar at 57.6 Hz</dd>" in page and "at 100 Hz" not in page


def test_how_a_tempo_was_kept_names_the_repetitions():
    def part(rep: int, name: str, verdict: TempoVerdict, reason: str) -> TempoPart:
        return TempoPart(rep, name, None, (2.5, 3.5), verdict, reason)

    parts = (
        part(0, "eccentric", "ok", ""),
        part(1, "eccentric", "fault", "shorter than asked"),
        part(2, "eccentric", "not-resolvable", "its interval reaches over the band's edge"),
        part(3, "eccentric", "fault", "shorter than asked"),
        part(4, "eccentric", "fault", "longer than asked"),
    )
    lasted = [Estimate.symmetric(0.8 + 0.1 * k, 0.05, "s", 0.9) for k in range(5)]
    reps = tuple(BarRep(k, float(k), k + 0.5, tempo=Tempo(None, None, s, None)) for k, s in enumerate(lasted))
    bar = BarResult("transducer", "t", reps, None, "", None, "", None, tempo=parts, asked_tempo="3-*-X-*")
    assert task_sentences(bar) == [
        "tempo 3-*-X-* asked, each part within 0.5 s",
        "way down kept in 1 of 5 reps; shorter in reps 2 and 4; longer in rep 5; not resolvable in rep 3",
        "way up as fast as possible (X), so no time is judged: it took 0.8 to 1.2 s",
    ]
    paused = (part(0, "bottom", "ok", ""), part(0, "top", "fault", "longer than asked"))
    assert task_sentences(replace(bar, tempo=paused, asked_tempo="*-1-*-0"))[1:] == [
        "pause at the bottom kept in 1 of 1 rep",
        "pause at the top kept in 0 of 1 rep; longer in rep 1",
    ]


def test_a_list_of_repetitions_has_no_rate_and_its_own_loads(tmp_path: Path):
    listed = tmp_path / "list.csv"
    rows = "".join(f"{k + 1},{40 + 20 * k},{1.0 - 0.2 * k:.2f}\n" for k in range(4))
    listed.write_text(f"rep,load (kg),mean velocity (m/s)\n{rows}", encoding="utf-8")
    found = analyze(read(listed), "bench-press")
    page = report_html(found)
    assert "a list of reps, without times</dd>" in page and "0.0 s at" not in page
    assert "<td>40 to 100 kg, from the list</td>" in page
    assert re.match(r"4 reps of .* measured; predicted maximum [\d.]+ ", headline(found))
    assert "none holds two reps or more at one load" in page
