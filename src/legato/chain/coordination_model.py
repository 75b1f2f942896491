"""How angles move together, as typed records, one floor below the JSON."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from legato.estimate import Estimate

Plane: TypeAlias = Literal["sagittal", "frontal", "transverse", ""]

Drifts: TypeAlias = Literal["later", "earlier", "not-resolvable"]


@dataclass(frozen=True, slots=True)
class RepValue:
    """A number of one rep; None, with a reason, where it cannot be resolved."""

    rep: int
    value: Estimate | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Coordination:
    """One number of how a pair of angles (or one angle, or the reps themselves) moves.

    `subject`: id of the coupling, name of the angle, or `reps`. `phase`: a phase of the movement, `rep`, or `set`.
    `measure`: what was measured (`coupling_angle`, `in_phase_share`, `smoothness` …). `set_value` is the mean of the
    reps, or what only a set has; where there is none `reason` says why. `n` counts the reps in it.
    """

    subject: str
    plane: Plane
    side: str
    phase: str
    measure: str
    set_value: Estimate | None
    n: int
    per_rep: tuple[RepValue, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class GapDrift:
    """How a gap changes over a set: s more for each unit of `against` (`rep`; `slowing`, % of the fastest rep's time;
    `load`, kg). `later` where the whole interval lies above 0, `earlier` where below.
    """

    from_link: str
    to_link: str
    event: str
    against: str
    slope: Estimate | None
    n: int
    verdict: Drifts
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CoordinationResult:
    """Everything on coordination in one recording."""

    measures: tuple[Coordination, ...] = ()
    drifts: tuple[GapDrift, ...] = ()
    notes: tuple[str, ...] = ()
