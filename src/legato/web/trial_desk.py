"""Trials of one in the app: the same journal files as those of `legato trial`, one change at a time."""

import json
import tomllib
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from legato.errors import BadInput, NotResolvable
from legato.estimate import Estimate
from legato.evidence.trials.journal import Journal
from legato.evidence.trials.sessions import Trial
from legato.evidence.trials.steps import Measured
from legato.store import Catalogue
from legato.store.catalogue import hold
from legato.store.rows import AthleteRow, ResultRow, SessionRow, TrialOfOneRow
from legato.trials import planned
from legato.trials.moves import opened, record_of_trial
from legato.trials.request import asked_in, measured, number_of, register, request_for
from legato.trials.told import clock_now
from legato.web.toml_text import toml_of
from legato.web.words import translate as _

_ONE_AT_A_TIME = Lock()
"""A journal is read and written by one request at a time, so that two clicks make two lines that hang together."""


def journal_of(catalogue: Catalogue, row: TrialOfOneRow) -> Path:
    """The trial's file, which `legato trial` reads too."""
    return catalogue.trials / row.journal


def key_of(catalogue: Catalogue, row: TrialOfOneRow) -> Path | None:
    """The file with what the trial's order follows from; None of a trial whose journal holds it itself."""
    path = _key_file(catalogue, row)
    return path if path.is_file() else None


def _key_file(catalogue: Catalogue, row: TrialOfOneRow) -> Path:
    # It begins as the journal does, so that it is backed up and erased with it.
    return journal_of(catalogue, row).with_suffix(".key")


def handed_out(catalogue: Catalogue, row: TrialOfOneRow) -> dict[str, Path | str]:
    """What an athlete may take away of a trial, files or texts by name: its journal, and once it has ended the key, by
    which `legato trial check --key` proves the order. Before that nothing from which the order follows: of a journal
    that holds it itself the blind record alone.
    """
    path, key = journal_of(catalogue, row), key_of(catalogue, row)
    if not path.is_file():
        return {}
    try:
        trial, journal = opened(path)
    except (BadInput, NotResolvable):
        # Whether it has ended is not known; a journal beside its key holds none.
        return {} if key is None else {path.name: path}
    if trial.closed is None and trial.registered.seed is not None:
        record = json.dumps(record_of_trial(trial, journal), indent=1, ensure_ascii=False)
        return {path.with_suffix(".json").name: record}
    return {path.name: path} if key is None or trial.closed is None else {path.name: path, key.name: key}


def pseudonym(athlete: AthleteRow) -> str:
    """What a trial's file calls an athlete: no name."""
    return f"A-{athlete.id[:8]}"


@contextmanager
def at_the_desk(rows: Session, catalogue: Catalogue, row: TrialOfOneRow) -> Generator[tuple[Trial, Journal]]:
    """A trial that nobody else changes meanwhile; refusals do not name the file. The catalogue can be written from here
    on, so that what is noted of a line is kept with it, and nobody erases the athlete.

    Raises
    ------
    BadInput
        The trial was erased meanwhile.
    """
    hold(rows, rows.get_one(AthleteRow, row.athlete_id))
    if rows.scalar(select(TrialOfOneRow.id).where(TrialOfOneRow.id == row.id)) is None:
        raise BadInput(_("the trial was erased meanwhile"))
    with _ONE_AT_A_TIME, without_path(journal_of(catalogue, row)):
        yield looked_into(catalogue, row)


def looked_into(catalogue: Catalogue, row: TrialOfOneRow) -> tuple[Trial, Journal]:
    """A trial as it stands, to read: its file is only ever replaced whole.

    Raises
    ------
    BadInput
        It cannot be read, or was changed by hand.
    """
    file = journal_of(catalogue, row)
    with without_path(file):
        return opened(file, key=key_of(catalogue, row))


@contextmanager
def without_path(file: Path) -> Generator[None]:
    """Take a file's path out of what is refused."""
    try:
        yield
    except (BadInput, NotResolvable) as error:
        said = str(error).removeprefix(f"{file}: ").replace(str(file), _("the trial's file"))
        said = said.replace(str(file.with_suffix(".key")), _("the trial's key file"))
        raise type(error)(said) from None


def request_text(claim: str, told: Mapping[str, Any], outcome: Mapping[str, Any]) -> str:
    """A request as `legato trial new` takes it: of a claim's own test, with what the form tells in its place."""
    record = tomllib.loads(request_for(claim))
    asked = {name: value for name, value in told.items() if value is not None}
    if "pairs" not in record:
        asked.pop("pairs", None)
    record |= asked
    record["outcome"] |= {name: value for name, value in outcome.items() if value is not None}
    return toml_of(record)


def foreseen(text: str, a_week: float | None, *, power: bool) -> list[str]:
    """What a trial that is asked for takes, and with `power` what it can find.

    Parameters
    ----------
    text
        The request.
    a_week
        Days a week on which the athlete trains; None where it is not known.
    power
        Whether the request holds what would matter.

    Raises
    ------
    BadInput
        The request does not fit.
    """
    with TemporaryDirectory() as folder:
        source = Path(folder) / "request.toml"
        source.write_text(text, encoding="utf-8")
        request, row = asked_in(source)
    return planned.foreseen(request, row, a_week, power=power)


def begin(catalogue: Catalogue, row: TrialOfOneRow, text: str, on: datetime) -> list[str]:
    """Register a trial from its request; with what there is to say of it. What the order follows from is kept in a file
    of its own, so that the journal can be handed out.
    """
    file = journal_of(catalogue, row)
    with TemporaryDirectory() as folder, _ONE_AT_A_TIME, without_path(file):
        source = Path(folder) / "request.toml"
        source.write_text(text, encoding="utf-8")
        _journal, said = register(source, file, _key_file(catalogue, row), on, clock_now())
    return [line.replace(file.name, row.name) for line in said if not line.startswith("key:")]


def take_back(catalogue: Catalogue, row: TrialOfOneRow) -> None:
    """Undo `begin` of a trial whose row was not kept."""
    with _ONE_AT_A_TIME:
        # The journal goes last: where only that is left, it is found again.
        _key_file(catalogue, row).unlink(missing_ok=True)
        journal_of(catalogue, row).unlink(missing_ok=True)


def measured_of(
    catalogue: Catalogue, trial: Trial, result: ResultRow, on: datetime, told: Mapping[str, Any], **more: Any
) -> tuple[Measured, Path]:
    """A session as its kept result tells it, named by the session's id."""
    with _result_file(catalogue, result) as source:
        return measured(trial, source, on, told, **more), source


def analysed_again(catalogue: Catalogue, trial: Trial, session: SessionRow, number: Estimate | None) -> str:
    """What is written down where a session was analysed until its number was another; empty where it was not.

    An earlier result that cannot be read tells nothing.
    """
    others = 0
    for result in session.results[:-1]:
        if result.files.get("result.json") is None:
            continue
        try:
            with _result_file(catalogue, result) as source:
                before = number_of(trial, source)
        except (BadInput, FileNotFoundError):
            continue
        told = None if before is None else (before.value, before.low, before.high)
        others += told != (None if number is None else (number.value, number.low, number.high))
    many = f"{others} earlier analys{'is' if others == 1 else 'es'}"
    return f"session {session.id}: {many} of it gave another number than the newest, which counts" if others else ""


@contextmanager
def _result_file(catalogue: Catalogue, result: ResultRow) -> Generator[Path]:
    """A kept result as a file for a while."""
    with TemporaryDirectory() as folder:
        source = Path(folder) / f"{result.session_id}.json"
        source.write_bytes(catalogue.files.read(result.files["result.json"]))
        yield source
