"""What a trial asked of a force: held pulls, how much of an output is kept, a target to follow, a band for the feet."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np

from legato.errors import BadInput, NotResolvable
from legato.estimate import LEVEL, Estimate
from legato.forces.foot_band import FootBand, read_foot_band
from legato.forces.holds import Hold, output_kept, read_hold
from legato.forces.jump_model import Jump
from legato.forces.stiffness import effective_stiffness
from legato.forces.tracking import Alignment, Tracking, follow_target, stays_aligned
from legato.recording import FloatArray, Span

_STAND_S = 1.0
"""Length of the stand before a pull whose mean is its baseline, s. [ENG]"""

_SHORTEST_STAND_S = 0.3
"""Of that at least so much must be seen, s. [ENG]"""

_AFTER_S = 0.5
"""What is looked at after a pull ends, s. [ENG] Its release shows there."""

KeptOf: TypeAlias = Literal["peak force", "height by flight"]


@dataclass(frozen=True, slots=True)
class RepHold:
    """One pull as a hold, its times on the recording's clock; None with the reason why not."""

    rep: int
    hold: Hold | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """Share of an output kept over a set, last over first repetition along their line; None with the reason."""

    of: KeptOf
    share: Estimate | None
    n: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TargetFollowed:
    """How the force followed the target of a channel, whether a posture stayed within its band meanwhile, and by how
    much force a degree it gave way (`stiffness_n_deg`).
    """

    channel: str
    tracking: Tracking | None
    posture: str
    band_deg: float | None
    alignment: Alignment | None
    reason: str = ""
    stiffness_n_deg: Estimate | None = None


@dataclass(frozen=True, slots=True)
class RepBand:
    """Foot force against its band in one repetition; None with the reason."""

    rep: int
    band: FootBand | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class FootBandResult:
    """The band that was asked for, N, and the foot force of each repetition."""

    low_n: float
    high_n: float
    per_rep: tuple[RepBand, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Posture:
    """An angle that must stay within ± `band_deg` of its start, degrees, shape (n,), from `start_s` on."""

    name: str
    angle_deg: FloatArray
    rate_hz: float
    band_deg: float
    start_s: float = 0.0


def read_pulls(
    force_n: FloatArray,
    rate_hz: float,
    start_s: float,
    spans: Sequence[Span],
    rep_indices: Sequence[int],
    level: float = LEVEL,
) -> tuple[RepHold, ...]:
    """Each pull as a hold above the stand before it: peak, plateau, time held, share kept."""
    found: list[RepHold] = []
    earliest = 0
    for k, (index, span) in enumerate(zip(rep_indices, spans, strict=True)):
        first, stop = (round((t - start_s) * rate_hz) for t in (span.start_s, span.end_s))
        latest = round((spans[k + 1].start_s - start_s) * rate_hz) if k + 1 < len(spans) else force_n.size
        stand = force_n[max(earliest, first - round(_STAND_S * rate_hz)) : max(first, 0)]
        stand = stand[np.isfinite(stand)]
        earliest = stop
        if stand.size < _SHORTEST_STAND_S * rate_hz:
            found.append(RepHold(index, None, "no stand before the pull shows what the plates carry at rest"))
            continue
        last = min(stop + round(_AFTER_S * rate_hz), latest)
        try:
            hold = read_hold(force_n[first:last], rate_hz, baseline_n=float(stand.mean()), level=level)
        except (BadInput, NotResolvable) as error:
            found.append(RepHold(index, None, str(error)))
            continue
        moved = start_s + first / rate_hz
        hold = replace(hold, start_s=hold.start_s.shifted(moved), end_s=hold.end_s.shifted(moved))
        found.append(RepHold(index, hold))
    return tuple(found)


def kept_over_set(holds: Sequence[RepHold], jumps: Sequence[Jump], level: float = LEVEL) -> Kept | None:
    """Share of the pulls' peak force, else of the jumps' heights, kept over the set; None where there is neither."""
    of: KeptOf
    if holds:
        of, outputs = "peak force", [h.hold.peak_n.value for h in holds if h.hold is not None]
    elif jumps:
        of, outputs = "height by flight", [j.height_flight_m.value for j in jumps]
    else:
        return None
    try:
        return Kept(of, output_kept(outputs, level), len(outputs))
    except NotResolvable as error:
        return Kept(of, None, len(outputs), str(error))


def follow_channel(
    channel: str,
    force_n: FloatArray,
    target_n: FloatArray,
    rate_hz: float,
    posture: Posture | None = None,
    level: float = LEVEL,
    start_s: float = 0.0,
) -> TargetFollowed:
    """How a force followed a target, time base `start_s + i / rate_hz`; with a posture, whether that stayed within its
    band and how stiff it was.
    """
    reasons: list[str] = []
    tracking = alignment = stiffness = None
    try:
        tracking = follow_target(force_n, target_n, rate_hz, level=level)
    except (BadInput, NotResolvable) as error:
        reasons.append(str(error))
    if posture is not None:
        try:
            alignment = stays_aligned(posture.angle_deg, posture.rate_hz, posture.band_deg, level=level)
            stiffness = effective_stiffness(*_together(force_n, rate_hz, start_s, posture), level)
        except (BadInput, NotResolvable) as error:
            reasons.append(str(error))
    name, band = ("", None) if posture is None else (posture.name, posture.band_deg)
    return TargetFollowed(channel, tracking, name, band, alignment, "; ".join(reasons), stiffness)


def _together(force_n: FloatArray, rate_hz: float, start_s: float, posture: Posture) -> tuple[FloatArray, FloatArray]:
    """Force and angle at the times of the angle at which the force was measured.

    Raises
    ------
    NotResolvable
        They share less than 2 s, or the force lacks samples there.
    """
    times = posture.start_s + np.arange(posture.angle_deg.size) / posture.rate_hz
    of_force = start_s + np.arange(force_n.size) / rate_hz
    shared = (times >= of_force[0]) & (times <= of_force[-1])
    if shared.sum() < 2.0 * posture.rate_hz:
        raise NotResolvable("stiffness: force and angle share less than 2 s")
    force = np.interp(times[shared], of_force, force_n)
    if not np.isfinite(force).all():
        raise NotResolvable("stiffness: samples of the force are missing")
    return force, posture.angle_deg[shared]


def read_bands(
    force_n: FloatArray,
    rate_hz: float,
    start_s: float,
    spans: Sequence[Span],
    rep_indices: Sequence[int],
    band_n: tuple[float, float],
    weight_n: float | None = None,
    level: float = LEVEL,
    zero_sd_n: float = 0.0,
) -> FootBandResult:
    """The force of the feet against a band in each repetition; `zero_sd_n` as for `read_foot_band`.

    Raises
    ------
    BadInput
        The band is empty.
    """
    low, high = band_n
    if not 0.0 <= low < high:
        raise BadInput(f"a foot-force band from {low:g} to {high:g} N; give its lower and upper end in N, as 150,300")
    found: list[RepBand] = []
    for index, span in zip(rep_indices, spans, strict=True):
        first, stop = (round((t - start_s) * rate_hz) for t in (span.start_s, span.end_s))
        try:
            force = force_n[max(first, 0) : stop]
            band = read_foot_band(force, rate_hz, low, high, weight_n=weight_n, zero_sd_n=zero_sd_n, level=level)
        except (BadInput, NotResolvable) as error:
            found.append(RepBand(index, None, str(error)))
            continue
        found.append(RepBand(index, band, band.reason))
    return FootBandResult(low, high, tuple(found))
