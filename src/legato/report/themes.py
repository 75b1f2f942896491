"""Order, lag and transfer side by side: three numbers of the chain, each with its interval or the reason why there is
none, and never one score.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from legato.estimate import Estimate
from legato.faults.judge import mean_of_set
from legato.faults.model import Measured
from legato.report.bodiless import bodiless
from legato.report.findings import reason_of, verdict_text
from legato.report.power_record import beyond_measured, phase_words, worth_a_share
from legato.report.sequence import enough_ordered
from legato.report.tied import tied
from legato.report.words import (
    estimate_text,
    gap_event,
    gap_ms,
    interval_ms,
    link_name,
    percent,
    plural,
    sentence,
)

if TYPE_CHECKING:
    from legato.analysis import Analysis
    from legato.kinetics.flow import PowerResult
    from legato.kinetics.transfer import TransferStep

_LEAST_REPS = 3
"""Repetitions from which a gain of speed is told of the set, as everywhere."""


@dataclass(frozen=True, slots=True)
class Theme:
    """One of the three: its number as text, empty where there is none, and below it what of, or why not."""

    name: str
    value: str
    about: str


def themes_html(analysis: "Analysis") -> str:
    """The block; empty where the movement has no chain to tell them of."""
    told = themes(analysis)
    if not any(theme.value for theme in told):
        return ""
    cells = "".join(
        f"<div><h3>{theme.name}</h3>"
        f'<p class="big{"" if theme.value else " open"}">{tied(theme.value or "no number")}</p>'
        f'<p class="note">{tied(sentence(theme.about))}</p></div>'
        for theme in told
    )
    level = percent(analysis.settings.level)
    note = f"Three things, each by itself: they do not add up to a score. ± and ranges are {level} intervals."
    return f'<h2>Order, lag, transfer</h2><div class="themes">{cells}</div><p class="note">{note}</p>'


def themes(analysis: "Analysis") -> tuple[Theme, ...]:
    """Order, lag and transfer; none where nothing shows a chain."""
    if analysis.chain is None or bodiless(analysis):
        return ()
    return _order(analysis), _lag(analysis), _transfer(analysis)


def _order(analysis: "Analysis") -> Theme:
    order = None if analysis.chain is None else analysis.chain.order
    whole = sum(1 for rep in analysis.reps if rep.complete)
    if order is None or not order.expected:
        return Theme("Order", "", "no order of these links has a source")
    names = " → ".join(link_name(name) for name in order.expected)
    if order.share_in_order is None or not enough_ordered(order, whole):
        few = f"{order.n} of {plural(whole, 'whole rep')} could be ordered, which is too few to tell a share"
        return Theme("Order", "", order.reason if order.n == 0 and order.reason else few)
    share = estimate_text(order.share_in_order.scaled(100.0, "%"))
    return Theme("Order", share, f"of {plural(order.n, 'rep')} in the order {names}")


def _lag(analysis: "Analysis") -> Theme:
    gap = None if analysis.chain is None else analysis.chain.primary
    if gap is None:
        return Theme("Lag", "", "this movement names no pair of links")
    pair = f"{link_name(gap.from_link)} → {link_name(gap.to_link)}, {gap_event(gap)}"
    if gap.set_s is None:
        return Theme("Lag", "", f"{pair}: {reason_of(gap)[0]}")
    value = f"{gap_ms(gap.set_s)} ms ({interval_ms(gap.set_s).removesuffix(' ms')})"
    return Theme("Lag", value, f"{pair}, {plural(gap.n, 'rep')}: {verdict_text(gap)}")


def _transfer(analysis: "Analysis") -> Theme:
    """The share of energy that is passed on where power is known, else the gain of speed."""
    power = analysis.power
    if power is None:
        return _speed(analysis)
    found = _energy(power) or _speed(analysis)
    return found if found.value else Theme("Transfer", "", _no_energy(power) or found.about)


def _no_energy(power: "PowerResult") -> str:
    """Why no share of energy is told; empty where nothing says so."""
    reasons = [power.refused.get("", "")]
    reasons += [step.ratio.reason for step in power.steps if power.drives.get(step.phase)]
    return next(filter(None, reasons), "")


def _energy(power: "PowerResult") -> Theme | None:
    if "" in power.refused:
        return None
    driving = [step for step in power.steps if power.drives.get(step.phase)]
    for start in ("all joints", "legs"):
        for step in driving:
            ratio = step.ratio.of_set
            if step.from_link == start and ratio is not None and worth_a_share(step) and _inside(power, step):
                whose = "all measured joints generate" if start == "all joints" else "the legs generate"
                about = f"of the energy that {whose} in the {phase_words(step.phase)} reaches the {step.to_link}"
                return Theme("Transfer", _percent(ratio), about)
    return None


def _inside(power: "PowerResult", step: "TransferStep") -> bool:
    """Whether what was measured can have passed it on."""
    return step.from_link != "all joints" or not beyond_measured(power, step.phase)


def _percent(ratio: Estimate) -> str:
    return estimate_text(ratio.scaled(100.0, "%"), decimals=0)


def _speed(analysis: "Analysis") -> Theme:
    chain = analysis.chain
    passed = () if chain is None else chain.transfers
    pairs = dict.fromkeys((t.from_link, t.to_link) for t in passed)
    if chain is None or not pairs:
        return Theme(
            "Transfer", "", "it takes plates under both feet and the masses, or links that turn one after the other"
        )
    primary = next(((g.from_link, g.to_link) for g in chain.gaps if g.primary), None)
    first, second = primary if primary in pairs else next(iter(pairs))
    rows = [Measured(t.rep, t.gain, t.reason) for t in passed if (t.from_link, t.to_link) == (first, second)]
    found = mean_of_set(rows, _LEAST_REPS, analysis.settings.level)
    what = f"peak rate of the {link_name(second)} over that of the {link_name(first)}"
    if found.estimate is None:
        return Theme("Transfer", "", f"{what}: {found.reason}")
    value = f"{estimate_text(found.estimate, with_unit=False)} ×"
    return Theme("Transfer", value, f"{what}, {plural(found.n, 'rep')}; speed, as no energy is known")
