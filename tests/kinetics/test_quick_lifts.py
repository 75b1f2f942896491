"""Boxes lifted fast: what the low-pass takes from the largest moments is in their intervals."""

import numpy as np

from legato.kinetics.loads import MASS_SD, carried_load
from legato.kinetics.segments import moving_segments
from legato.kinetics.top_down import HAND_SHARE_SD
from legato.kinetics.whole_body import ARM_SD_M
from legato.simulate.anthropometry import SIDES

from .test_whole_body import drawn, tilted
from .trials import CARRYING, LOADS_KG, MASS_KG, analysed, trial


def test_largest_moments_of_elbows_hold_what_the_low_pass_takes() -> None:
    """The motion up to 15 Hz as planted, drawn lifters, read at 6 Hz: 85 % or more, where 73 % were held before."""
    held: list[bool] = []
    for seed in range(2):
        found = trial("box-lift", seed=seed, tempo=0.5, rate_hz=100.0, noise_m=0.0, wobble_m=0.0)
        _, body, _, spans = found
        whole = analysed("box-lift", found)
        moving = moving_segments(body, MASS_KG, 15.0)
        load = carried_load(moving, CARRYING["box-lift"], spans, [LOADS_KG["box-lift"]])
        rng = np.random.default_rng(seed)
        times = moving.times()
        for side in SIDES:
            arm, proximal = moving.get(f"forearm_{side}"), moving.get(f"upper_arm_{side}")
            assert arm is not None
            assert proximal is not None
            across = moving.points["hand_right"] - moving.points["hand_left"]
            across = across / np.linalg.norm(across, axis=1, keepdims=True)
            aside = np.einsum("ni,ni->n", moving.points[f"hand_{side}"] - load.place_m, across)[:, None] * across
            for _ in range(60):
                centre = arm.joint_m + ARM_SD_M["elbow"] * rng.normal(size=3)
                push = load.push * (0.5 + HAND_SHARE_SD * rng.normal()) * (1.0 + MASS_SD * rng.normal())
                hand = load.place_m + load.place_sd_m * rng.normal(size=3) + aside
                moment = drawn(moving, centre, [f"forearm_{side}", f"hand_{side}"], rng) + np.cross(hand - centre, push)
                truth = np.einsum("ni,ni->n", moment, tilted(proximal.rotation[:, :, 2], rng))
                for told in (m for m in whole.per_rep if m.name == f"elbow_flexion_moment_{side}"):
                    assert told.peak is not None
                    span = next(rep.span for rep in spans if rep.index == told.rep)
                    inside = (times >= span.start_s) & (times <= span.end_s)
                    sign = np.sign(told.peak.value)
                    held.append(told.peak.holds(float(sign * np.nanmax(sign * truth[inside]))))
    assert 0.85 <= np.mean(held) <= 0.95, np.mean(held)
