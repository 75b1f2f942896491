"""The library: movements, faults, drills and cues, each number with its source and grade, searchable."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy import select

from legato.coaching.catalogue import drills
from legato.faults.catalogue import fault_entries, movements_by_fault
from legato.movements import load_movement, movement_ids
from legato.report.drill_figure import drill_svg
from legato.report.drill_page import drill_section
from legato.report.drill_words import graded, levels_words
from legato.report.fault_page import fault_section
from legato.report.movement_page import movement_page
from legato.simulate.figure import draw_movement
from legato.simulate.scenario import simulated_movements
from legato.store.rows import OwnEntryRow
from legato.web.deps import Rows
from legato.web.marked import html_of
from legato.web.own_entries import own_entries
from legato.web.render import page
from legato.web.words import translate as _

routes = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry in a list: where its page is, what it is called, what it says, and its grade in words."""

    href: str
    id: str
    name: str
    says: str
    grade: str
    more: str = ""

    def has(self, words: list[str]) -> bool:
        """Whether it holds all of these words."""
        whole = f"{self.id} {self.name} {self.says} {self.more}".casefold()
        return all(word in whole for word in words)


def _movements() -> Iterator[Listed]:
    for name in movement_ids():
        one = load_movement(name)
        grade = graded(one.grade) if one.grade else _("nothing expected")
        yield Listed(f"/library/movement/{name}", name, one.name, one.summary, grade, one.source)


def _faults() -> Iterator[Listed]:
    for name, entry in sorted(fault_entries().items()):
        one = entry.fault
        grade = graded(one.grade) if one.grade else ""
        yield Listed(f"/library/fault/{name}", name, one.name, one.says, grade, f"{one.source} {' '.join(one.drills)}")


def _drills() -> Iterator[Listed]:
    for name, one in drills().items():
        more = f"{levels_words(one)} {' '.join(one.faults)} {one.source}"
        yield Listed(f"/library/drill/{name}", name, one.name, one.purpose, graded(one.grade), more)


def _cues() -> Iterator[Listed]:
    for name, one in drills().items():
        for cue in one.cues:
            yield Listed(
                f"/library/drill/{name}", one.name, f"“{cue.says}”", f"{cue.focus} focus", graded(cue.grade), name
            )


_LISTS: Mapping[str, Callable[[], Iterator[Listed]]] = {
    "movement": _movements, "fault": _faults, "drill": _drills, "cue": _cues,
}  # fmt: skip


@cache
def _listed(kind: str) -> tuple[Listed, ...]:
    return tuple(_LISTS[kind]())


def tabs() -> list[tuple[str, str]]:
    """The parts of the library: address and name."""
    return [
        ("/library", _("Movements")),
        ("/library/faults", _("Faults")),
        ("/library/drills", _("Drills")),
        ("/library/cues", _("Cues")),
        ("/library/own", _("Your own")),
    ]


@routes.get("/library")
def movements(request: Request, rows: Rows, q: str = "") -> HTMLResponse:
    """The movements."""
    return _list(request, rows, "movement", q)


@routes.get("/library/faults")
def faults(request: Request, rows: Rows, q: str = "") -> HTMLResponse:
    """The faults."""
    return _list(request, rows, "fault", q)


@routes.get("/library/drills")
def the_drills(request: Request, rows: Rows, q: str = "") -> HTMLResponse:
    """The drills."""
    return _list(request, rows, "drill", q)


@routes.get("/library/cues")
def cues(request: Request, rows: Rows, q: str = "") -> HTMLResponse:
    """The cues of all drills."""
    return _list(request, rows, "cue", q)


def _list(request: Request, rows: Rows, kind: str, asked: str) -> HTMLResponse:
    words = asked[:100].casefold().split()
    entries = [one for one in _listed(kind) if one.has(words)]
    elsewhere = [] if not words else [(t, sum(o.has(words) for o in _listed(k))) for k, t in _kinds() if k != kind]
    own = [one for one in own_entries(rows) if one.kind == kind]
    return page(
        request, "library.html", kind=kind, entries=entries, q=asked[:100], tabs=tabs(), own=own,
        whole=len(_listed(kind)), elsewhere=[(tab, n) for tab, n in elsewhere if n],
    )  # fmt: skip


def _kinds() -> Iterator[tuple[str, tuple[str, str]]]:
    yield from zip(("movement", "fault", "drill", "cue"), tabs(), strict=False)


@routes.get("/library/movement/{name}")
def movement(request: Request, name: str, rows: Rows) -> Response:
    """A movement: set-up, phases, what is judged and on whose word."""
    if name not in movement_ids():
        return _own_or_none(rows, "movement", name)
    one = load_movement(name)
    text = movement_page(one).partition("\n\n")[2]
    return _entry(request, "movement", name, one.name, html_of(text, 0), _figure(name))


@routes.get("/library/fault/{name}")
def fault(request: Request, name: str, rows: Rows) -> Response:
    """A fault: what is measured, what is no fault, what may lie behind it."""
    entries = fault_entries()
    if name not in entries:
        return _own_or_none(rows, "fault", name)
    text = fault_section(entries[name], _looked_for()[name]).partition("\n\n")[2]
    return _entry(request, "fault", name, entries[name].fault.name, html_of(text, 0), "")


@routes.get("/library/drill/{name}")
def drill(request: Request, name: str, rows: Rows) -> Response:
    """A drill: figure, levels, doses, cues and what is known of it."""
    known = drills()
    if name not in known:
        return _own_or_none(rows, "drill", name)
    text = drill_section(known[name], "").partition("\n\n")[2]
    return _entry(request, "drill", name, known[name].name, html_of(text, 0, "drill"), drill_svg(known[name]))


@cache
def _looked_for() -> Mapping[str, tuple[str, ...]]:
    return movements_by_fault(fault_entries())


@cache
def _figure(movement: str) -> str:
    if movement not in simulated_movements():
        return ""
    svg = draw_movement(movement).strip()
    return svg.replace('aria-labelledby="t"', 'aria-labelledby="figure"').replace('id="t"', 'id="figure"')


def _own_or_none(rows: Rows, kind: str, name: str) -> Response:
    """The way to an entry of one's own."""
    asked = select(OwnEntryRow.id).where(OwnEntryRow.kind == kind, OwnEntryRow.entry_id == name)
    if (own := rows.scalars(asked).first()) is None:
        raise HTTPException(404, f"{name[:60]}: there is no such {kind} in the library")
    return RedirectResponse(f"/library/own/{own}", 303)


def _entry(request: Request, kind: str, name: str, title: str, body: str, figure: str) -> HTMLResponse:
    """`body` and `figure` are HTML of the report's making."""
    return page(request, "library_entry.html", kind=kind, id=name, name=title, body=body, figure=figure, tabs=tabs())
