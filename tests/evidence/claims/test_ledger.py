"""The ledger holds every claim of the three texts with its grade; what is wrong in a file is told with line and fix."""

import re
from pathlib import Path

import pytest

from legato.errors import BadInput
from legato.evidence.claims import claims, load_claim
from legato.evidence.claims.history import seal_of
from legato.evidence.claims.model import Claim

GRADES = {
    "C01": "N", "C02": "X/N", "C03": "N/C", "C04": "C/N", "C05": "N", "C06": "X/N", "C07": "C/N", "C08": "X",
    "C09": "X/C+", "C10": "D", "C11": "N", "C12": "N", "C13": "N/B", "C14": "N/B", "C15": "B", "C16": "D",
    "C17": "A/B", "C18": "X/C", "C19": "C+", "C20": "C", "C21": "C", "C22": "N/C",
}  # fmt: skip
"""As the evidence specification grades them, the claim's own part first."""

GOOD = """\
[[claims]]
id = "C90"
verbatim = "Chalk adds 5 %"
checked_on = "2026-11-22"
display_text = "Nobody has looked."
forbidden_text = ["chalk adds"]
sources = [{ cite = "A coach", bears = "for", read = "recollection", confidence = "low" }]
user_test = { protocol = "none", why_not = "nobody asked" }
[[claims.gradings]]
on = "2026-11-22"
parts = [{ grade = "N" }]
reason = "No study was found."
"""


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    return tmp_path / "ours.toml"


def refusal(ours: Path, text: str) -> str:
    ours.write_text(text, "utf-8")
    with pytest.raises(BadInput) as caught:
        claims(ours)
    said = str(caught.value)
    assert "\n" not in said
    return said


def sealed(text: str, ours: Path) -> str:
    """The text with the seal that it is told to write."""
    found = re.search(r'write (seal = "[0-9a-f]{64}")', refusal(ours, text))
    assert found is not None
    return f"{text}{found[1]}\n"


def test_all_claims_are_there_with_their_grades():
    assert {name: claim.grade for name, claim in claims().items()} == GRADES
    assert list(claims()) == sorted(GRADES)


@pytest.mark.parametrize(
    ("name", "number"),
    [("C01", "80–120 ms"), ("C02", "12 %"), ("C11", "40 %"), ("C12", "27 %"), ("C13", "35 %"), ("C14", "58 %")],
)
def test_the_numbers_that_nobody_can_trace_are_the_claims_and_not_ours(name: str, number: str):
    claim = load_claim(name)
    assert number in claim.verbatim
    assert number.replace("–", " to ") not in claim.display_text
    assert claim.graded.parts[0].grade in "NX"


@pytest.mark.parametrize("claim", claims().values(), ids=lambda claim: claim.id)
def test_every_claim_says_what_a_coach_may_say(claim: Claim):
    assert claim.display_text.endswith(".")
    assert not any(phrase.casefold() in claim.display_text.casefold() for phrase in claim.forbidden_text)
    assert claim.user_test.protocol == "none" or claim.user_test.a != claim.user_test.b
    assert claim.sources or claim.searched


def test_what_was_not_read_is_marked_and_carries_no_grade_alone():
    remembered = {c.id: [s.cite for s in c.sources if s.read == "recollection"] for c in claims().values()}
    assert {name: cites for name, cites in remembered.items() if cites} == {
        "C07": ["Oyama 2014 (improper trunk rotation, pitchers)"]
    }
    assert all(any(s.read == "looked-up" for s in c.sources) or c.searched for c in claims().values())


def test_a_doi_stands_only_where_a_page_with_it_was_seen():
    known = [s for c in claims().values() for s in c.sources if s.doi]
    assert len(known) > 15
    assert not [s.cite for s in known if not s.seen and s.read != "secondary"]


def test_a_claim_is_found_in_small_letters_and_the_nearest_are_named():
    assert load_claim("c01").id == "C01"
    with pytest.raises(BadInput, match=r"'C1': no such claim; did you mean C\d\d"):
        load_claim("C1")


def test_own_claims_stand_beside_the_ledgers(ours: Path):
    ours.write_text(sealed(GOOD, ours), "utf-8")
    assert list(claims(ours)) == [*GRADES, "C90"]
    assert claims(ours)["C90"].grade == "N"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('id = "C90"', 'id = "C01"'), "ours.toml, line 2: the ledger or a file before it already has a claim C01"),
        (('id = "C90"', 'id = "X1"'), "ours.toml, line 2: field id: 'X1' does not fit"),
        (('verbatim = "Chalk adds 5 %"\n', ""), "ours.toml, line 1: field verbatim is missing; add it"),
        (("display_text", "display"), "line 5: field display is not known here; did you mean display_text?"),
        (('["chalk adds"]', "[]"), "line 6: field forbidden_text: what stands there does not fit; give at least one"),
        ((', confidence = "low"', ""), "line 7: field sources: confidence goes with a recollection"),
        (('read = "recollection"', 'read = "looked-up"'), "line 7: field sources: confidence goes with a recollection"),
        (('bears = "for"', 'bears = "for", doi = "doi:1"'), "line 7: field sources.doi"),
        ((', why_not = "nobody asked"', ""), "line 8: field user_test: why_not goes with protocol = none"),
        (('protocol = "none", why_not = "nobody asked"', 'protocol = "pairs"'), "give a, b, outcome, movement"),
        (('{ grade = "N" }', '{ grade = "N" }, { grade = "B" }'), "several grades: say of each what it is about"),
        (('grade = "N"', 'grade = "E"'), "line 11: field gradings.parts.grade: 'E' does not fit"),
        (('ed_on = "2026-11-22"', "ed_on = 2026-11-22"), 'does not fit; give a day in quotes, as "2026-11-22"'),
        (('ed_on = "2026-11-22"', 'ed_on = "last year"'), "line 4: field checked_on: 'last year' does not fit"),
        (("[[claims.gradings]]", "[[claims.grading]]"), "line 9: field grading is not known here"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_line_and_fix(ours: Path, change: tuple[str, str], said: str):
    text = sealed(GOOD, ours)
    assert change[0] in text
    assert said in refusal(ours, text.replace(*change, 1))


def test_a_new_grading_is_told_its_seal_and_then_holds(ours: Path):
    once = sealed(GOOD, ours)
    later = f'{once}[[claims.gradings]]\non = "2027-01-01"\nparts = [{{ grade = "C" }}]\nreason = "One study, n=8."\n'
    assert "ours.toml, line 14: a grading of C90 has no seal yet" in refusal(ours, later)
    twice = sealed(later, ours)
    ours.write_text(twice, "utf-8")
    claim = claims(ours)["C90"]
    assert [grading.parts[0].grade for grading in claim.gradings] == ["N", "C"] and claim.grade == "C"
    for old, new in (
        ("No study was found.", "A study was found."),
        ('"N"', '"A"'),
        ('2026-11-22"\nparts', '2026-11-23"\nparts'),
    ):
        assert old in twice
        said = refusal(ours, twice.replace(old, new, 1))
        assert "ours.toml, line 9: a grading of C90 was changed after it was sealed; put back" in said
    assert "was changed after it was sealed" in refusal(ours, twice.replace("n=8", "n=80"))
    gone = twice[: twice.index("[[claims.gradings]]")] + twice[twice.rindex("[[claims.gradings]]") :]
    assert "was changed after it was sealed" in refusal(ours, gone)
    assert "has no seal yet" not in refusal(ours, twice.replace(claim.gradings[0].seal or "", "0" * 64))


def test_gradings_go_on_in_time(ours: Path):
    text = (
        f'{sealed(GOOD, ours)}[[claims.gradings]]\non = "2026-01-01"\nparts = [{{ grade = "C" }}]\nreason = "Before."\n'
    )
    assert "line 14: a grading of C90 is of 2026-01-01, before the one above it" in refusal(ours, text)


def test_no_grading_of_the_past_was_rewritten():
    """Every seal there ever was. Add new ones below; a line that is here never changes."""
    lines = (Path(__file__).parent / "seals.txt").read_text("utf-8").split("\n")
    known = [tuple(line.split()) for line in lines if line]
    held = [(c.id, g.seal) for c in claims().values() for g in c.gradings]
    assert sorted(set(known) - set(held)) == [], "a grading was rewritten or taken out; put back what it said"
    assert sorted(set(held) - set(known)) == [], "new gradings: add their seals at the end of seals.txt"


def test_a_seal_depends_on_all_that_a_grading_says():
    claim = load_claim("C02")
    first, one = claim.gradings[0], claim.gradings[0].parts[0]
    seals = {
        seal_of("C02", first, ""),
        seal_of("C03", first, ""),
        seal_of("C02", first, "x"),
        seal_of("C02", first.model_copy(update={"reason": "x"}), ""),
        seal_of("C02", first.model_copy(update={"parts": (one,)}), ""),
        seal_of("C02", first.model_copy(update={"parts": (one.model_copy(update={"about": "x"}),)}), ""),
        seal_of("C02", first.model_copy(update={"on": first.on.replace(year=2020)}), ""),
    }
    assert len(seals) == 7
