"""`legato simulate`: recordings whose truth is known."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from legato.commands.amounts import parse_rate
from legato.commands.bar_options import OnSimulatedBar
from legato.commands.options import JsonOut, takes
from legato.commands.output import progress, write_json


@takes(on_simulated_bar=OnSimulatedBar)
def simulate(
    movement: Annotated[
        str, typer.Argument(help="Any movement of the library that is modelled; a wrong one lists them.")
    ],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the C3D and truth.json go.")],
    rate: Annotated[str, typer.Option(metavar="HZ", help="Camera rate.")] = "250",
    reps: Annotated[int, typer.Option(help="Number of repetitions.")] = 5,
    noise: Annotated[
        float | None, typer.Option(metavar="M", help="Marker noise, SD a coordinate; 0.001 unless an athlete is drawn.")
    ] = None,
    wobble: Annotated[float | None, typer.Option(metavar="M", help="Soft-tissue wobble, rms a marker.")] = None,
    lag: Annotated[
        float | None, typer.Option(metavar="S", help="Planted gap of the chain; negative breaks the order.")
    ] = None,
    pause: Annotated[float, typer.Option(metavar="S", help="Pause at the turning point of each rep.")] = 0.0,
    speed: Annotated[
        float | None,
        typer.Option(min=0.25, max=4.0, metavar="TIMES", help="How fast it is done: 1.05 is 5 % faster than usual."),
    ] = None,
    fault: Annotated[
        str | None,
        typer.Option(metavar="NAME[=SIZE]", help="Fault to plant, as lumbar-excess=12; a wrong one lists those."),
    ] = None,
    athlete_kind: Annotated[
        str | None,
        typer.Option(
            metavar="KIND",
            help="Draw an athlete with the seed: any, or one that is long-femur, stiff-ankle or hypermobile.",
        ),
    ] = None,
    dowel: Annotated[
        str | None,
        typer.Option(
            metavar="POINT",
            help="Lay a dowel along the back (hinge): on, or what dowel-contact-lost opens: head, mid-back, sacrum.",
        ),
    ] = None,
    emg: Annotated[bool, typer.Option("--emg", help="Put electrodes on the muscles of the movement.")] = False,
    emg_lag: Annotated[
        float | None,
        typer.Option(metavar="S", help="Planted lag between the movement's two muscles; puts electrodes on as well."),
    ] = None,
    emg_plant: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME[=SIZE]",
            help="Plant hum, ecg, crosstalk, motion, lost or skew on the EMG; repeatable, a wrong name tells sizes.",
            show_default=False,
        ),
    ] = None,
    plates: Annotated[
        bool,
        typer.Option("--plates", help="A force plate under each foot (squat, hinge, push press, jerk, bench press)."),
    ] = False,
    plate_types: Annotated[
        str, typer.Option(metavar="N,N", help="C3D types of the right and the left plate, 1 to 4.")
    ] = "2,2",
    load_share: Annotated[
        str | None,
        typer.Option(metavar="left=SHARE", help="Planted share of the load on one foot; puts plates there as well."),
    ] = None,
    joints: Annotated[
        bool,
        typer.Option(
            "--joints",
            help="Exact moments, power and work of all joints in truth.json (MuJoCo); puts plates there as well.",
        ),
    ] = False,
    *,
    on_simulated_bar: OnSimulatedBar,
    seed: Annotated[int, typer.Option(help="Same seed, same bytes.")] = 0,
    json_out: JsonOut = None,
) -> None:
    """Make a recording whose truth is known: a C3D and truth.json."""
    from legato.simulate import (
        EMG_FAULTS,
        clean_athlete,
        masses_text,
        parse_fault,
        parse_load_share,
        parse_plate_types,
        scenario_for,
        settings_with,
        simulate_scenario,
        with_bar_sensor,
        with_emg,
        with_joint_truth,
        with_plates,
        write_simulation,
    )

    sensor = on_simulated_bar.errors()
    with progress() as tell:
        tell(f"simulating {movement}")
        planted, size = parse_fault(fault)
        drawn = (
            scenario_for
            if athlete_kind is None
            else partial(clean_athlete, kind=None if athlete_kind == "any" else athlete_kind)
        )
        scenario = drawn(
            movement,
            rate_hz=parse_rate(rate),
            reps=reps,
            noise_m=noise,
            wobble_m=wobble,
            lag_s=lag,
            tempo=None if speed is None else 1.0 / speed,
            pause_s=pause if sensor is None else (1.0, pause),
            fault=planted,
            fault_size=size,
            dowel=dowel,
            bar_kg=on_simulated_bar.load_kg(),
            seed=seed,
        )
        worn = settings_with(emg_plant or (), emg_lag)
        left, types = parse_load_share(load_share), parse_plate_types(plate_types)
        made = simulate_scenario(scenario)
        if emg or emg_lag is not None or emg_plant or planted in EMG_FAULTS:
            made = with_emg(made, worn)
        if plates or joints or load_share is not None:
            made = with_plates(made, left, types)
        if joints:
            made = with_joint_truth(made)
        if sensor is not None:
            made = with_bar_sensor(made, sensor)
        tell(f"writing {movement} to {out}")
        written = write_simulation(made, out)
    if json_out is not None:
        write_json({"files": [str(p) for p in written]}, json_out)
    if json_out != "-":
        for path in written:
            typer.echo(str(path))
        typer.echo(masses_text(made))
