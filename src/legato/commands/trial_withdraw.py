"""The command `trial withdraw`: a session that was added by mistake."""

from pathlib import Path
from typing import Annotated

import typer

from legato.commands.terminal import say


def withdraw(
    file: Annotated[
        Path, typer.Argument(metavar="TRIAL", help="A trial's file, of `legato trial new`.", show_default=False)
    ],
    why: Annotated[str, typer.Argument(metavar="WHY", help="What was wrong with it.", show_default=False)],
    receipt: Annotated[
        str | None, typer.Option(metavar="HASH", help="What an earlier command printed: a changed file is noticed.")
    ] = None,
) -> None:
    """Refuse the pair of the session that was added last, before the next arm is told: it was added by mistake."""
    from legato.evidence.trials.designs import block_word
    from legato.trials.moves import opened, withdraw_last
    from legato.trials.words import status_lines

    trial, journal = withdraw_last(*opened(file, receipt), why)
    word = block_word(trial.request)
    say(f"withdrawn: the {word} of the last session is refused and comes again, in the same order")
    say(f"the verdict counts it as a {word} that was refused on somebody's word, and must stand beside the worst of it")
    for line in status_lines(trial, file):
        say(line)
    say(f"receipt: {journal.receipt}")
