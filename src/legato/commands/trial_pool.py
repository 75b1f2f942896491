"""The command `trial pool`: what several athletes' trials of one claim say together."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

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
    from legato.trials.pool import pool_trials

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
    for line in _lines(record):
        say(line)
    if html is not None:
        typer.echo(f"page: {html}")


def _lines(record: Mapping[str, Any]) -> Sequence[str]:
    from legato.report.pooled_page import CHOSEN, OWN, pooled_sentence
    from legato.report.trial_words import ANSWERS, change_text

    def text(one: Mapping[str, Any]) -> str:
        return change_text(one, relative=record["relative"], unit=record["unit"])

    verdict = record["verdict"]
    made_up = "SIMULATED, " if record["simulated"] else ""
    lines = [
        f"{made_up}{record['claim']}: {ANSWERS[verdict['answer']]}",
        pooled_sentence(record),
        str(verdict["reason"]),
    ]
    lines.append(
        f"mean {text(record['mean'])}; one more athlete {text(record['next_athlete'])}; spread between athletes (SD)"
        f" {text(record['spread']).lstrip('+')}; p = {verdict['p']:.3g}"
    )
    for one in record["athletes"]:
        alone = "" if one["alone"] is None else f"; alone {text(one['alone'])}, {ANSWERS[one['answer']]}"
        lines.append(f"  {one['athlete']}: {text(one['own'])}, {one['pairs']} pairs{alone}")
    lines += [OWN, *verdict["notes"], CHOSEN]
    if record["left_out"]:
        lines.append(f"left out, with too few pairs: {', '.join(record['left_out'])}")
    return lines
