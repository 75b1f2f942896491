"""What stands for the body in a trial: markers, angles or keypoints, or else the bar, the plates or the EMG alone."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from legato.body import build_body
from legato.body.model import Body
from legato.errors import BadInput
from legato.movements.bars import bar_alone, bar_body, bar_on_plates
from legato.movements.electrodes import emg_alone, emg_body
from legato.movements.jumps_on_plates import plates_alone, plates_body
from legato.movements.model import Movement
from legato.movements.pulls import force_body
from legato.recording import Recording


def refuse_unnamed(recording: Recording) -> None:
    """Refuse a recording that cannot tell its movement by itself.

    Raises
    ------
    BadInput
        It holds EMG alone, a bar alone or force alone.
    """
    if emg_alone(recording) and recording.of_kind("force"):
        raise BadInput(
            "holds EMG and force, which do not tell the movement; name it with --movement (countermovement-jump, imtp"
            " …), or add the motion file"
        )
    if emg_alone(recording):
        raise BadInput("holds EMG alone, which shows no movement; name it with --movement, or add the motion file")
    if bar_alone(recording):
        raise BadInput("holds a bar alone, which tells no movement; name it with --movement (deadlift, bench-press …)")
    if plates_alone(recording):
        raise BadInput(
            "holds force alone, which does not tell the movement; name it with --movement"
            " (countermovement-jump, imtp …), or add the motion file"
        )


def electrodes_only(recording: Recording, movement: Movement) -> bool:
    """Whether nothing but EMG shows the trial; jumps, pulls and holds are read from plates beside it."""
    on_plates = movement.cycle.anchor == "pull" or (
        movement.cycle.anchor in ("flight", "hold") and bool(recording.of_kind("force"))
    )
    return emg_alone(recording) and not on_plates


def body_of_trial(
    recording: Recording,
    movement: Movement,
    *,
    mapping: str | Path | Mapping[str, Any] | None,
    static: Recording | None,
    mass_kg: float | None,
    height_m: float | None,
    sex: Literal["male", "female"] | None,
) -> Body:
    """The body of a trial; where no part of it was recorded, one without points on the clock of what was.

    The parameters are those of `analyze`.
    """
    if electrodes_only(recording, movement):
        return emg_body(recording)
    if bar_alone(recording) or bar_on_plates(recording, movement):
        return bar_body(recording)
    if movement.cycle.anchor == "pull" and not recording.of_kind("markers", "angles"):
        return force_body(recording)
    if plates_alone(recording) or emg_alone(recording):
        return plates_body(recording)
    return build_body(
        recording,
        mapping=mapping,
        static=static,
        mass_kg=mass_kg,
        height_m=height_m,
        sex=sex or "unknown",
        starts_upright=movement.upright_start,
    )
