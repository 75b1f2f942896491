"""What measurements can show: reliability over days, detectable change, differences of sets."""

from legato.evidence.differences import Difference, difference_of_sets
from legato.evidence.reliability import Reliability, icc_agreement, reliability_over_days, spread_estimate

__all__ = [
    "Difference",
    "Reliability",
    "difference_of_sets",
    "icc_agreement",
    "reliability_over_days",
    "spread_estimate",
]
