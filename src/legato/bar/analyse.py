"""Everything that a recording tells of a bar: the track from its best source, repetitions, loss and profile."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from legato.bar.beside import compared
from legato.bar.imu import track_from_imu
from legato.bar.keypoints import track_from_keypoints
from legato.bar.loss import detectable_change_of_reps, loss_of_reps
from legato.bar.markers import track_from_markers
from legato.bar.maximum import LISTED_MORE_M_S, LISTED_MORE_SD_M_S, CountedLift, counted_more
from legato.bar.means import MEAN_FROM_M_S
from legato.bar.model import BarRep, BarResult, BarTrack, LoadVelocityProfile, VelocityLoss
from legato.bar.names import on_a_bar
from legato.bar.profile import LEAST_LOADS, load_velocity_profile, too_few_loads
from legato.bar.reps import bar_reps
from legato.bar.tables import reps_of_table, track_from_transducer
from legato.bar.task import NOTHING_ASKED, BarTask
from legato.bar.tempo import tempo_adherence
from legato.bar.velocity_data import v1rm_of
from legato.errors import BadInput, NotResolvable
from legato.estimate import LEVEL
from legato.recording import Recording, Stream

_AXES = ("x", "y", "z")
_PULLS, _TURNS = ("a", "acc_", "acc", "accel_"), ("g", "gyr_", "gyr", "gyro_")


def bar_sensor(recording: Recording) -> Stream | None:
    """The inertial sensor that rides on a bar, as its names or its file's say; None where there is none."""
    for stream in recording.of_kind("imu"):
        if on_a_bar(recording, stream) and all(_columns(stream, prefixes) is not None for prefixes in (_PULLS, _TURNS)):
            return stream
    return None


def bar_track(recording: Recording, *, metres_per_unit: float | None = None) -> BarTrack | None:
    """How the bar moved, from the best source that the recording has; None where it has none.

    Markers on the bar come first, and a sensor beside them is compared in the notes; then a sensor on it, a transducer,
    a track in a video, and markers on the hands.

    Raises
    ------
    BadInput, NotResolvable
        The source is there, but cannot be used; the message says why.
    """
    of_markers = [t for s in recording.of_kind("markers") if (t := track_from_markers(s)) is not None]
    on_bar = next((t for t in of_markers if t.source == "markers"), None)
    sensor = bar_sensor(recording)
    if on_bar is not None:
        return on_bar if sensor is None else replace(on_bar, notes=(*on_bar.notes, _beside(on_bar, sensor)))
    if sensor is not None:
        return _track_of(sensor)
    for stream in recording.of_kind("table", "analog"):
        track = track_from_transducer(stream)
        if track is not None:
            return track
    for stream in recording.of_kind("keypoints"):
        track = track_from_keypoints(stream, metres_per_unit=metres_per_unit)
        if track is not None:
            return track
    return next(iter(of_markers), None)


def _track_of(sensor: Stream) -> BarTrack:
    """How the bar moved, from a sensor whose columns are in the units that are needed."""
    pull, turning = (_columns(sensor, prefixes) for prefixes in (_PULLS, _TURNS))
    if pull is None or turning is None:
        raise ValueError("a bar's sensor has accelerations and rates")
    for columns, unit in ((pull, "m/s²"), (turning, "rad/s")):
        told = {sensor.units[k] for k in columns}
        if told != {unit}:
            raise BadInput(
                f"{sensor.name}: {sensor.channels[columns[0]]} is in {told.pop() or 'no stated unit'} where {unit}"
                " is needed; state the unit beside the column's name"
            )
    return track_from_imu(sensor.times(), sensor.values[:, pull], sensor.values[:, turning], stream=sensor.name)


def _beside(used: BarTrack, sensor: Stream) -> str:
    """What a sensor says that rides on a bar beside its markers, which are used."""
    try:
        return compared(used, _track_of(sensor))
    except (BadInput, NotResolvable) as error:
        return f"the bar is measured by {used.stream}; {sensor.name} beside it cannot be used: {error}"


def analyse_bar(
    recording: Recording,
    *,
    movement: str = "",
    loads_kg: Sequence[float] | None = None,
    task: BarTask = NOTHING_ASKED,
    level: float = LEVEL,
) -> BarResult | None:
    """Measure the bar of a recording.

    Parameters
    ----------
    recording
        One trial; the bar is known by its names.
    movement
        An id of the movement library, for the velocity of its maximal lift.
    loads_kg
        The bar's load at each of its repetitions, kg, or one for all.
    task
        What was asked of the set, and the scale of a video.
    level
        Share of central probability that every interval holds.

    Returns
    -------
    None where the recording holds nothing of a bar.

    Raises
    ------
    BadInput, NotResolvable
        There is a bar, but it cannot be measured.
    """
    track = bar_track(recording, metres_per_unit=task.metres_per_pixel)
    if track is not None:
        reps = bar_reps(track, loads_kg=loads_kg, level=level)
        return _result(track, reps, movement, task, level)
    sets = sets_of_tables(recording, level)
    if not sets:
        return None
    reps = _with_loads([rep for of_set in sets for rep in of_set], loads_kg)
    result = _summed(reps, movement, task, level)
    notes = ["velocities are those of another program, whose errors are not known: intervals hold its rounding alone"]
    if len(sets) > 1:
        lost = _losses_by_set(reps, task.stop_loss_pct, level)
        reason = f"the table holds {len(sets)} sets; " + (
            "the loss is told of each" if lost else "none holds two reps or more at one load"
        )
        notes += lost
        result = replace(result, loss=None, loss_reason=reason)
    titles = tuple(dict.fromkeys(title for table in recording.rep_tables for title in table.titles))
    return replace(result, source="rep-table", stream="", notes=tuple(notes), titles=titles)


def sets_of_tables(recording: Recording, level: float = LEVEL) -> tuple[tuple[BarRep, ...], ...]:
    """The sets that another program listed, numbered through; empty where the recording has none with velocities."""
    found: list[tuple[BarRep, ...]] = []
    count = 0
    for table in recording.rep_tables:
        reps = reps_of_table(table, level, beside=recording.rep_tables)
        if reps:
            found.append(tuple(replace(rep, rep=count + k, set=len(found)) for k, rep in enumerate(reps)))
            count += len(reps)
    return tuple(found)


def _losses_by_set(reps: Sequence[BarRep], stop_loss_pct: float | None, level: float) -> list[str]:
    said: list[str] = []
    for number in dict.fromkeys(rep.set for rep in reps):
        try:
            loss = loss_of_reps([rep for rep in reps if rep.set == number], stop_loss_pct, level)
        except NotResolvable:
            continue
        last = f"set {number + 1}: the last repetition was {loss.last.value:.0f} % slower than the fastest"
        stop = "" if loss.passed_at is None else f"; {stop_loss_pct:g} % is passed at rep {loss.passed_at + 1}"
        said.append(last + stop)
    return said


def measure_bar(
    track: BarTrack,
    *,
    movement: str = "",
    numbers: Mapping[int, int],
    loads_kg: Mapping[int, float] | None = None,
    task: BarTask = NOTHING_ASKED,
    level: float = LEVEL,
) -> BarResult | None:
    """Measure those of a bar's repetitions that are the trial's: `numbers` gives each of them the trial's number,
    `loads_kg` the load by that number. None where none is left.
    """
    if not numbers:
        return None
    plain = bar_reps(track, level=level)
    if loads_kg is not None:
        # A repetition that is not the trial's needs a load to be computed, and is left out below.
        loads = [loads_kg.get(numbers.get(k, -1), 0.0) for k in range(len(plain))]
        plain = bar_reps(track, loads_kg=loads, level=level)
    reps = tuple(replace(rep, rep=numbers[k]) for k, rep in enumerate(plain) if k in numbers)
    return _result(track, reps, movement, task, level)


def _columns(stream: Stream, prefixes: Sequence[str]) -> list[int] | None:
    """Places of the three axes called by one of these prefixes."""
    names = [c.lower().replace(" ", "_") for c in stream.channels]
    for prefix in prefixes:
        if all(f"{prefix}{axis}" in names for axis in _AXES):
            return [names.index(f"{prefix}{axis}") for axis in _AXES]
    return None


def _with_loads(reps: Sequence[BarRep], loads_kg: Sequence[float] | None) -> tuple[BarRep, ...]:
    if loads_kg is None:
        return tuple(reps)
    if len(loads_kg) not in (1, len(reps)):
        raise BadInput(
            f"{len(loads_kg)} loads for {len(reps)} repetitions in the table; give one for all, or each its own"
        )
    loads = [float(x) for x in loads_kg] * (len(reps) // len(loads_kg))
    return tuple(replace(rep, load_kg=load) for rep, load in zip(reps, loads, strict=True))


def _result(track: BarTrack, reps: tuple[BarRep, ...], movement: str, task: BarTask, level: float) -> BarResult:
    result = _summed(reps, movement, task, level)
    return replace(result, source=track.source, stream=track.stream, track=track, notes=track.notes)


def _summed(reps: tuple[BarRep, ...], movement: str, task: BarTask, level: float) -> BarResult:
    """What the set shows; source and track are the caller's."""
    loss: VelocityLoss | None = None
    profile: LoadVelocityProfile | None = None
    loss_reason = profile_reason = ""
    try:
        loss = loss_of_reps(reps, task.stop_loss_pct, level)
    except NotResolvable as error:
        loss_reason = str(error)
    try:
        profile = profile_of_reps(reps, movement, level)
    except (BadInput, NotResolvable) as error:
        profile_reason = str(error)
    return BarResult(
        "rep-table",
        "",
        reps,
        loss,
        loss_reason,
        profile,
        profile_reason,
        detectable_change_of_reps(reps),
        tempo=() if task.tempo is None else tempo_adherence(reps, task.tempo),
        asked_tempo="" if task.tempo is None else task.tempo.code,
    )


def _mean(rep: BarRep) -> float | None:
    return None if rep.mean_velocity is None else rep.mean_velocity.value


def _propulsive(rep: BarRep) -> float | None:
    return None if rep.mean_propulsive_velocity is None else rep.mean_propulsive_velocity.value


def listed_elsewhere(rep: BarRep) -> bool:
    """Whether another program listed the repetition, whose velocities count from where that program has them."""
    return rep.from_rest is None


def profile_of_reps(reps: Sequence[BarRep], movement: str, level: float = LEVEL) -> LoadVelocityProfile:
    """The load–velocity profile of repetitions that carry their loads, from one set or several.

    Mean velocity is used where all have one, else mean propulsive velocity: light lifts that end in braking bend its
    line, and at the maximum, where nothing is braked, both are one (García-Ramos et al. 2018, J Strength Cond Res
    32:1273, from memory). Published velocities of maxima count from the first to the last positive velocity, those of a
    recording from `MEAN_FROM_M_S`: by how much these are higher the slow ends of the lifter's own ways tell
    (`counted_more`), and how surely is in the interval. From where a list counts is not known: its interval holds that
    it may count as a recording does.

    Raises
    ------
    BadInput
        Repetitions of recordings beside those of lists, whose velocities count otherwise.
    NotResolvable
        Too few loads, no line, or a movement whose velocity at its maximum is not on record.
    """
    measured = [rep for rep in reps if not rep.reason]
    listed = {listed_elsewhere(rep) for rep in measured}
    if len(listed) > 1:
        raise BadInput(
            f"recordings beside lists of another program: velocities of recordings count from {MEAN_FROM_M_S:g} m/s on,"
            " those of lists as their program has it, so no one line joins them; give recordings alone or lists alone"
        )
    velocity = _mean if all(_mean(rep) is not None for rep in measured) else _propulsive
    if any(_mean(rep) is not None and velocity(rep) is None for rep in measured):
        if any(_mean(rep) is None and _propulsive(rep) is not None for rep in measured):
            raise BadInput(
                "some lifts tell their mean velocity and others their mean propulsive velocity alone, and no one line"
                " joins these; give lists that all tell the one or the other"
            )
        velocity = _mean
    lifted = [(r.load_kg, v) for r in measured if r.load_kg is not None and (v := velocity(r)) is not None]
    if not lifted:
        raise NotResolvable("no load was given, so no load–velocity profile; give --loads")
    loads, velocities = (list(column) for column in zip(*lifted, strict=True))
    if len(set(loads)) < LEAST_LOADS:
        raise NotResolvable(too_few_loads(len(set(loads))))
    known = v1rm_of(movement)
    if known is None:
        raise NotResolvable(
            f"the velocity of a maximal {movement or 'lift'} is not on record, so no maximum follows from its profile"
        )
    own = [
        CountedLift(r.load_kg, mean, r.from_rest)
        for r in measured
        if r.load_kg is not None and r.from_rest is not None and (mean := _mean(r)) is not None
    ]
    if not own:
        return load_velocity_profile(
            loads, velocities, v1rm=known.velocity_m_s, v1rm_sd=math.hypot(known.sd_m_s, LISTED_MORE_SD_M_S),
            v1rm_more=LISTED_MORE_M_S, v1rm_source=known.source, level=level,
        )  # fmt: skip
    counted = counted_more(own, known)
    source = (
        f"{known.velocity_m_s:g} m/s from standstill to standstill: {known.source}; about {counted.more_m_s:.2f} m/s"
        f" more as recordings count, from {MEAN_FROM_M_S:g} m/s on, by the slow ends of this lifter's own ways"
    )
    return load_velocity_profile(
        loads, velocities, v1rm=known.velocity_m_s + counted.more_m_s,
        v1rm_sd=math.hypot(known.sd_m_s, counted.sd_m_s), v1rm_source=source, level=level,
    )  # fmt: skip
