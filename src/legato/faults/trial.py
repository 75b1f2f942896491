"""The faults of one analysed recording."""

from collections.abc import Mapping, Sequence
from typing import Any

from legato.body.model import Body
from legato.body.placement import same_placement
from legato.faults.find import Trial, find_faults
from legato.faults.model import Fault, Finding
from legato.faults.results import Results
from legato.movements.model import Movement, Rep


def faults_of_trial(
    faults: Sequence[Fault],
    body: Body,
    movement: Movement,
    reps: Sequence[Rep],
    results: Results,
    loads_kg: Sequence[float] | None,
    *,
    level: float,
    side: str = "",
    baseline: Mapping[str, Any] | None = None,
    maxima: Mapping[str, float] | None = None,
) -> tuple[Finding, ...]:
    """Every fault judged; `loads_kg` is one load for all repetitions, or one for each, `maxima` the athlete's own
    largest angles, deg, by signal.
    """
    loads: dict[int, float] = {}
    if loads_kg is not None and len(loads_kg) in (1, len(reps)):
        each = loads_kg if len(loads_kg) == len(reps) else [loads_kg[0]] * len(reps)
        loads = {rep.index: load for rep, load in zip(reps, each, strict=True)}
    stayed = same_placement(body, baseline)
    return find_faults(Trial(body, movement, reps, results, level, side, baseline, loads, stayed, maxima or {}), faults)
