"""The order in which the links followed each other, and what passed from one to the next."""

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from legato.chain.model import ChainResult, OrderResult, Transfer
from legato.estimate import Estimate
from legato.report.side_by_side import column_heads, row, side_by_side
from legato.report.words import estimate_text, link_name, number, plural, rep_number, row_texts, sentence

if TYPE_CHECKING:
    from legato.analysis import Analysis

_FEWEST_REPS = 3
"""Ordered reps from which a share and an agreement are shown, if they are two thirds of the whole reps as well."""


def order_html(analysis: "Analysis") -> str:
    """Expected and observed order, share of reps in order and Kendall's tau-b where enough reps could be ordered;
    nothing where no order was read.
    """
    chain = analysis.chain
    if chain is None or chain.order is None:
        return ""
    order = chain.order
    ordered, whole = order.n, sum(1 for rep in analysis.reps if rep.complete)
    counted = f"{ordered} of {plural(whole, 'whole rep')}"
    pairs = [("Expected", _names(order.expected)), ("Reps that could be ordered", counted)]
    note = ""
    if order.share_in_order is not None and enough_ordered(order, whole):
        pairs.append(("Seen most often", _names(order.observed_most_common)))
        pairs.append((f"In order, of those {ordered}", _share(order.share_in_order)))
        if order.tau_b is not None:
            pairs.append(("Agreement (Kendall τ-b)", number(order.tau_b, 2)))
            note = '<p class="note">Agreement with the expected order: 1 = always, \u22121 = reversed.</p>'
    else:
        note = '<p class="note">Too few to say how often the order is kept.</p>'
    facts = "".join(f"<div><dt>{name}</dt><dd>{escape(value)}</dd></div>" for name, value in pairs)
    return f'<h2>Order</h2><dl class="facts">{facts}</dl>{note}{_reason(order)}'


def enough_ordered(order: OrderResult, whole: int) -> bool:
    """Whether enough of the `whole` reps could be ordered for a share to be told."""
    return order.n >= _FEWEST_REPS and 3 * order.n >= 2 * whole


def transfer_html(chain: ChainResult | None) -> str:
    """What passed between links in each rep: the gain in peak rate, and how far the first had slowed."""
    if chain is None:
        return ""
    pairs: dict[tuple[str, str], list[Transfer]] = {}
    for transfer in chain.transfers:
        pairs.setdefault((transfer.from_link, transfer.to_link), []).append(transfer)
    known = {pair: reps for pair, reps in pairs.items() if any(t.gain or t.slowed for t in reps)}
    if not known:
        return ""
    reps = sorted({t.rep for found in known.values() for t in found})
    rows: list[str] = []
    for (first, second), found in known.items():
        by_rep = {t.rep: t for t in found}
        gains = row_texts([by_rep[r].gain if r in by_rep else None for r in reps])
        shares = [by_rep[r].slowed if r in by_rep else None for r in reps]
        slowed = row_texts([None if s is None else s.scaled(100.0, "%") for s in shares])
        rows.append(row(f"{link_name(second)} over {link_name(first)}, peak rate", "×", gains))
        rows.append(row(f"{link_name(first)} slowed when {link_name(second)} peaks", "%", slowed))
    heads = column_heads([f"Rep {rep_number(r)}" for r in reps])
    return f"<h2>Speed passed on</h2>{side_by_side(heads, rows)}"


def _names(links: Sequence[str]) -> str:
    return " → ".join(link_name(name) for name in links) or "—"


def _share(share: Estimate | None) -> str:
    return "—" if share is None else estimate_text(share.scaled(100.0, "%"))


def _reason(order: OrderResult) -> str:
    return f'<p class="note">{escape(sentence(order.reason))}</p>' if order.reason else ""
