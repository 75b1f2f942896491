"""Claims of the ledger in words: for the terminal, and beside whatever leans on one."""

import re
from collections.abc import Mapping, Sequence
from html import escape

from legato.evidence.claims import Claim, Source, UserTest, claims
from legato.evidence.claims.model import GRADES, Grading
from legato.report.words import listed

NOT_GIVEN = "not given"
PAGE = "claims.html"

_BEARS = {
    "for": "speaks for the claim",
    "against": "speaks against the claim",
    "mixed": "speaks both for and against the claim",
    "beside": "about something near it, not the claim itself",
}
_PROTOCOLS = {
    "pairs": "pairs of sessions in random order",
    "doses": "cued lags in random order",
    "phases": "phases of sessions with random starts",
}


def claim_note(name: str) -> str:
    """`C01, grade N: Unverified hypothesis. …`; empty without a claim, the id alone where the ledger has none such."""
    known = claims()
    return f"{name}, grade {known[name].grade}: {known[name].display_text}" if name in known else name


def claim_link(name: str, up: str = "") -> str:
    """The same for a page of the documentation, with a link; `up` leads to the folder of the pages."""
    return claim_note(name).replace(name, f"[{name}]({up}claims.md#{name.lower()})", 1) if name else ""


def claims_html(names: Sequence[str]) -> str:
    """For a report: each claim that something leans on once, what may be said of it first, what it claims folded up."""
    known = claims()
    said = ""
    for name in dict.fromkeys(filter(None, names)):
        claim = known.get(name)
        if claim is None:
            said += f"<p class=note>Claim {escape(name)}, which the ledger does not hold.</p>"
            continue
        words = f"The claim, not ours: “{claim.verbatim}”"
        if claim.health:
            words = f"The claim is about health, on which Legato says nothing; its words: `legato claims {name}`"
        told = (words, f"Grade {_meanings(claim)}. {claim.graded.reason}", *how_to_test(claim.user_test))
        rows = "".join(f"<li>{_code(escape(row))}</li>" for row in told)
        said += f"<details class=claim><summary>{escape(claim_note(name))}</summary><ul>{rows}</ul></details>"
    return said


def _code(text: str) -> str:
    return re.sub("`([^`]*)`", r"<code>\1</code>", text)


def claim_short(name: str) -> str:
    """`claim C01, grade N`; empty without a claim."""
    known = claims()
    return f"claim {name}, grade {known[name].grade}" if name in known else f"claim {name}" if name else ""


def grade_meanings() -> list[str]:
    """`N: no source found`, of every grade."""
    return [f"{letter}: {meaning}" for letter, meaning in GRADES.items()]


def _meanings(claim: Claim) -> str:
    """`N, no source found`; of several grades each with what it is about."""
    parts = claim.graded.parts
    return "; ".join(f"{p.grade}{f' ({p.about})' if p.about else ''}, {GRADES[p.grade]}" for p in parts)


def grading_words(grading: Grading) -> str:
    """`2026-11-22: N. No study located.`"""
    parts = ", ".join(f"{p.grade} ({p.about})" if p.about else p.grade for p in grading.parts)
    return f"{grading.on}: {parts}. {grading.reason}"


def read_words(source: Source) -> str:
    """How a source was read, so that nobody takes a memory for a reading."""
    if source.read == "recollection":
        return f"from memory, nobody has read it yet (confidence {source.confidence})"
    said = "looked up" if source.read == "looked-up" else "told by another text"
    return f"{said} ({source.seen})" if source.seen else said


def source_words(source: Source) -> str:
    """A source in one line: what it found, in whom, how sure, how it was read."""
    people = f"n {source.n}" if source.n is not None else f"n {NOT_GIVEN}"
    parts = (
        source.effect or f"finding {NOT_GIVEN}",
        _interval(source),
        people,
        source.studies and f"{source.studies} studies",
        source.design,
        source.bias and f"bias: {source.bias}",
        _BEARS[source.bears],
        read_words(source),
    )
    return f"{source.cite}: {'; '.join(part for part in parts if part)}"


def _interval(source: Source) -> str:
    """The interval or spread of what a source found; where it found a number and told none, that."""
    if source.interval is None:
        return f"interval {NOT_GIVEN}" if re.search(r"\d", source.effect or "") else ""
    return source.interval if source.interval.startswith("SD") else f"interval {source.interval}"


def facts(claim: Claim) -> Mapping[str, str]:
    """What the claim is about, field by field; what it leaves open is told as not given."""
    effect = " ".join(part for part in (claim.effect, claim.unit) if part)
    return {
        "where it is claimed": _where(claim.source_ref),
        "of whom": claim.population or NOT_GIVEN,
        "what is done": claim.exposure or NOT_GIVEN,
        "compared with": claim.comparator or NOT_GIVEN,
        "what changes": claim.outcome or NOT_GIVEN,
        "effect claimed": effect or NOT_GIVEN,
        "what Legato measures of it": _number(claim.metric),
    }


def _where(items: Sequence[str]) -> str:
    """Which of the numbered sayings of the three texts make it."""
    if not items:
        return "in none of the texts by number"
    return f"{'item' if len(items) == 1 else 'items'} {listed(items)} of the list on the page Coverage"


def _number(metric: str | None) -> str:
    """The number, window or fault of Legato that a claim is about, in words and by its id."""
    if metric is None:
        return "nothing"
    words = re.sub("[-_]", " ", metric)
    return f"window {metric}" if metric.startswith("w-") else metric if words == metric else f"{words} ({metric})"


def how_to_test(test: UserTest) -> list[str]:
    """How it is tested on oneself, or why it cannot be."""
    if test.protocol == "none":
        return [f"No trial of one athlete: {test.why_not}."]
    of = f" ({test.of})" if test.of else ""
    return [
        f"By {_PROTOCOLS[test.protocol]}, with the order drawn before the first.",
        f"A: {test.a}. B: {test.b}.",
        f"Number: {test.outcome}{of} of {test.movement}; {test.better} in A speaks for the claim.",
        *([test.note] if test.note else []),
    ]


def trial_command(claim: Claim) -> str:
    """What to run; empty where no trial of one can tell."""
    if claim.user_test.protocol == "none":
        return ""
    return f"`legato trial new --claim {claim.id} --request {claim.id.lower()}.toml` writes the trial to fill in"


def claim_lines(claim: Claim, uses: Sequence[str]) -> list[str]:
    """All of a claim for the terminal; rows that begin with two spaces belong to the row above."""
    sources = [
        line
        for source in claim.sources
        for line in (f"  {source_words(source)}", *([f"    {source.link}"] if source.link else []))
    ]
    sure = f"; confidence in it: {claim.confidence}" if claim.confidence else ""
    command = trial_command(claim)
    return [
        f"{claim.id}, grade {claim.grade_words}",
        f"the claim, not ours: “{claim.verbatim}”",
        f"may be said: {claim.display_text}",
        f"may not be said: {', '.join(f'“{phrase}”' for phrase in claim.forbidden_text)}",
        f"grade: {_meanings(claim)}{sure}",
        *(f"  {grading_words(grading)}" for grading in reversed(claim.gradings)),
        *(f"{name}: {said}" for name, said in facts(claim).items()),
        *([f"searched: {claim.searched}"] if claim.searched else []),
        f"sources, as of {claim.checked_on}:" if sources else f"sources, as of {claim.checked_on}: none",
        *sources,
        "test it on yourself:",
        *(f"  {line}" for line in how_to_test(claim.user_test)),
        *([f"  {command}"] if command else []),
        "own result: none possible" if claim.user_test.protocol == "none" else "own result: none yet",
        f"Legato leans on it in: {', '.join(uses) or 'nothing'}",
    ]
