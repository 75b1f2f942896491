"""Claims in words and on the page: what is known, what is not, and how each source was read."""

import importlib.util
import re
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

from legato.coaching.catalogue import curricula, drills, warm_ups
from legato.compare.outcomes import outcome_of, outcomes
from legato.estimate import Estimate
from legato.evidence.claims import Claim, claims, load_claim
from legato.evidence.claims.own import OwnResult
from legato.evidence.trials.registration import Request
from legato.faults.catalogue import fault_entries
from legato.movements import load_movement, movement_ids
from legato.report.claim_uses import claim_record, uses
from legato.report.claim_words import (
    claim_lines,
    claim_link,
    claim_note,
    claim_short,
    claims_html,
    read_words,
    source_words,
    trial_command,
)
from legato.report.drill_words import course_lines, drill_lines
from legato.trials.request import request_for

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture(scope="module")
def pages() -> ModuleType:
    spec = importlib.util.spec_from_file_location("claim_pages", DOCS / "claim_pages.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_as_the_ledger_stands(pages: ModuleType):
    for name, text in pages.pages().items():
        assert (DOCS / name).read_text("utf-8") == text, "run python docs/claim_pages.py"


def test_the_page_holds_every_claim_source_and_grading(pages: ModuleType):
    sections = re.split(r"^## ", pages.pages()["claims.md"], flags=re.MULTILINE)
    told = {part.split("\n")[0]: part for part in sections[1:]}
    assert list(told) == [*claims(), "Adding to the ledger"]
    for name, claim in claims().items():
        assert claim.verbatim in told[name] and claim.display_text in told[name]
        assert all(source.cite in told[name] and read_words(source) in told[name] for source in claim.sources)
        assert all(grading.reason in told[name] for grading in claim.gradings)
        assert "None" not in told[name]


def test_a_memory_is_told_as_one():
    oyama = next(source for source in load_claim("C07").sources if source.cite.startswith("Oyama 2014"))
    assert read_words(oyama) == "from memory, nobody has read it yet (confidence high)"
    assert any("from memory, nobody has read it yet" in line for line in claim_lines(load_claim("C07"), ()))


def test_what_is_not_known_is_told_as_not_given():
    lines = claim_lines(load_claim("C05"), ())
    for field in ("of whom", "compared with", "what changes", "effect claimed"):
        assert f"{field}: not given" in lines
    assert "searched: none found" in lines and any(line.endswith(": none") for line in lines)
    oyama = next(line for line in claim_lines(load_claim("C07"), ()) if "Oyama 2014" in line)
    assert "n not given" in oyama


@pytest.mark.parametrize("claim", claims().values(), ids=lambda claim: claim.id)
def test_the_terminal_says_what_may_be_said_and_how_it_is_tested(claim: Claim):
    lines = claim_lines(claim, uses().get(claim.id, ()))
    assert lines[0] == f"{claim.id}, grade {claim.grade_words}"
    assert f"may be said: {claim.display_text}" in lines
    assert bool(trial_command(claim)) == (claim.user_test.protocol != "none")
    assert (claim.user_test.why_not in " ".join(lines)) or trial_command(claim) in " ".join(lines)


def test_a_note_stands_beside_what_leans_on_a_claim():
    assert claim_note("C01") == f"C01, grade N: {load_claim('C01').display_text}"
    assert claim_short("C02") == "claim C02, grade X/N"
    assert claim_note("") == claim_short("") == ""
    assert claim_note("C77") == "C77" and claim_short("C77") == "claim C77"


def test_every_claim_that_something_leans_on_is_in_the_ledger():
    assert set(uses()) <= set(claims())
    assert uses()["C01"] == ("window w-pec",)


@pytest.mark.parametrize("name", movement_ids())
def test_windows_without_a_source_lean_on_a_claim_of_the_same_grade(name: str):
    for window in load_movement(name).windows:
        assert (window.grade != "N") or window.claim
        assert not window.claim or window.grade in load_claim(window.claim).grade.split("/")


def test_labels_are_plain_words_and_the_claims_number_stands_as_a_claim():
    said = " ".join(claim_lines(load_claim("C01"), ()))
    assert "effect claimed: 80 to 120 ms" in said and "what Legato measures of it: window w-pec" in said
    assert "items S0.28 and S0.29 of the list on the page Coverage" in said
    assert "about something near it, not the claim itself" in said
    said = " ".join(claim_lines(load_claim("C02"), ()))
    assert "what Legato measures of it: bar mean propulsive velocity (bar-mean-propulsive-velocity)" in said
    pereira, xu = (next(one for one in load_claim("C02").sources if one.cite.startswith(who)) for who in ("Per", "Xu"))
    assert "interval not given; n 10;" in source_words(pereira) and "speaks against the claim" in source_words(pereira)
    assert source_words(xu).startswith("Xu 2025, Sports Med 55:977: finding not given; n 1039")


def test_the_record_holds_the_claim_and_leaves_the_own_result_empty():
    record = claim_record(load_claim("C02"))
    assert record["grade"] == "X/N" and record["user_result"] is None
    assert record["sources"][0]["n"] == 10 and record["sources"][1]["n"] is None
    assert record["gradings"][0]["seal"] == load_claim("C02").gradings[0].seal


def test_an_own_result_is_told_with_its_interval():
    change = Estimate(value=0.1, low=0.06, high=0.14, unit="1")
    own = OwnResult(8, "supports", "it does", change, rope=0.05, detectable=0.03, relative=True, unit="1")
    told = claim_record(load_claim("C02"), own)["user_result"]
    assert told["rope"] == [-0.05, 0.05] and told["estimate"]["low"] == 0.06 and told["n"] == 8


def test_a_report_shows_each_claim_once_with_its_test():
    shown = claims_html(["C01", "", "C01", "C02"])
    assert shown.count("<details class=claim>") == 2
    assert f"<summary>C01, grade N: {load_claim('C01').display_text}</summary>" in shown
    assert "The claim, not ours: “≤12 %" in shown
    assert "X (heavy or tiring squats first), best evidence contradicts" in shown
    assert claims_html([""]) == "" and "which the ledger does not hold" in claims_html(["C77"])


def test_links_lead_to_the_claims_section():
    assert claim_link("C01").startswith("[C01](claims.md#c01), grade N: ")
    assert claim_link("C01", "../").startswith("[C01](../claims.md#c01)") and claim_link("") == ""


def test_what_a_claim_is_about_is_a_number_that_legato_has():
    windows = {w.id for name in movement_ids() for w in load_movement(name).windows}
    metrics = {m.name for name in movement_ids() for m in load_movement(name).metrics}
    known = windows | metrics | set(fault_entries()) | set(outcomes()) | {"kappa", "repositioning"}
    assert {c.id: c.metric for c in claims().values() if c.metric and c.metric not in known} == {}


@pytest.mark.parametrize("claim", [c for c in claims().values() if c.user_test.outcome], ids=lambda claim: claim.id)
def test_a_trial_takes_the_number_that_a_claim_is_tested_by(claim: Claim):
    test = claim.user_test
    row = outcome_of(test.outcome, test.of)
    request = Request.model_validate(tomllib.loads(request_for(claim.id)))
    assert trial_command(claim).startswith(f"`legato trial new --claim {claim.id} --request ")
    assert (request.design == "pairs", request.phases is not None) == (
        test.protocol == "pairs", test.protocol == "phases")  # fmt: skip
    assert (request.outcome.id, request.outcome.of, request.outcome.better) == (test.outcome, test.of, test.better)
    assert request.arms is None or (test.a, test.b) == (request.arms.A, request.arms.B)
    assert row.better in ("either", test.better)
    assert test.movement in movement_ids()


def test_each_fault_drill_course_and_rule_that_repeats_a_claim_names_it():
    assert set(uses()["C05"]) == {"window w-ecc", "fault pec-phase-off", "drill leg-press-chest-iso"}
    assert "rule mobility" in uses()["C10"] and "layer power" in uses()["C16"]
    assert "course test-and-cue" in uses()["C17"]
    assert drills()["bench-foot-force"].claim == "C06" and warm_ups()["breathe-move-wake"].claim == "C02"
    lines = drill_lines(drills()["leg-press-chest-iso"])
    assert f"claim: C05, grade N: {load_claim('C05').display_text}" in lines
    assert any("claim: C17" in line for line in course_lines(curricula()["test-and-cue"]))
