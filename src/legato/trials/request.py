"""What a trial is made of: a request that is registered, a key file, a session's result."""

import hashlib
import json
import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from legato.errors import BadInput

if TYPE_CHECKING:
    from legato.compare.outcomes import OutcomeRow
    from legato.estimate import Estimate
    from legato.evidence.claims.model import UserTest
    from legato.evidence.trials.journal import Journal
    from legato.evidence.trials.registration import Request
    from legato.evidence.trials.sessions import Trial
    from legato.evidence.trials.steps import Measured

_KEY = "legato.trial-key/1"


def register(
    source: Path, out: Path | None, key: Path | None, on: datetime, at: str, own: Sequence[Path] = ()
) -> "tuple[Journal, list[str]]":
    """Write a new trial's file, and its key file where one is asked for; with what there is to say.

    Raises
    ------
    BadInput
        The request does not fit, or a file is there already.
    """
    from legato import __version__
    from legato.evidence.trials.journal import start, write_whole
    from legato.evidence.trials.order import SEED_BYTES, commitment
    from legato.evidence.trials.registration import kept
    from legato.trials.beside import running_twins
    from legato.trials.planned import assumed_spread, power_of
    from legato.trials.protocols import asks_detectable

    request, row = asked_in(source, own)
    _check_written(request, on, at)
    path = source.with_name(f"{request.name}.jsonl") if out is None else out
    if key is not None and key.exists():
        raise BadInput(f"{key}: is there already; a key is never written over, choose another name")
    if key is not None and key.resolve() == path.resolve():
        raise BadInput(f"{key}: is the trial's own file; give the key another name")
    if path.exists():
        raise BadInput(f"{path}: is there already; a trial is never written over, choose another name with --out")
    seed = secrets.token_hex(SEED_BYTES)
    spread = assumed_spread(request, row)
    power = power_of(request, spread)
    control = request.negative_control
    tested = None if control is None else _control_row(request, source.name)
    holds = {
        "on": on.isoformat(timespec="minutes"),
        "legato_version": __version__,
        "request": request.model_dump(mode="json"),
        "outcome": {"name": _name(row, request.outcome.of), "unit": row.unit},
        "negative_control": None
        if control is None or tested is None
        else {"name": _name(tested, control.of), "unit": tested.unit},
        "kept": kept(request, row.keeps),
        "spread": spread,
        "power": power,
        "commitment": commitment(seed, request.name),
        "seed": None if key is not None else seed,
    }
    if key is not None:
        write_whole(key, f"{_KEY} {request.name}\n{seed}\n".encode())
    try:
        journal = start(path, holds, at)
    except BadInput:
        if key is not None:
            key.unlink(missing_ok=True)
        raise
    twins = running_twins(path, request)
    return journal, [*_registered_lines(request, row, spread, power, key), *asks_detectable(request), *twins]


def asked_in(source: Path, own: Sequence[Path] = ()) -> "tuple[Request, OutcomeRow]":
    """What a request's file asks, with the row of its outcome.

    Raises
    ------
    BadInput
        It does not fit: which line and field.
    """
    from legato.evidence.trials.registration import Request
    from legato.toml_files import content_of, record_of, table_of
    from legato.trials.protocols import with_protocol

    record, at_line = record_of(source.name, content_of(source, "what a trial asks"))
    request = table_of(Request, with_protocol(record, at_line, own), at_line, "request")
    row = _outcome(request, source.name)
    if request.negative_control is not None:
        _control_row(request, source.name)
    return request, row


def _check_written(request: "Request", on: datetime, at: str) -> None:
    """Raise `BadInput` where a trial would be registered for a day that is over; the clock may tick meanwhile."""
    written = datetime.fromisoformat(at).replace(tzinfo=None)
    if not request.simulated and on < written - timedelta(minutes=2):
        raise BadInput(
            f"--on {on.isoformat(sep=' ', timespec='minutes')}: a trial is registered now, before its first session;"
            " leave --on out. To try the tool out on days that are made up, write simulated = true in the request"
        )


def request_for(claim: str | None) -> str:
    """A request to fill in, in the design, with the arms and the number of a claim's own test where one is named.

    Raises
    ------
    BadInput
        There is no such claim, or no trial of one athlete can test it.
    """
    from legato.evidence.claims import load_claim
    from legato.evidence.trials.registration import blank_request

    if claim is None:
        return blank_request()
    found = load_claim(claim)
    test = found.user_test
    if test.protocol == "none":
        raise BadInput(f"--claim {found.id}: no trial of one athlete can test it: {test.why_not}")
    text = blank_request(test.protocol)
    for name, arm in test.differs_by_arm.items():
        text = re.sub(r"(?m)^# differs_by_arm = \{.*?\}", f'differs_by_arm = {{ {name} = "{arm}" }}', text, count=1)
    told = {
        "name": f"{found.id.lower()}-trial", "claim": found.id, "A": test.a, "B": test.b, "movement": test.movement,
        "better": test.better,
    }  # fmt: skip
    head, outcome, rest = text.partition("\n[outcome]\n")
    rest = _filled(rest, {"id": test.outcome, **({"of": test.of} if test.of else {}), **_unit_of(test)})
    return _filled(head + outcome + rest, told)


def _unit_of(test: "UserTest") -> dict[str, str]:
    """The unit of a number that has no share, as it may be zero; else nothing."""
    from legato.compare.outcomes import outcome_of
    from legato.movements import load_movement

    row = outcome_of(test.outcome, test.of)
    metrics = {metric.name: metric.unit for metric in load_movement(test.movement).metrics}
    return {} if row.positive else {"effect_unit": row.unit or metrics.get(test.of, "")}


def _filled(text: str, told: Mapping[str, str]) -> str:
    """A request with its first line of each of these fields filled in, one that is commented out as well."""
    for name, value in told.items():
        line = re.compile(rf'^(?:# )?{name} = "[^"]*"', re.MULTILINE)
        text = line.sub(lambda _, name=name, value=value: f"{name} = {json.dumps(value, ensure_ascii=False)}", text, 1)
    return text


def seed_of(trial: "Trial", key: Path | None) -> str:
    """What the order follows from: of the trial's file, or of its key file.

    Raises
    ------
    BadInput
        The trial has a key file and it was not given, or is none.
    """
    from legato.evidence.trials.order import SEED_BYTES

    kept_here = trial.registered.seed
    if kept_here is not None:
        if key is not None:
            raise BadInput(f"{key}: this trial has no key file; leave --key out")
        return kept_here
    if key is None:
        raise BadInput("this trial's order is kept apart: give its key file with --key")
    try:
        head, _, seed = key.read_text(encoding="utf-8").strip().partition("\n")
    except (OSError, UnicodeDecodeError):
        raise BadInput(f"{key}: cannot be read; give the key file that `legato trial new --key` wrote") from None
    seed = seed.strip()
    signs = set(seed) <= set("0123456789abcdef")
    if not head.startswith(_KEY) or not signs or len(seed) != 2 * SEED_BYTES:
        raise BadInput(f"{key}: is no key file; give the one that `legato trial new --key` wrote")
    return seed


def measured(
    trial: "Trial",
    source: Path,
    on: datetime,
    told: Mapping[str, float | bool | None],
    *,
    pain: float | None,
    worse_next_morning: bool,
    rpe: float | None,
    differs: str,
) -> "Measured":
    """A session from its result and what was told of it."""
    from legato.compare.outcomes import outcome_of, read_conditions, read_outcome
    from legato.compare.session_results import read_session
    from legato.evidence.trials.steps import Measured

    result = read_session(source)
    file = source / "result.json" if source.is_dir() else source
    wanted, control = trial.request.outcome, trial.request.negative_control
    found = read_outcome(outcome_of(wanted.id, wanted.of), wanted.of, result)
    beside = None if control is None else read_outcome(outcome_of(control.id, control.of), control.of, result)
    cued = trial.request.doses
    lag = None if cued is None else read_outcome(outcome_of(cued.id, cued.of), cued.of, result)
    if not result.files:
        raise BadInput(f"{source}: names no recording that it was made from; analyse the recording again")
    return Measured(
        on=on,
        number=found.estimate,
        reason=found.reason,
        control=None if beside is None else beside.estimate,
        lag=None if lag is None else lag.estimate,
        lag_reason="" if lag is None else lag.reason,
        conditions={**read_conditions(result), "hour": round(on.hour + on.minute / 60.0, 4), **told},
        files=tuple(sorted(result.files)),
        result=result.name,
        result_sha256=hashlib.sha256(file.read_bytes()).hexdigest(),
        pain=pain,
        worse_next_morning=worse_next_morning,
        rpe=rpe,
        differs=differs,
    )


def number_of(trial: "Trial", source: Path) -> "Estimate | None":
    """The number that a trial tests, as a session's result tells it."""
    from legato.compare.outcomes import outcome_of, read_outcome
    from legato.compare.session_results import read_session

    wanted = trial.request.outcome
    return read_outcome(outcome_of(wanted.id, wanted.of), wanted.of, read_session(source)).estimate


def _outcome(request: "Request", file: str) -> "OutcomeRow":
    """The outcome that a request names, once all that it says of it fits."""
    from legato.compare.outcomes import outcome_of
    from legato.evidence.claims import load_claim
    from legato.movements import load_movement

    wanted = request.outcome
    try:
        row = outcome_of(wanted.id, wanted.of)
        _check_window(wanted.id, wanted.of, wanted.movement)
        for movement in (wanted.movement, *(() if request.phases is None else request.phases.series)):
            load_movement(movement)
        if request.doses is not None:
            _check_window(request.doses.id, request.doses.of, wanted.movement)
            outcome_of(request.doses.id, request.doses.of, "doses")
        if request.claim:
            load_claim(request.claim)
    except BadInput as error:
        raise BadInput(f"{file}: {error}") from None
    if wanted.effect_unit not in ("%", row.unit) and row.unit:
        raise BadInput(f"{file}: effect_unit = {wanted.effect_unit[:20]}: {row.id} is in {row.unit}; write that, or %")
    if wanted.relative and not row.positive:
        unit = row.unit or "the number's own unit"
        raise BadInput(f"{file}: effect_unit = %: {row.id} may be zero or below, so it has no share; write {unit}")
    if row.better not in ("either", wanted.better):
        raise BadInput(
            f"{file}: better = {wanted.better}: of {row.id}, {row.better} is better; if the claim says the other way"
            f" round, ask the claim turned round"
        )
    return row


def _check_window(name: str, of: str, movement: str) -> None:
    """Raise `BadInput` where a window is named that the movement does not have: it is named before, or not at all."""
    from legato.messages import nearest
    from legato.movements import load_movement

    window = of.partition(",")[0].strip()
    known = [one.id for one in load_movement(movement).windows]
    if name == "window" and window not in known:
        raise BadInput(
            f"of = {window[:60]}: is no window of {movement}; {nearest(window, known) if known else 'none is'}"
        )


def _control_row(request: "Request", file: str) -> "OutcomeRow":
    from legato.compare.outcomes import outcome_of

    control, wanted = request.negative_control, request.outcome
    if control is None:
        raise ValueError("no negative control")
    if (control.id, control.of) == (wanted.id, wanted.of):
        raise BadInput(f"{file}: negative_control is the outcome itself; name a number that should stay as it is")
    try:
        return outcome_of(control.id, control.of, "negative_control")
    except BadInput as error:
        raise BadInput(f"{file}: {error}") from None


def _name(row: "OutcomeRow", of: str) -> str:
    return f"{row.name} {of}".strip()


def _registered_lines(
    request: "Request", row: "OutcomeRow", spread: float | None, power: float | None, key: Path | None
) -> list[str]:
    """What a registration is told back: the power, and where the order is kept."""
    from legato.trials.planned import plan_words, power_lines

    wanted = request.outcome
    matters = f"{wanted.better} by {wanted.effect_of_interest:g} {wanted.effect_unit} or more matters"
    said = [f"registered: {plan_words(request)}, {_name(row, wanted.of)}, {matters}"]
    said += power_lines(request, row, spread, power)
    if key is None:
        said.append("order: sealed in the trial's own file. No command shows it; who reads the file could work it out")
        said.append("key: none. --key FILE keeps what the order follows from apart, for somebody else to hold")
    else:
        said.append(f"key: {key}. Give it to somebody else; each `legato trial next` needs it")
    return said
