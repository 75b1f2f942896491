"""Brings a database's tables to the newest form, by Alembic."""

from importlib.resources import as_file, files

from sqlalchemy import Connection, Engine, inspect, text

from legato.errors import BadInput

_FOLDER = files("legato.store").joinpath("migrations")


def forms() -> tuple[str, ...]:
    """The forms of the tables that this version of Legato can bring up to date, the newest first."""
    names = [one.name for one in _FOLDER.joinpath("versions").iterdir() if one.name[:4].isdigit()]
    return tuple(sorted((name.partition("_")[0] for name in names), reverse=True))


def newest() -> str:
    """The form of the tables that this version of Legato knows."""
    return forms()[0]


def upgrade(engine: Engine, to: str = "head") -> None:
    """Run what is missing; a database that is up to date is only looked at. Two at once wait for each other.

    Raises
    ------
    BadInput
        A newer Legato has changed the database.
    """
    with engine.connect() as connection:
        if _looked_at(connection) == newest():
            return
    # Imported where it is needed: it takes as long as all else that opening does.
    from alembic import command
    from alembic.config import Config

    with as_file(_FOLDER) as folder, engine.begin() as connection:
        _wait_for_others(connection)
        if _looked_at(connection) == newest():
            return
        config = Config()
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, to)


def _looked_at(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    there = connection.scalar(text("SELECT version_num FROM alembic_version"))
    if there is not None and there not in forms():
        raise BadInput(
            f"the catalogue was changed by a newer Legato (its tables are of form {there}, this version knows up to"
            f" {newest()}); install that version"
        )
    return there


def _wait_for_others(connection: Connection) -> None:
    """Nobody else changes the tables until the transaction ends; on SQLite it also takes tables with it if undone."""
    on_postgres = connection.dialect.name == "postgresql"
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})" if on_postgres else "BEGIN IMMEDIATE")


_LOCK = 0x1E6A70
"""Any number that others who use the server are not likely to lock."""
