"""Brace without shrug on both sides of a simulated set, its rests judged as the repetitions are."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from legato.muscles.analyse import RepSpan, analyse_muscles
from legato.muscles.brace_sides import SideBrace
from legato.recording import FloatArray, Recording, Span, Stream

from .plain_emg import coloured, floor_noise

RATE_HZ = 2000.0
REPS = 8
LENGTH_S = 3.0
SECONDS = LENGTH_S * REPS + 2.0

STRENGTHS = {
    "erector_spinae_right": 0.4,
    "erector_spinae_left": 0.4,
    "upper_trapezius_right": 0.04,
    "upper_trapezius_left": 0.25,
}


@lru_cache(maxsize=1)
def lifts() -> tuple[Recording, Recording]:
    """Eight repetitions in which the left shoulder is lifted, in shares of each muscle's maximum, and the maxima."""
    rng = np.random.default_rng(91)
    n = round(SECONDS * RATE_HZ)
    since = np.mod(np.arange(n) / RATE_HZ - 1.0, LENGTH_S)
    on = (since > 0.2) & (since < 1.8) & (np.arange(n) > RATE_HZ)
    columns = [
        1e-4 * (share * on * coloured(n, RATE_HZ, rng) + 0.01 * floor_noise(n, RATE_HZ, rng))
        for share in STRENGTHS.values()
    ]
    hardest = [1e-4 * coloured(round(4.0 * RATE_HZ), RATE_HZ, rng) for _ in STRENGTHS]
    task, maximal = (recording(np.stack(x, axis=1)) for x in (columns, hardest))
    return task, maximal


def recording(values: FloatArray) -> Recording:
    return Recording((Stream("emg", "emg", values, RATE_HZ, tuple(STRENGTHS), ("V",) * len(STRENGTHS)),))


def spoilt(channel: str, rests: Sequence[int]) -> Recording:
    """The cable of a channel swings at 25 Hz in the rest after these repetitions."""
    (stream,) = lifts()[0].streams
    values, t = stream.values.copy(), stream.times()
    for rest in rests:
        since = t - (LENGTH_S * rest + 3.5)
        swing = 4e-5 * np.sin(2 * np.pi * 25.0 * since) * np.exp(-((since / 0.12) ** 2))
        values[:, stream.channels.index(channel)] += swing
    return Recording((stream.with_values(values),))


def sides(task: Recording) -> list[SideBrace]:
    reps = [RepSpan(k, Span(LENGTH_S * k + 1.0, LENGTH_S * k + 3.0)) for k in range(REPS)]
    found = analyse_muscles(task, reps, mvic=(lifts()[1],))
    assert found is not None and found.between is not None
    return list(found.between.brace_without_shrug)


def test_each_side_is_judged_by_its_own_channels() -> None:
    right, left = sides(lifts()[0])
    assert (right.side, left.side) == ("right", "left")
    assert right.trunk is not None and right.trunk.side == "right"
    assert left.trapezius is not None and left.trapezius.side == "left"
    assert (right.found.answer, right.found.braced, right.found.relaxed) == ("yes", "yes", "yes")
    assert (left.found.answer, left.found.braced, left.found.relaxed) == ("no", "yes", "no")
    # 25 % for 1.6 of 2 s over a rest of 1 %: about 20 %, less what the filter rounds off.
    assert left.found.rise is not None and 15.0 < left.found.rise.value < 22.0


def test_a_rest_that_the_gate_refuses_is_left_out_and_many_refuse_the_side() -> None:
    clean = sides(lifts()[0])[0].found
    some = sides(spoilt("upper_trapezius_right", [1, 4]))[0].found
    assert clean.rise is not None and some.rise is not None and some.answer == "yes"
    # Two of seven rests that swing at a quarter of the maximum would lift their mean by some %.
    assert abs(some.rise.value - clean.rise.value) < 0.3
    right, left = sides(spoilt("upper_trapezius_right", [1, 3, 4]))
    assert right.found.answer == "not-resolvable" and right.found.rise is None
    assert "rests between the repetitions: 3 of 7" in right.found.reason and "artefact" in right.found.reason
    assert left.found.answer == "no"


def test_a_refused_channel_refuses_its_side_and_says_so() -> None:
    (stream,) = lifts()[0].streams
    values = stream.values.copy()
    values[:, stream.channels.index("upper_trapezius_left")] = 0.0
    right, left = sides(Recording((stream.with_values(values),)))
    assert right.found.answer == "yes"
    assert left.found.answer == "not-resolvable"
    assert left.found.reason.startswith("upper trapezius, left: refused: dead")


def test_a_trunk_of_one_side_stands_for_both() -> None:
    (stream,) = lifts()[0].streams
    keep = [0, 2, 3]
    task, maximal = (
        Recording(
            (
                Stream(
                    "emg", "emg", r.streams[0].values[:, keep], RATE_HZ, tuple(stream.channels[k] for k in keep),
                    ("V",) * 3,
                ),
            )
        )
        for r in lifts()
    )  # fmt: skip
    reps = [RepSpan(k, Span(LENGTH_S * k + 1.0, LENGTH_S * k + 3.0)) for k in range(REPS)]
    found = analyse_muscles(task, reps, mvic=(maximal,))
    assert found is not None and found.between is not None
    _, left = found.between.brace_without_shrug
    assert left.trunk is not None and left.trunk.side == "right" and left.found.braced == "yes"


def renamed(names: dict[str, str], dead: str = "") -> list[Recording]:
    """The set and the maxima with some channels under other names, the others left out, one without a signal."""
    made: list[Recording] = []
    for given in lifts():
        (stream,) = given.streams
        values = stream.values[:, [stream.channels.index(name) for name in names]].copy()
        if dead:
            values[:, list(names).index(dead)] = 0.0
        made.append(Recording((Stream("emg", "emg", values, RATE_HZ, tuple(names.values()), ("V",) * len(names)),)))
    return made


def test_a_trunk_that_is_seen_stands_in_for_one_that_is_dead() -> None:
    names = {name: name for name in STRENGTHS if name != "upper_trapezius_left"} | {
        "upper_trapezius_right": "upper_trapezius"
    }
    task, maximal = renamed(names, dead="erector_spinae_right")
    reps = [RepSpan(k, Span(LENGTH_S * k + 1.0, LENGTH_S * k + 3.0)) for k in range(REPS)]
    found = analyse_muscles(task, reps, mvic=(maximal,))
    assert found is not None and found.between is not None
    (only,) = found.between.brace_without_shrug
    assert only.trunk is not None and only.trunk.side == "left" and only.found.answer == "yes"


def test_without_a_rest_between_repetitions_that_is_what_is_said() -> None:
    close = [RepSpan(k, Span(LENGTH_S * k + 1.0, LENGTH_S * k + 3.9)) for k in range(REPS)]
    found = analyse_muscles(lifts()[0], close, mvic=(lifts()[1],))
    assert found is not None and found.between is not None
    right, _ = found.between.brace_without_shrug
    assert right.found.answer == "not-resolvable" and right.found.braced == "yes"
    assert right.found.reason.startswith("no two rests of 0.3 s") and "MVIC" not in right.found.reason


def test_a_brace_that_begins_before_the_repetition_is_no_rest():
    # Active 0.4 s before and 0.2 s after each of these, which the rests between them hold.
    reps = [RepSpan(k, Span(LENGTH_S * k + 1.6, LENGTH_S * k + 2.6)) for k in range(REPS)]
    found = analyse_muscles(lifts()[0], reps, mvic=(lifts()[1],))
    assert found is not None and found.between is not None
    _, left = found.between.brace_without_shrug
    rise = left.found.rise
    assert rise is not None
    # The largest half second of the maximum lies above its own level.
    assert 0.85 * 25.0 < rise.value < 25.5 and rise.holds(24.0)
