"""What the report says of the chain in numbers: what is surely so, why the rest is not told, each part on its own."""

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from legato.chain.compensation import CompensationPart
from legato.chain.muscle_work import MuscleWork, PhaseActivity
from legato.estimate import Estimate
from legato.kinetics.gains import ChainGain
from legato.kinetics.joint_stiffness import JointStiffness, RepStiffness
from legato.kinetics.moment_errors import DRAWS
from legato.kinetics.torque_mismatch import RepMismatch, TorqueMismatch
from legato.kinetics.transfer import Amounts
from legato.kinetics.work import AMOUNTS, JointWork
from legato.report.gains import gains_html
from legato.report.gains_record import gains_record, muscle_work_record
from legato.report.gains_words import gain_lines, gain_sentences, mismatch_line, worth_a_ratio


def gain(name: str, value: Estimate | None, about: str = "", reason: str = "") -> ChainGain:
    return ChainGain(name, about, Amounts(((0, value),), value, int(value is not None), reason))


def mismatch(lag: Estimate | None, reason: str = "") -> TorqueMismatch:
    index = None if lag is None else Estimate(0.12, 0.08, 0.2)
    return TorqueMismatch((RepMismatch(0, index, lag, 0.9, reason),), index, lag, int(lag is not None), reason)


def analysis(**changes: Any) -> Any:
    slope = Estimate(1.5, 1.3, 1.7, 0.9, "N·m/deg")
    table = np.zeros((DRAWS + 1, len(AMOUNTS)))
    table[:, AMOUNTS.index("absorbed")] = 102.0
    power = SimpleNamespace(
        gains=(
            gain("legs_brake", Estimate(440.0, 390.0, 490.0, 0.9, "J")),
            gain("hips_engine", Estimate(190.0, 170.0, 210.0, 0.9, "J")),
            gain("hips_brake", Estimate(200.0, 180.0, 220.0, 0.9, "J")),
            gain("hips_engine_over_brake", Estimate(0.95, 0.9, 1.0, 0.9, "J/J")),
            gain("power_gain", Estimate(0.8, 0.5, 1.1), "legs to trunk"),
            gain("power_gain", None, "trunk to upper body", "the peak power of the trunk is not surely above 0"),
            gain("transfer_variation", Estimate(0.03, 0.02, 0.06), "legs to pelvis, ascent"),
        ),
        mismatch=mismatch(Estimate(0.03, 0.01, 0.05, 0.9, "s")),
        stiffness=(
            JointStiffness("knee_right", "descent", False, (RepStiffness(0, slope, 0.97),), slope, 1),
            JointStiffness(
                "lumbosacral",
                "ascent",
                True,
                (RepStiffness(0, None, 0.4, "x"),),
                None,
                0,
                "lie too far from a line (r² = 0.40)",
            ),
        ),
        works=(JointWork("hip_right", 0, "descent", table, 0.9),),
        drives={"descent": False, "ascent": True},
        mass_kg=80.0,
    )
    activity = Estimate(12.0, 10.0, 14.0, 0.9, "%")
    glute = MuscleWork(
        "emg", "GM", "right gluteus maximus", "hip_right", "peak of the task",
        (PhaseActivity("descent", False, ((0, activity, ""),), activity, 1),),
    )  # fmt: skip
    tilt = CompensationPart("bar_tilt", "bar_tilt", ((0, None),), Estimate(0.0349, 0.0175, 0.0524, 0.9, "rad"), 1)
    sides = CompensationPart("force_left_less_right", "", (), None, 0, "a force plate under each foot", "no plates")
    given = {"power": power, "muscle_work": (glute,), "compensation": (tilt, sides)} | changes
    return cast(Any, SimpleNamespace(**given))


def test_the_section_tells_each_number_with_its_interval() -> None:
    html = gains_html(analysis())
    for said in (
        "Legs as a brake: they absorb 440 ± 50 J in the phases that do not drive.",
        "The hips absorb 200 ± 20 J as brake and generate 190 ± 20 J as engine, 95 ± 5 % of what they absorb.",
        "The highest power of the trunk is 80 ± 30 % of that of the legs.",
        "No gain of power from trunk to upper body: the peak power of the trunk is not surely above 0.",
        "the shoulders&#x27; moment comes 30 ms later (10 to 50 ms)",
        "Right knee",
        "1.50 ± 0.20",
        # 1.5 N·m/deg over 80 kg.
        "1.07 ± 0.14",
        "Lower back (L5/S1)".lower().replace("l5/s1", "L5/S1"),
        "2.0 ± 1.0°",
        "needs a force plate under each foot",
        "no sum and no score",
    ):
        assert said in html, said


def test_joints_without_a_slope_stand_together() -> None:
    still = [
        JointStiffness(f"{joint}_{side}", phase, False, (), None, 0, "the angle changes by only 4°, too little")
        for joint, phases in (("knee", ("press", "lower")), ("hip", ("press", "lower")), ("ankle", ("lower",)))
        for side in ("right", "left")
        for phase in phases
        if (joint, side) != ("hip", "left")
    ]
    power = SimpleNamespace(**vars(analysis().power) | {"stiffness": still})
    html = gains_html(analysis(power=power))
    assert "Not told as the angle changes too little: knees and right hip (press, lower); ankles (lower)." in html
    assert "Phases that drive here: ascent." in html


def test_the_terminal_says_only_what_came_out() -> None:
    lines = gain_lines(analysis().power)
    assert len(lines) == 5
    assert not any(line.startswith("No ") for line in lines)
    assert len(gain_sentences(analysis().power)) == 6
    assert lines[3].endswith(
        "between repetitions (errors of measuring included): legs to pelvis in the ascent 3 (2 to 6) %."
    )


def test_a_lag_that_may_be_none_is_not_resolved() -> None:
    assert "not resolved" in mismatch_line(mismatch(Estimate(0.01, -0.02, 0.04, 0.9, "s")))
    assert "earlier (10 to 50 ms)" in mismatch_line(mismatch(Estimate(-0.03, -0.05, -0.01, 0.9, "s")))
    assert (
        mismatch_line(mismatch(None, "x is not known")) == "No torque mismatch of hips and shoulders: x is not known."
    )


def test_a_muscle_stands_beside_the_work_of_its_joint() -> None:
    record = muscle_work_record(analysis())
    assert record[0]["phases"][0]["absorbed_j"].value == pytest.approx(102.0)
    assert "12.0 ± 2.0" in gains_html(analysis())


def test_records_tell_stiffness_per_kilogram() -> None:
    record = gains_record(analysis().power)
    assert record["stiffness"][0]["per_kg"].value == pytest.approx(1.5 * 180.0 / np.pi / 80.0)
    assert record["torque_mismatch"]["n"] == 1


def test_nothing_measured_makes_no_section() -> None:
    untold = CompensationPart("bar_tilt", "", (), None, 0, "markers on both ends of a bar", "no bar was measured")
    assert not gains_html(analysis(power=None, compensation=(untold,)))
    bench = CompensationPart("hips_off_bench", "", (), None, 0, "", "nobody lies on a bench in this movement")
    tilt = CompensationPart("bar_tilt", "bar_tilt", ((0, None),), Estimate(0.0349, 0.0175, 0.0524, 0.9, "rad"), 1)
    told = gains_html(analysis(power=None, compensation=(bench, untold, tilt)))
    assert "bench" not in told and "needs markers on both ends of a bar" in told
    assert "compensation" in gains_html(analysis(power=None))


def test_no_ratio_to_a_brake_of_a_few_joules() -> None:
    assert worth_a_ratio(Estimate(20.0, 2.1, 40.0, 0.9, "J"))
    assert not worth_a_ratio(Estimate(4.0, 1.9, 6.0, 0.9, "J")) and not worth_a_ratio(None)
