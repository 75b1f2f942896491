"""`legato drills`: the drills that answer faults, the curricula made of them, and whether an own file is good."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from legato.commands.options import JsonOut, OwnDrills, OwnFaults
from legato.commands.output import write_json, write_text
from legato.commands.terminal import say, say_pair
from legato.errors import BadInput
from legato.messages import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from legato.coaching.model import Drill


def drills(
    drill: Annotated[
        str | None, typer.Argument(help="Show this one in full: a drill, or with --curricula one.", show_default=False)
    ] = None,
    fault: Annotated[str | None, typer.Option("--fault", metavar="ID", help="Those that answer this fault.")] = None,
    curricula: Annotated[
        bool, typer.Option("--curricula", help="Show the curricula and the warm-up made of drills instead.")
    ] = False,
    own: OwnDrills = None,
    faults: OwnFaults = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write what is shown as a page, with figures.")
    ] = None,
    json_out: JsonOut = None,
) -> None:
    """List the drills that answer faults, show one in full, or check a file with drills of your own."""
    from legato.coaching.catalogue import curricula as all_curricula
    from legato.coaching.catalogue import drills as all_drills
    from legato.coaching.catalogue import drills_for, warm_ups
    from legato.evidence.claims.ledger import refuse_unknown_claims

    if html is not None and html.suffix.lower() not in (".html", ".htm"):
        raise BadInput(f"{html}: the page is a .html; give it that ending, or --json for the record")
    if curricula or drill in (*all_curricula(), *warm_ups()):
        if fault is not None or own or html is not None:
            raise BadInput("a curriculum goes with --json alone; leave the other options out")
        _curricula(drill, json_out)
        return
    mine = own or ()
    known = all_drills(mine, faults or ())
    if mine:
        refuse_unknown_claims({f"drill {name}": one.claim for name, one in known.items()})
    if drill is not None and drill not in known:
        raise BadInput(f"{drill!r:.60}: no such drill; {nearest(drill, sorted(known), 3, len(known))}")
    if drill is not None and fault is not None:
        raise BadInput("a drill and --fault were both given; give one of them")
    whole = all_drills() if mine and drill is None and fault is None else {}
    shown = {name: one for name, one in known.items() if drill in (None, name) and name not in whole}
    if fault is not None:
        shown = {one.id: one for one in drills_for(fault, mine, faults or ())}
    if json_out is not None:
        write_json([one.model_dump(mode="json") for one in shown.values()], json_out)
    if html is not None:
        from legato.report.drill_sheet import drills_html

        write_text(drills_html(list(shown.values()), fault), str(html))
    if json_out == "-":
        return
    if whole:
        files = ", ".join(str(file) for file in mine)
        typer.echo(f"{files}: {len(shown)} drill{'' if len(shown) == 1 else 's'}, all good")
    _print(shown, drill)
    if html is not None:
        typer.echo(f"page: {html}")


def drills_of_files(files: "Sequence[Path]", faults: "Sequence[Path]", library: Path | None) -> "tuple[Drill, ...]":
    """Drills of a coach's own; what does not fit is refused before anything is analysed or planned."""
    if not files:
        return ()
    from legato.coaching.catalogue import own_drills
    from legato.evidence.claims.ledger import refuse_unknown_claims

    found = own_drills(files, faults, library)
    refuse_unknown_claims({f"drill {one.id}": one.claim for one in found})
    return found


def _print(shown: "Mapping[str, Drill]", drill: str | None) -> None:
    from legato.report.drill_words import drill_lines, levels_words

    if drill is not None:
        for k, line in enumerate(drill_lines(shown[drill])):
            say(line, hang=2 if k > 1 else 0)
        return
    if not shown:
        typer.echo("no drill answers it")
        return
    column = max(len(name) for name in shown) + 2
    for name, one in shown.items():
        say_pair(name, f"{one.name} ({levels_words(one)})", column)


def _curricula(name: str | None, json_out: str | None) -> None:
    from legato.coaching.catalogue import curricula, warm_ups
    from legato.report.drill_words import course_lines, warm_up_lines

    courses, before = curricula(), warm_ups()
    known = [*courses, *before]
    if name is not None and name not in known:
        raise BadInput(f"{name!r:.60}: no such curriculum; {nearest(name, known, 2, len(known))}")
    shown = {n: c for n, c in courses.items() if name in (None, n)}
    warm = {n: w for n, w in before.items() if name in (None, n)}
    if json_out is not None:
        record = {
            "curricula": [c.model_dump(mode="json") for c in shown.values()],
            "warm_ups": [w.model_dump(mode="json") for w in warm.values()],
        }
        write_json(record, json_out)
    if json_out == "-":
        return
    blocks = [*map(course_lines, shown.values()), *map(warm_up_lines, warm.values())]
    for k, lines in enumerate(blocks):
        if k:
            typer.echo("")
        for line in lines:
            say(line, hang=3)
