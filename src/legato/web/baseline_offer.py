"""An earlier session of the athlete, offered as what the athlete's own bands are taken from, where findings wait for
that.
"""

import json
from collections.abc import Sequence
from functools import lru_cache

from legato.store import Catalogue
from legato.store.rows import ResultRow, SessionRow
from legato.web.options import options_of
from legato.web.overlay import earlier_first

_HELD = 2000


def offered(session: SessionRow, own: Sequence[SessionRow]) -> SessionRow | None:
    """The last of the athlete's `own` sessions, newest first, before this one and with its load in which nothing was
    found to be a fault.
    """
    load = _load_of(session)
    earlier = (one for one in own if earlier_first(one, session) and _load_of(one) == load)
    return next((one for one in earlier if not _has_fault(one.results[-1])), None)


def _load_of(session: SessionRow) -> frozenset[float]:
    """The loads that were told, of each repetition or of the whole set, kg; empty where none was."""
    chosen = options_of(session.options)
    return frozenset(chosen.loads_kg or (() if chosen.load_kg is None else (chosen.load_kg,)))


def _has_fault(result: ResultRow) -> bool:
    told = (*result.summary.get("findings", ()), *result.summary.get("gaps", ()))
    return any(one.get("verdict") == "fault" for one in told)


def waiting_for_baseline(catalogue: Catalogue, session: SessionRow, result: ResultRow) -> int:
    """How many findings of a result could not be judged for want of an earlier set of the athlete; 0 where one was
    chosen.
    """
    if options_of(session.options).baseline_session is not None:
        return 0
    return _waiting(catalogue, str(result.files.get("result.json", "")))


@lru_cache(maxsize=_HELD)
def _waiting(catalogue: Catalogue, sha256: str) -> int:
    try:
        found = json.loads(catalogue.files.read(sha256)).get("findings", ())
    except (FileNotFoundError, ValueError):
        return 0
    unjudged = (one for one in found if one["verdict"] == "not-resolvable" and one["band"] is None)
    return sum("--baseline" in f"{one['why']} {one['resolve']}" for one in unjudged)


def forget() -> None:
    """Let go of what is remembered."""
    _waiting.cache_clear()
