"""The report's section on trunk and arms: the largest moments, and whether ground and body agree at L5/S1."""

from typing import TYPE_CHECKING

from legato.report.holds import in_own_words, rep_noun
from legato.report.lumbar_load import lumbar_load_html
from legato.report.side_by_side import column_heads, estimate_row, listed, side_by_side
from legato.report.whole_body_words import checked, moment_words, untold
from legato.report.words import rep_number

if TYPE_CHECKING:
    from legato.analysis import Analysis


def whole_body_html(analysis: "Analysis") -> str:
    """The section; empty where nothing was asked of trunk and arms."""
    whole = analysis.whole_body
    research = lumbar_load_html(analysis)
    if whole is None:
        return f'<section id="trunk"><h2>Trunk and arms</h2>{research}</section>' if research else ""
    noun = rep_noun(analysis)
    reps = list(dict.fromkeys(m.rep for m in whole.per_rep))
    rows: list[str] = []
    for name in dict.fromkeys(m.name for m in whole.per_rep):
        of_rep = {m.rep: m.peak for m in whole.per_rep if m.name == name}
        rows += estimate_row(moment_words(name), "N·m", [of_rep.get(rep) for rep in reps])
    meeting = {m.rep: m.moment_rms for m in whole.meetings}
    rows += estimate_row("L5/S1, both ways apart (root mean square)", "N·m", [meeting.get(rep) for rep in reps])
    table = side_by_side(column_heads([f"{noun.capitalize()} {rep_number(rep)}" for rep in reps]), rows) if rows else ""
    said = [*untold(whole.per_rep), *checked(whole), *whole.notes]
    notes = listed([in_own_words(analysis, line) for line in said])
    what = (
        in_own_words(
            analysis,
            '<p class="note">Largest net moments of each repetition, internal; below 0: the other way.</p>',
        )
        if rows
        else ""
    )
    return f'<section id="trunk"><h2>Trunk and arms</h2>{what}{table}{notes}{research}</section>'
