"""`legato audit`: what an imported training log holds and lacks."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from legato.commands.options import JsonOut
from legato.commands.output import progress, write_json, write_text
from legato.commands.terminal import rows_in_line, say
from legato.errors import BadInput
from legato.messages import nearest

if TYPE_CHECKING:
    from legato.coaching.audit.audit import Audit
    from legato.coaching.audit.dose import Measurement
    from legato.coaching.log import Session
    from legato.coaching.plan.model import Plan

_MOST_LINES = 8
"""Reasons, names or weeks shown on the terminal. [ENG]"""


Logs = Annotated[
    list[Path],
    typer.Argument(metavar="LOG...", help="Training logs as CSV: own, Strong's, Hevy's.", show_default=False),
]
LogUnits = Annotated[
    str | None,
    typer.Option("--units", metavar="kg|lb", help="Unit of weights for which the log tells none."),
]
DayFirst = Annotated[
    bool | None,
    typer.Option("--day-first/--month-first", help="What comes first in 03/04/2024, where the log does not show it."),
]


def audit(
    logs: Logs,
    plan: Annotated[
        Path | None, typer.Option("--plan", metavar="PLAN", help="A plan that the log is held against.")
    ] = None,
    units: LogUnits = None,
    day_first: DayFirst = None,
    weeks: Annotated[
        int | None, typer.Option("--weeks", min=0, metavar="N", help="The last N weeks; 0 for all. Without it 12.")
    ] = None,
    names: Annotated[
        Path | None, typer.Option("--names", metavar="FILE", help="A .toml that says what further names are.")
    ] = None,
    results: Annotated[
        Path | None, typer.Option("--results", metavar="FILE", help="CSV of results of days: result,athlete,day.")
    ] = None,
    number: Annotated[
        str | None, typer.Option("--number", metavar="ID", help="Which number of --results stands beside the sets.")
    ] = None,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write the audit as a page.")] = None,
    json_out: JsonOut = None,
) -> None:
    """Tell what a training log holds and lacks: patterns, records, growth, what was planned."""
    from legato.coaching.audit.audit import audit_log
    from legato.coaching.audit.imported import joined
    from legato.coaching.audit.limits import limit
    from legato.coaching.audit.names import exercise_names
    from legato.coaching.audit.read import read_log
    from legato.coaching.audit.record import audit_record
    from legato.coaching.plan.kept import read_plan
    from legato.coaching.plan.warn import warnings_of

    if html is not None and html.suffix.lower() not in (".html", ".htm"):
        raise BadInput(f"{html}: the page is a .html; give it that ending, or --json for the record")
    if (results is None) != (number is None):
        raise BadInput("--results and --number go together: the results of days, and which number of them")
    same = next((path for k, path in enumerate(logs) if path.resolve() in [p.resolve() for p in logs[:k]]), None)
    if same is not None:
        raise BadInput(f"{same}: was given twice; give each log once")
    known = exercise_names(names)
    planned = None if plan is None else read_plan(plan)
    with progress() as tell:
        tell("reading the log")
        told, today = log_units(units), date.today()
        log = joined([read_log(path, today, told, day_first) for path in logs])
        measured = None if results is None or number is None else _measured(results, number, day_first)
        tell("auditing")
        last_weeks = int(limit("span-weeks")) if weeks is None else weeks
        found = audit_log(log, known, last_weeks, planned, measured)
    stops = () if planned is None else warnings_of(planned, today)
    if html is not None:
        from legato.report.audit_page import audit_html

        write_text(audit_html(found, stops), str(html))
    if json_out is not None:
        write_json(audit_record(found), json_out)
    if json_out != "-":
        for line in stops:
            say(f"STOP: {line}")
        _print(found)
        if html is not None:
            say(f"page: {html}")
    if not found.log.work:
        raise typer.Exit(3)


def imported_sessions(
    log: Path, plan: "Plan", units: str | None, day_first: bool | None
) -> "tuple[tuple[Session, ...], tuple[str, ...]]":
    """A log's sessions for the log of a plan, and what of it is not taken, in words."""
    from legato.coaching.audit.names import exercise_names
    from legato.coaching.audit.read import read_log
    from legato.coaching.audit.sessions import sessions_of

    found = read_log(log, date.today(), log_units(units), day_first)
    sessions, said = sessions_of(found, exercise_names(), plan)
    left = [f"line {one.line}: {one.why}" for one in found.said if one.lost]
    if len(left) > _MOST_LINES:
        left[_MOST_LINES:] = [f"{len(left) - _MOST_LINES} lines more: `legato audit {log.name} --json -` tells each"]
    return sessions, (*said, *left)


def log_units(units: str | None) -> Literal["kg", "lb", ""]:
    """What `--units` says; empty where it is not given. Raises `BadInput`."""
    if units not in (None, "kg", "lb"):
        raise BadInput(f"--units {units!r:.20}: is no unit of weights; give kg or lb")
    return "" if units is None else units


def _measured(results: Path, number: str, day_first: bool | None) -> tuple[str, "Sequence[Measurement]"]:
    """A number's name and its measurement of every day."""
    from legato.coaching.audit.days import NoDayError, day_reader
    from legato.coaching.audit.dose import Measurement
    from legato.compare.readings import comparables, read_cell
    from legato.compare.trials import read_trials

    rows = {row.id: row for row in comparables()}
    if number not in rows:
        raise BadInput(f"--number {number!r:.60}: no such number; {nearest(number, rows, 3, len(rows))}")
    trials = read_trials(results)
    if len({(trial.athlete, trial.result.movement.id) for trial in trials}) > 1:
        raise BadInput(f"{results}: has several athletes or movements; give results of one athlete and one movement")
    read = day_reader(((k, trial.day) for k, trial in enumerate(trials, start=2)), results.name, day_first)
    found: list[Measurement] = []
    for trial in trials:
        try:
            on = read(trial.day)
        except NoDayError as error:
            raise BadInput(f"{results}: {error}") from None
        cell = read_cell(rows[number], trial.result)
        if cell.estimate is not None:
            found.append(Measurement(on, cell.estimate))
    if not found:
        raise BadInput(f"{results}: no result holds {number}; choose another --number")
    return rows[number].name, found


def _print(found: "Audit") -> None:
    from legato.coaching.audit.findings import sets_words
    from legato.coaching.audit.record import reasons
    from legato.report.audit_page import VERDICTS, effort_words

    log = found.log
    span = f"{found.since:%d %b %Y} to {found.until:%d %b %Y}"
    say(f"{span}: {sets_words(found.work)} of work, from {', '.join(log.files)}")
    say(effort_words(found))
    typer.echo("\nSets by pattern")
    rows = [(name, str(n)) for name, n in found.coverage.patterns.items()]
    rows.append(("none of the eight", str(found.coverage.others)))
    for line in rows_in_line(rows, right=(1,)):
        typer.echo(f"  {line}")
    unknown = found.coverage.unknown
    if unknown:
        n = found.coverage.not_known
        share = 100.0 * n / found.coverage.total
        say(f"  not known by name: {sets_words(n)} ({share:.0f} %)", hang=4)
        shown = list(unknown.items())[:_MOST_LINES]
        more = f", and {len(unknown) - len(shown)} more names" if len(unknown) > len(shown) else ""
        say(f"    {', '.join(f'{name} ({sets})' for name, sets in shown)}{more}", hang=4)
        say("    say what they are in a file of names: --names names.toml", hang=4)
    typer.echo("\nFindings")
    for one in found.findings:
        say(f"  {one.title}: {VERDICTS[one.verdict]}. {one.says[0].upper()}{one.says[1:]}.", hang=4)
    if found.days:
        typer.echo("\nThe days around")
        for name, values in _around(found):
            say(f"  {name}: {values}", hang=4)
    typer.echo("\nThe import")
    left = sum(one.lost == "row" for one in log.said)
    say(f"  {log.rows} rows read, {left} left out, {log.repeated} stood there twice, {log.no_sets} are no sets", hang=4)
    if log.unread:
        say(f"  columns not read: {', '.join(log.unread)}", hang=4)
    why = reasons(found)
    for text, n, first in why[:_MOST_LINES]:
        say(f"  {first}: {text}{f' ({n} times)' if n > 1 else ''}", hang=4)
    if len(why) > _MOST_LINES:
        say(f"  and {len(why) - _MOST_LINES} reasons more: --json tells every row")
    say("\nLimits are our own choice (default) unless the page (--html) or --json names another source.")


def _around(found: "Audit") -> list[tuple[str, str]]:
    """Every column of the days around sessions: days, the least, middle and most."""
    import statistics

    told = {
        "sleep, h": [day.sleep_h for day in found.days.values()],
        "soreness, 0 to 10": [day.soreness for day in found.days.values()],
        "readiness, 0 to 10": [day.readiness for day in found.days.values()],
        "breathing, min": [day.breathing_min for day in found.days.values()],
    }
    lines: list[tuple[str, str]] = []
    for name, values in told.items():
        there = [one for one in values if one is not None]
        if there:
            middle = statistics.median(there)
            days = f"{len(there)} day{'' if len(there) == 1 else 's'}"
            lines.append((name, f"{min(there):g} to {max(there):g}, middle {middle:g}, on {days}"))
    return lines
