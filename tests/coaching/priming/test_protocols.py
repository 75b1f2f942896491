"""Priming protocols: what they hold, and what a coach's own file may not."""

import re
from pathlib import Path

import pytest

from legato.coaching.priming.catalogue import choices, load_protocol, protocols
from legato.errors import BadInput

_OWN = """
[[protocols]]
id = "{id}"
name = "Own"
purpose = "A coach's own."
tests = ["jump"]
evidence = "None."
source = "a coach"
grade = "ENG"
rest_min = {{ least = 2, most = {most}, source = "a coach", grade = "ENG" }}
[[protocols.parts]]
drill = ["{drill}"]
level = "{level}"
dose = {{ sets = 2, hold_s = 10, source = "a coach", grade = "ENG" }}
"""


def _own(tmp_path: Path, **changed: str) -> Path:
    values = {"id": "own", "most": "4", "drill": "diaphragmatic-breathing", "level": "hold"} | changed
    path = tmp_path / "own.toml"
    path.write_text(_OWN.format(**values))
    return path


def test_every_protocol_of_the_movements_page_is_there() -> None:
    assert list(protocols()) == [
        "breathing", "mobility", "activation", "light-dynamic", "heavy", "squat-before-bench", "holds-before-power",
    ]  # fmt: skip


def test_what_the_best_evidence_contradicts_is_not_offered_and_says_why() -> None:
    refused = {name: one for name, one in protocols().items() if one.refused}

    assert set(refused) == {"squat-before-bench", "holds-before-power"}
    assert all(one.grade == "X" and not one.parts and re.search(r"\d", one.refused) for one in refused.values())


def test_no_offered_protocol_holds_hard_right_before_power() -> None:
    for one in protocols().values():
        for part in one.parts:
            holds = [drill for drill in choices(part) if part.level == "hold"]
            assert all(drill.pattern == "breath" for drill in holds), one.id


def test_rest_after_heavy_work_is_that_of_the_trials() -> None:
    heavy = load_protocol("heavy")

    assert (heavy.rest_before("lower").least, heavy.rest_before("lower").most) == (4, 9)
    assert (heavy.rest_before("upper").least, heavy.rest_before("upper").most) == (5, 7)
    assert heavy.trained
    assert all(part.share_of_maximum is not None and part.share_of_maximum >= 0.85 for part in heavy.parts)


def test_own_protocols_come_beside_the_library(tmp_path: Path) -> None:
    assert "own" in protocols(_own(tmp_path))
    assert "own" not in protocols()


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"drill": "pallof-press"}, r"own\.toml, line \d+: pallof-press: a hold right before power lowers it"),
        ({"drill": "breathng"}, r"own\.toml, line \d+: nothing is called 'breathng'"),
        ({"level": "explosive"}, r"own\.toml, line \d+: diaphragmatic-breathing has no level explosive"),
        ({"id": "heavy"}, r"own\.toml, line \d+: there is a protocol called 'heavy'"),
        ({"most": "1"}, r"own\.toml, line \d+.*least is more than most"),
    ],
)
def test_own_files_are_refused_with_line_and_reason(tmp_path: Path, changed: dict[str, str], told: str) -> None:
    with pytest.raises(BadInput, match=told):
        protocols(_own(tmp_path, **changed))


def test_an_unknown_protocol_names_the_nearest() -> None:
    with pytest.raises(BadInput, match="activation"):
        load_protocol("activaton")


def test_words_of_an_own_protocol_tell_what_a_screening_may_bar_of_them(tmp_path: Path) -> None:
    text = _own(tmp_path).read_text("utf-8")
    part = '[[protocols.parts]]\nwhat = "swing the arms"\nminutes = 1\n'
    (tmp_path / "words.toml").write_text(text + part, "utf-8")
    with pytest.raises(BadInput, match="goes with its minutes and with barred"):
        protocols(tmp_path / "words.toml")
    (tmp_path / "words.toml").write_text(text + part + 'barred = ["arms"]\n', "utf-8")
    assert protocols(tmp_path / "words.toml")["own"].parts[-1].barred == ("arms",)
