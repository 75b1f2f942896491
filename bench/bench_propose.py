"""How often the proposal is right, clear and clearly wrong on simulated athletes: `python -m bench propose`.

A trial is a movement and a seed. Even seeds are what `legato simulate MOVEMENT --seed N` writes; odd ones draw rate,
noise, height, pace, hand, number of reps, lost markers and planted faults anew. `--view` shows the same athletes by
joint angles alone (as another program's table of angles), by one camera's keypoints or by the orientations of segment
sensors. Two pairs of movements hold the body alike (docs/which-movement.md): they count as any other here, and once
more as right where the likeliest is either of the pair.
"""

import argparse
import pickle
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from legato.body import build_body
from legato.body.model import Body
from legato.errors import BadInput, NotResolvable
from legato.movements import movement_ids
from legato.movements.features import movement_features
from legato.movements.propose import rank
from legato.recording import Recording
from legato.simulate import Simulation, simulate
from legato.simulate.camera import Camera, film
from legato.simulate.exercise_data import exercise_ids, load_exercise
from legato.simulate.imu import SuitErrors, wear_oriented_suit
from legato.simulate.scenario import simulated_movements

DEVELOPMENT, HELD_OUT = range(8), range(3000, 3008)
"""Seeds that looks may be mended by, and seeds that are only counted."""

ALIKE = (
    frozenset({"goblet-squat", "anti-rotation-goblet-squat"}),
    frozenset({"farmer-carry", "suitcase-carry"}),
)
VIEWS = ("markers", "angles", "keypoints", "sensors")
GOAL_RIGHT, GOAL_CLEARLY_WRONG = 0.90, 0.01


@dataclass(frozen=True)
class Trial:
    """What was said of one recording."""

    movement: str
    seed: int
    said: str
    clear: bool
    words: str
    none: float

    @property
    def right(self) -> bool:
        return self.said == self.movement

    @property
    def of_its_pair(self) -> bool:
        return self.right or frozenset({self.said, self.movement}) in ALIKE


def athlete(movement: str, seed: int) -> Simulation:
    """One simulated athlete, by the command's defaults or drawn anew."""
    if seed % 2 == 0:
        return simulate(movement, seed=seed)
    rng = np.random.default_rng([seed, len(movement), *movement.encode()])
    settings: dict[str, Any] = {
        "reps": int(rng.integers(1, 7)),
        "rate_hz": float(rng.choice([30.0, 50.0, 60.0, 100.0, 120.0, 200.0, 250.0])),
        "noise_m": float(rng.choice([0.0005, 0.002, 0.005, 0.008])),
        "tempo": float(rng.uniform(0.6, 1.7)),
        "height_m": float(rng.uniform(1.45, 2.05)),
        "mass_kg": float(rng.uniform(50.0, 110.0)),
        "heading_deg": float(rng.uniform(-180.0, 180.0)),
        "mirror": bool(rng.random() < 0.3),
        "rep_variation": float(rng.uniform(0.0, 0.3)),
        "occlusion": float(rng.choice([0.0, 0.0, 0.03, 0.08])),
    }
    faults = sorted(load_exercise(movement).faults) if movement in exercise_ids() else []
    if faults and rng.random() < 0.3:
        settings["fault"] = str(rng.choice(faults))
    try:
        return simulate(movement, seed=seed, **settings)
    except (BadInput, ValueError):  # Too slow for a jump to leave the ground, or for legs to reach that far.
        return simulate(movement, seed=seed, **settings | {"tempo": 0.9})


def seen_as(simulation: Simulation, view: str, seed: int) -> Recording:
    """The athlete as this kind of sensor records it."""
    rng = np.random.default_rng([seed, 7, *simulation.motion.scenario.movement.encode()])
    if view == "keypoints":
        side = float(rng.choice([0.0, 45.0, 90.0, -90.0, -45.0, 135.0]))
        return film(simulation, Camera(view_deg=side, rate_hz=float(rng.choice([30.0, 60.0])), seed=seed)).recording
    if view == "sensors":
        return wear_oriented_suit(simulation, SuitErrors(rate_hz=100.0, mount_deg=5.0, seed=seed))
    return simulation.recording


def body_of(movement: str, seed: int, view: str, cache: Path | None) -> Body | None:
    """The body that is built from one trial, or None; the cache keeps it without what no feature reads."""
    source = "markers" if view == "angles" else view
    kept = None if cache is None else cache / f"{movement}.{seed}.{source}.pickle"
    if kept is not None and kept.exists():
        body: Body | None = pickle.loads(kept.read_bytes())
    else:
        try:
            body = _light(build_body(seen_as(athlete(movement, seed), source, seed)))
        except (BadInput, NotResolvable):
            body = None
        if kept is not None:
            kept.write_bytes(pickle.dumps(body))
    if body is not None and view == "angles":
        return replace(body, segments={}, points={}, source="angles")
    return body


def _light(body: Body) -> Body:
    nothing = np.zeros((body.n_frames, 0, 3))
    segments = {
        name: replace(part, markers=(), template_m=nothing[0], residual_m=nothing)
        for name, part in body.segments.items()
        if name in ("pelvis", "thorax")
    }
    return replace(body, segments=segments, filled={})


def trials(seeds: range, view: str, cache: Path | None, only: list[str]) -> Iterator[Trial]:
    """Every simulated movement by every seed; where no body can be built, nothing is said."""
    for movement in only or simulated_movements():
        for seed in seeds:
            body = body_of(movement, seed, view, cache)
            if body is None:
                yield Trial(movement, seed, "", False, "no body", 1.0)
                continue
            found = rank(movement_features(body), {*movement_ids(), movement})
            yield Trial(movement, seed, found.likeliest, found.clear, found.words(), found.none)


def tell(name: str, said: list[Trial], misses: bool) -> tuple[float, float]:
    """Print a line of figures and, if asked, what was missed; shares right, and clearly wrong of the clear ones."""
    right, clear = np.array([t.right for t in said]), np.array([t.clear for t in said])
    wrong_of_clear = float((~right[clear]).mean()) if clear.any() else 0.0
    pair = np.mean([t.of_its_pair for t in said])
    print(
        f"{name}: {len(said)} trials, right {right.mean():.1%} (pair counted as one {pair:.1%}), "
        f"clear {clear.mean():.1%}, "
        f"clearly wrong {int((clear & ~right).sum())} = {wrong_of_clear:.2%} of the clear ones",
        flush=True,
    )
    if misses:
        for movement in dict.fromkeys(t.movement for t in said):
            own = [t for t in said if t.movement == movement]
            missed = [t for t in own if not t.right]
            if missed:
                instead = Counter(t.said or "none" for t in missed)
                found, clearly = len(own) - len(missed), sum(t.clear for t in own)
                print(f"  {movement} {found} of {len(own)}, clear {clearly}, instead: {dict(instead)}")
                for t in missed:
                    print(f"    {t.seed}{' CLEARLY' if t.clear else ''}: none {t.none:.2f}; {t.words}")
    return float(right.mean()), wrong_of_clear


def _seeds(text: str) -> range:
    first, _, stop = text.partition(":")
    return range(int(first), int(stop))


def main() -> int:
    """Print the figures; 1 where a goal is missed by markers on the held-out seeds."""
    parser = argparse.ArgumentParser(description="How often the proposed movement is right.")
    parser.add_argument("--seeds", type=_seeds, help="FIRST:STOP instead of the development and the held-out seeds")
    parser.add_argument("--view", choices=VIEWS, default="markers")
    parser.add_argument("--cache", type=Path, help="folder of built bodies, used again until it is deleted")
    parser.add_argument("--misses", action="store_true", help="name every trial that is missed")
    parser.add_argument("movements", nargs="*")
    given = parser.parse_args()
    sets = {"given": given.seeds} if given.seeds else {"development": DEVELOPMENT, "held-out": HELD_OUT}
    right = wrong = 0.0
    for name, seeds in sets.items():
        said = list(trials(seeds, given.view, given.cache, given.movements))
        right, wrong = tell(f"{name}, {given.view}", said, given.misses)
    print(f"goal: right {GOAL_RIGHT:.0%}, clearly wrong {GOAL_CLEARLY_WRONG:.0%} of the clear ones")
    return int(right < GOAL_RIGHT or wrong > GOAL_CLEARLY_WRONG)


if __name__ == "__main__":
    sys.exit(main())
