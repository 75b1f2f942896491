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
    from legato.evidence.trials.journal import read_journal
    from legato.evidence.trials.judged import judged_trial
    from legato.evidence.trials.record import trial_record
    from legato.report.trial_page import trial_html

    target = file.with_suffix(".html") if out is None else out
    if target.suffix.lower() not in (".html", ".htm"):
        raise BadInput(f"{target}: the page is a .html; give it that ending")
    journal = read_journal(file)
    record = trial_record(judged_trial(journal), journal).model_dump(mode="json", by_alias=True)
    write_text(trial_html(record, *_claim(record["request"]["claim"])), str(target))
    typer.echo(f"page: {target}")


def _claim(name: str) -> tuple[str, str]:
    """What may be said of a claim, and its own words where it is not about health; empty of one that is not there."""
    from legato.evidence.claims.ledger import claims

    found = claims().get(name)
    if found is None:
        return "", ""
    return found.display_text, "" if found.health else found.verbatim
