"""`legato serve`: the app, on this machine only."""

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from legato.errors import BadInput

Data = Annotated[
    Path | None,
    typer.Option("--data", metavar="DIR", help="Where all is kept. [LEGATO_DATA, else legato-data in the home folder]"),
]
Database = Annotated[
    str | None,
    typer.Option(
        "--database",
        metavar="URL",
        envvar="LEGATO_DATABASE",
        show_envvar=False,
        help="A PostgreSQL database instead of a file, postgresql+pg8000://…; everybody on this machine can see a"
        " password that stands here. [LEGATO_DATABASE, else a file in the folder]",
    ),
]

_NEEDS = ("fastapi", "jinja2", "sqlalchemy", "alembic", "uvicorn", "python_multipart", "polars")
"""What `legato[app]` brings."""


def serve(
    data: Data = None,
    database: Database = None,
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="Where to listen; loopback only.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 8750,
) -> None:
    """Open the app for this machine: drop files, look at sessions, correct, plan."""
    lacking = next((name for name in _NEEDS if find_spec(name) is None), None)
    if lacking is not None:
        raise BadInput(f"legato serve needs {lacking}: pip install 'legato[app]'")
    from legato.web.render import built
    from legato.web.serve import data_folder, loopback, open_socket, served_at
    from legato.web.serve import serve as run

    if not built():
        raise BadInput("the pages' script is not built; run `make client` in the checkout, or install a wheel")
    address, folder = loopback(host), data_folder(data)
    with open_socket(address, port) as listening:
        typer.echo(f"Legato is at {served_at(address, listening.getsockname()[1])} (data in {folder}); Ctrl+C ends it")
        run(folder, database, listening)
