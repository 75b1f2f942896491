"""The chain: when each link moves, the gaps between links, their verdicts, and what passes from link to link."""

from legato.chain.separation import XFactor, x_factor
from legato.chain.sequence import analyse_chain

__all__ = ["XFactor", "analyse_chain", "x_factor"]
