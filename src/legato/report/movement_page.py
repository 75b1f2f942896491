"""A movement of the library as a page for people: what it is, what it needs, what is judged and on whose word."""

from collections.abc import Sequence

from legato.faults import faults_of
from legato.movements.link_spec import outside_quantity
from legato.movements.model import Driver, GapSpec, MetricSpec, Movement
from legato.movements.window_spec import WindowSpec
from legato.report.claim_words import claim_link
from legato.report.words import event_verb, link_name

_SENSORS = {
    "markers": "markers",
    "bar": "bar marker or bar sensor",
    "plate": "force plate",
    "imu": "inertial sensors",
    "keypoints": "video keypoints",
    "emg": "EMG",
}

_VIEWS = {"side": "from the side", "45": "at 45° from the front", "front": "from the front", "overhead": "from above"}

_AXES = {"sagittal": "forward and back", "axial": "turning about the long axis", "frontal": "side to side"}

_GRADES = {
    "A": "A, consistent systematic reviews",
    "B": "B, direct trials or a review",
    "C+": "C+, observational studies that agree",
    "C": "C, small or observational studies",
    "D": "D, the definition of the technique",
    "N": "N, no source found: a position only, never a fault",
    "X": "X, the best evidence speaks against it: a position only, never a fault",
}

_FLAGS = {
    "heavy-brace": "holding the breath against a heavy load",
    "hinge": "loaded hinging",
    "rotation": "forceful turning",
    "thoracic": "end-range turning or extension of the upper back",
    "pallof-carry": "loads on hands and shoulders",
    "front-load": "a load held in front, on wrists and knees",
    "power": "jumps and explosive work",
    "bird-dog": "weight on wrists and knees",
    "spotter": "spotter or pins from 85 % of the maximum",
}

_EDGES = {
    "leave": "it leaves home",
    "reach": "the turning point is reached",
    "turn": "it turns",
    "depart": "the turning point is left",
    "return": "it is back (95 % of the way)",
}


def movement_page(movement: Movement, figure: str | None = None) -> str:
    """The page as Markdown.

    Parameters
    ----------
    movement
        The movement to describe.
    figure
        Path of its drawing as seen from the page, or None.
    """
    parts = [
        f"# {movement.name}",
        f"`{movement.id}`: {movement.summary}",
        *([f"![{movement.name}, drawn phase by phase]({figure})"] if figure else []),
        "## Set-up",
        *_set_up(movement),
        "## Repetitions and phases",
        *_reps(movement),
        "## What is judged",
        *_judged(movement),
        "## Numbers of each repetition",
        _metrics(movement.metrics) if movement.metrics else "None beyond start and end.",
    ]
    if movement.faults:
        known = {fault.id: fault for fault in faults_of(movement)}
        listed = [
            f"- [`{name}`](../fault-list.md#{name}): {known[name].says}" if name in known else f"- `{name}`"
            for name in movement.faults
        ]
        parts += ["## Faults that are looked for", "\n".join(listed)]
    if movement.flags:
        named = "; ".join(_FLAGS.get(flag, flag.replace("-", " ")) for flag in movement.flags)
        parts += ["## Care", f"Asks for attention: {named}."]
    parts += ["## Source", _sentence(movement.source) + _graded(movement)]
    return "\n\n".join(parts) + "\n"


def _set_up(movement: Movement) -> list[str]:
    needs = movement.sensor_needs
    rows = [f"| {_SENSORS[need.sensor]} | {need.rate_hz:g} Hz |" for need in needs]
    served = {need.sensor for need in needs}
    rows += [f"| {_SENSORS[sensor]} | {_why_no_rate(sensor)} |" for sensor in movement.sensors if sensor not in served]
    parts = ["\n".join(["| sensor | from this rate its timing usually carries a verdict |", "|---|---|", *rows])]
    parts.append("The interval of each number decides; a lower rate only makes `not-resolvable` more likely.")
    if movement.view:
        views = " or ".join(_VIEWS[view] for view in movement.view)
        parts.append(f"One camera: film {views}. Turns about the long axis are never judged from one camera.")
    elif "keypoints" not in movement.sensors:
        parts.append("One camera cannot time this movement.")
    parts.append(f"Watched: motion {_listed([_AXES[axis] for axis in movement.axes])}.")
    return parts


def _why_no_rate(sensor: str) -> str:
    return "1000 Hz, on the same clock" if sensor == "emg" else "shown, not judged"


def _reps(movement: Movement) -> list[str]:
    drivers = [f"{k}. {_driver(driver)}" for k, driver in enumerate(movement.drivers, start=1)]
    parts = ["A repetition is read from the first of these that the recording holds:", "\n".join(drivers)]
    edges = {mark.name: _EDGES.get(mark.at) or _spoken(mark.name) for mark in movement.marks}
    edges |= {"start": "start", "end": "end"}

    def edge(name: str) -> str:
        return edges.get(name, _spoken(name))

    rows = [
        f"| {_spoken(phase.name)}{' (where there is one)' if phase.optional else ''} | {edge(phase.start)} "
        f"| {edge(phase.end)} |"
        for phase in movement.phases
    ]
    parts.append("\n".join(["| phase | from | to |", "|---|---|---|", *rows]))
    return parts


def _driver(driver: Driver) -> str:
    sides = {
        "least": ", the lesser of both sides",
        "mean": ", mean of both sides",
        "dominant": ", on the side that moves faster",
        "each": ", each side by itself",
        "right": ", right",
        "left": ", left",
    }
    way = {"up": "upwards" if "height" in driver.signal else "rising", "down": "downwards", "both": "both ways"}
    if driver.away == "down" and "height" not in driver.signal:
        way["down"] = "falling"
    least = {"rad": f"{driver.least * 57.29578:.0f}°", "leg": f"{100 * driver.least:.0f} % of leg length"}
    shown = least.get(driver.unit, f"{driver.least:g} {driver.unit}")
    return f"{_spoken(driver.signal)}{sides.get(driver.side, '')}, {way[driver.away]} by {shown} at least: {driver.why}"


def _judged(movement: Movement) -> list[str]:
    parts: list[str] = []
    quantities = {link.name: link.quantity for link in movement.chain} | outside_quantity(movement.drive)
    for gap in movement.gaps:
        parts.append(f"- {_gap(gap, quantities, movement)}")
    listed = ["\n".join(parts)] if parts else []
    if movement.drive is not None:
        told = "\n".join(f"- {_gap(gap, quantities, movement)}" for gap in movement.drive.gaps)
        listed.append(f"With force plates under both feet, and a bar that is measured:\n\n{told}")
    if not any(gap.band != "own" and gap.grade not in ("N", "X") for gap in movement.gaps):
        listed.insert(
            0,
            "No source gives an order for this movement, so none is expected."
            + (" What is timed is held against the athlete's own usual value." if parts else " No gap is judged."),
        )
    if movement.chain:
        shown = _listed([f"{link_name(link.name)} (`{link.quantity}`)" for link in movement.chain])
        listed.append(f"Shown link by link: {shown}.")
    if movement.windows:
        listed.append("Windows kept as data:\n\n" + "\n".join(f"- {_window(window)}" for window in movement.windows))
    return listed


def _gap(gap: GapSpec, quantities: dict[str, str], movement: Movement) -> str:
    one, two = (
        f"{link_name(link)} {event_verb(event, quantities[link])}"
        for link, event in zip((gap.from_link, gap.to_link), gap.events, strict=True)
    )
    where = "" if gap.phase == "rep" else f" ({gap.phase.replace('+', ' to ')})"
    if gap.band == "order":
        said = f"the {one} before the {two}{where}"
    elif gap.band == "together":
        share = 100.0 * (gap.band_fraction or 0.0)
        said = f"the {one} and the {two} together: within ±{share:g} % of the {gap.band_phase or 'repetition'}"
    else:
        said = (
            f"when the {one} and when the {two}{where}: against the athlete's own usual gap, once a baseline is given"
        )
    grade = f" Grade {_GRADES[gap.grade]}." if gap.grade else ""
    source = "" if gap.source == movement.source else f" {_sentence(gap.source)}"
    return f"{said[0].upper()}{said[1:]}.{source}{grade}"


def _window(window: WindowSpec) -> str:
    own = " Held against the athlete's own usual value." if window.own else ""
    note = f" {_sentence(window.note)}" if window.note else ""
    span = f"`{window.id}`: from {window.from_event} to {window.to_event} ({window.event})"
    claim = f" Claim {claim_link(window.claim, '../')}" if window.claim else ""
    return f"{span}{_band(window)}.{own}{note} {_sentence(window.source)} Grade {_GRADES[window.grade]}.{claim}"


def _band(window: WindowSpec) -> str:
    def shown(bounds: tuple[float | None, float | None], unit: str, scale: float) -> str:
        low, high = (None if b is None else f"{scale * b:g}" for b in bounds)
        if low is None or high is None:
            return f", at most {high} {unit}" if low is None else f", at least {low} {unit}"
        return f", {low} to {high} {unit}"

    if window.band_s is not None:
        return shown(window.band_s, "ms", 1000.0)
    return "" if window.band_fraction is None else shown(window.band_fraction, "% of the phase", 100.0)


def _metrics(metrics: Sequence[MetricSpec]) -> str:
    rows = [
        f"| `{metric.name}` | {_metric(metric)} | {metric.unit} | {'each' if metric.side == 'both' else ''} |"
        for metric in metrics
    ]
    return "\n".join(["| name | what it is | unit | side |", "|---|---|---|---|", *rows])


def _metric(metric: MetricSpec) -> str:
    where = "" if metric.within == "rep" else f" in the {_phase(metric.within)}"
    signal = _spoken(metric.signal)
    at = _spoken(metric.at)
    said = {
        "mark": f"when the {at} is",
        "ratio": f"length of the {_phase(metric.within)} over that of the {_phase(metric.against)}",
        "duration": f"how long the {'repetition' if metric.within == 'rep' else _phase(metric.within)} lasts",
        "peak": f"largest {signal}{where}",
        "trough": f"smallest {signal}{where}",
        "range": f"how far the {signal} moves{where}",
        "largest_size": f"largest {signal} either way{where}",
        "value_at": f"{signal} at the {at}",
        "peak_over_value_at": f"how far the {signal} later exceeds its value at the {at}",
        "rate_peak": f"fastest change of the {signal}{where}",
        "mean": f"mean {signal}{where}",
        "change": f"how far the {signal} has come at the {_spoken(metric.at)}",
        "rms": f"RMS of the {signal} about its mean{where}",
        "drift": f"how far the {signal} drifts{where}",
        "drift_rate": f"how fast the {signal} drifts{where}",
        "sway": f"sway of the {signal} about its drift{where}",
        "held": "how long the position was held",
        "failure": "time until it left its own start band; absent where it did not",
        "frequency": "repetitions a minute, from this one to the next",
        "share": f"share of the {signal} in the {signal} and the {_spoken(metric.against)} together{where}",
    }
    return said.get(metric.kind, _spoken(metric.kind))


def _graded(movement: Movement) -> str:
    return f" Grade {_GRADES[movement.grade]}." if movement.grade else " No grade: nothing is expected."


def _phase(name: str) -> str:
    return name.replace("+", " to ").replace("_", " ")


def _spoken(name: str) -> str:
    return name.replace("_", " ")


def _sentence(text: str) -> str:
    text = text[0].upper() + text[1:]
    return text if text.endswith(".") else text + "."


def _listed(items: Sequence[str]) -> str:
    return items[0] if len(items) == 1 else ", ".join(items[:-1]) + " and " + items[-1]
