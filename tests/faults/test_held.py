"""A failed hold is followed until it is given up, and hips that shoot up are read from where the knees go."""

import numpy as np
import pytest

import legato
from legato.faults import held, rests
from legato.faults.held import KEPT, with_kept
from legato.faults.model import Measure, When
from legato.movements import load_movement
from legato.movements.drivers import Drive
from legato.movements.model import Rep, RepsResult
from legato.simulate import simulate

from .empty import empty_body


def rep(start_s: float, end_s: float, ending: str = "", index: int = 0) -> Rep:
    phases = [{"name": "work", "start_s": start_s, "end_s": end_s}]
    asked = {"index": index, "start_s": start_s, "end_s": end_s, "complete": True, "phases": phases, "ending": ending}
    return Rep.model_validate(asked)


@pytest.mark.parametrize(("ending", "end_s"), [("failed", 3.99), ("released", 2.0), ("ended", 2.0), ("censored", 2.0)])
def test_a_failed_hold_goes_on_until_it_is_given_up(monkeypatch: pytest.MonkeyPatch, ending: str, end_s: float):
    hands = np.where(np.arange(500) < 400, 0.7, 0.2)
    movement = load_movement("pallof-press")
    drive = Drive(hands, movement.drivers[0], "hands", "", 0.5)
    monkeypatch.setattr(held, "driven_reps", lambda *_: (drive, RepsResult((), "")))
    found = with_kept(empty_body(), movement, [rep(1.0, 2.0, ending), rep(4.5, 4.8, index=1)])
    kept = found[0].phase(KEPT)
    assert kept is not None and (kept.start_s, kept.end_s) == (1.0, pytest.approx(end_s))


def test_a_failed_hold_ends_before_the_next(monkeypatch: pytest.MonkeyPatch):
    movement = load_movement("pallof-press")
    drive = Drive(np.full(500, 0.7), movement.drivers[0], "hands", "", 0.5)
    monkeypatch.setattr(held, "driven_reps", lambda *_: (drive, RepsResult((), "")))
    kept = with_kept(empty_body(), movement, [rep(1.0, 2.0, "failed"), rep(3.0, 4.0, index=1)])[0].phase(KEPT)
    assert kept is not None and kept.end_s == 3.0


def test_a_ribcage_that_turns_away_is_found_though_it_ends_the_hold():
    turned = simulate("pallof-press", seed=4, reps=4, fault="ribcage-drift", fault_size=20.0)
    found = legato.analyze(turned.recording, "pallof-press")
    assert {rep.ending for rep in found.reps} == {"failed"}
    finding = next(f for f in found.findings if f.fault.id == "ribcage-drift")
    assert finding.verdict == "fault"
    assert finding.measured is not None and finding.measured.low < 20.0 < finding.measured.high + 1.0


@pytest.mark.parametrize("early_s", [0.0, 0.2, 0.5])
def test_the_outset_is_where_the_knees_set_off(monkeypatch: pytest.MonkeyPatch, early_s: float):
    """However late the load leaves the floor, and though the knees bend before."""
    t = np.arange(500) / 100.0
    x = np.clip((t - 2.0) / 1.0, 0.0, 1.0)
    knees = 80.0 - 70.0 * x * x * (3.0 - 2.0 * x) - 8.0 * np.clip(1.5 - t, 0.0, 1.0)
    monkeypatch.setattr(rests, "signal_of", lambda *_: np.radians(knees))
    until = When(signal="knee_flexion", side="mean", share=0.5)
    measure = Measure(signal="thorax_pitch", reading="above", within="work", at="outset", until=until)
    movement = load_movement("box-lift")
    found = rests.marked(empty_body(), movement, [rep(2.0 + early_s, 3.2)], "work", measure, "at", "part")
    part = found.reps[0].phase("part")
    assert not found.why and part is not None
    assert part.start_s == pytest.approx(2.07, abs=0.06) and found.reps[0].marks["at"] == part.start_s
    assert part.end_s == pytest.approx(2.5, abs=0.02)
