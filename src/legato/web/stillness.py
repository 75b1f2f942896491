"""Whether a process stands still: it uses next to no processor time, as one that waits for a lock for ever."""

import math
import os
from pathlib import Path

STILL_S, _STILL_CPU_S = 60.0, 0.05
"""A child that used so little of a processor for so long stands still. [ENG] One that waits for its turn on a machine
full of others still gets some hundredths of each second.
"""


class Stillness:
    """For how long a process has used next to no processor time, in looks that its worker could make itself."""

    def __init__(self, pid: int) -> None:
        self._pid, self._used, self._for_s = pid, _used_s(pid), 0.0

    def for_s(self, since_s: float) -> float:
        """For how long, s; `since_s` is the time since the look before. 0 where the system does not tell."""
        used = _used_s(self._pid)
        if math.isnan(used) or used - self._used > _STILL_CPU_S:
            self._used, self._for_s = used, 0.0
        else:
            self._for_s += since_s
        return self._for_s


def _used_s(pid: int) -> float:
    """Processor time that a process has used, s."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError):
        return math.nan
