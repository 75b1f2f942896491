"""Whether files that were given together can be of one trial: what two of them show must move alike in both."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path

import numpy as np

from legato.errors import BadInput
from legato.recording import FloatArray, InputFile, Recording, Stream
from legato.sync.clocks import ASSUMED, SAME_CLOCK, STATED

_MOST_NAMES = 12
"""Channels that are compared. [ENG] Of markers these make 66 distances."""
_RATE_HZ = 50.0
"""Rate at which they are compared. [ENG] Whole trials differ in movements of tenths of a second."""
_LEAST_S = 0.5
"""Least time that both must show, s. [ENG]"""
_MOVES = {"m": 0.05, "deg": 10.0, "rad": float(np.radians(10.0))}
"""SD from which a distance or an angle counts as moving, by unit. [ENG] Ten times what two exports, or the models that
two programs fit, differ by from frame to frame.
"""
_UNLIKE = 0.25
"""Share of its movement by which one trial may differ between two files. [ENG] In squats an offset that is 0.1 s wrong
makes 0.2, and so does noise of 20 mm in each coordinate of one file; two sets of one squat at the same pace may differ
by as little as 0.3, other pairs of trials by 0.5 to 1.1.
"""


def check_one_trial(joined: Recording) -> tuple[str, ...]:
    """Refuse files on one clock that cannot be of one trial, whatever their lengths and clocks say.

    Markers or joint angles of the same names must move alike. Marker files that share none which moves, and that only
    their clocks join, must be of one length. What a person states of the offset holds.

    Returns
    -------
    Notes on files of unlike length whose start nothing bears out.

    Raises
    ------
    BadInput
        Two of the files are not of one trial.
    """
    method = {o.stream: o.method for o in joined.offsets}
    borne_out: set[str] = set()
    for files in combinations(joined.inputs, 2):
        for one, two in _pairs(joined, files):
            found = {method.get(s.name, SAME_CLOCK) for s in (one, two)}
            alike = STATED not in found and _alike(files, one, two, by_clocks=found == {SAME_CLOCK})
            if alike and files[0] is joined.inputs[0]:
                borne_out.add(files[1].path)
    return tuple(_doubts(joined, method, borne_out))


def _pairs(joined: Recording, files: Sequence[InputFile]) -> Iterator[tuple[Stream, Stream]]:
    """The streams of two files that can show the same."""
    held = [[s for s in joined.of_kind("markers", "angles") if s.name in file.streams] for file in files]
    yield from ((one, two) for one in held[0] for two in held[1] if one.kind == two.kind)


def _alike(files: Sequence[InputFile], one: Stream, two: Stream, *, by_clocks: bool) -> bool:
    """Whether two streams are seen to move alike; where they do not, or cannot be of one trial, they are refused."""
    shared = len({*one.channels} & {*two.channels})
    share = unlike(one, two)
    both = f"{files[0].path} and {files[1].path}"
    what_to_do = "analyse each on its own, or give --offset if they are of one trial"
    if share is not None:
        if share > _UNLIKE:
            what = "markers" if one.kind == "markers" else "joint angles"
            raise BadInput(f"{both}: the {what} of the same names ({shared}) move differently in the two; {what_to_do}")
        return True
    step = max(1.0 / one.rate_hz, 1.0 / two.rate_hz)
    if one.kind == "markers" and by_clocks and abs(one.duration_s - two.duration_s) > 2.0 * step:
        raise BadInput(
            f"{both}: two marker recordings that share {shared} of {min(len(one.channels), len(two.channels))} markers,"
            f" and are {one.duration_s:.2f} and {two.duration_s:.2f} s long; {what_to_do}"
        )
    return False


def _doubts(joined: Recording, method: dict[str, str], borne_out: set[str]) -> Iterator[str]:
    """What to say of files that are not as long as the first, and whose start rests on clocks alone."""
    rests_on = {SAME_CLOCK: "their own clocks", ASSUMED: "a same start that is assumed"}
    lasts = [[(s.duration_s, s.rate_hz) for s in joined.streams if s.name in file.streams] for file in joined.inputs]
    whole = max(lasts[0], default=(0.0, 1.0))[0]
    for file, own in zip(joined.inputs[1:], lasts[1:], strict=True):
        how = next((method[name] for name in file.streams if method.get(name) in rests_on), None)
        if how is None or not lasts[0] or file.path in borne_out:
            continue
        length = max(own)[0]
        if abs(length - whole) > 2.0 / min(rate for _, rate in (*own, *lasts[0])):
            yield (
                f"{Path(file.path).name} ({length:.2f} s) and {Path(joined.inputs[0].path).name} ({whole:.2f} s):"
                f" nothing that both show tells whether they are of one trial; that rests on {rests_on[how]} alone, so"
                " check it, or give the offset with --offset S"
            )


def unlike(one: Stream, two: Stream) -> float | None:
    """By what share of its movement what two streams on one clock have in common differs: 0 where they move as one,
    about 1 where each goes its own way. None where they share too little, or nothing of it moves.

    Markers are compared by the distances between them, which no choice of axes or origin changes, angles by themselves;
    each without its median. The share is SD(one - two) / sqrt(SD(one)² + SD(two)²), of all that moves the median.
    """
    unit, names = _in_common(one, two)
    times = one.times(), two.times()
    start, end = max(t[0] for t in times), min(t[-1] for t in times)
    if len(names) < (2 if one.kind == "markers" else 1) or end - start < _LEAST_S:
        return None
    grid = np.arange(start, end, 1.0 / min(_RATE_HZ, one.rate_hz, two.rate_hz))
    moves = [_movement(stream, names, t, grid) for stream, t in zip((one, two), times, strict=True)]
    seen = np.isfinite(moves[0] + moves[1])
    told = seen.sum(0) > grid.size // 2
    if not told.any():
        return None
    a, b = (np.where(seen, m, np.nan)[:, told] for m in moves)
    a, b = a - np.nanmedian(a, 0), b - np.nanmedian(b, 0)
    size = np.hypot(np.nanstd(a, 0), np.nanstd(b, 0))
    moving = size > np.sqrt(2.0) * _MOVES[unit]
    return float(np.median(np.nanstd(a - b, 0)[moving] / size[moving])) if moving.any() else None


def _in_common(one: Stream, two: Stream) -> tuple[str, list[str]]:
    """The unit and the names of what is compared; markers that nobody named, as `*12`, are not the same ones."""
    units = [dict(zip(s.channels, s.units, strict=True)) for s in (one, two)]
    kinds = ("m",) if one.kind == "markers" else ("deg", "rad")
    unit = next((u for u in kinds if u in units[0].values()), "")
    names = [c for c, u in units[0].items() if u == units[1].get(c) == unit and c[:1].isalpha()]
    return unit, names[:: max(1, len(names) // _MOST_NAMES)][:_MOST_NAMES]


def _movement(stream: Stream, names: list[str], times: FloatArray, grid: FloatArray) -> FloatArray:
    """What is compared, at the times of the grid, shape (grid.size, n)."""
    held = stream.values[:, [stream.channels.index(name) for name in names]]
    if stream.kind == "markers":
        i, j = np.triu_indices(len(names), 1)
        held = np.linalg.norm(held[:, i] - held[:, j], axis=2)
    found: FloatArray = np.empty((grid.size, held.shape[1]))
    for k in range(held.shape[1]):
        found[:, k] = np.interp(grid, times, held[:, k])
    return found
