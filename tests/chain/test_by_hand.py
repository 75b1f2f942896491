"""Events that a person read: what moves the machine's event moves the mark, and what is not known is not left out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from legato.body import build_body
from legato.body.model import Body
from legato.chain import analyse_chain
from legato.chain.model import ChainResult, LinkEvent
from legato.faults.model import Lead
from legato.faults.quantities import lead_chain
from legato.movements import find_reps, load_movement
from legato.movements.link_spec import LinkRead
from legato.movements.model import Movement, Rep
from legato.simulate import simulate

SURE_S = 1e-4
"""A reader who says to err next to nothing."""

BOTH = ("pelvis", "thorax")


@dataclass(frozen=True)
class Throws:
    """Throws with the lag of thorax after pelvis in each, s, and the chain of their repetitions."""

    body: Body
    movement: Movement
    reps: Sequence[Rep]
    lags_s: Sequence[float]

    def chain(self, *reads: LinkRead) -> ChainResult:
        return analyse_chain(self.body, self.movement, self.reps, by_hand=reads)

    def read_as_timed(self, links: Sequence[str], reps: Sequence[int] = range(4)) -> ChainResult:
        """The same with the machine's own marks set by a person who errs next to nothing."""
        found = self.chain()
        at = {(link, k): peaks(found, link)[k].time_s for link in links for k in reps}
        return self.chain(*(LinkRead(k, link, "peak", e.value, SURE_S) for (link, k), e in at.items() if e is not None))


def throws(**settings: Any) -> Throws:
    made = simulate("throw", reps=4, lag_s=0.030, **settings)
    movement, body = load_movement("throw"), build_body(made.recording)
    reps = find_reps(body, movement, made.recording).reps
    events = [rep["events"] for rep in made.truth["reps"]]
    lags = [e["thorax_axial_velocity"]["peak_s"] - e["pelvis_axial_velocity"]["peak_s"] for e in events]
    return Throws(body, movement, reps, lags)


def peaks(chain: ChainResult, link: str) -> tuple[LinkEvent, ...]:
    (events,) = (one.per_rep for one in chain.links if (one.name, one.event) == (link, "peak"))
    return events


def halves(chain: ChainResult, link: str) -> list[float]:
    return [e.time_s.half_width for e in peaks(chain, link) if e.time_s is not None]


@pytest.fixture(scope="module")
def noisy() -> Throws:
    """Markers that jump by 3 mm: noise makes most of every interval."""
    return throws(rate_hz=250.0, seed=104, noise_m=0.003)


def test_a_mark_that_is_confirmed_is_no_surer_for_it(noisy: Throws) -> None:
    before, after = noisy.chain(), noisy.read_as_timed(BOTH)
    for link in BOTH:
        own, read = halves(before, link), halves(after, link)
        assert len(own) == len(read) == 4
        assert np.greater_equal(read, own).all()
    own, read = ([g.gap_s.half_width for g in c.primary.per_rep if g.gap_s] for c in (before, after) if c.primary)
    assert np.greater_equal(read, own).all()


def test_gaps_of_marks_read_off_the_noisy_curve_hold_the_truth() -> None:
    held: list[bool] = []
    for seed in range(100, 106):
        made = throws(rate_hz=250.0, seed=seed, noise_m=0.003)
        gap = made.read_as_timed(BOTH).primary
        assert gap is not None
        held += [g.gap_s.low <= made.lags_s[g.rep] <= g.gap_s.high for g in gap.per_rep if g.gap_s is not None]
    # 90 % of 24, less two standard errors of 6 points.
    assert len(held) == 24 and np.mean(held) >= 0.78


def test_where_the_machine_tells_none_soft_tissue_and_noise_stand_in_the_interval_all_the_same(noisy: Throws) -> None:
    slow = throws(rate_hz=30.0, seed=104, noise_m=0.003)
    assert all(e.time_s is None and "frames a second" in e.reason for e in peaks(slow.chain(), "thorax"))
    at = {rep.index: peaks(noisy.chain(), "thorax")[rep.index].time_s for rep in slow.reps}
    after = slow.chain(*(LinkRead(k, "thorax", "peak", e.value, SURE_S) for k, e in at.items() if e is not None))
    assert all(e.by_hand for e in peaks(after, "thorax"))
    sample = 1.645 * 0.5 / 3.0**0.5 / 30.0
    assert min(halves(after, "thorax")) > np.hypot(sample, min(halves(noisy.chain(), "thorax")))


def test_a_reader_s_error_in_half_of_the_set_is_not_taken_for_a_drift(noisy: Throws) -> None:
    def apart(reps: Sequence[int]) -> list[float]:
        at = [peaks(noisy.chain(), "thorax")[k].time_s for k in reps]
        reads = [LinkRead(k, "thorax", "peak", e.value, 0.030) for k, e in zip(reps, at, strict=True) if e]
        gap = noisy.chain(*reads).primary
        return [] if gap is None else [g.own_sd_s for g in gap.per_rep]

    half, whole = apart([2, 3]), apart([0, 1, 2, 3])
    # ±30 ms at 90 % is 18 ms (SD); half of it sets each half apart from the mean.
    assert half == pytest.approx(np.hypot(whole, 0.5 * 0.030 / 1.645), rel=0.05)


@pytest.mark.parametrize(("within", "follows"), [("forward", True), ("load", False)])
def test_a_fault_s_pair_takes_the_mark_of_its_own_phase_only(noisy: Throws, within: str, follows: bool) -> None:
    chain = {link.name: link for link in noisy.movement.chain}
    links = [{"name": n, "quantity": chain[n].quantity, "side": chain[n].side} for n in BOTH]
    lead = Lead.model_validate({"from": links[0], "to": links[1], "event": "peak", "within": within})
    gone = LinkRead(1, "thorax", "peak", None)
    found = lead_chain(noisy.body, noisy.movement, noisy.reps, {"own": lead}, level=0.9, by_hand=[gone])["own"]
    assert isinstance(found, ChainResult)
    (events,) = (one.per_rep for one in found.links if one.name == "thorax")
    assert events[1].by_hand is follows
