"""Commands that work on results: `baseline`, `compare` and `corrections export`."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from legato.commands.options import JsonOut
from legato.commands.output import read_json, write_json, write_text
from legato.commands.terminal import say

corrections_app = typer.Typer(
    help="Corrections made by hand: take them out of a result, to use them again.", no_args_is_help=True
)


def baseline(
    results: Annotated[
        list[Path], typer.Argument(help="One result.json a day, of one athlete and movement.", show_default=False)
    ],
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where the baseline goes.")] = Path("baseline.json"),
    json_out: JsonOut = None,
) -> None:
    """Work out what changes by itself from day to day, and so the smallest change that can be detected."""
    from legato.compare import make_baseline, read_result

    record = make_baseline([read_result(path) for path in results])
    if json_out != "-":
        write_json(record, str(out))
    if json_out is not None:
        write_json(record, json_out)
    if json_out != "-":
        _print_baseline(record)
        typer.echo(f"\nbaseline: {out}")


def compare(
    first: Annotated[Path, typer.Argument(help="A result.json.", show_default=False)],
    second: Annotated[Path, typer.Argument(help="The one to set against it.", show_default=False)],
    same_placement: Annotated[
        bool, typer.Option("--same-placement", help="Markers and sensors stayed on between the two sets.")
    ] = False,
    baseline_file: Annotated[
        Path | None,
        typer.Option("--baseline", metavar="FILE", help="The athlete's baseline.json, for the change that counts."),
    ] = None,
    two_athletes: Annotated[
        bool, typer.Option("--two-athletes", help="They are of two athletes, so that nothing changed: it differs.")
    ] = False,
    json_out: JsonOut = None,
) -> None:
    """Show what differs between two sets, or between two analyses of one recording."""
    from legato.compare import compare_results, read_baseline, read_result

    one, two = read_result(first), read_result(second)
    known = None if baseline_file is None else read_baseline(baseline_file, one.movement.id)
    record = compare_results(one, two, same_placement=same_placement, baseline=known, one_athlete=not two_athletes)
    if json_out is not None:
        write_json(record, json_out)
    if json_out != "-":
        _print_comparison(record, (str(first), str(second)))


@corrections_app.command("export")
def export_corrections(
    result: Annotated[Path, typer.Argument(help="A result.json.", show_default=False)],
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Where they go, else standard output.")] = None,
    json_out: JsonOut = None,
) -> None:
    """Write a result's corrections as TOML for --corrections; without any, a start that names the recording."""
    from legato.corrections import corrections_of_result, to_toml

    found = corrections_of_result(read_json(result), str(result))
    if json_out is not None:
        write_json(found.model_dump(mode="json", by_alias=True, exclude_none=True), json_out)
    if out is not None or json_out is None:
        write_text(to_toml(found), "-" if out is None else str(out))
    if out is not None and str(out) != "-" and json_out != "-":
        typer.echo(f"corrections: {out}")


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table of texts under their heads."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(*header, box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
    for row in rows:
        table.add_row(*row)
    Console(highlight=False, markup=False, emoji=False).print(table)


def _print_baseline(record: Mapping[str, Any]) -> None:
    from legato.report.comparison import row_name
    from legato.report.rounding import figures, in_seconds

    days = record["days"]
    typer.echo(f"{record['movement']['name'] or record['movement']['id']}: {len(days)} days, 90 % intervals")
    for day in days:
        typer.echo(f"  {day['file']}: {day['reps']} whole reps")
    named = [*record["gaps"], *({"name": name, **of} for name, of in record["metrics"].items())]
    columns = ("mean", "sd_within", "sd_between")
    seconds = in_seconds(row["mean"]["value"] for row in named if row["unit"] == "s")
    rows: list[tuple[str, ...]] = []
    for row in named:
        change, values = row["detectable_change"], [row[key]["value"] for key in columns]
        shown = figures(change, values, seconds=seconds)
        rows.append((row_name(row), shown.unit, *map(shown.text, values), shown.interval(change)))
    typer.echo("")
    print_table(("", "unit", "mean", "SD in a day", "SD of days", "detectable change"), rows)
    _print_remarks(record["refused"], record["notes"])


def _print_comparison(record: Mapping[str, Any], paths: tuple[str, str]) -> None:
    from legato.report.comparison import (
        change_cell,
        change_sentence,
        changed_text,
        compared,
        comparison_head,
        comparison_notes,
        row_name,
        set_apart,
        times_in_seconds,
        verdict_notes,
    )

    one, two = record["first"], record["second"]
    names = paths if one["file"] == two["file"] else (one["file"], two["file"])
    typer.echo(record["movement"]["name"] or record["movement"]["id"])
    for which, name, of in (("first", names[0], one), ("second", names[1], two)):
        typer.echo(f"  {which}: {name}, {of['reps']} whole reps, legato {of['legato_version']}")
    for change in record["changed"]:
        typer.echo(f"  {changed_text(change)}")
    if record["kind"] == "same-recording":
        _print_two_analyses(record)
        return
    typer.echo(f"{comparison_head(record)}\n")
    every = compared(record)
    seconds = times_in_seconds(every)
    rows = [(row_name(row), *set_apart(row, seconds=seconds), change_cell(row)) for row in every]
    differs = "change" if record["one_athlete"] else "differs"
    print_table(("", "unit", "first", "second", "difference", differs), rows)
    if record["gaps"]:
        typer.echo("")
    for row in record["gaps"]:
        say(f"{row_name(row)}: {change_sentence(row)}")
    _print_joints(record["coordination"], differs)
    notes = comparison_notes(record, baseline="--baseline says", placement="--same-placement")
    judged = [*(row for row in record["metrics"] if row["judged_as"]), *record["findings"]]
    notes += verdict_notes(judged, one_athlete=record["one_athlete"])
    _print_remarks(record["refused"], notes)


def _print_joints(changes: Sequence[Mapping[str, Any]], differs: str) -> None:
    """How the joints move together: the numbers that changed, and how many would do so by chance; `differs` heads how
    they did.
    """
    from legato.report.comparison import expected, set_apart, times_in_seconds
    from legato.report.coordination import measure_name

    if not changes:
        return
    changed = [row for row in changes if row["shown"] != "no"]
    seconds = times_in_seconds(changed)
    typer.echo("\nHow the joints move together")
    rows = [
        (
            measure_name(row["subject"], row["plane"] or "", row["side"] or "", row["phase"], row["measure"]),
            *set_apart(row, seconds=seconds),
            row["shown"],
        )
        for row in changed
    ]
    if rows:
        print_table(("", "unit", "first", "second", "difference", differs), rows)
    look = "changed" if differs == "change" else "different"
    typer.echo(f"  {len(changed)} of {len(changes)} numbers look {look}; {expected(len(changes))} by chance alone")


def _print_two_analyses(record: Mapping[str, Any]) -> None:
    from legato.report.comparison import moved_by, row_name
    from legato.report.rounding import in_seconds

    typer.echo("One recording, analysed twice\n")
    for word, key in (("gone", "reps_gone"), ("new", "reps_new")):
        for rep in record[key]:
            typer.echo(f"  rep {word}: {rep['start_s']:.2f} to {rep['end_s']:.2f} s")
    for row in record["verdicts_flipped"]:
        typer.echo(f"  verdict of {row_name(row)}: {row['first']} → {row['second'] or 'no longer judged'}")
    moved = record["moved"]
    seconds = in_seconds(row[k] or 0.0 for row in moved if row["unit"] == "s" for k in ("first", "second"))
    rows = [
        (
            row_name(row),
            "set" if row["rep_first"] is None else str(row["rep_first"] + 1),
            *moved_by(row, seconds=seconds),
            "" if row["beyond"] is None else "yes" if row["beyond"] else "no",
        )
        for row in moved
    ]
    if rows:
        print_table(("", "rep", "unit", "first", "second", "by", "beyond ±"), rows)
        typer.echo("\nbeyond ±: moved by more than half the width of its own interval")
    elif not (record["reps_gone"] or record["reps_new"] or record["verdicts_flipped"]):
        typer.echo("  every number is the same")


def _print_remarks(refused: Sequence[Mapping[str, str]], notes: Sequence[str]) -> None:
    from legato.report.comparison import row_name

    if refused or notes:
        typer.echo("")
    for one in refused:
        say(f"refused: {row_name(one)}: {one['reason']}")
    for note in notes:
        say(f"note: {note}")
