"""A fault in words: what is measured, what is no fault, where it is looked for, and what may lie behind it."""

from collections.abc import Mapping, Sequence

from legato.faults.catalogue import FaultEntry
from legato.faults.judge import edges_words
from legato.faults.model import BEFORE, OPENING, RETURN, STANDING, WORK, Band, Fault, Link, Measure
from legato.faults.results import RESULTS
from legato.report.claim_words import claim_link
from legato.report.words import event_verb, link_name

READINGS: Mapping[str, str] = {
    "above": "how far {signal} rises above its value at {at}",
    "below": "how far {signal} falls below its value at {at}",
    "off": "how far {signal} goes to either side of its value at {at}",
    "rise": "how far {signal} rises at most from where it was earlier",
    "fall": "how far {signal} falls at most from where it was earlier",
    "peak": "largest {signal}",
    "trough": "smallest {signal}",
    "range": "how far {signal} moves",
    "change": "how far {signal} has come at {at}",
    "value_at": "{signal} at {at}",
    "largest_size": "largest {signal} either way",
    "mean": "mean {signal}",
    "rms": "RMS of {signal} about its mean",
    "drift": "how far {signal} drifts",
    "duration": "how long it lasts",
    "held": "how long the position is held",
    "failure": "time from the start of a hold until it failed",
}
"""What each reading is, in words."""

PHASES: Mapping[str, str] = {
    "rep": "",
    OPENING: "in the first phase",
    WORK: "in the phases that drive",
    RETURN: "in the phases that come back under control",
}
"""Where a number is read, by what the phase is."""

_MARKS = {STANDING: "standing", BEFORE: "rest before it"}

_SIDES = {
    "none": "",
    "mean": ", mean of both sides",
    "each": ", each side by itself",
    "difference": ", right less left",
    "right": ", right",
    "left": ", left",
}

_LINK_SIDES = {"right": "right ", "left": "left ", "dominant": "dominant "}

_GRADES = {"ENG": "our own choice"}

_INTRODUCTION = """\
The {n} faults of the library, made from its files. [Faults](faults.md) tells how they are judged,
[A fault of your own](own-fault.md) how to write one."""


def measured_words(fault: Fault) -> str:
    """What is measured, with its unit."""
    unit = "" if fault.unit == "1" else f", {fault.unit}"
    if fault.all_of:
        return "all of these at once: " + ", ".join(fault.all_of)
    if fault.lead is not None:
        lead = fault.lead
        first = _event(lead.from_link, lead.event)
        second = _event(lead.to_link, lead.to_event or lead.event)
        said = f"time from when the {first} to when the {second}{_within(lead.within)}"
    elif fault.result is not None:
        told = (RESULTS[fault.result][1].__doc__ or "").split("\n")[0].rstrip(".")
        said = f"{told[0].lower()}{told[1:]} (`{fault.result}`)" if told else f"`{fault.result}`"
        unit = ""
    else:
        said = "" if fault.measure is None else _measure(fault.measure)
        if fault.over is not None:
            said += f", over {_measure(fault.over)}"
    if fault.kind == "drift":
        ends = "the lightest load to the heaviest" if fault.against == "load" else "the first repetition to the last"
        said = f"change from {ends} of: {said}"
    elif fault.kind == "spread" and fault.unit == "1":
        said = f"spread between repetitions over that of the baseline, of: {said}"
    only = "".join(f"; only where this surely exceeds {c.least:g}: {_measure(c.measure)}" for c in fault.also)
    return f"{said}{unit}{only}"


def band_words(fault: Fault) -> str:
    """What is no fault, with source and grade."""
    band = fault.band
    if band is None:
        return "those of its parts"
    parts: list[str] = []
    if band.own and fault.kind != "drift":
        least = f", ± {_amount(band.least_change, fault.unit)} at least" if band.least_change else ""
        parts.append(f"the athlete's own, from a baseline{least}")
    if band.default is not None:
        graded = f"{_GRADES.get(str(band.grade), f'grade {band.grade}')}"
        stated = f"{edges_words(band.default, fault.unit)} ({band.source}; {graded})"
        parts.append(f"without one {stated}" if parts else stated)
    if band.amber is not None:
        graded = _GRADES.get(str(band.amber.grade), f"grade {band.amber.grade}")
        parts.append(f"amber from {_amount(band.amber.edge, fault.unit)} ({band.amber.source}; {graded})")
    return "; ".join(parts) + f". A fault lies {_beyond(band)}"


def least_reps(fault: Fault) -> int:
    """Repetitions from which a fault is judged: of its file, and of what a drift or a spread takes."""
    of_kind = 4 if fault.kind == "drift" else 6 if fault.kind == "spread" and fault.unit == "1" else 1
    return max(fault.least_reps, of_kind)


def fault_record(entry: FaultEntry, movements: Sequence[str]) -> dict[str, object]:
    """A fault as JSON: its file's fields, what it is elsewhere (`for`), and where it is looked for."""
    return {
        **entry.fault.model_dump(mode="json", by_alias=True),
        "movements": list(movements),
        "for": {name: one.model_dump(mode="json", by_alias=True) for name, one in entry.variants.items()},
    }


def variant_words(entry: FaultEntry) -> dict[str, str]:
    """What is otherwise in a movement or family, by its name."""
    found: dict[str, str] = {}
    for name, one in entry.variants.items():
        said = [one.says] if one.says != entry.fault.says else []
        for words, title in ((measured_words, "Measured"), (band_words, "No fault")):
            if words(one) != words(entry.fault):
                said.append(f"{title}: {words(one)}.")
        if one.drills != entry.fault.drills and one.drills:
            said.append(f"Drills: {', '.join(one.drills)}.")
        found[name] = " ".join(said) or "as elsewhere"
    return found


def fault_section(entry: FaultEntry, movements: Sequence[str]) -> str:
    """A fault as Markdown, under a heading that is its id."""
    fault = entry.fault
    rows = [
        ("measured", measured_words(fault)),
        ("no fault", band_words(fault)),
        ("needs", fault.needs + (f"; not: {', '.join(fault.never)}" if fault.never else "")),
        ("repetitions", f"{least_reps(fault)} or more"),
        ("looked for in", ", ".join(f"[{m}](movements/{m}.md)" for m in movements) or "no movement yet"),
        *((f"in `{name}`", said) for name, said in variant_words(entry).items()),
        *([("drills", ", ".join(f"[{name}](drills.md#{name})" for name in fault.drills))] if fault.drills else []),
        ("source", fault.source + (f" (grade {fault.grade})" if fault.grade else "")),
        *([("claim", claim_link(fault.claim))] if fault.claim else []),
    ]
    parts = [
        f"## {fault.id}",
        f"**{fault.name}.** {fault.says}",
        table(("", ""), rows),
        table(
            ("what may lie behind it", "what tells it", "what to give"),
            [(cause.cause, cause.tells, cause.asks) for cause in fault.causes],
        ),
    ]
    return "\n\n".join(parts)


def fault_list(entries: Mapping[str, FaultEntry], movements: Mapping[str, Sequence[str]]) -> str:
    """The page of all faults as Markdown."""
    index = [(f"[{name}](#{name})", entry.fault.says) for name, entry in sorted(entries.items())]
    parts = [
        "# List of faults",
        _INTRODUCTION.format(n=len(index)),
        table(("fault", "what it says"), index),
        *(fault_section(entry, movements[name]) for name, entry in sorted(entries.items())),
    ]
    return "\n\n".join(parts) + "\n"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table as Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in lines)


def _measure(measure: Measure) -> str:
    at = _MARKS.get(measure.at) or f"the {_spoken(measure.at)}"
    signals = [_spoken(name) for name in measure.read]
    signal = " or ".join([", ".join(signals[:-1]), signals[-1]] if len(signals) > 1 else signals)
    said = READINGS[measure.reading].format(signal=signal, at=at) + _SIDES[measure.side]
    if measure.reading == "duration":
        where = "the repetition" if measure.within == "rep" else PHASES.get(measure.within, "")
        said = f"how long {where.removeprefix('in ') or f'the {_spoken(measure.within)}'} lasts"
    elif measure.reading not in ("held", "failure"):
        said += _within(measure.within)
    if measure.for_s:
        said += f", for {measure.for_s:g} s or more"
    if measure.until is not None:
        said += f", until {_spoken(measure.until.signal)} has gone {100 * measure.until.share:g} % of its way"
    return said + (", as a share of the athlete's own maximum" if measure.of_maximum else "")


def _within(within: str) -> str:
    said = PHASES.get(within, f"in the {_spoken(within.replace('+', ' to '))}")
    return f", {said}" if said else ""


def _event(link: Link, event: str) -> str:
    return f"{_LINK_SIDES.get(link.side, '')}{link_name(link.name)} {event_verb(event, link.quantity)}"


def _beyond(band: Band) -> str:
    return {"above": "above it", "below": "below it", "outside": "on either side of it"}[band.fault]


def _amount(value: float, unit: str) -> str:
    factor, shown = {"s": (1e3, " ms"), "m": (1e3, " mm"), "deg": (1.0, "°"), "1": (1.0, "")}.get(
        unit, (1.0, f" {unit}")
    )
    return f"{factor * value:g}{shown}"


def _spoken(name: str) -> str:
    return name.replace("_", " ")
