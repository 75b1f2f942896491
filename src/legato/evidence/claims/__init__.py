"""The ledger: what the field claims, what is known of it, what may be said, and how it is tested on oneself."""

from legato.evidence.claims.ledger import claims, load_claim
from legato.evidence.claims.model import Claim, Source, UserTest
from legato.evidence.claims.own import OwnResult, own_result

__all__ = ["Claim", "OwnResult", "Source", "UserTest", "claims", "load_claim", "own_result"]
