"""Legato speaks of technique and performance only: words of medicine stand nowhere that a user reads."""

from fnmatch import fnmatch

import pytest

from .wording import (
    EXEMPT,
    FORBIDDEN,
    LEDGER,
    Exempt,
    Text,
    fields_of,
    forbidden_in,
    not_to_be_said,
    sold_in,
    strings_of,
    texts,
    whole_texts,
)


def test_no_text_speaks_of_medicine():
    found = [f"{text} ({word})" for text in texts() if (word := forbidden_in(text))]
    assert not found, "say it otherwise, or exempt the field in tests/wording.py:\n" + "\n".join(found)


@pytest.mark.parametrize("exempt", EXEMPT, ids=lambda one: f"{one.file} {one.field}")
def test_every_exemption_is_needed(exempt: Exempt):
    others = [one for one in EXEMPT if one is not exempt]
    assert any(forbidden_in(text, others) for text in texts()), "take it out of tests/wording.py"
    assert exempt.why


def test_data_code_templates_pages_and_news_are_all_read():
    files = {text.file for text in texts()}
    for ending in (".toml", ".py", ".html", ".js", ".css"):
        assert any(name.startswith("src/legato/") and name.endswith(ending) for name in files), ending
    assert {"README.md", "docs/safety.md", "newsfragments/safety.feature.md", "mkdocs.yml"} <= files
    assert len(texts()) > 50_000


@pytest.mark.parametrize(
    "says",
    [
        "prevents injury", "Diagnosis: late hips", "lower injury risk", "a rehabilitation plan", "treatment",
        "it heals", "for patients", "a symptom", "risky", "prehab", "reinjured", "protects the spine",
        "reduces low back pain", "eases your pain", "a pain-free back", "undiagnosed", "cures", "dysfunctional",
        "clinically proven", "Therapy",
    ],
)  # fmt: skip
def test_the_words_are_seen(says: str):
    assert FORBIDDEN.search(says)
    assert forbidden_in(Text("src/legato/report/words.py", "line 1", says))


@pytest.mark.parametrize(
    "says",
    [
        "in 4 of 5 reps",
        "the thorax starts 38 ms early",
        "accurate to 2 ms",
        "procure",
        "a retreat",
        "secure",
        "pain of 4",
    ],
)
def test_plain_words_pass(says: str):
    assert not FORBIDDEN.search(says)


def test_an_exemption_lets_its_own_words_pass_and_no_others():
    exempt = [Exempt("*.toml", "claims.verbatim", "58 % fewer injuries", "a claim under examination")]

    def passes(file: str, field: str, says: str) -> bool:
        return forbidden_in(Text(file, field, says), exempt) is None

    assert passes("src/a.toml", "claims.verbatim", "It makes 58 % fewer injuries.")
    assert not passes("src/a.toml", "claims.display", "It makes 58 % fewer injuries.")
    assert not passes("src/a.py", "claims.verbatim", "It makes 58 % fewer injuries.")
    assert not passes("src/a.toml", "claims.verbatim", "It prevents 58 % fewer injuries.")
    assert not passes("src/a.toml", "claims.verbatim", "injuries")


def test_an_exempt_field_may_say_anything_and_no_other_field():
    exempt = [Exempt("*.toml", "claims.verbatim", None, "a claim under examination")]
    assert forbidden_in(Text("src/a.toml", "claims.verbatim", "prevents injury"), exempt) is None
    assert forbidden_in(Text("src/a.toml", "claims.display_text", "prevents injury"), exempt)


def test_no_claim_is_sold_as_what_it_may_not_be_called():
    phrases = not_to_be_said()
    assert len(phrases) > 60
    found = [
        f"{text.file}: {text.field}: {sold}"
        for text in whole_texts()
        if not fnmatch(text.file, LEDGER) and text.file != "docs/claims.md"
        if (sold := sold_in(text.says, phrases))
    ]
    assert not found, "say it otherwise (the ledger's display_text):\n" + "\n".join(found)


def test_what_the_ledger_itself_lets_us_say_is_not_forbidden_by_it():
    phrases, fields = not_to_be_said(), ("claims.display_text", "claims.user_test.note")
    ours = [text for text in texts() if fnmatch(text.file, LEDGER) and text.field in fields]
    assert len(ours) > 30
    assert not [sold for text in ours if (sold := sold_in(text.says, phrases))]


@pytest.mark.parametrize(
    "says", ["The OPTIMAL\u00a0window", "58\u202f% fewer", "58 per cent fewer", "glutes must\n fire **first**"]
)
def test_a_forbidden_phrase_is_seen_however_it_is_set(says: str):
    assert sold_in(says, not_to_be_said())


def test_strings_and_fields_are_all_found():
    source = '"""Help."""\nx = f"so {1} many"\ndef f(): "inner"\n'
    assert {says for _, says in strings_of(source)} == {"Help.", "so ", " many", "inner"}
    table = {"rows": [{"asks": "a", "n": 1}, {"asks": ["b", "c"]}]}
    assert set(fields_of(table)) == {
        ("", "rows"), ("rows", "asks"), ("rows", "n"), ("rows.asks", "a"), ("rows.asks", "b"), ("rows.asks", "c"),
    }  # fmt: skip
