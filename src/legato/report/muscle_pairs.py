"""Which muscles are compared with which, why those, and why a pair is not there."""

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from legato.chain.muscle_windows import muscle_pairs
from legato.muscles import muscles as known_muscles
from legato.muscles.model import MuscleResult
from legato.muscles.pairs import USUAL_PAIRS, MusclePair, find_pairs
from legato.report.words import sentence

if TYPE_CHECKING:
    from legato.analysis import Analysis

_ROLES = {"trunk_brace": "trunk"}
"""Roles by what people call them; the others by their own name."""

NO_REP = "there is no whole repetition to compare them in"

_LEG = {"quadriceps", "hip_extensors", "hamstrings"}


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
        return sentence(f"no pair of muscles is compared: {NO_REP}")
    asked = (*muscle_pairs(analysis.movement.windows), *USUAL_PAIRS)
    pairs = ", ".join(dict.fromkeys(f"{_called(pair.first)} and {_called(pair.second)}" for pair in asked))
    usable = ", ".join(dict.fromkeys(muscle.name.split(" (")[0] for muscle in found.usable))
    return sentence(
        f"no pair of muscles is compared: Legato looks for {pairs}, on one side, and of these the recording holds no "
        f"pair that can be used. It holds {usable}; name a channel that is not known with --map"
    )


def _told(analysis: "Analysis") -> list[tuple[str, str, str]]:
    """Each pair once, in words, with who asks for it and what the recording holds of it."""
    of_windows = muscle_pairs(analysis.movement.windows)
    told: dict[str, tuple[str, str]] = {}
    for pair in (*of_windows, *USUAL_PAIRS):
        who = f"a window of {analysis.movement.name.lower()}" if pair in of_windows else "usual"
        told.setdefault(_words(pair), (who, _became(analysis, pair)))
    return [(pair, who, what) for pair, (who, what) in told.items()]


def _became(analysis: "Analysis", pair: MusclePair) -> str:
    """What was compared of a pair, by the lags that the result holds; else why nothing was."""
    held = () if analysis.muscles is None else analysis.muscles.muscles
    lags = () if analysis.muscles is None else analysis.muscles.lags
    compared = {frozenset(((lag.from_stream, lag.from_channel), (lag.to_stream, lag.to_channel))) for lag in lags}
    found = find_pairs(held, pair)
    told = [(x, y) for x, y in found if frozenset(((x.stream, x.channel), (y.stream, y.channel))) in compared]
    if told:
        return _arrows(told)
    if found:
        why = "" if any(rep.complete for rep in analysis.reps) else f": {NO_REP}"
        return f"not compared ({_arrows(found)}){why}"
    lacking = [why for names in (pair.first, pair.second) if (why := _lacking(held, names))]
    return "; ".join(lacking) or "recorded on different sides only, or by one channel for both"


def _arrows(pairs: Sequence[tuple[MuscleResult, MuscleResult]]) -> str:
    return "; ".join(f"{one.sided_name} → {two.sided_name}" for one, two in pairs)


def _lacking(held: Sequence[MuscleResult], names: Sequence[str]) -> str:
    fit = [muscle for muscle in held if muscle.muscle in names or muscle.roles & set(names)]
    if any(muscle.usable for muscle in fit):
        return ""
    if fit:
        return f"{', '.join(muscle.channel for muscle in fit)}: refused"
    return f"no channel of the {_called(names)}"


def _words(pair: MusclePair) -> str:
    return f"{_called(pair.first)} → {_called(pair.second)}"


def _called(names: Sequence[str]) -> str:
    if set(names) >= _LEG:
        return "leg"
    known = known_muscles()
    said = [known[name].name if name in known else _ROLES.get(name, name.replace("_", " ")) for name in names]
    return " or ".join(one.split(" (")[0] for one in said)
