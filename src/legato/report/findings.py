"""What was found, in sentences: a gap's verdict and reason, the headline and how sure it is."""

import re
from typing import TYPE_CHECKING

from legato.chain.model import GapResult
from legato.estimate import Estimate
from legato.report.bar import bar_headline, only_bar
from legato.report.coaching import coached, refusal_counts
from legato.report.drive import end_of_drive
from legato.report.emg_only import emg_headline, only_emg
from legato.report.force_words import force_headline, only_force, told_by_force
from legato.report.holds import hold_headline, rep_noun
from legato.report.muscle_words import muscle_headline
from legato.report.words import (
    band_text,
    by_foot,
    event_verb,
    gap_ms,
    interval_ms,
    link_name,
    percent,
    plural,
    rep_number,
    sentence,
    short_source,
)

if TYPE_CHECKING:
    from legato.analysis import Analysis


_RECALLED = re.compile(r" \([^()]*not yet checked[^()]*\)")

_REASONS = 3
"""Repetitions whose reason stands at the top where none is whole; the table tells all."""

_PRESSES = {
    "starts to extend": "starts",
    "extends fastest": "is fastest",
    "stops extending": "ends",
    "reaches full extension": "reaches the top",
}


def gap_band_text(gap: GapResult) -> str:
    """The band with what it asks of the links: `knee and hip together, −15 to 15 ms`, `thorax after pelvis, 0 ms …`."""
    first, second = link_name(gap.from_link), link_name(gap.to_link)
    if _is_together(gap.band_s):
        return f"{second} and {first} together, {band_text(gap.band_s)}"
    return band_text(gap.band_s) if gap.band_s is None else f"{second} after {first}, {band_text(gap.band_s)}"


def is_order(band_s: tuple[float | None, float | None] | None) -> bool:
    """Whether the band only asks which link comes first."""
    return band_s is not None and band_s[0] is not None and band_s[0] == 0.0 and band_s[1] is None


def verdict_text(gap: GapResult) -> str:
    """The verdict on a gap in two or three words. A gap without a band is not judged, whatever it is."""
    if gap.band_s is not None and gap.grade in ("N", "X"):
        return f"{gap.position or 'unresolved'}, not judged"
    return verdict_of(gap.verdict, gap.band_s)


def verdict_of(verdict: str, band_s: tuple[float | None, float | None] | None) -> str:
    """The same of a verdict and the band that it was told by."""
    if band_s is None:
        return "not judged"
    if verdict == "ok":
        return "in order" if is_order(band_s) else "inside the band"
    if verdict == "fault":
        return "out of order" if is_order(band_s) else "outside the band"
    return "not resolvable"


def reason_of(gap: GapResult) -> tuple[str, str]:
    """Why a gap was judged as it was, and what would resolve it (may be empty), without what stands beside it anyway.

    The chain's reasons name the pair, and the gap's size where there is one: `hip → knee -18 ms (-35 to 0) reaches …`.
    """
    pair = f"{gap.from_link} → {gap.to_link}".replace("_", " ")
    head = re.match(rf"{re.escape(pair)}(?: -?\d+ ms \(-?\d+ to -?\d+\))?(?P<joint>: |, | )", gap.reason)
    text = gap.reason if head is None else gap.reason[head.end() :]
    if head is not None and head["joint"] == " ":
        text = f"the interval {text}"
    why, _, remedy = min((text.partition(mark) for mark in ("; ", ". ")), key=lambda parts: len(parts[0]))
    for link in (gap.from_link, gap.to_link):
        name = link.replace("_", " ")
        if why.startswith(f"{name}: "):
            why = f"{why.removeprefix(f'{name}: ')} ({link_name(link)})"
    counts = refusal_counts([rep.reason for rep in gap.per_rep if rep.gap_s is None]) if gap.set_s is None else ""
    if counts:
        refused = sum(1 for rep in gap.per_rep if rep.gap_s is None)
        why = f"{refused} of {plural(len(gap.per_rep), 'rep')} cannot be timed ({counts})"
    return true_signs(coached(why.rstrip("."))), true_signs(coached(remedy))


def true_signs(text: str) -> str:
    """The text with true minus signs before its numbers."""
    return re.sub(r"(?<![\w.])-(?=\d)", "\u2212", text)


def gap_sentence(gap: GapResult, level: float) -> str:
    """One sentence: what was measured between the two links, and what that means."""
    first, second = link_name(gap.from_link), link_name(gap.to_link)
    verb = _verb(gap.to_link, event_verb(gap.events[1], gap.quantity))
    before = _verb(gap.from_link, event_verb(gap.events[0], gap.from_quantity or gap.quantity))
    if before != verb:
        first = f"{first} {before}"
    if gap.set_s is None:
        asked = f"Whether the {second} {verb} after the {first}"
        if gap.band_s is None:
            asked = f"How long after the {first} the {second} {verb}"
        elif not is_order(gap.band_s):
            asked = f"Whether {first} and {second} {_of_two(verb)} together"
        return f"{asked} is not resolvable: {reason_of(gap)[0]}."
    said = gap_ms(gap.set_s).removeprefix("\u2212")
    where = f"{said} ms {'after' if gap.set_s.value > 0.0 else 'before'}"
    if float(said) == 0.0:
        where = "at the same moment as"
    together = _is_together(gap.band_s)
    # How many reps have which sign says nothing of whether two links move together.
    counted = "" if together else _in_reps(gap)
    interval = f"({percent(level)} interval {interval_ms(gap.set_s)})"
    measured = f"The {second} {verb} {where} the {first}{counted} {interval}"
    if together and gap.verdict == "ok" and before == verb and gap.grade not in ("N", "X"):
        measured = (
            f"{sentence(first).rstrip('.')} and {second} {_of_two(verb)} together: {gap_ms(gap.set_s)} ms {interval}"
        )
    if gap.grade in ("N", "X"):
        why = "no source supports" if gap.grade == "N" else "the best evidence contradicts"
        return f"{measured}: {gap.position or 'unresolved'} against a window that {why}, so it is not judged."
    if gap.verdict == "not-resolvable":
        if is_order(gap.band_s):
            return f"{measured}: which of them comes first is not resolvable."
        if gap.band_s is None:
            return f"{measured}: not judged, as there is no band to hold it to."
        return f"{measured}: not resolvable against the band of {band_text(gap.band_s)}."
    if is_order(gap.band_s):
        return f"{measured}: the order is {'right' if gap.verdict == 'ok' else 'wrong'}."
    return f"{measured}: {'inside' if gap.verdict == 'ok' else 'outside'} the band of {band_text(gap.band_s)}."


def _verb(link: str, verb: str) -> str:
    """What a link does; a press is an act and extends nothing itself."""
    return _PRESSES.get(verb, verb) if link == "press" else verb


def _is_together(band_s: tuple[float | None, float | None] | None) -> bool:
    low, high = band_s or (None, None)
    return low is not None and high is not None and low < 0.0 < high


def _of_two(verb: str) -> str:
    """The verb for two subjects: `reaches peak flexion` becomes `reach peak flexion`."""
    first, _, rest = verb.partition(" ")
    stem = first[:-2] if first.endswith(("ches", "xes")) else first.removesuffix("s")
    return f"{stem} {rest}".strip()


def _in_reps(gap: GapResult) -> str:
    measured = [r.gap_s.value for r in gap.per_rep if r.gap_s is not None]
    if len(measured) < 2 or gap.set_s is None:
        return ""
    alike = sum(1 for value in measured if (value > 0.0) == (gap.set_s.value > 0.0))
    resolved = "" if len(measured) == len(gap.per_rep) else "resolved "
    return f" in {alike} of {len(measured)} {resolved}reps"


def headline(analysis: "Analysis") -> str:
    """The sentence that matters first, and a second line on how sure it is.

    Both come from the primary gap and its verdict. Where no gap could be judged, the first line says what was found
    instead, and the second what would resolve it.
    """
    reps = sum(1 for rep in analysis.reps if rep.complete)
    name = analysis.movement.name.lower()
    chain = analysis.chain
    if not analysis.reps:
        return f"No repetition of {name} was found.\nNothing was judged."
    if only_emg(analysis):
        return emg_headline(analysis)
    if only_bar(analysis):
        return bar_headline(analysis)
    if only_force(analysis) or told_by_force(analysis):
        return force_headline(analysis)
    if analysis.movement.cycle.anchor == "hold":
        return hold_headline(analysis)
    if (of_muscles := muscle_headline(analysis)) is not None:
        return of_muscles
    if not reps:
        return _none_whole(analysis)
    gap = None if chain is None else chain.primary
    if gap is None:
        if not analysis.movement.gaps:
            feet = f" ({said})" if (said := by_foot([rep for rep in analysis.reps if rep.complete])) else ""
            found = f"{plural(reps, f'whole {rep_noun(analysis)}')}{feet} of {name} found."
            return f"{found}\nNo order of its links is sourced, so none is expected."
        judged = "; the chain was not judged" if analysis.movement.chain else ""
        first = f"{plural(reps, f'whole {rep_noun(analysis)}')} of {name} found{judged}."
        reason = "; ".join(chain.notes) if chain is not None and chain.notes else "this movement has no expected order"
        return f"{first}\n{sentence(reason)}"
    sure = " ".join(part for part in (_how_sure(gap, analysis.settings.level), end_of_drive(analysis)) if part)
    return f"{gap_sentence(gap, analysis.settings.level)}\n{sure}"


def _none_whole(analysis: "Analysis") -> str:
    """That no repetition is whole, and what is wrong with the first of them."""
    reps, noun = analysis.reps, rep_noun(analysis)
    of = f"of {analysis.movement.name.lower()} that"
    first = f"The one {noun} {of} was found is not whole."
    if len(reps) > 1:
        first = f"None of the {len(reps)} {noun}s {of} were found is whole."
    why = [f"{noun} {rep_number(rep.index)}: {rep.reason or 'cut off'}" for rep in reps[:_REASONS]]
    more = f"; and {len(reps) - _REASONS} more, below" if len(reps) > _REASONS else ""
    return f"{first}\nSo nothing was judged. {sentence('; '.join(why) + more)}"


def _how_sure(gap: GapResult, level: float) -> str:
    why, remedy = reason_of(gap)
    if gap.set_s is None:
        return sentence(remedy) or "So no number is given."
    if gap.verdict == "not-resolvable" or gap.grade in ("N", "X"):
        return " ".join(sentence(part) for part in (why, remedy) if part)
    side = "inside" if gap.verdict == "ok" else "outside"
    # Whether it was checked is said once, in plain words.
    source = f" Source of the band: {short_source(_RECALLED.sub('', gap.source), gap.grade)}." if gap.source else ""
    spread = _amount(gap.set_s)
    if is_order(gap.band_s):
        sure = f"Sure of the order{spread}: the whole {percent(level)} interval lies on one side of zero"
    else:
        sure = f"Sure of the verdict{spread}: the whole {percent(level)} interval lies {side} the band"
    single = "; one rep only, so it says nothing of the next" if gap.n == 1 else f" ({plural(gap.n, 'rep')})"
    unchecked = "; its source is not yet checked against the paper" if "not yet checked" in gap.source else ""
    return f"{sure}{single}{unchecked}.{source}"


def _amount(estimate: Estimate) -> str:
    if estimate.half_width > 0.5 * abs(estimate.value):
        return ", but not of the amount"
    return ""
