"""Why a difference of two sets may not be the athlete's own: other sensors, or a body of other lengths."""

from legato.compare.results import Result
from legato.estimate import LEVEL

_SURELY = 0.999
"""Probability with which two lengths differ, beyond which they may be of two people, as of a baseline
(`legato.body.person`, which also says what a length is sure to). [ENG]
"""

_CM = 100.0


def sensors_of(result: Result) -> str:
    """What the body was read from, as `markers, plug-in-gait`; empty where the result does not say."""
    return ", ".join(filter(None, (result.body.source, result.body.marker_set)))


def doubts(first: Result, second: Result) -> list[str]:
    """Each reason in a clause, without a full stop; none where nothing speaks against one athlete measured alike."""
    one, two = sensors_of(first), sensors_of(second)
    if one and two and one != two:
        # Another set of markers finds the joints elsewhere, so lengths say nothing then.
        return ["with other sensors or markers a number may differ by itself, so nothing is said of a change"]
    found: list[str] = []
    for name in (name for name in first.body.lengths if name in second.body.lengths):
        before, after = (of.body.lengths[name].estimate(of.level, LEVEL) for of in (first, second))
        change = after.minus(before)
        surely = change.at_level(_SURELY)
        if surely.low <= 0.0 <= surely.high:
            continue
        size = change.without_sign().scaled(_CM)
        found.append(
            f"the {name} measures {size.value:.1f} cm {'more' if change.value > 0.0 else 'less'} than in the first set"
            f" ({size.low:.1f} to {size.high:.1f} cm), more than markers placed anew explain, so this may be another"
            " person, or one who has grown, and nothing is said of a change"
        )
    return found
