"""How often the mean lag of a set holds under crosstalk: `python -m bench muscles-crosstalk [--quick]`.

Sets of the second generator (`emg_other`) through all that `analyze` does with EMG: three muscles, 8 repetitions of
2 s, 15 dB, lags of 30 to 150 ms either way. Part of the power of the second channel comes from the first (`of the
two`), or of the first from the third (`of a third`); in half of the sets as it is, in half 2 ms later and dulled at
150 Hz. What is scored is the mean lag between the centres of the first and the second; a second row of a cell is the
same without the allowance for crosstalk. As lags go either way, a bias towards the source cancels.
"""

import argparse
import sys
from collections.abc import Iterator

import numpy as np
from bench.bench_muscles import EVENTS, Tally, table
from bench.emg_other import KINDS, RATES_HZ, other_muscles

from legato.muscles.analyse import RepSpan, analyse_muscles
from legato.muscles.lags import lags_of_bursts
from legato.muscles.model import MusclesResult
from legato.recording import FloatArray, Recording, Span, Stream
from legato.simulate.emg_nuisances import with_crosstalk

SHARES = (0.0, 0.05, 0.1, 0.2, 0.3)
SNR_DB = 15.0
REPS = 8
LAGS_S = (0.03, 0.15)
RMS_V = 5e-5
NAMES = ("vastus_lateralis_right", "pectoralis_major_right", "triceps_brachii_right")


def leaked(x: FloatArray, other: FloatArray, rate_hz: float, share: float, dulled: bool) -> FloatArray:
    """The channel with so much of its power from another one."""
    passed = with_crosstalk(np.zeros(other.size), other, rate_hz, 1.0) if dulled else other
    return x + np.sqrt(share / (1.0 - share)) * x.std() / passed.std() * passed


def sets(
    seed: int, share: float, source: str, count: int
) -> Iterator[tuple[MusclesResult, list[RepSpan], float, bool]]:
    """Analysed sets, their repetitions, the planted lag of the second muscle after the first, s, and whether dulled."""
    rng = np.random.default_rng([seed, round(1000 * share), *source.encode()])
    for k in range(count):
        kind, rate = KINDS[k % 2], RATES_HZ[k // 2 % 3]
        near, far = (float(rng.choice((-1.0, 1.0)) * rng.uniform(*LAGS_S)) for _ in range(2))
        channels, spans = other_muscles(rng, rate, kind, SNR_DB, REPS, (0.0, near, far))
        first, second, third = (RMS_V * x / x.std() for x in channels)
        dulled = k // 6 % 2 == 1
        if source == "of the two":
            second = leaked(second, first, rate, share, dulled)
        else:
            first = leaked(first, third, rate, share, dulled)
        stream = Stream("emg", "emg", np.stack([first, second, third], axis=1), rate, NAMES, ("V",) * 3)
        reps = [RepSpan(n, Span(*span)) for n, span in enumerate(spans)]
        found = analyse_muscles(Recording((stream,)), reps)
        assert found is not None
        yield found, reps, near, dulled


def cell(seed: int, share: float, source: str, count: int) -> list[tuple[str, Tally]]:
    """The mean lags of one share and source: as told, without the allowance, and as told by how the crosstalk came."""
    told, bare, straight, dull = Tally(), Tally(), Tally(), Tally()
    for found, reps, truth, dulled in sets(seed, share, source, count):
        (lag,) = [
            one.mean for one in found.lags if (one.from_channel, one.to_channel, one.at) == (*NAMES[:2], "centre")
        ] or [None]
        for tally in (told, dull if dulled else straight):
            tally.add(lag, truth)
        first, second = found.muscles[:2]
        bare.add(
            lags_of_bursts(first.timed, second.timed, [(rep.span.start_s, rep.span.end_s) for rep in reps]).mean, truth
        )
    name = f"{100 * share:g} % {source}"
    rows = [(name, told), (f"{name}, not allowed for", bare)]
    return rows if share == 0.0 else [*rows, (f"{name}, as it is", straight), (f"{name}, dulled", dull)]


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a quarter of the sets: a look, not a verdict")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sets", type=int, default=EVENTS)
    chosen = parser.parse_args()
    rows: list[tuple[str, Tally]] = []
    for source in ("of the two", "of a third"):
        for share in SHARES:
            rows += cell(chosen.seed, share, source, chosen.sets // 4 if chosen.quick else chosen.sets)
            print(rows[-1][0], file=sys.stderr)
    print(table(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
