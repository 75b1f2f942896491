"""What answers come to, and that no answer is kept."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legato.coaching.safety import (
    ANSWERS,
    blank_screening,
    help_for,
    questionnaire,
    read_screening,
    read_sheet,
    screen,
    screening_record,
)
from legato.coaching.safety.questions import Help
from legato.coaching.safety.screening import last_day
from legato.coaching.situation import Screening
from legato.errors import BadInput

from .made import DAY

QUESTIONS = questionnaire().questions
WELL = {question.id: "no" for question in QUESTIONS}
answer_sheets = st.fixed_dictionaries({name: st.sampled_from(ANSWERS) for name in WELL})
few_yes = st.dictionaries(st.sampled_from(sorted(WELL)), st.sampled_from(ANSWERS), max_size=3).map(lambda d: WELL | d)


def written(screening: Screening, folder: Path) -> Path:
    path = folder / "screening.json"
    path.write_text(json.dumps(screening_record(screening)), encoding="utf-8")
    return path


def test_who_answers_no_to_all_passes_for_a_year():
    passed = screen(WELL, DAY)
    assert passed == Screening(DAY, date(2027, 11, 21), passed=True)
    assert help_for(WELL) == ()
    assert passed.holds(date(2027, 11, 21)) and not passed.holds(date(2027, 11, 22))


@pytest.mark.parametrize(
    ("on", "until"),
    [
        (date(2027, 1, 1), date(2027, 12, 31)),
        (date(2028, 2, 29), date(2029, 2, 27)),
        (date(2026, 12, 31), date(2027, 12, 30)),
    ],
)
def test_a_year_ends_on_the_day_before(on: date, until: date):
    assert last_day(on, 12) == until


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.id)
def test_each_yes_does_what_it_says(question: Any):
    found = screen(WELL | {question.id: "yes"}, DAY)
    assert found.passed == (question.blocks is None)
    if question.blocks is not None:
        assert help_for(WELL | {question.id: "yes"}) == (questionnaire().help[question.blocks],)
        cleared = screen(WELL | {question.id: "cleared"}, DAY)
        assert cleared.passed == question.clearable
        found = cleared if cleared.passed else found
    if found.passed:
        assert set(question.bars) <= found.barred
        assert found.exhale_only >= question.exhale_only
        assert (found.minor, found.no_emg) == (question.minor, question.no_emg)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.id)
def test_a_question_without_an_answer_blocks_and_is_named(question: Any):
    left = {name: said for name, said in WELL.items() if name != question.id}
    for answers in (left, left | {question.id: ""}, left | {question.id: "perhaps"}):
        assert not screen(answers, DAY).passed
        assert help_for(answers) == (questionnaire().help["unanswered"],)


def test_the_seven_topics_and_all_red_flags_are_asked():
    general = [q for q in QUESTIONS if "PAR-Q+ by topic, " in q.source]
    assert len(general) == 7
    assert all(q.blocks == "clinician" and q.clearable for q in general)
    red = [q for q in QUESTIONS if q.section in ("now", "first")]
    assert len(red) == 11
    assert not any(q.clearable for q in red)
    assert {q.blocks for q in red} == {"emergency", "clinician"}


def test_the_most_urgent_help_comes_first():
    def titles(*kinds: Help) -> list[str]:
        return [questionnaire().help[kind].title for kind in kinds]

    open_ones = help_for({"night-pain": "yes", "ill": "yes"})
    assert [text.title for text in open_ones] == titles("clinician", "wait", "unanswered")
    now = help_for({"saddle-numbness": "yes", "night-pain": "yes"})
    assert [text.title for text in now] == titles("emergency", "clinician")


def test_an_unknown_question_is_refused():
    with pytest.raises(BadInput, match="did you mean night-pain"):
        screen(WELL | {"night-pains": "no"}, DAY)


@given(answer_sheets | few_yes, st.sampled_from(sorted(WELL)))
def test_more_yes_never_passes_more(answers: dict[str, str], name: str):
    order = {said: k for k, said in enumerate(("no", "cleared", "yes"))}
    worse = next((said for said in ("cleared", "yes") if order[said] > order[answers[name]]), None)
    if worse is None:
        return
    before, after = screen(answers, DAY), screen(answers | {name: worse}, DAY)
    assert after.passed <= before.passed
    if after.passed:
        assert before.barred <= after.barred
        assert (before.minor, before.exhale_only, before.no_emg) <= (True, True, True)
        assert before.minor <= after.minor
        assert before.exhale_only <= after.exhale_only
        assert before.no_emg <= after.no_emg


@given(answer_sheets | few_yes)
def test_the_record_gives_the_screening_back(answers: dict[str, str]):
    import tempfile

    found = screen(answers, DAY)
    with tempfile.TemporaryDirectory() as folder:
        assert read_screening(written(found, Path(folder))) == found


@given(answer_sheets | few_yes)
def test_no_answer_is_in_the_record(answers: dict[str, str]):
    found = screen(answers, DAY)
    content = json.dumps(screening_record(found))
    for question in QUESTIONS:
        assert f'"{question.id}"' not in content
        assert question.asks not in content
    assert '"yes"' not in content and '"no"' not in content and '"cleared"' not in content
    blocked = json.dumps(screening_record(screen({}, DAY)))
    assert (content == blocked) == (not found.passed)


def test_different_answers_that_come_to_the_same_leave_the_same_bytes(tmp_path: Path):
    kept = set[bytes]()
    for name in ("saddle-numbness", "cancer", "ill", "heart", "pregnancy"):
        kept.add(written(screen(WELL | {name: "yes"}, DAY), tmp_path).read_bytes())
    assert len(kept) == 1
    for name in ("brittle-bones", "fused-spine", "spondylitis"):
        kept.add(written(screen(WELL | {name: "yes"}, DAY), tmp_path).read_bytes())
    assert len(kept) == 2


def test_bad_records_are_refused_in_one_line(tmp_path: Path):
    good = screening_record(screen(WELL | {"hernia": "yes"}, DAY))
    blocked = screening_record(screen({}, DAY))
    for k, content in enumerate(
        [
            "",
            "[]",
            "{",
            "\x00",
            '{"schema": "legato.result/1"}',
            json.dumps(blocked | {"result": "passed"}),
            json.dumps(good | {"until": "2099-01-01"}),
            json.dumps(good | {"questions": "0123"}),
            json.dumps({name: said for name, said in good.items() if name != "groups"}),
            json.dumps(good | {"groups": {}}),
            "[" * 100_000,
            json.dumps(good) + " " * 20_000,
        ]
    ):
        path = tmp_path / f"{k}.json"
        path.write_text(content, encoding="utf-8")
        with pytest.raises(BadInput, match=rf"{k}\.json: .*`legato screen`") as refused:
            read_screening(path)
        assert "\n" not in str(refused.value)
    with pytest.raises(BadInput, match="cannot be read"):
        read_screening(tmp_path / "none.json")


def test_a_record_with_its_check_mended_must_still_fit(tmp_path: Path):
    from legato.coaching.safety import screening as room

    good = screening_record(screen(WELL, DAY))
    for slip in (
        {"until": "2099-01-01"},
        {"on": 3},
        {"groups": {}},
        {"groups": "passed"},
        {"groups": good["groups"] | {"hinge": "perhaps"}},
        {"result": "cleared"},
        {"minor": "no"},
        {"electrodes": None},
        {"questions": "0123"},
    ):
        changed = good | slip
        changed["check"] = room._check(changed)  # pyright: ignore[reportPrivateUsage]
        path = tmp_path / "screening.json"
        path.write_text(json.dumps(changed), encoding="utf-8")
        with pytest.raises(BadInput, match="`legato screen`"):
            read_screening(path)


def filled(tmp_path: Path, said: str = "no", on: str = f'"{DAY}"', **other: str) -> Path:
    text = blank_screening().replace('\non = ""', f"\non = {on}")
    for question in QUESTIONS:
        given = other.get(question.id.replace("-", "_"), f'"{said}"')
        text = text.replace(f'\n{question.id} = ""', f"\n{question.id} = {given}")
    path = tmp_path / "sheet.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_sheet_is_filled_in_and_read(tmp_path: Path):
    assert read_sheet(filled(tmp_path), DAY) == (WELL, DAY)
    answers, on = read_sheet(filled(tmp_path, on=str(DAY), hernia='" Yes "', heart='"cleared"', ill="false"), DAY)
    assert on == DAY
    assert answers == WELL | {"hernia": "yes", "heart": "cleared"}
    empty, _ = read_sheet(filled(tmp_path, said=""), DAY)
    assert empty == {}
    assert not screen(empty, DAY).passed


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"on": '""'}, "on is no day"),
        ({"on": "2026-13-01"}, "not valid TOML"),
        ({"on": f'"{DAY + timedelta(days=1)}"'}, "still to come"),
        ({"on": '"2025-11-01"'}, "out of date"),
        ({"hernia": '"perhaps"'}, r"line \d+: hernia takes no, yes, in quotes"),
        ({"hernia": '"cleared"'}, "hernia takes no, yes, in quotes"),
        ({"heart": "3"}, "heart takes no, yes, cleared, in quotes"),
        ({"heart": '"no"\nhart = "no"'}, "did you mean heart"),
    ],
)
def test_a_slip_on_a_sheet_is_told_with_its_line(tmp_path: Path, other: dict[str, str], said: str):
    with pytest.raises(BadInput, match=said) as refused:
        read_sheet(filled(tmp_path, **other), DAY)
    assert "sheet.toml" in str(refused.value) and "\n" not in str(refused.value)


def test_no_sheet_is_refused(tmp_path: Path):
    for content in (b"", b"answers = 3", b"\xff\xfe", b"a" * 200_000, b'on = "2026-11-22"\nname = "x"'):
        path = tmp_path / "sheet.toml"
        path.write_bytes(content)
        with pytest.raises(BadInput, match=r"sheet\.toml"):
            read_sheet(path, DAY)
