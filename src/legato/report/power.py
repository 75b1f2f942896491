"""The report's section on power: a picture of each phase, leaks in words, and the tables behind both."""

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from legato.estimate import Estimate
from legato.report.holds import in_own_words
from legato.report.power_picture import JointFlow, PhaseFlow, picture
from legato.report.power_record import (
    beyond_measured,
    dead_time_sentence,
    in_reps,
    joint_words,
    leak_sentences,
    phase_words,
    refusal_sentences,
    side_of,
    worth_a_share,
)
from legato.report.side_by_side import column_heads, listed, row, side_by_side
from legato.report.words import estimate_text, percent, plural, sentence

if TYPE_CHECKING:
    from legato.analysis import Analysis
    from legato.kinetics.flow import PowerResult

_WORTH_DRAWING = 0.03
"""Phases in which less than this share of the largest energy passes (pauses) are not drawn; their tables stand."""

_BOTH_WAYS = 0.2
"""From this share of the larger one, the sentence tells the smaller of generated and absorbed, too. [ENG]"""

_ROWS = (
    ("generated", "generated", "J"),
    ("absorbed", "absorbed", "J"),
    ("handed on by force", "onward_by_force", "J"),
    ("handed back by force", "back_by_force", "J"),
    ("handed on by moment", "onward_by_moment", "J"),
    ("handed back by moment", "back_by_moment", "J"),
    ("net, into the segment ahead", "net_into_ahead", "J"),
    ("highest power", "peak", "W"),
    ("lowest power", "lowest", "W"),
)


_CHECKED = {
    "joint-centres": ": centres of its two segments",
    "meeting": ": from the ground and from the load",
    "whole-body": ": work of the ground",
}
"""What each check of closure looks at, by its name."""


def power_html(analysis: "Analysis") -> str:
    """The section; empty where no joint's moment is known."""
    power = analysis.power
    if power is None:
        return ""
    flows = [flow for phase in power.drives if (flow := phase_flow(power, phase)).joints]
    said = [line for gap in power.dead_times if (line := dead_time_sentence(gap))]
    said += [sentence(line) for line in refusal_sentences(power)] + [sentence(note) for note in power.notes]
    if not flows:
        return f'<section id="power"><h2>Power through the body</h2>{listed(said)}</section>'
    most = max(flow.most for flow in flows)
    small = [phase_words(flow.phase) for flow in flows if flow.most <= _WORTH_DRAWING * most]
    flows = [flow for flow in flows if flow.most > _WORTH_DRAWING * most]
    panels = "".join(_panel(power, flow, most) for flow in flows)
    shown = f"{_averaged(power, [flow.phase for flow in flows])}, seen from behind"
    unseen = f" Too small to draw: {', '.join(small)}." if small else ""
    shown += {1: "", 2: "; both pictures in one scale"}.get(len(flows), "; all pictures in one scale")
    note = f"{in_own_words(analysis, shown)}. {percent(analysis.settings.level)} intervals stand in the tables."
    note += escape(unseen + _undrawn(power, flows, small))
    tables = "".join(_table(power, phase) for phase in power.drives)
    return (
        f'<section id="power"><h2>Power through the body</h2><p class="note">{note}</p>'
        f'<div class="flows">{panels}</div>{_legend(most)}{tables}'
        f"{_checks(power)}{listed(said)}</section>"
    )


def _undrawn(power: "PowerResult", drawn: Sequence[PhaseFlow], small: Sequence[str]) -> str:
    """Which phases have no picture because no repetition tells their joints."""
    there = {*small, *(phase_words(flow.phase) for flow in drawn)}
    missing = [words for phase in power.drives if (words := phase_words(phase)) not in there]
    return f" Known in no repetition as a whole, so not drawn: {', '.join(missing)}." if missing else ""


def _averaged(power: "PowerResult", phases: Sequence[str]) -> str:
    """Over how many repetitions the pictures are means: `Mean of 3 repetitions`, `Means of 2 to 3 repetitions`."""
    counts = [len({w.rep for w in power.works if w.phase == phase and w.drawn is not None}) for phase in phases]
    low, high = min(counts), max(counts)
    if low == high:
        whole = "A repetition" if high == 1 else f"Mean of {plural(high, 'repetition')}"
        return f"{whole} of each side" if {"right", "left"} <= {side_of(phase) for phase in phases} else whole
    return f"Means of {low} to {high} repetitions"


def phase_flow(power: "PowerResult", phase: str) -> PhaseFlow:
    """What the picture of one phase shows, as far as it is known."""
    from legato.kinetics.work import set_amount

    joints: dict[str, JointFlow] = {}
    for joint in power.joints:
        mine = [w for w in power.works if w.joint == joint.name and w.phase == phase]
        told = [set_amount(mine, name) for name in ("generated", "absorbed", "net_into_ahead")]
        if told[0] is not None and told[1] is not None and told[2] is not None:
            joints[joint.name] = JointFlow(told[0], told[1], told[2])
    load = next((s for s in power.steps if s.phase == phase and s.to_link == power.load_name), None)
    return PhaseFlow(phase, joints, None if load is None else load.energy.of_set, power.load_name)


def _panel(power: "PowerResult", flow: PhaseFlow, most: float) -> str:
    """One phase: its name, what it comes to in a sentence, and the picture."""
    leaks = "".join(f"<p>{escape(line)}</p>" for line in leak_sentences(power, flow.phase))
    title = phase_words(flow.phase).capitalize()
    kind = ""
    if any(s.phase == flow.phase and s.effort for s in power.stretches):
        kind = f" <small>{'drives' if power.drives.get(flow.phase) else 'gives way or holds'}</small>"
    return (
        f'<figure class="card"><figcaption><b>{escape(title)}</b>{kind}</figcaption>'
        f"<p>{escape(_sum(power, flow))}</p>{picture(flow, most)}{leaks}</figure>"
    )


def _sum(power: "PowerResult", flow: PhaseFlow) -> str:
    """The phase in a sentence."""
    from legato.kinetics.transfer import whole_reps

    gained = sum(f.generated.value for f in flow.joints.values())
    lost = sum(f.absorbed.value for f in flow.joints.values())
    verb, energy = ("generate", gained) if gained >= lost else ("absorb", lost)
    hips = [f.into_ahead.value for name, f in flow.joints.items() if name.startswith("hip_")]
    said = f"The measured joints {verb} {energy:.0f} J"
    if min(gained, lost) > _BOTH_WAYS * max(gained, lost):
        said = f"The measured joints generate {gained:.0f} J and absorb {lost:.0f} J"
    known = len(whole_reps(power.works, flow.phase))
    said += in_reps(known, len({w.rep for w in power.works if w.phase == flow.phase}))
    if len(hips) == 2:
        said += f"; {abs(sum(hips)):.0f} J {'reach' if sum(hips) > 0.0 else 'come from'} the pelvis"
    if further := beyond_measured(power, flow.phase):
        return f"{said}. {further}"
    if flow.load is not None:
        way = "reach" if flow.load.value > 0.0 else "come from"
        said += f", {abs(flow.load.value):.0f} J {way} the {flow.load_name}"
    return said + "."


def _legend(most: float) -> str:
    return (
        '<p class="legend flow-key"><span><i class="key generated"></i>disc, +: generated</span>'
        '<span><i class="key absorbed"></i>ring, \u2212: absorbed; halves where both are alike</span>'
        f'<span><i class="key handed"></i>band: energy passed on, at most {most:.0f} J; arrows: which way</span></p>'
    )


def _table(power: "PowerResult", phase: str) -> str:
    """Work and highest power of every joint in one phase."""
    from legato.kinetics.work import set_amount

    joints = [joint.name for joint in power.joints if joint.name not in power.refused]
    mine = {name: [w for w in power.works if w.joint == name and w.phase == phase] for name in joints}
    rows: list[str] = []
    for title, amount, unit in _ROWS:
        told = [set_amount(mine[name], amount) for name in joints]
        texts = [estimate_text(value, with_unit=False, decimals=1 if unit == "J" else 0) for value in told]
        rows.append(row(title, unit, texts))
    table = side_by_side(column_heads([_headed(name) for name in joints]), rows)
    steps = "".join(
        f"<li>{escape(line)}</li>" for line in (_step_text(power, phase, k) for k in range(len(power.steps))) if line
    )
    title = f"Table: work and power in the {escape(phase_words(phase))}"
    if steps:
        rest = "What is not passed on lifts and speeds up the body itself, or is absorbed."
        steps = f"<ul>{steps}</ul><p class=note>{rest}</p>"
    return f"<details><summary>{title}</summary>{steps}{table}</details>"


def _step_text(power: "PowerResult", phase: str, index: int) -> str:
    step = power.steps[index]
    energy: Estimate | None = step.energy.of_set
    if step.phase != phase or energy is None:
        return ""
    ratio = step.ratio.of_set if worth_a_share(step) else None
    if step.from_link == "all joints" and (said := beyond_measured(power, phase)):
        return said
    first = "All measured joints" if step.from_link == "all joints" else step.from_link.capitalize()
    reps = len(step.energy.per_rep)
    energy_text = estimate_text(energy, decimals=0) + in_reps(step.energy.n, reps)
    if ratio is None:
        return f"{first} to {step.to_link}: {energy_text}"
    whole = "what they generate" if step.from_link == "all joints" else "what came in and was generated there"
    share = estimate_text(ratio.scaled(100.0, "%"), decimals=0)
    whole += in_reps(step.ratio.n, reps) if step.ratio.n < step.energy.n else ""
    return f"{first} to {step.to_link}: {energy_text}, {share} of {whole}"


def _headed(joint: str) -> str:
    """A joint at the start of a line: `Lower back (L5/S1)`, its level as it is written."""
    words = joint_words(joint)
    return words[0].upper() + words[1:]


def _checks(power: "PowerResult") -> str:
    """Each check of closure with what is left over."""
    from legato.kinetics.closure import percent_left

    rows = ""
    for check in power.closure:
        about = _headed(check.about) if check.about else "Whole body"
        about += _CHECKED.get(check.name, "")
        left = "not known" if check.share is None else percent_left(check.share, 1)
        state = "not checked" if check.holds is None else "closes" if check.holds else "refused"
        rows += f"<tr><th scope=row>{escape(about)}</th><td>{left}</td><td>{state}</td>"
        rows += f"<td class=why>{escape(check.reason)}</td></tr>"
    head = "<tr><th>Check</th><th>Left over</th><td></td><td></td></tr>"
    table = f"<div class=scroll><table><thead>{head}</thead><tbody>{rows}</tbody></table></div>"
    what = "Left over: root mean square over the repetitions, as a share of the peak power; above 10 % is refused."
    return f"<details><summary>Table: whether power closes</summary><p class=note>{what}</p>{table}</details>"
