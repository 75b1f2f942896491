"""Pads on a dowel along the back: which of head, mid-back and sacrum is without load, and for how long."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np

from legato.body.marker_sets import plain_label
from legato.body.model import Body
from legato.body.timebase import on_even_grid
from legato.estimate import LEVEL, Estimate
from legato.movements.dowel import (
    OPEN_S,
    ContactInRep,
    DowelResult,
    dowel_of_trial,
    first_lost,
    kept_for,
    rests_before,
)
from legato.movements.drivers import smooth
from legato.movements.metrics import rep_metrics
from legato.movements.model import Movement, Rep
from legato.recording import BoolArray, FloatArray, Recording, Stream
from legato.signals.gaps import runs_of

_WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"head": ("head",), "mid-back": ("back", "midback", "thorax"), "sacrum": ("sacrum", "tailbone", "pelvis")}
)
"""What follows `dowel` in the name of a pad's channel, as labels are compared: `dowel_head`, `Dowel Mid-Back`."""

_SHARES = ((0.05, 0.10), (0.10, 0.20), (0.20, 0.40))
"""A pad is off below the first share of its own standing load, and on again above the second; by the outer pairs an
interval is told. [ENG] A thin force sensor drifts by 10 to 20 % of what it reads."""

_LEAST_RATE_HZ, _CUTOFF_HZ = 50.0, 20.0
"""A tenth of a second is five samples or more; what is faster is no contact. [ENG]"""

_EDGE_S = 0.01
"""How far the low-pass may move where a load falls or rises at once, s. [ENG] Beside it one sample."""

_LEAST_LOAD_SD, _LEAST_CHANGE = 3.0, 0.01
"""A pad that touches in standing reads so many SDs of its own unrest there; over the recording it changes by such a
share of it, else it is dead or at its end. [ENG]"""


def pads_of_trial(recording: Recording, reps: Sequence[Rep], level: float = LEVEL) -> DowelResult | None:
    """Which pads on a dowel lose their load, and for how long; None where no channel is named after one.

    A pad reads more the more it is loaded, and zero without load; what it reads in standing is its own unit. One that
    is never seen below a tenth of that may not read zero, which would look like contact, and tells nothing.

    Parameters
    ----------
    recording
        With channels called `dowel_head`, `dowel_back` and `dowel_sacrum`, in any unit.
    reps
        As `find_reps` gives them; those that are not whole are not measured.
    level
        Of every interval.
    """
    pads = {contact: _channel(recording, contact) for contact in _WORDS}
    whole = [rep for rep in reps if rep.complete]
    if not whole or not any(pads.values()):
        return None
    loads = {contact: _load(pad, whole) for contact, pad in pads.items()}
    contacts = {contact: tuple(_in_rep(rep, loads[contact], level) for rep in reps) for contact in _WORDS}
    known = [load for load in loads.values() if not isinstance(load, str)]
    kept = {rep.index: _kept(rep, known, level) for rep in whole} if len(known) == len(_WORDS) else {}
    return DowelResult("pads", contacts, kept, first_lost(contacts))


def rep_numbers(
    recording: Recording, body: Body, movement: Movement, reps: Sequence[Rep], level: float = LEVEL
) -> tuple[list[dict[str, Estimate]], tuple[DowelResult | None, DowelResult | None]]:
    """The movement's metrics of each repetition with those of a dowel; what its markers and its pads show."""
    dowels = (dowel_of_trial(body, movement, reps, level), pads_of_trial(recording, reps, level))
    rows = [
        {name: estimate.at_level(level) for name, estimate in row.items()} for row in rep_metrics(body, movement, reps)
    ]
    for found in dowels:
        if found is not None:
            rows = [row | found.metrics(rep.index) for row, rep in zip(rows, reps, strict=True)]
    return rows, dowels


def _channel(recording: Recording, contact: str) -> tuple[Stream, int] | None:
    names = {f"dowel{word}" for word in _WORDS[contact]}
    for stream in recording.of_kind("analog", "force", "table"):
        for k, channel in enumerate(stream.channels):
            if stream.values.ndim == 2 and plain_label(channel).removesuffix("pad") in names:
                return stream, k
    return None


def _load(pad: tuple[Stream, int] | None, whole: Sequence[Rep]) -> Stream | str:
    """A pad's load as a share of that in standing, or why it tells nothing."""
    if pad is None:
        return "no pad lies there"
    stream = on_even_grid(pad[0])
    if stream.rate_hz < _LEAST_RATE_HZ:
        return f"the pad is read {stream.rate_hz:.0f} times a second, too seldom for a tenth of a second"
    raw = stream.values[:, pad[1]]
    load = smooth(raw, stream.rate_hz, _CUTOFF_HZ)
    rests = rests_before(whole, load, stream.rate_hz, stream.start_s)
    if sum(rest.size for rest in rests) < 2.0 * OPEN_S * stream.rate_hz:
        return "the pad was not read in standing before a repetition"
    standing = float(np.median(np.concatenate(rests)))
    unrest = float(np.median([np.std(rest) for rest in rests]))
    if not standing > _LEAST_LOAD_SD * unrest or standing <= 0.0:
        return "the pad is not loaded in standing, so the dowel did not touch there"
    if np.nanmax(load) - np.nanmin(load) < _LEAST_CHANGE * standing:
        return "the pad reads the same all the time, so it is dead or at its end"
    if -kept_for(-load, stream.rate_hz) >= _SHARES[1][0] * standing:
        return "the pad was never seen without load, so nothing shows that it reads zero then"
    return stream.with_values(load[:, None] / standing, channels=("load",), units=("1",))


def _in_rep(rep: Rep, load: Stream | str, level: float) -> ContactInRep:
    if isinstance(load, str) or not rep.complete:
        why = load if isinstance(load, str) else rep.reason or "the rep is not complete"
        return ContactInRep(rep.index, None, None, why)
    part = _part(load, rep)
    unseen = max((b - a for a, b in runs_of(~np.isfinite(part))), default=0) / load.rate_hz
    if part.size < 3 or unseen >= OPEN_S:
        return ContactInRep(rep.index, None, None, f"the pad was not read for {unseen:.1f} s")
    stretches = [runs_of(_off(part, *shares)) for shares in _SHARES]
    low, value, high = (max((b - a for a, b in runs), default=0) / load.rate_hz for runs in stretches)
    late, at, early = (
        next((a for a, b in runs if b - a >= OPEN_S * load.rate_hz), np.inf) / load.rate_hz for runs in stretches
    )
    edge = _EDGE_S + 1.0 / load.rate_hz
    opens = Estimate(at, max(0.0, early - edge), late + edge, level, "s") if np.isfinite(late) else None
    size = Estimate(value, max(0.0, low - 2.0 * edge), high + 2.0 * edge if high else 0.0, level, "s")
    return ContactInRep(rep.index, size, opens, may_open=max(0.0, early - edge) if np.isfinite(early) else None)


def _kept(rep: Rep, loads: Sequence[Stream], level: float) -> Estimate:
    """The share of a repetition's time in which no pad is off for a tenth of a second, %; what was not read may be
    either.
    """
    times = np.linspace(rep.start_s, rep.end_s, 1001)
    shares: list[float] = []
    for k, pair in enumerate(_SHARES):
        lost = np.zeros(times.size, dtype=np.bool_)
        for load in loads:
            grown = (k - 1) * round((_EDGE_S + 1.0 / load.rate_hz) * load.rate_hz)
            off = _lasting(_off(load.values[:, 0], *pair), load.rate_hz, grown)
            unread = ~np.isfinite(load.values[:, 0])
            off = off & ~unread if k == 0 else off | unread if k == len(_SHARES) - 1 else off
            at = np.round((times - load.start_s) * load.rate_hz).astype(np.intp)
            lost |= off[np.clip(at, 0, off.size - 1)]
        shares.append(100.0 * float(1.0 - np.mean(lost)))
    high, value, low = shares
    return Estimate(value, min(low, value), max(high, value), level, "%")


def _off(load: FloatArray, off: float, on: float) -> BoolArray:
    """Samples at which a pad is off: from where it falls below `off` to where it rises above `on`."""
    with np.errstate(invalid="ignore"):
        said = np.where(load < off, 1, np.where(load > on, 0, -1))
    said[0] = max(int(said[0]), 0)
    last = np.maximum.accumulate(np.where(said >= 0, np.arange(said.size), 0))
    return said[last] == 1


def _lasting(off: BoolArray, rate_hz: float, grown: int) -> BoolArray:
    """Stretches of a tenth of a second or more, each longer by so many samples at either end."""
    out = np.zeros_like(off)
    for a, b in runs_of(off):
        if b - a >= OPEN_S * rate_hz:
            out[max(0, a - grown) : max(0, b + grown)] = True
    return out


def _part(load: Stream, rep: Rep) -> FloatArray:
    first, last = (round((t - load.start_s) * load.rate_hz) for t in (rep.start_s, rep.end_s))
    return load.values[max(0, first) : max(0, last + 1), 0]
