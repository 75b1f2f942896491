"""Joints and the muscles that turn them: all roles are those of muscles, and segments go with their joint."""

from legato.muscles.joints import movers
from legato.muscles.names import muscles


def test_every_role_is_one_that_a_muscle_has():
    known = {role for muscle in muscles().values() for role in muscle.roles}
    for joint, roles in movers().items():
        assert roles and roles <= known, joint


def test_a_segment_is_turned_by_the_muscles_of_its_joint():
    assert movers()["upper_arm"] == movers()["shoulder"]
    assert "hamstrings" in movers()["knee"] & movers()["hip"]
    assert "quadriceps" not in movers()["elbow"]
