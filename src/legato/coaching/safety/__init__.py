"""Safety first: screening, pain, gates, and the one permit that everything prescribed or planned needs."""

from legato.coaching.safety.pain import PainSays, pain_now, pain_rule
from legato.coaching.safety.permit import GROUPS, permitted

__all__ = ["GROUPS", "PainSays", "pain_now", "pain_rule", "permitted"]
