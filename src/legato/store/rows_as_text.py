"""All rows of a database as lines of JSON, the same for SQLite and PostgreSQL, and back."""

import hashlib
import json
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import JSON, Connection, Date, DateTime, Engine, MetaData, Table, insert, select
from sqlalchemy.exc import DBAPIError

from legato.errors import BadInput
from legato.store.catalogue import why
from legato.store.results import canonical

VERSIONS = "alembic_version"
"""The table that says which form the others have; it is made, not copied."""

_AT_ONCE = 500
"""Rows that are read or written at a time."""


@contextmanager
def snapshot(engine: Engine) -> Generator[Connection]:
    """A connection that sees all tables as they are at one moment, whatever others write."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        ) as connection:
            yield connection
    else:
        with engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            yield connection


def tables(connection: Connection) -> list[Table]:
    """The tables that are there, parents before their children."""
    found = MetaData()
    found.reflect(connection)
    for table in found.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, JSON):
                column.type = JSON(none_as_null=True)
    return [table for table in found.sorted_tables if table.name != VERSIONS]


def lines(connection: Connection, table: Table) -> Iterator[str]:
    """The rows of a table as JSON, one a line, in the order of their keys."""
    keys = table.primary_key.columns
    order = [key.collate("C") if connection.dialect.name == "postgresql" else key for key in keys]
    names = [column.name for column in table.columns]
    for row in connection.execute(select(table).order_by(*order), execution_options={"yield_per": _AT_ONCE}):
        yield canonical(dict(zip(names, map(_as_text, row), strict=True))) + "\n"


def checksum(rows: Iterable[str]) -> tuple[int, str]:
    """How many lines there are, and their SHA-256."""
    count, digest = 0, hashlib.sha256()
    for row in rows:
        count += 1
        digest.update(row.encode())
    return count, digest.hexdigest()


def fill(connection: Connection, table: Table, rows: Iterable[str]) -> None:
    """Put lines into a table.

    Raises
    ------
    BadInput
        A line is no row of this table, or the database refuses it.
    """
    waiting = iter(rows)
    while some := [_row(connection, table, line) for line in islice(waiting, _AT_ONCE)]:
        try:
            connection.execute(insert(table), some)
        except DBAPIError as error:
            raise BadInput(f"table {table.name}: the database refuses a row ({why(error)})") from None


def count_rows(connection: Connection) -> int:
    """Rows in all tables together; none where there are no tables."""
    return sum(len(connection.execute(select(*table.primary_key.columns)).all()) for table in tables(connection))


def _as_text(value: Any) -> Any:
    if isinstance(value, datetime):
        return (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def _row(connection: Connection, table: Table, line: str) -> dict[str, Any]:
    """The values of a line, as the database takes them."""
    try:
        given = json.loads(line)
        if not isinstance(given, dict) or set(given) != set(table.columns.keys()):
            raise ValueError
        row: dict[str, Any] = dict(given)
        for column in table.columns:
            if isinstance(column.type, JSON) or (value := row[column.name]) is None:
                continue
            if isinstance(column.type, DateTime):
                moment = datetime.fromisoformat(value).astimezone(UTC)
                row[column.name] = moment if connection.dialect.name == "postgresql" else moment.replace(tzinfo=None)
            elif isinstance(column.type, Date):
                row[column.name] = date.fromisoformat(value)
    except (ValueError, TypeError, RecursionError):
        raise BadInput(f"table {table.name}: a line is no row of it; the archive is damaged") from None
    return row
