"""`legato layout`: the draft of a layout for a table that Legato does not know."""

from pathlib import Path
from typing import Annotated

import typer

from legato.commands.options import JsonOut
from legato.commands.output import write_json


def layout(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="A CSV that Legato does not know.", show_default=False)],
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where the layout goes, else standard output.")
    ] = None,
    json_out: JsonOut = None,
) -> None:
    """Draft a layout for a table, to fill in and use with --layout."""
    from legato.formats.layout_draft import draft_layout, write_draft

    text = draft_layout(path)
    if out is not None:
        write_draft(out, text)
    if json_out is not None:
        write_json({"file": path.name, "layout": text}, json_out)
    if json_out != "-":
        typer.echo(text.rstrip() if out is None else str(out))
