"""What the replay of a session loads: its binary file, the attached video, when the video's frames are shown."""

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import FileResponse, JSONResponse, Response

from legato import __version__
from legato.errors import BadInput
from legato.store import Catalogue
from legato.store.rows import ResultRow, SessionFileRow, SessionRow
from legato.web.deps import Kept, TheSession
from legato.web.downloads import as_known, ask_again
from legato.web.replay.pack import opening_of
from legato.web.replay.video import frames_record, video_type

routes = APIRouter(include_in_schema=False)

REPLAY = "replay.bin"
"""Its name among the files of a result."""


def replay_shown(
    session: SessionRow,
    result: ResultRow | None,
    overlay: tuple[SessionRow, ResultRow] | None = None,
    blind: bool = False,
) -> dict[str, Any] | None:
    """What `replay.html` needs: addresses, the video's offset, the session that lies over this one; None where this
    result has nothing to replay and no video is attached. `blind`: to a rater, who sees the video, or the skeleton
    where there is none, and nothing that was told of the recording.
    """
    video = attached_video(session)
    recorded = result is not None and REPLAY in result.files and not (blind and video is not None)
    if not recorded and video is None:
        return None
    shown: dict[str, Any] = {
        "src": _address(session, result) if recorded and result is not None else "",
        "blind": blind,
        "name": session.name,
        "video": "",
        "frames": "",
        "offset_s": session.video_offset_s,
        "overlay": "",
        "overlay_name": "",
        "alike": False,
    }
    if video is not None:
        shown["video"] = f"/sessions/{session.id}/video?file={video.sha256}"
        shown["frames"] = f"/sessions/{session.id}/video.json?file={video.sha256}"
    if overlay is not None and REPLAY in overlay[1].files:
        shown["overlay"], shown["overlay_name"] = _address(*overlay), overlay[0].name
    return shown


def attached_video(session: SessionRow) -> SessionFileRow | None:
    """The file that was attached as the session's video."""
    return next((file for file in session.files if file.role == "video"), None)


@routes.get("/sessions/{session_id}/replay.bin")
def replay_file(
    request: Request,
    session: TheSession,
    kept: Kept,
    result: Annotated[str | None, Query()] = None,
    opening: bool = False,
) -> Response:
    """The binary file of a result, in whole or by range; of the newest where none is named. `opening`: only what the
    curves need before they stand, its head and the coarse levels, which a page asks for while it is still being read.
    """
    made = [row for row in session.results if REPLAY in row.files and (result is None or row.id == result)]
    if not made:
        raise HTTPException(404, "there is nothing to replay yet; analyse the session")
    sha256 = str(made[-1].files[REPLAY])
    path = kept.files.path(sha256)
    if not path.is_file():
        raise HTTPException(404, "the replay's file is gone; analyse the session again")
    if known := as_known(request, f"{sha256}-opening" if opening else sha256):
        return known
    if not opening:
        return FileResponse(path, media_type="application/octet-stream", headers=ask_again(sha256))
    content = opening_of(path)
    if content is None:
        raise HTTPException(404, "the replay's file is damaged; analyse the session again")
    return Response(content, media_type="application/octet-stream", headers=ask_again(f"{sha256}-opening"))


@routes.get("/sessions/{session_id}/video")
def video_file(
    request: Request, session: TheSession, kept: Kept, file: Annotated[str | None, Query()] = None
) -> Response:
    """The attached video, in whole or by range."""
    row = _video(session, file)
    kind = _type(kept, row)
    if known := as_known(request, row.sha256):
        return known
    return FileResponse(kept.files.path(row.sha256), media_type=kind, headers=ask_again(row.sha256))


@routes.get("/sessions/{session_id}/video.json")
def video_frames(
    request: Request, session: TheSession, kept: Kept, file: Annotated[str | None, Query()] = None
) -> Response:
    """When the video's frames are shown."""
    row = _video(session, file)
    kind, etag = _type(kept, row), f"{__version__}-{row.sha256}"
    if known := as_known(request, etag):
        return known
    return JSONResponse({"type": kind, **frames_record(kept.files.path(row.sha256))}, headers=ask_again(etag))


def _address(session: SessionRow, result: ResultRow) -> str:
    return f"/sessions/{session.id}/{REPLAY}?result={result.id}"


def _video(session: SessionRow, sha256: str | None) -> SessionFileRow:
    row = attached_video(session)
    if row is None or (sha256 is not None and sha256 != row.sha256):
        raise HTTPException(404, "there is no such video; it may have been replaced")
    return row


def _type(kept: Catalogue, row: SessionFileRow) -> str:
    path = kept.files.path(row.sha256)
    if not path.is_file():
        raise HTTPException(404, "the video's file is gone; attach it again")
    kind = video_type(path)
    if kind is None:
        raise BadInput(f"{row.name}: is neither an mp4 nor a webm; attach the video in one of these")
    return kind
