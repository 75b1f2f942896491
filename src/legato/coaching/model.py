"""What a drill's file holds: what it is for, its levels with dose and tempo, its cues, and whom it is not for."""

import re
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, field_validator, model_validator

from legato.movements.window_spec import ClaimId, Data
from legato.movements.window_spec import Grade as EvidenceGrade

Id: TypeAlias = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Grade: TypeAlias = EvidenceGrade | Literal["ENG"]
"""`ENG`: a default of ours, which no study gives; users are told `default`."""

Level: TypeAlias = Literal["hold", "dynamic", "loaded", "explosive"]
LEVELS: tuple[Level, ...] = ("hold", "dynamic", "loaded", "explosive")
"""L0 to L3, in the order in which they are earned (inventory S1.27)."""

Stage: TypeAlias = Literal["isometric", "slow", "strength", "power", "reactive"]
STAGES: tuple[Stage, ...] = ("isometric", "slow", "strength", "power", "reactive")
"""Layers of loading, in order (inventory S2.15)."""

Pattern: TypeAlias = Literal[
    "squat", "hinge", "single-leg", "carry", "push", "pull", "rotate", "anti-rotate", "jump",
    "mobility", "breath", "brace",
]  # fmt: skip
"""What a drill or an exercise trains; the first eight are those an audit looks for (inventory S2.10)."""

Emphasis: TypeAlias = Literal["hip-dominant", "core", "mobility", "other"]
"""What a week's sets are balanced by (inventory S1.49)."""

Region: TypeAlias = Literal["legs", "trunk", "chest", "back"]

Group: TypeAlias = Literal[
    "brace", "hinge", "rotation", "thoracic", "anti-rotation", "squat", "jump", "quadruped", "spotter",
    "press", "knees", "arms", "bent-wrist", "axial", "bend", "legs", "balance",
]  # fmt: skip
"""Whom a drill is not for: the groups of drills that a condition bars (V, H, R, T, P, G, J, B, X of the movements, and
others of our own: presses and pulls of the arms, what bends or loads one knee much, load on the arms, on a bent wrist,
on the spine, in bending over, on the legs, and work on one leg).
"""

Equipment: TypeAlias = Literal[
    "dowel", "mat", "band", "cable", "light-bar", "barbell", "plates", "kettlebell", "dumbbell", "medicine-ball",
    "box", "bench", "rack", "leg-press", "force-plate", "wall", "chair", "foam-roller",
]  # fmt: skip

BARE: frozenset[Equipment] = frozenset({"wall", "chair"})
"""What every home has: a drill that needs no more than this needs no equipment."""


class Tempo(Data):
    """Seconds down, held at the bottom, up, held at the top: `E-P-C-P` (inventory S1.29)."""

    eccentric_s: Annotated[float, Field(ge=0, le=60)]
    pause_s: Annotated[float, Field(ge=0, le=60)]
    concentric_s: Annotated[float, Field(ge=0, le=60)]
    top_s: Annotated[float, Field(ge=0, le=60)]

    @classmethod
    def parse(cls, text: str) -> "Tempo":
        """From `3-1-2-0`. Raises `ValueError`."""
        parts = text.split("-")
        if len(parts) != 4 or not all(re.fullmatch(r"\d{1,2}(\.\d)?", part) for part in parts):
            raise ValueError(f"{text!r} is no tempo; write seconds down, held, up, held, as in 3-1-2-0")
        down, pause, up, top = map(float, parts)
        return cls(eccentric_s=down, pause_s=pause, concentric_s=up, top_s=top)

    @property
    def seconds(self) -> float:
        """Of one repetition."""
        return self.eccentric_s + self.pause_s + self.concentric_s + self.top_s

    def __str__(self) -> str:
        return f"{self.eccentric_s:g}-{self.pause_s:g}-{self.concentric_s:g}-{self.top_s:g}"


class Dose(Data):
    """How much: sets of repetitions, of a hold or of a way walked; `per_side` where each side does as much."""

    sets: Annotated[int, Field(ge=1, le=12)]
    reps: Annotated[int, Field(ge=1, le=50)] | None = None
    hold_s: Annotated[float, Field(gt=0, le=120)] | None = None
    distance_m: Annotated[float, Field(gt=0, le=400)] | None = None
    per_side: bool = False
    rest_s: Annotated[float, Field(ge=0, le=600)] = 75.0
    effort: str = ""
    source: str
    grade: Grade

    @model_validator(mode="after")
    def _counts_something(self) -> "Dose":
        if self.reps is None and self.hold_s is None and self.distance_m is None:
            raise ValueError("give reps, hold_s or distance_m")
        return self

    @property
    def words(self) -> str:
        """`2 × 8 a side`, `3 × 10 s a side`, `3 × 20 m`."""
        what = [f"{self.reps}"] if self.reps is not None else []
        what += [f"{self.hold_s:g} s"] if self.hold_s is not None else []
        what += [f"{self.distance_m:g} m"] if self.distance_m is not None else []
        return f"{self.sets} × {' of '.join(what)}{' a side' if self.per_side else ''}" + (
            f", {self.effort}" if self.effort else ""
        )


class Cue(Data):
    """A few words said before a set. `external`: of the effect out there; `internal`: of the body."""

    focus: Literal["internal", "external"]
    says: Annotated[str, Field(min_length=4, max_length=80)]
    source: str = "our own words"
    grade: Grade = "ENG"


class Step(Data):
    """A drill at one level: how it is done, how much, how fast, with what. `barred`: groups that this step alone
    belongs to. `weight_on`: where its weight lies: in the hands, or on the hips.
    """

    level: Level
    how: str
    dose: Dose
    tempo: str = ""
    equipment: tuple[Equipment, ...] = ()
    barred: tuple[Group, ...] = ()
    weight_on: Literal["hands", "hips"] = "hands"

    @field_validator("tempo")
    @classmethod
    def _is_tempo(cls, text: str) -> str:
        return str(Tempo.parse(text)) if text else ""

    @property
    def bare(self) -> bool:
        """Whether it needs no equipment."""
        return set(self.equipment) <= BARE


class Measured(Data):
    """What shows whether a drill works: in words, and the fault or metric that is read again, with a target if any."""

    what: str
    fault: str = ""
    metric: str = ""
    target: str = ""
    grade: Grade | None = None


class Figure(Data):
    """What is drawn of a drill where it is not its movement as simulated: another movement, or some of its moments
    (`frames`, by name), with a stick along the back in place of what the movement is done with, or with empty hands.
    """

    movement: str = ""
    things: Literal["own", "none", "dowel"] = "own"
    frames: tuple[str, ...] = ()
    note: str = ""


class Drill(Data):
    """A drill, at one or more levels.

    `faults`: those it answers. `movement`: the one of the library that it is measured as and drawn from, empty where
    there is none; `figure` says what else is drawn, with no movement nothing. `barred`: groups of drills it belongs to,
    which a condition of the athlete may bar. `progress`, `regress`: ids of drills or words. `stage`: the layer of
    loading of its loaded levels. `experimental`: offered as an experiment only. `evidence`: what is known of it, with
    `source` and `grade`. `claim`: the one of the ledger that it leans on. `copy_of`: the one of the library that a
    coach's own was made from; whom that is not for, it is not for.
    """

    id: Id
    name: str
    purpose: str
    faults: tuple[str, ...] = ()
    movement: str = ""
    figure: Figure | None = None
    pattern: Pattern
    emphasis: Emphasis
    regions: Annotated[tuple[Region, ...], Field(min_length=1)]
    stage: Stage
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]
    cues: Annotated[tuple[Cue, ...], Field(min_length=2)]
    barred: tuple[Group, ...] = ()
    measured: Annotated[tuple[Measured, ...], Field(min_length=1)]
    progress: str
    regress: str
    experimental: bool = False
    evidence: str
    source: str
    grade: Grade
    claim: ClaimId = ""
    copy_of: Id | Literal[""] = ""

    @model_validator(mode="after")
    def _is_whole(self) -> "Drill":
        levels = [LEVELS.index(step.level) for step in self.steps]
        if levels != sorted(levels):
            raise ValueError("steps stand in the order of their levels: hold, dynamic, loaded, explosive")
        if {cue.focus for cue in self.cues} != {"internal", "external"}:
            raise ValueError("give a cue of each focus, internal and external")
        if not self.movement and any(measured.metric for measured in self.measured):
            raise ValueError("a metric is one of a movement; give movement")
        return self

    @property
    def bare(self) -> bool:
        """Whether some step of it needs no equipment."""
        return any(step.bare for step in self.steps)


class Curriculum(Data):
    """Drills in the order in which they are learnt, each with what must hold before the next (inventory S1.53).

    `days_a_week`: fewest and most days on which it is trained, None where it is not one for every week.
    """

    id: Id
    name: str
    for_whom: str
    days_a_week: tuple[int, int] | None = None
    units: Annotated[tuple["Unit", ...], Field(min_length=2)]
    source: str
    grade: Grade
    claim: ClaimId = ""


class Unit(Data):
    """One drill of a curriculum at a level, and when it is passed."""

    drill: Id
    level: Level
    passed_when: str
    assessment: str = ""


class WarmUp(Data):
    """Drills before a session, in their order, each at a level and dose of its own (inventory S1.23)."""

    id: Id
    name: str
    purpose: str
    parts: Annotated[tuple["WarmUpPart", ...], Field(min_length=1)]
    evidence: str
    source: str
    grade: Grade
    claim: ClaimId = ""


class WarmUpPart(Data):
    """One drill of a warm-up, and why it is there."""

    drill: Id
    level: Level
    dose: Dose
    why: str
