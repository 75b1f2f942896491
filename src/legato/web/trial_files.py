"""A session's files laid out in a folder under their own names, and read as one trial."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from legato.errors import BadInput, NotResolvable
from legato.store import Catalogue
from legato.web.options import Options
from legato.web.toml_text import quoted
from legato.web.zips import is_zip, unpack

if TYPE_CHECKING:
    from legato.recording import Recording

ROLES = ("trial", "static", "mvic", "submax", "no-press", "map", "layout", "delays", "video", "unused")
"""What a file can be in a session."""
NOT_READ = ("video", "unused")
"""Parts that an analysis does not read."""

_LONGEST_NAME = 200
_MOST_FILES = 20
"""Recordings in the archive of one trial. [ENG]"""


@dataclass(frozen=True, slots=True)
class Given:
    """A file of a session."""

    name: str
    sha256: str
    role: str


@dataclass(frozen=True, slots=True)
class Item:
    """Where a file lies: one path, several of an archive; none where that could not be opened."""

    given: Given
    paths: tuple[Path, ...]
    error: str = ""


@dataclass(frozen=True, slots=True)
class LaidOut:
    """A session's files in a folder, in their order."""

    folder: Path
    items: list[Item] = field(default_factory=list[Item])

    def of(self, role: str) -> list[Path]:
        """The files of a part.

        Raises
        ------
        BadInput
            One could not be opened.
        """
        held = [item for item in self.items if item.given.role == role]
        if wrong := next((item.error for item in held if item.error), ""):
            raise BadInput(wrong)
        return [path for item in held for path in item.paths]

    def one(self, role: str) -> Path | None:
        """The file of a part that only one can have.

        Raises
        ------
        BadInput
            Several have it.
        """
        found = self.of(role)
        if len(found) > 1:
            names = " and ".join(path.name for path in found[:2])
            raise BadInput(f"{names}: both are given as {role}; only one file can be")
        return found[0] if found else None

    def plain(self, text: str) -> str:
        """A message without the folder, which tells nobody anything."""
        return text.replace(f"{self.folder}/", "")


def file_name(given: str) -> str:
    """A name under which a file can lie in a folder: no path, no control characters, at most 200 bytes."""
    base = re.split(r"[/\\]", given.rstrip("/\\"))[-1]
    clean = "".join(c for c in base if c.isprintable() and c not in '<>:"|?*').strip().lstrip(".").strip()
    stem, dot, ending = clean.rpartition(".")
    if not dot or len(ending) > 12:
        stem, ending = clean, ""
    room = _LONGEST_NAME - len(ending.encode()) - 1
    stem = stem.encode()[:room].decode(errors="ignore")
    return (f"{stem}.{ending}" if ending else stem) or "file"


def lay_out(catalogue: Catalogue, files: Sequence[Given], folder: Path) -> LaidOut:
    """Lay the files out in `folder`, which is made; two of one name get a number.

    Raises
    ------
    BadInput
        A file is gone from the catalogue.
    """
    folder.mkdir()
    laid = LaidOut(folder)
    taken: set[str] = set()
    for given in files:
        kept = catalogue.files.path(given.sha256)
        if not kept.is_file():
            raise BadInput(f"{given.name}: is no longer in the catalogue; add the file again")
        path = folder / _free(file_name(given.name), taken)
        with kept.open("rb") as file:
            packed = given.role not in NOT_READ and is_zip(file.read(4))
        if packed:
            laid.items.append(_opened(given, kept, path.with_suffix("")))
        else:
            path.symlink_to(kept)
            laid.items.append(Item(given, (path,)))
    return laid


def _opened(given: Given, kept: Path, into: Path) -> Item:
    """An archive unpacked: a folder that is read as a whole, or the recordings in it."""
    from legato.formats.opencap import is_opencap_folder
    from legato.formats.openpose import is_openpose_folder
    from legato.formats.sniff import sniff_format

    try:
        unpack(kept, given.name, into)
    except BadInput as error:
        return Item(given, (), str(error))
    root = into
    while not (is_opencap_folder(root) or is_openpose_folder(root)):
        inside = sorted(root.iterdir())
        if len(inside) != 1 or not inside[0].is_dir():
            break
        root = inside[0]
    else:
        return Item(given, (root,))
    found: list[Path] = []
    for path in sorted(p for p in root.rglob("*") if p.is_file()):
        try:
            sniff_format(path)
            found.append(path)
        except BadInput:
            continue
        if len(found) > _MOST_FILES:
            return Item(given, (), f"{given.name}: holds more than {_MOST_FILES} recordings; give those of one trial")
    if not found:
        return Item(given, (), f"{given.name}: a zip archive without a recording that Legato reads")
    return Item(given, tuple(found))


def read_trial(laid: LaidOut, options: Options) -> "Recording":
    """The files of the trial itself, on one clock, their paths as plain names.

    Raises
    ------
    BadInput
        There is none, or one cannot be read: the message names it.
    """
    if not laid.of("trial"):
        raise BadInput("no file of the movement itself; add one, or change what one of these files is")
    return _read(laid, laid.of("trial"), options, offset_s=options.offset_s, delays=_delays(laid, options))


def read_others(laid: LaidOut, role: str, options: Options) -> "list[Recording]":
    """The recordings beside the trial that have a part, each on its own.

    Raises
    ------
    BadInput
        One cannot be read.
    """
    return [_read(laid, [path], options) for path in laid.of(role)]


def read_item(laid: LaidOut, item: Item, options: Options) -> "Recording":
    """The files of one item on their own; a rate is for data without a time base.

    Raises
    ------
    BadInput
        They cannot be read.
    """
    if item.error:
        raise BadInput(item.error)
    try:
        return _read(laid, item.paths, options.model_copy(update={"rate_hz": None}))
    except BadInput as error:
        if options.rate_hz is None or "--rate" not in str(error):
            raise
    return _read(laid, item.paths, options)


def _read(
    laid: LaidOut, paths: Sequence[Path], options: Options, offset_s: float | None = None, delays: Path | None = None
) -> "Recording":
    from legato.formats.sniff import sniff_format
    from legato.load import TABLES, read

    try:
        layout = laid.one("layout")
        if layout is not None and not any(path.is_file() and sniff_format(path) in TABLES for path in paths):
            layout = None
        found = read(*paths, rate_hz=options.rate_hz, offset_s=offset_s, device_delay=delays, layout=layout)
    except (BadInput, NotResolvable) as error:
        raise type(error)(laid.plain(str(error))) from None
    return replace(found, inputs=tuple(replace(file, path=laid.plain(file.path)) for file in found.inputs))


def _delays(laid: LaidOut, options: Options) -> Path | None:
    """The file of device delays: the one that was given, or one made of what was chosen."""
    given = laid.one("delays")
    if given is not None or not (options.devices or options.delays_s):
        return given
    own = {name: f"own-{k}" for k, name in enumerate(options.delays_s or {})}
    lines = ["[streams]"]
    lines += [f"{quoted(name)} = {quoted(device)}" for name, device in ((options.devices or {}) | own).items()]
    for name, device in own.items():
        lines += ["[[device]]", f"id = {quoted(device)}", f"name = {quoted(name)}", f"error_s = {_KNOWN_TO_S!r}"]
        lines += [f"delay_s = {(options.delays_s or {})[name]!r}"]
    made = laid.folder / "device delays"
    made.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return made


_KNOWN_TO_S = 0.005
"""SD that is left of a delay that somebody typed in, s. [ENG] That of the registry's measured devices."""


def _free(name: str, taken: set[str]) -> str:
    """A name that is not taken, however its letters are written; it is taken then."""
    stem, dot, ending = name.rpartition(".")
    tried, k = name, 1
    while tried.casefold() in taken:
        k += 1
        tried = f"{stem} ({k}){dot}{ending}" if dot else f"{name} ({k})"
    taken.add(tried.casefold())
    return tried
