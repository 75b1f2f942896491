"""Folders of an OpenCap session: the marker and motion files of one trial."""

from pathlib import Path

from legato.errors import BadInput

_MARKERS = Path("MarkerData")
_MOTION = Path("OpenSimData") / "Kinematics"
_STANDING = ("neutral", "static", "calibration", "extrinsics")
"""Names, in lower case, with which OpenCap's trials begin that hold a pose and no movement."""


def is_opencap_folder(path: Path) -> bool:
    """Whether a folder is an OpenCap session: it has `MarkerData`."""
    return (path / _MARKERS).is_dir()


def opencap_trial(path: Path) -> tuple[Path, ...]:
    """The TRC of the session's one trial and, where there is one, its MOT.

    Raises
    ------
    BadInput
        The session holds no trial, or several: the message lists them.
    """
    markers = {f.stem: f for f in _files(path / _MARKERS, ".trc")}
    motions = {f.stem: f for f in _files(path / _MOTION, ".mot")}
    names = sorted(n for n in {*markers, *motions} if not n.lower().startswith(_STANDING)) or sorted(markers)
    if not names:
        raise BadInput(f"{path.name}: an OpenCap session without a trial in MarkerData; download it again")
    if len(names) > 1:
        raise BadInput(
            f"{path.name}: an OpenCap session with {len(names)} trials ({', '.join(names)}); name one, like"
            f" {path.name}/{_MARKERS.name}/{next((markers[n].name for n in names if n in markers), names[0])}"
        )
    return tuple(found[names[0]] for found in (markers, motions) if names[0] in found)


def _files(folder: Path, ending: str) -> list[Path]:
    """Files below a folder, also where a version of OpenCap keeps them one folder deeper."""
    return sorted(f for f in folder.rglob("*") if f.suffix.lower() == ending and not f.name.startswith("."))
