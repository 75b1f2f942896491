"""The minutes before a test: rest that the protocol asks for, a control as long, and nothing that is not permitted."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legato.coaching.model import Equipment, Group
from legato.coaching.priming.catalogue import load_protocol, protocols
from legato.coaching.priming.schedule import NotOffered, Schedule, schedule
from legato.coaching.situation import Pain, Screening, Situation

DAY = date(2026, 11, 24)
TEST_AT = datetime(2026, 11, 24, 18, 30)
GEAR: frozenset[Equipment] = frozenset({"mat", "barbell", "plates", "rack", "bench", "kettlebell", "foam-roller"})
TRAINED = Situation(
    on=DAY,
    screening=Screening(on=DAY, until=date(2027, 6, 1), passed=True),
    base_weeks=40,
    equipment=GEAR,
    maxima_kg={"back-squat": 142.0, "bench-press": 101.0},
    mobility={"ankle-dorsiflexion": True, "hip-flexion": True, "thoracic-rotation": True, "thoracic-extension": True},
    hinge_gate=True,
)


def _made(name: str, region: str, situation: Situation = TRAINED, *, primed: bool = True) -> Schedule:
    found = schedule(load_protocol(name), TEST_AT, "upper" if region == "upper" else "lower", situation, primed=primed)
    assert isinstance(found, Schedule), found
    return found


def _refused(name: str, situation: Situation, region: str = "lower") -> str:
    found = schedule(load_protocol(name), TEST_AT, "upper" if region == "upper" else "lower", situation)
    assert isinstance(found, NotOffered)
    return "; ".join(found.reasons)


@pytest.mark.parametrize("name", [name for name, one in protocols().items() if not one.refused])
@pytest.mark.parametrize("region", ["upper", "lower"])
def test_lines_follow_each_other_up_to_the_test_and_rest_is_the_protocols(name: str, region: str) -> None:
    made = _made(name, region)
    ends = [line.at + timedelta(minutes=line.minutes) for line in made.lines]

    assert ends[:-1] == [line.at for line in made.lines[1:]]
    assert ends[-1] == TEST_AT
    rest = load_protocol(name).rest_before("upper" if region == "upper" else "lower")
    rested = made.lines[-1].minutes
    assert rest.least <= rested <= rest.most
    assert made.earliest <= TEST_AT <= made.latest
    assert made.latest - made.earliest == timedelta(minutes=rest.most - rest.least)


@pytest.mark.parametrize("name", ["activation", "heavy"])
def test_the_control_is_rest_for_as_long(name: str) -> None:
    primed, control = _made(name, "lower"), _made(name, "lower", primed=False)

    assert len(control.lines) == 1
    assert control.lines[0].at == primed.lines[0].at
    assert control.lines[0].at + timedelta(minutes=control.lines[0].minutes) == TEST_AT
    assert control.lines[0].what.startswith("rest")


def test_heavy_work_is_of_the_limbs_that_are_tested_and_heavy_when_rounded() -> None:
    upper, lower = _made("heavy", "upper").lines[0], _made("heavy", "lower").lines[0]

    assert (upper.drill, lower.drill) == ("bench-press", "back-squat")
    assert upper.load_kg is not None
    # The smallest pair of plates above 85 %: 0.5 kg at most.
    assert 0.85 * 101.0 <= upper.load_kg < 0.85 * 101.0 + 0.5
    assert any("spotter" in proviso for proviso in upper.provisos)


def test_breaths_take_their_time() -> None:
    """Two sets of six breaths of ten seconds, with fifteen between: 135 s, told in half minutes."""
    assert _made("breathing", "lower").lines[0].minutes == 2.5


@pytest.mark.parametrize(
    ("name", "changed", "told"),
    [
        ("heavy", {"base_weeks": 3}, "3 so far"),
        ("heavy", {"base_weeks": None}, "not told"),
        ("heavy", {"maxima_kg": {}}, "maximum"),
        ("heavy", {"pain": Pain(3.0)}, "pain"),
        ("breathing", {"pain": Pain(7.0)}, "stop"),
        ("breathing", {"screening": None}, "screening"),
        ("light-dynamic", {"base_weeks": 2}, "power waits"),
        ("squat-before-bench", {}, "Pereira"),
        ("holds-before-power", {}, "Dobbs"),
    ],
)
def test_what_may_not_be_done_is_not_offered(name: str, changed: dict[str, object], told: str) -> None:
    assert told in _refused(name, replace(TRAINED, **changed))  # type: ignore[arg-type]


def test_who_may_not_jump_may_swing_where_that_is_permitted() -> None:
    """The first of several that may be done is taken: with no jump in the way, the jump."""
    assert _made("light-dynamic", "lower").lines[4].drill == "countermovement-jump"


@pytest.mark.parametrize("maximum", [20.0, 27.0, 33.0])
def test_light_lifters_are_asked_for_no_more_than_the_smallest_plates_above_the_share(maximum: float):
    line = _made("heavy", "upper", replace(TRAINED, maxima_kg={"bench-press": maximum})).lines[0]

    assert line.load_kg is not None
    assert 0.85 <= line.load_kg / maximum < 0.85 + 0.5 / maximum


@pytest.mark.parametrize(
    ("barred", "told"),
    [("thoracic", "turns of the ribcage"), ("arms", "circles of the arms"), ("knees", "slow squats")],
)
def test_a_part_in_words_is_barred_as_drills_are(barred: Group, told: str):
    screening = Screening(on=DAY, until=date(2027, 6, 1), passed=True, barred=frozenset({barred}))

    assert told in _refused("light-dynamic", replace(TRAINED, screening=screening))


def test_with_pain_no_part_in_words_that_loads_anything_is_offered():
    assert "not with pain" in _refused("light-dynamic", replace(TRAINED, pain=Pain(3.0)))


@given(
    barred=st.frozensets(
        st.sampled_from(["brace", "hinge", "thoracic", "squat", "jump", "quadruped", "press", "legs"])
    ),
    exhale=st.booleans(),
    weeks=st.sampled_from([None, 2.0, 60.0]),
    gear=st.frozensets(st.sampled_from(sorted(GEAR))),
)
def test_no_schedule_holds_what_the_screening_bars(
    barred: frozenset[str], exhale: bool, weeks: float | None, gear: frozenset[Equipment]
) -> None:
    screening = Screening(on=DAY, until=date(2027, 6, 1), passed=True, barred=barred, exhale_only=exhale)  # type: ignore[arg-type]
    athlete = replace(TRAINED, screening=screening, base_weeks=weeks, equipment=gear)
    from legato.coaching.catalogue import drills
    from legato.coaching.lifts import lifts

    known = {**drills(), **lifts()}
    for protocol in protocols().values():
        found = schedule(protocol, TEST_AT, "lower", athlete)
        if isinstance(found, NotOffered):
            continue
        named = [known[line.drill] for line in found.lines if line.drill]
        in_words = [set(part.barred or ()) for part in protocol.parts_before("lower") if part.what]
        assert not any(groups & barred for groups in in_words)
        assert not any(set(drill.barred) & barred for drill in named)
        assert all(not (drill.stage in ("power", "reactive") and exhale) for drill in named)
