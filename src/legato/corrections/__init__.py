"""Corrections by a person: read, applied to a recording and its repetitions, and kept with the result."""

from legato.corrections.file import corrections_of_result, read_corrections, to_toml
from legato.corrections.links import correct_links, without_unseen
from legato.corrections.model import Correction, Corrections, Outcome
from legato.corrections.recording import correct_recording
from legato.corrections.reps import correct_reps, one_side

__all__ = [
    "Correction",
    "Corrections",
    "Outcome",
    "correct_links",
    "correct_recording",
    "correct_reps",
    "corrections_of_result",
    "one_side",
    "read_corrections",
    "to_toml",
    "without_unseen",
]
