"""What a dowel's intervals hold where the gap errs as it is declared to, and what may have opened first."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from legato.body.model import Body
from legato.estimate import LEVEL
from legato.movements import dowel
from legato.movements.model import Rep
from legato.movements.noise import Z
from legato.recording import FloatArray

RATE, LONG_S, STANDING_M = 100.0, 3.0, 0.003
T = np.arange(0.0, LONG_S + 1e-9, 1.0 / RATE)
BODY = cast(Body, SimpleNamespace(rate_hz=RATE, start_s=0.0))
REP = Rep(index=0, start_s=0.0, end_s=LONG_S, complete=True, phases=(), marks={})
HALF = Z * STANDING_M


def constant(_true: FloatArray, error_m: float) -> FloatArray:
    return np.full(T.size, error_m)


def as_the_back_bends(_true: FloatArray, error_m: float) -> FloatArray:
    """As skin rolls under a marker: more at the bottom."""
    return error_m * np.sqrt(np.sin(np.pi * T / LONG_S))


def in_one_contact(gap: FloatArray) -> dict[str, tuple[dowel.ContactInRep, ...]]:
    return {"sacrum": (dowel._in_rep(BODY, REP, dowel._Gap(gap, HALF), LEVEL),)}


def opened(first_s: float, last_s: float, gap_m: float) -> FloatArray:
    return np.where((first_s < T) & (last_s > T), gap_m, 0.0)


@pytest.mark.parametrize("error", [constant, as_the_back_bends])
def test_the_standing_error_is_held_by_the_instant_and_by_the_share(
    error: Callable[[FloatArray, float], FloatArray],
) -> None:
    rng = np.random.default_rng(20)
    opens, shares, too_high = [], [], []
    for _ in range(1500):
        true = rng.uniform(0.015, 0.05) * np.sin(np.pi * T / LONG_S) ** rng.uniform(1.0, 4.0)
        gap = dowel._Gap(true + error(true, rng.normal(0.0, STANDING_M)), HALF)
        lost = dowel._lost(true, dowel.OPEN_M, RATE)
        kept, row = dowel._kept(BODY, REP, (gap,), LEVEL), dowel._in_rep(BODY, REP, gap, LEVEL)
        share = 100.0 * float(1.0 - lost.mean())
        shares.append(kept.low - 1e-9 <= share <= kept.high + 1e-9)
        too_high.append(kept.low > share + 1e-9)
        if row.opens is not None:
            opens.append(row.opens.low - 1e-9 <= float(np.argmax(lost)) / RATE <= row.opens.high + 1e-9)
    assert 0.87 <= np.mean(shares) <= 0.97 and 0.87 <= np.mean(opens) <= 0.97
    # the gate of the loaded hinge reads the lower end
    assert np.mean(too_high) <= 0.06


@pytest.mark.parametrize("gap_m", [0.012, 0.0135, 0.016, 0.030])
def test_an_instant_is_told_only_of_a_gap_that_is_surely_open(gap_m: float) -> None:
    (row,) = in_one_contact(opened(0.3, 0.9, gap_m))["sacrum"]
    assert row.size is not None and (row.opens is not None) == (row.size.low > dowel.OPEN_M)


@pytest.mark.parametrize(
    ("sacrum_m", "at_s", "first"),
    [(0.0130, 0.3, None), (0.0080, 0.3, None), (0.0030, 0.3, "head"), (0.0130, 1.6, "head"), (0.030, 0.3, "sacrum")],
)
def test_no_contact_is_first_whilst_another_may_have_opened_before(
    sacrum_m: float, at_s: float, first: str | None
) -> None:
    gaps = {"head": opened(1.0, 2.0, 0.030), "mid-back": 0.0 * T, "sacrum": opened(at_s, at_s + 0.6, sacrum_m)}
    rows = {name: in_one_contact(gap)["sacrum"] for name, gap in gaps.items()}
    assert dowel.first_lost(rows).get(0) == first
