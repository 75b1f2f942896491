"""What the report and the terminal say of a bar."""

import re
from pathlib import Path

import pytest

from legato.analysis import Analysis, analyze
from legato.load import read
from legato.report import headline, report_html, summary_lines

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
    found = re.fullmatch(r"5 reps of deadlift measured; the last one was (\d+) % slower than the fastest\.", first)
    assert found is not None
    # The same way in 1.6 s instead of 1 s.
    assert float(found[1]) == pytest.approx(37.5, abs=1.5)
    assert second.endswith("A bar alone shows no joint, so how the body moved is not judged.")


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
