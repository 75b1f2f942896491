"""The `legato` command: parses, calls, prints. Exit codes: 0 done, 2 bad input, 3 nothing found to analyse."""

import os
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from legato import __version__
from legato.commands.across import across as across_command
from legato.commands.amounts import one_load, parse_loads
from legato.commands.assess import assess_app
from legato.commands.audit import audit as audit_command
from legato.commands.bar_options import OnBar
from legato.commands.claims import claims as claims_command
from legato.commands.demo import Trial, demo_trials, fill_library, print_trial
from legato.commands.doctor import doctor as doctor_command
from legato.commands.drills import drills as drills_command
from legato.commands.drills import drills_of_files
from legato.commands.faults import faults as faults_command
from legato.commands.layout import layout as layout_command
from legato.commands.library import library_app
from legato.commands.options import (
    AboutAthlete,
    BaselineFile,
    CorrectionsFile,
    EmgAmplitude,
    JsonOut,
    Library,
    Load,
    Loads,
    MovementId,
    Mvic,
    NamesMap,
    OnPlates,
    OwnDrills,
    OwnFaults,
    Paths,
    Reading,
    ScreeningFile,
    Static,
    Submax,
    takes,
)
from legato.commands.output import progress, say_for_now, write_json
from legato.commands.plan import plan_app
from legato.commands.priming import priming as priming_command
from legato.commands.printing import print_info, print_movements, print_result
from legato.commands.profile import profile as profile_command
from legato.commands.results import baseline as baseline_command
from legato.commands.results import compare as compare_command
from legato.commands.results import corrections_app
from legato.commands.screen import screen as screen_command
from legato.commands.screen import screening_that_passes
from legato.commands.serve import serve as serve_command
from legato.commands.simulate import simulate as simulate_command
from legato.commands.trial import trial_app
from legato.commands.trial_page import page as trial_page_command
from legato.commands.trial_pool import pool as pool_command
from legato.commands.trial_withdraw import withdraw as withdraw_command
from legato.errors import BadInput, NotResolvable

if TYPE_CHECKING:
    from legato.analysis import Analysis

app = typer.Typer(
    name="legato",
    help="When each link of the kinetic chain moves, with an interval on every number.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    no_args_is_help=True,
)


@app.command()
@takes(reading=Reading, about=AboutAthlete, on_plates=OnPlates, on_bar=OnBar)
def analyze(
    paths: Paths,
    movement: MovementId = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where result.json, report.html and tables/ go.")
    ] = None,
    json_out: JsonOut = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", help="With --json FILE: show no number and write no report, as a trial asks.")
    ] = False,
    *,
    about: AboutAthlete,
    on_plates: OnPlates,
    on_bar: OnBar,
    library: Library = None,
    reading: Reading,
    names_map: NamesMap = None,
    static: Static = None,
    mvic: Mvic = None,
    submax: Submax = None,
    emg_amplitude: EmgAmplitude = None,
    baseline: BaselineFile = None,
    corrections: CorrectionsFile = None,
    loads: Loads = None,
    load: Load = None,
    faults: OwnFaults = None,
    drills: OwnDrills = None,
    screening: ScreeningFile = None,
) -> None:
    """Find the repetitions and judge when each link of the chain moved."""
    if quiet and (out is not None or json_out in (None, "-")):
        raise BadInput(
            "--quiet takes --json FILE and no --out: all that is written is a result that nobody has to read"
        )
    if out is not None and out.exists() and not out.is_dir():
        raise BadInput(f"{out}: is a file; give --out a folder")
    if out is not None and baseline is not None and (out / "result.json").resolve() == baseline.resolve():
        raise BadInput(f"{baseline}: is the baseline, and --out {out} would write over it; give another folder")
    passed = None if screening is None else screening_that_passes(screening, json_out)
    if screening is not None and passed is None:
        raise typer.Exit(3)
    mine = drills_of_files(drills or (), faults or (), library)
    athlete = about.known()
    loads_kg = None if loads is None else parse_loads(loads, athlete.units)
    with progress() as tell:
        tell("reading " + ", ".join(p.name for p in paths))
        recording = reading.read(paths)
        standing = None if static is None else Reading(rate=reading.rate).read([static])
        without_press = [reading.read_contraction(path) for path in on_plates.no_press or []]
        strongest, steady = ([reading.read_contraction(path) for path in given or []] for given in (mvic, submax))
        tell("analysing")
        run = _pipeline()
        result = run(
            recording,
            movement,
            static=standing,
            mvic=strongest,
            submax=steady,
            emg_amplitude=emg_amplitude,
            mapping=names_map,
            library=library,
            baseline=baseline,
            corrections=corrections,
            mass_kg=athlete.mass_kg,
            height_m=athlete.height_m,
            sex=athlete.sex,
            side=athlete.side,
            lumbar_flexion_max_deg=athlete.lumbar_flexion_max_deg,
            without_press=without_press,
            foot_band_n=on_plates.band_n(),
            research=on_plates.research,
            loads_kg=loads_kg,
            load_kg=None if load is None else one_load(load, athlete.units),
            stop_loss_pct=on_bar.loss_pct(),
            tempo=on_bar.tempo,
            metres_per_pixel=on_bar.scale(),
            faults=faults or (),
        )
        result = replace(result, screening=passed, own_drills=mine)
        if out is None and json_out is None:
            out = Path("legato-out") / f"{paths[0].stem}-{result.movement.id}"
        if out is not None:
            tell("writing the report")
            result.save(out)
        if json_out is not None:
            write_json(result.to_dict(), json_out)
    if json_out != "-":
        if not quiet:
            print_result(result, out)
        if json_out is not None:
            typer.echo(f"json: {json_out}")


@app.command()
@takes(reading=Reading)
def info(paths: Paths, json_out: JsonOut = None, *, reading: Reading) -> None:
    """Show what a file holds: streams, rates, gaps, dead channels, events."""
    with progress() as tell:
        tell("reading " + ", ".join(p.name for p in paths))
        recording = reading.read(paths)
    from legato.load import info_record

    record = info_record(recording)
    if json_out is not None:
        write_json(record, json_out)
    if json_out != "-":
        print_info(record)


@app.command()
def movements(
    movement: Annotated[str | None, typer.Argument(help="Show this one in full.", show_default=False)] = None,
    library: Library = None,
    json_out: JsonOut = None,
) -> None:
    """List the movements Legato knows, or show one with its sources."""
    from legato.movements import load_movement

    ids = _movement_ids(library) if movement is None else (movement,)
    records = [load_movement(i, library) for i in ids]
    if json_out is not None:
        write_json([r.model_dump(mode="json", by_alias=True) for r in records], json_out)
    if json_out != "-":
        print_movements(records, whole=movement is not None)


@app.command()
def demo(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the recording and the report go.")] = Path("demo-out"),
    json_out: JsonOut = None,
) -> None:
    """Simulate athletes in whom something is planted, analyse the recordings and show what was found."""
    from legato.simulate import write_simulation

    shown: list[tuple[Trial, Analysis, Path]] = []
    with progress() as tell:
        tell("simulating athletes")
        run = _pipeline()
        for trial in demo_trials():
            folder = out / trial.folder
            files = write_simulation(trial.simulation, folder)
            tell(f"analysing {trial.name}")
            result = run(Reading().read([files[0]]), trial.movement)
            result.save(folder)
            shown.append((trial, result, folder))
        app = fill_library(out, tell)
        if json_out is not None:
            write_json(shown[0][1].to_dict(), json_out)
    if json_out != "-":
        for k, (trial, result, folder) in enumerate(shown):
            if k:
                typer.echo("")
            print_trial(trial, result, folder)
        typer.echo(f"\n{app}")


app.command("across")(across_command)
app.command("baseline")(baseline_command)
app.command("claims")(claims_command)
app.command("compare")(compare_command)
app.command("doctor")(doctor_command)
app.command("drills")(drills_command)
app.command("audit")(audit_command)
app.command("faults")(faults_command)
app.command("layout")(layout_command)
app.command("priming")(priming_command)
app.command("profile")(profile_command)
app.command("screen")(screen_command)
app.command("serve")(serve_command)
app.command("simulate")(simulate_command)
app.add_typer(assess_app, name="assess")
app.add_typer(corrections_app, name="corrections")
app.add_typer(library_app, name="library")
app.add_typer(plan_app, name="plan")
trial_app.command("page")(trial_page_command)
trial_app.command("pool")(pool_command)
trial_app.command("withdraw")(withdraw_command)
app.add_typer(trial_app, name="trial")


@app.callback(invoke_without_command=True)
def _root(
    show_version: Annotated[bool, typer.Option("--version", help="Show the version and exit.")] = False,
) -> None:
    if show_version:
        typer.echo(f"legato {__version__}")
        raise typer.Exit


def main() -> None:
    """Run the command; one line on stderr and exit 2 or 3 where the input or the data cannot serve."""
    try:
        code = app(standalone_mode=False, prog_name="legato")
    except BadInput as error:
        code = _fail(str(error), 2)
    except NotResolvable as error:
        code = _fail(str(error), 3)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except OSError as error:
        code = _fail(f"{error.filename}: {error.strerror or error}; choose another path", 2)
    except (KeyboardInterrupt, typer.Abort):
        code = _fail("stopped", 130)
    except Exception as error:
        message = getattr(error, "format_message", None)
        if message is None:
            raise
        if type(error).__name__ == "NoArgsIsHelpError":
            typer.echo(message())
            code = 2
        else:
            asked = getattr(getattr(error, "ctx", None), "command_path", "legato")
            said = _plain(message()).rstrip(".")
            code = _fail(f"{said}{'' if said.endswith('?') else '.'} See `{asked} --help`.", 2)
    sys.exit(code if isinstance(code, int) else 0)


def _fail(message: str, code: int) -> int:
    print("legato: " + " ".join(message.split()), file=sys.stderr)
    return code


def _plain(message: str) -> str:
    """What typer says of an option's value, without its library's terms."""
    message = re.sub(r"Input should be a valid number[^.]*", "give a number without a unit", message)
    return re.sub(r"Input should be a valid integer[^.]*", "give a whole number", message)


def _pipeline() -> Callable[..., "Analysis"]:
    """`legato.analyze`, set to say so on a terminal when numba has to compile a kernel (the first run)."""
    from numba.core import event

    from legato.analysis import analyze as run

    class Announce(event.Listener):
        said = False

        def on_start(self, event: Any) -> None:
            if not self.said:
                self.said = True
                say_for_now("first run: compiling the kernels, once, this can take a minute …")

        def on_end(self, event: Any) -> None:
            pass

    event.register("numba:compile", Announce())
    return run


def _movement_ids(library: Path | None) -> tuple[str, ...]:
    from legato.movements import movement_ids

    return tuple(movement_ids(library))
