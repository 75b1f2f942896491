"""`legato claims`: what the field claims, what is known of it, and what may be said."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from legato.commands.options import JsonOut
from legato.commands.output import write_json
from legato.commands.terminal import say, say_pair

if TYPE_CHECKING:
    from collections.abc import Mapping

    from legato.evidence.claims import Claim


def claims(
    claim: Annotated[str | None, typer.Argument(help="Show this one in full, as C01.", show_default=False)] = None,
    ledger: Annotated[
        list[Path] | None,
        typer.Option("--ledger", metavar="FILE", help="TOML with claims of your own, beside the ledger's; repeatable."),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Check that no grading was changed after it was sealed.")
    ] = False,
    json_out: JsonOut = None,
) -> None:
    """List what the field claims, with grade and what may be said; or show one claim in full."""
    from legato.evidence.claims import claims as all_claims
    from legato.evidence.claims import load_claim
    from legato.report.claim_uses import claim_record
    from legato.report.words import plural

    own = ledger or ()
    known = all_claims(own)
    shown = known if claim is None else {one.id: one for one in (load_claim(claim, own),)}
    if json_out is not None:
        write_json([claim_record(one) for one in shown.values()], json_out)
    if json_out == "-":
        return
    if check:
        gradings = sum(len(one.gradings) for one in shown.values())
        typer.echo(f"{plural(len(shown), 'claim')}, {plural(gradings, 'grading')}: every seal holds")
    elif claim is not None:
        _whole(next(iter(shown.values())))
    else:
        _list(shown)


def _list(known: "Mapping[str, Claim]") -> None:
    from legato.report.claim_words import grade_meanings

    column = 12
    for name, one in known.items():
        say_pair(f"{name}  {one.grade}", f"“{one.verbatim}”", column)
        say_pair("", f"→ {one.display_text}", column)
    typer.echo("")
    say(f"In quotes the claim, under examination; after → what may be said. {'; '.join(grade_meanings())}.", hang=0)


def _whole(one: "Claim") -> None:
    from legato.report.claim_uses import uses
    from legato.report.claim_words import claim_lines

    for line in claim_lines(one, uses().get(one.id, ())):
        say(line)
