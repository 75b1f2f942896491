"""Which format a file has, told by its content; the ending of its name decides only between tables."""

from os import PathLike
from pathlib import Path
from typing import Literal, TypeAlias

from legato.errors import BadInput
from legato.formats._c3d_file import looks_like_c3d
from legato.formats._text import is_binary
from legato.formats.edf import looks_like_edf
from legato.formats.imu_table import looks_like_quaternions
from legato.formats.mediapipe import looks_like_landmarks
from legato.formats.mot import looks_like_mot
from legato.formats.mvnx import looks_like_mvnx
from legato.formats.openpose import is_openpose_folder, looks_like_keypoints
from legato.formats.rep_json import looks_like_reps
from legato.formats.rep_table import looks_like_rep_table
from legato.formats.trc import looks_like_trc

Format: TypeAlias = Literal[
    "c3d",
    "trc",
    "mot",
    "table",
    "keypoints-json",
    "landmarks-csv",
    "xdf",
    "edf",
    "rep-json",
    "rep-table",
    "mvnx",
    "quaternions",
]

_HEAD_BYTES = 65_536
_VIDEO_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")
"""Kinds of the first box of an MP4 or MOV."""
_VIDEO_STARTS = (
    b"\x1aE\xdf\xa3",
    b"\x00\x00\x01\xba",
    b"\x00\x00\x01\xb3",
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11",
    b"FLV\x01",
)
"""First bytes of Matroska and WebM, MPEG, WMV and FLV."""
_KNOWN_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "a zip archive or a spreadsheet"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x89HDF", "an HDF5 or MATLAB file"),
    (b"MATLAB", "a MATLAB file"),
    (b"<?xml", "an XML file"),
    (b"<!", "a web page or other markup"),
    (b"<html", "a web page"),
    (b"<svg", "a drawing"),
    (b"{", "a JSON file"),
    (b"[", "a JSON file"),
)


def sniff_format(path: str | PathLike[str]) -> Format:
    """The format of a file, by its content.

    Raises
    ------
    BadInput
        There is no such file, it is a folder, it is empty or cannot be read, or its content is in no format that
        Legato reads.
    """
    path = Path(path)
    if path.is_dir():
        if is_openpose_folder(path):
            return "keypoints-json"
        raise BadInput(f"{path}: a folder, not a file; name the files of one trial")
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except FileNotFoundError:
        raise BadInput(f"{path}: no such file; check the path") from None
    except OSError as error:
        raise BadInput(f"{path}: cannot be read ({error.strerror or error}); check the file and its rights") from None
    if not head.strip():
        raise BadInput(f"{path.name}: the file is empty; export it again")
    if _is_video(head):
        raise BadInput(
            f"{path.name}: a video, which Legato does not read here; it reads the keypoints that another program found"
            " in one: JSON of OpenPose or MMPose, CSV of MediaPipe, TRC of Sports2D, a session folder of OpenCap; see"
            " docs/recordings.md, Keypoints of one camera"
        )
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")) and looks_like_keypoints(
        head.decode("utf-8-sig", errors="replace")
    ):
        return "keypoints-json"
    if head.startswith(b"XDF:"):
        return "xdf"
    if looks_like_edf(head):
        return "edf"
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")) and looks_like_reps(
        head.decode("utf-8-sig", errors="replace")
    ):
        return "rep-json"
    if b"<OpenSimDocument" in head[:2000]:
        raise BadInput(f"{path.name}: a model or settings of OpenSim, no recording; give its TRC, MOT or STO files")
    if looks_like_mvnx(head):
        return "mvnx"
    if head.lstrip().startswith(b"{") and b'"legato.' in head[:200]:
        raise BadInput(
            f"{path.name}: a JSON of results that Legato wrote, no recording; `legato compare` reads two of them"
        )
    for mark, what in _KNOWN_OTHERS:
        if head.startswith(mark):
            raise BadInput(f"{path.name}: {what}, which Legato does not read here; give C3D, TRC, MOT, STO or CSV")
    utf16 = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    if not utf16 and is_binary(head):
        if looks_like_c3d(head):
            return "c3d"
        raise BadInput(f"{path.name}: neither C3D nor text; give C3D, TRC, MOT, STO or CSV")
    text = head.decode("utf-16" if utf16 else "utf-8-sig", errors="replace").replace("\r\n", "\n").replace("\r", "\n")
    if looks_like_mot(text):
        return "quaternions" if looks_like_quaternions(text) else "mot"
    if looks_like_trc(text):
        return "trc"
    if looks_like_rep_table(text):
        return "rep-table"
    return "landmarks-csv" if looks_like_landmarks(text) else "table"


def _is_video(head: bytes) -> bool:
    if head[4:8] in _VIDEO_BOXES or head.startswith(_VIDEO_STARTS):
        return True
    # AVI; MPEG transport streams have a mark every 188 bytes.
    return (head.startswith(b"RIFF") and head[8:12] == b"AVI ") or (len(head) > 376 and head[0:377:188] == b"GGG")
