"""The order in which the links followed each other, and what passed from one to the next."""

from collections.abc import Sequence
from html import escape

from legato.chain.model import ChainResult, OrderResult, Transfer
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
    if chain is None:
        return ""
    pairs: dict[tuple[str, str], list[Transfer]] = {}
    for transfer in chain.transfers:
        pairs.setdefault((transfer.from_link, transfer.to_link), []).append(transfer)
    known = {pair: reps for pair, reps in pairs.items() if any(t.gain or t.slowed for t in reps)}
    if not known:
        return ""
    reps = sorted({t.rep for found in known.values() for t in found})
    rows = ""
    for (first, second), found in known.items():
        by_rep = {t.rep: t for t in found}
        gains = [estimate_text(by_rep[r].gain if r in by_rep else None) for r in reps]
        slowed = [_share(by_rep[r].slowed if r in by_rep else None, unit=False) for r in reps]
        rows += _row(f"{link_name(second)} over {link_name(first)}, peak rate", "×", gains)
        rows += _row(f"{link_name(first)} slowed when {link_name(second)} peaks", "%", slowed)
    head = "".join(f'<th scope="col">Rep {rep_number(r)}</th>' for r in reps)
    table = f"<table><thead><tr><th></th>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return f'<h2>Speed passed on</h2><div class="scroll wide">{table}</div>'


def _row(name: str, unit: str, cells: Sequence[str]) -> str:
    shown = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
    return f'<tr><th scope="row">{escape(sentence(name).rstrip("."))}&nbsp;<small>{unit}</small></th>{shown}</tr>'


def _names(links: Sequence[str]) -> str:
    return " → ".join(link_name(name) for name in links) or "—"


def _share(share: Estimate | None, *, unit: bool = True) -> str:
    return "—" if share is None else estimate_text(share.scaled(100.0, "%"), with_unit=unit)


def _reason(order: OrderResult) -> str:
    return f'<p class="note">{escape(sentence(order.reason))}</p>' if order.reason else ""
