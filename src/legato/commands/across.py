"""The command `across`: several activities side by side, and what carries over from one to another."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from legato.commands.options import JsonOut
from legato.commands.output import progress, write_json, write_text
from legato.commands.terminal import say
from legato.errors import BadInput


def across(
    results: Annotated[
        list[Path] | None,
        typer.Argument(help="A result.json of each activity, of one athlete and day.", show_default=False),
    ] = None,
    listed: Annotated[
        Path | None,
        typer.Option("--list", metavar="FILE", help="CSV of results of several athletes or days: result,athlete,day."),
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Where the page and the tables go.")] = None,
    json_out: JsonOut = None,
) -> None:
    """Set activities side by side, and tell what carries over from one to another."""
    from legato.compare.across import Trial, across_activities
    from legato.compare.results import read_result
    from legato.compare.trials import read_trials

    if bool(results) == (listed is not None):
        raise BadInput("give results, or --list with a file that names them, and not both")
    if out is not None and out.exists() and not out.is_dir():
        raise BadInput(f"{out}: is a file; give --out a folder")
    with progress() as tell:
        tell("reading the results")
        if listed is not None:
            trials = read_trials(listed)
        else:
            given = results or []
            same = next((path for k, path in enumerate(given) if _file(path) in map(_file, given[:k])), None)
            if same is not None:
                raise BadInput(f"{same}: was given twice; give each result once")
            trials = [Trial(read_result(path)) for path in given]
        tell("comparing the activities")
        record = across_activities(trials)
    if out is not None:
        _save(record, out)
    if json_out is not None:
        write_json(record, json_out)
    if json_out == "-":
        return
    _print(record)
    if out is not None:
        typer.echo(f"\npage: {out / 'across.html'}")


def _file(path: Path) -> Path:
    return (path / "result.json" if path.is_dir() else path).resolve()


def _save(record: Mapping[str, Any], out: Path) -> None:
    from legato.report.across_page import across_html
    from legato.report.across_tables import carried_csv, table_csv

    out.mkdir(parents=True, exist_ok=True)
    write_json(record, str(out / "across.json"))
    write_text(across_html(record), str(out / "across.html"))
    write_text(table_csv(record), str(out / "activities.csv"))
    write_text(carried_csv(record), str(out / "carried.csv"))


def _print(record: Mapping[str, Any]) -> None:
    from legato.report.across_words import by_chance, carried_line, headline

    typer.echo(headline(record))
    if len(record["tables"]) == 1:
        _print_table(record)
    told = [one for one in record["carried"] if one["verdict"] != "not-resolvable"]
    if record["carried"]:
        typer.echo("\nWhat carries over")
    for one in told:
        say(f"  {carried_line(record, one)}", hang=4)
    if record["carried"]:
        left = len(record["carried"]) - len(told)
        if left:
            typer.echo(f"  {left} of {len(record['carried'])} not resolvable")
        for reason in dict.fromkeys(one["reason"] for one in record["carried"] if one not in told and one["reason"]):
            say(f"    {reason}", hang=2)
        if chance := by_chance(record):
            say(f"  {chance}")
    if record["notes"]:
        typer.echo("")
    for note in record["notes"]:
        say(f"note: {note}")


def _print_table(record: Mapping[str, Any]) -> None:
    from legato.commands.results import print_table
    from legato.report.across_words import common_rows, difference_line, metric_of, row_cells

    shown, alone = common_rows(record, record["tables"][0])
    if shown:
        rows: list[Sequence[str]] = []
        for row in shown:
            unit, cells = row_cells(metric_of(record, row), row)
            rows.append((metric_of(record, row)["name"], unit, *cells))
        typer.echo("")
        print_table(("", "unit", *(one["name"] for one in record["activities"])), rows)
        typer.echo("\n90 % intervals; — where there is none, with the reason on the page (--out) and in --json")
    lines = [line for row in shown for line in difference_line(record, row)]
    if lines:
        typer.echo("\nDifferences beyond their interval")
    for line in lines:
        say(f"  {line}", hang=4)
    if alone:
        names = "; ".join(metric_of(record, row)["name"] for row in alone)
        say(f"\nmeasured in one activity only: {names}")
