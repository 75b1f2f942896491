"""Faults on the page, on the terminal and as a table: each with its number, its band and what would tell its causes."""

import csv
import io
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import legato
from legato.analysis import Analysis
from legato.coaching.situation import Screening
from legato.estimate import Estimate
from legato.faults import Finding, faults_of
from legato.movements import load_movement
from legato.report import report_html, summary_lines
from legato.report.fault_words import (
    band_sentence,
    band_words,
    found_sentence,
    grouped,
    measured_text,
    quantity,
    reason,
    reps_sentence,
)
from legato.report.faults import faults_html
from legato.report.tables import tables

from .fault_records import HINGE, SQUAT, finding, refused
from .test_page import checked


@pytest.fixture
def lopsided() -> Finding:
    return finding(SQUAT["asymmetry"], 17.4, 2.1, (-2.74, 7.26), side="right")


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", " ".join(checked(page).text)).replace("\u00a0", " ")


def test_a_movement_without_faults_has_no_section(squat: Analysis):
    assert faults_html(squat) == ""
    assert 'href="#findings"' not in report_html(squat)
    assert not any("Faults" in line for line in summary_lines(squat))


def test_a_fault_is_named_with_its_number_and_band_at_the_top_of_page_and_terminal(squat: Analysis, lopsided: Finding):
    squat = replace(squat, findings=(lopsided,))
    said = "Found: the right knee bends 17° more than the left (15 to 20); in one earlier set: \u22123 to 7°."
    page = report_html(squat)
    assert said in text_of(page)
    assert page.index("Found: ") < page.index('id="findings"') < page.index("Chain timeline")
    lines = summary_lines(squat)
    # The headline and how sure it is stay first.
    assert lines[2] == said
    assert lines[3].startswith("A drill for it: Single-leg hinge: 2 × 6 a side")
    assert "legato screen" in lines[3]
    assert lines[4] == "Faults looked for: 1 found; see the report."


def test_a_card_tells_number_band_reps_causes_what_is_missing_and_drills(squat: Analysis, lopsided: Finding):
    text = text_of(faults_html(replace(squat, findings=(lopsided,))))
    for expected in (
        "The two sides differ otherwise than is usual for this athlete",
        "more on the right",
        "outside own band",
        "90 % interval 15 to 20°, 3 reps",
        "Each of the 3 measured reps lies outside the band by itself.",
        "The whole interval lies above the band.",
        "Own band: \u22123 to 7° (5 reps of one earlier set).",
        "One side is used less or is weaker : single-leg tasks on each side. Missing: a single-leg set on each side (",
        "Drills that answer it Single-leg hinge: 2 × 6 a side",
    ):
        assert expected in text, expected


def test_where_the_same_markers_decide_their_interval_stands_beside_the_numbers_own(squat: Analysis, lopsided: Finding):
    band = (-3.0, 7.0)
    wide = finding(SQUAT["asymmetry"], 10.0, 4.0, band, band_source="the athlete's own, 5 reps of one earlier set")
    held = replace(wide, by_same_markers=Estimate.symmetric(10.0, 2.0, "deg"))
    told = "the right knee bends 10° more than the left (6 to 14, by the same markers 8 to 12)"
    assert f"Found: {told}; in one earlier set: \u22123 to 7°." in text_of(
        report_html(replace(squat, findings=(held,)))
    )
    assert measured_text(held) == "10° (6 to 14, by the same markers 8 to 12)"
    html = faults_html(replace(squat, findings=(held,)))
    assert "thick bar is the interval by the same markers, the thin one the number's own" in text_of(html)
    thin, thick = (
        re.findall(rf'class="ci {css}" style="left:([0-9.]+)%;width:([0-9.]+)%', html) for css in ("set whole", "set")
    )
    assert "told only where the whole 90 % interval held against it lies beyond the band" in text_of(html)
    (row,) = csv.DictReader(io.StringIO(tables(replace(squat, findings=(held,)))["findings.csv"]))
    ends = [f"{of}{end}" for of in ("", "same_markers_") for end in ("low", "high")]
    assert [float(row[name]) for name in ends] == pytest.approx([6.0, 14.0, 8.0, 12.0])
    assert len(thin) == len(thick) == 1
    assert float(thin[0][1]) == pytest.approx(2.0 * float(thick[0][1]), rel=0.01)
    # Where the whole interval lies beyond the band, one interval in the sentence is enough.
    clear = replace(lopsided, by_same_markers=lopsided.measured)
    assert "same markers" not in found_sentence(clear)


def test_a_stated_band_says_that_it_is_not_the_athletes_own_and_its_grade(squat: Analysis):
    fault = HINGE["knee-dominant-hinge"]
    band = fault.band
    assert band is not None
    found = finding(
        fault, 0.63, 0.05, band.default, band_from="default", band_source=band.source, band_grade=band.grade
    )
    html = faults_html(replace(squat, findings=(found,)))
    assert "Stated default, not the athlete's own: up to 0.5 (half and less is a hinge" in text_of(html)
    assert "grade ENG: a choice, no evidence" in html
    assert 'class="band stated"' in html
    assert found_sentence(found).endswith("0.63 (0.58 to 0.68), stated band up to 0.5")


def test_degrees_of_a_source_are_told_as_elsewhere_on_the_page():
    found = finding(
        SQUAT["stack-lost"], 14.0, 2.0, (None, 10.0), band_from="default", band_source="10 deg from standing"
    )
    assert band_sentence(found) == "Stated default, not the athlete's own: up to 10° (10° from standing)."


def test_only_what_is_missing_is_asked_for(squat: Analysis):
    found = finding(SQUAT["lumbar-drift"], 9.0, 2.0, (-4.0, 4.0), band_from="default")
    asked = "Missing: the load of each repetition"
    assert asked in faults_html(replace(squat, findings=(found,)))
    html = faults_html(replace(squat, findings=(replace(found, asks=()),)))
    assert "A load that grows through the set" in html
    assert "Missing" not in html


@pytest.mark.parametrize(
    ("unit", "value", "half", "band", "told", "edges"),
    [
        ("s", 0.142, 0.05, (0.0, None), "142 ms (92 to 192)", "from 0 ms up"),
        ("m", 0.024, 0.004, (None, 0.01), "24 mm (20 to 28)", "up to 10 mm"),
        ("%", 62.0, 8.0, (80.0, None), "62 % (54 to 70)", "from 80 % up"),
        ("1", 2.31, 0.2, (None, 2.0), "2.3 (2.1 to 2.5)", "up to 2"),
        ("deg", 17.4, 2.1, (-2.74, 7.26), "17° (15 to 20)", "\u22122.74 to 7.26°"),
    ],
)
def test_numbers_and_bands_are_told_in_the_units_of_the_page(
    unit: Any, value: float, half: float, band: Any, told: str, edges: str
):
    found = finding(SQUAT["asymmetry"].model_copy(update={"unit": unit}), value, half, band, band_from="default")
    assert measured_text(found) == told
    assert band_words(found) == edges
    assert reason(found) == "the whole interval lies above the band"


def test_an_interval_and_the_edge_that_it_lies_beyond_never_read_alike():
    found = finding(SQUAT["asymmetry"], 9.5, 2.1, (None, 7.31))
    assert (measured_text(found), band_words(found)) == ("9.5° (7.4 to 11.6)", "up to 7.3°")


def test_a_lead_is_told_as_the_gaps_are():
    fault = HINGE["delayed-hip"]
    found = finding(fault, 0.09, 0.02, (None, 0.031))
    assert quantity(found) == "knee → hip, onset of flexion"
    assert found_sentence(found) == (
        "The hips start later after the knees than is usual for this athlete: knee → hip, onset of flexion "
        "90 ms (70 to 110), own band up to 31 ms from one earlier set"
    )


def test_which_reps_lie_outside_is_told_only_where_each_has_the_number_that_is_judged(lopsided: Finding):
    assert reps_sentence(replace(lopsided, reps=(1,))) == "Of 3 measured reps, rep 2 lies outside the band by itself."
    assert reps_sentence(replace(lopsided, reps=(0, 2))).endswith("by themselves: 1 and 3.")
    assert reps_sentence(replace(lopsided, reps=())) == "No single rep is surely outside the band; the set is."
    drift = finding(SQUAT["lumbar-drift"], 9.0, 2.0, (-4.0, 4.0))
    assert reps_sentence(drift) == ""


def test_a_time_of_seconds_is_told_in_seconds_with_its_band(squat: Analysis):
    (tempo,) = (fault for fault in faults_of(load_movement("step-up")) if fault.id == "tempo-off")
    slow = finding(tempo, 2.6, 0.1, (1.4, 1.9))
    assert measured_text(slow) == "2.60 s (2.50 to 2.70)" and band_words(slow) == "1.40 to 1.90 s"
    assert "2.6 s (2.5 to 2.7)" in slow.why and "1.4 to 1.9 s" in slow.why
    assert reason(slow) == "the whole interval lies above the band"
    quick = finding(tempo, 1.6, 0.1, (0.9, 1.2))
    assert measured_text(quick) == "1600 ms (1500 to 1700)" and band_words(quick) == "900 to 1200 ms"


def test_a_number_of_exactly_zero_is_drawn_in_the_unit_of_its_band(squat: Analysis):
    none, hardly = (
        faults_html(replace(squat, findings=(finding(HINGE["delayed-hip"], value, 0.01, (0.02, None)),)))
        for value in (0.0, 1e-12)
    )
    shades = [re.findall(r'style="left:[-0-9.]+%[^"]*"', card) for card in (none, hardly)]
    assert shades[0] == shades[1] != []


def test_a_fault_made_of_others_has_a_card_without_a_number(squat: Analysis):
    whole = SQUAT["asymmetry"].model_copy(update={"measure": None, "band": None, "all_of": ("knee-in",)})
    found = replace(refused(whole, "all of its parts are there (knee-in: fault)"), verdict="fault", refused=False)
    html = faults_html(replace(squat, findings=(found,)))
    assert "✕</span> found</span>" in html
    assert "All of its parts are there" in html
    assert 'class="big"' not in html
    assert found_sentence(found) == "The two sides differ otherwise than is usual for this athlete"


def test_a_drift_is_drawn_without_the_numbers_that_it_was_made_from(squat: Analysis, lopsided: Finding):
    drift = finding(SQUAT["lumbar-drift"], 9.0, 2.0, (-4.0, 4.0))
    assert faults_html(replace(squat, findings=(drift,))).count('class="pt dot"') == 0
    (uneven,) = (fault for fault in faults_of(load_movement("bench-press")) if fault.id == "foot-force-off")
    spread = finding(uneven, 14.0, 2.0, (None, 10.0))
    assert faults_html(replace(squat, findings=(spread,))).count('class="pt dot"') == 3
    assert faults_html(replace(squat, findings=(lopsided,))).count('class="pt dot"') == 3


def test_what_would_resolve_several_is_told_once(squat: Analysis):
    needs_own = "analyse an earlier set of at least 3 good reps and give it with --baseline"
    found = tuple(
        finding(SQUAT[name], 20.0, 2.0, None, "not-resolvable", resolve=needs_own, reps=(), band_from="")
        for name in ("asymmetry", "neutral-lost", "excess-lean")
    )
    text = text_of(faults_html(replace(squat, findings=found)))
    assert text.count("--baseline") == 1
    assert "There is no band yet. Analyse an earlier set" in text
    assert "change of the spine from standing 20° (18 to 22); " in text


def test_a_reason_that_several_share_is_told_once():
    cannot = "keypoints of one camera cannot show it"
    found = [refused(SQUAT[name], cannot) for name in ("neutral-lost", "early-lumbar", "knee-in")]
    (group,) = grouped(found)
    assert group.why == cannot
    assert {own for _, own in group.findings} == {f.fault.needs for f in found}


def test_a_reason_leaves_out_the_pair_and_the_conditions_that_were_not_measured_either():
    why = "hips after the knees: knee → hip: no such angle; lumbar flexion above was not measured: not measured"
    assert reason(refused(HINGE["delayed-hip"], why)) == "no such angle"


def test_without_a_whole_repetition_one_line_says_that_nothing_is_judged(squat: Analysis):
    reps = tuple(rep.model_copy(update={"complete": False, "reason": "cut off"}) for rep in squat.reps)
    found = tuple(refused(fault, "there is no complete rep") for fault in SQUAT.values())
    page = report_html(replace(squat, reps=reps, findings=found))
    assert 'id="findings"' not in page
    assert "faults of this movement not judged, as no repetition is whole" in text_of(page)


def test_the_sides_of_one_fault_that_are_in_order_stand_together(squat: Analysis):
    fine = tuple(
        finding(SQUAT["knee-in"], -3.0, 1.0, (None, 4.0), "ok", side=side, reps=()) for side in ("right", "left")
    )
    text = text_of(faults_html(replace(squat, findings=fine)))
    assert "In order (2): largest adduction of the hip, right and left." in text


def test_electrodes_alone_have_no_wall_of_refusals(alone: Any):
    analysis = alone(marked=False)
    found = tuple(refused(fault, "there is no complete rep") for fault in SQUAT.values())
    analysis = replace(analysis, findings=found)
    assert faults_html(analysis) == ""
    page = report_html(analysis)
    assert 'href="#findings"' not in page
    assert f"{len(found)} faults of this movement not judged" in text_of(page)
    assert not any("Faults" in line for line in summary_lines(analysis))


def test_a_name_in_a_file_of_ones_own_is_never_markup(squat: Analysis, lopsided: Finding):
    nasty = lopsided.fault.model_copy(update={"says": "<img src=x>", "name": "<script>", "needs": "<b>"})
    found = (replace(lopsided, fault=nasty), refused(nasty, "<i>", "<u>"))
    page = report_html(replace(squat, findings=found))
    checked(page)
    assert "<img" not in page
    assert "<u>" not in page


def test_findings_are_a_table(squat: Analysis, lopsided: Finding):
    found = (lopsided, refused(SQUAT["leak"], "no joint's power is known"))
    text = tables(replace(squat, findings=found))["findings.csv"]
    first, second = csv.DictReader(io.StringIO(text))
    assert (first["fault"], first["side"], first["verdict"]) == ("asymmetry", "right", "fault")
    assert [float(first[name]) for name in ("value", "low", "high")] == pytest.approx([17.4, 15.3, 19.5])
    assert (first["unit"], first["band_from"], first["reps"]) == ("deg", "own", "1 2 3")
    assert (second["value"], second["why"]) == ("", "no joint's power is known")
    assert "findings.csv" not in tables(replace(squat, findings=found[1:]))


def test_a_fault_opens_the_page_where_the_chain_cannot_say_anything(shared_data: Path):
    folder = shared_data / "squat-asymmetry"
    static = legato.read(folder / "static1.trc")
    good = legato.analyze(legato.read(folder / "squats1.trc"), "back-squat", static=static)
    uneven = legato.read(folder / "squatsAsym1.trc")
    other = legato.analyze(uneven, "back-squat", static=static, baseline=good.to_dict())
    lines = summary_lines(other)
    usual = "in one earlier set: \u22123 to 7°."
    assert lines[0] == f"The right knee bends 17° more than the left (11 to 24); {usual}"
    assert lines[1].startswith(
        "The left knee bends 16° (9 to 22) less than usual (82°, usually 98°); of the right knee no"
    )
    assert lines[2].startswith("In the same repetitions: ankle dorsiflexion peak, left 12° (9 to 15) less than usual")
    assert lines[3].startswith("Whether hip and knee")
    (told,) = (f for f in other.to_dict()["findings"] if f["fault"] == "asymmetry")
    assert told["sides"]["changed"] == ["left"] and told["sides"]["others"][0]["changed"] == ["left"]
    assert not [line for line in lines if line.startswith("Found:")]
    page = report_html(other)
    hero = page[page.index('<section class="hero"') : page.index("</section>")]
    assert "outside own band" in hero and "<h1>The right knee bends 17°" in hero
    first, second, *_ = summary_lines(good)
    assert first == "5 reps of back squat: 16 of the 17 faults looked for could not be judged; 1 is in order."
    assert "an earlier set of this athlete is missing" in second and "Whether hip and knee" in second
    alone = summary_lines(legato.analyze(uneven, "back-squat", static=static))[1]
    assert "with nothing yet to hold it against: the right knee bends 17° more than the left (11 to 24); " in alone
    old = good.to_dict() | {"findings": []}
    lines = summary_lines(legato.analyze(uneven, "back-squat", static=static, baseline=old))
    assert "The baseline does not hold this number; analyse its recordings again with this version." in lines


def test_no_drill_is_told_that_a_screening_bars(squat: Analysis, lopsided: Finding):
    day = date(2026, 11, 22)
    hinges = Screening(day, date(2027, 11, 20), passed=True, barred=frozenset({"hinge"}))
    told = replace(squat, findings=(lopsided,), screening=hinges)
    assert "Single-leg hinge" not in text_of(report_html(told))
    assert "Step-up" in text_of(report_html(told))
    assert [fix["drill"] for fix in told.to_dict()["findings"][0]["fixes"]] == ["step-up", "ankle-rocks"]
    assert any("A drill for it: Step-up" in line for line in summary_lines(told))
    blocked = replace(hinges, passed=False)
    assert not any("A drill for it" in line for line in summary_lines(replace(told, screening=blocked)))
