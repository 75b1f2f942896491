"""The pipeline: a recording and a movement in, everything that was measured and judged out. Nothing else knows this
order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from legato import __version__
from legato.bar.task import bar_task
from legato.body import build_body
from legato.body.model import Body
from legato.body.person import another_person
from legato.chain import analyse_chain, analyse_coordination
from legato.chain.baseline import BASELINE, read_baseline
from legato.chain.compensation import CompensationPart, compensation_parts
from legato.chain.coordination_model import CoordinationResult
from legato.chain.drive import with_drive
from legato.chain.model import ChainResult
from legato.chain.muscle_windows import MuscleEvidence, muscle_pairs
from legato.chain.muscle_work import MuscleWork, muscle_work
from legato.chain.trial_kinetics import kinetics_of_trial
from legato.chain.windows import judge_windows
from legato.corrections import Corrections, Outcome, correct_recording, correct_reps, one_side, read_corrections
from legato.corrections.links import correct_links, without_unseen
from legato.errors import BadInput, NotResolvable, naming
from legato.estimate import LEVEL, Estimate
from legato.faults import Finding, Results, faults_of, faults_of_trial
from legato.movements import find_reps, load_movement
from legato.movements.bars import bar_of_trial, reps_of_bar
from legato.movements.channels import Quality, channel_quality
from legato.movements.dowel_pads import rep_numbers
from legato.movements.electrodes import clock_errors, nothing_found, whole_recording
from legato.movements.jumps_on_plates import refuse_other_units, whole_force
from legato.movements.metrics import refused_shares
from legato.movements.model import Movement, Rep
from legato.movements.plate_jumps import reps_of_trial
from legato.movements.propose import Proposal, clear_proposal, doubt
from legato.movements.sides import for_side
from legato.movements.trial_body import body_of_trial, electrodes_only, refuse_unnamed
from legato.movements.trial_forces import forces_of_trial
from legato.movements.trial_muscles import check_references, muscles_of_trial
from legato.recording import Recording, Stream

if TYPE_CHECKING:
    from legato.bar.model import BarResult
    from legato.coaching.model import Drill
    from legato.coaching.situation import Screening
    from legato.forces.analyse import ForcesResult
    from legato.kinetics.analyse import KineticsResult
    from legato.kinetics.flow import PowerResult
    from legato.kinetics.whole_body import WholeBody
    from legato.muscles.model import MusclesResult
    from legato.muscles.references import OfTask


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user chose. Everything else that shaped a number stands in the movement file or in the notes."""

    level: float = LEVEL
    mass_kg: float | None = None
    height_m: float | None = None
    sex: str | None = None
    side: str | None = None
    lumbar_flexion_max_deg: float | None = None
    static: str | None = None
    mvic: tuple[str, ...] | None = None
    submax: tuple[str, ...] | None = None
    emg_amplitude: str | None = None
    baseline: str | None = None
    loads_kg: tuple[float, ...] | None = None
    load_kg: float | None = None
    stop_loss_pct: float | None = None
    tempo: str | None = None
    metres_per_pixel: float | None = None
    without_press: tuple[str, ...] | None = None
    foot_band_n: tuple[float, float] | None = None
    research: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """Everything measured and judged in one recording. `rep_metrics` has one mapping a rep, in the order of `reps`;
    `muscles` is None where there is no EMG, `forces` where there is no force plate, `bar` where nothing shows a bar,
    `kinetics` where there are no markers or no plate, `power` where no joint's moment is known, `whole_body` where the
    movement says nothing of loads or no trunk was measured by markers, `screening` where none was given. `own_drills`:
    those of a coach's own, which may answer its faults. `entry`: the checksum of the movement's entry.
    """

    recording: Recording
    movement: Movement
    movement_given: bool
    movement_probability: float | None
    body: Body
    reps: tuple[Rep, ...]
    rep_driver: str
    rep_metrics: tuple[Mapping[str, Estimate], ...]
    chain: ChainResult | None
    quality: tuple[Quality, ...]
    settings: Settings
    corrections: tuple[Outcome, ...] = ()
    notes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    coordination: CoordinationResult | None = None
    muscles: "MusclesResult | None" = None
    forces: "ForcesResult | None" = None
    bar: "BarResult | None" = None
    kinetics: "KineticsResult | None" = None
    power: "PowerResult | None" = None
    whole_body: "WholeBody | None" = None
    muscle_work: tuple[MuscleWork, ...] = ()
    compensation: tuple[CompensationPart, ...] = ()
    screening: "Screening | None" = None
    own_drills: "tuple[Drill, ...]" = ()
    entry: str = ""
    version: str = __version__

    def to_dict(self) -> dict[str, Any]:
        """The record that `result.json` holds (schema `legato.analysis/1`)."""
        from legato.report import to_dict

        return to_dict(self)

    def save(self, out_dir: str | PathLike[str]) -> Path:
        """Write `result.json`, `report.html` and `tables/*.csv` into `out_dir`, whole or not at all; returns it."""
        from legato.report import write_report

        return write_report(self, Path(out_dir))


def analyze(
    recording: Recording,
    movement: str | Movement | None = None,
    *,
    static: Recording | None = None,
    mvic: Recording | Sequence[Recording] = (),
    submax: Recording | Sequence[Recording] = (),
    emg_amplitude: "OfTask | None" = None,
    mapping: str | Path | Mapping[str, Any] | None = None,
    library: str | PathLike[str] | None = None,
    baseline: Mapping[str, Any] | str | PathLike[str] | None = None,
    corrections: Corrections | str | PathLike[str] | Mapping[str, Any] | None = None,
    mass_kg: float | None = None,
    height_m: float | None = None,
    sex: Literal["male", "female"] | None = None,
    side: Literal["right", "left"] | None = None,
    lumbar_flexion_max_deg: float | None = None,
    without_press: Recording | Sequence[Recording] = (),
    foot_band_n: tuple[float, float] | None = None,
    loads_kg: Sequence[float] | None = None,
    load_kg: float | None = None,
    stop_loss_pct: float | None = None,
    tempo: str | None = None,
    metres_per_pixel: float | None = None,
    research: bool = False,
    faults: str | PathLike[str] | Sequence[str | PathLike[str]] = (),
    level: float = LEVEL,
) -> Analysis:
    """Find the repetitions, their phases and the chain's events, and judge the order.

    Parameters
    ----------
    recording
        One trial as `legato.read` gives it.
    movement
        An id of the movement library (`back-squat`, `throw` …) or a movement itself. Without one the likeliest is
        proposed, and used where it is clear.
    static
        A standing trial of the same marker placement, for landmarks that only it shows.
    mvic
        Maximal contractions, one recording or several, whose EMG channels have the same names: amplitudes are then a
        share of them, else of the task's own peak.
    submax
        Sub-maximal reference contractions instead, each held steadily: amplitudes are a share of the held part.
    emg_amplitude
        Instead of both: amplitudes as a share of the task's own peak (`task-peak`, as with None) or of its mean
        (`task-mean`), or `raw`, in V and never compared.
    mapping
        Names of a marker set that Legato does not know, mapped onto landmarks, and in its table `muscles` EMG channels
        mapped onto muscles.
    library
        A folder with further movement files.
    baseline
        A baseline (`baseline.json`) or an earlier result (`result.json`) of the same athlete and movement, its file
        or its content, for the bands that are the athlete's own.
    corrections
        What a person changed: `corrections.toml`, its content as a mapping, or as read. The recording that is given
        stays as it is.
    mass_kg, height_m
        Of the athlete, kept in the result. No angle and no time depends on them.
    sex
        Whose table of segment masses is taken; None takes the mean of both.
    side
        The dominant hand, where it is known; else the one that is seen to move faster.
    lumbar_flexion_max_deg
        How far the athlete's lower back bends at most, from standing, deg: what its bend in a lift is a share of.
    without_press
        The same stand without the press, one recording or several, on force plates: what the press changes of the sway.
    foot_band_n
        The band that the feet were to press in, N.
    loads_kg
        The load of each repetition that is found, kg, for how the gaps change with it and for the bar's power.
    load_kg
        Instead: the bar's load in all of them, kg.
    stop_loss_pct
        Velocity loss of the bar to stop the set at, %.
    tempo
        Tempo that was asked: eccentric, pause, concentric, pause in s, like `3-1-X-0`.
    metres_per_pixel
        Scale of a video in which the bar was tracked.
    research
        Whether compression and shear at L5/S1 are estimated as well, for research only.
    faults
        TOML files with faults of one's own, beside those that the movement's file names.
    level
        Share of central probability that every interval holds.

    Raises
    ------
    BadInput
        The recording holds nothing that this movement can be read from, an argument is wrong, or no movement was named
        and none is clear; the message then names the likeliest.
    NotResolvable
        No repetition was found.
    """
    if not 0.5 <= level < 1.0:
        raise BadInput(f"level is {level}; give a probability from 0.5 up to, not including, 1")
    task = bar_task(stop_loss_pct, tempo, metres_per_pixel)
    files = [file.path for file in recording.inputs]
    others = [str(mapping)] if isinstance(mapping, str | Path) else []
    others += [] if static is None else [file.path for file in static.inputs]
    maximal = (mvic,) if isinstance(mvic, Recording) else tuple(mvic)
    steady = (submax,) if isinstance(submax, Recording) else tuple(submax)
    quiet = (without_press,) if isinstance(without_press, Recording) else tuple(without_press)
    others += [file.path for trial in (*maximal, *steady, *quiet) for file in trial.inputs]
    with naming(files, others):
        check_references(recording, maximal, steady, emg_amplitude)
    given = corrections if isinstance(corrections, Corrections) else read_corrections(corrections or {})
    proposal: Proposal | None = None
    if movement is None:
        corrected = correct_recording(recording, given)[0]
        with naming(files, others):
            refuse_unnamed(corrected)
            seen = build_body(corrected, mapping=mapping, static=static)
        proposal = clear_proposal(seen, recording, library)
    named = proposal.likeliest if proposal is not None else movement
    spec = named if isinstance(named, Movement) else load_movement(str(named), library)
    given_baseline = None if baseline is None else read_baseline(baseline, spec.id)
    sought = faults_of(spec, faults, library)
    asked = spec
    if side is not None:
        spec = for_side(asked, side)
    recording, settled = correct_recording(recording, given)
    alone = electrodes_only(recording, spec)
    with naming(files, others):
        refuse_other_units(recording)
        body = body_of_trial(
            recording, spec, mapping=mapping, static=static, mass_kg=mass_kg, height_m=height_m, sex=sex
        )
        if body.source == "bar":
            found = reps_of_bar(recording, spec, task)
        else:
            found = nothing_found() if alone else find_reps(body, spec, recording)
            found = reps_of_trial(found, body, spec, recording)
    unlike = another_person(body, given_baseline, mass_kg, height_m)
    earlier = None if unlike else given_baseline
    reps, outcomes = correct_reps(body, spec, found.reps, given, settled, recording.events)
    if alone and not reps:
        reps = (whole_recording(recording),)
    elif body.source == "force" and spec.cycle.anchor not in ("flight", "hold", "pull") and not reps:
        reps = (whole_force(body),)
    if not reps:
        where = files[0] if files else "the recording"
        why = "the corrections leave no repetition" if found.reps else "; ".join(found.notes)
        other = "" if proposal is not None else doubt(body, spec.id, library)
        raise NotResolvable(f"{where}: no repetition of {spec.id} was found; {why}{f'; {other}' if other else ''}")
    reps, made_with = one_side(asked, reps, side or found.side)
    if loads_kg is not None and len(loads_kg) != len(reps):
        raise BadInput(
            f"{files[0] if files else 'the recording'}: {len(loads_kg)} loads for {len(reps)} repetitions; give one for"
            f" each, in their order{', incomplete ones too' if not all(rep.complete for rep in reps) else ''}"
        )
    if made_with in ("right", "left") and made_with != found.side:
        spec = for_side(asked, made_with)
    metrics, dowels = rep_numbers(recording, body, spec, reps, level)
    shares = refused_shares(spec, reps, metrics)
    doubts = () if proposal is not None or alone else tuple(filter(None, [doubt(body, spec.id, library)]))
    # Another program's list tells of no time, so nothing of the body can belong to its repetitions.
    timed = tuple(rep for rep in reps if isfinite(rep.start_s))
    reads, outcomes = correct_links(spec, timed, outcomes)
    chain = analyse_chain(body, spec, timed, level=level, baseline=earlier, side=made_with, by_hand=reads)
    outcomes = without_unseen(outcomes, chain.unseen)
    with naming(files, others):
        muscles = muscles_of_trial(
            recording,
            spec,
            reps,
            body,
            muscle_pairs(spec.windows) if recording.of_kind("emg") else (),
            mapping=mapping,
            mvic=maximal,
            submax=steady,
            emg_amplitude=emg_amplitude,
            level=level,
        )
    loads = loads_kg if load_kg is None else (load_kg,)
    with naming(files, others):
        forces = forces_of_trial(
            recording, spec, reps, body, mass_kg, level, quiet, foot_band_n, mapping=mapping, static=static
        )
    bar, bar_notes = bar_of_trial(recording, spec, reps, loads, level, task)
    kinetics, whole_body, power = kinetics_of_trial(
        body, forces, spec, reps, loads, mass_kg=mass_kg, level=level, research=research
    )
    coordination = analyse_coordination(body, spec, timed, chain, level=level, loads_kg=loads_kg)
    chain = with_drive(
        chain, recording, spec, timed, forces, bar, muscles=muscles, mass_kg=mass_kg, level=level, baseline=earlier
    )
    if muscles is not None:
        evidence = MuscleEvidence(muscles, chain.links, reps, clock_errors(recording), level)
        chain = replace(chain, windows=judge_windows(spec.windows, chain.gaps, evidence))
    return Analysis(
        recording=recording,
        movement=spec,
        entry=asked.checksum,
        movement_given=proposal is None,
        movement_probability=None if proposal is None else proposal.probability(spec.id),
        body=body,
        reps=reps,
        rep_driver=found.driver,
        rep_metrics=tuple(metrics),
        chain=chain,
        quality=tuple(q for stream in recording.streams for q in _quality(stream, muscles)),
        settings=Settings(
            level=level,
            mass_kg=mass_kg,
            height_m=height_m,
            sex=sex,
            side=side,
            lumbar_flexion_max_deg=lumbar_flexion_max_deg,
            static=None if static is None or not static.inputs else Path(static.inputs[0].path).name,
            mvic=_file_names(maximal),
            submax=_file_names(steady),
            emg_amplitude=emg_amplitude,
            baseline=None if given_baseline is None else _name_of(given_baseline),
            loads_kg=None if loads_kg is None else tuple(float(load) for load in loads_kg),
            load_kg=load_kg,
            stop_loss_pct=stop_loss_pct,
            tempo=None if task.tempo is None else task.tempo.code,
            metres_per_pixel=metres_per_pixel,
            without_press=_file_names(quiet),
            foot_band_n=foot_band_n,
            research=research,
        ),
        corrections=outcomes,
        coordination=coordination,
        muscles=muscles,
        forces=forces,
        bar=bar,
        kinetics=kinetics,
        power=power,
        whole_body=whole_body,
        findings=faults_of_trial(
            sought,
            body,
            spec,
            timed,
            Results(chain, forces, power, muscles, *dowels, metrics=metrics),
            loads,
            level=level,
            side=made_with,
            baseline=earlier,
            no_baseline=unlike,
            maxima={} if lumbar_flexion_max_deg is None else {"lumbar_flexion": lumbar_flexion_max_deg},
        ),
        muscle_work=muscle_work(recording, muscles, power, level),
        compensation=compensation_parts(spec, reps, metrics, forces, bar, coordination, level),
        notes=recording.notes + body.notes + found.notes + shares + doubts + bar_notes + ((unlike,) if unlike else ()),
    )


def _file_names(trials: Sequence[Recording]) -> tuple[str, ...] | None:
    return tuple(Path(file.path).name for trial in trials for file in trial.inputs) or None


def _name_of(result: Mapping[str, Any]) -> str:
    """What an earlier result or a baseline was made from: its first file's checksum, where it had a file."""
    if result.get("schema") == BASELINE:
        days: list[dict[str, Any]] = result.get("days") or [{}]
        first: list[str] = days[0].get("sha256") or ["given"]
        return f"{len(days)} days from {first[0]}"
    inputs: list[dict[str, Any]] = result.get("inputs") or [{}]
    return str(inputs[0].get("sha256", "given"))


def _quality(stream: Stream, muscles: "MusclesResult | None") -> tuple[Quality, ...]:
    """The verdict on each channel: that of the EMG's own gate where there is one."""
    if muscles is None or stream.kind != "emg":
        return channel_quality(stream)
    return tuple(Quality(m.stream, m.channel, m.usable, m.reasons) for m in muscles.muscles if m.stream == stream.name)
