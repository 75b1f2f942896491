"""Verdicts that a trial's lines hold, worked out again from the sessions before them: a line alone proves nothing."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, cast

from legato.errors import BadInput, NotResolvable
from legato.evidence.trials.journal import Journal
from legato.evidence.trials.sessions import Trial, read_trial
from legato.evidence.trials.steps import wrongly_told
from legato.evidence.trials.verdict import answer, verdict_record

_ALIKE = 1e-6
"""Share by which numbers may differ that another computer worked out. [ENG] Rounding of sums, many times over."""

_WORDS = frozenset({"reason", "notes"})
"""What is worded from the rest, and told as it is worded now."""


_HELD = 64
"""Verdicts that are held with the lines before them once they were worked out. [ENG] Some hundred kB each."""


def judged_trial(journal: Journal) -> Trial:
    """What the lines amount to, with each verdict as its sessions give it. As slow as judging (40 pairs: 5 s; 12 blocks
    of 5 cued lags: 3 s), but for lines whose verdict was worked out before.

    Raises
    ------
    BadInput
        A line does not follow from those before it, or a verdict is not the one that the sessions before it give.
    """
    trial = read_trial(journal)
    check_seals(trial, journal)
    again: dict[str, list[Mapping[str, Any]]] = {"looked": [], "closed": []}
    for line in journal.lines:
        if line.do not in again:
            continue
        held = cast("Mapping[str, Any]", line.holds["verdict"])
        try:
            found = _given(Journal(journal.path, journal.lines[: line.number - 1]))
        except NotResolvable as error:
            raise BadInput(f"{journal.path}: line {line.number} tells a verdict, and {error}") from None
        if not _alike({**found, **{name: held.get(name) for name in _WORDS}}, held):
            raise BadInput(
                f"{journal.path}: line {line.number} tells a verdict ({_short(held)}) that its sessions do not give"
                f" ({_short(found)}): it was written by hand, or by another version of Legato; restore it from a copy"
            )
        again[line.do].append(found)
    return replace(trial, looks=tuple(again["looked"]), closed=again["closed"][0] if again["closed"] else None)


@lru_cache(maxsize=_HELD)
def _given(before: Journal) -> Mapping[str, Any]:
    """The verdict that the sessions of these lines give. Raises `NotResolvable` where it is too early for one."""
    return verdict_record(answer(read_trial(before)))


def check_seals(trial: Trial, journal: Journal, seed: str | None = None) -> None:
    """Raise `BadInput` where an arm was told otherwise than sealed, or a line before it was changed; a trial whose key
    lies elsewhere is not checked where its `seed` is not given.
    """
    seed = trial.registered.seed or seed
    wrong = wrongly_told(trial, journal, seed) if seed is not None else []
    if wrong:
        raise BadInput(f"{journal.path}: {wrong[0]}; the file was written by hand")


def _alike(ours: object, theirs: object) -> bool:
    """Whether two verdicts hold the same, numbers but for rounding."""
    if isinstance(ours, Mapping) and isinstance(theirs, Mapping):
        one, other = cast("Mapping[str, object]", ours), cast("Mapping[str, object]", theirs)
        return one.keys() == other.keys() and all(_alike(one[name], other[name]) for name in one)
    if isinstance(ours, Sequence) and isinstance(theirs, Sequence) and not isinstance(ours, str):
        rows, others = cast("Sequence[object]", ours), cast("Sequence[object]", theirs)
        return len(rows) == len(others) and all(map(_alike, rows, others))
    if isinstance(ours, bool) or isinstance(theirs, bool):
        return ours is theirs
    if isinstance(ours, int | float) and isinstance(theirs, int | float):
        return math.isclose(ours, theirs, rel_tol=_ALIKE, abs_tol=1e-9)
    return ours == theirs


def _short(verdict: Mapping[str, Any]) -> str:
    p = verdict.get("p")
    return f"{verdict.get('answer')}, n = {verdict.get('n')}" + (f", p = {p:.3g}" if isinstance(p, int | float) else "")
