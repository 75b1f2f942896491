"""A recording of EMG alone: it shows no link of the chain, so its page speaks of muscles and of nothing else."""

from typing import TYPE_CHECKING

from legato.messages import BY_HAND
from legato.movements.contacts import CONTACTS
from legato.movements.electrodes import ELECTRODES, WHOLE
from legato.report.holds import rep_noun
from legato.report.muscle_pairs import none_compared
from legato.report.muscle_words import judged_lags, lag_sentence, muscle_headline, read_reps
from legato.report.words import by_foot, plural

if TYPE_CHECKING:
    from legato.analysis import Analysis


def only_emg(analysis: "Analysis") -> bool:
    """Whether the recording holds EMG and nothing that shows how the body moved."""
    return analysis.body.source == ELECTRODES


def unmarked(analysis: "Analysis") -> bool:
    """Whether it is moreover told as one stretch, as nobody marked a repetition."""
    return only_emg(analysis) and all(rep.reason == WHOLE for rep in analysis.reps)


def emg_headline(analysis: "Analysis") -> str:
    """The first two lines: a lag that was timed, else how many muscles fire and why none are compared."""
    if (of_muscles := muscle_headline(analysis)) is not None:
        return of_muscles
    found = analysis.muscles
    usable = () if found is None else found.usable
    heard = 0 if found is None else len(found.muscles)
    first = f"EMG: {len(usable)} of {plural(heard, 'channel')} can be used"
    marked = sum(1 for rep in analysis.reps if rep.complete)
    if unmarked(analysis):
        return (
            f"{first}; no repetition is marked.\nEMG alone shows no repetition, so nothing is compared: "
            f"add the motion file, or {BY_HAND}."
        )
    if not marked:
        told = f"{plural(len(analysis.reps), rep_noun(analysis))} {_told_by(analysis)}"
        reasons = "; ".join(dict.fromkeys(rep.reason or "cut off" for rep in analysis.reps))
        return f"{first}; of {told} none is whole.\nSo nothing is compared: {reasons}."
    read = [rep for rep in analysis.reps if rep.complete and rep.index in read_reps(analysis)]
    inside = sum(1 for muscle in usable for burst in muscle.bursts if burst.rep in {rep.index for rep in read})
    foot = f" of the {read[0].side} foot" if 0 < len(read) < marked and read[0].side else ""
    why = next((lag_sentence(analysis, lag) for lag in judged_lags(analysis)), "")
    if none_compared(analysis):
        why = (
            "No pair of muscles is compared, as the recording holds none of the pairs that Legato looks for; they are "
            "listed below."
        )
    told = f"{plural(len(read), rep_noun(analysis))}{foot} {_told_by(analysis)}"
    return f"{first} and hold {plural(inside, 'burst')} in {told}.\n{why}"


def _told_by(analysis: "Analysis") -> str:
    return "told by the file's foot contacts" if analysis.rep_driver == CONTACTS else "marked by hand"


def recorded(analysis: "Analysis") -> str:
    """`13.7 s, EMG at 2000 Hz`: what the recording holds instead of frames."""
    streams = analysis.recording.of_kind("emg")
    span_s = max((stream.duration_s for stream in streams), default=0.0)
    return f"{span_s:.1f} s, EMG at {emg_rates(analysis)}"


def emg_rates(analysis: "Analysis") -> str:
    """The sampling rates of the EMG: `2000 Hz`, or `1000 and 2000 Hz` where they differ."""
    rates = sorted({round(stream.rate_hz, 1) for stream in analysis.recording.of_kind("emg")})
    return f"{' and '.join(f'{rate:g}' for rate in rates)} Hz"


def reps_fact(analysis: "Analysis") -> str:
    """How many repetitions there are, and who says so."""
    marked = sum(1 for rep in analysis.reps if rep.complete)
    partial = len(analysis.reps) - marked
    if unmarked(analysis):
        return "none marked"
    feet = f" ({said})" if (said := by_foot([rep for rep in analysis.reps if rep.complete])) else ""
    return f"{marked}{feet}, {_told_by(analysis)}" + (f"; {partial} incomplete" if partial else "")
