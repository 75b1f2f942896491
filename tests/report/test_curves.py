"""Angles over the rep: a mean of whole reps alone, and of the strides of an angle's own foot."""

import dataclasses
import re
from pathlib import Path
from typing import Any

import numpy as np

import legato
from legato.movements import load_movement
from legato.report.curves import angle_charts


def with_reps(analysis: Any, **changes: Any) -> Any:
    return dataclasses.replace(analysis, reps=tuple(rep.model_copy(update=changes) for rep in analysis.reps))


def test_whole_reps_have_a_mean(squat: Any):
    shown = angle_charts(squat)
    assert 'class="bold right"' in shown and "5 reps overlaid" in shown
    assert "<th>right: mean</th>" in shown and "no mean" not in shown


def test_incomplete_reps_are_drawn_and_never_averaged(squat: Any):
    shown = angle_charts(with_reps(squat, complete=False))
    assert 'class="thin right"' in shown and "bold" not in shown
    assert "No rep is whole: what was seen of each, and no mean." in shown
    assert "mean</th>" not in shown and "% of what was seen" in shown and "% of the rep" not in shown


def test_strides_of_two_feet_are_averaged_foot_by_foot(squat: Any):
    reps = [rep.model_copy(update={"side": "left" if k % 2 else "right"}) for k, rep in enumerate(squat.reps)]
    knee = np.zeros(squat.body.n_frames)
    for k, rep in enumerate(reps):
        knee[round(100 * rep.start_s) : round(100 * rep.end_s) + 1] = np.radians(60.0 if k % 2 else 20.0)
    body = dataclasses.replace(squat.body, angles={"knee_flexion_right": knee, "knee_flexion_left": knee})
    walk = dataclasses.replace(squat, reps=tuple(reps), body=body, movement=load_movement("gait"))
    shown = angle_charts(walk)
    (half,) = re.findall(r"<tr><th scope=row>50 %</th>(.*?)</tr>", shown)
    assert re.findall(r"<td>([^<]+)</td>", half) == ["20.0°", "20.0 to 20.0°", "60.0°", "60.0 to 60.0°"]
    assert "3 strides overlaid" in shown and "% of the stride" in shown


def test_a_sprint_of_which_no_stride_is_whole_has_no_mean(shared_data: Path):
    analysis = legato.analyze(legato.read(shared_data / "sprint" / "markers.trc"), "sprint")
    assert not any(rep.complete for rep in analysis.reps)
    shown = angle_charts(analysis)
    assert "bold" not in shown and "No stride is whole" in shown


def test_the_table_of_one_rep_says_each_angle_once(squat: Any):
    shown = angle_charts(dataclasses.replace(squat, reps=squat.reps[:1]))
    (half,) = re.findall(r"<tr><th scope=row>50 %</th>(.*?)</tr>", shown)[:1]
    assert len(re.findall(r"<td>[^<]+°</td>", half)) == 2 and " to " not in half
    assert "<th>right: the one rep</th><th>left: the one rep</th>" in shown
