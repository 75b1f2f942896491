"""A parallel squat at rest with the knees free to pass the toes and held back, by the kernel that tells the moments.

Fry, Smith & Schilling 2003 (J Strength Cond Res 17:629; seven men, parallel squats, bar as heavy as the body, static
torques from video of foot, ankle, knee, trochanter and the bar's end): hip 28 and knee 150 N·m free, 303 and 117 N·m
held back. Their angles and what they took to weigh on the joints are not public.
"""

import numpy as np
import pytest
from scipy.optimize import brentq

from legato.body.inertia import segment_masses
from legato.kinetics._wrench_kernels import about_point, net_wrenches
from legato.recording import STANDARD_GRAVITY, FloatArray

MASS_KG, HEIGHT_M = 80.0, 1.78
SHANK_M, THIGH_M, TRUNK_M = 0.246 * HEIGHT_M, 0.245 * HEIGHT_M, 0.288 * HEIGHT_M
"""Segment lengths as shares of stature (Drillis & Contini 1966, as Winter 2009 gives them)."""

ANKLE_TO_TOE_M, MIDDLE_M = 0.13, 0.05
"""Ankle to the toes, and to where the weight of a balanced lifter acts, m."""

BAR_BELOW_TOP_M = 0.03
"""The bar lies this far below the shoulders along the trunk and as far behind it, m."""


def forward(angle: float, length: float) -> FloatArray:
    """A step along a segment that leans forward from the vertical, x ahead, z up."""
    return length * np.array([np.sin(angle), 0.0, np.cos(angle)])


def share(name: str) -> float:
    return segment_masses()[name].of_sex("male").mass


UPPER = share("trunk") + share("head") + 2.0 * (share("upper_arm") + share("forearm") + share("hand"))


def squat(knee_ahead_m: float, thigh_rad: float = 0.0) -> tuple[float, float, float, float]:
    """Moments of both hips and of both knees, extending, N·m; how far the hips lie behind the knees, m; trunk's lean,
    rad.

    `knee_ahead_m`: how far the knees lie ahead of the ankles; `thigh_rad`: how far the thighs slope up to the knees.
    The trunk leans so that all that is held up, bar included, rests over the middle of the feet.
    """
    knee = np.array([knee_ahead_m, 0.0, np.sqrt(SHANK_M**2 - knee_ahead_m**2)])
    hip = knee + THIGH_M * np.array([-np.cos(thigh_rad), 0.0, -np.sin(thigh_rad)])
    thigh, shank = (segment_masses()[name].of_sex("male") for name in ("thigh", "shank"))
    masses = np.array([2.0 * share("foot"), 2.0 * shank.mass, 2.0 * thigh.mass, UPPER]) * MASS_KG
    legs = np.stack((np.array([MIDDLE_M, 0.0, 0.02]), knee - shank.centre * knee, hip + thigh.centre * (knee - hip)))

    def above_hips(lean: float) -> tuple[FloatArray, FloatArray]:
        bar = hip + forward(lean, TRUNK_M - BAR_BELOW_TOP_M) - forward(lean + np.pi / 2, BAR_BELOW_TOP_M)
        return hip + forward(lean, 0.55 * TRUNK_M), bar

    def ahead(lean: float) -> float:
        upper, bar = above_hips(lean)
        at = masses[:3] @ legs[:, 0] + masses[3] * upper[0] + MASS_KG * bar[0]
        return float(at / (masses.sum() + MASS_KG) - MIDDLE_M)

    lean = float(brentq(ahead, -0.5, 1.57, xtol=1e-14))
    upper, bar = above_hips(lean)
    places = np.concatenate((legs, [upper]))
    n = 3
    centre = np.ascontiguousarray(np.repeat(places[:, None], n, axis=1))
    rotation = np.ascontiguousarray(np.broadcast_to(np.eye(3), (4, n, 3, 3)))
    outer = np.zeros_like(centre), np.zeros_like(centre)
    pressed = np.array([0.0, 0.0, masses.sum() + MASS_KG]) * STANDARD_GRAVITY
    hung = np.array([0.0, 0.0, -MASS_KG * STANDARD_GRAVITY])
    for segment, force, at in ((0, pressed, np.array([MIDDLE_M, 0.0, 0.0])), (3, hung, bar)):
        outer[0][segment], outer[1][segment] = force, np.cross(at, force)
    force, moment, turning = np.empty_like(centre), np.empty_like(centre), np.empty_like(centre)
    above = np.array([1, 2, 3, -1], np.int64)
    net_wrenches(
        above, masses, np.ones((4, 3)), centre, rotation, *outer, 100.0, STANDARD_GRAVITY, force, moment, turning
    )
    # All is in balance: nothing is left that the trunk would have to bear from outside.
    np.testing.assert_allclose([force[3, 1], moment[3, 1]], 0.0, atol=1e-6)
    found: list[float] = []
    for segment, joint, sign in ((2, hip, 1.0), (1, knee, -1.0)):
        about = np.empty((n, 3))
        about_point(force[segment], moment[segment], np.ascontiguousarray(np.tile(joint, (n, 1))), about)
        # The axis points to the right, which is -y: of the one above on the one below, extension turns hips forward.
        found.append(sign * float(about[1] @ [0.0, 1.0, 0.0]))
    return found[0], found[1], float(knee[0] - hip[0]), lean


def test_hip_and_knee_share_what_the_thigh_carries_across() -> None:
    """Both moments together are the weight above times the thigh's level length, plus the thighs' own: any posture."""
    thigh = segment_masses()["thigh"].of_sex("male")
    for ahead in (0.15, 0.20, 0.25):
        for slope in (0.0, 0.3):
            hip, knee, across, _ = squat(ahead, slope)
            above = (1.0 + UPPER) * MASS_KG * across
            own = 2.0 * thigh.mass * MASS_KG * across * (1.0 - thigh.centre)
            assert hip + knee == pytest.approx((above + own) * STANDARD_GRAVITY, rel=1e-4)


def test_knees_held_behind_the_toes_load_the_hips_and_spare_the_knees() -> None:
    """The direction of the published change. With level thighs the hips gain what the knees lose, so its sizes cannot
    both be had from a posture at rest: hip +275 and knee -33 N·m need 17 cm more of level thigh, and the published
    thighs are parallel to the ground in both.
    """
    free, held = squat(0.25), squat(ANKLE_TO_TOE_M)
    more, less = held[0] - free[0], held[1] - free[1]
    assert held[3] - free[3] > 0.3
    assert more == pytest.approx(-less, rel=1e-6)
    # Knees that move back by 12 cm under two body weights less the shanks and feet: 182 N·m of both legs.
    assert more == pytest.approx(182.0, abs=2.0)
    per_metre = (free[0] + free[1]) / free[2]
    assert (275.0 - 33.0) / per_metre == pytest.approx(0.174, abs=0.002)


@pytest.mark.parametrize("held_up_kg", [MASS_KG, (1.0 + UPPER) * MASS_KG])
@pytest.mark.parametrize("legs", [1.0, 2.0])
def test_no_weight_at_rest_gives_the_published_torques(held_up_kg: float, legs: float) -> None:
    """Bar alone or with the body above the hips, of one leg or both, balanced or not: from the weight down, hip and
    knee together are it times the level length of the thigh. Published they are 178 and 420 N·m.
    """
    weight = held_up_kg * STANDARD_GRAVITY * legs / 2.0
    totals: set[float] = set()
    for knee_ahead in (0.13, 0.20, 0.25):
        hip_x, knee_x = knee_ahead - THIGH_M, knee_ahead
        for lean in (0.0, 0.4, 0.9):
            bar_x = hip_x + float(forward(lean, TRUNK_M)[0])
            hip, knee = weight * (bar_x - hip_x), weight * (knee_x - bar_x)
            totals.add(round(hip + knee, 6))
    assert len(totals) == 1
    free, held = 28.2 + 150.1, 302.7 + 117.3
    # Standard errors of seven men, as if free and held back were other men: they differ by more than five of them.
    error = np.sqrt((65.0**2 + 50.8**2 + 71.2**2 + 34.2**2) / 7.0)
    assert (held - free) / error > 5.0
    # Level when held back, the free thighs would have to slope by 65 deg; they were parallel to the ground.
    assert np.degrees(np.arccos(free / held)) == pytest.approx(65.0, abs=0.5)


def test_nor_do_other_weights_at_hip_and_knee_give_the_published_change() -> None:
    """Bar and body of both legs at the hips, the bar of one leg at the knee, as unlike as a static model can be: what
    the hips gain is 2.7 times what the knee loses. Published it is 8.4 times.
    """
    lean = np.linspace(0.2, 1.2, 50)
    bar_ahead, body_ahead = (np.diff(length * np.sin(lean)) for length in (TRUNK_M - BAR_BELOW_TOP_M, 0.55 * TRUNK_M))
    gained = MASS_KG * (bar_ahead + UPPER * body_ahead)
    lost = 0.5 * MASS_KG * bar_ahead
    ratio = float(np.mean(gained / lost))
    assert ratio == pytest.approx(2.7, abs=0.05)
    more, less = 302.7 - 28.2, 150.1 - 117.3
    assert more / less == pytest.approx(8.4, abs=0.05)
    error = np.sqrt((65.0**2 + 71.2**2 + ratio**2 * (50.8**2 + 34.2**2)) / 7.0)
    assert (more - ratio * less) / error > 2.0
