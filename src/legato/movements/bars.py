"""A recording that holds a bar alone: its ways up and down are the repetitions."""

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from legato.bar.analyse import analyse_bar, bar_sensor, bar_track, measure_bar, sets_of_tables
from legato.bar.model import BarRep, BarResult
from legato.bar.names import names_of_bar
from legato.bar.reps import bar_reps
from legato.bar.tables import track_from_transducer, unitless_column
from legato.bar.task import NOTHING_ASKED, BarTask
from legato.body.model import Body
from legato.errors import BadInput, NotResolvable
from legato.estimate import LEVEL
from legato.movements.model import Movement, Phase, Rep, RepsResult
from legato.recording import Recording, Stream

_RATE_HZ = 100.0
"""Of the time base; nothing is measured on it."""

_BODY = ("markers", "rotations", "keypoints", "angles", "emg", "force")


def bar_alone(recording: Recording) -> bool:
    """Whether there is a bar's sensor, transducer or list of repetitions and nothing of the body."""
    if not recording.streams:
        return bool(sets_of_tables(recording))
    points = recording.of_kind("markers", "keypoints")
    if any(s for s in recording.of_kind(*_BODY) if s not in points and not _of_transducer(recording, s)):
        return False
    if points:
        return all(names_of_bar(s.channels) for s in points)
    sensor = bar_sensor(recording)
    if sensor is not None:
        return len(recording.of_kind("imu")) == 1
    if recording.of_kind("imu"):
        return False
    tables = recording.of_kind("table", "analog")
    try:
        return any(track_from_transducer(s) is not None or unitless_column(s) is not None for s in tables)
    except (BadInput, NotResolvable):
        return True


def bar_on_plates(recording: Recording, movement: Movement) -> bool:
    """Whether a lift that the legs drive shows its bar and the force under the feet, and nothing of the body."""
    if movement.drive is None or not recording.of_kind("force"):
        return False
    others = tuple(stream for stream in recording.streams if stream.kind != "force")
    return bool(others) and bar_alone(replace(recording, streams=others))


def _of_transducer(recording: Recording, stream: Stream) -> bool:
    """Whether a force is one that a transducer works out and lists beside the bar's way."""
    beside = [name for file in recording.inputs if stream.name in file.streams for name in file.streams]
    return stream.kind == "force" and any(
        track_from_transducer(s) is not None for s in recording.of_kind("table", "analog") if s.name in beside
    )


def bar_body(recording: Recording) -> Body:
    """A body of which nothing but the time base is known."""
    times = [s.times() for s in recording.streams if s.n_samples > 1]
    start_s = min((float(t[0]) for t in times), default=0.0)
    end_s = max((float(t[-1]) for t in times), default=0.0)
    return Body(_RATE_HZ, start_s, max(2, round((end_s - start_s) * _RATE_HZ)), "bar", "", {}, {}, {}, {})


def reps_of_bar(recording: Recording, movement: Movement, task: BarTask = NOTHING_ASKED) -> RepsResult:
    """The bar's repetitions as those of the movement, each with its two ways as phases.

    Raises
    ------
    BadInput, NotResolvable
        The bar's sensor cannot be used, or the bar makes no repetition.
    """
    sets = () if recording.streams else sets_of_tables(recording)
    if sets:
        untimed = tuple(
            Rep(index=rep.rep, start_s=math.nan, end_s=math.nan, complete=True) for of_set in sets for rep in of_set
        )
        return RepsResult(untimed, "bar (rep-table)", ("the repetitions are those of another program's list",))
    track = bar_track(recording, metres_per_unit=task.metres_per_pixel)
    bare = next((name for s in recording.streams if (name := unitless_column(s)) is not None), None)
    if track is None and bare is not None:
        raise BadInput(f"column {bare}; write its unit beside the name, as in position (m) or velocity (m/s)")
    if track is None:
        raise BadInput("the recording holds nothing of a bar that can be measured")
    lowered_first = movement.cycle.anchor != "pull"
    reps: list[Rep] = []
    found = bar_reps(track)
    nexts = [min(r.start_s, r.start_s if r.eccentric is None else r.eccentric.start_s) for r in found[1:]]
    for k, (rep, until) in enumerate(zip(found, [*nexts, math.inf], strict=True)):
        # Where a bar turns at once, the errors of an end and of the next start may let them overlap.
        phases = [Phase(name="concentric", start_s=rep.start_s, end_s=min(rep.end_s, until))]
        if rep.eccentric is not None:
            down = rep.eccentric
            phases.append(Phase(name="eccentric", start_s=down.start_s, end_s=min(down.end_s, until)))
        phases.sort(key=lambda phase: phase.start_s)
        phases = [
            *(Phase(name=a.name, start_s=a.start_s, end_s=min(a.end_s, b.start_s)) for a, b in pairwise(phases)),
            phases[-1],
        ]
        reps.append(
            Rep(
                index=k,
                start_s=min(phase.start_s for phase in phases),
                end_s=max(phase.end_s for phase in phases),
                complete=rep.eccentric is not None or not lowered_first,
                phases=tuple(phases),
                reason=rep.reason,
            )
        )
    return RepsResult(tuple(reps), f"bar ({track.source})", ("the repetitions were found in the bar's movement",))


def bar_of_trial(
    recording: Recording,
    movement: Movement,
    reps: Sequence[Rep],
    loads_kg: Sequence[float] | None = None,
    level: float = LEVEL,
    task: BarTask = NOTHING_ASKED,
) -> tuple[BarResult | None, tuple[str, ...]]:
    """The bar of a trial whose repetitions are known, and why it could not be measured.

    Its repetitions get the numbers of those that hold their ways up; others are left out. `loads_kg`: one load for all,
    or one for each of `reps`.
    """
    try:
        track = bar_track(recording, metres_per_unit=task.metres_per_pixel)
        if track is None:
            return analyse_bar(recording, movement=movement.id, loads_kg=loads_kg, task=task, level=level), ()
        if track.source == "hand-markers" and not any(driver.signal == "bar" for driver in movement.drivers):
            return None, ()
        numbers = {k: n for k, rep in enumerate(bar_reps(track, level=level)) if (n := _holding(rep, reps)) is not None}
        loads = None
        if loads_kg is not None:
            loads = {n: float(loads_kg[0] if len(loads_kg) == 1 else loads_kg[n]) for n in numbers.values()}
        return measure_bar(track, movement=movement.id, numbers=numbers, loads_kg=loads, task=task, level=level), ()
    except (BadInput, NotResolvable) as error:
        return None, (f"bar: {error}",)


def _holding(rep: BarRep, reps: Sequence[Rep]) -> int | None:
    """Number of the repetition that holds the middle of a way up."""
    middle = 0.5 * (rep.start_s + rep.end_s)
    return next((r.index for r in reps if r.start_s <= middle <= r.end_s), None)
