"""Which patterns a log trains, by its sets, and how those for the hips stand to those for the trunk."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from legato.coaching.audit.findings import Finding, sets_words, too_few
from legato.coaching.audit.imported import LogSet
from legato.coaching.audit.limits import limit
from legato.coaching.audit.names import Names
from legato.coaching.model import Pattern

EIGHT: tuple[Pattern, ...] = ("squat", "hinge", "single-leg", "carry", "push", "pull", "rotate", "anti-rotate")
"""Patterns that an audit looks for (inventory S2.10)."""

_LOOKED_FOR: tuple[Pattern, ...] = ("carry", "single-leg", "anti-rotate")
"""Told before the others."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Sets of work by pattern, in the order of `EIGHT`; `others` of a known exercise that trains none of them,
    `unknown` of exercises whose name is not known, most first; `hips` and `trunk` what hip-dominant and core ones have.
    """

    patterns: Mapping[Pattern, int]
    others: int
    unknown: Mapping[str, int]
    hips: int
    trunk: int

    @property
    def covered(self) -> int:
        """Sets of the eight patterns."""
        return sum(self.patterns.values())

    @property
    def not_known(self) -> int:
        """Sets of exercises whose name is not known."""
        return sum(self.unknown.values())

    @property
    def total(self) -> int:
        """All sets of work."""
        return self.covered + self.others + self.not_known


def coverage(work: Iterable[LogSet], names: Names) -> Coverage:
    """The sets of work by what they train."""
    patterns: Counter[Pattern] = Counter()
    unknown: Counter[str] = Counter()
    others = hips = trunk = 0
    for one in work:
        trains = names.of(one.exercise)
        if trains is None:
            unknown[one.exercise] += one.sets
            continue
        hips += one.sets * (trains.emphasis == "hip-dominant")
        trunk += one.sets * (trains.emphasis == "core")
        if trains.pattern in EIGHT:
            patterns[trains.pattern] += one.sets
        else:
            others += one.sets
    return Coverage(
        {one: patterns[one] for one in EIGHT}, others, dict(sorted(unknown.items(), key=_most_first)), hips, trunk
    )


def _most_first(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0]


def coverage_findings(found: Coverage) -> tuple[Finding, ...]:
    """One pattern above all, patterns that are missing, and the balance of hips and trunk."""
    return one_pattern(found), missing(found), balance(found)


def one_pattern(found: Coverage) -> Finding:
    """Whether one pattern has more of the sets of all eight than its limit."""
    title, held = "One pattern above all", ("one-pattern", "least-sets")
    few = too_few(found.total)
    if few or not found.covered:
        return Finding("one-pattern", title, "not-resolvable", few or "no set is of one of the eight patterns", held)
    first = max(EIGHT, key=lambda one: found.patterns[one])
    n, free = found.patterns[first], found.not_known
    low, high = 100.0 * n / (found.covered + free), 100.0 * (n + free) / (found.covered + free)
    most = limit("one-pattern")
    verdict = "look" if low > most else "ok" if high <= most else "not-resolvable"
    share = f"{low:.0f} %" if not free else f"{low:.0f} to {high:.0f} %, by what the unknown names are"
    says = f"{first} has most: {n} of {sets_words(found.covered)} of the eight patterns ({share})"
    if verdict == "look":
        says += f", more than {most:g} %"
    return Finding("one-pattern", title, verdict, says, held, low, high, "%")


def missing(found: Coverage) -> Finding:
    """Which patterns have no set, carries, single-leg work and work against a turn before the others."""
    title, held = "Patterns that are missing", ("least-sets",)
    few = too_few(found.total)
    if few:
        return Finding("missing", title, "not-resolvable", few, held)
    order: tuple[Pattern, ...] = (*_LOOKED_FOR, *(one for one in EIGHT if one not in _LOOKED_FOR))
    none = [one for one in order if not found.patterns[one]]
    if not none:
        return Finding("missing", title, "ok", "every one of the eight patterns has sets", held)
    says = f"no set of {', '.join(none)}"
    if found.not_known:
        says += f" among the names that are known; {sets_words(found.not_known)} have other names"
        return Finding("missing", title, "not-resolvable", says, held)
    return Finding("missing", title, "look", says, held)


def balance(found: Coverage) -> Finding:
    """Whether sets for the hips stand to those for the trunk as they should."""
    title, held = "Hips and trunk", ("balance-low", "balance-high", "least-sets")
    few = too_few(found.total)
    low, high = limit("balance-low"), limit("balance-high")
    hips, trunk, free = found.hips, found.trunk, found.not_known
    if few:
        return Finding("balance", title, "not-resolvable", few, held)
    # The ratio where all unknown sets were for the trunk, and where all were for the hips.
    least = hips / (trunk + free) if trunk + free else math.inf
    most = (hips + free) / trunk if trunk else math.inf
    told = f"{sets_words(hips)} for the hips and {trunk} for the trunk"
    if free:
        told += f", {free} of unknown names"
    if hips + trunk + free == 0 or least > high or most < low:
        verdict = "look"
    else:
        verdict = "ok" if low <= least and most <= high else "not-resolvable"
    says = f"{told}; {low:g} to {high:g} for the hips for every one for the trunk are aimed at"
    return Finding("balance", title, verdict, says, held, _finite(least), _finite(most))


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
