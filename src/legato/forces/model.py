"""What a force plate measured, in the lab's axes, and what it cannot tell."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from legato.recording import BoolArray, FloatArray, Span

Side: TypeAlias = Literal["", "left", "right"]

SCALE_SD = 0.005
"""SD of the error of a plate's scale, as a share of what it reads; each plate has its own. [ENG] In one of
four plates the vertical force was still wrong by 4 to 5 N, some 0.5 % of a person, after calibration in place (Gait
Posture 2011, 33:724).
"""


@dataclass(frozen=True, slots=True, eq=False)
class Zero:
    """What an empty plate reads.

    `offset_n` and `offset_nm` (3,): force, N, and moment, N·m, in the axes of the plate's numbers, of the sign of
    `Plate.force`; NaN where they are not known. `noise_n`: SD of the vertical force, N; `noise_s`: the time over which
    that noise is correlated (the area under its autocorrelation), s. `error_n`: SD of the vertical offset itself, N.
    `spans`: the stretches that told. `source`: `unloaded` (found so), `file` (named by the file), or empty where
    nothing tells.
    """

    offset_n: FloatArray
    offset_nm: FloatArray
    noise_n: float
    noise_s: float
    error_n: float
    spans: tuple[Span, ...]
    source: Literal["", "unloaded", "file"]


@dataclass(frozen=True, slots=True, eq=False)
class Plate:
    """One force plate over a recording, time base `start_s + i / rate_hz`, in the recording's lab axes, z up.

    `force` (n, 3), N, acts on the person; x and y are NaN where only the vertical was measured. `moment` (n, 3), N·m,
    about `origin_m`: the middle of the plate's top, or of a table the lab's origin. `cop` (n, 3), m, is the centre of
    pressure, NaN while not loaded. `free_moment` (n,), N·m, about the vertical through it, counter-clockwise from
    above positive. `loaded` (n,): whether it carries more than its threshold. NaN marks missing samples. What could
    not be computed is None, and `reasons` say why. `frame` is `plate` where the place of the plate in the lab is not
    known: the centre of pressure then counts from the plate's own middle. `side`: the foot that the file's own words
    put on it.
    """

    index: int
    name: str
    stream: str
    rate_hz: float
    start_s: float
    force: FloatArray
    moment: FloatArray | None
    cop: FloatArray | None
    free_moment: FloatArray | None
    loaded: BoolArray
    zero: Zero
    threshold_n: float
    origin_m: FloatArray
    plate_type: int | None = None
    corners_m: FloatArray | None = None
    frame: Literal["lab", "plate"] = "lab"
    side: Side = ""
    clipped: tuple[Span, ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def n_samples(self) -> int:
        """Number of samples."""
        return int(self.force.shape[0])

    @property
    def vertical(self) -> FloatArray:
        """Vertical force on the person, N, shape (n,)."""
        return self.force[:, 2]

    @property
    def stood_on(self) -> bool:
        """Whether anybody ever stood on it."""
        return bool(self.loaded.any())

    @property
    def time_base(self) -> tuple[float, float, int]:
        """Rate, Hz, start, s, and number of samples: plates that share them can be added sample by sample."""
        return self.rate_hz, self.start_s, self.n_samples

    def times(self) -> FloatArray:
        """Time of each sample, s from the recording's start, shape (n,)."""
        return self.start_s + np.arange(self.n_samples) / self.rate_hz


def stood_on_together(plates: Sequence[Plate]) -> list[Plate]:
    """The plates that anybody stands on and that share the time base of the first of them."""
    used = [plate for plate in plates if plate.stood_on]
    return [plate for plate in used if plate.time_base == used[0].time_base]
