"""What commands read and write beside recordings: JSON, whole or not at all, and progress on stderr."""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from legato.errors import BadInput


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Give a `say(stage)` that speaks on stderr once the work has taken over a second."""
    started = time.perf_counter()

    def say(stage: str) -> None:
        if time.perf_counter() - started > 1.0:
            print(f"{stage} …", file=sys.stderr)

    yield say


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
