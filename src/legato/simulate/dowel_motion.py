"""A lifter with a dowel along the back."""

import numpy as np

from legato.recording import FloatArray
from legato.simulate.curves import excursions
from legato.simulate.dowel import CONTACTS, head_rest, lay_dowel
from legato.simulate.lifts import LiftMotion
from legato.simulate.scenario import Scenario
from legato.simulate.skeleton import Pose, place_head


class DowelMotion(LiftMotion):
    """A lifter whose head, mid-back and sacrum stay on a dowel, but for the contact that a fault opens."""

    def __init__(self, scenario: Scenario) -> None:
        super().__init__(scenario)
        self._head_rest_m = head_rest(self._without(np.zeros(1)), self.athlete)

    def pose(self, times: FloatArray) -> Pose:
        """Exact pose at each of `times` (s), shape (n,)."""
        pose = self._without(times)
        gaps = {contact: np.zeros_like(times) for contact in CONTACTS}
        if self.scenario.opens in gaps:
            gaps[self.scenario.opens] = 1e-3 * excursions(times, self._faulty)
        lay_dowel(pose, self.athlete, gaps, self._head_rest_m)
        return pose

    def _without(self, times: FloatArray) -> Pose:
        """The lift before the dowel is laid on: the head keeps in line with the thorax."""
        pose = super().pose(times)
        place_head(pose, self.athlete, pose.rotation["thorax"])
        return pose
