"""Writes the page of all claims into docs/, from the ledger: `python docs/claim_pages.py`."""

from pathlib import Path

from legato.evidence.claims import claims
from legato.report.claim_page import claim_page
from legato.report.claim_uses import uses

DOCS = Path(__file__).parent


def pages() -> dict[str, str]:
    """Each file by its name below docs/, as it should stand there."""
    return {"claims.md": claim_page(claims(), uses())}


if __name__ == "__main__":
    for name, text in pages().items():
        (DOCS / name).write_text(text, encoding="utf-8")
