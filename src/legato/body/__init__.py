"""The moving body: marker sets, landmarks, joint centres, segments, angles, centre of mass."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from legato.body.build import build_body as build_body
    from legato.body.velocity import angular_velocity as angular_velocity

__all__ = ["angular_velocity", "build_body"]


def __getattr__(name: str) -> Any:
    # Numba takes over a second to import, so only those who build a body pay for it.
    if name == "build_body":
        from legato.body.build import build_body

        return build_body
    if name == "angular_velocity":
        from legato.body.velocity import angular_velocity

        return angular_velocity
    raise AttributeError(name)
