"""What commands read and write beside recordings: JSON, whole or not at all, and progress on a terminal."""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from legato.commands.terminal import shorten, width
from legato.errors import BadInput


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Give a `say(stage)` that speaks once the work has taken over a second; what it said is gone at the end, so that
    the result, or the one line of an error, stands alone.
    """
    started = time.perf_counter()

    def say(stage: str) -> None:
        if time.perf_counter() - started > 1.0:
            say_for_now(f"{stage} …")

    try:
        yield say
    finally:
        say_for_now("")


def say_for_now(text: str) -> None:
    """Show a line on stderr that the next one replaces; nothing where stderr is no terminal."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{shorten(text, width())}", end="", flush=True, file=sys.stderr)


def read_json(path: Path, kind: str = "result.json") -> Any:
    """The content of a JSON file; `kind` says what it should be."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadInput(f"{path}: cannot be read ({error.strerror or error}); give a {kind}") from None
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        raise BadInput(f"{path}: is no JSON, or not all of it; give a {kind}") from None


def write_json(record: Any, target: str) -> None:
    """To stdout for `-`, else to a file that appears whole or not at all."""
    write_text(json.dumps(record, indent=1, allow_nan=False, ensure_ascii=False) + "\n", target)


def write_text(text: str, target: str) -> None:
    """To stdout for `-`, else to a file that appears whole or not at all."""
    if target == "-":
        say_for_now("")
        sys.stdout.write(text)
        return
    path = Path(target)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_text(text, encoding="utf-8", newline="\n")
        draft.replace(path)
    except OSError as error:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise BadInput(f"{path}: cannot be written ({error.strerror}); choose another path") from error
