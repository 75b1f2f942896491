"""What of the EMG was refused and why, channel by channel and rep by rep, and what else a reader of it must know."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from legato.muscles.model import LagResult, MuscleResult
from legato.report.alike import told_once
from legato.report.emg_only import unmarked
from legato.report.holds import in_own_words, rep_noun
from legato.report.muscle_words import judged_lags, lag_names, lag_sentence, leading_lag, read_reps, same_pair
from legato.report.words import listed, plural, rep_number, sentence

if TYPE_CHECKING:
    from legato.analysis import Analysis

_LISTED = 4
"""Channels of one reason, or lines of one kind, that a terminal and the head of a page name before they count."""

_GAIN = "gain: "
"""What the gate's reason begins with where times stand and amplitudes do not."""

_AT = {"cross-correlation": "best fit of the envelopes"}
"""Events of a lag by what they are called in a list; the others by their own name."""


def muscle_lines(analysis: "Analysis") -> list[str]:
    """What a terminal shows: a sentence for each pair of muscles that the report does not lead with, then what was
    refused.
    """
    found = analysis.muscles
    if found is None:
        return []
    leading = leading_lag(analysis)
    usable, heard = len(found.usable), len(found.muscles)
    active = sum(1 for m in found.usable if m.bursts)
    lines = [f"{plural(heard, 'EMG channel')}, {usable} usable, {active} with bursts"]
    lines += [lag_sentence(analysis, lag) for lag in judged_lags(analysis) if lag is not leading]
    lines += [f"Refused: {text}" for text in refused_channels(found.muscles, _LISTED)]
    reps = refused_reps(analysis, told=[lag for lag in judged_lags(analysis) if lag.mean is not None])
    lines += [f"Refused: {text}" for text in reps[:_LISTED]]
    if len(reps) > _LISTED:
        lines.append(f"Refused: {len(reps) - _LISTED} more, see Quality in the report")
    return lines


def refused_channels(muscles: Sequence[MuscleResult], most: int | None = None) -> list[str]:
    """Channels that cannot be used, those of one reason on one line: which, why, what to do. With `most`, so many by
    name, and the first reason of each.
    """
    found: list[tuple[str, str]] = []
    for muscle in muscles:
        if not muscle.usable:
            reasons = muscle.reasons if most is None else muscle.reasons[:1]
            found.append((_named(muscle), "; ".join(reasons) or "not usable"))
    return [f"{_listed(names, most)}: {why}." for names, why in told_once(found)]


def _named(muscle: MuscleResult) -> str:
    return muscle.channel if muscle.muscle is None else f"{muscle.channel} ({muscle.label})"


def _listed(names: Sequence[str], most: int | None) -> str:
    if most is None or len(names) <= most:
        return ", ".join(names)
    return f"{', '.join(names[: most - 1])} and {len(names) - most + 1} more"


def silent_channels(muscles: Sequence[MuscleResult]) -> list[str]:
    """Channels that could be used and in which no burst was found, on one line."""
    silent = [_named(muscle) for muscle in muscles if muscle.usable and not muscle.bursts]
    return [", ".join(silent)] if silent else []


def refused_reps(analysis: "Analysis", told: Sequence[LagResult] | None = None) -> list[str]:
    """Every rep that was refused in a muscle, in which no burst of it could be timed, or in which a lag could not be
    told at whatever event (of those lags alone that are `told`), those of one reason on one line.
    """
    found = analysis.muscles
    if found is None:
        return []
    by_reason: dict[str, list[str]] = {}
    for muscle in found.usable:
        for reason, reps in _by_reason([*muscle.refused_reps, *_untimed(muscle)]):
            who = sentence(muscle.sided_name).rstrip(".")
            by_reason.setdefault(reason, []).append(_in_reps(analysis, who, reps))
    pairs = [[lag] for lag in told] if told is not None else [same_pair(analysis, lag) for lag in judged_lags(analysis)]
    for lags in pairs:
        between = " → ".join(lag_names(analysis, lags[0]))
        for reason, events in _untold(lags).items():
            # Where a muscle is refused, so is every lag from it: one line tells both.
            own = next((why for why in by_reason if reason.endswith(f" is refused: {why}")), reason)
            at = listed([_AT.get(event, event) for event in events])
            reps = dict.fromkeys(rep for of_event in events.values() for rep in of_event)
            by_reason.setdefault(own, []).append(_in_reps(analysis, f"lag {between} at the {at}", list(reps)))
    return [sentence(in_own_words(analysis, f"{'; '.join(ones)}: {why}")) for why, ones in by_reason.items()]


def lag_refusals(analysis: "Analysis", lag: LagResult) -> list[str]:
    """Reps that were not timed, by reason: `Reps 2, 5: no burst in this repetition.`"""
    return [
        f"{_in_reps(analysis, '', reps)}: {sentence(in_own_words(analysis, why))}"
        for why, reps in _by_reason(lag.refused)
    ]


def _by_reason(refused: Iterable[tuple[int, str]]) -> list[tuple[str, list[int]]]:
    found: dict[str, list[int]] = {}
    for rep, reason in refused:
        found.setdefault(reason or "no reason given", []).append(rep)
    return list(found.items())


def _untimed(muscle: MuscleResult) -> list[tuple[int, str]]:
    """Reps that hold bursts of a muscle of which none has a centre."""
    refused = dict(muscle.refused_reps)
    reps = dict.fromkeys(burst.rep for burst in muscle.bursts if burst.rep is not None and burst.rep not in refused)
    found: list[tuple[int, str]] = []
    for rep in reps:
        bursts = muscle.in_rep(rep)
        if all(burst.centre is None for burst in bursts):
            why = "; ".join(dict.fromkeys(burst.reason for burst in bursts if burst.reason))
            found.append((rep, f"burst found, not timed: {why}" if why else "burst found, not timed"))
    return found


def _untold(lags: Sequence[LagResult]) -> dict[str, dict[str, list[int]]]:
    """The reps of a pair that were not timed, by reason and event."""
    found: dict[str, dict[str, list[int]]] = {}
    for lag in lags:
        for reason, reps in _by_reason(lag.refused):
            found.setdefault(reason, {})[lag.at] = reps
    return found


def _in_reps(analysis: "Analysis", who: str, reps: Sequence[int]) -> str:
    """`Soleus, reps 2, 3`; no number where the recording is one stretch."""
    if unmarked(analysis):
        return who
    noun = rep_noun(analysis)
    numbers = f"{noun if len(reps) == 1 else f'{noun}s'} {', '.join(str(rep_number(rep)) for rep in sorted(reps))}"
    whole = {rep.index for rep in analysis.reps if rep.complete} & read_reps(analysis)
    if len(whole) > 2 and whole <= set(reps):
        numbers = f"all {noun}s"
    return f"{who}, {numbers}" if who else sentence(numbers).rstrip(".")


def wrong_gains(analysis: "Analysis", most: int | None = None) -> list[str]:
    """Channels whose volts cannot be right, though their times stand, those of one reason on one line."""
    found = () if analysis.muscles is None else analysis.muscles.usable
    said = [(m.channel, why.removeprefix(_GAIN)) for m in found for why in m.reasons if why.startswith(_GAIN)]
    return [f"Wrong gain or unit in {_listed(names, most)}: {why}." for names, why in told_once(said)]


def shared_signals(analysis: "Analysis", most: int | None = None) -> list[str]:
    """Channels that share signal, the strongest first, and what that does, as one sentence; none where none do. With
    `most`, so many pairs by name, and of all those that a lag is told from or that are refused.
    """
    found = () if analysis.muscles is None else analysis.muscles.muscles
    names = {(m.stream, m.channel): m for m in found}
    lags = () if analysis.muscles is None else analysis.muscles.lags
    compared = {end for x in lags for end in ((x.from_stream, x.from_channel), (x.to_stream, x.to_channel))}
    shares: dict[frozenset[tuple[str, str]], tuple[float, tuple[str, str]]] = {}
    for muscle in analysis.muscles.usable if analysis.muscles is not None else ():
        for channel, share in muscle.shared:
            other = names.get((muscle.stream, channel))
            ends = frozenset(((muscle.stream, muscle.channel), (muscle.stream, channel)))
            if other is not None and ends not in shares and (most is None or not other.usable or ends & compared):
                shares[ends] = share, (_called(muscle), _called(other))
    if not shares:
        return []
    ordered = sorted(shares.values(), key=lambda one: -one[0])
    pairs = [f"{one} with {two} {100.0 * share:.0f} %" for share, (one, two) in ordered]
    if most is not None and len(pairs) > most:
        pairs = [*pairs[:most], plural(len(pairs) - most, "more pair")]
    does = "It draws their times together: lags allow for it or are refused; move the electrodes."
    return [f"Crosstalk (share of power in common): {'; '.join(pairs)}. {does}"]


def _called(muscle: MuscleResult) -> str:
    return muscle.channel if muscle.muscle is None else muscle.sided_name
