"""Which movements there are: the library's, and those of one's own."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from legato.movements import movement_ids
from legato.store.rows import OwnEntryRow


def known_movements(rows: Session) -> frozenset[str]:
    """The ids of all movements that a session can be of."""
    own = rows.scalars(select(OwnEntryRow.entry_id).where(OwnEntryRow.kind == "movement"))
    return frozenset(movement_ids()) | frozenset(own)
