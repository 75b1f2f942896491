"""What a trial says: the one sentence that may be repeated, and the items of its sheet (CENT 2015, SCRIBE 2016)."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from legato.estimate import Estimate
from legato.evidence.trials.conditions import conditions
from legato.report.words import listed, percent, plural

Record = Mapping[str, Any]

ANSWERS = {
    "supports": "supports",
    "contradicts": "contradicts",
    "inconclusive": "inconclusive",
    "not-measurable": "not measurable",
}

CSS = {"supports": "ok", "contradicts": "fault", "inconclusive": "not-resolvable", "not-measurable": "not-resolvable"}
SIGNS = {"supports": "✓", "contradicts": "✕", "inconclusive": "?", "not-measurable": "?"}
"""How a page marks an answer: a class of the pill, and a sign, so that colour is never alone."""


def coach_sentence(record: Record) -> str:
    """What may be repeated of a trial: what changed, in whom, by how much, or that it was not decided."""
    verdict, request = record["verdict"], record["request"]
    name, who = record["planned"]["outcome_name"], request["athlete"]
    if verdict is None:
        done, of = record["pairs_complete"], record["pairs_planned"]
        return f"{done} of {of} pairs are complete; no number is shown before the end."
    change, n = verdict["change"], plural(verdict["n"], "pair")
    arm_a, arm_b = (_arm(request, arm) for arm in ("A", "B"))
    if verdict["answer"] == "supports":
        return f"In {n} in random order, {who}'s {name} was {_moved(record)} with “{arm_a}” than with “{arm_b}”."
    if verdict["answer"] == "contradicts":
        least = _amount(record, request["outcome"]["effect_of_interest"], scaled=True)
        return (
            f"In {n} in random order, “{arm_a}” did not change {who}'s {name} by the {least} that would matter:"
            f" {signed(record, change)}."
        )
    if verdict["answer"] == "inconclusive":
        found = "" if change is None else f": the change lay at {signed(record, change)}"
        return f"{n[0].upper()}{n[1:]} do not decide whether “{arm_a}” changes {who}'s {name}{found}."
    return f"This trial cannot tell whether “{arm_a}” changes {who}'s {name}."


def _arm(request: Record, arm: str) -> str:
    return str(request["arms"][arm]).rstrip(".")


def _moved(record: Record) -> str:
    change, better = record["verdict"]["change"], record["request"]["outcome"]["better"]
    decimals = _decimals(0.5 * (_scaled(record, change["high"]) - _scaled(record, change["low"])))
    low, high = (f"{_scaled(record, change[end]):.{decimals}f}" for end in ("low", "high"))
    return f"{_amount(record, change['value'])} {better} ({low} to {high})"


def signed(record: Record, change: Record) -> str:
    """A change with its sign and interval: `+3.1 % (-0.4 to 6.6)`, positive the way that the claim says."""
    text = change_text(change, relative=unit_of(record) == "%", unit=unit_of(record))
    way = "" if record["request"]["outcome"]["better"] == "higher" else ", counted positive where it is lower"
    return text + way


def change_text(change: Record, *, relative: bool, unit: str) -> str:
    """`+3.1 % (−0.4 to 6.6)` of a change with its interval: a share where `relative`, else in its unit."""
    value, low, high = ((100.0 if relative else 1.0) * change[key] for key in ("value", "low", "high"))
    decimals = _decimals(0.5 * (high - low))
    text = f"{value:+.{decimals}f} {'%' if relative else unit} ({low:.{decimals}f} to {high:.{decimals}f})"
    return text.replace("-", "−")


def unit_of(record: Record) -> str:
    """`%` of the comparator, or the number's own unit."""
    return "%" if record["request"]["outcome"]["effect_unit"] == "%" else str(record["planned"]["unit"])


def _scaled(record: Record, value: float) -> float:
    return 100.0 * value if unit_of(record) == "%" else value


def _amount(record: Record, value: float, *, scaled: bool = False) -> str:
    shown = value if scaled else _scaled(record, value)
    change = record["verdict"]["change"]
    half = None if change is None else 0.5 * (_scaled(record, change["high"]) - _scaled(record, change["low"]))
    text = f"{shown:g}" if scaled or half is None else f"{shown:.{_decimals(half)}f}"
    return f"{text} {unit_of(record)}".replace("-", "−")


def _decimals(half_width: float) -> int:
    return 0 if half_width <= 0.0 else max(0, min(4, 1 - math.floor(math.log10(half_width))))


def pair_changes(record: Record) -> list[tuple[int, str, Estimate]]:
    """Of each pair that counts its number in the drawn order (from 1), the arm that came first, and how far A lies from
    B, positive the way that the claim says: in per cent of B, or in the number's unit. Empty before the end.
    """
    by_pair: dict[int, dict[str, Estimate]] = {}
    for session in record["sessions"]:
        if session["number"] is not None:
            one = session["number"]
            by_pair.setdefault(session["pair"], {})[session["arm"]] = Estimate(
                one["value"], one["low"], one["high"], unit=one["unit"]
            )
    found: list[tuple[int, str, Estimate]] = []
    for pair in record["pairs"]:
        arms = by_pair.get(pair["pair"], {})
        if pair["complete"] and not pair["refused"] and len(arms) == 2:
            found.append((pair["slot"], pair["first"], _apart(record, arms["A"], arms["B"])))
    return found


def _apart(record: Record, a: Estimate, b: Estimate) -> Estimate:
    way = 1.0 if record["request"]["outcome"]["better"] == "higher" else -1.0
    if unit_of(record) != "%":
        return a.minus(b).scaled(way)
    share = a.value / b.value - 1.0
    half = (1.0 + share) * math.hypot(a.half_width / a.value, b.half_width / b.value)
    return Estimate.symmetric(100.0 * way * share, 100.0 * half, "%")


def sheet(record: Record) -> Iterator[tuple[str, str, str]]:
    """The trial sheet: item of CENT or SCRIBE, its name, and what this trial says of it."""
    yield from _asked(record)
    yield from _drawn(record)
    yield from _came_of_it(record)


def _asked(record: Record) -> Iterator[tuple[str, str, str]]:
    request, planned = record["request"], record["planned"]
    outcome, control = request["outcome"], request["negative_control"]
    yield (
        "CENT 1, 3",
        "Title and design",
        f"{request['name']}: randomised pairs within one athlete, each arm once a pair",
    )
    registered = planned["on"].replace("T", " ")
    yield "CENT 23", "Registered", f"{registered}, before the first session; nothing of it can change since"
    yield "CENT 2b", "Question", request["claim"] or request["hypothesis"]
    yield "CENT 4a", "Athlete", f"{request['athlete']} (a pseudonym)"
    yield "CENT 5", "Arm A, what the question is about", request["arms"]["A"]
    yield "CENT 5", "Arm B, what it is compared with", request["arms"]["B"]
    yield "SCRIBE", "Kept the same in both", kept_words(record)
    unit = outcome["effect_unit"]
    promised = "" if outcome["expected"] is None else f"; promised {outcome['expected']:g} {unit}"
    matters = f"at least {outcome['effect_of_interest']:g} {unit} would matter{promised}"
    way = f"the claim says {outcome['better']}"
    yield "CENT 6a", "Outcome", f"{planned['outcome_name']} in {outcome['movement']}; {way}; {matters}"
    if control is not None:
        yield "CENT 6a", "Negative control", f"{planned['control_name']}: {control['why']}"
    yield "CENT 7a", "Pairs", _size(record)
    said = [f"ends at {plural(record['pairs_planned'], 'pair')}"]
    if request["looks"]:
        said.append(f"looked at after {listed([str(k) for k in request['looks']])} pairs too, alpha shared out")
    said.append(f"earlier with pain above {request['stop_pain']:g} of 10")
    said += [f"or {request['stop_if']}"] if request["stop_if"] else []
    yield "CENT 7b", "Stopping rule", "; ".join(said)


def _drawn(record: Record) -> Iterator[tuple[str, str, str]]:
    request, drawn = record["request"], record["randomisation"]
    even = f"no arm comes first more than {plural(drawn['most_apart'], 'time')} oftener than the other"
    seal = f"seal {drawn['commitment'][:16]}"
    told = "sealed at registration, told one session at a time"
    yield "CENT 8", "Order", f"one of {drawn['lists']} lists in which {even}, drawn at random; {told}; {seal}"
    if drawn["first"]:
        yield "CENT 8", "As drawn", f"first in each pair: {' '.join(drawn['first'])}"
    apart = "in a file that somebody else holds"
    here = "in the trial's own file: hidden from a glance, not from a search"
    yield "CENT 9", "Concealment", f"what the order follows from is kept {apart if drawn['key_apart'] else here}"
    knows = (
        "the arm is known to who measures" if request["assessor_knows_arm"] else "who measures does not know the arm"
    )
    shown = "no number was shown before the end"
    yield "CENT 11a", "Blinding", f"measured by {request['measured_by']}; {knows}, and to the athlete; {shown}"
    test = f"exact test over all lists that could have been drawn, two-sided, alpha {request['alpha']:g}"
    interval = f"{percent(request['level'])} interval by inverting it"
    yield "CENT 12", "Analysis", f"{test}; {interval}; smallest p that it can reach {drawn['least_p']:.2g}"


def _came_of_it(record: Record) -> Iterator[tuple[str, str, str]]:
    request, verdict = record["request"], record["verdict"]
    refused = [f"pair {one['slot']}: {', '.join(one['refused'])}" for one in record["pairs"] if one["refused"]]
    yield (
        "CENT 13",
        "Sessions",
        f"{plural(record['pairs_complete'], 'pair')} count; refused: {'; '.join(refused) or 'none'}",
    )
    late = record["told_late"]
    yield "SCRIBE", "Added late", f"{plural(late, 'session')}, more than a day after" if late else "none"
    pains = [one["told"].get("pain") for one in record["sessions"] if one["told"].get("pain") is not None]
    pain = f"worst pain told {max(pains):g} of 10" if pains else "no pain was told"
    yield "CENT 19", "Harms", pain + (f"; stopped: {record['stopped']}" if record["stopped"] else "")
    if verdict is not None:
        change = "" if verdict["change"] is None else f"{signed(record, verdict['change'])}, p = {verdict['p']:.2g}: "
        yield "CENT 17", "Result", f"{change}{verdict['reason']}"
    chance = f"once in {1.0 / request['alpha']:.0f} trials of something that does nothing p is as small by chance"
    limits = "nothing of other athletes, loads or doses, or of months"
    yield "CENT 20, 21", "What it does not say", f"{limits}; {chance}"
    yield (
        "SCRIBE",
        "File",
        f"{plural(record['lines'], 'line')}, each bound to the one before; receipt {record['receipt']}",
    )


def kept_words(record: Record) -> str:
    """What the sessions of a pair must share."""
    known, said = conditions(), list[str]()
    for name, within in record["planned"]["kept"].items():
        row = known[name]
        if row.compares == "true":
            said.append(row.name)
        elif row.compares == "least":
            said.append(f"{row.name} at least {within:g} {row.unit}")
        elif row.compares == "share":
            said.append(f"{row.name} within {100 * within:g} %")
        else:
            said.append(f"{row.name} within {within:g} {row.unit}".rstrip() if within else f"same {row.name}")
    return "; ".join([*said, *record["request"]["also_same"]])


def _size(record: Record) -> str:
    planned = record["planned"]
    if planned["power"] is None:
        return f"{record['pairs_planned']}; the power was not worked out, as no spread was told"
    spread = (
        f"{100 * planned['spread']:.1f} %" if unit_of(record) == "%" else f"{planned['spread']:g} {planned['unit']}"
    )
    return (
        f"{record['pairs_planned']}: power {100 * planned['power']:.0f} % to find what would matter, with a spread from"
        f" session to session of {spread} (SD)"
    )
