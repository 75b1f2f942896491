"""The pages on faults hold what the fault files and the schema hold."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest
from pydantic import BaseModel

from legato.errors import BadInput
from legato.faults import fault_ids, faults_of
from legato.faults.checks import has_sides, unit_of
from legato.faults.model import Band, Cause, Condition, Fault, Lead, Link, Measure, When
from legato.faults.results import RESULTS
from legato.movements import load_movement
from legato.movements.names import quantities, signals

from .own_file import GOOD

DOCS = Path(__file__).resolve().parents[2] / "docs"
OWN = DOCS / "own-fault.md"


@pytest.fixture(scope="module")
def pages() -> ModuleType:
    spec = importlib.util.spec_from_file_location("fault_pages", DOCS / "fault_pages.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_pages_are_as_the_files_stand(pages: ModuleType):
    stale = [name for name, text in pages.pages().items() if (DOCS / name).read_text("utf-8") != text]
    assert not stale, "run python docs/fault_pages.py"


def test_the_list_holds_every_fault_in_words(pages: ModuleType):
    text = pages.pages()["fault-list.md"]
    sections = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    assert tuple(section.split("\n")[0] for section in sections) == fault_ids()
    for section in sections:
        for row in ("measured", "no fault", "needs", "repetitions", "looked for in", "source"):
            assert re.search(rf"^\| {row} \| \S.* \|$", section, re.MULTILINE), section
        assert "| what may lie behind it |" in section
        assert not re.search(r"[{}]|\bNone\b|\bnan\b|no movement", section)


def test_every_name_that_is_listed_can_be_given(pages: ModuleType):
    text = pages.pages()["fault-names.md"]
    signal_rows = dict(re.findall(r"^\| `(\w+)` \| (deg|m|deg/s|m/s) \|", text, re.MULTILINE))
    assert len(signal_rows) > 30
    for name, unit in signal_rows.items():
        assert name in signals() and unit_of(name) == unit
    rates = re.findall(r"`(\w+_velocity)`", text)
    assert len(rates) > 30 and set(rates) <= quantities()
    points = re.search(r"^Points with sides: (.*)\.$", text, re.MULTILINE)
    assert points is not None
    for point in re.findall(r"`(\w+)`", points[1]):
        assert has_sides(f"{point}_height", signals())
    assert set(RESULTS) <= set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE))


@pytest.mark.parametrize(
    ("heading", "model"),
    [("`[[faults]]`", Fault), ("`measure`", Measure), ("`lead`", Lead), ("`band`", Band)],
)
def test_the_tables_of_fields_are_the_schema(heading: str, model: type[BaseModel]):
    lines = OWN.read_text("utf-8").splitlines()
    start = lines.index(f"| field of {heading} | what it says |")
    told: dict[str, str] = {}
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        names, said = line.strip("| ").split(" | ", 1)
        told |= dict.fromkeys(re.findall(r"`(\w+)`", names), said)
    fields = {field.alias or name: field.is_required() for name, field in model.model_fields.items()}
    assert set(told) == set(fields) | ({"for"} if model is Fault else set())
    for name, required in fields.items():
        assert told[name].startswith("required") or not required, name


@pytest.mark.parametrize(
    ("row", "model"), [("causes", Cause), ("also", Condition), ("until", When), ("`from`, `to`", Link)]
)
def test_the_rows_of_inner_tables_name_every_field(row: str, model: type[BaseModel]):
    lines = OWN.read_text("utf-8").splitlines()
    line = next(line for line in lines if line.startswith((f"| `{row}` |", f"| {row} |")))
    assert set(model.model_fields) <= set(re.findall(r"\w+", line))


PART = re.sub("measure = .*\n|\\[faults.band\\]\n(.*\n){4}", "", GOOD)


@pytest.mark.parametrize(
    ("mistake", "text"),
    [
        ("a field is misspelt", GOOD.replace("needs", "needz")),
        ("a signal is misspelt", GOOD.replace("thorax_pitch", "thorax_ptich")),
        ("the unit is not the signal's", GOOD.replace("thorax_pitch", "pelvis_height")),
        ("a side is missing", GOOD.replace("thorax_pitch", "knee_flexion")),
        ("a phase is misspelt", GOOD.replace('"peak"', '"peak", within = "descnt"')),
        ("a band without a source", GOOD.replace('grade = "ENG"\n', "")),
        ("an id is there twice", GOOD.replace("deep-lean", "excess-lean")),
        (
            "faults that need each other",
            PART.replace("deep-lean", "one").replace("[[faults.", 'all_of = ["two"]\n[[faults.')
            + PART.replace("deep-lean", "two").replace("[[faults.", 'all_of = ["one"]\n[[faults.'),
        ),
        ("no movement looks for it", GOOD.replace('movements = ["front-squat"]\n', "")),
    ],
)
def test_the_answers_are_those_of_the_program(mistake: str, text: str, tmp_path: Path):
    rows = dict(re.findall(r"^\| (.+?) \| `(ours\.toml, .+)` \|$", OWN.read_text("utf-8"), re.MULTILINE))
    assert len(rows) == 9
    (tmp_path / "ours.toml").write_text(text, "utf-8")
    with pytest.raises(BadInput) as error:
        faults_of(load_movement("front-squat"), tmp_path / "ours.toml")
    assert str(error.value) == rows[mistake]
