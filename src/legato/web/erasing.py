"""Erasing as the app does it: what it holds in memory of files is let go of too, and browsers are told to."""

from typing import TypeVar

from fastapi import Response

from legato.store import Catalogue, erase
from legato.web import baseline_offer, of_athlete, overlay, pieces, trends
from legato.web.replay import video

_Answer = TypeVar("_Answer", bound=Response)


def erase_athlete(catalogue: Catalogue, athlete_id: str) -> erase.Erased:
    """As `legato.store.erase.erase_athlete`."""
    try:
        return erase.erase_athlete(catalogue, athlete_id)
    finally:
        forget()


def erase_session(catalogue: Catalogue, session_id: str) -> erase.Erased:
    """As `legato.store.erase.erase_session`."""
    try:
        return erase.erase_session(catalogue, session_id)
    finally:
        forget()


def erase_all(catalogue: Catalogue) -> erase.Erased:
    """As `legato.store.erase.erase_all`."""
    try:
        return erase.erase_all(catalogue)
    finally:
        forget()


def retention(catalogue: Catalogue, days: float) -> tuple[str, ...]:
    """As `legato.store.erase.retention`."""
    try:
        return erase.retention(catalogue, days)
    finally:
        forget()


def forget() -> None:
    """Let go of everything that was read from files."""
    for known in (pieces, overlay, of_athlete, trends, baseline_offer, video):
        known.forget()


def forgotten(answer: _Answer) -> _Answer:
    """An answer after which the browser lets go of the pages, videos and replays that it kept on its disk."""
    answer.headers["clear-site-data"] = '"cache"'
    return answer
