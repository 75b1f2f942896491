"""Whether markers stayed on between two sets: what a person says, and what the distances between them say."""

from dataclasses import asdict
from typing import Any

from legato.compare.results import Result
from legato.signals.clusters import STAYED, Clusters, likeness


def placement_record(first: Result, second: Result, told: bool) -> dict[str, Any]:
    """What is `told` and what was `seen` (`stayed`, `moved`, or None where the results cannot tell), with how far the
    distances within a segment differ, m.
    """
    found = likeness(_clusters(first), _clusters(second))
    seen = {"seen": None, "where": None, "largest_m": None, "median_m": None} if found is None else asdict(found)
    return {"told": told, **seen}


def lasting_of(placement: dict[str, Any]) -> float:
    """How much of what placing markers adds lies otherwise in the second set: all of it, where nobody says that they
    stayed on, or the distances between them say that they did not.
    """
    return STAYED if placement["told"] and placement["seen"] != "moved" else 1.0


def _clusters(result: Result) -> Clusters:
    return {name: (of.markers, of.distances_m) for name, of in result.body.placement.items()}
