"""The report's section on force plates: curves, how the feet share the load, jumps, and how fast pulls rise."""

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from legato.estimate import Estimate
from legato.report.charts import Axis
from legato.report.force_curves import jump_charts, pull_charts, share_chart, whole_chart
from legato.report.force_tasks import tasks_html
from legato.report.force_words import (
    contraction,
    force_notes,
    height_text,
    no_jumps_text,
    plate_name,
    plate_notes,
    share_text,
    strength_name,
)
from legato.report.interval_charts import figure, labels_below, limit, mark, reps_below
from legato.report.jump_feet import feet_rows, feet_text, share_rows, untold_shares
from legato.report.jump_words import HEIGHTS, set_text
from legato.report.side_by_side import column_heads, estimate_row, listed, row, side_by_side
from legato.report.words import estimate_text, number, percent, rep_number, row_texts, sentence

if TYPE_CHECKING:
    from legato.analysis import Analysis
    from legato.forces.analyse import ForcesResult
    from legato.forces.model import Plate
    from legato.forces.rfd import BestTries, ForceRise


def forces_html(analysis: "Analysis") -> str:
    """The section; empty where the recording holds no plate."""
    forces = analysis.forces
    if forces is None:
        return ""
    level = percent(analysis.settings.level)
    note = f"Force on the person, each plate's reading while empty taken off; ± and ranges are {level} intervals."
    parts = [f"<h2>Forces</h2><p class=note>{note}</p>", whole_chart(analysis, forces), _table_of_plates(forces)]
    parts += [_jumps(analysis, forces), _pulls(forces), tasks_html(forces), _share(analysis, forces)]
    said = [*plate_notes(forces), *force_notes(analysis)]
    parts.append(listed(said))
    return f'<section id="forces">{"".join(parts)}</section>'


def _jumps(analysis: "Analysis", forces: "ForcesResult") -> str:
    found = () if forces.jumps is None else forces.jumps.jumps
    said = [f"Jump {k}: {text}" for k, jump in enumerate(found, start=1) if (text := feet_text(jump))]
    said += [
        f"Jump {k}: {reason}"
        for k, jump in enumerate(found, start=1)
        for reason in (*jump.reasons, *untold_shares(jump))
    ]
    said += no_jumps_text(forces)
    rebounds = _table_of_rebounds(forces)
    if not found and not said and not rebounds:
        return ""
    said = [set_text(found), HEIGHTS, *said] if found else said
    told = listed([text for text in said if text])
    table = _table_of_jumps(forces) if found else ""
    return f"<h3>Jumps</h3>{jump_charts(analysis, forces)}{table}{rebounds}{told}"


def _table_of_rebounds(forces: "ForcesResult") -> str:
    """Contacts and flights of a series side by side; empty where there is none."""
    rebounds = () if forces.jumps is None else forces.jumps.rebounds
    if not rebounds:
        return ""
    rows = [
        *estimate_row("contact", "s", [one.contact_time_s for one in rebounds]),
        *estimate_row("flight", "s", [one.flight_time_s for one in rebounds]),
        row("height by flight", "m", [height_text(one.height_flight_m, with_unit=False) for one in rebounds]),
        *estimate_row("drop height", "m", [one.drop_height_m for one in rebounds]),
        *estimate_row("RSI (height by flight / contact)", "m/s", [one.reactive_strength_m_s for one in rebounds]),
    ]
    return side_by_side(column_heads([f"Rebound {k}" for k in range(1, len(rebounds) + 1)]), rows)


def _table_of_jumps(forces: "ForcesResult") -> str:
    """Jumps side by side: heights, times, forces, each with its interval."""
    jumps = () if forces.jumps is None else forces.jumps.jumps
    head = "".join(
        f'<th scope="col">Jump {k}<small>{"kind not told" if jump.kind == "unknown" else jump.kind}</small></th>'
        for k, jump in enumerate(jumps, start=1)
    )
    rows = [
        row("height by impulse", "m", [height_text(jump.height_impulse_m, with_unit=False) for jump in jumps]),
        row("height by flight", "m", [height_text(jump.height_flight_m, with_unit=False) for jump in jumps]),
        *estimate_row("take-off speed by impulse", "m/s", [jump.take_off_speed_m_s for jump in jumps]),
        *estimate_row("depth of the countermovement", "m", [jump.depth_m for jump in jumps]),
        *estimate_row("contraction (onset to take-off)", "s", [contraction(jump) for jump in jumps]),
        *estimate_row("contact", "s", [jump.contact_time_s for jump in jumps]),
    ]
    names = dict.fromkeys(phase.name for jump in jumps for phase in jump.phases)
    order = [name for name in ("unweighting", "braking", "propulsion", "flight", "landing") if name in names]
    for name in order:
        spans = [next((p for p in jump.phases if p.name == name), None) for jump in jumps]
        rows += estimate_row(name, "s", [None if p is None else p.end_s.minus(p.start_s) for p in spans])
    for strength in ("RSI modified", "RSI"):
        over = "height by flight / contraction" if strength == "RSI modified" else "height by flight / contact"
        of_kind = [jump.reactive_strength_m_s if strength_name(jump) == strength else None for jump in jumps]
        rows += estimate_row(f"{strength} ({over})", "m/s", of_kind)
    rows += [
        *estimate_row("drop height", "m", [jump.drop_height_m for jump in jumps]),
        *estimate_row("peak power", "W", [jump.peak_power_w for jump in jumps]),
        *estimate_row("peak power over mass", "W/kg", [jump.peak_power_w_kg for jump in jumps]),
        *estimate_row("mean power", "W", [jump.mean_power_w for jump in jumps]),
        *estimate_row("mean power over mass", "W/kg", [jump.mean_power_w_kg for jump in jumps]),
        *estimate_row("highest force before take-off", "N", [jump.peak_force_n for jump in jumps]),
        *feet_rows(jumps, 0.0 if forces.total is None else forces.total.start_s),
        *share_rows(jumps),
        *estimate_row("landing peak", "N", [jump.landing_peak_n for jump in jumps]),
        *estimate_row("landing peak after", "s", [jump.landing_peak_after_s for jump in jumps]),
        *estimate_row("weight", "N", [jump.weight_n for jump in jumps]),
        row("weight from", "", [jump.weight_from or "—" for jump in jumps]),
    ]
    return side_by_side(head, rows)


def _pulls(forces: "ForcesResult") -> str:
    if not forces.rises:
        return ""
    said = [f"Pull {rep_number(r.rep)}: {reason}" for r in forces.rises if r.rise for reason in r.rise.reasons]
    said += [f"Pull {rep_number(r.rep)}: not resolvable: {r.reason}" for r in forces.rises if r.rise is None]
    told = listed(said)
    columns: list[tuple[str, ForceRise | BestTries]] = [
        (f"Pull {rep_number(r.rep)}", r.rise) for r in forces.rises if r.rise is not None
    ]
    if forces.best is not None:
        columns.append((f"Best {len(forces.best.kept)}, mean", forces.best))
    if not columns:
        return f"<h3>How fast the force rises</h3>{told}"
    charts = f'<div class="multiples">{_rises_chart(columns)}{pull_charts(forces)}</div>'
    return f"<h3>How fast the force rises</h3>{charts}{_table_of_pulls(columns)}{told}"


def _windows(columns: "Sequence[tuple[str, ForceRise | BestTries]]") -> list[tuple[float, float]]:
    return list(dict.fromkeys((w.start_s, w.end_s) for _, told in columns for w in told.windows))


def _rate(told: "ForceRise | BestTries", window: tuple[float, float] | None) -> Estimate | None:
    """Rate in that window, or the steepest one."""
    if window is None:
        return told.peak_rate_n_s
    return next((w.rate_n_s for w in told.windows if (w.start_s, w.end_s) == window), None)


def _window_name(window: tuple[float, float] | None) -> str:
    return "steepest" if window is None else f"{1000 * window[0]:.0f}\u2013{1000 * window[1]:.0f}"


def _rises_chart(columns: "Sequence[tuple[str, ForceRise | BestTries]]") -> str:
    """The rate in each window, a mark a pull; the mean of the best as a square."""
    windows = [*_windows(columns), None]
    told = [
        (
            k + 0.7 * ((j + 0.5) / len(columns) - 0.5),
            rate.scaled(0.001, "kN/s"),
            "centre" if name.startswith("Best") else "peak",
        )
        for k, window in enumerate(windows)
        for j, (name, rises) in enumerate(columns)
        if (rate := _rate(rises, window)) is not None
    ]
    up = Axis.around([0.0, *(rate.high for _, rate, _ in told), *(rate.low for _, rate, _ in told)])
    across = Axis(-0.5, len(windows) - 0.5)
    marks = "".join(mark(across, up, at, rate, kind) for at, rate, kind in told)
    names = labels_below(across, [_window_name(window) for window in windows])
    small = "ms after the onset; steepest: 20 ms"
    small += "; square: mean of the best" if columns[-1][0].startswith("Best") else ""
    return figure("Rate of force development", small, up, " kN/s", marks, names)


def _of_try(told: "ForceRise | BestTries", name: str) -> Estimate | None:
    """What one try has and a mean of tries has not."""
    return getattr(told, name, None)


def _table_of_pulls(columns: "Sequence[tuple[str, ForceRise | BestTries]]") -> str:
    head = column_heads([name for name, _ in columns])
    rows = [
        row("peak above the stand", "N", row_texts([told.peak_force_n for _, told in columns])),
        *estimate_row("peak with the weight", "N", [_of_try(told, "peak_gross_n") for _, told in columns]),
        *estimate_row("peak above the stand, over mass", "N/kg", [_of_try(t, "peak_force_n_kg") for _, t in columns]),
    ]
    for after in dict.fromkeys(at for _, told in columns for at, _ in getattr(told, "forces_n", ())):
        found = [dict(getattr(told, "forces_n", ())).get(after) for _, told in columns]
        rows += estimate_row(f"above the stand {1000 * after:.0f} ms after the onset", "N", found)
    windows = _windows(columns)
    for window in [*windows, None]:
        name = "steepest 20 ms" if window is None else f"rise {_window_name(window)} ms"
        rows.append(row(name, "N/s", row_texts([_rate(told, window) for _, told in columns])))
    for window in windows:
        found = [next((w for w in told.windows if (w.start_s, w.end_s) == window), None) for _, told in columns]
        impulses = [None if w is None else w.impulse_n_s for w in found]
        rows.append(row(f"impulse {_window_name(window)} ms", "N·s", row_texts(impulses)))
    return side_by_side(head, rows)


def _share(analysis: "Analysis", forces: "ForcesResult") -> str:
    if forces.total is None:
        return ""
    share = forces.load_share
    known = [(rep.rep, rep.left) for rep in share.per_rep if rep.left is not None]
    charts = share_chart(analysis, forces)
    if len(known) > 1:
        percents = [left.scaled(100.0, "%") for _, left in known]
        up = Axis.around([*(p.low for p in percents), *(p.high for p in percents), 45.0, 55.0])
        across = Axis(-0.5, len(known) - 0.5)
        marks = limit(up, 50.0) + "".join(mark(across, up, k, value, "peak") for k, value in enumerate(percents))
        below = reps_below(across, [rep for rep, _ in known])
        charts += figure("Load on the left foot", "of each rep; dashed: half", up, " %", marks, below)
    table = _table_of_shares(known) if known else ""
    refused = [
        f"Rep {rep_number(rep.rep)}: {rep.reason}"
        for rep in share.per_rep
        if rep.left is None and rep.reason != share.reason
    ]
    multiples = f'<div class="multiples">{charts}</div>{table}' if charts else ""
    return f"<h3>Load share</h3><p>{escape(sentence(share_text(forces)))}</p>{multiples}{listed(refused)}"


def _table_of_shares(known: "Sequence[tuple[int, Estimate]]") -> str:
    left = [share.scaled(100.0, "%") for _, share in known]
    right = [share.scaled(-1.0).shifted(100.0) for share in left]
    rows = [row("Left foot", "%", row_texts(left)), row("Right foot", "%", row_texts(right))]
    table = side_by_side(column_heads([f"Rep {rep_number(rep)}" for rep, _ in known]), rows)
    return f"<details><summary>Table: share of the load in each rep</summary>{table}</details>"


def _table_of_plates(forces: "ForcesResult") -> str:
    """The plates: who stood on them and for how long, what they read while empty; empty where none could be read."""
    if not forces.plates:
        return ""
    rows = "".join(
        f"<tr><th scope=row>{escape(plate_name(forces, plate.index))}</th>"
        f"<td>{f'type {plate.plate_type}' if plate.plate_type else 'table'}</td><td>{plate.rate_hz:g}</td>"
        f"<td>{plate.loaded.sum() / plate.rate_hz:.2f}</td><td>{escape(_zero(plate))}</td></tr>"
        for plate in forces.plates
    )
    head = "<tr><th>Plate</th><th>Kind</th><th>Hz</th><th>Loaded s</th><th>Reads while empty</th></tr>"
    table = f"<div class=scroll><table><thead>{head}</thead><tbody>{rows}</tbody></table></div>"
    return f"<details><summary>Table: plates</summary>{table}</details>"


def _zero(plate: "Plate") -> str:
    """What the plate reads while it is empty, and how sure that is."""
    zero = plate.zero
    if not zero.source:
        return "not known"
    drift = Estimate.symmetric(float(zero.offset_n[2]), 1.645 * zero.error_n, "N")
    said = number(drift.value, 1) + " N" if zero.error_n < 0.01 else estimate_text(drift)
    return f"{said}, noise {number(zero.noise_n, 1)} N (SD)"
