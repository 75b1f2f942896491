"""The window of a share: a position from the set's interval, never a verdict on a claim without a source."""

import pytest

from legato.chain.model import WindowResult
from legato.chain.muscle_windows import NO_EMG, MuscleEvidence
from legato.chain.windows import judge_windows
from legato.estimate import Estimate
from legato.movements import load_movement
from legato.movements.model import Rep
from legato.movements.window_spec import WindowSpec
from legato.muscles.between import BetweenMuscles, ChannelResult
from legato.muscles.model import MuscleResult, MusclesResult
from legato.muscles.names import muscles
from legato.muscles.phase_share import PhaseShare

ECC = next(w for w in load_movement("leg-press").windows if w.id == "w-ecc")


def judged(
    mean: float, half: float, n: int, refused: tuple[tuple[int, str], ...] = (), spec: WindowSpec = ECC
) -> WindowResult:
    known = muscles()["pectoralis_major"]
    chest = MuscleResult(
        "emg", "PEC", known.id, known.name, "right", known.region, known.roles, True, (), (), "", "", (), refused
    )
    each = tuple(Estimate.symmetric(mean, 2 * half) for _ in range(n))
    share = PhaseShare(each, Estimate.symmetric(mean, half), n, ())
    held = MusclesResult((chest,), between=BetweenMuscles(shares=(ChannelResult(chest, share=share),)))
    total = n + len(refused)
    reps = [Rep(index=k, start_s=3.0 * k, end_s=3.0 * k + 2.0, complete=True) for k in range(total)]
    return judge_windows([spec], (), MuscleEvidence(held, (), reps))[0]


@pytest.mark.parametrize(("mean", "position"), [(0.85, "inside"), (0.4, "before"), (0.7, "unresolved")])
def test_the_whole_interval_tells_the_position_and_never_a_verdict(mean: float, position: str) -> None:
    found = judged(mean, 0.05, 9)
    assert (found.position, found.verdict, found.gap) == (position, "not-resolvable", None)
    assert found.share is not None and found.share.n == 9 and found.share.mean.value == mean


@pytest.mark.parametrize(
    ("mean", "verdict", "said"),
    [
        (0.85, "ok", "lies inside the window"),
        (0.4, "fault", "lies before the window"),
        (0.7, "not-resolvable", "reaches over the edge of the window"),
    ],
)
def test_where_a_source_supports_the_window_a_set_gets_a_verdict(mean: float, verdict: str, said: str) -> None:
    graded = ECC.model_copy(update={"grade": "C"})
    found = judged(mean, 0.05, 9, spec=graded)
    assert found.verdict == verdict and found.reason.endswith(said)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, "no source supports it"),
        ({"grade": "X"}, "the best evidence contradicts it"),
        ({"grade": "C", "position_only": "nobody checked"}, "nobody checked"),
        ({"grade": "C", "own": True}, "no baseline yet"),
    ],
)
def test_a_share_without_a_verdict_says_why(changes: dict[str, object], why: str) -> None:
    found = judged(0.85, 0.05, 9, spec=ECC.model_copy(update=changes))
    assert (found.position, found.verdict) == ("inside", "not-resolvable")
    assert why in found.reason and found.reason.endswith("so it is shown and not judged")


def test_the_whole_of_it_is_no_edge() -> None:
    found = judged(0.97, 0.05, 9)
    assert found.position == "inside"
    assert found.probability_inside == pytest.approx(1.0, abs=1e-4)


def test_few_repetitions_have_no_position_and_refused_ones_keep_their_place() -> None:
    found = judged(0.4, 0.05, 4, ((1, "clipped"),))
    assert found.position == "unresolved" and "record 4 more" in found.reason
    assert found.share is not None
    assert [(r.rep, r.share is None, r.reason) for r in found.share.per_rep][:3] == [
        (0, False, ""), (1, True, "clipped"), (2, False, ""),
    ]  # fmt: skip


def test_a_set_of_which_over_a_third_is_refused_is_not_told() -> None:
    lost = tuple((k, "clipped") for k in range(5))
    found = judged(0.85, 0.02, 9, lost)
    assert found.position == "unresolved" and found.probability_inside is None and found.share is None
    assert found.reason.endswith("5 of 14 reps cannot be told (clipped)")
    assert judged(0.85, 0.02, 10, lost).position == "inside"


def test_without_emg_or_a_chest_it_says_so() -> None:
    assert judge_windows([ECC], ())[0].reason == NO_EMG
    nothing = MuscleEvidence(MusclesResult((), between=BetweenMuscles()))
    assert "no usable channel" in judge_windows([ECC], (), nothing)[0].reason
