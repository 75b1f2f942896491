"""Gates beside the permit: when a set ends, and whether mobility and the dowel hinge suffice."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from legato.coaching.safety.limits import limits
from legato.estimate import Estimate
from legato.faults.assessments import Assessment, NumberFound, ResultFile, load_assessment, numbers_of

Colour: TypeAlias = Literal["green", "amber", "red"]
_SIDES = ("right", "left")
_DOWEL_MOVEMENT = "hip-hinge"


@dataclass(frozen=True, slots=True)
class SetStop:
    """Where a set is to end: after which repetition, from 0, and why."""

    rep: int
    reason: str


def technique_gate(
    colours: Sequence[Colour | None],
    losses_pct: Sequence[float | None] = (),
    stop_loss_pct: float | None = None,
) -> SetStop | None:
    """The repetition after which a set stops; None where it may go on.

    Parameters
    ----------
    colours
        Of each repetition in order, the worst of all that is judged; None where nothing could be told of it, which
        neither counts nor breaks a row of ambers.
    losses_pct
        Velocity loss of each repetition against the fastest before it, %, where it was measured.
    stop_loss_pct
        The loss to stop at, %.
    """
    most, row = int(limits().ambers.value), 0
    for rep in range(max(len(colours), len(losses_pct))):
        colour = colours[rep] if rep < len(colours) else None
        loss = losses_pct[rep] if rep < len(losses_pct) else None
        row = row + 1 if colour == "amber" else 0 if colour == "green" else row
        if colour == "red":
            return SetStop(rep, f"repetition {rep + 1} is red")
        if row >= most:
            return SetStop(rep, f"{most} repetitions in a row are amber, up to repetition {rep + 1}")
        if stop_loss_pct is not None and loss is not None and not loss < stop_loss_pct:
            return SetStop(rep, f"repetition {rep + 1} is {loss:.0f} % slower; {stop_loss_pct:g} % ends the set")
    return None


def mobility_gates() -> tuple[str, ...]:
    """Ids of the mobility screen's numbers that load may wait for."""
    return tuple(dict.fromkeys(gate for need in limits().mobility for gate in need.gates))


def mobility_gate(found: Iterable[NumberFound], screen: Assessment | None = None) -> Mapping[str, bool | None]:
    """Whether each gate of the mobility screen is met: surely, surely not, or not known (None).

    Parameters
    ----------
    found
        Numbers of the screen's sheets and results, such as `numbers_of_sheet` and an `Outcome` give.
    screen
        The mobility screen, else that of the library.
    """
    spec = load_assessment("mobility-screen") if screen is None else screen
    rows = tuple(found)
    return {gate: _gate(gate, spec, rows) for gate in mobility_gates()}


def mobility_read(found: Iterable[NumberFound], screen: Assessment | None = None) -> frozenset[str]:
    """Gates of the mobility screen of which some number was read, whatever it decides."""
    spec = load_assessment("mobility-screen") if screen is None else screen
    read = {row.id for row in found if row.value is not None}
    return frozenset(
        gate
        for gate in mobility_gates()
        if any(number.id in read for number in spec.numbers if gate in (number.id, number.stands_for))
    )


def _gate(gate: str, spec: Assessment, rows: Sequence[NumberFound]) -> bool | None:
    numbers = {number.id: number for number in spec.numbers if gate in (number.id, number.stands_for)}
    sided = any(number.sides for number in numbers.values())
    verdicts = [
        [row.verdict for row in rows if row.id in numbers and row.side == side] for side in (_SIDES if sided else ("",))
    ]
    if any("fault" in of_side for of_side in verdicts):
        return False
    return True if all("ok" in of_side for of_side in verdicts) else None


def hinge_sets(results: Sequence[ResultFile]) -> tuple[tuple[int, Estimate | None], ...]:
    """The sets of a dowel hinge in results, in their order, as `hinge_gate` takes them: the repetitions in which the
    contacts were measured, and the share of their time; None where it was not measured. What comes from the same
    recording as another is one set, the later.
    """
    found: list[tuple[frozenset[str], tuple[int, Estimate | None]]] = []
    for result in results:
        if result.movement.id != _DOWEL_MOVEMENT:
            continue
        files = frozenset(one.sha256 for one in result.inputs if one.sha256)
        found = [one for one in found if not (one[0] and files and (files <= one[0] or one[0] <= files))]
        share = numbers_of(result, "three-contacts")[0].value
        measured = (
            sum(rep.complete and rep.metrics.get(name) is not None for rep in result.reps)
            for name in ("dowel_contact", "dowel_pads_contact")
        )
        reps = min((n for n in measured if n), default=0)
        found.append((files, (reps, None if share is None else share.scaled(0.01, "1"))))
    return tuple(one for _, one in found)


def hinge_gate(sets: Sequence[tuple[int, Estimate | None]]) -> bool:
    """Whether the last three sets of a dowel hinge open the loaded hinge.

    Parameters
    ----------
    sets
        Measured repetitions of each set in order, and the share of its time (0 to 1) in which all three contacts held;
        None where it was not measured.

    Returns
    -------
    Only true where each of them has five repetitions or more and its whole interval lies at nine tenths or above.
    """
    held = limits()
    last = sets[-int(held.dowel_sets.value) :]
    return len(last) == held.dowel_sets.value and all(
        reps >= held.dowel_reps.value and share is not None and share.low >= held.dowel_contact.value
        for reps, share in last
    )


def hinge_lost(sets: Sequence[tuple[int, Estimate | None]]) -> bool:
    """Whether one of the last three sets surely keeps contact for less time than the loaded hinge asks."""
    held = limits()
    last = sets[-int(held.dowel_sets.value) :]
    return any(share is not None and share.high < held.dowel_contact.value for _, share in last)


def session_rules() -> tuple[str, ...]:
    """What is kept to in every session, in words: pain, the end of a set, heavy loads."""
    held = limits()
    go, modify = held.pain_go.value, held.pain_modify.value
    pain = (
        f"Pain up to {go:g} of 10: go on. Up to {modify:g}: an easier version without load. More, worse the next"
        " morning or below the knee: stop, and see somebody qualified."
    )
    ending = f"A set ends with a red repetition, {held.ambers.value:g} ambers in a row or its set loss of velocity."
    share = 100 * held.spotter_share.value
    heavy = f"From {share:.0f} % of the maximum on: spotter or safety pins, and nobody calls cues."
    return pain, ending, f"{heavy} No maximum is tested alone."
