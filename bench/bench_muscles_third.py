"""How well muscles are timed on a third generator, by a stranger: `python -m bench muscles-third [--quick]`.

Tables and figures as in `bench_muscles`; what the generator does is told in `emg_third`. Signal to noise is 10 to 25 dB
where a cell does not name it. Rises and falls are called by their form and length, the other edge of a burst is of any.
Lags scatter between repetitions by 0, 8 or 20 ms.
"""

import sys
from typing import Any

import numpy as np
from bench.bench_muscles import Bench, command
from bench.emg_third import KINDS, RATES_HZ, SNRS_DB, third, third_pair
from bench.emg_third_bursts import EDGES, FALLS_S, RISES_S, SMOOTH, Form, edges, smooth

REPS = (3, 8, 20)
SPREADS_S = (0.0, 0.008, 0.02)
_SHORT_S = (0.15, 0.6)
"""Plateaus that fit into a repetition."""


def run(detector: Any, seed: int, events: int, only: str = "") -> Bench:
    """Every cell, or those whose name holds `only`."""
    bench = Bench(detector, seed, events, only, KINDS, RATES_HZ)
    for kind in EDGES:
        for rise in RISES_S:
            bench.cell(
                f"{kind} rise of {1e3 * rise:g} ms",
                ("onset", "centre"),
                lambda g, r, k, up=(kind, rise): third(g, r, k, float(g.choice(SNRS_DB)), edges(g, rise=up)),
            )
        for fall in FALLS_S:
            bench.cell(
                f"{kind} fall of {1e3 * fall:g} ms",
                ("offset",),
                lambda g, r, k, down=(kind, fall): third(g, r, k, float(g.choice(SNRS_DB)), edges(g, fall=down)),
            )
    for kind in SMOOTH:
        for snr in SNRS_DB:
            bench.cell(
                f"{kind}, {snr:g} dB",
                ("onset", "offset", "centre", "peak"),
                lambda g, r, k, which=kind, s=snr: third(g, r, k, s, smooth(g, which)),
            )
    for reps in REPS:
        for level in (True, False):
            bench.lag_cell(
                f"{reps} lags between centres, {'plateaus' if level else 'smooth'}",
                "centre",
                lambda g, r, k, n=reps, flat=level: third_pair(
                    g, r, k, float(g.choice(SNRS_DB)), (_form(g, flat), _form(g, flat)), n, float(g.choice(SPREADS_S))
                ),
            )
    return bench


def _form(rng: np.random.Generator, level: bool) -> Form:
    return edges(rng, plateau_s=_SHORT_S) if level else smooth(rng, str(rng.choice(SMOOTH)))


if __name__ == "__main__":
    sys.exit(command(__doc__, run))
