"""The page and the tables of several activities side by side."""

import csv
import re
from typing import Any

from legato.compare import read_result
from legato.compare.across import Trial, across_activities
from legato.report.across_page import across_html
from legato.report.across_tables import carried_csv, table_csv

from ..compare.activity_records import ACTIVITIES, activity, group


def record(*args: Any, **more: Any) -> dict[str, Any]:
    return across_activities([Trial(read_result(r, "r.json"), who, day) for r, who, day in group(*args, **more)])


def test_the_page_asks_no_outside_host_and_escapes_names() -> None:
    pair = [(activity("back-squat", [1.0, 2.0, 3.0], "a"), "a"), (activity("hip-hinge", [1.0, 2.0, 3.0], "b"), "b")]
    pair[0][0]["movement"]["name"] = "Squat <b>"
    page = across_html(across_activities([Trial(read_result(r, f"{n}.json")) for r, n in pair]))
    assert "Squat &lt;b&gt;" in page and "<b>" not in page.replace("<b>Legato</b>", "")
    assert not re.search(r"https?://|<script", page)
    assert "2 activities of one athlete" in page and "one athlete and one day" in page.lower()


def test_what_carries_over_stands_with_its_interval_and_nothing_is_a_score() -> None:
    found = record(1, 12, 2, 0.9, activities=ACTIVITIES)
    page = across_html(found)
    assert page.count("go together</span>") == sum(c["verdict"] == "together" for c in found["carried"])
    share = found["carried"][0]["common"]
    assert f"{share['value']:.2f} ({share['low']:.2f} to {share['high']:.2f})" in page
    assert "Nothing is added up to a score" in page
    assert page.count("<details><summary>athlete") == 24


def test_what_is_not_resolvable_says_what_would_resolve_it() -> None:
    page = across_html(record(5, 5, 1, 0.8))
    assert "Not told: 1 number" in page and "8 are needed" in page


def test_the_tables_hold_every_cell_and_number() -> None:
    found = record(1, 12, 2, 0.9)
    cells = list(csv.DictReader(table_csv(found).splitlines()))
    assert len(cells) == 12 * 2 * 2 and {c["unit"] for c in cells} == {"deg"}
    (carried,) = csv.DictReader(carried_csv(found).splitlines())
    assert carried["activities"] == "back-squat + hip-hinge" and carried["verdict"] == found["carried"][0]["verdict"]
