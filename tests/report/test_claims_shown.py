"""Where a report, a result and the terminal lean on a claim, its id stands there, and its words only folded up."""

import html
import re
from typing import Any

import pytest

from legato.coaching.plan.rules import rules
from legato.coaching.progress import progress_rules
from legato.evidence.claims import Claim, claims, load_claim
from legato.faults.catalogue import fault_entries
from legato.report import report_html, summary_lines
from legato.report.claim_words import claims_html
from legato.report.fixes import fixes_of, fixes_record

from ..wording import FORBIDDEN, not_to_be_said, sold_in

FOLDED = re.compile(r"<details class=claim>.*?</details>", re.DOTALL)


def told(page: str) -> str:
    """What a page says but for the claims folded up, without its scripts, styles and tags."""
    page = re.sub(r"<(script|style).*?</\1>", " ", FOLDED.sub(" ", page), flags=re.DOTALL)
    return re.sub(r"<[^>]+>", " ", page).replace("not a medical device", "")


def test_the_window_of_a_report_shows_its_claim_and_what_may_be_said(press: Any):
    page = report_html(press)
    assert f"Claim C01, grade N: {load_claim('C01').display_text}" in page
    folded = FOLDED.findall(page)
    assert sum("<summary>C01, grade N" in one for one in folded) == 1
    assert "The claim, not ours: “Pec peak 80–120 ms" in next(one for one in folded if "C01" in one)
    assert "(C01)" in "\n".join(summary_lines(press))


def test_outside_the_folded_claims_a_report_says_none_of_what_may_not_be_said(press: Any):
    page = report_html(press)
    assert sold_in(told(page), not_to_be_said()) is None
    assert not FORBIDDEN.search(
        re.sub(r"<(script|style).*?</\1>", " ", page, flags=re.DOTALL).replace("not a medical d", "")
    )
    assert sold_in(re.sub(r"<[^>]+>", " ", page), not_to_be_said()) is not None


def test_windows_and_drills_of_a_result_name_their_claim(press: Any):
    windows = press.to_dict()["windows"]
    assert {window["id"]: window["claim"] for window in windows}["w-pec"] == "C01"
    assert all(window["claim"] for window in windows if window["grade"] in ("N", "X"))


@pytest.mark.parametrize(
    ("fault", "drill", "claim"),
    [("foot-force-off", "bench-foot-force", "C06"), ("hips-off-bench", "glute-bridge", "C09")],
)
def test_a_fix_names_the_claim_of_its_drill(fault: str, drill: str, claim: str):
    entry = fault_entries()[fault].fault
    records = {record["drill"]: record["claim"] for record in fixes_record(entry)}
    words = {fix.drill.id: fix.words for fix in fixes_of(entry)}
    assert records[drill] == claim and words[drill].endswith(f", claim {claim}")


def test_rules_and_layers_of_a_plan_name_their_claim():
    assert {name for name, rule in rules().items() if rule.claim} == {"mobility", "mobility-apart", "mobility-three"}
    assert {gate.claim for gate in progress_rules().stages} == {"C16"}


@pytest.mark.parametrize("claim", claims().values(), ids=lambda claim: claim.id)
def test_the_words_of_a_claim_about_health_stand_in_the_ledger_alone(claim: Claim):
    words = f"{claim.verbatim} {claim.outcome}"
    assert claim.health or not FORBIDDEN.search(words)
    shown = claims_html([claim.id])
    assert not FORBIDDEN.search(shown)
    assert (html.escape(claim.verbatim) in shown) != claim.health
