"""The commands `trial`: a claim tested on one athlete, registered before, in an order that nobody chose."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from legato.commands.options import JsonOut
from legato.commands.output import write_json, write_text
from legato.commands.terminal import say
from legato.errors import BadInput
from legato.trials.told import clock_now, in_words, moment

if TYPE_CHECKING:
    from legato.evidence.trials.journal import Journal
    from legato.evidence.trials.sessions import Trial

_KEEP = "keep this receipt, on paper or in a message: without it nobody notices lines that are taken off the end"

trial_app = typer.Typer(
    help="A claim tested on one athlete: registered before, sessions in random order, told one at a time, one verdict."
)

TrialFile = Annotated[
    Path, typer.Argument(metavar="TRIAL", help="A trial's file, of `legato trial new`.", show_default=False)
]
Receipt = Annotated[
    str | None,
    typer.Option(metavar="HASH", help="What an earlier command printed: a file that was written anew is noticed."),
]
Key = Annotated[Path | None, typer.Option("--key", metavar="FILE", help="The key file, where the trial has one.")]
On = Annotated[
    str | None,
    typer.Option(
        "--on", metavar="WHEN", help="When it was, as 2026-11-22T17:30; without it, now. The clock is kept too."
    ),
]

Own = Annotated[
    list[Path] | None, typer.Option("--own", metavar="FILE", help="TOML with priming protocols of your own.")
]


@trial_app.command()
def new(
    request: Annotated[
        Path | None, typer.Argument(metavar="REQUEST", help="What is asked, a .toml.", show_default=False)
    ] = None,
    blank: Annotated[
        Path | None, typer.Option("--request", metavar="FILE", help="Write a request to fill in, and no trial.")
    ] = None,
    claim: Annotated[
        str | None, typer.Option("--claim", metavar="ID", help="With --request: as this claim of the ledger is tested.")
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Where the trial goes. [NAME.jsonl]")] = None,
    key: Annotated[
        Path | None,
        typer.Option(
            "--key", metavar="FILE", help="Keep what the order follows from apart, in a file for another to hold."
        ),
    ] = None,
    look: Annotated[
        bool, typer.Option("--look", help="Say what the trial takes and can find, and register nothing.")
    ] = False,
    own: Own = None,
    on: On = None,
    json_out: JsonOut = None,
) -> None:
    """Register a trial: what is asked, measured, kept alike, and how many pairs; then nothing of it changes."""
    from legato.evidence.trials.sessions import read_trial
    from legato.trials.planned import foreseen, takes_lines
    from legato.trials.request import asked_in, register, request_for

    if blank is not None:
        if request is not None or out is not None or key is not None or look:
            raise BadInput("--request writes a request to fill in and nothing else")
        if blank.exists():
            raise BadInput(f"{blank}: is there already, and may be filled in; choose another name")
        write_text(request_for(claim), str(blank))
        say(f"request: {blank}. Fill it in, then: legato trial new {blank}")
        return
    if claim is not None:
        raise BadInput("--claim goes with --request; a request that is filled in names its claim itself")
    if request is None:
        raise BadInput("give a request; `legato trial new --request request.toml` writes one to fill in")
    if look:
        if out is not None or key is not None or json_out is not None:
            raise BadInput("--look says what the trial takes and writes no file; leave --out, --key and --json out")
        for line in foreseen(*asked_in(request, own or ())):
            say(line)
        say(f"nothing is registered; to register it: legato trial new {request}")
        return
    journal, (first, *lines) = register(request, out, key, moment(on), clock_now(), own or ())
    trial = read_trial(journal)
    said = [first, *takes_lines(trial.request), *lines]
    said.append(f"trial: {journal.path}. Which arm comes: legato trial next {journal.path}")
    _finish(trial, journal, json_out, said)


@trial_app.command("next")
def next_session(
    file: TrialFile,
    key: Key = None,
    test_at: Annotated[
        str | None, typer.Option("--test-at", metavar="TIME", help="Of priming: when the test begins, as 18:30.")
    ] = None,
    screening: Annotated[
        Path | None, typer.Option(metavar="FILE", help="With --test-at: the athlete's screening.json.")
    ] = None,
    standing: Annotated[
        Path | None, typer.Option("--request", metavar="FILE", help="With --test-at: a plan's request.")
    ] = None,
    pain: Annotated[
        float | None, typer.Option("--pain", min=0, max=10, metavar="N", help="With --test-at: pain today, 0 to 10.")
    ] = None,
    own: Own = None,
    on: On = None,
    receipt: Receipt = None,
    json_out: JsonOut = None,
) -> None:
    """Tell which arm comes now; the one after it is told when its session was added or refused."""
    from legato.commands.trial_priming import minutes_by_arm
    from legato.trials.asked import first_lines
    from legato.trials.gate import asks_gate
    from legato.trials.moves import opened, tell_next
    from legato.trials.words import kept_lines, told_line

    trial, journal = opened(file, receipt)
    minutes = None
    if test_at is not None or asks_gate(trial.request):
        minutes = minutes_by_arm(trial.request, test_at, screening, standing, own, json_out, pain=pain)
    trial, journal, told = tell_next(trial, journal, key, moment(on))
    arm = told["arm"]
    said = [told_line(trial, told)]
    said += [f"keep: {line}" for line in kept_lines(trial)] + first_lines(trial)
    said += [] if minutes is None else minutes[arm]
    said += [
        "then record it and read it without its numbers: legato analyze RECORDING --quiet --json RESULT",
        f"then: legato trial add {file} RESULT --arm {arm}",
        _KEEP,
    ]
    _finish(trial, journal, json_out, said)


@trial_app.command()
def add(
    file: TrialFile,
    result: Annotated[
        Path | None,
        typer.Argument(metavar="RESULT", help="The session's result.json, or its folder.", show_default=False),
    ] = None,
    arm: Annotated[
        str | None, typer.Option("--arm", metavar="ARM", help="Which arm was done: A or B, or a dose, 50ms.")
    ] = None,
    on: On = None,
    feedback_off: Annotated[
        bool | None, typer.Option("--feedback-off/--feedback-on", help="Whether the athlete saw or heard no number.")
    ] = None,
    rest_min: Annotated[
        float | None, typer.Option("--rest-min", min=0, metavar="MIN", help="Rest between the arm and the test.")
    ] = None,
    readiness: Annotated[
        float | None, typer.Option("--readiness", min=0, max=10, metavar="N", help="How ready, 0 to 10.")
    ] = None,
    soreness: Annotated[
        float | None, typer.Option("--soreness", min=0, max=10, metavar="N", help="How sore, 0 to 10.")
    ] = None,
    sleep_h: Annotated[
        float | None, typer.Option("--sleep-h", min=0, max=24, metavar="H", help="Sleep of the night before.")
    ] = None,
    hard_session_h: Annotated[
        float | None, typer.Option("--hard-session-h", min=0, metavar="H", help="Time since the last hard session.")
    ] = None,
    plan: Annotated[
        Path | None, typer.Option("--plan", metavar="FILE", help="A plan, whose log tells what was not told here.")
    ] = None,
    pain: Annotated[float | None, typer.Option("--pain", min=0, max=10, metavar="N", help="Pain, 0 to 10.")] = None,
    worse_next_morning: Annotated[
        bool, typer.Option("--worse-next-morning", help="Pain was worse the morning after.")
    ] = False,
    rpe: Annotated[
        float | None, typer.Option("--rpe", min=0, max=10, metavar="N", help="How hard it was, 0 to 10.")
    ] = None,
    differs: Annotated[
        str | None, typer.Option("--differs", metavar="TEXT", help="What was not as registered: refuses the pair.")
    ] = None,
    missed: Annotated[
        str | None,
        typer.Option("--missed", metavar="WHY", help="The session did not take place as told: refuses the pair."),
    ] = None,
    clock_wrong: Annotated[
        str | None,
        typer.Option(
            "--clock-wrong", metavar="WHY", help="Why the days of its files are not to be looked at; is written down."
        ),
    ] = None,
    receipt: Receipt = None,
    json_out: JsonOut = None,
) -> None:
    """Add the session whose arm was told; its number is not shown."""
    from legato.commands.trial_priming import tired_by_log
    from legato.trials.days import check_files
    from legato.trials.moves import add_note, add_session, miss_session, opened
    from legato.trials.request import measured
    from legato.trials.words import status_lines, taken_lines

    trial, journal = opened(file, receipt)
    if missed is not None:
        if result is not None:
            raise BadInput(
                "--missed takes no result; add a session that was measured, with --differs and what was different"
            )
        trial, journal, steps = miss_session(trial, journal, missed)
    else:
        if result is None or arm is None:
            raise BadInput("give the session's result and --arm; or --missed and why, where there is none")
        tired = {
            "readiness": readiness, "soreness": soreness, "sleep_h": sleep_h, "hard_session_h": hard_session_h,
        }  # fmt: skip
        when = moment(on)
        if plan is not None:
            tired = {**tired_by_log(plan, when), **{name: told for name, told in tired.items() if told is not None}}
        told = {"feedback_off": feedback_off, "rest_min": rest_min, **tired}
        why = None if clock_wrong is None else in_words(clock_wrong, "--clock-wrong")
        if why is None:
            check_files(trial, result, when)
        session = measured(
            trial, result, when, told, pain=pain, worse_next_morning=worse_next_morning, rpe=rpe,
            differs="" if differs is None else in_words(differs, "--differs"),
        )  # fmt: skip
        trial, journal, steps = add_session(trial, journal, arm, session, result)
        if why is not None:
            trial, journal = add_note(journal, f"the days of {session.result}'s files were not looked at: {why}")
    _finish(trial, journal, json_out, [*taken_lines(trial, steps), *status_lines(trial, file), _KEEP])


@trial_app.command()
def status(file: TrialFile, receipt: Receipt = None, json_out: JsonOut = None) -> None:
    """Say how far a trial is and what is due, and nothing of what was measured."""
    from legato.trials.moves import opened
    from legato.trials.words import status_lines

    trial, journal = opened(file, receipt)
    _finish(trial, journal, json_out, status_lines(trial, file))


@trial_app.command("result")
def give_result(file: TrialFile, receipt: Receipt = None, json_out: JsonOut = None) -> None:
    """Give the verdict, once all registered pairs are complete, at a registered look, or when the trial has ended."""
    from legato.trials.beside import same_question
    from legato.trials.moves import judge, opened
    from legato.trials.words import verdict_lines

    trial, journal, record = judge(*opened(file, receipt))
    page = f"a page to hand on: legato trial page {file}"
    _finish(trial, journal, json_out, [*verdict_lines(trial, record), *same_question(file, trial.request), page])


@trial_app.command()
def check(
    file: TrialFile,
    key: Key = None,
    results: Annotated[
        Path | None,
        typer.Option("--results", metavar="FOLDER", help="Whether the sessions' results in it are as they were added."),
    ] = None,
    receipt: Receipt = None,
    json_out: JsonOut = None,
) -> None:
    """Say whether a trial's file is as it was written; exit code 2 and the line where it is not."""
    from legato.trials.moves import check_file

    trial, journal, said = check_file(file, key, results, receipt)
    _finish(trial, journal, json_out, said)


@trial_app.command()
def note(
    file: TrialFile,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What happened.", show_default=False)],
    on: On = None,
    receipt: Receipt = None,
    json_out: JsonOut = None,
) -> None:
    """Write a note into a trial: an illness, a new bar, a change of plan."""
    from legato.trials.moves import add_note, opened

    _, journal = opened(file, receipt)
    when = "" if on is None else f"{moment(on).isoformat(sep=' ', timespec='minutes')}: "
    _finish(*add_note(journal, when + in_words(text, "the note")), json_out, ["noted"])


@trial_app.command()
def stop(
    file: TrialFile,
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="Why it ends.")],
    receipt: Receipt = None,
    json_out: JsonOut = None,
) -> None:
    """End a trial before its pairs are complete; it then answers nothing, and says so."""
    from legato.trials.moves import opened, stop_trial

    trial, journal = stop_trial(*opened(file, receipt), why)
    _finish(trial, journal, json_out, [f"stopped; what is left of it: legato trial result {file}"])


def _finish(trial: "Trial", journal: "Journal", json_out: str | None, lines: Sequence[str]) -> None:
    """Write the record where it was asked, else say the lines and the receipt."""
    if json_out is not None:
        from legato.trials.moves import record_of_trial

        write_json(record_of_trial(trial, journal), json_out)
    if json_out == "-":
        return
    for line in lines:
        say(line)
    say(f"receipt: {journal.receipt}")
