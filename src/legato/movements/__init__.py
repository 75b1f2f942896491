"""Which movement, which repetitions, which phases: the movement library and the finder that it drives."""

from legato.movements.catalogue import load_movement, movement_ids
from legato.movements.drivers import dominant_side
from legato.movements.metrics import rep_metrics
from legato.movements.reps import find_reps

__all__ = ["dominant_side", "find_reps", "load_movement", "movement_ids", "rep_metrics"]
