"""The printed sheet: all that a rater needs, nothing that runs, nothing from elsewhere."""

import re
from html import unescape

import pytest

from legato.faults.assessments import assessment_ids, load_assessment
from legato.faults.assessments.sheet import EYES
from legato.report.checklist_sheet import checklist_html


def words_of(page: str) -> str:
    return " ".join(unescape(re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL)).split())


@pytest.mark.parametrize("name", assessment_ids())
def test_all_that_is_asked_stands_on_the_page(name: str):
    spec = load_assessment(name)
    said = words_of(checklist_html(spec))
    wanted = [spec.name, spec.summary, *spec.instructions, *spec.notes]
    wanted += [text for item in spec.items for text in (item.asks, *item.anchors)]
    wanted += [question.asks for question in spec.questions] + [task.name for task in spec.tasks]
    wanted += [number.name for number in spec.numbers if number.error > 0.0]
    assert [text for text in wanted if " ".join(text.split()).rstrip(".") not in said] == []


def test_what_only_a_recording_tells_has_no_line_to_write_on():
    assert "Share of the energy" not in words_of(checklist_html(load_assessment("generate-transfer-sustain")))


def test_eyes_are_warned_of_where_they_rate():
    assert EYES in words_of(checklist_html(load_assessment("squat")))
    assert EYES not in words_of(checklist_html(load_assessment("mobility-screen")))


@pytest.mark.parametrize("name", assessment_ids())
def test_a_page_is_whole_in_itself(name: str):
    page = checklist_html(load_assessment(name))
    assert not re.search(r"<script|https?://|src=|url\(", page)
    assert page.count("<ul") == page.count("</ul>") and page.count("<div") == page.count("</div>")


def test_every_item_has_a_box_for_each_anchor_and_for_what_was_not_seen():
    spec = load_assessment("dowel-hinge")
    assert checklist_html(spec).count('class="box"') == 4 * len(spec.items)
