"""Trials of one in the app: the same journal files as those of `legato trial`, one change at a time."""

import tomllib
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any

from legato.errors import BadInput, NotResolvable
from legato.evidence.trials.journal import Journal
from legato.evidence.trials.sessions import Trial
from legato.evidence.trials.steps import Measured
from legato.store import Catalogue
from legato.store.rows import AthleteRow, ResultRow, TrialOfOneRow
from legato.trials.moves import opened
from legato.trials.request import measured, register, request_for
from legato.trials.told import clock_now
from legato.web.toml_text import toml_of
from legato.web.words import translate as _

_ONE_AT_A_TIME = Lock()
"""A journal is read and written by one request at a time, so that two clicks make two lines that hang together."""


def journal_of(catalogue: Catalogue, row: TrialOfOneRow) -> Path:
    """The trial's file, which `legato trial` reads too."""
    return catalogue.trials / row.journal


def pseudonym(athlete: AthleteRow) -> str:
    """What a trial's file calls an athlete: no name."""
    return f"A-{athlete.id[:8]}"


@contextmanager
def at_the_desk(file: Path) -> Generator[tuple[Trial, Journal]]:
    """A trial that nobody else changes meanwhile; refusals do not name the file."""
    with _ONE_AT_A_TIME, without_path(file):
        yield opened(file)


@contextmanager
def without_path(file: Path) -> Generator[None]:
    """Take a file's path out of what is refused."""
    try:
        yield
    except (BadInput, NotResolvable) as error:
        said = str(error).removeprefix(f"{file}: ").replace(str(file), _("the trial's file"))
        raise type(error)(said) from None


def request_text(claim: str, told: Mapping[str, Any], outcome: Mapping[str, Any]) -> str:
    """A request as `legato trial new` takes it: of a claim's own test, with what the form tells in its place."""
    record = tomllib.loads(request_for(claim or None))
    asked = {name: value for name, value in told.items() if value is not None}
    if "pairs" not in record:
        asked.pop("pairs", None)
    record |= asked
    record["outcome"] |= {name: value for name, value in outcome.items() if value is not None}
    if not claim:
        record.pop("claim", None)
    return toml_of(record)


def begin(catalogue: Catalogue, row: TrialOfOneRow, text: str, on: datetime) -> list[str]:
    """Register a trial from its request; with what there is to say of it."""
    file = journal_of(catalogue, row)
    with TemporaryDirectory() as folder, _ONE_AT_A_TIME, without_path(file):
        source = Path(folder) / "request.toml"
        source.write_text(text, encoding="utf-8")
        _journal, said = register(source, file, None, on, clock_now())
    return [line.replace(file.name, row.name) for line in said]


def measured_of(
    catalogue: Catalogue, trial: Trial, result: ResultRow, on: datetime, told: Mapping[str, Any], **more: Any
) -> tuple[Measured, Path]:
    """A session as its kept result tells it; nobody sees its number."""
    with TemporaryDirectory() as folder:
        source = Path(folder) / f"{result.session_id}.json"
        source.write_bytes(catalogue.files.read(result.files["result.json"]))
        return measured(trial, source, on, told, **more), source
