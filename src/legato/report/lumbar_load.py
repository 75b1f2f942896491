"""Compression and shear at L5/S1 as `result.json`, tables, terminal and page hold them: always marked as research."""

import re
from html import escape
from typing import TYPE_CHECKING, Any

from legato.report.holds import rep_noun
from legato.report.kinetics_record import of_reps
from legato.report.side_by_side import column_heads, estimate_row, listed, side_by_side
from legato.report.words import estimate_text, rep_number, sentence

if TYPE_CHECKING:
    from legato.analysis import Analysis
    from legato.kinetics.analyse import RepMoment
    from legato.recording import FloatArray

HEADING = "Research estimate: forces at L5/S1"

CAUTION = (
    "A model's estimate for research: no measurement, no verdict rests on it, and it says nothing about what is safe."
)

_WORDS = {"lumbosacral_compression": "Compression at L5/S1", "lumbosacral_shear": "Shear at L5/S1, forward positive"}

_COLUMN = {"lumbosacral_compression": "compression", "lumbosacral_shear": "shear"}

_UNTOLD = "L5/S1 is not known: that needs markers on the trunk and a movement whose load is known to be carried"


def lumbar_load_record(analysis: "Analysis") -> dict[str, Any] | None:
    """What `result.json` holds of it, estimates still as they are; None where it was not asked for."""
    if not analysis.settings.research:
        return None
    from legato.kinetics.lumbar_load import MODEL

    found = _per_rep(analysis)
    return {
        "research": True,
        "model": MODEL,
        "caution": CAUTION,
        "loads": [
            {
                "name": name,
                "per_rep": [
                    {"rep": m.rep, "peak": m.peak, "time_s": m.time_s, "reason": m.reason or None}
                    for m in found
                    if m.name == name
                ],
            }
            for name in dict.fromkeys(m.name for m in found)
        ],
        "reason": _reason(analysis) or None,
    }


def lumbar_load_columns(analysis: "Analysis") -> "dict[str, FloatArray]":
    """Each course, N, by the name of its column, which says that it is an estimate for research."""
    load = None if analysis.whole_body is None else analysis.whole_body.lumbar
    if load is None or all(m.peak is None for m in load.per_rep):
        return {}
    return {f"research_{name}_n": getattr(load, course) for name, course in _COLUMN.items()}


def lumbar_load_lines(analysis: "Analysis") -> list[str]:
    """What the terminal says: the median repetition's largest, what is not told and why, and what it is no use for."""
    if not analysis.settings.research:
        return []
    lines: list[str] = []
    for name, words in _WORDS.items():
        told = [m.peak for m in _per_rep(analysis) if m.name == name and m.peak is not None]
        told.sort(key=lambda peak: abs(peak.value))
        if told:
            middle = told[len(told) // 2]
            which = "; which way is not resolvable" if middle.holds(0.0) else ""
            lines.append(f"{words}: up to {estimate_text(middle, decimals=0)}{of_reps(len(told), '')}{which}")
    return [*lines, *_untold(analysis), CAUTION]


def lumbar_load_html(analysis: "Analysis") -> str:
    """The page's block; empty where it was not asked for."""
    if not analysis.settings.research:
        return ""
    from legato.kinetics.lumbar_load import MODEL

    found = _per_rep(analysis)
    reps = list(dict.fromkeys(m.rep for m in found if m.peak is not None))
    rows: list[str] = []
    for name, words in _WORDS.items():
        of_rep = {m.rep: m.peak for m in found if m.name == name}
        rows += estimate_row(words, "N", [of_rep.get(rep) for rep in reps]) if reps else []
    table = (
        side_by_side(column_heads([f"{rep_noun(analysis).capitalize()} {rep_number(rep)}" for rep in reps]), rows)
        if rows
        else ""
    )
    model = f'<p class="note">{escape(MODEL)}</p>'
    return f'<h3>{HEADING}</h3><p class="note">{CAUTION}</p>{table}{listed(_untold(analysis))}{model}'


def _per_rep(analysis: "Analysis") -> "tuple[RepMoment, ...]":
    whole = analysis.whole_body
    return () if whole is None or whole.lumbar is None else whole.lumbar.per_rep


def _reason(analysis: "Analysis") -> str:
    """Why nothing is told in any repetition, where that has one reason."""
    whole = analysis.whole_body
    if whole is None:
        return _UNTOLD if analysis.settings.mass_kg is not None else f"{_UNTOLD}, and --mass and --load"
    if whole.lumbar is None:
        return "; ".join(whole.notes)
    return ""


def _untold(analysis: "Analysis") -> list[str]:
    """What is not told, once a reason; both forces share theirs but where only one of them is told."""
    by_reason: dict[str, dict[int, list[str]]] = {}
    first: dict[str, str] = {}
    for m in _per_rep(analysis):
        if m.peak is None:
            # Repetitions that differ in their numbers only share a line, which tells those of the first.
            alike = re.sub(r"[\d.]+", "", m.reason)
            first.setdefault(alike, m.reason)
            by_reason.setdefault(first[alike], {}).setdefault(m.rep, []).append(_COLUMN[m.name])
    every = len({m.rep for m in _per_rep(analysis)})
    said: list[str] = []
    for reason, reps in by_reason.items():
        names = {name for names in reps.values() for name in names}
        what = "" if len(names) == len(_COLUMN) else f" of {names.pop()}"
        where = "" if len(reps) == every else f" in repetition {', '.join(str(rep_number(rep)) for rep in reps)}"
        said.append(sentence(f"Not told{what}{where}: {reason}"))
    reason = _reason(analysis)
    return [*said, *([sentence(f"Not told: {reason}")] if reason else [])]
