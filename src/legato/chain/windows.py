"""The movement's timing windows: what the chain's gap at the same events says, or its muscles, else why nothing."""

from collections.abc import Iterable, Sequence

from legato.chain.model import GapResult, WindowResult
from legato.chain.muscle_windows import MuscleEvidence, judge_muscle_window
from legato.chain.share_windows import judge_share_window
from legato.chain.verdicts import position_of
from legato.movements.link_spec import LEG_DRIVE
from legato.movements.window_spec import WindowSpec

NO_SENSOR = "this window needs events that this version does not time"
NO_WIDTH = "a band without width holds no interval, so no recording can decide it"

_TOLD_BY = {LEG_DRIVE: "on the plates", "leg": "by the knees"}


def judge_windows(
    windows: Iterable[WindowSpec], gaps: Sequence[GapResult], evidence: MuscleEvidence | None = None
) -> tuple[WindowResult, ...]:
    """Each window with the verdict of the gap between its `links`, or of the lag between its muscles (one result a pair
    and side); unresolved where neither is there.
    """
    known = MuscleEvidence(None) if evidence is None else evidence
    return tuple(result for spec in windows for result in _results(spec, gaps, known))


def _results(spec: WindowSpec, gaps: Sequence[GapResult], evidence: MuscleEvidence) -> tuple[WindowResult, ...]:
    if spec.share_in_phase:
        return judge_share_window(spec, evidence)
    if spec.muscles:
        return judge_muscle_window(spec, evidence)
    found = [g for g in gaps if (g.from_link, g.to_link) in spec.any_links and g.event == (spec.at or spec.event)]
    return tuple(_measured(spec, gap) for gap in found) or (_window(spec, gaps),)


def _measured(spec: WindowSpec, gap: GapResult) -> WindowResult:
    """A window without width at a gap that is there: what was measured, and where it lies, with no verdict."""
    band = spec.band_s or (None, None)
    if gap.set_s is None:
        position, reason = "unresolved", gap.reason
    else:
        position = position_of(gap.set_s, band)
        size = f"{1e3 * gap.set_s.value:.0f} ms ({1e3 * gap.set_s.low:.0f} to {1e3 * gap.set_s.high:.0f})"
        reason = f"{size}: {NO_WIDTH}, so it is shown and not judged"
    return WindowResult(
        id=spec.id,
        from_event=f"{spec.from_event} ({_TOLD_BY.get(gap.from_link, gap.from_link)})",
        to_event=spec.to_event,
        event=spec.event,
        band_s=spec.band_s,
        source=spec.source,
        grade=spec.grade,
        claim=spec.claim,
        gap=gap,
        position=position,
        verdict="not-resolvable",
        reason=reason,
    )


def _window(spec: WindowSpec, gaps: Sequence[GapResult]) -> WindowResult:
    gap = next((g for g in gaps if spec.links == (g.from_link, g.to_link) and g.event == spec.event), None)
    why = NO_SENSOR if spec.links is None else f"the gap {spec.links[0]} to {spec.links[1]} is not in this result"
    if spec.band_s is not None and spec.band_s[0] is not None and spec.band_s[0] == spec.band_s[1]:
        gap, why = None, NO_WIDTH
    return WindowResult(
        id=spec.id,
        from_event=spec.from_event,
        to_event=spec.to_event,
        event=spec.event,
        band_s=spec.band_s if gap is None else gap.band_s,
        source=spec.source,
        grade=spec.grade,
        claim=spec.claim,
        gap=gap,
        position=(gap.position if gap else None) or "unresolved",
        verdict=gap.verdict if gap else "not-resolvable",
        reason=gap.reason if gap else why,
    )
