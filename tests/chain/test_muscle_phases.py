"""Two muscles of one effort or of work and return: by what the movement declares, and wherever the clocks may lie."""

from dataclasses import replace

import pytest

from legato.chain.muscle_phases import on_chain, two_efforts
from legato.estimate import Estimate
from legato.movements import load_movement
from legato.movements.model import Movement, Phase, Rep
from legato.muscles.model import LagResult, MuscleResult, RepBurst, RepLag
from legato.muscles.names import muscles

PHASE_S = 0.6
"""Of every phase of the invented repetitions."""


def reps_of(movement: Movement, n: int = 3) -> tuple[Rep, ...]:
    """Repetitions with all phases of the movement, one after the other."""
    names = [phase.name for phase in movement.phases]
    return tuple(
        Rep(
            index=k,
            start_s=10.0 * k,
            end_s=10.0 * k + PHASE_S * len(names),
            complete=True,
            phases=tuple(
                Phase(name=name, start_s=10.0 * k + PHASE_S * i, end_s=10.0 * k + PHASE_S * (i + 1))
                for i, name in enumerate(names)
            ),
        )
        for k in range(n)
    )


def firing(muscle: str, centre_s: float, n: int = 3) -> MuscleResult:
    """A muscle with one burst so long after the start of each repetition."""
    known = muscles()[muscle]
    made = MuscleResult("emg", muscle, muscle, known.name, "right", known.region, known.roles, True, (), (), "", "")
    times = [Estimate.symmetric(10.0 * k + centre_s, 0.01, "s") for k in range(n)]
    bursts = tuple(RepBurst(k, t, t, t, t, t.value - 0.1, t.value + 0.1, None, 40.0, True) for k, t in enumerate(times))
    return replace(made, bursts=bursts, meant={k: k for k in range(n)})


def lag_between(first: MuscleResult, second: MuscleResult, n: int = 3) -> LagResult:
    """The lag of every repetition."""
    lags = [(second.bursts[k].centre, first.bursts[k].centre) for k in range(n)]
    values = [0.0 if a is None or b is None else a.value - b.value for a, b in lags]
    per_rep = tuple(RepLag(k, Estimate.symmetric(v, 0.01, "s")) for k, v in enumerate(values))
    mean = Estimate.symmetric(values[0], 0.01, "s")
    ends = ("emg", first.channel, "emg", second.channel, first.channel, second.channel)
    return LagResult(*ends, "right", "centre", per_rep, mean, n, 0.01, None, True)


def told(movement_id: str, at: float, other: float, sd_s: float = 0.0) -> tuple[str, str] | None:
    """What is told of two muscles that fire so many phases after the start."""
    movement = load_movement(movement_id)
    first, second = firing("gluteus_maximus", at * PHASE_S), firing("pectoralis_major", other * PHASE_S)
    clocks = (sd_s, sd_s)
    return two_efforts(movement, reps_of(movement), lag_between(first, second), first, second, clock_sds_s=clocks)


@pytest.mark.parametrize(
    ("movement", "at", "other"),
    [
        ("throw", 0.5, 1.5),
        ("golf-swing", 0.5, 1.5),
        ("tennis-serve", 0.5, 1.5),
        ("med-ball-throw", 1.5, 2.5),
        ("push-press", 0.5, 2.5),
        ("jerk", 0.5, 2.5),
        ("countermovement-jump", 1.5, 2.5),
        ("drop-jump", 1.5, 2.5),
        ("bench-press", 0.3, 2.7),
        ("sit-to-stand", 0.5, 2.5),
        ("kettlebell-swing", 0.5, 2.5),
        ("gait", 0.3, 1.7),
    ],
)
def test_phases_of_one_effort_are_never_told_apart(movement: str, at: float, other: float):
    assert told(movement, at, other) is None
    assert told(movement, other, at) is None


@pytest.mark.parametrize(
    ("movement", "at", "other", "phases"),
    [
        ("box-lift", 0.5, 2.5, ("pull", "lower")),
        ("deadlift", 2.5, 0.5, ("lower", "pull")),
        ("push-up", 0.5, 2.5, ("lower", "press")),
        ("push-press", 0.5, 4.5, ("dip", "lower")),
        ("countermovement-jump", 2.5, 4.5, ("propel", "land")),
    ],
)
def test_work_and_return_are_two_efforts(movement: str, at: float, other: float, phases: tuple[str, str]):
    assert told(movement, at, other) == phases


def test_near_the_turn_a_short_lag_is_one_effort_and_a_pause_is_neither():
    # Phases of 0.6 s: the two lie 0.24 s apart around the turn, below half a phase.
    assert told("push-up", 0.9, 2.1) == ("lower", "press")
    movement = load_movement("push-up")
    without_pause = tuple(rep.model_copy(update={"phases": _closed(rep)}) for rep in reps_of(movement))
    first, second = firing("pectoralis_major", 0.6 - 0.12), firing("triceps_brachii", 0.6 + 0.12)
    assert two_efforts(movement, without_pause, lag_between(first, second), first, second) is None
    assert told("push-up", 0.5, 1.5) is None


def _closed(rep: Rep) -> tuple[Phase, ...]:
    lower, _, press = rep.phases
    return lower, Phase(name="press", start_s=lower.end_s, end_s=press.end_s)


def test_phases_are_not_told_where_the_clocks_may_move_a_burst_into_the_other():
    # 0.12 s from the edge of its phase: beyond 1.64 x 58 ms, within 1.64 x 100 ms.
    assert told("box-lift", 0.8, 2.8, sd_s=0.058) == ("pull", "lower")
    assert told("box-lift", 0.8, 2.8, sd_s=0.100) is None


def test_muscles_that_turn_joints_of_the_chain_are_on_it():
    throw = load_movement("throw")
    glute, chest, calf = (firing(name, 0.3) for name in ("gluteus_maximus", "pectoralis_major", "soleus"))
    assert on_chain(throw, glute, chest)
    assert not on_chain(throw, glute, calf)
