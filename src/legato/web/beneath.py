"""The marks of an earlier session, laid beneath those of the chain's timeline."""

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Annotated, Any

from fastapi import Query
from sqlalchemy.orm import Session

from legato.report.charts import Axis
from legato.store import Catalogue
from legato.store.rows import ResultRow, SessionRow
from legato.web.overlay import before, lanes_of, own_of, too_few
from legato.web.pieces import of_result

Beneath = Annotated[str | None, Query(max_length=16)]
"""The id of the session that is laid beneath the timeline; another word offers those that there are."""

_ENDS = re.compile(r'<div class="timeline" data-low="([-\d.]+)" data-high="([-\d.]+)">')
_AREA = r'(<div class="lane"><div class="who"><b>{name}</b>(?:(?!<div class="lane">).)*?<div class="area rel"[^>]*>)'


def timeline_of(
    rows: Session, kept: Catalogue, session: SessionRow, result: ResultRow, beneath: str | None
) -> dict[str, Any]:
    """The chain's section in two, up to the end of the timeline and on from there, with the session that is laid
    beneath; `choice` is None where nobody asked for one.
    """
    chain = of_result(kept, result, "pieces.json")["chain"]
    if beneath is None or not chain:
        return {"chain": _split(chain), "choice": None}
    # What has no whole repetition has nothing to lay beneath.
    own = [one for one in own_of(rows, session, result) if one.results[-1].summary["complete"]]
    other = next((one for one in own if one.id == beneath), None)
    told = {"choice": own, "other": other, "usual": before(session, result, own), "why": "", "left_out": [], "few": []}
    if other is None:
        return told | {"chain": _split(chain)}
    then, now = (of_result(kept, one, "session.json") for one in (other.results[-1], result))
    lanes, _axis, why = lanes_of(then, now)
    if why:
        return told | {"chain": _split(chain), "why": why}
    drawn, left_out = laid_beneath(chain, [mark for mark in then["lanes"] if not too_few(then, mark)])
    few = [f"{_called(mark)} ({why})" for mark in then["lanes"] if (why := too_few(then, mark))]
    return told | {"chain": _split(drawn), "lanes": lanes, "left_out": left_out, "few": few}


def laid_beneath(chain: str, marks: Sequence[Mapping[str, Any]]) -> tuple[str, list[str]]:
    """The timeline's HTML with the mean of each event of another session beneath, and the events that have no place.

    Parameters
    ----------
    chain
        The section of the chain as the report writes it.
    marks
        The other session's `lanes` (see `session_record`), lined up at the same instant: times in s from it.
    """
    ends = _ENDS.search(chain)
    if ends is None:
        return chain, [_called(mark) for mark in marks]
    axis = Axis(float(ends[1]), float(ends[2]))
    left_out: list[str] = []
    for mark in marks:
        drawn = ""
        if axis.low <= mark["value"] <= axis.high:
            at, low, high = (100.0 * axis.share(mark[end]) for end in ("value", "low", "high"))
            low, high = max(0.0, low), min(100.0, high)
            drawn = (
                f'<i class="ghost-ci" style="left:{low:.2f}%;width:{high - low:.2f}%"></i>'
                f'<i class="ghost {escape(mark["event"])}" style="left:{at:.2f}%"></i>'
            )
        area = re.compile(_AREA.format(name=re.escape(escape(mark["name"]))), re.DOTALL)
        found = area.search(chain) if drawn else None
        if found is None:
            left_out.append(_called(mark))
        else:
            chain = f"{chain[: found.end()]}{drawn}{chain[found.end() :]}"
    return chain, left_out


def _split(chain: str) -> tuple[str, str]:
    """The section up to what follows the timeline, and the rest."""
    after = chain.find("<h2>", max(chain.find('<div class="timeline"'), 0))
    at = chain.rfind("</section>") if after < 0 else after
    return (chain, "") if at < 0 else (chain[:at], chain[at:])


def _called(mark: Mapping[str, Any]) -> str:
    return f"{mark['name']}, {mark['noun']}"
