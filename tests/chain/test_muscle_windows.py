"""Windows of muscles: a position from the set's interval, no verdict without a source, and a reason where none."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import stats

from legato.chain.model import LinkEvent, LinkResult, WindowResult
from legato.chain.muscle_windows import NO_EMG, MuscleEvidence, muscle_pairs, probability_inside
from legato.chain.windows import NO_WIDTH, judge_windows
from legato.estimate import Estimate
from legato.movements import load_movement
from legato.movements.model import Rep
from legato.movements.window_spec import WindowSpec
from legato.muscles.bursts import Burst
from legato.muscles.model import LagResult, MuscleResult, MusclesResult, RepLag
from legato.muscles.names import Side, muscles
from legato.signals.sets import set_refusal

VL, CHEST = "vastus_lateralis", "pectoralis_major"


def channel(muscle: str, side: Side | None = "right", **changes: Any) -> MuscleResult:
    known = muscles()[muscle]
    made = MuscleResult("emg", muscle, muscle, known.name, side, known.region, known.roles, True, (), (), "", "")
    return replace(made, **changes)


def lag(first: str, second: str, values: Sequence[float | None], at: Any = "centre") -> LagResult:
    """A set of lags with 5 ms of error each."""
    timed = np.array([v for v in values if v is not None])
    half = float(stats.t.ppf(0.95, len(timed) - 1) * timed.std(ddof=1) / np.sqrt(len(timed)))
    per_rep = tuple(
        RepLag(k, None if v is None else Estimate.symmetric(v, 0.005, "s"), "" if v is not None else "no burst")
        for k, v in enumerate(values)
    )
    why = set_refusal([rep.reason for rep in per_rep if rep.lag_s is None], len(values))
    mean = None if why else Estimate.symmetric(float(timed.mean()), half, "s")
    spread = float(timed.std(ddof=1))
    return LagResult(
        "emg",
        first,
        "emg",
        second,
        first,
        second,
        "right",
        at,
        per_rep,
        mean,
        len(timed),
        spread,
        9,
        at == "centre",
        why,
    )


def around(middle: float, n: int, step: float = 0.004) -> list[float | None]:
    return [middle + step * (k % 3 - 1) for k in range(n)]


def reps(n: int) -> tuple[Rep, ...]:
    return tuple(Rep(index=k, start_s=3.0 * k, end_s=3.0 * k + 2.0, complete=True) for k in range(n))


def window(name: str, movement: str = "push-press") -> WindowSpec:
    return next(w for w in load_movement(movement).windows if w.id == name)


def judged(spec: WindowSpec, found: MusclesResult, n: int, links: Sequence[LinkResult] = ()) -> WindowResult:
    return judge_windows([spec], (), MuscleEvidence(found, links, reps(n)))[0]


def pressed(values: Sequence[float | None], first: str = VL, at: Any = "centre") -> MusclesResult:
    return MusclesResult((channel(first), channel(CHEST)), (lag(first, CHEST, values, at),))


@pytest.mark.parametrize(
    ("middle", "position"), [(0.064, "before"), (0.100, "inside"), (0.150, "after"), (0.080, "unresolved")]
)
def test_the_whole_interval_tells_the_position_and_a_claim_without_source_no_verdict(
    middle: float, position: str
) -> None:
    found = judged(window("w-pec"), pressed(around(middle, 12)), 12)
    assert (found.position, found.verdict) == (position, "not-resolvable")
    assert found.gap is not None and found.gap.n == 12 and found.gap.set_s is not None
    assert ("no source supports it" in found.reason) == (position != "unresolved")


def test_fewer_than_eight_repetitions_have_no_position_and_say_how_many_more() -> None:
    found = judged(window("w-pec"), pressed(around(0.064, 5)), 5)
    assert found.position == "unresolved" and "record 3 more" in found.reason
    assert found.probability_inside is not None and found.gap is not None and found.gap.n == 5


def test_a_set_with_many_refused_repetitions_is_refused() -> None:
    values = [*around(0.064, 8), *[None] * 5]
    found = judged(window("w-pec"), pressed(values), 13)
    assert found.position == "unresolved" and found.probability_inside is None
    assert "5 of 13 reps cannot be timed (no burst)" in found.reason
    assert found.gap is not None and found.gap.set_s is None


def test_the_probability_is_students() -> None:
    mean = Estimate.symmetric(0.085, 0.010, "s")
    scale = 0.010 / stats.t.ppf(0.95, 9)
    truth = stats.t.cdf((0.120 - 0.085) / scale, 9) - stats.t.cdf((0.080 - 0.085) / scale, 9)
    assert probability_inside(mean, (0.080, 0.120), 10) == pytest.approx(truth, abs=1e-9)
    one = stats.norm.sf(-0.085 / (0.010 / stats.norm.ppf(0.95)))
    assert probability_inside(mean, (0.0, None), 1) == pytest.approx(one, abs=1e-9)
    assert probability_inside(Estimate(0.1, 0.1, 0.1, unit="s"), (0.08, 0.12), 8) == 1.0


def test_where_a_source_supports_the_band_a_set_gets_a_verdict() -> None:
    graded = window("w-pec").model_copy(update={"grade": "C"})
    assert judged(graded, pressed(around(0.100, 12)), 12).verdict == "ok"
    outside = judged(graded, pressed(around(0.064, 12)), 12)
    assert (outside.verdict, outside.position) == ("fault", "before")
    shown = graded.model_copy(update={"position_only": "nobody checked"})
    assert judged(shown, pressed(around(0.064, 12)), 12).verdict == "not-resolvable"


def test_an_open_window_says_how_many_repetitions_would_decide_or_that_none_would() -> None:
    base = window("w-base")
    values = around(0.005, 9, 0.010)
    few = judged(base, pressed(values, "rectus_femoris", "onset"), 9)
    # SD 8.7 ms, 5 ms from the edge: t(9) * 8.7 / sqrt(10) = 5.02 ms is not enough, t(19) * 8.7 / sqrt(20) = 3.3 is.
    assert few.position == "unresolved" and "about 20 reps like these would decide it" in few.reason
    found = pressed(values, "rectus_femoris", "onset")
    (one,) = found.lags
    assert one.mean is not None
    # An offset of the clocks known to 30 ms SD: 49 ms in every repetition, and no repeating removes them.
    shared = replace(found, lags=(replace(one, mean=one.mean.widened(0.049)),))
    never = judged(base, shared, 9)
    assert "No number of reps would decide it: 49 ms come from the clocks" in never.reason


def test_both_leg_muscles_are_judged_for_themselves() -> None:
    gluteus = "gluteus_maximus"
    found = MusclesResult(
        (channel(VL), channel(gluteus), channel(CHEST)),
        (lag(VL, CHEST, around(0.064, 9)), lag(gluteus, CHEST, around(0.1, 9))),
    )
    one, two = judge_windows([window("w-pec")], (), MuscleEvidence(found, (), reps(9)))
    assert (one.from_event, one.position) == ("vastus lateralis, right", "before")
    assert (two.from_event, two.position) == ("gluteus maximus, right", "inside")


def test_what_is_not_recorded_or_refused_is_said() -> None:
    spec = window("w-pec")
    (none,) = judge_windows([spec], ())
    assert none.reason == NO_EMG and none.gap is None
    lacking = judged(spec, MusclesResult((channel(VL),)), 9)
    assert "no channel is known to be of the pectoralis major" in lacking.reason
    dead = channel(CHEST, usable=False, reasons=("dead: every sample is 0",))
    refused = judged(spec, MusclesResult((channel(VL), channel("gluteus_maximus"), dead)), 9)
    assert refused.reason == "pectoralis_major is refused: dead: every sample is 0"
    apart = judged(spec, MusclesResult((channel(VL, "left"), channel("gluteus_maximus", "left"), channel(CHEST))), 9)
    assert "different sides" in apart.reason
    assert judged(spec, pressed(around(0.1, 9)), 0).reason.startswith("there is no complete repetition")


def test_an_order_is_kept_or_reversed() -> None:
    base = window("w-base")
    assert base.band_s == (0.0, None)
    kept = judged(base, pressed(around(0.05, 9), "rectus_femoris", "onset"), 9)
    assert kept.position == "inside" and "in the expected order" in kept.reason
    turned = judged(base, pressed(around(-0.05, 9), "rectus_femoris", "onset"), 9)
    assert turned.position == "before" and "in the reverse order" in turned.reason


def braced(lead_s: float, n: int) -> tuple[MusclesResult, LinkResult]:
    """A trunk that starts so long before a link, which starts 0.5 s into each repetition."""
    rng = np.random.default_rng(1)
    bursts = tuple(
        Burst(Estimate.symmetric(onset, 0.01, "s"), None, None, None, onset, onset + 0.8, 20.0)
        for onset in (3.0 * k + 0.5 - lead_s + 0.01 * rng.standard_normal() for k in range(n))
    )
    events = tuple(LinkEvent(k, Estimate.symmetric(3.0 * k + 0.5, 0.005, "s"), None) for k in range(n))
    return MusclesResult((channel("external_oblique", timed=bursts),)), LinkResult("hip", "q", "onset", events)


def test_a_brace_is_timed_against_the_first_link_that_starts_and_judged_against_the_own_lead_only() -> None:
    found, link = braced(0.3, 9)
    late = LinkResult(
        "knee", "q", "onset", tuple(replace(e, time_s=e.time_s.shifted(0.1)) for e in link.per_rep if e.time_s)
    )
    one = judged(window("w-brace", "deadlift"), found, 9, [late, link])
    assert one.gap is not None and one.gap.set_s is not None
    # The lead varies by 10 ms SD, so the mean of nine lies within 10 ms of it.
    assert one.gap.set_s.value == pytest.approx(0.3, abs=0.010)
    assert (one.position, one.verdict) == ("inside", "not-resolvable") and "no baseline yet" in one.reason
    untimed = judged(window("w-brace", "deadlift"), found, 9)
    assert untimed.position == "unresolved" and "onset of the movement is not known" in untimed.reason


def test_two_clocks_widen_a_brace() -> None:
    found, link = braced(0.3, 9)
    spec = window("w-brace", "deadlift")
    near, far = (
        judge_windows([spec], (), MuscleEvidence(found, [link], reps(9), {"emg": sd}))[0].gap for sd in (0.0, 0.05)
    )
    assert near is not None and near.set_s is not None and far is not None and far.set_s is not None
    # 1.645 SD of 50 ms is 82 ms, which no number of repetitions removes.
    assert far.set_s.half_width > 0.082 > near.set_s.half_width


@pytest.mark.parametrize("n", [8, 20])
@pytest.mark.parametrize("clock_sd_s", [0.0, 0.02])
def test_the_mean_brace_holds_what_all_repetitions_share(n: int, clock_sd_s: float) -> None:
    rng, z, held = np.random.default_rng(n), float(stats.norm.ppf(0.95)), 0
    # Of an edge's SD half is shared; the movement's onset shares 12 of its 20 ms; one offset of the clocks a recording.
    edge_sd, link_sd, link_shared = 0.030, 0.020, 0.012
    for _ in range(300):
        common = rng.normal(0.0, np.hypot(0.5 * edge_sd, link_shared)) + clock_sd_s * rng.standard_normal()
        own = np.sqrt(0.75 * edge_sd**2 + link_sd**2 - link_shared**2)
        leads = 0.3 + common + rng.normal(0.0, np.hypot(own, 0.01), n)
        bursts = tuple(
            Burst(Estimate.symmetric(t, z * edge_sd, "s"), None, None, None, t, t + 0.8, 20.0)
            for t in (3.0 * k + 0.5 - lead for k, lead in enumerate(leads))
        )
        events = tuple(
            LinkEvent(k, Estimate.symmetric(3.0 * k + 0.5, z * link_sd, "s"), None, "", z * link_shared)
            for k in range(n)
        )
        found = MusclesResult((channel("external_oblique", timed=bursts),))
        link = LinkResult("hip", "q", "onset", events)
        evidence = MuscleEvidence(found, [link], reps(n), {"emg": clock_sd_s})
        gap = judge_windows([window("w-brace", "deadlift")], (), evidence)[0].gap
        held += gap is not None and gap.set_s is not None and gap.set_s.holds(0.3)
    # 90 % aimed at; SE 1.7 points.
    assert 0.85 <= held / 300 <= 0.95


def test_windows_of_the_library_name_muscles_that_exist() -> None:
    known = {*muscles(), *(role for m in muscles().values() for role in m.roles)}
    specs = [
        w for name in ("bench-press", "back-squat", "push-press", "pallof-press") for w in load_movement(name).windows
    ]
    for spec in specs:
        for events in spec.muscles:
            assert {*events.from_muscles, *events.to_muscles} <= known
            assert spec.least_reps == 8
    assert len(muscle_pairs(load_movement("bench-press").windows)) == 3


def test_a_band_without_width_is_still_refused() -> None:
    assert judge_windows([window("w-drive", "bench-press")], ())[0].reason == NO_WIDTH
