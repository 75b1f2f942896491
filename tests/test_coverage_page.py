"""The coverage page: complete, true to the files that it names, and as it stands in docs/coverage.toml."""

import ast
import importlib.util
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "legato"


@pytest.fixture(scope="module")
def page() -> ModuleType:
    """`docs/coverage_page.py`."""
    spec = importlib.util.spec_from_file_location("coverage_page", ROOT / "docs" / "coverage_page.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def defined(module: str) -> frozenset[str]:
    """What a module below src/legato defines at its top level."""
    found: set[str] = set()
    for node in ast.parse((PACKAGE / module).read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign):
            found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found.add(node.target.id)
    return frozenset(found)


@cache
def imports(test: Path) -> frozenset[tuple[str, str]]:
    """Every `from A import B` of a test, and of the helpers beside it that it imports."""
    found: set[tuple[str, str]] = set()
    for node in ast.walk(ast.parse(test.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {(node.module, alias.name) for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {(alias.name, "") for alias in node.names}
    beside = {test.parent / f"{name}.py" for name, _ in found} - {test}
    return frozenset(found.union(*(imports(helper) for helper in beside if helper.is_file())))


def touches(test: Path, module: str) -> bool:
    """Whether a test imports a module of src/legato: by its own name, or what it defines from a package above it."""
    dotted = "legato." + module.removesuffix(".py").replace("/", ".")
    package, _, last = dotted.rpartition(".")
    return any(
        source == dotted
        or (source, name) == (package, last)
        or (dotted.startswith(f"{source}.") and name in defined(module))
        for source, name in imports(test)
    )


def test_the_page_is_that_of_the_table(page: ModuleType) -> None:
    written = (ROOT / "docs" / "coverage.md").read_text("utf-8")
    assert written == page.coverage_page(page.read_coverage()), "run python docs/coverage_page.py"


def test_every_id_of_the_three_texts_stands_once(page: ModuleType) -> None:
    assert list(page.read_coverage()) == page.ids()
    assert len(page.ids()) == len(set(page.ids())) == 108


def test_the_tests_of_an_id_import_its_modules(page: ModuleType) -> None:
    apart: list[str] = []
    for name, entry in page.read_coverage().items():
        tests = [ROOT / "tests" / test for test in entry.tests]
        for module in entry.modules:
            seen = any(touches(test, module) for test in tests)
            if seen == (module in entry.because):
                apart.append(f"{name}: {module}: " + ("imported, so it needs no reason" if seen else "by no test"))
        for test, file in zip(entry.tests, tests, strict=True) if entry.modules else ():
            seen = reads(file, entry.modules, entry.data)
            if seen == (test in entry.because):
                apart.append(f"{name}: {test}: " + ("needs no reason" if seen else "imports none of its modules"))
    assert not apart, "\n".join(apart)


def reads(test: Path, modules: tuple[str, ...], data: tuple[str, ...]) -> bool:
    """Whether a test imports one of the modules, or names one of the movements, or goes through all of them."""
    text = test.read_text("utf-8")
    return any(touches(test, m) for m in modules) or any(Path(d).stem in text for d in data) or "movement_ids" in text


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('text = "x"\nstate = "built"', "built without a test"),
        ('text = "x"\nstate = "built"\ntests = ["test_wording.py"]', "built needs a module and a test"),
        ('text = "x"\nstate = "later"\nneeds = ["magic"]', "'magic' is no later part"),
        ('text = "x"\nstate = "missing"', "neither a later part nor a gap"),
        ('text = "x"\nstate = "done"', "state: Input should be"),
        ('text = "x"\nstate = "later"\nneeds = ["app"]\nmodule = ["a.py"]', "module: Extra inputs"),
        ('text = "x"\nstate = "later"\nneeds = ["app"]\nmodules = ["a.py"]', "a.py is not in legato"),
        ('text = "x"\nstate = "partly"\nneeds = ["app"]\ntests = ["test_wording.py"]', "partly needs a note"),
    ],
)
def test_what_is_wrong_with_an_id_is_told(page: ModuleType, tmp_path: Path, table: str, said: str) -> None:
    file = tmp_path / "coverage.toml"
    whole = (ROOT / "docs" / "coverage.toml").read_text("utf-8")
    start, end = whole.index('["S0.6"]'), whole.index('["S0.7"]')
    file.write_text(f'{whole[:start]}["S0.6"]\n{table}\n\n{whole[end:]}', "utf-8")
    with pytest.raises(ValueError, match=r"S0\.6") as told:
        page.read_coverage(file)
    assert said in str(told.value)


@pytest.mark.parametrize(
    ("id_", "said"), [("S2.2", "overwrite|twice|already"), ("S2.26", r"ids missing: \['S2.3'\], unknown: \['S2.26'\]")]
)
def test_an_id_twice_or_unknown_is_told(page: ModuleType, tmp_path: Path, id_: str, said: str) -> None:
    file = tmp_path / "coverage.toml"
    file.write_text((ROOT / "docs" / "coverage.toml").read_text("utf-8").replace('["S2.3"]', f'["{id_}"]'), "utf-8")
    with pytest.raises(ValueError, match=said):
        page.read_coverage(file)
