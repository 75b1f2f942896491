"""The report's section on what the chain comes to: brake and engine, gain of power, torque mismatch, stiffness of the
joints, muscles beside the work, and compensation part by part.
"""

from collections.abc import Sequence
from html import escape
from math import degrees
from typing import TYPE_CHECKING

from legato.estimate import Estimate
from legato.report.gains_record import per_kg, work_beside
from legato.report.gains_words import gain_sentences, worth_a_ratio
from legato.report.power_record import joint_words, phase_words
from legato.report.side_by_side import column_heads, estimate_row, side_by_side
from legato.report.words import decimals_for, estimate_text, listed, quantity_name, rep_number, sentence

if TYPE_CHECKING:
    from legato.analysis import Analysis
    from legato.chain.compensation import CompensationPart
    from legato.kinetics.flow import PowerResult
    from legato.kinetics.joint_stiffness import JointStiffness

_NAMES = {
    "legs_brake": ("Legs as a brake", "J", 1.0),
    "hips_engine": ("Hips as engine", "J", 1.0),
    "hips_brake": ("Hips as brake", "J", 1.0),
    "hips_engine_over_brake": ("Hips, engine over brake", "%", 100.0),
    "power_gain": ("Highest power, {}", "%", 100.0),
}

_KINDS = {
    "the angle changes by only": "as the angle changes too little",
    "lie too far from a line": "as moment and angle lie too far from a line",
    "not known throughout": "as moment or angle is not known throughout",
}
"""Why a slope is not told, by a part of the reason."""

_PARTS = {
    "hips_off_bench": ("Hips off the bench", "cm", 100.0),
    "lumbar_extension_change": ("Lumbar extension, change", "deg", 1.0),
    "bar_tilt": ("Tilt of the bar, largest", "deg", degrees(1.0)),
    "force_left_less_right": ("Force, left less right", "%", 1.0),
    "smoothness": ("Smoothness (SPARC)", "", 1.0),
}


def gains_html(analysis: "Analysis") -> str:
    """The section; empty where neither power nor any part of compensation is told."""
    power = analysis.power
    parts = _compensation(analysis.compensation)
    if power is None and not parts:
        return ""
    body = "" if power is None else _of_power(analysis, power)
    return f'<section id="gains"><h2>The chain in numbers</h2>{body}{parts}</section>'


def _of_power(analysis: "Analysis", power: "PowerResult") -> str:
    said = "".join(f"<p>{escape(sentence(line))}</p>" for line in gain_sentences(power))
    note = "Means of the set. None of these has a number to aim at: compare them with other sets of the same athlete."
    if driving := [phase_words(phase) for phase, drives in power.drives.items() if drives]:
        note += f" Phases that drive here: {', '.join(driving)}."
    return f'<p class="note">{escape(note)}</p>{said}{_each_rep(power)}{_stiffness(power)}{_muscles(analysis)}'


def _each_rep(power: "PowerResult") -> str:
    """Every number of every repetition."""
    reps = sorted({rep for gain in power.gains for rep, _ in gain.value.per_rep})
    rows: list[str] = []
    brakes = {r: e for gain in power.gains if gain.name == "hips_brake" for r, e in gain.value.per_rep}
    for gain in power.gains:
        if gain.name not in _NAMES:
            continue
        title, unit, factor = _NAMES[gain.name]
        of_rep = {r: None if e is None else e.scaled(factor, unit) for r, e in gain.value.per_rep}
        if gain.name == "hips_engine_over_brake":
            of_rep = {r: e for r, e in of_rep.items() if worth_a_ratio(brakes.get(r))}
        below, _, above = gain.about.partition(" to ")
        rows += estimate_row(title.format(f"{above} over {below}"), unit, [of_rep.get(rep) for rep in reps])
    if power.mismatch is not None:
        index, lag = ({r.rep: getattr(r, name) for r in power.mismatch.per_rep} for name in ("index", "lag_s"))
        rows += estimate_row("Torque mismatch, 0 to 2", "", [index.get(rep) for rep in reps])
        late = [None if (e := lag.get(rep)) is None else e.scaled(1000.0, "ms") for rep in reps]
        rows += estimate_row("Shoulders after hips", "ms", late)
    if not rows:
        return ""
    table = side_by_side(column_heads([f"Rep {rep_number(rep)}" for rep in reps]), rows)
    return f"<details><summary>Table: brake, engine and gain in each repetition</summary>{table}</details>"


def _stiffness(power: "PowerResult") -> str:
    """Slope of moment over angle of every joint that has one, and why others have none."""
    if not power.stiffness:
        return ""
    told = [found for found in power.stiffness if found.slope is not None]
    rows = "".join(_stiffness_row(found, power.mass_kg) for found in told)
    note = (
        "By how much the moment of a joint changes with its angle, positive where it resists more the further the joint"
        " gives way; r² tells how nearly they lie on a line, and below 0.80 no slope is told. It says how moment and"
        " angle went together, not why."
    )
    table = ""
    if rows:
        heads = "".join(f"<th>{head}</th>" for head in ("Joint", "Phase", "N·m/°", "N·m/(rad·kg)", "r², least"))
        table = f'<div class="scroll"><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'
    left = _untold(power.stiffness)
    return f"<details><summary>Table: stiffness of the joints</summary><p class=note>{note}</p>{table}{left}</details>"


def _stiffness_row(found: "JointStiffness", mass_kg: float | None) -> str:
    linear = [r.linearity for r in found.per_rep if r.slope is not None and r.linearity is not None]
    cells = (
        phase_words(found.phase),
        _text(found.slope),
        _text(per_kg(found.slope, mass_kg)),
        f"{min(linear):.2f}",
    )
    tail = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
    return f"<tr><th scope=row>{escape(_capital(joint_words(found.joint)))}</th>{tail}</tr>"


def _untold(found: "Sequence[JointStiffness]") -> str:
    """Joints without a slope, a line a reason, those of both sides and of several phases together."""
    phases: dict[tuple[str, str], list[str]] = {}
    for one in found:
        if one.slope is None:
            phases.setdefault((_kind(one.reason), one.joint), []).append(phase_words(one.phase))
    by_reason: dict[str, dict[str, list[str]]] = {}
    for (reason, joint), where in phases.items():
        by_reason.setdefault(reason, {}).setdefault(", ".join(where), []).append(joint)
    lines = [
        f"<li>Not told {escape(kind)}: "
        + escape("; ".join(f"{listed(_both_sides(joints))} ({where})" for where, joints in groups.items()))
        + ".</li>"
        for kind, groups in by_reason.items()
    ]
    return f'<ul class="note">{"".join(lines)}</ul>' if lines else ""


def _both_sides(joints: "Sequence[str]") -> list[str]:
    """Joints in words: `knees` where both sides are among them, `right knee` where one is."""
    told: dict[str, None] = {}
    for name in joints:
        joint, _, side = name.rpartition("_")
        both = side in ("right", "left") and {f"{joint}_right", f"{joint}_left"} <= set(joints)
        told[f"{joint}s" if both else joint_words(name)] = None
    return list(told)


def _kind(reason: str) -> str:
    """A reason without the numbers of its repetition."""
    for start, kind in _KINDS.items():
        if start in reason:
            return kind
    return reason


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _muscles(analysis: "Analysis") -> str:
    """Activity of glutes, hamstrings and back beside the work of their joint."""
    rows = ""
    for muscle in analysis.muscle_work:
        for phase in muscle.phases:
            generated, absorbed = work_beside(analysis, muscle.joint, phase.phase)
            if phase.mean is None:
                continue
            cells = (
                phase_words(phase.phase),
                _text(phase.mean),
                *(_joules(e) for e in (generated, absorbed)),
            )
            tail = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
            whose = f"{escape(_capital(muscle.name))} <small>{escape(joint_words(muscle.joint))}</small>"
            rows += f"<tr><th scope=row>{whose}</th>{tail}</tr>"
    if not rows:
        return ""
    share = ", ".join(dict.fromkeys(m.reference for m in analysis.muscle_work if m.reference))
    note = (
        f"Activity: root mean square in the phase, % of the {share}. Phases are the motion's: force follows EMG by 20"
        " to 100 ms, and nothing is shifted. Activity and work stand beside each other; no ratio is made of them."
    )
    heads = "".join(
        f"<th>{head}</th>" for head in ("Muscle, joint", "Phase", "Activity, %", "Joint generates, J", "absorbs, J")
    )
    table = f'<div class="scroll"><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'
    return (
        f"<details><summary>Table: muscles beside the work</summary><p class=note>{escape(note)}</p>{table}</details>"
    )


def _compensation(parts: "Sequence[CompensationPart]") -> str:
    """Every part that the movement has with its value, or with what it needs; empty where none was measured."""
    if all(part.of_set is None for part in parts):
        return ""
    # What the movement cannot have or does not ask for has a reason, and nothing that it needs.
    rows = "".join(_part(part) for part in parts if part.of_set is not None or part.needs)
    note = "Each part on its own: no sum and no score is made of them, and none of them is a fault by itself."
    heads = "<th>Part</th><th>Mean of the set</th><th class=why>Measured by, or needs</th>"
    table = f'<div class="scroll"><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'
    return f'<details><summary>Table: compensation, part by part</summary><p class="note">{note}</p>{table}</details>'


def _part(part: "CompensationPart") -> str:
    title, unit, factor = _PARTS[part.name]
    if part.measure == "lumbar_flexion_range":
        title = "Lumbar flexion, range"
    if part.of_set is None:
        told, how = "not measured", part.reason + (f"; needs {part.needs}" if part.needs else "")
    else:
        scale = 1.0 if part.of_set.unit == "deg" else factor
        told, how = estimate_text(part.of_set.scaled(scale, unit)), _measured_by(part)
    return f"<tr><th scope=row>{escape(title)}</th><td>{escape(told)}</td><td class=why>{escape(how)}</td></tr>"


def _measured_by(part: "CompensationPart") -> str:
    names = {"load_share": "force plates", "bar_tilt": "markers on the bar", "pelvis_rise": "height of the pelvis"}
    if part.name == "smoothness":
        return part.measure.replace("_", " ")
    return names.get(part.measure) or quantity_name(part.measure)


def _joules(work: Estimate | None) -> str:
    if work is None:
        return "—"
    return "0" if work.high < 0.5 else estimate_text(work, with_unit=False, decimals=0)


def _text(estimate: "Estimate | None") -> str:
    if estimate is None:
        return "—"
    return estimate_text(estimate, with_unit=False, decimals=max(1, decimals_for(estimate.half_width, estimate.unit)))
