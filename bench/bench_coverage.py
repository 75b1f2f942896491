"""How often the chain's intervals hold the truth, and how far its times lie from it: `python -m bench coverage`.

A cell is a movement, a rate and a marker noise. Each cell has sets of eight reps of two segments; every event is
timed by the same code that `analyze` runs, from fitted markers, and compared with the closed form that made them.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from bench.chain_fit import fitted_body
from bench.chain_truth import LIFT, SHAPES, THROW, Movement, SetTruth, peak_bound, rep_centres, segment_set
from numpy.typing import NDArray

from legato.chain.gaps import rep_gaps, rep_interval, set_gap
from legato.chain.links import LinkTimes, common_cutoff, event_time, scan_link, time_link
from legato.chain.quantities import resolve_link
from legato.movements.model import LinkSpec

FloatArray = NDArray[np.float64]
Pair = tuple[SetTruth, SetTruth, FloatArray]
Maker = Callable[[Movement, float, float, float, np.random.Generator, int], Pair]
"""Movement, rate, noise, mean lag, random state and number of reps to both segments and each rep's own lag."""

RATES = {"throw": (25.0, 50.0, 60.0, 100.0, 120.0, 250.0, 500.0), "lift": (25.0, 50.0, 100.0, 250.0, 500.0)}
NOISES = (0.2e-3, 1e-3, 3e-3)
WOBBLE = 1e-3
EDGES = (0.0, 0.5, 1.0, 2.0)
"""Where a band's edge is put, in half-widths from the truth: a verdict is wrong where the interval lies beyond it."""
LINKS = (
    LinkSpec(name="pelvis", quantity="pelvis_axial_velocity"),
    LinkSpec(name="thorax", quantity="thorax_axial_velocity"),
)


@dataclass
class Tally:
    """Errors and half-widths of one kind of estimate in one cell, s.

    `halves` are those of the published interval, `bare` those without its allowance for clusters that turn.
    """

    errors: list[float] = field(default_factory=list)
    halves: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    bounds: list[float] = field(default_factory=list)
    refused: int = 0

    def add(self, error: float, half: float, bare: float, bound: float) -> None:
        """One estimate: its error, half-width as published and without the allowance, and the bound on its SD."""
        self.errors.append(error)
        self.halves.append(half)
        self.bare.append(bare)
        self.bounds.append(bound)

    def row(self) -> dict[str, float]:
        """Figures of the cell."""
        total = len(self.errors) + self.refused
        e, h, b = np.array(self.errors), np.array(self.halves), np.array(self.bounds)
        if len(e) == 0:
            return {"n": 0, "refused": 1.0 if total else 0.0}
        return {
            "n": len(e),
            "refused": self.refused / total,
            "rmse_ms": 1e3 * float(np.sqrt(np.mean(e * e))),
            "over_bound": float(np.sqrt(np.mean(e * e) / np.mean(b * b))),
            "coverage": float(np.mean(np.abs(e) <= h)),
            "coverage_bare": float(np.mean(np.abs(e) <= np.array(self.bare))),
            "half_ms": 1e3 * float(np.median(h)),
            **{f"wrong_{k:g}": 0.5 * float(np.mean(np.abs(e) > (1.0 + k) * h)) for k in EDGES},
            **{f"decided_{k:g}": 0.5 * float(np.mean(e > (1 - k) * h) + np.mean(-e > (1 - k) * h)) for k in EDGES},
        }


def standard_pair(
    movement: Movement, rate_hz: float, sigma: float, lag: float, rng: np.random.Generator, reps: int
) -> Pair:
    """Two segments of the main generator, shapes drawn anew each set; a third of the sets vary theirs from rep to
    rep.
    """
    centres = rep_centres(movement, reps, rng)
    lags = lag + rng.normal(0.0, 0.1 * movement.s, reps)
    alike = bool(rng.random() < 2.0 / 3.0)
    shapes = [SHAPES[str(rng.choice(list(SHAPES)))] for _ in range(2)]
    wobble = WOBBLE if sigma >= 1e-3 else 0.0
    first = segment_set(
        movement, rate_hz, sigma, rng, shape=shapes[0], reps=reps, centres=centres, wobble=wobble, alike=alike
    )
    second = segment_set(
        movement, rate_hz, sigma, rng, shape=shapes[1], reps=reps, centres=centres, wobble=wobble, alike=alike, lag=lags
    )
    return first, second, lags


def timed_pair(
    pair: Pair, movement: Movement, kind: str
) -> tuple[tuple[LinkTimes, LinkTimes], tuple[LinkTimes, LinkTimes]]:
    """Both links at their own cut-offs, and both at the one best for their gap."""
    first, second, _ = pair
    body = fitted_body({"pelvis": first, "thorax": second})
    scans = []
    for truth, link in zip((first, second), LINKS, strict=True):
        spans = [(int(a * truth.rate_hz), int(b * truth.rate_hz) + 1) for a, b in truth.windows]
        quantity = resolve_link(body, link, spans, dominant="", cutoff_hz=20.0)
        scans.append(scan_link(body, quantity, kind, spans, movement.s))  # pyright: ignore[reportArgumentType]
    both = common_cutoff(*scans)
    own = time_link(body, scans[0], scans[0].cutoff_hz), time_link(body, scans[1], scans[1].cutoff_hz)
    return own, (time_link(body, scans[0], both), time_link(body, scans[1], both))


def _bare(times: LinkTimes) -> LinkTimes:
    return replace(times, shifts=tuple({} for _ in times.shifts))


def run_cell(
    movement: Movement,
    rate_hz: float,
    sigma: float,
    *,
    sets: int,
    seed: int,
    kind: str = "peak",
    maker: Maker = standard_pair,
    reps: int = 8,
) -> dict[str, dict[str, float]]:
    """All figures of one cell: single events, gaps of single reps, mean gaps of sets (of the athlete's own mean)."""
    event, gap, mean = Tally(), Tally(), Tally()
    wobble = WOBBLE if sigma >= 1e-3 else 0.0
    rng = np.random.default_rng(seed)
    lag = 0.6 * movement.s
    for _ in range(sets):
        pair = maker(movement, rate_hz, sigma, lag, rng, reps)
        own, both = timed_pair(pair, movement, kind)
        truths = [t.peak_s if kind == "peak" else t.onset_s for t in pair[:2]]
        bounds = [peak_bound(movement, rate_hz, sigma, wobble, t.axis_gain) for t in pair[:2]]
        for times, truth, bound in zip(own, truths, bounds, strict=True):
            if 3 * times.timed.refused > reps:
                event.refused += reps
                continue
            for k in range(reps):
                bare, full = event_time(_bare(times), k, 0.90, 0.0), event_time(times, k, 0.90, 0.0)
                if bare is None or full is None:
                    event.refused += 1
                    continue
                event.add(full.value - truth[k], full.half_width, bare.half_width, bound)
        _gaps(both, truths, bounds, lag, gap, mean, pair)
    return {"event": event.row(), "gap": gap.row(), "mean": mean.row()}


def _gaps(
    both: tuple[LinkTimes, LinkTimes], truths: list[FloatArray], bounds: list[float], lag: float,
    gap: Tally, mean: Tally, pair: Pair,
) -> None:  # fmt: skip
    true = truths[1] - truths[0]
    bound = float(np.hypot(*bounds))
    parts, bare = rep_gaps(*both), rep_gaps(_bare(both[0]), _bare(both[1]))
    full_set, bare_set = set_gap(parts, 0.90), set_gap(bare, 0.90)
    if bare_set.estimate is None or full_set.estimate is None:
        gap.refused += len(true)
        mean.refused += 1
        return
    athlete = float(np.mean(true - pair[2])) + lag
    mean.add(full_set.estimate.value - athlete, full_set.estimate.half_width, bare_set.estimate.half_width, bound)
    for k, (a, b) in enumerate(zip(bare, parts, strict=True)):
        one, full = rep_interval(a, 0.90), rep_interval(b, 0.90)
        if one is None or full is None:
            gap.refused += 1
            continue
        gap.add(full.value - true[k], full.half_width, one.half_width, bound)


def table(rows: Iterable[tuple[str, dict[str, dict[str, float]]]], part: str) -> str:
    """A markdown table of one kind of estimate."""
    lines = [
        "| cell | n | refused | RMSE ms | RMSE / bound | half-width ms | coverage | without the allowance |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, cell in rows:
        r = cell[part]
        if r["n"] == 0:
            lines.append(f"| {name} | 0 | 100 % | – | – | – | – | – |")
            continue
        judged = "" if r["refused"] <= 0.5 else " (not judged)"
        lines.append(
            f"| {name} | {r['n']:.0f} | {100 * r['refused']:.0f} % | {r['rmse_ms']:.2f} | {r['over_bound']:.2f} "
            f"| {r['half_ms']:.2f} | {100 * r['coverage']:.1f} %{judged} | {100 * r['coverage_bare']:.1f} % |"
        )
    return "\n".join(lines)


def verdict_table(rows: Iterable[tuple[str, dict[str, dict[str, float]]]], part: str) -> str:
    """How often a verdict is wrong, and how often there is one, with a band's edge some half-widths from the truth."""
    heads = " | ".join(f"edge at {k:g}: wrong, decided" for k in EDGES)
    lines = [f"| cell | n | not judged | {heads} |", "|---" * (3 + len(EDGES)) + "|"]
    for name, cell in rows:
        r = cell[part]
        if r["n"] > 0:
            shares = " | ".join(f"{100 * r[f'wrong_{k:g}']:.1f} %, {100 * r[f'decided_{k:g}']:.0f} %" for k in EDGES)
            lines.append(f"| {name} | {r['n']:.0f} | {100 * r['refused']:.0f} % | {shares} |")
    return "\n".join(lines)


def main() -> int:
    """Run the cells and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=int, default=52, help="sets of eight reps of two segments a cell")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", choices=("peak", "onset"), default="peak")
    parser.add_argument("--movement", choices=("throw", "lift"))
    parser.add_argument("--rate", type=float)
    parser.add_argument("--other", action="store_true", help="the second generator, kept out of all tuning")
    parser.add_argument("--reps", type=int, default=8)
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    maker: Maker = standard_pair
    if chosen.other:
        from bench.chain_other import other_pair

        maker = other_pair
    rows: list[tuple[str, dict[str, dict[str, float]]]] = []
    for movement in (THROW, LIFT):
        for rate in RATES[movement.name]:
            if chosen.movement not in (None, movement.name) or chosen.rate not in (None, rate):
                continue
            for sigma in NOISES:
                start = time.perf_counter()
                cell = run_cell(
                    movement,
                    rate,
                    sigma,
                    sets=chosen.sets,
                    seed=chosen.seed,
                    kind=chosen.kind,
                    maker=maker,
                    reps=chosen.reps,
                )
                rows.append((f"{movement.name} {rate:g} Hz {1e3 * sigma:g} mm", cell))
                print(
                    table(rows[-1:], "event").splitlines()[-1],
                    f"{time.perf_counter() - start:.1f} s",
                    file=sys.stderr,
                    flush=True,
                )
    for part, title in (("event", "Single events"), ("gap", "Gaps of single reps"), ("mean", "Mean gap of a set of 8")):
        print(f"\n{title}\n\n{table(rows, part)}")
    print(f"\nVerdicts on gaps of single reps\n\n{verdict_table(rows, 'gap')}")
    if chosen.json is not None:
        chosen.json.write_text(json.dumps(dict(rows), indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
