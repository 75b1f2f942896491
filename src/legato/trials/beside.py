"""What lies beside a trial: other trials in its folder, and the results that its sessions came from."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from legato.errors import BadInput

if TYPE_CHECKING:
    from legato.evidence.trials.journal import Journal
    from legato.evidence.trials.registration import Request
    from legato.evidence.trials.sessions import Trial


def trials_beside(file: Path) -> "Iterator[tuple[Path, Trial]]":
    """The other trials of a file's folder, by name; files that are none are left alone."""
    from legato.evidence.trials.journal import read_journal
    from legato.evidence.trials.sessions import read_trial

    for other in sorted(file.resolve().parent.glob("*.jsonl")):
        if other == file.resolve():
            continue
        try:
            yield other, read_trial(read_journal(other))
        except BadInput:
            continue


def running_twins(file: Path, request: "Request") -> list[str]:
    """What a new trial should know of trials of the same athlete and question that lie there and have not ended."""
    asked = (request.athlete, request.claim or request.hypothesis.strip())
    said: list[str] = []
    for other, trial in trials_beside(file):
        one = trial.request
        same = asked == (one.athlete, one.claim or one.hypothesis.strip())
        if same and trial.closed is None and other.name != file.name:
            said.append(
                f"NOT ALONE: a trial of {one.athlete} on the same claim lies here and has not ended: {other.name}"
                f" ({len(trial.complete)} of {one.planned} complete). Of two the better could be picked: tell both"
            )
    return said


def same_question(file: Path, request: "Request") -> list[str]:
    """How many trials of the same athlete on the same question a file's folder holds, and what that does to a p; empty
    where this is the only one. The question is the same where the claim is, or the number and the movement.

    By Boole's inequality a p below this trial's alpha comes up in one of so many trials by chance with at most so many
    times that alpha, whatever the alphas of the others are. No p is corrected for it here: whoever reads it is told.
    """
    from legato.report.words import listed

    same = [trial for other, trial in trials_beside(file) if other.name != file.name and _same(trial.request, request)]
    if not same:
        return []
    ended = sum(one.closed is not None for one in same)
    others = listed([f"{n} {word}" for n, word in ((ended, "ended"), (len(same) - ended, "open")) if n])
    most = min(1.0, request.alpha * (len(same) + 1))
    said = (
        f"asked more than once: {len(same) + 1} trials of {request.athlete} here ask the same question (this one;"
        f" others: {others}). If what they test did nothing, at least one of them would by chance tell a p below"
        f" {request.alpha:g} up to {100 * most:.0f} times in 100, not {100 * request.alpha:.0f}. p is not corrected for"
        " that: tell of all of them"
    )
    return [said]


def _same(one: "Request", other: "Request") -> bool:
    """Whether two requests ask the same of the same athlete."""
    if one.athlete != other.athlete or one.simulated != other.simulated:
        return False
    numbers = [(asked.outcome.id, asked.outcome.of, asked.outcome.movement) for asked in (one, other)]
    claims = [asked.claim or asked.hypothesis.strip() for asked in (one, other)]
    return numbers[0] == numbers[1] or claims[0] == claims[1]


def refuse_shared(file: Path, request: "Request", files: Sequence[str], result: str) -> None:
    """Refuse a recording that another trial of the folder holds, unless the registration lets recordings be shared.

    Raises
    ------
    BadInput
        Another trial holds it; it is named.
    """
    if request.shared_recordings:
        return
    for other, trial in trials_beside(file):
        if {one for session in trial.sessions for one in session.files} & set(files):
            raise BadInput(
                f"{result}: its recording is in another trial, {other.name}; a trial takes recordings of its own,"
                " unless shared_recordings = true was registered"
            )


def results_lines(journal: "Journal", folder: Path) -> list[str]:
    """Whether the results of the sessions still lie in a folder, or below it, as they were added.

    Raises
    ------
    BadInput
        A result of a session's recording lies there, but it is not the one that was added: changed, or made anew.
    """
    results = _results(folder)
    added = [line for line in journal.lines if line.do == "added"]
    whole, gone = {sha for sha, _, _ in results}, list[str]()
    for k, line in enumerate(added, start=1):
        if line.holds["result_sha256"] in whole:
            continue
        recordings = {str(one) for one in line.holds["files"]}
        changed = [path for _, path, files in results if recordings & files]
        if changed:
            on = str(line.holds["on"]).replace("T", " ")
            raise BadInput(
                f"{changed[0]}: is of session {k} ({on}) and not as it was when it was added: it was changed, or its"
                " recording was analysed again; restore it from a copy"
            )
        gone.append(f"{k} ({line.holds['result']})")
    said = [f"{len(added) - len(gone)} of {len(added)} results lie in {folder} as they were when they were added"]
    return [*said, f"not found there: session {', '.join(gone)}"] if gone else said


def _results(folder: Path) -> list[tuple[str, Path, set[str]]]:
    """Of each result below a folder its sha256, its path and the recordings that it was made from."""
    from legato.compare.results import read_result

    if not folder.is_dir():
        raise BadInput(f"--results {folder}: is no folder; give the one that the sessions' results lie in")
    found: list[tuple[str, Path, set[str]]] = []
    for path in sorted(folder.rglob("*.json")):
        try:
            files = {*read_result(path).files}
        except BadInput:
            files = set[str]()
        found.append((hashlib.sha256(path.read_bytes()).hexdigest(), path, files))
    return found
