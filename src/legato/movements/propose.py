"""Which movement a recording shows: the likeliest ones, how likely, and whether that is clear enough to go by."""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from math import erf, pi, sqrt
from os import PathLike
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from legato.body.model import Body
from legato.errors import BadInput
from legato.movements.catalogue import movement_ids
from legato.movements.features import movement_features
from legato.recording import FloatArray, Recording

CLEAR = 0.9
"""A proposal is used from this probability on."""

NONE = "none"
"""What stands for a movement that is none of the library."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Movements by falling probability; with what is left for none of them they add up to 1.

    `features` counts what was seen of the movement; with few of them nothing is clear.
    """

    ranked: tuple[tuple[str, float], ...]
    none: float
    features: int

    @property
    def likeliest(self) -> str:
        """The id that is likeliest; empty where no movement is as likely as none of them."""
        return self.ranked[0][0] if self.ranked and self.ranked[0][1] > self.none else ""

    @property
    def clear(self) -> bool:
        """Whether the likeliest one may be used without asking."""
        return bool(self.ranked) and self.ranked[0][1] >= CLEAR

    def probability(self, movement_id: str) -> float:
        """Of one movement; 0 where it is not among those compared."""
        return dict(self.ranked).get(movement_id, 0.0)

    def words(self, count: int = 3) -> str:
        """The likeliest with their probabilities, then none of them: `back-squat 0.62, front-squat 0.21, none of these
        0.10`; what is below one in a hundred is left out.
        """
        told = sorted([*self.ranked[:count], ("none of these", self.none)], key=lambda pair: -pair[1])
        return ", ".join(f"{name} {_floored(p)}" for name, p in told if p >= 0.01)


@dataclass(frozen=True, slots=True)
class Feature:
    """How a feature counts: the range it may lie in, how softly a window ends, whether in decades or as a chance."""

    low: float = 0.0
    high: float = 1.0
    soft: float = 1.0
    log: bool = False
    chance: bool = False
    base: float = 0.5

    def scaled(self, value: float) -> float:
        """A value, or an end of a window, on the scale it counts on, inside the range."""
        inside = min(max(value, self.low), self.high)
        return float(np.log10(inside)) if self.log else inside


@dataclass(frozen=True, slots=True)
class Look:
    """One way a movement looks: by feature a window, or the probability of one that is there or not."""

    id: str
    weight: float
    windows: Mapping[str, tuple[float, float] | float]


@dataclass(frozen=True, slots=True)
class Windows:
    """The windows of one feature in all looks that name it, shape (windows,): which looks these are, both ends on the
    feature's scale (of a chance: the probability, twice), and how much of the blurred window its range holds.
    """

    looks: NDArray[np.intp]
    low: FloatArray
    high: FloatArray
    held: FloatArray

    def density(self, value: float, feature: Feature) -> FloatArray:
        """Density of a value in each window with soft ends, over the even density in the feature's whole range.

        An even distribution over the window, blurred by a normal one of SD `soft`, cut off at the range and made to
        hold 1.
        """
        return _blurred(feature.scaled(value), self.low, self.high, feature.soft) / self.held


def windows_of(feature: Feature, given: Mapping[int, tuple[float, float] | float]) -> Windows:
    """The windows of one feature, by the number of the look."""
    both = [w if isinstance(w, tuple) else (w, w) for w in given.values()]
    looks = np.array(list(given), dtype=np.intp)
    if feature.chance:
        low = np.array([w[0] for w in both])
        return Windows(looks, low, low, np.ones(low.size))
    low, high = np.array([[feature.scaled(end) for end in w] for w in both]).T
    first, last = feature.scaled(feature.low), feature.scaled(feature.high)
    below, above = (_area(last, end, feature.soft) - _area(first, end, feature.soft) for end in (low, high))
    return Windows(looks, low, high, np.maximum((below - above) / (last - first), 1e-12))


def _blurred(at: float, low: FloatArray, high: FloatArray, soft: float) -> FloatArray:
    return _share_below(at, low, soft) - _share_below(at, high, soft)


def _share_below(at: float, middle: FloatArray, soft: float) -> FloatArray:
    """Normal distribution function."""
    return 0.5 + 0.5 * np.array([erf(z) for z in ((at - middle) / (sqrt(2.0) * soft)).tolist()])


def _area(to: float, middle: FloatArray, soft: float) -> FloatArray:
    """The same summed up from far below."""
    z = (to - middle) / soft
    return (to - middle) * _share_below(to, middle, soft) + soft / sqrt(2.0 * pi) * np.exp(-0.5 * z**2)


@dataclass(frozen=True, slots=True)
class Likeness:
    """All looks, the features they are told by, and how evidence is weighed (`likeness.toml`)."""

    features: Mapping[str, Feature]
    looks: tuple[Look, ...]
    windows: Mapping[str, Windows]
    outlier: float
    sharpness: float
    contradiction: float


@cache
def likeness() -> Likeness:
    """The built-in looks."""
    text = (resources.files("legato.movements") / "likeness.toml").read_text(encoding="utf-8")
    table: dict[str, Any] = tomllib.loads(text)
    features = {
        name: Feature(chance=True, base=float(entry["base"]))
        if entry.get("chance")
        else Feature(
            float(entry["range"][0]), float(entry["range"][1]), float(entry["soft"]), bool(entry.get("log", False))
        )
        for name, entry in table["features"].items()
    }
    looks: list[Look] = []
    for entry in table["look"]:
        windows: dict[str, tuple[float, float] | float] = {}
        named = [table["postures"][name] for name in entry.get("postures", ())]
        own = {k: v for k, v in entry.items() if k not in ("id", "weight", "postures")}
        for part in (*named, own):
            windows |= {name: _window(given) for name, given in part.items()}
        looks.append(Look(entry["id"], float(entry.get("weight", 1.0)), windows))
    by_feature = {
        name: windows_of(feature, {i: look.windows[name] for i, look in enumerate(looks) if name in look.windows})
        for name, feature in features.items()
        if any(name in look.windows for look in looks)
    }
    return Likeness(
        features, tuple(looks), by_feature, *(float(table[name]) for name in ("outlier", "sharpness", "contradiction"))
    )


def _window(given: Any) -> tuple[float, float] | float:
    if isinstance(given, list):
        ends = cast("list[float]", given)
        return float(ends[0]), float(ends[1])
    return float(given)


def propose(body: Body, known: Collection[str]) -> Proposal:
    """The movements a recording may show.

    Parameters
    ----------
    body
        The body as measured, of whatever sensor; only what it shows counts.
    known
        Ids of the movements that can be proposed. Others that are likelier count as none of them.

    Returns
    -------
    Each movement's probability: that its windows hold the features that were seen, against that the features lie
    anywhere (none of these), weighed by how often each is met.
    """
    return rank(movement_features(body), known)


def clear_proposal(body: Body, recording: Recording, library: str | PathLike[str] | None = None) -> Proposal:
    """The proposal for a recording, where its likeliest movement is clear.

    Raises
    ------
    BadInput
        None is; the message names the three likeliest with their probabilities.
    """
    found = propose(body, movement_ids(library))
    if found.clear:
        return found
    where = recording.inputs[0].path if recording.inputs else "the recording"
    if not found.features:
        said = "nothing in it tells which movement it shows"
    elif found.likeliest:
        said = f"which movement it shows is not clear ({found.words()})"
    else:
        said = f"it looks like none of the movements known ({found.words()})"
    raise BadInput(f"{where}: {said}; name it with --movement")


def doubt(body: Body, movement_id: str, library: str | PathLike[str] | None = None) -> str:
    """What speaks against a movement that a person named: that another one is clear; empty where nothing does.

    A movement of which no look is known (one of the user's own) is never doubted.
    """
    if movement_id not in {look.id for look in likeness().looks}:
        return ""
    found = propose(body, {*movement_ids(library), movement_id})
    if not found.clear or found.likeliest == movement_id:
        return ""
    return f"this looks like {found.likeliest} ({_floored(found.probability(found.likeliest))}), not like {movement_id}"


def _floored(probability: float) -> str:
    """Two decimals, rounded down, so that nothing below 1 is called certain."""
    return f"{np.floor(100.0 * probability) / 100.0:.2f}"


def rank(seen: Mapping[str, float], known: Collection[str]) -> Proposal:
    """The same from features."""
    table = likeness()
    used = {name: value for name, value in seen.items() if name in table.features}
    shares = _shares(np.log([look.weight for look in table.looks]) + log_evidence(used, table))
    by_id: dict[str, float] = {}
    for look, share in zip(table.looks, shares.tolist(), strict=True):
        name = look.id if look.id in known else NONE
        by_id[name] = by_id.get(name, 0.0) + share
    none = by_id.pop(NONE, 0.0)
    ranked = tuple(sorted(by_id.items(), key=lambda pair: (-pair[1], pair[0])))
    return Proposal(ranked, none, len(used))


def _shares(weights: FloatArray) -> FloatArray:
    shares = np.exp(weights - weights.max())
    return shares / shares.sum()


def log_evidence(seen: Mapping[str, float], table: Likeness) -> FloatArray:
    """Logarithm of how much likelier the features are in each look than anywhere in their ranges, shape (looks,);
    tempered: features of one body tell much the same thing.
    """
    apart, speaks_for, speaks_against = np.zeros((3, len(table.looks)))
    for name, value in seen.items():
        feature, windows = table.features[name], table.windows.get(name)
        if windows is None:
            continue
        if feature.chance:
            there = value > 0.5
            chance, base = (windows.low, feature.base) if there else (1.0 - windows.low, 1.0 - feature.base)
            apart[windows.looks] += np.log(chance / base)
            continue
        evidence = np.log((1.0 - table.outlier) * windows.density(value, feature) + table.outlier)
        speaks_for[windows.looks] += np.maximum(evidence, 0.0)
        speaks_against[windows.looks] += np.minimum(evidence, 0.0)
    return apart + table.sharpness * speaks_for + table.contradiction * speaks_against
