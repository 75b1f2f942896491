"""Findings of two sessions whose verdict is another one: found anew, changed, or judged by another band."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from legato.estimate import Estimate
from legato.faults.judge import edges_words, told_in
from legato.report.words import estimate_text
from legato.store.rows import ResultRow
from legato.web.words import translate as _

Kind: TypeAlias = Literal["found", "changed", "judged"]
"""A fault that the first did not show; another verdict by the same band; one by another band, or by one at last."""


@dataclass(frozen=True, slots=True)
class OtherVerdict:
    """A finding, what is said of it in the first and in the second, in words."""

    kind: Kind
    name: str
    then: str
    now: str


def faults_changed(first: ResultRow, second: ResultRow) -> list[OtherVerdict]:
    """Findings whose verdict is another one in the second, faults that were found first, then those that went."""
    then, now = _findings(first), _findings(second)
    found: list[tuple[int, OtherVerdict]] = []
    for key, (name, after) in now.items():
        before = then[key][1] if key in then else None
        was = None if before is None else before["verdict"]
        if was == after["verdict"] or (before is None and after["verdict"] != "fault"):
            continue
        anew = before is None or before.get("band") != after.get("band")
        kind: Kind = "found" if after["verdict"] == "fault" else "judged" if anew else "changed"
        said = _text(after)
        if kind == "found" and anew and before is not None:
            first_time = before.get("band") is None
            said = (_("%s, judged for the first time") if first_time else _("%s, by another band")) % said
        rank = ("found", "changed", "judged").index(kind)
        found.append((2 * rank + (was != "fault"), OtherVerdict(kind, name, _text(before), said)))
    return [one for _rank, one in sorted(found, key=lambda pair: pair[0])]


def _findings(result: ResultRow) -> dict[tuple[str, str], tuple[str, Mapping[str, Any]]]:
    """Findings with what they are called, by fault and side; a fault that is told once has no side, as it names the one
    that has more of it.
    """
    told: list[Mapping[str, Any]] = result.summary["findings"]
    times = Counter(one["fault"] for one in told)
    found: dict[tuple[str, str], tuple[str, Mapping[str, Any]]] = {}
    for one in told:
        side = str(one["side"] or "") if times[one["fault"]] > 1 else ""
        found[one["fault"], side] = (f"{one['name']}, {_(side)}" if side else str(one["name"]), one)
    return found


def _text(finding: Mapping[str, Any] | None) -> str:
    """The verdict on a finding with its number: that its interval reaches over the edge of the band is why no verdict
    could be told.
    """
    if finding is None:
        return _("not looked for")
    verdict, band, told = str(finding["verdict"]), finding.get("band"), finding.get("measured")
    said = {"fault": _("fault"), "ok": _("in order"), "not-resolvable": _("too little to tell")}.get(verdict, verdict)
    if verdict == "not-resolvable" and band is None:
        said = _("not judged")
    if told is None:
        return said
    found = Estimate(told["value"], told["low"], told["high"], unit=told["unit"])
    value = estimate_text(found.scaled(*told_in(found.unit, found, band)))
    if verdict != "not-resolvable" or band is None:
        return f"{said}, {value}"
    return _("%(verdict)s, as %(value)s reaches over the edge of %(band)s") % {
        "verdict": said, "value": value, "band": edges_words(band, found.unit, found)
    }  # fmt: skip
