"""Which muscles turn a joint or a segment, by their roles."""

import tomllib
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, Field


class _Joint(BaseModel):
    """A joint, the segments that its muscles turn with it, and the roles of those muscles."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str
    also: tuple[str, ...] = ()
    roles: frozenset[str] = Field(min_length=1)


class _Joints(BaseModel):
    """The whole file."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    joint: tuple[_Joint, ...]


@cache
def movers() -> dict[str, frozenset[str]]:
    """Roles of the muscles that turn a joint (`knee`) or a segment (`upper_arm`), by its name."""
    text = files("legato.muscles").joinpath("joints.toml").read_text(encoding="utf-8")
    joints = _Joints.model_validate(tomllib.loads(text)).joint
    return {name: joint.roles for joint in joints for name in (joint.name, *joint.also)}
