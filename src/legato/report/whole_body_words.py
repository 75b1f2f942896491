"""Words for the moments of trunk and arms."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from legato.report.words import rep_number

if TYPE_CHECKING:
    from legato.kinetics.analyse import RepMoment
    from legato.kinetics.lumbar import Meeting
    from legato.kinetics.whole_body import WholeBody

_WAYS = {"from_above": ", from the hands and head down", "from_ground": ", from the ground up"}

_OPPOSITE = {"flexion": "extension", "extension": "flexion"}


def agreement(meetings: "Sequence[Meeting]") -> list[str]:
    """Whether ground and body agree at L5/S1."""
    seen = [m for m in meetings if m.moment_rms is not None]
    said: list[str] = []
    for state, words in (
        ("do not agree", "Ground and body do not agree at L5/S1"),
        ("not-resolvable", "Whether ground and body agree at L5/S1 is not resolvable"),
    ):
        those = [m for m in seen if m.state == state]
        numbers = ", ".join(str(rep_number(m.rep)) for m in those)
        so = " No moment is told there." if state == "do not agree" else ""
        said += [f"{words} (repetition {numbers}): {those[0].reason}.{so}"] if those else []
    if said:
        return said
    most = max((m.moment_rms.value for m in seen if m.moment_rms is not None), default=None)
    return [] if most is None else [f"Ground and body agree at L5/S1 within {most:.0f} N·m (root mean square)."]


def checked(whole: "WholeBody") -> list[str]:
    """Whether ground and body agree at L5/S1, or that nothing checks what is told there."""
    told = any(m.peak is not None and m.name.startswith("lumbosacral") for m in whole.per_rep)
    if told and not whole.meetings:
        return ["L5/S1 is told one way only, so nothing checks it."]
    return agreement(whole.meetings)


def untold(moments: "Sequence[RepMoment]") -> list[str]:
    """What is not told, and why, once a reason; repetitions that differ in their numbers only tell those of the first.
    Where both ways do not agree `agreement` says it.
    """
    from legato.kinetics.whole_body import NOT_AGREEING

    every, all_names = len({m.rep for m in moments}), {m.name for m in moments}
    missing: dict[str, dict[str, dict[int, str]]] = {}
    for m in moments:
        if m.peak is None and not m.reason.startswith(NOT_AGREEING):
            missing.setdefault(m.name, {}).setdefault(re.sub(r"[\d.]+", "", m.reason), {})[m.rep] = m.reason
    alike: dict[tuple[str, tuple[int, ...]], list[str]] = {}
    for name, reasons in missing.items():
        for reps in reasons.values():
            alike.setdefault((next(iter(reps.values())), tuple(reps)), []).append(name)
    said: list[str] = []
    for (reason, reps), names in alike.items():
        where = "" if len(reps) == every else f" in repetition {', '.join(str(rep_number(rep)) for rep in reps)}"
        what = "trunk and arms" if len(names) == len(all_names) else "; ".join(map(_small, names))
        said.append(f"No largest moment of {what}{where}: {reason}.")
    return said


def moment_words(name: str, *, turned: bool = False) -> str:
    """A moment's name in words: `L5/S1 extension, from the ground up`, `elbow flexion, right`; `turned`, that of the
    moment the other way.
    """
    joint, _, rest = name.partition("_")
    action, _, way = rest.partition("_moment_")
    action = _OPPOSITE[action] if turned else action
    return f"{'L5/S1' if joint == 'lumbosacral' else joint.capitalize()} {action}{_WAYS.get(way, f', {way}')}"


def _small(name: str) -> str:
    words = moment_words(name)
    return words if words.startswith("L5") else words[0].lower() + words[1:]
