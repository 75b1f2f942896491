"""Simulated trials that several tests share, and how to change them."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from legato.recording import Recording, Stream
from legato.simulate import Simulation, simulate


@pytest.fixture(scope="session")
def trial() -> Callable[..., Simulation]:
    """A simulated trial, made once per setting."""
    made: dict[str, Simulation] = {}

    def make(movement: str, **settings: object) -> Simulation:
        key = repr((movement, sorted(settings.items())))
        if key not in made:
            made[key] = simulate(movement, **settings)
        return made[key]

    return make


def changed(recording: Recording, change: Callable[[Stream], Stream]) -> Recording:
    """The recording with its marker stream changed."""
    return replace(recording, streams=tuple(change(s) if s.kind == "markers" else s for s in recording.streams))


def without(recording: Recording, *ends: str) -> Recording:
    """The recording without the markers whose names end so."""

    def drop(stream: Stream) -> Stream:
        keep = [i for i, name in enumerate(stream.channels) if not name.endswith(ends)]
        names = tuple(stream.channels[i] for i in keep)
        return replace(stream, values=stream.values[:, keep].copy(), channels=names, units=("m",) * len(names))

    return changed(recording, drop)
