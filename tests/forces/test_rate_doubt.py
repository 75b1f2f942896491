"""What speaks against the rate of a recording of jumps, and what cannot."""

import numpy as np
import pytest

from legato.forces.jumps import find_jumps
from legato.forces.rate_doubt import rate_doubt

from .planted_jumps import planted_jump, planted_series


def test_force_alone_cannot_show_a_wrong_rate():
    truth = planted_jump(push=10.0)
    (right,), (wrong,) = (find_jumps(truth.force_n, rate_hz) for rate_hz in (1000.0, 750.0))
    # A third more time: both heights grow by its square, and agree as before.
    assert right.height_impulse_m is not None and wrong.height_impulse_m is not None
    for a, b in ((right.height_flight_m, wrong.height_flight_m), (right.height_impulse_m, wrong.height_impulse_m)):
        assert b.value / a.value == pytest.approx((4.0 / 3.0) ** 2, rel=0.01)


@pytest.mark.parametrize(("counter", "push"), [(5.5, 7.0), (5.5, 13.0), (0.0, 13.0)])
def test_a_jump_that_people_make_raises_no_doubt(counter, push):
    (jump,) = find_jumps(planted_jump(counter=counter, push=push).force_n, 1000.0)
    assert rate_doubt(jump) == ""


def test_a_jump_that_nobody_makes_says_which_way_the_rate_errs():
    # 0.29 m at the true rate, 1.16 m at half of it: a flight of 0.97 s, no longer than a jump may be.
    low = planted_jump(push=11.4)
    assert 0.26 < low.height_m < 0.30
    (jump,) = find_jumps(low.force_n, 500.0)
    assert "higher than anybody jumps" in rate_doubt(jump) and "too low" in rate_doubt(jump)
    for counter in (5.5, 0.0):
        (jump,) = find_jumps(planted_jump(counter=counter).force_n, 2000.0)
        assert "quicker than anybody" in rate_doubt(jump) and "too high" in rate_doubt(jump)


def test_a_quick_contact_of_a_drop_jump_is_no_doubt():
    (jump,) = find_jumps(planted_series(contacts_s=(0.15,)).force_n, 1000.0)
    assert jump.kind == "drop" and rate_doubt(jump) == ""
    assert np.isfinite(jump.flight_time_s.value)
