"""How both feet share the load: over each repetition and over the set, with what the plates may be wrong by."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from legato.estimate import LEVEL, Estimate
from legato.forces._curves import noise_by_bends
from legato.forces.feet import Stand
from legato.forces.model import SCALE_SD, Plate
from legato.forces.zero import zero_sd_n
from legato.recording import BoolArray, FloatArray, Span
from legato.signals.factors import normal_factor, student_factor, student_half_width
from legato.signals.sets import set_refusal

_MOST_MISSING = 0.1
"""Share of a stretch that may be missing. [ENG]"""

_LEAST_TOGETHER = 0.5
"""Share of the loaded time in which both feet carry something; below, they take turns. [ENG]"""

_LEAST_LOADED_S = 0.2
"""A shorter load is a step, s. [ENG]"""

_BLOCK_S = 0.05
"""The share is followed in blocks of this length, s, far below the time in which a person sways."""


@dataclass(frozen=True, slots=True, eq=False)
class FootForces:
    """Vertical force under each foot, N, shape (n,), time base `start_s + i / rate_hz`: 0 where the foot is on no
    plate, NaN where it cannot be told. `zero_sd_n` and `noise_n`: what may be wrong with the zero of both sides, and
    the noise, SD in N; `noise_s` the time over which the noise is correlated, s (left, right). `reasons`: what cannot
    be told and why.
    """

    rate_hz: float
    start_s: float
    left: FloatArray
    right: FloatArray
    zero_sd_n: tuple[float, float]
    noise_n: tuple[float, float]
    noise_s: tuple[float, float]
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RepShare:
    """Share of the left foot in one repetition, or why there is none."""

    rep: int
    left: Estimate | None
    reason: str = ""

    @property
    def right(self) -> Estimate | None:
        """Share of the right foot."""
        return _other(self.left)


@dataclass(frozen=True, slots=True)
class LoadShare:
    """Share of the load on each foot, 0 to 1, over the set (or, without repetitions, over all loaded time), `n` the
    repetitions that it rests on, and each repetition's own. None where it cannot be told; `reason` says why, or what
    the interval holds.
    """

    left: Estimate | None
    right: Estimate | None
    n: int
    per_rep: tuple[RepShare, ...]
    reason: str


def foot_forces(plates: Sequence[Plate], stands: Sequence[Stand]) -> FootForces | None:
    """The vertical force under each foot, summed over the plates that it stands on; None where there are no plates.

    Parameters
    ----------
    plates
        Zeroed, as `find_plates(…, zero=True)` gives them. Those on another time base than the first one that anybody
        stands on are left out.
    stands
        As `find_stands` gives them for these plates.
    """
    used = [p for p in plates if p.stood_on]
    if not used:
        return None
    base = used[0]
    sides: dict[str, FloatArray] = {s: np.zeros(base.n_samples) for s in ("left", "right")}
    errors: dict[str, list[tuple[float, float, float]]] = {"left": [], "right": []}
    reasons: list[str] = []
    untold: dict[str, list[str]] = {}
    for plate in used:
        if plate.time_base != base.time_base:
            reasons.append(f"{plate.name} has another time base than {base.name} and is left out")
            continue
        unknown = ~np.isfinite(plate.vertical)
        feet: set[str] = set()
        for stand in (s for s in stands if s.plate == plate.index):
            a, b = (round((t - base.start_s) * base.rate_hz) for t in (stand.start_s, stand.end_s))
            if stand.foot == "left" or stand.foot == "right":
                sides[stand.foot][a:b] += plate.vertical[a:b]
                feet.add(stand.foot)
            else:
                for force in sides.values():
                    force[a:b] = np.nan
                untold.setdefault(stand.reason, []).append(plate.name)
        for force in sides.values():
            force[unknown] = np.nan
        for side in feet:
            errors[side].append(_errors(plate))
    left, right = (_in_quadrature(errors[side], base.rate_hz) for side in ("left", "right"))
    return FootForces(
        rate_hz=base.rate_hz,
        start_s=base.start_s,
        left=sides["left"],
        right=sides["right"],
        zero_sd_n=(left[0], right[0]),
        noise_n=(left[1], right[1]),
        noise_s=(left[2], right[2]),
        reasons=(*dict.fromkeys(reasons), *(f"{' and '.join(dict.fromkeys(p))}: {why}" for why, p in untold.items())),
    )


def _errors(plate: Plate) -> tuple[float, float, float]:
    """SD of the plate's zero, of its noise, N, and the noise's correlation time, s."""
    zero = plate.zero
    if zero.source and zero.noise_n > 0.0:
        return zero_sd_n(zero), zero.noise_n, zero.noise_s
    return zero_sd_n(zero), noise_by_bends(plate.vertical[plate.loaded]), 1.0 / plate.rate_hz


def _in_quadrature(errors: Sequence[tuple[float, float, float]], rate_hz: float) -> tuple[float, float, float]:
    if not errors:
        return 0.0, 0.0, 1.0 / rate_hz
    zero, noise, time = np.array(errors).T
    return float(np.linalg.norm(zero)), float(np.linalg.norm(noise)), float(time.max())


def load_share(
    forces: FootForces,
    spans: Sequence[Span] = (),
    rep_indices: Sequence[int] = (),
    level: float = LEVEL,
    least_s: float = _LEAST_LOADED_S,
) -> LoadShare:
    """The share of the load on each foot.

    Parameters
    ----------
    forces
        Vertical force under each foot.
    spans
        The complete repetitions, s; without any, all loaded time counts.
    rep_indices
        Their numbers; 0, 1 … without them.
    level
        Share of central probability that every interval holds.
    least_s
        A stretch that is loaded for a shorter time has no share, s.

    Notes
    -----
    A share is the foot's impulse over that of both, while the two together are loaded. The interval of a repetition
    holds noise, zero error and scale error (`SCALE_SD`) of the plates. That of the set holds the spread between
    repetitions (Student's t), which contains the noise, and zero and scale, which no number of repetitions lessens.
    Without repetitions the spread in time takes the place of that between repetitions: blocks of the share, counted as
    fewer by their correlation.
    """
    if spans:
        return _of_set(forces, spans, rep_indices or range(len(spans)), level, least_s)
    whole = _stretch(forces, np.ones(forces.left.size, dtype=np.bool_), least_s)
    if isinstance(whole, str):
        return LoadShare(None, None, 0, (), whole)
    share, noise, zero, used = whole
    spread, df = _spread_in_time(forces, used, share)
    half = float(np.hypot(student_factor(level, df) * spread, normal_factor(level) * np.hypot(zero, noise)))
    left = _bounded(share, half, level)
    return LoadShare(left, _other(left), 0, (), "over all loaded time, as there are no repetitions")


def _of_set(
    forces: FootForces, spans: Sequence[Span], indices: Sequence[int], level: float, least_s: float
) -> LoadShare:
    times = forces.start_s + np.arange(forces.left.size) / forces.rate_hz
    shares: list[RepShare] = []
    found: list[tuple[float, float, float]] = []
    for index, span in zip(indices, spans, strict=True):
        result = _stretch(forces, (times >= span.start_s) & (times < span.end_s), least_s)
        if isinstance(result, str):
            shares.append(RepShare(index, None, result))
            continue
        share, noise, zero, _ = result
        half = normal_factor(level) * float(np.hypot(zero, noise))
        shares.append(RepShare(index, _bounded(share, half, level)))
        found.append((share, noise, zero))
    refused = set_refusal([s.reason for s in shares if s.left is None], len(shares), "weighed")
    if refused:
        return LoadShare(None, None, 0, tuple(shares), refused)
    values, noises, zeros = np.array(found).T
    n, zero = len(found), float(zeros.mean())
    if n == 1:
        left = shares[[s.left is not None for s in shares].index(True)].left
        return LoadShare(left, _other(left), 1, tuple(shares), "of one repetition: the plates' own error alone")
    half = student_half_width(values, level)
    # Reps that agree by chance better than the noise lets them do not make the noise smaller.
    half = max(half, normal_factor(level) * float(np.sqrt((noises**2).sum())) / n)
    left = _bounded(float(values.mean()), float(np.hypot(half, normal_factor(level) * zero)), level)
    return LoadShare(left, _other(left), n, tuple(shares), "")


def _stretch(forces: FootForces, inside: BoolArray, least_s: float) -> tuple[float, float, float, BoolArray] | str:
    """The left share, its SD by noise and by the plates' zeros and scales, and the samples used; or why none."""
    left, right = forces.left, forces.right
    known = np.isfinite(left) & np.isfinite(right)
    if not inside.any():
        return "it lies outside the plates' recording; start both together, or give --offset"
    unknown = inside & ~known
    if float(unknown.sum()) > _MOST_MISSING * float(inside.sum()):
        seconds, first_s = unknown.sum() / forces.rate_hz, forces.start_s + float(unknown.argmax()) / forces.rate_hz
        why = "; ".join(forces.reasons) or "samples of a plate are missing"
        return f"{why} (for {seconds:.2f} s of it, first at {first_s:.2f} s)"
    used = inside & known & (left + right > 0.0)
    if used.sum() < least_s * forces.rate_hz:
        return "; ".join(forces.reasons) or "neither foot is on a plate"
    a, b = left[used], right[used]
    together = float(((a > 0.0) & (b > 0.0)).mean())
    if together < _LEAST_TOGETHER:
        alone = "left" if not (b > 0.0).any() else "right" if not (a > 0.0).any() else ""
        if alone:
            return f"only the {alone} foot is on a plate"
        return f"the feet take turns: both are loaded in {100.0 * together:.0f} % of the time only"
    mean_left, mean_right = float(a.mean()), float(b.mean())
    total = mean_left + mean_right
    seconds = used.sum() / forces.rate_hz
    noise = [n * min(1.0, float(np.sqrt(t / seconds))) for n, t in zip(forces.noise_n, forces.noise_s, strict=True)]

    def of_share(errors: Sequence[float]) -> float:
        return float(np.hypot(mean_right * errors[0], mean_left * errors[1])) / total**2

    fixed = float(np.hypot(of_share(forces.zero_sd_n), _scale_sd(mean_left / total)))
    return mean_left / total, of_share(noise), fixed, used


def _scale_sd(share: float) -> float:
    """SD of a share by the scales of the plates, one under each foot; several under one foot err less."""
    return float(np.sqrt(2.0)) * SCALE_SD * share * (1.0 - share)


def _spread_in_time(forces: FootForces, used: BoolArray, share: float) -> tuple[float, float]:
    """SD of the mean share by its wandering in time, and its degrees of freedom."""
    size = max(1, round(_BLOCK_S * forces.rate_hz))
    left, total = forces.left[used], (forces.left + forces.right)[used]
    n = left.size // size
    if n < 4:
        return 0.0, 1.0
    blocks = (left - share * total)[: n * size].reshape(n, size).mean(axis=1) / float(total.mean())
    blocks = blocks - blocks.mean()
    power = float(blocks @ blocks)
    if power <= 0.0:
        return 0.0, 1.0
    # A wandering that forgets at a steady rate: the second lag over the first is what it keeps a block, whatever noise
    # stands beside it. Both are freed of their bias in short records (Kendall 1954, Biometrika 41:403).
    lag = [float(blocks[:-k] @ blocks[k:]) / power for k in (1, 2)]
    bias = (1.0 + 3.0 * lag[0]) / n
    first = min(max(lag[0] + bias, 0.0), 1.0 - 1.0 / n)
    kept = min(max((lag[1] + bias) / first, 0.0), 1.0 - 2.0 / n) if first > 2.0 / np.sqrt(n) else 0.0
    area = 1.0 + 2.0 * first / (1.0 - kept)
    free = max(2.0, n / area)
    return float(np.sqrt(power / n / (free - 1.0))), free - 1.0


def _bounded(share: float, half: float, level: float) -> Estimate:
    return Estimate(share, max(0.0, share - half), min(1.0, share + half), level, "1")


def _other(left: Estimate | None) -> Estimate | None:
    return None if left is None else left.scaled(-1.0).shifted(1.0)
