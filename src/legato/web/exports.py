"""What leaves a session for other programs: its tables as CSV and Parquet, its recording as C3D with what was found."""

import errno
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from legato.corrections import correct_recording, corrections_of_result
from legato.errors import BadInput
from legato.recording import Event, Recording
from legato.report.words import rep_number
from legato.store import Catalogue
from legato.store.rows import ResultRow, SessionRow
from legato.web.options import options_of
from legato.web.trial_files import Given, lay_out, read_trial
from legato.web.words import translate as _

MOST_EVENTS = 255
"""Events that a C3D holds: a parameter's dimension is one byte (C3D user guide, 2021)."""


def tables_zip(catalogue: Catalogue, result: ResultRow, target: Path) -> None:
    """Write every table of a result into a zip at `target`, as CSV as it was made and as Parquet with typed columns."""
    import polars as pl

    names = sorted(name for name in result.files if name.startswith("tables/"))
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in names:
            content = catalogue.files.read(str(result.files[name]))
            packed.writestr(name, content)
            frame = pl.read_csv(io.BytesIO(content), infer_schema_length=None)
            typed = io.BytesIO()
            frame.write_parquet(typed)
            packed.writestr(f"{name.removesuffix('.csv')}.parquet", typed.getvalue())


def corrected_recording(catalogue: Catalogue, session: SessionRow, result: Mapping[str, Any]) -> Recording:
    """The session's recording as the analysis that made `result` saw it: read with the files and settings of now, so
    only for a result of the same (`same_recording`), and with its corrections of channels and events.

    Raises
    ------
    BadInput
        A file is gone, or cannot be read, or there is no room to unpack it.
    """
    given = [Given(file.name, file.sha256, file.role) for file in session.files]
    try:
        with TemporaryDirectory(prefix="legato-") as folder:
            laid = lay_out(catalogue, given, Path(folder).resolve() / "files")
            recording = read_trial(laid, options_of(session.options))
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise BadInput(_("the disk has no room to unpack the recording; make some and try again")) from None
    return correct_recording(recording, corrections_of_result(result, "the result"))[0]


def write_with_events(recording: Recording, result: Mapping[str, Any], target: Path) -> None:
    """Write the recording as C3D with its own events and those that were found, as many as one holds.

    Raises
    ------
    BadInput
        It does not fit in a C3D.
    """
    from legato.formats.c3d import write_c3d

    kept, _left_out = fitting(list(recording.events), result)
    write_c3d(target, replace(recording, events=tuple(kept)))


def fitting(own: Sequence[Event], result: Mapping[str, Any]) -> tuple[list[Event], int]:
    """The events that a C3D has room for, in order of time, and how many it has not.

    Those of the file come first, then those of the gap that is judged, starts and ends of the repetitions, their marks,
    and at last the other events of the links.
    """
    every = [*own, *(event for _, event in sorted(_found_events(result), key=lambda found: found[0]))]
    return sorted(every[:MOST_EVENTS], key=lambda event: event.time_s), max(0, len(every) - MOST_EVENTS)


def _found_events(result: Mapping[str, Any]) -> Iterator[tuple[int, Event]]:
    """Start, marks and end of each repetition and the events of the links, each with its rank (0 comes first)."""
    for rep in result["reps"]:
        number, side = rep_number(int(rep["index"])), str(rep.get("side") or "").capitalize()
        inside = {"start": rep["start_s"], **rep["marks"], "end": rep["end_s"]}
        for name, at in inside.items():
            if at is not None:
                yield 1 if name in ("start", "end") else 2, Event(f"rep {number} {name}", float(at), side)
    chain = result["chain"] or {}
    judged = _judged(chain.get("gaps", ()))
    for link in chain.get("links", ()):
        rank = 0 if (link["name"], link["event"]) in judged else 3
        for event in link["per_rep"]:
            if event["time_s"] is not None:
                number = rep_number(int(event["rep"]))
                called = f"rep {number} {link['name']} {link['event']}"
                yield rank, Event(called, float(event["time_s"]["value"]), "General")


def _judged(gaps: Sequence[Mapping[str, Any]]) -> set[tuple[str, str]]:
    """The two events of the gap that is judged first, by link and event."""
    primary = next((gap for gap in gaps if gap["primary"]), None)
    if primary is None:
        return set()
    first, _, second = str(primary["event"]).partition(" to ")
    return {(primary["from"], first), (primary["to"], second or first)}
