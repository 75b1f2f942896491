"""Segment sensors against markers on the same simulated athletes: `python -m bench.bench_imu --movement throw`.

Each cell is a way of wearing the sensors. Printed: error of each rep's gap against the exact truth, half-width of the
90 % interval and how often it holds the truth, as published and (`--bare`) without the allowance for a sensor that
turns on the bone; how far the gap lies from that of the markers, median and ninth decile; how many were refused.
"""

import argparse
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from unittest.mock import patch

import numpy as np

from legato.body import build_body
from legato.chain import analyse_chain
from legato.errors import BadInput
from legato.movements import find_reps, load_movement
from legato.recording import Recording, Stream
from legato.simulate import Simulation, simulate
from legato.simulate.imu import SUIT, SuitErrors, standing, wear_oriented_suit, wear_suit

GAPS = {
    "throw": ("pelvis_axial_velocity", "thorax_axial_velocity", "peak"),
    "back-squat": ("hip_flexion_velocity", "knee_flexion_velocity", "zero"),
    "deadlift": ("knee_extension_velocity", "hip_extension_velocity", "onset"),
    "sit-to-stand": ("hip_flexion_velocity", "knee_extension_velocity", "onset"),
    "hip-hinge": ("hip_flexion_velocity", "lumbar_flexion_velocity", "onset"),
    "bench-press": ("knee_extension_velocity", "elbow_extension_velocity", "onset"),
    "golf-swing": ("pelvis_axial_velocity", "thorax_axial_velocity", "peak"),
    "med-ball-throw": ("pelvis_axial_velocity", "thorax_axial_velocity", "peak"),
}
LOW = ("deadlift", "sit-to-stand", "bench-press", "golf-swing")
"""Movements that do not start from standing, so the sensors need a standing trial."""

RAW: Mapping[str, SuitErrors] = {
    "raw, any mount": SuitErrors(any_mount=True, bias_deg_s=1.0),
    "raw, turns 0.5°": SuitErrors(any_mount=True, bias_deg_s=1.0, wobble_deg=0.5),
    "raw, turns 1.5°": SuitErrors(any_mount=True, bias_deg_s=1.0, wobble_deg=1.5),
    "raw, jitter, gaps": SuitErrors(any_mount=True, bias_deg_s=1.0, jitter_s=0.001, gaps=0.02),
    "static leans 5°": SuitErrors(any_mount=True, bias_deg_s=1.0, posture_deg=5.0),
    "static leans 10°": SuitErrors(any_mount=True, bias_deg_s=1.0, posture_deg=10.0),
    "rates alone, 10° off": SuitErrors(mount_deg=10.0, bias_deg_s=1.0),
}
ALONE = "rates alone, 10° off"
"""Without accelerations: all that is known is which own axis of a sensor points up and which ahead, to 10 degrees."""

ORIENTED: Mapping[str, SuitErrors] = {
    "oriented, 10° off": SuitErrors(mount_deg=10.0),
    "oriented, drift 2°": SuitErrors(mount_deg=10.0, orientation_drift_deg=2.0),
    "oriented, turns 0.5°": SuitErrors(mount_deg=10.0, wobble_deg=0.5),
}


@dataclass
class Cell:
    """What a cell has found: errors and the sets they come from, half-widths as published and bare, differences from
    the markers, s.
    """

    errors: list[float] = field(default_factory=list)
    sets: list[int] = field(default_factory=list)
    halves: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    apart: list[float] = field(default_factory=list)
    refused: int = 0
    verdicts: list[tuple[str, str]] = field(default_factory=list)


def gaps_of(
    recording: Recording,
    movement: str,
    static: Recording | None,
    loose: bool = True,
    mapping: Mapping[str, object] | None = None,
) -> tuple[list[tuple[float, float] | None], str]:
    """Each whole rep's first gap and half-width, s (None: refused), and the verdict; `loose` False: without the
    allowance for markers and sensors that turn on the bone.
    """
    spec = load_movement(movement)
    body = build_body(recording, mapping=mapping, static=static, starts_upright=spec.upright_start)
    reps = find_reps(body, spec, recording).reps
    if loose:
        gap = analyse_chain(body, spec, reps).gaps[0]
    else:
        with patch("legato.chain.quantities.cluster_turn", return_value=0.0):
            gap = analyse_chain(body, spec, reps).gaps[0]
    found: list[tuple[float, float] | None] = []
    for rep, one in zip(reps, gap.per_rep, strict=True):
        if rep.complete:
            found.append(None if one.gap_s is None else (one.gap_s.value, one.gap_s.half_width))
    return found, gap.verdict


def worn(
    simulation: Simulation, name: str, movement: str, seed: int, rate_hz: float
) -> tuple[Recording, Recording | None, Mapping[str, object] | None]:
    """A cell's recording, its standing trial and its map where it has one."""
    turns = GAPS[movement][0] == "pelvis_axial_velocity"
    segments = SUIT[:2] if turns else SUIT if movement == "bench-press" else SUIT[:6]
    errors = replace({**RAW, **ORIENTED}[name], seed=seed, rate_hz=rate_hz)
    if name in ORIENTED:
        return wear_oriented_suit(simulation, errors, segments), None, None
    suit = wear_suit(simulation, errors, segments)
    if name == ALONE:
        axes = {segment: {"up": "+y", "ahead": "+x"} for segment in segments}
        return Recording(tuple(_rates(stream) for stream in suit.streams)), None, {"axes": axes}
    needs = movement in LOW or errors.posture_deg > 0.0
    return suit, standing(simulation, errors, segments) if needs else None, None


def _rates(stream: Stream) -> Stream:
    return stream.with_values(stream.values[:, 3:].copy(), channels=stream.channels[3:], units=stream.units[3:])


def run(
    movement: str, sets: int, seed: int, names: list[str], rate_hz: float = 200.0, plain: bool = True
) -> dict[str, Cell]:
    """All cells of a movement over this many simulated sets of eight."""
    cells = {name: Cell() for name in ["markers", *names]}
    wanted = GAPS[movement]
    for k in range(sets):
        lag = None if wanted[0] != "pelvis_axial_velocity" else (0.035 if k % 2 else -0.03)
        sim = simulate(
            movement, rate_hz=rate_hz, reps=8, seed=seed + k, lag_s=lag, height_m=1.65 + 0.03 * (k % 8),
            tempo=0.9 + 0.05 * (k % 5),
        )  # fmt: skip
        truth = [
            next(g["gap_s"] for g in rep["gaps"] if (g["from"], g["to"], g["event"]) == wanted)
            for rep in sim.truth["reps"]
        ]
        markers, verdict = gaps_of(sim.recording, movement, None)
        for name, cell in cells.items():
            if name == "markers":
                found, own = markers, verdict
                bare = found
            else:
                try:
                    recording, static, mapping = worn(sim, name, movement, 1000 + seed + k, rate_hz)
                    found, own = gaps_of(recording, movement, static, mapping=mapping)
                    bare = gaps_of(recording, movement, static, False, mapping)[0] if plain else found
                except BadInput as error:
                    print(f"{name}, set {k}: {error}", flush=True)
                    cell.refused += len(truth)
                    continue
            if not len(found) == len(bare) == len(truth) == len(markers):
                print(f"{name}, set {k}: {len(found)} of {len(truth)} reps", flush=True)
                cell.refused += len(truth)
                continue
            cell.verdicts.append((verdict, own))
            for one, own_bare, marker, true in zip(found, bare, markers, truth, strict=True):
                if one is None or true is None or own_bare is None:
                    cell.refused += 1
                    continue
                cell.errors.append(one[0] - true)
                cell.sets.append(k)
                cell.halves.append(one[1])
                cell.bare.append(own_bare[1])
                if marker is not None:
                    cell.apart.append(one[0] - marker[0])
    return cells


def clustered_se(held: np.ndarray, sets: np.ndarray) -> float:
    """Standard error of a share whose cases come in sets: one athlete's gaps share the sensors and what is wrong with
    them. That of a ratio of totals over sets; nan of fewer than two.
    """
    share = float(held.mean())
    totals = np.array([(held[sets == k] - share).sum() for k in np.unique(sets)])
    count = len(totals)
    return float(np.sqrt(count / (count - 1) * (totals**2).sum())) / len(held) if count > 1 else float("nan")


def lines(cells: Mapping[str, Cell]) -> list[str]:
    """One line a cell."""
    head = "refused  rmse  from markers: median, 90 %  half  coverage ± 2 SE  bare half, coverage  verdicts alike"
    out = [f"{'cell':22} {'n':>4} {'sets':>4} {head}"]
    for name, cell in cells.items():
        e, h, b, d = (1e3 * np.array(x) for x in (cell.errors, cell.halves, cell.bare, cell.apart))
        if not len(e):
            out.append(f"{name:22} none, {cell.refused} refused")
            continue
        alike = np.mean([a == o for a, o in cell.verdicts])
        inside, sets = np.abs(e) <= h, np.array(cell.sets)
        held, se = float(inside.mean()), clustered_se(inside, sets)
        near, far = np.quantile(np.abs(d), (0.5, 0.9)) if len(d) else (np.nan, np.nan)
        out.append(
            f"{name:22} {len(e):4d} {len(set(cell.sets)):4d} {cell.refused:7d}"
            f" {np.sqrt((e**2).mean()):5.2f} {near:12.2f} {far:8.2f}"
            f" {np.median(h):10.2f} {100 * held:8.1f} ± {200 * se:.1f} %"
            f" {np.median(b):9.2f} {100 * np.mean(np.abs(e) <= b):6.1f} % {100 * alike:8.0f} %"
        )
    return out


def main() -> None:
    """Print the table of one movement."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--movement", choices=sorted(GAPS), default="throw")
    parser.add_argument("--sets", type=int, default=13)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rate", type=float, default=200.0)
    parser.add_argument("--bare", action="store_true")
    parser.add_argument("--cells", nargs="*", default=[*RAW, *ORIENTED])
    given = parser.parse_args()
    started = time.perf_counter()
    print("\n".join(lines(run(given.movement, given.sets, given.seed, given.cells, given.rate, given.bare))))
    print(f"{given.movement}: {time.perf_counter() - started:.0f} s, times in ms")


if __name__ == "__main__":
    main()
