"""The report's words: names of links and quantities, numbers with their interval."""

import math
from collections import Counter
from collections.abc import Sequence

from legato.chain.model import GapResult
from legato.estimate import Estimate
from legato.movements.model import Rep

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
    ("offset", "flexion"): "stops flexing",
    ("offset", "extension"): "stops extending",
    ("offset", ""): "stops",
    ("peak", "bar"): "is fastest",
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
    ("offset", "flexion"): "end of flexion",
    ("offset", "extension"): "end of extension",
    ("offset", ""): "end",
    ("onset", "force"): "bottom of the dip",
    ("peak", "force"): "highest force",
    ("offset", "force"): "force back at the weight",
    ("onset", "feet"): "start of the push",
    ("peak", "feet"): "highest force",
    ("offset", "feet"): "end of the push",
    ("peak", "bar"): "highest velocity",
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
    "dowel_contact": "time in three contacts with the dowel",
    "dowel_head_gap": "dowel, gap at the head",
    "dowel_mid_back_gap": "dowel, gap at the mid-back",
    "dowel_sacrum_gap": "dowel, gap at the sacrum",
    "dowel_head_opens": "dowel, head comes off after",
    "dowel_mid_back_opens": "dowel, mid-back comes off after",
    "dowel_sacrum_opens": "dowel, sacrum comes off after",
    "dowel_pads_contact": "time with three pads loaded",
}

WORKING_MARKS = ("leave", "reach", "depart", "return", "level")
"""Marks that phases are built from, and that say little by themselves."""

_UNIT_SUFFIXES = ("_s", "_m", "_m_s", "_ms", "_deg")


def link_name(name: str) -> str:
    """The name of a link as people say it."""
    return _LINKS.get(name, name.replace("_", " "))


def event_noun(event: str, quantity: str) -> str:
    """What the event of a quantity is called in a table: the zero of `knee_flexion_velocity` is `peak flexion`."""
    return _NOUNS.get((event, _way(quantity)), _NOUNS.get((event, ""), event))


def gap_event(gap: GapResult) -> str:
    """What is compared in a gap: one event's name, or both where the links move opposite ways or at events of their
    own.
    """
    return events_compared(gap.events, (gap.from_quantity or gap.quantity, gap.quantity))


def events_compared(events: tuple[str, str], quantities: tuple[str, str]) -> str:
    """The event of the first link and that of the second in words, once where both are called the same."""
    return " → ".join(dict.fromkeys(event_noun(event, q) for event, q in zip(events, quantities, strict=True)))


def event_verb(event: str, quantity: str) -> str:
    """What the link does at that event: `reaches peak flexion`."""
    return _VERBS.get((event, _way(quantity)), _VERBS.get((event, ""), event))


def _way(quantity: str) -> str:
    outside = {"vertical_force": "force", "foot_force": "feet", "bar_velocity": "bar"}.get(quantity, "")
    return next((way for way in ("flexion", "extension") if way in quantity), outside)


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
        # An interval too narrow for these decimals is told as the smallest that they show, never as none.
        return f"{value} ± {number(max(estimate.half_width, 10.0**-decimals), decimals)}{tail}"
    low, high = number(estimate.low, decimals), number(estimate.high, decimals)
    if low == high:
        step = 10.0**-decimals
        low = number(step * math.floor(estimate.low / step), decimals)
        high = number(step * math.ceil(estimate.high / step), decimals)
    return f"{value} ({low} to {high}){tail}"


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


def loads_text(loads_kg: Sequence[float]) -> str:
    """The loads of a set: `60 kg`, or `60 to 80 kg` where they differ."""
    low, high = (f"{load:.4g}" for load in (min(loads_kg), max(loads_kg)))
    return f"{low} kg" if low == high else f"{low} to {high} kg"


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


def plural(count: int, noun: str) -> str:
    """`1 rep`, `5 reps`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def by_foot(reps: Sequence[Rep]) -> str:
    """`10 right, 9 left` where reps are of both sides, else empty."""
    counts = Counter(rep.side for rep in reps)
    return ", ".join(f"{counts[side]} {side}" for side in ("right", "left")) if {"right", "left"} <= set(counts) else ""


def listed(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]])) if words else ""


def sentence(text: str) -> str:
    """`text` with a capital first letter and a full stop."""
    text = text.strip()
    if not text:
        return ""
    return text[0].upper() + text[1:] + ("" if text[-1] in ".!?" else ".")


def short_source(source: str, grade: str | None) -> str:
    """A source with its grade and, of its remarks, those that say how far it carries: `Serrien 2018, J Hum Kinet 63:9
    (grade B); extended to throws in general; against: Fradet 2004`.
    """
    cited, *remarks = source.split("; ")
    cited = cited.split(": ", 1)[0].rstrip(".")
    if not cited:
        return "none"
    limits = [one.rstrip(".") for one in remarks if one.startswith(("extended to ", "against: "))]
    return "; ".join([f"{cited} (grade {grade})" if grade else cited, *limits])


def rep_number(index: int) -> int:
    """The number people give a rep: they count from 1, the records from 0."""
    return index + 1
