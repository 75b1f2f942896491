"""Push presses on plates as a laboratory would record them, whose leaks are known.

Errors are in the recording itself: markers beside the bones, skin that moves, plates that lie elsewhere, segments that
weigh something else. Their sizes follow the literature where there is any; none is drawn as intervals are reckoned.
"""

from dataclasses import replace
from typing import Any

import numpy as np

from legato.recording import FloatArray, Recording, Stream
from legato.signals.rotation import turn
from legato.simulate import Simulation, scenario_for, with_joint_truth, with_plates
from legato.simulate.anthropometry import Athlete, MarkerPlace
from legato.simulate.exercise import ExerciseMotion
from legato.simulate.lifts import LiftMotion
from legato.simulate.markers import measure_markers
from legato.simulate.truth import build_truth

MM = 1e-3
MASS_KG, BAR_KG = 80.0, 40.0
SKIN = {"thigh": ("shank", 10.0), "shank": ("thigh", 7.0), "foot": ("shank", 3.0)}
"""The segment against which a joint bends, and by how many degrees at most skin turns with it."""

PELVIS = ("RASI", "LASI", "RPSI", "LPSI")


def press(seed: int, **settings: Any) -> Simulation:
    """One push press set of another athlete in another session, with its truth."""
    rng = np.random.default_rng([20, seed])
    drawn: dict[str, Any] = {
        "rate_hz": 100.0, "reps": 2, "seed": seed, "noise_m": 0.0005, "wobble_m": 0.002, "cluster_rotation_deg": 1.0,
        "mass_kg": MASS_KG, "height_m": float(rng.uniform(1.65, 1.95)),
    }  # fmt: skip
    scenario = scenario_for("push-press", **(drawn | settings))
    motion = ExerciseMotion(scenario)
    motion.athlete = other_athlete(motion.athlete, rng)
    track = measure_markers(motion)
    track = replace(track, positions=track.positions + slid_skin(motion, track.names, track.positions.shape[0], seed))
    stream = Stream("markers", "markers", track.positions, scenario.rate_hz, track.names, ("m",) * len(track.names))
    made = Simulation(Recording(streams=(stream,)), build_truth(motion, track), motion)
    made = with_joint_truth(with_plates(made, share_left=float(rng.uniform(0.46, 0.54))))
    # Of the size that plates in use show when they are checked with a pole; a guess, no published one.
    plates = tuple(
        replace(plate, corners_m=plate.corners_m + np.append(MM * rng.uniform(-6.0, 6.0, 2), 0.0))
        for plate in made.recording.plates
    )
    return replace(made, recording=replace(made.recording, plates=plates))


def slid_skin(motion: LiftMotion | ExerciseMotion, names: tuple[str, ...], frames: int, seed: int) -> FloatArray:
    """What skin that turns with the bend of a joint adds to the markers, m, shape (n, markers, 3).

    Clusters turn by 10 degrees at the thigh and 7 at the shank at most in a gait cycle (Ancillao et al. 2021, Hum Mov
    Sci 80:102866), mostly about the long axis (Benoit et al. 2006, Gait Posture 24:152); how they differ between
    athletes is a guess.
    """
    rng = np.random.default_rng([21, seed])
    pose = motion.pose(np.arange(frames) / motion.scenario.rate_hz)
    markers = motion.athlete.markers
    added = np.zeros((frames, len(names), 3))
    for segment, (other, largest) in SKIN.items():
        for side in ("right", "left"):
            own = pose.rotation[f"{segment}_{side}"]
            beside = pose.rotation[other if other == "pelvis" else f"{other}_{side}"]
            bend = np.arccos(np.clip(np.einsum("ni,ni->n", own[:, :, 1], beside[:, :, 1]), -1.0, 1.0))
            share = np.sin(0.5 * np.pi * (bend - bend.min()) / np.ptp(bend))
            angle = np.radians(largest) * rng.uniform(-1.0, 1.0, 3) * np.array([0.3, 1.0, 0.5])
            mine = [
                k for k, name in enumerate(names) if name in markers and markers[name].segment == f"{segment}_{side}"
            ]
            places = np.array([markers[names[k]].offset_m for k in mine])
            turned = turn(share[:, None] * angle) - np.eye(3)
            added[:, mine] = np.einsum("nij,njk,mk->nmi", own, turned, places - places.mean(axis=0))
    return added


def other_athlete(athlete: Athlete, rng: np.random.Generator) -> Athlete:
    """Markers that lie beside the bones, and segments that weigh what no table says."""
    places = dict(athlete.markers)

    def move(name: str, by: FloatArray) -> None:
        x, y, z = (float(v) for v in np.array(places[name].offset_m) + by)
        places[name] = MarkerPlace(places[name].segment, (x, y, z))

    # The regression errs by 12.3 mm (SD 5.9) where bones are seen (Mantovani et al. 2016).
    way = rng.standard_normal(3)
    off = MM * rng.gamma((12.3 / 5.9) ** 2, 5.9**2 / 12.3) * way / np.linalg.norm(way)
    for name in PELVIS:
        move(name, off + MM * rng.normal(0.0, 4.0, 3))
    for side in "RL":
        # Palpated points (Della Croce et al. 2005, Gait Posture 21:226).
        for name, far in (("KNE", 14.0), ("KNM", 14.0), ("ANK", 10.0), ("MED", 10.0)):
            move(side + name, MM * rng.uniform(-far, far, 3))
    # Models of segment masses differ by 10 % and more (Rao et al. 2006, J Biomech 39:1531).
    mass = {name: share * rng.uniform(0.85, 1.15) for name, share in athlete.mass.items()}
    pairs = {name: 1.0 if name in ("head", "thorax", "lumbar", "pelvis") else 2.0 for name in mass}
    whole = sum(pairs[name] * share for name, share in mass.items())
    com = {name: place * rng.uniform(0.93, 1.07) for name, place in athlete.com.items()}
    return replace(athlete, markers=places, mass={name: share / whole for name, share in mass.items()}, com=com)
