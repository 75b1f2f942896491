"""What the lanes of the timeline are lined up at, and the target that may be drawn from there."""

from dataclasses import replace

from legato.analysis import Analysis
from legato.report.gap_cards import gap_cards, pill
from legato.report.lanes import line_up
from legato.report.page import report_html


def without_events_of(analysis: Analysis, name: str) -> Analysis:
    """The same analysis in which no event of a link could be resolved."""
    chain = analysis.chain
    assert chain is not None
    links = tuple(
        replace(link, per_rep=tuple(replace(e, time_s=None, value=None, reason="two peaks") for e in link.per_rep))
        if link.name == name
        else link
        for link in chain.links
    )
    return replace(analysis, chain=replace(chain, links=links))


def timeline_of(analysis: Analysis) -> str:
    """The lanes of the page, without the keys below."""
    return report_html(analysis).partition('class="timeline"')[2].partition('id="readout"')[0]


def test_a_target_is_drawn_from_the_first_link_of_its_gap(throw: Analysis) -> None:
    lanes = line_up(throw)
    assert lanes.primary is not None and lanes.aligned.startswith("pelvis")
    assert 'class="band"' in timeline_of(throw)
    assert "</i>target: " in report_html(throw)


def test_a_target_without_its_first_link_has_no_place_on_the_axis(throw: Analysis) -> None:
    assert throw.chain is not None
    primary = next(gap for gap in throw.chain.gaps if gap.primary)
    blind = without_events_of(throw, primary.from_link)
    lanes = line_up(blind)
    # Lined up by a mark of the repetition, from which no band was ever meant.
    assert lanes.primary is None and not lanes.aligned.startswith("pelvis")
    assert 'class="band"' not in timeline_of(blind)
    assert "</i>target: " not in report_html(blind)


def test_what_leaves_a_gap_open_is_explained_where_it_is_shown(throw: Analysis) -> None:
    chain = throw.chain
    assert chain is not None
    first = chain.gaps[0]

    def cards(verdict: str, grade: str) -> str:
        gap = replace(first, verdict=verdict, grade=grade, position=None if grade == "A" else "inside")
        return gap_cards(replace(throw, chain=replace(chain, gaps=(gap,))))

    open_band, no_source = "<b>Not resolvable</b>: there is a band", "<b>Not judged</b>: no source"
    assert open_band in cards("not-resolvable", "A") and no_source not in cards("not-resolvable", "A")
    assert no_source in cards("not-resolvable", "N") and open_band not in cards("not-resolvable", "N")
    assert open_band not in cards("ok", "A") and no_source not in cards("ok", "A")


def test_a_gap_without_a_band_is_not_judged_on_its_badge(throw: Analysis) -> None:
    chain = throw.chain
    assert chain is not None
    bare = replace(chain.gaps[0], verdict="not-resolvable", grade="", band_s=None, position="unresolved")
    assert "</span> not judged</span>" in pill(bare)
    assert "</span> not judged</span>" in pill(replace(bare, set_s=None))
    shown = gap_cards(replace(throw, chain=replace(chain, gaps=(bare,))))
    assert "<b>Not judged</b>" in shown and "not resolvable" not in shown.split("<details>")[0].lower()
