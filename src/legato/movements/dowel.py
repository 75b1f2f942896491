"""A dowel along the back, repetition by repetition: how far each contact opens, when, and how long all three hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

import numpy as np

from legato.body.dowel import CONTACTS, NEEDED, axis_behind
from legato.body.model import Body
from legato.estimate import LEVEL, Estimate
from legato.movements.drivers import smooth
from legato.movements.model import Movement, Rep
from legato.movements.noise import Z, passed, white_noise
from legato.recording import BoolArray, FloatArray
from legato.signals.gaps import runs_of

OPEN_M, OPEN_S = 0.010, 0.1
"""A contact is lost where it opens by more, for as long or longer (inventory S1.17). [ENG]"""

_STANDING_SD_M = 0.003
"""Standing error of a gap, m, as an SD. [ENG] Skin that moves under the marker beside the contact, a dowel that bends
or turns about itself; what a rise of centimetres from the posture itself is given.
"""

_REST_S, _LEAST_REST_S = 1.0, 0.2
"""How far ahead of a repetition standing is looked for, and how much of it must be seen in the set, s. [ENG]"""


@dataclass(frozen=True, slots=True)
class ContactInRep:
    """One contact in one repetition. `size`: the largest gap that it keeps for a tenth of a second, m, beyond standing;
    of a pad the longest time without load, s. `opens`: when it is first lost, s after the repetition's start, None
    where it is not surely. `may_open`: the earliest at which it may be, s likewise, None where it surely is not.
    `reason`: why nothing was measured.
    """

    rep: int
    size: Estimate | None
    opens: Estimate | None = None
    reason: str = ""
    may_open: float | None = None


@dataclass(frozen=True, slots=True)
class DowelResult:
    """What a dowel shows. `contacts`: each by its name, in every repetition. `kept`: the share of each repetition's
    time in which no contact is lost, %, None where one was not measured. `first`: the contact that surely opens first
    in a repetition, by its index. `by`: what measured it.
    """

    by: Literal["markers", "pads"]
    contacts: Mapping[str, tuple[ContactInRep, ...]]
    kept: Mapping[int, Estimate]
    first: Mapping[int, str]

    def when_first(self, contact: str) -> str:
        """In how many repetitions a contact opens first, and when, in words; empty where it never surely does."""
        rows = [row for row in self.contacts[contact] if self.first.get(row.rep) == contact and row.opens is not None]
        if not rows:
            return ""
        whole = sum(row.size is not None for row in self.contacts[contact])
        at = median(row.opens.value for row in rows if row.opens is not None)
        return f"first to open in {len(rows)} of {whole} reps, {at:.1f} s after the start"

    def metrics(self, rep: int) -> dict[str, Estimate]:
        """The numbers of a repetition, by the name under which they stand in the result."""
        dowel, size = ("dowel", "gap") if self.by == "markers" else ("dowel_pads", "off")
        found = {f"{dowel}_contact": self.kept[rep]} if rep in self.kept else {}
        for contact, rows in self.contacts.items():
            row = next((row for row in rows if row.rep == rep), None)
            name = f"{dowel}_{contact.replace('-', '_')}"
            if row is not None and row.size is not None:
                found[f"{name}_{size}"] = row.size
            if row is not None and row.opens is not None:
                found[f"{name}_opens"] = row.opens
        return found


@dataclass(frozen=True, slots=True, eq=False)
class _Gap:
    """How much further than standing the axis is from a contact, m, and the half-width of any of its samples."""

    samples: FloatArray
    half: float


def dowel_of_trial(body: Body, movement: Movement, reps: Sequence[Rep], level: float = LEVEL) -> DowelResult | None:
    """How head, mid-back and sacrum keep to a dowel; None where no markers lie along one.

    A gap is counted from the athlete's own standing before the repetitions (the median of them), when the dowel must
    touch: a hollow that is there from the start is no gap.

    Parameters
    ----------
    body
        With the ends of a dowel among its points.
    movement
        Gives the cut-off.
    reps
        As `find_reps` gives them; those that are not whole are not measured.
    level
        Of every interval.
    """
    whole = [rep for rep in reps if rep.complete]
    if "dowel_top" not in body.points or not whole:
        return None
    found: dict[str, _Gap] = {}
    missing: dict[str, str] = {}
    for contact in CONTACTS:
        gap = _gap_of(body, contact, movement.filter_cutoff_hz, whole, level)
        if isinstance(gap, str):
            missing[contact] = gap
        else:
            found[contact] = gap
    contacts = {
        contact: tuple(
            _in_rep(body, rep, found[contact], level)
            if contact in found and rep.complete
            else ContactInRep(rep.index, None, None, missing.get(contact) or rep.reason or "the rep is not complete")
            for rep in reps
        )
        for contact in CONTACTS
    }
    all_there = [] if missing else whole
    kept = {rep.index: _kept(body, rep, tuple(found.values()), level) for rep in all_there}
    return DowelResult("markers", contacts, kept, first_lost(contacts))


def _gap_of(body: Body, contact: str, cutoff_hz: float, whole: Sequence[Rep], level: float) -> _Gap | str:
    """The gap in every frame, or why there is none."""
    raw = axis_behind(body, contact)
    if raw is None:
        lacks = [name for name in ("pelvis", "thorax") if name in body.segments]
        return f"it takes {NEEDED[contact]}" if lacks else "neither pelvis nor thorax is tracked"
    usual = smooth(raw, body.rate_hz, cutoff_hz)
    rests = rests_before(whole, usual, body.rate_hz, body.start_s)
    if sum(rest.size for rest in rests) < _LEAST_REST_S * body.rate_hz:
        return f"less than {_LEAST_REST_S:g} s of standing with the dowel was seen before a repetition"
    if np.median([np.ptp(rest) for rest in rests]) > OPEN_M:
        return "the dowel does not lie still on the back before the repetitions"
    noise = white_noise(raw, usual, body.rate_hz, cutoff_hz) * passed(body.rate_hz, cutoff_hz, 0)
    half = Z * float(np.hypot(np.sqrt(2.0) * noise, _STANDING_SD_M))
    half = Estimate.symmetric(0.0, half).at_level(level).half_width
    gap = usual - float(np.median([np.median(rest) for rest in rests]))
    of_reps = np.concatenate([gap[_frames(body.rate_hz, body.start_s, rep.start_s, rep.end_s)] for rep in whole])
    if kept_for(-of_reps, body.rate_hz) > OPEN_M + half:
        return "it comes closer than it stood, so the dowel did not touch there in standing"
    return _Gap(gap, half)


def rests_before(whole: Sequence[Rep], x: FloatArray, rate_hz: float, start_s: float) -> list[FloatArray]:
    """What a signal shows in standing before each repetition, where it was seen."""
    found: list[FloatArray] = []
    for k, rep in enumerate(whole):
        earlier = whole[k - 1].end_s if k else -np.inf
        part = x[_frames(rate_hz, start_s, max(rep.start_s - _REST_S, earlier), rep.start_s)]
        found.append(part[np.isfinite(part)])
    return [rest for rest in found if rest.size]


def _in_rep(body: Body, rep: Rep, gap: _Gap, level: float) -> ContactInRep:
    part = gap.samples[_frames(body.rate_hz, body.start_s, rep.start_s, rep.end_s)]
    unseen = max((b - a for a, b in runs_of(~np.isfinite(part))), default=0) / body.rate_hz
    kept = kept_for(part, body.rate_hz)
    if unseen >= OPEN_S or not np.isfinite(kept):
        return ContactInRep(rep.index, None, None, f"a marker was not seen for {unseen:.1f} s")
    largest = Estimate.symmetric(kept, gap.half, "m", level)
    opens = [_opens(part, OPEN_M + shift, body.rate_hz) for shift in (-gap.half, 0.0, gap.half)]
    low, value, high = (k / body.rate_hz for k in opens)
    surely = Estimate(value, low, high, level, "s") if np.isfinite(high) else None
    return ContactInRep(rep.index, largest, surely, may_open=low if np.isfinite(low) else None)


def _kept(body: Body, rep: Rep, gaps: Sequence[_Gap], level: float) -> Estimate:
    """The share of a repetition's time in which no contact is lost, %; time unseen may be either."""
    span = _frames(body.rate_hz, body.start_s, rep.start_s, rep.end_s)
    parts = [gap.samples[span] for gap in gaps]
    unseen = np.any([~np.isfinite(part) for part in parts], axis=0)
    shares: list[float] = []
    for sign in (-1.0, 0.0, 1.0):
        lost = np.stack(
            [_lost(part, OPEN_M + sign * gap.half, body.rate_hz) for part, gap in zip(parts, gaps, strict=True)]
        ).any(axis=0)
        lost = lost | unseen if sign < 0.0 else lost & ~unseen if sign > 0.0 else lost
        shares.append(100.0 * float(1.0 - np.mean(lost)))
    low, value, high = shares
    return Estimate(value, min(low, value), max(high, value), level, "%")


def first_lost(contacts: Mapping[str, Sequence[ContactInRep]]) -> dict[int, str]:
    """The contact that surely opens before any other may, by repetition."""
    found: dict[int, str] = {}
    for rows in zip(*contacts.values(), strict=True):
        surely = [(row.opens.high, name) for name, row in zip(contacts, rows, strict=True) if row.opens is not None]
        if not surely or any(row.size is None for row in rows):
            continue
        by, first = min(surely)
        others = [row.may_open for name, row in zip(contacts, rows, strict=True) if name != first]
        if all(earliest is None or earliest > by for earliest in others):
            found[rows[0].rep] = first
    return found


def _frames(rate_hz: float, start_s: float, first_s: float, last_s: float) -> slice:
    first = max(0, int(np.ceil((first_s - start_s) * rate_hz - 1e-6)))
    return slice(first, max(first, int(np.floor((last_s - start_s) * rate_hz + 1e-6)) + 1))


def kept_for(gap: FloatArray, rate_hz: float) -> float:
    """The largest level that the gap stays at or above for a tenth of a second; -inf where it is never seen so long."""
    stay = round(OPEN_S * rate_hz) + 1
    known = [gap[a:b] for a, b in runs_of(np.isfinite(gap)) if b - a >= stay]
    return max(
        (float(np.lib.stride_tricks.sliding_window_view(x, stay).min(axis=1).max()) for x in known), default=-np.inf
    )


def _lost(gap: FloatArray, limit: float, rate_hz: float) -> BoolArray:
    """Frames of every stretch of a tenth of a second or more in which the gap lies beyond the limit."""
    out = np.zeros(gap.size, dtype=np.bool_)
    with np.errstate(invalid="ignore"):
        beyond = gap > limit
    for a, b in runs_of(beyond):
        if b - a >= round(OPEN_S * rate_hz) + 1:
            out[a:b] = True
    return out


def _opens(gap: FloatArray, limit: float, rate_hz: float) -> float:
    """The first frame of the first such stretch, infinite where there is none."""
    lost = _lost(gap, limit, rate_hz)
    return float(np.argmax(lost)) if lost.any() else np.inf
