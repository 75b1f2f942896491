"""How the joints moved together in two sets, set side by side: the difference of every coordination number."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from legato.compare.differences import Whose, difference_of_estimates, difference_record, fixed_part, placement_part
from legato.compare.results import MeasureRecord, Result
from legato.errors import NotResolvable
from legato.estimate import LEVEL, Estimate
from legato.evidence import Difference, difference_of_sets
from legato.signals.circular import circular_mean, resultant_length

_TURNS = ("coupling_angle",)
"""Measures that are directions, deg: 359 and 1 lie 2 apart."""

_LEAST_RESULTANT = 0.7
"""Length of the mean vector below which a set has no direction to compare: a circular SD of 48 deg, from where on some
of a set's directions lie so far from the mean that the way round is a guess. [ENG]"""


def coordination_changes(
    first: Result, second: Result, *, lasting: float = 1.0, whose: Whose = "one", level: float = LEVEL
) -> list[dict[str, Any]]:
    """Second set minus first of each coordination number that both have, as records; `lasting`: share of what placing
    markers adds that lies otherwise in the other set.

    Numbers of each repetition are paired by place in the set where that can be done. A number that only a set has (a
    spread between repetitions) differs by both sets' intervals in quadrature. What neither can resolve is left out.
    """
    found: list[dict[str, Any]] = []
    other = {m.key: m for m in second.measures}
    for one in first.measures:
        two = other.get(one.key)
        if two is None or one.of_set is None or two.of_set is None:
            continue
        try:
            difference = _difference(one, two, (first.level, second.level), lasting, level)
        except NotResolvable:
            continue
        about = {"subject": one.subject, "plane": one.plane, "side": one.side}
        means = (
            (one.of_set.estimate(first.level, level), difference.first),
            (two.of_set.estimate(second.level, level), difference.second),
        )
        sets = [of.shifted(_whole_turns(mean - of.value)) if one.measure in _TURNS else of for of, mean in means]
        record = difference_record(difference, None, sets, whose=whose)
        found.append({**about, "phase": one.phase, "measure": one.measure, **record})
    return found


def _difference(
    one: MeasureRecord, two: MeasureRecord, levels: tuple[float, float], lasting: float, level: float
) -> Difference:
    rows = [[rep.value for rep in m.per_rep] for m in (one, two)]
    if not any(rows):
        return _of_spreads(one, two, levels, level)
    a, b = ([v.value for v in row if v is not None] for row in rows)
    if one.measure in _TURNS and a and b:
        to = _direction(a)
        a, b = _near(a, to), _near(b, *_near([_direction(b)], to))
    paired = len(rows[0]) == len(rows[1]) == len(a) == len(b)
    sides = ((one, a, levels[0]), (two, b, levels[1]))
    fixed = lasting * placement_part([(fixed_part(m.of_set, v, of), of) for m, v, of in sides], level)
    found = difference_of_sets(a, b, paired=paired, fixed=fixed, unit=_unit(one), level=level)
    if one.measure in _TURNS and max(-found.estimate.low, found.estimate.high) >= 180.0:
        raise NotResolvable("the directions may be opposite, so that neither way round is the shorter one")
    return found


def _unit(measure: MeasureRecord) -> str:
    return "" if measure.of_set is None else measure.of_set.unit


def _direction(angles: Sequence[float]) -> float:
    """Mean of directions, deg, where they have one."""
    turned = np.radians(angles)
    if resultant_length(turned) < _LEAST_RESULTANT:
        raise NotResolvable("the directions are spread too far for a mean one")
    return float(np.degrees(circular_mean(turned)))


def _near(angles: Sequence[float], to: float) -> list[float]:
    """Directions, deg, each turned by whole circles to within half a circle of `to`."""
    return [angle - _whole_turns(angle - to) for angle in angles]


def _whole_turns(angle: float) -> float:
    """The whole circles, deg, nearest to an angle."""
    return 360.0 * round(angle / 360.0)


def _of_spreads(one: MeasureRecord, two: MeasureRecord, levels: tuple[float, float], level: float) -> Difference:
    if one.of_set is None or two.of_set is None or levels[0] != level or levels[1] != level:
        raise NotResolvable("the two sets have no interval at one level")
    before, after = (Estimate(n.value, n.low, n.high, level, n.unit) for n in (one.of_set, two.of_set))
    return difference_of_estimates(before, after, one.n, two.n)
