"""A trial's page: the sentence that may be repeated, each pair, the sheet; and no number before the end."""

import copy
import re
from typing import Any

import pytest

from legato.report.trial_page import trial_html
from legato.report.trial_sheet import sheet
from legato.report.trial_words import coach_sentence, pair_changes, signed

Record = dict[str, Any]

_B, _A = (0.50, 0.52, 0.48, 0.51, 0.49, 0.50), (0.55, 0.56, 0.54, 0.55, 0.55, 0.56)


def _session(pair: int, place: int, arm: str, value: float | None) -> Record:
    number = None if value is None else {"value": value, "low": value - 0.01, "high": value + 0.01, "unit": "m/s"}
    return {
        "pair": pair, "place": place, "arm": arm, "on": f"2026-03-{2 * pair + place:02d}T17:00",
        "written_at": "2026-03-30T09:00:00+00:00", "measured": True, "number": number, "control": None, "reason": "",
        "lag": None, "missing": (),
        "conditions": {}, "told": {"pain": 1.0}, "result": "r.json", "files": (),
    }  # fmt: skip


def trial(
    answer: str | None = "supports", change: tuple[float, float, float] = (0.10, 0.08, 0.12), **outcome: Any
) -> Record:
    """A trial of six pairs; with no answer, one that still runs."""
    sessions = [
        _session(k + 1, place, arm, None if answer is None else values[k])
        for k in range(6)
        for place, (arm, values) in enumerate((("A", _A), ("B", _B)), start=1)
    ]
    value, low, high = change
    verdict = {
        "answer": answer, "reason": "over 6 pairs it was as told.", "p": 0.04, "n": 6, "more": None, "notes": (),
        "change": {"value": value, "low": low, "high": high, "unit": "", "level": 0.9}, "at": 6, "final": True,
        "control_p": None, "control_change": None, "dose": None,
    }  # fmt: skip
    asked = {
        "id": "bar-mean-propulsive-velocity", "of": "", "movement": "bench-press", "better": "higher",
        "effect_of_interest": 5.0, "effect_unit": "%", "expected": 12.0, "session_spread": 3.0, "detectable": None,
    }  # fmt: skip
    return {
        "schema": "legato.trial/1",
        "request": {
            "name": "light-priming", "athlete": "A1", "claim": "C02", "hypothesis": "", "design": "pairs", "pairs": 6,
            "doses": None, "phases": None,
            "arms": {"A": "light swings", "B": "rest"}, "outcome": asked | outcome, "measured_by": "the coach",
            "assessor_knows_arm": True, "looks": (), "alpha": 0.05, "level": 0.9, "stop_pain": 5.0, "stop_if": "",
            "also_same": ("the same bench",), "negative_control": None,
        },
        "planned": {
            "on": "2026-03-02T17:00", "written_at": "2026-03-02T17:00:05+00:00", "unit": "m/s",
            "outcome_name": "mean propulsive velocity of the bar", "kept": {"load_kg": 0.5}, "power": 0.87,
            "spread": 0.03, "control_name": "", "legato_version": "0",
        },
        "randomisation": {
            "most_apart": 2, "lists": 50, "least_p": 0.04, "commitment": "ab" * 32, "key_apart": False,
            "drawn": (("A", "B"),) * 6 if answer else (), "unit": "pair", "sessions": 2,
        },
        "pairs_planned": 6, "pairs_complete": 6, "sessions": sessions, "told_late": 0, "notes": (), "stopped": "",
        "pairs": [
            {"pair": k + 1, "slot": k + 1, "first": "A", "complete": True, "refused": ()} for k in range(6)
        ],
        "verdict": None if answer is None else verdict, "lines": 20, "receipt": "cd" * 32,
    }  # fmt: skip


def test_the_sentence_tells_who_what_how_much_and_against_what():
    assert coach_sentence(trial()) == (
        "In 6 pairs in random order, A1's mean propulsive velocity of the bar was 10.0 % higher (8.0 to 12.0) with"
        " “light swings” than with “rest”."
    )


def test_a_claim_of_less_is_told_as_lower():
    record = trial(better="lower", effect_unit="m/s", effect_of_interest=0.02)
    assert "was 0.100 m/s lower (0.080 to 0.120)" in coach_sentence(record)
    assert signed(record, record["verdict"]["change"]) == (
        "+0.100 m/s (0.080 to 0.120), counted positive where it is lower"
    )


def test_only_what_supports_says_that_anything_differed():
    said = {name: coach_sentence(trial(name, (0.01, -0.01, 0.03))) for name in ("contradicts", "inconclusive")}

    assert "differed by less than the 5 % that would matter" in said["contradicts"]
    assert "do not decide" in said["inconclusive"] and "−1.0 to 3.0" in said["inconclusive"]
    assert "cannot tell" in coach_sentence(trial("not-measurable"))


def test_a_change_the_other_way_is_told_as_one():
    """Pereira's result: the claim says faster, and the bar was slower."""
    assert coach_sentence(trial("contradicts", (-0.16, -0.18, -0.14))).startswith(
        "In 6 pairs in random order, A1's mean propulsive velocity of the bar was 16.0 % lower (14.0 to 18.0) with"
    )
    record = trial("contradicts", (-0.16, -0.18, -0.14), better="lower")
    assert "16.0 % higher (14.0 to 18.0)" in coach_sentence(record)


def test_a_change_that_may_have_gone_the_other_way_only_falls_short():
    assert "did not raise A1's" in coach_sentence(trial("contradicts", (-0.02, -0.08, 0.03)))


def test_a_trial_that_runs_shows_no_number():
    record = trial(None)
    page = trial_html(record)

    assert "6 of 6 pairs are complete; this page shows no number before the end." in page
    assert not re.search(r"0\.(4|5)\d", re.sub(r"<style>.*?</style>", "", page, flags=re.S))
    assert pair_changes(record) == []


def test_changes_of_pairs_are_shares_of_b_and_keep_the_error_of_both():
    slot, first, change = pair_changes(trial())[0]

    assert (slot, first) == (1, "A")
    assert change.value == pytest.approx(100.0 * (0.55 / 0.50 - 1.0))
    # Independent errors of 2 % and 1.8 % of a ratio of 1.1: first order of the quotient.
    assert change.half_width == pytest.approx(110.0 * (0.02**2 + (0.01 / 0.55) ** 2) ** 0.5, rel=1e-9)


def test_where_lower_is_claimed_a_fall_counts_positive():
    assert pair_changes(trial(better="lower"))[0][2].value == pytest.approx(-10.0)


def test_refused_pairs_are_told_and_not_drawn():
    record = copy.deepcopy(trial())
    record["pairs"][2]["refused"] = ("the load differed by 5 kg",)
    told = {name: text for _, name, text in sheet(record)}

    assert [slot for slot, _, _ in pair_changes(record)] == [1, 2, 4, 5, 6]
    assert "pair 3: the load differed by 5 kg" in told["Sessions"]


def test_the_sheet_holds_what_reports_of_trials_of_one_must_tell():
    told = {name: text for _, name, text in sheet(trial())}

    assert {
        "Registered",
        "Outcome",
        "How many",
        "Order",
        "Concealment",
        "Blinding",
        "Analysis",
        "Harms",
        "Result",
    } <= set(told)
    assert "power 87 %" in told["How many"]
    assert "promised 12 %" in told["Outcome"]
    assert "hidden from a glance, not from a search" in told["Concealment"]
    assert "load within 0.5 kg; the same bench" in told["Kept the same in both"]
    assert "worst pain told 1 of 10" in told["Harms"]


def test_text_of_the_request_cannot_write_into_the_page():
    record = trial()
    record["request"]["arms"]["A"] = "<script>alert(1)</script>"
    page = trial_html(record, "<b>x</b>")

    assert "<script>" not in page and "<b>x</b>" not in page


def test_the_page_asks_nothing_of_other_hosts():
    page = trial_html(trial())
    assert "http:" not in page and "https" not in page and "url(" not in page


def test_what_was_written_down_stands_on_the_sheet():
    told = trial()
    assert "Notes, as written down" not in trial_html(told)
    told["notes"] = (("2026-03-04T17:05:10+00:00", "ill <today>"), ("2026-03-06T17:00:00+00:00", "a new bar"))
    assert "2026-03-04 17:05: ill &lt;today&gt;; 2026-03-06 17:00: a new bar" in trial_html(told)
