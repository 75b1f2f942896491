"""Named faults: what is measured, what is no fault, and what may lie behind it."""

from legato.faults.catalogue import fault_ids, faults_of
from legato.faults.find import Trial, find_faults
from legato.faults.model import Fault, Finding
from legato.faults.results import Results
from legato.faults.trial import faults_of_trial

__all__ = ["Fault", "Finding", "Results", "Trial", "fault_ids", "faults_of", "faults_of_trial", "find_faults"]
