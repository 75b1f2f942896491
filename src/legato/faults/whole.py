"""A fault that is there where all of others are."""

from collections.abc import Mapping, Sequence

from legato.chain.model import Verdict
from legato.faults.model import Fault, Finding


def of_all(fault: Fault, known: Mapping[str, Sequence[Finding]]) -> Finding:
    """All of the faults that it names on one side; a part without sides goes with either.

    Parts that are told in single repetitions must share one; a part that only the whole set shows goes with any.

    Parameters
    ----------
    fault
        One with `all_of`.
    known
        The findings of each of those, by id.
    """
    parts = {name: tuple(known.get(name, ())) for name in fault.all_of}
    sides = sorted({f.side for found in parts.values() for f in found} - {""}) or [""]
    by_side = {side: _on(side, list(parts.values())) for side in sides}
    found = [side for side in sides if by_side[side] == "fault"]
    there = [side for side in found if _together(side, list(parts.values()))]
    told = {name: ", ".join(sorted({_told(f) for f in rows})) or "not looked for" for name, rows in parts.items()}
    said = "; ".join(f"{name}: {words}" for name, words in told.items())
    if there:
        reps = {rep for side in there for rep in _reps(side, list(parts.values()))}
        side = there[0] if len(there) == 1 else ""
        return whole_finding(fault, "fault", f"all of its parts are there ({said})", "", tuple(sorted(reps)), side=side)
    if found:
        return whole_finding(
            fault, "not-resolvable", f"no repetition shows them together ({said})", "more repetitions would tell"
        )
    if all(verdict == "ok" for verdict in by_side.values()):
        return whole_finding(fault, "ok", f"a part of it is not there ({said})", "")
    return whole_finding(fault, "not-resolvable", f"not all of its parts are known ({said})", fault.needs)


def whole_finding(
    fault: Fault,
    verdict: Verdict,
    why: str,
    resolve: str,
    reps: tuple[int, ...] = (),
    *,
    side: str = "",
    refused: bool = False,
) -> Finding:
    """A finding without a number of its own."""
    return Finding(fault, side, verdict, None, None, "", "", "", (), 0, reps, why, resolve, refused)


def _on(side: str, parts: Sequence[Sequence[Finding]]) -> Verdict:
    """Whether all parts are there on a side, or one surely is not."""
    verdicts = [{f.verdict for f in _of(side, found)} for found in parts]
    if all("fault" in v for v in verdicts):
        return "fault"
    return "ok" if any(v == {"ok"} for v in verdicts) else "not-resolvable"


def _reps(side: str, parts: Sequence[Sequence[Finding]]) -> set[int]:
    """The repetitions in which every part lies outside by itself."""
    return set[int].intersection(*({r for f in _of(side, found) for r in f.reps} for found in parts))


def _together(side: str, parts: Sequence[Sequence[Finding]]) -> bool:
    """Whether a repetition shows all parts, or a part is told of the set alone."""
    alone = [not any(f.reps for f in _of(side, found) if f.verdict == "fault") for found in parts]
    return any(alone) or bool(_reps(side, parts))


def _of(side: str, found: Sequence[Finding]) -> list[Finding]:
    return [f for f in found if f.side in ("", side)]


def _told(finding: Finding) -> str:
    return f"{finding.verdict} {finding.side}".rstrip()
