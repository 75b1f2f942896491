"""`legato screen`: asked before anything is scored or proposed; it keeps whether one passed, and no answer."""

import json
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from legato.commands.amounts import parse_day
from legato.commands.options import JsonOut, OnDay
from legato.commands.output import write_json, write_text
from legato.commands.terminal import say
from legato.errors import BadInput

if TYPE_CHECKING:
    from legato.coaching.safety import HelpText, Question
    from legato.coaching.situation import Screening

_SHORT = {"n": "no", "y": "yes", "c": "cleared"}


def screen(
    filled: Annotated[
        Path | None, typer.Argument(metavar="SHEET", help="A filled-in sheet; else you are asked.", show_default=False)
    ] = None,
    sheet: Annotated[
        Path | None, typer.Option("--sheet", metavar="FILE", help="Write an empty sheet to fill in, a .toml, instead.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where the record goes: passed or blocked, and no answer. [screening.json]"),
    ] = None,
    told_on: OnDay = None,
    json_out: JsonOut = None,
) -> None:
    """Answer the screening: who does not pass is told what to do, and nothing is scored for them."""
    from legato.coaching.safety import help_for, read_sheet, screening_record, unanswered
    from legato.coaching.safety import screen as come_to

    if sheet is not None:
        _write_sheet(sheet, filled, out, json_out)
        return
    if out is None and json_out is None:
        out = Path("screening.json")
    if out is not None:
        _check_out(out)
    day = parse_day(told_on)
    answers, on = (_ask(), day) if filled is None else read_sheet(filled, day)
    found = come_to(answers, on)
    quiet = json_out == "-"
    say_help(help_for(answers), to_stderr=quiet)
    record = screening_record(found)
    if out is not None:
        write_json(record, str(out))
    if json_out is not None:
        write_json(record, json_out)
    if quiet:
        return
    left = unanswered(answers)
    if filled is not None and left:
        say(f"open: {', '.join(question.id for question in left)}")
    _print_passed(found)
    if out is not None:
        say(f"kept: {out} (whether it passed, and no answer)")
    if filled is not None and not left:
        say(f"Delete {filled}: it holds your answers, and Legato does not need it again.")


def screening_that_passes(path: Path, json_out: str | None, on: date | None = None) -> "Screening | None":
    """The screening of a file as it holds on a day, today without one; None where it is blocked, once the help text was
    shown.

    Raises
    ------
    BadInput
        The file is no record, is out of date or of the future.
    """
    from legato.coaching.safety import in_force, questionnaire, read_screening
    from legato.coaching.situation import Situation

    found = read_screening(path)
    if not found.passed:
        say_help([questionnaire().help["blocked"]], to_stderr=json_out == "-")
        return None
    holds = in_force(Situation(on or date.today(), found))
    if isinstance(holds, str):
        raise BadInput(f"{path}: {holds}")
    if found.no_emg and json_out != "-":
        say("The screening says: no electrodes before somebody qualified has agreed.")
    return found


def say_help(texts: "Sequence[HelpText]", *, to_stderr: bool = False) -> None:
    """Print help texts, the title of each above it."""
    for text in texts:
        lines = [text.title, *(f"  {line}" for line in text.says), ""]
        for line in lines:
            if to_stderr:
                print(line, file=sys.stderr)
            else:
                say(line, hang=0)


def _write_sheet(sheet: Path, filled: Path | None, out: Path | None, json_out: str | None) -> None:
    from legato.coaching.safety import blank_screening

    if filled is not None or out is not None or json_out is not None:
        raise BadInput("--sheet writes an empty sheet and nothing else; read it afterwards with `legato screen SHEET`")
    if sheet.suffix.lower() != ".toml":
        raise BadInput(f"{sheet}: the sheet is a .toml; give it that ending")
    if sheet.exists():
        raise BadInput(f"{sheet}: is there already, and may be filled in; choose another name")
    write_text(blank_screening(), str(sheet))
    say(f"sheet: {sheet}")
    say(f"Fill it in and read it: `legato screen {sheet}`")


def _check_out(out: Path) -> None:
    """Refuse to write over anything but an earlier record."""
    if not out.exists():
        return
    try:
        earlier = json.loads(out.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        earlier = None
    if not isinstance(earlier, dict) or not str(earlier.get("schema")).startswith("legato.screening/"):  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
        raise BadInput(f"{out}: is there and is no record of a screening; choose another name for --out")


def at_terminal() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin.isatty()


def _ask() -> dict[str, str]:
    """Ask on the terminal; a sign that needs help now ends it."""
    from legato.coaching.safety import questionnaire

    if not at_terminal():
        raise BadInput("there is no terminal to ask on; write a sheet with `legato screen --sheet screening.toml`")
    asked = questionnaire()
    say("Legato keeps whether you pass, as a whole and by group of drills, and none of your answers.", hang=0)
    say("Answer no or yes, or n and y. Enter leaves a question open, which counts as a yes that blocks.", hang=0)
    say("Where cleared (c) is offered: yes, and a doctor or physiotherapist knows and has agreed to training.", hang=0)
    answers: dict[str, str] = {}
    for section in asked.sections:
        typer.echo("")
        say(section.title, hang=0)
        for question in asked.questions:
            if question.section == section.id and (answer := _answer(question)):
                answers[question.id] = answer
        if any(q.blocks == "emergency" and answers.get(q.id) == "yes" for q in asked.questions):
            break
    typer.echo("")
    return answers


def _answer(question: "Question") -> str:
    from legato.coaching.safety import choices

    takes = choices(question)[1:-1].split(", ")
    typer.echo("")
    say(f"  {question.asks}", hang=0)
    while True:
        told = typer.prompt(f"  {' / '.join(takes)}", default="", show_default=False)
        answer = _SHORT.get(told.strip().lower(), told.strip().lower())
        if answer in ("", *takes):
            return answer
        typer.echo(f"  Answer {' or '.join(takes)}.")


def _print_passed(found: "Screening") -> None:
    from legato.coaching.safety import GROUPS, session_rules

    if not found.passed:
        say("blocked: nothing is scored and nothing is proposed until you answer again and pass")
        return
    say(f"passed: until {found.until}, or until something changes")
    barred = [words for group, words in GROUPS.items() if group in found.barred]
    if barred:
        say(f"left out: {'; '.join(barred)}")
    if found.exhale_only:
        say("breathe out as you push; never hold your breath, and brace lightly")
    if found.no_emg:
        say("no electrodes before somebody qualified has agreed")
    if found.minor:
        say("under 18: a guardian agrees, somebody watches, and no maximum is tested")
    typer.echo("")
    for rule in session_rules():
        say(rule)
    typer.echo("")
