"""The chain's reasons as a coach would say them, and the refusals of a set counted by cause."""

from collections import Counter
from collections.abc import Sequence

_SAID = {
    "so ok is impossible with this recording": "so it cannot be shown to lie inside the band with this recording",
    "two candidates are too alike to tell apart": "two peaks of nearly the same height",
    "it lies at the edge of its phase": "the event lies at the very start or end of the phase",
    "a rigid marker plate or a faster movement": "a faster movement",
}
"""What the chain says, and the words of the report for it."""

_CAUSES = {
    "it lies at the edge of its phase": "at the very start or end of the phase",
    "marker noise hides it": "marker noise",
    "two candidates are too alike to tell apart": "two peaks of nearly the same height",
    "it leans on filled-in markers": "filled-in markers",
    "markers are missing there": "missing markers",
    "it comes and goes with the filter": "unsteady with the filter",
    "frames a second are too few": "too few frames a second",
}
"""The causes of a refusal in a list, by what the chain's reason holds."""


def coached(reason: str) -> str:
    """The reason in the report's words."""
    for theirs, ours in _SAID.items():
        reason = reason.replace(theirs, ours)
    return reason


def refusal_counts(reasons: Sequence[str]) -> str:
    """Refused reps by link and cause, the most common first: `hip at the very start or end of the phase 2, knee
    marker noise 1`; empty where all have one cause, or one that the chain does not name.
    """
    causes: list[str] = []
    for reason in reasons:
        link, colon, why = reason.partition(": ")
        cause = next((ours for theirs, ours in _CAUSES.items() if theirs in why), "")
        if colon and cause:
            causes.append(f"{link}: {cause}")
    counts = Counter(causes).most_common()
    if len(counts) < 2:
        return ""
    return ", ".join(f"{cause} ({count}×)" for cause, count in counts)
