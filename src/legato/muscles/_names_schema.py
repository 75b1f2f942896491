"""The form of `names.toml`: muscles, names that stand for several, and words that are no name."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator


class MuscleEntry(BaseModel):
    """A muscle with the codes and spellings that channels give it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    id: str = Field(pattern=r"^[a-z]+(_[a-z]+)*$")
    name: str
    region: Literal["leg", "hip", "trunk", "chest", "shoulder", "neck", "arm"]
    roles: tuple[str, ...]
    codes: tuple[str, ...]
    spellings: tuple[str, ...]
    group: tuple[str, ...] = ()
    levels: bool = False
    """Whether a vertebra may stand beside the name (`ES L3`)."""


class AmbiguousEntry(BaseModel):
    """A code or spelling of several muscles, and what decides between them."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    codes: tuple[str, ...]
    spellings: tuple[str, ...]
    of: tuple[str, ...]
    sisters: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    usual: str = ""


class LabelWords(BaseModel):
    """Words of a label beside the muscle's name."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    right: tuple[str, ...]
    left: tuple[str, ...]
    paired: tuple[tuple[str, str], ...]
    noise: tuple[str, ...]
    no_muscle: tuple[str, ...]
    unused: tuple[str, ...]
    unused_alone: tuple[str, ...]


class NamesFile(BaseModel):
    """The whole file; refuses ids, codes and readings that contradict each other."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    muscle: tuple[MuscleEntry, ...]
    ambiguous: tuple[AmbiguousEntry, ...]
    words: LabelWords

    @model_validator(mode="after")
    def _consistent(self) -> "NamesFile":
        ids = [m.id for m in self.muscle]
        codes = [c.lower() for entry in (*self.muscle, *self.ambiguous) for c in entry.codes]
        for name, listed in (("id", ids), ("code", codes)):
            if repeated := sorted({x for x in listed if listed.count(x) > 1}):
                raise ValueError(f"{name} given twice: {', '.join(repeated)}")
        named = {x for m in self.muscle for x in m.group} | {
            x for a in self.ambiguous for x in (*a.of, *a.sisters, *filter(None, [a.usual]))
        }
        if unknown := sorted(named - set(ids)):
            raise ValueError(f"unknown muscles: {', '.join(unknown)}")
        return self
