"""What the commands print of results, of recordings and of the movement library."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from legato.commands.terminal import cut_list, rows_in_line, say, say_pair, shorten, width

if TYPE_CHECKING:
    from legato.analysis import Analysis
    from legato.movements.model import Movement

_BANDS = {
    "order": "the second link after the first",
    "together": "both together",
    "own": "the athlete's own usual gap",
}
"""What a gap of a movement file asks for."""

_EVENTS = 12
"""Events that `info` prints; a file may hold hundreds."""

_LONGEST_NAME = 60


def print_result(result: "Analysis", out: Path | None) -> None:
    """What was found, and where the report lies."""
    from legato.report import summary_lines

    for line in summary_lines(result):
        say(line, hang=2 if line.startswith(" ") else 0)
    if result.body.view is not None:
        from legato.body.keypoints import view_line

        typer.echo("")
        say(view_line(result.body.view), hang=0)
    if out is not None:
        typer.echo(f"\nreport: {out / 'report.html'}")


def print_info(record: dict[str, Any]) -> None:
    """What files hold, from the record of `info_record`."""
    for source in record["inputs"]:
        typer.echo(f"{source['path']} ({source['format']})")
        if source["streams"]:
            _print_streams(source["streams"])
    for held in record.get("rep_tables", []):
        columns = ", ".join(f"{c} ({u})" if u else c for c, u in zip(held["columns"], held["units"], strict=True))
        say(f"{held['name']}: {len(held['rows'])} repetitions with {columns}")
    events = record.get("events", [])
    for event in events[:_EVENTS]:
        context = " ".join(event["context"].split())
        say(f"event {event['time_s']:.3f} s  {_title(event['name'])} {_title(context)}".rstrip())
    if len(events) > _EVENTS:
        say(f"and {len(events) - _EVENTS} more; all of them with --json -")
    for note in record.get("notes", []):
        say(f"note: {note}")


def _title(name: str) -> str:
    """A name on one line, cut where it is long."""
    flat = " ".join(name.split())
    return flat if len(flat) <= _LONGEST_NAME else flat[: _LONGEST_NAME - 1] + "…"


def _print_streams(streams: list[dict[str, Any]]) -> None:
    """A row for each stream, its channels below it."""
    rows = [("stream", "kind", "rate", "length", "unit", "channels", "gaps", "dead")]
    rows += [
        (
            shorten(s["name"], 24), s["kind"], f"{s['rate_hz']:g} Hz", f"{s['duration_s']:.2f} s", s["unit"],
            str(len(s["channels"])), str(s["gaps"]), str(len(s["dead"])),
        )
        for s in streams
    ]  # fmt: skip
    head, *lines = rows_in_line(rows, right=(2, 3, 5, 6, 7))
    typer.echo(head)
    for s, line in zip(streams, lines, strict=True):
        typer.echo(line)
        typer.echo(f"    {cut_list(s['channels'], width() - 4)}")
        if s["time_holes_s"]:
            typer.echo(f"    {_holes(s['time_holes_s'])}")
        if s["dead"]:
            typer.echo(f"    dead: {cut_list(s['dead'], width() - 10)}")


def _holes(holes: Sequence[dict[str, float]]) -> str:
    """How long a stream's own times leave out samples."""
    longest = max(holes, key=lambda hole: hole["length_s"])
    lasts = f"{longest['length_s']:.3g} s without samples from {longest['start_s']:.2f} s on"
    return f"gap: {lasts}" if len(holes) == 1 else f"{len(holes)} gaps in its times, the longest {lasts}"


def print_movements(records: "Sequence[Movement]", *, whole: bool) -> None:
    """A line or two for each movement; all that a coach needs of it where it is `whole`."""
    if not whole:
        column = max(len(r.id) for r in records) + 2
        for r in records:
            named = "" if r.name.lower().replace("-", " ") == r.id.replace("-", " ") else f"{r.name}. "
            say_pair(r.id, f"{named}{r.summary}", column)
        return
    from legato.movements.link_spec import outside_quantity
    from legato.report.claim_words import claim_note
    from legato.report.words import events_compared, link_name

    for r in records:
        quantities = {link.name: link.quantity for link in r.chain} | outside_quantity(r.drive)
        typer.echo(f"{r.id}: {r.name}")
        say(r.summary, hang=0)
        say(f"source: {r.source}" + (f" (grade {r.grade})" if r.grade else ""))
        if not r.gaps:
            typer.echo("No order of its links is sourced, so none is expected.")
        for gap in (*r.gaps, *(() if r.drive is None else r.drive.gaps)):
            links = gap.from_link, gap.to_link
            event = events_compared(gap.events, (quantities.get(links[0], ""), quantities.get(links[1], "")))
            graded = f"grade {gap.grade}" if gap.grade else "no grade"
            say(f"  {link_name(gap.from_link)} → {link_name(gap.to_link)}, {event}: {_BANDS[gap.band]} ({graded})")
            if gap.source != r.source:
                say(f"    {gap.source}", hang=0)
        for w in r.windows:
            say(f"  window {w.id} (grade {w.grade})")
            say(f"    {w.source}", hang=0)
            if w.claim:
                say(f"    claim {claim_note(w.claim)}", hang=0)
        if r.faults:
            say(f"faults: {', '.join(r.faults)} (see `legato faults ID`)")
