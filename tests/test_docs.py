"""What the documentation shows is run, and its tables are held to the library they describe."""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"# (\S+\.toml)\n")
RUN = ("console", "python", "toml")


def blocks_of(page: Path) -> list[tuple[str, str]]:
    """The blocks of a page that run: `console` (lines that start with `$`), `python`, and `toml` that names its file in
    the first line, which is written.
    """
    found = [(kind, text) for kind, text in BLOCK.findall(page.read_text("utf-8")) if kind in RUN]
    return [(kind, text) for kind, text in found if kind != "toml" or FILE.match(text)]


def rows_of(page: Path, heading: str) -> dict[str, list[str]]:
    """The rows of the first table whose header starts with `heading`, by the code in their first cell."""
    lines = page.read_text("utf-8").splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith(f"| {heading} |"))
    rows: dict[str, list[str]] = {}
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        first, *rest = (cell.strip() for cell in line.strip("|").split("|"))
        rows[re.sub(r"^\[(.*)\]\(.*\)$", r"\1", first).strip("`")] = rest
    return rows


@pytest.fixture(scope="module")
def squat(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The recording that the examples call `squat.c3d`."""
    folder = tmp_path_factory.mktemp("squat")
    legato("simulate back-squat --rate 100 --reps 3 --out .", folder)
    return folder / "back-squat.c3d"


def legato(arguments: str, folder: Path) -> str:
    """Run the command in a folder; its standard output."""
    done = subprocess.run(
        [sys.executable, "-m", "legato", *arguments.split()],
        cwd=folder, capture_output=True, text=True, check=False, timeout=110,
        env={**os.environ, "COLUMNS": "120"},
    )  # fmt: skip
    assert done.returncode == 0, f"legato {arguments}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.mark.parametrize(
    "page",
    # What a newcomer runs first is run with every change; the other pages' many commands take their time.
    [
        pytest.param(p, id=p.stem, marks=[] if p.stem in ("README", "getting-started") else pytest.mark.slow)
        for p in PAGES
        if blocks_of(p)
    ],
)
def test_the_examples_of_a_page_run(page: Path, squat: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    shutil.copy(squat, tmp_path / "squat.c3d")
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for kind, text in blocks_of(page):
        if kind == "toml" and (named := FILE.match(text)):
            file = tmp_path / named[1]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
            continue
        if kind == "python":
            exec(compile(text, f"{page.name}", "exec"), names)
            continue
        commands = [line.removeprefix("$ ") for line in text.splitlines() if line.startswith("$ ")]
        assert commands, f"{page.name} has a console block without a command"
        for command in commands:
            program, arguments = command.split(" ", 1)
            assert program == "legato"
            legato(arguments, tmp_path)


def test_every_link_between_pages_leads_somewhere():
    broken = [
        f"{page.name}: {target}"
        for page in [*PAGES, ROOT / "CONTRIBUTING.md"]
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
        if not (page.parent / target).exists()
    ]
    assert not broken


def test_the_table_of_movements_is_the_library():
    from legato.movements import load_movement, movement_ids

    rows = rows_of(ROOT / "docs" / "movements.md", "movement")
    assert set(rows) == set(movement_ids())
    for name, (_, band, grade, phases) in rows.items():
        movement = load_movement(name)
        assert phases.split(", ") == [phase.name for phase in movement.phases], name
        first = movement.gaps[0] if movement.gaps else None
        assert band == (first.band if first else "none"), name
        assert grade == ((first.grade if first else None) or "none"), name


def test_every_movement_has_its_page_as_the_library_stands():
    from legato.movements import movement_ids

    spec = importlib.util.spec_from_file_location("movement_pages", ROOT / "docs" / "movement_pages.py")
    assert spec is not None
    assert spec.loader is not None
    pages = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(pages)
    folder = ROOT / "docs" / "movements"
    assert {page.stem for page in folder.glob("*.md")} == set(movement_ids())
    stale = [i for i in movement_ids() if (folder / f"{i}.md").read_text("utf-8") != pages.page_of(i)]
    assert not stale, "run python docs/movement_pages.py"


def test_the_table_of_marker_sets_is_the_one_in_the_package():
    from legato.body.marker_sets import marker_sets

    assert set(rows_of(ROOT / "docs" / "body.md", "set")) == set(marker_sets())


def test_the_table_of_layouts_is_the_one_in_the_package():
    from legato.formats.layout_schema import built_in_layouts

    rows = rows_of(ROOT / "docs" / "recordings.md", "layout")
    named = [name.strip(" `") for row in rows for name in row.split("`, `")]
    assert sorted(named) == sorted(layout.id for layout in built_in_layouts())


def test_the_layout_that_the_page_shows_is_a_layout(tmp_path: Path):
    from legato.formats.layout_schema import read_layout_file

    text = (ROOT / "docs" / "recordings.md").read_text("utf-8")
    shown = next(body for kind, body in BLOCK.findall(text) if kind == "toml" and "[[column]]" in body)
    (tmp_path / "layout.toml").write_text(shown, encoding="utf-8")
    assert len(read_layout_file(tmp_path / "layout.toml").column) == 2


def test_the_table_of_commands_is_the_command_line():
    from typer.main import get_command

    from legato.cli import app

    rows = rows_of(ROOT / "docs" / "command-line.md", "command")
    commands = getattr(get_command(app), "commands")  # noqa: B009
    assert {row.split()[1] for row in rows} == set(commands)


def test_the_table_of_corrections_is_the_schema():
    from typing import get_args

    from legato.corrections.model import Correction

    rows: dict[str, str] = {}
    for kinds, cells in rows_of(ROOT / "docs" / "corrections.md", "`do`").items():
        rows |= {kind.strip(" `"): " ".join(cells) for kind in kinds.split(",")}
    schema = {
        kind: model
        for model in get_args(get_args(Correction)[0])
        for kind in get_args(model.model_fields["do"].annotation)
    }
    assert set(rows) == set(schema)
    for kind, model in schema.items():
        fields = set(model.model_fields) - {"do", "who", "when", "why", "sha256"}
        assert fields == set(re.findall(r"`(\w+)`", rows[kind])), kind


def properties_of(node: object) -> set[str]:
    """Every property name below a node of a JSON schema."""
    if isinstance(node, list):
        return set[str]().union(*(properties_of(item) for item in node))  # pyright: ignore[reportUnknownVariableType]
    if not isinstance(node, dict):
        return set()
    below = set[str]().union(*(properties_of(value) for value in node.values()))  # pyright: ignore[reportUnknownVariableType]
    own = node.get("properties")  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return below | set(own) if isinstance(own, dict) else below  # pyright: ignore[reportUnknownArgumentType]


def test_every_name_of_the_result_stands_on_its_page() -> None:
    """As code; the keys of the whole with a row of their own, or one for each of their parts."""
    schema = json.loads((ROOT / "src/legato/report/schema.json").read_text("utf-8"))
    page = ROOT / "docs" / "result-json.md"
    code = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    told = {word for span in re.findall(r"`([^`\n]+)`", code) for word in re.findall(r"\w+", span)}
    told |= {"value", "low", "high", "unit"}  # of an estimate: the block above all
    names = properties_of(schema)
    assert len(names) > 200
    assert names - told == set()
    rows = " ".join(rows_of(page, "key"))
    assert {key for key in schema["properties"] if not re.search(rf"\b{key}\b", rows)} == set()


def test_the_tables_of_trials_are_the_data_in_the_package():
    from legato.compare.outcomes import outcomes
    from legato.evidence.trials.conditions import conditions

    page = ROOT / "docs" / "trials.md"
    told = rows_of(page, "outcome")
    assert list(told) == list(outcomes())
    for name, (of, better, kept) in told.items():
        row = outcomes()[name]
        assert (of, better) == (row.of or row.name, row.better), name
        assert kept.replace("`", "").split(", ") == list(row.keeps), name
    for name, (default, most, _) in (rows := rows_of(page, "condition")).items():
        row = conditions()[name]
        for told_, within in ((default, row.within), (most, row.most)):
            shown = {"share": f"{100 * within:g} %", "true": "`true`"}.get(row.compares, f"{within:g} {row.unit}")
            assert told_ == shown.strip(), name
    assert set(rows) == set(conditions())
