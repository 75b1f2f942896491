"""Forces: what each plate carried and where, jumps, rate of force development, and how both legs shared the load."""

from legato.forces.analyse import Asked, ForcesResult, RepRise, RepSpan, VerticalForce, analyse_forces, total_force
from legato.forces.contacts import find_contacts
from legato.forces.feet import FootPath, Stand, find_stands
from legato.forces.jumps import find_jumps, search_jumps
from legato.forces.load_share import FootForces, LoadShare, RepShare, foot_forces, load_share
from legato.forces.model import Plate, Zero
from legato.forces.plates import PlatesFound, find_plates
from legato.forces.rfd import best_tries, force_onset, force_rise, rate_of_force_development
from legato.forces.tracking import answer_to_sine, follow_target

__all__ = [
    "Asked",
    "FootForces",
    "FootPath",
    "ForcesResult",
    "LoadShare",
    "Plate",
    "PlatesFound",
    "RepRise",
    "RepShare",
    "RepSpan",
    "Stand",
    "VerticalForce",
    "Zero",
    "analyse_forces",
    "answer_to_sine",
    "best_tries",
    "find_contacts",
    "find_jumps",
    "find_plates",
    "find_stands",
    "follow_target",
    "foot_forces",
    "force_onset",
    "force_rise",
    "load_share",
    "rate_of_force_development",
    "search_jumps",
    "total_force",
]
