"""A recording that holds EMG alone: no repetition can be found in it, so it is one stretch, or what a person says."""

from dataclasses import replace

from legato.body.model import Body
from legato.messages import BY_HAND
from legato.movements.contacts import strides_of_contacts, told_inside
from legato.movements.model import Movement, Rep, RepsResult
from legato.recording import Recording, Span

_RATE_HZ = 100.0
"""Of the time base; nothing is measured on it."""

ELECTRODES = "emg"
"""Source of a body of which electrodes show nothing but the time base."""

WHOLE = (
    "EMG alone shows no repetition, so this is the whole recording and nothing is judged; add the motion file, or"
    f" {BY_HAND}"
)


def emg_alone(recording: Recording) -> bool:
    """Whether there is EMG and nothing that shows how the body moved."""
    return bool(recording.of_kind("emg")) and not recording.of_kind(
        "markers", "rotations", "keypoints", "angles", "imu"
    )


def emg_body(recording: Recording) -> Body:
    """A body of which nothing but the time base is known."""
    start_s, end_s = _ends(recording)
    return Body(_RATE_HZ, start_s, max(2, round((end_s - start_s) * _RATE_HZ)), ELECTRODES, "", {}, {}, {}, {})


def nothing_found() -> RepsResult:
    """No repetition."""
    return RepsResult((), "EMG")


def with_contacts(found: RepsResult, movement: Movement, recording: Recording) -> RepsResult:
    """Of a recording with EMG in which no whole repetition was found, the strides that its foot contacts tell, if any
    of them is whole.

    Raises
    ------
    BadInput
        Strides are asked for, and every contact lies outside of the EMG.
    """
    if any(rep.complete for rep in found.reps) or not recording.of_kind("emg") or movement.cycle.anchor != "stride":
        return found
    events, outside = told_inside(recording.events, Span(*_ends(recording)))
    told = strides_of_contacts(movement, events)
    kept = told if any(rep.complete for rep in told.reps) else found
    return replace(kept, notes=(*found.notes, *filter(None, (outside,)), *told.notes))


def whole_recording(recording: Recording) -> Rep:
    """The stretch that the EMG covers, as a repetition that is not judged."""
    start_s, end_s = _ends(recording)
    return Rep(index=0, start_s=start_s, end_s=end_s, complete=False, reason=WHOLE)


def _ends(recording: Recording) -> tuple[float, float]:
    ends = [(float(s.times()[0]), float(s.times()[-1])) for s in recording.of_kind("emg") if s.n_samples]
    return min((a for a, _ in ends), default=0.0), max((b for _, b in ends), default=0.0)


def clock_errors(recording: Recording) -> dict[str, float]:
    """SD of the offset between each EMG stream and the motion, s."""
    streams = recording.of_kind("emg")
    if not streams:
        return {}
    from legato.muscles.channel_lags import motion_clock_error_s

    return {stream.name: motion_clock_error_s(recording, stream.name) for stream in streams}
