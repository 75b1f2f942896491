"""What a trial says: the one sentence that may be repeated, its changes and its pairs in words."""

import math
from collections.abc import Mapping
from typing import Any

from legato.estimate import Estimate
from legato.report.words import plural

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
    return f"Simulated: {_sentence(record)}" if record["request"].get("simulated") else _sentence(record)


def _sentence(record: Record) -> str:
    verdict, request = record["verdict"], record["request"]
    name, who = record["planned"]["outcome_name"], request["athlete"]
    if verdict is None:
        return f"{so_far(record)}; this page shows no number before the end."
    if request["design"] == "doses":
        return _of_doses(record, verdict, f"{who}'s {name}")
    change, n = verdict["change"], counted(record, verdict["n"])
    drawn = "in phases begun at random" if record["randomisation"]["unit"] == "series" else "in random order"
    arm_a, arm_b = (str(request["arms"][arm]).rstrip(".") for arm in ("A", "B"))
    if request.get("priming"):
        arm_a, arm_b = f"{arm_a.partition(':')[0]} ({request['priming']})", "rest for as long"
    if verdict["answer"] == "supports":
        return f"In {n} {drawn}, {who}'s {name} was {_moved(record)} with “{arm_a}” than with “{arm_b}”."
    if verdict["answer"] == "contradicts":
        outcome, relative = request["outcome"], unit_of(record) == "%"
        least = outcome["effect_of_interest"] * (0.01 if relative else 1.0)
        end = contradicted(
            change, least, outcome["better"], f"{who}'s {name}", (arm_a, arm_b), relative=relative, unit=unit_of(record)
        )
        return f"In {n} {drawn}, {end}"
    if verdict["answer"] == "inconclusive":
        found = "" if change is None else f": the change lay at {signed(record, change)}"
        return f"{n[0].upper()}{n[1:]} do not decide whether “{arm_a}” changes {who}'s {name}{found}."
    return f"This trial cannot tell whether “{arm_a}” changes {who}'s {name}."


def contradicted(
    change: Record, least: float, better: str, what: str, arms: tuple[str, str], *, relative: bool, unit: str
) -> str:
    """The end of a sentence on a change that is surely less than what would matter (`least`, on the same scale): it
    went the other way, it moved little, or it fell short of what the claim says.
    """
    factor, unit = (100.0, "%") if relative else (1.0, unit)
    a, b = arms
    if change["high"] < -least:
        low, value, high = (factor * change[key] for key in ("high", "value", "low"))
        decimals = _decimals(0.5 * abs(high - low))
        way = "lower" if better == "higher" else "higher"
        held = f"{-value:.{decimals}f} {unit} {way} ({-low:.{decimals}f} to {-high:.{decimals}f})"
        return f"{what} was {held} with “{a}” than with “{b}”: the other way than the claim says."
    found, asked = change_text(change, relative=relative, unit=unit), f"{factor * least:g} {unit}"
    if change["low"] > -least:
        return f"{what} differed by less than the {asked} that would matter between “{a}” and “{b}”: {found}."
    verb = "raise" if better == "higher" else "lower"
    return f"“{a}” did not {verb} {what} by the {asked} that would matter: {found}."


def so_far(record: Record) -> str:
    """How far a trial is."""
    done, of = record["pairs_complete"], record["pairs_planned"]
    if record["randomisation"]["unit"] == "series":
        of = record["pairs_planned"] * record["randomisation"]["sessions"]
        return f"{len(record['sessions'])} of {of} sessions are done"
    return f"{done} of {plural(of, record['randomisation']['unit'])} are complete"


def _of_doses(record: Record, verdict: Record, what: str) -> str:
    n, band = counted(record, verdict["n"]), band_words(record)
    best = None if verdict["dose"] is None else verdict["dose"]["optimum"]
    at = "" if best is None else f"{lag_text(best)} at best"
    if verdict["answer"] == "supports" and best is not None:
        return f"In {n} of cued lags in random order, {what} was best at {lag_text(best)}, within {band}."
    if verdict["answer"] == "contradicts":
        return f"In {n} of cued lags in random order, {what} was not best within {band}{f': {at}' if at else ''}."
    if verdict["answer"] == "inconclusive":
        return f"{n[0].upper()}{n[1:]} do not decide whether {what} is best within {band}{f': {at}' if at else ''}."
    return f"This trial cannot tell whether {what} is best within {band}."


def lag_text(lag: Record) -> str:
    """`102 ms (95 to 108)`."""
    value, low, high = (1000.0 * lag[key] for key in ("value", "low", "high"))
    return f"{value:.0f} ms ({low:.0f} to {high:.0f})".replace("-", "−")


def band_words(record: Record) -> str:
    """Where the claim puts the best lag."""
    low, high = record["request"]["doses"]["band_ms"]
    return f"{low:g} to {high:g} ms"


def counted(record: Record, n: int) -> str:
    """So many pairs, blocks, or (in phases) sessions."""
    unit = record["randomisation"]["unit"]
    return plural(n, "session" if unit == "series" else unit)


def _moved(record: Record) -> str:
    change, better = record["verdict"]["change"], record["request"]["outcome"]["better"]
    decimals = _decimals(0.5 * (_scaled(record, change["high"]) - _scaled(record, change["low"])))
    low, high = (f"{_scaled(record, change[end]):.{decimals}f}" for end in ("low", "high"))
    value = f"{_scaled(record, change['value']):.{decimals}f} {unit_of(record)}"
    return f"{value} {better} ({low} to {high})".replace("-", "−")


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
