"""When so much of a set is refused that the rest would be a choice by the data."""

from collections.abc import Sequence


def set_refusal(reasons: Sequence[str], total: int, done: str = "timed") -> str:
    """Why a set is refused whole; empty where it is not.

    Parameters
    ----------
    reasons
        Why each refused rep was.
    total
        How many reps there are, with those refused.
    done
        What could not be done with them.

    Notes
    -----
    The limit is a third: what picks the survivors (late, weak or double events go first) shifts their mean, which no
    interval of theirs holds. [ENG]
    """
    if total == 0:
        return "there is no complete rep"
    if 3 * len(reasons) <= total:
        return ""
    common = max(dict.fromkeys(reasons), key=list(reasons).count)
    return common if len(reasons) == total else f"{len(reasons)} of {total} reps cannot be {done} ({common})"
