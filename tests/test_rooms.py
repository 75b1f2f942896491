"""Who may import whom: the table of rooms, held by reading every import, those inside functions too."""

import ast
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "legato"

FREE = frozenset({"errors", "messages", "toml_files", "toml_lines"})
"""Rooms that all may import."""

_SCIENCE = {
    "estimate": set[str](),
    "recording": {"estimate"},
    "signals": {"estimate"},
    "formats": {"recording"},
    "sync": {"recording", "signals"},
    "load": {"formats", "sync"},
    "body": {"recording", "signals"},
    "muscles": {"recording", "signals"},
    "forces": {"recording", "signals"},
    "bar": {"recording", "signals"},
    "kinetics": {"body", "forces", "bar"},
    "movements": {"recording", "signals", "body", "muscles", "forces", "bar"},
}
_CHAIN = _SCIENCE | {"chain": set(_SCIENCE)}
_FAULTS = _CHAIN | {"faults": set(_CHAIN) | {"evidence"}}
_EVIDENCE = _FAULTS | {"evidence": {"estimate", "signals"}}
_COACHING = _EVIDENCE | {"coaching": set(_EVIDENCE)}
_CORRECTIONS = _COACHING | {"corrections": {"movements"}}
_ANALYSIS = _CORRECTIONS | {"analysis": set(_CORRECTIONS), "compare": {"evidence"}}
_REPORT = _ANALYSIS | {"simulate": {"recording", "formats", "body.anthropometry"}, "report": {"analysis", "simulate"}}
_SHELLS = _REPORT | {shell: set(_REPORT) for shell in ("store", "live", "batch", "trials")}
_WEB = _SHELLS | {"web": set(_REPORT) | {"store", "live", "trials"}}
_COMMANDS = _WEB | {"commands": set(_WEB)}
TABLE: dict[str, set[str]] = _COMMANDS | {"cli": set(_COMMANDS), "legato": set(_COMMANDS), "__main__": {"cli"}}
"""Each room, and what it may import; what those may import comes with them."""

EXCEPTIONS = frozenset({("analysis", "report")})
"""`Analysis.to_dict` and `Analysis.save` call the report, from inside the function."""

ARRAY_TYPES = frozenset({"FloatArray", "BoolArray"})
"""Names of array types, which `recording` defines and which carry no meaning: free to all."""

OUTSIDE = {
    "ezc3d": {"formats"},
    "pint": {"formats"},
    "pyxdf": {"formats"},
    "pyedflib": {"formats"},
    "mujoco": {"simulate"},
    "ortools": {"coaching"},
    "icalendar": {"coaching"},
    "jax": {"evidence"},
    "numpyro": {"evidence"},
    "statsmodels": set(),
    "sqlalchemy": {"store", "web"},
    "alembic": {"store"},
    "polars": {"store", "web"},
    "fastapi": {"web"},
    "starlette": {"web"},
    "python_multipart": {"web"},
    "jinja2": {"web"},
    "uvicorn": {"web"},
    "typer": {"cli", "commands"},
    "click": {"cli", "commands"},
    "rich": {"cli", "commands"},
}
"""Packages that only these rooms touch."""


@dataclass(frozen=True)
class Import:
    """One imported module or name, as `a.b.c`, where, and whether it waits inside a function."""

    target: str
    where: str
    lazy: bool


def imports_of(source: str, module: str, is_package: bool = False) -> list[Import]:
    """Every import in the source of `module`, relative ones made absolute."""
    found: list[Import] = []

    def visit(node: ast.AST, lazy: bool) -> None:
        where = f"{module}:{getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.Import):
            found.extend(Import(alias.name, where, lazy) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = module.split(".")[: None if is_package and node.level == 1 else -node.level + is_package]
                base = ".".join([*parents, base]) if base else ".".join(parents)
            found.extend(Import(f"{base}.{alias.name}", where, lazy) for alias in node.names)
        inside = lazy or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for child in ast.iter_child_nodes(node):
            visit(child, inside)

    visit(ast.parse(source), False)
    return found


def room_of(module: str) -> str:
    """The room of a module of the package: `legato.signals.filters` lies in `signals`."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "legato"


def permitted(room: str) -> set[str]:
    """What a room may import: its row in the table, and what those rooms may import."""
    reached: set[str] = set()
    waiting = list(TABLE[room])
    while waiting:
        entry = waiting.pop()
        if entry not in reached:
            reached.add(entry)
            waiting.extend(TABLE.get(entry, ()))
    return reached


def faults_in(module: str, source: str, is_package: bool = False) -> list[str]:
    """The imports of a module that the table does not permit, as sentences."""
    room = room_of(module)
    if room not in TABLE and room not in FREE:
        return [f"{module}: the room {room} stands in no row of the table"]
    allowed = (permitted(room) if room in TABLE else set[str]()) | FREE | {room}
    faults: list[str] = []
    for item in imports_of(source, module, is_package):
        parts = item.target.split(".")
        if parts[0] != "legato":
            if item.target.startswith("scipy.signal"):
                faults.append(f"{item.where} imports scipy.signal, which takes seconds; use legato.signals.filters")
            if parts[0] in OUTSIDE and room not in OUTSIDE[parts[0]]:
                faults.append(f"{item.where} imports {parts[0]}, which only {sorted(OUTSIDE[parts[0]])} may")
            continue
        if len(parts) == 2 and not (PACKAGE / parts[1]).is_dir() and not (PACKAGE / f"{parts[1]}.py").is_file():
            if parts[1] != "__version__" and room not in ("cli", "__main__"):
                faults.append(f"{item.where} imports {parts[1]} from the package's front; import it from its own room")
            continue
        target = parts[1]
        if target in allowed or (target == "recording" and parts[-1] in ARRAY_TYPES):
            continue
        if (room, target) in EXCEPTIONS and item.lazy:
            continue
        if any(item.target == f"legato.{entry}" or item.target.startswith(f"legato.{entry}.") for entry in allowed):
            continue
        faults.append(f"{item.where} imports {item.target}, and {room} may not import {target}")
    return faults


def modules() -> list[tuple[str, Path]]:
    """Every module of the package with its dotted name."""
    found: list[tuple[str, Path]] = []
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        found.append((".".join(parts[:-1] if parts[-1] == "__init__" else parts), path))
    return found


def test_no_room_imports_what_the_table_does_not_permit():
    found = modules()
    assert len(found) > 10
    faults = [f for name, path in found for f in faults_in(name, path.read_text("utf-8"), path.stem == "__init__")]
    assert not faults, "\n".join(faults)


def test_only_declared_packages_are_imported():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    offered = [
        *project["dependencies"],
        *extras["xdf"],
        *extras["edf"],
        *extras["sim"],
        *extras["plan"],
        *extras["bayes"],
        *extras["app"],
    ]
    declared = {line.split(">")[0].replace("-", "_") for line in offered} | {"legato"}
    strangers = {
        item.target.split(".")[0]
        for name, path in modules()
        for item in imports_of(path.read_text("utf-8"), name, path.stem == "__init__")
    } - declared
    assert strangers <= set(sys.stdlib_module_names), sorted(strangers - set(sys.stdlib_module_names))


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("legato.signals.filters", "from legato.body import build_body"),
        ("legato.signals.filters", "def f():\n    from legato.recording import Stream"),
        ("legato.body.model", "from ..chain import model"),
        ("legato.recording", "import legato.signals.filters"),
        ("legato.formats.trc", "from legato import sync"),
        ("legato.formats.trc", "from legato import read"),
        ("legato.analysis", "from legato.report import to_dict"),
        ("legato.simulate.athlete", "from legato.body.poses import fit"),
        ("legato.simulate.athlete", "from legato.chain import analyse_chain"),
        ("legato.chain.events", "from scipy.signal import butter"),
        ("legato.chain.events", "import ezc3d"),
        ("legato.attic.things", "x = 1"),
    ],
)
def test_a_forbidden_import_is_seen(module: str, source: str):
    assert faults_in(module, source)


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("legato.signals.filters", "from legato.recording import FloatArray"),
        ("legato.analysis", "def save():\n    from legato.report import write_report"),
        ("legato.body.poses", "from .model import Body"),
        ("legato.chain.verdict", "from legato.signals import lags\nfrom legato.estimate import Estimate"),
        ("legato.report.words", "from legato import __version__\nfrom legato.analysis import Analysis"),
        ("legato.simulate.athlete", "from legato.body.anthropometry import SEGMENTS"),
    ],
)
def test_a_permitted_import_passes(module: str, source: str):
    assert not faults_in(module, source)
