"""Peak power of a link over that of the one below it: which links are told, and what noise does."""

from dataclasses import replace

import numpy as np
import pytest

from legato.kinetics.cluster_turns import ClusterTurn
from legato.kinetics.gains import ChainGain
from legato.kinetics.power_gain import power_gains
from legato.kinetics.work import PoweredJoint, Stretch
from legato.recording import FloatArray, Span

from .test_dead_time import RATE_HZ, SPAN_S, hump, joint

T = np.arange(round(2 * SPAN_S * RATE_HZ)) / RATE_HZ


def two_humps(first_w: float, second_w: float) -> FloatArray:
    return first_w * hump(T, 0.3, 1.1) + second_w * hump(T, SPAN_S + 0.3, SPAN_S + 1.1)


def gains(*joints: PoweredJoint) -> dict[str, ChainGain]:
    stretches = [Stretch(rep, "drive", Span(rep * SPAN_S, (rep + 1) * SPAN_S - 0.1), "work") for rep in range(2)]
    found = power_gains(joints, stretches, {"drive": True}, start_s=0.0, rate_hz=RATE_HZ, level=0.9)
    return {gain.about: gain for gain in found}


def link(name: str, first_w: float, second_w: float) -> PoweredJoint:
    return joint(name, "", two_humps(first_w, second_w), 0.0, np.zeros_like(T))


def test_noise_of_a_rate_is_that_of_the_peak() -> None:
    # A turn of 1 s between knots, whose rate is rad/s in SD, about an axis along which 100 N·m are borne.
    sd, spacing_s = 0.2, 1.0
    by_rate = np.zeros((T.size, 3, 3))
    by_rate[:, 2, 1] = 100.0
    turn = ClusterTurn(
        "noise of shank", by_rate, spacing_s, 0.0, RATE_HZ, sd * spacing_s * np.sqrt(151.0 / 315.0 / (2.0 / 3.0))
    )
    legs = replace(link("knee", 400.0, 400.0), turns=(turn,))
    gain = gains(legs, link("upper_body", 200.0, 200.0))["legs to upper body"]
    # 20 W of 400, by the normal 90 %; 200 draws, and the highest of a hump that noise tilts.
    for _, one in gain.value.per_rep:
        assert one is not None
        assert one.half_width == pytest.approx(1.645 * 0.5 * 20.0 / 400.0, rel=0.2)


def test_a_link_that_hardly_works_in_half_of_the_repetitions_is_none() -> None:
    trunk = link("lumbosacral", 100.0, 5.0)
    assert set(gains(link("knee", 400.0, 400.0), trunk, link("upper_body", 200.0, 200.0))) == {"legs to upper body"}


def test_where_no_link_drives_none_gains() -> None:
    assert gains(link("knee", -400.0, -400.0), link("upper_body", -200.0, -200.0)) == {}
