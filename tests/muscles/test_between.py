"""What muscles do together in a simulated set: told where it can be, and why not where it cannot."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
import pytest

from legato.muscles.analyse import RepSpan, analyse_muscles
from legato.muscles.between import BetweenMuscles, SideResult, Slow
from legato.muscles.bracing import BraceWithoutShrug
from legato.muscles.model import MusclesResult
from legato.muscles.phase_locking import clock_widened, phase_locking
from legato.muscles.synergies import similarity
from legato.recording import FloatArray, Offset, Recording, Span, Stream
from legato.simulate import demo_press

from .plain_emg import coloured, floor_noise

RATE_HZ = 2000.0
REPS = 8
LENGTH_S = 3.0


def lifted(rng: np.random.Generator, onset_s: float, stop_s: float, strength: float, seconds: float) -> FloatArray:
    """One even burst a repetition, with its own jitter of 10 ms."""
    n = round(seconds * RATE_HZ)
    t, envelope = np.arange(n) / RATE_HZ, np.zeros(n)
    for k in range(REPS):
        start = LENGTH_S * k + 1.0 + onset_s + 0.01 * rng.standard_normal()
        envelope += (t >= start) & (t < start + stop_s - onset_s)
    return 1e-4 * (strength * envelope * coloured(n, RATE_HZ, rng) + 0.02 * floor_noise(n, RATE_HZ, rng))


CHANNELS = {
    "vastus_lateralis_right": (0.2, 0.9, 0.5),
    "vastus_lateralis_left": (0.25, 0.95, 0.5),
    "biceps_femoris_right": (0.5, 1.2, 0.3),
    "erector_spinae_right": (0.0, 1.2, 0.4),
    "upper_trapezius_right": (0.2, 1.0, 0.06),
    "pectoralis_major_right": (0.1, 0.9, 0.4),
}


@lru_cache(maxsize=1)
def lifts() -> tuple[Recording, Recording]:
    """A set of eight repetitions, and a maximal contraction of all muscles."""
    rng = np.random.default_rng(21)
    seconds = LENGTH_S * REPS + 2.0
    values = np.stack([lifted(rng, *planted, seconds) for planted in CHANNELS.values()], axis=1)
    n = round(4.0 * RATE_HZ)
    hardest = np.stack([1e-4 * coloured(n, RATE_HZ, rng) for _ in CHANNELS], axis=1)
    units = ("V",) * len(CHANNELS)
    task, maximal = (Recording((Stream("emg", "emg", x, RATE_HZ, tuple(CHANNELS), units),)) for x in (values, hardest))
    return task, maximal


def spans() -> list[RepSpan]:
    starts = [LENGTH_S * k + 1.0 for k in range(REPS)]
    return [RepSpan(k, Span(a, a + 2.0), True, (("lower", Span(a, a + 0.7)),)) for k, a in enumerate(starts)]


def together(**given: Any) -> BetweenMuscles:
    found = analyse_muscles(lifts()[0], spans(), **given)
    assert found is not None and found.between is not None
    return found.between


@lru_cache(maxsize=1)
def with_everything() -> BetweenMuscles:
    return together(mvic=(lifts()[1],), velocity=rising(), eccentric="lower")


def test_the_planted_order_and_lag_of_the_sides_are_found() -> None:
    found = with_everything()
    onset = next(order for order in found.orders if order.at == "onset")
    assert onset.most_common is not None
    assert onset.most_common[0].startswith("erector spinae") or onset.most_common[0].startswith("lumbar")
    assert onset.most_common[-1] == "biceps femoris, right"
    (side,) = found.sides
    assert side.timing is not None
    assert side.timing.first == "right"
    # 50 ms planted; even bursts of 0.7 s at 28 dB tell their centres to some 5 ms.
    assert side.timing.lag.value == pytest.approx(-0.05, abs=0.015)


def gained(recording: Recording, channel: str, gain: float) -> Recording:
    (stream,) = recording.streams
    values = stream.values.copy()
    values[:, stream.channels.index(channel)] *= gain
    return Recording((stream.with_values(values),))


def sides_of(task: Recording, maximal: Recording) -> SideResult:
    found = analyse_muscles(task, spans(), mvic=(maximal,))
    assert found is not None and found.between is not None
    (side,) = found.between.sides
    return side


def test_sides_are_compared_in_shares_of_each_ones_own_maximum() -> None:
    (side,) = with_everything().sides
    # Both sides work at half of their maximum.
    assert side.amplitude is not None and side.amplitude.n == REPS and not side.amplitude_reason
    assert side.amplitude.index.holds(0.0) and side.amplitude.more == "not-resolvable"
    assert side.amplitude.index.half_width < 25.0
    task, maximal = lifts()
    weaker = sides_of(gained(task, "vastus_lateralis_left", 0.5), maximal)
    # 50 % against 25 %: 100·25/37.5.
    assert weaker.amplitude is not None and weaker.amplitude.more == "right"
    assert weaker.amplitude.index.holds(100.0 * 25.0 / 37.5)
    skin = sides_of(gained(task, "vastus_lateralis_left", 0.5), gained(maximal, "vastus_lateralis_left", 0.5))
    assert skin.amplitude is not None
    assert skin.amplitude.index.value == pytest.approx(side.amplitude.index.value, abs=1e-6)


def test_without_a_maximum_of_both_sides_amplitudes_are_not_compared() -> None:
    (side,) = together().sides
    assert side.timing is not None
    assert side.amplitude is None and "not as task-peak; record one of each side" in side.amplitude_reason
    (stream,) = lifts()[1].streams
    right = Stream("emg", "emg", stream.values[:, :1], RATE_HZ, stream.channels[:1], stream.units[:1])
    one = sides_of(lifts()[0], Recording((right,)))
    assert one.amplitude is None and "not as mvic and task-peak" in one.amplitude_reason


def swung(recording: Recording, channels: Sequence[str], reps: Sequence[int]) -> Recording:
    """The cables swing at 25 Hz, six times as strong as the muscle, after the bursts of these repetitions."""
    (stream,) = recording.streams
    values, t = stream.values.copy(), stream.times()
    for rep in reps:
        since = t - (LENGTH_S * rep + 1.0) - 1.6
        for channel in channels:
            swing = 3e-4 * np.sin(2 * np.pi * 25.0 * since) * np.exp(-((since / 0.1) ** 2))
            values[:, stream.channels.index(channel)] += swing
    return Recording((stream.with_values(values),))


def between(recording: Recording, reps: Sequence[RepSpan], **given: Any) -> tuple[MusclesResult, BetweenMuscles]:
    found = analyse_muscles(recording, reps, **given)
    assert found is not None and found.between is not None
    return found, found.between


def test_a_refused_repetition_keeps_its_place_in_the_set() -> None:
    spoilt, found = between(swung(lifts()[0], ["vastus_lateralis_right"], [2, 3]), spans())
    assert [rep for rep, _ in spoilt.muscles[0].refused_reps] == [2, 3]
    fatigue = found.fatigue[0].fatigue
    assert fatigue is not None and [rep.rep for rep in fatigue.reps] == [0, 1, 4, 5, 6, 7]
    assert [rep for rep, _ in fatigue.refused] == [2, 3]
    assert all("artefact" in why for _, why in fatigue.refused)


def test_over_a_third_refused_refuses_the_set_of_a_channel_and_of_the_sides() -> None:
    _, found = between(swung(lifts()[0], ["vastus_lateralis_right"], [2, 3, 4]), spans(), mvic=(lifts()[1],))
    fatigue = found.fatigue[0]
    assert fatigue.fatigue is not None and fatigue.fatigue.amplitude.change is None
    assert "3 of 8 reps cannot be used" in fatigue.reason
    (side,) = found.sides
    assert side.timing is None and "3 of 8 reps cannot be timed" in side.reason
    assert side.amplitude is None and "3 of 8 reps cannot be used" in side.amplitude_reason
    assert all("vastus lateralis, right" not in order.expected for order in found.orders)


def test_synergies_leave_out_what_is_refused() -> None:
    channels = ["vastus_lateralis_right", "pectoralis_major_right"]
    spoilt, clean = (between(x, spans())[1] for x in (swung(lifts()[0], channels, [2, 3]), lifts()[0]))
    assert spoilt.synergies is not None and clean.synergies is not None
    # 100 samples a repetition at 50 Hz.
    assert len(clean.synergies.activations) == 800 and len(spoilt.synergies.activations) == 600
    assert any("synergies: of the 6 of 8 repetitions" in note for note in spoilt.notes)
    # The swing, common to both, would make them a group of their own; without it the groups are those of the clean set.
    assert similarity(clean.synergies, spoilt.synergies).mean > 0.97
    many = between(swung(lifts()[0], channels[:1], [2, 3, 4]), spans())[1]
    assert many.synergies is not None and "vastus lateralis, right" not in many.synergies.muscles
    assert any("vastus lateralis, right is left out: 3 of 8" in note for note in many.notes)


def test_a_jump_of_the_devices_clock_changes_no_number() -> None:
    (stream,) = lifts()[0].streams
    time_s = stream.times().copy()
    time_s[time_s > 12.5] += 1.0
    by_s = [0.0 if rep < 4 else 1.0 for rep in range(REPS)]
    moved = [
        replace(
            rep,
            span=Span(rep.span.start_s + by, rep.span.end_s + by),
            phases=tuple((name, Span(a.start_s + by, a.end_s + by)) for name, a in rep.phases),
        )
        for rep, by in zip(spans(), by_s, strict=True)
    ]
    jumped = Recording((replace(stream, time_s=time_s, time_jumps=1),))
    uneven, told = between(jumped, moved, eccentric="lower")
    even, plain = between(lifts()[0], spans(), eccentric="lower")
    assert not any(m.refused_reps for m in uneven.muscles)
    for one, two in zip(told.fatigue, plain.fatigue, strict=True):
        assert one.fatigue is not None and two.fatigue is not None
        ours, theirs = ([rep.amplitude.value for rep in each.fatigue.reps] for each in (one, two) if each.fatigue)
        assert ours == pytest.approx(theirs, rel=1e-9)
    ours, theirs = (each.shares[0].share for each in (told, plain))
    assert ours is not None and theirs is not None and ours.mean is not None and theirs.mean is not None
    # Edges of repetitions fall on the next sample, half a millisecond.
    assert ours.mean.value == pytest.approx(theirs.mean.value, abs=2e-3)
    for one, two in zip(uneven.muscles, even.muscles, strict=True):
        assert one.reference is not None and two.reference is not None
        assert one.reference.value is not None and two.reference.value is not None
        assert one.reference.value.value == pytest.approx(two.reference.value.value, rel=1e-9)


def rising() -> Slow:
    t = np.arange(0.0, LENGTH_S * REPS + 2.0, 0.01)
    return Slow(-np.sin(np.pi * np.mod(t - 1.0, LENGTH_S)), 100.0, 0.0)


def test_an_error_between_the_clocks_widens_what_it_moves() -> None:
    (stream,) = lifts()[0].streams
    thigh, others = (
        replace(stream, name=name, values=stream.values[:, cut], channels=stream.channels[cut], units=stream.units[cut])
        for name, cut in (("emg", slice(0, 1)), ("emg_2", slice(1, 6)))
    )
    motion = Stream("angles", "angles", np.zeros((2600, 1)), 100.0, ("knee",), ("rad",))
    offsets = (Offset("emg", 0.0, 0.030, "by hand"), Offset("emg_2", 0.0, 0.040, "by hand"))
    given = {"mvic": (lifts()[1],), "velocity": rising(), "eccentric": "lower"}
    apart, sure = (
        between(Recording((thigh, others, motion), offsets=each), spans(), **given)[1] for each in (offsets, ())
    )
    # 1.645 SD of 50 ms (30 and 40) are 82 ms, of a repetition of 2 s 0.258 rad; of 40 ms 66 ms and 0.207 rad.
    for told, least in ((lambda x: x.locking[0].locking, 0.258), (lambda x: x.momentum[0].locking, 0.207)):
        wide, narrow = told(apart), told(sure)
        assert wide is not None and narrow is not None and wide.mean_phase is not None and narrow.mean_phase is not None
        assert wide.mean_phase.half_width == pytest.approx(np.hypot(narrow.mean_phase.half_width, least), rel=0.01)
        assert wide.mean_phase.value == narrow.mean_phase.value and wide.plv == narrow.plv
    wide, narrow = (each.shares[0].share for each in (apart, sure))
    assert wide is not None and narrow is not None and wide.mean is not None and narrow.mean is not None
    # The phase ends amid a burst of 0.8 s: 66 ms move 8 % of its area.
    assert wide.mean.half_width == pytest.approx(np.hypot(narrow.mean.half_width, 0.066 / 0.8), abs=0.015)
    (side,), (close,) = apart.sides, sure.sides
    assert side.timing is not None and close.timing is not None
    assert side.timing.lag.half_width >= 0.082 > close.timing.lag.half_width
    assert side.timing.first == "not-resolvable"


def test_a_clock_that_may_be_off_by_a_repetition_leaves_no_mean_phase() -> None:
    found = phase_locking(np.full(6, 1.0), np.linspace(1.9, 2.1, 6))
    wide = clock_widened(found, [2.0] * 6, 1.0)
    assert found.mean_phase is not None and wide.mean_phase is None and wide.plv == found.plv
    assert "clocks are known to ±1.6 s" in wide.reason


def chest_at(top: float, width_s: float) -> Recording:
    """The set with a bell of the chest in each repetition, its top in shares of its maximum."""
    (stream,) = lifts()[0].streams
    rng, t, values = np.random.default_rng(31), stream.times(), stream.values.copy()
    since = np.mod(t - 1.5 + 0.5 * LENGTH_S, LENGTH_S) - 0.5 * LENGTH_S
    muscle = top * np.exp(-0.5 * (since / width_s) ** 2) * coloured(t.size, RATE_HZ, rng)
    values[:, stream.channels.index("pectoralis_major_right")] = 1e-4 * (
        muscle + 2e-3 * floor_noise(t.size, RATE_HZ, rng)
    )
    return Recording((stream.with_values(values),))


@pytest.mark.parametrize(
    ("top", "said"), [(0.25, ""), (0.04, "chest not active: not applicable"), (0.10, "not resolvable whether")]
)
def test_the_chest_is_active_by_its_top_not_by_its_mean(top: float, said: str) -> None:
    found = between(chest_at(top, 0.15), spans(), mvic=(lifts()[1],), velocity=rising())[1]
    (momentum,) = found.momentum
    assert momentum.reason.startswith(said) and (momentum.reason == "") == (said == "")
    locking = momentum.locking
    assert locking is not None and (locking.plv is not None) == (said == "")


def only_side(found: BetweenMuscles) -> BraceWithoutShrug:
    (side,) = found.brace_without_shrug
    return side.found


def test_a_brace_is_as_sure_as_its_maximum_and_an_incomplete_repetition_is_no_rest() -> None:
    found, told = between(lifts()[0], spans(), mvic=(lifts()[1],))
    brace, trunk = only_side(told), found.muscles[3]
    assert brace.trunk is not None and trunk.reference is not None
    maximum = trunk.reference.value
    assert maximum is not None
    # The largest half second of four lies above the muscle's own level, by a share that its interval holds.
    assert brace.trunk.high >= brace.trunk.value * maximum.value / maximum.low
    reps = [replace(rep, complete=rep.index not in (2, 5)) for rep in spans()]
    some = only_side(between(lifts()[0], reps, mvic=(lifts()[1],))[1])
    assert some.rise is not None and brace.rise is not None
    # Six and eight repetitions of one rise; as rest the two incomplete ones would take a third off it.
    assert some.rise.value == pytest.approx(brace.rise.value, rel=0.1)


def test_over_a_third_refused_leaves_no_locking_share_or_overlap() -> None:
    (stream,) = lifts()[0].streams
    values = stream.values.copy()
    for rep in (2, 3, 4):
        start = round((LENGTH_S * rep + 1.2) * RATE_HZ)
        values[start : start + round(0.8 * RATE_HZ), stream.channels.index("pectoralis_major_right")] = np.nan
    spoilt = Recording((stream.with_values(values),))
    found = between(spoilt, spans(), mvic=(lifts()[1],), velocity=rising(), eccentric="lower")[1]
    pairs = [pair for pair in found.locking if pair.second.name == "pectoralis major"]
    told = [found.momentum[0].reason, found.shares[0].reason, *(pair.reason for pair in pairs)]
    assert pairs and all("3 of 8 reps cannot be" in why for why in told)
    assert found.shares[0].share is not None and found.shares[0].share.mean is None and found.shares[0].share.n == 5
    assert found.momentum[0].locking is None and pairs[0].locking is None


def test_every_number_of_the_set_is_there() -> None:
    found = with_everything()
    (overlap,) = found.coactivation
    assert overlap.first.name == "vastus lateralis" and overlap.second.name == "biceps femoris"
    told = overlap.coactivation
    # 0.4 s of 0.7 s each are shared, at heights of 3 to 5: 2 · 0.4 · 0.3 / (0.7 · (0.5 + 0.3)), softened by the filter.
    assert told is not None and told.overlap is not None
    assert told.overlap.value == pytest.approx(2 * 0.4 * 0.3 / (0.7 * 0.8), abs=0.08)
    brace = only_side(found)
    assert (brace.answer, brace.braced, brace.relaxed) == ("yes", "yes", "yes")
    (share,) = found.shares
    # 0.6 of 0.8 s lie in the phase.
    assert share.share is not None and share.share.mean is not None
    assert share.share.mean.value == pytest.approx(0.75, abs=0.05)
    (momentum,) = found.momentum
    assert momentum.locking is not None
    assert momentum.locking.beyond_chance
    assert all(pair.locking is not None and pair.locking.beyond_chance for pair in found.locking)
    assert found.synergies is not None
    # Eight repetitions of one plan: each half has the same groups.
    assert found.halves is not None and len(found.halves.pairs) == found.synergies.n and found.halves.mean > 0.97
    fatigue = {one.muscle.channel: one.fatigue for one in found.fatigue}
    even = fatigue["vastus_lateralis_right"]
    assert even is not None and even.median_frequency.change is not None
    assert even.median_frequency.change.value == pytest.approx(0.0, abs=25.0)


def test_what_lacks_something_says_what() -> None:
    found = together()
    assert found.shares == ()
    assert "velocity of the centre of mass" in found.momentum[0].reason
    assert only_side(found).reason.count("MVIC") == 2
    without_mvic = together(velocity=Slow(np.sin(np.arange(2600) / 30.0), 100.0, 0.0))
    assert "give it as MVIC" in without_mvic.momentum[0].reason
    # A muscle at a tenth of its maximum and one at all of it each reach the peak of their own task.
    (pair,) = without_mvic.coactivation
    assert pair.coactivation is None and "shares of the peak of the task tell nothing" in pair.reason


def test_without_repetitions_one_note_says_so() -> None:
    found = analyse_muscles(lifts()[0], [replace(rep, complete=False) for rep in spans()])
    assert found is not None and found.between is not None
    assert found.between.notes == ("muscles are not compared: there is no complete repetition",)


def test_too_few_repetitions_tell_no_halves() -> None:
    found = analyse_muscles(lifts()[0], spans()[:3], mvic=(lifts()[1],))
    assert found is not None and found.between is not None
    assert found.between.synergies is not None and found.between.halves is None
    assert any("3 reps cannot be split in halves" in note for note in found.between.notes)


def test_one_repetition_tells_no_set() -> None:
    found = analyse_muscles(lifts()[0], spans()[:1], mvic=(lifts()[1],))
    assert found is not None and found.between is not None
    assert all("1 of at least" in pair.reason for pair in (*found.between.locking, *found.between.coactivation))
    assert all(pair.share is None for order in found.between.orders for pair in order.pairs)


def test_a_press_without_antagonists_says_so() -> None:
    made = demo_press()
    reps = [RepSpan(k, Span(rep["start_s"], rep["end_s"])) for k, rep in enumerate(made.truth["reps"])]
    found = analyse_muscles(made.recording, reps)
    assert found is not None and found.between is not None
    assert any("against each other" in note for note in found.between.notes)
    assert found.between.brace_without_shrug == ()
    leg_to_chest = found.between.locking[0]
    assert leg_to_chest.locking is not None and leg_to_chest.locking.beyond_chance
