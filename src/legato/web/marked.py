"""The Markdown that the report writes of an entry, as HTML: headings, paragraphs, lists, tables, links, code, bold."""

import re
from collections.abc import Iterator, Sequence
from html import escape

from legato.coaching.catalogue import drills
from legato.evidence.claims import claims
from legato.faults.catalogue import fault_entries
from legato.movements import movement_ids

_INLINE = re.compile(r"`([^`]+)`|\*\*(.+?)\*\*|!\[([^\]]*)\]\(([^)]*)\)|\[([^\]]*)\]\(([^)\s]*)\)")
_HEADING = re.compile(r"(#{1,4}) (.*)")
_ITEM = re.compile(r"(?:- |\d+\. )(.*)")
_CELLS = re.compile(r"(?<!\\)\|")

_LEADS_TO = (
    ("claim", re.compile(r"(?:\.\./)?claims\.md#(\w+)")),
    ("fault", re.compile(r"(?:\.\./)?fault-list\.md#([\w-]+)")),
    ("drill", re.compile(r"(?:\.\./)?drills\.md#([\w-]+)")),
    ("movement", re.compile(r"(?:\.\./)?movements/([\w-]+)\.md")),
)
"""What the links of the documentation's pages lead to."""


def html_of(text: str, down: int = 1, within: str = "") -> str:
    """The HTML of a text in Markdown. Links of the documentation lead to the pages of the app; those that lead nowhere
    are words.

    Parameters
    ----------
    text
        As the report's modules write it; what stands in it is escaped.
    down
        How many levels a heading is put down.
    within
        What links to a place of their own text lead to: `drill`, where a drill names others.
    """
    return "".join(_blocks(text.split("\n\n"), down, within))


def _blocks(blocks: Sequence[str], down: int, within: str) -> Iterator[str]:
    for block in blocks:
        lines = [line for line in block.strip("\n").split("\n") if line]
        if not lines or lines[0].startswith("<!--"):
            continue
        if (head := _HEADING.match(lines[0])) is not None:
            level = min(len(head[1]) + down, 6)
            yield f"<h{level}>{_inline(head[2], within)}</h{level}>"
            yield from _blocks(["\n".join(lines[1:])], down, within)
        elif all(line.startswith("|") for line in lines):
            yield _table(lines, within)
        elif all(_ITEM.match(line) for line in lines):
            kind = "ul" if lines[0].startswith("- ") else "ol"
            items = "".join(f"<li>{_inline(_text_of(line), within)}</li>" for line in lines)
            yield f"<{kind}>{items}</{kind}>"
        else:
            yield f"<p>{_inline(' '.join(lines), within)}</p>"


def _text_of(line: str) -> str:
    found = _ITEM.match(line)
    return line if found is None else found[1]


def _table(lines: Sequence[str], within: str) -> str:
    """A table; one whose head is empty and that has two columns is a list of facts."""
    rows = [[_inline(cell.strip().replace("\\|", "|"), within) for cell in _CELLS.split(line)[1:-1]] for line in lines]
    head, body = rows[0], rows[2:]
    if not any(head) and len(head) == 2:
        told = "".join(f"<div><dt>{name}</dt><dd>{said}</dd></div>" for name, said in body)
        return f'<dl class="told-of">{told}</dl>'
    heads = "".join(f'<th scope="col">{one or "<span class=sr>" + "number" + "</span>"}</th>' for one in head)
    cells = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in body)
    return (
        f'<div class="scroll" tabindex="0" role="group" aria-label="{escape(_plain(lines[0]))}">'
        f'<table class="left"><thead><tr>{heads}</tr></thead><tbody>{cells}</tbody></table></div>'
    )


def _plain(head: str) -> str:
    return ", ".join(cell.strip() for cell in head.strip("|").split("|") if cell.strip())


def _inline(text: str, within: str) -> str:
    made, at = "", 0
    for found in _INLINE.finditer(text):
        made += escape(text[at : found.start()])
        code, bold, _, image, words, href = found.groups()
        if code is not None:
            made += f"<code>{escape(code)}</code>"
        elif bold is not None:
            made += f"<strong>{_inline(bold, within)}</strong>"
        elif image is None:
            leads = _leads(href, within)
            inside = _inline(words, within)
            made += f'<a href="{escape(leads)}">{inside}</a>' if leads else inside
        at = found.end()
    return made + escape(text[at:])


def _leads(href: str, within: str) -> str:
    """The address in the app; empty where there is none."""
    if href.startswith("https://"):
        return href
    if href.startswith("#"):
        return address_of(within, href[1:])
    for kind, pattern in _LEADS_TO:
        if (found := pattern.fullmatch(href)) is not None:
            return address_of(kind, found[1])
    return ""


def address_of(kind: str, name: str) -> str:
    """The page of an entry of the library or the ledger; empty of one that is not there."""
    if kind == "claim":
        return f"/evidence/{name.upper()}" if name.upper() in claims() else ""
    known = {"movement": movement_ids, "fault": fault_entries, "drill": drills}
    return f"/library/{kind}/{name}" if kind in known and name in known[kind]() else ""
