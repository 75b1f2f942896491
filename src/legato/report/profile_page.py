"""A lifter's load–velocity profile as one self-contained page."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from string import Template

from legato import __version__
from legato.bar.analyse import listed_elsewhere
from legato.bar.means import MEAN_FROM_M_S
from legato.bar.model import BarRep, LoadVelocityProfile
from legato.report.bar import maximum_text, profile_chart
from legato.report.side_by_side import listed
from legato.report.words import percent, plural, sentence


@dataclass(frozen=True, slots=True)
class ProfileSet:
    """A file of the profile: its name, and its measured repetitions with their loads."""

    name: str
    reps: tuple[BarRep, ...]


def profile_html(
    movement: str, found: LoadVelocityProfile, sets: Sequence[ProfileSet], notes: Sequence[str] = ()
) -> str:
    """The page as text; `movement` is the movement's name."""
    return Template(files("legato.report").joinpath("assets", "profile.html").read_text(encoding="utf-8")).substitute(
        title=escape(f"{movement}: load–velocity profile"),
        css=files("legato.report").joinpath("assets", "report.css").read_text(encoding="utf-8"),
        files=escape(movement),
        headline=escape(_headline(movement, found)),
        sure=escape(_basis(found)),
        chart=profile_chart(found),
        table=_table(found, sets),
        notes=listed([*_said(found), *_counted(sets), *dict.fromkeys(notes)]),
        version=escape(__version__),
    )


def _headline(movement: str, found: LoadVelocityProfile) -> str:
    if found.one_rm is None:
        return f"{movement}: no maximum is told."
    return f"{movement}: {maximum_text(found.one_rm)}."


def _basis(found: LoadVelocityProfile) -> str:
    if found.one_rm is None:
        return sentence(found.reason)
    return (
        f"{percent(found.one_rm.level)} interval, from the fastest rep at each of"
        f" {plural(len(found.points), 'load')}. A predicted maximum is no test of one."
    )


def _said(found: LoadVelocityProfile) -> list[str]:
    line = f"velocity = {found.intercept:.2f} m/s − {-found.slope:.4f} m/s for each kg of load"
    return [
        f"{line}; the lifts scatter by {found.residual_sd:.3f} m/s about it",
        f"a maximal lift is taken to move at {found.v1rm:.2g} m/s ({found.v1rm_source})",
    ]


def _counted(sets: Sequence[ProfileSet]) -> list[str]:
    """From where to where the velocities count; all sets are recordings or all are lists."""
    said = (
        f"velocities count from where the bar first rises faster than {MEAN_FROM_M_S:g} m/s to where it last does;"
        " published velocities of maxima count from standstill to standstill; how much higher a maximum is as counted"
        " here the slow ends of these lifts tell, and how surely is in the interval"
    )
    if any(listed_elsewhere(rep) for s in sets for rep in s.reps):
        said = (
            "velocities count as the program that listed them has it, which is not known: the interval holds that they"
            f" may count as those of published maxima do, from rest to rest, or from about {MEAN_FROM_M_S:g} m/s on"
        )
    return [said]


def _share(load: float, found: LoadVelocityProfile) -> str:
    """Share of the predicted maximum, %, with its interval."""
    if found.one_rm is None:
        return "—"
    value, low, high = (100.0 * load / kg for kg in (found.one_rm.value, found.one_rm.high, found.one_rm.low))
    return f"{value:.0f} ({low:.0f} to {high:.0f})"


def _table(found: LoadVelocityProfile, sets: Sequence[ProfileSet]) -> str:
    """Each load: its file, its repetitions, the fastest of them and the share of the predicted maximum."""
    rows = ""
    for load, velocity in found.points:
        own = [(s.name, rep) for s in sets for rep in s.reps if rep.load_kg == load]
        names = dict.fromkeys(name for name, _ in own)
        cells = (f"{velocity:.3f}", str(len(own)), _share(load, found), ", ".join(names))
        rows += f"<tr><th scope=row>{load:g}</th>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"
    heads = ("Load kg", "Fastest m/s", "Reps", "% of maximum", "File")
    head = "".join(f"<th>{title}</th>" for title in heads)
    return f'<div class="scroll wide narrow"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
