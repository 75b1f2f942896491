"""The tree of moving segments: masses, centres, rates, and what is said of a body that was measured in part."""

from dataclasses import replace

import numpy as np
import pytest

from legato.body import build_body
from legato.body.inertia import Sex, segment_masses
from legato.body.model import Body
from legato.kinetics._motion_kernels import segment_rates
from legato.kinetics.segments import LIMBS, MovingBody, away_from_edges, moving_segments
from legato.kinetics.trunk_parts import trunk_shares
from legato.recording import STANDARD_GRAVITY, FloatArray
from legato.signals.rotation import turn
from legato.simulate import Simulation, simulate

MASS_KG = 80.0


@pytest.fixture(scope="module")
def lift() -> tuple[Simulation, Body, MovingBody]:
    made = simulate("box-lift", rate_hz=200.0, reps=1, noise_m=0.0, wobble_m=0.0)
    body = build_body(made.recording)
    return made, body, moving_segments(body, MASS_KG, 6.0)


def without(body: Body, *names: str) -> Body:
    """The body as if these segments and points had never been measured."""
    return replace(
        body,
        segments={k: v for k, v in body.segments.items() if k not in names},
        points={k: v for k, v in body.points.items() if k not in names},
    )


def test_rates_are_those_of_a_tumbling_body() -> None:
    """Against derivatives in closed form: a turn of known angular velocity about a fixed axis, a path of sines."""
    rate = 1000.0
    t = np.arange(800) / rate
    axis = np.array([2.0, -1.0, 2.0]) / 3.0
    path = np.column_stack((np.sin(5.0 * t), np.cos(4.0 * t), np.sin(3.0 * t)))
    found = [np.empty((t.size, 3)) for _ in range(4)]
    segment_rates(path, turn((0.8 * np.sin(6.0 * t))[:, None] * axis), rate, *found)
    expected = (
        np.column_stack((5.0 * np.cos(5.0 * t), -4.0 * np.sin(4.0 * t), 3.0 * np.cos(3.0 * t))),
        np.column_stack((-25.0 * np.sin(5.0 * t), -16.0 * np.cos(4.0 * t), -9.0 * np.sin(3.0 * t))),
        (4.8 * np.cos(6.0 * t))[:, None] * axis,
        (-28.8 * np.sin(6.0 * t))[:, None] * axis,
    )
    for mine, theirs in zip(found, expected, strict=True):
        assert np.isnan(mine[[0, -1]]).all()
        # Central differences of 6 rad/s at 1 kHz are short by (6/1000)²/6, and the second ones by half as much.
        np.testing.assert_allclose(mine[1:-1], theirs[1:-1], atol=1e-5 * np.abs(theirs).max())


def test_parts_make_up_the_whole_trunk() -> None:
    """The parts of the trunk weigh what the table's whole trunk does and balance where it does."""
    sexes: tuple[tuple[Sex, int], ...] = (("male", 0), ("female", 1))
    for sex, column in sexes:
        shares = trunk_shares(sex)
        whole = segment_masses()["trunk"].of_sex(sex)
        assert shares.above.mass + shares.pelvis.mass == pytest.approx(whole.mass, abs=1e-9)
        centre = shares.above.mass * shares.above.along + shares.pelvis.mass * (1.0 - shares.pelvis.along)
        # The table's own row of the whole trunk: 51.38 and 49.64 % from the seventh cervical vertebra.
        row, base, length = ((0.5138, 35.7, 603.3), (0.4964, 42.75, 614.8))[column]
        theirs = (row * length - base) / (length - base)
        assert centre / whole.mass == pytest.approx(theirs, abs=0.01)  # the table's rows agree to half a per cent


def test_trunk_balances_where_another_table_says() -> None:
    """Dumas et al. 2007 (J Biomech 40:543): 42.0 and 43.6 % of the way from C7/T1 to L5/S1; the tables of women lie
    apart by 3 cm on a trunk.
    """
    rows: tuple[tuple[Sex, float, float, float], ...] = (("male", 0.420, 0.0977, 0.01), ("female", 0.436, 0.105, 0.075))
    for sex, theirs, above_hips_m, apart in rows:
        to_sacrum = 1.0 - above_hips_m / 0.57  # L5/S1 above the hips by Reed et al. 1999
        assert trunk_shares(sex).above.along / to_sacrum == pytest.approx(theirs, abs=apart)


def test_every_segment_stands_before_its_parent(lift: tuple[Simulation, Body, MovingBody]) -> None:
    _, _, moving = lift
    names = [segment.name for segment in moving.segments]
    assert len(names) == 3 + 2 * len(LIMBS)
    for at, segment in enumerate(moving.segments):
        assert segment.parent is None or names.index(segment.parent) > at
    assert names[-1] == "pelvis"
    assert moving.missing == ()
    assert moving.seen == pytest.approx(1.0, abs=1e-12)
    assert sum(s.mass_kg for s in moving.segments) == pytest.approx(MASS_KG, rel=2e-3)  # the table's shares sum to 1
    assert [s.name for s in moving.beyond("upper_arm_left")] == ["hand_left", "forearm_left", "upper_arm_left"]
    assert len(moving.beyond("thorax")) == 8


def test_centres_lie_where_the_athletes_do(lift: tuple[Simulation, Body, MovingBody]) -> None:
    """Limbs lie on their true lines; all balance within 25 mm of the athlete, whose trunk is another model's."""
    from legato.simulate.skeleton import centre_of_mass

    made, body, moving = lift
    pose = made.motion.pose(body.times())
    truth = centre_of_mass(pose, made.motion.athlete)
    mass = sum(s.mass_kg for s in moving.segments)
    centre = sum((s.mass_kg * s.centre_m for s in moving.segments), np.zeros_like(truth)) / mass
    off = np.abs(centre - truth)[100:-100]
    assert off.max() < 0.025
    shank = moving.get("shank_right")
    assert shank is not None
    true = pose.point["knee_right"] + 0.4374 * (pose.point["ankle_right"] - pose.point["knee_right"])
    assert np.abs(shank.centre_m - true)[100:-100].max() < 0.004  # the low-pass at 6 Hz
    sacrum = moving.points["lumbosacral"]
    # L5/S1 by regression from the markers: the athlete's own lies 9 mm off.
    assert np.linalg.norm(sacrum - pose.point["sacrum"], axis=1)[100:-100].max() < 0.015


def test_push_and_spin_are_newtons_and_eulers(lift: tuple[Simulation, Body, MovingBody]) -> None:
    """The rate of change of momentum and of angular momentum, by differences of the momenta themselves."""
    _, _, moving = lift
    for segment in moving.segments:
        gravity = np.array([0.0, 0.0, -STANDARD_GRAVITY * segment.mass_kg])
        momentum = segment.mass_kg * segment.velocity
        own = np.einsum("nji,nj->ni", segment.rotation, segment.turning)
        angular = np.einsum("nij,nj->ni", segment.rotation, segment.inertia * own)

        def rate(values: FloatArray) -> FloatArray:
            return (values[2:] - values[:-2]) * 0.5 * moving.rate_hz

        np.testing.assert_allclose(
            (segment.push + gravity)[2:-2], rate(momentum)[1:-1], atol=2e-3 * np.abs(segment.push[2:-2]).max()
        )
        scale = max(1e-6, np.abs(segment.spin[2:-2]).max())  # planted feet do not turn
        np.testing.assert_allclose(segment.spin[2:-2], rate(angular)[1:-1], atol=0.02 * scale)


def test_unseen_arm_is_named_and_its_mass_left_out(lift: tuple[Simulation, Body, MovingBody]) -> None:
    _, body, _ = lift
    arm = [f"{part}_left" for part in ("upper_arm", "forearm", "hand", "shoulder", "elbow", "wrist")]
    moving = moving_segments(without(body, *arm), MASS_KG, 6.0)
    assert set(moving.missing) == {"upper_arm_left", "forearm_left", "hand_left"}
    shares = sum(segment_masses()[part].of_sex("unknown").mass for part in ("upper_arm", "forearm", "hand"))
    assert moving.seen == pytest.approx(1.0 - shares, abs=1e-3)


def test_head_and_hands_without_markers_are_carried(lift: tuple[Simulation, Body, MovingBody]) -> None:
    _, body, whole = lift
    moving = moving_segments(without(body, "head", "hand_right"), MASS_KG, 6.0)
    assert moving.seen == pytest.approx(1.0, abs=1e-12)
    for name, near_m in (("head", 0.12), ("hand_right", 0.03)):
        carried, seen = moving.get(name), whole.get(name)
        assert carried is not None
        assert seen is not None
        assert carried.stand_in
        assert not seen.stand_in
        # Bent over, the head is held up against the thorax by some 40 deg; a straight wrist keeps the hand near.
        assert np.nanmax(np.linalg.norm(carried.centre_m - seen.centre_m, axis=1)) < near_m


def test_line_without_a_turn_still_weighs(lift: tuple[Simulation, Body, MovingBody]) -> None:
    _, body, _ = lift
    less = replace(body, segments={k: v for k, v in body.segments.items() if k != "forearm_right"})
    forearm = moving_segments(less, MASS_KG, 6.0).get("forearm_right")
    assert forearm is not None
    assert not forearm.axes_known
    line = body.points["elbow_right"] - body.points["wrist_right"]
    along = forearm.rotation[:, :, 1]
    cosine = (along * line).sum(axis=1) / np.linalg.norm(line, axis=1)
    assert cosine.min() > 0.999


def test_foot_of_heel_and_toe_alone_still_weighs(lift: tuple[Simulation, Body, MovingBody]) -> None:
    """Seen as a line it lies within a few degrees of the measured foot; about it, it turns with the shank."""
    _, body, whole = lift
    less = replace(body, segments={k: v for k, v in body.segments.items() if k != "foot_right"})
    moving = moving_segments(less, MASS_KG, 6.0)
    foot, measured, shank = moving.get("foot_right"), whole.get("foot_right"), moving.get("shank_right")
    assert foot is not None and measured is not None and shank is not None
    assert not foot.axes_known
    assert moving.missing == ()
    assert moving.seen == pytest.approx(1.0, abs=1e-12)
    assert foot.mass_kg == measured.mass_kg
    np.testing.assert_array_equal(foot.centre_m, measured.centre_m)
    assert np.einsum("ni,ni->n", foot.rotation[:, :, 0], measured.rotation[:, :, 0]).min() > 0.99
    assert np.abs(np.einsum("ni,ni->n", foot.rotation[:, :, 0], shank.rotation[:, :, 2])).max() < 0.3


def test_without_iliac_spines_the_lumbar_joint_is_not_known(lift: tuple[Simulation, Body, MovingBody]) -> None:
    _, body, _ = lift
    thorax = moving_segments(without(body, "lumbosacral"), MASS_KG, 6.0).get("thorax")
    assert thorax is not None
    assert np.isnan(thorax.joint_m).all()


def test_integer_points_are_accepted(lift: tuple[Simulation, Body, MovingBody]) -> None:
    _, body, _ = lift
    still = replace(
        body, points={k: np.zeros_like(v, dtype=np.int64) + i for i, (k, v) in enumerate(body.points.items())}
    )
    assert moving_segments(still, MASS_KG, 6.0).segments


def test_frames_beside_gaps_lean_on_what_is_not_known() -> None:
    """Half a period of 5 Hz is 10 frames of 100 Hz."""
    values = np.zeros((100, 3))
    values[40:45, 1] = np.nan
    inner = np.zeros(100, dtype=np.bool_)
    inner[10:30], inner[55:90] = True, True
    assert np.array_equal(away_from_edges(values, 100.0, 5.0), inner)
    assert not away_from_edges(np.full((30, 3), np.nan), 100.0, 5.0).any()
    assert not away_from_edges(values[:20], 100.0, 5.0).any()
