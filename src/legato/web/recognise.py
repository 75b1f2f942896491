"""What a session's files hold, told before anything is analysed: streams, clocks, and which movement it may be."""

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

from sqlalchemy import update

from legato.errors import BadInput, NotResolvable
from legato.estimate import LEVEL, Estimate
from legato.messages import toml_fault
from legato.store import Catalogue
from legato.store.rows import SessionFileRow, SessionRow
from legato.web.own_entries import written
from legato.web.replay.video import type_of, video_type
from legato.web.trial_files import NOT_READ, Item, LaidOut, lay_out, read_item, read_others, read_trial
from legato.web.work import Asked, asked_of

if TYPE_CHECKING:
    from legato.recording import Recording

_TABLES = ("map", "layout", "delays")
"""Parts that are TOML."""
_NO_RECORDING = (*_TABLES, "video", "unused")
"""Parts that are read as no recording, or by nobody."""
_MOST_PROPOSED = 5
_MOVES = ("jump", "throw", "put", "kick", "squat", "lunge", "press", "pull", "row", "curl", "raise", "grip", "start")
"""After *standing* or *neutral* in a file's name these make it a movement, as in a standing long jump. [ENG]"""


def recognise(catalogue: Catalogue, session_id: str, tell: Callable[[str], object], folder: Path) -> dict[str, Any]:
    """What the files of a session hold. One that nothing can make readable is set to *not used*, unless its part was
    changed meanwhile; one that another setting, a layout or a second try may mend keeps its part.

    Returns
    -------
    `files` (by id: `streams`, `rep_tables`, `error`), `sync` (`offsets` with intervals and how each was found),
    `movement` (`ranked`, `likeliest`, `clear`, `why`), `problem` (why the files do not go together, or None), `notes`
    and the number of `events`.
    """
    tell("reading")
    with catalogue.session() as rows:
        asked = asked_of(rows, session_id)
        ids = [file.id for file in rows.get_one(SessionRow, session_id).files]
    laid = lay_out(catalogue, asked.files, folder / "files")
    items = dict(zip(ids, laid.items, strict=True))
    files = {file_id: _looked_at(laid, item, asked) for file_id, item in items.items()}
    hopeless = {k: item for k, item in items.items() if files[k]["error"] and _never_read(item)}
    _set_aside(catalogue, hopeless)
    good = [item for file_id, item in items.items() if not files[file_id]["error"]]
    found: dict[str, Any] = {
        "files": files,
        "sync": [],
        "movement": _no_proposal(""),
        "problem": None,
        "notes": [],
        "events": 0,
    }
    try:
        _together(found, LaidOut(laid.folder, good), asked, tell)
    except (BadInput, NotResolvable) as error:
        found["problem"] = laid.plain(str(error))
    # What the analysis would stop at, as it takes every file that has a part.
    stops = (files[k]["error"] for k, one in items.items() if k not in hopeless and one.given.role not in NOT_READ)
    found["problem"] = next(filter(None, stops), found["problem"])
    return found


def _looked_at(laid: LaidOut, item: Item, asked: Asked) -> dict[str, Any]:
    """One file by itself."""
    told: dict[str, Any] = {"streams": [], "rep_tables": [], "error": None}
    role = item.given.role
    try:
        if role == "video":
            _check_video(item)
        elif role in _TABLES:
            _check_table(item)
        else:
            told |= _held(read_item(laid, item, asked.options))
    except (BadInput, NotResolvable) as error:
        told["error"] = laid.plain(str(error))
    except OSError as error:
        told["error"] = f"{item.given.name}: cannot be read ({error.strerror}); add the file again"
    return told


def _held(recording: "Recording") -> dict[str, Any]:
    """Streams and tables of repetitions as `legato info` tells them, without what no page shows."""
    from legato.load import info_record

    record = info_record(recording)
    kept = (
        "name", "kind", "rate_hz", "start_s", "duration_s", "n_samples", "unit", "channels", "gaps", "dead",
        "time_holes_s", "time_jumps",
    )  # fmt: skip
    streams = [{key: stream[key] for key in kept} for source in record["inputs"] for stream in source["streams"]]
    tables = [{"columns": table["columns"], "reps": len(table["rows"])} for table in record["rep_tables"]]
    return {"streams": streams, "rep_tables": tables, "format": record["inputs"][0]["format"]}


def _check_video(item: Item) -> None:
    if video_type(item.paths[0]) is None:
        raise BadInput(f"{item.given.name}: is no MP4 or WebM; give another file as the video")


def _check_table(item: Item) -> None:
    try:
        tomllib.loads(item.paths[0].read_text(encoding="utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadInput(f"{item.given.name}: not valid TOML: {toml_fault(error)}") from None


def _never_read(item: Item) -> bool:
    """Whether a file is no recording whatever is chosen: no option and no layout mends it, and the disk answered."""
    from legato.formats.sniff import sniff_format
    from legato.load import TABLES, read

    if item.given.role in _NO_RECORDING:
        return False
    if item.error:
        return True
    try:
        if not all(path.is_file() and sniff_format(path) in TABLES for path in item.paths):
            read(*item.paths)
    except (BadInput, NotResolvable) as error:
        return "--" not in str(error) and not _from_the_disk(error)
    except OSError:
        return False
    return False


def _from_the_disk(error: BaseException | None) -> bool:
    """Whether an error began as one of the disk, which may pass."""
    while error is not None:
        if isinstance(error, OSError):
            return True
        error = error.__context__
    return False


def _set_aside(catalogue: Catalogue, hopeless: Mapping[str, Item]) -> None:
    """Set files to *not used* whose part is still the one under which they were read."""
    with catalogue.session() as rows:
        for file_id, item in hopeless.items():
            as_read = (SessionFileRow.id == file_id, SessionFileRow.role == item.given.role)
            rows.execute(update(SessionFileRow).where(*as_read).values(role="unused"))


def _together(found: dict[str, Any], laid: LaidOut, asked: Asked, tell: Callable[[str], object]) -> None:
    """The files on one clock, and the movement that they may show."""
    recording = read_trial(laid, asked.options)
    z = NormalDist().inv_cdf(0.5 + 0.5 * LEVEL)
    found["sync"] = [
        {"stream": o.stream, "offset_s": Estimate.symmetric(o.offset_s, z * o.sd_s, "s").to_dict(), "method": o.method}
        for o in recording.offsets
    ]
    found["notes"], found["events"] = list(recording.notes), len(recording.events)
    tell("looking for the movement")
    standing = read_others(laid, "static", asked.options)
    own = written(asked.own, laid.folder.parent / "own")
    try:
        found["movement"] = _proposed(recording, laid, standing, own.library)
    except (BadInput, NotResolvable) as error:
        found["movement"] = _no_proposal(laid.plain(str(error)))


def _proposed(
    recording: "Recording", laid: LaidOut, standing: "list[Recording]", library: Path | None
) -> dict[str, Any]:
    """The movements that it may be, by falling probability."""
    from legato.body import build_body
    from legato.movements import movement_ids
    from legato.movements.propose import propose
    from legato.movements.trial_body import refuse_unnamed

    refuse_unnamed(recording)
    body = build_body(recording, mapping=laid.one("map"), static=standing[0] if standing else None)
    seen = propose(body, movement_ids(library))
    ranked = [[name, probability] for name, probability in seen.ranked[:_MOST_PROPOSED] if probability >= 0.01]
    why = "" if seen.features else "nothing in it tells which movement it shows"
    return {"ranked": ranked, "none": seen.none, "likeliest": seen.likeliest, "clear": seen.clear, "why": why}


def _no_proposal(why: str) -> dict[str, Any]:
    return {"ranked": [], "none": 1.0, "likeliest": "", "clear": False, "why": why}


def part_of(name: str, head: bytes, others: bool) -> str:
    """The part that a file probably has, by its beginning and its name.

    Parameters
    ----------
    name
        As it was given.
    head
        Its first bytes.
    others
        Whether there are other recordings that can be the trial itself.
    """
    if type_of(head) is not None:
        return "video"
    lower = name.lower()
    if lower.endswith(".toml"):
        text = head.decode("utf-8", errors="replace")
        marks: Mapping[str, tuple[str, ...]] = {
            "delays": ("[streams]", "[[device]]"),
            "map": ("[landmarks]", "[clusters]", "[muscles]"),
        }
        return next((part for part, seen in marks.items() if any(mark in text for mark in seen)), "layout")
    if not others:
        return "trial"
    words = {
        "static": ("static", "neutral", "standing", "calibration"),
        "submax": ("submax",),
        "mvic": ("mvic", "mvc"),
        "no-press": ("no-press", "nopress", "no_press", "without-press"),
    }
    found = next(((part, word) for part, seen in words.items() for word in seen if word in lower), None)
    if found is None or (found[0] == "static" and any(move in lower.partition(found[1])[2] for move in _MOVES)):
        return "trial"
    return found[0]
