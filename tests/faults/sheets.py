"""Filled-in sheets, as raters would hand them in, and results as `legato analyze` writes them."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from legato.faults.assessments import blank_sheet, load_assessment


def filled(
    assessment: str,
    ratings: Sequence[int | None] = (),
    *,
    rater: str = "R1",
    athlete: str = "A07",
    date: str = "2024-11-22",
    lines: Mapping[str, str] | None = None,
) -> str:
    """The text of a sheet: ratings in the order of its items (None: not seen), and other lines by `table.key`."""
    text = blank_sheet(load_assessment(assessment))
    for key, value in (("rater", f'"{rater}"'), ("athlete", f'"{athlete}"'), ("date", date)):
        text = re.sub(rf'^{key} = ""', f"{key} = {value}", text, flags=re.MULTILINE)
    for item, rating in zip(load_assessment(assessment).items, ratings, strict=True):
        told = '"not seen"' if rating is None else str(rating)
        text = re.sub(rf'^{item.id} = ""$', f"{item.id} = {told}", text, flags=re.MULTILINE)
    for place, value in (lines or {}).items():
        table, _, key = place.rpartition(".")
        head, found, rest = text.partition(f"[{table}]\n")
        assert found, place
        section, cut, tail = rest.partition("\n[")
        section = re.sub(rf"^(# )?{key} = .*$", f"{key} = {value}", section, count=1, flags=re.MULTILINE)
        text = head + found + section + cut + tail
    return text


def number(value: float, half: float, unit: str = "1") -> dict[str, Any]:
    """An estimate as a result holds it."""
    return {"value": value, "low": value - half, "high": value + half, "unit": unit}


def result(movement: str, **parts: Any) -> dict[str, Any]:
    """A `result.json` of a movement with some of its parts."""
    return {"schema": "legato.analysis/1", "settings": {"level": 0.9}, "movement": {"id": movement}, **parts}


def finding(fault: str, verdict: str, measured: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """A fault as a result holds it."""
    return {"fault": fault, "verdict": verdict, "measured": measured, "unit": "deg", "why": "as seen", **more}
