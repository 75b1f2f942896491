"""How often each fault is found, missed and seen where there is none: `python -m bench faults [--quick]`.

A trial is a movement, a kind of athlete and a cell (frames a second, noise with soft tissue). The athlete is recorded
three times: a clean set as the baseline, a clean new set, and the new set again with a fault, as large as makes the
true number differ by 1, 2 or 3 smallest detectable changes (of the athlete's own band; of a stated one from its edge).
Of every other athlete the markers stay on after the first set; of the others they are placed anew. Found is a `fault`
in the third set. A fault of any detector in the second is a false one. True numbers are those of the same motion
without noise, soft tissue or misplaced markers. Trials count as resolvable where the number was measured and there is
a band.
"""

import argparse
import math
import pickle
import sys
import time
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from bench.fault_sensors import BySensor, by_sensor, tell
from bench.fault_trials import PLATED, POWER, Athlete, Number, Sensors, looked, number_of, simulated

from legato.errors import BadInput, NotResolvable
from legato.faults import Finding
from legato.simulate.clean import clean_athlete
from legato.simulate.scenario import Scenario, simulated_movements

RATES_HZ = (60.0, 120.0, 250.0)
NOISE = ((0.0003, 0.0005, 0.25), (0.001, 0.001, 0.5), (0.003, 0.002, 1.0))
"""White noise and soft tissue of a marker, m, and the turn of all of a segment's together, deg; RMS an axis."""

CELLS = tuple(Sensors(rate, *noise) for rate in RATES_HZ for noise in NOISE)
KINDS = (None, "long-femur", "stiff-ankle", "hypermobile")
SEEDS = range(910_000, 920_000)
"""Athletes that nothing was built with."""

_EARLIER = 100_000_000
"""So much further on are the seeds of the noise and places of an earlier set."""

QUICK = ("back-squat", "throw")
QUICK_SENSORS = ("back-squat", "hip-hinge", "throw", "pallof-press")
GOAL_FOUND, GOAL_FALSE = 0.95, 0.02


@dataclass(frozen=True, slots=True)
class Told:
    """What was said of one fault in one set: `k` detectable changes large, 0 of a clean one; `said` is a verdict,
    `refused` or `not planted`.
    """

    movement: str
    kind: str | None
    seed: int
    cell: int
    fault: str
    k: int
    size: float
    said: str
    why: str


def athlete(movement: str, kind: str | None, seed: int) -> Scenario:
    """One athlete of a kind on one day, who does five to eight repetitions, hinges with a dowel along the back."""
    reps = int(np.random.default_rng([seed, 50]).integers(5, 9))
    return clean_athlete(movement, seed, kind, reps=reps, dowel="on" if movement == "hip-hinge" else None)


def trial(movement: str, number: int, sizes: Sequence[int] = (1, 2, 3), cells: Sequence[int] = ()) -> list[Told]:
    """All sets of one athlete: the `number`-th of the movement, whose kind and cells go by it."""
    turn = zlib.crc32(movement.encode()) % 4
    kind = KINDS[(number + turn) % 4]
    seed = SEEDS[10 * number + 1000 * turn + 1]
    day = athlete(movement, kind, seed)
    earlier = replace(day, seed=seed + 1)
    one = Athlete(day)
    told: list[Told] = []
    for cell in cells or [c for c in range(9) if (c // 3 + c % 3 + number + turn) % 3 == 0]:
        told += _in_cell(one, earlier, kind, cell, sizes, number % 2 == 1)
    return told


def _in_cell(
    one: Athlete, earlier: Scenario, kind: str | None, cell: int, sizes: Sequence[int], stayed: bool
) -> Iterator[Told]:
    day, sensors = one.scenario, CELLS[cell]
    drawn = 10 * day.seed + cell

    def say(fault: str, k: int, size: float, said: str, why: str) -> Told:
        return Told(day.movement, kind, day.seed, cell, fault, k, size, said, why)

    power = sorted(POWER & set(one.planted)) if day.movement in PLATED else []
    others = [fault for fault in one.planted if fault not in power]
    for faults, plates in ((others, False), (power, True)):
        if not faults:
            continue
        only = faults if plates else ()
        try:
            before = simulated(earlier, sensors, drawn + _EARLIER, drawn if stayed else drawn + _EARLIER, plates)
            baseline = looked(earlier, before.recording, only)
            clean = looked(day, simulated(day, sensors, drawn, drawn, plates).recording, only, baseline.record())
        except (BadInput, NotResolvable) as why:
            yield say("", 0, 0.0, "refused", str(why))
            continue
        for f in clean.findings:
            if plates or f.fault.id not in power:
                yield say(f.fault.id, 0, 0.0, said_of(f), f"{f.side} {f.why}")
        for fault in faults:
            number = number_of(clean, fault, baseline.record())
            if isinstance(number, str):
                yield say(fault, sizes[-1], 0.0, "refused", number)
                continue
            for k in sizes:
                size = _size(one, fault, number, k)
                if isinstance(size, str):
                    yield say(fault, k, 0.0, "not planted", size)
                    continue
                planted = replace(day, fault=fault, fault_size=size)
                try:
                    recording = simulated(planted, sensors, drawn, drawn, plates).recording
                    found = looked(planted, recording, (fault,), baseline.record()).of(fault)
                except (BadInput, NotResolvable, ValueError) as why:
                    yield say(fault, k, size, "refused", str(why))
                    continue
                order = {"fault": 0, "not-resolvable": 1, "ok": 2}
                first = min(found, key=lambda f: order[f.verdict])
                why = f"{first.why} [clean {number.value:.3g}, detectable {number.detectable:.3g}]"
                yield say(fault, k, size, said_of(first), why)


def said_of(finding: Finding) -> str:
    """The verdict; `refused` where there is none as nothing was measured or no band holds for it."""
    unbanded = finding.band is None and not finding.fault.all_of
    return "refused" if finding.verdict == "not-resolvable" and (finding.refused or unbanded) else finding.verdict


def _size(one: Athlete, fault: str, number: Number, k: int) -> float | str:
    if fault == "rounding-under-load":
        return "its plant grows with the count, not with the load"
    if fault != "inconsistent-transfer":
        return one.size_for(fault, number, k)
    # A spread is found by F: each detectable change is a factor.
    from scipy.special import fdtri

    count = one.scenario.reps - 1
    size = 2.0 * number.value * math.sqrt(float(fdtri(count, count, 0.975))) ** k
    return size if size <= 0.15 else f"cannot be planted as large ({size:.2f} s)"


def table(told: Sequence[Told], examples: int) -> bool:
    """Print a line a fault and movement, the sums and examples of what fell short; whether the goals are met."""
    by: dict[tuple[str, str], list[Told]] = defaultdict(list)
    for t in told:
        by[t.fault, t.movement].append(t)
    print(
        f"{'fault':22} {'movement':27} found at 1, 2, 3 SDC    missed  over edge  refused  not planted  false of clean"
    )
    for (fault, movement), rows in sorted(by.items()):
        if not any(t.k for t in rows):
            continue
        found = "  ".join(_share([t for t in rows if t.k == k]) for k in (1, 2, 3))
        last = Counter(t.said for t in rows if t.k == 3)
        clean = Counter(t.said for t in rows if t.k == 0)
        false = f"{clean['fault']}/{sum(clean.values()) - clean['refused']}"
        print(
            f"{fault:22} {movement:27} {found}  {last['ok']:6}  {last['not-resolvable']:4}  {last['refused']:7}  "
            f"{last['not planted']:11}  {false:>5}"
        )
    ok = _sums(told)
    for k, said, words in ((0, "fault", "false"), (3, "ok", "missed"), (3, "not-resolvable", "over the edge")):
        for t in [t for t in told if t.k == k and t.said == said][:examples]:
            print(f"  {words}: {t.fault} in {t.movement}, seed {t.seed}, cell {t.cell}, size {t.size:.3g}: {t.why}")
    return ok


def _share(rows: Sequence[Told]) -> str:
    measured = [t for t in rows if t.said in ("fault", "ok", "not-resolvable")]
    return f"{sum(t.said == 'fault' for t in measured):3}/{len(measured):<3}"


def _sums(told: Sequence[Told]) -> bool:
    shares: dict[int, float] = {}
    for k in (1, 2, 3):
        measured = [t for t in told if t.k == k and t.said in ("fault", "ok", "not-resolvable")]
        if measured:
            shares[k] = sum(t.said == "fault" for t in measured) / len(measured)
    planted = Counter(t.said for t in told if t.k == 3)
    sets = {(t.movement, t.seed, t.cell) for t in told if t.k == 0 and t.fault}
    false = {(t.movement, t.seed, t.cell) for t in told if t.k == 0 and t.said == "fault"}
    clean = Counter(t.said for t in told if t.k == 0 and t.fault)
    of_clean = len(false) / max(1, len(sets))
    print(f"found at 1, 2, 3 smallest detectable changes: {', '.join(f'{k}: {s:.1%}' for k, s in shares.items())}")
    print(f"at 3: {dict(planted)}; clean: {dict(clean)} verdicts")
    print(f"clean sets with any false fault: {len(false)} of {len(sets)} = {of_clean:.1%}")
    for kind in KINDS:
        own = {(t.movement, t.seed, t.cell) for t in told if t.k == 0 and t.fault and t.kind == kind}
        if own:
            print(f"  {kind or 'drawn from all'}: {len(false & own)} of {len(own)}")
    met = shares.get(3, 0.0) >= GOAL_FOUND and of_clean <= GOAL_FALSE
    print(f"goal: found at 3 {GOAL_FOUND:.0%}, false {GOAL_FALSE:.0%} of clean sets: {'met' if met else 'missed'}")
    return met


def main() -> int:
    """Print the table; 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description="How often each fault is found, missed and seen where there is none.")
    parser.add_argument("--quick", action="store_true", help="two movements, two cells, three detectable changes alone")
    parser.add_argument("--athletes", type=int, default=3, help="a movement; three see all cells")
    parser.add_argument("--first", type=int, default=0, help="number of the first athlete")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1, 2, 3], help="in smallest detectable changes")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--examples", type=int, default=8, help="of each way to fall short")
    parser.add_argument("--keep", type=Path, help="file for every verdict, pickled")
    parser.add_argument("movements", nargs="*")
    given = parser.parse_args()
    movements = given.movements or list(QUICK if given.quick else simulated_movements())
    sizes = [3] if given.quick else given.sizes
    count = 1 if given.quick else given.athletes

    def done(movement: str, number: int) -> None:
        seconds = time.perf_counter() - began
        print(f"  {movement} {number}: {len(told)} verdicts, {seconds:.0f} s", file=sys.stderr, flush=True)
        if given.keep:
            given.keep.write_bytes(pickle.dumps(told))

    jobs = [(m, given.first + n) for n in range(count) for m in movements]
    began, told = time.perf_counter(), list[Told]()
    cells = [2, 6] if given.quick else []
    if given.workers < 2:
        for movement, number in jobs:
            told += trial(movement, number, sizes, cells)
            done(movement, number)
    else:
        with ProcessPoolExecutor(given.workers) as pool:
            asked = [pool.submit(trial, m, n, sizes, cells) for m, n in jobs]
            for job, (movement, number) in zip(asked, jobs, strict=True):
                told += job.result()
                done(movement, number)
    met = table(told, given.examples)
    rows = list[BySensor]()
    for movement in QUICK_SENSORS if given.quick else movements:
        day = athlete(movement, None, SEEDS[5000])
        rows += by_sensor(day, replace(day, seed=day.seed + 1))
    tell(rows, given.examples)
    return int(not met)


if __name__ == "__main__":
    sys.exit(main())
