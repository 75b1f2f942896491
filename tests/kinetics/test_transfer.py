"""What reaches a load, and what noise does to an amount."""

import numpy as np
import pytest

from legato.kinetics.moment_errors import DRAWS, normal_draws
from legato.kinetics.transfer import amounts, generated_by_all, load_noise, load_power, load_work, transfer_steps
from legato.kinetics.work import AMOUNTS, JointWork, Stretch
from legato.recording import Span


def test_the_work_on_a_load_has_the_interval_of_its_path_s_noise() -> None:
    rate, fc, mass = 100.0, 6.0, 40.0
    t = np.arange(300) / rate
    height = 0.35 * (1.0 - np.cos(np.pi * np.clip((t - 1.0) / 1.0, 0.0, 1.0)))
    path = np.column_stack((np.zeros_like(t), np.zeros_like(t), height))
    stretch = Stretch(0, "press", Span(1.2, 1.7), "work")
    truth = load_work(load_power("bar", path, {0: mass}, rate, fc), stretch, 0.0, rate)
    assert truth is not None
    rng = np.random.default_rng(6)
    held: list[bool] = []
    for _ in range(300):
        load = load_power("bar", path + 0.002 * rng.standard_normal(path.shape), {0: mass}, rate, fc)
        found = load_work(load, stretch, 0.0, rate)
        assert found is not None
        held.append(abs(found[0] - truth[0]) <= 1.645 * load_noise(load, stretch, 0.0, rate))
    # 1 SE is 1.7 points.
    assert 0.85 <= np.mean(held) <= 0.95


def test_power_of_a_load_is_as_unsure_as_the_noise_of_its_path_makes_it() -> None:
    rate, fc = 100.0, 6.0
    t = np.arange(300) / rate
    path = np.column_stack((0.0 * t, 0.0 * t, 0.35 * (1.0 - np.cos(np.pi * np.clip((t - 1.0) / 1.0, 0.0, 1.0)))))
    rng = np.random.default_rng(7)
    cut = slice(110, 190)
    truth = load_power("bar", path, {}, rate, fc).per_kg[cut]
    noisy = [load_power("bar", path + 0.001 * rng.standard_normal(path.shape), {}, rate, fc) for _ in range(60)]
    off = np.std([load.per_kg[cut] - truth for load in noisy], axis=0)
    drawn = noisy[0].drawn_per_kg(cut, DRAWS + 1, rate)
    np.testing.assert_allclose(drawn[0], noisy[0].per_kg[cut], rtol=1e-12)
    # 60 and 200 draws, and a size that is itself measured.
    assert np.mean(np.std(drawn[1:] - drawn[0], axis=0)) / np.mean(off) == pytest.approx(1.0, abs=0.1)


def test_repetitions_alike_by_luck_are_no_surer_than_their_noise() -> None:
    drawn = dict.fromkeys(range(4), np.full(DRAWS + 1, 10.0))
    found = amounts(drawn, 0.9, "J", dict.fromkeys(range(4), 2.0))
    assert found.of_set is not None
    assert found.of_set.half_width == pytest.approx(1.645, rel=1e-3)
    assert all(e is not None and e.half_width == pytest.approx(3.29, rel=1e-3) for _, e in found.per_rep)


def test_a_set_of_one_repetition_is_as_sure_as_that_repetition() -> None:
    drawn = 100.0 + 10.0 * normal_draws("set of one")
    found = amounts({0: drawn}, 0.9, "J", {0: 10.0})
    assert found.of_set == found.per_rep[0][1]
    assert found.of_set is not None
    # Lasting errors and noise of 10 J each.
    assert found.of_set.half_width == pytest.approx(1.645 * np.hypot(10.0, 10.0), rel=0.02)


def test_noise_of_the_joints_is_in_what_a_link_passes_on() -> None:
    """Errors that both hips have alike add up, those of each alone partly cancel."""
    alike, alone = 12.0, 9.0
    works: list[JointWork] = []
    for leg in (f"{joint}_{side}" for joint in ("ankle", "knee", "hip") for side in ("right", "left")):
        drawn = np.zeros((DRAWS + 1, len(AMOUNTS)))
        for name, amount in (("generated", 60.0), ("into_ahead", 90.0), ("net_into_ahead", 90.0)):
            drawn[:, AMOUNTS.index(name)] = amount
            if leg.startswith("hip"):
                drawn[:, AMOUNTS.index(name)] += alike * normal_draws("pelvis") + alone * normal_draws(leg)
        works.append(JointWork(leg, 0, "drive", drawn, 0.9))
    (step,) = transfer_steps(works, [Stretch(0, "drive", Span(0.0, 1.0), "work")], {"drive": True}, {}, "bar", 0.9)
    assert step.energy.of_set is not None and step.ratio.of_set is not None
    # 200 draws of each are next to independent.
    sd = float(np.hypot(2.0 * alike, np.sqrt(2.0) * alone))
    assert step.energy.of_set.half_width == pytest.approx(1.645 * sd, rel=0.1)
    # Half of 360 J, of which what enters the pelvis and what the hips generate are wrong alike.
    assert step.ratio.of_set.half_width == pytest.approx(1.645 * 0.5 * sd / 360.0, rel=0.1)


@pytest.mark.parametrize("drive_w", [0.0, 100.0])
def test_no_share_is_told_of_joints_that_hold(drive_w: float) -> None:
    """Powers that turn about zero: errors make positive work of them, and more when they are drawn once more."""
    rng = np.random.default_rng(7)
    once = rng.normal(drive_w, 10.0, 400)
    power = np.vstack([once, once + rng.normal(0.0, 10.0, (DRAWS, once.size))])
    drawn = np.zeros((DRAWS + 1, len(AMOUNTS)))
    for name, amount in (("generated", np.maximum(power, 0.0)), ("into_ahead", 0.3 * np.maximum(power, 0.0))):
        drawn[:, AMOUNTS.index(name)] = amount.sum(axis=1)
    legs = [f"{joint}_{side}" for joint in ("ankle", "knee", "hip") for side in ("right", "left")]
    works = [JointWork(leg, 0, "press", drawn, 0.9) for leg in legs]
    (step,) = transfer_steps(works, [Stretch(0, "press", Span(0.0, 1.0), "work")], {"press": True}, {}, "bar", 0.9)
    if drive_w:
        # A hip's share of an ankle, a knee and a hip alike.
        assert step.ratio.of_set is not None and step.ratio.of_set.value == pytest.approx(0.1)
    else:
        assert step.ratio.of_set is None and "mostly hold" in step.ratio.reason
        assert step.energy.of_set is not None


def test_work_that_was_not_seen_does_not_count_as_none() -> None:
    """Arms that give 400 J are known in one press of three; legs that give next to nothing in all."""
    drawn = {100.0: np.zeros((DRAWS + 1, len(AMOUNTS))), 1.0: np.zeros((DRAWS + 1, len(AMOUNTS)))}
    for amount, table in drawn.items():
        table[:, AMOUNTS.index("generated")] = amount
    legs = [f"{joint}_{side}" for joint in ("ankle", "knee", "hip") for side in ("right", "left")]
    arms = ["shoulder_right", "shoulder_left", "elbow_right", "elbow_left"]
    works = [JointWork(leg, rep, "press", drawn[1.0], 0.9) for leg in [*legs, "lumbosacral"] for rep in range(3)]
    works += [JointWork(arm, rep, "press", drawn[100.0] if rep == 2 else None, 0.9) for arm in arms for rep in range(3)]
    gained = generated_by_all(works, "press", range(3))
    assert gained is not None and gained.value == pytest.approx(407.0)
    load = {(rep, "press"): (150.0, 150.0) for rep in range(3)}
    stretches = [Stretch(rep, "press", Span(float(rep), rep + 1.0), "work") for rep in range(3)]
    steps = transfer_steps(works, stretches, {"press": True}, load, "bar", 0.9)
    ratio = next(step.ratio for step in steps if step.from_link == "all joints")
    assert [rep for rep, value in ratio.per_rep if value is not None] == [2]
    assert ratio.n == 1 and ratio.of_set is not None
    assert ratio.of_set.value == pytest.approx(150.0 / 407.0)
