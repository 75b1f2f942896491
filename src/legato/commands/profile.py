"""The command `profile`: a lifter's load–velocity profile from the sets of a day, a file each."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from legato.commands.amounts import parse_loads
from legato.commands.options import JsonOut, Reading, takes
from legato.commands.output import progress, read_json, write_json, write_text
from legato.errors import BadInput, NotResolvable, naming

if TYPE_CHECKING:
    from legato.bar.model import BarRep


@takes(reading=Reading)
def profile(
    paths: Annotated[
        list[Path],
        typer.Argument(help="A set each: a bar's recording, a list of reps, or a result.json.", show_default=False),
    ],
    movement: Annotated[str, typer.Option("--movement", metavar="ID", help="Which movement, see `legato movements`.")],
    loads: Annotated[
        str | None, typer.Option(metavar="KG,KG…", help="The load of each file, in their order: 60,80,100,110.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where profile.html, the line and its maximum as a page, goes.")
    ] = None,
    json_out: JsonOut = None,
    *,
    reading: Reading,
) -> None:
    """Predict a lifter's maximum from the velocity of lifts at several loads, with its interval."""
    from legato.bar.analyse import profile_of_reps
    from legato.formats.rep_programs import programs_beside
    from legato.movements import load_movement
    from legato.report.profile_page import ProfileSet, profile_html
    from legato.report.words import plural

    spec = load_movement(movement)
    loads_kg = None if loads is None else parse_loads(loads)
    if loads_kg is not None and len(loads_kg) != len(paths):
        raise BadInput(f"--loads: {plural(len(loads_kg), 'load')} for {plural(len(paths), 'file')}; give one for each")
    if out is not None and out.exists() and not out.is_dir():
        raise BadInput(f"{out}: is a file; give --out a folder")
    sets: list[ProfileSet] = []
    notes: list[str] = []
    lists: dict[str, tuple[str, ...]] = {}
    with progress() as tell:
        for k, path in enumerate(paths):
            tell(f"reading {path.name}")
            with naming([str(path)]):
                reps = _reps_of(path, reading, None if loads_kg is None else loads_kg[k], notes, lists)
            sets.append(ProfileSet(path.name, tuple(reps)))
    notes += [said] if (said := programs_beside(lists)) else []
    found = profile_of_reps([rep for of_set in sets for rep in of_set.reps], spec.id)
    one = found.one_rm
    record: dict[str, Any] = {
        "movement": spec.id,
        "points": [{"load_kg": load, "velocity_m_s": velocity} for load, velocity in found.points],
        "intercept_m_s": found.intercept,
        "slope_m_s_per_kg": found.slope,
        "residual_sd_m_s": found.residual_sd,
        "v1rm_m_s": found.v1rm,
        "v1rm_source": found.v1rm_source,
        "one_rm": None if one is None else one.to_dict(),
        "reason": found.reason or None,
        "notes": notes,
    }
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        write_text(profile_html(spec.name, found, sets, notes), str(out / "profile.html"))
    if json_out is not None:
        write_json(record, json_out)
    if json_out == "-":
        return
    typer.echo(f"{spec.name}: {len(found.points)} loads")
    for load, velocity in found.points:
        typer.echo(f"  {load:6.1f} kg  {velocity:.3f} m/s")
    if one is None:
        typer.echo(f"no maximum: {found.reason}")
    else:
        typer.echo(f"predicted maximum {one.value:.1f} kg, 90 % interval {one.low:.1f} to {one.high:.1f} kg")
    typer.echo(f"at {found.v1rm:.2g} m/s: {found.v1rm_source}")
    for note in dict.fromkeys(notes):
        typer.echo(f"  {note}")
    if out is not None:
        typer.echo(f"page: {out / 'profile.html'}")


def _reps_of(
    path: Path, reading: Reading, load_kg: float | None, notes: list[str], lists: dict[str, tuple[str, ...]]
) -> "list[BarRep]":
    """The measured repetitions of one file, each with its load; `lists` takes the titles of what a program listed."""
    from dataclasses import replace

    from legato.bar.analyse import analyse_bar, listed_elsewhere

    if path.suffix.lower() == ".json" and '"legato.' in path.read_text(encoding="utf-8", errors="replace")[:200]:
        record = read_json(path)
        reps = _reps_of_result(record)
        titles = tuple(str(title) for title in (record.get("bar") or {}).get("list_titles") or ())
    else:
        found = analyse_bar(reading.read([path]))
        if found is None:
            raise BadInput("nothing of a bar in it; give a bar's recording, a list of repetitions or a result.json")
        notes.extend(found.notes)
        notes.extend(
            f"{path.name}: rep {rep.rep + 1} was not measured: {rep.reason}" for rep in found.reps if rep.reason
        )
        reps = [rep for rep in found.reps if not rep.reason]
        titles = found.titles
    if any(listed_elsewhere(rep) for rep in reps):
        lists[str(path)] = titles
    if load_kg is not None:
        reps = [replace(rep, load_kg=load_kg) for rep in reps]
    if not reps:
        raise NotResolvable("no repetition of the bar was measured in it")
    if any(rep.load_kg is None for rep in reps):
        raise BadInput("its load is not known; give the load of each file with --loads")
    return reps


def _reps_of_result(record: Mapping[str, Any]) -> "list[BarRep]":
    from legato.bar.model import BarRep
    from legato.estimate import Estimate

    def told(value: Any) -> Estimate | None:
        return None if value is None else Estimate(value["value"], value["low"], value["high"], unit=value["unit"])

    bar: Mapping[str, Any] = record.get("bar") or {}
    listed: Sequence[Mapping[str, Any]] = bar.get("reps") or []
    nan = float("nan")
    return [
        BarRep(
            k, nan, nan, mean_velocity=told(rep["mean_velocity"]),
            mean_propulsive_velocity=told(rep["mean_propulsive_velocity"]), load_kg=rep["load_kg"],
            from_rest=rep.get("mean_velocity_from_rest_m_s"),
        )
        for k, rep in enumerate(listed)
        if not rep["reason"]
    ]  # fmt: skip
