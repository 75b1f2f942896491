"""How well muscles are timed on a second, unlike generator: `python -m bench muscles [--quick]`.

Times are seconds inside and ms in the tables, errors found minus true. A 90 % interval should hold the truth in 85 to
95 % of a cell; a cell outside, beyond one standard error, is marked `!`. What the generator does is told in
`emg_other`. Mean lags are held both to the mean of their own repetitions and to the athlete's, about which these
scatter.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from bench.emg_other import KINDS, RATES_HZ, edged, other_pair, smooth

from legato.recording import FloatArray

LEVEL = 0.90
EVENTS = 400
"""Events a cell, at least."""

RISES_S = (0.002, 0.020, 0.080)
SNRS_DB = (6.0, 10.0, 20.0)
LENGTHS_S = {"150-400 ms": (0.15, 0.4), "0.4-1.2 s": (0.4, 1.2)}
SHAPES = ("cosine", "bell", "surge")
COVERAGE = (0.85, 0.95)
_SLACK_S = 0.10


@dataclass
class Tally:
    """Signed errors in seconds, whether each interval held the truth, what was missed or invented, and CPU."""

    errors: list[float] = field(default_factory=list)
    held: list[bool] = field(default_factory=list)
    widths: list[float] = field(default_factory=list)
    missed: int = 0
    unsaid: int = 0
    invented: int = 0
    minutes: float = 0.0

    def add(self, estimate: Any, truth: float) -> None:
        """One estimate, or None where the detector gives none."""
        if estimate is None or not np.isfinite(estimate.value):
            self.unsaid += 1
            return
        self.errors.append(estimate.value - truth)
        self.held.append(bool(estimate.low <= truth <= estimate.high))
        self.widths.append(estimate.high - estimate.low)

    def join(self, other: "Tally") -> None:
        """Take in another tally."""
        self.errors += other.errors
        self.held += other.held
        self.widths += other.widths
        self.missed += other.missed
        self.unsaid += other.unsaid
        self.invented += other.invented
        self.minutes += other.minutes

    def row(self) -> dict[str, float]:
        """Figures of the cell."""
        total = len(self.errors) + self.missed + self.unsaid
        out = {"n": float(total), "missed": self.missed / max(total, 1), "unsaid": self.unsaid / max(total, 1)}
        if self.minutes:
            out["false_per_min"] = self.invented / self.minutes
        if self.errors:
            e = 1e3 * np.array(self.errors)
            out |= {
                "median_ms": float(np.median(np.abs(e))),
                "p95_ms": float(np.quantile(np.abs(e), 0.95)),
                "bias_ms": float(np.mean(e)),
                "coverage": float(np.mean(self.held)),
                "width_ms": 1e3 * float(np.median(self.widths)),
            }
        return out


def marked(row: dict[str, float]) -> str:
    """The coverage with `!` where it lies outside its goal by more than one standard error."""
    c = row["coverage"]
    slack = np.sqrt(0.9 * 0.1 / max(row["n"] * (1.0 - row["missed"] - row["unsaid"]), 1.0))
    wrong = not COVERAGE[0] - slack <= c <= COVERAGE[1] + slack
    return f"{100 * c:.1f}{' !' if wrong else ''}"


def table(rows: Iterable[tuple[str, Tally]]) -> str:
    """A markdown table."""
    lines = [
        "| cell | n | median ms | p95 ms | bias ms | coverage % | width ms | missed % | no estimate % | false/min |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name, tally in rows:
        r = tally.row()
        false = f"{r['false_per_min']:.2f}" if "false_per_min" in r else "–"
        ends = f"{100 * r['missed']:.1f} | {100 * r['unsaid']:.1f} | {false} |"
        if "coverage" not in r:
            lines.append(f"| {name} | {r['n']:.0f} | – | – | – | – | – | {ends}")
            continue
        lines.append(
            f"| {name} | {r['n']:.0f} | {r['median_ms']:.2f} | {r['p95_ms']:.1f} | {r['bias_ms']:+.2f} "
            f"| {marked(r)} | {r['width_ms']:.1f} | {ends}"
        )
    return "\n".join(lines)


class Record(Protocol):
    """One channel of a generator and its true bursts, in order; `spans` is where each is active, s."""

    @property
    def x(self) -> FloatArray: ...
    @property
    def rate_hz(self) -> float: ...
    @property
    def bursts(self) -> Sequence[Any]: ...
    @property
    def spans(self) -> Sequence[tuple[float, float]]: ...


class Pair(Protocol):
    """Two channels over repetitions, the planted lag of each, s, and the athlete's mean."""

    @property
    def first(self) -> FloatArray: ...
    @property
    def second(self) -> FloatArray: ...
    @property
    def reps(self) -> list[tuple[float, float]]: ...
    @property
    def lags_s(self) -> FloatArray: ...
    @property
    def mean_s(self) -> float: ...


class Legato:
    """What is measured: the public functions with their defaults."""

    def __init__(self) -> None:
        from legato.muscles import activation_lags, detect_bursts

        self.detect, self.lags = detect_bursts, activation_lags


def _place(burst: Any) -> float:
    """Where a detected burst lies, s: its centre, else between its edges."""
    if burst.centre is not None and np.isfinite(burst.centre.value):
        return float(burst.centre.value)
    return float(np.mean([e.value for e in (burst.onset, burst.offset) if e is not None]))


def score(found: list[Any], record: Record, events: tuple[str, ...]) -> dict[str, Tally]:
    """One tally an event. A burst belongs to the true one in whose span, ±100 ms, it lies; the nearest counts."""
    tallies = {event: Tally(minutes=record.x.size / record.rate_hz / 60.0) for event in events}
    places = np.array([_place(b) for b in found])
    free = np.ones(len(found), dtype=bool)
    for truth, (start, end) in zip(record.bursts, record.spans, strict=True):
        near = np.flatnonzero(free & (places > start - _SLACK_S) & (places < end + _SLACK_S))
        if near.size == 0:
            for tally in tallies.values():
                tally.missed += 1
            continue
        k = int(near[np.argmin(np.abs(places[near] - truth.centre_s))])
        free[k] = False
        for event, tally in tallies.items():
            tally.add(getattr(found[k], event), getattr(truth, f"{event}_s"))
    for tally in tallies.values():
        tally.invented = int(free.sum())
    return tallies


Maker = Callable[[np.random.Generator, float, str], Record]
"""Random state, rate in Hz and kind of signal to a record; so it is for pairs."""

PairMaker = Callable[[np.random.Generator, float, str], Pair]
Rows = list[tuple[str, Tally]]


@dataclass
class Bench:
    """All cells so far, by event, and the same pooled by kind of signal and rate; `only` those that hold this text."""

    detector: Any
    seed: int
    events: int
    only: str = ""
    kinds: tuple[str, ...] = KINDS
    rates_hz: tuple[float, ...] = RATES_HZ
    rows: dict[str, Rows] = field(default_factory=dict)
    pooled: dict[str, dict[str, Tally]] = field(default_factory=dict)
    cpu_s: float = 0.0
    seconds: float = 0.0

    def cell(self, name: str, events: tuple[str, ...], make: Maker) -> None:
        """Record and score until the cell is full; kinds and rates take turns, and all had the same number of turns."""
        if self.only not in name:
            return
        rng = np.random.default_rng([self.seed, *name.encode()])
        total = {event: Tally() for event in events}
        while total[events[0]].row()["n"] < self.events:
            for kind in self.kinds:
                for rate in self.rates_hz:
                    record = make(rng, rate, kind)
                    before = time.process_time()
                    found = list(self.detector.detect(record.x, rate, level=LEVEL))
                    self.cpu_s += time.process_time() - before
                    self.seconds += record.x.size / rate
                    for event, tally in score(found, record, events).items():
                        total[event].join(tally)
                        for pool in (kind, f"{rate:g} Hz"):
                            self.pooled.setdefault(event, {}).setdefault(pool, Tally()).join(tally)
        for event, tally in total.items():
            self.rows.setdefault(event, []).append((name, tally))
        print(name, {e: round(100 * t.row().get("coverage", np.nan), 1) for e, t in total.items()}, file=sys.stderr)

    def lag_cell(self, name: str, at: str, make: PairMaker) -> None:
        """Single lags, and the mean lag against that of its own repetitions and against the athlete's."""
        if self.only not in name:
            return
        rng = np.random.default_rng([self.seed, *name.encode()])
        single, own, athlete = Tally(), Tally(), Tally()
        while own.row()["n"] < self.events:
            for kind in self.kinds:
                for rate in self.rates_hz:
                    pair = make(rng, rate, kind)
                    lags = self.detector.lags(pair.first, pair.second, rate, reps=pair.reps, at=at, level=LEVEL)
                    for estimate, truth in zip(lags.per_rep, pair.lags_s, strict=True):
                        single.add(estimate, float(truth))
                    own.add(lags.mean, float(np.mean(pair.lags_s)))
                    athlete.add(lags.mean, pair.mean_s)
        for what, tally in (("one lag", single), ("mean, of its reps", own), ("mean, of the athlete", athlete)):
            self.rows.setdefault(f"lags between {at}s", []).append((f"{name}: {what}", tally))
        print(name, own.row(), file=sys.stderr)


def run(detector: Any, seed: int, events: int, only: str = "") -> Bench:
    """Every cell, or those whose name holds `only`."""
    bench = Bench(detector, seed, events, only)
    cell, ends = bench.cell, ("onset", "offset", "centre")
    for snr in SNRS_DB:
        for rise in RISES_S:
            for length, span in LENGTHS_S.items():
                name = f"{snr:g} dB, rise {1e3 * rise:g} ms, {length}"
                cell(name, ends, lambda g, r, k, s=snr, up=rise, n=span: edged(g, r, k, s, up, n))
    floored = (0.2, 1.0)
    cell("10 dB, rise 20 ms, over a floor", ends, lambda g, r, k: edged(g, r, k, 10.0, 0.02, floored, 1.0))
    for snr in SNRS_DB[1:]:
        for shape in SHAPES:
            name = f"{snr:g} dB, {shape}"
            cell(name, ("centre", "peak"), lambda g, r, k, s=snr, which=shape: smooth(g, r, k, s, which))
    cell("20 dB, cosine, over a floor", ("centre", "peak"), lambda g, r, k: smooth(g, r, k, 20.0, "cosine", 1.0))
    for at, snr, reps, spread in (
        ("centre", 15.0, 3, 0.0), ("centre", 15.0, 8, 0.0), ("centre", 15.0, 20, 0.0),
        ("centre", 15.0, 3, 0.015), ("centre", 15.0, 8, 0.015), ("centre", 15.0, 20, 0.015),
        ("onset", 15.0, 8, 0.0), ("peak", 20.0, 8, 0.0),
    ):  # fmt: skip
        name = f"{reps} lags between {at}s, {snr:g} dB, scatter {1e3 * spread:g} ms"
        bench.lag_cell(
            name, at, lambda g, r, k, s=snr, n=reps, sd=spread, where=at: other_pair(g, r, k, s, n, sd, where)
        )
    return bench


def command(told: str | None, run: Callable[[Any, int, int, str], Bench]) -> int:
    """Print the tables of a run; with `--check`, 1 where a coverage is off."""
    parser = argparse.ArgumentParser(description=told)
    parser.add_argument("--quick", action="store_true", help="a quarter of the events: a look, not a verdict")
    parser.add_argument("--check", action="store_true", help="exit 1 where a coverage lies outside its goal")
    parser.add_argument("--only", default="", metavar="TEXT", help="cells whose name holds this")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    bench = run(Legato(), chosen.seed, EVENTS // 4 if chosen.quick else EVENTS, chosen.only)
    for event, rows in bench.rows.items():
        print(f"\n{event.capitalize()}\n\n{table(rows)}")
    if bench.pooled:
        pooled = [(f"{event}, {name}", t) for event, pool in bench.pooled.items() for name, t in pool.items()]
        print(f"\nAll cells together, by signal and by rate\n\n{table(pooled)}")
        print(f"\nCPU per 60 s channel: {1e3 * 60.0 * bench.cpu_s / bench.seconds:.0f} ms (goal 150, aim 50)")
    if chosen.json is not None:
        figures = {event: {name: t.row() for name, t in rows} for event, rows in bench.rows.items()}
        chosen.json.write_text(json.dumps(figures, indent=1), encoding="utf-8")
    off = [name for rows in bench.rows.values() for name, t in rows if t.errors and marked(t.row()).endswith("!")]
    print(f"\n{len(off)} of {sum(len(r) for r in bench.rows.values())} coverages outside 85 to 95 %")
    return int(chosen.check and bool(off))


if __name__ == "__main__":
    sys.exit(command(__doc__, run))
