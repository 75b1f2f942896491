"""After an erasing nothing of it is held: not in memory, and a browser is told to let go of what it kept."""

import importlib
import inspect
import pkgutil
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi.testclient import TestClient

import legato.web
from legato.store import Catalogue
from legato.store.rows import AthleteRow, ResultRow
from legato.web import erasing, pieces

from .sessions import FIRST, SECOND, THIRD, coach, demo_folder, library

__all__ = ["coach", "demo_folder", "library"]


KNOWN = (
    erasing.pieces, erasing.overlay, erasing.of_athlete, erasing.trends, erasing.baseline_offer, erasing.video,
)  # fmt: skip


def remembering() -> dict[str, Any]:
    """Every function of the app that remembers what it read of a catalogue or of a file, by where it lies."""
    found: dict[str, Any] = {}
    for about in pkgutil.walk_packages(legato.web.__path__, "legato.web."):
        module = importlib.import_module(about.name)
        for name, known in vars(module).items():
            if hasattr(known, "cache_clear") and known.__module__ == about.name:
                kinds = {str(one.annotation) for one in inspect.signature(known).parameters.values()}
                if any("Catalogue" in kind or "Path" in kind for kind in kinds):
                    found[f"{about.name}.{name}"] = known
    return found


def test_whatever_remembers_files_forgets_them(monkeypatch: pytest.MonkeyPatch):
    found = remembering()
    assert {"legato.web.trends._known", "legato.web.replay.video._frames"} <= set(found) and len(found) >= 6
    asked: list[str] = []
    for name, known in found.items():
        where, _, function = name.rpartition(".")
        stand_in = SimpleNamespace(cache_clear=lambda name=name: asked.append(name))
        monkeypatch.setattr(importlib.import_module(where), function, stand_in)
        assert known.cache_info().maxsize is not None, "what is remembered has an end"
    erasing.forget()
    assert sorted(asked) == sorted(found)


@pytest.fixture
def ada(library: Catalogue) -> str:
    with library.session() as rows:
        return rows.query(AthleteRow).one().id


@pytest.mark.parametrize(
    "way", ["session", "api session", "upload", "athlete", "api athlete", "one", "all", "retention"]
)
def test_whatever_was_read_is_let_go_of(
    coach: TestClient, library: Catalogue, ada: str, way: str, monkeypatch: pytest.MonkeyPatch
):
    forgot: list[str] = []
    for module in KNOWN:
        monkeypatch.setattr(module, "forget", lambda name=module.__name__: forgot.append(name))
    with library.session() as rows:
        name = rows.get_one(AthleteRow, ada).name
        if way == "upload":
            # What has a result is no upload any more.
            rows.query(ResultRow).filter(ResultRow.session_id == THIRD.rpartition("/")[2]).delete()
    answer = {
        "session": lambda: coach.post(f"{THIRD}/delete"),
        "api session": lambda: coach.delete(f"/api/v1{THIRD}"),
        "upload": lambda: coach.post(f"/upload/{THIRD.rpartition('/')[2]}/discard"),
        "athlete": lambda: coach.post(f"/athletes/{ada}/erase", data={"name": name}),
        "api athlete": lambda: coach.delete(f"/api/v1/athletes/{ada}"),
        "one": lambda: coach.post("/settings/erase-athlete", data={"athlete": ada, "typed": "ERASE"}),
        "all": lambda: coach.post("/settings/erase", data={"typed": "ERASE"}),
        "retention": lambda: coach.post("/settings/retention/keep", data={"days": "300"}),
    }[way]()
    assert answer.status_code in (200, 303) and len(set(forgot)) == len(KNOWN)
    assert way.startswith("api") or answer.headers["clear-site-data"] == '"cache"'


def test_nothing_that_was_read_is_there_after_it(coach: TestClient, library: Catalogue, ada: str):
    held = pieces.Held()
    with library.session() as rows:
        files = rows.get_one(AthleteRow, ada).sessions[0].results[-1].files
    held.read(library, str(files["session.json"]))
    held.forget()
    assert coach.get(f"{SECOND}/compare").status_code == 200 and coach.get(f"/athletes/{ada}").status_code == 200
    known = coach.get(f"{FIRST}/replay.bin")
    assert coach.delete(f"/api/v1/athletes/{ada}").status_code == 200
    assert not library.files.path(str(files["session.json"])).exists()
    with pytest.raises(FileNotFoundError):
        held.read(library, str(files["session.json"]))
    again = coach.get(f"{FIRST}/replay.bin", headers={"if-none-match": known.headers["etag"]})
    assert again.status_code == 404
