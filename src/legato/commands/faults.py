"""`legato faults`: the faults that movements are looked through for, and whether a file with one's own is good."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from legato.commands.options import JsonOut, Library, OwnFaults
from legato.commands.output import write_json
from legato.commands.terminal import say, say_pair
from legato.errors import BadInput
from legato.messages import nearest

if TYPE_CHECKING:
    from legato.faults.catalogue import FaultEntry


def faults(
    fault: Annotated[str | None, typer.Argument(help="Show this one in full.", show_default=False)] = None,
    own: OwnFaults = None,
    library: Library = None,
    json_out: JsonOut = None,
) -> None:
    """List the faults Legato looks for, show one in full, or check a file with faults of your own."""
    from legato.evidence.claims.ledger import refuse_unknown_claims
    from legato.faults.catalogue import fault_entries, movements_by_fault
    from legato.report.fault_page import fault_record

    entries = fault_entries(own or (), library)
    if fault is not None and fault not in entries:
        raise BadInput(f"{fault!r:.60}: no such fault; {_meant(fault, entries)}")
    shown = {n: e for n, e in sorted(entries.items()) if n == fault or (fault is None and bool(e.file) == bool(own))}
    if own:
        refuse_unknown_claims({f"{e.file}: fault {n}": e.fault.claim for n, e in entries.items() if e.file})
    movements = movements_by_fault(entries, library)
    if json_out is not None:
        write_json([fault_record(entry, movements[name]) for name, entry in shown.items()], json_out)
    if json_out == "-":
        return
    if fault is not None:
        _print_whole(shown[fault], movements[fault])
        return
    for file in dict.fromkeys(own or ()):
        of_file = [entry for entry in shown.values() if entry.file == Path(file).name]
        typer.echo(f"{file}: {len(of_file)} fault{'' if len(of_file) == 1 else 's'}, all good")
    _print_list(shown, movements)


def _meant(word: str, entries: "Mapping[str, FaultEntry]") -> str:
    """Faults that a word may stand for: those that hold it in their id, else in their name, else those spelt alike."""
    asked = [re.escape(part) for part in re.findall(r"\w+", word.lower())]
    names = {name: entries[name].fault.name.lower() for name in sorted(entries)}
    for texts in ({name: name for name in names}, names):
        held = [n for n, text in texts.items() if asked and all(re.search(rf"\b{part}", text) for part in asked)]
        if held:
            return f"did you mean {' or '.join(held[:_MOST_MEANT])}?"
    return nearest(word, sorted(entries), _MOST_MEANT, len(entries))


_MOST_MEANT = 3


def _print_list(entries: "Mapping[str, FaultEntry]", movements: Mapping[str, Sequence[str]]) -> None:
    column = max(len(name) for name in entries) + 2
    for name, entry in entries.items():
        say_pair(name, f"{entry.fault.name} ({', '.join(movements[name]) or 'in no movement'})", column)


def _print_whole(entry: "FaultEntry", movements: Sequence[str]) -> None:
    from legato.faults.assessments.how import ask_words
    from legato.report.claim_words import claim_note
    from legato.report.fault_page import band_words, least_reps, measured_words, variant_words

    fault = entry.fault
    typer.echo(f"{fault.id}: {fault.name}")
    say(" ".join(fault.says.split()), hang=0)
    say(f"measured: {measured_words(fault)}")
    say(f"no fault: {band_words(fault)}")
    say(f"needs: {fault.needs}" + (f"; not: {', '.join(fault.never)}" if fault.never else ""))
    say(f"repetitions: {least_reps(fault)} or more")
    say(f"looked for in: {', '.join(movements) or 'no movement'}")
    for name, said in variant_words(entry).items():
        say(f"  in {name}: {said}")
    for cause in fault.causes:
        way = ask_words(cause.asks, movements[0] if len(movements) == 1 else "")
        asks = f"; to give: {way}" if cause.asks else ""
        say(f"  may lie behind it: {cause.cause}; what tells: {cause.tells}{asks}")
    if fault.drills:
        say(f"drills: {', '.join(fault.drills)}")
    say(f"source: {fault.source}" + (f" (grade {fault.grade})" if fault.grade else ""))
    if fault.claim:
        say(f"claim: {claim_note(fault.claim)}")
