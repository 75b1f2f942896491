"""A difference of right and left in words: which side has more, and which side changed."""

from collections.abc import Mapping

from legato.estimate import Estimate
from legato.faults.bands import ONE_SET
from legato.faults.model import Finding, SidesOf, SideThen
from legato.report.words import decimals_for, number, quantity_name, sentence, unit_text

_DOES: Mapping[tuple[str, str], tuple[str, str]] = {
    ("knee_flexion", "peak"): ("knee", "bends"),
    ("elbow_flexion", "peak"): ("elbow", "bends"),
    ("hip_flexion", "range"): ("hip", "moves"),
}
"""What a joint does, by signal and reading."""


def difference_words(finding: Finding, decimals: int) -> str:
    """`the right knee bends 17° more than the left (15 to 20); in one earlier set: −3 to 7°`, the earlier as right less
    left, or left less right where the left has more. Empty for what is no difference of two joints.
    """
    measure, found = finding.fault.measure, finding.measured
    does = None if measure is None else _DOES.get((measure.signal, measure.reading))
    if does is None or measure is None or measure.side != "difference" or found is None:
        return ""
    joint, verb = does
    turned = -1.0 if found.value < 0.0 else 1.0
    more, less = ("right", "left") if turned > 0.0 else ("left", "right")
    low, high = sorted((turned * found.low, turned * found.high))
    unit = unit_text(found.unit)
    amount = f"{number(turned * found.value, decimals)}{unit}"
    same = ""
    if finding.by_same_markers is not None and finding.same_markers_decide:
        inner = sorted(turned * end for end in (finding.by_same_markers.low, finding.by_same_markers.high))
        same = f", by the same markers {' to '.join(number(end, decimals) for end in inner)}"
    said = (
        f"the {more} {joint} {verb} {amount} more than the {less} "
        f"({number(low, decimals)} to {number(high, decimals)}{same})"
    )
    edges = [turned * edge for edge in finding.band or () if edge is not None]
    if len(edges) != 2:
        return said
    usual = " to ".join(number(edge, decimals) for edge in sorted(edges))
    whose = "usual for this athlete" if finding.band_from == "own" else "stated band"
    if ONE_SET in finding.band_source:
        whose = f"in {ONE_SET}"
    return f"{said}; {whose}: {usual}{unit}"


def side_sentences(finding: Finding) -> list[str]:
    """Which side changed, and what else of the same repetitions lies otherwise between the sides; empty where the
    athlete's usual sides are not known.
    """
    if finding.sides is None or finding.measured is None:
        return []
    measure = finding.fault.measure
    does = None if measure is None else _DOES.get((measure.signal, measure.reading))
    said = [_own(finding.sides.own, does)]
    if others := [_other(one) for one in finding.sides.others]:
        said.append(f"In the same repetitions: {'; '.join(others)}.")
    return said


def _own(of: SidesOf, does: tuple[str, str] | None) -> str:
    rows = (("right", of.right), ("left", of.left))
    if not of.changed:
        each = "; ".join(f"{side} {_now(one)}, change {_change(one)}" for side, one in rows)
        return f"Which side changed is not sure: {each}."
    parts: list[str] = []
    for side, one in sorted(rows, key=lambda row: row[0] not in of.changed):
        what = f"the {side} {quantity_name(of.name)}" if does is None else f"the {side} {does[0]}"
        if side in of.changed:
            way = "more" if one.change.value > 0.0 else "less"
            verb = "is" if does is None else does[1]
            parts.append(f"{what} {verb} {_size(one.change)} {way} than usual ({_now(one)})")
        else:
            parts.append(f"of {what} no change is sure ({_now(one)}, change {_change(one)})")
    return sentence("; ".join(parts))


def _other(of: SidesOf) -> str:
    told = quantity_name(of.name)
    rows = (("right", of.right), ("left", of.left))
    changed = [
        f"{side} {_size(one.change)} {'more' if one.change.value > 0.0 else 'less'} than usual ({_now(one)})"
        for side, one in rows
        if side in of.changed
    ]
    if changed:
        return f"{told}, {' and '.join(changed)}"
    each = ", ".join(f"{side} {_now(one)}" for side, one in rows)
    return f"{told}, where right and left differ otherwise than usual; which of the two changed is not sure ({each})"


def _now(one: SideThen) -> str:
    """`82°, usually 98°`."""
    decimals, unit = decimals_for(one.now.half_width, one.now.unit), unit_text(one.now.unit)
    return f"{number(one.now.value, decimals)}{unit}, usually {number(one.usual.value, decimals)}{unit}"


def _size(change: Estimate) -> str:
    """`16° (9 to 22)`, without its sign."""
    decimals, unit = decimals_for(change.half_width, change.unit), unit_text(change.unit)
    turned = -1.0 if change.value < 0.0 else 1.0
    low, high = sorted((turned * change.low, turned * change.high))
    span = f"{number(low, decimals)} to {number(high, decimals)}"
    return f"{number(abs(change.value), decimals)}{unit} ({span})"


def _change(one: SideThen) -> str:
    """`0° (−6 to 5)`."""
    change = one.change
    decimals, unit = decimals_for(change.half_width, change.unit), unit_text(change.unit)
    span = f"{number(change.low, decimals)} to {number(change.high, decimals)}"
    return f"{number(change.value, decimals)}{unit} ({span})"
