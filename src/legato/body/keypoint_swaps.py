"""Left and right that a pose estimator has exchanged: found by the paths that do not jump, and mended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from legato.recording import BoolArray, FloatArray
from legato.signals.gaps import runs_of

LIMBS: Mapping[str, tuple[str, ...]] = {
    "legs": ("hip", "knee", "ankle", "heel", "toe"),
    "arms": ("shoulder", "elbow", "wrist"),
}
"""Points that an estimator exchanges together, by limb."""

_JUMP_CAP = 25.0
"""Most that one point's jump weighs, as −2 log likelihood over 2: beyond five SDs farther says no more. [ENG]"""

_EXCHANGE_COST = 8.0
"""What an exchange must explain away before it is believed, in the same unit: odds of one in three thousand frames.
[ENG]"""

_EXCHANGED_COST = 0.2
"""What each further frame in the exchanged state costs, so that the names hold that the estimator gave most of the
time. [ENG]"""

_LONGEST_MEMORY_S = 0.5
"""After a longer gap the last place says nothing of the next. [ENG]"""


@dataclass(frozen=True, slots=True, eq=False)
class Mended:
    """Points by name, each (n, 2), with left and right put right, and by limb the frames (n,) in which they were
    exchanged.
    """

    points: Mapping[str, FloatArray]
    exchanged: Mapping[str, BoolArray]


def mend_swaps(points: Mapping[str, FloatArray], rate_hz: float) -> Mended:
    """Put right where left and right are exchanged.

    Parameters
    ----------
    points
        Points by name (`knee_right` …), any unit, each (n, 2); NaN where missing.
    rate_hz
        Frames a second.

    Notes
    -----
    Of the two ways to name a pair in each frame the path through all frames is taken that jumps least (Viterbi), first
    of a whole limb, then of single points. An exchange that lasts through the recording cannot be seen.
    """
    mended = {name: values.copy() for name, values in points.items()}
    exchanged: dict[str, BoolArray] = {}
    for limb, parts in LIMBS.items():
        known = [p for p in parts if f"{p}_right" in mended and f"{p}_left" in mended]
        for group in [known, *([p] for p in known)]:
            if not group:
                continue
            right, left = (np.stack([mended[f"{p}_{s}"] for p in group], axis=1) for s in ("right", "left"))
            swap = _exchanged(right, left, rate_hz)
            if not swap.any():
                continue
            for part in group:
                one, two = mended[f"{part}_right"], mended[f"{part}_left"]
                one[swap], two[swap] = two[swap].copy(), one[swap].copy()
            exchanged[limb] = exchanged.get(limb, np.zeros(len(swap), dtype=np.bool_)) | swap
    return Mended(mended, exchanged)


def swap_notes(exchanged: Mapping[str, BoolArray]) -> list[str]:
    """A sentence for each limb that was put right."""
    return [
        f"left and right {limb} were exchanged by the pose estimator in {int(mask.sum())} frames"
        f" ({len(runs_of(mask))} {'time' if len(runs_of(mask)) == 1 else 'times'}) and put right"
        for limb, mask in exchanged.items()
    ]


def _exchanged(right: FloatArray, left: FloatArray, rate_hz: float) -> BoolArray:
    """Frames in which the pair goes by each other's name, from points (n, parts, 2) of both sides."""
    one, two = _held(right, rate_hz), _held(left, rate_hz)
    spread = _step_sd([one, two])
    keep = _jump(one[1:] - one[:-1], spread) + _jump(two[1:] - two[:-1], spread)
    cross = _jump(one[1:] - two[:-1], spread) + _jump(two[1:] - one[:-1], spread)
    dearer = np.array([0.0, _EXCHANGED_COST])
    cost = dearer
    back = np.zeros((len(right), 2), dtype=np.intp)
    for i in range(1, len(right)):
        stay, change = cost + keep[i - 1], cost[::-1] + cross[i - 1] + _EXCHANGE_COST
        back[i] = np.where(change < stay, [1, 0], [0, 1])
        cost = np.minimum(stay, change) + dearer
    state = np.zeros(len(right), dtype=np.intp)
    state[-1] = int(cost[1] < cost[0])
    for i in range(len(right) - 1, 0, -1):
        state[i - 1] = back[i, state[i]]
    return state.astype(np.bool_)


def _held(points: FloatArray, rate_hz: float) -> FloatArray:
    """The last known place of each point, for as long as it says anything."""
    out = points.copy()
    longest = round(_LONGEST_MEMORY_S * rate_hz)
    for part in range(out.shape[1]):
        for start, stop in runs_of(np.isnan(out[:, part, 0])):
            if start > 0 and stop - start <= longest:
                out[start:stop, part] = out[start - 1, part]
    return out


def _step_sd(sides: Sequence[FloatArray]) -> float:
    """Usual step of a coordinate from frame to frame, as an SD; robust against the jumps that are looked for."""
    steps = np.concatenate([np.abs(np.diff(side, axis=0)).ravel() for side in sides])
    steps = steps[np.isfinite(steps)]
    # The upper quartile counts too: who moves in bursts rests in half of the frames.
    return max(float(np.quantile(steps, 0.75)) / 1.15, 1e-9) if steps.size else 1.0


def _jump(step: FloatArray, spread: float) -> FloatArray:
    """How unlikely the steps (n, parts, 2) are, shape (n,): half of their squares, capped, 0 where not known."""
    squares = 0.5 * np.sum(step * step, axis=2) / spread**2
    return np.where(np.isfinite(squares), np.minimum(squares, _JUMP_CAP), 0.0).sum(axis=1)
