"""Assessments: what a person rates, reads off or is asked, beside what recordings measure of the same."""

from legato.faults.assessments.beside import Outcome, gather, not_taken
from legato.faults.assessments.catalogue import assessment_ids, load_assessment, read_assessment
from legato.faults.assessments.causes import CauseFound, asked_of, causes_found
from legato.faults.assessments.how import ask_words, how_to
from legato.faults.assessments.measured import Measured, ResultFile, findings_of, numbers_of, reads_of, result_file
from legato.faults.assessments.model import Assessment, Item, Quantity, Question, Task
from legato.faults.assessments.numbers import NumberFound, numbers_of_sheet
from legato.faults.assessments.sheet import Sheet, blank_sheet, parse_sheet, read_sheet

__all__ = [
    "Assessment",
    "CauseFound",
    "Item",
    "Measured",
    "NumberFound",
    "Outcome",
    "Quantity",
    "Question",
    "ResultFile",
    "Sheet",
    "Task",
    "ask_words",
    "asked_of",
    "assessment_ids",
    "blank_sheet",
    "causes_found",
    "findings_of",
    "gather",
    "how_to",
    "load_assessment",
    "not_taken",
    "numbers_of",
    "numbers_of_sheet",
    "parse_sheet",
    "read_assessment",
    "read_sheet",
    "reads_of",
    "result_file",
]
