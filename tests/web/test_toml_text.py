"""What a form holds is read back from TOML as it was typed."""

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from legato.web.toml_text import toml_of

TYPED = st.text(st.characters(codec="utf-8"), max_size=20)


@given(TYPED, st.lists(TYPED, max_size=3))
def test_a_text_is_read_back_as_it_was_typed(text: str, texts: list[str]):
    record = {"name": text, "n": 3, "share": 0.5, "on": True, "outcome": {"of": text, "texts": texts}}
    assert tomllib.loads(toml_of(record)) == record


def test_a_delete_sign_is_read_back():
    assert tomllib.loads(toml_of({"name": "Bo\x7f"})) == {"name": "Bo\x7f"}
