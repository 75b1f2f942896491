"""Which muscles are compared with which, why those, and why a pair is not there."""

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from legato.muscles.pairs import NO_REP, AskedPair, called
from legato.report.holds import in_own_words
from legato.report.muscle_words import muscle_of
from legato.report.words import sentence

if TYPE_CHECKING:
    from legato.analysis import Analysis


def pairs_html(analysis: "Analysis") -> str:
    """Why no pair is compared, where none is; then every pair that was asked for, who asks, and what became of it."""
    rows = "".join(
        f'<tr><th scope="row">{escape(pair)}</th><td>{escape(who)}</td><td class="why">{escape(what)}</td></tr>'
        for pair, who, what in _told(analysis)
    )
    head = "<tr><th>Pair</th><th>Asked for by</th><th class=why>In this recording</th></tr>"
    note = (
        '<p class="note">A pair is compared where both muscles are recorded on one side and can be used. The usual '
        "pairs run from the ground up; they are a choice of what is shown ([ENG]), and no band belongs to them. Leg: "
        "the first of quadriceps, hip extensors and hamstrings that is recorded.</p>"
    )
    table = f'<div class="scroll"><table class="words"><thead>{head}</thead><tbody>{rows}</tbody></table></div>'
    none = f"<p>{escape(said)}</p>" if (said := none_compared(analysis)) else ""
    return f"{none}<details><summary>Which pairs are compared, and why those</summary>{note}{table}</details>"


def none_compared(analysis: "Analysis") -> str:
    """The sentence that says why no pair of muscles is compared; empty where one is, or where there is no EMG."""
    found = analysis.muscles
    if found is None or not found.usable or found.lags:
        return ""
    if not any(rep.complete for rep in analysis.reps):
        return sentence(in_own_words(analysis, f"no pair of muscles is compared: {NO_REP}"))
    pairs = ", ".join(
        dict.fromkeys(f"{called(asked.pair.first)} and {called(asked.pair.second)}" for asked in found.asked)
    )
    usable = ", ".join(dict.fromkeys(muscle.name.split(" (")[0] for muscle in found.usable))
    return sentence(
        f"no pair of muscles is compared: Legato looks for {pairs}, on one side, and of these the recording holds no "
        f"pair that can be used. It holds {usable}; name a channel that is not known with --map"
    )


def _told(analysis: "Analysis") -> list[tuple[str, str, str]]:
    """Each pair once, in words, with who asks for it and what the recording holds of it."""
    told: dict[str, tuple[str, str]] = {}
    for asked in () if analysis.muscles is None else analysis.muscles.asked:
        who = "usual" if asked.usual else f"a window of {analysis.movement.name.lower()}"
        words = f"{called(asked.pair.first)} → {called(asked.pair.second)}"
        told.setdefault(words, (who, _became(analysis, asked)))
    return [(pair, who, what) for pair, (who, what) in told.items()]


def _became(analysis: "Analysis", asked: AskedPair) -> str:
    """What was compared of a pair, else why nothing was."""
    if not asked.compared:
        return in_own_words(analysis, asked.reason)
    return "; ".join(" → ".join(_names(analysis, pair)) for pair in asked.compared)


def _names(analysis: "Analysis", pair: Sequence[tuple[str, str]]) -> list[str]:
    found = [(channel, muscle_of(analysis, stream, channel)) for stream, channel in pair]
    return [channel if muscle is None else muscle.sided_name for channel, muscle in found]
