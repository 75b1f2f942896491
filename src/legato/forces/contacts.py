"""When a plate carries load and when it does not, told by the plate's own noise while nobody stands on it."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from legato.estimate import Estimate
from legato.forces._curves import as_curve
from legato.forces._low_pass import cutoff_hz
from legato.forces._memory import memories
from legato.forces._onset import Z, ramp_foot
from legato.recording import BoolArray, FloatArray
from legato.signals.gaps import runs_of

_COARSE_SHARE = 0.15
"""Share of the usual load below which a plate may be unloaded: a first, coarse cut. [ENG]"""

_THRESHOLD_SD = 5.0
"""Threshold above the unloaded level in SD of the unloaded plate. [ENG] As usual for the start of a jump
(Owen et al. 2014, J Strength Cond Res)."""

_LOWEST_THRESHOLD_N = 5.0
"""The threshold is never lower, N. [ENG] A plate that prints zero while unloaded shows no noise."""

_NOISE_SAMPLES = 2048
"""As many samples show how long the noise remembers itself."""

_FILTERED = 1.5
"""Memory of the empty plate's noise beyond one sample, in samples, that shows a low-pass. [ENG]"""

_CUTOFF_MEMORY = 0.5
"""Cut-off times that memory, about: of a low-pass without lag, order 4."""

_FILTERED_SHARE, _FILTERED_HZ = 0.1, 20.0
"""Threshold of a filtered curve as a share of the usual load, at this cut-off, Hz, and below; a faster low-pass rings
less, so the share falls as its cut-off rises. [ENG]"""

_DRAWN = {"on": (0.07, 0.1), "off": (-0.08, 0.25)}
"""Behind a low-pass without lag load starts, or ends, so much later than the foot of its ramp, the latter seen
backwards, and the half-width (90 %) of that: shares of one over the cut-off. [ENG] Ramps that end in a straight line
are drawn out by 0.05 to 0.1 at both ends; toes that leave in a long bend, as real ones do, by -0.25 at the end."""

_REST_SPREAD = 4.0
"""Spread of an empty stretch over the calmest one's, at most. [ENG]"""

_SHORTEST_UNLOADED_S = 0.05
"""Shorter dips do not count as unloaded, s. [ENG]"""

_SHORTEST_SPIKE_S = 0.005
"""Shorter excursions above the threshold are ringing of the plate, s. [ENG]"""


@dataclass(frozen=True, slots=True)
class Unloaded:
    """What an empty plate reads: its level and noise, N, the threshold above the level that counts as load, N, and the
    half-width of the level's 90 % interval, N, and the cut-off of the low-pass in it, Hz, 0 where it shows none.
    """

    level_n: float
    noise_sd_n: float
    threshold_n: float
    level_half_n: float
    cutoff_hz: float


@dataclass(frozen=True, slots=True)
class Contact:
    """One stretch of load, s from the first sample; an end is None where the recording or a gap cuts it off."""

    start_s: Estimate | None
    end_s: Estimate | None
    first: int
    stop: int


def unloaded_plate(force_n: FloatArray, rate_hz: float) -> tuple[Unloaded, list[tuple[int, int]]] | None:
    """What the empty plate reads and the stretches in which it is empty (first sample, stop); None if it never is."""
    seen = np.isfinite(force_n)
    usual = _usual_load(force_n, seen)
    if usual is None:
        return None
    shortest = max(2, round(_SHORTEST_UNLOADED_S * rate_hz))
    middles = [force_n[a:b] for a, b in _low_runs(force_n, usual, shortest)]
    if not middles:
        return None
    # A deep countermovement dips below the coarse cut too, but never rests there: the calmest stretch is the empty one.
    calmest = min(middles, key=lambda m: float(m.std()) / np.sqrt(m.size))
    level = float(calmest.mean())
    spread = max(float(calmest.std()), 1e-3 * usual)
    alike = [m for m in middles if abs(float(m.mean()) - level) < 5.0 * spread]
    total = sum(m.size for m in alike)
    level = float(sum(float(m.sum()) for m in alike) / total)
    noise = float(np.sqrt(sum(float(np.square(m - m.mean()).sum()) for m in alike) / total))
    threshold = max(_THRESHOLD_SD * noise, _LOWEST_THRESHOLD_N)
    smear = max(0.0, memories(max(alike, key=len)[:_NOISE_SAMPLES])[1] - 1.0)
    # Whether a missing sample was loaded is what its neighbours say; the edges beside it are refused later.
    filled = force_n if seen.all() else np.interp(np.arange(seen.size), np.flatnonzero(seen), force_n[seen])
    cutoff = 0.0
    if smear > _FILTERED:
        cutoff = cutoff_hz(filled, rate_hz, _CUTOFF_MEMORY * rate_hz / smear)
        # A low-pass without lag rings before touch-down and after take-off; further up its ramps are true.
        threshold = max(threshold, _FILTERED_SHARE * usual * min(1.0, _FILTERED_HZ / cutoff))
    above = filled > level + threshold
    brief = max(1, round(_SHORTEST_SPIKE_S * rate_hz))
    for first, stop in runs_of(~above):
        if stop - first <= brief and first > 0 and stop < above.size:
            above[first:stop] = True
    for first, stop in runs_of(above):
        # Ringing just after take-off; a real contact lasts longer or goes higher.
        if stop - first <= brief and float(filled[first:stop].max()) < _COARSE_SHARE * usual:
            above[first:stop] = False
    empty = [(a, b) for a, b in runs_of(~above) if b - a >= shortest and bool(seen[a:b].any())]
    half = Z * noise / float(np.sqrt(total))
    return Unloaded(level, noise, threshold, half, cutoff), empty


def _usual_load(force_n: FloatArray, seen: BoolArray) -> float | None:
    top = float(np.quantile(force_n[seen], 0.999))
    return float(np.median(force_n[seen & (force_n > 0.3 * top)])) if top > 0.0 else None


def _low_runs(force_n: FloatArray, usual: float, shortest: int) -> list[tuple[int, int]]:
    """Where the plate may be empty by the coarse cut, without the sixths beside its loads (first sample, stop)."""
    with np.errstate(invalid="ignore"):
        low = np.asarray(force_n < _COARSE_SHARE * usual)
    found: list[tuple[int, int]] = []
    for first, stop in runs_of(low):
        if stop - first >= shortest:
            trim = (stop - first) // 6
            found.append((first + trim, stop - trim))
    return found


def zero_drift(force_n: FloatArray, rate_hz: float) -> FloatArray | None:
    """How the empty plate's level moved through the recording, N, shape (n,); None where it did not, or was seen once.

    The level of each empty stretch, joined by straight lines and held at both ends.
    """
    usual = _usual_load(force_n, np.isfinite(force_n))
    if usual is None:
        return None
    runs = _low_runs(force_n, usual, max(2, round(_SHORTEST_UNLOADED_S * rate_hz)))
    if len(runs) < 2:
        return None
    levels = np.array([force_n[a:b].mean() for a, b in runs])
    spreads = np.array([force_n[a:b].std() for a, b in runs])
    noise = float(spreads.min())
    # A deep countermovement dips below the coarse cut as well, but does not rest there.
    rests = spreads <= _REST_SPREAD * max(noise, 1e-3 * usual)
    if rests.sum() < 2 or float(np.ptp(levels[rests])) <= max(_THRESHOLD_SD * noise, _LOWEST_THRESHOLD_N) / 2.0:
        return None
    centres = np.array([0.5 * (a + b - 1) for a, b in runs])
    return np.interp(np.arange(force_n.size, dtype=np.float64), centres[rests], levels[rests])


def find_contacts(force_n: Any, rate_hz: float) -> list[Contact]:
    """Stretches in which one plate carries load.

    Parameters
    ----------
    force_n
        Vertical force on the plate, N, upwards on the person positive, shape (n,). NaN marks missing samples.
    rate_hz
        Sampling rate, Hz.

    Returns
    -------
    In order of time. Load starts and ends where the force, followed along its slope from five SD of the empty plate's
    noise, meets the empty plate's level; the 90 % interval holds noise and the part followed. A plate that is never
    empty has one contact without ends; a plate that is always empty has none.

    Raises
    ------
    BadInput
        No rate, no samples, more than one column.
    """
    force = as_curve(force_n, rate_hz, 0.0)
    drift = zero_drift(force, rate_hz)
    force = force if drift is None else force - drift
    found = unloaded_plate(force, rate_hz)
    if found is None:
        loaded = float(np.nanmax(force)) > _LOWEST_THRESHOLD_N
        return [Contact(None, None, 0, force.size)] if loaded else []
    plate, empty = found
    contacts: list[Contact] = []
    edges = [0, *(edge for run in empty for edge in run), force.size]
    for first, stop in zip(edges[::2], edges[1::2], strict=True):
        if stop > first:
            start = load_edge(force, first, plate, rate_hz, rising=True) if first > 0 else None
            end = load_edge(force, stop - 1, plate, rate_hz, rising=False) if stop < force.size else None
            contacts.append(Contact(start, end, first, stop))
    return contacts


def load_edge(force: FloatArray, loaded: int, plate: Unloaded, rate_hz: float, *, rising: bool) -> Estimate | None:
    """When load starts (`rising`) or ends, s; `loaded` is the contact's first or last sample. None beside a gap."""
    reach = max(3, round(0.04 * rate_hz))
    near = force[max(0, loaded - reach) : loaded + reach + 1] - plate.level_n
    at = min(loaded, reach)
    y = near if rising else near[::-1]
    at = at if rising else near.size - 1 - at
    if not np.isfinite(y[max(0, at - 2) : at + 3]).all():
        return None
    foot = ramp_foot(y, at, plate.threshold_n, plate.noise_sd_n, rate_hz)
    shift = half = 0.0
    if plate.cutoff_hz > 0.0:
        shift = _DRAWN["on" if rising else "off"][0] * rate_hz / plate.cutoff_hz
        half = drawn_half_s(plate, rising=rising) * rate_hz
    at_start = foot.at + shift
    seconds = (at_start if rising else near.size - 1 - at_start) + max(0, loaded - reach)
    return Estimate.symmetric(seconds / rate_hz, float(np.hypot(foot.half, half)) / rate_hz, "s")


def drawn_half_s(plate: Unloaded, *, rising: bool) -> float:
    """That part of an edge's half-width (90 %) which its low-pass leaves open, s: alike in all edges of a recording."""
    return _DRAWN["on" if rising else "off"][1] / plate.cutoff_hz if plate.cutoff_hz > 0.0 else 0.0
