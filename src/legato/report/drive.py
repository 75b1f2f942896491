"""How the legs drive and the arms finish a lift, in sentences and a table."""

from html import escape
from typing import TYPE_CHECKING

from legato.chain.drive_model import CoreResult, DriveResult, RepDrive
from legato.estimate import Estimate
from legato.report.coaching import coached
from legato.report.words import (
    estimate_text,
    gap_ms,
    interval_ms,
    percent,
    rep_number,
    row_texts,
    sentence,
)

if TYPE_CHECKING:
    from legato.analysis import Analysis

_MINUS = "\u2212"

_ORDER = {"ok": "right", "fault": "wrong", "not-resolvable": "not resolvable"}

_COLUMNS = (
    ("Dip", "dip_m", 100.0, "cm"),
    ("Highest force", "force_peak_n", 1.0, "N"),
    ("Impulse", "drive_impulse_n_s", 1.0, "N·s"),
    ("Together", "overlap_s", 1000.0, "ms"),
    ("Of the press", "overlap_share", 100.0, "%"),
    ("In the bar", "momentum_ratio", 100.0, "%"),
)


_OF_FEET = (
    ("Level", "weight_n", 1.0, "N"),
    *(column for column in _COLUMNS if column[1] not in ("dip_m", "momentum_ratio")),
)
"""What is told of feet that push while the trunk lies."""


def drive_lines(analysis: "Analysis") -> list[str]:
    """Sentences on the drive for the terminal and the report; none where no plates show one."""
    found = None if analysis.chain is None else analysis.chain.drive
    if found is None:
        return []
    lines = [line for line in (end_of_drive(analysis),) if line]
    # On a bench nothing of the feet's impulse is the bar's.
    shares = [] if found.lying else [_momentum(found)]
    lines += [_overlap(found), *shares, _power(found), *(_core(core) for core in found.core)]
    if found.clock_sd_s > 0.0:
        told = f"the clocks of plates and motion are known to each other to {1e3 * found.clock_sd_s:.1f} ms (SD)"
        lines.append(sentence(f"{told}; every gap between them holds that"))
    return lines


def end_of_drive(analysis: "Analysis") -> str:
    """Which end of the drive the first gap is told from, where the other end lies, and whether its verdict differs;
    empty where no plates show one.
    """
    chain = analysis.chain
    found = None if chain is None else chain.drive
    if chain is None or found is None or not found.ended_by:
        return ""
    force, knees = "the force is back at the weight of lifter and bar", "the knees have stopped extending"
    here, other = (force, knees) if found.ended_by == "force" else (knees, force)
    said = f"the drive is taken to end when {here}"
    later = found.knees_later_s
    if later is None:
        return sentence(f"{said}; its other end, when {other}, is not timed")
    apart = later if found.ended_by == "force" else later.scaled(-1.0)
    where = f"{other} {gap_ms(apart).removeprefix(_MINUS)} ms {'later' if apart.value > 0.0 else 'earlier'}"
    first = "the first of its two ends" if apart.low > 0.0 else "the two ends cannot be told apart"
    ends = [g for g in chain.gaps if g.to_link == chain.gaps[0].to_link and g.events == ("offset", "onset")]
    judged = ""
    if len({gap.verdict for gap in ends}) > 1:
        judged = f"; from the other end the order is {_ORDER[ends[1].verdict]}"
    return sentence(f"{said} ({first}: {where}, {interval_ms(apart)}){judged}")


def drive_html(analysis: "Analysis") -> str:
    """The sentences and a table of the repetitions, below the cards of the gaps; empty where there is no drive."""
    found = None if analysis.chain is None else analysis.chain.drive
    if found is None:
        return ""
    level = percent(analysis.settings.level)
    lines = "".join(f"<li>{escape(line)}</li>" for line in drive_lines(analysis))
    what = (
        "The drive lasts on the plates from the lowest point of the common centre of mass of lifter and bar to where"
        " the force falls to their weight; the press from the onset of the elbows to their end. Impulses are those of"
        " the drive above the weight; together: how long legs and arms both work; in the bar: its mass ×"
        " highest velocity, to which the arms add, as a share of the impulse."
    )
    if found.lying:
        what = (
            "The drive lasts from where a tenth of the rise of the feet's force has come to where a tenth of its fall"
            " is left; the press from the onset of the elbows to their end. The plates carry the feet alone, so the"
            " level is what the feet rest with before it, and impulses are those above it; together: how"
            " long legs and arms both work."
        )
    return (
        f'<h3>Leg drive on the plates</h3><p class="note">{what} {level} intervals.</p><ul>{lines}</ul>{_table(found)}'
    )


def _overlap(found: DriveResult) -> str:
    if found.overlap_share is None:
        return sentence(f"for how long legs and arms work together is not told: {coached(found.overlap_reason)}")
    if found.overlap_share.high == 0.0:
        return "Legs and arms do not work together: the press starts when the drive is over."
    share = _scaled(found.overlap_share, 100.0, "%")
    return sentence(f"legs and arms work together for {estimate_text(share)} of the press")


def _momentum(found: DriveResult) -> str:
    if found.momentum_ratio is None:
        return sentence(f"how much of the drive the bar takes is not told: {coached(found.momentum_reason)}")
    ratio = _scaled(found.momentum_ratio, 100.0, "%")
    return sentence(
        f"at its fastest the bar alone holds {estimate_text(ratio)} of the momentum (mass × velocity) that the leg"
        " drive gave to lifter and bar together; the arms add to it, so it can be more than 100 %"
    )


def _power(found: DriveResult) -> str:
    slope = found.power_per_impulse
    if slope is None:
        said = coached(found.power_reason)
        return sentence(f"how the bar's power goes with the impulse of the legs is not told: {said}")
    way = "rises" if slope.low > 0.0 else "falls" if slope.high < 0.0 else "may rise or fall"
    return sentence(
        f"from rep to rep the bar's peak power {way} with the impulse of the legs: {estimate_text(slope)}; going"
        " together is no cause"
    )


def _core(core: CoreResult) -> str:
    name = f"the {core.muscle}"
    told: list[str] = []
    if core.legs_to_core_s is not None:
        lag = core.legs_to_core_s
        way = "after" if lag.value > 0.0 else "before"
        told.append(f"{name} starts {_size_ms(lag)} {way} the leg drive")
    if core.core_to_press_s is not None:
        lag = core.core_to_press_s
        way = "before" if lag.value > 0.0 else "after"
        told.append(f"{_size_ms(lag)} {way} the press" if told else f"{name} starts {_size_ms(lag)} {way} the press")
    if not told:
        return sentence(f"when {name} starts beside drive and press is not told: {coached(core.reason)}")
    low, high = (1e3 * delay for delay in core.delay_s)
    order = {
        "inside": "legs, trunk, press are activated in this order",
        "before": "legs, trunk, press are not activated in this order",
    }.get(core.position, f"in which order they are activated is not resolvable ({coached(core.reason)})")
    delay = f"with a delay of {low:.0f} to {high:.0f} ms from EMG to force and motion"
    active = ""
    if core.before_press is not None:
        share = f" of {core.normalisation}" if core.before_press.unit == "%" and core.normalisation else ""
        active = f"; in the 100 ms before the press it is active at {estimate_text(core.before_press)}{share}"
    return sentence(f"{' and '.join(told)}: {delay}, {order}; no source supports the order{active}")


def _size_ms(lag: Estimate) -> str:
    away = lag if lag.value >= 0.0 else lag.scaled(-1.0)
    return f"{gap_ms(away)} ms ({interval_ms(away)})"


def _table(found: DriveResult) -> str:
    told = [rep for rep in found.per_rep if not rep.reason]
    columns = _OF_FEET if found.lying else _COLUMNS
    rows: dict[int, list[str]] = {rep.rep: [] for rep in told}
    for _, name, factor, unit in columns:
        for rep, text in zip(told, row_texts([_of(rep, name, factor, unit) for rep in told]), strict=True):
            rows[rep.rep].append(f"<td>{escape(text)}</td>")
    body = "".join(
        f"<tr><th scope=row>{rep_number(rep.rep)}</th>"
        + (
            "".join(rows[rep.rep])
            if not rep.reason
            else f"<td colspan={len(columns)}>{escape(coached(rep.reason))}</td>"
        )
        + "</tr>"
        for rep in found.per_rep
    )
    head = "".join(f"<th>{escape(title)}, {unit}</th>" for title, _, _, unit in columns)
    return f"<div class=scroll><table><thead><tr><th>Rep</th>{head}</tr></thead><tbody>{body}</tbody></table></div>"


def _of(rep: RepDrive, name: str, factor: float, unit: str) -> Estimate | None:
    value: Estimate | None = getattr(rep, name)
    return None if value is None else _scaled(value, factor, unit)


def _scaled(value: Estimate, factor: float, unit: str) -> Estimate:
    return value.scaled(factor, unit)
