"""What was done, with the repetitions that results say were clean, amber and red."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from legato.coaching.catalogue import drills
from legato.coaching.log import Session, SetsDone
from legato.coaching.model import Drill
from legato.coaching.safety.colours import reps_seen
from legato.errors import BadInput
from legato.faults.assessments import result_file


def with_results(
    sessions: Sequence[Session], results: Sequence[tuple[str, Mapping[str, Any]]], own: Sequence[Drill] = ()
) -> tuple[tuple[Session, ...], tuple[str, ...]]:
    """Sessions with the repetitions that results measured, and in words what each result says.

    Parameters
    ----------
    sessions
        What was done.
    results
        Each a set of one of its exercises: its file and its record.
    own
        The drills of a coach's own that the plan has.

    Raises
    ------
    BadInput
        A record is no result, is there twice, or belongs to no exercise or to several; or the repetitions were told.
    """
    anew = [list(session.done) for session in sessions]
    told = {(i, j) for i, done in enumerate(anew) for j, sets in enumerate(done) if sets.reps_measured}
    said: list[str] = []
    known = {**drills(), **{one.id: one for one in own}}
    recordings = set[frozenset[str]]()
    for name, record in results:
        read = result_file(record, name)
        files = frozenset(one.sha256 for one in read.inputs if one.sha256)
        if files and files in recordings:
            raise BadInput(f"{name}: is of a recording that another --result is of; give each set once")
        recordings.add(files)
        movement = read.movement.id
        fits = [(i, j) for i, done in enumerate(anew) for j, sets in enumerate(done) if _is_of(sets, movement, known)]
        if len(fits) != 1:
            many = "several entries" if fits else "nothing"
            raise BadInput(f"{name}: is of {movement}, and {many} of what was done is; log that day and exercise alone")
        i, j = fits[0]
        if (i, j) in told:
            raise BadInput(f"{name}: {anew[i][j].exercise} tells its measured repetitions already; give either")
        seen = reps_seen(record)
        clean, amber, red = (seen.count(colour) for colour in ("green", "amber", "red"))
        anew[i][j] = replace(
            anew[i][j],
            reps_measured=anew[i][j].reps_measured + seen.measured,
            reps_passed=anew[i][j].reps_passed + clean,
            ambers=anew[i][j].ambers + amber,
            reds=anew[i][j].reds + red,
        )
        ends = f"; by the technique gate the set ends there: {seen.stop.reason}" if seen.stop else ""
        counts = f"{seen.measured} repetitions measured, {clean} clean, {amber} amber, {red} red"
        said.append(f"{name}: {anew[i][j].exercise}: {counts}{ends}")
    return tuple(replace(one, done=tuple(done)) for one, done in zip(sessions, anew, strict=True)), tuple(said)


def _is_of(sets: SetsDone, movement: str, known: Mapping[str, Drill]) -> bool:
    """Whether a movement is that of an exercise: its own, or the one that its drill is measured as."""
    drill = known.get(sets.exercise)
    return movement in (sets.exercise, drill.movement if drill else None)
