"""The words of the upload pages: parts of files and kinds of streams."""

from collections.abc import Mapping
from functools import cache

from legato.web.words import translate as _

PARTS: Mapping[str, str] = {
    "trial": "the movement itself",
    "static": "standing trial",
    "mvic": "maximal contraction",
    "submax": "steady contraction",
    "no-press": "the same stand without the press",
    "map": "names of markers or muscles (TOML)",
    "layout": "columns of a table (TOML)",
    "delays": "delays of devices (TOML)",
    "video": "video, shown beside",
    "unused": "not used",
}
"""What each part of a file is called."""

KINDS: Mapping[str, str] = {
    "markers": "markers",
    "emg": "EMG",
    "force": "force plates",
    "imu": "inertial sensors",
    "angles": "joint angles",
    "keypoints": "keypoints of a video",
    "rotations": "orientations",
    "analog": "analog channels",
}
"""What each kind of stream is called."""


@cache
def part_names() -> tuple[tuple[str, str], ...]:
    """The parts that a file can have, with their names."""
    return tuple((part, _(name)) for part, name in PARTS.items())


def kind_name(kind: str) -> str:
    """What a kind of stream is called."""
    return _(KINDS[kind]) if kind in KINDS else kind
