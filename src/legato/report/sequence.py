"""The order in which the links followed each other, and what passed from one to the next."""

from collections.abc import Sequence
from html import escape

from legato.chain.model import ChainResult, OrderResult
from legato.estimate import Estimate
from legato.report.words import estimate_text, link_name, number, rep_number, sentence


def order_html(chain: ChainResult | None) -> str:
    """Expected and observed order, the share of reps in order, Kendall's tau; nothing where no order was read."""
    if chain is None or chain.order is None:
        return ""
    order = chain.order
    pairs = [("Expected", _names(order.expected)), ("Seen most often", _names(order.observed_most_common))]
    pairs.append(("Reps in order", _share(order.share_in_order)))
    pairs.append(("Kendall τ-b", "—" if order.tau_b is None else number(order.tau_b, 2)))
    facts = "".join(f"<div><dt>{name}</dt><dd>{escape(value)}</dd></div>" for name, value in pairs)
    return f'<h2>Order</h2><dl class="facts">{facts}</dl>{_reason(order)}'


def transfer_html(chain: ChainResult | None) -> str:
    """What passed between links in each rep: the gain in peak rate, and how far the first had slowed."""
    if chain is None or not any(t.gain or t.slowed for t in chain.transfers):
        return ""
    rows = "".join(
        f"<tr><th scope=row>{escape(link_name(t.from_link))} → {escape(link_name(t.to_link))}</th>"
        f"<td>{rep_number(t.rep)}</td><td>{escape(estimate_text(t.gain))}</td>"
        f"<td>{escape(_share(t.slowed))}</td><td>{escape(t.reason)}</td></tr>"
        for t in chain.transfers
    )
    head = "<tr><th>Links</th><th>Rep</th><th>Gain in peak rate</th><th>First has slowed by</th><th></th></tr>"
    note = "Gain: peak rate of the second link over the first's. Slowed: share of its peak rate that the first has lost"
    table = f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>"
    shown = f'<details open><summary>Table: gain from link to link</summary><div class="scroll">{table}</div></details>'
    return f'<h2>Speed passed on</h2>{shown}<p class="note">{note} when the second peaks.</p>'


def _names(links: Sequence[str]) -> str:
    return " → ".join(link_name(name) for name in links) or "—"


def _share(share: Estimate | None) -> str:
    return "—" if share is None else estimate_text(share.scaled(100.0, "%"))


def _reason(order: OrderResult) -> str:
    return f'<p class="note">{escape(sentence(order.reason))}</p>' if order.reason else ""
