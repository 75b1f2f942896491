"""Results of activities made by hand, with planted differences between athletes and days."""

from typing import Any

import numpy as np

ACTIVITIES = ("back-squat", "hip-hinge", "goblet-squat")


def number(value: float, half: float, unit: str) -> dict[str, Any]:
    return {"value": float(value), "low": float(value - half), "high": float(value + half), "unit": unit}


def activity(
    movement: str, lumbar: list[float], key: str, *, placed: float = 1.0, settings: dict[str, Any] | None = None
) -> dict[str, Any]:
    """A result with a change of lumbar flexion (deg) in each repetition; `placed` is the half-width of its interval."""
    reps = [
        {
            "index": k, "start_s": 3.0 * k, "end_s": 3.0 * k + 2.0, "complete": True,
            "metrics": {"lumbar_flexion_change": number(value, placed, "deg")},
        }
        for k, value in enumerate(lumbar)
    ]  # fmt: skip
    return {
        "schema": "legato.analysis/1", "legato_version": "0.1.0", "settings": {"level": 0.90} | (settings or {}),
        "movement": {"id": movement, "name": movement.replace("-", " ").capitalize()}, "reps": reps,
        "inputs": [{"path": "x.c3d", "sha256": key, "format": "c3d", "streams": []}],
    }  # fmt: skip


def group(
    seed: int,
    athletes: int,
    days: int,
    common: float,
    *,
    placement: float = 0.0,
    told: float = 1.0,
    activities: tuple[str, ...] = ACTIVITIES[:2],
    own_day: bool = False,
) -> list[tuple[dict[str, Any], str, str]]:
    """Results of athletes with their name and day: athletes differ by 6 deg (SD), `common` of its variance in all
    activities; `placement` is the SD, deg, that a day adds to all of them alike, `told` the half-width that intervals
    say; `own_day` gives each activity a day of its own.
    """
    rng = np.random.default_rng(seed)
    found: list[tuple[dict[str, Any], str, str]] = []
    for who in range(athletes):
        person, own = rng.standard_normal(), rng.standard_normal(len(activities))
        truth = 15.0 + 6.0 * (np.sqrt(common) * person + np.sqrt(1.0 - common) * own)
        for day in range(days):
            shift = placement * rng.standard_normal()
            for k, name in enumerate(activities):
                shift = placement * rng.standard_normal() if own_day else shift
                reps = list(truth[k] + shift + 1.5 * rng.standard_normal(5))
                key = f"{seed}-{who}-{day}-{name}"
                of_day = f"{day}-{name}" if own_day else str(day)
                found.append((activity(name, reps, key, placed=told), f"athlete {who}", of_day))
    return found
