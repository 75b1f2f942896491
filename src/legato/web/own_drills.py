"""The drills of one's own that plans may take: those whose text is good, each held to what it is a copy of."""

import tomllib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.orm import Session

from legato.coaching.catalogue import as_copy, own_drills
from legato.coaching.model import Drill
from legato.coaching.plan.asked import CHANGED, KEPT
from legato.coaching.plan.export import own_words
from legato.coaching.plan.model import Entry as Planned
from legato.coaching.plan.model import Plan
from legato.web.own_entries import Entry, own_entries, sound, written


def own_drills_of(rows: Session) -> tuple[Drill, ...]:
    """The own drills as they are now; what a newer Legato no longer takes is not among them."""
    there = own_entries(rows)
    bases = tuple((one.text, one.base) for one in there if one.kind == "drill" and one.base)
    return _good(tuple((one.kind, one.entry_id, one.text) for one in there), bases)


def own_now(rows: Session) -> dict[str, tuple[Drill, ...]]:
    """The same by id, as a `Situation` takes them where no plan is asked for its own versions."""
    return {one.id: (one,) for one in own_drills_of(rows)}


def own_in(rows: Session, plan: Plan, entries: Sequence[Planned]) -> list[tuple[str, str, str]]:
    """The drills of one's own among what is shown of a plan: name, words, and whether each is otherwise now or gone."""
    now = own_drills_of(rows)
    changed, known = plan.changed(plan.versions(now)), {one.id for one in now}
    there = {one.id: own_words(one) for one in entries if one.own is not None}
    told = {one.id: CHANGED if one in changed else "" if one.id in known else KEPT for one in plan.own}
    return [(one.name, there[one.id], told[one.id]) for one in plan.own if one.id in there]


@lru_cache(maxsize=2)
def _good(entries: tuple[Entry, ...], bases: tuple[tuple[str, str], ...]) -> tuple[Drill, ...]:
    """Of texts those that are good; `bases`: of a copy's text what it was made from."""
    if not any(kind == "drill" for kind, _, _ in entries):
        return ()
    with TemporaryDirectory() as folder:
        good, _ = sound(entries, None, Path(folder))
        own = written(good, Path(folder) / "good")
        found = own_drills(own.drills, own.faults, own.library)
    texts = {text for _, _, text in good}
    base_of = {table["id"]: base for text, base in bases if text in texts for table in tomllib.loads(text)["drills"]}
    return tuple(as_copy(one, base_of.get(one.id, one.copy_of)) for one in found)
