"""Windows of a share: how much of a muscle's activity lies inside a phase, and where the set's mean lies."""

from typing import TYPE_CHECKING

from legato.chain.model import RepShare, ShareResult, Verdict, WindowResult
from legato.chain.muscle_windows import NO_EMG, MuscleEvidence, probability_inside, why_not_judged
from legato.chain.verdicts import position_of
from legato.movements.window_spec import WindowSpec
from legato.signals.sets import set_refusal

if TYPE_CHECKING:
    from legato.muscles.between import ChannelResult


def judge_share_window(spec: WindowSpec, evidence: MuscleEvidence) -> tuple[WindowResult, ...]:
    """One result a channel of the muscle; one with the reason where none is told."""
    if evidence.muscles is None:
        return (_result(spec, None, NO_EMG),)
    between = evidence.muscles.between
    shares = () if between is None else between.shares
    if not shares:
        return (_result(spec, None, "no usable channel of its muscle, or no complete repetition"),)
    return tuple(_judged(spec, one, evidence) for one in shares)


def _judged(spec: WindowSpec, one: "ChannelResult", evidence: MuscleEvidence) -> WindowResult:
    name = one.muscle.label
    found = one.share
    if found is None:
        return _result(spec, None, f"{name}: {one.reason or 'its share is not told'}", name)
    out = dict(one.muscle.refused_reps)
    kept = [rep.index for rep in evidence.reps if rep.complete and rep.index not in out]
    why = dict(found.refused)
    told = [RepShare(rep, v, why.get(k, "")) for k, (rep, v) in enumerate(zip(kept, found.per_rep, strict=True))]
    told = sorted((*told, *(RepShare(rep, None, reason) for rep, reason in out.items())), key=lambda r: r.rep)
    refused = set_refusal([rep.reason for rep in told if rep.share is None], len(told), "told")
    if refused or found.mean is None:
        return _result(spec, None, f"{name}: {refused or one.reason}", name)
    share = ShareResult(tuple(told), found.mean, found.n)
    mean = found.mean
    size = f"{name}: {100 * mean.value:.0f} % ({100 * mean.low:.0f} to {100 * mean.high:.0f}, {found.n} repetitions)"
    # A share cannot exceed the whole, so an upper end there is open.
    low, high = spec.band_fraction or (None, None)
    band = (low, None if high is not None and high >= 1.0 else high)
    probability = probability_inside(mean, band, found.n)
    if found.n < spec.least_reps:
        more = spec.least_reps - found.n
        reason = f"{size}: judged from {spec.least_reps} on; record {more} more"
        return _result(spec, share, reason, name, probability)
    position = position_of(mean, band)
    if position == "unresolved":
        return _result(spec, share, f"{size} reaches over the edge of the window", name, probability)
    if why := why_not_judged(spec):
        reason = f"{size}, {position} the window: {why}, so it is shown and not judged"
        return _result(spec, share, reason, name, probability, position)
    reason = f"{size}: the whole interval lies {position} the window"
    return _result(spec, share, reason, name, probability, position, "ok" if position == "inside" else "fault")


def _result(
    spec: WindowSpec,
    share: ShareResult | None,
    reason: str,
    name: str = "",
    probability: float | None = None,
    position: str = "unresolved",
    verdict: Verdict = "not-resolvable",
) -> WindowResult:
    return WindowResult(
        id=spec.id,
        from_event=spec.from_event,
        to_event=spec.to_event,
        event=f"{spec.event}: {name}" if name else spec.event,
        band_s=None,
        source=spec.source,
        grade=spec.grade,
        claim=spec.claim,
        gap=None,
        position=position,
        verdict=verdict,
        reason=reason,
        probability_inside=probability,
        share=share,
    )
