"""A session beside an earlier one: timeline, gaps and verdicts side by side, and one line about it on its own page."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from legato.compare.baseline import USUAL_DAYS, usual_days
from legato.errors import BadInput, NotResolvable
from legato.report.comparison import (
    by_chance,
    change_head,
    change_sentence,
    compared,
    comparison_head,
    comparison_notes,
    placement_note,
    placement_refuted,
    row_name,
    set_apart,
    setting_name,
    setting_text,
    target_text,
    verdict_words,
)
from legato.store.rows import ResultRow, SessionRow
from legato.web.baseline_offer import offered, waiting_for_baseline
from legato.web.deps import Kept, Rows, TheSession, found
from legato.web.other_verdicts import faults_changed
from legato.web.overlay import (
    alike,
    before,
    comparison,
    dated,
    lanes_of,
    main_change,
    main_row,
    others_of,
    otherwise,
    own_of,
    pair_of,
    primary_gap,
    result_of,
    rows_of,
    surest,
)
from legato.web.pages.replay import replay_shown
from legato.web.pages.session import Version, shown_result
from legato.web.pieces import of_result
from legato.web.render import page
from legato.web.words import translate as _

routes = APIRouter(include_in_schema=False)


@routes.get("/sessions/{session_id}/compare")
def compare_page(
    request: Request,
    session: TheSession,
    rows: Rows,
    kept: Kept,
    version: Version = None,
    other: Annotated[str | None, Query(alias="with", max_length=16)] = None,
    days: Annotated[list[str] | None, Query()] = None,
    same_placement: bool = False,
) -> HTMLResponse:
    """Two sessions of one movement side by side."""
    result = shown_result(session, version)
    shown: dict[str, Any] = {"session": session, "result": result, "tab": "compare"}
    if result is None:
        return page(request, "session_compare.html", **shown, own=[], strange=[], other=None)
    own, strange = others_of(rows, session, result)
    chosen = before(session, result, own) or next(iter(own), None)
    if other is not None:
        chosen = found(alike(rows, session, result, other), "session of the same movement with a result")
        strange += [chosen] if chosen not in (*own, *strange) else []
    shown |= {"own": own, "strange": strange, "same_placement": same_placement}
    if chosen is None:
        return page(request, "session_compare.html", **shown, other=None)
    return page(
        request, "session_compare.html", **shown, **_set_apart(kept, session, result, chosen, own, days, same_placement)
    )


@routes.get("/sessions/{session_id}/compare/line")
def compare_line(
    request: Request, session: TheSession, rows: Rows, kept: Kept, version: Version = None
) -> HTMLResponse:
    """One line on what changed since the last session that can be compared; empty where there is none."""
    result = found(shown_result(session, version), "result")
    own = own_of(rows, session, result)
    last = before(session, result, own)
    change = None
    if last is not None:
        days = usual_days(dated([session, *own], session, result), USUAL_DAYS)
        change = main_change(kept, last.results[-1], result, [result_of(one, session, result) for one in days])
    level = of_result(kept, result, "session.json")["level"]
    shown = {
        "level": level,
        "change": change,
        "main": None if change is None or change.main is None else _main(change.main),
        "otherwise": "" if change is None else "; ".join(change.otherwise),
        "baseline": offered(session, own) if result is session.results[-1] else None,
        "newest": result is session.results[-1],
        "waiting": waiting_for_baseline(kept, session, result),
    }
    return page(request, "session_compare_line.html", session=session, other=last, **shown)


def _set_apart(
    kept: Kept,
    session: SessionRow,
    result: ResultRow,
    other: SessionRow,
    own: list[SessionRow],
    days: list[str] | None,
    same_placement: bool,
) -> dict[str, Any]:
    """What the page shows of two sessions; `first` is the one that was recorded first."""
    pair = pair_of(session, result, other, own, days)
    first, second, one_athlete = pair.first, pair.second, pair.one_athlete
    shown: dict[str, Any] = {
        "other": other,
        "one_athlete": one_athlete,
        "first": first,
        "second": second,
        "choice": pair.choice,
        "read_from": [one.recorded_on for one, _row in pair.used],
        "used": [one.id for one, _row in pair.used] if days is None else days,
        "no_baseline": "",
        "refusal": "",
        "placed": "",
        "refuted": "",
        "otherwise": "",
        "changed": [],
        "rows": [],
        "surest": [],
        "main": None,
        "faults": faults_changed(first[1], second[1]),
        "replay": replay_shown(session, result, (other, other.results[-1])),
        "level": of_result(kept, result, "session.json")["level"],
    }
    then, now = (of_result(kept, one[1], "session.json") for one in (first, second))
    lanes, axis, no_lanes = lanes_of(then, now)
    shown |= {"lanes": lanes, "axis": axis, "no_lanes": no_lanes, "aligned": then["aligned"]}
    if shown["replay"]:
        shown["replay"]["alike"] = then["aligned"] == now["aligned"]
    try:
        record, shown["no_baseline"] = comparison(
            kept,
            first[1],
            second[1],
            [row for _one, row in pair.used],
            same_placement=same_placement,
            one_athlete=one_athlete,
        )
    except (BadInput, NotResolvable) as why:
        return shown | {"refusal": str(why)}
    shown["changed"] = [
        (setting_name(one["what"]), setting_text(one["first"]), setting_text(one["second"]))
        for one in record["changed"]
    ]
    if record["kind"] == "same-recording":
        return shown | {"refusal": _("Both sessions hold the same recording; choose another one.")}
    main = main_row(record, primary_gap(second[1]))
    if main is not None:
        shown["main"] = _main(main)
    placed = placement_note(record["placement"], _("the box below")) if one_athlete and not record["doubts"] else ""
    return shown | {
        "otherwise": "; ".join(otherwise(record)) if one_athlete else "",
        "rows": rows_of(record),
        "surest": surest(record) if main is None else [],
        "differ": sum(row["shown"] != "no" for row in compared(record)),
        "by_chance": by_chance(len(compared(record)), "changed" if one_athlete else "different"),
        "head": comparison_head(record),
        "placed": placed,
        "refuted": placed if placement_refuted(record["placement"]) else "",
        "notes": comparison_notes(record, baseline=_("further days would tell"), placement=_("the box below")),
        "refused": [(row_name(one), one["reason"]) for one in record["refused"]],
    }


def _main(row: Mapping[str, Any]) -> dict[str, Any]:
    """The gap that the finding is about, in both sets, in words."""
    unit, first, second, difference = set_apart(row, seconds=False)
    verdicts = verdict_words(row)
    return {
        "name": row_name(row), "unit": unit, "first": first, "second": second, "difference": difference,
        "head": change_head(row), "said": change_sentence(row), "target": target_text(row),
        "verdict_first": verdicts[0], "verdict_second": verdicts[1],
    }  # fmt: skip
