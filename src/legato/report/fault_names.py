"""What a fault file may name, as a page: signals, rates of links, results, readings and phases."""

from collections.abc import Iterable, Sequence
from typing import get_args

from legato.faults.checks import has_sides, unit_of
from legato.faults.model import Reading
from legato.faults.results import RESULTS
from legato.movements.names import quantities, signals
from legato.report.fault_page import PHASES, READINGS, table

_OF_POINTS = {
    "height": "height above the floor",
    "forward": "how far ahead of the pelvis, along the feet",
    "speed": "speed against the trunk",
    "ground_speed": "speed against the floor",
    "turning": "change of the direction of travel",
}

_MORE_PHASES = {"rep": "the whole repetition, where nothing is given"}

_BEGIN = """\
# What a fault may name

Made from the program's own lists. A name that is not here is refused, with the nearest that is; so is a unit that is
not the signal's own. `legato movements ID` and [the movements' pages](movements.md) tell a movement's phases and marks.
A fault of one's own is written as [here](own-fault.md)."""

_SIDES = """\
A signal *with sides* takes `side`: `right`, `left`, `mean` (of both), `each` (judged side by side) or `difference`
(right less left). Without sides, `side` is left out. A point with sides and no `side` is the middle of both."""

_RATES = """\
Of a lead, under `quantity`. Those with sides take `side = "both"`, `"right"`, `"left"` or `"dominant"` (the faster
hand's)."""


def fault_names() -> str:
    """The page as Markdown."""
    of_points = tuple(f"_{kind}" for kind in _OF_POINTS)
    heights = [name.removesuffix("_height") for name in signals() if name.endswith("_height")]
    rest = sorted(n for n in signals() if not n.endswith(of_points) and unit_of(n) != "N")
    rest = [name for name in rest if not _is_one_side(name, signals())]
    rates = [name for name in sorted(quantities()) if not _is_one_side(name, quantities())]
    readings = [(f"`{reading}`", _reading(reading)) for reading in get_args(Reading)]
    phases = [(f"`{name}`", _MORE_PHASES.get(name) or said) for name, said in PHASES.items()]
    phases.append(("a phase, `a+b`", "in that phase of the movement, or from the first to the last of several"))
    parts = [
        _BEGIN,
        "## Readings",
        table(("`reading`", "what it is"), readings),
        "## Where it is read",
        table(("`within`", "where"), phases),
        "## Signals",
        _SIDES,
        table(
            ("signal", "unit", "sides"),
            [(f"`{n}`", unit_of(n), "right, left" if has_sides(n, signals()) else "") for n in rest],
        ),
        "## Signals of points",
        table(
            ("signal", "what it is", "unit"),
            [(f"`<point>_{kind}`", said, unit_of(f"_{kind}")) for kind, said in _OF_POINTS.items()],
        ),
        f"Points with sides: {_listed(p for p in heights if f'{p}_right' in heights)}.",
        f"Points without: {_listed(p for p in heights if not _of_a_side(p, heights))}.",
        "## Rates of links",
        _RATES,
        f"With sides: {_listed(n for n in rates if has_sides(n, quantities()))}.",
        f"Without: {_listed(n for n in rates if not has_sides(n, quantities()))}.",
        "## Results",
        "Numbers that the analysis has anyway, under `result`.",
        table(("`result`", "what it is", "unit"), [_result(name) for name in RESULTS]),
    ]
    return "\n\n".join(parts) + "\n"


def _reading(reading: str) -> str:
    said = READINGS[reading]
    signal = "value of the signal" if said.startswith(("largest", "smallest", "mean")) else "the signal"
    return said.format(signal=signal, at="the mark `at`")


def _result(name: str) -> Sequence[str]:
    unit, reader = RESULTS[name]
    return f"`{name}`", (reader.__doc__ or "").split("\n")[0], unit


def _is_one_side(name: str, known: Iterable[str]) -> bool:
    """Whether a name is that of one side of another one."""
    return any(f"_{side}" in name and name.replace(f"_{side}", "", 1) in known for side in ("right", "left"))


def _of_a_side(point: str, points: Sequence[str]) -> bool:
    return f"{point}_right" in points or point.endswith(("_right", "_left"))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))
