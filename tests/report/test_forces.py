"""What the report and the terminal say of force plates: jumps, pulls, shares, and what could not be told."""

import dataclasses
import re

import numpy as np
import pytest

from legato.analysis import Analysis
from legato.estimate import Estimate
from legato.forces.analyse import NO_SEARCH
from legato.forces.jump_model import NoJump
from legato.forces.load_share import LoadShare, RepShare
from legato.movements.jumps_on_plates import whole_force
from legato.report import headline, report_html, summary_lines
from legato.report.charts import extremes
from legato.report.force_words import plate_notes, share_text
from legato.report.sections import methods, rep_table
from legato.report.summary import movement_origin

from .force_records import height_m, jumps, on_two_plates, pulls


@pytest.fixture(scope="module")
def three() -> Analysis:
    return jumps(2.2, 2.5, 2.0)


def section(analysis: Analysis) -> str:
    """The page's section on forces."""
    page = report_html(analysis)
    start = page.index('<section id="forces">')
    return page[start : page.index("</section>", start)]


def text(analysis: Analysis) -> str:
    """The lines for a terminal as one text."""
    return "\n".join(summary_lines(analysis))


def test_the_headline_of_jumps_is_the_highest_with_both_heights(three: Analysis):
    first, second = headline(three).split("\n")
    found = re.fullmatch(r"Jump 2 of 3, the highest: (\S+) ± \S+ m by impulse, (\S+) ± \S+ m by flight\.", first)
    assert found is not None
    # A take-off at 2.5 m/s rises 0.319 m; shown are three decimals.
    assert float(found[1]) == pytest.approx(height_m(2.5), abs=0.01)
    assert float(found[2]) == pytest.approx(height_m(2.5), abs=0.01)
    assert re.search("<h1>.*\u00a0±\u00a0\\S+\u00a0m by impulse", report_html(three)) is not None
    assert second.startswith("Contraction 0.8")
    assert "RSI modified" in second and "± and ranges are 90 % intervals." in second
    assert second.endswith("Plates alone show no joint, so how the body moved is not judged.")


def test_one_jump_is_not_the_highest_of_itself():
    assert headline(jumps(2.5)).startswith("Jump 1: 0.3")


def test_jumps_whose_intervals_overlap_have_no_highest(three: Analysis):
    assert three.forces is not None and three.forces.jumps is not None
    wide = tuple(
        dataclasses.replace(jump, height_flight_m=Estimate.symmetric(jump.height_flight_m.value, 0.2, "m"))
        for jump in three.forces.jumps.jumps
    )
    searched = dataclasses.replace(three.forces.jumps, jumps=wide)
    first, second = headline(
        dataclasses.replace(three, forces=dataclasses.replace(three.forces, jumps=searched))
    ).split("\n")
    assert first.startswith("Jump 2 of 3, the highest by value: ")
    assert "Which jump is the highest is not resolvable: their intervals overlap." in second


def test_the_highest_is_not_said_where_heights_by_impulse_overlap(three: Analysis):
    assert three.forces is not None and three.forces.jumps is not None
    wide = tuple(
        dataclasses.replace(jump, height_impulse_m=Estimate.symmetric(jump.height_flight_m.value, 0.2, "m"))
        for jump in three.forces.jumps.jumps
    )
    searched = dataclasses.replace(three.forces.jumps, jumps=wide)
    changed = dataclasses.replace(three, forces=dataclasses.replace(three.forces, jumps=searched))
    first, second = headline(changed).split("\n")
    assert first.startswith("Jump 2 of 3, the highest by flight: ")
    assert "By impulse which jump is the highest is not resolvable: their intervals overlap." in second


def test_jumps_that_are_not_whole_say_what_was_not_seen_of_each(three: Analysis):
    cut = three.reps[0].model_copy(update={"complete": False, "reason": "its start was not seen"})
    changed = dataclasses.replace(three, reps=(cut, *three.reps[1:]))
    said = "3 jumps (jump 1: its start was not seen)"
    assert f"({movement_origin(changed)}): {said}" in text(changed)
    assert f"<dd>{said}</dd>" in report_html(changed)
    assert "incomplete" not in text(changed)


def test_a_share_of_one_repetition_of_several_names_it(three: Analysis):
    assert three.forces is not None
    share = LoadShare(Estimate.symmetric(0.4, 0.01, ""), Estimate.symmetric(0.6, 0.01, ""), 1, (), "")
    per_rep = (RepShare(0, None, "cut"), RepShare(1, share.left), RepShare(2, None, "cut"))
    forces = dataclasses.replace(three.forces, load_share=dataclasses.replace(share, per_rep=per_rep))
    assert share_text(forces).endswith(" (of repetition 2)")


def test_methods_are_those_of_what_plates_showed(three: Analysis, squat: Analysis):
    force, rises = "<dt>Force plates</dt>", "<dt>Rate of force development</dt>"
    stood, jumped, pulled = (methods(analysis) for analysis in (on_two_plates(squat), three, pulls(2)))
    assert [text in stood for text in (force, "<dt>Jumps</dt>", rises)] == [True, False, False]
    assert [text in jumped for text in (force, "<dt>Jumps</dt>", rises)] == [True, True, False]
    assert [text in pulled for text in (force, "<dt>Jumps</dt>", rises)] == [True, False, True]


def test_a_phase_of_no_length_is_told_by_a_dash(three: Analysis):
    rep = three.reps[-1]
    phase = rep.phases[-1].model_copy(update={"end_s": rep.phases[-1].start_s})
    reps = (*three.reps[:-1], rep.model_copy(update={"phases": (*rep.phases[:-1], phase)}))
    shown = rep_table(dataclasses.replace(three, reps=reps, rep_metrics=({}, {}, {})))
    found = re.search(rf"phase: {phase.name.replace('_', ' ')}.*?</tr>", shown)
    assert found is not None and "0.00" not in found[0] and "—" in found[0]


def test_a_jump_without_its_height_by_impulse_says_why(three: Analysis):
    assert three.forces is not None and three.forces.jumps is not None
    why = "samples are missing before take-off: no impulse, power or phases"
    jump = dataclasses.replace(three.forces.jumps.jumps[0], height_impulse_m=None, reasons=(why,))
    forces = dataclasses.replace(three.forces, jumps=dataclasses.replace(three.forces.jumps, jumps=(jump,)))
    analysis = dataclasses.replace(three, forces=forces)
    first, second = headline(analysis).split("\n")
    assert first.endswith("m by flight; by impulse not resolvable.")
    assert f"no height by impulse: {why}" in second
    assert "Jump 1: samples are missing before take-off" in section(analysis)


def test_the_terminal_lists_each_jump_and_the_share_and_no_gap(three: Analysis):
    said = text(three)
    assert re.search(r"^  jump 3 \(countermovement\): \S+ ± \S+ m by impulse, ", said, re.MULTILINE)
    assert "stood on: plate left; plate right" in said
    # Noise of 1 N on 700 N leaves the planted share of 55 % to a tenth of a per cent.
    assert re.search(r"load on the left foot 5[45]\.\S+ ± ", said)
    assert "Gaps (" not in said and "hip" not in said


def test_the_page_of_plates_alone_speaks_of_no_joint(three: Analysis):
    page = report_html(three)
    assert '<a href="#forces">Forces</a>' in page and 'href="#forces">Skip' in page
    assert "hip" not in page[page.index("<body>") : page.index("<h2>Methods")]
    assert "Marker set" not in page and "<h2>Replay" not in page and "<th scope=row>Frames" not in page
    assert "s, force at 1000 Hz</dd>" in page
    assert "Height by flight takes landing in the posture of take-off for granted" in page
    assert "ISB" not in page and "the rate rises through 10 %" not in page


def test_each_jump_has_a_chart_whose_phases_are_told_in_words(three: Analysis):
    shown = section(three)
    labels = re.findall(r'aria-label="(Jump \d: vertical force, N, with its phases: [^"]+)"', shown)
    assert len(labels) == 3
    for label in labels:
        for phase in ("1 unweighting ", "2 braking ", "3 propulsion ", "4 flight ", "5 landing "):
            assert phase in label
    assert shown.count('class="phase flight"') == 3
    assert '<th scope="row">height by impulse&nbsp;<small>m</small></th>' in shown


def test_a_long_recording_keeps_its_page_small_and_its_peaks():
    few, many = jumps(2.5), jumps(*[2.5] * 16)
    assert len(section(many)) < 16 * len(section(few)) / 2.0
    assert "4 more jumps in the table." in section(many)
    assert "<summary>Table: share of the load in each rep</summary>" in section(many)
    assert "4 more jumps in the report and in result.json" in text(many)


def test_plates_whose_feet_are_not_known_say_so():
    analysis = jumps(2.5, names=("Fz1", "Fz2"))
    assert analysis.forces is not None
    assert share_text(analysis.forces).startswith("load share not resolvable: ")
    notes = plate_notes(analysis.forces)
    assert notes == ["plate 1 and plate 2: only its vertical force was measured: no centre of pressure, no moment"]
    shown = section(analysis)
    assert "which foot is on the plate" in shown and "Load share not resolvable" in shown
    assert "Load on the left foot" not in shown


def test_what_is_no_jump_is_told_with_its_reason():
    made = jumps(2.5)
    assert made.forces is not None and made.forces.jumps is not None
    refused = NoJump(0.5, 0.75, "they stepped off and on again")
    searched = dataclasses.replace(made.forces.jumps, refused=(refused,))
    analysis = dataclasses.replace(made, forces=dataclasses.replace(made.forces, jumps=searched))
    assert "  no jump at 0.50\u20130.75 s: they stepped off and on again" in text(analysis)
    assert "<li>No jump at 0.50\u20130.75 s: they stepped off and on again.</li>" in section(analysis)


def test_pulls_alone_are_headed_by_the_pull_with_the_most_force():
    first, second = headline(pulls()).split("\n")
    found = re.fullmatch(
        r"Pull \d of 2, the one with the most force: (\d+)[^,]+ N above the stand, \d+[^,]+ N/s in the first 200 ms\.",
        first,
    )
    assert found is not None
    assert float(found[1]) == pytest.approx(1800.0, abs=15.0)
    assert second.startswith("Steepest 20 ms: ")


def test_five_pulls_are_headed_by_the_mean_of_the_best_three():
    analysis = pulls(5)
    assert headline(analysis).startswith("Mean of the best 3 of 5 pulls: 1")
    shown = section(analysis)
    assert "Best 3, mean" in shown and "square: mean of the best" in shown
    # Five windows and the steepest 20 ms for each of five pulls, and for the mean of the best.
    assert shown.count('<i class="whisker"') == 36


def test_a_pull_that_is_refused_says_why_in_each_place():
    analysis = pulls(2, lean_n=400.0)
    assert analysis.forces is not None
    refused = [one for one in analysis.forces.rises if one.rise is None]
    assert len(refused) == 1
    for said in (headline(analysis), text(analysis), section(analysis)):
        assert refused[0].reason in said.replace("&#x27;", "'") or refused[0].reason[1:] in said


def test_pulls_too_slowly_sampled_are_headed_by_their_peak():
    analysis = pulls(2)
    assert analysis.forces is not None
    why = "the rate is 500 Hz; record at 1000 or more"
    refused = tuple(dataclasses.replace(one, rise=None, reason=why) for one in analysis.forces.rises)
    forces = dataclasses.replace(analysis.forces, rises=refused, best=None)
    first, second = headline(dataclasses.replace(analysis, forces=forces)).split("\n")
    found = re.fullmatch(r"Pull \d of 2, the one with the most force: (\d+).* N above the stand over 0\.5 s; .*", first)
    assert found is not None
    assert float(found[1]) == pytest.approx(1800.0, abs=15.0)
    assert first.endswith("how fast the force rises is not resolvable.") and second.startswith("The rate is 500 Hz")


def test_pulls_with_motion_are_headed_by_the_force_and_jumps_with_motion_add_a_line(squat: Analysis, three: Analysis):
    made = pulls(2)
    moved = dataclasses.replace(made, body=squat.body)
    assert headline(moved).startswith("Pull ") and "Plates alone" not in headline(moved)
    beside = dataclasses.replace(squat, forces=three.forces)
    page = report_html(beside)
    assert headline(beside) == headline(squat)
    assert '<p class="sure">Jump 2 of 3, the highest: ' in page
    assert '<p class="sure">Jump' not in report_html(three)


def test_lifts_keep_their_headline_and_have_their_share_over_the_rep(squat: Analysis):
    analysis = on_two_plates(squat)
    assert headline(analysis) == headline(squat)
    shown = section(analysis)
    assert "Load on the left foot over the rep, % of both feet, mean of 5 reps with its interval" in shown
    assert 'class="ribbon"' in shown and shown.count('class="edge"') == 5
    assert 'class="area abs"' in shown and '<i class="cursor">' in shown
    assert "<dd>2 at 1000 Hz</dd>" in report_html(analysis)
    assert "load on the left foot 5" in text(analysis)


def test_plates_that_nobody_stands_on_are_told_and_draw_nothing(squat: Analysis):
    analysis = on_two_plates(squat, empty=True)
    shown = section(analysis)
    assert "Plate left and plate right: nobody stands on it." in shown
    assert "<svg" not in shown
    assert "<dd>2 at 1000 Hz, 2 not stood on</dd>" in report_html(analysis)
    assert "plate left and plate right: nobody stands on it" in text(analysis)


def test_a_recording_without_plates_has_no_section(squat: Analysis):
    page = report_html(squat)
    assert 'id="forces"' not in page and "#forces" not in page[page.index("<nav") : page.index("</nav>")]
    assert "Forces" not in text(squat)


def test_missing_samples_leave_a_gap_in_the_curve():
    values = np.sin(np.arange(10000) / 50.0)
    values[4000:4400] = np.nan
    values[7123] = 5.0
    kept = extremes(values, 400)
    assert kept.size <= 3 * 200 + 2
    assert 7123 in kept and np.isnan(values[kept]).any()
    assert kept[0] == 0 and kept[-1] == 9999


def test_plates_under_a_lift_without_reps_are_headed_by_the_share_and_draw_no_rep(three: Analysis):
    lift = three.movement.model_copy(
        update={"name": "Back squat", "cycle": three.movement.cycle.model_copy(update={"anchor": "far"})}
    )
    whole = whole_force(three.body)
    analysis = dataclasses.replace(three, movement=lift, reps=(whole,), rep_metrics=({},))
    first, second = headline(analysis).split("\n")
    assert first.startswith("Load on the left foot 5") and second.startswith("Force alone does not tell the rep")
    page = report_html(analysis)
    assert "<dd>none marked</dd>" in page and '<i class="rep' not in page
    assert "<th scope=row>Reps</th>" not in page and "Rep 1 is incomplete" not in page
    assert "reps: none marked" in text(analysis) and "incomplete" not in text(analysis)


def test_why_no_jump_was_looked_for_is_told_only_where_jumps_were_asked_for(squat: Analysis, three: Analysis):
    why = f"{NO_SEARCH}: 60 samples/s cannot time a flight"
    for analysis, told in ((three, True), (dataclasses.replace(squat, forces=three.forces), False)):
        assert analysis.forces is not None
        noted = dataclasses.replace(analysis, forces=dataclasses.replace(analysis.forces, notes=(why,)))
        assert (why in text(noted)) is told
        assert ("60 samples/s" in section(noted)) is told
