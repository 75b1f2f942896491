"""The demo's athlete, who is simulated: three sessions of throws, and the plan that was followed between them.

The story: the thorax turns before the pelvis; after four weeks of the drill that answers it, the thorax turns after the
pelvis, by more than the athlete changes from day to day (two days of baseline tell); a week later that holds. The same
day gives the same library, and filling it again adds nothing. Where no solver is installed there is no plan.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from legato.errors import BadInput
from legato.store import Catalogue, keep_file, note
from legato.store.rows import (
    AthleteRow,
    ConsentRow,
    JobRow,
    PlanRow,
    ResultRow,
    ScreeningRow,
    SessionFileRow,
    SessionRow,
)
from legato.web.jobs import enqueue
from legato.web.of_athlete import keep_plan
from legato.web.words import translate as _

if TYPE_CHECKING:
    from legato.coaching.log import Session as Done
    from legato.coaching.plan.model import Day, Plan

ATHLETE = "de30000000000000"
"""Id of the demo's athlete."""

_MASS_KG, _HEIGHT_M, _REPS = 76.0, 1.78, 6
_CONSENTS = ("measurement", "storage")
_MOBILITY = ("hip-flexion", "ankle-dorsiflexion", "thoracic-rotation")
_EQUIPMENT = ("mat", "band", "medicine-ball", "barbell", "plates", "rack", "dowel")


@dataclass(frozen=True, slots=True)
class _Throws:
    """A session: its id, its name, its day from the plan's first, the planted lag of the thorax behind the pelvis, its
    seed.
    """

    id: str
    name: Callable[[], str]
    day: int
    lag_s: float
    seed: int


_FIRST = _Throws("de30000000000001", lambda: _("Session 1: throws before the drills"), -2, -0.030, 11)
_SESSIONS = (
    _Throws("de3000000000000a", lambda: _("Baseline throws, first day"), -7, -0.030, 14),
    _Throws("de3000000000000b", lambda: _("Baseline throws, second day"), -4, -0.030, 15),
    _FIRST,
    _Throws("de30000000000002", lambda: _("Session 2: throws after four weeks of drills"), 26, 0.034, 12),
    _Throws("de30000000000003", lambda: _("Session 3: throws a week later"), 33, 0.030, 13),
)


def ask_for_demo(rows: Session, today: date) -> JobRow:
    """Add the demo's athlete with a session that is still empty, and ask the worker for the rest."""
    begins = _begun(rows, today)
    one = _SESSIONS[0]
    row = rows.get(SessionRow, one.id)
    if row is None:
        row = _new_session(rows, one, begins)
        rows.flush()
    return enqueue(rows, row, "demo")


def asked_demo(rows: Session) -> JobRow | None:
    """The job that fills the demo, the one that was asked for last."""
    of = select(JobRow).where(JobRow.session_id == _SESSIONS[0].id, JobRow.kind == "demo")
    return rows.scalars(of.order_by(JobRow.created_at.desc()).limit(1)).first()


def demo_done(said: str) -> float:
    """How much of the demo is done, 0 to 1, by the words of the stage it is at."""
    number = re.search(r"[0-9]+", said)
    return (int(number[0]) - 1) / len(_SESSIONS) if number else 0.95 if said else 0.0


def fill_with_demo(
    catalogue: Catalogue, today: date, tell: Callable[[str], object] = lambda stage: None, folder: Path | None = None
) -> str:
    """Add the demo's athlete, or what is missing of them.

    Parameters
    ----------
    catalogue
        To be filled.
    today
        The day from which the story is told backwards: the plan began on the Monday five weeks before this one.
    tell
        Called with the name of each stage as it begins.
    folder
        An empty folder to lay the files out in; None makes one and takes it away.

    Returns
    -------
    The athlete's id.
    """
    from legato.web.work import analyse_session

    with catalogue.session() as rows:
        begins = _begun(rows, today)
    for number, one in enumerate(_SESSIONS, 1):
        tell(_("simulating session {number}").format(number=number))
        _add_session(catalogue, one, begins)
        with catalogue.session() as rows:
            done = bool(rows.get_one(SessionRow, one.id).results)
        if not done:
            tell(_("analysing session {number}").format(number=number))
            place = None if folder is None else folder / one.id
            if place is not None:
                place.mkdir()
            analyse_session(catalogue, one.id, folder=place)
    if find_spec("ortools") is not None:
        tell(_("planning"))
        _add_plan(catalogue, begins, today)
    return ATHLETE


def _begun(rows: Session, today: date) -> date:
    """The plan's first day, which the athlete's own row tells; the athlete is added where it is not there."""
    there = rows.get(AthleteRow, ATHLETE)
    if there is not None:
        return there.created_at.date() - timedelta(days=_SESSIONS[0].day)
    begins = today - timedelta(days=today.weekday() + 35)
    _add_athlete(rows, begins)
    return begins


def _add_athlete(rows: Session, begins: date) -> None:
    from legato.coaching.safety import questionnaire, screen, screening_record

    first = begins + timedelta(days=_SESSIONS[0].day)
    at = _moment(first)
    rows.add(
        AthleteRow(
            id=ATHLETE,
            name=_("Demo athlete"),
            mass_kg=_MASS_KG,
            height_m=_HEIGHT_M,
            side="right",
            simulated=True,
            notes=_("Simulated, to look around with; nobody was measured."),
            created_at=at,
        )
    )
    rows.flush()
    passed = screen({question.id: "no" for question in questionnaire().questions}, first)
    rows.add(ScreeningRow(athlete_id=ATHLETE, outcome="passed", record=screening_record(passed), at=at))
    rows.add_all(ConsentRow(athlete_id=ATHLETE, kind=kind, given=True, at=at) for kind in _CONSENTS)
    note(rows, "athlete added", ATHLETE, simulated=True)


def _new_session(rows: Session, one: _Throws, begins: date) -> SessionRow:
    """The row of a session that has no file yet."""
    on = begins + timedelta(days=one.day)
    row = SessionRow(
        id=one.id,
        athlete_id=ATHLETE,
        name=one.name(),
        recorded_on=on,
        movement="throw",
        notes=_("Simulated."),
        created_at=_moment(on),
    )
    rows.add(row)
    note(rows, "session added", one.id, simulated=True)
    return row


def _add_session(catalogue: Catalogue, one: _Throws, begins: date) -> None:
    with catalogue.session() as rows:
        row = rows.get(SessionRow, one.id)
        if row is not None and row.files:
            return
    saved = catalogue.files.save_bytes(_recorded(one))
    with catalogue.session() as rows:
        kept = keep_file(rows, saved)
        row = rows.get(SessionRow, one.id) or _new_session(rows, one, begins)
        name = f"throws {row.recorded_on.isoformat()}.c3d"
        row.files.append(SessionFileRow(sha256=kept.sha256, name=name, role="trial", position=0))


def _recorded(one: _Throws) -> bytes:
    """The recording's file."""
    from legato.formats.c3d import write_c3d
    from legato.simulate import Scenario, simulate_scenario

    scenario = Scenario(
        "throw",
        reps=_REPS,
        seed=one.seed,
        lag_s=one.lag_s,
        lag_variation_s=0.006,
        height_m=_HEIGHT_M,
        mass_kg=_MASS_KG,
        bar_kg=0.0,
    )
    with TemporaryDirectory(prefix="legato-demo-") as folder:
        path = Path(folder) / "throws.c3d"
        write_c3d(path, simulate_scenario(scenario).recording)
        return path.read_bytes()


def _add_plan(catalogue: Catalogue, begins: date, today: date) -> None:
    """The plan that the first session asked for, and what was done of it."""
    with catalogue.session() as rows:
        if rows.scalars(select(PlanRow).where(PlanRow.athlete_id == ATHLETE)).first() is not None:
            return
        screened = rows.scalars(select(ScreeningRow).where(ScreeningRow.athlete_id == ATHLETE)).first()
        result = rows.scalars(select(ResultRow).where(ResultRow.session_id == _FIRST.id)).first()
    if screened is None or result is None:
        return
    plan = _planned(json.loads(catalogue.files.read(str(result.files["result.json"]))), begins, today)
    with catalogue.session() as rows:
        keep_plan(rows, rows.get_one(AthleteRow, ATHLETE), plan, "plan made").made_at = _moment(begins)


def _planned(result: Mapping[str, Any], begins: date, today: date) -> "Plan":
    from legato import __version__
    from legato.coaching.plan.asked import prepared, why_not
    from legato.coaching.plan.build import make_plan
    from legato.coaching.plan.done import with_sessions
    from legato.coaching.plan.model import Plan
    from legato.coaching.plan.request import Lift, Request, Standing
    from legato.coaching.safety import questionnaire, screen
    from legato.faults.assessments import result_file

    first = begins + timedelta(days=_FIRST.day)
    standing = Standing(
        age_years=24,
        supervised=True,
        base_weeks=40,
        equipment=_EQUIPMENT,
        mobility=dict.fromkeys(_MOBILITY, True),
    )
    asked = Request(
        start=begins,
        weeks=8,
        days=("mon", "wed", "fri"),
        athlete=standing,
        lifts=(Lift(id="back-squat", sets=6, reps=5, days=2, load_kg=60.0),),
    )
    passed = screen({question.id: "no" for question in questionnaire().questions}, first)
    ready = prepared(asked, passed, first, [result_file(result, _FIRST.name())])
    found = make_plan(ready.request, ready.situation, __version__)
    if not isinstance(found, Plan):
        raise BadInput(why_not(found))
    done = tuple(_done(day) for week in found.weeks for day in week.days if day.on < today)
    return with_sessions(found, done, today, "demo") if done else found


def _done(day: "Day") -> "Done":
    """A day of the plan, done as planned."""
    from legato.coaching.log import Session as Done
    from legato.coaching.log import SetsDone

    sets = (
        SetsDone(entry.id, entry.sets, reps=entry.reps, load_kg=entry.load_kg, level=entry.level, rpe=6.0, pain=0.0)
        for entry in day.entries
    )
    return Done(day.on, tuple(sets), sleep_h=7.5)


def _moment(on: date) -> datetime:
    return datetime.combine(on, time(17, 0), UTC)
