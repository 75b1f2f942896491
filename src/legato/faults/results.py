"""Numbers that the analysis has anyway and faults are judged on: order, gaps, energy, plates, muscles."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from legato.chain.model import ChainResult
from legato.errors import NotResolvable
from legato.estimate import Estimate
from legato.faults.model import Measured
from legato.movements.dowel import DowelResult

if TYPE_CHECKING:
    # Their rooms are loaded where there is a plate or an electrode.
    from legato.forces.analyse import ForcesResult
    from legato.kinetics.flow import PowerResult
    from legato.muscles.model import MusclesResult


@dataclass(frozen=True, slots=True, eq=False)
class Results:
    """What the analysis found before faults are looked for; None where the sensors were not there. `metrics`: the
    numbers of each repetition, in their order.
    """

    chain: ChainResult | None = None
    forces: "ForcesResult | None" = None
    power: "PowerResult | None" = None
    muscles: "MusclesResult | None" = None
    dowel: DowelResult | None = None
    pads: DowelResult | None = None
    metrics: Sequence[Mapping[str, Estimate]] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """A number in each repetition, or (`of_set`, from `n` repetitions) only of the set; `about` says what of. `picked`:
    it is that of the worst of several joints, links or sides, so that another time it may be another's. `parts`: one a
    part instead, by its name, each judged by itself.
    """

    per_rep: tuple[Measured, ...] = ()
    of_set: Estimate | None = None
    n: int = 0
    about: str = ""
    picked: bool = False
    parts: "Mapping[str, Told]" = field(default_factory=dict[str, "Told"])


UNSOURCED = "no order of this movement's links has a source"

Reader: TypeAlias = Callable[[Results], Told]


def _share_in_order(results: Results) -> Told:
    """Share of repetitions whose links fire in the sourced order."""
    order = None if results.chain is None else results.chain.order
    if order is None or not order.expected:
        raise NotResolvable(UNSOURCED)
    if order.share_in_order is None:
        raise NotResolvable(order.reason)
    share = order.share_in_order.scaled(100.0, "%")
    return Told(of_set=share, n=order.n, about=" → ".join(link.replace("_", " ") for link in order.expected))


def _primary_gap(results: Results) -> Told:
    """The movement's primary gap, s."""
    gap = None if results.chain is None else results.chain.primary
    if gap is None:
        raise NotResolvable("this movement's file names no gap")
    rows = tuple(Measured(r.rep, r.gap_s, r.reason) for r in gap.per_rep)
    return Told(rows, about=f"{gap.from_link} → {gap.to_link}".replace("_", " "))


def _arm_after_drive(results: Results) -> Told:
    """How long after the end of the legs' drive the arms start, s: by the knees' end, and by the plates' where there
    are any; what is told holds at either end.
    """
    gaps = [] if results.chain is None else [g for g in results.chain.gaps if g.event == "offset to onset"]
    ends = [g for g in gaps if g.from_link in _DRIVES]
    known = [g for g in ends if g.set_s is not None]
    if not known:
        raise NotResolvable(ends[0].reason if ends else "the end of the legs' drive is not timed in this movement")
    by_rep = [{r.rep: r for r in g.per_rep} for g in known]
    rows = tuple(
        Measured(rep, _spanned([of[rep].gap_s for of in by_rep if rep in of]), first.reason)
        for rep, first in by_rep[0].items()
    )
    n = min(g.n for g in known)
    return Told(rows, _spanned([g.set_s for g in known]), n, "knees and plates" if len(known) > 1 else "")


def _spanned(values: Sequence[Estimate | None]) -> Estimate | None:
    """One estimate that reaches over all; None where one is not known."""
    known = [value for value in values if value is not None]
    if not known or len(known) < len(values):
        return None
    low, high = min(e.low for e in known), max(e.high for e in known)
    middle = sum(e.value for e in known) / len(known)
    return Estimate(middle, low, high, known[0].level, known[0].unit)


_DRIVES = ("leg", "leg_drive")


def _load_share_difference(results: Results) -> Told:
    """Right less left share of the load, %."""
    share = None if results.forces is None else results.forces.load_share
    if share is None:
        raise NotResolvable("the force under each foot was not measured")
    rows = tuple(
        Measured(r.rep, None if r.right is None else r.right.shifted(-0.5).scaled(200.0, "%"), r.reason)
        for r in share.per_rep
    )
    return Told(rows, about="right less left")


def _leak_share(results: Results) -> Told:
    """The largest share of what all joints generate in a driving phase that one joint takes away, %."""
    if results.power is None:
        raise NotResolvable("no joint's power is known")
    known = [leak for leak in results.power.leaks if leak.share.of_set is not None]
    if not known:
        why = next((leak.reason for leak in results.power.leaks if leak.reason), "")
        raise NotResolvable(why or "no phase that drives was measured whole")
    worst = max(known, key=lambda leak: leak.share.of_set.value if leak.share.of_set is not None else 0.0)
    rows = tuple(
        Measured(rep, None if value is None else value.scaled(100.0, "%"), "" if value is not None else "not known")
        for rep, value in worst.share.per_rep
    )
    return Told(rows, about=f"{worst.joint.replace('_', ' ')}, {worst.phase}", picked=True)


def _dead_time(results: Results) -> Told:
    """The longest gap between the power of one link and the next, s."""
    if results.power is None:
        raise NotResolvable("no joint's power is known")
    known = [gap for gap in results.power.dead_times if gap.of_set is not None]
    if not known:
        why = next((gap.reason for gap in results.power.dead_times if gap.reason), "")
        raise NotResolvable(why or "no two links drive one after the other")
    longest = max(known, key=lambda gap: gap.of_set.value if gap.of_set is not None else 0.0)
    rows = tuple(Measured(rep, value, why) for rep, value, why in longest.per_rep)
    return Told(rows, about=f"{longest.from_link} → {longest.to_link}", picked=True)


def _foot_force_variation(results: Results) -> Told:
    """SD of the feet's force over its mean, %."""
    found = None if results.forces is None else results.forces.foot_band
    if found is None:
        raise NotResolvable("no plate was under the feet, or no band was asked for with --foot-band")
    return Told(
        tuple(
            Measured(b.rep, None if b.band is None else b.band.variation.scaled(100.0, "%"), b.reason)
            for b in found.per_rep
        )
    )


def _force_tracking_error(results: Results) -> Told:
    """RMS of force less its target over the target's range, %."""
    found = None if results.forces is None else results.forces.target
    if found is None:
        raise NotResolvable("the recording has no target beside the force")
    if found.tracking is None:
        raise NotResolvable(found.reason)
    return Told(of_set=found.tracking.error_share.scaled(100.0, "%"), n=1)


def _brace_lead(results: Results) -> Told:
    """How long before the movement the trunk's muscle starts, s: of the window w-brace."""
    told = [w for w in (() if results.chain is None else results.chain.windows) if w.id == "w-brace"]
    gaps = [w.gap for w in told if w.gap is not None]
    if not gaps:
        raise NotResolvable(told[0].reason if told else "this movement has no window for the brace")
    gap = next((g for g in gaps if g.set_s is not None), gaps[0])
    return Told(
        tuple(Measured(r.rep, r.gap_s, r.reason) for r in gap.per_rep),
        gap.set_s,
        gap.n,
        f"{gap.from_link} → {gap.to_link}".replace("_", " "),
    )


def _trapezius_rise(results: Results) -> Told:
    """Rise of the upper trapezius over its rest, % of its maximal contraction; of two sides the larger one."""
    between = None if results.muscles is None else results.muscles.between
    sides = () if between is None else between.brace_without_shrug
    known = [(s.found.rise, s.side) for s in sides if s.found.rise is not None]
    if not known:
        raise NotResolvable(next((s.found.reason for s in sides if s.found.reason), "no EMG of the upper trapezius"))
    rise, side = max(known, key=lambda one: one[0].value)
    return Told(of_set=rise, n=_LEAST_OF_MUSCLES, about=side or "", picked=True)


def _chest_in_eccentric(results: Results) -> Told:
    """Share of the chest's activity that lies in the eccentric phase, %: of the window w-ecc."""
    told = [w for w in (() if results.chain is None else results.chain.windows) if w.id == "w-ecc"]
    shares = [w.share for w in told if w.share is not None]
    if not shares:
        raise NotResolvable(told[0].reason if told else "this movement has no window for the eccentric phase")
    share = shares[0]
    rows = tuple(
        Measured(r.rep, None if r.share is None else r.share.scaled(100.0, "%"), r.reason) for r in share.per_rep
    )
    return Told(rows, share.mean.scaled(100.0, "%"), share.n)


def _dowel_gap(results: Results) -> Told:
    """How far each contact with a dowel along the back opens, m."""
    if results.dowel is None:
        raise NotResolvable("no markers lie along a dowel")
    return _of_contacts(results.dowel)


def _dowel_pad_off(results: Results) -> Told:
    """How long at a stretch each pad on a dowel along the back is without load, s."""
    if results.pads is None:
        raise NotResolvable("no pads lie on a dowel")
    return _of_contacts(results.pads)


def _of_contacts(dowel: DowelResult) -> Told:
    return Told(
        parts={
            contact: Told(tuple(Measured(r.rep, r.size, r.reason) for r in rows), about=dowel.when_first(contact))
            for contact, rows in dowel.contacts.items()
        }
    )


_LEAST_OF_MUSCLES = 3
"""Repetitions that the mean over a set of EMG amplitudes has at least, as its own rule asks."""

RESULTS: Mapping[str, tuple[str, Reader]] = MappingProxyType(
    {
        "share_in_order": ("%", _share_in_order),
        "primary_gap": ("s", _primary_gap),
        "arm_after_drive": ("s", _arm_after_drive),
        "load_share_difference": ("%", _load_share_difference),
        "leak_share": ("%", _leak_share),
        "dead_time": ("s", _dead_time),
        "foot_force_variation": ("%", _foot_force_variation),
        "force_tracking_error": ("%", _force_tracking_error),
        "brace_lead": ("s", _brace_lead),
        "trapezius_rise": ("%", _trapezius_rise),
        "chest_in_eccentric": ("%", _chest_in_eccentric),
        "dowel_gap": ("m", _dowel_gap),
        "dowel_pad_off": ("s", _dowel_pad_off),
    }
)
"""What a fault file may name as `result`, with its unit."""

OF_MARKERS = frozenset({"primary_gap", "arm_after_drive", "leak_share", "dead_time"})
"""Those that hang on where markers sit."""
