"""Text for a terminal: lines wrapped to its width, columns that stay in line, long lists cut short."""

import shutil
import sys
import textwrap
from collections.abc import Sequence

import typer

_WIDEST = 100
"""Columns beyond which prose is hard to read."""


def width() -> int:
    """Columns that a table may take: the terminal's, 80 where there is none."""
    return max(40, min(shutil.get_terminal_size((80, 24)).columns, _WIDEST))


def is_read() -> bool:
    """Whether a person reads what is printed."""
    return sys.stdout.isatty()


def _wrapped(text: str, columns: int, first: str = "", later: str = "") -> list[str]:
    """The text in rows of so many columns; in one where no person reads it: a pipe gets whole lines."""
    if not is_read():
        return [first + text]
    return textwrap.wrap(
        text, columns, initial_indent=first, subsequent_indent=later, break_long_words=False, break_on_hyphens=False
    ) or [first]


def say(line: str, hang: int = 2) -> None:
    """Print one line of text, wrapped; what follows its first row stands `hang` columns further in."""
    indent = line[: len(line) - len(line.lstrip())]
    typer.echo("\n".join(_wrapped(line.strip(), width(), indent, indent + " " * hang)))


def say_pair(term: str, text: str, column: int) -> None:
    """Print a term, and beside it, from `column` on, wrapped text; below it where the term is too long."""
    rows = _wrapped(text, width() - column)
    if len(term) >= column:
        typer.echo(term)
        term = ""
    for row in rows:
        typer.echo(f"{term:<{column}}{row}".rstrip())
        term = ""


def cut_list(names: Sequence[str], room: int) -> str:
    """Names with commas between, as many as fit into `room` columns, and an ellipsis where some are left out."""
    shown = ""
    for i, name in enumerate(names):
        longer = f"{shown}, {name}" if shown else shorten(name, room - 2)
        if len(longer) + (0 if i == len(names) - 1 else 2) > room:
            return f"{shown} …"
        shown = longer
    return shown


def shorten(name: str, room: int) -> str:
    """The name, its middle left out where it is longer than `room`."""
    if len(name) <= room:
        return name
    head = room // 2
    return f"{name[:head]}…{name[len(name) - (room - 1 - head) :]}"


def rows_in_line(rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> list[str]:
    """Rows of cells as lines in which the columns stand in line; those in `right` end together."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return [
        "  ".join(
            cell.rjust(w) if i in right else cell.ljust(w) for i, (cell, w) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
