"""Everything about an athlete on a day that what is prescribed must keep to."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from legato.coaching.log import Session
from legato.coaching.model import Drill, Equipment, Group, Region


@dataclass(frozen=True, slots=True)
class Screening:
    """What a screening came to: passed or blocked, as a whole and by group of drills. No answer is kept.

    `on`: when it was answered; it holds until `until`, or until something changes. `exhale_only`: no hard brace and no
    held breath. `no_emg`: no electrodes before somebody qualified has agreed.
    """

    on: date
    until: date
    passed: bool
    barred: frozenset[Group] = frozenset()
    minor: bool = False
    exhale_only: bool = False
    no_emg: bool = False

    def holds(self, day: date) -> bool:
        """Whether it was passed and is neither of the future nor out of date."""
        return self.passed and self.on <= day <= self.until


@dataclass(frozen=True, slots=True)
class Pain:
    """Pain as told on a day: 0 to 10 during, and what is worse than that.

    `exercise`, `on`: what was done, and when, where a log tells it; `regions`: what that loads, where the log says so.
    Pain that is told of the day has no place: it is not known. Its `on` is left out where that is today.
    """

    during: float
    worse_next_morning: bool = False
    below_the_knee: bool = False
    exercise: str = ""
    on: date | None = None
    regions: tuple[Region, ...] = ()

    def told(self, day: date) -> "Pain":
        """As told on a day, where it does not say when."""
        return replace(self, on=self.on or day)


@dataclass(frozen=True, slots=True)
class Situation:
    """An athlete on a day.

    `screening`: None where none was answered, which blocks everything. `mobility`: whether each gate of the mobility
    screen is met, None where not known. `maxima_kg`: one-repetition maxima by exercise. `hinge_gate`: whether three
    sets of five with nine tenths of the time in contact were done (inventory S1.24). `own`: a coach's own drills by id,
    each in its versions: first as a plan was made of it, then as it is now where that is otherwise.
    """

    on: date
    screening: Screening | None = None
    pain: Pain | None = None
    age_years: float | None = None
    guardian: bool = False
    supervised: bool = False
    base_weeks: float | None = None
    equipment: frozenset[Equipment] = frozenset()
    mobility: Mapping[str, bool | None] = field(default_factory=dict[str, bool | None])
    maxima_kg: Mapping[str, float] = field(default_factory=dict[str, float])
    hinge_gate: bool = False
    order_kept: float | None = None
    """Share of repetitions in the athlete's own order, of the last measured set; None where not known."""
    sessions: tuple[Session, ...] = ()
    own: Mapping[str, tuple[Drill, ...]] = field(default_factory=dict[str, tuple[Drill, ...]])


@dataclass(frozen=True, slots=True)
class Permit:
    """Whether something may be done, the reasons where it may not, and what must be kept to where it may, in words."""

    allowed: bool
    reasons: tuple[str, ...] = ()
    provisos: tuple[str, ...] = ()
