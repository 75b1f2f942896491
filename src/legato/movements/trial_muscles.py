"""What the EMG of a trial shows: its repetitions and reference contractions handed to the muscles."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from legato.body.model import Body
from legato.errors import BadInput
from legato.movements.model import Movement, Rep
from legato.recording import Recording, Span

if TYPE_CHECKING:
    from legato.muscles.model import MusclesResult
    from legato.muscles.pairs import MusclePair
    from legato.muscles.references import OfTask

_ECCENTRIC = "lower"
"""Phase of a movement with the window w-ecc in which the legs give way."""


def check_references(
    recording: Recording, mvic: Sequence[Recording], submax: Sequence[Recording], emg_amplitude: "OfTask | None"
) -> None:
    """What amplitudes are a share of, judged before anything takes time.

    Raises
    ------
    BadInput
        A reference or a way to tell amplitudes is given for a recording without EMG, or they exclude each other.
    """
    if not (mvic or submax or emg_amplitude is not None):
        return
    if not recording.of_kind("emg"):
        if mvic or submax:
            kind, option = ("maximal", "--mvic") if mvic else ("sub-maximal", "--submax")
            raise BadInput(f"{kind} contractions are given, but the recording holds no EMG; leave out {option}")
        raise BadInput("an EMG amplitude is asked for, but the recording holds no EMG; leave out --emg-amplitude")
    from legato.muscles import references

    references.check_references(recording.of_kind("emg"), mvic, submax, emg_amplitude)


def muscles_of_trial(
    recording: Recording,
    movement: Movement,
    reps: Sequence[Rep],
    body: Body,
    pairs: "Sequence[MusclePair]",
    *,
    mapping: str | Path | Mapping[str, Any] | None,
    mvic: Sequence[Recording],
    submax: Sequence[Recording],
    emg_amplitude: "OfTask | None",
    level: float,
) -> "MusclesResult | None":
    """What the EMG shows; its machinery is loaded only where there is some."""
    if not recording.of_kind("emg"):
        return None
    from legato.muscles.analyse import RepSpan, analyse_muscles
    from legato.muscles.between import Slow

    spans = [
        RepSpan(
            rep.index,
            Span(rep.start_s, rep.end_s),
            rep.complete,
            tuple((phase.name, Span(phase.start_s, phase.end_s)) for phase in rep.phases),
            rep.side,
        )
        for rep in reps
    ]
    rising = None if body.com_m is None else np.gradient(body.com_m[:, 2]) * body.rate_hz
    velocity = None if rising is None else Slow(rising, body.rate_hz, body.start_s)
    eccentric = _ECCENTRIC if any(window.id == "w-ecc" for window in movement.windows) else None
    return analyse_muscles(
        recording,
        spans,
        mapping=mapping,
        mvic=mvic,
        submax=submax,
        emg_amplitude=emg_amplitude,
        pairs=pairs,
        velocity=velocity,
        eccentric=eccentric,
        strides=movement.cycle.anchor == "stride",
        level=level,
    )
