"""What the report says in plain words: names of links and quantities, numbers with their interval, the headline."""

import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from legato.chain.model import GapResult
from legato.estimate import Estimate
from legato.report.coaching import coached, refusal_counts
from legato.report.corrections import correction_count, correction_texts
from legato.report.holds import hold_headline, hold_line, rep_noun

if TYPE_CHECKING:
    from legato.analysis import Analysis

_LINKS = {"lumbar": "lumbar spine", "upper_arm": "upper arm"}

_VERBS = {
    ("onset", "flexion"): "starts to flex",
    ("onset", "extension"): "starts to extend",
    ("onset", ""): "starts",
    ("peak", "flexion"): "flexes fastest",
    ("peak", "extension"): "extends fastest",
    ("peak", ""): "peaks",
    ("zero", "flexion"): "reaches peak flexion",
    ("zero", "extension"): "reaches full extension",
    ("zero", ""): "turns back",
}
"""What a link does at an event of its rate, by event and by the way the joint moves."""

_NOUNS = {
    ("onset", "flexion"): "onset of flexion",
    ("onset", "extension"): "onset of extension",
    ("onset", ""): "onset",
    ("peak", "flexion"): "fastest flexion",
    ("peak", "extension"): "fastest extension",
    ("peak", ""): "peak",
    ("zero", "flexion"): "peak flexion",
    ("zero", "extension"): "full extension",
    ("zero", ""): "turning point",
}

_NAMES = {
    "thorax_pelvis_axial": "thorax on pelvis, axial (X-factor)",
    "lumbar_flexion": "lumbar flexion (thorax on pelvis)",
    "lumbar_side_bend": "lumbar side bend",
    "thorax_pitch": "thorax forward lean",
    "shank_pitch_right": "shank forward lean, right",
    "shank_pitch_left": "shank forward lean, left",
    "x_factor": "X-factor",
    "x_factor_stretch": "X-factor stretch",
    "rsi": "reactive strength index (flight / contact)",
    "height_flight_m": "height from flight time",
}

WORKING_MARKS = ("leave", "reach", "depart", "return", "level")
"""Marks that phases are built from, and that say little by themselves."""

_UNIT_SUFFIXES = ("_s", "_m", "_m_s", "_ms", "_deg")


def link_name(name: str) -> str:
    """The name of a link as people say it."""
    return _LINKS.get(name, name.replace("_", " "))


def event_noun(event: str, quantity: str) -> str:
    """What the event of a quantity is called in a table: the zero of `knee_flexion_velocity` is `peak flexion`."""
    return _NOUNS.get((event, _way(quantity)), event)


def gap_event(gap: GapResult) -> str:
    """What is compared in a gap: one event's name, or both where the links move opposite ways."""
    nouns = dict.fromkeys(event_noun(gap.event, q) for q in (gap.from_quantity or gap.quantity, gap.quantity))
    return " → ".join(nouns)


def event_verb(event: str, quantity: str) -> str:
    """What the link does at that event: `reaches peak flexion`."""
    return _VERBS.get((event, _way(quantity)), event)


def _way(quantity: str) -> str:
    return next((way for way in ("flexion", "extension") if way in quantity), "")


def quantity_name(name: str) -> str:
    """The name of an angle, metric or rate as people read it: `knee_flexion_right` is `knee flexion, right`."""
    if name in _NAMES:
        return _NAMES[name]
    side = next((s for s in ("right", "left") if name.endswith(f"_{s}")), "")
    stem = name.removesuffix(f"_{side}") if side else name
    for suffix in sorted(_UNIT_SUFFIXES, key=len, reverse=True):
        stem = stem.removesuffix(suffix)
    stem = stem.replace("_", " ").replace("x factor", "X-factor")
    return f"{stem}, {side}" if side else stem


def unit_text(unit: str) -> str:
    """A unit as it is printed: `deg` becomes `°`, `deg/s` `°/s`."""
    return unit.replace("deg", "°").replace("^2", "²").replace("**2", "²").replace("m2", "m²")


def number(value: float, decimals: int) -> str:
    """A number with a true minus sign, and no minus before a zero."""
    text = f"{value:.{decimals}f}"
    if float(text) == 0.0:
        text = text.removeprefix("-")
    return text.replace("-", "\u2212")


def decimals_for(half_width: float, unit: str) -> int:
    """How many decimals an interval of that half-width deserves: its first figure, its second where the first is 1."""
    if not half_width > 0.0:
        return {"s": 3, "m": 3, "m/s": 3}.get(unit, 1)
    exponent = math.floor(math.log10(half_width))
    leading = half_width / 10.0**exponent
    return min(4, max(0, -exponent + (1 if leading < 2.0 and exponent < 0 else 0)))


def row_texts(estimates: Sequence[Estimate | None]) -> list[str]:
    """Estimates of one quantity side by side, without unit, all with the decimals that the surest one deserves."""
    decimals = max((decimals_for(e.half_width, e.unit) for e in estimates if e is not None), default=0)
    return [estimate_text(e, with_unit=False, decimals=decimals) for e in estimates]


def estimate_text(estimate: Estimate | None, *, with_unit: bool = True, decimals: int | None = None) -> str:
    """An estimate for people: `104.6 ± 0.9 °`, with both ends where they are not alike, a dash where there is none."""
    if estimate is None:
        return "\u2014"
    unit = estimate.unit if with_unit else ""
    if decimals is None:
        decimals = decimals_for(estimate.half_width, estimate.unit)
    value = number(estimate.value, decimals)
    tail = "" if not unit else unit_text(unit) if unit == "deg" else f" {unit_text(unit)}"
    below, above = estimate.value - estimate.low, estimate.high - estimate.value
    if estimate.half_width == 0.0:
        return f"{value}{tail}"
    if abs(above - below) <= 0.25 * estimate.half_width:
        return f"{value} ± {number(estimate.half_width, decimals)}{tail}"
    return f"{value} ({number(estimate.low, decimals)} to {number(estimate.high, decimals)}){tail}"


def milliseconds(seconds: float) -> str:
    """A time difference in whole milliseconds, without unit; one decimal below 10 ms."""
    ms = 1000.0 * seconds
    return number(ms, 0 if abs(ms) >= 9.95 or ms == round(ms) else 1)


def gap_ms(estimate: Estimate) -> str:
    """A gap in milliseconds, without unit, as exactly as its interval allows."""
    return number(1000.0 * estimate.value, _decimals_ms(estimate))


def interval_ms(estimate: Estimate) -> str:
    """The interval of a gap in milliseconds: `−46 to −30 ms`."""
    decimals = _decimals_ms(estimate)
    return f"{number(1000.0 * estimate.low, decimals)} to {number(1000.0 * estimate.high, decimals)} ms"


def _decimals_ms(estimate: Estimate) -> int:
    return 0 if estimate.half_width >= 0.002 else 1


def percent(level: float) -> str:
    """A probability level as people read it: `90 %`."""
    return f"{100.0 * level:g} %"


def band_text(band_s: tuple[float | None, float | None] | None) -> str:
    """The band a gap must lie in, ms: `0 ms and up`, `−40 to 40 ms`, or `none` where there is none."""
    if band_s is None:
        return "none"
    low, high = band_s
    if low is None and high is None:
        return "none"
    if high is None and low is not None:
        return f"{milliseconds(low)} ms and up"
    if low is None and high is not None:
        return f"up to {milliseconds(high)} ms"
    assert low is not None
    assert high is not None
    return f"{milliseconds(low)} to {milliseconds(high)} ms"


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
    """The verdict on a gap in two or three words."""
    if gap.grade in ("N", "X"):
        return f"{gap.position or 'unresolved'}, not judged"
    if gap.verdict == "ok":
        return "in order" if is_order(gap.band_s) else "inside the band"
    if gap.verdict == "fault":
        return "out of order" if is_order(gap.band_s) else "outside the band"
    return "not resolvable"


def plural(count: int, noun: str) -> str:
    """`1 rep`, `5 reps`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def sentence(text: str) -> str:
    """`text` with a capital first letter and a full stop."""
    text = text.strip()
    if not text:
        return ""
    return text[0].upper() + text[1:] + ("" if text[-1] in ".!?" else ".")


def short_source(source: str, grade: str | None) -> str:
    """A source without its remarks, with its grade: `Serrien 2018, J Hum Kinet 63:9 (grade B)`."""
    cited = source.split(": ", 1)[0].split("; ", 1)[0].rstrip(".")
    if not cited:
        return "none"
    return f"{cited} (grade {grade})" if grade else cited


def rep_number(index: int) -> int:
    """The number people give a rep: they count from 1, the records from 0."""
    return index + 1


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
    return _signs(coached(why.rstrip("."))), _signs(coached(remedy))


def _signs(text: str) -> str:
    """The text with true minus signs before its numbers."""
    return re.sub(r"(?<![\w.])-(?=\d)", "\u2212", text)


def gap_sentence(gap: GapResult, level: float) -> str:
    """One sentence: what was measured between the two links, and what that means."""
    first, second = link_name(gap.from_link), link_name(gap.to_link)
    verb = event_verb(gap.event, gap.quantity)
    before = event_verb(gap.event, gap.from_quantity or gap.quantity)
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
    if analysis.movement.cycle.anchor == "hold":
        return hold_headline(analysis)
    if chain is None or not chain.gaps:
        judged = "; the chain was not judged" if analysis.movement.chain else ""
        first = f"{plural(reps, f'whole {rep_noun(analysis)}')} of {name} found{judged}."
        reason = "; ".join(chain.notes) if chain is not None and chain.notes else "this movement has no expected order"
        return f"{first}\n{sentence(reason)}"
    gap = next((g for g in chain.gaps if g.primary), chain.gaps[0])
    return f"{gap_sentence(gap, analysis.settings.level)}\n{_how_sure(gap, analysis.settings.level)}"


def _how_sure(gap: GapResult, level: float) -> str:
    why, remedy = reason_of(gap)
    if gap.set_s is None:
        return sentence(remedy) or "So no number is given."
    if gap.verdict == "not-resolvable" or gap.grade in ("N", "X"):
        return " ".join(sentence(part) for part in (why, remedy) if part)
    side = "inside" if gap.verdict == "ok" else "outside"
    source = f" Source of the band: {short_source(gap.source, gap.grade)}." if gap.source else ""
    if is_order(gap.band_s):
        sure = f"Sure of the order: the whole {percent(level)} interval lies on one side of zero"
    else:
        sure = f"Sure of the verdict: the whole {percent(level)} interval lies {side} the band"
    spread = _amount(gap.set_s)
    single = "; one rep only, so it says nothing of the next" if gap.n == 1 else f" ({plural(gap.n, 'rep')})"
    return f"{sure}{single}{spread}.{source}"


def _amount(estimate: Estimate) -> str:
    if estimate.half_width > 0.5 * abs(estimate.value):
        return ", but not of the amount"
    return ""


def summary_lines(analysis: "Analysis") -> list[str]:
    """The result as plain lines for a terminal: headline, how sure, movement and reps, each gap, each rep."""
    first, second = headline(analysis).split("\n", 1)
    lines = [first, second, ""]
    complete = sum(1 for rep in analysis.reps if rep.complete)
    partial = len(analysis.reps) - complete
    noun = rep_noun(analysis)
    counted = plural(complete, noun) + (f", {partial} incomplete" if partial else "")
    lines.append(f"{analysis.movement.name} ({movement_origin(analysis)}): {counted}")
    if analysis.chain is not None and analysis.chain.gaps:
        lines += ["", f"Gaps ({percent(analysis.settings.level)} intervals; positive: the second link comes later)"]
        lines += [f"  {_gap_line(gap)}" for gap in analysis.chain.gaps]
    if analysis.corrections:
        lines += ["", f"Corrections ({correction_count(analysis.corrections)})"]
        lines += [f"  {text}" for text in correction_texts(analysis.corrections)]
    lines += ["", f"{noun.capitalize()}s"]
    for rep in analysis.reps:
        state = "" if rep.complete else f"  incomplete: {rep.reason}" if rep.reason else "  incomplete"
        in_time = sorted(rep.marks.items(), key=lambda mark: mark[1])
        shown = {name: time for name, time in in_time if name not in WORKING_MARKS}
        if rep.ending:
            lines.append(f"  {rep_number(rep.index)}  {rep.start_s:.2f}\u2013{rep.end_s:.2f} s  {hold_line(rep)}")
            continue
        side = f"  {rep.side}" if rep.side else ""
        marks = side + "".join(f"  {name.replace('_', ' ')} {time:.2f} s" for name, time in shown.items())
        lines.append(f"  {rep_number(rep.index)}  {rep.start_s:.2f}\u2013{rep.end_s:.2f} s{marks}{state}")
    return lines


def _gap_line(gap: GapResult) -> str:
    pair = f"{link_name(gap.from_link)} \u2192 {link_name(gap.to_link)}, {gap_event(gap)}"
    if gap.set_s is None:
        return f"{pair}: {verdict_text(gap)}: {'; '.join(part for part in reason_of(gap) if part)}"
    measured = f"{gap_ms(gap.set_s)} ms ({interval_ms(gap.set_s)}), n = {gap.n}"
    why = "; ".join(part for part in reason_of(gap) if part)
    return f"{pair}: {measured}: {verdict_text(gap)}" + (f": {why}" if gap.verdict == "not-resolvable" else "")


def movement_origin(analysis: "Analysis") -> str:
    """Whether the movement was given or proposed, and how likely it is then."""
    if analysis.movement_given:
        return "given"
    if analysis.movement_probability is None:
        return "proposed"
    return f"proposed, probability {100.0 * analysis.movement_probability:.0f} %"
