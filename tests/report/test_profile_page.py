"""The page of a lifter's profile: what it says, with and without a maximum."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from legato.bar.analyse import profile_of_reps
from legato.bar.model import BarRep
from legato.cli import app
from legato.errors import BadInput
from legato.estimate import Estimate
from legato.report.profile_page import ProfileSet, profile_html

LOADS = (40.0, 60.0, 80.0, 100.0)


def sets() -> list[ProfileSet]:
    """Two repetitions at each load, on the line to 120 kg at 0.16 m/s; the second is slower."""
    found: list[ProfileSet] = []
    for k, load in enumerate(LOADS):
        fastest = 1.5 - 1.34 * load / 120.0
        reps = [
            BarRep(k, 0.0, 1.0, mean_velocity=Estimate.symmetric(v, 0.01, "m/s"), load_kg=load)
            for v in (fastest, fastest - 0.1)
        ]
        found.append(ProfileSet(f"set <{k}>.csv", tuple(reps)))
    return found


def test_the_page_tells_the_maximum_and_the_share_of_each_load():
    of = sets()
    found = profile_of_reps([rep for s in of for rep in s.reps], "bench-press")
    page = profile_html("Bench press", found, of, ["a note", "a note"])
    assert re.search(r"<h1>Bench press: predicted maximum 120 [±(].* kg\.</h1>", page)
    assert 'aria-label="Velocity over load"' in page and page.count("A note.") == 1
    # Each share has its interval, as the maximum has.
    cells = r"<td>([\d.]+)</td><td>(\d)</td><td>(\d+) \(\d+ to \d+\)</td><td>([^<]+)"
    rows = re.findall(rf"<tr><th scope=row>(\d+)</th>{cells}", page)
    assert [row[0] for row in rows] == ["40", "60", "80", "100"]
    assert [row[3] for row in rows] == ["33", "50", "67", "83"]
    assert rows[0][1:3] == ("1.053", "2") and rows[0][4] == "set &lt;0&gt;.csv"
    assert "standstill to standstill" not in page and "as the program that listed them has it" in page
    # Of recordings the line goes through the mean velocities, which count from 0.05 m/s on, as the page says.
    # A tenth of each is lost to its slow ends; of a maximal lift more, as it is slower.
    counted = [
        replace(s, reps=tuple(replace(r, from_rest=0.9 * r.mean_velocity.value) for r in s.reps if r.mean_velocity))
        for s in of
    ]
    measured = profile_of_reps([rep for s in counted for rep in s.reps], "bench-press")
    assert measured.points == found.points and measured.v1rm == pytest.approx(found.v1rm + 0.030, abs=0.001)
    page = profile_html("Bench press", measured, counted)
    assert "elocities count from where the bar first rises faster than 0.05 m/s" in page
    assert "taken to move at 0.19 m/s (0.16 m/s from standstill to standstill" in page
    assert "means from standstill to standstill" not in page
    # Nothing is fetched from elsewhere.
    assert "http" not in page.replace("http-equiv", "")


def test_without_a_maximum_the_reason_is_told():
    of = sets()
    found = profile_of_reps([rep for s in of for rep in s.reps], "bench-press")
    page = profile_html("Bench press", replace(found, one_rm=None, reason="the loads span 5 kg only"), of)
    assert "<h1>Bench press: no maximum is told.</h1>" in page and "The loads span 5 kg only." in page
    assert 'class="ci dot"' not in page


def test_the_command_writes_the_page(tmp_path: Path):
    listed = tmp_path / "list.csv"
    rows = "".join(f"{k + 1},{load:g},{1.5 - 1.34 * load / 120.0:.3f}\n" for k, load in enumerate(LOADS))
    listed.write_text(f"rep,load (kg),mean velocity (m/s)\n{rows}", encoding="utf-8")
    asked = ["profile", str(listed), "--movement", "bench-press", "--out"]
    done = CliRunner().invoke(app, [*asked, str(tmp_path / "out")], catch_exceptions=False)
    assert "page: " in done.stdout
    assert "predicted maximum 120" in (tmp_path / "out" / "profile.html").read_text(encoding="utf-8")
    with pytest.raises(BadInput, match="give --out a folder"):
        CliRunner().invoke(app, [*asked, str(listed)], catch_exceptions=False)
