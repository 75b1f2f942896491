"""Corrections by hand as a session keeps them: added, undone and redone with a trace, and as `corrections.toml`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import inf
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from legato.corrections import Correction, Outcome, corrections_of_result, to_toml
from legato.corrections.links import ROOM_S
from legato.errors import BadInput
from legato.messages import wrong_value
from legato.report.corrections import correction_line
from legato.store import Catalogue, note
from legato.store.rows import CorrectionRow, SessionRow, now
from legato.web.anew import of_now
from legato.web.jobs import enqueue
from legato.web.pieces import of_result
from legato.web.words import translate as _

_MOST = 10_000
"""Corrections that a session may have. [ENG]"""

_ENTRY: TypeAdapter[Any] = TypeAdapter(Correction)

_OF_THE_RESULT = ("state", "reason", "sha256")

_SETS_TIME = ("set-link-event", "add-mark", "move-mark")
"""Corrections that set a time inside the repetition that they name."""

_ROUNDING_S = 1e-3
"""To what a session's record rounds, and some, s."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A correction in the history: its row, its words, and what became of it: `applied`, `no-longer-fits`, `waits` for
    the next analysis, or `undone`.
    """

    row: CorrectionRow
    said: str
    state: str


def add_correction(
    catalogue: Catalogue, rows: Session, session: SessionRow, entry: Mapping[str, Any], who: str = ""
) -> CorrectionRow:
    """Add a correction for the session's own recording and ask for a new analysis; the recording stays as it is.

    Raises
    ------
    BadInput
        It is not one: which field, and why; or it sets a time outside the repetition that it names.
    """
    if len(session.corrections) >= _MOST:
        raise BadInput(f"the session has {_MOST} corrections already; undo some")
    made_for = {"sha256": sha256} if (sha256 := recording_of(session)) else {}
    said = {"who": who} if who else {}
    checked = checked_entry({"when": date.today().isoformat()} | said | made_for | dict(entry))
    _refuse_elsewhere(checked, _standing(catalogue, rows, session))
    last = select(func.max(CorrectionRow.number)).where(CorrectionRow.session_id == session.id)
    row = CorrectionRow(number=(rows.scalar(last) or 0) + 1, entry=checked, by=who)
    session.corrections.append(row)
    rows.flush()
    note(rows, "correction added", session.id, who, number=row.number, do=checked["do"])
    enqueue(rows, session, "analyse")
    return row


def _standing(catalogue: Catalogue, rows: Session, session: SessionRow) -> Sequence[Mapping[str, Any]]:
    """The repetitions as they stand; none where the newest result is not of what stands now, so that nobody knows."""
    if not session.results or not of_now(rows, session.results[-1]):
        return ()
    return of_result(catalogue, session.results[-1], "session.json")["names"]["reps"]


def _refuse_elsewhere(entry: Mapping[str, Any], reps: Sequence[Mapping[str, Any]]) -> None:
    """Refuse a time that does not lie in the repetition that was named: it would never fit."""
    named = next((rep for rep in reps if rep["start_s"] <= entry.get("at_s", inf) <= rep["end_s"]), None)
    if named is None or entry["do"] not in _SETS_TIME:
        return
    at, room = entry["time_s"], ROOM_S if entry["do"] == "set-link-event" else _ROUNDING_S
    if named["start_s"] - room <= at <= named["end_s"] + room:
        return
    span = {"low": f"{named['start_s']:.2f}", "high": f"{named['end_s']:.2f}"}
    said = span | {"at": f"{at:.3f}", "rep": named["number"]}
    there = next((rep["number"] for rep in reps if rep["start_s"] <= at <= rep["end_s"]), None)
    if there is None:
        raise BadInput(_("New time: %(at)s s lies outside repetition %(rep)s (%(low)s to %(high)s s)") % said)
    told = _(
        "New time: %(at)s s lies in repetition %(there)s, not in %(rep)s (%(low)s to %(high)s s); choose that one, "
        "or another time"
    )
    raise BadInput(told % (said | {"there": there}))


def undo(rows: Session, session: SessionRow, row: CorrectionRow, who: str = "") -> None:
    """Take a correction back; it stays in the history."""
    if row.undone_at is None:
        row.undone_at = now()
        note(rows, "correction undone", session.id, who, number=row.number)
        enqueue(rows, session, "analyse")


def redo(rows: Session, session: SessionRow, row: CorrectionRow, who: str = "") -> None:
    """Put a correction that was undone back into its place."""
    if row.undone_at is not None:
        row.undone_at = None
        note(rows, "correction redone", session.id, who, number=row.number)
        enqueue(rows, session, "analyse")


def last_to_undo(session: SessionRow) -> CorrectionRow | None:
    """The correction that undoing takes back."""
    return next((row for row in reversed(session.corrections) if row.undone_at is None), None)


def last_to_redo(session: SessionRow) -> CorrectionRow | None:
    """The correction that was undone last."""
    undone = [(row.undone_at, row.number, row) for row in session.corrections if row.undone_at is not None]
    return max(undone, key=lambda one: one[:2])[2] if undone else None


def recording_of(session: SessionRow) -> str | None:
    """The checksum that the session's corrections are made for: that of its first file of the movement."""
    return next((file.sha256 for file in session.files if file.role == "trial"), None)


def checked_entry(entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry as a row keeps it.

    Raises
    ------
    BadInput
        It is none.
    """
    try:
        return _ENTRY.validate_python(dict(entry)).model_dump(mode="json", exclude_none=True)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"][1:])
        raise BadInput(f"{where}: {wrong_value(first)}" if where else wrong_value(first)) from None


def as_toml(session: SessionRow) -> str:
    """The corrections that hold, as `legato corrections export` writes those of the session's result."""
    held = [row.entry for row in session.corrections if row.undone_at is None]
    inputs = [{"sha256": sha256}] if (sha256 := recording_of(session)) else []
    record = {"schema": "legato.analysis/1", "inputs": inputs, "corrections": held}
    return to_toml(corrections_of_result(record, "corrections"))


def history(session: SessionRow, result: Mapping[str, Any] | None) -> list[Shown]:
    """Every correction, the newest first, with what became of it in `result`, the newest one's record."""
    outcomes = [] if result is None else list(result["corrections"])
    shown: list[Shown] = []
    for row in session.corrections:
        state, reason = "undone", ""
        if row.undone_at is None:
            found = next((one for one in outcomes if _same(one, row.entry)), None)
            if found is not None:
                outcomes.remove(found)
            state, reason = ("waits", "") if found is None else (str(found["state"]), str(found["reason"] or ""))
        fits = state != "no-longer-fits"
        made = Outcome(_ENTRY.validate_python(row.entry), "applied" if fits else "no-longer-fits", reason)
        shown.append(Shown(row, correction_line(made), state))
    return shown[::-1]


def _same(outcome: Mapping[str, Any], entry: Mapping[str, Any]) -> bool:
    plain = {name: value for name, value in outcome.items() if name not in _OF_THE_RESULT}
    return plain == {name: value for name, value in entry.items() if name not in _OF_THE_RESULT}
