"""What the force plates of a trial show: its repetitions and feet handed to the forces."""

from collections.abc import Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from legato.body.angles import joint_angles
from legato.body.build import build_body
from legato.body.model import Body
from legato.errors import BadInput, NotResolvable
from legato.movements.model import Movement, Rep
from legato.recording import Recording, Span, same_data

if TYPE_CHECKING:
    from legato.forces.analyse import ForcesResult
    from legato.forces.feet import FootPath
    from legato.forces.knee_steadiness import KneeAngle
    from legato.forces.tasks import Posture


def forces_of_trial(
    recording: Recording,
    movement: Movement,
    reps: Sequence[Rep],
    body: Body,
    mass_kg: float | None,
    level: float,
    without_press: Sequence[Recording] = (),
    foot_band_n: tuple[float, float] | None = None,
    mapping: str | Path | Mapping[str, Any] | None = None,
    static: Recording | None = None,
) -> "ForcesResult | None":
    """What the force plates show; their machinery is loaded only where there are some.

    `mapping` and `static` are those of the trial's body, for the markers of recordings without the press.

    Raises
    ------
    BadInput
        A band or a recording without a press is given, but the recording holds no force; a recording without a press
        is the trial itself or another of them.
    """
    if not recording.plates and not recording.of_kind("force"):
        if without_press or foot_band_n is not None:
            option = "--no-press" if without_press else "--foot-band"
            raise BadInput(f"holds no force plate; leave out {option}, or add the plates' file")
        return None
    _check_stands(recording, without_press)
    from legato.forces.analyse import Asked, RepSpan, analyse_forces

    spans = [RepSpan(rep.index, Span(rep.start_s, rep.end_s), rep.complete) for rep in reps if isfinite(rep.start_s)]
    knees = _knees(body)
    asked = Asked(
        pulls=movement.cycle.anchor == "pull",
        strides=movement.cycle.anchor in ("stride", "plant"),
        holds=movement.cycle.anchor == "hold",
        without_press=tuple(without_press),
        foot_band_n=foot_band_n,
        posture=_posture(movement, body),
        supported=movement.load is not None and movement.load.supported,
        knees=knees if without_press else (),
        knees_without=tuple(_knees_of(other, mapping, static) if knees else () for other in without_press),
    )
    return analyse_forces(recording, spans, foot_paths(body), asked=asked, mass_kg=mass_kg, level=level)


def _check_stands(trial: Recording, without_press: Sequence[Recording]) -> None:
    """Refuse stands without the press that bring the same data twice: sway would look alike, or its change known."""
    for k, other in enumerate(without_press):
        where = Path(other.inputs[0].path).name if other.inputs else "the recording without the press"
        if _holds_same(trial, other):
            raise BadInput(f"{where}: is the trial itself, given with --no-press; give a stand without the press")
        if any(_holds_same(earlier, other) for earlier in without_press[:k]):
            raise BadInput(f"{where}: the same data twice with --no-press; give each stand once")


def _holds_same(one: Recording, two: Recording) -> bool:
    if {file.sha256 for file in one.inputs} & {file.sha256 for file in two.inputs}:
        return True
    return any(same_data(a, b) for a in one.of_kind("force") for b in two.of_kind("force"))


def foot_paths(body: Body) -> "tuple[FootPath, ...]":
    """Where the feet were, from heel to toes; empty where no markers were recorded."""
    from legato.forces.feet import FootPath

    feet: list[FootPath] = []
    # Only markers lie in the plates' own lab.
    for foot in ("left", "right") if body.source == "markers" else ():
        parts = [body.points[f"{part}_{foot}"] for part in ("heel", "toe") if f"{part}_{foot}" in body.points]
        parts = parts or [body.points[f"ankle_{foot}"] for _ in "." if f"ankle_{foot}" in body.points]
        if parts:
            feet.append(FootPath(foot, body.times(), np.stack(parts, axis=1)))
    return tuple(feet)


def _knees_of(
    recording: Recording, mapping: str | Path | Mapping[str, Any] | None, static: Recording | None
) -> "tuple[KneeAngle, ...]":
    """The knees of a recording without the press; none where its markers show no body."""
    if not recording.of_kind("markers"):
        return ()
    try:
        return _knees(build_body(recording, mapping=mapping, static=static))
    except (BadInput, NotResolvable):
        return ()


def _knees(body: Body) -> "tuple[KneeAngle, ...]":
    """The frontal-plane angle of each knee that markers show."""
    from legato.forces.knee_steadiness import KneeAngle

    found: list[KneeAngle] = []
    for side in ("left", "right") if body.source == "markers" else ():
        thigh, shank = body.segments.get(f"thigh_{side}"), body.segments.get(f"shank_{side}")
        if thigh is not None and shank is not None:
            angle = np.degrees(joint_angles(thigh.rotation, shank.rotation)[:, 1])
            found.append(KneeAngle(side, angle, body.rate_hz, body.start_s))
    return tuple(found)


def _posture(movement: Movement, body: Body) -> "Posture | None":
    """The angle that a hold's own file wants still, as far as it was measured."""
    hold = movement.cycle.hold
    if hold is None:
        return None
    from legato.forces.tasks import Posture

    for signal in hold.signals:
        angle = body.angles.get(signal)
        if angle is not None and np.isfinite(angle).any():
            return Posture(signal, np.degrees(angle), body.rate_hz, float(np.degrees(hold.band)), body.start_s)
    return None
