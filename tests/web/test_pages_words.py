"""No page, and nothing that the app makes of a plan, speaks of commands, their options or files of the project."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from fastapi.testclient import TestClient

from legato.store import Catalogue
from legato.store.rows import AthleteRow, PlanRow, ScreeningRow, SessionRow

from .athletes import TODAY
from .sessions import coach, demo_folder, library

__all__ = ["coach", "demo_folder", "library"]

OF_COMMANDS = re.compile(
    r"(?:^|[\s(`])--[a-z]|`legato |\blegato (?:analyze|plan|screen|assess|drills|trial|compare|priming|claims)\b"
    r"|\bdocs/|\bS\d\.\d|\.json`|(?:\b|/)(?:result|baseline)\.json|\b[0-9a-f]{16}\.json"
)
FOR_PROGRAMS = re.compile(r"/(?:api|for-programs)\b")
"""The page on the API speaks to programs, of the commands' records."""


class Page(HTMLParser):
    """What is read of a page, and where it leads."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.leads: list[str] = []
        self._quiet = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._quiet += tag in ("script", "style", "textarea")
        self.said += [value for name, value in attrs if name in ("title", "aria-label", "placeholder") and value]
        self.leads += [value for name, value in attrs if name in ("href", "hx-get") and value]

    def handle_endtag(self, tag: str) -> None:
        self._quiet -= tag in ("script", "style", "textarea")

    def handle_data(self, data: str) -> None:
        if not self._quiet:
            self.said.append(data)


def pages(client: TestClient) -> Iterator[tuple[str, str]]:
    """All that is reached by links from the home page, of each page what is read there."""
    todo, seen, kinds = ["/"], {"/"}, dict[str, int]()
    while todo:
        path = todo.pop(0)
        answer = client.get(path)
        if answer.status_code == 303:
            todo.append(answer.headers["location"])
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        assert answer.status_code < 400, f"{path}: {answer.status_code}"
        read = Page()
        read.feed(answer.text)
        yield path, " ".join(" ".join(read.said).split())
        for href in read.leads:
            way = href.partition("#")[0]
            # Of searches, choices and entries of the library a few.
            kind = re.sub(r"=[^&]*", "=", way) if "?" in way else (re.match(r"/library/[a-z]+/", way) or [""])[0]
            if way.startswith("/") and way not in seen and kinds.get(kind, 0) < 3 and not FOR_PROGRAMS.match(way):
                seen.add(way)
                kinds[kind] = kinds.get(kind, 0) + 1 if kind else 0
                todo.append(way)


def found(client: TestClient) -> tuple[int, list[str]]:
    """How many pages there are, and what of them speaks of commands."""
    told = list(pages(client))
    return len(told), [
        f"{path}: …{said[max(0, one.start() - 50) : one.end() + 40]}…"
        for path, said in told
        for one in OF_COMMANDS.finditer(said)
    ]


def bare(library: Catalogue) -> None:
    """A real-like library: nothing was screened, planned or told of the athlete."""
    with library.session() as rows:
        rows.query(PlanRow).delete()
        rows.query(ScreeningRow).delete()
        for athlete in rows.query(AthleteRow):
            athlete.mass_kg = athlete.height_m = athlete.sex = None
        rows.add(SessionRow(name="Not analysed", recorded_on=TODAY, movement="back-squat"))


@pytest.mark.parametrize("told", [pytest.param(True, marks=pytest.mark.slow), False])
def test_no_page_speaks_of_commands(coach: TestClient, library: Catalogue, told: bool):
    if not told:
        bare(library)
    n, said = found(coach)
    assert n > 80
    assert not said, "\n".join(said)


def test_nothing_made_of_a_plan_speaks_of_commands(coach: TestClient):
    athlete = re.search(r"/athletes/[0-9a-f]{16}", coach.get("/").text)
    assert athlete is not None
    for kind in ("html", "ics", "csv"):
        answer = coach.get(f"{athlete[0]}/plan.{kind}")
        assert answer.status_code == 200
        said = re.sub(r"<style.*?</style>|<[^>]+>", " ", answer.text.replace("\r\n ", ""), flags=re.DOTALL)
        assert not [said[one.start() - 50 : one.end() + 40] for one in OF_COMMANDS.finditer(said)]


def test_a_form_keeps_what_was_typed(coach: TestClient, library: Catalogue):
    with library.session() as rows:
        row = rows.query(SessionRow).first()
        assert row is not None
        row.notes, ident = "as `legato analyze --loads 60` says", row.id
    assert "as `legato analyze --loads 60` says" in coach.get(f"/sessions/{ident}/edit").text
