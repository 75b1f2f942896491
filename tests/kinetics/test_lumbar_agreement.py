"""Lifters and plates that are no further off than they are known to be are seldom said not to agree at L5/S1."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import legato
from legato.body import build_body
from legato.forces.analyse import RepSpan, analyse_forces
from legato.forces.feet import FootPath
from legato.kinetics.analyse import PRESSURE_SD_M
from legato.kinetics.ground import FootLoad
from legato.kinetics.loads import MASS_SD, Carrying, Load, carried_load
from legato.kinetics.lumbar import GROUND_SCALE_SD, lumbar_from_below, meet
from legato.kinetics.segments import MovingBody, moving_segments
from legato.kinetics.top_down import lumbar_from_above
from legato.kinetics.whole_body import (
    NOT_AGREEING,
    WholeBody,
    analyse_whole_body,
    difference_sd,
)
from legato.movements import find_reps, load_movement
from legato.recording import Recording, Span
from legato.simulate import simulate, with_plates

from .trials import drawn

LEGS = ["pelvis", *(f"{part}_{side}" for part in ("thigh", "shank", "foot") for side in ("right", "left"))]
DRAWS = 60


def states(moving: MovingBody, load: Load, spans: Sequence[RepSpan], plates_off_m: float) -> Counter[str]:
    """Verdicts on lifters who differ from the tables, on plates that err as plates do and lie so far beside."""
    above = lumbar_from_above(moving, load)
    thorax = moving.get("thorax")
    assert thorax is not None
    centre = thorax.joint_m
    force = sum((s.push for s in moving.segments), np.zeros_like(centre)) + load.push
    upper = [segment.name for segment in moving.beyond("thorax")]
    spin = sum((s.spin for s in moving.segments), np.zeros_like(centre))
    rng = np.random.default_rng(11)
    found: Counter[str] = Counter()
    for _ in range(DRAWS):
        place = load.place_m + load.place_sd_m * rng.normal(size=3) - centre
        held = np.cross(place, load.push * (1.0 + MASS_SD * rng.normal()))
        about = drawn(moving, centre, upper, rng) + drawn(moving, centre, LEGS, rng) + spin + held
        beside = PRESSURE_SD_M * rng.normal(size=3) * np.array([1.0, 1.0, 0.0]) + np.array([plates_off_m, 0.0, 0.0])
        scale = 1.0 + GROUND_SCALE_SD * rng.normal()
        moment = scale * (about + np.cross(beside, force) + np.cross(centre, force))
        ground = FootLoad(scale * force, moment, np.ones(len(force), dtype=np.bool_))
        below = lumbar_from_below(moving, ground)
        apart = difference_sd(moving, below, above, ground, load)
        found.update(m.state for m in meet(moving, spans, below, above, ground, load.mass_kg, body_sd_n_m=apart))
    return found


def held_to(moving: MovingBody, load: Load, spans: Sequence[RepSpan], caught: float) -> None:
    sound, off = states(moving, load, spans, 0.0), states(moving, load, spans, 0.05)
    assert sound["do not agree"] <= 0.10 * sound.total(), sound
    assert off["do not agree"] >= caught * off.total(), off
    assert not off["agree"]


@pytest.mark.parametrize(("movement", "load_kg", "caught"), [("back-squat", 0.0, 0.85), ("hip-hinge", 60.0, 0.95)])
def test_lifts_within_what_is_known_are_seldom_called_wrong(movement: str, load_kg: float, caught: float) -> None:
    """Measured: no sound one called wrong (without the body's errors 22 and 7 %), of those off 96 and 99 %."""
    recording = simulate(movement, rate_hz=100.0, reps=1, noise_m=0.0005, wobble_m=0.0005).recording
    body = build_body(recording)
    found = find_reps(body, load_movement(movement), recording).reps
    spans = [RepSpan(rep.index, Span(rep.start_s, rep.end_s)) for rep in found]
    moving = moving_segments(body, 80.0, 6.0)
    carrying = Carrying("shoulders" if movement == "back-squat" else "hands")
    held_to(moving, carried_load(moving, carrying, spans, [load_kg]), spans, caught)


def test_a_measured_walk_within_what_is_known_is_seldom_called_wrong(shared_data: Path) -> None:
    """Measured: 3 % (without the body's errors 44 %), plates 5 cm beside 98 %."""
    folder = shared_data / "walk-inverse-dynamics"
    body = build_body(legato.read(folder / "subject01_walk.trc"), static=legato.read(folder / "subject01_static.trc"))
    spans = [RepSpan(0, Span(0.7, 1.8))]
    moving = moving_segments(body, 72.6, 6.0)
    held_to(moving, carried_load(moving, Carrying("none"), spans, None), spans, 0.9)


def whole_of(recording: Recording, spans: Sequence[RepSpan], plates_off_m: float = 0.0) -> WholeBody:
    body = build_body(recording)
    feet = [
        FootPath(side, body.times(), np.stack([body.points[f"heel_{side}"], body.points[f"toe_{side}"]], axis=1))
        for side in ("left", "right")
    ]
    forces = analyse_forces(recording, spans, feet, mass_kg=80.0)
    assert forces is not None
    off = np.array([plates_off_m, 0.0, 0.0])
    forces = replace(forces, plates=tuple(replace(p, origin_m=p.origin_m + off) for p in forces.plates))
    whole = analyse_whole_body(
        body, forces, spans, carrying=Carrying("hands"), loads_kg=[60.0], mass_kg=80.0, cutoff_hz=6.0
    )
    assert whole is not None
    return whole


@pytest.fixture(scope="module")
def hinge() -> Recording:
    return with_plates(simulate("hip-hinge", rate_hz=100.0, reps=1, noise_m=0.0005, wobble_m=0.0005)).recording


def test_nothing_is_told_of_l5s1_where_both_ways_do_not_agree(hinge: Recording) -> None:
    """Which of them is wrong nobody knows: plates 6 cm beside. Arms do not hang on it."""
    spans = [RepSpan(0, Span(1.0, 4.0))]
    good, wrong = whole_of(hinge, spans), whole_of(hinge, spans, 0.06)
    assert good.agrees is True
    assert all(m.peak is not None for m in good.per_rep)
    assert wrong.agrees is False
    back = [m for m in wrong.per_rep if m.name.startswith("lumbosacral")]
    assert len(back) == 2
    assert all(m.peak is None and m.reason.startswith(f"{NOT_AGREEING} (") for m in back)
    assert [m for m in wrong.per_rep if m not in back] == [
        m for m in good.per_rep if not m.name.startswith("lumbosacral")
    ]


def test_a_moment_that_two_strides_share_is_told_once(hinge: Recording) -> None:
    """Strides of both feet overlap: the second one's own largest is told only where it is not the first one's."""
    first, second = RepSpan(0, Span(1.0, 3.5)), RepSpan(1, Span(1.5, 4.0))
    alone = {m.name: m.time_s for m in whole_of(hinge, [second]).per_rep}
    told = whole_of(hinge, [first, second]).per_rep
    shared = [m for m in told if m.rep == 1 and m.peak is None]
    assert shared
    for m in told:
        twin = next(t for t in told if t.name == m.name and t.rep != m.rep)
        if m in shared:
            assert twin.time_s == alone[m.name]
            assert m.reason == "it is that of repetition 1, which lasts until then"
        elif m.rep == 1:
            assert m.time_s == alone[m.name] != twin.time_s
