"""Corrections of the links' events: what a person read of them, in the repetitions as they stand in the end."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from legato.corrections.model import DeleteLinkEvent, Outcome, SetLinkEvent, Unfit
from legato.movements.link_spec import EventKind, LinkRead
from legato.movements.model import Movement, Rep

ROOM_S = 0.3
"""How far outside its repetition an event may be set, s: as far as the analysis itself looks for one. [ENG]"""

_OfLink = SetLinkEvent | DeleteLinkEvent


def correct_links(
    movement: Movement, reps: Sequence[Rep], outcomes: Sequence[Outcome]
) -> tuple[tuple[LinkRead, ...], tuple[Outcome, ...]]:
    """What a person read of the links' events, and what became of every correction.

    Parameters
    ----------
    movement
        Its links, and which of their events are told.
    reps
        As corrected.
    outcomes
        As `correct_reps` gives them. Of two corrections of one event the lower one holds.
    """
    reads: dict[tuple[int, str, EventKind], LinkRead] = {}
    settled: list[Outcome] = []
    for outcome in outcomes:
        correction = outcome.correction
        if isinstance(correction, _OfLink) and outcome.state == "applied":
            try:
                read = _read(movement, reps, correction)
                reads[read.rep, read.link, read.event] = read
            except Unfit as why:
                outcome = replace(outcome, state="no-longer-fits", reason=str(why))
        settled.append(outcome)
    return tuple(reads.values()), tuple(settled)


def without_unseen(outcomes: Sequence[Outcome], unseen: Mapping[tuple[str, str], str]) -> tuple[Outcome, ...]:
    """The outcomes; corrections of an event that nothing recorded shows (`unseen`, by link and event, with the reason)
    no longer fit.
    """

    def settled(outcome: Outcome) -> Outcome:
        correction = outcome.correction
        if not isinstance(correction, _OfLink) or outcome.state != "applied":
            return outcome
        why = unseen.get((correction.link, correction.event))
        return outcome if why is None else replace(outcome, state="no-longer-fits", reason=why)

    return tuple(settled(outcome) for outcome in outcomes)


def _read(movement: Movement, reps: Sequence[Rep], correction: _OfLink) -> LinkRead:
    told = movement.timed_events
    if correction.link not in {link for link, _ in told}:
        raise Unfit(f"{movement.name} has no link {correction.link}")
    if (correction.link, correction.event) not in told:
        kinds = ", ".join(kind for link, kind in told if link == correction.link)
        raise Unfit(f"of {correction.link} {movement.name} tells {kinds}, no {correction.event}")
    rep = next((one for one in reps if one.start_s <= correction.at_s <= one.end_s), None)
    if rep is None:
        raise Unfit(f"there is no repetition at {correction.at_s:g} s")
    if not rep.complete:
        raise Unfit(f"the repetition at {correction.at_s:g} s is not judged")
    if isinstance(correction, DeleteLinkEvent):
        return LinkRead(rep.index, correction.link, correction.event, None)
    if not rep.start_s - ROOM_S <= correction.time_s <= rep.end_s + ROOM_S:
        raise Unfit(f"{correction.time_s:g} s lies outside the repetition ({rep.start_s:.2f} to {rep.end_s:.2f} s)")
    return LinkRead(rep.index, correction.link, correction.event, correction.time_s, correction.error_s)
