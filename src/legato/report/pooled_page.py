"""Several athletes' trials of one claim as one self-contained page: the mean, each athlete, the mean without each."""

from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files
from string import Template
from typing import Any

from legato.estimate import Estimate
from legato.report.charts import Axis, horizontal_labels
from legato.report.lanes import band_html
from legato.report.side_by_side import column_heads, listed, side_by_side
from legato.report.trial_words import ANSWERS, CSS, SIGNS, change_text, contradicted
from legato.report.words import plural, sentence

Record = Mapping[str, Any]

_ROW_PX = 26

CHOSEN = "Which trials go in is chosen after their answers are known: put in all that were begun."
"""What is said of every pooled answer."""

OWN = (
    "Each athlete's change is told here with what the order and the session before did taken out, as much in all: so it"
    " differs from the one of the trial alone, which needs no such assumption and counts for that athlete."
)
"""How an athlete's change among the others differs from that of the trial alone."""


def pooled_html(record: Record) -> str:
    """The page as text, of a record of schema `legato.pooled/1`."""
    assets = files("legato.report").joinpath("assets")
    return Template(assets.joinpath("trial.html").read_text(encoding="utf-8")).substitute(
        title=escape(_named(record)),
        css=assets.joinpath("report.css").read_text(encoding="utf-8"),
        files=escape(_named(record)),
        headline=escape(pooled_sentence(record)),
        verdict=_verdict(record),
        claim="",
        pairs=_forest(record),
        sheet=_without(record),
        sessions=_athletes(record),
        version=escape(record["legato_version"]),
    )


def pooled_sentence(record: Record) -> str:
    """What may be repeated of trials that were pooled."""
    return f"Simulated: {_sentence(record)}" if record["simulated"] else _sentence(record)


def _sentence(record: Record) -> str:
    verdict, arms = record["verdict"], record["arms"]
    who = f"{plural(verdict['n_athletes'], 'athlete')} ({plural(verdict['n_pairs'], 'pair')} in random order)"
    a, b = arms["A"].rstrip("."), arms["B"].rstrip(".")
    mean = change_text(record["mean"], relative=record["relative"], unit=record["unit"])
    if verdict["answer"] == "supports":
        way = record["better"]
        return f"In {who} {record['outcome']} was {mean.lstrip('+')} {way} on average with “{a}” than with “{b}”."
    if verdict["answer"] == "contradicts":
        end = contradicted(
            record["mean"], record["effect_of_interest"], record["better"], record["outcome"], (a, b),
            relative=record["relative"], unit=record["unit"],
        )  # fmt: skip
        return f"In {who} on average {end}"
    if verdict["answer"] == "inconclusive":
        return f"{who[0].upper()}{who[1:]} do not decide whether “{a}” changes {record['outcome']}: {mean}."
    return f"These trials cannot tell whether “{a}” changes {record['outcome']}."


def least_text(record: Record) -> str:
    """The smallest change that would matter."""
    least = record["effect_of_interest"]
    return f"{100.0 * least:g} %" if record["relative"] else f"{least:g} {record['unit']}"


def _named(record: Record) -> str:
    return f"{record['claim']} · {plural(record['verdict']['n_athletes'], 'athlete')}"


def _verdict(record: Record) -> str:
    verdict = record["verdict"]
    answer = verdict["answer"]
    pill = (
        f'<span class="pill {CSS[answer]}"><span aria-hidden="true">{SIGNS[answer]}</span>'
        f" {escape(ANSWERS[answer])}</span>"
    )
    text = _text(record)
    facts = [
        ("Mean change with A against B", text(record["mean"])),
        ("One more athlete like these", text(record["next_athlete"])),
        ("Spread between athletes (SD)", text(record["spread"]).lstrip("+")),
        ("p, two-sided", f"{verdict['p']:.3g}"),
    ]
    if verdict["carried_by"]:
        facts.append(("It hangs on", verdict["carried_by"]))
    if verdict["more_athletes"]:
        facts.append(("Still needed", f"about {plural(verdict['more_athletes'], 'athlete')} more"))
    told = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(said)}</dd></div>" for name, said in facts)
    left = [f"left out, with too few pairs: {', '.join(record['left_out'])}"] if record["left_out"] else []
    notes = listed([*verdict["notes"], *left, CHOSEN])
    return f'<p class="sure">{pill} {escape(sentence(verdict["reason"]))}</p><dl class="facts">{told}</dl>{notes}'


def _text(record: Record) -> Any:
    return lambda one: change_text(one, relative=record["relative"], unit=record["unit"])


def _shown(record: Record, one: Record) -> Estimate:
    """An estimate in per cent or the number's unit."""
    factor = 100.0 if record["relative"] else 1.0
    unit = "%" if record["relative"] else record["unit"]
    return Estimate(one["value"], one["low"], one["high"], record["level"], one["unit"]).scaled(factor, unit)


def _forest(record: Record) -> str:
    rows = [(one["athlete"], _shown(record, one["own"]), "dot") for one in record["athletes"]]
    rows.append(("mean", _shown(record, record["mean"]), "set"))
    rows.append(("one more athlete", _shown(record, record["next_athlete"]), "dot"))
    title = f"Change with A against B, {plural(len(record['athletes']), 'athlete')}"
    return (
        f'<section id="forest"><h2>{escape(title)}</h2>{_chart(record, rows, title)}'
        f'<p class="legend"><span><i class="key box"></i>{escape(least_text(record))} and more would matter</span>'
        "<span>each athlete's own change, the mean of athletes like these, and where one more would lie</span></p>"
        "</section>"
    )


def _without(record: Record) -> str:
    rows = [(f"without {one['athlete']}", _shown(record, one["mean"]), "dot") for one in record["without"]]
    rows.append(("mean of all", _shown(record, record["mean"]), "set"))
    hangs = record["verdict"]["carried_by"]
    said = (
        f"Without {hangs} the answer would be another." if hangs else "Whoever is left out, the answer stays the same."
    )
    title = "The mean without each athlete"
    chart = _chart(record, rows, title)
    return f'<section id="without"><h2>{title}</h2><p class="note">{escape(said)}</p>{chart}</section>'


def _chart(record: Record, rows: Sequence[tuple[str, Estimate, str]], label: str) -> str:
    """Named rows of estimates on one axis, with zero and what would matter."""
    factor = 100.0 if record["relative"] else 1.0
    least = factor * record["effect_of_interest"]
    across = Axis.around([0.0, least, *(end for _, one, _ in rows for end in (one.low, one.high))], pad=0.08)
    unit = "%" if record["relative"] else record["unit"]
    lanes: list[str] = []
    for name, one, kind in rows:
        low, value, high = (across.percent(end) for end in (one.low, one.value, one.high))
        width = f"calc({high} - {low})"
        text = change_text({"value": one.value, "low": one.low, "high": one.high}, relative=False, unit=unit)
        lanes.append(
            f'<div class="lane"><div class="who"><b>{escape(name)}</b><small>{escape(text)}</small></div>'
            f'<div class="area" style="height:{_ROW_PX + 18}px">{band_html((least, None), across)}'
            f'<i class="ref" style="left:{across.percent(0.0)}"></i>'
            f'<i class="ci {kind}" style="left:{low};width:{width};top:50%"></i>'
            f'<i class="pt {kind}" style="left:{value};top:50%"></i></div></div>'
        )
    axis = f'<div class="lane axis"><div class="who"></div>{horizontal_labels(across, unit)}</div>'
    return f'<div class="named-forest" role="group" aria-label="{escape(label)}">{"".join(lanes)}{axis}</div>'


def _athletes(record: Record) -> str:
    text = _text(record)
    rows = [
        f'<tr><th scope="row">{escape(one["athlete"])}</th><td>{one["pairs"]}</td>'
        f"<td>{escape(_alone(record, one))}</td><td>{escape(text(one['own']))}</td>"
        f"<td>{escape(text(one['drawn_to_the_others']) if one['drawn_to_the_others'] else '—')}</td></tr>"
        for one in record["athletes"]
    ]
    heads = column_heads(("Pairs", "Alone", "Among the others", "Drawn towards the others"))
    return (
        f'<section id="athletes"><h2>Each athlete</h2>{side_by_side(heads, rows)}'
        f'<p class="note">{escape(OWN)}</p>'
        '<p class="note">Drawn towards the others: what is likelier of the athlete, given all; few pairs are drawn'
        " further.</p></section>"
    )


def _alone(record: Record, one: Record) -> str:
    change = one["alone"]
    return ANSWERS[one["answer"]] if change is None else f"{_text(record)(change)}, {ANSWERS[one['answer']]}"
