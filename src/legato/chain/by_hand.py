"""Events of links that a person read instead of the machine: put into a link's times, with what a reader may err."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from legato.chain.links import LinkTimes
from legato.chain.model import LinkResult
from legato.movements.link_spec import LinkRead
from legato.signals.factors import normal_factor
from legato.signals.timing import TimedEvent

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


def reading_error_s(read: LinkRead, length_s: float) -> float:
    """What the reader of an event may err, half-width (90 %), s; `length_s`: of the phase, 0 where it is not known."""
    return max(LEAST_READING_S, READING_SHARE * length_s) if read.error_s is None else read.error_s


def with_reads(
    times: LinkTimes, reads: Mapping[int, LinkRead], lengths_s: Sequence[float], rate_hz: float, start_s: float
) -> LinkTimes:
    """The link's times with those that a person read in place of the machine's.

    Parameters
    ----------
    times
        Of the set, on the body's clock from its first frame.
    reads
        What was read, by place in the set.
    lengths_s
        How long the event's phase lasts in each repetition, s.
    rate_hz, start_s
        Of the body.

    Notes
    -----
    What is read to the nearest sample errs anew each time. What the reader errs is taken to be the same in every
    repetition that was read (who sees onsets late sees them all late), so it stands among the shifts that repeating
    does not remove, beside soft tissue, which moves the curve or the markers that were looked at just the same: that of
    the machine's own event where it had one, else the mean of the other repetitions'. Nothing of the filter.
    """
    if not reads:
        return times
    own = [s for e, s in zip(times.timed.events, times.shifts, strict=True) if e.resolved and s]
    usual = {name: float(np.mean([s.get(name, 0.0) for s in own])) for name in (own[0] if own else ())}
    key = f"read by hand: {times.scan.quantity.link} {times.timed.kind}"
    events, shifts = list(times.timed.events), list(times.shifts)
    for k, (event, shift) in enumerate(zip(times.timed.events, times.shifts, strict=True)):
        read = reads.get(k)
        if read is None:
            shifts[k] = shift | {key: 0.0} if event.resolved else shift
        elif read.time_s is None:
            events[k], shifts[k] = TimedEvent(reason=NOT_THERE, by_hand=True), {}
        else:
            sd = HALF_SAMPLE_SD / rate_hz
            events[k] = TimedEvent(read.time_s - start_s, sd, (0.0, 0.0), (0.0, 0.0), slope=np.inf, by_hand=True)
            error = reading_error_s(read, lengths_s[k]) / normal_factor(0.90)
            shifts[k] = (shift or usual) | {key: error}
    left_over = {name: rows.copy() for name, rows in times.left_over.items()}
    for rows in left_over.values():
        rows[list(reads)] = np.nan
    timed = replace(times.timed, events=tuple(events))
    return replace(times, timed=timed, shifts=tuple(shifts), left_over=left_over)


def reads_note(links: Sequence[LinkResult]) -> str:
    """One line on the events that a person read; empty where there is none."""
    read = [event for link in links for event in link.per_rep if event.by_hand]
    timed = sum(event.time_s is not None for event in read)
    gone = len(read) - timed
    said = [f"{timed} timed by a person"] if timed else []
    said += [f"{gone} that a person says {'is' if gone == 1 else 'are'} not there"] if gone else []
    tail = "; what the reader may err is in the intervals" if timed else ""
    return f"Events of links set by hand: {', '.join(said)}{tail}." if said else ""
