"""`legato trial pool`: ended trials of several athletes together, and what cannot be pooled."""

import json
from pathlib import Path
from typing import cast

import pytest

from legato.evidence.trials.pooled import AthleteTrial

from .test_trial import registered, trial, whole

CHANGES = {"A1": 0.56, "A2": 0.55, "A3": 0.57, "A4": 0.56}


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Four athletes whose bar is 10 to 14 % faster with A."""
    files: list[Path] = []
    for athlete, velocity in CHANGES.items():
        folder = tmp_path_factory.mktemp(athlete)
        file = registered(folder, athlete=f'"{athlete}"', pairs="6")
        whole(folder, file, velocity, 0.50, pairs=6)
        trial("result", file)
        files.append(file)
    return files


@pytest.mark.slow
def test_four_ended_trials_are_one_answer(ended: list[Path], tmp_path: Path):
    out, page = tmp_path / "pooled.json", tmp_path / "pooled.html"
    said = trial("pool", *ended, "--json", out, "--html", page)
    record = json.loads(out.read_text("utf-8"))

    assert record["schema"] == "legato.pooled/1"
    assert record["verdict"]["answer"] == "supports"
    assert [one["athlete"] for one in record["athletes"]] == list(CHANGES)
    assert record["mean"]["low"] < 0.12 < record["mean"]["high"]
    assert "C02: supports" in said and "In 4 athletes (24 pairs" in said
    assert "In 4 athletes" in page.read_text("utf-8")
    assert "athletes have 2 complete pairs; 4 are needed" in trial("pool", *ended[:3], code=3)
    assert "hold the same recording" in trial("pool", *ended, ended[0], code=2)


def test_a_trial_that_runs_keeps_its_numbers(tmp_path: Path):
    file = registered(tmp_path)
    assert "has not ended" in trial("pool", file, code=2)


def test_a_trial_that_ended_early_is_not_pooled(tmp_path: Path):
    """A copy that is stopped would open the numbers of one that runs."""
    file = registered(tmp_path)
    trial("stop", file, "--why", "moved away")
    trial("result", file)
    assert "ended with 0 of 8 pairs" in trial("pool", file, code=2)


def test_a_page_that_is_none_is_refused(tmp_path: Path):
    assert "give it that ending" in trial("pool", tmp_path / "t.jsonl", "--html", tmp_path / "p.pdf", code=2)


def test_simulated_and_real_trials_are_never_pooled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from legato.trials import pool

    def read(file: Path) -> object:
        return pool._Ended(
            cast("AthleteTrial", None), "bench-press", frozenset(), {}, simulated=file.name.startswith("s")
        )

    monkeypatch.setattr(pool, "_read", read)
    assert "some of the trials are simulated" in trial("pool", tmp_path / "s.jsonl", tmp_path / "t.jsonl", code=2)
