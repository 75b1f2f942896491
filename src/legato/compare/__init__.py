"""Results set side by side: the baseline of several days, two sets, or two analyses of one recording."""

from legato.compare.baseline import Baseline, make_baseline, read_baseline
from legato.compare.results import Result, read_result
from legato.compare.sides import compare_results

__all__ = ["Baseline", "Result", "compare_results", "make_baseline", "read_baseline", "read_result"]
