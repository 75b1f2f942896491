"""Days are read in every style; the column tells whether day or month comes first, or is refused."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legato.coaching.audit.days import NoDayError, day_of, day_reader
from legato.errors import BadInput

DAYS = st.dates(date(1990, 1, 1), date(2026, 1, 1))


@pytest.mark.parametrize(
    "cell",
    [
        "2025-08-13", "2025-08-13 07:32:00", "2025-08-13T07:32:00.000Z", "2025/08/13", "2025-08-13 7:32:00\u202fAM",
        "13 Aug 2025, 07:32", "13 August 2025",
        "Wednesday 13 August 2025 at 07:32", "Aug 13, 2025", "August 13th, 2025",
        "13. August 2025", "13 août 2025", "13 de agosto de 2025", "13-Aug-2025", "13/08/2025", "13.08.2025", "13.8.25",
        "13-08-2025", "Wednesday, August 13, 2025",
    ],
)  # fmt: skip
def test_styles(cell: str):
    assert day_of(cell, day_first=True) == date(2025, 8, 13)


@pytest.mark.parametrize("cell", ["", "45321", "13 Foo 2025", "2025-02-30", "25-08-13", "1.2", "13/08", "2025"])
def test_what_is_no_day(cell: str):
    with pytest.raises(NoDayError):
        day_of(cell, day_first=True)


@given(days=st.lists(DAYS, min_size=1, max_size=8), day_first=st.booleans(), sign=st.sampled_from("/.-"))
def test_the_column_tells_the_order_or_is_refused(days: list[date], day_first: bool, sign: str):
    form = f"%d{sign}%m{sign}%Y" if day_first else f"%m{sign}%d{sign}%Y"
    cells = [f"{one:{form}}" for one in days]
    shown = any(one.day > 12 for one in days)
    same = all(one.day == one.month for one in days)
    if not shown and not same:
        with pytest.raises(BadInput, match="say which with --day-first or --month-first"):
            day_reader(enumerate(cells), "log.csv", None)
        read = day_reader(enumerate(cells), "log.csv", day_first)
    else:
        read = day_reader(enumerate(cells), "log.csv", None)
    assert [read(cell) for cell in cells] == days


def test_a_column_with_both_orders_is_refused_with_both_lines():
    with pytest.raises(BadInput, match=r"line 2 \(25/12/2024\) has the day first and line 3 \(12/26/2024\) the month"):
        day_reader([(2, "25/12/2024"), (3, "12/26/2024")], "log.csv", None)
