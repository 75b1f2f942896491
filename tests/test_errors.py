"""Refusals: the file is named once."""

import pytest

from legato.errors import BadInput, NotResolvable, naming


@pytest.mark.parametrize("kind", [BadInput, NotResolvable])
def test_a_refusal_without_a_file_gets_the_first(kind: type[Exception]) -> None:
    with (
        pytest.raises(kind, match=r"^/data/squat\.c3d: no marker set knows them$"),
        naming(["/data/squat.c3d", "b.mot"]),
    ):
        raise kind("no marker set knows them")


@pytest.mark.parametrize("said", ["squat.c3d: is cut short", "b.mot: is empty", "map.toml: asis_rigth is no landmark"])
def test_a_refusal_that_names_a_file_stays_as_it_is(said: str) -> None:
    with pytest.raises(BadInput) as caught, naming(["/data/squat.c3d", "b.mot"], ["/data/map.toml"]):
        raise BadInput(said)
    assert str(caught.value) == said


def test_a_recording_without_a_file_gets_none() -> None:
    with pytest.raises(BadInput, match=r"^no markers$"), naming([]):
        raise BadInput("no markers")
