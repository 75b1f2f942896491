"""Writes the page of all drills and their figures into docs/, from the drill files: `python docs/drill_pages.py`."""

from pathlib import Path

from legato.coaching.catalogue import curricula, drills, warm_ups
from legato.coaching.model import Drill
from legato.report.drill_figure import drill_svg
from legato.report.drill_page import drill_page

DOCS = Path(__file__).parent


def figure_of(drill: Drill) -> str:
    """Where a drill's figure stands below docs/: its movement's where that is what is drawn, empty without any."""
    if not drill_svg(drill):
        return ""
    if drill.figure is None and not drill.movement:
        return f"figures/drill-{drill.id}.svg"
    plain = drill.figure is None or not (drill.figure.frames or drill.figure.things != "own")
    drawn = drill.movement if drill.figure is None else drill.figure.movement
    return f"figures/{drawn if plain else f'drill-{drill.id}'}.svg"


def pages() -> dict[str, str]:
    """Each file by its name below docs/, as it should stand there."""
    known = drills()
    own = {figure_of(drill): drill_svg(drill) + "\n" for drill in known.values()}
    figures = {name: svg for name, svg in own.items() if "/drill-" in name}
    return {"drills.md": drill_page(known, curricula(), warm_ups(), figure_of), **figures}


if __name__ == "__main__":
    for name, text in pages().items():
        (DOCS / name).write_text(text, encoding="utf-8")
