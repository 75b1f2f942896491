"""Two athletes who do not exist, and six weeks of theirs: simulated recordings, and commands as people give them."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

import legato
from legato.cli import app
from legato.recording import Recording, Stream
from legato.simulate import scenario_for
from legato.simulate.make import make_motion
from legato.simulate.markers import measure_markers

PAGE = Path(__file__).resolve().parents[2] / "docs" / "stories.md"
FIRST = date(2026, 10, 4)
"""The day before the first week."""


def legato_says(*arguments: object, code: int = 0) -> str:
    """What a command prints."""
    done = CliRunner().invoke(app, [*map(str, arguments)], env={"COLUMNS": "200"})
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == code, done.output
    return done.output


def request_of(name: str, folder: Path) -> Path:
    """The request that the page shows."""
    found = re.search(rf"^```toml\n(# {name}\n.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert found is not None
    (folder / name).write_text(found[1], "utf-8")
    return folder / name


def screened(folder: Path, on: date, **answers: str) -> tuple[Path, str]:
    """A screening whose questions are answered with no, but for some; its record and what was said."""
    sheet = folder / "sheet.toml"
    sheet.unlink(missing_ok=True)
    legato_says("screen", "--sheet", sheet)
    text = sheet.read_text("utf-8").replace('\non = ""', f'\non = "{on}"').replace(' = ""', ' = "no"')
    for name, answer in answers.items():
        assert f'\n{name} = "no"' in text
        text = text.replace(f'\n{name} = "no"', f'\n{name} = "{answer}"')
    sheet.write_text(text, "utf-8")
    return folder / "screening.json", legato_says("screen", sheet, "--out", folder / "screening.json", "--on", on)


def measured(movement: str, fault: str, size: float, path: Path, **settings: Any) -> dict[str, Any]:
    """A recording with a planted fault, as `analyze` reads it; kept as a `result.json`. The truth is not worked out."""
    track = measure_markers(make_motion(scenario_for(movement, fault=fault, fault_size=size, **settings)))
    units = ("m",) * len(track.names)
    stream = Stream("markers", "markers", track.positions, settings["rate_hz"], track.names, units)
    record = legato.analyze(Recording(streams=(stream,)), movement).to_dict()
    path.write_text(json.dumps(record), "utf-8")
    return record


def finding(record: dict[str, Any], fault: str) -> dict[str, Any]:
    """What a result says of a fault."""
    return next(one for one in record["findings"] if one["fault"] == fault)


@dataclass
class Story:
    """An athlete's folder with a plan, and everything the plan's commands said."""

    folder: Path
    screening: Path
    said: list[str] = field(default_factory=list[str])

    @property
    def plan(self) -> dict[str, Any]:
        """As it stands."""
        return json.loads((self.folder / "plan.json").read_text("utf-8"))

    def entries(self, week: int) -> list[dict[str, Any]]:
        """What stands in a week, from 0."""
        return [entry for day in self.plan["weeks"][week]["days"] for entry in day["entries"]]

    def ids(self, week: int) -> set[str]:
        """The drills of a week."""
        return {entry["id"] for entry in self.entries(week)}

    def begin(self, request: Path, results: Sequence[Path], pain: float, code: int = 0) -> str:
        """A plan on the day before the first week."""
        return self._says("new", request, "--out", self.folder / "plan.json", *self._told(0, results, pain), code=code)

    def update(self, week: int, results: Sequence[Path], pain: float, code: int = 0) -> str:
        """The plan on the day before a week."""
        return self._says("update", self.folder / "plan.json", *self._told(week, results, pain), code=code)

    def log(self, week: int, *, pain: float, rpe: float, measured: Mapping[str, int], of: int) -> None:
        """All sets of a week as planned, felt alike; of the drills that were `measured` how many repetitions passed."""
        lines: list[str] = []
        for day in self.plan["weeks"][week]["days"]:
            lines += ["[[sessions]]", f"on = {day['on']}"]
            for entry in day["entries"]:
                lines += ["[[sessions.done]]", f'id = "{entry["id"]}"', f"sets = {entry['sets']}", f"pain = {pain}"]
                lines += [f"rpe = {rpe}"]
                if entry["id"] in measured:
                    lines += [f"measured = {of}", f"passed = {measured[entry['id']]}"]
        done = self.folder / f"done-{week}.toml"
        done.write_text("\n".join(lines), "utf-8")
        legato_says("plan", "log", self.folder / "plan.json", done)

    def _told(self, week: int, results: Sequence[Path], pain: float) -> list[object]:
        told: list[object] = ["--screening", self.screening, "--pain", pain, "--on", FIRST + timedelta(weeks=week)]
        for path in results:
            told += ["--result", path]
        return told

    def _says(self, *arguments: object, code: int = 0) -> str:
        said = legato_says("plan", *arguments, code=code)
        self.said += said.splitlines()
        return said
