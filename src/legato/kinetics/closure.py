"""Whether powers close where they can fail to: joints that come apart, and the ground's work on the whole body.

Powers and energy of one segment agree by construction, whatever is wrong with both; they are no test.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from legato.forces.carried import LARGEST_SHARE, masses_apart
from legato.forces.model import Plate
from legato.kinetics.lumbar import Meeting
from legato.kinetics.power import JointPower
from legato.kinetics.segments import MovingBody
from legato.recording import STANDARD_GRAVITY, BoolArray, FloatArray
from legato.signals.filters import derivative, lowpass
from legato.signals.gaps import runs_of

LIMIT = 0.10
"""What is left over, as root mean square over the repetitions, may be this share of the peak. [ENG]"""

_SEEN = 0.9
"""Share of the body's mass that must have been measured for its centre of mass to tell. [ENG]"""

_RISE_M_S = 0.05
"""By how much the change of a wholly measured body's upward velocity over a stretch may be wrong, m/s. [ENG]"""

_UNSEEN_M_S = 3.0
"""And by which parts that were not measured may move against the rest, m/s. [ENG] A runner's arms."""


@dataclass(frozen=True, slots=True)
class Closure:
    """One check: `share` is what is left over, None with the `reason` where it cannot be made. `about` is the joint
    that it judges, empty for all. `masses_apart`: the plates carry another mass than body and load that were given.
    """

    name: str
    about: str
    share: float | None
    reason: str = ""
    masses_apart: bool = False

    @property
    def holds(self) -> bool | None:
        """Whether it closes; None where the check cannot be made."""
        return None if self.share is None else self.share <= LIMIT


def separation(power: JointPower, beside: Sequence[JointPower], inside: BoolArray) -> Closure:
    """Power of the force on joint centres that move apart, against the largest power of the limb.

    Parameters
    ----------
    power
        Of one joint.
    beside
        Of all joints of its limb: next to what passes them, what a still joint is wrong by is small.
    inside
        Frames of the repetitions, shape (n,).
    """
    left = power.separation[inside]
    through = [np.maximum(np.abs(joint.into_ahead), np.abs(joint.net))[inside] for joint in (power, *beside)]
    known = np.isfinite(left) & np.isfinite(through[0])
    if np.count_nonzero(known) < 3:
        return Closure("joint-centres", power.name, None, "it is not known in any repetition")
    share = float(np.sqrt(np.mean(left[known] ** 2)) / np.nanmax(through))
    part = f"{percent_left(share)} of the limb's peak power"
    what = f"the places where its two segments put its centre drift apart, which makes {part}"
    return Closure("joint-centres", power.name, share, "" if share <= LIMIT else what)


def meeting(below: JointPower, above: JointPower, beside: Sequence[JointPower], inside: BoolArray) -> Closure:
    """Power that enters the trunk from the ground up against the same from the load and the head down.

    Parameters
    ----------
    below, above
        The joint between pelvis and trunk by both ways.
    beside
        Of all joints: next to the largest power that passes any, what is left over is judged.
    inside
        Frames of the repetitions, shape (n,).
    """
    left = (below.into_ahead - above.into_ahead)[inside]
    known = np.isfinite(left)
    if np.count_nonzero(known) < 3:
        return Closure("meeting", below.name, None, "the way from above is not known in any repetition")
    through = [np.abs(joint.into_ahead)[inside] for joint in (below, *beside)]
    share = float(np.sqrt(np.mean(left[known] ** 2)) / np.nanmax(through))
    what = f"from the ground up and from the load down its power differs by {percent_left(share)} of the peak"
    return Closure("meeting", below.name, share, "" if share <= LIMIT else what)


def whole_body(
    moving: MovingBody,
    plates: Sequence[Plate],
    known: BoolArray,
    loads: Sequence[tuple[FloatArray, float]] = (),
) -> Closure:
    """Work of the ground's force on the centre of mass against the change of that centre's energy.

    Parameters
    ----------
    moving
        All segments that were measured.
    plates
        Force plates.
    known
        Frames of repetitions in which all that carries the body is measured, shape (n,).
    loads
        Path, m, shape (n, 3), and mass, kg, of each load.

    Notes
    -----
    The two share nothing: plates on one side, markers and masses on the other. A wrong mass, a load that was not
    given, a plate with a wrong gain or a foot beside its plate all show.
    """
    name = "whole-body"
    if moving.seen < _SEEN:
        missing = ", ".join(part.replace("_", " ") for part in moving.missing)
        return Closure(name, "", None, f"not all of the body was measured ({missing})")
    segments = [s for s in moving.segments if np.isfinite(s.centre_m[known]).all()]
    seen_kg = sum(s.mass_kg for s in segments)
    if not known.any() or seen_kg < _SEEN * moving.mass_kg:
        return Closure(name, "", None, "in no repetition is all that carries the body on plates and all of it in view")
    scale = moving.mass_kg / seen_kg
    mass = moving.mass_kg + sum(kg for _, kg in loads)
    centre = np.zeros_like(segments[0].centre_m)
    for segment in segments:
        centre += scale * segment.mass_kg * segment.centre_m
    for place, kg in loads:
        centre += kg * lowpass(place, moving.rate_hz, moving.cutoff_hz)
    centre /= mass
    force = _on_frames(plates, moving)
    velocity = derivative(centre, moving.rate_hz)
    work = np.einsum("ni,ni->n", force, velocity)
    energy = 0.5 * mass * np.einsum("ni,ni->n", velocity, velocity) + mass * STANDARD_GRAVITY * centre[:, 2]
    change = derivative(energy, moving.rate_hz)
    told: BoolArray = known & np.isfinite(work) & np.isfinite(change)
    left: FloatArray = (work - change)[told]
    peak: FloatArray = change[told]
    if np.count_nonzero(told) < 3:
        return Closure(name, "", None, "the centre of mass or the force is not known in any repetition")
    carried = float(np.mean(force[told, 2])) / STANDARD_GRAVITY
    # Force is weight on average only where the body rises as fast at the end as at the start: a stand, whole strides.
    rise = abs(float(np.mean(derivative(velocity[:, 2], moving.rate_hz)[told]))) / STANDARD_GRAVITY
    unsure = len(runs_of(told)) * (_RISE_M_S + _UNSEEN_M_S * (1.0 - moving.seen))
    known_s = np.count_nonzero(told) / moving.rate_hz
    weighs = rise + unsure / (STANDARD_GRAVITY * known_s) <= LARGEST_SHARE
    apart = masses_apart(carried, mass) if weighs else ""
    if apart and not loads and carried > mass:
        return Closure(name, "", None, f"{apart}: give --load for what is carried, and record its path", True)
    share = float(np.sqrt(np.mean(left**2))) / float(np.abs(peak).max())
    if share <= LIMIT:
        # Work of a wrong mass may still close: what it lacks is in both.
        return Closure(name, "", None, f"{apart}: check --mass and --load", True) if apart else Closure(name, "", share)
    why = f"the ground's work and the change of the body's energy differ by {percent_left(share)} of the peak"
    if apart:
        why += f": {apart}; give --mass of the body alone and --load"
    return Closure(name, "", share, why, bool(apart))


def not_agreeing(about: Sequence[str], meetings: Sequence[Meeting]) -> dict[str, str]:
    """Why nothing may be built on the joint between pelvis and trunk, by its name; empty where no moment says so."""
    seen = [meeting for meeting in meetings if meeting.moment_rms is not None]
    failing = [meeting for meeting in seen if meeting.holds is False]
    open_ones = [meeting for meeting in seen if meeting.holds is None]
    if not failing and not open_ones:
        return {}
    what = "the moments of ground and body do not agree there"
    if not failing:
        what = "whether the moments of ground and body agree there is not resolvable"
    first = failing or open_ones
    where = f" in {len(first)} of {len(meetings)} repetitions" if len(meetings) > 1 else ""
    return dict.fromkeys(about, f"{what}{where} ({first[0].reason})")


def refused(checks: Sequence[Closure]) -> dict[str, str]:
    """Why powers are refused, by joint; the key is empty where all are."""
    return {check.about: check.reason for check in checks if check.holds is False}


def percent_left(share: float, decimals: int = 0) -> str:
    """A share left over in words, with more decimals where it would round to the limit which it exceeds."""
    percent = 100.0 * share
    while share > LIMIT and float(f"{percent:.{decimals}f}") <= 100.0 * LIMIT and decimals < 6:
        decimals += 1
    return f"{percent:.{decimals}f} %"


def _on_frames(plates: Sequence[Plate], moving: MovingBody) -> FloatArray:
    """Force of all plates together at the body's frames, low-passed as the motion is, N, shape (n, 3)."""
    frames = len(moving.segments[0].centre_m)
    times: FloatArray = moving.start_s + np.arange(frames) / moving.rate_hz
    total = np.zeros((frames, 3))
    for plate in plates:
        if not plate.stood_on:
            continue
        cut = moving.cutoff_hz < 0.5 * plate.rate_hz
        force = lowpass(plate.force, plate.rate_hz, moving.cutoff_hz) if cut else plate.force
        for k in range(3):
            total[:, k] += np.asarray(np.interp(times, plate.times(), force[:, k], np.nan, np.nan), np.float64)
    return total
