"""How one simulated athlete differs from the tables: proportions, mobility, stance, depth; and how it is drawn."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from legato.errors import BadInput

KINDS: tuple[str, ...] = ("long-femur", "stiff-ankle", "hypermobile")

_THIGH, _SHANK, _SPINE = 0.245, 0.246, 0.301
"""Shares of stature that the tables give them (`anthropometry.toml`; the spine from the hips to the neck)."""


@dataclass(frozen=True, slots=True)
class Build:
    """One athlete's own. Factors are those of the tables' lengths and of the usual depth, bend of the back and stance.

    `ankle_deg` is the largest dorsiflexion over a flat foot, None for no limit; a squat goes to the movement's usual
    one and `shank_deg` more, but not past it, and the trunk then leans as far as balance asks. `lumbar_max_deg` is the
    athlete's own largest flexion of the back from standing, of which `lumbar` times the usual bend is a part.
    `uneven_deg` is how much deeper the right knee bends than the left at the bottom.
    """

    thigh: float = 1.0
    shank: float = 1.0
    spine: float = 1.0
    arm: float = 1.0
    ankle_deg: float | None = None
    shank_deg: float = 0.0
    depth: float = 1.0
    lumbar: float = 1.0
    lumbar_max_deg: float = 55.0
    stance: float = 1.0
    toe_out_deg: float = 0.0
    uneven_deg: float = 0.0

    def __post_init__(self) -> None:
        factors = ("thigh", "shank", "spine", "arm", "depth", "lumbar", "stance")
        for name in factors:
            if not 0.5 <= getattr(self, name) <= 2.0:
                raise BadInput(f"simulate: {name} of the athlete's build is {getattr(self, name)}; give 0.5 to 2")
        if self.ankle_deg is not None and not 5.0 <= self.ankle_deg <= 60.0:
            raise BadInput(f"simulate: ankle_deg of the athlete's build is {self.ankle_deg}; give 5 to 60 degrees")

    def dorsiflexion_deg(self, usual_deg: float) -> float | None:
        """How far the ankles bend at the bottom of a squat that usually bends them so far; None: as in the tables."""
        return None if self.ankle_deg is None else min(self.ankle_deg, usual_deg + self.shank_deg)


_USUAL: Mapping[str, tuple[float, float]] = {
    "thigh": (0.94, 1.06),
    "shank": (0.94, 1.06),
    "arm": (0.95, 1.05),
    "ankle_deg": (29.0, 45.0),
    "shank_deg": (-5.0, 5.0),
    "depth": (0.85, 1.05),
    "lumbar": (0.6, 1.2),
    "lumbar_max_deg": (45.0, 65.0),
    "stance": (0.85, 1.35),
    "toe_out_deg": (-4.0, 12.0),
    "uneven_deg": (-1.5, 1.5),
}
"""Ranges that are drawn from evenly. Femur and tibia over stature vary by 3 % (SD) among adults (Feldesman, Kleckner &
Lundy 1990, Am J Phys Anthropol 83:359, for the femur); weight-bearing dorsiflexion is 38 ± 7 degrees (Bennell et al.
1998, Aust J Physiother 44:175); both from memory. The others are [ENG].
"""

_OF_KIND: Mapping[str, Mapping[str, tuple[float, float]]] = {
    "long-femur": {"thigh": (1.07, 1.13), "shank": (0.95, 1.0)},
    "stiff-ankle": {"ankle_deg": (16.0, 23.0), "depth": (0.85, 1.0)},
    "hypermobile": {
        "ankle_deg": (42.0, 50.0),
        "shank_deg": (0.0, 8.0),
        "depth": (1.0, 1.12),
        "lumbar": (1.0, 1.6),
        "lumbar_max_deg": (75.0, 95.0),
    },
}


def check_kind(kind: str | None) -> None:
    """Refuse a kind that there is not.

    Raises
    ------
    BadInput
        The kind is unknown; the message lists those that there are.
    """
    if kind is not None and kind not in KINDS:
        near = difflib.get_close_matches(kind, KINDS, n=1)
        hint = f"did you mean {near[0]}?" if near else f"choose one of {', '.join(KINDS)}"
        raise BadInput(f"simulate: no athletes of kind {kind!r}; {hint}")


def draw_build(rng: np.random.Generator, kind: str | None = None, share: float = 1.0) -> Build:
    """One athlete of a kind; `share` of the way from the tables' proportions, all of it unless they do not fit.

    What the legs are longer than in the tables the spine is shorter, so that stature stays.
    """
    check_kind(kind)
    ranges = {**_USUAL, **(_OF_KIND[kind] if kind else {})}
    drawn = {name: float(rng.uniform(low, high)) for name, (low, high) in ranges.items()}
    for name in ("thigh", "shank", "arm"):
        drawn[name] = 1.0 + share * (drawn[name] - 1.0)
    longer = _THIGH * (drawn["thigh"] - 1.0) + _SHANK * (drawn["shank"] - 1.0)
    return Build(spine=1.0 - longer / _SPINE, **drawn)
