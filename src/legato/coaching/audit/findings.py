"""What an audit says of a log: each finding with its verdict, its sentence and the limit that it is held against."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from legato.coaching.audit.limits import limit

Verdict: TypeAlias = Literal["ok", "look", "not-resolvable"]
"""`look`: beyond a limit. `not-resolvable`: the log does not decide."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. `low`, `high`: what the number can be, both alike where the log tells it; None where there is none.
    `limits`: ids of those it is held against.
    """

    id: str
    title: str
    verdict: Verdict
    says: str
    limits: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    unit: str = ""


def sets_words(n: int) -> str:
    """`1 set`, `12 sets`."""
    return f"{n} set{'' if n == 1 else 's'}"


def too_few(sets: int) -> str:
    """Why nothing is said of so few sets; empty where there are enough."""
    least = int(limit("least-sets"))
    return f"the log has {sets_words(sets)} of work in these weeks; {least} are needed" if sets < least else ""
