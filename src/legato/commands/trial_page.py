"""The command `trial page`: a trial as a page to hand on; blind before its end."""

from pathlib import Path
from typing import Annotated

import typer

from legato.commands.output import write_text
from legato.errors import BadInput


def page(
    file: Annotated[
        Path, typer.Argument(metavar="TRIAL", help="A trial's file, of `legato trial new`.", show_default=False)
    ],
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Where the page goes. [NAME.html]")] = None,
) -> None:
    """Write a trial's page: the answer, each pair and its sheet; before the end the sheet, and no number."""
    from legato.trials.moves import page_of_trial

    target = file.with_suffix(".html") if out is None else out
    if target.suffix.lower() not in (".html", ".htm"):
        raise BadInput(f"{target}: the page is a .html; give it that ending")
    write_text(page_of_trial(file), str(target))
    typer.echo(f"page: {target}")
