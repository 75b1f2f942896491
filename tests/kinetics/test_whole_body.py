"""L5/S1 from above and from the ground: against Lagrange, against simulated lifters, and how often intervals hold."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from legato.estimate import Estimate
from legato.forces.analyse import RepSpan
from legato.kinetics.analyse import AXIS_SD, PRESSURE_SD_M
from legato.kinetics.ground import FootLoad
from legato.kinetics.loads import MASS_SD, carried_load
from legato.kinetics.lumbar import GROUND_SCALE_SD, ground_total, lumbar_from_below, meet, size_within
from legato.kinetics.segments import MovingBody, moving_segments
from legato.kinetics.top_down import HAND_SHARE_SD, borne, lumbar_from_above
from legato.kinetics.whole_body import (
    ARM_SD_M,
    LUMBAR_SD_M,
    WholeBody,
)
from legato.recording import STANDARD_GRAVITY, FloatArray, Span
from legato.signals.rotation import turn
from legato.simulate import Simulation
from legato.simulate.anthropometry import SIDES
from legato.simulate.skeleton import Pose

from .trials import CARRYING, LOADS_KG, MASS_KG, Trial, analysed, drawn, trial

ARM = (("upper_arm", "shoulder", "elbow", 0.277), ("forearm", "elbow", "wrist", 0.270), ("hand", "wrist", "hand", 0.0))


def masses(made: Simulation, pose: Pose, load_kg: float, hand: str = "") -> dict[str, tuple[float, FloatArray]]:
    """Points of mass, kg and m, of all that lies above L5/S1, each limb as two that have its radius of gyration."""
    athlete, point, rotation = made.motion.athlete, pose.point, pose.rotation
    h = athlete.height_m
    middle = 0.5 * (point["sacrum"] + point["thoracolumbar"])
    places = {
        "head": point["head"],
        "thorax": point["neck"] + rotation["thorax"] @ (np.array([0.004, -0.070, 0.0]) * h),
        "lumbar": middle + rotation["lumbar"] @ np.array([0.030 * h, 0.0, 0.0]),
    }
    found = {name: (athlete.mass_kg * athlete.mass[name], place) for name, place in places.items()}
    for side in SIDES:
        for part, top, end, radius in ARM:
            start, along = point[f"{top}_{side}"], point[f"{end}_{side}"] - point[f"{top}_{side}"]
            for way, sign in (("near", -1.0), ("far", 1.0)):
                place = start + (athlete.com[part] + sign * radius) * along
                found[f"{part}_{side} {way}"] = (0.5 * athlete.mass_kg * athlete.mass[part], place)
    place = point["bar" if "bar" in point else "box"]
    if hand:
        # A hand's share acts where the hand grips; the athlete faces along x.
        place = place * np.array([1.0, 0.0, 1.0]) + point[hand] * np.array([0.0, 1.0, 0.0])
    found["load"] = (load_kg, place)
    return found


def true_moment(
    made: Simulation, times: FloatArray, load_kg: float, joint: str = "sacrum", of: str = "pelvis", parts: str = ""
) -> FloatArray:
    """Moment of the pelvis (or `of`) on what lies beyond the athlete's own joint, about its mediolateral axis, N·m:
    Newton's law for points of mass, accelerated by differences of the exact pose. Nothing of it is the product's.
    """
    step, hand = 1e-3, parts.rsplit(maxsplit=1)[-1] if parts else ""
    before, now, after = (masses(made, made.motion.pose(times + shift), load_kg, hand) for shift in (-step, 0.0, step))
    pose = made.motion.pose(times)
    total = np.zeros((times.size, 3))
    for name, (mass, at) in now.items():
        if parts and not (name == "load" or name.startswith(tuple(parts.split()))):
            continue
        push = mass * ((after[name][1] - 2.0 * at + before[name][1]) / step**2 + np.array([0.0, 0.0, STANDARD_GRAVITY]))
        total += np.cross(at - pose.point[joint], push)
    return np.einsum("ni,ni->n", total, pose.rotation[of][:, :, 2])


@pytest.fixture(scope="module")
def squat() -> Trial:
    return trial("back-squat")


@pytest.fixture(scope="module")
def hinge() -> Trial:
    return trial("hip-hinge")


@pytest.fixture(scope="module")
def box() -> Trial:
    return trial("box-lift", reps=1)


def everything_pushed(moving: MovingBody, load_push: FloatArray, load_about: FloatArray) -> FootLoad:
    """The ground that exactly carries all segments and the load."""
    origin = np.zeros_like(load_push)
    force, moment = borne(moving.segments, origin, moving)
    return FootLoad(force + load_push, moment + load_about, np.ones(len(origin), dtype=np.bool_))


def test_both_ways_meet_where_the_ground_carries_everything(squat: Trial) -> None:
    """The identity of the pelvis: with a ground that carries these very segments nothing is left at L5/S1."""
    _, body, _, spans = squat
    moving = moving_segments(body, MASS_KG, 6.0)
    load = carried_load(moving, CARRYING["back-squat"], spans, [60.0])
    ground = everything_pushed(moving, load.push, load.about(np.zeros_like(load.push)))
    below, above = lumbar_from_below(moving, ground), lumbar_from_above(moving, load)
    known = np.isfinite(above.force[:, 0])
    assert known.sum() > 500
    assert np.abs(below.force - above.force)[known].max() < 1e-9
    assert np.abs(below.moment - above.moment)[known].max() < 1e-9
    for meeting in meet(moving, spans, below, above, ground, load.mass_kg):
        assert meeting.holds
        assert meeting.force_rms is not None
        assert meeting.force_rms.value < 1e-9


def test_a_rocking_trunk_needs_the_moment_of_lagrange(squat: Trial) -> None:
    """All above L5/S1 and a bar rock about it as one pendulum: I·θ'' less the moment of gravity, in closed form."""
    _, body, _, _ = squat
    t = body.times()
    frame = 200
    still = {name: np.broadcast_to(p[frame], p.shape).copy() for name, p in body.points.items()}
    joint = still["lumbosacral"][0]
    axis = body.segments["pelvis"].rotation[frame, :, 2]
    angle = 0.35 * np.sin(2.0 * np.pi * 0.4 * t)
    rock = turn(-angle[:, None] * axis)  # forward positive
    upper = ("neck", "head", "bar", "shoulder", "elbow", "wrist", "hand")
    points = {
        name: joint + np.einsum("nij,j->ni", rock, p[0] - joint) if name.startswith(upper) else p
        for name, p in still.items()
    }
    segments = {
        name: replace(
            s,
            rotation=rock @ s.rotation[frame]
            if name not in LOWER
            else np.broadcast_to(s.rotation[frame], s.rotation.shape).copy(),
        )
        for name, s in body.segments.items()
    }
    moving = moving_segments(replace(body, points=points, segments=segments), MASS_KG, 6.0)
    rep = RepSpan(0, Span(float(t[0]), float(t[-1])))
    found = lumbar_from_above(moving, carried_load(moving, CARRYING["back-squat"], [rep], [60.0]))
    # Lagrange: the angle's inertia, and the potential energy's slope along it.
    bar = points["bar"]
    inertia = 60.0 * float(np.sum(np.cross(bar[0] - joint, axis) ** 2))
    slope = 60.0 * STANDARD_GRAVITY * np.cross(axis, bar - joint)[:, 2]
    for part in moving.beyond("thorax"):
        inertia += part.mass_kg * float(np.sum(np.cross(part.centre_m[0] - joint, axis) ** 2))
        inertia += float(part.inertia @ (axis @ part.rotation[0]) ** 2)
        slope = slope + part.mass_kg * STANDARD_GRAVITY * np.cross(axis, part.centre_m - joint)[:, 2]
    second = -((2.0 * np.pi * 0.4) ** 2) * angle
    inside = slice(150, -150)
    expected = (slope - inertia * second)[inside]
    # Second differences of 0.4 Hz at 150 Hz are short by 2e-5 of the moment of inertia's part.
    assert found.about_axis[inside] == pytest.approx(expected, abs=1e-4 * float(np.abs(expected).max()))


LOWER = ("pelvis", "thigh_right", "thigh_left", "shank_right", "shank_left", "foot_right", "foot_left")


@pytest.mark.parametrize("movement", ["back-squat", "hip-hinge"])
def test_lifters_on_plates_bear_at_l5s1_what_their_own_statics_say(movement: str, squat: Trial, hinge: Trial) -> None:
    """Both ways, against a lifter whose trunk is built otherwise; both meet within the gate."""
    found = {"back-squat": squat, "hip-hinge": hinge}[movement]
    made, body, _, spans = found
    whole = analysed(movement, found)
    assert whole.seen == pytest.approx(1.0, abs=1e-9)
    assert whole.shown_by == "bar"
    truth = true_moment(made, body.times(), LOADS_KG[movement])
    for rep in spans:
        for way in ("from_above", "from_ground"):
            told = peak_of(whole, rep.index, f"lumbosacral_extension_moment_{way}")
            at = round((told[1] - body.start_s) * body.rate_hz)
            # Measured: 3 to 17 N·m of 220 to 310, the athlete's trunk balancing 4 cm lower than the table's.
            assert told[0].low < truth[at] < told[0].high
            assert told[0].value == pytest.approx(truth[at], abs=25.0)
    for meeting in whole.meetings:
        assert meeting.holds
        assert meeting.moment_rms is not None
        assert meeting.moment_rms.value < 12.0


def peak_of(whole: WholeBody, rep: int, name: str) -> tuple[Estimate, float]:
    told = next(m for m in whole.per_rep if (m.rep, m.name) == (rep, name))
    assert told.peak is not None
    assert told.time_s is not None
    return told.peak, told.time_s


@pytest.mark.parametrize("movement", ["deadlift", "box-lift"])
def test_lifters_without_plates_are_told_from_above(movement: str, box: Trial) -> None:
    found = box if movement == "box-lift" else trial("deadlift", reps=1)
    made, body, _, spans = found
    whole = analysed(movement, found)
    assert whole.below is None
    assert whole.meetings == ()
    truth = true_moment(made, body.times(), LOADS_KG[movement])
    told, time_s = peak_of(whole, spans[0].index, "lumbosacral_extension_moment_from_above")
    at = round((time_s - body.start_s) * body.rate_hz)
    assert told.low < truth[at] < told.high
    assert told.value == pytest.approx(truth[at], abs=25.0)  # measured 5 to 15: the lower trunk of another model
    # While the load stands on the floor the hands' pull is not known: nothing is told.
    assert whole.above is not None
    first = round((spans[0].span.start_s - body.start_s) * body.rate_hz)
    assert np.isnan(whole.above.about_axis[first])


def test_arms_bear_half_the_bar(hinge: Trial) -> None:
    """Shoulder and elbow with half the bar, against Newton's law for the athlete's own arm."""
    made, body, _, _ = hinge
    whole = analysed("hip-hinge", hinge)
    parts = {"shoulder": "upper_arm_right forearm_right hand_right", "elbow": "forearm_right hand_right"}
    for joint, above in (("shoulder", "thorax"), ("elbow", "upper_arm_right")):
        told = next(j for j in whole.arms if (j.joint, j.side) == (joint, "right"))
        truth = true_moment(made, body.times(), 30.0, f"{joint}_right", above, parts[joint])
        known = np.isfinite(told.about_axis)
        assert known.sum() > 200
        # Measured: 1.2 and 1.9 N·m of 55 and 30, without noise 0.1 and 1.8 (the elbow's axis).
        assert np.sqrt(np.mean((told.about_axis - truth)[known] ** 2)) < 2.5


def tilted(axis: FloatArray, rng: np.random.Generator) -> FloatArray:
    return axis @ turn(AXIS_SD * rng.normal(size=3)).T


@pytest.mark.slow
@pytest.mark.parametrize("movement", ["back-squat", "hip-hinge"])
def test_intervals_hold_lifters_drawn_within_what_is_known(movement: str, squat: Trial, hinge: Trial) -> None:
    """Lifters who differ from the tables, with joints and load beside where they were taken to be, whose motion is that
    of markers without noise up to 12 Hz: 85 to 95 % of the largest moments.
    """
    whole = analysed(movement, {"back-squat": squat, "hip-hinge": hinge}[movement])
    _, body, forces, spans = trial(movement, noise_m=0.0, wobble_m=0.0)
    moving = moving_segments(body, MASS_KG, 12.0)
    load = carried_load(moving, CARRYING[movement], spans, [60.0])
    rng = np.random.default_rng(5)
    assert forces is not None
    ground = ground_total(forces.plates, forces.stands, moving, 12.0)
    legs = ["pelvis", *(f"{part}_{side}" for part in ("thigh", "shank", "foot") for side in SIDES)]
    pelvis, thorax = moving.get("pelvis"), moving.get("thorax")
    assert pelvis is not None
    assert thorax is not None
    held: dict[str, list[bool]] = {}
    for _ in range(400):
        centre = thorax.joint_m + LUMBAR_SD_M * rng.normal(size=3)
        place = load.place_m + load.place_sd_m * rng.normal(size=3)
        push = load.push * (1.0 + MASS_SD * rng.normal())
        names = [segment.name for segment in moving.beyond("thorax")]
        moment = drawn(moving, centre, names, rng) + np.cross(place - centre, push)
        truth = np.einsum("ni,ni->n", moment, tilted(pelvis.rotation[:, :, 2], rng))
        note(held, whole, "lumbosacral_extension_moment_from_above", truth, moving, spans)
        pressure = PRESSURE_SD_M * rng.normal(size=3) * np.array([1.0, 1.0, 0.0])
        pressed = (1.0 + GROUND_SCALE_SD * rng.normal()) * (
            ground.moment + np.cross(pressure, ground.force) - np.cross(centre, ground.force)
        )
        moment = pressed - drawn(moving, centre, legs, rng)
        truth = np.einsum("ni,ni->n", moment, tilted(pelvis.rotation[:, :, 2], rng))
        note(held, whole, "lumbosacral_extension_moment_from_ground", truth, moving, spans)
        for side in SIDES if whole.arms else ():
            for joint, parts, above in (
                ("elbow", ("forearm", "hand"), f"upper_arm_{side}"),
                ("shoulder", ("upper_arm", "forearm", "hand"), "thorax"),
            ):
                arm, proximal = moving.get(f"{parts[0]}_{side}"), moving.get(above)
                assert arm is not None
                assert proximal is not None
                centre = arm.joint_m + ARM_SD_M[joint] * rng.normal(size=3)
                share = 0.5 + HAND_SHARE_SD * rng.normal()
                hand = load.place_m + load.place_sd_m * rng.normal(size=3)
                moment = drawn(moving, centre, [f"{part}_{side}" for part in parts], rng)
                grip = moving.points[f"hand_{side}"]
                across = moving.points["hand_right"] - moving.points["hand_left"]
                across = across / np.linalg.norm(across, axis=1, keepdims=True)
                hand = hand + np.einsum("ni,ni->n", grip - load.place_m, across)[:, None] * across
                moment = moment + np.cross(hand - centre, share * push)
                truth = np.einsum("ni,ni->n", moment, tilted(proximal.rotation[:, :, 2], rng))
                note(held, whole, f"{joint}_flexion_moment_{side}", truth, moving, spans)
    shares = {name: float(np.mean(hits)) for name, hits in held.items()}
    # One course of noise, which arms' intervals allow for, is in all draws: measured 95 to 98 % there.
    highest = {name: 0.95 if name.startswith("lumbosacral") else 0.985 for name in shares}
    assert all(0.85 <= share <= highest[name] for name, share in shares.items()), shares


def note(
    held: dict[str, list[bool]],
    whole: WholeBody,
    name: str,
    truth: FloatArray,
    moving: MovingBody,
    spans: Sequence[RepSpan],
) -> None:
    for told in (m for m in whole.per_rep if m.name == name):
        assert told.peak is not None
        span = next(rep.span for rep in spans if rep.index == told.rep)
        inside = (moving.times() >= span.start_s) & (moving.times() <= span.end_s)
        sign = float(np.sign(told.peak.value))
        held.setdefault(name, []).append(told.peak.holds(sign * float(np.nanmax(sign * truth[inside]))))


@pytest.mark.parametrize(("length", "dimensions"), [(0.0, 1), (0.0, 2), (1.0, 2), (3.0, 1), (3.0, 2), (12.0, 2)])
def test_size_of_a_noisy_vector_is_held(length: float, dimensions: int) -> None:
    """A short vector looks longer than it is: 85 to 96 % of 90 % intervals hold it all the same."""
    rng = np.random.default_rng(int(length) + dimensions)
    vector = np.zeros((4000, dimensions))
    vector[:, 0] = length
    seen = np.linalg.norm(vector + 2.0 * rng.normal(size=vector.shape), axis=1)
    held = [size_within(float(v), 2.0, dimensions, "N").holds(length) for v in seen]
    # A length of none can only be missed on one side: 95 %.
    assert np.mean(held) == pytest.approx(0.95 if length == 0.0 else 0.90, abs=0.02)
