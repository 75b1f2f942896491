"""What measurements can show: reliability over days, agreement of raters and methods, differences and equivalence."""

from legato.evidence.carry_over import (
    CarryOver,
    MeasuringError,
    carry_over,
    carry_over_of_one_day,
    of_days,
    of_repetitions,
)
from legato.evidence.chance_agreement import Kappa, kappa
from legato.evidence.curves import CurveTest, Stretch, curve_test
from legato.evidence.differences import Difference, difference_of_sets
from legato.evidence.limits import LimitsOfAgreement, limits_of_agreement
from legato.evidence.raters import RaterAgreement, icc_agreement, rater_agreement
from legato.evidence.reliability import Reliability, reliability_over_days, spread_estimate
from legato.evidence.two_one_sided import Equivalence, equivalence

__all__ = [
    "CarryOver",
    "CurveTest",
    "Difference",
    "Equivalence",
    "Kappa",
    "LimitsOfAgreement",
    "MeasuringError",
    "RaterAgreement",
    "Reliability",
    "Stretch",
    "carry_over",
    "carry_over_of_one_day",
    "curve_test",
    "difference_of_sets",
    "equivalence",
    "icc_agreement",
    "kappa",
    "limits_of_agreement",
    "of_days",
    "of_repetitions",
    "rater_agreement",
    "reliability_over_days",
    "spread_estimate",
]
