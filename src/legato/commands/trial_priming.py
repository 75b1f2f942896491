"""Trials of priming: what a protocol says of a request, when it is done, and how tired a plan's log says one is."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import typer

from legato.errors import BadInput, NotResolvable

if TYPE_CHECKING:
    from legato.coaching.priming.model import Protocol, Region, Tested
    from legato.evidence.trials.registration import Request
    from legato.toml_lines import Lines

_TESTED: "Mapping[str, Tested]" = {"bar": "bar-speed", "jump": "jump", "rfd": "force-rise", "emg": "activation"}
"""What an outcome tests, by what it is read from."""

_REGIONS: "Mapping[object, Region]" = {"upper": "upper", "lower": "lower"}

_HARD_RPE = 8.0
"""Effort from which a session was a hard one, 0 to 10. [ENG] Two repetitions in reserve, or fewer."""

_VOLUME_SHARE = 0.05
"""How far the volumes of a pair's tests may lie apart (matched within 5 %, issue on evidence)."""

_WARM_UP = "the same warm-up before either, up to the load or jump of the test"


def tired_by_log(file: Path, on: datetime) -> dict[str, float | None]:
    """What a plan's log tells of a day: readiness, soreness, sleep (h), and hours since the last hard session before
    it, of which a log holds the day alone: 24 h a day. None where it tells nothing.

    Raises
    ------
    BadInput
        The file is no plan.
    """
    from legato.coaching.plan.kept import read_plan

    log = read_plan(file).log
    today = next((session for session in log if session.on == on.date()), None)
    hard = [one.on for one in log if one.on < on.date() and any((sets.rpe or 0.0) >= _HARD_RPE for sets in one.done)]
    return {
        "readiness": None if today is None else today.readiness,
        "soreness": None if today is None else today.soreness,
        "sleep_h": None if today is None else today.sleep_h,
        "hard_session_h": 24.0 * (on.date() - max(hard)).days if hard else None,
    }


def with_protocol(record: dict[str, Any], at: "Lines", own: Sequence[Path] = ()) -> dict[str, Any]:
    """A request with what its protocol of priming says of arms, rest and what is kept alike; without one as it is.

    Raises
    ------
    BadInput
        There is no such protocol, it is not offered, not before that test or not for that number; or the request says
        itself what the protocol settles.
    """
    from legato.coaching.priming.catalogue import load_protocol
    from legato.compare.outcomes import outcomes
    from legato.evidence.trials.conditions import conditions

    if "priming" not in record:
        return record
    here = at(("priming",))
    try:
        protocol = load_protocol(str(record["priming"]), own)
    except BadInput as error:
        raise BadInput(f"{here}: {error}") from None
    if protocol.refused:
        raise BadInput(f"{here}: {protocol.id} is not offered: {protocol.refused}")
    if record.get("design", "pairs") != "pairs":
        raise BadInput(f"{at(('design',))}: priming is tested in pairs, with the protocol and without")
    for field in ("arms", "rest_range_min"):
        if field in record:
            raise BadInput(f"{at((field,))}: the protocol says what {field} are; take them out")
    region = _REGIONS.get(record.get("region"))
    if region is None:
        raise BadInput(f'{here}: say which limbs the test asks for: region = "upper" (arms) or "lower" (legs)')
    if not protocol.parts_before(region):
        raise BadInput(f"{at(('region',))}: {protocol.id} has nothing before a test of those limbs")
    outcome = cast("Mapping[str, object]", record.get("outcome") or {})
    row = outcomes().get(str(outcome.get("id")))
    if row is not None and _TESTED.get(row.reading) not in protocol.tests:
        fit = ", ".join(one.id for one in outcomes().values() if _TESTED.get(one.reading) in protocol.tests)
        raise BadInput(f"{at(('outcome', 'id'))}: {protocol.id} is not for {row.name}; it is for {fit}")
    rest = protocol.rest_before(region)
    apart = min(rest.most - rest.least, conditions()["rest_min"].most)
    keep: dict[str, float | bool] = {"rest_min": apart, "feedback_off": True}
    if row is not None and "load_kg" in row.keeps:
        keep["volume_kg"] = _VOLUME_SHARE
    told = cast("Mapping[str, float | bool]", record.get("keep") or {})
    for name, most in keep.items():
        if name in told and told[name] > most:
            raise BadInput(f"{at(('keep', name))}: {protocol.id} lets pairs lie {most:g} apart at most")
    name = row.name if row is not None else "the number"
    filled = {
        "hypothesis": "" if record.get("claim") else f"{protocol.name} ({protocol.id}) changes {name}, against rest",
        **record,
        "arms": dict(zip("AB", _arms(protocol, region), strict=True)),
        "rest_range_min": [rest.least, rest.most],
        "keep": {**keep, **told},
        "also_same": [*cast("Sequence[str]", record.get("also_same") or ()), _WARM_UP],
    }
    return filled


def _arms(protocol: "Protocol", region: "Region") -> tuple[str, str]:
    """What is done with the protocol, and without."""
    from legato.report.priming_words import part_words, rest_words

    these = (part.model_copy(update={"region": None}) for part in protocol.parts_before(region))
    parts = "; ".join(part_words(part, grades=False) for part in these)
    rest = rest_words(protocol.rest_before(region))
    return (
        f"{protocol.name}: {parts}; then rest of {rest} to the test",
        f"rest for as long as {protocol.id} takes, no work and no stretching; then rest of {rest} to the test",
    )


def minutes_by_arm(
    request: "Request",
    test_at: str | None,
    screening: Path | None,
    standing: Path | None,
    own: Sequence[Path] | None,
    json_out: str | None,
    *,
    pain: float | None,
) -> dict[str, list[str]]:
    """The minutes before the test of a session of each arm, in words, before any arm is told.

    Raises
    ------
    BadInput
        The trial is not one of priming, or its protocol is no longer the one that was registered.
    NotResolvable
        The athlete may not do the protocol today, and then does not do its control either.
    """
    from legato.coaching.priming.catalogue import load_protocol
    from legato.coaching.priming.schedule import NotOffered, schedule
    from legato.commands.priming import situation_on, time_of
    from legato.commands.screen import screening_that_passes
    from legato.report.priming_words import schedule_lines

    region = _REGIONS.get(request.region)
    if not request.priming or region is None or request.arms is None:
        raise BadInput("--test-at is for trials of priming; this one says in words what its arms are")
    if test_at is None:
        raise BadInput(
            "a trial of priming tells its arm with --test-at, --screening and --pain: what primes passes the gate first"
        )
    if screening is None:
        raise BadInput("--test-at goes with --screening, without which nothing is scheduled")
    if pain is None:
        raise BadInput("--test-at goes with --pain, today's pain from 0 to 10: --pain 0 where there is none")
    protocol = load_protocol(request.priming, own or ())
    if not protocol.parts_before(region) or _arms(protocol, region) != (request.arms.A, request.arms.B):
        raise BadInput(f"{request.priming} is no longer as it was registered; do what the arm says in words")
    at = time_of(test_at)
    passed = screening_that_passes(screening, json_out)
    if passed is None:
        raise typer.Exit(3)
    situation = situation_on(passed, standing, at, pain=pain)
    found: dict[str, list[str]] = {}
    for arm in ("A", "B"):
        day = schedule(protocol, at, region, situation, primed=arm == "A")
        if isinstance(day, NotOffered):
            raise NotResolvable(f"{protocol.id}: not today, so no arm is told: {'; '.join(day.reasons)}")
        found[arm] = schedule_lines(protocol, [day])
    return found


def asks_detectable(request: "Request") -> list[str]:
    """What a trial of priming is asked back where the smallest detectable change was not told."""
    if not request.priming or request.outcome.detectable is not None:
        return []
    said = (
        "detectable: not told, so the verdict holds the change against what matters alone. Where the athlete's own"
        " smallest detectable change of a session's number is known, register the trial with it"
    )
    return [said]
