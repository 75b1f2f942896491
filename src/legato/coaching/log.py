"""What was done: sets of a drill or an exercise in one session, with what was measured and how it felt."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from legato.coaching.model import Level, Pattern, Region


@dataclass(frozen=True, slots=True)
class SetsDone:
    """Sets of one drill or exercise. `exercise`: a drill's id, or the name in the log; None where not known.

    `reps_passed`, `reds`, `ambers`: of the repetitions that were measured (`reps_measured`). `pain`: 0 to 10, the worst
    during or until the next morning. `velocity_loss`: within the worst set, %.
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

    @property
    def share_passed(self) -> float | None:
        """Of the repetitions that were measured; None where none was."""
        return self.reps_passed / self.reps_measured if self.reps_measured else None


@dataclass(frozen=True, slots=True)
class Session:
    """One day's training, and the day around it: sleep (h), soreness and readiness (0 to 10), breathing (min)."""

    on: date
    done: tuple[SetsDone, ...]
    sleep_h: float | None = None
    soreness: float | None = None
    readiness: float | None = None
    breathing_min: float | None = None
    note: str = ""


def last_of(sessions: Sequence[Session], exercise: str, n: int = 1) -> tuple[tuple[date, SetsDone], ...]:
    """The last `n` entries of an exercise, the newest last."""
    ordered = sorted(sessions, key=lambda session: session.on)
    found = [(s.on, done) for s in ordered for done in s.done if done.exercise == exercise]
    return tuple(found[-n:])
