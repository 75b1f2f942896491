"""Consents that were taken back: what each asks for, until it is done, given again, or somebody said why it is kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from legato.store.rows import AthleteRow, ConsentRow, FileRow, SessionFileRow, SessionRow
from legato.web.of_athlete import CONSENTS
from legato.web.words import plural
from legato.web.words import translate as _

KEPT = "-kept"
"""After the kind, of a row that says that what is there is kept although the consent was taken back."""


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A consent that was taken back and has not been answered: whose, which, what is to be done, and where."""

    athlete_id: str
    name: str
    kind: str
    says: str
    path: str


def taken_back(rows: Session, athlete_id: str | None = None) -> list[TakenBack]:
    """Those of all athletes by their names, or of one."""
    newest = select(ConsentRow.athlete_id, ConsentRow.kind, func.max(ConsentRow.at).label("at"))
    newest = newest.group_by(ConsentRow.athlete_id, ConsentRow.kind).subquery()
    asked = (
        select(AthleteRow, ConsentRow)
        .join(ConsentRow, ConsentRow.athlete_id == AthleteRow.id)
        .join(
            newest,
            (newest.c.athlete_id == ConsentRow.athlete_id)
            & (newest.c.kind == ConsentRow.kind)
            & (newest.c.at == ConsentRow.at),
        )
        .order_by(AthleteRow.name, AthleteRow.id)
    )
    if athlete_id is not None:
        asked = asked.where(AthleteRow.id == athlete_id)
    every = rows.execute(asked).all()
    kept = {(athlete.id, row.kind.removesuffix(KEPT)): row.at for athlete, row in every if row.kind.endswith(KEPT)}
    taken = [(athlete, row) for athlete, row in every if not row.given and row.kind in CONSENTS]
    return [
        one
        for athlete, row in taken
        for one in _asks(rows, athlete, row.kind, row.at, kept.get((athlete.id, row.kind), row.at))
    ]


def _asks(rows: Session, athlete: AthleteRow, kind: str, at: datetime, kept: datetime) -> Iterator[TakenBack]:
    """What a consent that was taken back asks for; nothing where nothing is there to be done, or where nothing came
    since it was said why the rest is `kept`, which is the moment `at` itself where that was not said after it.
    """
    of_them = select(SessionRow.id).where(SessionRow.athlete_id == athlete.id)
    since, said = max(at, kept), kept > at
    new = of_them.where(SessionRow.created_at > since)
    on = f"{at.day} {at:%b %Y}"
    says, path = "", f"/athletes/{athlete.id}#consents"
    if kind == "storage" and (not said or rows.scalars(new).first() is not None):
        says = _("keeping the data was taken back on %s; erase the athlete, or say why it is kept") % on
        path = f"/athletes/{athlete.id}/erase"
    elif kind == "measurement":
        n = len(rows.scalars(new).all())
        since = plural("{n} session was added since", "{n} sessions were added since", n)
        if n:
            says = _("measuring was taken back on %(day)s, and %(since)s; erase them, or say why they are kept")
            says %= {"day": on, "since": since}
    elif kind == "video":
        filmed = select(SessionFileRow.session_id).where(
            SessionFileRow.role == "video", SessionFileRow.session_id.in_(of_them)
        )
        if said:
            filmed = filmed.join(FileRow, FileRow.sha256 == SessionFileRow.sha256).where(FileRow.at > since)
        found = sorted(set(rows.scalars(filmed)))
        have = plural("{n} session has a video", "{n} sessions have a video", len(found))
        if found:
            says = _("video was taken back on %(day)s, and %(have)s; take it off, or say why it is kept")
            says, path = says % {"day": on, "have": have}, f"/sessions/{found[0]}/edit"
    if says:
        yield TakenBack(athlete.id, athlete.name, kind, says, path)
