"""Which muscle a channel records, and of which side, told by its name; what is not certain is not named."""

import json
import tomllib
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, TypeAlias, cast

from legato.errors import BadInput
from legato.messages import nearest, toml_fault
from legato.muscles._labels import Lexicon, Reading, parse_spelling, words_of
from legato.recording import Recording

Side: TypeAlias = Literal["right", "left"]
Region: TypeAlias = Literal["leg", "hip", "trunk", "chest", "shoulder", "neck", "arm"]

_LOWER = frozenset({"leg", "hip"})
_UPPER = frozenset({"chest", "shoulder", "neck", "arm"})


@dataclass(frozen=True, slots=True)
class Muscle:
    """A muscle: stable id, plain name, region, what it is to others (`quadriceps`, `trunk_brace`, `chest` …).

    `group` holds the muscles that an id without its part told may be (`gastrocnemius`); it is empty for a single one.
    """

    id: str
    name: str
    region: Region
    roles: frozenset[str]
    group: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a channel's name tells. `muscle` is an id of `muscles()`, None where it is not certain.

    `side` is None where the name tells none. `reason` says why no muscle is named, or what decided where the name
    alone does not; it is empty where the name says it all.
    """

    channel: str
    muscle: str | None
    side: Side | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Open:
    """A name that stands for several muscles, and what decides between them."""

    of: tuple[str, ...]
    sisters: Mapping[str, frozenset[str]]
    usual: str


@dataclass(frozen=True, slots=True)
class _Names:
    """The data, ready for use."""

    muscles: Mapping[str, Muscle]
    opens: Mapping[str, _Open]
    lexicon: Lexicon
    no_muscle: frozenset[str]
    beside: frozenset[str]
    """Words that a label has beside what it says: sides, makers, units."""
    unused: tuple[tuple[str, ...], ...]
    unused_alone: frozenset[tuple[str, ...]]


@lru_cache(maxsize=1)
def _names() -> _Names:
    from legato.muscles._names_schema import NamesFile

    text = files("legato.muscles").joinpath("names.toml").read_text(encoding="utf-8")
    data = NamesFile.model_validate(tomllib.loads(text))
    codes: dict[str, tuple[str, bool]] = {}
    spellings = [(parse_spelling(s), m.id, False, m.levels) for m in data.muscle for s in m.spellings]
    opens: dict[str, _Open] = {}
    for m in data.muscle:
        codes |= {code.lower(): (m.id, False) for code in m.codes}
    for entry in data.ambiguous:
        name = (*entry.codes, *entry.spellings)[0]
        opens[name] = _Open(
            entry.of, {m: frozenset(c.lower() for c in beside) for m, beside in entry.sisters.items()}, entry.usual
        )
        codes |= {code.lower(): (name, True) for code in entry.codes}
        spellings += [(parse_spelling(s), name, True, False) for s in entry.spellings]
    sides = dict.fromkeys(data.words.right, "right") | dict.fromkeys(data.words.left, "left")
    parted = frozenset(m.id for m in data.muscle if m.group)
    noise, no_muscle = frozenset(data.words.noise), frozenset(data.words.no_muscle)
    lexicon = Lexicon(codes, spellings, parted, sides, data.words.paired, noise, no_muscle)
    return _Names(
        {m.id: Muscle(m.id, m.name, m.region, frozenset(m.roles), m.group) for m in data.muscle},
        opens,
        lexicon,
        no_muscle,
        noise | frozenset(sides),
        tuple(tuple(phrase.split()) for phrase in data.words.unused),
        frozenset(tuple(phrase.split()) for phrase in data.words.unused_alone),
    )


def muscles() -> Mapping[str, Muscle]:
    """The muscles that Legato knows, by id."""
    return _names().muscles


def recognise(channels: Sequence[str]) -> tuple[Recognised, ...]:
    """The muscle and side that each channel's name tells.

    A name that stands for several muscles (`GM`, `biceps`) is settled by the other channels where they leave one
    reading only: every other reading has a channel of its own, or a channel of the same way of naming stands beside it
    (`GL` beside `GM`), or all other muscles belong to the arm or all to the leg. A letter that may be a side or part of
    a code (`BFL`, `ES_G`) is a side where the other side's letter occurs with the same name.

    Parameters
    ----------
    channels
        Names of the EMG channels of one recording, as the file spells them.

    Returns
    -------
    One entry a channel, in order.

    Raises
    ------
    BadInput
        One text was given instead of a list of names.

    References
    ----------
    Hermens et al. 1999, SENIAM 8: European recommendations for surface electromyography (muscles and their names).
    """
    if isinstance(channels, str):
        raise BadInput(f'"{channels}" is one text; give a list of names, ["{channels}"]')
    names = _names()
    every = [names.lexicon.readings(channel) for channel in channels]
    readings = [_paired(ways, every) for ways in every]
    found: list[Recognised | None] = []
    for channel, ways in zip(channels, readings, strict=True):
        if not ways:
            found.append(Recognised(channel, None, None, _why_not(channel)))
        elif {(r.name, r.open) for r in ways} == {(first := ways[0].name, False)}:
            sides = {r.side for r in ways}
            certain = len(sides) == 1
            side = _side(sides.pop()) if certain else None
            found.append(Recognised(channel, first, side, "" if certain else "the side is not certain"))
        else:
            found.append(None)
    codes = {"".join(way.rest) for ways in readings for way in ways}
    while True:
        sure = [r for r in found if r is not None and r.muscle is not None]
        settled = {i: _settled(channels[i], readings[i], sure, codes) for i, known in enumerate(found) if known is None}
        decided = {i: r for i, r in settled.items() if r.muscle is not None}
        if not decided:
            return tuple(settled[i] if known is None else known for i, known in enumerate(found))
        for i, r in decided.items():
            found[i] = r


def unused(channel: str) -> str:
    """The words by which a channel's name says that it is not used (`Voltage.not_used_2`, `n/a`); empty where it does
    not.
    """
    names = _names()
    for at_capitals in (False, True):
        words = words_of(channel, at_capitals)
        for phrase in names.unused:
            if any(words[at : at + len(phrase)] == phrase for at in range(len(words))):
                return " ".join(phrase)
        left = tuple(word for word in words if word not in names.beside and not word.isdigit())
        if left in names.unused_alone:
            return " ".join(left)
    return ""


def _why_not(channel: str) -> str:
    if unused(channel):
        return f"{channel} is named as not used"
    words = (*words_of(channel, at_capitals=True), *words_of(channel, at_capitals=False))
    if word := next((w for w in words if w in _names().no_muscle), ""):
        return f"{word} is no muscle"
    return f'{channel} names no muscle that is known; say which with --map FILE: [muscles] "{channel}" = "…"'


def _side(side: str) -> Side | None:
    return cast("Side", side) if side else None


def _paired(readings: Sequence[Reading], every: Sequence[Sequence[Reading]]) -> tuple[Reading, ...]:
    """The readings that hold: one that needs the other side's letter only where that stands beside it.

    Where it does, the letter is a side, and readings that take it for a part of the name fall. Letters that are sides
    of one muscle (`VL_D`, `VL_G`) are sides of all, unless the name can be read without.
    """
    others = {(way.rest, way.side, way.paired) for ways in every for way in ways}
    confirmed = tuple(r for r in readings if _has_counterpart(r, others))
    plain = tuple(r for r in readings if r.paired is None)
    if confirmed or plain:
        return confirmed or plain
    sides = {way.paired for ways in every for way in ways if way.side and _has_counterpart(way, others)}
    return tuple(r for r in readings if r.paired in sides)


def _has_counterpart(reading: Reading, others: Set[tuple[tuple[str, ...], str, tuple[str, str] | None]]) -> bool:
    """Whether the other letter of a reading that needs one occurs with the same name."""
    if reading.paired is None:
        return False
    side = {"left": "right", "right": "left"}.get(reading.side, "")
    if not side and (reading.rest, "right", None) in others:
        return False
    # A joined `R` or `L` needs no counterpart of its own where the word behind it has no other reading.
    free = bool(side) and (reading.rest, side, None) in others and "d" not in reading.paired
    return free or (reading.rest, side, reading.paired[::-1]) in others


def _settled(channel: str, ways: Sequence[Reading], sure: Sequence[Recognised], codes: set[str]) -> Recognised:
    """A name of several muscles, decided by the other channels or left open."""
    names = _names()
    sides = {r.side for r in ways}
    side = _side(sides.pop()) if len(sides) == 1 else None
    candidates: Sequence[str] = tuple(
        dict.fromkeys(m for r in ways for m in (names.opens[r.name].of if r.open else (r.name,)))
    )
    rules = [names.opens[r.name] for r in ways if r.open]
    muscle, reason = _decide(candidates, rules, [r for r in sure if r.side in (side, None) or side is None], codes)
    if muscle is not None:
        return Recognised(channel, muscle, side, reason)
    could = " or ".join(names.muscles[m].name for m in candidates)
    only = "may be" if len(candidates) > 1 else "is mostly, but not always,"
    hint = f'[muscles] "{channel}" = "{next(iter(candidates))}"'
    return Recognised(channel, None, side, f"{channel} {only} {could}; say which with --map FILE, such as {hint}")


def _decide(
    candidates: Sequence[str], rules: Sequence[_Open], sure: Sequence[Recognised], codes: set[str]
) -> tuple[str | None, str]:
    """The one candidate that the recording's other channels leave, and why; None where they leave more."""
    names = _names()
    present = {r.muscle for r in sure}
    free = [m for m in candidates if m not in present]
    if not rules:
        return None, ""
    if len(candidates) > 1 and len(free) == 1:
        return free[0], "the other muscles of that name have channels of their own"
    beside = {m for rule in rules for m, sisters in rule.sisters.items() if sisters & codes and m in free}
    # `GMAX` beside `GM` and `GL`: a lab that spells one gluteus out may well mean the other, so it stays open.
    if len(beside) == 1 and len(free) == len(candidates):
        return beside.pop(), "told by the channels beside it, which are named in the same way"
    regions = {names.muscles[r.muscle].region for r in sure if r.muscle is not None}
    lower, upper = bool(regions & _LOWER), bool(regions & _UPPER)
    if lower != upper:
        wanted = _LOWER if lower else _UPPER
        there = [m for m in free if names.muscles[m].region in wanted]
        if len(there) == 1 and len(candidates) > 1:
            return there[0], f"the other muscles of the recording are of the {'leg' if lower else 'arm'}"
    usual = {rule.usual for rule in rules if rule.usual}
    if len(usual) == 1 and (chosen := usual.pop()) in free:
        region = names.muscles[chosen].region
        against = (upper and not lower and region in _LOWER) or (lower and not upper and region in _UPPER)
        if not against and not (regions == {"trunk"} and any(names.muscles[m].region == "trunk" for m in candidates)):
            return chosen, "the usual meaning of that name"
    return None, ""


def name_channels(
    recording: Recording, mapping: str | Path | Mapping[str, Any] | None = None
) -> dict[tuple[str, str], Recognised]:
    """Muscle and side of every EMG channel of a recording, by stream and channel.

    What the user's map says comes first, then what the file's format tells of a channel, then the channel's name.

    Parameters
    ----------
    recording
        As `legato.read` gives it.
    mapping
        A map as for `read_muscle_map`.

    Raises
    ------
    BadInput
        The map is not readable, or names a muscle or a channel that does not exist.
    """
    streams = recording.of_kind("emg")
    mapped = {} if mapping is None else read_muscle_map(mapping)
    channels = [channel for stream in streams for channel in stream.channels]
    if strangers := [name for name in mapped if name not in channels]:
        where = str(mapping) if isinstance(mapping, str | Path) else "the map"
        raise BadInput(
            f"{where}: the recording has no EMG channel {strangers[0]}; {nearest(strangers[0], channels, 3)}"
        )
    found: dict[tuple[str, str], Recognised] = {}
    for stream in streams:
        told = [stream.meta.get(f"muscle:{channel}", channel) for channel in stream.channels]
        for channel, by_name in zip(stream.channels, recognise(told), strict=True):
            muscle, side = mapped.get(channel, (by_name.muscle, by_name.side))
            reason = "told by the map" if channel in mapped else by_name.reason
            found[stream.name, channel] = Recognised(channel, muscle, side, reason)
    return found


def read_muscle_map(mapping: str | Path | Mapping[str, Any]) -> dict[str, tuple[str, Side | None]]:
    """The muscles' part of a user's map: channel to muscle and side (`"EMG 7" = "vastus_lateralis right"`).

    Parameters
    ----------
    mapping
        A TOML or JSON file, or its content, with a table `muscles`.

    Raises
    ------
    BadInput
        The file cannot be read, or an entry is no muscle.
    """
    where = str(mapping) if isinstance(mapping, str | Path) else "the map"
    whole = _table(mapping, where)
    if "muscles" not in whole and (meant := get_close_matches("muscles", whole, 1, 0.8)):
        raise BadInput(f"{where}: nothing reads the table [{meant[0]}]; write [muscles]")
    loose = next((name for name, said in whole.items() if isinstance(said, str) and _is_muscle(said)), None)
    if loose is not None:
        raise BadInput(f'{where}: "{loose}" = "{whole[loose]}" stands in no table; write [muscles] above it')
    table = whole.get("muscles", {})
    if not isinstance(table, dict):
        raise BadInput(f'{where}: muscles is no table; write [muscles] and below it "EMG 7" = "vastus_lateralis right"')
    return {channel: _told(channel, said, where) for channel, said in cast("dict[str, Any]", table).items()}


def _table(mapping: str | Path | Mapping[str, Any], where: str) -> Mapping[str, Any]:
    if not isinstance(mapping, str | Path):
        return mapping
    try:
        text = Path(mapping).read_text(encoding="utf-8")
        raw: Any = json.loads(text) if Path(mapping).suffix.lower() == ".json" else tomllib.loads(text)
    except OSError as error:
        raise BadInput(f"{where}: cannot be read ({error.strerror or error}); check the path of the map") from None
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{where}: not valid TOML or JSON: {toml_fault(error)}") from None
    if not isinstance(raw, dict):
        raise BadInput(f"{where}: a map is a table; docs/recordings.md shows one")
    return cast("dict[str, Any]", raw)


def _is_muscle(said: str) -> bool:
    """Whether a text is a muscle's id, with or without a side."""
    return (
        "_".join(part for part in said.lower().replace("-", "_").split() if part not in ("right", "left")) in muscles()
    )


def _told(channel: str, said: object, where: str) -> tuple[str, Side | None]:
    """Muscle and side as the map gives them: an id and, if told, a side before or behind it."""
    if not isinstance(said, str) or not said.strip():
        raise BadInput(f'{where}: "{channel}" = {said!r:.60}; give a muscle, such as "vastus_lateralis right"')
    parts = said.strip().lower().replace("-", "_").split()
    sides = [p for p in parts if p in ("right", "left")]
    muscle = "_".join(p for p in parts if p not in sides)
    for side in ("right", "left"):
        if not sides and muscle not in muscles() and muscle.endswith(f"_{side}"):
            muscle, sides = muscle.removesuffix(f"_{side}"), [side]
    if len(sides) > 1:
        raise BadInput(f'{where}: "{channel}" = "{said}" names both sides; give one')
    if muscle not in muscles():
        raise BadInput(f'{where}: "{channel}" = "{said}" is no muscle; {_nearest(muscle)}')
    return muscle, _side(sides[0] if sides else "")


def _nearest(muscle: str) -> str:
    """The muscles that may be meant: those of which it is a part (`quad`), else those spelled alike."""
    of_word = [name for name in muscles() if len(muscle) > 2 and muscle in name]
    return f"did you mean {' or '.join(of_word[:4])}?" if of_word else nearest(muscle, muscles(), 3, 12)
