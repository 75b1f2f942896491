"""How each standing lift looks, and how it looks in an athlete of their own build."""

import tomllib
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from legato.simulate.build import Build


@dataclass(frozen=True, slots=True)
class LiftShape:
    """How a lift looks; the fields are those of `lifts.toml`."""

    knee_deg: tuple[float, float]
    pelvis_lean_deg: tuple[float, float]
    lumbar_deg: tuple[float, float]
    delays: tuple[float, float, float]
    down_s: float
    up_s: float
    arms: str
    stance_share: float
    toe_out_deg: float
    knee_out_deg: float
    balance_m: tuple[float, float]
    bar_x_share: tuple[float, float] = (0.0, 0.0)
    dorsiflexion_deg: float | None = None
    bar_height_m: float | None = None
    starts_low: bool = False
    nod_deg: float = 0.0


@cache
def lift_shape(movement: str) -> LiftShape:
    """The shape of a lift from `lifts.toml`."""
    text = files("legato.simulate").joinpath("lifts.toml").read_text(encoding="utf-8")
    table: dict[str, Any] = tomllib.loads(text)[movement]
    fields: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in table.items()}
    return LiftShape(**fields)


def built(shape: LiftShape, build: Build) -> LiftShape:
    """The shape of a lift by an athlete of their own depth, bend of the back and stance."""

    def way(ends: tuple[float, float], share: float) -> tuple[float, float]:
        return ends[0], ends[0] + share * (ends[1] - ends[0])

    upright = shape.arms != "hang"
    return replace(
        shape,
        knee_deg=way(shape.knee_deg, build.depth) if upright else shape.knee_deg,
        pelvis_lean_deg=shape.pelvis_lean_deg if upright else way(shape.pelvis_lean_deg, build.depth),
        lumbar_deg=way(shape.lumbar_deg, build.lumbar),
        stance_share=shape.stance_share * build.stance,
        toe_out_deg=shape.toe_out_deg + build.toe_out_deg,
        knee_out_deg=shape.knee_out_deg + build.toe_out_deg,
    )
