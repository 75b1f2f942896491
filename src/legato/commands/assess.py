"""The commands `assess`: list assessments, write a blank sheet, read filled-in ones beside earlier results."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from legato.commands.options import JsonOut
from legato.commands.output import read_json, write_json, write_text
from legato.commands.terminal import say, say_pair
from legato.errors import BadInput

if TYPE_CHECKING:
    from legato.faults.assessments import ResultFile

assess_app = typer.Typer(
    help="Checklists, screens and batteries: what people rate and read off, beside what was measured.",
    invoke_without_command=True,
)


@assess_app.callback()
def assess(context: typer.Context, json_out: JsonOut = None) -> None:
    """Checklists, screens and batteries: what people rate and read off, beside what was measured."""
    if context.invoked_subcommand is not None:
        return
    from legato.faults.assessments import assessment_ids, load_assessment

    specs = [load_assessment(name) for name in assessment_ids()]
    if json_out is not None:
        write_json([spec.model_dump(mode="json") for spec in specs], json_out)
    if json_out == "-":
        return
    column = max(len(spec.id) for spec in specs) + 2
    for kind, title in _KINDS.items():
        typer.echo(title)
        for spec in specs:
            if spec.kind == kind:
                say_pair(f"  {spec.id}", spec.summary, column + 2)
        typer.echo("")
    say("A sheet to fill in: `legato assess sheet dowel-hinge --out sheet.toml`")
    say("Read it: `legato assess read sheet.toml`")


_KINDS = {
    "drill": "Drills with a checklist",
    "screen": "Screens",
    "battery": "Batteries of numbers",
    "profile": "Tasks of work and daily life",
}


Own = Annotated[
    list[Path] | None,
    typer.Option("--own", metavar="FILE", help="A TOML file with an assessment of your own; repeatable."),
]


@assess_app.command()
def sheet(
    assessment: Annotated[str, typer.Argument(help="Which, see `legato assess`.", show_default=False)],
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where the sheet goes: .toml to fill in, .html to print.")],
    own: Own = None,
    json_out: JsonOut = None,
) -> None:
    """Write a blank sheet, for one person who rates and one athlete."""
    from legato.faults.assessments import blank_sheet, load_assessment, read_assessment

    spec = load_assessment(assessment, [read_assessment(path) for path in own or ()])
    if out.exists():
        raise BadInput(f"{out}: is there already, and may be filled in; choose another name")
    ending = out.suffix.lower()
    if ending in (".html", ".htm"):
        from legato.report.checklist_sheet import checklist_html

        text = checklist_html(spec)
    elif ending == ".toml":
        text = blank_sheet(spec)
    else:
        raise BadInput(f"{out}: a sheet is a .toml to fill in or a .html to print; give it one of these endings")
    write_text(text, str(out))
    if json_out is not None:
        write_json(spec.model_dump(mode="json"), json_out)
    if json_out != "-":
        typer.echo(f"{'sheet' if ending == '.toml' else 'to print'}: {out}")


@assess_app.command()
def read(
    sheets: Annotated[
        list[Path] | None, typer.Argument(help="Filled-in sheets of any raters and athletes.", show_default=False)
    ] = None,
    results: Annotated[
        list[Path] | None,
        typer.Option("--result", metavar="FILE", help="An earlier result.json of the athlete; repeatable."),
    ] = None,
    of: Annotated[
        list[str] | None,
        typer.Option("--of", metavar="ID", help="Tell this assessment from the results alone; repeatable."),
    ] = None,
    own: Own = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Where the page, a .html, goes.")] = None,
    json_out: JsonOut = None,
) -> None:
    """Show what was rated and read off, beside what was measured, and how far raters agree."""
    from legato.faults.assessments import gather, load_assessment, read_assessment, read_sheet
    from legato.report.assessment_record import assessment_record
    from legato.report.assessment_words import assessment_lines

    if out is not None and out.suffix.lower() not in (".html", ".htm"):
        raise BadInput(f"{out}: the page is a .html; give it that ending, or --json for the record")
    if not sheets and not of:
        raise BadInput(
            "no sheet was given; write one with `legato assess sheet ID --out sheet.toml`, or name one with --of"
        )
    mine = [read_assessment(path) for path in own or ()]
    also = [load_assessment(name, mine) for name in of or ()]
    filled = [read_sheet(path, mine) for path in sheets or ()]
    measured = _results(results or ())
    outcomes = gather(filled, measured, also)
    if json_out is not None:
        write_json(assessment_record(outcomes, measured), json_out)
    if out is not None:
        from legato.report.assessment_page import assessment_html

        write_text(assessment_html(outcomes, measured), str(out))
    if json_out == "-":
        return
    for line in assessment_lines(outcomes, measured):
        say(line, hang=2 if line.startswith(" ") else 0)
    if out is not None:
        typer.echo(f"\npage: {out}")


def _results(paths: "Sequence[Path]") -> "list[ResultFile]":
    from legato.faults.assessments import result_file

    found: list[ResultFile] = []
    for path in paths:
        file = path / "result.json" if path.is_dir() else path
        found.append(result_file(read_json(file), str(file)))
    return found
