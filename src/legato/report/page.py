"""The report as one self-contained page: no outside host, no network, one file that opens from a disk or an e-mail."""

import json
from collections.abc import Mapping
from functools import cache
from html import escape
from importlib.resources import files
from math import isfinite
from pathlib import PurePath
from string import Template
from typing import TYPE_CHECKING

import numpy as np

from legato.report.bar import bar_html
from legato.report.bodiless import bodiless, marked_fact, recorded_fact
from legato.report.coordination import coordination_html
from legato.report.corrections import correction_count
from legato.report.curves import angle_charts, trial_charts
from legato.report.drive import drive_html
from legato.report.emg_only import emg_rates, only_emg
from legato.report.fault_lines import opening, title_lines
from legato.report.fault_words import faults_told
from legato.report.faults import fault_pill, faults_html
from legato.report.force_words import cut_jumps_fact, jumps_sentence, plates_fact
from legato.report.forces import forces_html
from legato.report.gains import gains_html
from legato.report.gap_cards import gap_cards, pill
from legato.report.holds import rep_noun
from legato.report.lanes import Lanes, line_up
from legato.report.moments import moments_html, moments_told
from legato.report.muscle_lanes import lane_muscles
from legato.report.muscle_words import lag_sentence, leading_lag, leading_lags
from legato.report.muscles import muscles_html
from legato.report.notices import notices, time_zero
from legato.report.power import power_html
from legato.report.rates import link_rates
from legato.report.replay import replay_data
from legato.report.sections import methods, quality, rep_table
from legato.report.sequence import order_html, transfer_html
from legato.report.side_words import side_sentences
from legato.report.summary import movement_origin
from legato.report.themes import themes_html
from legato.report.tied import tied
from legato.report.timeline import timeline
from legato.report.whole_body import whole_body_html
from legato.report.words import plural

if TYPE_CHECKING:
    from legato.analysis import Analysis
    from legato.chain.model import GapResult


def report_html(analysis: "Analysis") -> str:
    """The whole page as text."""
    return report_page(analysis, report_pieces(analysis))


def report_page(analysis: "Analysis", pieces: Mapping[str, str]) -> str:
    """The whole page, of the pieces that `report_pieces` made."""
    data = replay_data(analysis)
    if "references" in pieces:
        data["references"] = json.loads(pieces["references"])
    return Template(_asset("report.html")).substitute(
        pieces, css=_asset("report.css"), script=_asset("report.js"), data=_embedded(data)
    )


def report_pieces(analysis: "Analysis") -> dict[str, str]:
    """What the page is made of, by name: HTML of its sections, escaped, and `references`, the JSON of each rep's time 0
    on the lanes, where there are lanes.
    """
    first, second, fault = opening(analysis)
    chain = analysis.chain
    lanes = line_up(analysis)
    gains = gains_html(analysis)
    references: dict[str, str] = {}
    if (chain is not None and chain.links) or lane_muscles(analysis):
        found = {str(rep): round(time, 4) for rep, time in lanes.references.items() if isfinite(time)}
        references["references"] = json.dumps(found)
    names = [PurePath(file.path).name for file in analysis.recording.inputs]
    primary = None if chain is None else chain.primary
    return references | {
        "title": escape(f"{analysis.movement.name}: {', '.join(names) or 'recording'}"),
        "files": escape(", ".join(names)),
        "headline": tied(first),
        "kind": "emg" if bodiless(analysis) else "motion",
        "verdict": fault_pill(fault) if fault is not None else _verdict(analysis, primary),
        "found": "".join(f'<p class="named">{tied(line)}</p>' for line in title_lines(analysis)),
        "sure": tied(" ".join([*([] if fault is None else side_sentences(fault)[:1]), second])),
        "also": _also(analysis) + _notices(analysis),
        "facts": _facts(analysis),
        "nav": _nav(analysis),
        "first": "chain" if _has_timeline(analysis) else _first_measured(analysis) if bodiless(analysis) else "angles",
        "findings": faults_html(analysis),
        "chain": _chain(analysis, lanes),
        "muscles": muscles_html(analysis, lanes),
        "transfer": "" if bodiless(analysis) else transfer_html(chain),
        "replay": "" if bodiless(analysis) else _replay(_stage() if _any_point(analysis) else _no_stage()),
        "forces": forces_html(analysis),
        "moments": moments_html(analysis),
        "power": power_html(analysis) + ("" if analysis.power is None else gains),
        "trunk": whole_body_html(analysis),
        # Without power a table of parts is all there is to it, which leads no page.
        "bar": bar_html(analysis) + (gains if analysis.power is None else ""),
        "reps": f"<h2>{rep_noun(analysis).capitalize()}s</h2>{rep_table(analysis)}",
        "coordination": "" if bodiless(analysis) else coordination_html(analysis),
        "angles": "" if bodiless(analysis) else _angles(analysis),
        "quality": quality(analysis),
        "methods": methods(analysis),
        "version": escape(analysis.version),
    }


def _any_point(analysis: "Analysis") -> bool:
    return any(bool(np.isfinite(xyz).any()) for xyz in analysis.body.points.values())


def _verdict(analysis: "Analysis", primary: "GapResult | None") -> str:
    """The verdict that the headline is about."""
    told = primary is not None and not bodiless(analysis) and leading_lag(analysis) is None
    return pill(primary) if primary is not None and told else ""


def _nav(analysis: "Analysis") -> str:
    reps = f"{rep_noun(analysis).capitalize()}s"
    sections = {"chain": "Chain", "muscles": "Muscles", "replay": "Replay", "angles": "Angles", "reps": reps}
    if faults_told(analysis):
        sections = {"findings": "Findings"} | sections
    if analysis.forces is not None:
        sections["forces"] = "Forces"
    if moments_told(analysis):
        sections["moments"] = "Moments"
    if analysis.power is not None:
        sections["power"] = "Power"
    if analysis.whole_body is not None or analysis.settings.research:
        sections["trunk"] = "Trunk"
    if analysis.bar is not None and analysis.bar.reps:
        sections["bar"] = "Bar"
    sections["quality"] = "Quality"
    if not _has_timeline(analysis):
        del sections["chain"]
    elif only_emg(analysis):
        sections["chain"] = "Timeline"
    if bodiless(analysis):
        del sections["replay"], sections["angles"]
    if analysis.muscles is None or not analysis.muscles.muscles:
        del sections["muscles"]
    links = "".join(f'<a href="#{name}">{title}</a>' for name, title in sections.items())
    return f'{links}<a href="#methods">Methods</a>'


def _first_measured(analysis: "Analysis") -> str:
    """The first section below the finding where neither a timeline nor angles are shown."""
    return "forces" if analysis.forces is not None else "reps" if analysis.bar is None else "bar"


def _has_timeline(analysis: "Analysis") -> bool:
    return bool((analysis.movement.chain and not bodiless(analysis)) or lane_muscles(analysis))


def _chain(analysis: "Analysis", lanes: Lanes) -> str:
    """The section on the chain; a movement without one has the lanes of its muscles only, or none."""
    if not _has_timeline(analysis):
        return ""
    drawn = timeline(analysis, lanes, link_rates(analysis))
    if not analysis.movement.chain or only_emg(analysis):
        return f'<section id="chain"><h2>Timeline</h2>{drawn}</section>'
    return (
        f'<section id="chain">{themes_html(analysis)}<h2>Chain timeline</h2>{drawn}'
        f"<h2>Gaps between links</h2>{gap_cards(analysis)}{drive_html(analysis)}{order_html(analysis)}</section>"
    )


def _also(analysis: "Analysis") -> str:
    """How high a jump went, and the lag that is placed against a window, where the headline is about the chain."""
    said = [jumps_sentence(analysis)]
    if leading_lag(analysis) is None:
        said += [lag_sentence(analysis, lag) for lag in leading_lags(analysis)[:1]]
    return "".join(f'<p class="sure">{tied(text)}</p>' for text in said if text)


def _facts(analysis: "Analysis") -> str:
    complete = sum(1 for rep in analysis.reps if rep.complete)
    partial = len(analysis.reps) - complete
    noun = rep_noun(analysis)
    facts = [
        ("Movement", f"{analysis.movement.name} ({movement_origin(analysis)})"),
        (
            f"{noun.capitalize()}s",
            cut_jumps_fact(analysis)
            or plural(complete, noun if noun == "hold" else f"whole {noun}")
            + (f", {partial} incomplete" if partial else ""),
        ),
        ("Recording", recorded_fact(analysis)),
    ]
    if marked := marked_fact(analysis):
        facts[1] = (facts[1][0], marked)
    if analysis.corrections:
        facts.append(("Corrected by hand", correction_count(analysis.corrections)))
    if not bodiless(analysis):
        facts.append(("Markers", analysis.body.marker_set or "none"))
    if (plates := plates_fact(analysis)) is not None:
        facts.append(("Plates", plates))
    if zero := time_zero(analysis):
        facts.append(("Time 0", zero))
    if analysis.muscles is not None and analysis.muscles.muscles:
        heard, usable = len(analysis.muscles.muscles), len(analysis.muscles.usable)
        counted = plural(heard, "channel") + ("" if usable == heard else f", {heard - usable} refused")
        facts.append(("EMG", counted if only_emg(analysis) else f"{counted}, {emg_rates(analysis)}"))
    return "".join(f"<div><dt>{name}</dt><dd>{escape(value)}</dd></div>" for name, value in facts)


def _notices(analysis: "Analysis") -> str:
    return "".join(f'<p class="sure">{tied(text)}</p>' for text in notices(analysis))


def _replay(stage: str) -> str:
    """The replay in a column of its own: what sticks ends with its parent, or it would lie over the sections below."""
    title = '<h2 id="replay-title">Replay</h2>'
    return f'<div class="beside"><aside id="replay" aria-labelledby="replay-title">{title}{stage}</aside></div>'


def _angles(analysis: "Analysis") -> str:
    trial = trial_charts(analysis)
    over_trial = f"<h2>Angles over the trial</h2>{trial}" if trial else ""
    over_rep = f"<h2>Angles over the {rep_noun(analysis)}</h2>{angle_charts(analysis)}"
    return f'<section id="angles">{over_rep}{over_trial}</section>'


@cache
def _asset(name: str) -> str:
    return files("legato.report").joinpath("assets", name).read_text(encoding="utf-8")


def _embedded(data: Mapping[str, object]) -> str:
    """JSON that cannot end its script element."""
    text = json.dumps(data, allow_nan=False, separators=(",", ":"), ensure_ascii=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _stage() -> str:
    return _asset("stage.html")


def _no_stage() -> str:
    return '<p class="none">There is no skeleton to replay: the recording holds no points.</p>'
