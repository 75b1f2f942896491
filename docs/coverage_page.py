"""Writes docs/coverage.md from docs/coverage.toml, after checking it: `python docs/coverage_page.py`."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

DOCS = Path(__file__).parent
ROOT = DOCS.parent
PACKAGE = ROOT / "src" / "legato"
TESTS = ROOT / "tests"

TEXTS = {
    "S0": ("Legs and chest together", 30),
    "S1": ("Hips and trunk in order", 53),
    "S2": ("Legs and back as one chain", 25),
}
"""The three texts, and how many ids each has."""

PARTS = {
    "faults": "faults and assessments",
    "coaching": "drills and plan",
    "evidence": "claims and trials",
    "app": "the app",
    "live": "live feedback",
    "video": "video",
    "accounts": "accounts",
}
"""The later parts, and what the page calls them."""

State = Literal["built", "partly", "missing", "later"]

_MEANING = {
    "built": "the code measures what the text describes, and tests hold it",
    "partly": "some of it is there; the row says what lacks",
    "missing": "belongs to what is being built now, and is not there",
    "later": "needs a later part",
}


class Entry(BaseModel):
    """One id: `modules` and `data` below src/legato, `tests` below tests. `reached` says how the tests reach a module
    that none of them imports.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = Field(min_length=1)
    state: State
    note: str = ""
    needs: tuple[str, ...] = ()
    gap: str = ""
    modules: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    sensors: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    because: Mapping[str, str] = Field(default_factory=dict)


def ids() -> list[str]:
    """Every id, in order."""
    return [f"{text}.{k}" for text, (_, n) in TEXTS.items() for k in range(1, n + 1)]


def read_coverage(path: Path = DOCS / "coverage.toml") -> dict[str, Entry]:
    """Every id with its entry.

    Raises
    ------
    ValueError
        The file is no TOML (an id twice is none), or an entry is wrong; all faults are named.
    """
    try:
        held: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path.name}: {error}") from None
    entries: dict[str, Entry] = {}
    wrong: list[str] = []
    for name, table in held.items():
        try:
            entries[name] = Entry.model_validate(table)
        except ValidationError as error:
            wrong += [f"{name}: {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
    if list(held) != ids():
        missing, unknown = [i for i in ids() if i not in held], [i for i in held if i not in ids()]
        wrong.append(f"ids missing: {missing}, unknown: {unknown}; they stand in order")
    wrong += [f"{name}: {fault}" for name, entry in entries.items() for fault in _faults(entry)]
    if wrong:
        raise ValueError("\n".join(wrong))
    return entries


def _faults(entry: Entry) -> Iterator[str]:
    """What is wrong with an entry."""
    for folder, names in ((PACKAGE, entry.modules), (PACKAGE, entry.data), (TESTS, entry.tests)):
        yield from (f"{name} is not in {folder.name}" for name in names if not (folder / name).is_file())
    yield from (f"{part!r} is no later part" for part in entry.needs if part not in PARTS)
    named = (*entry.modules, *entry.tests)
    yield from (
        f"because: {name}: named nowhere, or no reason"
        for name, why in entry.because.items()
        if name not in named or not why
    )
    if entry.state in ("built", "partly") and not entry.tests:
        yield f"{entry.state} without a test"
    if entry.state == "built" and not (entry.modules and entry.tests):
        yield "built needs a module and a test"
    if entry.state == "built" and (entry.needs or entry.gap):
        yield "built, and yet something lacks"
    if entry.state != "built" and not (entry.needs or entry.gap):
        yield f"{entry.state}, and neither a later part nor a gap is named"
    if entry.state == "partly" and not entry.note:
        yield "partly needs a note: what is there, and what lacks"
    if entry.state == "later" and not entry.needs:
        yield "later, but of no later part"


def coverage_page(entries: Mapping[str, Entry]) -> str:
    """The page as Markdown."""
    states = list(_MEANING)
    counts = {text: [_count(entries, state, text) for state in states] for text in TEXTS}
    sums = [sum(column) for column in zip(*counts.values(), strict=True)]
    lines = [
        "<!-- Made by docs/coverage_page.py from docs/coverage.toml: change that. -->",
        "# Coverage",
        "",
        "Legato is built after three texts on how force travels through a body: on training legs and chest together",
        "(S0), on the order of hips and trunk (S1), and on legs and back as one chain (S2). Whatever they describe has",
        "a number here, with what Legato does of it today. What a text claims is not thereby true:",
        "[Verdicts](verdicts.md#bands) tells how claims without a source are handled.",
        "",
        f"Of {sum(sums)}, **{_told(sums)}**:",
        "",
    ]
    lines += [f"- {text}, {title.lower()}: {_told(counts[text])}." for text, (title, _) in TEXTS.items()]
    lines += ["", "What the words mean:", ""]
    lines += [f"- **{state}**: {meaning}." for state, meaning in _MEANING.items()]
    lines += ["", "*Sensors* are what it is measured by, or would be; *code* and *data* lie below `src/legato`."]
    gaps = {name: entry.gap for name, entry in entries.items() if entry.gap}
    lines += ["", "## What no part brings yet", ""]
    lines += [f"- {name}: {gap}." for name, gap in gaps.items()] or ["Nothing."]
    for text, (title, n) in TEXTS.items():
        lines += ["", f"## {text}: {title.lower()}", "", "| id | what, and where it is |", "|---|---|"]
        lines += [_row(f"{text}.{k}", entries[f"{text}.{k}"]) for k in range(1, n + 1)]
    return "\n".join(lines) + "\n"


def _count(entries: Mapping[str, Entry], state: str, text: str) -> int:
    return sum(entry.state == state and name.startswith(f"{text}.") for name, entry in entries.items())


def _told(numbers: Sequence[int]) -> str:
    return ", ".join(f"{n} {state}" for n, state in zip(numbers, _MEANING, strict=True))


def _row(name: str, entry: Entry) -> str:
    what = [f"**{entry.text}.**"]
    if entry.note:
        what.append(entry.note)
    if entry.gap:
        what.append(f"Lacks: {entry.gap}.")
    if entry.needs:
        what.append(f"Waits for: {'; '.join(PARTS[part] for part in entry.needs)}.")
    if entry.sensors:
        what.append(f"*Sensors: {', '.join(entry.sensors)}.*")
    where = [
        f"{label}: {', '.join(map(_code, paths))}"
        for label, paths in (("code", entry.modules), ("data", entry.data), ("tests", entry.tests))
        if paths
    ]
    return f"| {name}<br>{entry.state} | {'<br>'.join((' '.join(what), *where))} |"


def _code(path: str) -> str:
    """A path as the page tells it: a movement by its page, all else by its name."""
    movement = Path(path).stem if path.startswith("movements/library/") and path.count("/") == 2 else ""
    if movement:
        return f"[{movement}](movements/{movement}.md)"
    return f"`{path.removesuffix('.py')}`"


if __name__ == "__main__":
    (DOCS / "coverage.md").write_text(coverage_page(read_coverage()), encoding="utf-8")
