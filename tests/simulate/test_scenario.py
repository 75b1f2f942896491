"""Settings: short names, defaults, refusals."""

import pytest

from legato.errors import BadInput
from legato.simulate import Scenario, demo_scenario, scenario_for


def test_short_names_and_nones_are_understood() -> None:
    s = scenario_for("squat", lag_s=None, wobble_m=None, pause_s=2.0)
    assert s.movement == "back-squat"
    assert s.wobble_m == 0.001
    assert (s.pause_top_s, s.pause_bottom_s) == (0.0, 2.0)
    assert scenario_for("throw", pause_s=2.0).pause_top_s == 2.0
    assert scenario_for("squat", pause_s=(1.0, 3.0)).pause_top_s == 1.0


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"movement": "juggling"}, "juggling"),
        ({"movement": "throw", "rate_hz": 0.0}, "rate_hz is 0.0"),
        ({"movement": "throw", "reps": 0}, "reps is 0"),
        ({"movement": "throw", "asymmetry_deg": 5.0}, "asymmetry_deg"),
        ({"movement": "back-squat", "occlusion": 0.9}, "occlusion is 0.9"),
        ({"movement": "back-squat", "height_m": 18.0}, "height_m is 18.0"),
        ({"movement": "back-squat", "noise_m": float("nan")}, "noise_m is nan"),
    ],
)
def test_settings_out_of_range_are_refused_in_one_line(settings: dict[str, object], said: str) -> None:
    with pytest.raises(BadInput, match=said) as caught:
        Scenario(**settings)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)


def test_the_demo_is_a_throw_with_a_fault_of_order() -> None:
    s = demo_scenario()
    assert s.movement == "throw"
    assert s.rate_hz == 250.0
    assert s.planted_lag_s < 0.0
