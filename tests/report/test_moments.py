"""The section on joint moments: a chart a joint from the hip down, both legs in it, or no section at all."""

import dataclasses
import re
from typing import Any

import legato
from legato.report import report_html
from legato.report.moments import moment_groups, moments_html
from legato.simulate import simulate, with_plates


def test_moments_have_a_chart_a_joint_with_both_legs_and_their_place_in_the_menu(squat: Any):
    made = with_plates(simulate("back-squat", rate_hz=100.0, reps=2, seed=3))
    analysis = legato.analyze(made.recording, "back-squat", mass_kg=80.0, load_kg=60.0)
    shown = moments_html(analysis)
    titles = re.findall(r"<figcaption>([^<]+)", shown)
    assert titles == ["Hip extension", "Knee extension", "Ankle plantarflexion"]
    assert "Hip extension over the rep, 2 reps overlaid, N·m" in shown
    assert shown.count('class="bold right"') == shown.count('class="bold left"') == 3
    assert "°" not in shown
    assert analysis.kinetics is not None
    by_name = {joint.name: joint.about_axis for joint in analysis.kinetics.joints}
    hip = moment_groups(analysis)[0]
    assert hip.sides["left"] is by_name["hip_extension_moment_left"]
    page = report_html(analysis)
    assert '<a href="#moments">Moments</a>' in page and shown in page
    without = dataclasses.replace(analysis, kinetics=None)
    assert moments_html(without) == "" and '"#moments"' not in report_html(without)
    assert moments_html(squat) == ""
