"""Forces: what each plate carried and where, jumps, rate of force development, and how both legs shared the load."""

from legato.forces.analyse import Asked, ForcesResult, RepRise, RepSpan, VerticalForce, analyse_forces, total_force
from legato.forces.feet import FootPath, Stand, find_stands
from legato.forces.load_share import FootForces, LoadShare, RepShare, foot_forces, load_share
from legato.forces.model import Plate, Zero
from legato.forces.plates import PlatesFound, find_plates

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
    "find_plates",
    "find_stands",
    "foot_forces",
    "load_share",
    "total_force",
]
