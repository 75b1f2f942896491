"""The commands `trial`: a claim tested on one athlete, registered before, in an order that nobody chose."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from legato.commands.options import JsonOut
from legato.commands.output import write_json, write_text
from legato.commands.terminal import say
from legato.commands.trial_told import clock_now, in_words, moment
from legato.errors import BadInput, naming

if TYPE_CHECKING:
    from legato.evidence.trials.journal import Journal
    from legato.evidence.trials.sessions import Trial
    from legato.evidence.trials.steps import Step

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
    own: Own = None,
    on: On = None,
    json_out: JsonOut = None,
) -> None:
    """Register a trial: what is asked, measured, kept alike, and how many pairs; then nothing of it changes."""
    from legato.commands.trial_request import register, request_for

    if blank is not None:
        if request is not None or out is not None or key is not None:
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
    journal, lines = register(request, out, key, moment(on), clock_now(), own or ())
    trial = _fold(journal)
    _finish(
        trial, journal, json_out, [*lines, f"trial: {journal.path}. Which arm comes: legato trial next {journal.path}"]
    )


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
    from legato.commands.trial_asked import first_lines
    from legato.commands.trial_priming import minutes_by_arm
    from legato.commands.trial_request import seed_of
    from legato.commands.trial_words import kept_lines, told_line
    from legato.evidence.trials.journal import append
    from legato.evidence.trials.steps import reveal

    trial, journal = _read(file, receipt)
    minutes = None
    if test_at is not None or (trial.request.priming and not trial.request.simulated):
        minutes = minutes_by_arm(trial.request, test_at, screening, standing, own, json_out, pain=pain)
    with naming([str(file)], [] if key is None else [str(key)]):
        step = reveal(trial, seed_of(trial, key), journal.receipt, moment(on))
    journal = append(journal, [step], clock_now())
    trial = _fold(journal)
    arm = step[1]["arm"]
    said = [told_line(trial, step[1])]
    said += [f"keep: {line}" for line in kept_lines(trial)] + first_lines(trial)
    said += [] if minutes is None else minutes[arm]
    said += [f"then: legato trial add {file} RESULT --arm {arm}", _KEEP]
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
    receipt: Receipt = None,
    json_out: JsonOut = None,
) -> None:
    """Add the session whose arm was told; its number is not shown."""
    from legato.commands.trial_beside import refuse_shared
    from legato.commands.trial_priming import tired_by_log
    from legato.commands.trial_request import measured
    from legato.evidence.trials.journal import append
    from legato.evidence.trials.steps import miss, take

    trial, journal = _read(file, receipt)
    steps: list[Step]
    if missed is not None:
        if result is not None:
            raise BadInput(
                "--missed takes no result; add a session that was measured, with --differs and what was different"
            )
        with naming([str(file)]):
            steps = miss(trial, in_words(missed, "--missed"))
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
        session = measured(
            trial, result, when, told, pain=pain, worse_next_morning=worse_next_morning, rpe=rpe,
            differs="" if differs is None else in_words(differs, "--differs"),
        )  # fmt: skip
        refuse_shared(file, trial.request, session.files, session.result)
        with naming([str(file)], [str(result), session.result]):
            steps = take(trial, _arm(arm), session)
    journal = append(journal, steps, clock_now())
    trial = _fold(journal)
    _finish(trial, journal, json_out, [*_taken(trial, steps, file), _KEEP])


@trial_app.command()
def status(file: TrialFile, receipt: Receipt = None, json_out: JsonOut = None) -> None:
    """Say how far a trial is and what is due, and nothing of what was measured."""
    trial, journal = _read(file, receipt)
    _finish(trial, journal, json_out, _status_lines(trial, file))


@trial_app.command("result")
def give_result(file: TrialFile, receipt: Receipt = None, json_out: JsonOut = None) -> None:
    """Give the verdict, once all registered pairs are complete, at a registered look, or when the trial has ended."""
    from legato.commands.trial_words import verdict_lines
    from legato.evidence.trials.journal import append
    from legato.evidence.trials.judged import judged_trial
    from legato.evidence.trials.verdict import answer, verdict_record

    trial, journal = _read(file, receipt)
    if trial.closed is not None:
        trial = judged_trial(journal)
    else:
        with naming([str(file)]):
            found = answer(trial)
        seen = any(look["at"] == found.at for look in trial.looks)
        if found.final or not seen:
            journal = append(
                journal, [("closed" if found.final else "looked", {"verdict": verdict_record(found)})], clock_now()
            )
            trial = _fold(journal)
    record = trial.closed if trial.closed is not None else trial.looks[-1]
    page = f"a page to hand on: legato trial page {file}"
    _finish(trial, journal, json_out, [*verdict_lines(trial, record), page])


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
    from legato.commands.trial_beside import results_lines
    from legato.commands.trial_request import seed_of
    from legato.evidence.trials.journal import check_receipt, faults_of
    from legato.evidence.trials.judged import judged_trial
    from legato.evidence.trials.steps import wrongly_told

    journal, faults = faults_of(file)
    if faults:
        more = f" (and {len(faults) - 1} more: {'; '.join(faults[1:4])})" if faults[1:] else ""
        raise BadInput(f"{file}: {faults[0]}{more}; restore it from a copy")
    if receipt is not None:
        check_receipt(journal, receipt)
    trial = judged_trial(journal)
    count = len(journal.lines)
    said = [f"{count} lines, each bound to the one before it: none of them was edited, moved or taken from between"]
    if key is not None or trial.registered.seed is not None:
        wrong = wrongly_told(trial, journal, seed_of(trial, key))
        if wrong:
            raise BadInput(f"{file}: {wrong[0]}; the file was written by hand")
        said.append("every arm that was told is the one of the sealed order")
    else:
        said.append("the order was not checked: give --key")
    said += [] if results is None else results_lines(journal, results)
    if receipt is None:
        said.append("lines taken off the end, or a file written anew, are noticed only with --receipt")
    else:
        kept = next(one.number for one in journal.lines if one.sha256.startswith(receipt.strip().lower()))
        said.append(f"the receipt is of line {kept}: as far as that nothing was taken off")
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
    from legato.evidence.trials.journal import append

    _, journal = _read(file, receipt)
    when = "" if on is None else f"{moment(on).isoformat(sep=' ', timespec='minutes')}: "
    journal = append(journal, [("noted", {"text": when + in_words(text, "the note")})], clock_now())
    _finish(_fold(journal), journal, json_out, ["noted"])


@trial_app.command()
def stop(
    file: TrialFile,
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="Why it ends.")],
    receipt: Receipt = None,
    json_out: JsonOut = None,
) -> None:
    """End a trial before its pairs are complete; it then answers nothing, and says so."""
    from legato.evidence.trials.journal import append

    trial, journal = _read(file, receipt)
    if trial.closed is not None or trial.due == "result":
        raise BadInput(f"{file}: all pairs are complete; `legato trial result {file}` gives the verdict")
    if trial.stopped:
        raise BadInput(f"{file}: was stopped already: {trial.stopped}")
    journal = append(journal, [("stopped", {"why": in_words(why, "--why")})], clock_now())
    _finish(_fold(journal), journal, json_out, [f"stopped; what is left of it: legato trial result {file}"])


def _read(file: Path, receipt: str | None) -> "tuple[Trial, Journal]":
    from legato.evidence.trials.journal import check_receipt, read_journal
    from legato.evidence.trials.judged import check_seals

    journal = read_journal(file)
    if receipt is not None:
        check_receipt(journal, receipt)
    trial = _fold(journal)
    check_seals(trial, journal)
    return trial, journal


def _fold(journal: "Journal") -> "Trial":
    from legato.evidence.trials.sessions import read_trial

    return read_trial(journal)


def _judged(trial: "Trial", journal: "Journal") -> "Trial":
    """The trial with its verdicts worked out again, where it has any."""
    from legato.evidence.trials.judged import judged_trial

    return judged_trial(journal) if trial.closed is not None or trial.looks else trial


def _finish(trial: "Trial", journal: "Journal", json_out: str | None, lines: Sequence[str]) -> None:
    """Write the record where it was asked, else say the lines and the receipt."""
    if json_out is not None:
        from legato.evidence.trials.record import trial_record

        write_json(trial_record(_judged(trial, journal), journal).model_dump(mode="json", by_alias=True), json_out)
    if json_out == "-":
        return
    for line in lines:
        say(line)
    say(f"receipt: {journal.receipt}")


def _taken(trial: "Trial", steps: "Sequence[Step]", file: Path) -> list[str]:
    """What was written of a session."""
    from legato.evidence.trials.designs import block_word

    said: list[str] = []
    for do, holds in steps:
        if do == "added":
            said.append(f"added: arm {holds['arm']}, {holds['on'].replace('T', ' ')}")
            said += [f"it does not count: {reason}" for reason in holds.get("missing", ())]
        elif do == "refused":
            word = block_word(trial.request)
            said.append(f"the {word} is refused and comes again: {'; '.join(holds['reasons'])}")
        elif do == "skipped":
            said.append(f"missing: {holds['why']}; the phases go on")
        elif do == "stopped":
            said.append(f"STOP: {holds['why']}: the trial ends; have somebody qualified look at it before you go on")
    return [*said, *_status_lines(trial, file)]


def _status_lines(trial: "Trial", file: Path) -> list[str]:
    from legato.commands.trial_words import status_lines

    return status_lines(trial, file)


def _arm(text: str) -> str:
    """An arm or dose as it is told: `a` for A, `50 ms` for 50ms."""
    plain = text.strip().replace(" ", "")
    return plain.upper() if len(plain) == 1 else plain.lower()
