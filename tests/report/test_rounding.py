"""How finely the tables of `baseline` and `compare` write numbers."""

import pytest

from legato.report.rounding import figures, in_seconds


def change(value: float, low: float, high: float, unit: str) -> dict[str, float | str]:
    """An estimate's record."""
    return {"value": value, "low": low, "high": high, "unit": unit}


@pytest.mark.parametrize(
    ("record", "values", "said", "interval"),
    [
        (change(0.2, 0.1, 2.0, "s"), (2.345, 0.06), ["ms", "2345", "60"], "200 (100 to 2000)"),
        (change(0.004, 0.001, 0.702, "m"), (0.312, 0.0042), ["m", "0.312", "0.004"], "0.004 (0.001 to 0.702)"),
        (change(-0.06, -0.47, 0.02, ""), (0.12, 0.06), ["", "0.12", "0.06"], "−0.06 (−0.47 to 0.02)"),
        (change(-1.0, -3.2, 0.4, "%"), (2.1, 1.1), ["%", "2.1", "1.1"], "−1.0 (−3.2 to 0.4)"),
        (change(0.0, -0.0001, 0.0001, "m"), (0.004, 0.004), ["m", "0.0040", "0.0040"], "0.0000 (−0.0001 to 0.0001)"),
        (change(20.0, -600.0, 640.0, "N"), (1234.4, 1254.4), ["N", "1234", "1254"], "20 (−600 to 640)"),
    ],
)
def test_decimals_follow_the_unit_and_the_number(
    record: dict[str, float | str], values: tuple[float, float], said: list[str], interval: str
) -> None:
    shown = figures(record, values, seconds=False)
    assert [shown.unit, *map(shown.text, values)] == said
    assert shown.interval(record) == interval


def test_times_of_one_table_have_one_unit() -> None:
    assert not in_seconds([0.02, 2.4, -9.0])
    assert in_seconds([0.02, 31.0])
    gap, rest = (change(d, 0.5 * d, 2.0 * d, "s") for d in (0.02, 3.0))
    assert figures(gap, (0.02,), seconds=True).text(0.02) == "0.020"
    assert figures(rest, (31.0,), seconds=True).text(31.0) == "31.00"
