"""The chain: when each link moves, the gaps between links, their verdicts, and what passes from link to link."""

from legato.chain.coordination import analyse_coordination
from legato.chain.sequence import analyse_chain

__all__ = ["analyse_chain", "analyse_coordination"]
