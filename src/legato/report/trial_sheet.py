"""The sheet of a trial: what reports of trials of one must tell (CENT 2015, SCRIBE 2016)."""

from collections.abc import Iterator

from legato.evidence.trials import conditions
from legato.report.trial_words import Record, band_words, signed, unit_of
from legato.report.words import listed, percent, plural


def sheet(record: Record, claim: str = "") -> Iterator[tuple[str, str, str]]:
    """The trial sheet: item of CENT or SCRIBE, its name, and what this trial says of it. `claim`: its words."""
    yield from _asked(record, claim)
    yield from _drawn(record)
    yield from _came_of_it(record)


def _asked(record: Record, claim: str) -> Iterator[tuple[str, str, str]]:
    request, planned = record["request"], record["planned"]
    outcome, control = request["outcome"], request["negative_control"]
    yield "CENT 1, 3", "Title and design", f"{request['name']}: {_DESIGNS[request['design']]}"
    registered = planned["written_at"][:16].replace("T", " ")
    held = "before the first session; nothing of it can change since"
    if request.get("simulated"):
        held = f"of a simulated trial whose days are made up ({planned['on'].replace('T', ' ')} as told)"
    yield "CENT 23", "Registered", f"{registered} by the clock, {held}"
    asked = f"{request['claim']}, a claim of others: “{claim}”" if claim else request["claim"]
    yield "CENT 2b", "Question", asked or request["hypothesis"]
    yield "CENT 4a", "Athlete", f"{request['athlete']} (a pseudonym)"
    if request["doses"] is not None:
        doses = request["doses"]
        cued = listed([f"{dose:g}" for dose in doses["doses_ms"]])
        yield "CENT 5", "Cued lags", f"{cued} ms; the claim puts the best one within {band_words(record)}"
        against = listed([f"{dose:g}" for dose in doses["comparator_ms"]])
        yield "CENT 5", "Compared with", f"the number at {against} ms"
    else:
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
    yield "CENT 7a", "How many", _size(record)
    said = [f"ends after {_planned(record)}"]
    if request["looks"]:
        said.append(f"looked at after {listed([str(k) for k in request['looks']])} pairs too, alpha shared out")
    said.append(f"earlier with pain above {request['stop_pain']:g} of 10")
    said += [f"or {request['stop_if']}"] if request["stop_if"] else []
    yield "CENT 7b", "Stopping rule", "; ".join(said)


def _drawn(record: Record) -> Iterator[tuple[str, str, str]]:
    request, drawn = record["request"], record["randomisation"]
    told = f"sealed at registration, told one session at a time; seal {drawn['commitment'][:16]}"
    yield "CENT 8", "Order", f"{_how_drawn(record)}, drawn at random; {told}"
    if drawn["drawn"]:
        firsts = drawn["unit"] == "pair"
        blocks = [block[0] if firsts else " ".join(block) for block in drawn["drawn"]]
        shown = " ".join(blocks) if firsts else "; ".join(blocks)
        yield "CENT 8", "As drawn", f"first in each pair: {shown}" if firsts else shown
    apart = "in a key file apart from the trial's own"
    here = "in the trial's own file: hidden from a glance, not from a search"
    yield "CENT 9", "Concealment", f"what the order follows from is kept {apart if drawn['key_apart'] else here}"
    knows = (
        "the athlete and who measures know the arm"
        if request["assessor_knows_arm"]
        else "the athlete knows the arm, who measures does not"
    )
    shown = "the trial showed no number before the end; whether anybody looked at a session's own result is not known"
    yield "CENT 11a", "Blinding", f"measured by {request['measured_by']}; {knows}; {shown}"
    yield "CENT 12", "Analysis", _analysis(record)


_DESIGNS = {
    "pairs": "randomised pairs within one athlete, each arm once a pair",
    "doses": "cued lags in random order within one athlete, each once a block",
    "abab": "phases B, A, B, A within one athlete, which begin at sessions drawn at random",
    "multiple-baseline": "several series within one athlete, in each A begins at a session drawn at random",
}


def _how_drawn(record: Record) -> str:
    drawn = record["randomisation"]
    if drawn["unit"] == "pair":
        even = f"no arm comes first more than {plural(drawn['most_apart'], 'time')} oftener than the other"
        return f"one of {drawn['lists']} lists in which {even}"
    if drawn["unit"] == "block":
        return "all doses once a block, followed by each other as evenly as can be"
    return f"the sessions at which phases change, at least {record['request']['phases']['least']} in each"


def _analysis(record: Record) -> str:
    request, drawn = record["request"], record["randomisation"]
    if drawn["unit"] == "block":
        return (
            "permutation of the doses within blocks, two-sided; the best lag with its interval from a curve through"
            f" the doses' means; alpha {request['alpha']:g}"
        )
    test = f"exact test over all that could have been drawn, two-sided, alpha {request['alpha']:g}"
    interval = f"{percent(request['level'])} interval by inverting it"
    return f"{test}; {interval}; smallest p that it can reach {drawn['least_p']:.2g}"


def _planned(record: Record) -> str:
    drawn = record["randomisation"]
    if drawn["unit"] == "series":
        return plural(record["pairs_planned"] * drawn["sessions"], "session")
    return plural(record["pairs_planned"], drawn["unit"])


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
    if record["notes"]:
        written = [f"{at[:16].replace('T', ' ')}: {text}" for at, text in record["notes"]]
        yield "SCRIBE", "Notes, as written down", "; ".join(written)
    pains = [one["told"].get("pain") for one in record["sessions"] if one["told"].get("pain") is not None]
    pain = f"worst pain told {max(pains):g} of 10" if pains else "no pain was told"
    yield "CENT 19", "Harms", pain + (f"; stopped: {record['stopped']}" if record["stopped"] else "")
    if verdict is not None:
        p = "" if verdict["p"] is None else f", p = {verdict['p']:.2g}"
        change = "" if verdict["change"] is None else f"{signed(record, verdict['change'])}{p}: "
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
    """What the sessions of a pair must share, and where that is less than usual."""
    kept, request = record["planned"]["kept"], record["request"]
    less = conditions.loosened(kept)
    said = "; ".join([*conditions.kept_words(kept, request.get("differs_by_arm", {})), *request["also_same"]])
    return said + (f". Less alike than usual: {'; '.join(less)}" if less else "")


def _size(record: Record) -> str:
    planned = record["planned"]
    if planned["power"] is None:
        return f"{_planned(record)}; the power was not worked out, as no spread was told"
    spread = (
        f"{100 * planned['spread']:.1f} %" if unit_of(record) == "%" else f"{planned['spread']:g} {planned['unit']}"
    )
    return (
        f"{_planned(record)}: power {100 * planned['power']:.0f} % to find what would matter, with a spread from"
        f" session to session of {spread} (SD)"
    )
