"""A body of which nothing was measured, and repetitions of even phases."""

from legato.body.model import Body
from legato.movements.model import Movement, Rep


def empty_body(source: str = "markers") -> Body:
    return Body(
        rate_hz=100.0,
        start_s=0.0,
        n_frames=500,
        source=source,
        marker_set="none",
        segments={},
        angles={},
        points={},
        filled={},
    )


def reps(count: int, movement: Movement) -> list[Rep]:
    """Repetitions of a second each whose phases share it evenly."""
    found: list[Rep] = []
    for k in range(count):
        edges = [k + j / len(movement.phases) for j in range(len(movement.phases) + 1)]
        phases = [
            {"name": p.name, "start_s": a, "end_s": b}
            for p, a, b in zip(movement.phases, edges, edges[1:], strict=False)
        ]
        found.append(Rep.model_validate({"index": k, "start_s": k, "end_s": k + 1, "complete": True, "phases": phases}))
    return found
