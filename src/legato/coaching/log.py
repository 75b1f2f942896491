"""What was done: sets of a drill or an exercise in one session, with what was measured and how it felt."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from legato.coaching.model import Level, Pattern, Region


@dataclass(frozen=True, slots=True)
class SetsDone:
    """Sets of one drill or exercise. `exercise`: a drill's id, or the name in the log; None where not known.

    `reps_passed`, `reds`, `ambers`: of the repetitions that were measured (`reps_measured`). `pain`: 0 to 10, the worst
    during or until the next morning; `worse_next_morning` and `below_the_knee` stop whatever its number.
    `velocity_loss`: within the worst set, %.
    """

    exercise: str
    sets: int
    reps: float | None = None
    load_kg: float | None = None
    level: Level | None = None
    pattern: Pattern | None = None
    regions: tuple[Region, ...] = ()
    rpe: float | None = None
    pain: float | None = None
    reps_measured: int = 0
    reps_passed: int = 0
    reds: int = 0
    ambers: int = 0
    velocity_loss: float | None = None
    seconds: float | None = None
    metres: float | None = None
    note: str = ""
    worse_next_morning: bool = False
    below_the_knee: bool = False

    @property
    def share_passed(self) -> float | None:
        """Of the repetitions that were measured; None where none was."""
        return self.reps_passed / self.reps_measured if self.reps_measured else None


@dataclass(frozen=True, slots=True)
class Session:
    """One day's training, and the day around it: sleep (h), soreness and readiness (0 to 10), breathing (min).

    `looked_at`: somebody qualified has looked, on that day, at the pain of that day and before.
    """

    on: date
    done: tuple[SetsDone, ...]
    sleep_h: float | None = None
    soreness: float | None = None
    readiness: float | None = None
    breathing_min: float | None = None
    note: str = ""
    looked_at: bool = False


def last_of(sessions: Sequence[Session], exercise: str, n: int = 1) -> tuple[tuple[date, SetsDone], ...]:
    """The last `n` days with an exercise, the newest last; what stands in several rows of a day is one."""
    by_day: dict[date, list[SetsDone]] = {}
    for session in sessions:
        for done in session.done:
            if done.exercise == exercise:
                by_day.setdefault(session.on, []).append(done)
    return tuple((on, of_day(by_day[on])) for on in sorted(by_day)[-n:])


def of_day(rows: Sequence[SetsDone]) -> SetsDone:
    """Rows of one exercise and day as one: counts added, the worst of what was felt, at the heaviest load.

    Pain and effort count as told where they were told for every row, or where the worst that was told is too high to go
    up anyway.
    """
    from legato.coaching.progress import progress_rules
    from legato.coaching.safety.limits import limits

    heaviest = max(rows, key=lambda row: row.load_kg or 0.0)
    return replace(
        heaviest,
        sets=sum(row.sets for row in rows),
        rpe=_worst([row.rpe for row in rows], progress_rules().rpe_up.value),
        pain=_worst([row.pain for row in rows], limits().pain_go.value),
        reps_measured=sum(row.reps_measured for row in rows),
        reps_passed=sum(row.reps_passed for row in rows),
        reds=sum(row.reds for row in rows),
        ambers=sum(row.ambers for row in rows),
        worse_next_morning=any(row.worse_next_morning for row in rows),
        below_the_knee=any(row.below_the_knee for row in rows),
        velocity_loss=max((row.velocity_loss for row in rows if row.velocity_loss is not None), default=None),
    )


def _worst(told: Sequence[float | None], high: float) -> float | None:
    known = [value for value in told if value is not None]
    worst = max(known, default=None)
    return worst if len(known) == len(told) or (worst is not None and worst > high) else None
