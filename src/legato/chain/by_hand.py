"""Events of links that a person read instead of the machine: put into a link's times, with what a reader may err."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from legato.body.model import Body
from legato.chain.links import LinkScan, LinkTimes, event_shifts
from legato.chain.model import LinkResult
from legato.movements.link_spec import LinkRead
from legato.signals.events import zero_phase_gain
from legato.signals.factors import normal_factor
from legato.signals.timing import TimedEvent, TimedSet, noise_order, sharpness

READING_SHARE = 0.05
"""What a reader may err where nobody said it (half-width, 90 %), as a share of the phase that the event lies in. [ENG]
Two heights that differ by a fiftieth look alike: about a peak of width s that is 0.2 s, and a phase lasts four such
widths. It stands for any event and any reader; give `error_s` where it is known from reading twice.
"""

LEAST_READING_S = 0.01
"""No reader is taken to be surer than this, s, unless said. [ENG] One frame of a camera at 100 Hz."""

HALF_SAMPLE_SD = 0.5 / 3.0**0.5
"""SD of a time that is read to the nearest sample, samples: even within half of one to either side."""

NOT_THERE = "read by hand: it is not there"

READING = "read by hand: "
"""What the name of a reader's error begins with, among the shifts of a link's events."""


def reading_error_s(read: LinkRead, length_s: float) -> float:
    """What the reader of an event may err, half-width (90 %), s; `length_s`: of the phase, 0 where it is not known."""
    return max(LEAST_READING_S, READING_SHARE * length_s) if read.error_s is None else read.error_s


def with_reads(body: Body, times: LinkTimes, reads: Mapping[int, LinkRead], lengths_s: Sequence[float]) -> LinkTimes:
    """The link's times with those that a person read in place of the machine's.

    Parameters
    ----------
    body
        What the link is of.
    times
        Of the set, on the body's clock from its first frame.
    reads
        What was read, by place in the set.
    lengths_s
        How long the event's phase lasts in each repetition, s.

    Notes
    -----
    What a person looks at is made of the same markers: the noise that moves the machine's event moves the mark. Its SD
    stands beside that of half a sample: that of the machine's own event, where it had none the largest of the other
    repetitions', and where it told none at all what the curve itself says. Soft tissue and a sensor's errors likewise.
    What the reader errs is taken to be the same in every repetition that was read (who sees onsets late sees them all
    late), so it stands among the shifts that repeating does not remove. The curve that is looked at is filtered too,
    so what the filter may have moved stays. Where no curve shows how steep the event is, a reading is not taken:
    nothing would say how sure it is.
    """
    if not reads:
        return times
    timed, like = times.timed, _usual(times.timed)
    if like is None and (seen := _by_the_curve(times.scan)) is not None:
        timed, like = replace(timed, cutoff_hz=seen[1], dof=seen[2]), seen[0]
    events, half = list(timed.events), HALF_SAMPLE_SD / body.rate_hz
    for k, read in reads.items():
        base = events[k] if events[k].resolved else like
        if read.time_s is None:
            events[k] = TimedEvent(reason=NOT_THERE, by_hand=True)
        elif base is not None:
            at, sd = read.time_s - body.start_s, float(np.hypot(base.sd_s, half))
            events[k] = replace(base, time_s=at, sd_s=sd, by_hand=True)
    timed = replace(timed, events=tuple(events))
    key = f"{READING}{times.scan.quantity.link} {timed.kind}"
    shifts = [
        shift | {key: reading_error_s(reads[k], lengths_s[k]) / normal_factor(0.90) if event.by_hand else 0.0}
        if event.resolved
        else shift
        for k, (event, shift) in enumerate(zip(events, event_shifts(body, times.scan, timed), strict=True))
    ]
    return replace(times, timed=timed, shifts=tuple(shifts))


def _usual(timed: TimedSet) -> TimedEvent | None:
    """The least sure of the machine's own events of a set."""
    return max((event for event in timed.events if event.resolved), key=lambda event: event.sd_s, default=None)


def _by_the_curve(scan: LinkScan) -> tuple[TimedEvent, float, float] | None:
    """How an event of a link that was told in no repetition looks on its curve, at the slowest and least steep of its
    candidates; the cut-off that this was seen at, Hz, and the degrees of freedom of the noise.
    """
    s = scan.scan
    known = np.isfinite(s.slope) & (np.abs(s.slope) > 0.0) & (s.value > 0.0)
    columns = np.flatnonzero(known.any(axis=0))
    if columns.size == 0:
        return None
    wanted = s.cutoffs_hz[columns[0]] if scan.cutoff_hz is None else scan.cutoff_hz
    j = int(columns[np.argmin(np.abs(np.log(s.cutoffs_hz[columns] / wanted)))])
    slopes, value = s.slope[known[:, j], j], float(s.value[known[:, j], j].min())
    slope = float(slopes[np.argmin(np.abs(slopes))])
    cutoff_hz = float(s.cutoffs_hz[j])
    sd_s = float(np.sqrt(s.variance[j]) / abs(slope) * (1.0 + 2.5 * s.spread[j] / slope**2))
    sharp = float(sharpness(scan.kind, np.array([value]), np.array([slope]))[0])
    still = (0.0, 0.0)
    shape = TimedEvent(0.0, sd_s, still, still, value, sharpness_s=sharp, slope=slope)
    turn = (2.0 * np.pi * s.noise.freq_hz) ** (2 * noise_order(scan.kind))
    return shape, cutoff_hz, s.noise.variance_dof(turn * zero_phase_gain(s.noise.freq_hz, cutoff_hz) ** 2)


def reads_note(links: Sequence[LinkResult]) -> str:
    """One line on the events that a person read; empty where there is none."""
    read = [event for link in links for event in link.per_rep if event.by_hand]
    timed = sum(event.time_s is not None for event in read)
    gone = len(read) - timed
    said = [f"{timed} timed by a person"] if timed else []
    said += [f"{gone} that a person says {'is' if gone == 1 else 'are'} not there"] if gone else []
    tail = "; what the reader may err is in the intervals" if timed else ""
    return f"Events of links set by hand: {', '.join(said)}{tail}." if said else ""
