"""How long sessions are kept: a setting of the catalogue, applied when the app starts and once a day."""

from sqlalchemy.orm import Session

from legato.store import Catalogue
from legato.store.erase import retention
from legato.store.rows import SettingRow

RETENTION = "retention"
"""The setting's key."""


def kept_days(rows: Session) -> float | None:
    """How many days a session is kept; None for ever."""
    row = rows.get(SettingRow, RETENTION)
    days = None if row is None else row.value.get("days")
    return None if days is None else float(days)


def apply_retention(catalogue: Catalogue) -> tuple[str, ...]:
    """Erase what is older than the setting says; the sessions' ids."""
    with catalogue.session() as rows:
        days = kept_days(rows)
    return () if days is None else retention(catalogue, days)
