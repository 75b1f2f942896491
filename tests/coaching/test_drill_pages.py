"""The pages on drills hold what the drill files and the schema hold."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest
from pydantic import BaseModel

from legato.coaching.catalogue import curricula, drills, warm_ups
from legato.coaching.model import Cue, Dose, Drill, Figure, Measured, Step
from legato.errors import BadInput

DOCS = Path(__file__).resolve().parents[2] / "docs"
OWN = (DOCS / "own-drill.md").read_text("utf-8")
GOOD = OWN.partition("```toml\n")[2].partition("```")[0]


@pytest.fixture(scope="module")
def pages() -> ModuleType:
    spec = importlib.util.spec_from_file_location("drill_pages", DOCS / "drill_pages.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_pages_and_figures_are_as_the_files_stand(pages: ModuleType):
    stale = [name for name, text in pages.pages().items() if (DOCS / name).read_text("utf-8") != text]
    assert not stale, "run python docs/drill_pages.py"


def test_every_figure_of_a_drill_is_drawn_for_it(pages: ModuleType):
    kept = {f"figures/{path.name}" for path in (DOCS / "figures").glob("drill-*.svg")}
    assert kept == set(pages.pages()) - {"drills.md"}
    for drill in drills().values():
        address = pages.figure_of(drill)
        assert not address or (DOCS / address).is_file()


def test_the_page_holds_every_drill_curriculum_and_warm_up_in_words(pages: ModuleType):
    text = pages.pages()["drills.md"]
    sections = {part.split("\n")[0]: part for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]}
    assert set(sections) == {*drills(), "Curricula", "Warm-up"}
    assert all(f"`{name}`" in text for name in (*curricula(), *warm_ups()))
    assert not re.search(r"[{}]|\bNone\b|\bENG\b|\bnan\b", re.sub(r"None (is offered|of)", "", text))
    for name, drill in drills().items():
        assert all(step.how in sections[name] and step.dose.words in sections[name] for step in drill.steps)
        assert all(cue.says in sections[name] for cue in drill.cues)
        assert drill.evidence in sections[name]


@pytest.mark.parametrize(
    ("heading", "model"),
    [("[[drills]]", Drill), ("[[drills.steps]]", Step), ("[[drills.cues]]", Cue), ("[[drills.measured]]", Measured)],
)
def test_the_tables_of_fields_are_the_schema(heading: str, model: type[BaseModel]):
    lines = OWN.splitlines()
    start = lines.index(f"| field of `{heading}` | what it says |")
    told: dict[str, str] = {}
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        names, said = line.strip("| ").split(" | ", 1)
        told |= dict.fromkeys(re.findall(r"`(\w+)`", names), said)
    fields = {name: field.is_required() for name, field in model.model_fields.items()}
    assert set(told) == set(fields)
    for name, required in fields.items():
        assert told[name].startswith("required") == required, name


@pytest.mark.parametrize(("row", "model"), [("figure", Figure), ("dose", Dose)])
def test_the_rows_of_inner_tables_name_every_field(row: str, model: type[BaseModel]):
    line = next(line for line in OWN.splitlines() if line.startswith(f"| `{row}` |"))
    assert set(model.model_fields) <= set(re.findall(r"\w+", line))


def read(path: Path, text: str) -> tuple[str, ...]:
    path.write_text(text, encoding="utf-8")
    return tuple(set(drills(path)) - set(drills()))


def test_the_file_that_the_page_shows_is_good(tmp_path: Path):
    assert read(tmp_path / "ours.toml", GOOD) == ("wall-hinge",)


@pytest.mark.parametrize(
    ("mistake", "old", "new"),
    [
        ("a field is misspelt", "faults = ", "fault = "),
        ("a fault is misspelt", "early-lumbar", "early-lumber"),
        ("a movement is misspelt", "hip-hinge", "hip-hing"),
        ("a drill to go on with is misspelt", '"dowel-hinge"', '"dowl-hinge"'),
        ("the tempo has three parts", "3-1-2-0", "3-1-2"),
        ("a dose counts nothing", "reps = 8, ", ""),
        ("one focus is missing", '"external"', '"internal"'),
        ("an id is there twice", "wall-hinge", "dowel-hinge"),
    ],
)
def test_the_answers_are_those_of_the_program(mistake: str, old: str, new: str, tmp_path: Path):
    rows = dict(re.findall(r"^\| (.+?) \| `(ours\.toml, .+)` \|$", OWN, re.MULTILINE))
    assert old in GOOD and len(rows) == 8
    with pytest.raises(BadInput) as error:
        read(tmp_path / "ours.toml", GOOD.replace(old, new, 1))
    assert str(error.value) == rows[mistake]
