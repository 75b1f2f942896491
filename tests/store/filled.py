"""A catalogue with something in every table."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from legato.store import Catalogue, keep_file, note
from legato.store.results import keep_result
from legato.store.rows import (
    AthleteRow,
    ConsentRow,
    CorrectionRow,
    JobRow,
    PlanRow,
    RatingRow,
    ScreeningRow,
    SessionFileRow,
    SessionRow,
    TrainedRow,
    TrialOfOneRow,
)

SHARED = b"a recording of both"


@dataclass
class Person:
    athlete: str
    session: str
    files: set[str]


def fill(catalogue: Catalogue, name: str) -> Person:
    """An athlete with something in every table that knows athletes."""
    own = catalogue.files.save_bytes(f"the recording of {name}".encode())
    shared = catalogue.files.save_bytes(SHARED)
    log = catalogue.files.save_bytes(f"the log of {name}".encode())
    with catalogue.session() as rows:
        for saved in (own, shared, log):
            keep_file(rows, saved)
        athlete = AthleteRow(name=name)
        rows.add(athlete)
        rows.flush()
        session = SessionRow(name=f"squat of {name}", recorded_on=date(2026, 5, 4), athlete_id=athlete.id)
        rows.add(session)
        rows.flush()
        for k, saved in enumerate((own, shared)):
            rows.add(SessionFileRow(session_id=session.id, sha256=saved.sha256, name=f"{name}-{k}.c3d", position=k))
        job = JobRow(session_id=session.id, kind="analyse", state="done", found={"files": [name]})
        rows.add(job)
        rows.flush()
        rows.add(CorrectionRow(session_id=session.id, number=1, entry={"do": "drop-rep", "rep": 1}))
        rows.add(ConsentRow(athlete_id=athlete.id, kind="keep", given=True))
        rows.add(RatingRow(session_id=session.id, checklist="squat", rater="Ölaf", record={"items": [1, None, 0.1]}))
        rows.add(ScreeningRow(athlete_id=athlete.id, outcome="passed", record={"at": "2026-05-01"}))
        rows.add(PlanRow(athlete_id=athlete.id, record={"athlete": name}))
        rows.add(TrainedRow(athlete_id=athlete.id, on=date(2026, 5, 1), source=log.sha256, record={"reps": 5}))
        rows.add(TrialOfOneRow(athlete_id=athlete.id, name="trial", journal=f"{athlete.id}.json"))
        note(rows, "added", athlete.id, "coach", name=name)
        note(rows, "uploaded", f"session:{session.id}", files=[f"{name}-0.c3d"])
        note(rows, "opened the library", "library")
    (catalogue.work / job.id).mkdir(parents=True)
    (catalogue.work / job.id / "trial.c3d").write_text(name)
    for suffix in (".json", ".seal"):
        (catalogue.trials / f"{athlete.id}{suffix}").write_text(name)
    result = keep_result(
        catalogue, session.id, "k", {"headline": name}, {"result.json": f"of {name}".encode(), "shared": b"of both"}
    )
    return Person(athlete.id, session.id, {own.sha256, log.sha256, result.files["result.json"]})


def everything(folder: Path) -> bytes:
    """All bytes of all files of a catalogue's folder."""
    return b"\0".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())
