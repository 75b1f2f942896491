"""Athletes for the tests of coaching."""

from datetime import date
from typing import Any

from legato.coaching.safety.gates import mobility_gates
from legato.coaching.situation import Screening, Situation

DAY = date(2026, 11, 22)
GYM = frozenset(
    {"dowel", "mat", "band", "cable", "light-bar", "barbell", "plates", "kettlebell", "dumbbell", "medicine-ball",
     "box", "bench", "rack", "leg-press", "foam-roller"}
)  # fmt: skip


def fit(**changed: Any) -> Situation:
    """Somebody who may do everything; with `changed` fields."""
    fields: dict[str, Any] = {
        "on": DAY,
        "screening": Screening(DAY, date(2027, 11, 20), passed=True),
        "age_years": 30.0,
        "base_weeks": 30.0,
        "equipment": GYM,
        "mobility": dict.fromkeys(mobility_gates(), True),
        "hinge_gate": True,
        "order_kept": 0.95,
        "supervised": True,
    }
    return Situation(**(fields | changed))
