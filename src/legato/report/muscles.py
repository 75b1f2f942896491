"""The report's section on muscles: lags between them, the envelope of each with its bursts, and what was refused."""

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from legato.muscles.normalise import METHODS, PEAK_WINDOW_S
from legato.report.alike import told_once
from legato.report.claim_words import claims_html
from legato.report.emg_only import unmarked
from legato.report.holds import rep_noun
from legato.report.lanes import Lanes
from legato.report.muscle_charts import envelope_charts
from legato.report.muscle_lags import lag_cards
from legato.report.muscle_lanes import lane_muscles
from legato.report.muscle_pairs import pairs_html
from legato.report.muscle_refusals import refused_channels, silent_channels
from legato.report.muscle_tables import together_html
from legato.report.muscle_words import GRADED, muscle_windows, share_text
from legato.report.words import band_text, gap_ms, interval_ms, percent, sentence

if TYPE_CHECKING:
    from legato.analysis import Analysis


def muscles_html(analysis: "Analysis", lanes: Lanes) -> str:
    """The section; empty where the recording holds no EMG."""
    found = analysis.muscles
    if found is None or not found.muscles:
        return ""
    timing = f"<h2>Timing between muscles</h2>{lag_cards(analysis)}{pairs_html(analysis)}" if found.usable else ""
    parts = (timing, _windows(analysis), _charts(analysis, lanes), together_html(analysis), _left_out(analysis))
    return f'<section id="muscles">{"".join(parts)}</section>'


def _windows(analysis: "Analysis") -> str:
    """All windows that electrodes showed, those from a muscle to a link too, in one table."""
    rows = ""
    for window in muscle_windows(analysis):
        gap = window.gap
        if gap is None:
            continue
        mean = "—" if gap.set_s is None else f"{gap_ms(gap.set_s)} ms ({interval_ms(gap.set_s)})"
        inside = "—" if window.probability_inside is None else share_text(window.probability_inside)
        cells = (
            f"{window.from_event} → {window.to_event}, {gap.event}",
            mean,
            str(gap.n),
            band_text(window.band_s),
            window.position if gap.n else "—",
            inside,
            GRADED.get(window.grade, f"grade {window.grade}"),
        )
        shown = "".join(f"<td>{escape(cell)}</td>" for cell in cells[1:])
        rows += f"<tr><th scope=row>{escape(cells[0])}</th>{shown}</tr>"
    shares = _share_windows(analysis)
    if not rows:
        return shares
    head = "".join(
        f"<th>{name}</th>"
        for name in ("Window", "Set", f"{rep_noun(analysis).capitalize()}s", "Band", "Lies", "P(inside)", "Band is")
    )
    table = f'<div class="scroll wide"><table class="words"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
    note = f"P(inside): probability that the mean of {rep_noun(analysis)}s like these lies in the band."
    summary = "<summary>Every timing window of these muscles</summary>"
    leant_on = claims_html([window.claim for window in muscle_windows(analysis)])
    return f"<details>{summary}{table}</div><p class=note>{note}</p></details>{leant_on}{shares}"


def _share_windows(analysis: "Analysis") -> str:
    """The windows of a share that were told, each as a sentence with its interval and where it lies."""
    told = [w for w in (() if analysis.chain is None else analysis.chain.windows) if w.share is not None]
    said = [
        f"{w.from_event} → {w.to_event} ({GRADED.get(w.grade, f'grade {w.grade}')}): {sentence(w.reason)}" for w in told
    ]
    leant_on = claims_html([window.claim for window in told])
    return (
        f"<details><summary>Windows of a share of activity</summary>{_list(said)}</details>{leant_on}" if said else ""
    )


def _charts(analysis: "Analysis", lanes: Lanes) -> str:
    charts = envelope_charts(analysis, lanes)
    if not charts:
        return '<h2>Muscles</h2><p class="none">No muscle that can be used fires in this recording.</p>'
    when = f"Time from the {lanes.aligned}" if len(lanes.references) > 1 else "Time from the recording's start"
    return (
        f'<h2>When each muscle fires</h2><p class="note">Envelope (6 Hz) of each muscle. {escape(when)}. Marks below: '
        f"onset (the envelope leaves rest), centre (of its squared amplitude), peak (its top), offset (the fall ends); "
        f"bars are {percent(analysis.settings.level)} intervals.{_hatched(analysis)}"
        f"{_above_100(analysis)}</p>{charts}"
    )


def _hatched(analysis: "Analysis") -> str:
    untold = any(burst.centre is None for muscle in lane_muscles(analysis) for burst in muscle.bursts)
    return " Hatched: a burst that was found, but whose centre cannot be told." if untold else ""


def _above_100(analysis: "Analysis") -> str:
    """Why amplitudes may lie above 100 %, by what they are a share of."""
    named = {muscle.normalisation for muscle in lane_muscles(analysis)}
    said = ""
    if METHODS["task-peak"] in named and not unmarked(analysis):
        said += (
            f" 100 % is the muscle's largest {PEAK_WINDOW_S:g} s (RMS) inside the {rep_noun(analysis)}s: where it "
            "works harder outside of them, or in one that is refused, it lies above, even far."
        )
    if METHODS["task-mean"] in named:
        said += " 100 % is the muscle's mean of the task (RMS), so tops lie above."
    if {METHODS["mvic"], METHODS["sub-maximal"]} & named:
        said += " Above 100 % is more than in the reference contraction."
    return said


def _left_out(analysis: "Analysis") -> str:
    found = analysis.muscles
    if found is None:
        return ""
    listed = ""
    for title, items in (
        ("Channels refused", refused_channels(found.muscles)),
        ("Channels without a burst", silent_channels(found.muscles)),
        ("To know", list(found.notes)),
    ):
        if items:
            listed += f'<section class="block"><h3>{title}</h3>{_list(items)}</section>'
    if warnings := _warnings(analysis):
        listed += (
            f"<details><summary>What was mended or should be known of each channel</summary>{_list(warnings)}</details>"
        )
    return f'<div class="blocks">{listed}</div>' if listed else ""


def _list(items: Sequence[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(item)}</li>' for item in items)}</ul>"


def _warnings(analysis: "Analysis") -> list[str]:
    """What the gate lets pass but says, and what decided a name; once for all channels it holds of."""
    found = [
        (muscle.channel, said)
        for muscle in (() if analysis.muscles is None else analysis.muscles.usable)
        for said in (*muscle.warnings, *([muscle.naming] if muscle.naming else []))
    ]
    return [f"{', '.join(channels)}: {said}" for channels, said in told_once(found)]
