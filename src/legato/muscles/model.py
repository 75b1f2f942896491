"""What the muscles of one recording did, as typed records one floor below the JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from legato.estimate import Estimate
from legato.muscles.names import Region, Side
from legato.recording import FloatArray, Span

if TYPE_CHECKING:
    from legato.muscles.between import BetweenMuscles
    from legato.muscles.bursts import Burst
    from legato.muscles.normalise import Reference
    from legato.muscles.pairs import AskedPair

LagAt: TypeAlias = Literal["centre", "onset", "peak", "offset", "cross-correlation"]
"""The event at which two muscles are compared, or the shift at which their envelopes fit each other best."""


def _no_envelope() -> FloatArray:
    return np.empty(0)


@dataclass(frozen=True, slots=True)
class RepBurst:
    """One burst of a muscle; the four times in s on the recording's clock, None where the recording cannot tell one.

    `rep` is the index of the repetition that holds its centre, or starts up to 50 ms after it where no other does; else
    None. `main` marks the burst of its repetition that lags are told from. `amplitude` is the RMS of the burst in % of
    the muscle's `normalisation`, in the channel's unit where it has none. `contrast` is its power over that at rest.
    `reason` says why something is missing.
    """

    rep: int | None
    onset: Estimate | None
    centre: Estimate | None
    peak: Estimate | None
    offset: Estimate | None
    start_s: float
    stop_s: float
    amplitude: Estimate | None
    contrast: float
    main: bool = False
    reason: str = ""

    def time(self, at: str) -> Estimate | None:
        """One of the four times, by its name."""
        return {"onset": self.onset, "offset": self.offset, "centre": self.centre, "peak": self.peak}[at]


@dataclass(frozen=True, slots=True, eq=False)
class MuscleResult:
    """One EMG channel: whose it is, whether it can be used and why not, and its bursts.

    `muscle` is an id of `legato.muscles.muscles()`, None where the channel's name does not say; `name` is that of the
    muscle, else of the channel; `naming` says what decided or is missing. `refused_reps` holds the repetitions that the
    quality gate refuses, each with its reason. `normalisation` names what amplitudes are a share of and `reference`
    holds it; empty and None where there is none. `envelope` is the 6 Hz linear envelope for drawing, in
    `envelope_unit`: % of the same reference, or the channel's unit where raw amplitudes were asked for; NaN where
    nothing was seen, and empty where the channel is refused or has no amplitude. `timed` holds the bursts as they were
    detected, on the recording's clock, and `own_spans` where each stands out among the samples, s at the channel's rate
    from its first one; the two differ by more than a start where the device's clock jumps. `meant` has, by the
    repetition's index, the place in `bursts` of the one that is meant: repetitions that overlap may share it. `efforts`
    has, by the same, the stretch in which its bursts have their centres, s (`effort_windows`). `shared` has the
    channels of its stream that it shares signal with, and the share of power. `recorded_until_s` is the time of its
    last sample; the first one's is `envelope_start_s`.
    """

    stream: str
    channel: str
    muscle: str | None
    name: str
    side: Side | None
    region: Region | None
    roles: frozenset[str]
    usable: bool
    reasons: tuple[str, ...]
    warnings: tuple[str, ...]
    naming: str
    normalisation: str
    bursts: tuple[RepBurst, ...] = ()
    refused_reps: tuple[tuple[int, str], ...] = ()
    envelope_rate_hz: float = 100.0
    envelope_start_s: float = 0.0
    envelope: FloatArray = field(default_factory=_no_envelope)
    envelope_unit: str = "%"
    timed: "tuple[Burst, ...]" = ()
    reference: "Reference | None" = None
    own_spans: tuple[Span, ...] = ()
    shared: tuple[tuple[str, float], ...] = ()
    meant: Mapping[int, int] = field(default_factory=dict[int, int])
    efforts: Mapping[int, tuple[float, float]] = field(default_factory=dict[int, tuple[float, float]])
    recorded_until_s: float = float("inf")

    @property
    def label(self) -> str:
        """Name and side, for people."""
        return f"{self.name}, {self.side}" if self.side else self.name

    @property
    def sided_name(self) -> str:
        """Side and name, inside a sentence: `right pectoralis major`."""
        return f"{self.side} {self.name}" if self.side else self.name

    def in_rep(self, rep: int) -> tuple[RepBurst, ...]:
        """Its bursts in a repetition."""
        return tuple(burst for burst in self.bursts if burst.rep == rep)

    def main_burst(self, rep: int) -> RepBurst | None:
        """The burst of a repetition that is meant, None where there is none or several are of like size."""
        place = self.meant.get(rep)
        return None if place is None else self.bursts[place]

    def main_span(self, rep: int) -> Span | None:
        """Where that burst stands out among the samples, as in `own_spans`."""
        place = self.meant.get(rep)
        return None if place is None else self.own_spans[place]


@dataclass(frozen=True, slots=True)
class RepLag:
    """How much later the second muscle fires in one repetition, s; None, with a reason, where that is not known."""

    rep: int
    lag_s: Estimate | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LagResult:
    """How much later one muscle fires than another, s, positive where `to` comes after `from`.

    `from_channel` and `to_channel` are channels of `from_stream` and `to_stream`. `mean` is the mean lag of repetitions
    like these, or the one repetition's own estimate. `spread_s` is the SD between repetitions, `reps_for_10_ms` how
    many would tell the mean to ±10 ms; None where that is not known. `primary` marks the event that is judged; the
    others stand beside it. `reason` says why there is no mean; `n` counts the repetitions that were timed all the same.
    `drawn_s` is the half-width that crosstalk adds to the mean's interval, however many repetitions there are.
    """

    from_stream: str
    from_channel: str
    to_stream: str
    to_channel: str
    from_muscle: str
    to_muscle: str
    side: Side | None
    at: LagAt
    per_rep: tuple[RepLag, ...]
    mean: Estimate | None
    n: int
    spread_s: float | None
    reps_for_10_ms: int | None
    primary: bool
    reason: str = ""
    drawn_s: float = 0.0

    @property
    def refused(self) -> tuple[tuple[int, str], ...]:
        """The repetitions that were not timed, each with its reason."""
        return tuple((rep.rep, rep.reason) for rep in self.per_rep if rep.lag_s is None)


@dataclass(frozen=True, slots=True, eq=False)
class MusclesResult:
    """All EMG channels in file order, the lags between those that the movement compares, what the muscles do together,
    and what else to know. `asked` has the pairs that were looked for, and `reps` the indices of the repetitions that
    muscles are read in: of strides of two feet, those of one.
    """

    muscles: tuple[MuscleResult, ...]
    lags: tuple[LagResult, ...] = ()
    between: "BetweenMuscles | None" = None
    notes: tuple[str, ...] = ()
    asked: "tuple[AskedPair, ...]" = ()
    reps: tuple[int, ...] = ()

    @property
    def usable(self) -> tuple[MuscleResult, ...]:
        """The channels that can be used."""
        return tuple(muscle for muscle in self.muscles if muscle.usable)
