"""A measured walk seen in a mirror: what the right leg bears is what the left one bore."""

from dataclasses import replace
from pathlib import Path

import numpy as np

import legato
from legato.recording import Recording, Stream


def mirrored(recording: Recording) -> Recording:
    """The recording on the other side of the plane y = 0, with the sides' names exchanged."""
    return replace(recording, streams=tuple(_mirrored(stream) for stream in recording.streams))


def _mirrored(stream: Stream) -> Stream:
    values = stream.values.copy()
    if stream.kind == "markers":
        values[:, :, 1] *= -1.0
        other = {"R.": "L.", "L.": "R."}
        names = tuple(other.get(name[:2], name[:2]) + name[2:] for name in stream.channels)
        return replace(stream, values=values, channels=names)
    for k, name in enumerate(stream.channels):
        # A torque keeps its sign about the axis that the mirror turns.
        if name.endswith(("x", "z")) if "torque" in name else name.endswith("y"):
            values[:, k] *= -1.0
    return replace(stream, values=values)


def test_a_walk_in_a_mirror_exchanges_the_legs_moments(shared_data: Path) -> None:
    folder = shared_data / "walk-inverse-dynamics"
    static = legato.read(folder / "subject01_static.trc")
    walk = legato.read(folder / "subject01_walk.trc", folder / "subject01_walk_grf.mot")
    seen = legato.analyze(walk, "gait", static=static, mass_kg=72.6).kinetics
    turned = legato.analyze(mirrored(walk), "gait", static=mirrored(static), mass_kg=72.6).kinetics
    assert seen is not None and turned is not None
    across = {(joint.joint, joint.side): joint.about_axis for joint in turned.joints}
    assert len(seen.joints) == 6
    for joint in seen.joints:
        other = across[joint.joint, "left" if joint.side == "right" else "right"]
        # The same sums in another order: rounding of some 100 N·m, through filters.
        np.testing.assert_allclose(joint.about_axis, other, rtol=0.0, atol=1e-8)
