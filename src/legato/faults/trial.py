"""The faults of one analysed recording."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from legato.body.model import Body
from legato.body.placement import stayed_within_m
from legato.faults.find import Trial, find_faults
from legato.faults.model import Fault, Finding
from legato.faults.results import Results
from legato.faults.sides import with_sides
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
    no_baseline: str = "",
    maxima: Mapping[str, float] | None = None,
) -> tuple[Finding, ...]:
    """Every fault judged; `loads_kg` is one load for all repetitions, or one for each, `no_baseline` why the one that
    was given is not used, `maxima` the athlete's own largest angles, deg, by signal.
    """
    loads: dict[int, float] = {}
    if loads_kg is not None and len(loads_kg) in (1, len(reps)):
        each = loads_kg if len(loads_kg) == len(reps) else [loads_kg[0]] * len(reps)
        loads = {rep.index: load for rep, load in zip(reps, each, strict=True)}
    unlike = no_baseline or _measured_otherwise(body, baseline)
    held = None if unlike else baseline
    trial = Trial(
        body=body,
        movement=movement,
        reps=reps,
        results=results,
        level=level,
        side=side,
        baseline=held,
        loads_kg=loads,
        stayed_within_m=stayed_within_m(body, held),
        no_baseline=unlike,
        maxima=maxima or {},
    )
    return with_sides(find_faults(trial, faults), trial)


def _measured_otherwise(body: Body, baseline: Mapping[str, Any] | None) -> str:
    """Why numbers of an earlier result cannot be held against this body's: another marker set, or other sensors."""
    before = cast("Mapping[str, Any]", (baseline or {}).get("body") or {})
    if not {"source", "marker_set"} <= set(before):
        return ""
    then, now = (
        (str(b), str(s)) for b, s in ((before.get("source"), before.get("marker_set")), (body.source, body.marker_set))
    )
    if then == now:
        return ""
    return (
        f"the baseline was measured with other sensors ({_of(*then)}, here {_of(*now)}), so its numbers cannot be held"
        " against these; give one that was measured alike"
    )


def _of(source: str, marker_set: str) -> str:
    return f"{source}, {marker_set}" if marker_set else source
