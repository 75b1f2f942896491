"""The repetitions of a measured set as green, amber or red, and where the technique gate would have ended it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from legato.coaching.safety.gates import Colour, SetStop, technique_gate

_OF_SET = frozenset({"drift", "spread", "order"})
"""Kinds of faults that say nothing of one repetition."""
_WORST: tuple[Colour | None, ...] = ("red", "amber", None, "green")
"""What a repetition is by all that was judged in it; None, not surely anything, keeps it from being green."""


@dataclass(frozen=True, slots=True)
class RepsSeen:
    """The repetitions of a set in order: the worst of all faults that were judged in each, None where it may be more
    than green or nothing was judged. `stop`: where the technique gate ends the set.
    """

    colours: tuple[Colour | None, ...]
    stop: SetStop | None

    @property
    def measured(self) -> int:
        """Repetitions that have a colour."""
        return sum(colour is not None for colour in self.colours)

    def count(self, colour: Colour) -> int:
        """Repetitions of a colour."""
        return self.colours.count(colour)


def reps_seen(result: Mapping[str, Any]) -> RepsSeen:
    """The repetitions of a `result.json`, or of `Analysis.to_dict()`.

    Red is a repetition that by itself lies surely where a fault lies, amber one that is surely in a fault's step short
    of it, green one that lies surely inside every band it was held against. Bands without a source do not count. The
    loss of velocity is that which was asked of the set (`--stop-loss`).
    """
    n = len(_rows(result.get("reps")))
    seen: list[set[Colour | None]] = [set() for _ in range(n)]
    for finding in _rows(result.get("findings")):
        if finding.get("kind") in _OF_SET or finding.get("band_grade") in ("N", "X"):
            continue
        for rep, colour in _colours(finding):
            if 0 <= rep < n:
                seen[rep].add(colour)
    colours: tuple[Colour | None, ...] = tuple(_worst(of_rep) for of_rep in seen)
    bar: Mapping[str, Any] = result.get("bar") or {}
    loss: Mapping[str, Any] = bar.get("velocity_loss") or {}
    passed, limit = loss.get("passed_at"), loss.get("at_loss_pct")
    losses = [limit if rep == passed else None for rep in range(n)] if passed is not None else []
    return RepsSeen(colours, technique_gate(colours, losses, limit))


def _worst(of_rep: set[Colour | None]) -> Colour | None:
    return next((colour for colour in _WORST if colour in of_rep), None)


def _colours(finding: Mapping[str, Any]) -> list[tuple[int, Colour | None]]:
    red = {int(rep) for rep in finding.get("reps") or ()}
    found: list[tuple[int, Colour | None]] = [(rep, "red") for rep in red]
    band: Sequence[float | None] | None = finding.get("band")
    for row in _rows(finding.get("per_rep")):
        rep, value, steps = int(row["rep"]), row.get("value"), row.get("steps") or ()
        if rep in red or value is None:
            continue
        if steps:
            found.append((rep, steps[0] if len(steps) == 1 and steps[0] != "red" else None))
        elif band is not None:
            low, high = band
            inside = (low is None or value["low"] >= low) and (high is None or value["high"] <= high)
            found.append((rep, "green" if inside else None))
    return found


def _rows(value: object) -> Sequence[Mapping[str, Any]]:
    return cast("Sequence[Mapping[str, Any]]", value) if isinstance(value, list | tuple) else ()
