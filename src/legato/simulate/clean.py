"""Athletes who differ widely and move without fault."""

import zlib
from dataclasses import replace
from typing import Any

import numpy as np

from legato.errors import BadInput
from legato.simulate.build import check_kind, draw_build
from legato.simulate.exercise_data import exercise_ids, load_exercise
from legato.simulate.make import make_motion
from legato.simulate.scenario import Scenario, scenario_for

_SHARES = (1.0, 0.7, 0.4, 0.2, 0.0)
"""Of the drawn proportions, until the body fits the movement's fixed places (hands or feet that stay on the floor)."""


def clean_athlete(movement: str, seed: int, kind: str | None = None, **settings: Any) -> Scenario:
    """An athlete drawn with `seed`, who moves without fault: one seed is one athlete in every movement.

    Stature, mass, proportions, mobility, stance, depth, tempo, variation from repetition to repetition, handedness,
    marker noise and soft tissue are drawn; `kind` (`long-femur`, `stiff-ankle`, `hypermobile`) draws what makes the
    kind from its own range. `settings` are those of `Scenario` and come first. For another day of the same athlete
    replace the scenario's `seed`, for a fault its `fault` and `fault_size`.

    Raises
    ------
    BadInput
        The movement, the kind or a setting is unknown or out of range.
    """
    check_kind(kind)
    rng = np.random.default_rng(np.random.SeedSequence([seed, 40, zlib.crc32((kind or "").encode())]))
    height = round(float(rng.uniform(1.55, 1.95)), 3)
    own: dict[str, Any] = {
        "height_m": height,
        "mass_kg": round(float(rng.uniform(19.5, 30.0)) * height**2, 1),
        "tempo": float(rng.uniform(0.85, 1.3)),
        "rep_variation": float(rng.uniform(0.04, 0.18)),
        "noise_m": float(np.exp(rng.uniform(np.log(2e-4), np.log(1.5e-3)))),
        "wobble_m": float(rng.uniform(5e-4, 3e-3)),
        "cluster_rotation_deg": float(rng.uniform(0.0, 1.0)),
        "mirror": bool(rng.uniform() < 0.12),
        "seed": seed,
    }
    heavier = float(rng.uniform(0.4, 1.4))
    state = rng.bit_generator.state
    given = {key: value for key, value in settings.items() if value is not None}
    usual = scenario_for(movement, **{**own, **given})
    if "bar_kg" not in given:
        usual = replace(usual, bar_kg=0.5 * round(2.0 * heavier * usual.bar_kg))
    if "build" in given:
        return usual
    for share in _shares(usual.movement):
        rng.bit_generator.state = state
        found = replace(usual, build=draw_build(rng, kind, share))
        if _fits(found):
            return found
    raise BadInput(f"simulate: no athlete of seed {seed} fits {usual.movement} as it is asked for; give another seed")


def _shares(movement: str) -> tuple[float, ...]:
    """Which shares of the drawn proportions to try: a body that kneels, lies or sits in a fixed place keeps its own."""
    placed = movement in exercise_ids() and load_exercise(movement).root == "free"
    return _SHARES[-1:] if placed else _SHARES


def _fits(scenario: Scenario) -> bool:
    """Whether the body can take every pose of the movement."""
    try:
        motion = make_motion(replace(scenario, fault=None, fault_size=None))
        pose = motion.pose(np.arange(0.0, motion.duration_s, 0.05))
    except (ValueError, BadInput):
        return False
    return all(bool(np.isfinite(place).all()) for place in pose.point.values())
