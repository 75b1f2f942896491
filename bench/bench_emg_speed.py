"""How much processor time EMG takes, and peers on the same work: `python -m bench emg-speed`.

The work is simulated EMG at 2 kHz: one channel of 60 s, and 16 channels of 10 s. Two tasks: every burst timed from the
raw signal (peers: their onsets), and the linear envelope alone. Figures are the least of several runs after one to warm
up; a peer that is not installed is left out and said so.
"""

import argparse
import sys
import time
import warnings
from collections.abc import Callable

import numpy as np

from legato.recording import FloatArray
from legato.simulate.emg import noise_floor
from legato.simulate.emg_envelopes import Hill, Shape, envelope
from legato.simulate.emg_units import unit_emg

RATE_HZ = 2000.0
GOAL_CHANNEL_MS, AIM_CHANNEL_MS = 150.0, 50.0
GOAL_SIXTEEN_MS, AIM_SIXTEEN_MS = 300.0, 120.0
AIM_RATIO = 10.0
"""Aim: so many times faster than the fastest peer that finds onsets."""

Task = Callable[[FloatArray], object]


def channel(seconds: float, seed: int) -> FloatArray:
    """A burst of 0.2 to 0.7 s about every 2 s, 20 dB over the noise of the amplifier, V."""
    rng = np.random.default_rng(seed)
    bursts: list[Shape] = []
    at = 1.0
    while at < seconds - 1.2:
        bursts.append(Hill(at, 0.03, float(rng.uniform(0.1, 0.6)), 0.06, 5e-5, "cosine"))
        at = bursts[-1].offset_s + float(rng.uniform(1.0, 2.0))
    count = int(seconds * RATE_HZ)
    x = unit_emg(envelope(np.arange(count) / RATE_HZ, bursts), RATE_HZ, rng, maximum=2e-4)
    return x + noise_floor(count, RATE_HZ, 5e-6, rng)


def processor_ms(task: Task, channels: list[FloatArray], runs: int) -> float:
    """Least processor time of the task on all the channels, ms."""
    best = np.inf
    for _ in range(runs + 1):
        start = time.process_time()
        for x in channels:
            task(x)
        best = min(best, time.process_time() - start)
    return 1e3 * best


def own_tasks() -> dict[str, dict[str, Task]]:
    """What Legato does, by task."""
    from legato.muscles import detect_bursts
    from legato.muscles.conditioning import condition
    from legato.muscles.envelopes import linear_envelope

    return {
        "bursts": {"legato": lambda x: detect_bursts(x, RATE_HZ)},
        "envelope": {"legato": lambda x: linear_envelope(condition(x, RATE_HZ).values, RATE_HZ)},
    }


def peer_tasks() -> dict[str, dict[str, Task]]:
    """What installed peers do, by task."""
    found: dict[str, dict[str, Task]] = {"bursts": {}, "envelope": {}}
    try:
        import neurokit2

        def neurokit(method: str) -> Task:
            def onsets(x: FloatArray) -> object:
                clean = neurokit2.emg_clean(x, sampling_rate=int(RATE_HZ))
                amplitude = neurokit2.emg_amplitude(clean)
                return neurokit2.emg_activation(
                    emg_amplitude=amplitude, emg_cleaned=clean, sampling_rate=int(RATE_HZ), method=method
                )

            return onsets

        found["bursts"] |= {f"NeuroKit2 {method}": neurokit(method) for method in ("threshold", "biosppy")}
        found["envelope"]["NeuroKit2"] = lambda x: neurokit2.emg_amplitude(
            neurokit2.emg_clean(x, sampling_rate=int(RATE_HZ))
        )
    except ImportError as problem:
        print(f"NeuroKit2 left out: {problem}", file=sys.stderr)
    try:
        from biosppy.signals import emg

        rest = int(0.9 * RATE_HZ)
        found["bursts"] |= {
            "BioSPPy default": lambda x: emg.emg(x, RATE_HZ, show=False),
            "BioSPPy lidierth": lambda x: emg.lidierth_onset_detector(
                x, x[:rest], RATE_HZ, size=20, threshold=1.2, active_state_duration=100, fail_size=20
            ),
            "BioSPPy bonato": lambda x: emg.bonato_onset_detector(
                x, x[:rest], RATE_HZ, threshold=3, active_state_duration=30, samples_above_fail=5, fail_size=5
            ),
        }
    except ImportError as problem:
        print(f"BioSPPy left out: {problem}", file=sys.stderr)
    try:
        import pyomeca

        def meca(x: FloatArray) -> object:
            analogs = pyomeca.Analogs(x[None], channels=["emg"], time=np.arange(x.size) / RATE_HZ)
            banded = analogs.meca.band_pass(order=2, cutoff=[20, 450], freq=RATE_HZ).meca.center().meca.abs()
            return banded.meca.low_pass(order=4, cutoff=6, freq=RATE_HZ)

        found["envelope"]["pyomeca"] = meca
    except ImportError as problem:
        print(f"pyomeca left out: {problem}", file=sys.stderr)
    return found


def main() -> int:
    """Print the table; 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one run each")
    parser.add_argument("--runs", type=int, default=5)
    chosen = parser.parse_args()
    runs = 1 if chosen.quick else chosen.runs
    works = {"60 s": [channel(60.0, 0)], "16 x 10 s": [channel(10.0, 1 + k) for k in range(16)]}
    own, peers = own_tasks(), peer_tasks()
    spent: dict[tuple[str, str, str], float] = {}
    print("| task | by | processor ms, 60 s | ratio | processor ms, 16 x 10 s | ratio |\n|---|---|---|---|---|---|")
    for task in own:
        for name, work in (own[task] | peers[task]).items():
            cells: list[str] = []
            for size, channels in works.items():
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    spent[task, name, size] = processor_ms(work, channels, runs)
                ratio = spent[task, name, size] / spent[task, "legato", size]
                cells.append(f"{spent[task, name, size]:.1f} | {ratio:.1f}")
            print(f"| {task} | {name} | {' | '.join(cells)} |", flush=True)
    one, sixteen = (spent["bursts", "legato", size] for size in works)
    print(f"\nbursts of 60 s: {one:.0f} ms (goal {GOAL_CHANNEL_MS:.0f}, aim {AIM_CHANNEL_MS:.0f})")
    print(f"bursts of 16 channels of 10 s: {sixteen:.0f} ms (goal {GOAL_SIXTEEN_MS:.0f}, aim {AIM_SIXTEEN_MS:.0f})")
    if peers["bursts"]:
        ratios = [
            min(spent["bursts", p, size] for p in peers["bursts"]) / spent["bursts", "legato", size] for size in works
        ]
        print(f"the fastest peer that finds onsets over Legato: {ratios[0]:.1f}, {ratios[1]:.1f} (aim {AIM_RATIO:.0f})")
    return int(one > GOAL_CHANNEL_MS or sixteen > GOAL_SIXTEEN_MS)


if __name__ == "__main__":
    sys.exit(main())
