"""The athlete's own band from several days, and how often it holds a day on which nothing changed."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from legato import BadInput
from legato.chain.baseline import own_band, read_baseline
from legato.movements.model import GapSpec

SPEC = GapSpec.model_validate(
    {"from": "hip", "to": "knee", "event": "peak", "phase": "ascent", "band": "own", "source": ""}
)


def baseline(means: list[float], within: float, n: int) -> dict[str, Any]:
    days = [{"mean": m, "n": n} for m in means]
    gap = {"from": "hip", "to": "knee", "event": "peak", "days": days, "sd_within": {"value": within}}
    return {"schema": "legato.baseline/1", "movement": {"id": "bench-press"}, "gaps": [gap]}


def test_three_days_make_a_band_and_two_do_not() -> None:
    band, _ = own_band(SPEC, 5, baseline([0.01, 0.02, 0.04], 0.005, 5))
    assert band is not None
    low, high = band
    assert low is not None and high is not None
    # Median 20 ms; t with two degrees of freedom 4.303, SD 15.3 ms, 1 + π/6.
    half = 4.3027 * np.std([0.01, 0.02, 0.04], ddof=1) * np.sqrt(1.0 + np.pi / 6.0)
    assert (low, high) == pytest.approx((0.02 - half, 0.02 + half), rel=1e-4)
    none, why = own_band(SPEC, 5, baseline([0.01, 0.02], 0.005, 5))
    assert none is None
    assert "2 days" in why
    assert own_band(SPEC, 5, {"schema": "legato.baseline/1", "gaps": []})[0] is None


def test_a_shorter_set_gets_a_wider_band() -> None:
    known = baseline([0.01, 0.02, 0.04], 0.02, 8)
    bands = [own_band(SPEC, n, known)[0] or (None, None) for n in (2, 8, 20)]
    widths = [high - low for low, high in bands if low is not None and high is not None]
    assert widths[0] > widths[1] == widths[2]


@pytest.mark.parametrize("days", [3, 6])
def test_a_day_without_change_lies_in_the_band(days: int) -> None:
    rng = np.random.default_rng(days)
    inside, trials, n = 0, 800, 5
    for _ in range(trials):
        table = 0.01 * rng.normal(size=(days + 1, 1)) + 0.01 * rng.normal(size=(days + 1, n))
        within = float(np.sqrt(table[:days].var(axis=1, ddof=1).mean()))
        low, high = own_band(SPEC, n, baseline(table[:days].mean(axis=1).tolist(), within, n))[0] or (1.0, 0.0)
        assert low is not None and high is not None
        inside += low <= table[days].mean() <= high
    # 95 % is meant; the factor of the median is that of many days, so a little more for few. One SE is 0.8 points.
    assert inside / trials >= 0.93


@pytest.mark.parametrize(
    ("text", "said"),
    [("[1]", "no result"), ("{", "no JSON"),
     (json.dumps(baseline([], 0.0, 5) | {"movement": {"id": "throw"}}), "throw"),
     ('{"schema": "legato.baseline/1", "movement": {"id": "bench-press"}, "gaps": [{"from": 1}]}', "make it again")],
)  # fmt: skip
def test_a_wrong_baseline_gets_one_line_that_names_it(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "b.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        read_baseline(path, "bench-press")
    assert said in str(caught.value)
    assert "b.json" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_baseline_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"none\.json"):
        read_baseline(tmp_path / "none.json", "bench-press")
