"""The catalogue's tables. Times are UTC; an id is 16 hex digits that nobody can guess; bulk stays in files."""

import secrets
from datetime import UTC, date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, ForeignKey, Index, MetaData, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator


def new_id() -> str:
    """An id that was not there before and tells nothing."""
    return secrets.token_hex(8)


def now() -> datetime:
    """The time, UTC."""
    return datetime.now(UTC)


class _Utc(TypeDecorator[datetime]):
    """A moment in UTC: SQLite keeps no time zone, PostgreSQL does, and both give back an aware one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a time without its zone cannot be kept")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


_JSON = JSON(none_as_null=True)


class Row(DeclarativeBase):
    """What all tables share."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {datetime: _Utc, dict[str, Any]: _JSON, list[Any]: _JSON}


class AthleteRow(Row):
    """Who is measured. What is not known is null and shapes nothing."""

    __tablename__ = "athlete"

    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(200))
    sex: Mapped[str | None] = mapped_column(String(10))
    born_year: Mapped[int | None]
    mass_kg: Mapped[float | None]
    height_m: Mapped[float | None]
    side: Mapped[str | None] = mapped_column(String(10))
    lumbar_flexion_max_deg: Mapped[float | None]
    notes: Mapped[str] = mapped_column(Text, default="")
    simulated: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)

    sessions: Mapped[list["SessionRow"]] = relationship(back_populates="athlete")


class ConsentRow(Row):
    """A consent given or taken back; the newest of a kind holds."""

    __tablename__ = "consent"

    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)
    athlete_id: Mapped[str] = mapped_column(ForeignKey("athlete.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    given: Mapped[bool]
    at: Mapped[datetime] = mapped_column(default=now)


class ScreeningRow(Row):
    """That a screening was passed or blocked, and when. No answer is kept: `record` is that of `legato screen`."""

    __tablename__ = "screening"

    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)
    athlete_id: Mapped[str] = mapped_column(ForeignKey("athlete.id", ondelete="CASCADE"), index=True)
    outcome: Mapped[str] = mapped_column(String(10))
    record: Mapped[dict[str, Any]]
    at: Mapped[datetime] = mapped_column(default=now)


class FileRow(Row):
    """A file that is kept under its checksum; a row without its file, or a file without a row, `check` tells."""

    __tablename__ = "file"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(default=now)


class SessionRow(Row):
    """One recorded trial of an athlete: its files, what was chosen for its analysis, its results."""

    __tablename__ = "session"
    __table_args__ = (
        Index("ix_session_athlete_id", "athlete_id", "recorded_on"),
        Index("ix_session_recorded_on", "recorded_on", "created_at"),
    )

    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)
    athlete_id: Mapped[str | None] = mapped_column(ForeignKey("athlete.id", ondelete="SET NULL"))
    name: Mapped[str] = mapped_column(String(300))
    recorded_on: Mapped[date]
    movement: Mapped[str | None] = mapped_column(String(100))
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    video_offset_s: Mapped[float] = mapped_column(default=0.0)
    notes: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)

    athlete: Mapped[AthleteRow | None] = relationship(back_populates="sessions")
    files: Mapped[list["SessionFileRow"]] = relationship(
        back_populates="session", order_by="SessionFileRow.position", cascade="all, delete-orphan"
    )
    results: Mapped[list["ResultRow"]] = relationship(
        back_populates="session", order_by="ResultRow.made_at", cascade="all, delete-orphan"
    )
    jobs: Mapped[list["JobRow"]] = relationship(
        back_populates="session", order_by="JobRow.created_at", cascade="all, delete-orphan"
    )
    corrections: Mapped[list["CorrectionRow"]] = relationship(
        back_populates="session", order_by="CorrectionRow.number", cascade="all, delete-orphan"
    )


class SessionFileRow(Row):
    """A file's name and its part in a session: `trial`, `static`, `mvic`, `submax`, `no-press`, `map`, `video`."""

    __tablename__ = "session_file"
    __table_args__ = (UniqueConstraint("session_id", "position"),)

    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)
    session_id: Mapped[str] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"), index=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("file.sha256"), index=True)
    name: Mapped[str] = mapped_column(String(300))
    role: Mapped[str] = mapped_column(String(20), default="trial")
    position: Mapped[int]

    session: Mapped[SessionRow] = relationship(back_populates="files")


class JobRow(Row):
    """A piece of work for the worker: `recognise` or `analyse`. `queued`, `running`, then `done`, `failed`,
    `cancelled`.
    """

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_session_id", "session_id", "created_at"),
        Index("ix_job_state", "state", "created_at"),
    )

    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)
    session_id: Mapped[str] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(12), default="queued")
    said: Mapped[str] = mapped_column(String(300), default="")
    error: Mapped[str] = mapped_column(Text, default="")
    found: Mapped[dict[str, Any] | None]
    attempts: Mapped[int] = mapped_column(default=0)
    cancel_asked: Mapped[bool] = mapped_column(default=False)
    worker: Mapped[str | None] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)
    started_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    session: Mapped[SessionRow] = relationship(back_populates="jobs")


class ResultRow(Row):
    """What came out of input + settings + code + corrections, which `key` is the checksum of.

    `files` names what was made (`result.json`, `report.html`, `tables/…`, `pieces.json`, `replay.bin`) by checksum;
    `summary` is what lists and trends need of it.
    """

    __tablename__ = "result"
    __table_args__ = (UniqueConstraint("session_id", "key"), Index("ix_result_session_id", "session_id", "made_at"))

    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)
    session_id: Mapped[str] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(64))
    legato_version: Mapped[str] = mapped_column(String(40))
    summary: Mapped[dict[str, Any]]
    files: Mapped[dict[str, Any]]
    made_at: Mapped[datetime] = mapped_column(default=now, index=True)

    session: Mapped[SessionRow] = relationship(back_populates="results")


class CorrectionRow(Row):
    """A correction by hand, as an entry of `corrections.toml`; undone ones stay, so that all can be followed."""

    __tablename__ = "correction"
    __table_args__ = (UniqueConstraint("session_id", "number"),)

    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)
    session_id: Mapped[str] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    entry: Mapped[dict[str, Any]]
    by: Mapped[str] = mapped_column(String(200), default="")
    at: Mapped[datetime] = mapped_column(default=now)
    undone_at: Mapped[datetime | None]

    session: Mapped[SessionRow] = relationship(back_populates="corrections")


class RatingRow(Row):
    """A rater's filled-in sheet of `legato assess`, for a session; one a rater."""

    __tablename__ = "rating"
    __table_args__ = (UniqueConstraint("session_id", "checklist", "rater"),)

    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)
    session_id: Mapped[str] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"), index=True)
    checklist: Mapped[str] = mapped_column(String(60))
    rater: Mapped[str] = mapped_column(String(200))
    record: Mapped[dict[str, Any]]
    at: Mapped[datetime] = mapped_column(default=now)


class PlanRow(Row):
    """A plan as `legato plan` keeps it; the newest of an athlete holds, earlier ones show what changed and why.

    `due` is what lists need of it: its days, those logged, form checks, its last day, how long the screening holds.
    """

    __tablename__ = "plan"
    __table_args__ = (Index("ix_plan_athlete_id", "athlete_id", "made_at"),)

    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)
    athlete_id: Mapped[str] = mapped_column(ForeignKey("athlete.id", ondelete="CASCADE"))
    record: Mapped[dict[str, Any]]
    due: Mapped[dict[str, Any]] = mapped_column(default=dict)
    why: Mapped[list[Any]] = mapped_column(default=list)
    made_at: Mapped[datetime] = mapped_column(default=now, index=True)


class TrainedRow(Row):
    """A set of an imported training log, as `coaching.audit` reads it; `source` names the file it came from."""

    __tablename__ = "trained"
    __table_args__ = (Index("ix_trained_athlete_id", "athlete_id", "on"),)

    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)
    athlete_id: Mapped[str] = mapped_column(ForeignKey("athlete.id", ondelete="CASCADE"))
    on: Mapped[date]
    source: Mapped[str] = mapped_column(String(64), index=True)
    record: Mapped[dict[str, Any]]


class OwnEntryRow(Row):
    """A movement, fault or drill of one's own: a TOML text, copied from the library's `base` and edited."""

    __tablename__ = "own_entry"
    __table_args__ = (UniqueConstraint("kind", "entry_id"),)

    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(20))
    entry_id: Mapped[str] = mapped_column(String(100))
    base: Mapped[str] = mapped_column(String(100))
    text: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)


class TrialOfOneRow(Row):
    """A trial of one (`legato trial`); its journal, a chain of lines, is a file under the catalogue's `trials`."""

    __tablename__ = "trial_of_one"

    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)
    athlete_id: Mapped[str] = mapped_column(ForeignKey("athlete.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(300))
    journal: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime] = mapped_column(default=now)


class AuditRow(Row):
    """Who did what to what. Rows are only added, and erased with what they are about."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_subject", "subject", "at"),)

    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)
    at: Mapped[datetime] = mapped_column(default=now, index=True)
    who: Mapped[str] = mapped_column(String(200), default="")
    what: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(60))
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)


class SettingRow(Row):
    """A setting of this catalogue: units shown, retention."""

    __tablename__ = "setting"

    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[dict[str, Any]]
