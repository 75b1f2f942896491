"""What the import of a log gives: its sets, the days around them, and every row or value that was left out, and why."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["work", "warm-up", "drop", "to-failure", "failed"]
"""`to-failure`: done until no more went. `failed`: tried, and no repetition was done."""


_AROUND = ("sleep", "soreness", "readiness", "breathing")


@dataclass(frozen=True, slots=True)
class LogSet:
    """Sets of one exercise as a row told them: `exercise` as the log calls it, `line` of the file."""

    line: int
    on: date
    exercise: str
    kind: Kind = "work"
    sets: int = 1
    reps: float | None = None
    weight_kg: float | None = None
    rpe: float | None = None
    seconds: float | None = None
    metres: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Around:
    """The day around a session: sleep h, soreness and readiness 0 to 10, breathing min."""

    sleep_h: float | None = None
    soreness: float | None = None
    readiness: float | None = None
    breathing_min: float | None = None

    @property
    def values(self) -> tuple[float | None, float | None, float | None, float | None]:
        """Sleep, soreness, readiness and breathing."""
        return self.sleep_h, self.soreness, self.readiness, self.breathing_min


@dataclass(frozen=True, slots=True)
class Said:
    """What is wrong on a line of a file; 0 where it is of no one line. `lost`: the whole row, or the one value; empty
    where it is only told.
    """

    file: str
    line: int
    why: str
    lost: Literal["row", "value", ""]


@dataclass(frozen=True, slots=True)
class Imported:
    """One log or several. `rows`: those read below the headings. `repeated`: rows left out that stood there already;
    `no_sets`: rows that are no set, as rest times.
    """

    files: tuple[str, ...]
    rows: int
    sets: tuple[LogSet, ...]
    days: Mapping[date, Around]
    said: tuple[Said, ...]
    repeated: int = 0
    no_sets: int = 0
    unread: tuple[str, ...] = ()

    @property
    def work(self) -> tuple[LogSet, ...]:
        """The sets that count as work: no warm-ups, and none in which nothing was done."""
        return tuple(one for one in self.sets if one.kind not in ("warm-up", "failed"))


def joined(logs: Sequence[Imported]) -> Imported:
    """Several logs as one: a row that stands in more than one of them counts once."""
    kept: list[LogSet] = []
    there: Counter[LogSet] = Counter()
    repeated = 0
    for log in logs:
        here: Counter[LogSet] = Counter()
        for one in log.sets:
            bare = replace(one, line=0)
            here[bare] += 1
            if here[bare] > there[bare]:
                kept.append(one)
            else:
                repeated += 1
        there |= here
    days: dict[date, Around] = {}
    said = [one for log in logs for one in log.said]
    for log in logs:
        for on, around in log.days.items():
            mine, other = days.get(on, Around()).values, around.values
            for name, old, new in zip(_AROUND, mine, other, strict=True):
                if old is not None and new is not None and old != new:
                    why = f"{name} of {on}: {new:g} where an earlier file says {old:g}; left out"
                    said.append(Said(", ".join(log.files), 0, why, "value"))
            days[on] = Around(*(new if old is None else old for old, new in zip(mine, other, strict=True)))
    return Imported(
        files=tuple(name for log in logs for name in log.files),
        rows=sum(log.rows for log in logs),
        sets=tuple(sorted(kept, key=lambda one: one.on)),
        days=days,
        said=tuple(said),
        repeated=repeated + sum(log.repeated for log in logs),
        no_sets=sum(log.no_sets for log in logs),
        unread=tuple(dict.fromkeys(name for log in logs for name in log.unread)),
    )
