"""The commands `plan`: weeks made from a request, shown, logged and made anew from what was measured and done."""

from collections.abc import Sequence
from datetime import date, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from legato.commands.amounts import parse_day
from legato.commands.audit import DayFirst, LogUnits, imported_sessions
from legato.commands.drills import drills_of_files
from legato.commands.options import JsonOut, Library, OnDay, OwnDrills, OwnFaults
from legato.commands.output import read_json, write_json, write_text
from legato.commands.screen import screening_that_passes
from legato.commands.terminal import say, say_pair
from legato.errors import BadInput

if TYPE_CHECKING:
    from legato.coaching.plan.model import Plan, Week
    from legato.faults.assessments import Outcome, ResultFile

_SPARE_MIN = 10
"""Minutes of a session left over from which that is said. [ENG]"""

NO_CODE = (
    "The request gives no code under [athlete]: in one calendar program, sessions of another plan with the same first"
    " day would take the place of these, and those of a plan made anew would stand beside them."
)
"""Said with a calendar that nothing tells from those of other athletes."""

plan_app = typer.Typer(help="Weeks of training: made, shown, logged, and made anew from what was measured and done.")

Screened = Annotated[Path, typer.Option("--screening", metavar="FILE", help="The athlete's record of `legato screen`.")]
Results = Annotated[
    list[Path] | None,
    typer.Option("--result", metavar="FILE", help="A result.json whose faults are answered; a movement's newest last."),
]
Sheets = Annotated[
    list[Path] | None,
    typer.Option("--sheet", metavar="FILE", help="A filled-in sheet of `legato assess`: causes, mobility."),
]
PainTold = Annotated[
    float | None, typer.Option("--pain", min=0, max=10, metavar="N", help="The athlete's pain today, 0 to 10.")
]
Morning = Annotated[bool, typer.Option("--worse-next-morning", help="Pain was worse the morning after.")]
Below = Annotated[bool, typer.Option("--below-the-knee", help="Pain goes below the knee.")]


@plan_app.command()
def new(
    request: Annotated[
        Path | None, typer.Argument(metavar="REQUEST", help="What is asked for, a .toml.", show_default=False)
    ] = None,
    screening: Annotated[
        Path | None, typer.Option("--screening", metavar="FILE", help="The athlete's record of `legato screen`.")
    ] = None,
    sheet: Annotated[
        Path | None, typer.Option("--request", metavar="FILE", help="Write an empty request to fill in, and no plan.")
    ] = None,
    results: Results = None,
    sheets: Sheets = None,
    pain: PainTold = None,
    worse_next_morning: Morning = False,
    below_the_knee: Below = False,
    drills: OwnDrills = None,
    faults: OwnFaults = None,
    library: Library = None,
    on: OnDay = None,
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where the plan goes.")] = Path("plan.json"),
    json_out: JsonOut = None,
) -> None:
    """Make a plan from a request, for an athlete who passed the screening."""
    from legato import __version__
    from legato.coaching.plan.asked import prepared, told_pain, why_not
    from legato.coaching.plan.build import make_plan
    from legato.coaching.plan.kept import blank_request, plan_record, read_request
    from legato.coaching.plan.model import Plan

    if sheet is not None:
        if sheet.exists():
            raise BadInput(f"{sheet}: is there already, and may be filled in; choose another name")
        write_text(blank_request(), str(sheet))
        say(f"request: {sheet}. Fill it in, then: legato plan new {sheet} --screening screening.json")
        return
    if request is None or screening is None:
        raise BadInput("give a request and --screening; `legato plan new --request request.toml` writes an empty one")
    if out.exists():
        raise BadInput(f"{out}: is there already; give --out another name, or change it with `legato plan update`")
    asked, mine = read_request(request), drills_of_files(drills or (), faults or (), library)
    day = parse_day(on)
    passed = screening_that_passes(screening, json_out, day)
    if passed is None:
        raise typer.Exit(3)
    read, outcomes = _read(results, sheets)
    pain_told = told_pain(pain, worse_next_morning, below_the_knee)
    ready = prepared(asked, passed, day, read, outcomes, pain_told, str(request), own=mine)
    if ready.stopped:
        _say_stop(json_out)
        raise typer.Exit(3)
    asked = ready.request
    for line in (*ready.said, *_mobility_lines(outcomes)) if json_out != "-" else ():
        say(line)
    if not asked.lifts and not asked.drills:
        raise BadInput(f"{request}: asks for nothing; add [[lifts]] or [[drills]], or give a --result with faults")
    found = make_plan(asked, ready.situation, __version__)
    if not isinstance(found, Plan):
        raise BadInput(why_not(found))
    write_json(plan_record(found), str(out))
    if json_out is not None:
        write_json(plan_record(found), json_out)
    if json_out == "-":
        return
    _print(found, found.weeks[:1])
    longest = max((one.minutes for week in found.weeks for one in week.days), default=asked.minutes)
    if longest <= asked.minutes - _SPARE_MIN:
        say(f"at most {longest} of {asked.minutes} minutes are used: what was asked for and may be done takes no more")
    say(f"plan: {out}. Show more: legato plan show {out} --html plan.html")


@plan_app.command()
def show(
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="A plan of `legato plan new`.", show_default=False)],
    week: Annotated[int | None, typer.Option("--week", min=1, metavar="N", help="That week alone.")] = None,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="A page to print.")] = None,
    ics: Annotated[Path | None, typer.Option("--ics", metavar="FILE", help="A calendar.")] = None,
    at: Annotated[str | None, typer.Option("--at", metavar="HH:MM", help="When sessions begin, for --ics.")] = None,
    csv: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="A table.")] = None,
    json_out: JsonOut = None,
) -> None:
    """Show a plan, or write it as a page, a calendar or a table."""
    from legato.coaching.plan.export import plan_csv, plan_ics
    from legato.coaching.plan.kept import plan_record, read_plan
    from legato.coaching.plan.warn import warnings_of
    from legato.report.plan_page import plan_html

    found = read_plan(plan)
    if week is not None and week > len(found.weeks):
        raise BadInput(f"{plan}: has {len(found.weeks)} weeks; give --week 1 to {len(found.weeks)}")
    stops = warnings_of(found, date.today())
    for path, endings, text in (
        (html, (".html", ".htm"), lambda: plan_html(found, week, stops)),
        (ics, (".ics",), lambda: plan_ics(found, _time(at), stops)),
        (csv, (".csv",), lambda: plan_csv(found, stops)),
    ):
        if path is None:
            continue
        if path.suffix.lower() not in endings:
            raise BadInput(f"{path}: ends otherwise than what it holds; name it *{endings[0]}")
        write_text(text(), str(path))
    if json_out is not None:
        write_json(plan_record(found), json_out)
    if json_out == "-":
        return
    for line in stops:
        say(f"STOP: {line}")
    _print(found, [one for one in found.weeks if week in (None, one.number)])
    for path in (html, ics, csv):
        if path is not None:
            say(f"written: {path}")
    if ics is not None and not found.request.athlete.code:
        say(NO_CODE)


@plan_app.command()
def log(
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="A plan of `legato plan new`.", show_default=False)],
    done: Annotated[
        Path | None,
        typer.Argument(
            metavar="DONE",
            help="What was done: a .toml with [[sessions]], or a training log as .csv (own, Strong's, Hevy's).",
            show_default=False,
        ),
    ] = None,
    looked_at: Annotated[
        str | None,
        typer.Option("--looked-at", metavar="DAY", help="Somebody qualified looked, that day, at pain of before."),
    ] = None,
    results: Annotated[
        list[Path] | None,
        typer.Option("--result", metavar="FILE", help="A result.json of a set of DONE, whose repetitions it counts."),
    ] = None,
    units: LogUnits = None,
    day_first: DayFirst = None,
    json_out: JsonOut = None,
) -> None:
    """Add what was done to a plan's log."""
    from legato.coaching.log import Session
    from legato.coaching.plan.done import read_done, with_sessions
    from legato.coaching.plan.kept import plan_record, read_plan
    from legato.coaching.plan.measured import with_results
    from legato.coaching.plan.warn import pain_words

    if done is None and looked_at is None:
        raise BadInput("give a file of what was done, or --looked-at and a day")
    before = read_plan(plan)
    if done is None:
        sessions, said = (), ()
    elif done.suffix.lower() == ".csv":
        sessions, said = imported_sessions(done, before, units, day_first)
    else:
        sessions, said = read_done(done), ()
    sessions, counted = with_results(sessions, [(str(path), read_json(path)) for path in results or ()], before.own)
    if looked_at is not None:
        sessions = (*sessions, Session(parse_day(looked_at), (), looked_at=True))
    found = with_sessions(before, sessions, date.today(), "--looked-at" if done is None else done.name)
    write_json(plan_record(found), str(plan))
    if json_out is not None:
        write_json(plan_record(found), json_out)
    if json_out != "-":
        for line in said:
            say(f"not taken: {line}")
        for line in counted:
            say(line)
        say(f"{plan}: the log has {len(found.log)} session{'' if len(found.log) == 1 else 's'}")
        for line in pain_words(found, sessions):
            say(line)


@plan_app.command()
def update(
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="A plan of `legato plan new`.", show_default=False)],
    screening: Screened,
    results: Results = None,
    sheets: Sheets = None,
    pain: PainTold = None,
    worse_next_morning: Morning = False,
    below_the_knee: Below = False,
    drills: OwnDrills = None,
    faults: OwnFaults = None,
    library: Library = None,
    on: OnDay = None,
    json_out: JsonOut = None,
) -> None:
    """Make the weeks to come anew from the newest result and the log, and say why, line by line."""
    from legato.coaching.plan.asked import CHANGED, made_anew, told_pain, why_not
    from legato.coaching.plan.kept import read_plan

    found = read_plan(plan)
    day = parse_day(on)
    passed = screening_that_passes(screening, json_out, day)
    read, outcomes = _read(results, sheets)
    own = found.versions(drills_of_files(drills or (), faults or (), library))
    if json_out != "-":
        for one in found.changed(own):
            say(f"{one.name}: {CHANGED}")
    told = told_pain(pain, worse_next_morning, below_the_knee)
    anew = made_anew(found, passed, day, read, outcomes, told, own=own)
    if anew.plan is not None:
        _write_update(found, anew.plan, plan, json_out)
    if anew.stopped:
        _say_stop(json_out)
    if passed is None or anew.stopped:
        raise typer.Exit(3)
    if anew.why is not None:
        raise BadInput(why_not(anew.why))


def _write_update(before: "Plan", anew: "Plan", path: Path, json_out: str | None) -> None:
    """Keep a changed plan, and say what changed."""
    from legato.coaching.plan.kept import plan_record

    write_json(plan_record(anew), str(path))
    if json_out is not None:
        write_json(plan_record(anew), json_out)
    if json_out == "-":
        return
    lines = anew.changes[len(before.changes) :]
    for line in lines:
        say(f"week {line.week}: {line.what}, because {line.because}")
    if not lines:
        say("nothing changes")


@plan_app.command()
def lifts(json_out: JsonOut = None) -> None:
    """List the lifts that a plan knows."""
    from legato.coaching.lifts import lifts as known

    if json_out is not None:
        write_json([one.model_dump(mode="json") for one in known().values()], json_out)
    if json_out == "-":
        return
    column = max(len(name) for name in known()) + 2
    for name, one in known().items():
        needs = ", ".join(one.steps[-1].equipment).replace("-", " ")
        say_pair(name, f"{one.purpose}{f' Needs {needs}.' if needs else ''}", column)


def _print(plan: "Plan", weeks: "Sequence[Week]") -> None:
    from legato.coaching.plan import export
    from legato.coaching.plan.export import entry_words, primed_words, title, warm_up_words, week_title, week_words

    for change in plan.changes:
        say(f"week {change.week}: {change.what}, because {change.because}")
    for one in plan.left_out:
        say(f"left out: {one.name}: {'; '.join(one.reasons)}")
    block = None
    for week in weeks:
        if week.block is not None and week.block != block:
            say(f"Block {week.block}. {export.block_words(plan, week.block)}")
        block = week.block
        say(f"{week_title(week)}{f': {words}' if (words := week_words(week)) else ''}")
        if week.primed is not None:
            say(f"before each session, {primed_words(week.primed)}")
        for day in week.days:
            say(f"{day.on:%a %d %b}  {title(week, day)}")
            for entry in day.entries:
                say(f"    {entry_words(entry)}: {entry.cue}", hang=4)
    entries = [entry for week in weeks for day in week.days for entry in day.entries]
    for said in (*plan.notes, *([export.TEMPO] if any(entry.tempo for entry in entries) else [])):
        say(said)
    for said in export.kept_to(entries):
        say(f"keep to: {said}")
    say(f"before each session: {warm_up_words(plan)}")


def _read(
    results: "Sequence[Path] | None", sheets: "Sequence[Path] | None"
) -> "tuple[list[ResultFile], tuple[Outcome, ...]]":
    """Results in their order, and what sheets and results say together."""
    from legato.faults.assessments import gather, read_sheet, result_file

    read = [result_file(read_json(path), str(path)) for path in results or ()]
    return read, gather([read_sheet(path) for path in sheets or ()], read)


def _mobility_lines(outcomes: "Sequence[Outcome]") -> list[str]:
    """What was read of mobility and is not surely enough, in words."""
    from legato.report.assessment_words import number_text

    rows = [row for one in outcomes if one.assessment.id == "mobility-screen" for row in one.numbers]
    return [f"mobility: {number_text(row)}" for row in rows if row.found.verdict in ("fault", "not-resolvable")]


def _say_stop(json_out: str | None) -> None:
    """To stderr where stdout holds JSON alone, as the help of a screening that is blocked."""
    from legato.coaching.plan.asked import PAIN_STOPS

    if json_out == "-":
        typer.echo(f"error: {PAIN_STOPS}", err=True)
    else:
        say(PAIN_STOPS)


def _time(text: str | None) -> time | None:
    if text is None:
        return None
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise BadInput(f"--at {text}: is no time of day; write 18:30") from None
