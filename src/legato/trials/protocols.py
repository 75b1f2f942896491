"""Trials of priming: what a protocol says of a request."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from legato.errors import BadInput

if TYPE_CHECKING:
    from legato.coaching.priming.model import Protocol, Region, Tested
    from legato.compare.outcomes import OutcomeRow
    from legato.evidence.trials.registration import Request
    from legato.toml_lines import Lines

_TESTED: "Mapping[str, Tested]" = {"bar": "bar-speed", "jump": "jump", "rfd": "force-rise", "emg": "activation"}
"""What an outcome tests, by what it is read from."""

REGIONS: "Mapping[object, Region]" = {"upper": "upper", "lower": "lower"}
"""The limbs that a request's test asks for."""

_VOLUME_SHARE = 0.05
"""How far the volumes of a pair's tests may lie apart (matched within 5 %, issue on evidence)."""

_WARM_UP = "the same warm-up before either, up to the load or jump of the test"


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
    region = REGIONS.get(record.get("region"))
    if region is None:
        raise BadInput(f'{here}: say which limbs the test asks for: region = "upper" (arms) or "lower" (legs)')
    if not protocol.parts_before(region):
        raise BadInput(f"{at(('region',))}: {protocol.id} has nothing before a test of those limbs")
    outcome = cast("Mapping[str, object]", record.get("outcome") or {})
    row = outcomes().get(str(outcome.get("id")))
    if row is not None and _TESTED.get(row.reading) not in protocol.tests:
        fit = ", ".join(one.id for one in outcomes_for(protocol))
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
        "arms": dict(zip("AB", arms_of(protocol, region), strict=True)),
        "rest_range_min": [rest.least, rest.most],
        "keep": {**keep, **told},
        "also_same": [*cast("Sequence[str]", record.get("also_same") or ()), _WARM_UP],
    }
    return filled


def outcomes_for(protocol: "Protocol") -> "list[OutcomeRow]":
    """The numbers that a protocol can be tested by."""
    from legato.compare.outcomes import outcomes

    return [one for one in outcomes().values() if _TESTED.get(one.reading) in protocol.tests]


def arms_of(protocol: "Protocol", region: "Region") -> tuple[str, str]:
    """What is done with the protocol, and without."""
    from legato.report.priming_words import part_words, rest_words

    these = (part.model_copy(update={"region": None}) for part in protocol.parts_before(region))
    parts = "; ".join(part_words(part, grades=False) for part in these)
    rest = rest_words(protocol.rest_before(region))
    return (
        f"{protocol.name}: {parts}; then rest of {rest} to the test",
        f"rest for as long as {protocol.id} takes, no work and no stretching; then rest of {rest} to the test",
    )


def asks_detectable(request: "Request") -> list[str]:
    """What a trial of priming is asked back where the smallest detectable change was not told."""
    if not request.priming or request.outcome.detectable is not None:
        return []
    said = (
        "detectable: not told, so the verdict holds the change against what matters alone. Where the athlete's own"
        " smallest detectable change of a session's number is known, register the trial with it"
    )
    return [said]
