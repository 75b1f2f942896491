"""Writes the pages of all faults and of what they may name into docs/: `python docs/fault_pages.py`."""

from pathlib import Path

from legato.faults.catalogue import fault_entries, movements_by_fault
from legato.report.fault_names import fault_names
from legato.report.fault_page import fault_list

DOCS = Path(__file__).parent


def pages() -> dict[str, str]:
    """Each page by its file's name, as it should stand in docs/."""
    entries = fault_entries()
    return {"fault-list.md": fault_list(entries, movements_by_fault(entries)), "fault-names.md": fault_names()}


if __name__ == "__main__":
    for name, text in pages().items():
        (DOCS / name).write_text(text, encoding="utf-8")
