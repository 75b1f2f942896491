"""What the report and the terminal say of a bar."""

import re
from pathlib import Path

import pytest

from legato.analysis import Analysis, analyze
from legato.bar import BarRep, BarResult, velocity_loss
from legato.load import read
from legato.report import headline, report_html, summary_lines
from legato.report.bar import bar_lines
from legato.report.bar_task import loss_sentence, stop_sentence

from .bar_records import bar_alone


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
    # The same way in 1.6 s instead of 1 s.
    assert float(found[1]) == pytest.approx(37.5, abs=1.5)
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


def test_the_answer_to_stop_loss_comes_first():
    asked = bar_alone(None, stop_loss_pct=20.0)
    assert headline(asked).startswith("5 reps of deadlift measured; stop after rep ")
    shown = section(asked)
    assert shown.index("Stop after rep") < shown.index("Velocity fell by") < shown.index("multiples")
    lines = bar_lines(asked)
    assert lines[0].startswith("stop after rep") and lines[1].startswith("velocity fell by")


def test_each_loss_of_the_chart_stands_in_the_table(unloaded: Analysis):
    shown = section(unloaded)
    assert "Velocity loss" in shown and shown.count('<i class="column"') == 5
    heads = re.findall(r"<th>([^<]*)</th>", shown)
    cells = re.findall(r"<td>(\S+)", re.findall(r"<tr><th scope=row>5</th>(.*?)</tr>", shown)[0])
    # The row's own head has no cell.
    assert float(cells[heads.index("Loss %") - 1]) == pytest.approx(37.5, abs=1.5)


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
