"""Two sessions in one replay: it opens on the reps that both are lined up in, and says where an event is missing."""

from dataclasses import replace

import pytest
from playwright.sync_api import Page

from legato.analysis import Analysis
from legato.store import Catalogue
from legato.web.replay import replay_bytes
from legato.web.replay.pack import unpacked

from .harness import axe
from .replays import ROOT, kept, ready

SHIFT = f"() => {ROOT}.legato.shift()"


def without_events(analysis: Analysis, rep: int) -> Analysis:
    """As of a recording in which no event of a link was timed in a rep."""
    chain = analysis.chain
    assert chain is not None
    links = tuple(
        replace(
            link, per_rep=tuple(replace(e, time_s=None, reason="noise") if e.rep == rep else e for e in link.per_rep)
        )
        for link in chain.links
    )
    return replace(analysis, chain=replace(chain, links=links))


def test_two_sessions_open_on_the_reps_that_were_timed_and_fall_back_to_the_start(
    live: str, tab: Page, library: Catalogue, squat: Analysis
):
    other = without_events(squat, 0)
    one, two = (kept(library, of, f"Squats {k}", {}) for k, of in enumerate((squat, other)))
    now, then = (unpacked(replay_bytes(of))[0] for of in (squat, other))
    tab.goto(f"{live}/sessions/{one}/compare?with={two}")
    ready(tab, film=False)
    first, room = now["reps"][0], 0.15 * (now["reps"][0]["end"] - now["reps"][0]["start"])
    assert tab.evaluate(f"() => {ROOT}.legato.charts.view") == pytest.approx(
        [max(now["start_s"], first["start"] - room), first["end"] + room], abs=1e-6
    )
    # Its first rep was not timed: the second is lined up with this one's first.
    assert tab.locator(".overlay select[name=other-rep]").input_value() == "1"
    assert tab.evaluate(SHIFT) == pytest.approx(now["references"]["0"] - then["references"]["1"], abs=1e-6)
    told = tab.locator(".overlay .unknown-event")
    assert told.is_hidden()
    tab.locator(".overlay select[name=other-rep]").select_option("0")
    assert told.is_visible() and "they are lined up at their start" in (told.text_content() or "")
    assert tab.evaluate(SHIFT) == pytest.approx(first["start"] - then["reps"][0]["start"], abs=1e-6)
    tab.locator(".overlay select[name=event]").select_option("start")
    assert told.is_hidden()
    axe(tab)
