"""The rules of the quality gate for one channel and for one span of it, in plain words."""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from legato.muscles._activity import Activity
from legato.muscles._blocks import Blocks, ordered
from legato.muscles._survey import Survey
from legato.muscles.conditioning import widened
from legato.recording import BoolArray, FloatArray
from legato.signals.bands import EMG_BAND_HZ, TOP_OF_RATE, band_limits, smear_samples
from legato.signals.gaps import runs_of

LEAST_RATE_HZ = 400.0
"""Below it half the rate lies under 200 Hz: a quarter of the power of an EMG and more is gone or folded. [ENG]"""

_MOST_LOST = 0.20
"""Share of samples lost in a channel or span. [ENG]"""

_MOST_CLIPPED = 0.40
"""Share at a limit of the tenths of a second that touch one: a Gaussian burst clipped at 0.84 of its rms, whose rms
then reads a third too low. [ENG]
"""

_MOST_HIDDEN = 0.50
"""Share of samples lost or so near to lost ones that the band-pass fills them from there. [ENG]"""

_LEAST_CLIPPED = 0.01
"""Share of all samples below which clipping refuses nothing: one jolt must not cost a record. [ENG]"""

_STRETCH_S = 1.0
"""Longer stretches of activity are judged piece by piece where a channel clips: about a burst with its flanks. [ENG]"""

_THROUGHOUT = 0.50
"""Share of the stretches with activity that clip heavily, from which the channel is refused and not the repetitions
alone. [ENG]
"""

_ACTIVE = 3.0
"""Ratio of a block's power to that of the quietest tenth from which its stretch holds activity. [ENG]"""

_MOST_ARTEFACT = 0.50
"""Share of the power in the EMG band: with more, what is timed is the movement. [ENG]"""

_RISING_DB = -3.0
"""Density in 60–150 Hz over 250–400 Hz of what varies: a muscle's falls by 4 dB or more under the skin's surface, a
fine wire's may stay level. [ENG]
"""

_LEAST_STEPS = 1.0
"""Rms of the loudest part over one step of the recorder: below, the record is the recorder's own toggling. [ENG]"""

_WORTH_SAYING_LOST = 0.0005
_WORTH_SAYING_CLIPPED = 0.0005
_WORTH_SAYING_ARTEFACT = 0.10
_WORTH_SAYING_SLOW = 1.0
_WORTH_SAYING_OFFSET = 3.0
"""Shares of samples and of power, and rms over that of the EMG band, from which the warnings name them. [ENG] display
only.
"""

_JERKY = 10.0
"""Ratio of the strongest to the median block below 20 Hz from which it came from movement, not drift. [ENG] wording
only.
"""

_SMOOTHED = 300.0
"""Density in 20–45 Hz over 60–150 Hz in the middle block: a second-order low-pass at 20 Hz or below, far beyond the 4
of the slowest EMG. [ENG]
"""

_LARGEST_V, _SMALLEST_V = 5e-3, 1e-6
"""Rms of the loudest part of a surface EMG, V: 0–1.5 mV rms (De Luca 2002), with a factor of three above; 1 µV is what
skin and electrode make alone. [ENG]
"""

_IN_VOLTS = {"V": 1.0, "mV": 1e-3, "uV": 1e-6, "µV": 1e-6, "μV": 1e-6, "nV": 1e-9}


@dataclass(frozen=True, slots=True)
class Measured:
    """What the gate measured in one channel or span; None where the record cannot tell.

    `missing_share`: samples not there or lost packets. `blocked_share`: samples held at a limit. `at_limit_share`:
    samples clipped at a limit; `clipped_share`: how many are in the tenths of a second that are most so.
    `artefact_share`: part of the power in the EMG band that movement adds. `slow_ratio`, `offset_ratio`: rms below
    20 Hz, and mean, over the rms in the EMG band; `hum_ratio`: rms of the mains hum over it. `heart_share`: part of the
    power in the band that heartbeats make. `snr_db`: activity over rest. `crosstalk_r`: strongest correlation
    with another channel.
    """

    missing_share: float
    blocked_share: float
    clipped_share: float
    at_limit_share: float
    artefact_share: float | None = None
    slow_ratio: float | None = None
    hum_ratio: float | None = None
    heart_share: float | None = None
    offset_ratio: float | None = None
    snr_db: float | None = None
    median_frequency_hz: float | None = None
    crosstalk_r: float | None = None


@dataclass(frozen=True, slots=True)
class Findings:
    """Why a channel or span is refused, why its volts are, what was mended, and the numbers."""

    reasons: tuple[str, ...]
    amplitude_reasons: tuple[str, ...]
    warnings: tuple[str, ...]
    measured: Measured


def judge_channel(
    survey: Survey, activity: Activity | None, unit: str, device_low: float, device_high: float
) -> Findings:
    """Judge a whole channel; `device_low` and `device_high` are the extremes of all channels of the device."""
    shares = _shares(survey, slice(None))
    reasons = _nothing_there(survey, device_low, device_high, unit)
    sparse = _too_sparse(survey.rate_hz)
    if reasons or survey.blocks is None or activity is None:
        left = ["too few samples in a row to judge; export the channel anew"]
        return Findings(tuple(reasons or sparse or _lost_or_clipped(shares) or left), (), (), shares)
    everywhere = np.ones(len(survey.blocks.start), np.bool_)
    loud = math.sqrt(activity.loud_power)
    reasons += sparse
    toggling = survey.step > 0.0 and loud < _LEAST_STEPS * survey.step
    envelope = None if toggling else _envelope(survey)
    if toggling:
        reasons.append(
            "noise only: nothing above one step of the recorder, its last bit toggles; raise the amplifier's gain or"
            " check the sensor"
        )
    elif envelope:
        reasons.append(envelope)
    else:
        alone = heavily_clipped(shares) and not _clipped_throughout(survey, activity)
        reasons += _lost_or_clipped(shares, clipping=not alone) or _hidden(survey)
        reasons += _noise_only(activity)
    measured = _with_powers(shares, survey, activity, everywhere)
    if not reasons and activity.only_movement:
        reasons.append(
            "movement artefact only: what varies falls off from below 20 Hz, and above it has no muscle's spectrum;"
            " fix sensor and cable"
        )
    amplitude = [] if envelope else _wrong_gain(loud, unit)
    warnings = () if reasons else _warnings(measured, survey, activity, everywhere)
    return Findings(tuple(reasons), tuple(amplitude), warnings, measured)


def judge_span(survey: Survey, activity: Activity | None, first: int, stop: int, *, jump: bool) -> Findings:
    """Judge the samples of a channel from `first` up to `stop`; `jump`: the clock skips or repeats in between."""
    shares = _shares(survey, slice(first, stop))
    reasons = _lost_or_clipped(shares)
    if jump:
        reasons.append("the device's clock jumps within; times on either side are not on one scale")
    if survey.blocks is None or activity is None:
        return Findings(tuple(reasons), (), (), shares)
    inside = survey.blocks.within(first, stop)
    if not inside.any():
        return Findings(tuple(reasons), (), _warnings(shares, survey, None, inside), shares)
    measured = _with_powers(shares, survey, activity, inside)
    if (measured.artefact_share or 0.0) > _MOST_ARTEFACT:
        reasons.append(
            f"movement artefact: {100.0 * (measured.artefact_share or 0.0):.0f} % of the power in the EMG band comes"
            " from below it; fix sensor and cable"
        )
    return Findings(tuple(reasons), (), _warnings(measured, survey, activity, inside), measured)


def _too_sparse(rate_hz: float) -> list[str]:
    if rate_hz >= LEAST_RATE_HZ:
        return []
    lost = f"most of an EMG lies above {0.5 * rate_hz:g} Hz or is folded"
    return [f"sampled at {rate_hz:g} Hz: {lost}; record at 1000 Hz or more"]


def _noise_only(activity: Activity) -> list[str]:
    if activity.pitch_db >= _RISING_DB if activity.varies else activity.like_muscle:
        return []
    what = "steady, and without the spectrum of a muscle"
    if activity.varies:
        what = "what varies grows with frequency, as no muscle's signal"
    return [f"noise only: {what}; check the electrode, or the muscle stayed at rest"]


def _nothing_there(survey: Survey, device_low: float, device_high: float, unit: str) -> list[str]:
    if survey.missing.all():
        return ["never recorded: every sample is missing"]
    if survey.high > survey.low and survey.high - survey.low > 1e-9 * max(abs(survey.low), abs(survey.high)):
        return []
    value = survey.low
    if value == 0.0:
        return ["dead: every sample is 0; the sensor was off or not connected"]
    span, held = device_high - device_low, f"{value:g} {unit}".rstrip()
    if span > 0.0 and (value - device_low <= 0.005 * span or device_high - value <= 0.005 * span):
        return [f"saturated: held at {held}, the recorder's limit; check electrode, reference and gain"]
    return [f"flat: every sample is {held}; the sensor was off, not connected or saturated"]


def _shares(survey: Survey, part: slice) -> Measured:
    missing = survey.missing[part] | survey.held[part]
    blocked, clipped = survey.blocked[part], survey.clipped[part]
    n = max(1, len(missing))
    tops = clipped & ~blocked
    share = 0.0
    if tops.any():
        tenth = max(1, round(0.1 * survey.rate_hz))
        counts = np.pad(tops, (0, -len(tops) % tenth)).reshape(-1, tenth).sum(axis=1)
        # Weighted by themselves: rest that touches a limit now and then must not hide bursts that stay there.
        share = min(1.0, float((counts**2).sum()) / float(counts.sum()) / min(n, tenth))
    return Measured(float(missing.sum()) / n, float(blocked.sum()) / n, share, float(tops.sum()) / n)


def heavily_clipped(shares: Measured) -> bool:
    """Whether so much of what reaches the recorder's limit stays there that its size is not known."""
    return shares.clipped_share > _MOST_CLIPPED and shares.at_limit_share > _LEAST_CLIPPED


def _clipped_throughout(survey: Survey, activity: Activity) -> bool:
    """Whether most stretches with activity are clipped heavily, or one or a few of several, which are refused alone."""
    assert survey.blocks is not None
    blocks, active = survey.blocks, activity.power > _ACTIVE * ordered(activity.power, 0.1)
    inside = np.zeros(len(survey.x), np.bool_)
    for start in blocks.start[active].tolist():
        inside[start : start + blocks.length] = True
    heavy: list[bool] = []
    for start, stop in runs_of(inside):
        pieces = max(1, round((stop - start) / (_STRETCH_S * survey.rate_hz)))
        ends = np.linspace(start, stop, pieces + 1).astype(np.int64).tolist()
        heavy += [heavily_clipped(_shares(survey, slice(*piece))) for piece in pairwise(ends)]
    return not heavy or sum(heavy) > _THROUGHOUT * len(heavy)


def _lost_or_clipped(shares: Measured, *, clipping: bool = True) -> list[str]:
    reasons: list[str] = []
    if shares.missing_share > _MOST_LOST:
        reasons.append(f"{_percent(shares.missing_share)} of the samples are missing; check the wireless link")
    clips = clipping and heavily_clipped(shares)
    at_limit = shares.blocked_share + (shares.at_limit_share if clips else 0.0)
    if at_limit > _MOST_LOST:
        how = "clipped" if clips and shares.at_limit_share > shares.blocked_share else "held"
        reasons.append(f"saturated: {how} at the recorder's limit for {_percent(at_limit)} of the time; lower the gain")
    elif clips:
        reasons.append(
            f"clipped: where it reaches the recorder's limit, {_percent(shares.clipped_share)} of the samples stay"
            " there; lower the gain"
        )
    return reasons


def _hidden(survey: Survey) -> list[str]:
    """Why a channel cannot be filtered that loses single samples all the time."""
    lost = survey.missing | survey.held
    if not lost.any():
        return []
    share = float(widened(lost, smear_samples(survey.rate_hz, *band_limits(survey.rate_hz))).mean())
    if share <= _MOST_HIDDEN:
        return []
    return [f"samples are lost so often that {_percent(share)} cannot be filtered; check the wireless link"]


def _envelope(survey: Survey) -> str | None:
    """Why a channel of one sign is no raw EMG. A raw one, offset or not, reaches as far below its middle as above."""
    low, high, sample = survey.low, survey.high, survey.sample
    if survey.blocked.any():
        # What is held at a limit of the recorder says nothing about the signs of the signal.
        seen = survey.x[~(survey.blocked | survey.missing)]
        if not seen.size:
            return None
        low, high, sample = float(seen.min()), float(seen.max()), seen[:: max(1, seen.size // 8192)]
    reach = high - low
    one_sided = low >= -0.01 * reach or high <= 0.01 * reach
    sample = sample if low >= -0.01 * reach else -sample
    middle, top = ordered(sample, 0.5), ordered(sample, 0.95)
    blocks = survey.blocks
    if blocks is None:
        return None
    slow = blocks.power[:, blocks.band(20.0, 45.0)].mean(axis=1)
    fast = blocks.power[:, blocks.band(60.0, min(150.0, TOP_OF_RATE * survey.rate_hz))].mean(axis=1)
    if ordered(slow / np.maximum(fast, 1e-300), 0.5) > _SMOOTHED:
        return "smoothed: nothing above 45 Hz is left; an envelope or a low-passed export, give the raw EMG"
    if not one_sided or middle - float(sample.min()) > top - middle:
        return None
    step_hz = float(blocks.freq_hz[1])
    band = float(blocks.power[:, blocks.freq_hz >= EMG_BAND_HZ[0]].sum(axis=1).mean()) * step_hz
    if band < 0.2 * float(np.var(sample)):
        return "an envelope, not raw EMG: one sign and smooth; give the raw EMG"
    return "rectified, not raw EMG: one sign only; give the raw EMG"


def in_volts(unit: str) -> float:
    """Volts of one unit; 1 where it is unknown."""
    return _IN_VOLTS.get(unit, 1.0)


def _wrong_gain(loud: float, unit: str) -> list[str]:
    volts = _IN_VOLTS.get(unit)
    if volts is None or _SMALLEST_V <= loud * volts <= _LARGEST_V:
        return []
    fits = [name for name in ("V", "mV", "µV", "nV") if _SMALLEST_V <= loud * _IN_VOLTS[name] <= _LARGEST_V]
    other = f"would fit {' or '.join(fits)}" if fits else "fits no unit"
    large = loud * volts > _LARGEST_V
    limit = "more than any surface EMG has" if large else "less than skin and electrode make alone"
    cause = ", or the amplifier's gain was not divided out" if large else ""
    return [
        f"gain: bursts of {loud:.3g} {unit} rms are {limit}; the number {other}{cause}; times stand, amplitudes do not"
    ]


def _with_powers(shares: Measured, survey: Survey, activity: Activity, chosen: BoolArray) -> Measured:
    assert survey.blocks is not None
    blocks = survey.blocks
    step_hz = float(blocks.freq_hz[1])
    in_band = float(activity.power[chosen].mean())
    slow = float(_below_band(blocks)[chosen].mean()) * step_hz
    base = blocks.mean[chosen]
    slow += float(base.var())
    root = math.sqrt(in_band) if in_band > 0.0 else math.inf
    hum = survey.hum.rms if survey.hum is not None else 0.0
    whole = bool(chosen.all())
    return Measured(
        shares.missing_share,
        shares.blocked_share,
        shares.clipped_share,
        shares.at_limit_share,
        artefact_share=activity.artefact_share(chosen),
        slow_ratio=math.sqrt(slow) / root,
        hum_ratio=hum / root,
        heart_share=activity.heart_share,
        offset_ratio=abs(float(base.mean())) / root,
        snr_db=activity.snr_db if whole else None,
        median_frequency_hz=activity.median_hz if whole else None,
    )


def _below_band(blocks: Blocks) -> FloatArray:
    """Power of each block below the EMG band, without its mean, over the frequency step."""
    return blocks.power[:, 1 : max(2, math.ceil(EMG_BAND_HZ[0] / float(blocks.freq_hz[1])))].sum(axis=1)


def _warnings(measured: Measured, survey: Survey, activity: Activity | None, chosen: BoolArray) -> tuple[str, ...]:
    warnings: list[str] = []
    if measured.missing_share > _WORTH_SAYING_LOST:
        warnings.append(f"{_percent(measured.missing_share)} of the samples are lost and bridged")
    if measured.blocked_share > _WORTH_SAYING_LOST:
        warnings.append(f"{_percent(measured.blocked_share)} of the time at the recorder's limit, left out")
    if measured.at_limit_share > _WORTH_SAYING_CLIPPED:
        warnings.append(
            f"clipped: where it reaches the recorder's limit, {_percent(measured.clipped_share)} of the samples stay"
            " there; times stand, amplitudes read low"
        )
    if (measured.artefact_share or 0.0) > _WORTH_SAYING_ARTEFACT:
        warnings.append(
            f"movement artefact makes {_percent(measured.artefact_share or 0.0)} of the power in the EMG band"
        )
    if activity is None or survey.blocks is None:
        return tuple(warnings)
    if survey.hum is not None and survey.hum.lines:
        lines = ", ".join(f"{line.frequency_hz:.0f}" for line in survey.hum.lines)
        warnings.append(f"mains hum at {lines} Hz of {measured.hum_ratio or 0.0:.2g} × the EMG's rms, taken out")
    if activity.heart_share > 0.0:
        warnings.append(f"heartbeats make {_percent(activity.heart_share)} of the power in the EMG band, taken out")
    slow_ratio, offset_ratio = measured.slow_ratio or 0.0, measured.offset_ratio or 0.0
    if slow_ratio > _WORTH_SAYING_SLOW:
        each = _below_band(survey.blocks)[chosen]
        jerky = float(each.max()) > _JERKY * float(np.median(each))
        what = "movement artefact" if jerky else "drift"
        warnings.append(f"{what} below 20 Hz of {slow_ratio:.1f} × the EMG's rms, taken out by the high-pass")
    if offset_ratio > _WORTH_SAYING_OFFSET:
        warnings.append(f"offset of {offset_ratio:.1f} × the EMG's rms, taken out by the high-pass")
    if bool(chosen.all()) and not activity.varies:
        warnings.append("steady activity throughout: no rest to compare with, and no onset to time")
    return tuple(warnings)


def _percent(share: float) -> str:
    return f"{100.0 * share:.2g} %" if share < 0.1 else f"{100.0 * share:.0f} %"
