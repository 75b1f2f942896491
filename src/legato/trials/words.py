"""What is said of a trial: what is kept alike, how far a trial is, and its verdict."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from legato.evidence.trials.sessions import Trial
    from legato.evidence.trials.steps import Step


def plural(trial: "Trial") -> str:
    """What the trial's blocks are called."""
    from legato.evidence.trials.designs import block_word

    word = block_word(trial.request)
    return word if word == "series" else f"{word}s"


def told_line(trial: "Trial", holds: Mapping[str, Any]) -> str:
    """The arm that comes, in words."""
    from legato.evidence.trials.designs import block_word, movement_of

    request, arm = trial.request, str(holds["arm"])
    words = f"cued lag of {arm.removesuffix('ms')} ms"
    if request.arms is not None:
        words = f"arm {arm}: {request.arms.A if arm == 'A' else request.arms.B}"
    of = f" ({movement_of(request, int(holds['slot']))})" if request.planned > 1 and request.phases is not None else ""
    place = f"{block_word(request)} {holds['slot'] + 1} of {request.planned}{of}, session {holds['place']}"
    return f"{place}: {words}"


def kept_lines(trial: "Trial") -> list[str]:
    """What the sessions of a pair must share, in words."""
    from legato.evidence.trials.conditions import kept_words

    request = trial.request
    return ["; ".join([*kept_words(trial.registered.kept, request.differs_by_arm), *request.also_same])]


def state_lines(trial: "Trial") -> list[str]:
    """How far a trial is: nothing of what was measured."""
    from legato.evidence.trials.designs import in_phases, sessions_of
    from legato.evidence.trials.sessions import told_late
    from legato.evidence.trials.terms import looser

    request = trial.request
    word = plural(trial)
    said = [f"{request.name}: {len(trial.complete)} of {request.planned} {word} complete"]
    if in_phases(request):
        said[0] += (
            f", {sum(one.done for one in trial.attempts)} of {request.planned * sessions_of(request)} sessions done"
        )
    else:
        said[0] += f", {_refused_words(len(trial.refused), request.replacements)}"
        if len(trial.refused) == request.replacements and trial.due in ("next", "add"):
            said.append("one more that is refused ends the trial")
    late = len(told_late(trial))
    if request.simulated:
        said.append("SIMULATED: made up to try the tool out")
    elif late:
        said.append(f"added more than a day after they were: {late} of {len(trial.sessions)} sessions")
    said += [less] if (less := looser(trial)) else []
    return said


def _refused_words(refused: int, most: int) -> str:
    """`1 refused (1 more may be, and is done again)`, of so many that may be refused at most."""
    if refused >= most:
        many = "as many as" if refused == most else "more than"
        return f"{refused or 'none'} refused" + (f", {many} may be" if most or refused else ", and none may be")
    left = most - refused
    is_done = "is" if left == 1 else "are"
    return f"{refused or 'none'} refused ({left} {'more ' if refused else ''}may be, and {is_done} done again)"


def status_lines(trial: "Trial", file: Path) -> list[str]:
    """How far a trial is, and which command is due: nothing of what was measured."""
    from legato.evidence.trials.steps import clock

    request, said = trial.request, state_lines(trial)
    if trial.closed is not None:
        return [*said, f"closed: legato trial result {file}"]
    if trial.stopped:
        said.append(f"stopped: {trial.stopped}")
    if trial.due == "add":
        return [
            *said,
            f"due: the session of arm {trial.due_arm}; then legato trial add {file} RESULT --arm {trial.due_arm}",
        ]
    if trial.due == "next":
        when = f", from {clock(trial.earliest)} on" if trial.sessions else ""
        look = len(trial.complete) in request.looks and trial.running is None
        said.append(f"due: the next session{when}: legato trial next {file}")
        return [*said, f"a look is registered here: legato trial result {file}"] if look else said
    return [*said, f"due: the verdict: legato trial result {file}"]


def taken_lines(trial: "Trial", steps: "Sequence[Step]") -> list[str]:
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
    return said


def verdict_lines(trial: "Trial", found: Mapping[str, Any]) -> list[str]:
    """The verdict, what was asked, why, the change and what was refused."""
    from legato.report.trial_words import ANSWERS
    from legato.trials.asked import asked_lines, one_of

    request, registered = trial.request, trial.registered
    asked = request.claim or f'"{request.hypothesis.strip()}"'
    against = "by the lag" if request.doses is not None else "A against B"
    where = f"in this athlete and under these conditions ({registered.outcome_name}, {against})"
    made_up = "SIMULATED, " if request.simulated else ""
    said = [f"{made_up}{asked}: {ANSWERS[found['answer']]}, {where}", str(found["reason"])]
    said[1:1] = asked_lines(trial)
    best = found.get("dose") and found["dose"]["optimum"]
    if best:
        low, value, high = (1000.0 * best[name] for name in ("low", "value", "high"))
        said.append(f"best lag {value:.0f} ms ({low:.0f} to {high:.0f} ms)")
    if found["control_p"] is not None:
        said.append(f"negative control, {registered.control_name}: p = {found['control_p']:.3g}")
    if found["more"] and request.doses is not None:
        said.append(f"a new trial of about {found['n'] + found['more']} {plural(trial)} would decide")
    said += [str(one) for one in found["notes"]]
    for one in trial.refused:
        said.append(f"refused: {one_of(trial, one.slot)}: {'; '.join(one.refused or ())}")
    if not found["final"]:
        said.append("this was a look; the trial goes on")
    return said
