"""`legato trial page`: a trial of each design as a page, blind before its end, and what is refused."""

from pathlib import Path

from .test_trial import registered, trial, whole


def test_the_page_of_an_ended_trial_tells_its_answer_and_of_a_running_one_nothing(tmp_path: Path):
    file = registered(tmp_path, pairs="6")
    trial("page", file)
    blind = (tmp_path / "light-priming.html").read_text("utf-8")
    whole(tmp_path, file, 0.56, 0.50, pairs=6)
    trial("result", file)
    said = trial("page", file, "--out", tmp_path / "told.html")
    told = (tmp_path / "told.html").read_text("utf-8")

    assert "0 of 6 pairs are complete; this page shows no number before the end." in blind
    assert "In 6 pairs in random order, A1" in told
    assert "told.html" in said
    assert "Claim C02: The evidence points the other way" in told


def test_a_page_that_is_none_is_refused(tmp_path: Path):
    file = registered(tmp_path)
    assert "give it that ending" in trial("page", file, "--out", tmp_path / "t.pdf", code=2)
    assert not (tmp_path / "t.pdf").exists()
