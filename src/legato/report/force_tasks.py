"""What a trial asked of the force, in words and tables: held pulls, output kept over a set, sway, a target, a band."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from legato.estimate import Estimate
from legato.report.side_by_side import column_heads, estimate_row, listed, row, side_by_side
from legato.report.sway_charts import sway_charts
from legato.report.words import estimate_text, rep_number

if TYPE_CHECKING:
    from legato.forces.analyse import ForcesResult
    from legato.forces.knee_steadiness import KneeSteadiness
    from legato.forces.stability import SwayChange
    from legato.forces.tasks import FootBandResult, TargetFollowed

_STEADY = {"ok": "even", "fault": "uneven", "not-resolvable": "not resolvable"}

_MM2 = 1e6

_KEPT_TOLD = 0.5
"""Half-width of a share kept over the set up to which the terminal tells it; display only."""


def task_lines(forces: "ForcesResult") -> list[str]:
    """These parts as lines for a terminal."""
    lines: list[str] = []
    for one in forces.holds:
        if one.hold is None:
            lines.append(f"hold of pull {rep_number(one.rep)} not resolvable: {one.reason}")
        else:
            kept = "" if one.hold.kept is None else f", {estimate_text(percents(one.hold.kept))} of it kept"
            told = f"held {estimate_text(one.hold.held_s)}, plateau {estimate_text(one.hold.plateau_n)}{kept}"
            lines.append(f"hold of pull {rep_number(one.rep)}: {told}")
    if forces.kept is not None and forces.kept.share is not None and forces.kept.share.half_width < _KEPT_TOLD:
        lines.append(_kept_text(forces))
    for one in () if forces.sway is None else forces.sway.per_rep:
        if one.sway is None:
            lines.append(f"sway of stand {rep_number(one.rep)} not resolvable: {one.reason}")
        else:
            area, speed = _area_text(one.sway.ellipse_m2), _speed_text(one.sway.mean_speed_m_s)
            lines.append(f"sway of stand {rep_number(one.rep)}: 95 % ellipse {area}, speed {speed}")
    lines += _change_texts(forces)
    if forces.target is not None:
        lines.append(target_text(forces.target))
    if forces.foot_band is not None:
        lines += _band_texts(forces.foot_band)
    return lines


def tasks_html(forces: "ForcesResult") -> str:
    """These parts of the report's section; empty where the trial asks for none."""
    return _holds(forces) + _sway(forces) + _target(forces) + _bands(forces)


def percents(share: Estimate) -> Estimate:
    """A share as %."""
    return share.scaled(100.0, "%")


def _percents(values: Sequence[Estimate | None]) -> list[Estimate | None]:
    return [None if value is None else percents(value) for value in values]


def _kept_text(forces: "ForcesResult") -> str:
    kept = forces.kept
    if kept is None:
        return ""
    if kept.share is None:
        return f"{kept.of} kept over the set: not resolvable: {kept.reason}"
    return f"{kept.of} kept over the set, last over first: {estimate_text(percents(kept.share))} (n = {kept.n})"


def _holds(forces: "ForcesResult") -> str:
    said = [f"Pull {rep_number(h.rep)}: not resolvable: {h.reason}" for h in forces.holds if h.hold is None]
    said += [f"Pull {rep_number(h.rep)}: {reason}" for h in forces.holds if h.hold for reason in h.hold.reasons]
    told = [(one.rep, one.hold) for one in forces.holds if one.hold is not None]
    if forces.kept is not None and (forces.holds or forces.kept.share is not None):
        said.append(_kept_text(forces))
    if not said and not told:
        return ""
    holds = [hold for _, hold in told]
    rows = [
        *estimate_row("held", "s", [hold.held_s for hold in holds]),
        *estimate_row("peak (best 0.5 s)", "N", [hold.peak_n for hold in holds]),
        *estimate_row("plateau (mean)", "N", [hold.plateau_n for hold in holds]),
        *estimate_row("plateau (length)", "s", [hold.plateau_s for hold in holds]),
        *estimate_row("variation on the plateau", "%", _percents([hold.variation for hold in holds])),
        *estimate_row("kept, end over start", "%", _percents([hold.kept for hold in holds])),
        *estimate_row("above nine tenths of the peak", "s", [hold.above_s for hold in holds]),
    ]
    heads = column_heads([f"Pull {rep_number(rep)}" for rep, _ in told])
    table = side_by_side(heads, rows) if told else ""
    return f"<h3>{'How the force is held' if forces.holds else 'Output kept over the set'}</h3>{table}{listed(said)}"


def _area_text(area: Estimate) -> str:
    return estimate_text(area.scaled(_MM2, "mm²"))


def _speed_text(speed: Estimate) -> str:
    return estimate_text(speed.scaled(1000.0, "mm/s"))


def _change_texts(forces: "ForcesResult") -> list[str]:
    """What the press changes, or why that cannot be told; nothing where it was not asked for."""
    if forces.sway is None:
        return []
    knees = [_knee_text(knee) for knee in forces.sway.knees]
    if forces.sway.change is None:
        return [f"change with the press not resolvable: {forces.sway.reason}", *knees] if forces.sway.reason else knees
    change = forces.sway.change
    area, speed = _area_text(change.ellipse_m2), _speed_text(change.mean_speed_m_s)
    said = f"with the press minus without: 95 % ellipse {area}, speed {speed}{_answer(change)}"
    stands = f" ({change.n_press} with, {change.n_without} without)"
    if change.smallest_ellipse_m2 is None:
        return [f"{said}{stands}", *knees]
    least = f"smallest detectable change of one stand: {_MM2 * change.smallest_ellipse_m2:.0f} mm²"
    if change.smallest_speed_m_s is not None:
        least += f", {1000.0 * change.smallest_speed_m_s:.1f} mm/s"
    return [f"{said}{stands}", least, *knees]


def _knee_text(knee: "KneeSteadiness") -> str:
    """How much stiller or less still one knee is kept from side to side with the press."""
    name = f"{knee.side} knee from side to side"
    if knee.change_deg is None:
        return f"{name}, change with the press: not resolvable: {knee.reason}"
    change = knee.change_deg
    answer = (
        "more with the press" if change.low > 0.0 else "less with the press" if change.high < 0.0 else "not resolvable"
    )
    least = "" if knee.smallest_deg is None else f" (smallest detectable change of one stand: {knee.smallest_deg:.2f}°)"
    return f"{name} (SD), with the press minus without: {estimate_text(change.scaled(1.0, '°'))}: {answer}{least}"


def _answer(change: "SwayChange") -> str:
    """Whether the sway grew, shrank, or neither can be told."""
    if change.ellipse_m2.low > 0.0:
        return ": more sway with the press"
    return ": less sway with the press" if change.ellipse_m2.high < 0.0 else ": not resolvable"


def _sway(forces: "ForcesResult") -> str:
    if forces.sway is None:
        return ""
    said = [f"Stand {rep_number(s.rep)}: not resolvable: {s.reason}" for s in forces.sway.per_rep if s.sway is None]
    told = [(one.rep, one.sway) for one in forces.sway.per_rep if one.sway is not None]
    sways = [sway for _, sway in told]
    said += _change_texts(forces)

    def scaled(of: Callable[[Any], Estimate], factor: float) -> list[Estimate | None]:
        return [of(sway).scaled(factor) for sway in sways]

    rows = [
        row("stood", "s", [f"{sway.duration_s:.1f}" for sway in sways]),
        *estimate_row("95 % ellipse", "mm²", scaled(lambda sway: sway.ellipse_m2, _MM2)),
        *estimate_row("path", "mm", scaled(lambda sway: sway.path_m, 1000.0)),
        *estimate_row("mean speed", "mm/s", scaled(lambda sway: sway.mean_speed_m_s, 1000.0)),
        *estimate_row("RMS distance from the mean", "mm", scaled(lambda sway: sway.rms_m, 1000.0)),
        *estimate_row("mean frequency", "Hz", [sway.mean_frequency_hz for sway in sways]),
    ]
    heads = column_heads([f"Stand {rep_number(rep)}" for rep, _ in told])
    table = side_by_side(heads, rows) if told else ""
    drawn = sway_charts(forces.sway)
    if drawn:
        drawn = f'<p class="note">Path about its mean point, low-passed; its 95 % ellipse bold.</p>{drawn}'
    return f"<h3>Sway of the centre of pressure</h3>{drawn}{table}{listed(said)}" if table or said else ""


def target_text(target: "TargetFollowed") -> str:
    """How the force followed its target, or why that cannot be told."""
    tracking = target.tracking
    if tracking is None:
        return f"target \u201c{target.channel}\u201d not followed: {target.reason}"
    lag = "" if tracking.lag_s is None else f", {estimate_text(tracking.lag_s)} later than the target"
    of_range = estimate_text(percents(tracking.error_share))
    error = f"error {estimate_text(tracking.error_n)} (RMS), {of_range} of its range"
    return f"target \u201c{target.channel}\u201d: {error}{lag}"


def _target(forces: "ForcesResult") -> str:
    target = forces.target
    if target is None:
        return ""
    title = "<h3>Following the target</h3>"
    tracking = target.tracking
    if tracking is None:
        return f"{title}{listed([target_text(target)])}"
    kept = target.alignment
    band = "" if target.band_deg is None else f" within ±{target.band_deg:g}°"
    rows = [
        *estimate_row("error (RMS)", "N", [tracking.error_n]),
        *estimate_row("error, share of the target's range", "%", _percents([tracking.error_share])),
        *estimate_row("bias", "N", [tracking.bias_n]),
        *estimate_row("later than the target", "s", [tracking.lag_s]),
        *estimate_row("error in time (delay taken out)", "N", [tracking.error_in_time_n]),
        *estimate_row("rise, a tenth to nine tenths", "s", [tracking.rise_s]),
        *estimate_row("relaxation, the same", "s", [tracking.relaxation_s]),
        *estimate_row("stiffness of the posture", "N/°", [target.stiffness_n_deg]),
        *estimate_row(f"{target.posture.replace('_', ' ')}{band}", "%", _percents([kept.inside if kept else None])),
    ]
    said = [*tracking.reasons, *([target.reason] if target.reason else [])]
    return f"{title}{side_by_side(column_heads([target.channel]), rows)}{listed(said)}"


def _band_texts(found: "FootBandResult") -> list[str]:
    name = f"feet in {found.low_n:g} to {found.high_n:g} N"
    lines: list[str] = []
    for one in found.per_rep:
        if one.band is None:
            lines.append(f"{name}, rep {rep_number(one.rep)}: not resolvable: {one.reason}")
            continue
        inside, variation = estimate_text(percents(one.band.inside)), estimate_text(percents(one.band.variation))
        even = f"variation {variation}: {_STEADY[one.band.steady]}"
        lines.append(f"{name}, rep {rep_number(one.rep)}: {inside} of the time; {even}")
    return lines


def _bands(forces: "ForcesResult") -> str:
    found = forces.foot_band
    if found is None:
        return ""
    said = [f"Rep {rep_number(one.rep)}: not resolvable: {one.reason}" for one in found.per_rep if one.band is None]
    doubted = [(one.rep, one.band) for one in found.per_rep if one.band is not None and one.band.steady != "ok"]
    said += [f"Rep {rep_number(rep)}: {band.reason}" for rep, band in doubted if band.reason]
    told = [(one.rep, one.band) for one in found.per_rep if one.band is not None]
    bands = [band for _, band in told]
    rows = [
        *estimate_row("time inside the band", "%", _percents([band.inside for band in bands])),
        *estimate_row("mean", "N", [band.mean_n for band in bands]),
        *estimate_row("mean, share of body weight", "%", _percents([band.mean_share for band in bands])),
        *estimate_row("variation (SD over mean)", "%", _percents([band.variation for band in bands])),
        row("even (variation up to 10 %)", "", [_STEADY[band.steady] for band in bands]),
    ]
    heads = column_heads([f"Rep {rep_number(rep)}" for rep, _ in told])
    table = side_by_side(heads, rows) if told else ""
    return f"<h3>Feet in the band of {found.low_n:g} to {found.high_n:g} N</h3>{table}{listed(said)}"
