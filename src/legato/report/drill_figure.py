"""The figure of a drill: the simulator's own athlete at start and key positions, where the movement is simulated."""

import re
from xml.sax.saxutils import escape

from legato.coaching.model import Drill, Figure
from legato.simulate.exercise_data import drawn_ids
from legato.simulate.figure import draw_movement, view_of
from legato.simulate.scenario import simulated_movements

_FROM = {"side": "from the side", "front": "from the front", "back": "from behind", "top": "from above"}


def _spec(drill: Drill) -> Figure | None:
    """What is drawn: postures of the drill's own, else those of a movement; None where nothing of it is simulated."""
    if drill.figure is None and drill.id in drawn_ids():
        return Figure(movement=drill.id)
    figure = Figure(movement=drill.movement) if drill.figure is None else drill.figure
    return figure if figure.movement in simulated_movements() else None


def drill_svg(drill: Drill) -> str:
    """Self-contained SVG, with ids of its own on a page of many; empty where nothing of the drill is simulated."""
    spec = _spec(drill)
    if spec is None:
        return ""
    svg = draw_movement(spec.movement, spec.things, spec.frames).strip()
    name = f"figure-{drill.id}"
    svg = svg.replace('aria-labelledby="t"', f'aria-labelledby="{name}"').replace('id="t"', f'id="{name}"')
    return re.sub(r"(<title[^>]*>)[^:<]*", lambda found: found[1] + escape(drill.name), svg, count=1)


def figure_words(drill: Drill) -> str:
    """From where it is drawn, and what is not; why there is no figure where there is none."""
    spec = _spec(drill)
    if spec is None:
        note = "" if drill.figure is None else drill.figure.note
        return note or "No figure: this movement is not simulated."
    said = f"A simulated athlete, seen {_FROM[view_of(spec.movement)]}."
    return f"{said} {spec.note}".strip()
