"""What leaves a session for other programs: its tables as CSV and Parquet, its recording as C3D with what was found."""

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from legato.recording import Event, Recording
from legato.report.words import rep_number
from legato.store import Catalogue
from legato.store.rows import ResultRow, SessionRow
from legato.web.options import options_of
from legato.web.trial_files import Given, lay_out, read_trial

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


def recording_of(catalogue: Catalogue, session: SessionRow) -> Recording:
    """The session's recording as its analysis reads it, without corrections.

    Raises
    ------
    BadInput
        A file is gone, or cannot be read.
    """
    given = [Given(file.name, file.sha256, file.role) for file in session.files]
    with TemporaryDirectory(prefix="legato-") as folder:
        laid = lay_out(catalogue, given, Path(folder).resolve() / "files")
        return read_trial(laid, options_of(session.options))


def write_with_events(recording: Recording, result: Mapping[str, Any], target: Path) -> None:
    """Write the recording as C3D with its own events and those that were found, at most 255 of them.

    Raises
    ------
    BadInput
        It does not fit in a C3D.
    """
    from legato.formats.c3d import write_c3d

    events = [*recording.events, *found_events(result)][:MOST_EVENTS]
    write_c3d(target, replace(recording, events=tuple(events)))


def found_events(result: Mapping[str, Any]) -> Iterator[Event]:
    """Start, marks and end of each repetition, then the events of the links."""
    for rep in result["reps"]:
        number, side = rep_number(int(rep["index"])), str(rep.get("side") or "").capitalize()
        inside = {"start": rep["start_s"], **rep["marks"], "end": rep["end_s"]}
        yield from (Event(f"rep {number} {name}", float(at), side) for name, at in inside.items() if at is not None)
    for link in (result["chain"] or {}).get("links", ()):
        for event in link["per_rep"]:
            if event["time_s"] is not None:
                number = rep_number(int(event["rep"]))
                yield Event(f"rep {number} {link['name']} {link['event']}", float(event["time_s"]["value"]), "General")
