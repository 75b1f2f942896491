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
from legato.web.trial_files import Item, LaidOut, lay_out, read_item, read_others, read_trial
from legato.web.work import Asked, asked_of

if TYPE_CHECKING:
    from legato.recording import Recording

_TABLES = ("map", "layout", "delays")
"""Parts that are TOML."""
_HEAD_BYTES = 16
_MOST_PROPOSED = 5


def recognise(catalogue: Catalogue, session_id: str, tell: Callable[[str], object], folder: Path) -> dict[str, Any]:
    """What the files of a session hold. One that cannot be read is set aside, so that the others go on.

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
    files = {file_id: _looked_at(laid, item, asked) for file_id, item in zip(ids, laid.items, strict=True)}
    # What only lacks a rate can be given one on the page.
    unread = {file_id: told["error"] for file_id, told in files.items() if told["error"] and not told["set_aside"]}
    wrong = [file_id for file_id, error in unread.items() if "--rate" not in error]
    _set_aside(catalogue, wrong)
    good = [item for file_id, item in zip(ids, laid.items, strict=True) if file_id not in wrong]
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
    return found


def _looked_at(laid: LaidOut, item: Item, asked: Asked) -> dict[str, Any]:
    """One file by itself. An error of a file that is not used anyway sets nothing aside."""
    told: dict[str, Any] = {"streams": [], "rep_tables": [], "error": None, "set_aside": False}
    role = item.given.role
    try:
        if role == "video":
            _check_video(item)
        elif role in _TABLES:
            _check_table(item)
        elif role == "unused":
            told["set_aside"] = True
            told |= _held(read_item(laid, item, asked.options))
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
    with item.paths[0].open("rb") as file:
        if not is_video(file.read(_HEAD_BYTES)):
            raise BadInput(f"{item.given.name}: is no MP4 or WebM; give another file as the video")


def is_video(head: bytes) -> bool:
    """Whether a file begins as MP4, MOV, Matroska or WebM do."""
    return head[4:8] == b"ftyp" or head.startswith(b"\x1aE\xdf\xa3")


def _check_table(item: Item) -> None:
    try:
        tomllib.loads(item.paths[0].read_text(encoding="utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadInput(f"{item.given.name}: not valid TOML: {toml_fault(error)}") from None


def _set_aside(catalogue: Catalogue, file_ids: list[str]) -> None:
    with catalogue.session() as rows:
        rows.execute(update(SessionFileRow).where(SessionFileRow.id.in_(file_ids)).values(role="unused"))


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
    if is_video(head):
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
    return next((part for part, seen in words.items() if any(word in lower for word in seen)), "trial")
