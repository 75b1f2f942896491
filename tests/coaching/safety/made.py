"""Drills and athletes for the tests of safety."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any, get_args

from legato.coaching.model import Cue, Dose, Drill, Equipment, Group, Level, Measured, Pattern, Step
from legato.coaching.situation import Screening, Situation

DAY = date(2026, 11, 22)
EVERYTHING = frozenset(get_args(Equipment))
PASSED = Screening(on=DAY - timedelta(days=10), until=DAY + timedelta(days=300), passed=True)
READY = Situation(
    on=DAY,
    screening=PASSED,
    age_years=30.0,
    base_weeks=12.0,
    equipment=EVERYTHING,
    mobility={"hip-flexion": True, "ankle-dorsiflexion": True, "thoracic-rotation": True},
    maxima_kg={"force-track": 150.0},
    hinge_gate=True,
    order_kept=1.0,
)
"""Somebody who may do everything."""


def step(level: Level = "dynamic", *equipment: Equipment) -> Step:
    """A step at a level."""
    dose = Dose(sets=2, reps=8, source="made up", grade="ENG")
    return Step(level=level, how="as shown", dose=dose, equipment=equipment)


def drill(*barred: Group, level: Level = "dynamic", pattern: Pattern = "brace", **more: Any) -> Drill:
    """A drill of some groups with one step."""
    return Drill(
        id="made-up",
        name="Made up",
        purpose="to be tried",
        pattern=pattern,
        emphasis="core",
        regions=("trunk",),
        stage="slow",
        steps=(step(level),),
        cues=(Cue(focus="internal", says="stay tall"), Cue(focus="external", says="reach for the wall")),
        barred=barred,
        measured=(Measured(what="counted"),),
        progress="more",
        regress="less",
        evidence="none",
        source="made up",
        grade="ENG",
        **more,
    )


def athlete(**other: Any) -> Situation:
    """Somebody who may do everything, but for what is given."""
    return replace(READY, **other)


def screened(**other: Any) -> Situation:
    """Somebody who may do everything, but for what the screening says."""
    return athlete(screening=replace(PASSED, **other))
