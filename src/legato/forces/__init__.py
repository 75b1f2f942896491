"""Forces: what each plate carried and where, jumps, rate of force development, and how both legs shared the load."""

from legato.forces.model import Plate, Zero
from legato.forces.plates import PlatesFound, find_plates

__all__ = ["Plate", "PlatesFound", "Zero", "find_plates"]
