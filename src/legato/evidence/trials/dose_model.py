"""A trial of doses: what was fixed before, what was done and measured, what is answered."""

from dataclasses import dataclass

from legato.errors import BadInput
from legato.estimate import LEVEL, Estimate
from legato.evidence.trials.model import ALPHA, Answer, Better, Verdict
from legato.recording import FloatArray

CUED_LAGS_S = (0.0, 0.050, 0.100, 0.150, 0.200)
"""The five doses of evidence 2.3."""


@dataclass(frozen=True, slots=True)
class DoseQuestion:
    """What was fixed before the first session.

    `band_s`: where the claim puts the best lag, s. `effect_of_interest`: the smallest gain that would matter, above 0,
    in the outcome's unit, or where `relative` a share of the comparator. `comparator_s`: the cued lags whose mean is
    what one would do otherwise. `blocks`: how many are planned. `lag_offset_s`: half-width, at `level`, of an error
    that all achieved lags share (clocks, where markers or electrodes sit) and more sessions do not lessen.
    """

    band_s: tuple[float, float]
    effect_of_interest: float
    better: Better
    blocks: int
    doses_s: tuple[float, ...] = CUED_LAGS_S
    comparator_s: tuple[float, ...] = (0.0,)
    relative: bool = False
    alpha: float = ALPHA
    level: float = LEVEL
    lag_offset_s: float = 0.0
    unit: str = ""

    def __post_init__(self) -> None:
        if not self.band_s[0] < self.band_s[1] or not self.effect_of_interest > 0.0 or self.lag_offset_s < 0.0:
            raise BadInput("a band that rises, an effect of interest above 0 and an offset of 0 or more are needed")
        if len(set(self.doses_s)) < 5 or len(set(self.doses_s)) < len(self.doses_s):
            raise BadInput(f"five different cued lags or more are needed, got {len(set(self.doses_s))}")
        if not self.comparator_s or not set(self.comparator_s) <= set(self.doses_s):
            raise BadInput("what the best lag is compared with must be among the cued lags")


@dataclass(frozen=True, slots=True)
class DoseObservation:
    """One set or session: the lag that was cued, s, the one achieved, s, and the outcome. Given in order of time.

    Several of one block and cue count as one, by their mean.
    """

    block: int
    cued_s: float
    lag: Estimate
    outcome: Estimate


@dataclass(frozen=True, slots=True)
class DoseCurve:
    """Gain over the comparator by the lag that is aimed at, with lags that scatter as they did: median and interval on
    `lag_s`, shape (n_lags,); and by dose the mean lag achieved, s, and the gain as cued.
    """

    lag_s: FloatArray
    gain: FloatArray
    low: FloatArray
    high: FloatArray
    doses_s: tuple[float, ...]
    achieved_s: FloatArray
    as_cued: tuple[Estimate, ...]


@dataclass(frozen=True, slots=True)
class DoseVerdict:
    """What a trial of doses answers.

    `optimum`: the best achieved lag, s; None where it has no end inside the lags that were tried. `gain`: of the best
    lag over the comparator as it was done, positive where better, in the outcome's unit or a share. `optimum_as_cued`,
    `gain_as_cued`: by the cue alone, whatever lag came of it; the gain is that of the dose whose mean lag is nearest
    the best one. `parabola`: interval of the optimum of a parabola, s, which holds only where the response is one. `p`,
    `p_control`: of the permutation test of the doses. `n`: blocks that count. `more`: blocks still needed; None where
    there is no telling, or none needed.
    """

    answer: Answer
    reason: str
    n: int
    more: int | None = None
    optimum: Estimate | None = None
    gain: Estimate | None = None
    optimum_as_cued: Estimate | None = None
    gain_as_cued: Estimate | None = None
    parabola: tuple[float, float] | None = None
    p: float | None = None
    p_control: float | None = None
    curve: DoseCurve | None = None

    @property
    def verdict(self) -> Verdict:
        """As every trial tells it; the change is the gain, and pairs are blocks."""
        return Verdict(self.answer, self.reason, self.gain, self.p, self.n, self.more)
