"""MVNX: what is read, in which axes, and what is refused in one line."""

from pathlib import Path

import numpy as np
import pytest

from legato.errors import BadInput
from legato.formats.mvnx import read_mvnx
from legato.load import read

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<mvnx xmlns="http://www.xsens.com/mvn/mvnx" version="4">
<subject label="Jane Doe" frameRate="100" segmentCount="3">
<segments><segment label="Pelvis" id="1"/><segment label="RightUpperArm" id="2"/><segment label="LeftUpperArm" id="3"/>
</segments>
<joints><joint label="jRightKnee"/></joints>
<frames segmentCount="3" sensorCount="0" jointCount="1">
<frame time="0" index="" type="identity"><orientation>1 0 0 0 1 0 0 0 1 0 0 0</orientation></frame>
"""
_TAIL = "</frames></subject></mvnx>\n"


def _frame(index: int, orientation: str = "1 0 0 0 1 0 0 0 1 0 0 0", more: str = "") -> str:
    return (
        f'<frame time="{10 * index + 500}" index="{index}" type="normal">'
        f"<orientation>{orientation}</orientation>{more}</frame>\n"
    )


def _file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "suit.mvnx"
    path.write_text(text, encoding="utf-8")
    return path


def test_segments_stand_in_isb_axes(tmp_path: Path) -> None:
    places = "<position>0 0 1 1 2 3 4 5 6</position><jointAngle>1 2 90</jointAngle>"
    path = _file(tmp_path, _HEAD + "".join(_frame(k, more=places) for k in range(4)) + _TAIL)
    recording = read(path)
    assert recording.inputs[0].format == "mvnx"
    turned = recording.stream("orientation")
    assert turned.rate_hz == 100.0
    assert turned.channels == ("Pelvis", "RightUpperArm", "LeftUpperArm")
    # In the T-pose, facing x with z up: ahead is x; the pelvis' length points up; an arm's points to the shoulder,
    # which is to the left (y) for the right arm and to the right for the left; hanging arms have z to the right.
    assert turned.values[0, 0] == pytest.approx(np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]]))
    assert turned.values[0, 1, :, 1] == pytest.approx([0, 1, 0])
    assert turned.values[0, 2, :, 1] == pytest.approx([0, -1, 0])
    lowered = {
        "right": np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]]),
        "left": np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]]),
    }
    for k, side in ((1, "right"), (2, "left")):
        hanging = lowered[side] @ turned.values[0, k]
        assert hanging[:, 1] == pytest.approx([0, 0, 1])
        assert hanging[:, 2] == pytest.approx([0, -1, 0])
    assert recording.stream("positions").values[2, 1] == pytest.approx([1, 2, 3])
    assert recording.stream("jointAngle").channel("jRightKnee_z")[0] == pytest.approx(np.pi / 2)
    assert "Jane" not in repr(recording)


def test_frames_that_are_missing_by_the_counter_are_missing(tmp_path: Path) -> None:
    path = _file(tmp_path, _HEAD + _frame(3) + _frame(4) + _frame(7) + _TAIL)
    recording = read_mvnx(path)
    values = recording.stream("orientation").values[:, 0, 0, 0]
    assert np.isnan(values).tolist() == [False, False, True, True, False]
    assert any("2 of 5 frames are missing" in note for note in recording.notes)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (_HEAD + _frame(0), "cut short"),
        (_HEAD + _TAIL, "no frame of movement"),
        (_HEAD + _frame(0, "1 0 0 0") + _TAIL, "4 numbers where the names ask for 12"),
        (_HEAD + _frame(0, "1 0 0 x") + _TAIL, "no number"),
        (_HEAD + _frame(1) + _frame(1) + _TAIL, "counts 1 after 1"),
        (_HEAD + _frame(0) + _frame(10**8) + _TAIL, "count up to"),
        (_HEAD.replace('frameRate="100"', 'frameRate="fast"') + _frame(0) + _TAIL, "--rate"),
        (_HEAD.replace('frameRate="100"', 'frameRate="-5"') + _frame(0) + _TAIL, "--rate"),
        (_HEAD.replace("UTF-8", "UvF-8") + _frame(0) + _TAIL, "encoding"),
        (_HEAD.replace("UTF-8", "Shift_JIS") + _frame(0) + _TAIL, "encoding"),
        ("<mvnx>" + "<a>" * 60 + "</a>" * 60 + "</mvnx>", "deep"),
        ("<mvnx><segments>" + '<segment label="a"/>' * 600 + "</segments></mvnx>", "more than 500"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(BadInput, match=says) as refused:
        read(_file(tmp_path, text))
    assert "suit.mvnx" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_entities_are_never_expanded(tmp_path: Path) -> None:
    bomb = (
        '<?xml version="1.0"?><!DOCTYPE mvnx [<!ENTITY a "1 0 0 0 "><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
        '<!ENTITY f SYSTEM "file:///etc/passwd">]><mvnx><subject frameRate="100">&b;&f;</subject></mvnx>'
    )
    with pytest.raises(BadInput, match="document type or entities"):
        read(_file(tmp_path, bomb))


def test_the_rate_can_be_given(tmp_path: Path) -> None:
    path = _file(tmp_path, _HEAD + _frame(0) + _frame(1) + _TAIL)
    assert read(path, rate_hz=60.0).stream("orientation").rate_hz == 60.0
