"""What a file is, by its first bytes; what Legato cannot read is named with what to give instead."""

from pathlib import Path

import pytest

from legato.errors import BadInput
from legato.formats.sniff import sniff_format

VIDEOS = {
    "mp4": b"\x00\x00\x00\x20ftypisom" + b"\x00\x9c\x01" * 400,
    "mov": b"\x00\x00\x00\x08wide\x00\x00\x10\x00mdat" + b"\x00\x9c\x01" * 400,
    "avi": b"RIFF\x10\x20\x00\x00AVI LIST" + b"\x00\x9c\x01" * 400,
    "webm": b"\x1aE\xdf\xa3" + b"\x00\x9c\x01" * 400,
    "ts": (b"G" + b"\x00\x9c" * 93 + b"\x01") * 4,
}


@pytest.mark.parametrize("suffix", VIDEOS)
def test_a_video_is_told_from_where_its_keypoints_come(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"squat.{suffix}"
    path.write_bytes(VIDEOS[suffix])
    with pytest.raises(BadInput, match=rf"^squat\.{suffix}: a video") as caught:
        sniff_format(path)
    for named in ("OpenPose", "MMPose", "MediaPipe", "Sports2D", "OpenCap", "docs/recordings.md"):
        assert named in str(caught.value)
    assert Path(__file__).resolve().parents[2].joinpath("docs/recordings.md").is_file()


def test_a_sound_file_is_no_video(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(b"RIFF\x10\x20\x00\x00WAVEfmt " + b"\x00" * 400)
    with pytest.raises(BadInput) as caught:
        sniff_format(path)
    assert "video" not in str(caught.value)


def test_a_result_is_no_recording(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    path.write_text('{\n  "schema": "legato.analysis/1"\n}')
    with pytest.raises(BadInput, match="a JSON of results that Legato wrote"):
        sniff_format(path)
