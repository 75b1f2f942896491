"""What a form holds, written as TOML, so that the readers of files take it."""

import json
from collections.abc import Mapping
from typing import Any, cast


def toml_of(record: Mapping[str, Any], inside: str = "") -> str:
    """A record of texts, numbers, lists and tables as TOML."""
    tables = {name: value for name, value in record.items() if isinstance(value, Mapping)}
    lines = [f"{name} = {_value(value)}" for name, value in record.items() if name not in tables]
    for name, table in tables.items():
        path = f"{inside}{name}"
        lines += ["", f"[{path}]", toml_of(cast("Mapping[str, Any]", table), f"{path}.")]
    return "\n".join(lines)


def _value(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_value, cast('list[object]', value)))}]"
    return quoted(value) if isinstance(value, str) else json.dumps(value)


def quoted(text: str) -> str:
    """A text between quotation marks; TOML takes no delete sign as it is, JSON does."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
