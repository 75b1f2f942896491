"""What is done with a trial's file: an arm is told, a session added or withdrawn, the trial ended, judged, checked."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from legato.errors import BadInput, naming
from legato.evidence.trials.journal import Journal, append, check_receipt, faults_of, read_journal
from legato.evidence.trials.judged import check_seals, judged_trial
from legato.evidence.trials.sessions import Trial, read_trial
from legato.trials.beside import refuse_shared, results_lines, same_question
from legato.trials.request import seed_of
from legato.trials.told import clock_now, in_words

if TYPE_CHECKING:
    from legato.evidence.trials.steps import Measured, Step


def opened(file: Path, receipt: str | None = None, key: Path | None = None) -> tuple[Trial, Journal]:
    """A trial whose lines hang together and whose told arms fit their seals; those of a trial with a key file are held
    against them where it is given. Raises `BadInput`.
    """
    journal = read_journal(file)
    if receipt is not None:
        check_receipt(journal, receipt)
    trial = read_trial(journal)
    check_seals(trial, journal, None if key is None else seed_of(trial, key))
    return trial, journal


def tell_next(trial: Trial, journal: Journal, key: Path | None, on: datetime) -> tuple[Trial, Journal, dict[str, Any]]:
    """Tell which arm comes now; with what the line holds.

    Raises
    ------
    BadInput
        Another thing is due, or the key is missing or a wrong one.
    NotResolvable
        It is too early.
    """
    from legato.evidence.trials.steps import reveal

    with naming([str(journal.path)], [] if key is None else [str(key)]):
        step = reveal(trial, seed_of(trial, key), journal.receipt, on)
    return *_with(journal, [step]), step[1]


def add_session(
    trial: Trial, journal: Journal, arm: str, session: "Measured", result: Path
) -> "tuple[Trial, Journal, list[Step]]":
    """Add the session whose arm was told; with the steps, which tell no number. Raises `BadInput`."""
    from legato.evidence.trials.steps import take

    refuse_shared(journal.path, trial.request, session.files, session.result)
    with naming([str(journal.path)], [str(result), session.result]):
        steps = take(trial, arm_of(arm), session)
    return *_with(journal, steps), steps


def miss_session(trial: Trial, journal: Journal, why: str) -> "tuple[Trial, Journal, list[Step]]":
    """Tell that the session that is due did not take place. Raises `BadInput`."""
    from legato.evidence.trials.steps import miss

    with naming([str(journal.path)]):
        steps = miss(trial, in_words(why, "--missed"))
    return *_with(journal, steps), steps


def withdraw_last(trial: Trial, journal: Journal, why: str) -> tuple[Trial, Journal]:
    """Refuse the pair of the session that was added last, which was a mistake. Raises `BadInput`."""
    from legato.evidence.trials.withdrawn import withdraw

    with naming([str(journal.path)]):
        steps = withdraw(trial, in_words(why, "WHY"))
    return _with(journal, steps)


def stop_trial(trial: Trial, journal: Journal, why: str) -> tuple[Trial, Journal]:
    """End a trial before its pairs are complete. Raises `BadInput`."""
    file = journal.path
    if trial.closed is not None or trial.due == "result":
        raise BadInput(f"{file}: all pairs are complete; `legato trial result {file}` gives the verdict")
    if trial.stopped:
        raise BadInput(f"{file}: was stopped already: {trial.stopped}")
    return _with(journal, [("stopped", {"why": in_words(why, "--why")})])


def add_note(journal: Journal, text: str) -> tuple[Trial, Journal]:
    """Write a note into a trial. Raises `BadInput`."""
    return _with(journal, [("noted", {"text": text})])


def judge(trial: Trial, journal: Journal) -> tuple[Trial, Journal, Mapping[str, Any]]:
    """The verdict of a trial that is due for one, written down once; with the verdict.

    Raises
    ------
    BadInput
        It is not due.
    """
    from legato.evidence.trials.verdict import answer, verdict_record

    if trial.closed is not None:
        trial = judged_trial(journal)
    else:
        with naming([str(journal.path)]):
            found = answer(trial)
        seen = any(look["at"] == found.at for look in trial.looks)
        if found.final or not seen:
            trial, journal = _with(
                journal, [("closed" if found.final else "looked", {"verdict": verdict_record(found)})]
            )
    return trial, journal, trial.closed if trial.closed is not None else trial.looks[-1]


def check_file(
    file: Path, key: Path | None = None, results: Path | None = None, receipt: str | None = None
) -> tuple[Trial, Journal, list[str]]:
    """Whether a trial's file is as it was written; with what was checked, in words.

    Raises
    ------
    BadInput
        It is not: the line is named.
    """
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
    return trial, journal, said


def record_of_trial(trial: Trial, journal: Journal) -> dict[str, Any]:
    """The trial as a record, its verdicts worked out again where it has any; blind before its end."""
    from legato.evidence.trials.record import trial_record

    judged = judged_trial(journal) if trial.closed is not None or trial.looks else trial
    return trial_record(judged, journal).model_dump(mode="json", by_alias=True)


def page_of_trial(file: Path) -> str:
    """The trial's page as HTML: the answer, each pair and its sheet; before the end the sheet, and no number."""
    from legato.report.trial_page import trial_html

    journal = read_journal(file)
    record = judged_record(journal)
    return trial_html(record, *claim_said(record))


def judged_record(journal: Journal, key: Path | None = None) -> dict[str, Any]:
    """The trial as a record, held against its seals and its verdicts worked out again; blind before its end. With the
    key file of a trial that has one it holds the drawn order too, once the trial has ended. How often the question was
    asked stands among the verdict's notes.
    """
    from legato.evidence.trials.record import trial_record

    trial = judged_trial(journal)
    seed = None if key is None else seed_of(trial, key)
    record = trial_record(trial, journal, seed).model_dump(mode="json", by_alias=True)
    if record["verdict"] is not None:
        record["verdict"]["notes"] = [*record["verdict"]["notes"], *same_question(journal.path, trial.request)]
    return record


def claim_said(record: Mapping[str, Any]) -> tuple[str, str]:
    """What may be said of the claim that a trial tests, and its own words where it is not about health."""
    from legato.evidence.claims.ledger import claims

    found = claims().get(record["request"]["claim"])
    if found is None:
        return "", ""
    return found.display_text, "" if found.health else found.verbatim


def arm_of(text: str) -> str:
    """An arm or dose as it is told: `a` for A, `50 ms` for 50ms."""
    plain = text.strip().replace(" ", "")
    return plain.upper() if len(plain) == 1 else plain.lower()


def _with(journal: Journal, steps: "Sequence[Step]") -> tuple[Trial, Journal]:
    """The file with lines more, and what it says then."""
    journal = append(journal, steps, clock_now())
    return read_trial(journal), journal
