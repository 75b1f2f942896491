"""Channel labels taken apart: words, sides, and every muscle that the words can stand for."""

import difflib
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

LEAST_LETTERS = 3
"""A word may be cut short to so many letters (`vas lat`); shorter ones are codes or nothing."""

_SLIP_LETTERS = 5
_SLIP_RATIO = 0.8
"""A slip of the pen (`gastrocnemious`) shares this many first letters and this much of the rest. [ENG]"""

_UNIT = re.compile(r"[\[(,;\s_/-]+(?:n|u|µ|μ|m|milli|micro)?(?:v|volts?)[\])\s]*$", re.IGNORECASE)
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2})|(?<=\d)(?=[A-Za-z])")
_DIGIT = re.compile(r"(?<=\d)(?=[A-Za-z])")
_LEVEL = re.compile(r"(?:th?|l)\d{1,2}", re.IGNORECASE)
_TRAILING_NUMBER = re.compile(r"(?<=[a-z])\d+$")
_MOST_WORDS = 7


def words_of(label: str, at_capitals: bool) -> tuple[str, ...]:
    """The words of a label in small letters without accents: split at signs, at digits and, if asked, at capitals.

    A vertebra (`L3`) stays one word; other numbers are words of digits.
    """
    bare = _UNIT.sub("", label.replace("ß", "ss"))
    bare = "".join(c for c in unicodedata.normalize("NFKD", bare) if not unicodedata.combining(c))
    found: list[str] = []
    for part in re.split(r"[^A-Za-z0-9]+", bare):
        if _LEVEL.fullmatch(part):
            found.append(part.lower())
            continue
        for piece in (_CAPITAL if at_capitals else _DIGIT).split(part):
            word = piece.lower()
            number = _TRAILING_NUMBER.search(word)
            found += [word] if number is None else [word[: number.start()], number.group()]
    return tuple(word for word in found if word)


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a spelling: its forms, those of them that count only in full, and whether it may be missing."""

    forms: tuple[str, ...]
    whole: tuple[str, ...]
    optional: bool

    def fit(self, said: str) -> int:
        """How `said` is this word: 3 in full, 2 cut short, 1 with a slip of the pen, 0 not."""
        return 3 if said in self.whole else max((_fit(said, form) for form in self.forms), default=0)


@lru_cache(maxsize=65536)
def _fit(said: str, form: str) -> int:
    if said == form:
        return 3
    if len(said) < LEAST_LETTERS:
        return 0
    if form.startswith(said):
        return 2
    slip = said[:_SLIP_LETTERS] == form[:_SLIP_LETTERS] and len(said) > _SLIP_LETTERS
    return int(slip and difflib.SequenceMatcher(None, said, form).ratio() >= _SLIP_RATIO)


def parse_spelling(text: str) -> tuple[Word, ...]:
    """The words of a spelling as the data write it: `a|b` forms, `=form` only in full, `word?` may be missing."""
    found: list[Word] = []
    for part in text.split():
        forms = part.split("|")
        optional = any(form.endswith("?") for form in forms)
        plain = [form.rstrip("?") for form in forms]
        found.append(
            Word(
                tuple(form for form in plain if not form.startswith("=")),
                tuple(form[1:] for form in plain if form.startswith("=")),
                optional,
            )
        )
    return tuple(found)


def spells(words: Sequence[str], spelling: Sequence[Word]) -> int:
    """How well the words, in any order and each once, make up the spelling with none left over.

    The worst fit of a word counts, as `Word.fit` tells it; 0 where they do not.
    """
    if not sum(not word.optional for word in spelling) <= len(words) <= len(spelling):
        return 0
    return _cover(tuple(words), tuple(spelling))


def _cover(words: tuple[str, ...], spelling: tuple[Word, ...]) -> int:
    if not words:
        return 3 if all(word.optional for word in spelling) else 0
    best = 0
    for i, word in enumerate(spelling):
        fit = word.fit(words[0])
        if fit > best:
            best = max(best, min(fit, _cover(words[1:], (*spelling[:i], *spelling[i + 1 :]))))
    return best


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a label: the name it spells, the side, and the side's counterpart that must stand beside it.

    `name` is a muscle or, with `open`, an entry for a name of several muscles. `rest` is the label without its side;
    `paired` holds the letters (this side's, the other's) that tell a side only where the other one occurs too.
    """

    name: str
    open: bool
    side: str
    rest: tuple[str, ...]
    paired: tuple[str, str] | None = None


class Lexicon:
    """Names by code and by spelling, with which labels are read."""

    def __init__(
        self,
        codes: Mapping[str, tuple[str, bool]],
        spellings: Sequence[tuple[tuple[Word, ...], str, bool, bool]],
        parted: frozenset[str],
        sides: Mapping[str, str],
        pairs: Sequence[tuple[str, str]],
        noise: frozenset[str],
        no_muscle: frozenset[str],
    ) -> None:
        self._codes = codes
        self._spellings = spellings
        self._parted = parted
        self._sides = sides
        self._pairs = pairs
        self._noise = noise
        self._no_muscle = no_muscle
        self._forms = tuple({form for words, *_ in spellings for word in words for form in (*word.forms, *word.whole)})
        self._at: dict[str, set[int]] = {}
        for i, (words, *_) in enumerate(spellings):
            for key in {form[:LEAST_LETTERS] for word in words for form in (*word.forms, *word.whole)}:
                self._at.setdefault(key, set()).add(i)
        self._named: dict[tuple[str, ...], tuple[tuple[str, bool], ...]] = {}

    def readings(self, label: str) -> tuple[Reading, ...]:
        """Every reading of a label; those that need no counterpart come first.

        Capitals divide words only where the label cannot be read without (`TrA` is a code, `VasLat` two words).
        """
        return self._read(words_of(label, at_capitals=False)) or self._read(words_of(label, at_capitals=True))

    def _read(self, words: Sequence[str]) -> tuple[Reading, ...]:
        if any(word in self._no_muscle for word in words):
            return ()
        kept = tuple(w for i, w in enumerate(words) if not self._is_noise(words, i))
        found: list[Reading] = []
        for words_left, side, pair in self._without_side(kept):
            for name, is_open in self.names(words_left):
                found.append(Reading(name, is_open, side, words_left, pair))
        plain = [r for r in found if r.paired is None]
        # A side that is spelt out leaves no room for reading the same word as part of the name.
        if any(r.side for r in plain):
            plain = [r for r in plain if r.side]
        for word_at, word in enumerate(kept):
            found += self._parts_told(kept, word_at, word)
            found += self._joined(kept, word_at, word, bool(plain))
        ordered = [*plain, *(r for r in found if r.paired is not None or r.rest != kept)]
        return tuple(dict.fromkeys(r for r in ordered if r.paired is not None or r in plain or not plain))

    def names(self, words: Sequence[str]) -> tuple[tuple[str, bool], ...]:
        """The names that these words spell, each with whether it stands for several muscles."""
        key = tuple(words)
        if key not in self._named:
            self._named[key] = self._find(key)
        return self._named[key]

    def _find(self, words: tuple[str, ...]) -> tuple[tuple[str, bool], ...]:
        if not words or len(words) > _MOST_WORDS:
            return ()
        code = self._codes.get("".join(words)) if len(words) <= 2 else None
        if code is not None:
            return (code,)
        found = self._spelt(words)
        if found or len(words) == 1:
            return found or self._split(words)
        # A name and its code side by side (`VL vastus lateralis`).
        for at, word in enumerate(words):
            beside = self._codes.get(word)
            named = self._find((*words[:at], *words[at + 1 :])) if beside is not None else ()
            if beside in named:
                return tuple(n for n in named if n == beside)
        return self._split(words)

    def _spelt(self, words: tuple[str, ...]) -> tuple[tuple[str, bool], ...]:
        hits: dict[tuple[str, bool], int] = {}
        levels = [w for w in words if _LEVEL.fullmatch(w)]
        without = tuple(w for w in words if w not in levels)
        near = [self._at.get(word[:LEAST_LETTERS], set[int]()) for word in without]
        for i in sorted(set[int].intersection(*near)) if near else ():
            spelling, name, is_open, with_level = self._spellings[i]
            said = without if with_level else words
            if said and (fit := spells(said, spelling)):
                hits[name, is_open] = max(fit, hits.get((name, is_open), 0))
        if levels and not hits:
            code = self._codes.get("".join(without))
            levelled = {name for _, name, _, with_level in self._spellings if with_level}
            if code is not None and code[0] in levelled:
                return (code,)
        best = max(hits.values(), default=0)
        return tuple(name for name, fit in hits.items() if fit == best)

    def _split(self, words: tuple[str, ...]) -> tuple[tuple[str, bool], ...]:
        """Names spelt by words that are joined (`vastuslateralis`, `tibant`)."""
        parts = [[(word,), *self._parts(word)] for word in words]
        hits: dict[tuple[str, bool], None] = {}
        for combined in product(*parts):
            flat = tuple(piece for group in combined for piece in group)
            if flat != words and len(flat) <= _MOST_WORDS:
                hits |= dict.fromkeys(self._spelt(flat))
        return tuple(hits)

    def _parts(self, word: str) -> Iterator[tuple[str, ...]]:
        for cut in range(LEAST_LETTERS, len(word) - LEAST_LETTERS + 1):
            head, tail = word[:cut], word[cut:]
            if not any(form.startswith(head) for form in self._forms):
                break
            if any(form.startswith(tail) for form in self._forms):
                yield head, tail
            for rest in self._parts(tail):
                yield head, *rest

    def _without_side(self, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str, tuple[str, str] | None]]:
        yield words, "", None
        for at, word in enumerate(words):
            left = (*words[:at], *words[at + 1 :])
            if word in self._sides:
                yield left, self._sides[word], None
            for right, other in self._pairs:
                if word in (right, other) and word not in self._sides:
                    yield left, "right" if word == right else "left", (word, other if word == right else right)

    def _parts_told(self, words: tuple[str, ...], at: int, word: str) -> Iterator[Reading]:
        """Readings of `L` and `M` beside a muscle of several parts as lateral and medial, not as a side."""
        left = (*words[:at], *words[at + 1 :])
        if word in ("l", "m") and any(name in self._parted for name, _ in self.names(left)):
            for name, is_open in self.names(words):
                yield Reading(name, is_open, "", left, (word, "m" if word == "l" else "l"))

    def _joined(self, words: tuple[str, ...], at: int, word: str, known: bool) -> Iterator[Reading]:
        """Readings with a side's letter before or behind a word (`RVL`, `VL_r` written `VLR`)."""
        if len(word) < LEAST_LETTERS or word in self._sides:
            return
        for letter, rest in ((word[0], word[1:]), (word[-1], word[:-1])):
            if letter not in ("r", "l"):
                continue
            left = (*words[:at], rest, *words[at + 1 :])
            side, other = ("right", "l") if letter == "r" else ("left", "r")
            for name, is_open in self.names(left):
                # `L` beside a muscle of several parts may be its lateral one, unless the right side is there too.
                unsure = known or (letter == "l" and name in self._parted)
                yield Reading(name, is_open, side, left, (letter, other) if unsure else None)

    def _is_noise(self, words: Sequence[str], at: int) -> bool:
        word = words[at]
        if word.isdigit() or word in self._noise:
            return True
        # The M of `M. biceps brachii`; one at the end is part of a name (`gastroc m`).
        if word == "m" and at < len(words) - 1 and not words[at + 1].isdigit():
            return True
        # Electrodes and sensors are lettered: `EMG.A 3`, `S4`.
        numbered = words[at + 1 : at + 2] and words[at + 1].isdigit()
        return len(word) == 1 and word not in self._sides and bool(numbered or (at > 0 and words[at - 1] == "emg"))
