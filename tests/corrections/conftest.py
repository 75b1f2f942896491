"""A set of squats whose truth is known, once for all tests of corrections."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from legato import analyze
from legato.analysis import Analysis
from legato.corrections import Outcome, correct_recording, correct_reps, read_corrections
from legato.movements.model import Rep
from legato.recording import InputFile, Recording
from legato.simulate import simulate

SHA = "5a" * 32


@pytest.fixture(scope="session")
def recording() -> Recording:
    """Four squats at 100 Hz, as if read from a file with the checksum 5a5a…"""
    made = simulate("back-squat", rate_hz=100.0, reps=4, seed=3).recording
    return replace(made, inputs=(InputFile("squat.c3d", SHA, "c3d", tuple(s.name for s in made.streams)),))


@pytest.fixture(scope="session")
def found(recording: Recording) -> Analysis:
    """The set as it is found without any correction."""
    return analyze(recording, "back-squat")


@dataclass(frozen=True)
class Corrected:
    """The repetitions after corrections, and what became of those."""

    reps: tuple[Rep, ...]
    outcomes: tuple[Outcome, ...]

    @property
    def states(self) -> list[str]:
        """What became of each correction."""
        return [outcome.state for outcome in self.outcomes]


@pytest.fixture(scope="session")
def corrected(recording: Recording, found: Analysis) -> Callable[..., Corrected]:
    """The repetitions with these corrections, made for the file unless another is named; nothing is judged."""

    def run(*corrections: dict[str, Any], sha256: str | None = SHA) -> Corrected:
        given = read_corrections({"correction": list(corrections)} | ({} if sha256 is None else {"sha256": sha256}))
        _, settled = correct_recording(recording, given)
        return Corrected(*correct_reps(found.body, found.movement, found.reps, given, settled))

    return run


@pytest.fixture(scope="session")
def analysed(recording: Recording) -> Callable[..., Analysis]:
    """The whole analysis with these corrections."""

    def run(*corrections: dict[str, Any], sha256: str | None = SHA) -> Analysis:
        record: dict[str, Any] = {"correction": list(corrections)}
        if sha256 is not None:
            record["sha256"] = sha256
        return analyze(recording, "back-squat", corrections=record)

    return run
