"""Moments and powers of one trial: what its movement says of repetitions, phases, cut-off and load is handed to the
mechanics, whose code is loaded only where there is something to reckon.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from legato.body.model import Body
from legato.movements.model import LoadSpec, Movement, Rep
from legato.recording import Span

if TYPE_CHECKING:
    from legato.forces.analyse import ForcesResult, RepSpan
    from legato.kinetics.analyse import KineticsResult
    from legato.kinetics.flow import PowerResult
    from legato.kinetics.loads import Carrying
    from legato.kinetics.whole_body import WholeBody


def kinetics_of_trial(
    body: Body,
    forces: "ForcesResult | None",
    movement: Movement,
    reps: Sequence[Rep],
    loads_kg: Sequence[float] | None,
    *,
    mass_kg: float | None,
    level: float,
    research: bool = False,
) -> "tuple[KineticsResult | None, WholeBody | None, PowerResult | None]":
    """Moments of the legs, of trunk and arms, and the power at all of them; each None where nothing can be reckoned.

    Parameters
    ----------
    body, forces
        The measured body and its plates.
    movement, reps
        The movement, and its repetitions in this trial.
    loads_kg
        The load of each repetition, or one of all, kg; None where it was not given.
    mass_kg
        Body mass without any load, kg.
    level
        Share of central probability that every interval holds.
    research
        Whether compression and shear at L5/S1 are estimated as well.
    """
    legs = _legs(body, forces, movement, reps, mass_kg, loads_kg, level)
    whole = _whole_body(body, forces, movement, reps, mass_kg, loads_kg, level, research)
    return legs, whole, _power(body, forces, legs, whole, movement, reps, loads_kg, level)


def _spans(reps: Sequence[Rep]) -> "list[RepSpan]":
    from legato.forces.analyse import RepSpan

    return [RepSpan(rep.index, Span(rep.start_s, rep.end_s), rep.complete) for rep in reps]


def _legs(
    body: Body,
    forces: "ForcesResult | None",
    movement: Movement,
    reps: Sequence[Rep],
    mass_kg: float | None,
    loads_kg: Sequence[float] | None,
    level: float,
) -> "KineticsResult | None":
    """Joint moments by the plates, or without any an estimate; their machinery is loaded only where there is a way."""
    cutoff_hz = movement.filter_cutoff_hz
    if forces is not None:
        from legato.kinetics.analyse import analyse_kinetics

        found = analyse_kinetics(body, forces, _spans(reps), mass_kg=mass_kg, cutoff_hz=cutoff_hz, level=level)
        if found is not None:
            return found
    if movement.load is None or mass_kg is None or body.source != "markers":
        return None
    from legato.kinetics.without_plates import estimate_kinetics

    return estimate_kinetics(
        body,
        _spans(reps),
        carrying=_carrying(movement.load) if movement.load.both_feet else None,
        loads_kg=loads_kg,
        mass_kg=mass_kg,
        cutoff_hz=cutoff_hz,
        level=level,
    )


def _carrying(load: LoadSpec) -> "Carrying":
    from legato.kinetics.loads import Carrying

    return Carrying(load.carried, load.rests, load.supported)


def _whole_body(
    body: Body,
    forces: "ForcesResult | None",
    movement: Movement,
    reps: Sequence[Rep],
    mass_kg: float | None,
    loads_kg: Sequence[float] | None,
    level: float,
    research: bool,
) -> "WholeBody | None":
    """Moments of trunk and arms; their machinery is loaded only where markers show a trunk and the load's place is
    known.
    """
    if movement.load is None or "thorax" not in body.segments or body.source != "markers":
        return None
    from legato.kinetics.whole_body import analyse_whole_body

    return analyse_whole_body(
        body,
        forces,
        _spans(reps),
        carrying=_carrying(movement.load),
        loads_kg=loads_kg,
        mass_kg=mass_kg,
        cutoff_hz=movement.filter_cutoff_hz,
        level=level,
        research=research,
    )


def _power(
    body: Body,
    forces: "ForcesResult | None",
    kinetics: "KineticsResult | None",
    whole: "WholeBody | None",
    movement: Movement,
    reps: Sequence[Rep],
    loads_kg: Sequence[float | None] | None,
    level: float,
) -> "PowerResult | None":
    """Power at the joints in the phases of the whole repetitions; none rests on an estimate of the ground."""
    if kinetics is None or not kinetics.joints or kinetics.estimated:
        return None
    from legato.kinetics.flow import analyse_power
    from legato.kinetics.work import Stretch

    efforts: dict[str, Literal["work", "return"] | None] = {p.name: p.effort for p in movement.phases}
    whole_reps = [rep for rep in reps if rep.complete]
    # The mean of a right and a left stance would mix each leg's stance with the other's.
    apart = {"right", "left"} <= {rep.side for rep in whole_reps}
    stretches = [
        Stretch(rep.index, phase.name + whose, Span(phase.start_s, phase.end_s), efforts.get(phase.name))
        for rep in whole_reps
        for whose in [f"_{rep.side}" if apart and rep.side else ""]
        for phase in rep.phases
    ]
    given = [None] if loads_kg is None else loads_kg
    by_rep = {rep.index: given[min(k, len(given) - 1)] for k, rep in enumerate(reps)}
    known = {rep: load for rep, load in by_rep.items() if load is not None}
    load = movement.load
    elsewhere = load is not None and (load.supported or load.carried == "outside")
    return analyse_power(
        body, forces, kinetics, stretches, whole=whole, loads_kg=known, borne_elsewhere=elsewhere, level=level
    )
