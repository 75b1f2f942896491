"""The screening's questions and help texts, as data: what is asked and what a yes does."""

import hashlib
import json
import math
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, model_validator

from legato.coaching.model import Grade, Group, Id
from legato.movements.window_spec import Data

Help: TypeAlias = Literal["emergency", "clinician", "wait", "unanswered", "blocked"]
HELPS: tuple[Help, ...] = ("emergency", "clinician", "wait", "unanswered", "blocked")
"""What is said where nothing is scored, the most urgent first; `blocked` where only the record is known."""


_WORDS_A_MINUTE = 238.0
"""What adults read silently in English (Brysbaert 2019, J Mem Lang: mean of 190 studies), carried over to a form."""
_TO_CHOOSE_S = 4.0
"""To choose an answer, s. [ENG]"""


class HelpText(Data):
    """What is told, with its title."""

    title: str
    says: Annotated[tuple[str, ...], Field(min_length=1)]
    source: str
    grade: Grade


class Section(Data):
    """Questions that stand together."""

    id: Id
    title: str


class Question(Data):
    """One question, and what a yes does.

    `blocks`: nothing is scored, and this help is shown. `clearable`: `cleared` may be answered, which does the rest
    but does not block. `bars`: groups of drills that are left out. `exhale_only`: no hard brace and no held breath.
    """

    id: Id
    section: Id
    asks: Annotated[str, Field(pattern=r"\?$")]
    blocks: Literal["emergency", "clinician", "wait"] | None = None
    clearable: bool = False
    bars: tuple[Group, ...] = ()
    exhale_only: bool = False
    no_emg: bool = False
    minor: bool = False
    source: str
    grade: Grade

    @model_validator(mode="after")
    def _does_something(self) -> "Question":
        if not (self.blocks or self.bars or self.exhale_only or self.no_emg or self.minor):
            raise ValueError("a yes does nothing; give blocks, bars, exhale_only, no_emg or minor")
        if self.clearable and (self.blocks is None or self.blocks == "emergency"):
            raise ValueError("clearable goes with blocks = 'clinician' or 'wait'")
        return self


class Questionnaire(Data):
    """All that is asked, and for how long the answers hold."""

    valid_months: Annotated[int, Field(ge=1, le=12)]
    valid_source: str
    valid_grade: Grade
    help: Mapping[Help, HelpText]
    sections: Annotated[tuple[Section, ...], Field(min_length=1)]
    questions: Annotated[tuple[Question, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _is_whole(self) -> "Questionnaire":
        ids = [question.id for question in self.questions]
        if len(set(ids)) != len(ids):
            raise ValueError("an id stands twice among the questions")
        order = [section.id for section in self.sections]
        if [q.section for q in sorted(self.questions, key=lambda q: order.index(q.section))] != [
            q.section for q in self.questions
        ]:
            raise ValueError("questions stand in the order of their sections")
        if set(self.help) != set(HELPS):
            raise ValueError(f"help has {', '.join(HELPS)}")
        return self

    @property
    def minutes(self) -> int:
        """About how long it takes to read and answer all, in whole minutes, rounded up."""
        words = sum(
            len(text.split()) for text in (*(q.asks for q in self.questions), *(s.title for s in self.sections))
        )
        return math.ceil(words / _WORDS_A_MINUTE + len(self.questions) * _TO_CHOOSE_S / 60.0)

    @property
    def version(self) -> str:
        """A hash of what is asked and what it does: a record made with other questions is void."""
        asked = [q.model_dump(mode="json", exclude={"source", "grade"}) for q in self.questions]
        return hashlib.sha256(json.dumps([self.valid_months, asked], sort_keys=True).encode()).hexdigest()[:12]


@cache
def questionnaire() -> Questionnaire:
    """What Legato asks."""
    file = resources.files("legato.coaching.safety") / "screen.toml"
    return Questionnaire.model_validate(tomllib.loads(file.read_text("utf-8")))
