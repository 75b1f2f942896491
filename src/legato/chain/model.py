"""The chain's results as typed records, one floor below the JSON."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from legato.chain.drive_model import DriveResult
from legato.estimate import Estimate
from legato.movements.link_spec import LinkRead

Verdict: TypeAlias = Literal["ok", "fault", "not-resolvable"]


@dataclass(frozen=True, slots=True)
class LinkEvent:
    """One event of one link in one rep; `time_s` and `value` are None, with a reason, where it cannot be resolved.
    `fixed_s` is that part of the time's half-width which all reps share. `by_hand`: a person read the time, or said
    that there is none; no rate is told then.
    """

    rep: int
    time_s: Estimate | None
    value: Estimate | None
    reason: str = ""
    fixed_s: float = 0.0
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class LinkResult:
    """The events of one link. `value` is the peak rate, deg/s."""

    name: str
    quantity: str
    event: str
    per_rep: tuple[LinkEvent, ...]


@dataclass(frozen=True, slots=True)
class RepGap:
    """The gap of two links in one rep, s, positive when `to` comes after `from`; `own_sd_s` is the SD of the error that
    no other rep shares, 0 where it is not known.
    """

    rep: int
    gap_s: Estimate | None
    reason: str = ""
    own_sd_s: float = 0.0


@dataclass(frozen=True, slots=True)
class GapResult:
    """One expected pair of the chain, judged. `event` is that of both links, or `offset to onset` where each is timed
    at its own. `set_s` is the set's mean gap, or the one rep's own estimate.
    """

    from_link: str
    to_link: str
    event: str
    quantity: str
    primary: bool
    band_s: tuple[float | None, float | None] | None
    source: str
    grade: str | None
    per_rep: tuple[RepGap, ...]
    set_s: Estimate | None
    n: int
    verdict: Verdict
    position: str | None
    reason: str
    from_quantity: str = ""

    @property
    def events(self) -> tuple[str, str]:
        """The event of the first link and that of the second."""
        first, _, second = self.event.partition(" to ")
        return first, second or first


@dataclass(frozen=True, slots=True)
class RepShare:
    """A share of one rep, 0 to 1; None, with a reason, where it is not told."""

    rep: int
    share: Estimate | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ShareResult:
    """Which share of a muscle's activity lies inside a phase, rep by rep, and the mean over the `n` reps told."""

    per_rep: tuple[RepShare, ...]
    mean: Estimate
    n: int


@dataclass(frozen=True, slots=True)
class WindowResult:
    """A timing window of the movement, judged where both its events are timed (`gap`), else with the reason. Of a
    window of muscles `probability_inside` is the probability that the mean of repetitions like these lies in the band;
    a window of a share has `share` in place of `gap`. `claim`: the one of the ledger that it leans on.
    """

    id: str
    from_event: str
    to_event: str
    event: str
    band_s: tuple[float | None, float | None] | None
    source: str
    grade: str
    gap: GapResult | None
    position: str
    verdict: Verdict
    reason: str
    probability_inside: float | None = None
    share: ShareResult | None = None
    claim: str = ""


@dataclass(frozen=True, slots=True)
class OrderResult:
    """The order of the links' events: expected, most often seen, share of reps in order, Kendall's tau-b (ties inside
    resolution), over the `n` reps in which all of them are resolved.
    """

    expected: tuple[str, ...]
    observed_most_common: tuple[str, ...]
    share_in_order: Estimate | None
    tau_b: float | None
    reason: str = ""
    n: int = 0


@dataclass(frozen=True, slots=True)
class Transfer:
    """What passes from one link to the next in one rep: `gain`, the later peak rate over the earlier one, and
    `slowed`, the share of its own peak rate that the first link has lost by the moment the second one peaks
    (deceleration of proximal before distal).
    """

    rep: int
    from_link: str
    to_link: str
    gain: Estimate | None
    slowed: Estimate | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ChainResult:
    """Links, gaps (the primary one first), order, speed transfer and windows of one recording; `drive` where plates
    show how the legs drive a lift that the arms finish; `by_hand` what a person read of the links' events.
    """

    links: tuple[LinkResult, ...]
    gaps: tuple[GapResult, ...]
    order: OrderResult | None
    notes: tuple[str, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    windows: tuple[WindowResult, ...] = ()
    drive: DriveResult | None = None
    by_hand: tuple[LinkRead, ...] = ()

    @property
    def unseen(self) -> dict[tuple[str, str], str]:
        """The events that nothing recorded shows, by link and kind, with the reason: what a person reads of them has
        no place among the others.
        """
        read = {(one.link, one.event) for one in self.by_hand}
        return {
            (link.name, link.event): next((e.reason for e in link.per_rep if e.reason), "it is not timed")
            for link in self.links
            if (link.name, link.event) in read and not any(e.by_hand for e in link.per_rep)
        }

    @property
    def primary(self) -> GapResult | None:
        """The gap that is judged first; None where the movement names none."""
        return next((gap for gap in self.gaps if gap.primary), self.gaps[0] if self.gaps else None)
