"""The forms of corrections: what each asks for, and the entry of `corrections.toml` that comes of it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from legato.errors import BadInput
from legato.web.deps import Fields
from legato.web.words import translate as _

_FIRST_S, _LAST_S = -1e5, 1e5
_LONGEST_S = 10.0


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form. `kind`: `rep`, `time`, `span`, `mark`, `phase`, `event`, `link`, `channel`, `other`, `side`,
    `complete`, `text`.
    """

    name: str
    kind: str
    called: Callable[[], str]
    needed: bool = True


@dataclass(frozen=True, slots=True)
class Form:
    """A correction: what `do` says, its title, its fields."""

    do: str
    title: Callable[[], str]
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Forms that correct the same kind of thing; `needs` names what the recording must have."""

    name: str
    title: Callable[[], str]
    needs: str
    forms: tuple[Form, ...]


def _time(name: str, called: Callable[[], str], needed: bool = True) -> Field:
    return Field(name, "time", called, needed)


_REP = Field("at_s", "rep", lambda: _("Repetition"))
_MARK = Field("mark", "mark", lambda: _("Mark"))
_PHASE = Field("phase", "phase", lambda: _("Phase"))
_EVENT = Field("event", "event", lambda: _("Event"))
_LINK = Field("link", "link", lambda: _("Link and its event"))
_CHANNEL = Field("channel", "channel", lambda: _("Marker or channel"))
_TO = Field("to", "text", lambda: _("New name"))
_AT = _time("time_s", lambda: _("New time, s"))
_START = _time("start_s", lambda: _("Start, s"))
_END = _time("end_s", lambda: _("End, s"))
_NEW_START = _time("start_s", lambda: _("New start, s"), needed=False)
_NEW_END = _time("end_s", lambda: _("New end, s"), needed=False)
_TURN = _time("turn_s", lambda: _("Turning point (bottom), s"), needed=False)
_FROM = _time("start_s", lambda: _("Only from, s"), needed=False)
_UNTIL = _time("end_s", lambda: _("Only until, s"), needed=False)
_SIDE = Field("side", "side", lambda: _("Side"), needed=False)

GROUPS = (
    Group(
        "reps",
        lambda: _("Repetitions"),
        "",
        (
            Form("move-rep", lambda: _("Move its start, turning point or end"), (_REP, _NEW_START, _TURN, _NEW_END)),
            Form("add-rep", lambda: _("Add one that was missed"), (_START, _END, _TURN, _SIDE)),
            Form("delete-rep", lambda: _("Remove one that is none"), (_REP,)),
            Form(
                "relabel-rep",
                lambda: _("Say whether it counts, its side or a name"),
                (
                    _REP,
                    Field("complete", "complete", lambda: _("Counts"), needed=False),
                    _SIDE,
                    Field("label", "text", lambda: _("Name"), needed=False),
                ),
            ),
        ),
    ),
    Group(
        "marks",
        lambda: _("Marks of a repetition"),
        "marks",
        (
            Form("move-mark", lambda: _("Move a mark"), (_REP, _MARK, _AT)),
            Form(
                "add-mark",
                lambda: _("Add a mark"),
                (_REP, Field("mark", "text", lambda: _("Name of the mark")), _time("time_s", lambda: _("Time, s"))),
            ),
            Form("delete-mark", lambda: _("Remove a mark"), (_REP, _MARK)),
            Form("relabel-mark", lambda: _("Rename a mark"), (_REP, _MARK, _TO)),
        ),
    ),
    Group(
        "phases",
        lambda: _("Phases of a repetition"),
        "phases",
        (
            Form("move-phase", lambda: _("Move a phase"), (_REP, _PHASE, _NEW_START, _NEW_END)),
            Form(
                "add-phase",
                lambda: _("Add a phase"),
                (_REP, Field("phase", "text", lambda: _("Name of the phase")), _START, _END),
            ),
            Form("delete-phase", lambda: _("Remove a phase"), (_REP, _PHASE)),
            Form("relabel-phase", lambda: _("Rename a phase"), (_REP, _PHASE, _TO)),
        ),
    ),
    Group(
        "links",
        lambda: _("Events of the links"),
        "links",
        (
            Form(
                "set-link-event",
                lambda: _("Set a link's onset, peak, turning point or end"),
                (
                    _REP,
                    _LINK,
                    _AT,
                    Field("error_s", "span", lambda: _("How well you read it, ± s (90 %)"), needed=False),
                ),
            ),
            Form("delete-link-event", lambda: _("Say that a link's event is not there"), (_REP, _LINK)),
        ),
    ),
    Group(
        "events",
        lambda: _("Events of the file"),
        "",
        (
            Form("move-event", lambda: _("Move an event"), (_EVENT, _AT)),
            Form(
                "add-event",
                lambda: _("Add an event"),
                (
                    Field("event", "text", lambda: _("Name of the event")),
                    _time("time_s", lambda: _("Time, s")),
                    Field("context", "text", lambda: _("Whose (Right, Left, General)"), needed=False),
                ),
            ),
            Form("delete-event", lambda: _("Remove an event"), (_EVENT,)),
            Form("relabel-event", lambda: _("Rename an event"), (_EVENT, _TO)),
        ),
    ),
    Group(
        "channels",
        lambda: _("Markers and channels"),
        "streams",
        (
            Form("drop-channel", lambda: _("Leave one out"), (_CHANNEL, _FROM, _UNTIL)),
            Form("rename-channel", lambda: _("Rename one"), (_CHANNEL, _TO)),
            Form(
                "swap-channels",
                lambda: _("Swap two"),
                (_CHANNEL, Field("other", "other", lambda: _("with")), _FROM, _UNTIL),
            ),
        ),
    ),
)
"""All that a person may correct."""

_FORMS = {form.do: form for group in GROUPS for form in group.forms}


def entry_of(sent: Fields) -> dict[str, Any]:
    """The entry that a form asks for.

    Raises
    ------
    BadInput
        A field that is needed is empty, or is not what it should be.
    """
    form = _FORMS.get(sent.text("do"))
    if form is None:
        raise BadInput(_("choose what to correct"))
    entry: dict[str, Any] = {"do": form.do}
    for field in form.fields:
        entry |= _read(field, sent)
    if why := sent.text("why", _("Why"), 1000):
        entry["why"] = why
    return entry


def _read(field: Field, sent: Fields) -> dict[str, Any]:
    called = field.called()
    if field.kind in ("rep", "time"):
        number = sent.number(field.name, called, _FIRST_S, _LAST_S, "s")
        found: dict[str, Any] = {} if number is None else {field.name: number}
    elif field.kind == "span":
        number = sent.number(field.name, called, 0.0, _LONGEST_S, "s")
        found = {} if number is None else {field.name: number}
    elif field.kind == "link":
        named = _listed(sent.text(field.name, called, 1000), called)
        found = {"link": named[0], "event": named[1]} if named else {}
    elif field.kind == "event":
        named = _listed(sent.text(field.name, called, 1000), called)
        found = {"event": named[0], "at_s": named[1]} if named else {}
    elif field.kind in ("channel", "other"):
        named = _listed(sent.text(field.name, called, 1000), called)
        found = {field.name: named[1]} | ({"stream": named[0]} if field.kind == "channel" else {}) if named else {}
    elif field.kind == "complete":
        chosen = sent.chosen(field.name, ("yes", "no"), called)
        found = {} if chosen is None else {"complete": chosen == "yes"}
    elif field.kind == "side":
        chosen = sent.chosen(field.name, ("right", "left"), called)
        found = {} if chosen is None else {"side": chosen}
    else:
        text = sent.text(field.name, called, 200)
        found = {field.name: text} if text else {}
    if field.needed and not found:
        raise BadInput(_("%(field)s: is missing; fill it in") % {"field": called})
    return found


def _listed(text: str, called: str) -> list[Any]:
    """A choice that names two things, as JSON."""
    if not text:
        return []
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, list) or len(found) != 2:
        raise BadInput(_("%(field)s: choose one of the list") % {"field": called})
    return found
