"""The events on the replay's clock: those of the chain's links and of the muscles' bursts, each with its interval."""

from typing import TYPE_CHECKING, Any

from legato.estimate import Estimate
from legato.report.words import event_noun, link_name

if TYPE_CHECKING:
    from legato.analysis import Analysis


def marks_of(analysis: "Analysis") -> list[dict[str, Any]]:
    """One entry an event that was timed: `kind` is `link` or `muscle`, `of` the name of what it is an event of, `id`
    the signal that it belongs to, `t`, `low` and `high` in s of the recording.
    """
    found: list[dict[str, Any]] = []
    for link in () if analysis.chain is None else analysis.chain.links:
        noun = event_noun(link.event, link.quantity)
        found += [
            _mark("link", f"rate:{link.name}", link_name(link.name), link.event, noun, event.rep, event.time_s)
            for event in link.per_rep
            if event.time_s is not None
        ]
    for muscle in () if analysis.muscles is None else analysis.muscles.usable:
        signal = f"emg:{muscle.stream}:{muscle.channel}"
        found += [
            _mark("muscle", signal, muscle.label, event, f"burst {event}", burst.rep, time)
            for burst in muscle.bursts
            if burst.rep is not None and burst.main
            for event in ("onset", "centre", "offset")
            if (time := burst.time(event)) is not None
        ]
    return found


def _mark(kind: str, signal: str, of: str, event: str, noun: str, rep: int, time: Estimate) -> dict[str, Any]:
    return {
        "kind": kind,
        "id": signal,
        "of": of,
        "event": event,
        "noun": noun,
        "rep": rep,
        "t": round(time.value, 5),
        "low": round(time.low, 5),
        "high": round(time.high, 5),
    }
