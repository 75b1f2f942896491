"""Writes one page a movement into docs/movements/, from the movement files: `python docs/movement_pages.py [ID…]`."""

import sys
from pathlib import Path

from legato.movements import load_movement, movement_ids
from legato.report.movement_page import movement_page

DOCS = Path(__file__).parent


def page_of(movement_id: str) -> str:
    """The page of a movement as it should stand in docs/movements/."""
    drawn = (DOCS / "figures" / f"{movement_id}.svg").is_file()
    return movement_page(load_movement(movement_id), f"../figures/{movement_id}.svg" if drawn else None)


if __name__ == "__main__":
    folder = DOCS / "movements"
    folder.mkdir(exist_ok=True)
    for movement_id in sys.argv[1:] or movement_ids():
        (folder / f"{movement_id}.md").write_text(page_of(movement_id), encoding="utf-8")
