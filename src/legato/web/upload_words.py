"""The words of the upload pages: parts of files, how clocks were joined, and refusals without the commands' options."""

import re
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

_FIELDS: Mapping[str, str] = {
    "--movement": "“Movement”",
    "--rate": "“Rate”",
    "--offset": "“Offset”",
    "--loads": "“Load”",
    "--load": "“Load”",
    "--tempo": "“Tempo”",
    "--stop-loss": "“Velocity loss”",
    "--emg-amplitude": "“EMG amplitude”",
    "--metres-per-pixel": "“Metres a pixel”",
    "--mass": "the athlete's mass",
    "--height": "the athlete's height",
    "--sex": "the athlete's sex",
    "--baseline": "“Earlier session”",
    "--screening": "the athlete's screening",
    "--device-delay": "“Device”",
    "--static": "a standing trial",
    "--mvic": "a maximal contraction",
    "--submax": "a steady contraction",
    "--no-press": "the same stand without the press",
    "--map": "a file with the names of markers or muscles",
    "--layout": "a file with the columns of the table",
    "--foot-band": "“Band of the feet”",
    "--faults": "a fault of your own",
    "--library": "a movement of your own",
    "--corrections": "a correction by hand",
}
"""What a page calls the options that a refusal names."""

_OPTION = re.compile(r"`?(?P<option>--[a-z][a-z-]+)(?P<value> (?:[A-Z]{1,2}\b|FILE\b|DIR\b|[a-z]+\.(?:json|toml)))?`?")


def in_page_words(text: str) -> str:
    """A refusal with the names of the page's fields in place of the options of the command."""
    return _OPTION.sub(lambda found: _FIELDS.get(found["option"], found["option"]), text)


@cache
def part_names() -> tuple[tuple[str, str], ...]:
    """The parts that a file can have, with their names."""
    return tuple((part, _(name)) for part, name in PARTS.items())


def kind_name(kind: str) -> str:
    """What a kind of stream is called."""
    return _(KINDS[kind]) if kind in KINDS else kind
