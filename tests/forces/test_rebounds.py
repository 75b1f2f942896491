"""Hops in series: contact, flight, fall and reactive strength of each; and the drop jumps that are like one hop."""

import numpy as np
import pytest

from legato.estimate import Estimate
from legato.forces.jumps import search_jumps
from legato.recording import STANDARD_GRAVITY

from .planted_jumps import planted_series

G = STANDARD_GRAVITY


def test_each_contact_of_a_series_is_read():
    planted = planted_series(contacts_s=(0.22, 0.2, 0.19, 0.2), flights_s=(0.45, 0.46, 0.47, 0.44))
    searched = search_jumps(planted.force_n, 1000.0)
    assert searched.jumps == () and len(searched.refused) == 4
    assert len(searched.rebounds) == 4
    before: float | None = None
    for one, (touch_down, take_off, landing) in zip(searched.rebounds, planted.ends_s, strict=True):
        # Half a sample at 1000 Hz.
        assert one.contact_time_s.value == pytest.approx(take_off - touch_down, abs=1e-3)
        assert one.flight_time_s.value == pytest.approx(landing - take_off, abs=1e-3)
        height = G * (landing - take_off) ** 2 / 8.0
        assert one.height_flight_m.value == pytest.approx(height, abs=1.5e-3)
        assert one.reactive_strength_m_s is not None
        assert one.reactive_strength_m_s.value == pytest.approx(height / (take_off - touch_down), rel=0.01)
        # The fall before the first contact began outside of the plates.
        if before is None:
            assert one.drop_height_m is None
        else:
            assert one.drop_height_m is not None and one.drop_height_m.value == pytest.approx(before, abs=1.5e-3)
        before = height


def test_stepping_off_between_two_drop_jumps_makes_no_series_of_them():
    planted = planted_series(empty_s=0.9)
    searched = search_jumps(np.concatenate((planted.force_n, planted.force_n)), 1000.0)
    assert [jump.kind for jump in searched.jumps] == ["drop", "drop"] and searched.rebounds == ()
    assert len(searched.refused) == 1 and "stepped off" in searched.refused[0].reason


@pytest.mark.slow
def test_intervals_of_drop_jumps_cover():
    held: dict[str, list[bool]] = {}
    for seed in range(160):
        draw = np.random.default_rng(41_000 + seed)
        contact, flight, fall = draw.uniform(0.15, 0.35), draw.uniform(0.35, 0.6), draw.uniform(0.15, 0.6)
        rate_hz = (500.0, 1000.0, 1926.0, 2148.0)[seed % 4]
        planted = planted_series(
            rate_hz,
            contacts_s=(contact,),
            flights_s=(flight,),
            fall_m=fall,
            mass_kg=draw.uniform(45.0, 110.0),
            noise_n=(1.0, 4.0)[seed // 4 % 2],
            seed=seed,
            empty_s=1.5 + draw.uniform(0.0, 0.01),
        )
        (jump,) = search_jumps(planted.force_n, rate_hz).jumps
        height = G * flight**2 / 8.0
        pairs: dict[str, tuple[Estimate | None, float]] = {
            "contact": (jump.contact_time_s, contact),
            "height": (jump.height_flight_m, height),
            "fall": (jump.drop_height_m, fall),
            "strength": (jump.reactive_strength_m_s, height / contact),
        }
        for name, (estimate, value) in pairs.items():
            assert estimate is not None
            held.setdefault(name, []).append(estimate.holds(value))
    shares = {name: float(np.mean(all_held)) for name, all_held in held.items()}
    # 160 events: one SE is 2.4 points.
    assert all(0.82 <= share <= 0.98 for share in shares.values()), shares
