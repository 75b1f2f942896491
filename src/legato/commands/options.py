"""Options that several commands share, each defined once."""

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, get_type_hints

import typer

from legato.commands.amounts import parse_band, parse_rate, parse_seconds

if TYPE_CHECKING:
    from legato.formats.athlete import Athlete
    from legato.recording import Recording

_Result = TypeVar("_Result")

Paths = Annotated[
    list[Path], typer.Argument(help="The files of one trial: C3D, TRC, MOT, STO, CSV, XDF, EDF …", show_default=False)
]
OnDay = Annotated[
    str | None, typer.Option("--on", metavar="DAY", help="The day it is told of, as 2026-11-22; without it, today.")
]
JsonOut = Annotated[str | None, typer.Option("--json", metavar="FILE|-", help="Write the result as JSON; - is stdout.")]
Library = Annotated[Path | None, typer.Option(metavar="DIR", help="A folder with your own movement files.")]
MovementId = Annotated[
    str | None,
    typer.Option(
        "--movement",
        metavar="ID",
        help="Which movement, see `legato movements`; without it the likeliest is used where it is clear.",
    ),
]
NamesMap = Annotated[
    Path | None,
    typer.Option("--map", metavar="FILE", help="TOML that says which landmark a marker, which muscle a channel is."),
]
Static = Annotated[Path | None, typer.Option(metavar="FILE", help="A standing trial with the same markers.")]
BaselineFile = Annotated[
    Path | None,
    typer.Option("--baseline", metavar="FILE", help="The athlete's baseline.json, or an earlier result.json."),
]
OwnFaults = Annotated[
    list[Path] | None,
    typer.Option("--faults", metavar="FILE", help="TOML with faults of your own; may be given several times."),
]
OwnDrills = Annotated[
    list[Path] | None,
    typer.Option("--drills", metavar="FILE", help="TOML with drills of your own; may be given several times."),
]
ScreeningFile = Annotated[
    Path | None,
    typer.Option(
        "--screening", metavar="FILE", help="The athlete's screening; where it is blocked, nothing is scored."
    ),
]
Mvic = Annotated[
    list[Path] | None,
    typer.Option(metavar="FILE", help="A maximal contraction with the same EMG channels; may be given several times."),
]
Submax = Annotated[
    list[Path] | None,
    typer.Option(
        metavar="FILE", help="A steady sub-maximal contraction with the same EMG channels, instead of a maximal one."
    ),
]
EmgAmplitude = Annotated[
    str | None,
    typer.Option(
        metavar="HOW",
        help="EMG without these two: as a share of the task-peak (the default) or task-mean, or raw in V.",
    ),
]
CorrectionsFile = Annotated[
    Path | None, typer.Option("--corrections", metavar="FILE", help="TOML with what you corrected by hand.")
]
Loads = Annotated[
    str | None,
    typer.Option(metavar="KG,KG…", help="The load of each rep, in their order: 60,70,80, or with a unit: 135lb,155lb."),
]

Load = Annotated[str | None, typer.Option(metavar="KG", help="The bar's load in all reps: 100, or 225lb.")]


@dataclass(frozen=True, slots=True)
class Reading:
    """How the files of a trial are read."""

    rate: Annotated[
        str | None,
        typer.Option(metavar="HZ", help='Sampling rate, for data without a time base: 60, "60 Hz", 60fps.'),
    ] = None
    layout: Annotated[
        Path | None, typer.Option(metavar="FILE", help="TOML with the columns of a CSV; see `legato layout`.")
    ] = None
    offset: Annotated[
        str | None,
        typer.Option(metavar="S", help="How much later the second file's clock started than the first's: 0.25, 250ms."),
    ] = None
    device_delay: Annotated[Path | None, typer.Option(metavar="FILE", help="TOML with the delays of your devices.")] = (
        None
    )

    def read(self, paths: list[Path]) -> "Recording":
        """The files as one recording."""
        from legato.load import read

        return read(
            *paths,
            rate_hz=None if self.rate is None else parse_rate(self.rate),
            offset_s=None if self.offset is None else parse_seconds(self.offset, "--offset"),
            device_delay=self.device_delay,
            layout=self.layout,
        )

    def read_contraction(self, path: Path) -> "Recording":
        """A contraction beside the trial: a table has the layout of the trial's, other formats need none."""
        from legato.formats.sniff import sniff_format
        from legato.load import TABLES

        laid_out = self.layout is not None and not path.is_dir() and sniff_format(path) in TABLES
        return Reading(rate=self.rate, layout=self.layout if laid_out else None).read([path])


@dataclass(frozen=True, slots=True)
class OnPlates:
    """What a trial on force plates is asked for."""

    no_press: Annotated[
        list[Path] | None,
        typer.Option(
            "--no-press",
            metavar="FILE",
            help="The same stand without the press, for the change of sway; may be given several times.",
        ),
    ] = None
    foot_band: Annotated[
        str | None,
        typer.Option("--foot-band", metavar="N,N", help="The band that the feet were to press in, as 150,300."),
    ] = None
    research: Annotated[
        bool, typer.Option("--research", help="Estimate compression and shear at L5/S1 too, for research only.")
    ] = False

    def band_n(self) -> tuple[float, float] | None:
        """The band, N, where one was given."""
        return None if self.foot_band is None else parse_band(self.foot_band, "--foot-band")


@dataclass(frozen=True, slots=True)
class AboutAthlete:
    """Who moved."""

    mass: Annotated[
        str | None, typer.Option(metavar="KG", help='Body mass of the athlete: 82, or with a unit, "180 lb".')
    ] = None
    height: Annotated[
        str | None, typer.Option(metavar="M", help='Standing height: 1.80, or with a unit, 180cm, "5 ft 11 in".')
    ] = None
    athlete: Annotated[
        Path | None, typer.Option(metavar="FILE", help="TOML with the athlete's mass, height, sex, side and units.")
    ] = None
    sex: Annotated[
        str | None,
        typer.Option(
            metavar="SEX", help="male or female: whose table of segment masses is taken; else the mean of both."
        ),
    ] = None

    def known(self) -> "Athlete":
        """The options, else what the athlete file says."""
        from legato.formats.athlete import Athlete, parse_height, parse_mass, parse_sex, read_athlete

        filed = Athlete() if self.athlete is None else read_athlete(self.athlete)
        return Athlete(
            filed.mass_kg if self.mass is None else parse_mass(self.mass),
            filed.height_m if self.height is None else parse_height(self.height),
            filed.side,
            filed.units,
            filed.sex if self.sex is None else parse_sex(self.sex),
            filed.lumbar_flexion_max_deg,
        )


def takes(**groups: type[Any]) -> Callable[[Callable[..., _Result]], Callable[..., _Result]]:
    """Let a command take groups of options: `@takes(reading=Reading)` gives it the options of `Reading`, which it
    receives as one argument `reading`.
    """

    def decorate(command: Callable[..., _Result]) -> Callable[..., _Result]:
        @functools.wraps(command)
        def run(**given: Any) -> _Result:
            for name, group in groups.items():
                given[name] = group(**{field.name: given.pop(field.name) for field in fields(group)})
            return command(**given)

        hints = get_type_hints(command, include_extras=True)
        parameters: list[inspect.Parameter] = []
        for parameter in inspect.signature(command).parameters.values():
            group = groups.get(parameter.name)
            if group is None:
                parameters.append(parameter.replace(annotation=hints[parameter.name]))
                continue
            of_group = get_type_hints(group, include_extras=True)
            parameters += [
                inspect.Parameter(
                    field.name, inspect.Parameter.KEYWORD_ONLY, default=field.default, annotation=of_group[field.name]
                )
                for field in fields(group)
            ]
        run.__dict__["__signature__"] = inspect.Signature(
            [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in parameters]
        )
        run.__annotations__ = {p.name: p.annotation for p in parameters}
        return run

    return decorate
