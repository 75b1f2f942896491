"""What the report says of holds, and what one repetition of each kind of movement is called."""

import re
from typing import TYPE_CHECKING

from legato.movements.model import Rep

if TYPE_CHECKING:
    from legato.analysis import Analysis

_NOUNS = {"hold": "hold", "stride": "stride", "pull": "pull", "plant": "cut"}

_REP = re.compile(r"\b(?:rep|repetition)(s?)\b")
"""One entry of `reps` in the words of the science rooms."""

_ENDINGS = {
    "failed": "failed, as the posture left its own start",
    "released": "released, as the position was given up",
    "ended": "ended; whether it failed or was given up cannot be told",
    "censored": "still held when the recording ends",
}


def rep_noun(analysis: "Analysis") -> str:
    """What one entry of `reps` is called: `rep`, `hold`, `stride`, `pull`, `cut`."""
    return _NOUNS.get(analysis.movement.cycle.anchor, "rep")


def in_own_words(analysis: "Analysis", text: str) -> str:
    """A reason of the science rooms, its repetitions called what this movement's are: `2 of 5 strides`."""
    noun = rep_noun(analysis)
    return text if noun == "rep" else _REP.sub(lambda found: f"{noun}{found[1]}", text)


def held_text(rep: Rep) -> str:
    """`42.1 s`, with `≥` where the recording ended first."""
    sign = "\u2265 " if rep.ending == "censored" else ""
    return f"{sign}{rep.end_s - rep.start_s:.1f} s"


def hold_line(rep: Rep) -> str:
    """One hold in words: `held 42.1 s: failed`."""
    side = f"{rep.side}, " if rep.side else ""
    return f"{side}held {held_text(rep)}: {_ENDINGS.get(rep.ending, rep.reason)}"


def hold_headline(analysis: "Analysis") -> str:
    """Two lines: how long each hold lasted and how it ended, then how far its posture drifted and swayed."""
    from legato.report.words import estimate_text, quantity_name, sentence

    name, reps = analysis.movement.name, analysis.reps
    if len(reps) == 1:
        first = f"{name}: {hold_line(reps[0])}."
    else:
        first = f"{name}: {len(reps)} holds of {', '.join(held_text(rep) for rep in reps)}."
    said: list[str] = []
    for spec in analysis.movement.metrics:
        if spec.kind in ("drift_rate", "sway"):
            known = [m[spec.name] for m in analysis.rep_metrics if spec.name in m]
            if known:
                said.append(f"{quantity_name(spec.name)} {', '.join(estimate_text(e) for e in known)}")
    none = "A hold has no order of links to judge."
    return f"{first}\n{sentence('; '.join(said))} {none}".replace("\n ", "\n")
