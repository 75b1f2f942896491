"""The screening says beforehand how much it asks, and which part of it is answered."""

import re

from fastapi.testclient import TestClient

from legato.coaching.safety import questionnaire
from legato.store import Catalogue

from .athletes import add_athlete


def test_how_many_questions_there_are_and_how_long_they_take_stands_above_them(
    client: TestClient, catalogue: Catalogue
):
    asked = questionnaire()
    text = client.get(f"/athletes/{add_athlete(catalogue)}/screening").text
    n = len(asked.questions)
    assert f"{n} questions, about {asked.minutes} minutes." in text
    assert text.index(f"{n} questions") < text.index(asked.questions[0].asks)
    assert "no answer is kept anywhere" in text and f'max="{n}"' in text
    assert re.findall(r'<legend><span class="note">(\d+)</span>', text) == [str(k + 1) for k in range(n)]


def test_the_minutes_follow_from_what_is_asked():
    asked = questionnaire()
    half = asked.model_copy(update={"questions": asked.questions[: len(asked.questions) // 2]})
    assert 0 < half.minutes < asked.minutes
    longer = [one.model_copy(update={"asks": f"{one.asks} {one.asks}"}) for one in asked.questions]
    assert asked.model_copy(update={"questions": tuple(longer)}).minutes > asked.minutes
    words = sum(len(one.asks.split()) for one in asked.questions)
    assert words / 238 < asked.minutes < words / 100 + len(asked.questions) * 10 / 60
