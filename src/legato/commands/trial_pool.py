"""The command `trial pool`: what several athletes' trials of one claim say together."""

from pathlib import Path
from typing import Annotated

import typer

from legato.commands.options import JsonOut
from legato.commands.output import write_json, write_text
from legato.commands.terminal import say
from legato.errors import BadInput


def pool(
    files: Annotated[
        list[Path], typer.Argument(metavar="TRIAL...", help="One ended trial an athlete.", show_default=False)
    ],
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write a page with the forest.")] = None,
    json_out: JsonOut = None,
) -> None:
    """Put the ended trials of several athletes together: the mean, its spread, and whom the answer hangs on."""
    from legato.trials.pool import pool_trials, pooled_lines

    if html is not None and html.suffix.lower() not in (".html", ".htm"):
        raise BadInput(f"{html}: the page is a .html; give it that ending")
    record = pool_trials(files)
    if json_out is not None:
        write_json(record, json_out)
    if html is not None:
        from legato.report.pooled_page import pooled_html

        write_text(pooled_html(record), str(html))
    if json_out == "-":
        return
    for line in pooled_lines(record):
        say(line)
    if html is not None:
        typer.echo(f"page: {html}")
