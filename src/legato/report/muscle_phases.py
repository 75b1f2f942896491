"""Where in a repetition two compared muscles work: in the movement's chain or beside it, in one phase or in two."""

from typing import TYPE_CHECKING

from legato.muscles.model import LagResult, MuscleResult

if TYPE_CHECKING:
    from legato.analysis import Analysis
    from legato.movements.model import Movement, Rep

_APART = 0.5
"""Lag over the shorter of two phases from which muscles that are centred in different ones are told as two efforts.
[ENG] wording only.
"""

_MOVES = {
    "ankle": {"plantarflexors", "dorsiflexors"},
    "knee": {"quadriceps", "hamstrings"},
    "hip": {"hip_extensors", "hip_flexors", "hip_abductors", "hamstrings", "adductors"},
    "lumbar": {"trunk_extensors", "trunk_flexors"},
    "shoulder": {"chest", "latissimus", "shoulder_flexors", "shoulder_extensors", "shoulder_abductors"},
    "elbow": {"elbow_extensors", "elbow_flexors"},
}
"""Roles of the muscles that move a joint, by the joint as a link's quantity names it."""

_ALSO = {"upper_arm": "shoulder", "thorax": "lumbar", "pelvis": "hip", "forearm": "elbow"}
"""Segments, and the joint whose muscles turn them."""


def on_chain(movement: "Movement", first: MuscleResult, second: MuscleResult) -> bool:
    """Whether both muscles move links of the movement's chain."""
    roles: set[str] = set()
    for link in movement.chain:
        joint = next((j for j in (*_MOVES, *_ALSO) if link.quantity.startswith(f"{j}_")), "")
        roles |= _MOVES.get(_ALSO.get(joint, joint), set())
    return bool(first.roles & roles) and bool(second.roles & roles)


def phases_apart(
    analysis: "Analysis", lag: LagResult, first: MuscleResult, second: MuscleResult
) -> tuple[str, str] | None:
    """The phases in which the two are centred, where these differ and the lag is no small part of them; None where they
    do not in most of the timed repetitions.
    """
    timed = {rep.rep for rep in lag.per_rep if rep.lag_s is not None}
    found = [
        pair for rep in analysis.reps if rep.index in timed and (pair := _phases(rep, first, second, lag)) is not None
    ]
    most = max(set(found), key=found.count) if found else None
    return most if most is not None and 2 * found.count(most) > len(timed) else None


def _phases(rep: "Rep", first: MuscleResult, second: MuscleResult, lag: LagResult) -> tuple[str, str] | None:
    bursts = [muscle.main_burst(rep.index) for muscle in (first, second)]
    times = [None if burst is None else burst.time(lag.at) for burst in bursts]
    inside = [
        None if time is None else next((p for p in rep.phases if p.start_s <= time.value < p.end_s), None)
        for time in times
    ]
    (one, two), (here, there) = times, inside
    if one is None or two is None or here is None or there is None or here.name == there.name:
        return None
    shorter = min(phase.end_s - phase.start_s for phase in (here, there))
    return (here.name, there.name) if abs(two.value - one.value) > _APART * shorter else None
