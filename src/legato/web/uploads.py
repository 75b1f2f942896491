"""Files on their way in: straight to the disk, a piece at a time, whole or not at all."""

import errno
import shutil
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any

from fastapi import Request
from sqlalchemy import ColumnElement, and_, not_, or_, select
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from legato.errors import BadInput
from legato.store import Catalogue, keep_file
from legato.store.catalogue import hold_files
from legato.store.erase import drop_files, referenced
from legato.store.files import CHUNK, Part, Saved
from legato.store.left import take_left
from legato.store.rows import FileRow, JobRow, RatingRow, SessionFileRow, SessionRow, SettingRow, now
from legato.web.recognise import part_of
from legato.web.trial_files import NOT_READ, Given
from legato.web.zips import ROOM_BYTES, check, is_zip

MOST_BYTES = 4_000_000_000
"""Largest file that is taken where no setting says otherwise. [ENG] An hour of video takes some GB."""
SETTING = "upload"
"""The setting that holds `most_bytes`."""
_HEAD_BYTES = 4096
_FULL = "the disk is full; free some room, then give the file again"


def most_bytes(rows: Session) -> int:
    """The largest file that is taken."""
    setting = rows.get(SettingRow, SETTING)
    return int(setting.value.get("most_bytes", MOST_BYTES)) if setting is not None else MOST_BYTES


def most_of(catalogue: Catalogue) -> int:
    """The same of a catalogue, outside of any transaction."""
    with catalogue.session() as rows:
        return most_bytes(rows)


def announced(request: Request) -> int | None:
    """The size that a request says it has, bytes; None where it comes without one."""
    length = request.headers.get("content-length")
    return None if length is None else int(length)


async def receive(
    chunks: AsyncIterator[bytes], catalogue: Catalogue, name: str, most: int, length: int | None = None
) -> Saved:
    """Keep a file that comes in pieces. One whose sender goes away leaves nothing.

    Parameters
    ----------
    chunks
        Its bytes.
    catalogue
        Where it is kept.
    name
        As people know it, for what is said of it.
    most
        The largest size that is taken, bytes.
    length
        The size that was announced, bytes; what cannot fit is refused before it is sent.

    Raises
    ------
    BadInput
        It is too large, there is no room for it, or it is an archive that may not be unpacked.
    """
    await run_in_threadpool(_check_size, catalogue, name, most, length)
    try:
        with await run_in_threadpool(catalogue.files.writer, None) as part:
            waiting, size = bytearray(), 0
            async for chunk in chunks:
                size += len(chunk)
                if size > most:
                    raise BadInput(_too_large(name, most))
                waiting += chunk
                if len(waiting) >= CHUNK:
                    await run_in_threadpool(part.write, bytes(waiting))
                    waiting.clear()
            return await run_in_threadpool(_keep, catalogue, part, bytes(waiting), name)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        raise BadInput(f"{name}: {_FULL}") from None


def _too_large(name: str, most: int) -> str:
    return f"{name}: is larger than {most / 1e9:.3g} GB, the most that is taken; cut it, or change the setting"


def _check_size(catalogue: Catalogue, name: str, most: int, length: int | None) -> None:
    if length is None:
        return
    if length > most:
        raise BadInput(_too_large(name, most))
    if length + ROOM_BYTES > shutil.disk_usage(catalogue.folder).free:
        raise BadInput(f"{name}: {_FULL}")


def _keep(catalogue: Catalogue, part: Part, rest: bytes, name: str) -> Saved:
    part.write(rest)
    saved = part.keep()
    with saved.path.open("rb") as file:
        packed = is_zip(file.read(4))
    try:
        if packed:
            check(saved.path, name)
    except BadInput:
        drop_files(catalogue, [saved.sha256])
        saved.settle()
        raise
    with catalogue.session() as rows:
        keep_file(rows, saved)
    return saved


def sessions_with(rows: Session, sha256: str, but: str = "", most: int = 3) -> Sequence[SessionRow]:
    """The sessions that have the same file already, without `but`."""
    there = select(SessionFileRow.session_id).where(SessionFileRow.sha256 == sha256)
    of = select(SessionRow).where(SessionRow.id.in_(there), SessionRow.id != but)
    return rows.scalars(of.order_by(SessionRow.recorded_on.desc(), SessionRow.id).limit(most)).all()


def is_unfinished() -> ColumnElement[bool]:
    """Of sessions that are asked for, which are uploads that were looked at and left: of their files nobody ever wanted
    an analysis, and nobody rated them. A video without a recording is none: there is nothing to analyse, and raters
    look at it.
    """
    files = SessionRow.files
    read, film = files.any(SessionFileRow.role.not_in(NOT_READ)), files.any(SessionFileRow.role == "video")
    rated = select(RatingRow.id).where(RatingRow.session_id == SessionRow.id).exists()
    wanted = or_(SessionRow.results.any(), SessionRow.jobs.any(JobRow.kind == "analyse"), rated)
    return and_(not_(wanted), or_(read, and_(files.any(), not_(film))))


def with_parts(catalogue: Catalogue, files: Sequence[tuple[str, str]], others: bool = False) -> list[Given]:
    """Files (name, checksum) with the part that each probably has; `others`: whether there are recordings already.

    Where every one looks like something beside a trial, they are the trial.
    """
    heads: list[bytes] = []
    for _, sha256 in files:
        with catalogue.files.path(sha256).open("rb") as file:
            heads.append(file.read(_HEAD_BYTES))
    pairs = list(zip(files, heads, strict=True))
    found = [Given(name, sha256, part_of(name, head, True)) for (name, sha256), head in pairs]
    if others or any(one.role == "trial" for one in found):
        return found
    return [Given(name, sha256, part_of(name, head, False)) for (name, sha256), head in pairs]


def told_of(session: SessionRow) -> dict[str, Any]:
    """A session that has the same file, as a page says it."""
    return {"id": session.id, "name": session.name, "day": f"{session.recorded_on.day} {session.recorded_on:%b %Y}"}


_UNUSED_FOR = timedelta(days=1)
"""After how long a file that was sent and put into no session is taken away. [ENG]"""


def sweep(catalogue: Catalogue) -> tuple[str, ...]:
    """Take away files that were sent and then left, and what was on its way where a process ended; which they were."""
    unfinished = take_left(catalogue)
    with catalogue.session() as rows:
        hold_files(rows)
        used = referenced(rows)
        old = rows.scalars(select(FileRow).where(FileRow.at < now() - _UNUSED_FOR)).all()
        left = [row.sha256 for row in old if row.sha256 not in used]
        for row in old:
            if row.sha256 in left:
                rows.delete(row)
    return (*unfinished, *drop_files(catalogue, left))
