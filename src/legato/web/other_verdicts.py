"""Findings of two sessions whose verdict is another one: found anew, changed, or judged by another band."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from legato.chain.verdicts import position_of
from legato.coaching.judged import compares_sides
from legato.estimate import Estimate
from legato.faults.judge import edges_words, span_words, told_in
from legato.report.words import estimate_text
from legato.store.rows import ResultRow
from legato.web.words import plural
from legato.web.words import translate as _

_Finding: TypeAlias = Mapping[str, Any]

Kind: TypeAlias = Literal["found", "turned", "changed", "judged"]
"""A fault that the first did not show; a difference of right and left that is a fault in both, with more on the other
side now; another verdict by the same band; one by another band, or by one at last.
"""

_REPS = "reps like these"
"""What a finding's `resolve` says where it tells how many repetitions would decide."""

_ORDER: tuple[Kind, ...] = ("found", "turned", "changed", "judged")


@dataclass(frozen=True, slots=True)
class OtherVerdict:
    """A finding, what is said of it in the first and in the second, in words."""

    kind: Kind
    name: str
    then: str
    now: str


def faults_changed(first: ResultRow, second: ResultRow) -> list[OtherVerdict]:
    """Findings whose verdict is another one in the second, faults that were found first, then those that went."""
    then, now = _by_fault(first), _by_fault(second)
    movement = str(second.summary["movement"])
    found: list[tuple[int, OtherVerdict]] = []
    for fault, told in now.items():
        earlier, of_both = then.get(fault, []), compares_sides(movement, fault)
        two_sides = not of_both and len({one["side"] for one in (*earlier, *told) if one["side"]}) > 1
        for after in told:
            before = _told_before(earlier, told, after, of_both=of_both)
            was = None if before is None else before["verdict"]
            turned = of_both and was == "fault" and before is not None and before["side"] != after["side"]
            if (was == after["verdict"] and not turned) or (before is None and after["verdict"] != "fault"):
                continue
            anew = before is None or before.get("band") != after.get("band")
            kind: Kind = "judged" if anew else "changed"
            if after["verdict"] == "fault":
                kind = "turned" if turned else "found"
            was_said, said = _text(before), _text(after)
            if turned and before is not None:
                was_said, said = (f"{text} ({_(one['side'])})" for text, one in ((was_said, before), (said, after)))
            if after["verdict"] == "fault" and anew and before is not None:
                first_time = before.get("band") is None
                said = (_("%s, judged for the first time") if first_time else _("%s, by another band")) % said
            name = f"{after['name']}, {_(after['side'])}" if two_sides and after["side"] else str(after["name"])
            found.append((2 * _ORDER.index(kind) + (was != "fault"), OtherVerdict(kind, name, was_said, said)))
    return [one for _rank, one in sorted(found, key=lambda pair: pair[0])]


def _by_fault(result: ResultRow) -> dict[str, list[_Finding]]:
    found: dict[str, list[_Finding]] = {}
    for one in result.summary["findings"]:
        found.setdefault(one["fault"], []).append(one)
    return found


def _told_before(
    earlier: Sequence[_Finding], told: Sequence[_Finding], after: _Finding, *, of_both: bool
) -> _Finding | None:
    """What the first said of the same fault on the same side, or of the fault as a whole; None where it said nothing.

    A difference of both sides (`of_both`) that is told once in each is the same one: its side only names the one that
    has more of it. So is what has a side in one of them alone.
    """
    if len(earlier) == len(told) == 1 and (of_both or not (earlier[0]["side"] and after["side"])):
        return earlier[0]
    by_side = {one["side"] or None: one for one in earlier}
    return by_side.get(after["side"] or None, by_side.get(None))


def _text(finding: _Finding | None) -> str:
    """The verdict on a finding with its number, and with the interval that decided where that is of the same markers:
    that its interval reaches over the edge of the band is why no verdict could be told, and how many repetitions would
    tell it follows.
    """
    if finding is None:
        return _("not looked for")
    verdict, band, told = str(finding["verdict"]), finding.get("band"), finding.get("measured")
    said = {"fault": _("fault"), "ok": _("in order"), "not-resolvable": _("too little to tell")}.get(verdict, verdict)
    if verdict == "not-resolvable" and band is None:
        said = _("not judged")
    if told is None:
        return said
    found = _estimate(told)
    value = estimate_text(found.scaled(*told_in(found.unit, found, band)))
    if verdict != "not-resolvable" or band is None:
        return f"{said}, {value}{_same_markers(finding, found)}"
    needed = str(finding.get("resolve") or "")
    more = _REPS in needed
    if more:
        said = plural("too little to tell with {n} repetition", "too little to tell with {n} repetitions", finding["n"])
    why = _("%(verdict)s, as %(value)s reaches over the edge of %(band)s") % {
        "verdict": said, "value": value, "band": edges_words(band, found.unit, found)
    }  # fmt: skip
    return f"{why}; {needed}" if more else why


def _same_markers(finding: _Finding, found: Estimate) -> str:
    """` (by the same markers 7 to 11°)`, where that interval decides and the number's own would not."""
    told, band = finding.get("by_same_markers"), finding.get("band")
    if told is None or band is None or position_of(found, band) != "unresolved":
        return ""
    same = _estimate(told)
    where = position_of(same, band)
    if where == "unresolved" or (where == "inside") != (finding["verdict"] == "ok"):
        return ""
    said = _("(by the same markers %s)") % span_words(same, found, band)
    return f" {said}"


def _estimate(told: Mapping[str, Any]) -> Estimate:
    return Estimate(told["value"], told["low"], told["high"], unit=told["unit"])
