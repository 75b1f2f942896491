"""What the ledger holds of a claim: its words, what is known, how it was graded over time, what may be said of it."""

from datetime import date
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator

Grade: TypeAlias = Literal["A", "B", "C+", "C", "D", "N", "X"]

GRADES: dict[Grade, str] = {
    "A": "consistent systematic reviews",
    "B": "direct trials, or strong indirect review",
    "C+": "several small or observational studies",
    "C": "small, observational or mechanistic",
    "D": "expert opinion",
    "N": "no source found",
    "X": "best evidence contradicts it",
}
"""What a grade means."""

Confidence: TypeAlias = Literal["high", "medium", "low"]
Words: TypeAlias = Annotated[str, Field(min_length=1)]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(_Table):
    """A study or text, and how it was read.

    `read`: `looked-up` (the abstract or text was read), `secondary` (told by another text that was read) or
    `recollection` (from memory, with how sure that is: nobody has read it yet). `seen`: what was read and when, where
    that is known. `bears`: which way it points. What is not known is left out: `n` people or `studies`, the `effect`
    and its `interval` as the source gives them, how far `bias` is likely.
    """

    cite: Words
    doi: Annotated[str, Field(pattern=r"^10\.\d{4,9}/\S+$")] | None = None
    url: Annotated[str, Field(pattern=r"^https://\S+$")] | None = None
    design: Words | None = None
    n: Annotated[int, Field(ge=1)] | None = None
    studies: Annotated[int, Field(ge=1)] | None = None
    effect: Words | None = None
    interval: Words | None = None
    bias: Words | None = None
    bears: Literal["for", "against", "mixed", "beside"]
    read: Literal["looked-up", "secondary", "recollection"]
    confidence: Confidence | None = None
    seen: Words | None = None

    @model_validator(mode="after")
    def _says_how_sure(self) -> "Source":
        if (self.read == "recollection") != (self.confidence is not None):
            raise ValueError("confidence goes with a recollection, and a recollection with its confidence")
        if self.read == "recollection" and self.seen is not None:
            raise ValueError("a source that was seen is no recollection; write looked-up")
        return self

    @property
    def link(self) -> str | None:
        """Where it is found."""
        return f"https://doi.org/{self.doi}" if self.doi else self.url


class Part(_Table):
    """A grade, and of which part of the claim; `about` is empty where it is of the whole."""

    grade: Grade
    about: str = ""


class Grading(_Table):
    """How a claim was graded on a day, and why. `seal` binds it to those before (see `history`)."""

    on: date
    parts: Annotated[tuple[Part, ...], Field(min_length=1)]
    reason: Words
    seal: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None

    @model_validator(mode="after")
    def _names_its_parts(self) -> "Grading":
        if len(self.parts) > 1 and not all(part.about for part in self.parts):
            raise ValueError("several grades: say of each what it is about")
        return self


class UserTest(_Table):
    """How one athlete finds out: pairs of sessions, cued doses or phases of weeks, with arm `a` (what the claim is
    about) against `b`; `outcome` is the number, of `movement`; `differs_by_arm`: conditions of trials that are so with
    one arm alone, and with which. With `none`, `why_not` says why no trial can tell.
    """

    protocol: Literal["pairs", "doses", "phases", "none"]
    a: str = ""
    b: str = ""
    outcome: str = ""
    of: str = ""
    movement: str = ""
    better: Literal["higher", "lower", ""] = ""
    differs_by_arm: dict[str, Literal["A", "B"]] = Field(default_factory=dict)
    note: str = ""
    why_not: str = ""

    @model_validator(mode="after")
    def _is_whole(self) -> "UserTest":
        none = self.protocol == "none"
        if none != bool(self.why_not):
            raise ValueError("why_not goes with protocol = none, and none with why_not")
        if none and (self.a or self.b or self.outcome):
            raise ValueError("protocol = none has no arms and no outcome")
        if not none and not (self.a and self.b and self.outcome and self.movement and self.better):
            raise ValueError("give a, b, outcome, movement and better")
        return self


class Claim(_Table):
    """A claim. `source_ref`: where the texts behind Legato make it; `verbatim`: its words in short, under examination
    and not ours. `metric`: the number of Legato that it is about. `searched`: what was looked for in vain, and where.
    `confidence`: in the grade. `health`: it is about health, so its words stand in the ledger alone.
    """

    id: Annotated[str, Field(pattern=r"^C\d{2,3}$")]
    source_ref: tuple[Annotated[str, Field(pattern=r"^S[0-2](\.\d{1,2})?$")], ...] = ()
    verbatim: Words
    population: Words | None = None
    exposure: Words | None = None
    comparator: Words | None = None
    outcome: Words | None = None
    effect: Words | None = None
    unit: Words | None = None
    metric: Words | None = None
    health: bool = False
    sources: tuple[Source, ...] = ()
    searched: Words | None = None
    confidence: Confidence | None = None
    checked_on: date
    display_text: Words
    forbidden_text: Annotated[tuple[Annotated[str, Field(min_length=6)], ...], Field(min_length=1)]
    user_test: UserTest
    gradings: Annotated[tuple[Grading, ...], Field(min_length=1)]

    @property
    def graded(self) -> Grading:
        """The newest grading, which holds."""
        return self.gradings[-1]

    @property
    def about(self) -> str:
        """What it is about, in short: what is done, else what changes."""
        return self.exposure or self.outcome or ""

    @property
    def grade(self) -> str:
        """All grades of it in short: `N`, `X/N`."""
        return "/".join(dict.fromkeys(part.grade for part in self.graded.parts))

    @property
    def grade_words(self) -> str:
        """The grades with what they are about: `X (after tiring squats), N (light priming)`."""
        return ", ".join(f"{p.grade} ({p.about})" if p.about else p.grade for p in self.graded.parts)
