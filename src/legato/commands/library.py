"""`legato library`: is the catalogue sound, back it up, restore it, move it to another database."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from legato.commands.options import JsonOut
from legato.commands.output import progress, write_json
from legato.commands.serve import Data, Database
from legato.commands.terminal import cut_list, say, width
from legato.errors import BadInput

if TYPE_CHECKING:
    from legato.store import Catalogue

library_app = typer.Typer(
    help="Look after the app's catalogue: check it, back it up, restore it, move it.", no_args_is_help=True
)


@library_app.command("check")
def check(
    data: Data = None,
    database: Database = None,
    repair: Annotated[
        bool, typer.Option("--repair", help="Take away files that belong to nothing; end the app first.")
    ] = False,
    json_out: JsonOut = None,
) -> None:
    """Say what is missing or damaged.

    Every row and every byte is read; exit 2 where something is wrong.
    """
    with _opened(data, database) as catalogue, progress() as tell:
        from legato.store.check import check as run

        tell("reading every file")
        found = run(catalogue, repair)
    record = {
        "files": found.files,
        "size_bytes": found.size_bytes,
        "results": found.results,
        "faults": list(found.faults),
        "loose": list(found.loose),
        "repaired": list(found.repaired),
    }
    _write(record, json_out)
    if json_out != "-":
        typer.echo(f"{_files(found.files, found.size_bytes)}, {found.results} results")
        for fault in found.faults:
            say(f"fault: {fault}")
        if found.loose:
            say(f"{len(found.loose)} loose, belonging to nothing: {cut_list(found.loose, width())}; --repair takes")
        if found.repaired:
            say(f"{len(found.repaired)} taken away: {cut_list(found.repaired, width())}")
        if not found.faults:
            typer.echo("all is sound")
    if found.faults:
        raise typer.Exit(2)


@library_app.command("backup")
def backup(
    file: Annotated[Path, typer.Argument(help="The archive to write, a zip.", show_default=False)],
    data: Data = None,
    database: Database = None,
    json_out: JsonOut = None,
) -> None:
    """Write everything into one archive.

    It holds all as it is at one moment; the app may run meanwhile.
    """
    with _opened(data, database) as catalogue, progress() as tell:
        from legato.store.archive import export_all

        if file.absolute().resolve().is_relative_to(catalogue.folder.resolve()):
            raise BadInput(f"{file}: lies in the catalogue's own folder; give a place elsewhere, best another disk")
        tell("copying every file")
        done = export_all(catalogue, file)
    size = file.stat().st_size
    _write({"file": str(file), "rows": dict(done.rows), "files": done.files, "size_bytes": done.size_bytes}, json_out)
    if json_out != "-":
        rows = sum(done.rows.values())
        typer.echo(f"{file}: {rows} rows, {_files(done.files, done.size_bytes)}, packed into {size / 1e6:.1f} MB")


@library_app.command("restore")
def restore(
    file: Annotated[Path, typer.Argument(help="An archive of `legato library backup`.", show_default=False)],
    data: Data = None,
    database: Database = None,
    json_out: JsonOut = None,
) -> None:
    """Make a catalogue of an archive, in an empty folder.

    Every byte is compared with its checksum; all is restored, or nothing.
    """
    with _needed(), progress() as tell:
        from legato.store.restore import restore as run
        from legato.web.serve import data_folder

        folder = data_folder(data)
        tell("unpacking and comparing")
        rows = run(file, folder, database)
    _write({"folder": str(folder), "rows": rows}, json_out)
    if json_out != "-":
        typer.echo(f"{folder}: {sum(rows.values())} rows restored; open it with legato serve --data {folder}")


@library_app.command("move")
def move(
    data: Data = None,
    source: Annotated[
        str | None,
        typer.Option("--from", metavar="URL", help="The database that holds the rows, as --to. [the folder's own]"),
    ] = None,
    target: Annotated[
        str | None,
        typer.Option(
            "--to",
            metavar="URL",
            help="An empty database; everybody on this machine can see a password that stands here, so the name of a"
            " variable that holds the URL will do, LEGATO_DATABASE or another. [the folder's own]",
        ),
    ] = None,
    json_out: JsonOut = None,
) -> None:
    """Move all rows to another database.

    They are compared there; the files stay where they are. End the app first.
    """
    with _needed(), progress() as tell:
        from legato.store.move import move as run
        from legato.web.serve import data_folder

        folder = data_folder(data)
        tell("moving and comparing")
        moved = run(folder, _url("--from", source), _url("--to", target))
    record = {
        "tables": {name: {"rows": count, "sha256": sha256} for name, (count, sha256) in moved.tables.items()},
        "files": moved.checked.files,
        "faults": list(moved.checked.faults),
        "old": None if moved.old is None else str(moved.old),
    }
    _write(record, json_out)
    if json_out != "-":
        rows = sum(count for count, _ in moved.tables.values())
        typer.echo(f"{rows} rows in {len(moved.tables)} tables moved, all alike")
        typer.echo(f"{_files(moved.checked.files, moved.checked.size_bytes)} where they were, all compared")
        for fault in moved.checked.faults:
            say(f"fault: {fault}")
        old = "the old database" if moved.old is None else str(moved.old)
        say(f"{old} is still there; delete it when you have seen that all is well")
    if moved.checked.faults:
        raise typer.Exit(2)


def _url(option: str, given: str | None) -> str | None:
    """A database's URL as it was given, or as a variable of the environment holds it."""
    if given is None or "://" in given:
        return given
    if url := os.environ.get(given):
        return url
    # What is no name may hold a password.
    said = f"{option} {given}: no variable of this name is set" if given.isidentifier() else f"{option}: is no URL"
    raise BadInput(f"{said}; give postgresql+pg8000://user@host/name, or the name of a variable that holds it")


@contextmanager
def _needed() -> Generator[None]:
    """Say in one line where a package of the app is missing."""
    try:
        yield
    except ImportError as error:
        raise BadInput(f"legato library needs {error.name}: pip install 'legato[app]'") from None


@contextmanager
def _opened(data: Path | None, database: str | None) -> "Generator[Catalogue]":
    """A catalogue that is there already: a folder mistyped shall not make a new one."""
    with _needed():
        from legato.store import open_catalogue
        from legato.web.serve import data_folder

        folder = data_folder(data)
        if not (folder / "files").is_dir():
            raise BadInput(f"{folder}: holds no catalogue; give its folder with --data")
        catalogue = open_catalogue(folder, database)
        try:
            yield catalogue
        finally:
            catalogue.close()


def _write(record: dict[str, Any], json_out: str | None) -> None:
    if json_out is not None:
        write_json(record, json_out)


def _files(count: int, size_bytes: int) -> str:
    return f"{count} file{'' if count == 1 else 's'} of {size_bytes / 1e6:.1f} MB"
