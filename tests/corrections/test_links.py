"""Events of links set by hand: the mark moves, what hangs on it follows, and undone all is as before."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from legato import analyze
from legato.analysis import Analysis
from legato.chain import analyse_chain
from legato.chain.by_hand import LEAST_READING_S, READING_SHARE
from legato.chain.model import ChainResult, GapResult, LinkEvent
from legato.corrections import Outcome, correct_links, correct_recording, correct_reps, read_corrections, without_unseen
from legato.recording import InputFile, Recording
from legato.report import to_json
from legato.report.corrections import correction_line
from legato.simulate import simulate

SHA = "5a" * 32


@dataclass(frozen=True)
class Corrected:
    """The chain after corrections, and what became of those."""

    chain: ChainResult
    corrections: tuple[Outcome, ...]


Run = Callable[..., Corrected]


@pytest.fixture(scope="module")
def throws() -> Recording:
    """Four throws at 250 Hz whose thorax peaks 30 ms after the pelvis."""
    made = simulate("throw", rate_hz=250.0, reps=4, seed=5, lag_s=0.030).recording
    return replace(made, inputs=(InputFile("throw.c3d", SHA, "c3d", tuple(s.name for s in made.streams)),))


@pytest.fixture(scope="module")
def whole(throws: Recording) -> Analysis:
    """The whole analysis, nothing corrected."""
    return analyze(throws, "throw")


@pytest.fixture(scope="module")
def found(whole: Analysis) -> Corrected:
    """What it found."""
    assert whole.chain is not None
    return Corrected(whole.chain, ())


@pytest.fixture(scope="module")
def run(throws: Recording, whole: Analysis) -> Run:
    """The chain with these corrections; nothing else is analysed."""

    def analysed(*corrections: dict[str, Any]) -> Corrected:
        given = read_corrections({"sha256": SHA, "correction": list(corrections)})
        _, settled = correct_recording(throws, given)
        reps, outcomes = correct_reps(whole.body, whole.movement, whole.reps, given, settled)
        reads, outcomes = correct_links(whole.movement, reps, outcomes)
        chain = analyse_chain(whole.body, whole.movement, reps, by_hand=reads)
        return Corrected(chain, without_unseen(outcomes, chain.unseen))

    return analysed


def event(of: Corrected, link: str, rep: int, kind: str = "peak") -> LinkEvent:
    (events,) = (one.per_rep for one in of.chain.links if (one.name, one.event) == (link, kind))
    return events[rep]


def primary(of: Corrected) -> GapResult:
    assert of.chain.primary is not None
    return of.chain.primary


def moved(found: Corrected, link: str, rep: int, by_s: float, **more: Any) -> dict[str, Any]:
    """The correction that moves a mark of a repetition."""
    at = event(found, link, rep).time_s
    assert at is not None
    named = {"do": "set-link-event", "at_s": at.value, "link": link, "event": "peak"}
    return named | {"time_s": at.value + by_s} | more


def gap(of: Corrected, rep: int) -> Any:
    return primary(of).per_rep[rep].gap_s


def test_a_mark_set_20_ms_later_moves_the_gap_by_20_ms(found: Corrected, run: Run):
    second = primary(found).to_link
    after = run(moved(found, second, 1, 0.020))
    assert [one.state for one in after.corrections] == ["applied"]
    read, own = event(after, second, 1), event(found, second, 1)
    assert read.by_hand and not own.by_hand and read.time_s is not None and own.time_s is not None
    assert read.time_s.value == pytest.approx(own.time_s.value + 0.020, abs=1e-5)
    # A gap is timed at one cut-off for both links, a mark at its own: they agree within what that makes of a peak.
    first = event(found, primary(found).from_link, 1).time_s
    assert first is not None
    assert gap(after, 1).value == pytest.approx(read.time_s.value - first.value, abs=2e-3)
    assert gap(after, 1).value - gap(found, 1).value == pytest.approx(0.020, abs=2e-3)
    one_more = run(moved(found, second, 1, 0.040))
    assert gap(one_more, 1).value - gap(after, 1).value == pytest.approx(0.020, abs=1e-5)
    for rep in (0, 2, 3):
        assert gap(after, rep).value == gap(found, rep).value
    change = primary(after).set_s.value - primary(found).set_s.value  # type: ignore[union-attr]
    assert change == pytest.approx(0.020 / 4, abs=1e-3)


def test_the_whole_result_follows_and_without_the_correction_is_as_it_was_bit_for_bit(
    throws: Recording, whole: Analysis, found: Corrected, run: Run
):
    entry = moved(found, primary(found).to_link, 1, 0.020)
    after = analyze(throws, "throw", corrections={"sha256": SHA, "correction": [entry]})
    assert after.chain == run(entry).chain
    assert after.to_dict()["corrections"][0]["state"] == "applied"
    assert to_json(analyze(throws, "throw", corrections={"sha256": SHA})) == to_json(whole)


def test_the_interval_holds_what_the_reader_may_err(whole: Analysis, found: Corrected, run: Run):
    second = primary(found).to_link
    told = run(moved(found, second, 1, 0.0, error_s=0.025))
    read = event(told, second, 1).time_s
    assert read is not None
    # Soft tissue moves what is looked at too, and half a sample is 2 ms.
    assert 0.025 <= read.half_width < 0.030
    assert gap(told, 1).half_width > 0.025
    by_default = event(run(moved(found, second, 1, 0.0)), second, 1).time_s
    assert by_default is not None
    rep = whole.reps[1]
    assert LEAST_READING_S <= by_default.half_width < READING_SHARE * (rep.end_s - rep.start_s) + 0.01


def test_a_reader_who_errs_alike_in_every_repetition_is_not_averaged_away(found: Corrected, run: Run):
    second = primary(found).to_link
    every = run(*(moved(found, second, rep, 0.0, error_s=0.025) for rep in range(4)))
    assert primary(every).n == 4 and primary(every).set_s is not None
    assert primary(every).set_s.half_width >= 0.025  # type: ignore[union-attr]


def test_an_event_that_is_not_there_has_no_time_and_no_gap(found: Corrected, run: Run):
    second = primary(found).to_link
    named = {k: v for k, v in moved(found, second, 2, 0.0).items() if k != "time_s"} | {"do": "delete-link-event"}
    after = run(named)
    gone = event(after, second, 2)
    assert gone.by_hand and gone.time_s is None and "by hand" in gone.reason
    assert gap(after, 2) is None and primary(after).n == 3
    assert any("set by hand" in note for note in after.chain.notes)


def test_verdict_and_order_follow(found: Corrected, run: Run):
    second = primary(found).to_link
    assert primary(found).verdict == "ok"
    after = run(*(moved(found, second, rep, -0.090, error_s=0.005) for rep in range(4)))
    assert primary(after).verdict == "fault"
    assert after.chain.order != found.chain.order


def wrong(found: Corrected) -> Iterator[tuple[dict[str, Any], str]]:
    good = moved(found, primary(found).to_link, 1, 0.0)
    yield good | {"link": "tail"}, "has no link tail"
    yield good | {"event": "zero"}, "no zero"
    yield good | {"at_s": 0.001}, "no repetition at"
    yield good | {"time_s": good["time_s"] + 3.0}, "lies outside the repetition"
    yield good | {"sha256": "ab" * 32}, "another file"


def test_what_does_not_fit_says_why_and_changes_nothing(found: Corrected, run: Run):
    entries = list(wrong(found))
    after = run(*(entry for entry, _ in entries))
    assert {one.state for one in after.corrections} == {"no-longer-fits"}
    for (_, said), outcome in zip(entries, after.corrections, strict=True):
        assert said in outcome.reason
    assert after.chain == found.chain


def test_of_two_for_one_event_the_lower_one_holds(found: Corrected, run: Run):
    second = primary(found).to_link
    both = run(moved(found, second, 1, 0.050), moved(found, second, 1, 0.020))
    assert gap(both, 1) == gap(run(moved(found, second, 1, 0.020)), 1)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"link": "hip", "event": "zero", "time_s": 3.5}, "set link event hip turning point at 2.00 s, to 3.500 s"),
        ({"link": "upper_arm", "event": "offset", "time_s": 3.5}, "set link event upper arm end at 2.00 s, to 3.500 s"),
        (
            {"do": "delete-link-event", "link": "lumbar", "event": "peak"},
            "delete link event lumbar spine peak at 2.00 s",
        ),
    ],
)
def test_the_history_names_links_and_events_as_the_page_does(more: dict[str, Any], said: str):
    entry = {"do": "set-link-event", "at_s": 2.0} | more
    given = read_corrections({"sha256": SHA, "correction": [entry]})
    assert correction_line(Outcome(given.correction[0], "applied")) == said


def test_an_event_that_nothing_shows_cannot_be_set(whole: Analysis, found: Corrected):
    second = primary(found).to_link
    given = read_corrections({"sha256": SHA, "correction": [moved(found, second, 1, 0.0)]})
    outcomes = (Outcome(given.correction[0], "applied"),)
    reads, outcomes = correct_links(whole.movement, whole.reps, outcomes)
    blind = replace(whole.body, segments={k: v for k, v in whole.body.segments.items() if k != second}, angles={})
    chain = analyse_chain(blind, whole.movement, whole.reps, by_hand=reads)
    (outcome,) = without_unseen(outcomes, chain.unseen)
    assert outcome.state == "no-longer-fits" and outcome.reason
    assert not any("set by hand" in note for note in chain.notes)
