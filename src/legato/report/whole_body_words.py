"""Words for the moments of trunk and arms."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from legato.report.words import rep_number

if TYPE_CHECKING:
    from legato.kinetics.analyse import RepMoment
    from legato.kinetics.lumbar import Meeting

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
        said += [f"{words} (repetition {numbers}): {those[0].reason}."] if those else []
    if said:
        return said
    most = max((m.moment_rms.value for m in seen if m.moment_rms is not None), default=None)
    return [] if most is None else [f"Ground and body agree at L5/S1 within {most:.0f} N·m (root mean square)."]


def untold(moments: "Sequence[RepMoment]") -> list[str]:
    """What is told in no repetition, and why, once a reason."""
    told = {m.name for m in moments if m.peak is not None}
    by_reason: dict[str, list[str]] = {}
    for name in dict.fromkeys(m.name for m in moments if m.name not in told):
        reason = next(m.reason for m in moments if m.name == name)
        by_reason.setdefault(reason, []).append(moment_words(name))
    return [f"No largest moment of {'; '.join(names)}: {reason}." for reason, names in by_reason.items()]


def moment_words(name: str, *, turned: bool = False) -> str:
    """A moment's name in words: `L5/S1 extension, from the ground up`, `elbow flexion, right`; `turned`, that of the
    moment the other way.
    """
    joint, _, rest = name.partition("_")
    action, _, way = rest.partition("_moment_")
    action = _OPPOSITE[action] if turned else action
    return f"{'L5/S1' if joint == 'lumbosacral' else joint.capitalize()} {action}{_WAYS.get(way, f', {way}')}"
