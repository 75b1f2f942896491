"""Safety first: screening, pain, gates, and the one permit that everything prescribed or planned needs."""

from legato.coaching.safety.colours import RepsSeen, reps_seen
from legato.coaching.safety.gates import (
    Colour,
    SetStop,
    hinge_gate,
    hinge_lost,
    hinge_sets,
    mobility_gate,
    mobility_gates,
    mobility_read,
    session_rules,
    technique_gate,
)
from legato.coaching.safety.groups import GROUPS, groups_of
from legato.coaching.safety.limits import Limit, Limits, limits
from legato.coaching.safety.pain import PainSays, pain_now, pain_rule, standing_pain
from legato.coaching.safety.permit import in_force, nothing_today, permitted
from legato.coaching.safety.questions import HelpText, Question, Questionnaire, questionnaire
from legato.coaching.safety.screening import (
    ANSWERS,
    Answer,
    help_for,
    read_screening,
    screen,
    screening_of,
    screening_record,
    unanswered,
)
from legato.coaching.safety.sheet import blank_screening, choices, read_sheet

__all__ = [
    "ANSWERS",
    "GROUPS",
    "Answer",
    "Colour",
    "HelpText",
    "Limit",
    "Limits",
    "PainSays",
    "Question",
    "Questionnaire",
    "RepsSeen",
    "SetStop",
    "blank_screening",
    "choices",
    "groups_of",
    "help_for",
    "hinge_gate",
    "hinge_lost",
    "hinge_sets",
    "in_force",
    "limits",
    "mobility_gate",
    "mobility_gates",
    "mobility_read",
    "nothing_today",
    "pain_now",
    "pain_rule",
    "permitted",
    "questionnaire",
    "read_screening",
    "read_sheet",
    "reps_seen",
    "screen",
    "screening_of",
    "screening_record",
    "session_rules",
    "standing_pain",
    "technique_gate",
    "unanswered",
]
