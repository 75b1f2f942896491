"""Which numbers one camera's keypoints can tell: those that held the truth on simulated films, and no others."""

from legato.body.model import Body
from legato.movements.drivers import signal_of
from legato.movements.model import MetricSpec, Movement, Rep

_TIMED = {("squat", "far"), ("sit-to-stand", "rise")}
"""Families and anchors whose instants from the hips' height held the truth on simulated films (docs/cameras.md)."""

LEFT_OUT = (
    "camera: distances across the picture, speeds, angles outside a sure side view, and times of movements other than"
    " squats and sit to stand are left out: on simulated films one camera missed them; use markers or inertial sensors"
)
"""The note that says what is left out and why."""


def readable(body: Body, movement: Movement, spec: MetricSpec, driver: str) -> bool:
    """Whether this body can tell a metric, its repetitions found in the signal `driver`; anything but keypoints can."""
    if body.source != "keypoints":
        return True
    timed = (movement.family, movement.cycle.anchor) in _TIMED and driver.endswith("_height")
    if spec.unit in ("s", "1/min"):
        ends = {"start", "end"} if spec.kind in ("duration", "frequency") and spec.within == "rep" else {spec.at}
        return timed and spec.kind in ("mark", "duration", "frequency") and not ends & unread_marks(body, movement)
    if not timed and (spec.within != "rep" or spec.at):
        return False
    if spec.unit == "m":
        return spec.signal.endswith("_height") and spec.kind != "flight_height"
    return spec.unit == "deg" and body.view is not None and body.view.view == "side"


def unread_marks(body: Body, movement: Movement) -> frozenset[str]:
    """Marks whose signals one camera does not give, and those that hang on them."""
    unread = set[str]()
    for spec in movement.marks:
        absent = spec.signals and all(signal_of(body, name, "mean", None) is None for name in spec.signals)
        if absent or {spec.of, spec.after, spec.before} & unread:
            unread.add(spec.name)
    return frozenset(unread)


def without_unread(body: Body, movement: Movement, reps: tuple[Rep, ...]) -> tuple[Rep, ...]:
    """The repetitions of keypoints without the marks, and the phases between them, that stood at another instant."""
    unread = unread_marks(body, movement)
    lost = {phase.name for phase in movement.phases if {phase.start, phase.end} & unread}
    return tuple(
        rep.model_copy(
            update={
                "marks": {name: at for name, at in rep.marks.items() if name not in unread},
                "phases": tuple(phase for phase in rep.phases if phase.name not in lost),
            }
        )
        for rep in reps
    )


def not_across_cuts(body: Body, reps: tuple[Rep, ...]) -> tuple[Rep, ...]:
    """The repetitions, those that a cut of the film lies in marked as not whole."""
    found: list[Rep] = []
    for rep in reps:
        cut = next((at for at in body.cuts_s if rep.start_s < at <= rep.end_s), None)
        if cut is not None:
            rep = rep.model_copy(update={"complete": False, "reason": f"the film is cut at {cut:.2f} s, inside it"})
        found.append(rep)
    return tuple(found)
