"""Brings a database's tables to the newest form, by Alembic."""

from importlib.resources import as_file, files
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from legato.errors import BadInput


def forms() -> tuple[str, ...]:
    """The forms of the tables that this version of Legato can bring up to date."""
    with as_file(files("legato.store").joinpath("migrations")) as folder:
        script = ScriptDirectory.from_config(_config(folder))
        return tuple(known.revision for known in script.walk_revisions())


def newest() -> str:
    """The form of the tables that this version of Legato knows."""
    with as_file(files("legato.store").joinpath("migrations")) as folder:
        return ScriptDirectory.from_config(_config(folder)).get_current_head() or ""


def upgrade(engine: Engine, to: str = "head") -> None:
    """Run what is missing; a database that is up to date is only looked at. Two at once wait for each other.

    Raises
    ------
    BadInput
        A newer Legato has changed the database.
    """
    with as_file(files("legato.store").joinpath("migrations")) as folder:
        script = ScriptDirectory.from_config(_config(folder))
        with engine.connect() as connection:
            if _looked_at(connection, script) == script.get_current_head():
                return
        with engine.begin() as connection:
            _wait_for_others(connection)
            if _looked_at(connection, script) == script.get_current_head():
                return
            config = _config(folder)
            config.attributes["connection"] = connection
            command.upgrade(config, to)


def _config(folder: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    return config


def _looked_at(connection: Connection, script: ScriptDirectory) -> str | None:
    there = MigrationContext.configure(connection).get_current_revision()
    if there is not None and there not in {known.revision for known in script.walk_revisions()}:
        raise BadInput(
            f"the catalogue was changed by a newer Legato (its tables are of form {there}, this version knows up to"
            f" {script.get_current_head()}); install that version"
        )
    return there


def _wait_for_others(connection: Connection) -> None:
    """Nobody else changes the tables until the transaction ends; on SQLite it also takes tables with it if undone."""
    on_postgres = connection.dialect.name == "postgresql"
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})" if on_postgres else "BEGIN IMMEDIATE")


_LOCK = 0x1E6A70
"""Any number that others who use the server are not likely to lock."""
