"""The report's section on the bar: velocity of each repetition, how it falls, and its line over load."""

from collections.abc import Sequence
from html import escape
from math import isnan
from typing import TYPE_CHECKING

import numpy as np

from legato.bar.model import BarResult, LoadVelocityProfile, VelocityLoss
from legato.report.bar_task import braking_never_sets_in, loss_sentence, stop_sentence, task_sentences
from legato.report.charts import Axis, curve, horizontal_labels
from legato.report.interval_charts import column, figure, limit, mark, reps_below, whisker
from legato.report.words import decimals_for, estimate_text, percent, plural, rep_number, sentence

if TYPE_CHECKING:
    from legato.analysis import Analysis
    from legato.estimate import Estimate

_SOURCES = {
    "imu": "an inertial sensor on the bar",
    "markers": "markers on the bar",
    "hand-markers": "markers on the hands",
    "keypoints": "a track in the video",
    "transducer": "a linear transducer",
    "rep-table": "another program's table",
}


def only_bar(analysis: "Analysis") -> bool:
    """Whether the recording holds a bar and nothing that shows how the body moved."""
    return analysis.body.source == "bar"


def untimed(analysis: "Analysis") -> bool:
    """Whether the repetitions come from a list that does not say when they were."""
    return bool(analysis.reps) and all(isnan(rep.start_s) for rep in analysis.reps)


def bar_headline(analysis: "Analysis") -> str:
    """The first two lines where there is a bar alone."""
    bar = analysis.bar
    second = "A bar alone shows no joint, so how the body moved is not judged."
    if bar is None or not bar.reps:
        return f"{plural(len(analysis.reps), 'rep')} of {analysis.movement.name.lower()} found.\n{second}"
    measured = [rep for rep in bar.reps if not rep.reason]
    first = f"{plural(len(measured), 'rep')} of {analysis.movement.name.lower()} measured"
    if len(measured) < len(bar.reps):
        first = f"{len(measured)} of {plural(len(bar.reps), 'rep')} of {analysis.movement.name.lower()} measured"
    if bar.loss is not None:
        stop = stop_sentence(bar.loss)
        fell = loss_sentence(bar.loss, bar)
        first += f"; {stop or fell}"
        second = f"{sentence(fell)} {second}" if stop else second
    elif bar.profile is not None and bar.profile.one_rm is not None:
        first += f"; {maximum_text(bar.profile.one_rm)}"
    return f"{first}.\n{second}"


def bar_html(analysis: "Analysis") -> str:
    """The section; empty where the recording holds no bar."""
    bar = analysis.bar
    if bar is None or not bar.reps:
        return ""
    level = percent(analysis.settings.level)
    parts = [f"<h2>Bar</h2><p class=note>Velocity from {_SOURCES[bar.source]}; bars are {level} intervals.</p>"]
    parts.append("".join(f"<p>{escape(sentence(text))}</p>" for text in _answers(analysis, bar)))
    charts = _velocities(bar) + _losses(bar.loss) + profile_chart(bar.profile)
    if charts:
        parts.append(f'<div class="multiples">{charts}</div>')
    parts.append(_table(bar))
    braked = ""
    if braking_never_sets_in(bar):
        braked = "no rep is braked harder than by gravity, so mean propulsive velocity is the mean velocity"
    said = [bar.loss_reason, *task_sentences(bar), braked, *_profile_said(bar), *bar.notes]
    listed = "".join(f"<li>{escape(sentence(text))}</li>" for text in said if text)
    parts.append(f"<ul class=note>{listed}</ul>" if listed else "")
    return f'<section id="bar">{"".join(parts)}</section>'


def bar_lines(analysis: "Analysis") -> list[str]:
    """The bar as lines for a terminal."""
    bar = analysis.bar
    if bar is None or not bar.reps:
        return []
    measured = [rep for rep in bar.reps if not rep.reason]
    lines = _answers(analysis, bar)
    lines.append(f"velocity from {_SOURCES[bar.source]}, {plural(len(bar.reps), 'rep')}")
    for rep in measured:
        shown = [
            f"{name} {estimate_text(value)}"
            for name, value in (
                ("mean velocity", rep.mean_velocity),
                ("peak velocity", rep.peak_velocity),
                ("mean power", rep.mean_power),
            )
            if value is not None
        ]
        tempo = f", tempo {rep.tempo.code}" if rep.tempo is not None else ""
        lines.append(f"{rep_number(rep.rep)}  {', '.join(shown)}{tempo}")
    lines += [f"{rep_number(rep.rep)}  not measured: {rep.reason}" for rep in bar.reps if rep.reason]
    if bar.loss is None and len(measured) > 1:
        lines.append(f"no velocity loss: {bar.loss_reason}")
    lines += task_sentences(bar)
    lines += [note for note in bar.notes if note.startswith("set ")]
    if bar.profile is not None and bar.profile.one_rm is not None:
        lines.append(f"{maximum_text(bar.profile.one_rm)} at {bar.profile.v1rm:.2g} m/s")
    return lines


def _answers(analysis: "Analysis", bar: BarResult) -> list[str]:
    """When to stop and what was lost; nothing where the headline has said so."""
    if bar.loss is None or only_bar(analysis):
        return []
    return [text for text in (stop_sentence(bar.loss), loss_sentence(bar.loss, bar)) if text]


def _velocities(bar: BarResult) -> str:
    """Mean and peak velocity of each repetition with their intervals."""
    told = [(r, r.mean_velocity, r.peak_velocity) for r in bar.reps]
    known = [e for _, mean, peak in told for e in (mean, peak) if e is not None]
    if not known:
        return ""
    up = Axis.around([0.0, *(e.high for e in known)])
    up = Axis(0.0, up.high)
    across = Axis(-0.5, len(told) - 0.5)
    marks = "".join(
        mark(across, up, k, value, "peak" if which else "centre")
        for k, (_, *both) in enumerate(told)
        for which, value in enumerate(both)
        if value is not None
    )
    labels = reps_below(across, [r.rep for r in bar.reps])
    return figure("Velocity of each rep", "square: mean, dot: peak", up, " m/s", marks, labels)


def _losses(loss: VelocityLoss | None) -> str:
    """How much slower than the fastest each repetition is, as columns."""
    if loss is None:
        return ""
    across = Axis(-0.5, len(loss.per_rep) - 0.5)
    highest = max(5.0, *(e.high for _, e in loss.per_rep), loss.at_loss_pct or 0.0)
    lowest = min(0.0, *(e.low for _, e in loss.per_rep))
    up = Axis(1.08 * lowest, 1.08 * highest)
    columns = ""
    for k, (rep, lost) in enumerate(loss.per_rep):
        if rep == loss.fastest:
            continue
        columns += column(across, up, k, lost.value) + whisker(across, up, k, lost)
    if loss.at_loss_pct is not None:
        columns += limit(up, loss.at_loss_pct)
    labels = reps_below(across, [rep for rep, _ in loss.per_rep])
    return figure("Velocity loss", "against the fastest rep", up, " %", columns, labels)


def maximum_text(one_rm: "Estimate") -> str:
    """What the line predicts, with its interval."""
    return f"predicted maximum {estimate_text(one_rm)}"


def profile_chart(profile: LoadVelocityProfile | None) -> str:
    """Velocity over load, the line through it, and the maximum that it predicts."""
    if profile is None:
        return ""
    loads = [load for load, _ in profile.points]
    ends = [*loads, *([] if profile.one_rm is None else [profile.one_rm.low, profile.one_rm.high])]
    across, up = Axis.around(ends, pad=0.08), Axis(0.0, 1.1 * max(v for _, v in profile.points))
    x = np.array([across.low, across.high])
    line = curve(x, profile.intercept + profile.slope * x, across, up, "bold")
    marks = "".join(
        f'<i class="pt centre" style="left:{across.percent(load)};top:{100.0 * (1.0 - up.share(v)):.2f}%"></i>'
        for load, v in profile.points
    )
    if profile.one_rm is not None:
        one = profile.one_rm
        top = 100.0 * (1.0 - up.share(profile.v1rm))
        width = 100.0 * (one.high - one.low) / (across.high - across.low)
        marks += (
            f'<i class="ci dot" style="left:{across.percent(one.low)};width:{width:.2f}%;top:{top:.2f}%"></i>'
            f'<i class="pt peak" style="left:{across.percent(one.value)};top:{top:.2f}%"'
            f' title="predicted maximum {escape(estimate_text(one))}"></i>'
        )
    return figure(
        "Velocity over load",
        "the fastest rep at each load"
        if profile.one_rm is None
        else f"dot: {maximum_text(profile.one_rm)}".replace(" ± ", "\u00a0±\u00a0").replace(" kg", "\u00a0kg"),
        up,
        " m/s",
        marks,
        horizontal_labels(across, "kg", about=4),
        line,
    )


def _column_texts(values: "Sequence[Estimate | None]") -> list[str]:
    """Estimates of a column, all with the decimals that the middle one of their intervals deserves."""
    decimals = sorted(decimals_for(e.half_width, e.unit) for e in values if e is not None)
    middle = decimals[(len(decimals) - 1) // 2]
    return [estimate_text(e, with_unit=False, decimals=middle) for e in values]


def _table(bar: BarResult) -> str:
    reps, loss = bar.reps, bar.loss
    # The fastest is what the others are held against.
    lost = {} if loss is None else {rep: value for rep, value in loss.per_rep if rep != loss.fastest}
    propulsive = [None if braking_never_sets_in(bar) else r.mean_propulsive_velocity for r in reps]
    columns: list[tuple[str, list[str]]] = []
    for title, values in (
        ("Mean m/s", [r.mean_velocity for r in reps]),
        ("Propulsive m/s", propulsive),
        ("Peak m/s", [r.peak_velocity for r in reps]),
        ("Loss %", [lost.get(r.rep) for r in reps]),
        ("Range m", [r.range for r in reps]),
        ("Mean power W", [r.mean_power for r in reps]),
        ("Peak power W", [r.peak_power for r in reps]),
    ):
        if any(value is not None for value in values):
            columns.append((title, _column_texts(values)))
    if any(r.tempo is not None for r in reps):
        columns.append(("Tempo", ["—" if r.tempo is None else r.tempo.code for r in reps]))
    if any(r.load_kg is not None for r in reps):
        columns.append(("Load kg", ["—" if r.load_kg is None else f"{r.load_kg:g}" for r in reps]))
    head = "".join(f"<th>{title}</th>" for title, _ in columns)
    rows = ""
    for k, rep in enumerate(reps):
        cells = "".join(f"<td>{escape(texts[k])}</td>" for _, texts in columns)
        why = f'<td class="why">{escape(rep.reason)}</td>' if any(r.reason for r in reps) else ""
        rows += f"<tr><th scope=row>{rep_number(rep.rep)}</th>{cells}{why}</tr>"
    extra = "<td></td>" if any(r.reason for r in reps) else ""
    return (
        f'<div class="scroll wide narrow"><table><thead><tr><th>Rep</th>{head}{extra}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _profile_said(bar: BarResult) -> list[str]:
    if bar.profile is None:
        return [bar.profile_reason] if any(rep.load_kg is not None for rep in bar.reps) else []
    if bar.profile.one_rm is None:
        return [bar.profile.reason]
    return [f"{maximum_text(bar.profile.one_rm)} at {bar.profile.v1rm:.2g} m/s ({bar.profile.v1rm_source})"]
